"""Checks of exercise 2: `forward` and `gradient`.

One mistake is charged once. Outputs are right too when they follow from the student's own hidden
values. A gradient is right too when it is so with the right `forward`, when it follows from what
the student's own `forward` returns, or is the derivative of a wrong `forward`; and the hidden
layer's, when it follows from the student's own gradient of the output layer.
"""

import pytest
from shared import (
    LAYERS,
    NAMES,
    START,
    START_GRADIENTS,
    START_VALUES,
    Judge,
    draw,
    one_bias,
    right_answers,
    symmetric,
    tells_apart,
)


@pytest.fixture
def judge(student, compare, finite_difference):
    """Return what compares the student's functions."""
    return Judge(student, compare, finite_difference)


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Compare with your exercise 1: nothing about forward has changed.")
def test_forward_of_the_start_values(student, compare):
    """The forward pass from the start values is right"""
    x, _, weight_1, weight_2, bias = START
    actual = student.forward(x, weight_1, weight_2, bias)
    compare.close(actual, START_VALUES, names=LAYERS)


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.hint("Which inputs reach hidden unit 1, and which index of weight_1 says so?")
def test_hidden_values(student, reference, rng, compare):
    """The hidden values are right, each weight between its input and its hidden unit"""
    for _ in range(3):
        case = one_bias(rng)
        hidden, _ = compare.unpack(student.forward(*case), *LAYERS)
        compare.close(hidden, reference.forward(*case)[0], names="hidden")


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.hint("What goes into the outputs, and which index of weight_2 is the output's?")
def test_outputs(judge, reference, rng):
    """The outputs follow from the hidden values, each weight between its two units"""
    for _ in range(3):
        judge.check_outputs(reference, *one_bias(rng))


@pytest.mark.function("forward")
@pytest.mark.points(0.5)
@pytest.mark.hint("There is one bias for a whole layer, not one for each unit.")
def test_biases(student, reference, rng, compare):
    """Each bias goes to its own layer"""
    for _ in range(3):
        x, _, weight_1, weight_2, bias = draw(rng)
        case = x, symmetric(weight_1), symmetric(weight_2), bias
        compare.close(student.forward(*case), reference.forward(*case), names=LAYERS)


@pytest.mark.function("forward")
@pytest.mark.points(0.5)
@pytest.mark.hint("Operators like += write into the array on their left.")
def test_forward_keeps_its_arguments(judge, student, rng, compare):
    """The forward pass leaves its arguments unchanged"""
    hidden, _ = judge.forward(*one_bias(rng))
    compare.kept_arguments(student)
    compare.that(tells_apart(hidden), "forward gave the same for different hidden units.")


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Work w5 out by hand: the hidden value it carries, and the error of its output.")
def test_gradient_2_of_the_start_values(judge):
    """The gradients of w5 to w8 at the start values are right"""
    for unit in [0, 1]:
        judge.check_gradient(1, unit, START, START_VALUES, START_GRADIENTS)


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Work w1 out by hand: it acts on both outputs, through hidden unit 0.")
def test_gradient_1_of_the_start_values(judge):
    """The gradients of w1 to w4 at the start values are right"""
    for unit in [0, 1]:
        judge.check_gradient(0, unit, START, START_VALUES, START_GRADIENTS)


@pytest.mark.function("gradient")
@pytest.mark.points(2)
@pytest.mark.hint("Which output does w5 act on, and which hidden value does it carry there?")
def test_gradient_into_output_0(judge, reference, rng):
    """The gradients of w5 and w6, the weights into output 0, are right"""
    judge.check_drawn(1, 0, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(2)
@pytest.mark.hint("Which output does w7 act on, and which hidden value does it carry there?")
def test_gradient_into_output_1(judge, reference, rng):
    """The gradients of w7 and w8, the weights into output 1, are right"""
    judge.check_drawn(1, 1, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(2.5)
@pytest.mark.hint("Two weights lead from hidden unit 0 to the outputs: which ones?")
def test_gradient_into_hidden_0(judge, reference, rng):
    """The gradients of w1 and w2 follow both paths from hidden unit 0"""
    judge.check_drawn(0, 0, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(2.5)
@pytest.mark.hint("Two weights lead from hidden unit 1 to the outputs: which ones?")
def test_gradient_into_hidden_1(judge, reference, rng):
    """The gradients of w3 and w4 follow both paths from hidden unit 1"""
    judge.check_drawn(0, 1, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(0.5)
@pytest.mark.hint("Go through the factors of delta_1 and gradient_1: is each of them there once?")
def test_gradient_1_for_symmetric_weights(judge, reference, rng):
    """The gradients of w1 to w4 are right where weight_2 is symmetric"""
    for unit in [0, 1]:
        x, target, weight_1, weight_2, bias = draw(rng)
        case = x, target, weight_1, symmetric(weight_2), bias
        judge.check_gradient(0, unit, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(0.5)
@pytest.mark.hint("The gradient only says where to go; it is not the place to change a weight.")
def test_gradient_keeps_its_arguments(judge, reference, rng, compare):
    """The gradient leaves its arguments unchanged, or only `forward` changes them"""

    def check_answer(answer):
        gradient_2 = judge.pair(answer, NAMES, (2, 2))[1]
        compare.that(tells_apart(gradient_2), "gradient gave the same for different weights.")

    judge.check_kept(reference.gradient, draw(rng), check_answer)
