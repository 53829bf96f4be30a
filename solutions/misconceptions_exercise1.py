"""Mistakes in exercise 1 that students make, and what to say of them."""

import numpy as np

from grader.authoring import meaning, misconception, probe, variant

meaning("x", "the value of input {0}")
meaning("hidden", "the value of hidden unit {0}")
meaning("output", "the value of output {0}")
meaning("target", "what output {0} should be")
meaning("weight_1", "the path from input {0} to hidden {1}")
meaning("weight_2", "the path from hidden {0} to output {1}")
meaning("bias", "the bias of layer {0}")


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


@probe("sigmoid", returns="sigmoid(z)")
def sigmoid_inputs(rng):
    """Draw numbers of an ordinary size."""
    return (signed(rng, 0.2, 3.0, 3) * np.array([1.0, -1.0, 1.0]),)


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


@misconception(
    "sigmoid",
    title="The curve falls where it should rise",
    explain="{function} gives large values for negative z and small ones for positive z. It should"
    " be the other way round: the sign of the exponent is wrong.",
    advice="Try z = 5 by hand: the sigmoid should be close to 1 there.",
    finds=("np.exp(z)", "exp(z)"),
)
def sigmoid_falls(z):
    """Use exp(z) where exp(-z) belongs, in a form that does not overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z <= 0, 1.0, small) / (1.0 + small)


@misconception(
    "sigmoid",
    title="The exponential overflows far from zero",
    explain="The values are right, but NumPy warns of an overflow: at z around -1000 it has to"
    " take the exponential of about 1000, which no float can hold.",
    advice="There is another form of the same sigmoid. Choose, by the sign of z, the form whose"
    " exponential stays small.",
    finds=("np.exp(-z)",),
)
def sigmoid_overflows(z):
    """Write the formula down as it stands."""
    return 1 / (1 + np.exp(-z))


@misconception(
    "sigmoid",
    title="Large z give nan",
    explain="{function} divides one huge exponential by another. For large z both are infinite,"
    " and infinity divided by infinity is nan, not 1.",
    advice="This form is the right one for negative z only. Which form fits positive z?",
    finds=("np.exp(z)",),
)
def sigmoid_nan_for_large(z):
    """Use the form for negative z everywhere."""
    return np.exp(z) / (1 + np.exp(z))


@misconception(
    "sigmoid",
    title="This is the hyperbolic tangent",
    explain="{function} returns values from -1 to 1, which is tanh. The sigmoid goes from 0 to 1,"
    " and is one half at z = 0.",
    advice="The two curves have the same shape, but another height and another width.",
    finds=("np.tanh(z)",),
)
def sigmoid_is_tanh(z):
    """Return tanh(z)."""
    return np.tanh(z)


@misconception(
    "sigmoid",
    title="This is the slope of the sigmoid",
    explain="{function} returns the derivative of the sigmoid. What is asked for is its value.",
    advice="The derivative is needed later, in the gradient. Here every value should lie between 0"
    " and 1 and grow with z.",
)
def sigmoid_is_its_slope(z):
    """Return the derivative."""
    small = np.exp(-np.abs(z))
    return small / (1.0 + small) ** 2


@misconception(
    "sigmoid",
    title="The 1 in the denominator is missing",
    explain="{function} returns the plain exponential of z, which grows beyond all bounds. The"
    " denominator of the sigmoid is 1 plus an exponential.",
    advice="At z = 0 the result should be one half. What is it now?",
)
def sigmoid_without_one(z):
    """Forget the 1 in 1 + exp(-z)."""
    return np.exp(z)


@misconception(
    "sigmoid",
    title="A step where a smooth curve should be",
    explain="{function} returns 0 or 1 only, by the sign of z. The sigmoid passes through all the"
    " values in between.",
    advice="A step is flat everywhere, so it has no slope from which the network could learn.",
)
def sigmoid_is_a_step(z):
    """Return 0 or 1."""
    return np.where(z >= 0, 1.0, 0.0)


@misconception(
    "sigmoid",
    title="This is ReLU",
    explain="{function} cuts negative z off at 0 and returns positive z as they are. The sigmoid"
    " squeezes every z into the range from 0 to 1.",
    advice="All units of this network use the sigmoid, and the gradients later rely on its slope.",
)
def sigmoid_is_relu(z):
    """Return the positive part."""
    return np.maximum(z, 0.0)


@misconception(
    "sigmoid",
    title="z is changed in place",
    explain="The values are right, but {function} writes into the array that it was given, so the"
    " caller's z is another one afterwards.",
    advice="Let each step make a new array. Arguments such as `out=` and operators such as `*=`"
    " write into the old one.",
)
def sigmoid_changes_z(z):
    """Take the absolute value in place."""
    z = np.asarray(z, dtype=float)
    positive = z >= 0
    np.abs(z, out=z)
    small = np.exp(-z)
    return np.where(positive, 1.0, small) / (1.0 + small)


@misconception(
    "forward",
    title="weight_1 is used transposed",
    explain="Each hidden unit takes a row of weight_1. It should take a column: the first index is"
    " the input, the second the hidden unit.",
    advice="Name both ends of each weight: weight_1[0, 1] leads from input 0 to hidden unit 1.",
    finds=("weight_1 @ x", "weight_1.T", "np.dot(weight_1, x)", "weight_1.dot(x)"),
)
def forward_weight_1_transposed(x, weight_1, weight_2, bias, *, reference):
    """Multiply from the wrong side in the first layer."""
    hidden = reference.sigmoid(weight_1 @ x + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="weight_2 is used transposed",
    explain="Each output takes a row of weight_2. It should take a column: the first index is the"
    " hidden unit, the second the output.",
    advice="Name both ends of each weight: weight_2[0, 1] leads from hidden unit 0 to output 1.",
    finds=("weight_2 @ hidden", "weight_2.T", "np.dot(weight_2, hidden)", "weight_2.dot(hidden)"),
)
def forward_weight_2_transposed(x, weight_1, weight_2, bias, *, reference):
    """Multiply from the wrong side in the second layer."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(weight_2 @ hidden + bias[1])


@misconception(
    "forward",
    title="Both weight matrices are used transposed",
    explain="Each unit takes a row of its weights, in both layers. It should take a column: the"
    " first index is where a weight comes from, the second where it leads.",
    advice="Name both ends of each weight: weight_1[0, 1] leads from input 0 to hidden unit 1.",
    finds=("weight_1 @ x", "weight_1.T", "np.dot(weight_1, x)", "weight_1.dot(x)"),
)
def forward_weights_transposed(x, weight_1, weight_2, bias, *, reference):
    """Multiply from the wrong side in both layers."""
    hidden = reference.sigmoid(weight_1 @ x + bias[0])
    return hidden, reference.sigmoid(weight_2 @ hidden + bias[1])


@misconception(
    "forward",
    title="The biases are swapped",
    explain="The hidden units get bias[1] and the outputs bias[0]. bias[0] belongs to the hidden"
    " layer, bias[1] to the output layer.",
    advice="The index of a bias is the number of its layer.",
    finds=(
        "x @ weight_1 + bias[1]",
        "hidden @ weight_2 + bias[0]",
    ),
)
def forward_biases_swapped(x, weight_1, weight_2, bias, *, reference):
    """Give each layer the other one's bias."""
    hidden = reference.sigmoid(x @ weight_1 + bias[1])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[0])


@misconception(
    "forward",
    title="The bias vector is added whole, in both layers",
    explain="Unit 0 of each layer gets bias[0] and unit 1 gets bias[1]. There is one bias for a"
    " layer: both hidden units get bias[0], both outputs bias[1].",
    advice="NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.",
    finds=("x @ weight_1 + bias",),
)
def forward_bias_whole(x, weight_1, weight_2, bias, *, reference):
    """Add the vector instead of one entry, in both layers."""
    hidden = reference.sigmoid(x @ weight_1 + bias)
    return hidden, reference.sigmoid(hidden @ weight_2 + bias)


@misconception(
    "forward",
    title="The bias vector is added whole in the hidden layer",
    explain="Hidden unit 0 gets bias[0] and hidden unit 1 gets bias[1]. Both belong to one layer"
    " and share one bias, bias[0].",
    advice="NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.",
    finds=("x @ weight_1 + bias",),
)
def forward_bias_whole_hidden(x, weight_1, weight_2, bias, *, reference):
    """Add the vector instead of one entry, in the hidden layer."""
    hidden = reference.sigmoid(x @ weight_1 + bias)
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The bias vector is added whole in the output layer",
    explain="Output 0 gets bias[0] and output 1 gets bias[1]. Both belong to one layer and share"
    " one bias, bias[1].",
    advice="NumPy adds two arrays of shape (2,) without complaint, so shapes do not show this.",
    finds=("hidden @ weight_2 + bias",),
)
def forward_bias_whole_output(x, weight_1, weight_2, bias, *, reference):
    """Add the vector instead of one entry, in the output layer."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias)


@misconception(
    "forward",
    title="The outputs get the hidden layer's bias",
    explain="Both layers use bias[0]. The outputs have a bias of their own, bias[1].",
    advice="A line copied from the hidden layer needs another input, other weights and another"
    " bias.",
    finds=("hidden @ weight_2 + bias[0]",),
)
def forward_bias_0_for_both(x, weight_1, weight_2, bias, *, reference):
    """Use bias[0] in both layers."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[0])


@misconception(
    "forward",
    title="The hidden units get the output layer's bias",
    explain="Both layers use bias[1]. The hidden units have a bias of their own, bias[0].",
    advice="The index of a bias is the number of its layer.",
    finds=("x @ weight_1 + bias[1]",),
)
def forward_bias_1_for_both(x, weight_1, weight_2, bias, *, reference):
    """Use bias[1] in both layers."""
    hidden = reference.sigmoid(x @ weight_1 + bias[1])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The biases are forgotten",
    explain="Only the weighted sums go into the sigmoid. Each layer's bias is to be added to its"
    " sums first.",
    advice="Without a bias, an input of zeros always gives one half, whatever the weights are.",
)
def forward_biases_forgotten(x, weight_1, weight_2, bias, *, reference):
    """Leave both biases out."""
    hidden = reference.sigmoid(x @ weight_1)
    return hidden, reference.sigmoid(hidden @ weight_2)


@misconception(
    "forward",
    title="The hidden layer's bias is forgotten",
    explain="Only the weighted sum goes into the hidden units. bias[0] is to be added to it.",
    advice="Compare the two lines for the two layers: both have the same form.",
)
def forward_hidden_bias_forgotten(x, weight_1, weight_2, bias, *, reference):
    """Leave the hidden layer's bias out."""
    hidden = reference.sigmoid(x @ weight_1)
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The output layer's bias is forgotten",
    explain="Only the weighted sum goes into the outputs. bias[1] is to be added to it.",
    advice="Compare the two lines for the two layers: both have the same form.",
)
def forward_output_bias_forgotten(x, weight_1, weight_2, bias, *, reference):
    """Leave the output layer's bias out."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2)


@misconception(
    "forward",
    title="The bias is added once for each weight",
    explain="The bias goes into every product, so each unit gets it twice. It belongs to the whole"
    " sum, once.",
    advice="Look at the brackets, or at what stands inside the loop: first the sum over the paths,"
    " then the bias.",
)
def forward_bias_for_each_weight(x, weight_1, weight_2, bias, *, reference):
    """Add the bias inside the sum."""
    hidden = reference.sigmoid(np.sum(x[:, None] * weight_1 + bias[0], axis=0))
    return hidden, reference.sigmoid(np.sum(hidden[:, None] * weight_2 + bias[1], axis=0))


@misconception(
    "forward",
    title="The bias is added after the sigmoid",
    explain="The bias is added to the sigmoid's result, which can then leave the range from 0 to"
    " 1. It belongs to the sum that goes into the sigmoid.",
    advice="Where does the bracket of sigmoid( ... ) close?",
)
def forward_bias_after_sigmoid(x, weight_1, weight_2, bias, *, reference):
    """Add the bias outside the sigmoid."""
    hidden = reference.sigmoid(x @ weight_1) + bias[0]
    return hidden, reference.sigmoid(hidden @ weight_2) + bias[1]


@misconception(
    "forward",
    title="The sigmoid is missing in the hidden layer",
    explain="The hidden values are the plain sums. Each of them is to go through the sigmoid.",
    advice="Without it two layers can do no more than one: linear after linear is linear.",
)
def forward_sigmoid_missing_hidden(x, weight_1, weight_2, bias, *, reference):
    """Leave the hidden layer linear."""
    hidden = x @ weight_1 + bias[0]
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The sigmoid is missing in the output layer",
    explain="The outputs are the plain sums. Each of them is to go through the sigmoid too.",
    advice="All units of this network use the sigmoid, so every output lies between 0 and 1.",
)
def forward_sigmoid_missing_output(x, weight_1, weight_2, bias, *, reference):
    """Leave the output layer linear."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, hidden @ weight_2 + bias[1]


@misconception(
    "forward",
    title="The sigmoid is missing in both layers",
    explain="Hidden values and outputs are plain sums. The sum of each unit is to go through the"
    " sigmoid.",
    advice="Without it two layers can do no more than one: linear after linear is linear.",
)
def forward_sigmoid_missing(x, weight_1, weight_2, bias):
    """Leave both layers linear."""
    hidden = x @ weight_1 + bias[0]
    return hidden, hidden @ weight_2 + bias[1]


@misconception(
    "forward",
    title="The sigmoid is applied twice to the hidden layer",
    explain="The hidden values go through the sigmoid once more than they should.",
    advice="Follow one hidden value from its sum to the place where the outputs use it, and count"
    " the sigmoids on the way.",
)
def forward_sigmoid_twice_hidden(x, weight_1, weight_2, bias, *, reference):
    """Apply the sigmoid once more to the hidden values."""
    hidden = reference.sigmoid(reference.sigmoid(x @ weight_1 + bias[0]))
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The sigmoid is applied twice to the outputs",
    explain="The outputs go through the sigmoid once more than they should. All of them come out"
    " between 0.5 and 0.74, since the first sigmoid is never negative.",
    advice="Count the sigmoids between the sum and what is returned.",
)
def forward_sigmoid_twice_output(x, weight_1, weight_2, bias, *, reference):
    """Apply the sigmoid once more to the outputs."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(reference.sigmoid(hidden @ weight_2 + bias[1]))


@misconception(
    "forward",
    title="The sigmoid is applied to the inputs too",
    explain="The inputs go through a sigmoid before they are weighted. Inputs are used as they"
    " are; the sigmoid comes after each layer's sum.",
    advice="The input layer has no sums, so it has nothing to squeeze.",
    finds=("sigmoid(x)",),
)
def forward_sigmoid_of_input(x, weight_1, weight_2, bias, *, reference):
    """Squeeze the inputs."""
    hidden = reference.sigmoid(reference.sigmoid(x) @ weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The outputs are worked out from the inputs",
    explain="The second layer uses x. It should use the hidden values: the inputs reach the"
    " outputs by way of the hidden units only.",
    advice="Both have shape (2,), so NumPy does not complain. Follow the arrows of the network.",
    finds=("x @ weight_2", "np.dot(x, weight_2)"),
)
def forward_inputs_for_hidden(x, weight_1, weight_2, bias, *, reference):
    """Skip the hidden layer."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(x @ weight_2 + bias[1])


@misconception(
    "forward",
    title="The outputs use the first layer's weights",
    explain="The second layer uses weight_1 again. The weights that lead from the hidden units to"
    " the outputs are those of weight_2.",
    advice="Both have shape (2, 2), so NumPy does not complain. Look for a line that was copied.",
    finds=("hidden @ weight_1", "np.dot(hidden, weight_1)"),
)
def forward_weight_1_twice(x, weight_1, weight_2, bias, *, reference):
    """Use weight_1 in both layers; weight_2 counts nowhere."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_1 + bias[1])


@misconception(
    "forward",
    title="weight_1 and weight_2 have changed places",
    explain="The first layer uses weight_2 and the second weight_1. weight_1 leads from the inputs"
    " to the hidden units, weight_2 on to the outputs.",
    advice="Check the order of the parameters against the order in which you use them.",
    finds=("x @ weight_2", "np.dot(x, weight_2)"),
)
def forward_weights_swapped(x, weight_1, weight_2, bias, *, reference):
    """Use each layer's weights in the other one."""
    hidden = reference.sigmoid(x @ weight_2 + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_1 + bias[1])


@misconception(
    "forward",
    title="Hidden values and outputs are returned in each other's place",
    explain="{function} returns the outputs first. The hidden values come first, then the outputs.",
    advice="Both have shape (2,); only the order tells a caller which is which.",
    finds=("output, hidden",),
)
def forward_results_swapped(x, weight_1, weight_2, bias, *, reference):
    """Return output, hidden."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return reference.sigmoid(hidden @ weight_2 + bias[1]), hidden


@misconception(
    "forward",
    title="The sums are returned, not the values",
    explain="The outputs are worked out rightly on the way, but what is returned are the sums from"
    " before the sigmoid, for both layers.",
    advice="Return what the units pass on: the values after the sigmoid. The gradients need those.",
)
def forward_sums_returned(x, weight_1, weight_2, bias, *, reference):
    """Return the values from before the sigmoid."""
    sum_1 = x @ weight_1 + bias[0]
    return sum_1, reference.sigmoid(sum_1) @ weight_2 + bias[1]


@misconception(
    "forward",
    title="The hidden sums are returned, not the hidden values",
    explain="The outputs are right, but the first thing returned are the sums that go into the"
    " hidden units. What is asked for are the values after the sigmoid.",
    advice="The gradients later use the hidden values as they go on to the outputs.",
)
def forward_hidden_sums_returned(x, weight_1, weight_2, bias, *, reference):
    """Return the hidden sums from before the sigmoid."""
    sum_1 = x @ weight_1 + bias[0]
    return sum_1, reference.sigmoid(reference.sigmoid(sum_1) @ weight_2 + bias[1])


@misconception(
    "forward",
    title="Only the outputs are returned",
    explain="{function} returns one array of outputs. It should return two: the hidden values,"
    " then the outputs.",
    advice="The gradient needs the hidden values too, and should not have to work them out again.",
)
def forward_output_only(x, weight_1, weight_2, bias, *, reference):
    """Return the outputs alone."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    return reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "forward",
    title="Products are not summed",
    explain="The star multiplies entry by entry, so each layer is a (2, 2) array of products. Each"
    " unit needs the sum of the products that lead into it.",
    advice="Two numbers should come out of each layer: print the shapes.",
    finds=("x * weight_1",),
)
def forward_products_not_summed(x, weight_1, weight_2, bias, *, reference):
    """Multiply entry by entry."""
    hidden = reference.sigmoid(x * weight_1 + bias[0])
    return hidden, reference.sigmoid(hidden * weight_2 + bias[1])


@misconception(
    "forward",
    title="Only the last path into each unit counts",
    explain="The sum over the paths is overwritten in each turn of the loop, so only the path from"
    " the last unit is left. All of them are to be added up.",
    advice="Look for an assignment in the inner loop that should add to what is there.",
)
def forward_last_path_only(x, weight_1, weight_2, bias, *, reference):
    """Overwrite the sum in the inner loop."""
    hidden, output = np.zeros(2), np.zeros(2)
    for j in range(2):
        for i in range(2):
            hidden[j] = x[i] * weight_1[i, j]
    hidden = reference.sigmoid(hidden + bias[0])
    for k in range(2):
        for j in range(2):
            output[k] = hidden[j] * weight_2[j, k]
    return hidden, reference.sigmoid(output + bias[1])


@misconception(
    "forward",
    title="weight_1 is changed in place",
    explain="The values are right, but {function} multiplies the inputs into the caller's own"
    " weight_1, so the next call begins with other weights.",
    advice="An operator such as `*=` writes into the array on its left. Let it make a new one.",
)
def forward_changes_weight_1(x, weight_1, weight_2, bias, *, reference):
    """Multiply the inputs into the weights themselves."""
    weight_1 *= x[:, None]
    hidden = reference.sigmoid(weight_1.sum(axis=0) + bias[0])
    return hidden, reference.sigmoid(hidden @ weight_2 + bias[1])


@misconception(
    "loss",
    title="The half is forgotten",
    explain="{function} returns the whole sum of the squared errors. What is asked for is half of"
    " it.",
    advice="The half is there to cancel the 2 that comes from the square when you take the"
    " derivative.",
)
def loss_without_half(output, target):
    """Return the whole sum."""
    return float(np.sum((target - output) ** 2))


@misconception(
    "loss",
    title="Half of the mean, not half of the sum",
    explain="{function} takes the mean of the squared errors and halves it. The errors of both"
    " outputs are to be added up; only then comes the half.",
    advice="With two outputs the mean divides by 2 once already.",
    finds=("np.mean",),
)
def loss_half_of_the_mean(output, target):
    """Take the mean where the sum belongs."""
    return float(np.mean((target - output) ** 2) / 2)


@misconception(
    "loss",
    title="The errors are not squared",
    explain="{function} adds up the errors with their signs, so a positive one and a negative one"
    " cancel. Each is to be squared first.",
    advice="A loss is never negative, and it is 0 only where every output is right.",
)
def loss_not_squared(output, target):
    """Add up signed errors."""
    return float(np.sum(target - output) / 2)


@misconception(
    "loss",
    title="Absolute errors, not squared ones",
    explain="{function} adds up the sizes of the errors. They are to be squared instead.",
    advice="The square weighs large errors more, and its derivative is the error itself: the"
    " gradients rely on that.",
)
def loss_absolute(output, target):
    """Add up the sizes of the errors."""
    return float(np.sum(np.abs(target - output)) / 2)


@misconception(
    "loss",
    title="Squared after adding up",
    explain="{function} adds the errors first and squares their sum, so errors of opposite signs"
    " cancel. Each error is to be squared on its own, then they are added up.",
    advice="Look at the brackets: the square belongs inside the sum.",
)
def loss_square_of_the_sum(output, target):
    """Square the sum of the errors."""
    return float(np.sum(target - output) ** 2 / 2)


@misconception(
    "loss",
    title="A square root too many",
    explain="{function} returns the distance between output and target: the root of the summed"
    " squares. The loss is half of the sum itself, without a root.",
    advice="np.linalg.norm takes the root for you, which is not wanted here.",
    finds=("np.linalg.norm",),
)
def loss_is_the_distance(output, target):
    """Return the length of the error."""
    return float(np.sqrt(np.sum((target - output) ** 2)))


@misconception(
    "loss",
    title="The errors are not added up",
    explain="{function} returns one number for each output. It should return a single number: the"
    " errors of all outputs together.",
    advice="Training goes downhill on one number, so all errors have to meet in it.",
)
def loss_not_summed(output, target):
    """Return an array."""
    return (target - output) ** 2 / 2


@misconception(
    "loss",
    title="Only output 0 counts",
    explain="{function} looks at the error of output 0 and leaves output 1 out. Both count.",
    advice="Change only the error of output 1: the loss should move.",
)
def loss_of_output_0(output, target):
    """Leave output 1 out."""
    return float((target[0] - output[0]) ** 2 / 2)


@misconception(
    "loss",
    title="This is the cross-entropy",
    explain="{function} works out a loss for probabilities, with logarithms. The loss of this"
    " course is half the sum of the squared errors.",
    advice="Another loss has other gradients: those of exercise 2 belong to the squared error.",
    finds=("np.log(output)",),
)
def loss_is_cross_entropy(output, target):
    """Return the cross-entropy."""
    return float(-np.sum(target * np.log(output) + (1 - target) * np.log(1 - output)))
