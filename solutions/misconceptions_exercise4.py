"""Mistakes in exercise 4: the faults of the stub one by one and together, and repairs that miss."""

import numpy as np

from grader.authoring import meaning, misconception, probe, together, variant

STEP = ("weight_1", "weight_2", "loss")

meaning("back_0", "the error that comes back to hidden unit 0")
meaning("back_1", "the error that comes back to hidden unit 1")


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


@probe("step", returns=STEP)
def step_inputs(rng):
    """Draw what step takes: no symmetry, and no sigmoid saturated."""
    weight_1, weight_2 = signed(rng, 0.2, 1.5, (2, 2, 2))
    x, target, bias = signed(rng, 0.2, 1.5), signed(rng, 1.2, 3.0), signed(rng, 0.1, 0.8)
    return x, target, weight_1, weight_2, bias, rng.uniform(0.3, 0.9)


@variant("step")
def step_with_arrays(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Whole layers at once, as in exercise 3."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    output = reference.sigmoid(hidden @ weight_2 + bias[1])
    loss = np.sum((target - output) ** 2) / 2
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = (weight_2 @ delta_2) * hidden * (1 - hidden)
    gradient_1, gradient_2 = np.outer(x, delta_1), np.outer(hidden, delta_2)
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2, loss


def _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference):
    """Make a step whose errors come back along `back`."""
    hidden = reference.sigmoid(x @ weight_1 + bias[0])
    output = reference.sigmoid(hidden @ weight_2 + bias[1])
    loss = np.sum((target - output) ** 2) / 2
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = (back @ delta_2) * hidden * (1 - hidden)
    new_1 = weight_1 - learning_rate * np.outer(x, delta_1)
    return new_1, weight_2 - learning_rate * np.outer(hidden, delta_2), loss


def _back_0(weight_2):
    """Return the ways back, the one from output 1 to hidden unit 0 taken at the wrong index."""
    return np.array([[weight_2[0, 0], weight_2[1, 0]], [weight_2[1, 0], weight_2[1, 1]]])


def _back_1(weight_2):
    """Return the ways back, the one from output 0 to hidden unit 1 taken at the wrong index."""
    return np.array([[weight_2[0, 0], weight_2[0, 1]], [weight_2[0, 1], weight_2[1, 1]]])


def _lower_from_upper(new, old):
    """Let entry [1, 0] start from the old entry [0, 1]."""
    new[1, 0] += old[0, 1] - old[1, 0]


def _upper_from_lower(new, old):
    """Let entry [0, 1] start from the old entry [1, 0]."""
    new[0, 1] += old[1, 0] - old[0, 1]


def _upper_from_new_lower(new, old):
    """Let entry [0, 1] start from what entry [1, 0] has become."""
    new[0, 1] += new[1, 0] - old[0, 1]


@misconception(
    "step",
    title="The path from hidden 0 to output 1 is read at the transposed index",
    explain="{entries} use{s} w6 where w7 belongs: the path from hidden unit 0 to output 1 is"
    " weight_2[0, 1], not weight_2[1, 0].",
    advice="Name both ends of each weight: the first index is where it comes from, the second"
    " where it goes to. The error of output 1 comes back to hidden unit 0 along the same path.",
    finds=("delta_1 * old_2[1, 0]", "delta_1 * weight_2[1, 0]", "old_2[1, 0]", "weight_2[1, 0]"),
)
def path_back_to_hidden_0(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 1 of the blog."""
    back = _back_0(weight_2)
    return _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference)


@misconception(
    "step",
    title="The path from hidden 1 to output 0 is read at the transposed index",
    explain="{entries} use{s} w7 where w6 belongs: the path from hidden unit 1 to output 0 is"
    " weight_2[1, 0], not weight_2[0, 1].",
    advice="Name both ends of each weight: the first index is where it comes from, the second"
    " where it goes to. The error of output 0 comes back to hidden unit 1 along the same path.",
    finds=("delta_0 * old_2[0, 1]", "delta_0 * weight_2[0, 1]", "old_2[0, 1]", "weight_2[0, 1]"),
)
def path_back_to_hidden_1(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 2 of the blog."""
    back = _back_1(weight_2)
    return _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference)


@misconception(
    "step",
    title="w2 starts from w3",
    explain="The new weight_1[1, 0], which is w2, starts from the old weight_1[0, 1], which is w3."
    " Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment.",
    finds=("new_1[0, 1]", "old_1[0, 1]", "weight_1[0, 1]"),
)
def w2_starts_from_w3(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 3 in the line of w2 alone."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _lower_from_upper(new_1, weight_1)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w3 starts from w2",
    explain="The new weight_1[0, 1], which is w3, starts from the old weight_1[1, 0], which is w2."
    " Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment.",
    finds=("old_1[1, 0]", "weight_1[1, 0]", "new_1[1, 0]"),
)
def w3_starts_from_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 3 in the line of w3 alone."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _upper_from_lower(new_1, weight_1)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w3 starts from the new w2",
    explain="The new weight_1[0, 1], which is w3, starts from weight_1[1, 0], which is w2 and has"
    " been overwritten by a line above. Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment; and read from the arrays of the"
    " old weights, which no line changes.",
    finds=("new_1[1, 0]",),
)
def w3_starts_from_the_new_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 4 where the line of w2 has been repaired."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w2 and w3 start from each other, after one has been overwritten",
    explain="The new weight_1[1, 0], which is w2, starts from w3; and then the new weight_1[0, 1],"
    " which is w3, starts from what w2 has just become. Each weight starts from its own old value.",
    advice="Compare the indices on both sides of each assignment. After some steps w2 and w3 are"
    " nearly equal: run the file and look at weight_1.",
    finds=("new_1[0, 1]", "new_1[1, 0]"),
)
def w2_and_w3_overwritten(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 3 and 4 of the blog in the first layer."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _lower_from_upper(new_1, weight_1)
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w6 starts from w7",
    explain="The new weight_2[1, 0], which is w6, starts from the old weight_2[0, 1], which is w7."
    " Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment.",
    finds=("new_2[0, 1]", "old_2[0, 1]", "weight_2[0, 1]"),
)
def w6_starts_from_w7(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 3 in the line of w6 alone."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _lower_from_upper(new_2, weight_2)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w7 starts from w6",
    explain="The new weight_2[0, 1], which is w7, starts from the old weight_2[1, 0], which is w6."
    " Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment.",
    finds=("old_2[1, 0]", "weight_2[1, 0]", "new_2[1, 0]"),
)
def w7_starts_from_w6(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 3 in the line of w7 alone."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _upper_from_lower(new_2, weight_2)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w7 starts from the new w6",
    explain="The new weight_2[0, 1], which is w7, starts from weight_2[1, 0], which is w6 and has"
    " been overwritten by a line above. Each weight starts from its own old value.",
    advice="Compare the indices on both sides of the assignment; and read from the arrays of the"
    " old weights, which no line changes.",
    finds=("new_2[1, 0]",),
)
def w7_starts_from_the_new_w6(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Fault 4 where the line of w6 has been repaired."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _upper_from_new_lower(new_2, weight_2)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w6 and w7 start from each other, after one has been overwritten",
    explain="The new weight_2[1, 0], which is w6, starts from w7; and then the new weight_2[0, 1],"
    " which is w7, starts from what w6 has just become. Each weight starts from its own old value.",
    advice="Compare the indices on both sides of each assignment. After some steps w6 and w7 are"
    " nearly equal: run the file and look at weight_2.",
    finds=("new_2[0, 1]", "new_2[1, 0]"),
)
def w6_and_w7_overwritten(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 3 and 4 of the blog in the second layer."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    _lower_from_upper(new_2, weight_2)
    _upper_from_new_lower(new_2, weight_2)
    return new_1, new_2, loss


@misconception(
    "step",
    title="w2 and w3 move by each other's gradient",
    explain="w2 and w3 start from themselves, but each of them moves by the gradient of the other:"
    " the left side of the line was changed, and the rest of it still belongs to the other weight.",
    advice="A whole line is about one weight: its target, its old value, the error that comes back"
    " to the hidden unit it leads to, and the input it comes from.",
    finds=("back_0 * slope_0 * x[1]", "back_1 * slope_1 * x[0]"),
)
def w2_and_w3_move_by_the_other(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Repair the wrong side of the lines of the first layer."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    moved = new_1 - weight_1
    new_1[1, 0], new_1[0, 1] = weight_1[1, 0] + moved[0, 1], weight_1[0, 1] + moved[1, 0]
    return new_1, new_2, loss


@misconception(
    "step",
    title="w6 and w7 move by each other's gradient",
    explain="w6 and w7 start from themselves, but each of them moves by the gradient of the other:"
    " the left side of the line was changed, and the rest of it still belongs to the other weight.",
    advice="A whole line is about one weight: its target, its old value, the error of the output"
    " it leads to, and the hidden unit it comes from.",
    finds=("delta_0 * hidden[1]", "delta_1 * hidden[0]"),
)
def w6_and_w7_move_by_the_other(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Repair the wrong side of the lines of the second layer."""
    new_1, new_2, loss = _step(
        x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference
    )
    moved = new_2 - weight_2
    new_2[1, 0], new_2[0, 1] = weight_2[1, 0] + moved[0, 1], weight_2[0, 1] + moved[1, 0]
    return new_1, new_2, loss


@misconception(
    "step",
    title="The errors come back through the new weight_2",
    explain="{entries} move{s} by errors that came back through the new weights of the second"
    " layer. Both layers move by the gradients at the old weights.",
    advice="Work out what comes back before any weight is overwritten, as the stub does.",
    finds=("new_2[0, 0]", "new_2[1, 1]"),
)
def back_through_the_new_weights(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Take the ways back from the second layer after its update."""
    _, new_2, _ = _step(x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference)
    return _step(x, target, weight_1, weight_2, bias, learning_rate, new_2, reference)


@misconception(
    "step",
    title="The arguments are changed in place",
    explain="What {function} returns is right, but it writes the new weights into the arrays that"
    " it was given. It should leave those as they are.",
    advice="The stub starts with copies of weight_1 and weight_2: keep them.",
)
def arguments_changed(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Write into the caller's arrays."""
    back = weight_2.copy()
    new_1, new_2, loss = _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference)
    weight_1[:], weight_2[:] = new_1, new_2
    return weight_1, weight_2, loss


@misconception(
    "step",
    title="The loss is that after the step",
    explain="The weights are right, but the loss is worked out with the new ones. What is asked for"
    " is the loss before the step.",
    advice="The loss was right in the stub: it belongs to the forward pass of the old weights.",
)
def loss_after_the_step(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Return the loss of the new weights."""
    new_1, new_2, _ = _step(x, target, weight_1, weight_2, bias, learning_rate, weight_2, reference)
    *_, loss = _step(x, target, new_1, new_2, bias, learning_rate, new_2, reference)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_0", "w2_starts_from_w3")
def path_0_and_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 1 and 3, both in w2."""
    new_1, new_2, loss = path_back_to_hidden_0(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _lower_from_upper(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_1", "w3_starts_from_w2")
def path_1_and_w3(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 2 and 3, both in w3."""
    new_1, new_2, loss = path_back_to_hidden_1(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _upper_from_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_0", "w3_starts_from_the_new_w2")
def path_0_and_new_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 1 and 4: w3 starts from a w2 that has gone wrong."""
    new_1, new_2, loss = path_back_to_hidden_0(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_1", "w3_starts_from_the_new_w2")
def path_1_and_new_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 2 and 4, both in w3."""
    new_1, new_2, loss = path_back_to_hidden_1(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_0", "path_back_to_hidden_1", "w3_starts_from_the_new_w2")
def both_paths_and_new_w2(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 1, 2 and 4."""
    back = weight_2.T
    new_1, new_2, loss = _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference)
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_0", "w2_and_w3_overwritten")
def path_0_and_overwritten(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 1, 3 and 4 in the first layer."""
    new_1, new_2, loss = path_back_to_hidden_0(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _lower_from_upper(new_1, weight_1)
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_1", "w2_and_w3_overwritten")
def path_1_and_overwritten(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 2, 3 and 4 in the first layer."""
    new_1, new_2, loss = path_back_to_hidden_1(
        x, target, weight_1, weight_2, bias, learning_rate, reference=reference
    )
    _lower_from_upper(new_1, weight_1)
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss


@together("step", "path_back_to_hidden_0", "path_back_to_hidden_1", "w2_and_w3_overwritten")
def all_faults_of_the_first_layer(x, target, weight_1, weight_2, bias, learning_rate, *, reference):
    """Faults 1 to 4 in the first layer: the stub, and the blog."""
    back = weight_2.T
    new_1, new_2, loss = _step(x, target, weight_1, weight_2, bias, learning_rate, back, reference)
    _lower_from_upper(new_1, weight_1)
    _upper_from_new_lower(new_1, weight_1)
    return new_1, new_2, loss
