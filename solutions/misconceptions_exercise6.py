"""Mistakes in exercise 6: batches, depth, biases and the loop."""

import itertools

import numpy as np

from grader.authoring import meaning, misconception, probe, variant

ACTIVATIONS = "activations"
GRADIENTS = ("weight_gradients", "bias_gradients")
TRAINED = ("weights", "biases", "losses")

meaning("losses", "the loss before update {0}")


def signed(rng, low, high, shape):
    """Draw numbers of both signs, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


def network(rng, sizes, samples=4):
    """Draw X, Y, weights and biases; layers of one size let rows pass for columns."""
    pairs = list(itertools.pairwise(sizes))
    X = signed(rng, 0.3, 1.5, (samples, sizes[0]))
    Y = signed(rng, 1.2, 2.0, (samples, sizes[-1]))
    weights = [signed(rng, 0.3, 1.2, pair) for pair in pairs]
    return X, Y, weights, [signed(rng, 0.2, 0.8, pair[1]) for pair in pairs]


@probe("forward", returns=ACTIVATIONS)
def forward_inputs(rng):
    """Draw what forward takes: two layers of weights."""
    X, _, weights, biases = network(rng, (3, 3, 3))
    return X, weights, biases


@probe("gradient", returns=GRADIENTS)
def gradient_inputs(rng):
    """Draw what gradient takes: three layers of weights."""
    return network(rng, (3, 3, 3, 3))


@probe("gradient", returns=GRADIENTS)
def gradient_inputs_two_layers(rng):
    """Draw what gradient takes: two layers of weights, more samples."""
    return network(rng, (3, 3, 3), 6)


@probe("train", returns=TRAINED)
def train_inputs(rng):
    """Draw what train takes: three steps on two of five samples."""
    generator = np.random.default_rng(int(rng.integers(1000)))
    return (*network(rng, (2, 2, 2), 5), rng.uniform(0.3, 0.9), 3, 2, generator)


@probe("train", returns=TRAINED)
def train_inputs_three_of_four(rng):
    """Draw what train takes: three steps on three of four samples."""
    generator = np.random.default_rng(int(rng.integers(1000)))
    return (*network(rng, (2, 2, 2), 4), rng.uniform(0.3, 0.9), 3, 3, generator)


@variant("gradient")
def gradient_with_deltas(X, Y, weights, biases, *, reference):
    """First all deltas, then all gradients."""
    activations = reference.forward(X, weights, biases)
    output = activations[-1]
    deltas = [(output - Y) * output * (1 - output)]
    for layer in range(len(weights) - 1, 0, -1):
        values = activations[layer]
        deltas.insert(0, (deltas[0] @ weights[layer].T) * values * (1 - values))
    n = X.shape[0]
    weight_gradients = [activations[layer].T @ deltas[layer] / n for layer in range(len(weights))]
    bias_gradients = [np.mean(delta, axis=0) for delta in deltas]
    return weight_gradients, bias_gradients


@variant("gradient")
def gradient_by_samples(X, Y, weights, biases, *, reference):
    """One sample after another, as in exercise 2."""
    n = len(X)
    weight_gradients = [np.zeros(weight.shape) for weight in weights]
    bias_gradients = [np.zeros(bias.shape) for bias in biases]
    for x, target in zip(X, Y, strict=True):
        activations = reference.forward(x, weights, biases)
        output = activations[-1]
        delta = (output - target) * output * (1 - output)
        for layer in reversed(range(len(weights))):
            weight_gradients[layer] += np.outer(activations[layer], delta) / n
            bias_gradients[layer] += delta / n
            values = activations[layer]
            delta = (weights[layer] @ delta) * values * (1 - values)
    return weight_gradients, bias_gradients


def _sigmoid(z):
    """Return 1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


@misconception(
    "forward",
    title="The biases are not added",
    explain="{entries} leave{s} out the biases: each unit's sum gets the unit's own bias before the"
    " sigmoid.",
    advice="activations[l] @ weights[l] + biases[l]: NumPy adds the biases to every row.",
)
def biases_missing(X, weights, biases):
    """Leave out the biases."""
    activations = [X]
    for weight in weights:
        activations.append(_sigmoid(activations[-1] @ weight))
    return activations


@misconception(
    "forward",
    title="The biases are added after the sigmoid",
    explain="{entries} add{s} the biases to the values of the units. They belong into the sums, to"
    " which the sigmoid is applied.",
    advice="A value of a unit lies between 0 and 1. Do yours?",
)
def biases_after_the_sigmoid(X, weights, biases):
    """Add the biases too late."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(activations[-1] @ weight) + bias)
    return activations


@misconception(
    "forward",
    title="One bias is used for a whole layer",
    explain="{entries} get{s} the first bias of the layer in every unit. In this exercise each unit"
    " has a bias of its own.",
    advice="biases[l] has as many entries as layer l + 1 has units.",
    finds=("bias[0]", "biases[layer][0]", "biases[l][0]", "biases[i][0]"),
)
def one_bias_for_the_layer(X, weights, biases):
    """Use the bias of the first unit."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(activations[-1] @ weight + bias[0]))
    return activations


@misconception(
    "forward",
    title="The last layer has no sigmoid",
    explain="The last layer's sums are returned as they are. Here the outputs go through the"
    " sigmoid as well.",
    advice="All layers are alike: the loop needs no exception for the last.",
)
def last_layer_linear(X, weights, biases):
    """Leave the sigmoid out at the end."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(activations[-1] @ weight + bias))
    activations[-1] = activations[-2] @ weights[-1] + biases[-1]
    return activations


@misconception(
    "forward",
    title="Only the last layer has a sigmoid",
    explain="The sums of the layers before the last are passed on as they are. Without the sigmoid"
    " between them all layers together can do no more than a single one.",
    advice="The sigmoid belongs into the loop.",
)
def hidden_layers_linear(X, weights, biases):
    """Apply the sigmoid at the end only."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(activations[-1] @ weight + bias)
    activations[-1] = _sigmoid(activations[-1])
    return activations


@misconception(
    "forward",
    title="The sums are returned, not the values",
    explain="{entries} are the sums that go into the units. What is asked for are the units'"
    " values: the sigmoid of the sums.",
    advice="Keep the values; the slopes follow from them.",
)
def sums_returned(X, weights, biases):
    """Keep what goes into the sigmoid."""
    activations, values = [X], X
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(values @ weight + bias)
        values = _sigmoid(activations[-1])
    return activations


@misconception(
    "forward",
    title="Every layer takes X",
    explain="Each layer is worked out from X, not from the layer before it.",
    advice="activations[-1] is the layer before.",
    finds=("X @ weight", "X @ weights[layer]", "X @ weights[l]", "X @ weights[i]"),
)
def every_layer_takes_x(X, weights, biases):
    """Never pass the values on."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(X @ weight + bias))
    return activations


@misconception(
    "forward",
    title="The weights are transposed",
    explain="{entries} use{s} the transposed weights: weights[l][i, j] joins unit i of the layer"
    " before to unit j of the layer after.",
    advice="One sample is a row, so the weights stand on the right: activations[l] @ weights[l].",
    finds=("weight.T", "weights[layer].T", "weights[l].T", "weights[i].T"),
)
def weights_transposed(X, weights, biases):
    """Multiply by the transposed weights."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(activations[-1] @ weight.T + bias))
    return activations


@misconception(
    "forward",
    title="X is missing in the list",
    explain="The list begins with the first layer after the inputs. activations[0] has to be X"
    " itself.",
    advice="There is one entry more than there are weights. The gradient of weights[0] needs X.",
    finds=("[]",),
)
def x_missing(X, weights, biases):
    """Leave out the inputs."""
    return _activations(X, weights, biases)[1:]


@misconception(
    "forward",
    title="Only the outputs are returned",
    explain="{function} returns the values of the last layer. What is asked for is a list with"
    " those of every layer, X first.",
    advice="Append each layer to the list, and return the list after the loop.",
)
def outputs_only(X, weights, biases):
    """Return the last layer."""
    return _activations(X, weights, biases)[-1]


@misconception(
    "forward",
    title="Only one layer is worked out",
    explain="The loop ends in its first turn, so the list holds X and one layer.",
    advice="Look at the indentation of `return`: it belongs after the loop.",
)
def one_layer_only(X, weights, biases):
    """Return in the first turn."""
    return _activations(X, weights, biases)[:2]


@misconception(
    "forward",
    title="X is changed in place",
    explain="What {function} returns is right, but the inputs that it was given are changed.",
    advice="Operators like *= and += write into the array on their left.",
)
def x_changed(X, weights, biases):
    """Write into the inputs."""
    activations = _activations(X.copy(), weights, biases)
    X *= 0.5
    return activations


def _activations(X, weights, biases):
    """Return the right activations."""
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(_sigmoid(activations[-1] @ weight + bias))
    return activations


def _slope(values):
    """Return the slope of the sigmoid where it has these values."""
    return values * (1 - values)


def _backward(activations, delta, weights):
    """Return the gradients from the delta of the last layer."""
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = _slope(activations[layer]) * (delta @ weights[layer].T)
    return of_weights, of_biases


def _last_delta(activations, Y):
    """Return the delta of the last layer."""
    output = activations[-1]
    return (output - Y) * _slope(output) / len(Y)


def _gradients(X, Y, weights, biases, reference):
    """Return the right gradients."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, _last_delta(activations, Y), weights)


@misconception(
    "gradient",
    title="The sum over the samples, not the mean",
    explain="{entries} grow{s} with the number of samples: the loss is their mean, so each delta is"
    " divided by n.",
    advice="The same samples twice should give the same gradient.",
)
def not_divided_by_n(X, Y, weights, biases, *, reference):
    """Leave out the division."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, len(X) * _last_delta(activations, Y), weights)


@misconception(
    "gradient",
    title="The mean is taken over the outputs as well",
    explain="{entries} are divided by the number of samples times the number of outputs. The loss"
    " sums over the outputs; only over the samples it takes the mean.",
    advice="np.mean of an array with two dimensions divides by both sizes.",
    finds=("Y.size", "output.size", "np.mean"),
)
def divided_by_the_outputs(X, Y, weights, biases, *, reference):
    """Divide by the number of all entries."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, _last_delta(activations, Y) / Y.shape[1], weights)


@misconception(
    "gradient",
    title="Divided by the number of samples twice",
    explain="{entries} are divided by n twice: once in the delta, and once more further on.",
    advice="Follow n through your code: np.mean divides too.",
)
def divided_twice(X, Y, weights, biases, *, reference):
    """Divide by n twice."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, _last_delta(activations, Y) / len(X), weights)


@misconception(
    "gradient",
    title="The 2 of the square is not cancelled",
    explain="{entries} are twice as large as they should be: the half in the loss cancels the 2"
    " that the square leaves.",
    advice="The derivative of (output - target)**2 / 2 is output - target.",
)
def twice_the_error(X, Y, weights, biases, *, reference):
    """Keep the 2."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, 2 * _last_delta(activations, Y), weights)


@misconception(
    "gradient",
    title="The error has the wrong sign",
    explain="{entries} point{s} the wrong way: the delta starts with output - Y, not Y - output.",
    advice="The loss grows where an output that is already too large grows.",
    finds=("Y - output", "Y - activations[-1]"),
)
def error_reversed(X, Y, weights, biases, *, reference):
    """Take the target minus the output."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, -_last_delta(activations, Y), weights)


@misconception(
    "gradient",
    title="The slope of the outputs' sigmoid is missing",
    explain="The errors go back as they are. On their way into the outputs' sums they have to be"
    " multiplied by output * (1 - output).",
    advice="Every sigmoid that the forward pass goes through leaves its slope in the gradient.",
)
def output_slope_missing(X, Y, weights, biases, *, reference):
    """Start with the error alone."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, (activations[-1] - Y) / len(X), weights)


@misconception(
    "gradient",
    title="The slopes of the hidden units are missing",
    explain="{entries} let{s} the deltas pass the hidden units as if they had no sigmoid. Each"
    " layer's delta is multiplied by activations[l] * (1 - activations[l]).",
    advice="Every sigmoid that the forward pass goes through leaves its slope in the gradient.",
)
def hidden_slopes_missing(X, Y, weights, biases, *, reference):
    """Leave out the slopes in the loop."""
    activations = reference.forward(X, weights, biases)
    delta = _last_delta(activations, Y)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = delta @ weights[layer].T
    return of_weights, of_biases


@misconception(
    "gradient",
    title="All slopes are missing",
    explain="The errors go back as if no unit had a sigmoid. At the outputs and at every hidden"
    " layer they have to be multiplied by the slope there, value * (1 - value).",
    advice="Every sigmoid that the forward pass goes through leaves its slope in the gradient.",
)
def all_slopes_missing(X, Y, weights, biases, *, reference):
    """Leave out every slope."""
    activations = reference.forward(X, weights, biases)
    delta = (activations[-1] - Y) / len(X)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = delta @ weights[layer].T
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The slope is taken at the values, not at the sums",
    explain="The sigmoid is applied once more to the values before its slope is worked out. The"
    " values have been through it already: their slope is value * (1 - value).",
    advice="Does your function for the slope expect the sum z, or the value after the sigmoid?",
)
def slopes_of_the_values(X, Y, weights, biases, *, reference):
    """Apply the sigmoid twice in the slopes."""
    activations = reference.forward(X, weights, biases)
    delta = (activations[-1] - Y) * _slope(_sigmoid(activations[-1])) / len(X)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = _slope(_sigmoid(activations[layer])) * (delta @ weights[layer].T)
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The weights are not transposed on the way back",
    explain="{entries}: the delta goes back through weights[l] as it is. Backwards, unit j of the"
    " layer after sends its delta to unit i, so rows and columns change places.",
    advice="With layers of different sizes the shapes do not even fit.",
    finds=("delta @ weights[layer]", "delta @ weights[l]", "delta @ weights[i]"),
)
def back_through_untransposed(X, Y, weights, biases, *, reference):
    """Forget the transposition."""
    activations = reference.forward(X, weights, biases)
    delta = _last_delta(activations, Y)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = _slope(activations[layer]) * (delta @ weights[layer])
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The gradients of the weights are transposed",
    explain="{entries} have rows and columns swapped: entry [i, j] belongs to unit i of the layer"
    " before and unit j of the layer after.",
    advice="activations[l].T @ delta has the shape of weights[l], whatever the sizes.",
    finds=("delta.T @ activations[layer]", "delta.T @ activations[l]"),
)
def weight_gradients_transposed(X, Y, weights, biases, *, reference):
    """Multiply the other way round."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return [part.T for part in of_weights], of_biases


@misconception(
    "gradient",
    title="The values after the layer are used, not those before it",
    explain="{entries} are made with the values that the weights lead to. The gradient of"
    " weights[l] is made with what these weights carry, activations[l].",
    advice="activations[0] is X, so activations[l] is what goes into weights[l].",
    finds=("activations[layer + 1].T", "activations[l + 1].T", "activations[i + 1].T"),
)
def values_after_the_layer(X, Y, weights, biases, *, reference):
    """Take activations[l + 1] in the weights' gradients."""
    activations = reference.forward(X, weights, biases)
    delta = _last_delta(activations, Y)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer + 1].T @ delta)
        of_biases.insert(0, delta.sum(axis=0))
        delta = _slope(activations[layer]) * (delta @ weights[layer].T)
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The layers come in the wrong order",
    explain="The gradients are returned from the last layer to the first. Entry l has to belong to"
    " weights[l].",
    advice="Going backwards, insert at the front of the list: insert(0, ...), or reverse it at the"
    " end.",
    finds=("append",),
)
def layers_reversed(X, Y, weights, biases, *, reference):
    """Append on the way back."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights[::-1], of_biases[::-1]


@misconception(
    "gradient",
    title="The biases have no gradients",
    explain="{entries} are zero. A bias acts on the loss as a weight does, with an input of 1: its"
    " gradient is the sum of its unit's deltas.",
    advice="delta.sum(axis=0)",
)
def bias_gradients_zero(X, Y, weights, biases, *, reference):
    """Return zeros for the biases."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights, [0 * part for part in of_biases]


@misconception(
    "gradient",
    title="The biases' gradients are those of the first sample",
    explain="{entries} hold{s} the delta of one sample. A bias acts on all samples: their deltas"
    " are summed.",
    advice="delta.sum(axis=0)",
    finds=("delta[0]",),
)
def bias_gradients_of_one_sample(X, Y, weights, biases, *, reference):
    """Take the first row of each delta."""
    activations = reference.forward(X, weights, biases)
    delta = _last_delta(activations, Y)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta[0])
        delta = _slope(activations[layer]) * (delta @ weights[layer].T)
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The biases' gradients are divided by n once too often",
    explain="{entries} are means of deltas that have been divided by n already. They are to be"
    " summed.",
    advice="delta.sum(axis=0) where delta holds the division by n, delta.mean(axis=0) where not.",
    finds=("np.mean(delta, axis=0)", "delta.mean(axis=0)"),
)
def bias_gradients_meaned(X, Y, weights, biases, *, reference):
    """Take the mean of the deltas."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights, [part / len(X) for part in of_biases]


@misconception(
    "gradient",
    title="The biases' gradients are not divided by n",
    explain="{entries} grow{s} with the number of samples, while the weights' gradients do not. The"
    " loss is the mean over the samples: that goes for both.",
    advice="Divide the delta of the last layer by n, and both follow.",
)
def bias_gradients_summed(X, Y, weights, biases, *, reference):
    """Divide the weights' gradients alone."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights, [part * len(X) for part in of_biases]


@misconception(
    "gradient",
    title="The weights' gradients are not divided by n",
    explain="{entries} grow{s} with the number of samples, while the biases' gradients do not. The"
    " loss is the mean over the samples: that goes for both.",
    advice="Divide the delta of the last layer by n, and both follow.",
)
def weight_gradients_summed(X, Y, weights, biases, *, reference):
    """Divide the biases' gradients alone."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return [part * len(X) for part in of_weights], of_biases


@misconception(
    "gradient",
    title="The biases' gradients are summed over the wrong axis",
    explain="The deltas of each sample are summed over the units, so there is one number for each"
    " sample. A bias belongs to a unit: its gradient sums over the samples.",
    advice="axis=0 runs over the rows, which are the samples.",
    finds=("delta.sum(axis=1)", "np.sum(delta, axis=1)"),
)
def bias_gradients_by_sample(X, Y, weights, biases, *, reference):
    """Sum over the units."""
    activations = reference.forward(X, weights, biases)
    delta = _last_delta(activations, Y)
    of_weights, of_biases = [], []
    for layer in reversed(range(len(weights))):
        of_weights.insert(0, activations[layer].T @ delta)
        of_biases.insert(0, delta.sum(axis=1))
        delta = _slope(activations[layer]) * (delta @ weights[layer].T)
    return of_weights, of_biases


@misconception(
    "gradient",
    title="The biases' gradients are summed over all units",
    explain="Each layer's deltas are summed up to one number. Each unit has a bias of its own, so"
    " the sum runs over the samples only.",
    advice="delta.sum() sums over everything; delta.sum(axis=0) over the samples.",
    finds=("delta.sum()", "np.sum(delta)"),
)
def bias_gradients_one_number(X, Y, weights, biases, *, reference):
    """Give each unit the sum over its layer."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights, [np.full(part.shape, part.sum()) for part in of_biases]


@misconception(
    "gradient",
    title="The biases' gradients keep a dimension too many",
    explain="The biases' gradients have shape (1, units). They are to have the shape of the biases,"
    " (units,).",
    advice="keepdims=True is one argument too many here.",
    finds=("np.sum(delta, axis=0, keepdims=True)", "delta.sum(axis=0, keepdims=True)"),
)
def bias_gradients_as_rows(X, Y, weights, biases, *, reference):
    """Keep the axis that was summed over."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    return of_weights, [part[np.newaxis] for part in of_biases]


@misconception(
    "gradient",
    title="Only the last sample counts",
    explain="The gradients of each sample overwrite those of the one before. They are to be added"
    " up, each divided by n.",
    advice="+= in the loop over the samples, and zeros before it.",
)
def last_sample_only(X, Y, weights, biases, *, reference):
    """Overwrite in the loop over the samples."""
    return _gradients(X[-1:], Y[-1:], weights, biases, reference)


@misconception(
    "gradient",
    title="All samples are compared with the first target",
    explain="Every output is held against the first row of Y. Each sample has its own target.",
    advice="output - Y compares row by row.",
    finds=("Y[0]",),
)
def first_target_for_all(X, Y, weights, biases, *, reference):
    """Use the first row of Y."""
    activations = reference.forward(X, weights, biases)
    return _backward(activations, _last_delta(activations, np.tile(Y[:1], (len(Y), 1))), weights)


@misconception(
    "gradient",
    title="The weights are changed in place",
    explain="What {function} returns is right, but the weights that it was given are changed: it"
    " makes the update that belongs into train.",
    advice="A gradient only says where to go.",
)
def gradient_changes_the_weights(X, Y, weights, biases, *, reference):
    """Move the weights on the way."""
    of_weights, of_biases = _gradients(X, Y, weights, biases, reference)
    for weight, part in zip(weights, of_weights, strict=True):
        weight -= part
    return of_weights, of_biases


def _loss(X, Y, weights, biases, reference):
    """Return the loss over all samples."""
    output = reference.forward(X, weights, biases)[-1]
    return np.sum((output - Y) ** 2) / (2 * len(X))


def _moved(arrays, gradients, rate):
    """Return new arrays, moved against their gradients."""
    return [array - rate * part for array, part in zip(arrays, gradients, strict=True)]


def _training(X, Y, weights, biases, learning_rate, batches, reference):
    """Train on the given batches."""
    losses = np.zeros(len(batches))
    for step, batch in enumerate(batches):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
        biases = _moved(biases, gradients[1], learning_rate)
    return weights, biases, losses


def _batches(X, steps, batch_size, rng):
    """Draw the right batches."""
    return [rng.permutation(len(X))[:batch_size] for _ in range(steps)]


@variant("train")
def train_with_a_list(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """The losses are gathered in a list, the updates made layer by layer."""
    weights = [weight.copy() for weight in weights]
    biases = [bias.copy() for bias in biases]
    losses = []
    for _ in range(steps):
        output = reference.forward(X, weights, biases)[-1]
        losses.append(np.mean(np.sum((output - Y) ** 2, axis=1)) / 2)
        batch = rng.permutation(X.shape[0])[:batch_size]
        weight_gradients, bias_gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        for layer in range(len(weights)):
            weights[layer] = weights[layer] - learning_rate * weight_gradients[layer]
            biases[layer] = biases[layer] - learning_rate * bias_gradients[layer]
    return weights, biases, np.array(losses)


@misconception(
    "train",
    title="The batch is taken of X but not of Y",
    explain="The samples are those that were drawn, but their targets are the first rows of Y: each"
    " sample is compared with the target of another one.",
    advice="The same row numbers for both: X[batch] and Y[batch].",
    finds=("Y[:batch_size]",),
)
def batch_of_x_only(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Take the first rows of Y."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[: len(batch)], weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
        biases = _moved(biases, gradients[1], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="X and Y are drawn one by one",
    explain="There are two draws in each step, one for X and one for Y: each sample is compared"
    " with the target of another one.",
    advice="Draw once, keep the row numbers, and use them for both.",
)
def two_draws_a_step(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Draw for X and for Y."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(X, Y, weights, biases, reference)
        inputs = X[rng.permutation(len(X))[:batch_size]]
        targets = Y[rng.permutation(len(X))[:batch_size]]
        gradients = reference.gradient(inputs, targets, weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
        biases = _moved(biases, gradients[1], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="The same batch in each step",
    explain="The samples are drawn once, before the loop, so all others are never learned from."
    " Each step draws anew.",
    advice="The draw belongs into the loop.",
)
def same_batch_each_step(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Draw before the loop."""
    batches = [rng.permutation(len(X))[:batch_size]] * steps
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="The first samples are taken, without a draw",
    explain="Every batch is made of the first rows of X. Which samples come is to be drawn:"
    " rng.permutation(n)[:batch_size].",
    advice="All other samples are never learned from.",
    finds=("X[:batch_size]",),
)
def first_rows_each_step(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Never draw."""
    batches = [np.arange(len(X))[:batch_size]] * steps
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="One draw is walked through, batch after batch",
    explain="The samples are shuffled once, and each step takes the next few of them. What is asked"
    " for is a new draw in each step: rng.permutation(n)[:batch_size].",
    advice="That is a good way to train too, but not the one of this exercise, whose numbers are to"
    " come out alike for everyone.",
)
def walked_through(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Take one batch after another of a single permutation."""
    order = rng.permutation(len(X))
    places = [np.arange(step * batch_size, (step + 1) * batch_size) for step in range(steps)]
    batches = [order[place % len(X)] for place in places]
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="The whole of X is used in each step",
    explain="The gradients are those for all samples, whatever batch_size says.",
    advice="X[batch] and Y[batch], with the rows that were drawn.",
    finds=("gradient(X, Y, weights, biases)",),
)
def no_batches(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Use all samples."""
    batches = [np.arange(len(X))] * steps
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="Drawn with rng.choice",
    explain="The samples are drawn by rng.choice, which gives other numbers than"
    " rng.permutation(n)[:batch_size] from the same generator.",
    advice="Random as they are, the numbers are to come out alike for everyone: draw as the task"
    " says.",
    finds=("rng.choice(len(X), batch_size, replace=False)",),
)
def drawn_by_choice(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Draw without replacement by another method."""
    batches = [rng.choice(len(X), batch_size, replace=False) for _ in range(steps)]
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="A sample may be drawn twice",
    explain="The samples are drawn one by one from all of them, so one batch may hold a sample"
    " twice. rng.permutation(n)[:batch_size] holds each at most once.",
    advice="Draw as the task says: the numbers are to come out alike for everyone.",
    finds=("rng.integers(0, len(X), batch_size)", "rng.integers(len(X), size=batch_size)"),
)
def drawn_with_replacement(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Draw row numbers with replacement."""
    batches = [rng.integers(0, len(X), batch_size) for _ in range(steps)]
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="The last of the permutation are taken",
    explain="The batch is the end of the permutation. What is asked for is its beginning:"
    " [:batch_size].",
    advice="Random as they are, the numbers are to come out alike for everyone.",
)
def end_of_the_permutation(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Take the last row numbers."""
    batches = [rng.permutation(len(X))[-batch_size:] for _ in range(steps)]
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="A generator of one's own",
    explain="{function} makes a new generator. The one that it is given, rng, is to be drawn from:"
    " who calls it says which numbers come.",
    advice="np.random.default_rng belongs to the caller.",
    finds=("np.random.default_rng(0)",),
)
def own_generator(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Draw from a generator with the seed 0."""
    batches = _batches(X, steps, batch_size, np.random.default_rng(0))
    return _training(X, Y, weights, biases, learning_rate, batches, reference)


@misconception(
    "train",
    title="Divided by all samples, not by those of the batch",
    explain="The gradients of a batch are divided by the number of all samples, so small batches"
    " take steps that are too short. gradient divides by the number of rows that it is given.",
    advice="Hand X[batch] and Y[batch] to gradient; it takes their mean.",
)
def divided_by_all_samples(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Scale the gradients by the share of the batch."""
    batches = _batches(X, steps, batch_size, rng)
    losses = np.zeros(steps)
    for step, batch in enumerate(batches):
        losses[step] = _loss(X, Y, weights, biases, reference)
        rate = learning_rate * len(batch) / len(X)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        weights = _moved(weights, gradients[0], rate)
        biases = _moved(biases, gradients[1], rate)
    return weights, biases, losses


@misconception(
    "train",
    title="The gradients of a batch are divided by its size once more",
    explain="gradient takes the mean over the batch already; the update divides by batch_size"
    " again.",
    advice="Follow the number of samples through your code: it is to divide once.",
    finds=("learning_rate / batch_size",),
)
def divided_by_the_batch_again(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Divide the mean by the batch size."""
    batches = _batches(X, steps, batch_size, rng)
    rate = learning_rate / batch_size
    return _training(X, Y, weights, biases, rate, batches, reference)


@misconception(
    "train",
    title="The learning rate is missing",
    explain="The weights and biases move by their whole gradients. Each step is the gradient times"
    " the learning rate.",
    advice="The learning rate keeps a step short enough that the slope still holds at its end.",
)
def learning_rate_missing(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Subtract the gradients."""
    batches = _batches(X, steps, batch_size, rng)
    return _training(X, Y, weights, biases, 1.0, batches, reference)


@misconception(
    "train",
    title="The step goes uphill",
    explain="The weights and biases move along their gradients, so the loss grows. The step has to"
    " go against them.",
    advice="Subtract.",
)
def uphill(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Add the gradients."""
    batches = _batches(X, steps, batch_size, rng)
    return _training(X, Y, weights, biases, -learning_rate, batches, reference)


@misconception(
    "train",
    title="Only the weights are trained",
    explain="The weights move, but the biases stay as they were. In this exercise they learn too.",
    advice="The same step for both lists, each with its own gradients.",
)
def biases_not_trained(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Move the weights alone."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="The weights are not trained",
    explain="The biases move, but the weights stay as they were.",
    advice="The same step for both lists, each with its own gradients.",
)
def weights_not_trained(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Move the biases alone."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        biases = _moved(biases, gradients[1], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="gradient is called again after the weights have moved",
    explain="The weights are updated first, and then gradient is called again for the biases. Both"
    " gradients belong to the old weights and biases.",
    advice="One call of gradient gives both lists. First work them out, then move everything.",
)
def gradient_called_twice(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Work out the biases' gradients at the new weights."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        case = X[batch], Y[batch]
        weights = _moved(weights, reference.gradient(*case, weights, biases)[0], learning_rate)
        biases = _moved(biases, reference.gradient(*case, weights, biases)[1], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="Each step starts from the first weights again",
    explain="The new weights and biases are stored under other names, and the next step does not"
    " use them: each step has to start from what the one before it has made.",
    advice="Print the loss in each step: it should change.",
)
def each_step_from_the_start(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Never carry the new weights over."""
    losses = np.zeros(steps)
    new_weights, new_biases = weights, biases
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        new_weights = _moved(weights, gradients[0], learning_rate)
        new_biases = _moved(biases, gradients[1], learning_rate)
    return new_weights, new_biases, losses


@misconception(
    "train",
    title="The losses are those of the batches",
    explain="{entries} are worked out for the samples of the batch. What is asked for is the loss"
    " over all of X.",
    advice="A batch may be easy or hard: only the loss over all samples shows whether it falls.",
)
def losses_of_the_batches(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Work out the loss of the batch."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X[batch], Y[batch], weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
        biases = _moved(biases, gradients[1], learning_rate)
    return weights, biases, losses


@misconception(
    "train",
    title="The losses are those after each step",
    explain="{entries} are worked out after the update. What is asked for is the loss before it.",
    advice="losses[0] is the loss of the weights and biases that were given.",
)
def losses_after_each_step(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Work out the loss at the end of the turn."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        weights = _moved(weights, gradients[0], learning_rate)
        biases = _moved(biases, gradients[1], learning_rate)
        losses[step] = _loss(X, Y, weights, biases, reference)
    return weights, biases, losses


@misconception(
    "train",
    title="The losses are not halved",
    explain="{entries}: each loss is the whole mean of the squared errors. What is asked for is"
    " half of it.",
    advice="The weights are not affected, but the losses no longer fit the gradients.",
)
def losses_without_half(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Leave out the half."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, 2 * losses


@misconception(
    "train",
    title="The losses are sums over the samples, not means",
    explain="{entries}: the errors of all samples are added up. The loss is their mean.",
    advice="Divide by the number of samples.",
)
def losses_summed(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Leave out the division by n."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, len(X) * losses


@misconception(
    "train",
    title="The losses are means over the outputs as well",
    explain="{entries}: the mean is taken over samples and outputs. Over the outputs the errors are"
    " to be added up.",
    advice="np.mean of an array with two dimensions divides by both sizes.",
    finds=("np.mean",),
)
def losses_meaned(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Take the mean over everything, and half of it."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, losses / Y.shape[1]


@misconception(
    "train",
    title="The losses are divided by the batch size",
    explain="{entries}: the errors of all samples are divided by the size of a batch. The mean over"
    " all samples divides by their number, len(X).",
    advice="The loss is over all of X: so is its division.",
    finds=("2 * batch_size",),
)
def losses_divided_by_the_batch(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Divide by the batch size."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, losses * len(X) / batch_size


@misconception(
    "train",
    title="A last loss too many",
    explain="There is one loss more than there are steps: the one after the last update. What is"
    " asked for is the loss before each update.",
    advice="losses has as many entries as there are steps.",
)
def one_loss_too_many(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Add the loss at the end."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, np.append(losses, _loss(X, Y, *trained, reference))


@misconception(
    "train",
    title="Only the last loss is returned",
    explain="The third thing that {function} returns is one number. It should be an array with the"
    " loss before each update.",
    advice="Keep each step's loss: a list to append to, or an array made before the loop.",
)
def last_loss_only(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Overwrite the loss in each step."""
    batches = _batches(X, steps, batch_size, rng)
    *trained, losses = _training(X, Y, weights, biases, learning_rate, batches, reference)
    return *trained, float(losses[-1]) if steps else 0.0


@misconception(
    "train",
    title="{function} returns inside its loop",
    explain="Only one step is made, whatever `steps` says: the loop ends in its first turn, and"
    " the other losses stay 0.",
    advice="Look at the indentation of `return`: it belongs after the loop.",
)
def returns_in_the_first_turn(
    X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference
):
    """Return in the first turn."""
    losses = np.zeros(steps)
    batches = _batches(X, min(steps, 1), batch_size, rng)
    weights, biases, found = _training(X, Y, weights, biases, learning_rate, batches, reference)
    losses[: len(found)] = found
    return weights, biases, losses


@misconception(
    "train",
    title="The caller's weights and biases are changed in place",
    explain="What {function} returns is right, but it trains the very arrays that it was given. It"
    " should leave those as they are.",
    advice="`-=` writes into the array on its left, and weights[l] = ... into the caller's list."
    " Make new lists of new arrays.",
    finds=(
        "weights[layer] -= learning_rate * weight_gradients[layer]",
        "weights[l] -= learning_rate * weight_gradients[l]",
        "weights[i] -= learning_rate * weight_gradients[i]",
    ),
)
def trained_in_place(X, Y, weights, biases, learning_rate, steps, batch_size, rng, *, reference):
    """Train the caller's arrays."""
    losses = np.zeros(steps)
    for step, batch in enumerate(_batches(X, steps, batch_size, rng)):
        losses[step] = _loss(X, Y, weights, biases, reference)
        gradients = reference.gradient(X[batch], Y[batch], weights, biases)
        for arrays, parts in zip((weights, biases), gradients, strict=True):
            for array, part in zip(arrays, parts, strict=True):
                array -= learning_rate * part
    return weights, biases, losses
