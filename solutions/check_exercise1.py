"""Checks of exercise 1: `sigmoid`, `forward` and `loss`.

One mistake is charged once: a layer of `forward` is right too when it is so with the right
`sigmoid`, or follows from the student's own, and the outputs when they follow from the student's
own hidden values.
"""

import numpy as np
import pytest
from shared import LAYERS, START, START_VALUES, signed, tells_apart

from grader.authoring import message

FORWARD = START[0], *START[2:]


def draw(rng):
    """Draw an input and asymmetric weights that saturate no sigmoid, and one bias for both."""
    weight_1, weight_2 = signed(rng, 0.2, 2.0, (2, 2, 2))
    return signed(rng, 0.2, 1.5), weight_1, weight_2, np.repeat(signed(rng, 0.1, 0.8, 1), 2)


def draw_biases(rng):
    """Draw two biases, and symmetric weights: mixing up their indices changes nothing."""
    x, weight_1, weight_2, _ = draw(rng)
    return x, (weight_1 + weight_1.T) / 2, (weight_2 + weight_2.T) / 2, signed(rng, 0.1, 0.8)


def given_sigmoid(student, case, hidden, output):
    """Return the student with what `sigmoid` should return to a right `forward`."""
    x, weight_1, weight_2, bias = case
    layers = (x @ weight_1 + bias[0], hidden), (hidden @ weight_2 + bias[1], output)
    units = [pair for layer in layers for pair in zip(*layer, strict=True)]
    return student.given(sigmoid=[((z,), value) for z, value in (*layers, *units)])


@np.errstate(all="ignore")
def check_layer(layer, student, compare, case, right):
    """Compare the hidden values (layer 0) or the outputs (layer 1) that `forward` returns."""

    def check(student):
        values = compare.unpack(student.forward(*case), *LAYERS)
        compare.close(values[layer], right[layer], names=LAYERS[layer])

    def check_own():
        values = compare.unpack(student.forward(*case), *LAYERS)
        inputs = compare.array((case[0], values[0])[layer], (2,), "hidden")
        own = student.sigmoid(inputs @ case[1 + layer] + case[3][layer])
        own = compare.array(own, (2,), "sigmoid(z)")
        compare.that(tells_apart(inputs) and tells_apart(own), "This says nothing of forward.")
        compare.close(values[layer], own, names=LAYERS[layer])

    given = given_sigmoid(student, case, *right)
    compare.passes_any(lambda: check(student), lambda: check(given), check_own)


@pytest.mark.function("sigmoid")
@pytest.mark.points(0.5)
@pytest.mark.visible
@pytest.mark.hint("At z = 0 the sigmoid is one half; it grows with z.")
def test_sigmoid_values(student, compare):
    """The sigmoid of -2, -1, 0, 1 and 2 is right"""
    expected = [
        0.11920292202211755,
        0.2689414213699951,
        0.5,
        0.7310585786300049,
        0.8807970779778823,
    ]
    actual = student.sigmoid(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
    compare.close(actual, np.array(expected), names="sigmoid(z)")


@pytest.mark.function("sigmoid")
@pytest.mark.points(0.5)
@pytest.mark.hint("Does each entry give one entry, in an array of the same shape?")
def test_sigmoid_of_arrays(student, reference, rng, compare):
    """The sigmoid of an array has its shape, entry by entry"""
    for shape in [(4,), (2, 3), (3, 1, 2)]:
        z = rng.uniform(-8.0, 8.0, shape)
        compare.close(student.sigmoid(z), reference.sigmoid(z), names="sigmoid(z)")


@pytest.mark.function("sigmoid")
@pytest.mark.points(0.5)
@pytest.mark.hint("Not everything that works on an array works on a plain float.")
def test_sigmoid_of_numbers(student, reference, rng, compare):
    """The sigmoid of a single number is right"""
    for z in [-0.5, 0.5, *rng.uniform(-8.0, 8.0, 3).tolist()]:
        compare.close(student.sigmoid(z), reference.sigmoid(z), names="sigmoid(z)")


@pytest.mark.function("sigmoid")
@pytest.mark.points(1)
@pytest.mark.hint("Which exponential grows too large, and which form of the sigmoid has another?")
def test_sigmoid_far_from_zero(student, reference, compare):
    """The sigmoid does not overflow or warn, even at -1000 and 1000"""
    for z in [np.array([[-1000.0, -720.0, -25.0], [25.0, 720.0, 1000.0]]), -1000.0, 1000.0]:
        actual = student.sigmoid(z)
        warnings = student.warnings
        compare.close(actual, reference.sigmoid(z), names="sigmoid(z)")
        if warnings:
            told = message("sigmoid gave a warning: {warnings}", warnings=" ".join(warnings))
            compare.that(False, told)


@pytest.mark.function("sigmoid")
@pytest.mark.points(0.5)
@pytest.mark.hint("Which line writes into z?")
def test_sigmoid_keeps_its_argument(student, rng, compare):
    """The sigmoid leaves its argument unchanged"""
    actual = student.sigmoid(rng.uniform(-3.0, 3.0, 4))
    compare.kept_arguments(student)
    actual = compare.array(actual, (4,), "sigmoid(z)")
    compare.that(tells_apart(actual), "sigmoid gave the same for different z.")


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Print the sums that go into the sigmoid, and work one of them out by hand.")
def test_forward_of_the_start_values(student, compare):
    """The forward pass from the start values is right"""
    check_layer(0, student, compare, FORWARD, START_VALUES)
    check_layer(1, student, compare, FORWARD, START_VALUES)


@pytest.mark.function("forward")
@pytest.mark.points(1.5)
@pytest.mark.hint("Which inputs reach hidden unit 1, and which index of weight_1 says so?")
def test_hidden_values(student, reference, rng, compare):
    """The hidden values are right, each weight between its input and its hidden unit"""
    for _ in range(3):
        case = draw(rng)
        check_layer(0, student, compare, case, reference.forward(*case))


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.hint("What goes into the outputs, and which index of weight_2 is the output's?")
def test_outputs(student, reference, rng, compare):
    """The outputs follow from the hidden values, each weight between its two units"""
    for _ in range(3):
        case = draw(rng)
        check_layer(1, student, compare, case, reference.forward(*case))


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.hint("There is one bias for a whole layer, not one for each unit.")
def test_biases(student, reference, rng, compare):
    """Each bias goes to its own layer"""
    for _ in range(3):
        case = draw_biases(rng)
        right = reference.forward(*case)
        check_layer(0, student, compare, case, right)
        check_layer(1, student, compare, case, right)


@pytest.mark.function("forward")
@pytest.mark.points(0.5)
@pytest.mark.hint("Operators like += write into the array on their left.")
def test_forward_keeps_its_arguments(student, reference, rng, compare):
    """The forward pass leaves its arguments unchanged"""

    def check(student):
        values = student.forward(*case)
        compare.kept_arguments(student)
        hidden = compare.array(compare.unpack(values, *LAYERS)[0], (2,), "hidden")
        compare.that(tells_apart(hidden), "forward gave the same for different hidden units.")

    case = draw(rng)
    given = given_sigmoid(student, case, *reference.forward(*case))
    compare.passes_any(lambda: check(student), lambda: check(given))


@pytest.mark.function("loss")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Square each error before you add them up.")
def test_loss_of_the_start_values(student, compare):
    """The loss of the first forward pass is right"""
    actual = student.loss(START_VALUES[1], np.array([0.1, 0.89]))
    compare.close(actual, 0.29065086742565893, names="loss")


@pytest.mark.function("loss")
@pytest.mark.points(0.5)
@pytest.mark.hint("Too large or too small: by which factor?")
def test_loss_of_any_values(student, reference, rng, compare):
    """The loss is right for errors of both signs, small and large"""
    for size in [0.1, 1.0, 10.0]:
        output, target = rng.uniform(0.0, 1.0, 2), signed(rng, 0.1, size + 0.1)
        actual = student.loss(output, target)
        compare.kept_arguments(student)
        compare.close(actual, reference.loss(output, target), names="loss")


@pytest.mark.function("loss")
@pytest.mark.points(0.5)
@pytest.mark.hint("Does the error of each output count?")
def test_loss_of_one_output(student, reference, rng, compare):
    """The loss counts an output's error also where the other output is right"""
    for right in [0, 1]:
        output, target = rng.uniform(0.1, 0.9, 2), signed(rng, 1.0, 2.0)
        target[right] = output[right]
        compare.close(student.loss(output, target), reference.loss(output, target), names="loss")
