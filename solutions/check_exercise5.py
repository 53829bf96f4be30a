"""Checks of exercise 5: the student's gradient checker is itself checked.

Its callbacks run on this side of the wall. A checker must accept right gradients in every check
that asks it to reject a wrong one, so that one that always says no (or yes) earns nothing.
"""

import numpy as np
import pytest

CASES = ("weight_1", "weight_2")


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return np.copysign(rng.uniform(low, high, shape), rng.uniform(-1.0, 1.0, shape))


def sigmoid(z):
    """Return 1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


class Network:
    """The course's network at drawn weights: its loss, and its gradient, right or spoilt."""

    def __init__(self, rng):
        self.x = signed(rng, 0.4, 1.5)
        self.target = signed(rng, 1.2, 3.0)
        self.bias = signed(rng, 0.1, 0.8)
        self.weights = list(signed(rng, 0.3, 1.6, (2, 2, 2)))

    def loss(self, weights):
        """Return the loss at these weights."""
        hidden = sigmoid(self.x @ weights[0] + self.bias[0])
        output = sigmoid(hidden @ weights[1] + self.bias[1])
        return float(np.sum((self.target - output) ** 2) / 2)

    def gradient(self, weights):
        """Return the gradients of both layers at these weights."""
        hidden = sigmoid(self.x @ weights[0] + self.bias[0])
        output = sigmoid(hidden @ weights[1] + self.bias[1])
        delta_2 = (output - self.target) * output * (1 - output)
        delta_1 = hidden * (1 - hidden) * (weights[1] @ delta_2)
        return [np.outer(self.x, delta_1), np.outer(hidden, delta_2)]

    def spoilt(self, spoil):
        """Return a gradient function that spoils what the right one returns."""
        return lambda weights: spoil(*self.gradient(weights))


def wrong_path(network):
    """Return the gradient with the index fault of the well-known code."""

    def gradient(weights):
        transposed = [weights[0], weights[1].T]
        hidden = sigmoid(network.x @ weights[0] + network.bias[0])
        output = sigmoid(hidden @ weights[1] + network.bias[1])
        delta_2 = (output - network.target) * output * (1 - output)
        delta_1 = hidden * (1 - hidden) * (transposed[1] @ delta_2)
        return [np.outer(network.x, delta_1), np.outer(hidden, delta_2)]

    return gradient


def scaled_entry(layer, index, factor):
    """Return what multiplies one entry of one layer's gradient."""

    def spoil(*gradients):
        gradients[layer][index] *= factor
        return list(gradients)

    return spoil


def accepts(student, compare, loss, gradient, parameters, what):
    """Fail unless the checker says yes."""
    verdict = student.check_gradient(loss, gradient, parameters)
    compare.that(isinstance(verdict, bool), "check_gradient should return True or False.")
    compare.that(verdict, f"check_gradient rejects a right gradient: {what}.")


def rejects(student, compare, network, gradient, what):
    """Fail unless the checker says yes to the right gradient and no to this one."""
    weights = network.weights
    accepts(student, compare, network.loss, network.gradient, weights, "the network's")
    verdict = student.check_gradient(network.loss, gradient, weights)
    compare.that(isinstance(verdict, bool), "check_gradient should return True or False.")
    compare.that(not verdict, f"check_gradient lets a wrong gradient through: {what}.")


@pytest.mark.function("numerical_gradient")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Each entry is moved alone, up and down, by epsilon.")
def test_differences_of_a_square(student, compare):
    """The derivative of the sum of squares is twice each entry"""
    point = np.array([[1.0, -2.0], [0.5, 3.0]])
    actual = student.numerical_gradient(lambda a: float(np.sum(a**2)), point, 1e-4)
    compare.close(actual, 2 * point, names="the gradient", rtol=1e-6)


@pytest.mark.function("numerical_gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("What is the step for an array of shape (3,), of (2, 3), of ()?")
def test_differences_for_any_shape(student, compare, rng):
    """The differences have the shape of the array, each entry in its own place"""
    for shape in [(3,), (2, 3), (2, 1, 2), ()]:
        factors, point = signed(rng, 0.5, 2.0, shape), signed(rng, 0.5, 2.0, shape)
        actual = student.numerical_gradient(
            lambda a, factors=factors: float(np.sum(factors * a)), point, 1e-3
        )
        compare.close(actual, factors, names="the gradient", rtol=1e-6)


@pytest.mark.function("numerical_gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("On which sides of the point is the function taken, and how far apart are they?")
def test_differences_are_central(student, compare, rng):
    """The differences are taken on both sides, epsilon away"""
    for epsilon in [0.1, 0.01]:
        point = rng.uniform(0.5, 1.5, 3)
        actual = student.numerical_gradient(lambda a: float(np.sum(a**3)), point, epsilon)
        # for a cube, central differences are 3 a**2 + epsilon**2, one-sided ones are far off
        compare.close(actual, 3 * point**2 + epsilon**2, names="the gradient", rtol=1e-8)


@pytest.mark.function("numerical_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("Is what you move a copy, or the array that you were given?")
def test_differences_keep_the_array(student, compare, rng):
    """The array is left as it was, whatever is moved meanwhile"""
    point = signed(rng, 0.5, 2.0, (2, 2))
    actual = student.numerical_gradient(lambda a: float(np.prod(a)), point, 1e-5)
    compare.kept_arguments(student)
    compare.close(actual, np.prod(point) / point, names="the gradient", rtol=1e-6)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Return the bool True or False, for all entries together.")
def test_accepts_and_rejects(student, compare):
    """The gradient of a sum of squares is accepted, half of it is rejected"""
    point = [np.array([[1.0, -2.0], [0.5, 3.0]])]

    def loss(parameters):
        return float(np.sum(parameters[0] ** 2))

    accepts(student, compare, loss, lambda p: [2 * p[0]], point, "2 * a of sum(a**2)")
    verdict = student.check_gradient(loss, lambda p: [p[0]], point)
    compare.that(verdict is False, "check_gradient lets half the gradient of sum(a**2) through.")


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("How large a difference is rounding depends on how large the gradient is.")
def test_accepts_large_and_small_gradients(student, compare, rng):
    """Right gradients are accepted, large ones and small ones, and wrong ones are rejected"""
    network = Network(rng)
    for scale in [1e-3, 1.0, 1e4]:

        def loss(weights, scale=scale):
            return scale * network.loss(weights)

        def gradient(weights, factor=scale):
            return [factor * part for part in network.gradient(weights)]

        size = f"one that is {scale:g} times as large as usual"
        accepts(student, compare, loss, gradient, network.weights, size)
        wrong = gradient(network.weights, 1.01 * scale)
        verdict = student.check_gradient(loss, lambda _, wrong=wrong: wrong, network.weights)
        compare.that(not verdict, f"check_gradient lets one through that is 1 % off: {size}.")


@pytest.mark.function("check_gradient")
@pytest.mark.points(2)
@pytest.mark.hint("Does it look at every entry, with the others as they were?")
def test_rejects_mixed_up_indices(student, compare, rng):
    """Gradients with indices mixed up are rejected"""
    network = Network(rng)
    rejects(student, compare, network, wrong_path(network), "a path back with the wrong index")
    for layer in [0, 1]:
        swapped = network.spoilt(
            lambda *both, layer=layer: [
                part.T if place == layer else part for place, part in enumerate(both)
            ]
        )
        rejects(student, compare, network, swapped, f"a transposed {CASES[layer]} gradient")
    rejects(student, compare, network, network.spoilt(lambda a, b: [b, a]), "the layers swapped")


@pytest.mark.function("check_gradient")
@pytest.mark.points(2)
@pytest.mark.hint("What does it compare: the numbers, or only their size or direction?")
def test_rejects_signs_and_factors(student, compare, rng):
    """Gradients with a wrong sign or a wrong factor are rejected"""
    network = Network(rng)
    for factor, what in [
        (-1, "the sign is wrong"),
        (2, "twice the right one"),
        (0.5, "half of it"),
    ]:
        spoilt = network.spoilt(lambda *both, factor=factor: [factor * part for part in both])
        rejects(student, compare, network, spoilt, what)
    nothing = network.spoilt(lambda *both: [0 * part for part in both])
    rejects(student, compare, network, nothing, "it is 0 everywhere")


@pytest.mark.function("check_gradient")
@pytest.mark.points(2)
@pytest.mark.hint("Could one wrong entry be lost among the right ones, or in an average?")
def test_rejects_one_wrong_entry(student, compare, rng):
    """Gradients with a single wrong entry are rejected, wherever it is"""
    for layer in [0, 1]:
        for index in np.ndindex(2, 2):
            network = Network(rng)
            for factor in [-1.0, 0.0]:
                spoilt = network.spoilt(scaled_entry(layer, index, factor))
                where = f"entry {list(index)} of the {CASES[layer]} gradient is wrong"
                rejects(student, compare, network, spoilt, where)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("What is `nan > 0.1`? And what if a shape is not the parameter's?")
def test_rejects_what_is_no_gradient(student, compare, rng):
    """Gradients that hold nan, or have the wrong shape or number, are rejected"""
    network = Network(rng)
    holed = network.spoilt(scaled_entry(1, (0, 1), np.nan))
    rejects(student, compare, network, holed, "an entry is nan")
    flat = network.spoilt(lambda a, b: [a, b.ravel()])
    rejects(student, compare, network, flat, "the last array has shape (4,), not (2, 2)")
    short = network.spoilt(lambda a, _: [a])
    rejects(student, compare, network, short, "the last array is missing")
