"""Mistakes in exercise 1 that students make, and what to say of them."""

import numpy as np
from shared import signed

from grader.authoring import meaning, mistake, probe, variant

meaning("x", "the value of input {0}")
meaning("hidden", "the value of hidden unit {0}")
meaning("output", "the value of output {0}")
meaning("target", "what output {0} should be")
meaning("weight_1", "the path from input {0} to hidden {1}")
meaning("weight_2", "the path from hidden {0} to output {1}")
meaning("bias", "the bias of layer {0}")


@probe("sigmoid", returns="sigmoid(z)")
def sigmoid_inputs(rng):
    """Draw numbers of an ordinary size: below -1, between -1 and 0, and above 0."""
    return (rng.uniform([-3.0, -0.9, 0.2], [-1.1, -0.2, 3.0]),)


@probe("sigmoid", returns="sigmoid(z)")
def sigmoid_inputs_far_from_zero(rng):
    """Draw a number too small, one of an ordinary size and one too large for exp."""
    return (rng.uniform(1.0, 3.0, 3) * np.array([-800.0, 1.0, 800.0]),)


@probe("forward", returns=("hidden", "output"))
def forward_inputs(rng):
    """Draw what forward takes: no symmetry, and no sigmoid saturated."""
    weight_1, weight_2 = signed(rng, 0.2, 1.5, (2, 2, 2))
    return signed(rng, 0.2, 1.5), weight_1, weight_2, signed(rng, 0.1, 0.8)


@probe("loss", returns="loss")
def loss_inputs(rng):
    """Draw outputs, and targets on both sides of them."""
    return rng.uniform(0.1, 0.9, 2), signed(rng, 1.1, 2.0)


@variant("forward")
def forward_by_unit(x, weight_1, weight_2, bias, *, reference):
    """Each unit on a line of its own."""
    hidden = np.zeros(2)
    output = np.zeros(2)
    hidden[0] = reference.sigmoid(x[0] * weight_1[0, 0] + x[1] * weight_1[1, 0] + bias[0])
    hidden[1] = reference.sigmoid(x[0] * weight_1[0, 1] + x[1] * weight_1[1, 1] + bias[0])
    output[0] = reference.sigmoid(hidden[0] * weight_2[0, 0] + hidden[1] * weight_2[1, 0] + bias[1])
    output[1] = reference.sigmoid(hidden[0] * weight_2[0, 1] + hidden[1] * weight_2[1, 1] + bias[1])
    return hidden, output


@variant("forward")
def forward_with_formulas(x, weight_1, weight_2, bias):
    """The sigmoid's formula in both layers, in place of a call."""
    hidden_sum = x @ weight_1 + bias[0]
    hidden = 1 / (1 + np.exp(-hidden_sum))
    output_sum = hidden @ weight_2 + bias[1]
    output = 1 / (1 + np.exp(-output_sum))
    return hidden, output


@variant("forward")
def forward_by_numbers(x, weight_1, weight_2, bias, *, reference):
    """Every number under a name of its own."""
    x_0, x_1 = x
    (w1, w3), (w2, w4) = weight_1
    (w5, w7), (w6, w8) = weight_2
    bias_0, bias_1 = bias
    hidden_0 = reference.sigmoid(w1 * x_0 + w2 * x_1 + bias_0)
    hidden_1 = reference.sigmoid(w3 * x_0 + w4 * x_1 + bias_0)
    output_0 = reference.sigmoid(w5 * hidden_0 + w6 * hidden_1 + bias_1)
    output_1 = reference.sigmoid(w7 * hidden_0 + w8 * hidden_1 + bias_1)
    return np.array([hidden_0, hidden_1]), np.array([output_0, output_1])


@variant("loss")
def loss_by_output(output, target):
    """Each output's error on its own."""
    return (target[0] - output[0]) ** 2 / 2 + (target[1] - output[1]) ** 2 / 2


START = "z = np.asarray(z)"
RESULT = "np.where(z >= 0, 1.0, small) / (1.0 + small)"
VALUE = f"return {RESULT}"


@mistake("sigmoid", edit={"z >= 0": "z <= 0"}, finds=("np.exp(z)", "exp(z)"))
def sigmoid_falls():
    """The curve falls where it should rise

    {function} gives large values for negative z and small ones for positive z. It should be the
    other way round: the sign of the exponent is wrong.

    Try z = 5 by hand: the sigmoid should be close to 1 there.
    """


@mistake("sigmoid", edit={RESULT: "1 / (1 + np.exp(-z))"}, finds="np.exp(-z)")
def sigmoid_overflows():
    """The exponential overflows far from zero

    The values are right, but NumPy warns of an overflow: at z around -1000 it has to take the
    exponential of about 1000, which no float can hold.

    There is another form of the same sigmoid. Choose, by the sign of z, the form whose exponential
    stays small.
    """


@mistake("sigmoid", edit={RESULT: "np.exp(z) / (1 + np.exp(z))"}, finds="np.exp(z)")
def sigmoid_nan_for_large():
    """Large z give nan

    {function} divides one huge exponential by another. For large z both are infinite, and infinity
    divided by infinity is nan, not 1.

    This form is the right one for negative z only. Which form fits positive z?
    """


@mistake("sigmoid", edit={RESULT: "np.tanh(z)"})
def sigmoid_is_tanh():
    """This is the hyperbolic tangent

    {function} returns values from -1 to 1, which is tanh. The sigmoid goes from 0 to 1, and is one
    half at z = 0.

    The two curves have the same shape, but another height and another width.
    """


@mistake("sigmoid", edit={RESULT: "small / (1.0 + small) ** 2"})
def sigmoid_is_its_slope():
    """This is the slope of the sigmoid

    {function} returns the derivative of the sigmoid. What is asked for is its value.

    The derivative is needed later, in the gradient. Here every value should lie between 0 and 1
    and grow with z.
    """


@mistake("sigmoid", edit={RESULT: "np.exp(z)"})
def sigmoid_without_one():
    """The 1 in the denominator is missing

    {function} returns the plain exponential of z, which grows beyond all bounds. The denominator
    of the sigmoid is 1 plus an exponential.

    At z = 0 the result should be one half. What is it now?
    """


@mistake("sigmoid", edit={RESULT: "np.where(z >= 0, 1.0, 0.0)"})
def sigmoid_is_a_step():
    """A step where a smooth curve should be

    {function} returns 0 or 1 only, by the sign of z. The sigmoid passes through all the values in
    between.

    A step is flat everywhere, so it has no slope from which the network could learn.
    """


@mistake("sigmoid", edit={RESULT: "np.maximum(z, 0.0)"})
def sigmoid_is_relu():
    """This is ReLU

    {function} cuts negative z off at 0 and returns positive z as they are. The sigmoid squeezes
    every z into the range from 0 to 1.

    All units of this network use the sigmoid, and the gradients later rely on its slope.
    """


@mistake(
    "sigmoid",
    edit={
        START: "z = np.asarray(z, dtype=float)",
        VALUE: f"value = {RESULT}; z *= 0.5; return value",
    },
)
def sigmoid_changes_z():
    """z is changed in place

    The values are right, but {function} writes into the array that it was given, so the caller's z
    is another one afterwards.

    Let each step make a new array. Arguments such as `out=` and operators such as `*=` write into
    the old one.
    """


PRODUCT_1, PRODUCT_2 = "x @ weight_1", "hidden @ weight_2"
TRANSPOSED_1 = ("weight_1.T", "np.dot(weight_1, x)", "weight_1.dot(x)")
TRANSPOSED_2 = ("weight_2.T", "np.dot(weight_2, hidden)", "weight_2.dot(hidden)")
SUM_1, SUM_2 = f"{PRODUCT_1} + bias[0]", f"{PRODUCT_2} + bias[1]"
HIDDEN, OUTPUT = f"sigmoid({SUM_1})", f"sigmoid({SUM_2})"
VALUES = "return hidden, output"


@mistake("forward", edit={PRODUCT_1: "weight_1 @ x"}, finds=TRANSPOSED_1)
def forward_weight_1_transposed():
    """weight_1 is used transposed

    Each hidden unit takes a row of weight_1. It should take a column: the first index is the
    input, the second the hidden unit.

    Name both ends of each weight: weight_1[0, 1] leads from input 0 to hidden unit 1.
    """


@mistake("forward", edit={PRODUCT_2: "weight_2 @ hidden"}, finds=TRANSPOSED_2)
def forward_weight_2_transposed():
    """weight_2 is used transposed

    Each output takes a row of weight_2. It should take a column: the first index is the hidden
    unit, the second the output.

    Name both ends of each weight: weight_2[0, 1] leads from hidden unit 0 to output 1.
    """


@mistake(
    "forward", edit={PRODUCT_1: "weight_1 @ x", PRODUCT_2: "weight_2 @ hidden"}, finds=TRANSPOSED_1
)
def forward_weights_transposed():
    """Both weight matrices are used transposed

    Each unit takes a row of its weights, in both layers. It should take a column: the first index
    is where a weight comes from, the second where it leads.

    Name both ends of each weight: weight_1[0, 1] leads from input 0 to hidden unit 1.
    """


@mistake("forward", edit={"bias[0]": "bias[1]", "bias[1]": "bias[0]"})
def forward_biases_swapped():
    """The biases are swapped

    The hidden units get bias[1] and the outputs bias[0]. bias[0] belongs to the hidden layer,
    bias[1] to the output layer.

    The index of a bias is the number of its layer.
    """


@mistake("forward", edit={"bias[0]": "bias", "bias[1]": "bias"})
def forward_bias_whole():
    """The bias vector is added whole, in both layers

    Unit 0 of each layer gets bias[0] and unit 1 gets bias[1]. There is one bias for a layer: both
    hidden units get bias[0], both outputs bias[1].

    NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.
    """


@mistake("forward", edit={"bias[0]": "bias"})
def forward_bias_whole_hidden():
    """The bias vector is added whole in the hidden layer

    Hidden unit 0 gets bias[0] and hidden unit 1 gets bias[1]. Both belong to one layer and share
    one bias, bias[0].

    NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.
    """


@mistake("forward", edit={"bias[1]": "bias"})
def forward_bias_whole_output():
    """The bias vector is added whole in the output layer

    Output 0 gets bias[0] and output 1 gets bias[1]. Both belong to one layer and share one bias,
    bias[1].

    NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.
    """


@mistake("forward", edit={"bias[1]": "bias[0]"})
def forward_bias_0_for_both():
    """The outputs get the hidden layer's bias

    Both layers use bias[0]. The outputs have a bias of their own, bias[1].

    A line copied from the hidden layer needs another input, other weights and another bias.
    """


@mistake("forward", edit={"bias[0]": "bias[1]"})
def forward_bias_1_for_both():
    """The hidden units get the output layer's bias

    Both layers use bias[1]. The hidden units have a bias of their own, bias[0].

    The index of a bias is the number of its layer.
    """


@mistake("forward", edit={SUM_1: PRODUCT_1, SUM_2: PRODUCT_2})
def forward_biases_forgotten():
    """The biases are forgotten

    Only the weighted sums go into the sigmoid. Each layer's bias is to be added to its sums first.

    Without a bias, an input of zeros always gives one half, whatever the weights are.
    """


@mistake("forward", edit={SUM_1: PRODUCT_1})
def forward_hidden_bias_forgotten():
    """The hidden layer's bias is forgotten

    Only the weighted sum goes into the hidden units. bias[0] is to be added to it.

    Compare the two lines for the two layers: both have the same form.
    """


@mistake("forward", edit={SUM_2: PRODUCT_2})
def forward_output_bias_forgotten():
    """The output layer's bias is forgotten

    Only the weighted sum goes into the outputs. bias[1] is to be added to it.

    Compare the two lines for the two layers: both have the same form.
    """


@mistake(
    "forward",
    edit={
        SUM_1: "np.sum(x[:, None] * weight_1 + bias[0], axis=0)",
        SUM_2: "np.sum(hidden[:, None] * weight_2 + bias[1], axis=0)",
    },
)
def forward_bias_for_each_weight():
    """The bias is added once for each weight

    The bias goes into every product, so each unit gets it twice. It belongs to the whole sum,
    once.

    Look at the brackets, or at what stands inside the loop: first the sum over the paths, then the
    bias.
    """


@mistake(
    "forward",
    edit={HIDDEN: f"sigmoid({PRODUCT_1}) + bias[0]", OUTPUT: f"sigmoid({PRODUCT_2}) + bias[1]"},
)
def forward_bias_after_sigmoid():
    """The bias is added after the sigmoid

    The bias is added to the sigmoid's result, which can then leave the range from 0 to 1. It
    belongs to the sum that goes into the sigmoid.

    Where does the bracket of sigmoid( ... ) close?
    """


@mistake("forward", edit={HIDDEN: SUM_1})
def forward_sigmoid_missing_hidden():
    """The sigmoid is missing in the hidden layer

    The hidden values are the plain sums. Each of them is to go through the sigmoid.

    Without it two layers can do no more than one: linear after linear is linear.
    """


@mistake("forward", edit={OUTPUT: SUM_2})
def forward_sigmoid_missing_output():
    """The sigmoid is missing in the output layer

    The outputs are the plain sums. Each of them is to go through the sigmoid too.

    All units of this network use the sigmoid, so every output lies between 0 and 1.
    """


@mistake("forward", edit={HIDDEN: SUM_1, OUTPUT: SUM_2})
def forward_sigmoid_missing():
    """The sigmoid is missing in both layers

    Hidden values and outputs are plain sums. The sum of each unit is to go through the sigmoid.

    Without it two layers can do no more than one: linear after linear is linear.
    """


@mistake("forward", edit={HIDDEN: f"sigmoid({HIDDEN})"})
def forward_sigmoid_twice_hidden():
    """The sigmoid is applied twice to the hidden layer

    The hidden values go through the sigmoid once more than they should.

    Follow one hidden value from its sum to the place where the outputs use it, and count the
    sigmoids on the way.
    """


@mistake("forward", edit={OUTPUT: f"sigmoid({OUTPUT})"})
def forward_sigmoid_twice_output():
    """The sigmoid is applied twice to the outputs

    The outputs go through the sigmoid once more than they should. All of them come out between 0.5
    and 0.74, since the first sigmoid is never negative.

    Count the sigmoids between the sum and what is returned.
    """


@mistake("forward", edit={PRODUCT_1: "sigmoid(x) @ weight_1"}, finds="sigmoid(x)")
def forward_sigmoid_of_input():
    """The sigmoid is applied to the inputs too

    The inputs go through a sigmoid before they are weighted. Inputs are used as they are; the
    sigmoid comes after each layer's sum.

    The input layer has no sums, so it has nothing to squeeze.
    """


@mistake("forward", edit={PRODUCT_2: "x @ weight_2"}, finds="np.dot(x, weight_2)")
def forward_inputs_for_hidden():
    """The outputs are worked out from the inputs

    The second layer uses x. It should use the hidden values: the inputs reach the outputs by way
    of the hidden units only.

    Both have shape (2,), so NumPy does not complain. Follow the arrows of the network.
    """


@mistake("forward", edit={"weight_2": "weight_1"}, finds="np.dot(hidden, weight_1)")
def forward_weight_1_twice():
    """The outputs use the first layer's weights

    The second layer uses weight_1 again. The weights that lead from the hidden units to the
    outputs are those of weight_2.

    Both have shape (2, 2), so NumPy does not complain. Look for a line that was copied.
    """


@mistake(
    "forward", edit={"weight_1": "weight_2", "weight_2": "weight_1"}, finds="np.dot(x, weight_2)"
)
def forward_weights_swapped():
    """weight_1 and weight_2 have changed places

    The first layer uses weight_2 and the second weight_1. weight_1 leads from the inputs to the
    hidden units, weight_2 on to the outputs.

    Check the order of the parameters against the order in which you use them.
    """


@mistake("forward", edit={"hidden, output": "output, hidden"})
def forward_results_swapped():
    """Hidden values and outputs are returned in each other's place

    {function} returns the outputs first. The hidden values come first, then the outputs.

    Both have shape (2,); only the order tells a caller which is which.
    """


@mistake("forward", edit={VALUES: f"return {SUM_1}, {SUM_2}"})
def forward_sums_returned():
    """The sums are returned, not the values

    The outputs are worked out rightly on the way, but what is returned are the sums from before
    the sigmoid, for both layers.

    Return what the units pass on: the values after the sigmoid. The gradients need those.
    """


@mistake("forward", edit={VALUES: f"return {SUM_1}, output"})
def forward_hidden_sums_returned():
    """The hidden sums are returned, not the hidden values

    The outputs are right, but the first thing returned are the sums that go into the hidden units.
    What is asked for are the values after the sigmoid.

    The gradients later use the hidden values as they go on to the outputs.
    """


@mistake("forward", edit={"hidden, output": "output"})
def forward_output_only():
    """Only the outputs are returned

    {function} returns one array of outputs. It should return two: the hidden values, then the
    outputs.

    The gradient needs the hidden values too, and should not have to work them out again.
    """


@mistake("forward", edit={PRODUCT_1: "x * weight_1", PRODUCT_2: "hidden * weight_2"})
def forward_products_not_summed():
    """Products are not summed

    The star multiplies entry by entry, so each layer is a (2, 2) array of products. Each unit
    needs the sum of the products that lead into it.

    Two numbers should come out of each layer: print the shapes.
    """


@mistake("forward", edit={PRODUCT_1: "x[1] * weight_1[1]", PRODUCT_2: "hidden[1] * weight_2[1]"})
def forward_last_path_only():
    """Only the last path into each unit counts

    The sum over the paths is overwritten in each turn of the loop, so only the path from the last
    unit is left. All of them are to be added up.

    Look for an assignment in the inner loop that should add to what is there.
    """


@mistake("forward", edit={VALUES: f"weight_1 *= x[:, None]; {VALUES}"})
def forward_changes_weight_1():
    """weight_1 is changed in place

    The values are right, but {function} multiplies the inputs into the caller's own weight_1, so
    the next call begins with other weights.

    An operator such as `*=` writes into the array on its left. Let it make a new one.
    """


ERRORS = "(target - output) ** 2"
SQUARES = f"np.sum({ERRORS})"
LOSS = f"{SQUARES} / 2"


@mistake("loss", edit={LOSS: SQUARES})
def loss_without_half():
    """The half is forgotten

    {function} returns the whole sum of the squared errors. What is asked for is half of it.

    The half is there to cancel the 2 that comes from the square when you take the derivative.
    """


@mistake("loss", edit={"np.sum": "np.mean"}, finds="np.mean")
def loss_half_of_the_mean():
    """Half of the mean, not half of the sum

    {function} takes the mean of the squared errors and halves it. The errors of both outputs are
    to be added up; only then comes the half.

    With two outputs the mean divides by 2 once already.
    """


@mistake("loss", edit={ERRORS: "target - output"})
def loss_not_squared():
    """The errors are not squared

    {function} adds up the errors with their signs, so a positive one and a negative one cancel.
    Each is to be squared first.

    A loss is never negative, and it is 0 only where every output is right.
    """


@mistake("loss", edit={ERRORS: "np.abs(target - output)"})
def loss_absolute():
    """Absolute errors, not squared ones

    {function} adds up the sizes of the errors. They are to be squared instead.

    The square weighs large errors more, and its derivative is the error itself: the gradients rely
    on that.
    """


@mistake("loss", edit={SQUARES: "np.sum(target - output) ** 2"})
def loss_square_of_the_sum():
    """Squared after adding up

    {function} adds the errors first and squares their sum, so errors of opposite signs cancel.
    Each error is to be squared on its own, then they are added up.

    Look at the brackets: the square belongs inside the sum.
    """


@mistake("loss", edit={LOSS: f"np.sqrt({SQUARES})"}, finds="np.linalg.norm")
def loss_is_the_distance():
    """A square root too many

    {function} returns the distance between output and target: the root of the summed squares. The
    loss is half of the sum itself, without a root.

    np.linalg.norm takes the root for you, which is not wanted here.
    """


@mistake("loss", edit={f"float({LOSS})": f"{ERRORS} / 2"})
def loss_not_summed():
    """The errors are not added up

    {function} returns one number for each output. It should return a single number: the errors of
    all outputs together.

    Training goes downhill on one number, so all errors have to meet in it.
    """


@mistake("loss", edit={LOSS: "(target[0] - output[0]) ** 2 / 2"})
def loss_of_output_0():
    """Only output 0 counts

    {function} looks at the error of output 0 and leaves output 1 out. Both count.

    Change only the error of output 1: the loss should move.
    """


@mistake(
    "loss",
    edit={LOSS: "-np.sum(target * np.log(output) + (1 - target) * np.log(1 - output))"},
    finds="np.log(output)",
)
def loss_is_cross_entropy():
    """This is the cross-entropy

    {function} works out a loss for probabilities, with logarithms. The loss of this course is half
    the sum of the squared errors.

    Another loss has other gradients: those of exercise 2 belong to the squared error.
    """
