"""Mistakes in exercise 6: batches, depth, biases and the loop."""

import itertools

import numpy as np
from shared import alike, signed

from grader.authoring import meaning, mistake, probe, variant

ACTIVATIONS = "activations"
GRADIENTS = ("weight_gradients", "bias_gradients")
TRAINED = ("weights", "biases", "losses")

meaning("losses", "the loss before update {0}")


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


def in_loops(expression):
    """Return an expression with each name that a loop over the layers may give the layer, #."""
    return tuple(expression.replace("#", name) for name in ("layer", "l", "i"))


PRODUCT = "activations[-1] @ weight"
SUM = f"{PRODUCT} + bias"
VALUE = f"sigmoid({SUM})"
LAYER = f"activations.append({VALUE})"
RETURNED = "return activations"


@mistake("forward", edit={SUM: PRODUCT})
def biases_missing():
    """The biases are not added

    {entries} leave{s} out the biases: each unit's sum gets the unit's own bias before the sigmoid.

    activations[l] @ weights[l] + biases[l]: NumPy adds the biases to every row.
    """


@mistake("forward", edit={VALUE: f"sigmoid({PRODUCT}) + bias"})
def biases_after_the_sigmoid():
    """The biases are added after the sigmoid

    {entries} add{s} the biases to the values of the units. They belong into the sums, to which the
    sigmoid is applied.

    A value of a unit lies between 0 and 1. Do yours?
    """


@mistake("forward", edit={SUM: f"{SUM}[0]"}, finds=("bias[0]", *in_loops("biases[#][0]")))
def one_bias_for_the_layer():
    """One bias is used for a whole layer

    {entries} get{s} the first bias of the layer in every unit. In this exercise each unit has a
    bias of its own.

    biases[l] has as many entries as layer l + 1 has units.
    """


@mistake(
    "forward",
    edit={RETURNED: f"activations[-1] = activations[-2] @ weights[-1] + biases[-1]; {RETURNED}"},
)
def last_layer_linear():
    """The last layer has no sigmoid

    The last layer's sums are returned as they are. Here the outputs go through the sigmoid as
    well.

    All layers are alike: the loop needs no exception for the last.
    """


@mistake(
    "forward",
    edit={VALUE: SUM, RETURNED: f"activations[-1] = sigmoid(activations[-1]); {RETURNED}"},
)
def hidden_layers_linear():
    """Only the last layer has a sigmoid

    The sums of the layers before the last are passed on as they are. Without the sigmoid between
    them all layers together can do no more than a single one.

    The sigmoid belongs into the loop.
    """


@mistake(
    "forward",
    edit={RETURNED: "return [X, *(a @ w + b for a, w, b in zip(activations, weights, biases))]"},
)
def sums_returned():
    """The sums are returned, not the values

    {entries} are the sums that go into the units. What is asked for are the units' values: the
    sigmoid of the sums.

    Keep the values; the slopes follow from them.
    """


@mistake("forward", edit={"activations[-1]": "X"}, finds=in_loops("X @ weights[#]"))
def every_layer_takes_x():
    """Every layer takes X

    Each layer is worked out from X, not from the layer before it.

    activations[-1] is the layer before.
    """


@mistake("forward", edit={PRODUCT: f"{PRODUCT}.T"}, finds=("weight.T", *in_loops("weights[#].T")))
def weights_transposed():
    """The weights are transposed

    {entries} use{s} the transposed weights: weights[l][i, j] joins unit i of the layer before to
    unit j of the layer after.

    One sample is a row, so the weights stand on the right: activations[l] @ weights[l].
    """


@mistake("forward", edit={RETURNED: "return activations[1:]"})
def x_missing():
    """X is missing in the list

    The list begins with the first layer after the inputs. activations[0] has to be X itself.

    There is one entry more than there are weights. The gradient of weights[0] needs X.
    """


@mistake("forward", edit={RETURNED: "return activations[-1]"})
def outputs_only():
    """Only the outputs are returned

    {function} returns the values of the last layer. What is asked for is a list with those of
    every layer, X first.

    Append each layer to the list, and return the list after the loop.
    """


@mistake("forward", edit={LAYER: f"{LAYER}\nbreak"})
def one_layer_only():
    """Only one layer is worked out

    The loop ends in its first turn, so the list holds X and one layer.

    Look at the indentation of `return`: it belongs after the loop.
    """


@mistake("forward", edit={"[X]": "[X.copy()]", RETURNED: f"X *= 0.5; {RETURNED}"})
def x_changed():
    """X is changed in place

    What {function} returns is right, but the inputs that it was given are changed.

    Operators like *= and += write into the array on their left.
    """


DELTA = "(output - Y) * output * (1 - output) / len(X)"
SLOPE = "activations[layer] * (1 - activations[layer])"
OF_WEIGHTS, OF_BIASES = "activations[layer].T @ delta", "delta.sum(axis=0)"
ACTIVATED = "activations = forward(X, weights, biases)"
RESULTS = "return weight_gradients, bias_gradients"


@mistake("gradient", edit={DELTA: "(output - Y) * output * (1 - output)"})
def not_divided_by_n():
    """The sum over the samples, not the mean

    {entries} grow{s} with the number of samples: the loss is their mean, so each delta is divided
    by n.

    The same samples twice should give the same gradient.
    """


@mistake("gradient", edit={"len(X)": "Y.size"}, finds=("Y.size", "output.size", "np.mean"))
def divided_by_the_outputs():
    """The mean is taken over the outputs as well

    {entries} are divided by the number of samples times the number of outputs. The loss sums over
    the outputs; only over the samples it takes the mean.

    np.mean of an array with two dimensions divides by both sizes.
    """


@mistake("gradient", edit={DELTA: f"{DELTA} / len(X)"})
def divided_twice():
    """Divided by the number of samples twice

    {entries} are divided by n twice: once in the delta, and once more further on.

    Follow n through your code: np.mean divides too.
    """


@mistake("gradient", edit={"output - Y": "2 * (output - Y)"})
def twice_the_error():
    """The 2 of the square is not cancelled

    {entries} are twice as large as they should be: the half in the loss cancels the 2 that the
    square leaves.

    The derivative of (output - target)**2 / 2 is output - target.
    """


@mistake("gradient", edit={"output - Y": "Y - output"}, finds="Y - activations[-1]")
def error_reversed():
    """The error has the wrong sign

    {entries} point{s} the wrong way: the delta starts with output - Y, not Y - output.

    The loss grows where an output that is already too large grows.
    """


@mistake("gradient", edit={DELTA: "(output - Y) / len(X)"})
def output_slope_missing():
    """The slope of the outputs' sigmoid is missing

    The errors go back as they are. On their way into the outputs' sums they have to be multiplied
    by output * (1 - output).

    Every sigmoid that the forward pass goes through leaves its slope in the gradient.
    """


@mistake("gradient", edit={"slope * (delta @ weights[layer].T)": "delta @ weights[layer].T"})
def hidden_slopes_missing():
    """The slopes of the hidden units are missing

    {entries} let{s} the deltas pass the hidden units as if they had no sigmoid. Each layer's delta
    is multiplied by activations[l] * (1 - activations[l]).

    Every sigmoid that the forward pass goes through leaves its slope in the gradient.
    """


@mistake("gradient", edit={DELTA: "(output - Y) / len(X)", SLOPE: "1"})
def all_slopes_missing():
    """All slopes are missing

    The errors go back as if no unit had a sigmoid. At the outputs and at every hidden layer they
    have to be multiplied by the slope there, value * (1 - value).

    Every sigmoid that the forward pass goes through leaves its slope in the gradient.
    """


@mistake(
    "gradient",
    edit={
        DELTA: "(output - Y) * sigmoid(output) * (1 - sigmoid(output)) / len(X)",
        SLOPE: "sigmoid(activations[layer]) * (1 - sigmoid(activations[layer]))",
    },
)
def slopes_of_the_values():
    """The slope is taken at the values, not at the sums

    The sigmoid is applied once more to the values before its slope is worked out. The values have
    been through it already: their slope is value * (1 - value).

    Does your function for the slope expect the sum z, or the value after the sigmoid?
    """


@mistake(
    "gradient", edit={"weights[layer].T": "weights[layer]"}, finds=in_loops("delta @ weights[#]")
)
def back_through_untransposed():
    """The weights are not transposed on the way back

    {entries}: the delta goes back through weights[l] as it is. Backwards, unit j of the layer
    after sends its delta to unit i, so rows and columns change places.

    With layers of different sizes the shapes do not even fit.
    """


@mistake(
    "gradient",
    edit={OF_WEIGHTS: "delta.T @ activations[layer]"},
    finds=in_loops("delta.T @ activations[#]"),
)
def weight_gradients_transposed():
    """The gradients of the weights are transposed

    {entries} have rows and columns swapped: entry [i, j] belongs to unit i of the layer before and
    unit j of the layer after.

    activations[l].T @ delta has the shape of weights[l], whatever the sizes.
    """


@mistake(
    "gradient",
    edit={"activations[layer].T": "activations[layer + 1].T"},
    finds=in_loops("activations[# + 1].T"),
)
def values_after_the_layer():
    """The values after the layer are used, not those before it

    {entries} are made with the values that the weights lead to. The gradient of weights[l] is made
    with what these weights carry, activations[l].

    activations[0] is X, so activations[l] is what goes into weights[l].
    """


@mistake("gradient", edit={RESULTS: "return weight_gradients[::-1], bias_gradients[::-1]"})
def layers_reversed():
    """The layers come in the wrong order

    The gradients are returned from the last layer to the first. Entry l has to belong to
    weights[l].

    Going backwards, insert at the front of the list: insert(0, ...), or reverse it at the end.
    """


@mistake("gradient", edit={OF_BIASES: f"0 * {OF_BIASES}"})
def bias_gradients_zero():
    """The biases have no gradients

    {entries} are zero. A bias acts on the loss as a weight does, with an input of 1: its gradient
    is the sum of its unit's deltas.

    delta.sum(axis=0)
    """


@mistake("gradient", edit={OF_BIASES: "delta[0]"})
def bias_gradients_of_one_sample():
    """The biases' gradients are those of the first sample

    {entries} hold{s} the delta of one sample. A bias acts on all samples: their deltas are summed.

    delta.sum(axis=0)
    """


@mistake("gradient", edit={OF_BIASES: "delta.mean(axis=0)"}, finds="np.mean(delta, axis=0)")
def bias_gradients_meaned():
    """The biases' gradients are divided by n once too often

    {entries} are means of deltas that have been divided by n already. They are to be summed.

    delta.sum(axis=0) where delta holds the division by n, delta.mean(axis=0) where not.
    """


@mistake("gradient", edit={OF_BIASES: f"len(X) * {OF_BIASES}"})
def bias_gradients_summed():
    """The biases' gradients are not divided by n

    {entries} grow{s} with the number of samples, while the weights' gradients do not. The loss is
    the mean over the samples: that goes for both.

    Divide the delta of the last layer by n, and both follow.
    """


@mistake("gradient", edit={OF_WEIGHTS: f"len(X) * {OF_WEIGHTS}"})
def weight_gradients_summed():
    """The weights' gradients are not divided by n

    {entries} grow{s} with the number of samples, while the biases' gradients do not. The loss is
    the mean over the samples: that goes for both.

    Divide the delta of the last layer by n, and both follow.
    """


@mistake("gradient", edit={OF_BIASES: "delta.sum(axis=1)"}, finds="np.sum(delta, axis=1)")
def bias_gradients_by_sample():
    """The biases' gradients are summed over the wrong axis

    The deltas of each sample are summed over the units, so there is one number for each sample. A
    bias belongs to a unit: its gradient sums over the samples.

    axis=0 runs over the rows, which are the samples.
    """


@mistake(
    "gradient",
    edit={OF_BIASES: "np.full(delta.shape[1], delta.sum())"},
    finds=("delta.sum()", "np.sum(delta)"),
)
def bias_gradients_one_number():
    """The biases' gradients are summed over all units

    Each layer's deltas are summed up to one number. Each unit has a bias of its own, so the sum
    runs over the samples only.

    delta.sum() sums over everything; delta.sum(axis=0) over the samples.
    """


@mistake(
    "gradient",
    edit={OF_BIASES: "delta.sum(axis=0, keepdims=True)"},
    finds="np.sum(delta, axis=0, keepdims=True)",
)
def bias_gradients_as_rows():
    """The biases' gradients keep a dimension too many

    The biases' gradients have shape (1, units). They are to have the shape of the biases,
    (units,).

    keepdims=True is one argument too many here.
    """


@mistake("gradient", edit={ACTIVATED: f"X, Y = X[-1:], Y[-1:]; {ACTIVATED}"})
def last_sample_only():
    """Only the last sample counts

    The gradients of each sample overwrite those of the one before. They are to be added up, each
    divided by n.

    += in the loop over the samples, and zeros before it.
    """


@mistake("gradient", edit={"output - Y": "output - Y[0]"}, finds="Y[0]")
def first_target_for_all():
    """All samples are compared with the first target

    Every output is held against the first row of Y. Each sample has its own target.

    output - Y compares row by row.
    """


@mistake("gradient", edit={RESULTS: f"weights[0] -= weight_gradients[0]; {RESULTS}"})
def gradient_changes_the_weights():
    """The weights are changed in place

    What {function} returns is right, but the weights that it was given are changed: it makes the
    update that belongs into train.

    A gradient only says where to go.
    """


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


SQUARES = "np.sum((output - Y) ** 2)"


def loss_of(rows):
    """Return the statements that work out the loss for some rows of X and Y."""
    output = f"output = forward(X{rows}, weights, biases)[-1]"
    return f"{output}\nlosses[step] = np.sum((output - Y{rows}) ** 2) / (2 * len(X{rows}))"


LOSS = loss_of("")
START = "losses = np.empty(steps)"
SHUFFLED = "rng.permutation(len(X))"
DRAWN = f"{SHUFFLED}[:batch_size]"
BATCH = f"batch = {DRAWN}"
CHOICE = "rng.choice(len(X), batch_size, replace=False)"
INTEGERS = "rng.integers(0, len(X), batch_size)"
OWN = "np.random.default_rng(0)"
DIVIDED = "learning_rate / batch_size"
GRADIENT = "weight_gradients, bias_gradients = gradient(X[batch], Y[batch], weights, biases)"
WEIGHTS = (
    "weights = [w - learning_rate * g for w, g in zip(weights, weight_gradients, strict=True)]"
)
BIASES = "biases = [b - learning_rate * g for b, g in zip(biases, bias_gradients, strict=True)]"
STEP = "# - learning_rate * g"
RETURN = "return weights, biases, losses"


@mistake("train", edit={"Y[batch]": "Y[:batch_size]"})
def batch_of_x_only():
    """The batch is taken of X but not of Y

    The samples are those that were drawn, but their targets are the first rows of Y: each sample
    is compared with the target of another one.

    The same row numbers for both: X[batch] and Y[batch].
    """


@mistake("train", edit={"Y[batch]": f"Y[{DRAWN}]"})
def two_draws_a_step():
    """X and Y are drawn one by one

    There are two draws in each step, one for X and one for Y: each sample is compared with the
    target of another one.

    Draw once, keep the row numbers, and use them for both.
    """


@mistake("train", edit={START: f"{START}; {BATCH}", BATCH: ""})
def same_batch_each_step():
    """The same batch in each step

    The samples are drawn once, before the loop, so all others are never learned from. Each step
    draws anew.

    The draw belongs into the loop.
    """


@mistake("train", edit={SHUFFLED: "np.arange(len(X))"}, finds="X[:batch_size]")
def first_rows_each_step():
    """The first samples are taken, without a draw

    Every batch is made of the first rows of X. Which samples come is to be drawn:
    rng.permutation(n)[:batch_size].

    All other samples are never learned from.
    """


@mistake(
    "train",
    edit={START: f"{START}; order = {SHUFFLED}", SHUFFLED: "np.roll(order, -step * batch_size)"},
)
def walked_through():
    """One draw is walked through, batch after batch

    The samples are shuffled once, and each step takes the next few of them. What is asked for is a
    new draw in each step: rng.permutation(n)[:batch_size].

    That is a good way to train too, but not the one of this exercise, whose numbers are to come
    out alike for everyone.
    """


@mistake("train", edit={"X[batch]": "X", "Y[batch]": "Y"})
def no_batches():
    """The whole of X is used in each step

    The gradients are those for all samples, whatever batch_size says.

    X[batch] and Y[batch], with the rows that were drawn.
    """


@mistake("train", edit={DRAWN: CHOICE}, finds=CHOICE)
def drawn_by_choice():
    """Drawn with rng.choice

    The samples are drawn by rng.choice, which gives other numbers than
    rng.permutation(n)[:batch_size] from the same generator.

    Random as they are, the numbers are to come out alike for everyone: draw as the task says.
    """


@mistake("train", edit={DRAWN: INTEGERS}, finds=(INTEGERS, "rng.integers(len(X), size=batch_size)"))
def drawn_with_replacement():
    """A sample may be drawn twice

    The samples are drawn one by one from all of them, so one batch may hold a sample twice.
    rng.permutation(n)[:batch_size] holds each at most once.

    Draw as the task says: the numbers are to come out alike for everyone.
    """


@mistake("train", edit={DRAWN: f"{SHUFFLED}[-batch_size:]"})
def end_of_the_permutation():
    """The last of the permutation are taken

    The batch is the end of the permutation. What is asked for is its beginning: [:batch_size].

    Random as they are, the numbers are to come out alike for everyone.
    """


@mistake("train", edit={START: f"{START}; rng = {OWN}"}, finds=OWN)
def own_generator():
    """A generator of one's own

    {function} makes a new generator. The one that it is given, rng, is to be drawn from: who calls
    it says which numbers come.

    np.random.default_rng belongs to the caller.
    """


@mistake("train", edit={START: f"{START}; learning_rate *= min(batch_size, len(X)) / len(X)"})
def divided_by_all_samples():
    """Divided by all samples, not by those of the batch

    The gradients of a batch are divided by the number of all samples, so small batches take steps
    that are too short. gradient divides by the number of rows that it is given.

    Hand X[batch] and Y[batch] to gradient; it takes their mean.
    """


@mistake("train", edit={START: f"{START}; learning_rate = {DIVIDED}"}, finds=DIVIDED)
def divided_by_the_batch_again():
    """The gradients of a batch are divided by its size once more

    gradient takes the mean over the batch already; the update divides by batch_size again.

    Follow the number of samples through your code: it is to divide once.
    """


@mistake("train", edit=alike("wb", STEP, "# - g"))
def learning_rate_missing():
    """The learning rate is missing

    The weights and biases move by their whole gradients. Each step is the gradient times the
    learning rate.

    The learning rate keeps a step short enough that the slope still holds at its end.
    """


@mistake("train", edit=alike("wb", STEP, "# + learning_rate * g"))
def uphill():
    """The step goes uphill

    The weights and biases move along their gradients, so the loss grows. The step has to go
    against them.

    Subtract.
    """


@mistake("train", edit={BIASES: ""})
def biases_not_trained():
    """Only the weights are trained

    The weights move, but the biases stay as they were. In this exercise they learn too.

    The same step for both lists, each with its own gradients.
    """


@mistake("train", edit={WEIGHTS: ""})
def weights_not_trained():
    """The weights are not trained

    The biases move, but the weights stay as they were.

    The same step for both lists, each with its own gradients.
    """


@mistake("train", edit={BIASES: f"{GRADIENT}; {BIASES}"})
def gradient_called_twice():
    """gradient is called again after the weights have moved

    The weights are updated first, and then gradient is called again for the biases. Both gradients
    belong to the old weights and biases.

    One call of gradient gives both lists. First work them out, then move everything.
    """


@mistake(
    "train",
    edit={
        START: f"{START}; new_weights, new_biases = weights, biases",
        WEIGHTS: f"new_{WEIGHTS}",
        BIASES: f"new_{BIASES}",
        RETURN: "return new_weights, new_biases, losses",
    },
)
def each_step_from_the_start():
    """Each step starts from the first weights again

    The new weights and biases are stored under other names, and the next step does not use them:
    each step has to start from what the one before it has made.

    Print the loss in each step: it should change.
    """


@mistake("train", edit={LOSS: "", BATCH: f"{BATCH}; {loss_of('[batch]')}"})
def losses_of_the_batches():
    """The losses are those of the batches

    {entries} are worked out for the samples of the batch. What is asked for is the loss over all
    of X.

    A batch may be easy or hard: only the loss over all samples shows whether it falls.
    """


@mistake("train", edit={LOSS: "", BIASES: f"{BIASES}; {LOSS}"})
def losses_after_each_step():
    """The losses are those after each step

    {entries} are worked out after the update. What is asked for is the loss before it.

    losses[0] is the loss of the weights and biases that were given.
    """


@mistake("train", edit={"2 * len(X)": "len(X)"})
def losses_without_half():
    """The losses are not halved

    {entries}: each loss is the whole mean of the squared errors. What is asked for is half of it.

    The weights are not affected, but the losses no longer fit the gradients.
    """


@mistake("train", edit={"2 * len(X)": "2"})
def losses_summed():
    """The losses are sums over the samples, not means

    {entries}: the errors of all samples are added up. The loss is their mean.

    Divide by the number of samples.
    """


@mistake(
    "train", edit={f"{SQUARES} / (2 * len(X))": "np.mean((output - Y) ** 2) / 2"}, finds="np.mean"
)
def losses_meaned():
    """The losses are means over the outputs as well

    {entries}: the mean is taken over samples and outputs. Over the outputs the errors are to be
    added up.

    np.mean of an array with two dimensions divides by both sizes.
    """


@mistake("train", edit={"2 * len(X)": "2 * batch_size"})
def losses_divided_by_the_batch():
    """The losses are divided by the batch size

    {entries}: the errors of all samples are divided by the size of a batch. The mean over all
    samples divides by their number, len(X).

    The loss is over all of X: so is its division.
    """


@mistake(
    "train",
    edit={"np.empty(steps)": "np.empty(steps + 1)", RETURN: f"step = steps; {LOSS}; {RETURN}"},
)
def one_loss_too_many():
    """A last loss too many

    There is one loss more than there are steps: the one after the last update. What is asked for
    is the loss before each update.

    losses has as many entries as there are steps.
    """


@mistake("train", edit={"weights, biases, losses": "weights, biases, losses[-1]"})
def last_loss_only():
    """Only the last loss is returned

    The third thing that {function} returns is one number. It should be an array with the loss
    before each update.

    Keep each step's loss: a list to append to, or an array made before the loop.
    """


@mistake("train", edit={"np.empty": "np.zeros", BIASES: f"{BIASES}; break"})
def returns_in_the_first_turn():
    """{function} returns inside its loop

    Only one step is made, whatever `steps` says: the loop ends in its first turn, and the other
    losses stay 0.

    Look at the indentation of `return`: it belongs after the loop.
    """


@mistake(
    "train",
    edit={
        WEIGHTS: "for w, g in zip(weights, weight_gradients): w -= learning_rate * g",
        BIASES: "for b, g in zip(biases, bias_gradients): b -= learning_rate * g",
    },
)
def trained_in_place():
    """The caller's weights and biases are changed in place

    What {function} returns is right, but it trains the very arrays that it was given. It should
    leave those as they are.

    `-=` writes into the array on its left, and weights[l] = ... into the caller's list. Make new
    lists of new arrays.
    """
