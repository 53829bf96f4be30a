"""Checks of exercise 2: `forward` and `gradient`.

One mistake is charged once. Outputs are right too when they follow from the student's own hidden
values. A gradient is right too when it is so with the right `forward`, when it follows from what
the student's own `forward` returns, or is the derivative of a wrong `forward`; and the hidden
layer's, when it follows from the student's own gradient of the output layer.
"""

import numpy as np
import pytest

LAYERS = ("hidden", "output")
NAMES = ("gradient_1", "gradient_2")
LABELS = (np.array([["w1", "w3"], ["w2", "w4"]]), np.array([["w5", "w7"], ["w6", "w8"]]))
EXACT = {"rtol": 1e-9, "atol": 1e-12}
DIFFERENCES = {"rtol": 1e-5, "atol": 1e-8}

START = (
    np.array([0.99, 0.01]),
    np.array([0.1, 0.89]),
    np.array([[0.35, 0.55], [0.90, 0.36]]),
    np.array([[0.60, 0.77], [0.96, 0.89]]),
    np.array([0.23, 0.79]),
)
START_VALUES = (
    np.array([0.6423319719354026, 0.6852704760433788]),
    np.array([0.8621494899284341, 0.8692662146932715]),
)
START_GRADIENTS = (
    np.array(
        [
            [0.011948450065500145, 0.018119041000951137],
            [0.00012069141480303177, 0.00018302061617122363],
        ]
    ),
    np.array(
        [
            [0.05818226925053532, -0.001513487272635097],
            [0.06207162820568434, -0.0016146606258430974],
        ]
    ),
)


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return np.copysign(rng.uniform(low, high, shape), rng.uniform(-1.0, 1.0, shape))


def draw(rng):
    """Draw x, target, weight_1, weight_2 and bias: no symmetry, and no sigmoid saturated."""
    x = signed(rng, 0.7, 1.2) * rng.permutation([0.5, 1.2])
    target, bias = signed(rng, 1.2, 3.0), signed(rng, 0.1, 0.8)
    weight_1 = signed(rng, 0.2, 2.0, (2, 2))
    # Such signs make both paths from a hidden unit pull the same way: nothing cancels.
    weight_2 = rng.uniform(0.2, 2.0, (2, 2)) * np.outer(signed(rng, 1.0, 1.0), np.sign(target))
    return x, target, weight_1, weight_2, bias


def one_bias(rng):
    """Draw what `forward` takes, with the same bias for both layers."""
    x, _, weight_1, weight_2, bias = draw(rng)
    return x, weight_1, weight_2, np.repeat(bias[:1], 2)


def symmetric(weight):
    """Return weights whose indices may be mixed up."""
    return np.triu(weight) + np.triu(weight, 1).T


def tells_apart(values):
    """Return whether no value is lost, and no two values are alike."""
    return np.isfinite(values).all() and np.abs(values).min() > 1e-7 and np.ptp(values) > 1e-7


def right_answers(reference, case):
    """Return what the reference's `forward` and `gradient` return for what `gradient` takes."""
    x, _, *rest = case
    return reference.forward(x, *rest), reference.gradient(*case)


def first_order(weight_1, weight_2, x, start_1, hidden, delta_2):
    """Return how the loss moves with the weights, to first order: linear in each layer."""
    moved = hidden + hidden * (1 - hidden) * (x @ (weight_1 - start_1))
    return moved @ weight_2 @ delta_2


class Judge:
    """Compares what the student's functions return, and charges one mistake once."""

    def __init__(self, student, compare, finite_difference):
        self.student = student
        self.compare = compare
        self.finite_difference = finite_difference

    def pair(self, answer, names, shape):
        """Return the two values of an answer as arrays."""
        values = zip(self.compare.unpack(answer, *names), names, strict=True)
        return tuple(self.compare.array(value, shape, name) for value, name in values)

    def forward(self, *case):
        """Return the student's hidden values and outputs as arrays."""
        return self.pair(self.student.forward(*case), LAYERS, (2,))

    def check_kept(self, function, case, check_answer, **known):
        """Fail where a call changes an argument; what the functions that it calls do is no matter.

        `known` are the right answers to those calls.
        """

        def check(student):
            answer = getattr(student, function)(*case)
            what = " and ".join(student.changed_arguments)
            self.compare.that(not what, f"{function} changed its own {what} in place.")
            check_answer(answer)

        self.compare.passes_any(
            lambda: check(self.student), lambda: check(self.student.given(**known))
        )

    @np.errstate(all="ignore")
    def check_outputs(self, reference, *case):
        """Compare the outputs with the right ones, and with those that follow from `hidden`."""
        hidden, output = self.forward(*case)
        right = [reference.forward(*case)[1]]
        if tells_apart(hidden):
            _, _, weight_2, bias = case
            right.append(reference.sigmoid(hidden @ weight_2 + bias[1]))
        self.compare.matches_any(output, *right, names="output")

    @np.errstate(all="ignore")
    def check_gradient(self, layer, unit, case, forward, right):
        """Compare the gradients of the weights that lead into one unit of a layer.

        `forward` and `right` are what the right functions return for `case`.
        """
        x, _, *rest = case
        given = self.student.given(forward=[((x, *rest), forward)])

        def check(student, forward):
            answer = self.compare.unpack(student.gradient(*case), *NAMES)
            self.compare.passes_any(
                lambda: self.check_unit(layer, unit, answer, right),
                lambda: self.check_own_unit(layer, unit, case, answer, forward),
            )

        self.compare.passes_any(
            lambda: check(self.student, self.forward), lambda: check(given, lambda *_: forward)
        )

    def check_unit(self, layer, unit, answer, right):
        """Compare the gradients into one unit with the right ones."""
        expected = self.compare.array(answer[layer], (2, 2), NAMES[layer])
        expected[:, unit] = right[layer][:, unit]
        self.compare.close(answer[layer], expected, names=NAMES[layer], labels=LABELS[layer])

    def check_own_unit(self, layer, unit, case, answer, forward):
        """Compare them with what is right for the student's own values."""
        actual = self.compare.array(answer[layer], (2, 2), NAMES[layer])[:, unit]
        for own, tolerance in self.own_gradients(layer, unit, case, answer, forward):
            if tells_apart(own) and np.allclose(actual, own, **tolerance):
                return
        self.compare.that(False, f"{NAMES[layer]} does not follow from other values either.")

    def own_gradients(self, layer, unit, case, answer, forward):
        """Yield the gradients that are right for the student's own values, with tolerances."""
        x, target, *weights, bias = case
        hidden, output = forward(x, *weights, bias)

        def slope(function, epsilon):
            def along(column):
                moved = [weight.copy() for weight in weights]
                moved[layer][:, unit] = column
                return function(*moved)

            return self.finite_difference(along, weights[layer][:, unit], epsilon)

        def follow(delta_2):
            # Differences of what is linear are exact, however large the step.
            return slope(lambda *moved: first_order(*moved, x, weights[0], hidden, delta_2), 1.0)

        def own_loss(*moved):
            return np.sum((target - forward(x, *moved, bias)[1]) ** 2) / 2

        formula = follow((output - target) * output * (1 - output))
        yield formula, EXACT
        if layer == 0:
            gradient_2 = self.compare.array(answer[1], (2, 2), NAMES[1])
            yield follow(gradient_2[0] / hidden[0]), EXACT
        derivative = slope(own_loss, 1e-6)
        if not np.allclose(derivative, formula, **DIFFERENCES):
            yield derivative, DIFFERENCES


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
    for _ in range(3):
        case = draw(rng)
        judge.check_gradient(1, 0, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(2)
@pytest.mark.hint("Which output does w7 act on, and which hidden value does it carry there?")
def test_gradient_into_output_1(judge, reference, rng):
    """The gradients of w7 and w8, the weights into output 1, are right"""
    for _ in range(3):
        case = draw(rng)
        judge.check_gradient(1, 1, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(2.5)
@pytest.mark.hint("Two weights lead from hidden unit 0 to the outputs: which ones?")
def test_gradient_into_hidden_0(judge, reference, rng):
    """The gradients of w1 and w2 follow both paths from hidden unit 0"""
    for _ in range(3):
        case = draw(rng)
        judge.check_gradient(0, 0, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(2.5)
@pytest.mark.hint("Two weights lead from hidden unit 1 to the outputs: which ones?")
def test_gradient_into_hidden_1(judge, reference, rng):
    """The gradients of w3 and w4 follow both paths from hidden unit 1"""
    for _ in range(3):
        case = draw(rng)
        judge.check_gradient(0, 1, case, *right_answers(reference, case))


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

    x, target, *rest = draw(rng)
    forward = [((x, *rest), reference.forward(x, *rest))]
    judge.check_kept("gradient", (x, target, *rest), check_answer, forward=forward)
