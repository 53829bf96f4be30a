"""Mistakes in exercise 2 that students make, and what to say of them."""

import numpy as np
from shared import draw_for_gradient

from grader.authoring import combine, include, meaning, mistake, probe, variant

include("exercise1", "sigmoid", "forward")

meaning("delta_1", "the error that comes back to hidden unit {0}")
meaning("delta_2", "the error of output {0}")
meaning("gradient_1", "the slope along the path from input {0} to hidden {1}")
meaning("gradient_2", "the slope along the path from hidden {0} to output {1}")


probe("gradient", returns=("gradient_1", "gradient_2"))(draw_for_gradient)


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


FORWARD = "forward(x, weight_1, weight_2, bias)"
DELTA_2 = "(output - target) * output * (1 - output)"
BACK = "weight_2 @ delta_2"
DELTA_1 = f"hidden * (1 - hidden) * ({BACK})"
GRADIENT_1, GRADIENT_2 = "np.outer(x, delta_1)", "np.outer(hidden, delta_2)"
GRADIENTS = f"{GRADIENT_1}, {GRADIENT_2}"
SLOPE_OF_OUTPUT = "(output - target) * sigmoid(output) * (1 - sigmoid(output))"
SLOPE_OF_HIDDEN = f"sigmoid(hidden) * (1 - sigmoid(hidden)) * ({BACK})"
MIRRORED_0 = "(np.tril(weight_2) + np.tril(weight_2, -1).T) @ delta_2"
MIRRORED_1 = "(np.triu(weight_2) + np.triu(weight_2, 1).T) @ delta_2"


@mistake("gradient", edit={BACK: MIRRORED_0}, finds="weight_2[1, 0]")
def hidden_0_reads_transposed():
    """The path from hidden 0 to output 1 is read at the transposed index

    {entries} use{s} weight_2[1, 0]; the path from hidden 0 to output 1 is weight_2[0, 1].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to.
    """


@mistake("gradient", edit={BACK: MIRRORED_1}, finds="weight_2[0, 1]")
def hidden_1_reads_transposed():
    """The path from hidden 1 to output 0 is read at the transposed index

    {entries} use{s} weight_2[0, 1]; the path from hidden 1 to output 0 is weight_2[1, 0].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to.
    """


combine("gradient", "hidden_0_reads_transposed", "hidden_1_reads_transposed")


@mistake("gradient", edit={DELTA_2: "output - target"})
def output_slope_missing():
    """The slope of the output's sigmoid is missing

    The error of each output goes back as it is. On its way to the sum that goes into the output it
    passes the sigmoid, and has to be multiplied by the sigmoid's slope there.

    The chain rule has one factor for each step from the loss to the weight: the error, the slope
    of the output's sigmoid, what the weight carries.
    """


@mistake("gradient", edit={DELTA_1: BACK})
def hidden_slope_missing():
    """The slope of the hidden units' sigmoid is missing

    {entries} let{s} the error pass the hidden units as if they had no sigmoid. It has to be
    multiplied by the slope of each hidden unit's sigmoid.

    The hidden units squeeze their sums just as the outputs do, so the chain rule has the same kind
    of factor for them.
    """


@mistake("gradient", edit={DELTA_2: "output - target", DELTA_1: BACK})
def both_slopes_missing():
    """The slopes of all sigmoids are missing

    The errors go back as if no unit had a sigmoid. At each output and at each hidden unit they
    have to be multiplied by the slope of the sigmoid there.

    The chain rule has one factor for each step: every sigmoid that the forward pass goes through
    leaves its slope in the gradient.
    """


@mistake("gradient", edit={DELTA_2: SLOPE_OF_OUTPUT})
def output_slope_of_the_output():
    """The slope of the output's sigmoid is taken at the wrong place

    The sigmoid is applied to the outputs once more before its slope is worked out. The outputs
    have been through it already: their slope follows from them directly.

    Does your function for the slope expect the sum z, or the value after the sigmoid? Hand it the
    one that it expects.
    """


@mistake("gradient", edit={DELTA_1: SLOPE_OF_HIDDEN})
def hidden_slope_of_the_value():
    """The slope of the hidden units' sigmoid is taken at the wrong place

    In {entries} the sigmoid is applied to the hidden values once more before its slope is worked
    out. They have been through it already: their slope follows from them directly.

    Does your function for the slope expect the sum z, or the value after the sigmoid? Hand it the
    one that it expects.
    """


@mistake("gradient", edit={DELTA_2: SLOPE_OF_OUTPUT, DELTA_1: SLOPE_OF_HIDDEN})
def both_slopes_of_the_values():
    """The slopes of all sigmoids are taken at the wrong place

    The sigmoid is applied to hidden values and outputs once more before its slope is worked out.
    They have been through it already: their slopes follow from them directly.

    Does your function for the slope expect the sum z, or the value after the sigmoid? Hand it the
    one that it expects.
    """


@mistake(
    "gradient", edit={DELTA_2: "(output - target) * (z := hidden @ weight_2 + bias[1]) * (1 - z)"}
)
def output_slope_of_the_sum():
    """The slope is worked out from the outputs' sums

    The formula value * (1 - value) is applied to the sums from before the sigmoid. It holds for
    the value after the sigmoid, the output itself.

    The slope of a sigmoid is never negative and at most 1/4: print yours.
    """


@mistake("gradient", edit={DELTA_2: "(output - target) * hidden * (1 - hidden)"})
def output_slope_of_hidden():
    """The hidden units' slope is used for the outputs

    The errors of the outputs are multiplied by the slopes of the hidden units. Each error is to be
    multiplied by the slope of its own output.

    Both have shape (2,), so NumPy does not complain. Which unit does the error pass there?
    """


@mistake("gradient", edit={DELTA_1: f"output * (1 - output) * ({BACK})"})
def hidden_slope_of_output():
    """The outputs' slope is used for the hidden units

    {entries} use{s} the slopes of the outputs a second time. What comes back to a hidden unit is
    to be multiplied by the slope of that hidden unit.

    Both have shape (2,), so NumPy does not complain. Which unit does the error pass there?
    """


@mistake("gradient", edit={DELTA_1: f"x * (1 - x) * ({BACK})"})
def hidden_slope_of_input():
    """The inputs' slope is used for the hidden units

    {entries} use{s} x * (1 - x) where the slope of the hidden units belongs. The inputs have no
    sigmoid, so they have no slope.

    Between a weight of the first layer and the way on lies its hidden unit: its slope counts.
    """


@mistake("gradient", edit={"output - target": "target - output"}, finds="target[0] - output[0]")
def target_minus_output():
    """The error has the wrong sign: target minus output

    The error is taken as target minus output, so every entry has the wrong sign. An output that is
    too large should give a positive error.

    The derivative of (target - output)**2 by the output brings a minus with it. A gradient points
    uphill; the update then steps against it.
    """


@mistake("gradient", edit={"output - target": "2 * (output - target)"})
def error_doubled():
    """Everything is twice as large as it should be

    The 2 from the square's derivative is kept. The loss has a half in front, which cancels it.

    Take the derivative of the loss as it is written in the task, with its half.
    """


@mistake("gradient", edit={"output - target": "(output - target) / 2"})
def error_halved():
    """Everything is half as large as it should be

    The half of the loss is kept, but the 2 from the square's derivative is not there to cancel it.

    What is the derivative of half a square?
    """


@mistake("gradient", edit={"output - target": "(output - target) ** 2 / 2"})
def loss_not_differentiated():
    """The loss itself goes back, not its derivative

    Each output's half squared error is sent back. What goes back is how the loss changes with the
    output: the derivative of that square.

    A squared error is never negative, so it cannot tell an output that is too large from one that
    is too small.
    """


@mistake("gradient", edit={GRADIENTS: f"{GRADIENT_2}, {GRADIENT_1}"})
def gradients_returned_swapped():
    """The two gradients are returned in each other's place

    {function} returns the gradient of weight_2 first. The one of weight_1 comes first.

    Both have shape (2, 2); only the order tells a caller which is which.
    """


@mistake("gradient", edit={GRADIENT_1: "np.outer(delta_1, x)"})
def gradient_1_transposed():
    """gradient_1 is transposed

    In gradient_1 the first index counts the hidden units and the second the inputs. It should be
    the other way round, as in weight_1 itself.

    A gradient has the layout of its weights: entry by entry the two belong together.
    """


@mistake("gradient", edit={GRADIENT_2: "np.outer(delta_2, hidden)"})
def gradient_2_transposed():
    """gradient_2 is transposed

    In gradient_2 the first index counts the outputs and the second the hidden units. It should be
    the other way round, as in weight_2 itself.

    A gradient has the layout of its weights: entry by entry the two belong together.
    """


@mistake("gradient", edit={GRADIENT_1: "np.outer(np.ones(2), delta_1)"})
def inputs_forgotten():
    """The inputs are forgotten

    {entries} hold{s} the error that comes back to the hidden unit, but not the input that the
    weight multiplies.

    A weight changes the sum by as much as the input that it carries: with an input of 0 it changes
    nothing.
    """


@mistake("gradient", edit={GRADIENT_1: "np.outer(hidden, delta_1)"})
def hidden_for_inputs():
    """The hidden values stand where the inputs belong

    In {entries} the error is multiplied by the hidden values. The weights of the first layer carry
    the inputs.

    What does a weight of the first layer multiply in the forward pass?
    """


@mistake("gradient", edit={GRADIENT_2: "np.outer(np.ones(2), delta_2)"})
def hidden_values_forgotten():
    """The hidden values are forgotten

    {entries} hold{s} the error of the output, but not the hidden value that the weight multiplies.

    A weight changes the sum by as much as the value that it carries.
    """


@mistake("gradient", edit={GRADIENT_2: "np.outer(x, delta_2)"})
def inputs_for_hidden():
    """The inputs stand where the hidden values belong

    In {entries} the error is multiplied by the inputs. The weights of the second layer carry the
    hidden values.

    What does a weight of the second layer multiply in the forward pass?
    """


@mistake("gradient", edit={GRADIENT_2: "np.outer(output, delta_2)"})
def outputs_for_hidden():
    """The outputs stand where the hidden values belong

    In {entries} the error is multiplied by the outputs. The weights of the second layer carry the
    hidden values.

    What does a weight of the second layer multiply in the forward pass?
    """


@mistake("gradient", edit={BACK: "weight_2.sum(axis=1)"})
def delta_2_forgotten():
    """The errors of the outputs are forgotten on the way back

    {entries} follow{s} the weights back from the outputs, but not the errors there: the weights
    are added up without the output's delta.

    If both outputs are right there is nothing to learn, and every entry should be 0. Is it?
    """


@mistake("gradient", edit={BACK: "weight_2 @ (output - target)"})
def plain_error_goes_back():
    """The way back skips the outputs' sigmoid

    {entries} use{s} the plain difference of output and target. On its way back the error passes
    the outputs' sigmoid first, so its slope belongs there, as it does in gradient_2.

    The delta of the outputs is worked out once and used twice: for gradient_2, and on the way
    back.
    """


@mistake(
    "gradient",
    edit={BACK: "(weight_2 * delta_2).sum(axis=0)"},
    finds="np.sum(weight_2 * delta_2, axis=0)",
)
def summed_over_hidden():
    """The sum runs over the hidden units

    {entries} add{s} up the weights that lead into one output. To come back to one hidden unit, the
    sum has to run over the outputs that this unit leads to.

    Fix one hidden unit and ask which outputs it acts on: those are the terms of the sum.
    """


@mistake("gradient", edit={BACK: "np.diag(weight_2) * delta_2"})
def one_path_back():
    """Only one path back is followed

    {entries} follow{s} the path from hidden unit 0 to output 0 and from 1 to 1 only. Each hidden
    unit acts on both outputs, so the errors of both come back to it.

    In the network's drawing, count the arrows that leave a hidden unit.
    """


@mistake("gradient", edit={BACK: "np.sum(delta_2)"})
def weight_2_forgotten():
    """The errors come back without weights

    {entries} add{s} up the errors of both outputs as they are. On its way back each error is
    multiplied by the weight of the path that it takes.

    A hidden unit that leads to an output by a small weight had little part in its error.
    """


@mistake("gradient", edit={BACK: "delta_2"})
def error_handed_down():
    """Each output's error goes straight to one hidden unit

    {entries} use{s} the error of the output with the same number, without any weight. Each hidden
    unit gets the errors of both outputs, each times the weight of its path.

    Both have shape (2,), so NumPy multiplies them entry by entry without complaint.
    """


@mistake("gradient", edit={BACK: "weight_1 @ delta_2"})
def back_along_weight_1():
    """The errors come back along weight_1

    {entries} send{s} the errors back along the weights of the first layer. Between the outputs and
    the hidden units lies weight_2.

    Which weights does a hidden value meet on its way to the outputs? The error takes the same ones
    back.
    """


@mistake("gradient", edit={GRADIENTS: "delta_1, delta_2"})
def deltas_returned():
    """The deltas are returned, not the gradients

    {function} returns one number for each unit. Each weight has its own: the delta of the unit
    that it leads to, times the value that it carries.

    Each gradient has the shape of its weights, (2, 2).
    """


@mistake("gradient", edit={FORWARD: "forward(x, weight_2, weight_1, bias)"})
def forward_called_with_weights_swapped():
    """forward is called with the weights swapped

    forward gets weight_2 where it expects weight_1, and the other way round. So the hidden values
    and outputs belong to another network.

    Compare the order of the arguments with the line `def forward(...)`. Both have the same shape,
    so nothing complains.
    """


@mistake("gradient", edit={f"return {GRADIENTS}": f"weight_2 *= delta_2; return {GRADIENTS}"})
def gradient_changes_weight_2():
    """weight_2 is changed in place

    The gradients are right, but {function} multiplies the errors into the caller's own weight_2.
    The network has other weights afterwards.

    An operator such as `*=` writes into the array on its left. Let it make a new one.
    """


@mistake("gradient", edit={GRADIENT_1: f"-{GRADIENT_1}"})
def gradient_1_negated():
    """A sign is wrong between the layers

    In {entries} the sign is wrong, while the size and gradient_2 are right. Somewhere on the way
    from the outputs back to the hidden units a minus is too many.

    The way back only multiplies: by weights, by slopes, by inputs. None of these steps turns a
    sign round.
    """
