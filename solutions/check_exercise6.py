"""Checks of exercise 6: any depth, mini-batches, a bias for each unit.

One mistake is charged once. A gradient is right too where it is so with the right `forward`, or is
the derivative of the loss through the student's own; `train` is right too where it does what a
right loop does with the student's own `forward` and `gradient`, or with right ones.
"""

import itertools

import numpy as np
import pytest
from shared import signed

SIZES = [(3, 3, 3), (3, 2), (2, 4, 2), (3, 4, 3, 2)]  # only equal sizes let rows pass for columns
PARTS = ("weight_gradients", "bias_gradients")
TRAINED = ("weights", "biases", "losses")
DIFFERENCES = {"rtol": 1e-5, "atol": 1e-8}
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


def right_answers(reference, case):
    """Return what the reference's `forward` and `gradient` return for what `gradient` takes."""
    X, _, *rest = case
    return reference.forward(X, *rest), reference.gradient(*case)


class Judge:
    """Compares what the student's functions return, and charges one mistake once."""

    def __init__(self, student, compare, finite_difference):
        self.student = student
        self.compare = compare
        self.finite_difference = finite_difference

    def outputs(self, X, weights, biases):
        """Return the outputs of the student's forward as an array."""
        names = [f"activations[{layer}]" for layer in range(len(weights) + 1)]
        last = self.compare.unpack(self.student.forward(X, weights, biases), *names)[-1]
        return self.compare.array(last, (len(X), len(biases[-1])), names[-1])

    def gradients(self, X, Y, weights, biases):
        """Return the student's gradients as lists of arrays."""
        both = self.compare.unpack(self.student.gradient(X, Y, weights, biases), *PARTS)
        found = []
        for part, name, like in zip(both, PARTS, (weights, biases), strict=True):
            names = [f"{name}[{layer}]" for layer in range(len(like))]
            arrays = zip(self.compare.unpack(part, *names), like, names, strict=True)
            found.append([self.compare.array(a, np.shape(b), c) for a, b, c in arrays])
        return found

    def check_gradient(self, part, case, activations, right):
        """Compare the gradients of the weights (part 0) or of the biases (part 1).

        `activations` and `right` are what the right functions return for `case`.
        """
        X, _, *parameters = case

        def check(student):
            answer = self.compare.unpack(student.gradient(*case), *PARTS)[part]
            self.compare.close(answer, right[part], names=PARTS[part])

        def check_own():
            answer = self.compare.unpack(self.student.gradient(*case), *PARTS)[part]
            own = self.own_gradient(case, part)
            self.compare.that(min(np.abs(array).min() for array in own) > 1e-7, "no slope")
            self.compare.close(answer, own, names=PARTS[part], **DIFFERENCES)

        given = self.student.given(forward=[((X, *parameters), activations)])
        self.compare.passes_any(lambda: check(self.student), check_own, lambda: check(given))

    def own_gradient(self, case, part):
        """Return the central differences of the loss through the student's own forward."""
        X, Y, *parameters = case
        found = []
        for layer in range(len(parameters[part])):

            def moved(array, layer=layer):
                both = [list(parameters[0]), list(parameters[1])]
                both[part][layer] = array
                return loss(self.outputs(X, *both), Y)

            found.append(self.finite_difference(moved, parameters[part][layer]))
        return found

    def check_train(self, parts, arguments, seed, right, known):
        """Compare some of what `train` returns with what is right, or with the student's own.

        `right` is what the right function returns, `known` what those that it calls return.
        """

        def check(student, expected):
            generator = np.random.default_rng(seed)
            answer = self.compare.unpack(student.train(*arguments, generator), *TRAINED)
            for part in parts:
                self.compare.close(answer[part], expected()[part], names=TRAINED[part])

        def own():
            return self.own_train(*arguments, np.random.default_rng(seed))

        given = self.student.given(**known)
        self.compare.passes_any(
            lambda: check(self.student, lambda: right),
            lambda: check(self.student, own),
            lambda: check(given, lambda: right),
        )

    def own_train(self, X, Y, weights, biases, learning_rate, steps, batch_size, generator):
        """Return what a right loop gives with the student's own functions."""
        losses, start = [], weights
        for _ in range(steps):
            losses.append(loss(self.outputs(X, weights, biases), Y))
            batch = generator.permutation(len(X))[:batch_size]
            of_weights, of_biases = self.gradients(X[batch], Y[batch], weights, biases)
            weights = [a - learning_rate * b for a, b in zip(weights, of_weights, strict=True)]
            biases = [a - learning_rate * b for a, b in zip(biases, of_biases, strict=True)]
        moved = any((a != b).any() for a, b in zip(weights, start, strict=True))
        self.compare.that(moved or not steps, "The gradients move no weight.")
        return weights, biases, np.array(losses)


def training(reference, arguments, seed):
    """Return what the right `train` returns, and what the functions return that it calls."""
    X, Y, weights, biases, learning_rate, steps, batch_size = arguments
    generator = np.random.default_rng(seed)
    known = {"forward": [], "gradient": []}
    for _ in range(steps):
        batch = generator.permutation(len(X))[:batch_size]
        for rows in (X, X[batch]):
            case = rows, weights, biases
            known["forward"].append((case, reference.forward(*case)))
        case = X[batch], Y[batch], weights, biases
        gradients = reference.gradient(*case)
        known["gradient"].append((case, gradients))
        weights = [a - learning_rate * b for a, b in zip(weights, gradients[0], strict=True)]
        biases = [a - learning_rate * b for a, b in zip(biases, gradients[1], strict=True)]
    return reference.train(*arguments, np.random.default_rng(seed)), known


@pytest.fixture
def judge(student, compare, finite_difference):
    """Return what compares the student's functions."""
    return Judge(student, compare, finite_difference)


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
def test_gradient_of_two_samples(judge):
    """Two samples and one layer give the right gradients"""
    for part in [0, 1]:
        judge.check_gradient(part, TWO_SAMPLES, TWO_ACTIVATIONS, TWO_GRADIENTS)


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("Which layer's values, which layer's delta, and on which side is the transpose?")
def test_weight_gradients(judge, reference, rng):
    """The gradients of all weights are right, for any depth"""
    for sizes in SIZES:
        case = draw(rng, sizes)
        judge.check_gradient(0, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("A bias acts on every sample: what happens to their deltas?")
def test_bias_gradients(judge, reference, rng):
    """The gradients of all biases are right, for any depth"""
    for sizes in SIZES:
        case = draw(rng, sizes)
        judge.check_gradient(1, case, *right_answers(reference, case))


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.hint("The loss is the mean over the samples: so is the gradient.")
def test_gradient_does_not_grow_with_the_batch(judge, student, reference, rng, compare):
    """The same samples twice give the same gradients, and the arguments stay as they are"""
    X, Y, weights, biases = draw(rng, (2, 3, 2))
    X_twice, Y_twice = np.vstack([X, X]), np.vstack([Y, Y])
    forward = [
        ((rows, weights, biases), reference.forward(rows, weights, biases)) for rows in (X, X_twice)
    ]

    def check(student):
        own = Judge(student, compare, judge.finite_difference)
        once = own.gradients(X, Y, weights, biases)
        compare.kept_arguments(student)
        compare.that(
            all(np.abs(part).max() > 1e-9 for part in once[0]), "The gradients are all zero."
        )
        twice = own.gradients(X_twice, Y_twice, weights, biases)
        compare.close(tuple(map(list, twice)), tuple(map(list, once)), names=PARTS)

    compare.passes_any(lambda: check(student), lambda: check(student.given(forward=forward)))


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("One step moves every weight by -learning_rate times its gradient.")
def test_train_one_step(judge):
    """One step over the whole batch gives the right weights, biases and loss"""
    X, Y, weights, biases = TWO_SAMPLES
    right = (
        [np.array([[0.4268598732365212], [-0.43123293119787504]])],
        [np.array([0.4618125509074386])],
        np.array([0.12259548151576327]),
    )
    known = {"forward": [], "gradient": []}
    for order in (slice(None), slice(None, None, -1)):
        rows = X[order]
        activations = [rows, TWO_ACTIVATIONS[1][order]]
        known["forward"].append(((rows, weights, biases), activations))
        known["gradient"].append(((rows, Y[order], weights, biases), TWO_GRADIENTS))
    judge.check_train([0, 1, 2], (*TWO_SAMPLES, 1.0, 1, 2), 0, right, known)


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("Each step draws once: rng.permutation(len(X))[:batch_size], for X and Y alike.")
def test_train_on_mini_batches(judge, reference, rng):
    """The weights and biases after several steps on mini-batches are right"""
    for sizes, batch_size in [((2, 3, 1), 2), ((3, 2), 1), ((2, 4, 2), 5)]:
        arguments = *draw(rng, sizes), rng.uniform(0.3, 1.0), 4, batch_size
        seed = int(rng.integers(1000))
        judge.check_train([0, 1], arguments, seed, *training(reference, arguments, seed))


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("The loss is taken before the update, over all of X, not over the batch.")
def test_losses(judge, reference, rng):
    """The losses are those over all samples before each update"""
    for batch_size in [2, 3]:
        arguments = *draw(rng, (2, 3, 2)), 0.7, 4, batch_size
        seed = int(rng.integers(1000))
        judge.check_train([2], arguments, seed, *training(reference, arguments, seed))


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.hint("Work on new lists and new arrays, as in `weights = [w - ... for ...]`.")
def test_train_keeps_its_arguments(judge, student, reference, rng, compare):
    """No steps return what was given; some steps leave what was given as it was"""
    case = draw(rng, (2, 3, 1))
    idle, moving = (*case, 0.5, 0, 2), (*case, 0.5, 2, 2)
    judge.check_train([0, 1, 2], idle, 1, *training(reference, idle, 1))
    _, known = training(reference, moving, 1)

    def check(student):
        answer = student.train(*moving, np.random.default_rng(1))
        compare.kept_arguments(student)
        weights, *_ = compare.unpack(answer, *TRAINED)
        names = [f"weights[{layer}]" for layer in range(len(case[2]))]
        pairs = zip(compare.unpack(weights, *names), case[2], strict=True)
        moved = any(np.shape(new) != old.shape or (new != old).any() for new, old in pairs)
        compare.that(moved, "The weights have not moved after two steps.")

    compare.passes_any(lambda: check(student), lambda: check(student.given(**known)))


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("Does train put together what forward and gradient give, step by step?")
def test_learns_xor(judge, student, reference, compare):
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
        left = loss(judge.outputs(X, weights, biases), Y)
        compare.that(
            found[-1] < 2e-3 and left < 2e-3,
            f"After 500 steps the loss is {left:.2g}, from {found[0]:.2g} at the start.",
        )

    def check_steps():
        few = *case, 5, 4
        judge.check_train([0, 1, 2], few, 0, *training(reference, few, 0))

    compare.passes_any(check_learned, check_steps)
