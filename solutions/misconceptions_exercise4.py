"""Mistakes in exercise 4: the faults of the stub one by one and together, and repairs that miss."""

import numpy as np
from shared import signed

from grader.authoring import meaning, mistake, probe, together, variant

STEP = ("weight_1", "weight_2", "loss")

meaning("back_0", "the error that comes back to hidden unit 0")
meaning("back_1", "the error that comes back to hidden unit 1")


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


W2 = "old_1[1, 0] - learning_rate * back_0 * slope_0 * x[1]"
W3 = "old_1[0, 1] - learning_rate * back_1 * slope_1 * x[0]"
W6 = "old_2[1, 0] - learning_rate * delta_0 * hidden[1]"
W7 = "old_2[0, 1] - learning_rate * delta_1 * hidden[0]"
BACK = (
    "back_0 = delta_0 * old_2[0, 0] + delta_1 * old_2[0, 1]\n"
    "back_1 = delta_0 * old_2[1, 0] + delta_1 * old_2[1, 1]"
)


@mistake(
    "step",
    edit={"delta_1 * old_2[0, 1]": "delta_1 * old_2[1, 0]"},
    finds=(
        "delta_1 * weight_2[1, 0]",
        "old_2[1, 0]",
        "weight_2[1, 0]",
    ),
)
def path_back_to_hidden_0():
    """The path from hidden 0 to output 1 is read at the transposed index

    {entries} use{s} w6 where w7 belongs: the path from hidden unit 0 to output 1 is weight_2[0,
    1], not weight_2[1, 0].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to. The error of output 1 comes back to hidden unit 0 along the same path.
    """


@mistake(
    "step",
    edit={"delta_0 * old_2[1, 0]": "delta_0 * old_2[0, 1]"},
    finds=(
        "delta_0 * weight_2[0, 1]",
        "old_2[0, 1]",
        "weight_2[0, 1]",
    ),
)
def path_back_to_hidden_1():
    """The path from hidden 1 to output 0 is read at the transposed index

    {entries} use{s} w7 where w6 belongs: the path from hidden unit 1 to output 0 is weight_2[1,
    0], not weight_2[0, 1].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to. The error of output 0 comes back to hidden unit 1 along the same path.
    """


@mistake(
    "step",
    edit={W2: "old_1[0, 1] - learning_rate * back_0 * slope_0 * x[1]"},
    finds=(
        "new_1[0, 1]",
        "old_1[0, 1]",
        "weight_1[0, 1]",
    ),
)
def w2_starts_from_w3():
    """w2 starts from w3

    The new weight_1[1, 0], which is w2, starts from the old weight_1[0, 1], which is w3. Each
    weight starts from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake(
    "step",
    edit={W3: "old_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]"},
    finds=(
        "old_1[1, 0]",
        "weight_1[1, 0]",
        "new_1[1, 0]",
    ),
)
def w3_starts_from_w2():
    """w3 starts from w2

    The new weight_1[0, 1], which is w3, starts from the old weight_1[1, 0], which is w2. Each
    weight starts from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake(
    "step",
    edit={W3: "new_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]"},
    finds=("new_1[1, 0]",),
)
def w3_starts_from_the_new_w2():
    """w3 starts from the new w2

    The new weight_1[0, 1], which is w3, starts from weight_1[1, 0], which is w2 and has been
    overwritten by a line above. Each weight starts from its own old value.

    Compare the indices on both sides of the assignment; and read from the arrays of the old
    weights, which no line changes.
    """


@mistake(
    "step",
    edit={
        W2: "new_1[0, 1] - learning_rate * back_0 * slope_0 * x[1]",
        W3: "new_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]",
    },
    finds=(
        "new_1[0, 1]",
        "new_1[1, 0]",
    ),
)
def w2_and_w3_overwritten():
    """w2 and w3 start from each other, after one has been overwritten

    The new weight_1[1, 0], which is w2, starts from w3; and then the new weight_1[0, 1], which is
    w3, starts from what w2 has just become. Each weight starts from its own old value.

    Compare the indices on both sides of each assignment. After some steps w2 and w3 are nearly
    equal: run the file and look at weight_1.
    """


@mistake(
    "step",
    edit={W6: "old_2[0, 1] - learning_rate * delta_0 * hidden[1]"},
    finds=(
        "new_2[0, 1]",
        "old_2[0, 1]",
        "weight_2[0, 1]",
    ),
)
def w6_starts_from_w7():
    """w6 starts from w7

    The new weight_2[1, 0], which is w6, starts from the old weight_2[0, 1], which is w7. Each
    weight starts from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake(
    "step",
    edit={W7: "old_2[1, 0] - learning_rate * delta_1 * hidden[0]"},
    finds=(
        "old_2[1, 0]",
        "weight_2[1, 0]",
        "new_2[1, 0]",
    ),
)
def w7_starts_from_w6():
    """w7 starts from w6

    The new weight_2[0, 1], which is w7, starts from the old weight_2[1, 0], which is w6. Each
    weight starts from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake(
    "step", edit={W7: "new_2[1, 0] - learning_rate * delta_1 * hidden[0]"}, finds=("new_2[1, 0]",)
)
def w7_starts_from_the_new_w6():
    """w7 starts from the new w6

    The new weight_2[0, 1], which is w7, starts from weight_2[1, 0], which is w6 and has been
    overwritten by a line above. Each weight starts from its own old value.

    Compare the indices on both sides of the assignment; and read from the arrays of the old
    weights, which no line changes.
    """


@mistake(
    "step",
    edit={
        W6: "new_2[0, 1] - learning_rate * delta_0 * hidden[1]",
        W7: "new_2[1, 0] - learning_rate * delta_1 * hidden[0]",
    },
    finds=(
        "new_2[0, 1]",
        "new_2[1, 0]",
    ),
)
def w6_and_w7_overwritten():
    """w6 and w7 start from each other, after one has been overwritten

    The new weight_2[1, 0], which is w6, starts from w7; and then the new weight_2[0, 1], which is
    w7, starts from what w6 has just become. Each weight starts from its own old value.

    Compare the indices on both sides of each assignment. After some steps w6 and w7 are nearly
    equal: run the file and look at weight_2.
    """


@mistake(
    "step",
    edit={
        W2: "old_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]",
        W3: "old_1[0, 1] - learning_rate * back_0 * slope_0 * x[1]",
    },
    finds=(
        "back_0 * slope_0 * x[1]",
        "back_1 * slope_1 * x[0]",
    ),
)
def w2_and_w3_move_by_the_other():
    """w2 and w3 move by each other's gradient

    w2 and w3 start from themselves, but each of them moves by the gradient of the other: the left
    side of the line was changed, and the rest of it still belongs to the other weight.

    A whole line is about one weight: its target, its old value, the error that comes back to the
    hidden unit it leads to, and the input it comes from.
    """


@mistake(
    "step",
    edit={
        W6: "old_2[1, 0] - learning_rate * delta_1 * hidden[0]",
        W7: "old_2[0, 1] - learning_rate * delta_0 * hidden[1]",
    },
    finds=(
        "delta_0 * hidden[1]",
        "delta_1 * hidden[0]",
    ),
)
def w6_and_w7_move_by_the_other():
    """w6 and w7 move by each other's gradient

    w6 and w7 start from themselves, but each of them moves by the gradient of the other: the left
    side of the line was changed, and the rest of it still belongs to the other weight.

    A whole line is about one weight: its target, its old value, the error of the output it leads
    to, and the hidden unit it comes from.
    """


@mistake(
    "step",
    edit={
        BACK: "new_2 = old_2 - learning_rate * np.outer(hidden, [delta_0, delta_1])\n"
        "back_0, back_1 = new_2 @ [delta_0, delta_1]"
    },
    finds=(
        "new_2[0, 0]",
        "new_2[1, 1]",
    ),
)
def back_through_the_new_weights():
    """The errors come back through the new weight_2

    {entries} move{s} by errors that came back through the new weights of the second layer. Both
    layers move by the gradients at the old weights.

    Work out what comes back before any weight is overwritten, as the stub does.
    """


@mistake(
    "step",
    edit={
        "return new_1, new_2, loss": "weight_1[:], weight_2[:] = new_1, new_2\n"
        "return weight_1, weight_2, loss"
    },
)
def arguments_changed():
    """The arguments are changed in place

    What {function} returns is right, but it writes the new weights into the arrays that it was
    given. It should leave those as they are.

    The stub starts with copies of weight_1 and weight_2: keep them.
    """


@mistake(
    "step",
    edit={
        "return new_1, new_2, loss": "hidden = sigmoid(x @ new_1 + bias[0])\n"
        "output = sigmoid(hidden @ new_2 + bias[1])\n"
        "return new_1, new_2, np.sum((target - output) ** 2) / 2"
    },
)
def loss_after_the_step():
    """The loss is that after the step

    The weights are right, but the loss is worked out with the new ones. What is asked for is the
    loss before the step.

    The loss was right in the stub: it belongs to the forward pass of the old weights.
    """


together("step", "path_back_to_hidden_0", "w2_starts_from_w3")
together("step", "path_back_to_hidden_1", "w3_starts_from_w2")
together("step", "path_back_to_hidden_0", "w3_starts_from_the_new_w2")
together("step", "path_back_to_hidden_1", "w3_starts_from_the_new_w2")
together("step", "path_back_to_hidden_0", "path_back_to_hidden_1", "w3_starts_from_the_new_w2")
together("step", "path_back_to_hidden_0", "w2_and_w3_overwritten")
together("step", "path_back_to_hidden_1", "w2_and_w3_overwritten")
together("step", "path_back_to_hidden_0", "path_back_to_hidden_1", "w2_and_w3_overwritten")
