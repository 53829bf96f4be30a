"""Checks of exercise 6: any depth, mini-batches, a bias for each unit.

One mistake is charged once. A gradient is right too where it is the derivative of the loss through
the student's own `forward`; `train` is right too where it does what a right loop does with the
student's own `forward` and `gradient`.
"""

import itertools

import numpy as np
import pytest

SIZES = [(3, 2), (2, 4, 2), (3, 4, 3, 2)]
PARTS = ("weight_gradients", "bias_gradients")
TRAINED = ("weights", "biases", "losses")
DIFFERENCES = {"rtol": 1e-5, "atol": 1e-8}


def signed(rng, low, high, shape):
    """Draw numbers of both signs, none of them near zero."""
    return np.copysign(rng.uniform(low, high, shape), rng.uniform(-1.0, 1.0, shape))


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

    def check_gradient(self, reference, part, case):
        """Compare the gradients of the weights (part 0) or of the biases (part 1)."""
        both = self.compare.unpack(self.student.gradient(*case), *PARTS)
        right = reference.gradient(*case)[part]
        own = self.own_gradient(case, part) if not close(both[part], right) else right
        if own is not right and all(np.abs(array).min() > 1e-7 for array in own):
            expected = own if close(both[part], own, **DIFFERENCES) else right
            options = DIFFERENCES if expected is own else {}
            self.compare.close(both[part], expected, names=PARTS[part], **options)
            return
        self.compare.close(both[part], right, names=PARTS[part])

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

    def check_train(self, reference, parts, arguments, seed):
        """Compare some of what `train` returns: with what is right, or with the student's own."""
        generator = np.random.default_rng(seed)
        answer = self.compare.unpack(self.student.train(*arguments, generator), *TRAINED)
        right = reference.train(*arguments, np.random.default_rng(seed))
        if not all(close(answer[part], right[part]) for part in parts):
            right = self.own_train(*arguments, np.random.default_rng(seed))
        for part in parts:
            self.compare.close(answer[part], right[part], names=TRAINED[part])

    def own_train(self, X, Y, weights, biases, learning_rate, steps, batch_size, generator):
        """Return what a right loop gives with the student's own functions."""
        losses = []
        for _ in range(steps):
            losses.append(loss(self.outputs(X, weights, biases), Y))
            batch = generator.permutation(len(X))[:batch_size]
            of_weights, of_biases = self.gradients(X[batch], Y[batch], weights, biases)
            weights = [a - learning_rate * b for a, b in zip(weights, of_weights, strict=True)]
            biases = [a - learning_rate * b for a, b in zip(biases, of_biases, strict=True)]
        return weights, biases, np.array(losses)


def close(actual, expected, rtol=1e-9, atol=1e-12):
    """Return whether an answer has the right structure and values."""
    if isinstance(expected, list):
        if not isinstance(actual, (list, tuple, np.ndarray)) or len(actual) != len(expected):
            return False
        return all(close(a, b, rtol, atol) for a, b in zip(actual, expected, strict=True))
    try:
        actual = np.asarray(actual, dtype=float)
    except (TypeError, ValueError):
        return False
    return actual.shape == expected.shape and np.allclose(actual, expected, rtol, atol)


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
    X = np.array([[1.0, 2.0], [0.0, -1.0]])
    weight, bias = np.array([[0.5], [-0.25]]), np.array([0.5])
    output = np.array([[0.6224593312018546], [0.679178699175393]])
    compare.close(student.forward(X, [weight], [bias]), [X, output], names="activations")


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
def test_gradient_of_two_samples(student, compare):
    """Two samples and one layer give the right gradients"""
    X, Y = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[0.0], [1.0]])
    weight, bias = np.array([[0.5], [-0.25]]), np.array([0.5])
    right_weight = np.array([[0.07314012676347881], [0.18123293119787504]])
    right_bias = np.array([0.0381874490925614])
    actual = student.gradient(X, Y, [weight], [bias])
    compare.close(actual, ([right_weight], [right_bias]), names=PARTS)


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("Which layer's values, which layer's delta, and on which side is the transpose?")
def test_weight_gradients(judge, reference, rng):
    """The gradients of all weights are right, for any depth"""
    for sizes in SIZES:
        judge.check_gradient(reference, 0, draw(rng, sizes))


@pytest.mark.function("gradient")
@pytest.mark.points(3)
@pytest.mark.hint("A bias acts on every sample: what happens to their deltas?")
def test_bias_gradients(judge, reference, rng):
    """The gradients of all biases are right, for any depth"""
    for sizes in SIZES:
        judge.check_gradient(reference, 1, draw(rng, sizes))


@pytest.mark.function("gradient")
@pytest.mark.points(1)
@pytest.mark.hint("The loss is the mean over the samples: so is the gradient.")
def test_gradient_does_not_grow_with_the_batch(judge, student, rng, compare):
    """The same samples twice give the same gradients, and the arguments stay as they are"""
    X, Y, weights, biases = draw(rng, (2, 3, 2))
    once = judge.gradients(X, Y, weights, biases)
    compare.kept_arguments(student)
    twice = judge.gradients(np.vstack([X, X]), np.vstack([Y, Y]), weights, biases)
    compare.that(all(np.abs(part).max() > 1e-9 for part in once[0]), "The gradients are all zero.")
    compare.close(tuple(map(list, twice)), tuple(map(list, once)), names=PARTS)


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("One step moves every weight by -learning_rate times its gradient.")
def test_train_one_step(judge, student, compare):
    """One step over the whole batch gives the right weights, biases and loss"""
    X, Y = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[0.0], [1.0]])
    weight, bias = np.array([[0.5], [-0.25]]), np.array([0.5])
    right = (
        [np.array([[0.4268598732365212], [-0.43123293119787504]])],
        [np.array([0.4618125509074386])],
        np.array([0.12259548151576327]),
    )
    arguments = X, Y, [weight], [bias], 1.0, 1, 2
    generator = np.random.default_rng(0)
    answer = compare.unpack(student.train(*arguments, generator), *TRAINED)
    if not all(close(found, part) for found, part in zip(answer, right, strict=True)):
        right = judge.own_train(*arguments, np.random.default_rng(0))
    compare.close(answer, right, names=TRAINED)


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("Each step draws once: rng.permutation(len(X))[:batch_size], for X and Y alike.")
def test_train_on_mini_batches(judge, reference, rng):
    """The weights and biases after several steps on mini-batches are right"""
    for sizes, batch_size in [((2, 3, 1), 2), ((3, 2), 1), ((2, 4, 2), 5)]:
        arguments = *draw(rng, sizes), rng.uniform(0.3, 1.0), 4, batch_size
        judge.check_train(reference, [0, 1], arguments, int(rng.integers(1000)))


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint("The loss is taken before the update, over all of X, not over the batch.")
def test_losses(judge, reference, rng):
    """The losses are those over all samples before each update"""
    for batch_size in [2, 3]:
        arguments = *draw(rng, (2, 3, 2)), 0.7, 4, batch_size
        judge.check_train(reference, [2], arguments, int(rng.integers(1000)))


@pytest.mark.function("train")
@pytest.mark.points(1)
@pytest.mark.hint("Work on new lists and new arrays, as in `weights = [w - ... for ...]`.")
def test_train_keeps_its_arguments(judge, student, reference, rng, compare):
    """No steps return what was given; some steps leave what was given as it was"""
    case = draw(rng, (2, 3, 1))
    judge.check_train(reference, [0, 1, 2], (*case, 0.5, 0, 2), 1)
    weights, *_ = compare.unpack(
        student.train(*case, 0.5, 2, 2, np.random.default_rng(1)), *TRAINED
    )
    compare.kept_arguments(student)
    compare.that(not close(weights, case[2]), "The weights have not moved after two steps.")


@pytest.mark.function("train")
@pytest.mark.points(2)
@pytest.mark.hint(
    "XOR is learned when the hidden layer, its biases and the mini-batches are right."
)
def test_learns_xor(judge, student, compare):
    """The network learns XOR"""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    start = np.random.default_rng(1)
    weights = [start.normal(size=(2, 4)), start.normal(size=(4, 1))]
    biases = [np.zeros(4), np.zeros(1)]
    case = X, Y, weights, biases, 5.0, 1500, 4
    weights, biases, losses = compare.unpack(
        student.train(*case, np.random.default_rng(0)), *TRAINED
    )
    found = compare.array(losses, (1500,), "losses")
    output = judge.outputs(X, weights, biases)
    compare.that(
        found[-1] < 2e-3 and loss(output, Y) < 2e-3,
        f"After 1,500 steps the loss is {loss(output, Y):.2g}, from {found[0]:.2g} at the start.",
    )
