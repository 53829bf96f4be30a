"""Checks of exercise 5: the student's gradient checker is itself checked.

Its callbacks run in the trusted process. A checker must accept right gradients in every check
that asks it to reject a wrong one, so that one that always says no (or yes) earns nothing.
One mistake is charged once: where the student's `numerical_gradient` is wrong, what a checker has
to accept is what that returns, for a function on whose slopes a moved array has no influence.
"""

import numpy as np
import pytest
from shared import signed

from grader.authoring import message

ARRAYS = ("weight_1", "weight_2", "bias")


def sigmoid(z):
    """Return 1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


class Network:
    """The course's network: its loss as a function of weights and biases, and its gradient."""

    def __init__(self, rng, sizes=(2, 2, 2)):
        self.x = rng.uniform(0.4, 1.5, sizes[0]) * [1.0, -1.0, 1.0][: sizes[0]]
        self.target = signed(rng, 1.2, 3.0, sizes[2])
        self.parameters = [
            signed(rng, 0.3, 1.6, sizes[:2]),
            signed(rng, 0.3, 1.6, sizes[1:]),
            signed(rng, 0.1, 0.8),
        ]

    def values(self, parameters):
        """Return the values of the hidden units and of the outputs."""
        weight_1, weight_2, bias = parameters
        hidden = sigmoid(self.x @ weight_1 + bias[0])
        return hidden, sigmoid(hidden @ weight_2 + bias[1])

    def loss(self, parameters):
        """Return the loss."""
        _, output = self.values(parameters)
        return float(np.sum((self.target - output) ** 2) / 2)

    def gradient(self, parameters):
        """Return the gradients for both layers and the biases."""
        return self.gradient_along(parameters, parameters[1])

    def wrong_path(self, parameters):
        """Return the gradient with the index fault of the well-known code."""
        return self.gradient_along(parameters, parameters[1].T)

    def gradient_along(self, parameters, back):
        """Return the gradient where the errors come back along `back`."""
        hidden, output = self.values(parameters)
        delta_2 = (output - self.target) * output * (1 - output)
        delta_1 = hidden * (1 - hidden) * (back @ delta_2)
        of_bias = np.array([delta_1.sum(), delta_2.sum()])
        return [np.outer(self.x, delta_1), np.outer(hidden, delta_2), of_bias]

    def spoilt(self, spoil):
        """Return a gradient function that spoils what the right one returns."""
        return lambda parameters: spoil(*self.gradient(parameters))


def lopsided_network(rng):
    """Draw a network in whose gradient everything that can be mixed up shows."""
    for _ in range(1000):
        network = Network(rng)
        right, wrong = (f(network.parameters) for f in (network.gradient, network.wrong_path))
        gaps = [right[0] - wrong[0], right[0] - right[1], right[0] - right[0].T]
        gaps += [right[1] - right[1].T, right[2] - right[2][::-1]]
        least = 0.1 * np.abs(right[1]).max()
        if np.abs(right[2]).min() > least and all(np.abs(gap).max() > least for gap in gaps):
            break
    return network


def moved_entry(place, index, share):
    """Return what moves one entry by a share of the largest one in its array."""

    def spoil(*gradients):
        gradients[place][index] += share * np.abs(gradients[place]).max()
        return list(gradients)

    return spoil


def moved_both_ways(*gradients):
    """Make two entries wrong so that their sum is right."""
    distance = 0.1 * np.abs(gradients[1]).max()
    gradients[1][0, 0] += distance
    gradients[1][1, 1] -= distance
    return list(gradients)


def verdict(student, compare, loss, gradient, parameters):
    """Return what the checker says, True or False."""
    found = student.check_gradient(loss, gradient, parameters)
    compare.that(isinstance(found, bool), "check_gradient should return True or False.")
    return found


def own_gradient(student, loss, parameters):
    """Return the student's own differences of a loss."""
    found = []
    for place, parameter in enumerate(parameters):

        def moved(array, place=place):
            return loss([*parameters[:place], array, *parameters[place + 1 :]])

        found.append(student.numerical_gradient(moved, parameter, 1e-5))
    return found


def straight(parameters):
    """Return a loss with the same slopes everywhere."""
    entries = np.concatenate([np.ravel(parameter) for parameter in parameters])
    return float(np.sum(np.arange(1, 1 + entries.size) * entries))


def alike(gradients, others, rtol=1e-7):
    """Return whether gradients are the same but for a share of each array's largest entry."""
    for one, other in zip(gradients, others, strict=False):
        one, other = np.asarray(one), np.asarray(other)
        if one.shape != other.shape or not np.isfinite(other).all():
            return False
        if not np.abs(one - other).max() <= rtol * np.abs(other).max() + 1e-9:
            return False
    return len(gradients) == len(others)


def accepts(student, compare, loss, gradient, parameters, what):
    """Fail unless the checker says yes."""
    found = verdict(student, compare, loss, gradient, parameters)
    if not found and not alike(own_gradient(student, loss, parameters), gradient(parameters)):
        own = own_gradient(student, straight, parameters)
        found = verdict(student, compare, straight, lambda _: own, parameters)
    if not found:
        compare.that(False, message("check_gradient rejects a right gradient: {what}.", what=what))


def rejects(student, compare, loss, gradient, parameters, what):
    """Fail unless the checker says no."""
    found = verdict(student, compare, loss, gradient, parameters)
    if found and not alike(own_gradient(student, loss, parameters), gradient(parameters), 1e-4):
        told = message("check_gradient lets a wrong gradient through: {what}.", what=what)
        compare.that(False, told)


def rejects_all(student, compare, network, spoilt):
    """Fail unless the checker says yes to a network's gradient, and no to all the spoilt ones."""
    case = network.loss, network.gradient, network.parameters
    accepts(student, compare, *case, message("the network's"))
    for what, gradient in spoilt.items():
        rejects(student, compare, network.loss, gradient, network.parameters, what)


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
@pytest.mark.hint(
    "What is the step for an array of shape (3,), of (2, 3), of (); of whole numbers?"
)
def test_differences_for_any_shape(student, compare, rng):
    """The differences have the shape of the array, each entry in its own place"""
    points = [np.array(signed(rng, 0.5, 2.0, shape)) for shape in [(3,), (2, 3), (2, 1, 2), ()]]
    points.append(rng.integers(1, 9, (2, 2)))
    for point in points:
        factors = signed(rng, 0.5, 2.0, point.shape)
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
    point = np.array([[1.0, -2.0], [0.5, 3.0]])

    def square(array):
        return float(np.sum(array**2))

    def accepted(slopes):
        return verdict(student, compare, lambda p: square(p[0]), lambda _: [slopes], [point])

    def own():
        return student.numerical_gradient(square, point, 1e-5)

    def is_own(slopes, share):
        return np.shape(own()) == slopes.shape and np.allclose(own(), slopes, rtol=share)

    right, half = 2 * point, point
    passed = accepted(right) or (not is_own(right, 1e-7) and accepted(own()))
    compare.that(passed, "check_gradient rejects a right gradient: 2 * a of sum(a**2).")
    passed = not accepted(half) or is_own(half, 1e-4)
    compare.that(passed, "check_gradient lets a wrong gradient through: half of that.")


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("How large a difference is rounding depends on how large the gradient is.")
def test_accepts_large_and_small_gradients(student, compare, rng):
    """Right gradients are accepted, large ones and small ones, and wrong ones are rejected"""
    network = Network(rng, (3, 2, 1))
    for scale, factor in [(1e-6, 2.0), (1.0, 1.01), (1e4, 1.01)]:

        def loss(parameters, scale=scale):
            return scale * network.loss(parameters)

        def gradient(parameters, scale=scale):
            return [scale * part for part in network.gradient(parameters)]

        size = message("one that is {scale:g} times as large as usual", scale=scale)
        accepts(student, compare, loss, gradient, network.parameters, size)
        if student.changed_arguments:
            student.numerical_gradient(lambda _: 0.0, np.array([1.5, 2.5]), 1e-5)
            compare.that(student.changed_arguments, "check_gradient changes its own parameters.")
        wrong = [factor * part for part in gradient(network.parameters)]
        excess = 100 * (factor - 1)
        what = message("{excess:.0f} % too large, of {size}", excess=excess, size=size)
        rejects(student, compare, loss, lambda _, wrong=wrong: wrong, network.parameters, what)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("What is the largest entry that a difference is to be held against?")
def test_accepts_entries_that_are_zero(student, compare, rng):
    """An entry may be zero, and one array's gradient far smaller than another's"""
    lowest, factors = signed(rng, 0.5, 2.0, (2, 3)), signed(rng, 0.5, 2.0, 3)
    point = [lowest + signed(rng, 0.5, 2.0, (2, 3)), signed(rng, 0.5, 2.0, 3)]
    bend = np.zeros((2, 3))
    point[0][0, 1], bend[0, 1] = lowest[0, 1], 100.0

    def loss(parameters):
        away = parameters[0] - lowest
        return float(np.sum(away**2 + bend * away**3) + 1e-4 * np.sum(factors * parameters[1]))

    def gradient(parameters, factor=1.0):
        away = parameters[0] - lowest
        return [2 * away + 3 * bend * away**2, factor * 1e-4 * factors]

    accepts(student, compare, loss, gradient, point, message("one with an entry that is 0"))
    what = message("a small array beside a large one, 1 % too large")
    rejects(student, compare, loss, lambda p: gradient(p, 1.01), point, what)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("Does it look at every entry, with the others as they were?")
def test_rejects_mixed_up_indices(student, compare, rng):
    """Gradients with indices mixed up are rejected"""
    network = lopsided_network(rng)
    spoilt = {
        message("a path back with the wrong index"): network.wrong_path,
        message("a transposed weight_1 gradient"): network.spoilt(lambda a, b, c: [a.T, b, c]),
        message("a transposed weight_2 gradient"): network.spoilt(lambda a, b, c: [a, b.T, c]),
        message("the layers swapped"): network.spoilt(lambda a, b, c: [b, a, c]),
        message("the entries of the bias gradient swapped"): network.spoilt(
            lambda a, b, c: [a, b, c[::-1].copy()]
        ),
    }
    rejects_all(student, compare, network, spoilt)


@pytest.mark.function("check_gradient")
@pytest.mark.points(2)
@pytest.mark.hint("What does it compare: the numbers, or only their size or direction?")
def test_rejects_signs_and_factors(student, compare, rng):
    """Gradients with a wrong sign or a wrong factor are rejected"""
    network = lopsided_network(rng)
    factors = {
        message("the sign is wrong"): -1.0,
        message("twice the right one"): 2.0,
        message("half of it"): 0.5,
        message("1 % too large"): 1.01,
        message("it is 0 everywhere"): 0.0,
    }
    spoilt = {
        what: network.spoilt(lambda *all, factor=factor: [factor * part for part in all])
        for what, factor in factors.items()
    }
    rejects_all(student, compare, network, spoilt)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1.5)
@pytest.mark.hint("Could one wrong entry be lost among the right ones, or in an average?")
def test_rejects_one_wrong_entry(student, compare, rng):
    """Gradients with a single wrong entry are rejected, wherever it is"""
    network = lopsided_network(rng)
    spoilt = {
        message("two entries are wrong, but their sum is right"): network.spoilt(moved_both_ways),
        message("an entry is off by a little"): network.spoilt(moved_entry(0, (0, 1), 3e-3)),
    }
    for place, part in enumerate(network.gradient(network.parameters)):
        for number, index in enumerate(np.ndindex(part.shape)):
            what = message(
                "entry {index} of the {array} gradient is wrong",
                index=list(index),
                array=ARRAYS[place],
            )
            share = [0.1, -0.1][number % 2]
            spoilt[what] = network.spoilt(moved_entry(place, index, share))
    rejects_all(student, compare, network, spoilt)


@pytest.mark.function("check_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("What is `nan > 0.1`? And what if a shape is not the parameter's?")
def test_rejects_what_is_no_gradient(student, compare, rng):
    """Gradients that hold nan, or have the wrong shape or number, are rejected"""
    network = lopsided_network(rng)
    spoilt = {
        message("an entry is nan"): network.spoilt(moved_entry(1, (0, 1), np.nan)),
        message("an entry is infinite"): network.spoilt(moved_entry(0, (1, 0), np.inf)),
        message("an array has shape (1, 2, 2), not (2, 2)"): network.spoilt(
            lambda a, b, c: [a, b[np.newaxis], c]
        ),
        message("an array has shape (4,), not (2, 2)"): network.spoilt(
            lambda a, b, c: [a, b.ravel(), c]
        ),
        message("there is one array too many"): network.spoilt(lambda a, b, c: [a, b, c, c]),
        message("the last array is missing"): network.spoilt(lambda a, b, _: [a, b]),
    }
    rejects_all(student, compare, network, spoilt)
