"""Checks of exercise 6: any depth, mini-batches, a bias for each unit.

One mistake is charged once. A gradient is right too where it is so with the right `forward`, or is
the derivative of the loss through the student's own; `train` is right too where it does what a
right loop does with the student's own `forward` and `gradient`, or with right ones.
"""

import itertools

import numpy as np
import pytest
from shared import signed

from grader.authoring import message

SIZES = [(3, 3, 3), (3, 2), (2, 4, 2), (3, 4, 3, 2)]  # only equal sizes let rows pass for columns
PARTS = ("weight_gradients", "bias_gradients")
TRAINED = ("weights", "biases", "losses")
TWO_SAMPLES = (
    np.array([[1.0, 2.0], [0.0, -1.0]]),
    np.array([[0.0], [1.0]]),
    [np.array([[0.5], [-0.25]])],
    [np.array([0.5])],
)
TWO_ACTIVATIONS = [TWO_SAMPLES[0], np.array([[0.6224593312018546], [0.679178699175393]])]
TWO_GRADIENTS = (
    [np.array([[0.07314012676347881], [0.18123293119787504]])],
    [np.array([0.0381874490925614])],
)


def draw(rng, sizes, samples=5):
    """Draw X, Y, weights and biases for layers of these sizes: every unit has its own bias."""
    X = signed(rng, 0.2, 1.5, (samples, sizes[0]))
    Y = signed(rng, 1.2, 2.0, (samples, sizes[-1]))
    pairs = list(itertools.pairwise(sizes))
    weights = [signed(rng, 0.2, 1.2, pair) for pair in pairs]
    biases = [signed(rng, 0.1, 0.8, pair[1]) for pair in pairs]
    return X, Y, weights, biases


def loss(output, Y):
    """Return the mean over the samples of the summed squared error, halved."""
    return np.sum((np.asarray(output) - Y) ** 2) / (2 * len(Y))


def outputs(student, compare, X, weights, biases):
    """Return the outputs of the student's forward as an array."""
    names = [f"activations[{layer}]" for layer in range(len(weights) + 1)]
    last = compare.unpack(student.forward(X, weights, biases), *names)[-1]
    return compare.array(last, (len(X), len(biases[-1])), names[-1])


def gradients(student, compare, X, Y, weights, biases):
    """Return the student's gradients as lists of arrays."""
    both = compare.unpack(student.gradient(X, Y, weights, biases), *PARTS)
    found = []
    for part, name, like in zip(both, PARTS, (weights, biases), strict=True):
        names = [f"{name}[{layer}]" for layer in range(len(like))]
        arrays = zip(compare.unpack(part, *names), like, names, strict=True)
        found.append([compare.array(a, np.shape(b), c) for a, b, c in arrays])
    return found


def gradient_check(compare, part, case):
    """Return a check of the gradients of the weights (part 0) or of the biases (part 1)."""

    def check(student, expected):
        answer = compare.unpack(student.gradient(*case), *PARTS)[part]
        compare.close(answer, expected[part], names=PARTS[part])

    return check


@pytest.fixture
def check_slopes(student, compare, finite_difference):
    """Return what compares gradients with the slopes of the loss through the student's forward."""

    def check(part, case):
        X, Y, *parameters = case
        slopes = []
        for layer in range(len(parameters[part])):

            def moved(array, layer=layer):
                both = [list(parameters[0]), list(parameters[1])]
                both[part][layer] = array
                return loss(outputs(student, compare, X, *both), Y)

            slopes.append(finite_difference(moved, parameters[part][layer]))
        answer = compare.unpack(student.gradient(*case), *PARTS)[part]
        compare.that(min(np.abs(array).min() for array in slopes) > 1e-7, "There is no slope.")
        compare.close(answer, slopes, names=PARTS[part], rtol=1e-5, atol=1e-8)

    return check


@pytest.fixture
def check_gradient(student, compare, reference, check_slopes):
    """Return what compares gradients with the right ones, or with the student's own slopes."""

    def check(part, case):
        right = gradient_check(compare, part, case)
        compare.passes_any(
            lambda: compare.follows(right, student, reference.gradient, *case),
            lambda: check_slopes(part, case),
        )

    return check


def train_check(compare, parts, arguments, seed):
    """Return a check of some of what `train` returns, with a generator of this seed."""

    def check(student, expected):
        generator = np.random.default_rng(seed)
        answer = compare.unpack(student.train(*arguments, generator), *TRAINED)
        for part in parts:
            compare.close(answer[part], expected[part], names=TRAINED[part])

    return check


@pytest.fixture
def check_train(student, compare, reference):
    """Return what compares some of what `train` returns with what is right."""

    def check(parts, arguments, seed):
        right, generator = train_check(compare, parts, arguments, seed), np.random.default_rng(seed)
        compare.follows(right, student, reference.train, *arguments, generator)

    return check


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("activations[0] is X itself; then one array for each layer.")
def test_forward_of_two_samples(student, compare):
    """Two samples through one layer give the right activations"""
    X, _, *rest = TWO_SAMPLES
    compare.close(student.forward(X, *rest), TWO_ACTIVATIONS, names="activations")


@pytest.mark.function("forward")
@pytest.mark.points(2)
@pytest.mark.hint("Each layer takes the one before it: a loop over weights and biases.")
def test_forward_of_any_depth(student, reference, rng, compare):
    """The activations of every layer are right, for any depth and any sizes"""
    for sizes in SIZES:
        X, _, weights, biases = draw(rng, sizes)
        case = X, weights, biases
        compare.close(student.forward(*case), reference.forward(*case), names="activations")


@pytest.mark.function("forward")
@pytest.mark.points(1)
@pytest.mark.hint("Is there one row for each sample, also for a single one?")
def test_forward_of_one_sample(student, reference, rng, compare):
    """A single sample is a batch too, and the arguments stay as they are"""
    X, _, weights, biases = draw(rng, (3, 4, 2), samples=1)
    actual = student.forward(X, weights, biases)
    compare.kept_arguments(student)
    compare.close(actual, reference.forward(X, weights, biases), names="activations")


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Work it out by hand: both samples add to the gradient, and their mean counts.")
def test_gradient_of_two_samples(student, compare, check_slopes):
    """Two samples and one layer give the right gradients"""
    X, _, *parameters = TWO_SAMPLES
    given = student.given(forward=[((X, *parameters), TWO_ACTIVATIONS)])
    for part in [0, 1]:
        check = gradient_check(compare, part, TWO_SAMPLES)
        compare.passes_any(
            lambda check=check: check(student, TWO_GRADIENTS),
            lambda check=check: check(given, TWO_GRADIENTS),
            lambda part=part: check_slopes(part, TWO_SAMPLES),
        )


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("Which layer's values, which layer's delta, and on which side is the transpose?")
def test_weight_gradients(check_gradient, rng):
    """The gradients of all weights are right, for any depth"""
    for sizes in SIZES:
        check_gradient(0, draw(rng, sizes))


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("A bias acts on every sample: what happens to their deltas?")
def test_bias_gradients(check_gradient, rng):
    """The gradients of all biases are right, for any depth"""
    for sizes in SIZES:
        check_gradient(1, draw(rng, sizes))


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.hint("The loss is the mean over the samples: so is the gradient.")
def test_gradient_does_not_grow_with_the_batch(student, reference, rng, compare):
    """The same samples twice give the same gradients, and the arguments stay as they are"""
    X, Y, *parameters = draw(rng, (2, 3, 2))
    twice = np.vstack([X, X]), np.vstack([Y, Y])
    answers = [
        ((rows, *parameters), reference.forward(rows, *parameters)) for rows in (X, twice[0])
    ]

    def check(student):
        once = gradients(student, compare, X, Y, *parameters)
        compare.kept_arguments(student)
        compare.that(
            all(np.abs(part).max() > 1e-9 for part in once[0]), "The gradients are all zero."
        )
        compare.close(gradients(student, compare, *twice, *parameters), once, names=PARTS)

    compare.passes_any(lambda: check(student), lambda: check(student.given(forward=answers)))


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("One step moves every weight by -learning_rate times its gradient.")
def test_train_one_step(student, compare):
    """One step over the whole batch gives the right weights, biases and loss"""
    X, Y, *parameters = TWO_SAMPLES
    right = (
        [np.array([[0.4268598732365212], [-0.43123293119787504]])],
        [np.array([0.4618125509074386])],
        np.array([0.12259548151576327]),
    )
    answers = {"forward": [], "gradient": []}
    for order in (slice(None), slice(None, None, -1)):
        activations = [X[order], TWO_ACTIVATIONS[1][order]]
        answers["forward"].append(((X[order], *parameters), activations))
        answers["gradient"].append(((X[order], Y[order], *parameters), TWO_GRADIENTS))
    check = train_check(compare, [0, 1, 2], (*TWO_SAMPLES, 1.0, 1, 2), 0)
    compare.passes_any(
        lambda: check(student, right), lambda: check(student.given(**answers), right)
    )


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("Each step draws once: rng.permutation(len(X))[:batch_size], for X and Y alike.")
def test_train_on_mini_batches(check_train, rng):
    """The weights and biases after several steps on mini-batches are right"""
    for sizes, batch_size in [((2, 3, 1), 2), ((3, 2), 1), ((2, 4, 2), 5)]:
        arguments = *draw(rng, sizes), rng.uniform(0.3, 1.0), 4, batch_size
        check_train([0, 1], arguments, int(rng.integers(1000)))


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("The loss is taken before the update, over all of X, not over the batch.")
def test_losses(check_train, rng):
    """The losses are those over all samples before each update"""
    for batch_size in [2, 3]:
        arguments = *draw(rng, (2, 3, 2)), 0.7, 4, batch_size
        check_train([2], arguments, int(rng.integers(1000)))


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.hint("Work on new lists and new arrays, as in `weights = [w - ... for ...]`.")
def test_train_keeps_its_arguments(check_train, student, reference, rng, compare):
    """No steps return what was given; some steps leave what was given as it was"""
    case = draw(rng, (2, 3, 1))
    check_train([0, 1, 2], (*case, 0.5, 0, 2), 1)

    def check(student, _):
        answer = student.train(*case, 0.5, 2, 2, np.random.default_rng(1))
        compare.kept_arguments(student)
        weights, *_ = compare.unpack(answer, *TRAINED)
        names = [f"weights[{layer}]" for layer in range(len(case[2]))]
        pairs = zip(compare.unpack(weights, *names), case[2], strict=True)
        moved = any(np.shape(new) != old.shape or (new != old).any() for new, old in pairs)
        compare.that(moved, "The weights have not moved after two steps.")

    compare.follows(check, student, reference.train, *case, 0.5, 2, 2, np.random.default_rng(1))


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("Does train put together what forward and gradient give, step by step?")
def test_learns_xor(check_train, student, compare):
    """The network learns XOR, as far as forward and gradient let it"""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    start = np.random.default_rng(1)
    weights = [2 * start.normal(size=(2, 4)), 2 * start.normal(size=(4, 1))]
    case = X, Y, weights, [np.zeros(4), np.zeros(1)], 10.0

    def check_learned():
        answer = student.train(*case, 500, 4, np.random.default_rng(0))
        weights, biases, losses = compare.unpack(answer, *TRAINED)
        found = compare.array(losses, (500,), "losses")
        left = loss(outputs(student, compare, X, weights, biases), Y)
        compare.that(
            found[-1] < 2e-3 and left < 2e-3,
            message(
                "After 500 steps the loss is {left:.2g}, from {start:.2g} at the start.",
                left=left,
                start=found[0],
            ),
        )

    compare.passes_any(check_learned, lambda: check_train([0, 1, 2], (*case, 5, 4), 0))
