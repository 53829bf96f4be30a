"""Checks of exercise 3: `forward`, `gradient`, `update` and `train`.

One mistake is charged once. Outputs are right too when they follow from the student's own hidden
values. A gradient is right too when it is so with the right `forward`, when it follows from what
the student's own `forward` returns, or is the derivative of a wrong `forward`; and the hidden
layer's, when it follows from the student's own gradient of the output layer. `train` is right too
when it is so with the right `forward`, `gradient` and `update`, or does what a right loop does
with the student's own. What these change in place is charged there.
"""

import numpy as np
import pytest
from shared import (
    LABELS,
    LAYERS,
    NAMES,
    START,
    START_GRADIENTS,
    START_VALUES,
    Judge,
    draw,
    one_bias,
    right_answers,
    signed,
    symmetric,
    tells_apart,
)

WEIGHTS = ("weight_1", "weight_2")
TRAINED = (*WEIGHTS, "losses")

START_STEP = (
    np.array([[0.3440257749672499, 0.5409404794995245], [0.8999396542925985, 0.35990848969191436]]),
    np.array([[0.5709088653747323, 0.7707567436363175], [0.9289641858971578, 0.8908073303129216]]),
)
START_TRAINED = (*START_STEP, np.array([0.29065086742565893]))
START_ANSWERS = {
    "forward": [((START[0], *START[2:]), START_VALUES)],
    "gradient": [(START, START_GRADIENTS)],
    "update": [((*START[2:4], *START_GRADIENTS, 0.5), START_STEP)],
}


def draw_update(rng):
    """Draw what `update` takes, without the learning rate: no two entries are alike."""
    return tuple(signed(rng, 0.2, 2.0, (4, 2, 2)))


def train_check(compare, parts, arguments):
    """Return a check of some of what `train` returns."""

    def check(student, expected):
        answer = compare.unpack(student.train(*arguments), *TRAINED)
        for part in parts:
            compare.close(answer[part], expected[part], names=TRAINED[part])

    return check


def check_moved(judge, answer, start):
    """Fail where training has left all weights as they were."""
    new = judge.pair(answer[:2], WEIGHTS, (2, 2))
    moved = any((weight != old).any() for weight, old in zip(new, start, strict=True))
    judge.compare.that(moved, "train returned weights that have not moved.")


def check_step(judge, *parts):
    """Compare some of what one step from the start values gives, also for the student's own."""
    student, compare = judge.student, judge.compare
    check = train_check(compare, parts, (*START, 0.5, 1))

    def own_step():
        _, output = judge.forward(START[0], *START[2:])
        gradients = compare.unpack(student.gradient(*START), *NAMES)
        new = judge.pair(student.update(*START[2:4], *gradients, 0.5), WEIGHTS, (2, 2))
        compare.that(not np.array_equal(new, START[2:4]), "update moves no weight.")
        return *new, np.array([np.sum((START[1] - output) ** 2) / 2])

    compare.passes_any(
        lambda: check(student, START_TRAINED),
        lambda: check(student.given(**START_ANSWERS), START_TRAINED),
        lambda: check(student, own_step()),
    )


@pytest.fixture
def judge(student, compare, finite_difference):
    """Return what compares the student's functions."""
    return Judge(student, compare, finite_difference)


@pytest.fixture
def check_train(student, compare, reference):
    """Return what compares some of what `train` returns with what is right."""

    def check(parts, *arguments):
        compare.follows(
            train_check(compare, parts, arguments), student, reference.train, *arguments
        )

    return check


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
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("Work w5 out by hand: the hidden value it carries, and the error of its output.")
def test_gradient_2_of_the_start_values(judge):
    """The gradients of w5 to w8 at the start values are right"""
    for unit in [0, 1]:
        judge.check_gradient(1, unit, START, START_VALUES, START_GRADIENTS)


@pytest.mark.function("gradient")
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("Work w1 out by hand: it acts on both outputs, through hidden unit 0.")
def test_gradient_1_of_the_start_values(judge):
    """The gradients of w1 to w4 at the start values are right"""
    for unit in [0, 1]:
        judge.check_gradient(0, unit, START, START_VALUES, START_GRADIENTS)


@pytest.mark.function("gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("Which output does w5 act on, and which hidden value does it carry there?")
def test_gradient_into_output_0(judge, reference, rng):
    """The gradients of w5 and w6, the weights into output 0, are right"""
    judge.check_drawn(1, 0, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("Which output does w7 act on, and which hidden value does it carry there?")
def test_gradient_into_output_1(judge, reference, rng):
    """The gradients of w7 and w8, the weights into output 1, are right"""
    judge.check_drawn(1, 1, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("Two weights lead from hidden unit 0 to the outputs: which ones?")
def test_gradient_into_hidden_0(judge, reference, rng):
    """The gradients of w1 and w2 follow both paths from hidden unit 0"""
    judge.check_drawn(0, 0, reference, rng)


@pytest.mark.function("gradient")
@pytest.mark.points(1.5)
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


@pytest.mark.function("update")
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("Each weight moves by its own gradient: work w2 and w3 out by hand.")
def test_update_of_the_start_values(student, compare):
    """The first update from the start values is right"""
    _, _, weight_1, weight_2, _ = START
    actual = student.update(weight_1, weight_2, *START_GRADIENTS, 0.5)
    compare.close(actual, START_STEP, names=WEIGHTS, labels=LABELS)


@pytest.mark.function("update")
@pytest.mark.points(1)
@pytest.mark.hint("Which entry of the old weight_1 does each new entry start from?")
def test_update_of_weight_1(student, reference, rng, compare):
    """Each new entry of weight_1 starts from the old one in the same place"""
    for _ in range(3):
        case = *draw_update(rng), 0.5
        weight_1, _ = compare.unpack(student.update(*case), *WEIGHTS)
        compare.close(weight_1, reference.update(*case)[0], names=WEIGHTS[0], labels=LABELS[0])


@pytest.mark.function("update")
@pytest.mark.points(1)
@pytest.mark.hint("Which entry of the old weight_2 does each new entry start from?")
def test_update_of_weight_2(student, reference, rng, compare):
    """Each new entry of weight_2 starts from the old one in the same place"""
    for _ in range(3):
        case = *draw_update(rng), 0.5
        _, weight_2 = compare.unpack(student.update(*case), *WEIGHTS)
        compare.close(weight_2, reference.update(*case)[1], names=WEIGHTS[1], labels=LABELS[1])


@pytest.mark.function("update")
@pytest.mark.points(0.5)
@pytest.mark.hint("How much further do the weights move when the learning rate is larger?")
def test_update_learning_rate(judge, student, reference, rng, compare):
    """The learning rate says how far each weight on the diagonal moves"""
    for learning_rate in [0.01, 0.1, 3.0]:
        case = *draw_update(rng), learning_rate
        actual = judge.pair(student.update(*case), WEIGHTS, (2, 2))
        right = reference.update(*case)
        for weight, expected, name, labels in zip(actual, right, WEIGHTS, LABELS, strict=True):
            on_diagonal = np.where(np.eye(2, dtype=bool), expected, weight)
            compare.close(weight, on_diagonal, names=name, labels=labels)


@pytest.mark.function("update")
@pytest.mark.points(1)
@pytest.mark.hint("Is the array that you write into the one that you were given?")
def test_update_keeps_its_arguments(judge, student, rng, compare):
    """The update makes new arrays and leaves its arguments unchanged"""
    case = *draw_update(rng), 0.5
    actual = judge.pair(student.update(*case), WEIGHTS, (2, 2))
    compare.kept_arguments(student)
    moved = all((new != old).all() for new, old in zip(actual, case[:2], strict=True))
    compare.that(moved, "update returned weights that have not moved.")


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("One step is one gradient and one update, which your own functions give.")
def test_weights_after_one_step(judge):
    """One step from the start values gives the right weights"""
    check_step(judge, 0, 1)


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("Is the loss taken before the update, at the weights that the step begins with?")
def test_loss_of_one_step(judge):
    """One step from the start values gives the loss from before the update"""
    check_step(judge, 2)


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.hint("Both layers' gradients belong to the same weights, and every step has its own.")
def test_weights_after_several_steps(check_train, rng):
    """The weights are right after several steps"""
    for learning_rate, steps in [(1.3, 2), (0.5, 3), (0.1, 6)]:
        check_train([0, 1], *draw(rng), learning_rate, steps)


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.hint("One loss for each step, taken at the weights from before its update: is it?")
def test_losses_of_several_steps(check_train, rng):
    """The losses are those before each update"""
    for learning_rate, steps in [(0.8, 2), (0.3, 5)]:
        check_train([2], *draw(rng), learning_rate, steps)


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.hint("Nothing but `steps` says when to stop.")
def test_every_step_is_made(check_train, reference, rng):
    """Every step is made, also where the loss is small already"""
    x, _, *rest = draw(rng)
    target = reference.forward(x, *rest)[1] + signed(rng, 1e-4, 2e-4)
    check_train([0, 1, 2], x, target, *rest, 0.5, 3)


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.hint("How often does your loop run when steps is 0, and how often when it is 1?")
def test_no_step_and_one(check_train, judge, student, reference, rng, compare):
    """No steps leave the weights as they were, with no losses; one step moves them"""
    case = *draw(rng), 0.5
    check_train([0, 1, 2], *case, 0)

    def check_one_step(student, _):
        answer = compare.unpack(student.train(*case, 1), *TRAINED)
        compare.array(answer[2], (1,), "losses")
        check_moved(judge, answer, case[2:4])

    compare.follows(check_one_step, student, reference.train, *case, 1)


@pytest.mark.function("train")
@pytest.mark.points(0.5)
@pytest.mark.hint("Is the array that you write into the one that you were given?")
def test_train_keeps_its_arguments(judge, reference, rng, compare):
    """The training leaves its arguments unchanged, or only the functions it calls change them"""

    def check_answer(answer):
        check_moved(judge, compare.unpack(answer, *TRAINED), case[2:4])

    case = *draw(rng), 0.5, 2
    judge.check_kept(reference.train, case, check_answer)
