"""Mistakes in exercise 2 that students make, and what to say of them."""

import numpy as np

from grader.authoring import combine, include, meaning, misconception, probe, variant

include("exercise1", "sigmoid", "forward")

meaning("delta_1", "the error that comes back to hidden unit {0}")
meaning("delta_2", "the error of output {0}")
meaning("gradient_1", "the slope along the path from input {0} to hidden {1}")
meaning("gradient_2", "the slope along the path from hidden {0} to output {1}")


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


@probe("gradient", returns=("gradient_1", "gradient_2"))
def gradient_inputs(rng):
    """Draw what gradient takes: no symmetry, and no sigmoid saturated."""
    weight_1, weight_2 = signed(rng, 0.2, 1.5, (2, 2, 2))
    return signed(rng, 0.2, 1.5), signed(rng, 1.2, 3.0), weight_1, weight_2, signed(rng, 0.1, 0.8)


@variant("gradient")
def gradient_by_entry(x, target, weight_1, weight_2, bias, *, reference):
    """Each entry on a line of its own."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = np.zeros(2)
    delta_2[0] = (output[0] - target[0]) * output[0] * (1 - output[0])
    delta_2[1] = (output[1] - target[1]) * output[1] * (1 - output[1])
    gradient_2 = np.zeros((2, 2))
    gradient_2[0, 0] = hidden[0] * delta_2[0]
    gradient_2[0, 1] = hidden[0] * delta_2[1]
    gradient_2[1, 0] = hidden[1] * delta_2[0]
    gradient_2[1, 1] = hidden[1] * delta_2[1]
    gradient_1 = np.zeros((2, 2))
    gradient_1[0, 0] = (
        (weight_2[0, 0] * delta_2[0] + weight_2[0, 1] * delta_2[1])
        * hidden[0]
        * (1 - hidden[0])
        * x[0]
    )
    gradient_1[1, 0] = (
        (weight_2[0, 0] * delta_2[0] + weight_2[0, 1] * delta_2[1])
        * hidden[0]
        * (1 - hidden[0])
        * x[1]
    )
    gradient_1[0, 1] = (
        (weight_2[1, 0] * delta_2[0] + weight_2[1, 1] * delta_2[1])
        * hidden[1]
        * (1 - hidden[1])
        * x[0]
    )
    gradient_1[1, 1] = (
        (weight_2[1, 0] * delta_2[0] + weight_2[1, 1] * delta_2[1])
        * hidden[1]
        * (1 - hidden[1])
        * x[1]
    )
    return gradient_1, gradient_2


@variant("gradient")
def gradient_by_unit(x, target, weight_1, weight_2, bias, *, reference):
    """The delta of each unit on a line of its own."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_1 = np.zeros(2)
    delta_2 = np.zeros(2)
    delta_2[0] = (output[0] - target[0]) * output[0] * (1 - output[0])
    delta_2[1] = (output[1] - target[1]) * output[1] * (1 - output[1])
    delta_1[0] = (
        (weight_2[0, 0] * delta_2[0] + weight_2[0, 1] * delta_2[1]) * hidden[0] * (1 - hidden[0])
    )
    delta_1[1] = (
        (weight_2[1, 0] * delta_2[0] + weight_2[1, 1] * delta_2[1]) * hidden[1] * (1 - hidden[1])
    )
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


@variant("gradient")
def gradient_by_loops(x, target, weight_1, weight_2, bias, *, reference):
    """Every path on its own."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1 = np.zeros((2, 2))
    gradient_2 = np.zeros((2, 2))
    for k in range(2):
        delta = (output[k] - target[k]) * output[k] * (1 - output[k])
        for j in range(2):
            gradient_2[j, k] = hidden[j] * delta
            for i in range(2):
                gradient_1[i, j] += weight_2[j, k] * delta * hidden[j] * (1 - hidden[j]) * x[i]
    return gradient_1, gradient_2


@variant("gradient")
def gradient_by_broadcasting(x, target, weight_1, weight_2, bias, *, reference):
    """Rows times columns, and the slopes multiplied out."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    error = output - target
    delta_2 = error * (output - output**2)
    back = np.sum(weight_2 * delta_2, axis=1)
    delta_1 = back * (hidden - hidden**2)
    gradient_1 = x[:, None] * delta_1[None, :]
    gradient_2 = hidden[:, None] * delta_2[None, :]
    return gradient_1, gradient_2


def _slope(values):
    """Return the slope of the sigmoid where it has these values."""
    return values * (1 - values)


def _gradients(x, hidden, delta_2, back, slope=None):
    """Return both gradients, the errors coming back along `back`."""
    slope = _slope(hidden) if slope is None else slope
    return np.outer(x, slope * (back @ delta_2)), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="The path from hidden 0 to output 1 is read at the transposed index",
    explain="{entries} use{s} weight_2[1, 0]; the path from hidden 0 to output 1 is weight_2[0,"
    " 1].",
    advice="Name both ends of each weight: the first index is where it comes from, the second"
    " where it goes to.",
    finds=("weight_2[1, 0]",),
)
def hidden_0_reads_transposed(x, target, weight_1, weight_2, bias, *, reference):
    """Fault 1 of the blog."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    back = np.array([[weight_2[0, 0], weight_2[1, 0]], [weight_2[1, 0], weight_2[1, 1]]])
    return _gradients(x, hidden, delta_2, back)


@misconception(
    "gradient",
    title="The path from hidden 1 to output 0 is read at the transposed index",
    explain="{entries} use{s} weight_2[0, 1]; the path from hidden 1 to output 0 is weight_2[1,"
    " 0].",
    advice="Name both ends of each weight: the first index is where it comes from, the second"
    " where it goes to.",
    finds=("weight_2[0, 1]",),
)
def hidden_1_reads_transposed(x, target, weight_1, weight_2, bias, *, reference):
    """Fault 2 of the blog."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    back = np.array([[weight_2[0, 0], weight_2[0, 1]], [weight_2[0, 1], weight_2[1, 1]]])
    return _gradients(x, hidden, delta_2, back)


combine("gradient", "hidden_0_reads_transposed", "hidden_1_reads_transposed")


@misconception(
    "gradient",
    title="The slope of the output's sigmoid is missing",
    explain="The error of each output goes back as it is. On its way to the sum that goes into the"
    " output it passes the sigmoid, and has to be multiplied by the sigmoid's slope there.",
    advice="The chain rule has one factor for each step from the loss to the weight: the error,"
    " the slope of the output's sigmoid, what the weight carries.",
)
def output_slope_missing(x, target, weight_1, weight_2, bias, *, reference):
    """Leave the derivative of the outputs out of delta_2."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, output - target, weight_2)


@misconception(
    "gradient",
    title="The slope of the hidden units' sigmoid is missing",
    explain="{entries} let{s} the error pass the hidden units as if they had no sigmoid. It has to"
    " be multiplied by the slope of each hidden unit's sigmoid.",
    advice="The hidden units squeeze their sums just as the outputs do, so the chain rule has the"
    " same kind of factor for them.",
)
def hidden_slope_missing(x, target, weight_1, weight_2, bias, *, reference):
    """Leave the derivative of the hidden units out of delta_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return np.outer(x, weight_2 @ delta_2), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="The slopes of all sigmoids are missing",
    explain="The errors go back as if no unit had a sigmoid. At each output and at each hidden"
    " unit they have to be multiplied by the slope of the sigmoid there.",
    advice="The chain rule has one factor for each step: every sigmoid that the forward pass goes"
    " through leaves its slope in the gradient.",
)
def both_slopes_missing(x, target, weight_1, weight_2, bias, *, reference):
    """Leave both derivatives out."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = output - target
    return np.outer(x, weight_2 @ delta_2), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="The slope of the output's sigmoid is taken at the wrong place",
    explain="The sigmoid is applied to the outputs once more before its slope is worked out. The"
    " outputs have been through it already: their slope follows from them directly.",
    advice="Does your function for the slope expect the sum z, or the value after the sigmoid?"
    " Hand it the one that it expects.",
)
def output_slope_of_the_output(x, target, weight_1, weight_2, bias, *, reference):
    """Take sigmoid'(output) where sigmoid'(z) belongs."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) * _slope(reference.sigmoid(output)), weight_2)


@misconception(
    "gradient",
    title="The slope of the hidden units' sigmoid is taken at the wrong place",
    explain="In {entries} the sigmoid is applied to the hidden values once more before its slope"
    " is worked out. They have been through it already: their slope follows from them directly.",
    advice="Does your function for the slope expect the sum z, or the value after the sigmoid?"
    " Hand it the one that it expects.",
)
def hidden_slope_of_the_value(x, target, weight_1, weight_2, bias, *, reference):
    """Take sigmoid'(hidden) where sigmoid'(z) belongs."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2, _slope(reference.sigmoid(hidden)))


@misconception(
    "gradient",
    title="The slopes of all sigmoids are taken at the wrong place",
    explain="The sigmoid is applied to hidden values and outputs once more before its slope is"
    " worked out. They have been through it already: their slopes follow from them directly.",
    advice="Does your function for the slope expect the sum z, or the value after the sigmoid?"
    " Hand it the one that it expects.",
)
def both_slopes_of_the_values(x, target, weight_1, weight_2, bias, *, reference):
    """Take sigmoid'(value) where sigmoid'(z) belongs, in both layers."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(reference.sigmoid(output))
    return _gradients(x, hidden, delta_2, weight_2, _slope(reference.sigmoid(hidden)))


@misconception(
    "gradient",
    title="The slope is worked out from the outputs' sums",
    explain="The formula value * (1 - value) is applied to the sums from before the sigmoid. It"
    " holds for the value after the sigmoid, the output itself.",
    advice="The slope of a sigmoid is never negative and at most 1/4: print yours.",
)
def output_slope_of_the_sum(x, target, weight_1, weight_2, bias, *, reference):
    """Take z * (1 - z) for the outputs."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    sums = hidden @ weight_2 + bias[1]
    return _gradients(x, hidden, (output - target) * _slope(sums), weight_2)


@misconception(
    "gradient",
    title="The hidden units' slope is used for the outputs",
    explain="The errors of the outputs are multiplied by the slopes of the hidden units. Each"
    " error is to be multiplied by the slope of its own output.",
    advice="Both have shape (2,), so NumPy does not complain. Which unit does the error pass"
    " there?",
)
def output_slope_of_hidden(x, target, weight_1, weight_2, bias, *, reference):
    """Use hidden where output belongs in delta_2."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) * _slope(hidden), weight_2)


@misconception(
    "gradient",
    title="The outputs' slope is used for the hidden units",
    explain="{entries} use{s} the slopes of the outputs a second time. What comes back to a hidden"
    " unit is to be multiplied by the slope of that hidden unit.",
    advice="Both have shape (2,), so NumPy does not complain. Which unit does the error pass"
    " there?",
)
def hidden_slope_of_output(x, target, weight_1, weight_2, bias, *, reference):
    """Use output where hidden belongs in delta_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2, _slope(output))


@misconception(
    "gradient",
    title="The inputs' slope is used for the hidden units",
    explain="{entries} use{s} x * (1 - x) where the slope of the hidden units belongs. The inputs"
    " have no sigmoid, so they have no slope.",
    advice="Between a weight of the first layer and the way on lies its hidden unit: its slope"
    " counts.",
)
def hidden_slope_of_input(x, target, weight_1, weight_2, bias, *, reference):
    """Use x where hidden belongs in delta_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2, _slope(x))


@misconception(
    "gradient",
    title="The error has the wrong sign: target minus output",
    explain="The error is taken as target minus output, so every entry has the wrong sign. An"
    " output that is too large should give a positive error.",
    advice="The derivative of (target - output)**2 by the output brings a minus with it. A"
    " gradient points uphill; the update then steps against it.",
    finds=("target - output", "target[0] - output[0]"),
)
def target_minus_output(x, target, weight_1, weight_2, bias, *, reference):
    """Forget the inner derivative, -1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (target - output) * _slope(output), weight_2)


@misconception(
    "gradient",
    title="Everything is twice as large as it should be",
    explain="The 2 from the square's derivative is kept. The loss has a half in front, which"
    " cancels it.",
    advice="Take the derivative of the loss as it is written in the task, with its half.",
)
def error_doubled(x, target, weight_1, weight_2, bias, *, reference):
    """Differentiate the loss without its half."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, 2 * (output - target) * _slope(output), weight_2)


@misconception(
    "gradient",
    title="Everything is half as large as it should be",
    explain="The half of the loss is kept, but the 2 from the square's derivative is not there to"
    " cancel it.",
    advice="What is the derivative of half a square?",
)
def error_halved(x, target, weight_1, weight_2, bias, *, reference):
    """Keep the half, or take the mean over the outputs."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) / 2 * _slope(output), weight_2)


@misconception(
    "gradient",
    title="The loss itself goes back, not its derivative",
    explain="Each output's half squared error is sent back. What goes back is how the loss changes"
    " with the output: the derivative of that square.",
    advice="A squared error is never negative, so it cannot tell an output that is too large from"
    " one that is too small.",
)
def loss_not_differentiated(x, target, weight_1, weight_2, bias, *, reference):
    """Send the squared error back."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) ** 2 / 2 * _slope(output), weight_2)


@misconception(
    "gradient",
    title="The two gradients are returned in each other's place",
    explain="{function} returns the gradient of weight_2 first. The one of weight_1 comes first.",
    advice="Both have shape (2, 2); only the order tells a caller which is which.",
    finds=("gradient_2, gradient_1",),
)
def gradients_returned_swapped(x, target, weight_1, weight_2, bias, *, reference):
    """Return gradient_2, gradient_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1, gradient_2 = _gradients(x, hidden, (output - target) * _slope(output), weight_2)
    return gradient_2, gradient_1


@misconception(
    "gradient",
    title="gradient_1 is transposed",
    explain="In gradient_1 the first index counts the hidden units and the second the inputs. It"
    " should be the other way round, as in weight_1 itself.",
    advice="A gradient has the layout of its weights: entry by entry the two belong together.",
    finds=("np.outer(delta_1, x)",),
)
def gradient_1_transposed(x, target, weight_1, weight_2, bias, *, reference):
    """Swap the arguments of the outer product."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1, gradient_2 = _gradients(x, hidden, (output - target) * _slope(output), weight_2)
    return gradient_1.T, gradient_2


@misconception(
    "gradient",
    title="gradient_2 is transposed",
    explain="In gradient_2 the first index counts the outputs and the second the hidden units. It"
    " should be the other way round, as in weight_2 itself.",
    advice="A gradient has the layout of its weights: entry by entry the two belong together.",
    finds=("np.outer(delta_2, hidden)",),
)
def gradient_2_transposed(x, target, weight_1, weight_2, bias, *, reference):
    """Swap the arguments of the outer product."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1, gradient_2 = _gradients(x, hidden, (output - target) * _slope(output), weight_2)
    return gradient_1, gradient_2.T


@misconception(
    "gradient",
    title="The inputs are forgotten",
    explain="{entries} hold{s} the error that comes back to the hidden unit, but not the input"
    " that the weight multiplies.",
    advice="A weight changes the sum by as much as the input that it carries: with an input of 0"
    " it changes nothing.",
)
def inputs_forgotten(x, target, weight_1, weight_2, bias, *, reference):
    """Leave x out of gradient_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(np.ones(2), hidden, (output - target) * _slope(output), weight_2)


@misconception(
    "gradient",
    title="The hidden values stand where the inputs belong",
    explain="In {entries} the error is multiplied by the hidden values. The weights of the first"
    " layer carry the inputs.",
    advice="What does a weight of the first layer multiply in the forward pass?",
    finds=("np.outer(hidden, delta_1)",),
)
def hidden_for_inputs(x, target, weight_1, weight_2, bias, *, reference):
    """Use hidden in gradient_1."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1, gradient_2 = _gradients(x, hidden, (output - target) * _slope(output), weight_2)
    return gradient_1 * hidden[:, None] / x[:, None], gradient_2


@misconception(
    "gradient",
    title="The hidden values are forgotten",
    explain="{entries} hold{s} the error of the output, but not the hidden value that the weight"
    " multiplies.",
    advice="A weight changes the sum by as much as the value that it carries.",
)
def hidden_values_forgotten(x, target, weight_1, weight_2, bias, *, reference):
    """Leave hidden out of gradient_2."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2)[0], np.outer(np.ones(2), delta_2)


@misconception(
    "gradient",
    title="The inputs stand where the hidden values belong",
    explain="In {entries} the error is multiplied by the inputs. The weights of the second layer"
    " carry the hidden values.",
    advice="What does a weight of the second layer multiply in the forward pass?",
    finds=("np.outer(x, delta_2)",),
)
def inputs_for_hidden(x, target, weight_1, weight_2, bias, *, reference):
    """Use x in gradient_2."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2)[0], np.outer(x, delta_2)


@misconception(
    "gradient",
    title="The outputs stand where the hidden values belong",
    explain="In {entries} the error is multiplied by the outputs. The weights of the second layer"
    " carry the hidden values.",
    advice="What does a weight of the second layer multiply in the forward pass?",
    finds=("np.outer(output, delta_2)",),
)
def outputs_for_hidden(x, target, weight_1, weight_2, bias, *, reference):
    """Use output in gradient_2."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, weight_2)[0], np.outer(output, delta_2)


@misconception(
    "gradient",
    title="The errors of the outputs are forgotten on the way back",
    explain="{entries} follow{s} the weights back from the outputs, but not the errors there: the"
    " weights are added up without the output's delta.",
    advice="If both outputs are right there is nothing to learn, and every entry should be 0. Is"
    " it?",
)
def delta_2_forgotten(x, target, weight_1, weight_2, bias, *, reference):
    """Add up the weights alone."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return np.outer(x, _slope(hidden) * weight_2.sum(axis=1)), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="The way back skips the outputs' sigmoid",
    explain="{entries} use{s} the plain difference of output and target. On its way back the error"
    " passes the outputs' sigmoid first, so its slope belongs there, as it does in gradient_2.",
    advice="The delta of the outputs is worked out once and used twice: for gradient_2, and on the"
    " way back.",
)
def plain_error_goes_back(x, target, weight_1, weight_2, bias, *, reference):
    """Send the plain error back to the hidden layer."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    gradient_1, _ = _gradients(x, hidden, output - target, weight_2)
    return gradient_1, np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="The sum runs over the hidden units",
    explain="{entries} add{s} up the weights that lead into one output. To come back to one hidden"
    " unit, the sum has to run over the outputs that this unit leads to.",
    advice="Fix one hidden unit and ask which outputs it acts on: those are the terms of the sum.",
    finds=("np.sum(weight_2 * delta_2, axis=0)", "(weight_2 * delta_2).sum(axis=0)"),
)
def summed_over_hidden(x, target, weight_1, weight_2, bias, *, reference):
    """Sum over the wrong index."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    back = (weight_2 * delta_2).sum(axis=0)
    return np.outer(x, _slope(hidden) * back), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="Only one path back is followed",
    explain="{entries} follow{s} the path from hidden unit 0 to output 0 and from 1 to 1 only."
    " Each hidden unit acts on both outputs, so the errors of both come back to it.",
    advice="In the network's drawing, count the arrows that leave a hidden unit.",
)
def one_path_back(x, target, weight_1, weight_2, bias, *, reference):
    """Use the diagonal of weight_2 alone."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _gradients(x, hidden, delta_2, np.diag(np.diag(weight_2)))


@misconception(
    "gradient",
    title="The errors come back without weights",
    explain="{entries} add{s} up the errors of both outputs as they are. On its way back each"
    " error is multiplied by the weight of the path that it takes.",
    advice="A hidden unit that leads to an output by a small weight had little part in its error.",
)
def weight_2_forgotten(x, target, weight_1, weight_2, bias, *, reference):
    """Add up the errors alone."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) * _slope(output), np.ones((2, 2)))


@misconception(
    "gradient",
    title="Each output's error goes straight to one hidden unit",
    explain="{entries} use{s} the error of the output with the same number, without any weight."
    " Each hidden unit gets the errors of both outputs, each times the weight of its path.",
    advice="Both have shape (2,), so NumPy multiplies them entry by entry without complaint.",
)
def error_handed_down(x, target, weight_1, weight_2, bias, *, reference):
    """Use delta_2 entry by entry."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) * _slope(output), np.eye(2))


@misconception(
    "gradient",
    title="The errors come back along weight_1",
    explain="{entries} send{s} the errors back along the weights of the first layer. Between the"
    " outputs and the hidden units lies weight_2.",
    advice="Which weights does a hidden value meet on its way to the outputs? The error takes the"
    " same ones back.",
    finds=("weight_1 @ delta_2",),
)
def back_along_weight_1(x, target, weight_1, weight_2, bias, *, reference):
    """Use weight_1 on the way back."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    return _gradients(x, hidden, (output - target) * _slope(output), weight_1)


@misconception(
    "gradient",
    title="The deltas are returned, not the gradients",
    explain="{function} returns one number for each unit. Each weight has its own: the delta of"
    " the unit that it leads to, times the value that it carries.",
    advice="Each gradient has the shape of its weights, (2, 2).",
)
def deltas_returned(x, target, weight_1, weight_2, bias, *, reference):
    """Stop at the deltas."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    return _slope(hidden) * (weight_2 @ delta_2), delta_2


@misconception(
    "gradient",
    title="forward is called with the weights swapped",
    explain="forward gets weight_2 where it expects weight_1, and the other way round. So the"
    " hidden values and outputs belong to another network.",
    advice="Compare the order of the arguments with the line `def forward(...)`. Both have the"
    " same shape, so nothing complains.",
    finds=("forward(x, weight_2, weight_1, bias)",),
)
def forward_called_with_weights_swapped(x, target, weight_1, weight_2, bias, *, reference):
    """Mix up the arguments of forward."""
    hidden, output = reference.forward(x, weight_2, weight_1, bias)
    return _gradients(x, hidden, (output - target) * _slope(output), weight_2)


@misconception(
    "gradient",
    title="weight_2 is changed in place",
    explain="The gradients are right, but {function} multiplies the errors into the caller's own"
    " weight_2. The network has other weights afterwards.",
    advice="An operator such as `*=` writes into the array on its left. Let it make a new one.",
    finds=("weight_2 *= delta_2",),
)
def gradient_changes_weight_2(x, target, weight_1, weight_2, bias, *, reference):
    """Multiply the errors into weight_2 itself."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * _slope(output)
    weight_2 *= delta_2
    return np.outer(x, _slope(hidden) * weight_2.sum(axis=1)), np.outer(hidden, delta_2)


@misconception(
    "gradient",
    title="A sign is wrong between the layers",
    explain="In {entries} the sign is wrong, while the size and gradient_2 are right. Somewhere on"
    " the way from the outputs back to the hidden units a minus is too many.",
    advice="The way back only multiplies: by weights, by slopes, by inputs. None of these steps"
    " turns a sign round.",
)
def gradient_1_negated(x, target, weight_1, weight_2, bias, *, reference):
    """Turn the sign of gradient_1 round."""
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    gradient_1, gradient_2 = _gradients(x, hidden, (output - target) * _slope(output), weight_2)
    return -gradient_1, gradient_2
