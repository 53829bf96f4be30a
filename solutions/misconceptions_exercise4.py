"""Mistakes in exercise 4: the faults of the stub one by one and together, and repairs that miss."""

import numpy as np
from shared import draw_for_gradient

from grader.authoring import meaning, mistake, probe, together, variant

STEP = ("weight_1", "weight_2", "loss")

meaning("back_0", "the error that comes back to hidden unit 0")
meaning("back_1", "the error that comes back to hidden unit 1")


@probe("step", returns=STEP)
def step_inputs(rng):
    """Draw what step takes: no symmetry, and no sigmoid saturated."""
    return *draw_for_gradient(rng), rng.uniform(0.3, 0.9)


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


BACK = (
    "back_0 = delta_0 * old_2[0, 0] + delta_1 * old_2[0, 1]\n"
    "back_1 = delta_0 * old_2[1, 0] + delta_1 * old_2[1, 1]"
)
RETURN = "return new_1, new_2, loss"
STEP_2, STEP_3 = (
    "learning_rate * back_0 * slope_0 * x[1]",
    "learning_rate * back_1 * slope_1 * x[0]",
)
STEP_6, STEP_7 = "learning_rate * delta_0 * hidden[1]", "learning_rate * delta_1 * hidden[0]"
W2, W3 = f"old_1[1, 0] - {STEP_2}", f"old_1[0, 1] - {STEP_3}"
W6, W7 = f"old_2[1, 0] - {STEP_6}", f"old_2[0, 1] - {STEP_7}"
NEW_W2, NEW_W3 = f"new_1[0, 1] - {STEP_2}", f"new_1[1, 0] - {STEP_3}"
NEW_W6, NEW_W7 = f"new_2[0, 1] - {STEP_6}", f"new_2[1, 0] - {STEP_7}"
READS_W2 = ("old_1[1, 0]", "weight_1[1, 0]", "new_1[1, 0]")
READS_W3 = ("old_1[0, 1]", "weight_1[0, 1]", "new_1[0, 1]")
READS_W6 = ("old_2[1, 0]", "weight_2[1, 0]", "new_2[1, 0]")
READS_W7 = ("old_2[0, 1]", "weight_2[0, 1]", "new_2[0, 1]")
FROM_HIDDEN_0 = {"j": "0", "k": "1", "a": "w6", "b": "w7"}
FROM_HIDDEN_1 = {"j": "1", "k": "0", "a": "w7", "b": "w6"}
FROM_W2 = {"a": "w3", "entry_a": "weight_1[0, 1]", "b": "w2", "entry_b": "weight_1[1, 0]"}
FROM_W3 = {"a": "w2", "entry_a": "weight_1[1, 0]", "b": "w3", "entry_b": "weight_1[0, 1]"}
FROM_W6 = {"a": "w7", "entry_a": "weight_2[0, 1]", "b": "w6", "entry_b": "weight_2[1, 0]"}
FROM_W7 = {"a": "w6", "entry_a": "weight_2[1, 0]", "b": "w7", "entry_b": "weight_2[0, 1]"}


@mistake(
    "step",
    edit={"delta_0 * old_2[1, 0]": "delta_0 * old_2[0, 1]"},
    finds=("delta_0 * weight_2[0, 1]", *READS_W7[:2]),
    id="path_back_to_hidden_1",
    **FROM_HIDDEN_1,
)
@mistake(
    "step",
    edit={"delta_1 * old_2[0, 1]": "delta_1 * old_2[1, 0]"},
    finds=("delta_1 * weight_2[1, 0]", *READS_W6[:2]),
    id="path_back_to_hidden_0",
    **FROM_HIDDEN_0,
)
def path_back():
    """The path from hidden {j} to output {k} is read at the transposed index

    {entries} use{s} {a} where {b} belongs: the path from hidden unit {j} to output {k} is
    weight_2[{j}, {k}], not weight_2[{k}, {j}].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to. The error of output {k} comes back to hidden unit {j} along the same path.
    """


@mistake(
    "step", edit={W7: f"old_2[1, 0] - {STEP_7}"}, finds=READS_W6, id="w7_starts_from_w6", **FROM_W6
)
@mistake(
    "step", edit={W6: f"old_2[0, 1] - {STEP_6}"}, finds=READS_W7, id="w6_starts_from_w7", **FROM_W7
)
@mistake(
    "step", edit={W3: f"old_1[1, 0] - {STEP_3}"}, finds=READS_W2, id="w3_starts_from_w2", **FROM_W2
)
@mistake(
    "step", edit={W2: f"old_1[0, 1] - {STEP_2}"}, finds=READS_W3, id="w2_starts_from_w3", **FROM_W3
)
def starts_from_another():
    """{a} starts from {b}

    The new {entry_a}, which is {a}, starts from the old {entry_b}, which is {b}. Each weight
    starts from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake("step", edit={W7: NEW_W7}, finds="new_2[1, 0]", id="w7_starts_from_the_new_w6", **FROM_W6)
@mistake("step", edit={W3: NEW_W3}, finds="new_1[1, 0]", id="w3_starts_from_the_new_w2", **FROM_W2)
def starts_from_a_new_one():
    """{a} starts from the new {b}

    The new {entry_a}, which is {a}, starts from {entry_b}, which is {b} and has been
    overwritten by a line above. Each weight starts from its own old value.

    Compare the indices on both sides of the assignment; and read from the arrays of the old
    weights, which no line changes.
    """


@mistake(
    "step",
    edit={W6: NEW_W6, W7: NEW_W7},
    finds=("new_2[0, 1]", "new_2[1, 0]"),
    id="w6_and_w7_overwritten",
    array="weight_2",
    **FROM_W7,
)
@mistake(
    "step",
    edit={W2: NEW_W2, W3: NEW_W3},
    finds=("new_1[0, 1]", "new_1[1, 0]"),
    id="w2_and_w3_overwritten",
    array="weight_1",
    **FROM_W3,
)
def both_overwritten():
    """{a} and {b} start from each other, after one has been overwritten

    The new {entry_a}, which is {a}, starts from {b}; and then the new {entry_b}, which is
    {b}, starts from what {a} has just become. Each weight starts from its own old value.

    Compare the indices on both sides of each assignment. After some steps {a} and {b} are nearly
    equal: run the file and look at {array}.
    """


@mistake(
    "step",
    edit={W6: f"old_2[1, 0] - {STEP_7}", W7: f"old_2[0, 1] - {STEP_6}"},
    finds=("delta_0 * hidden[1]", "delta_1 * hidden[0]"),
    id="w6_and_w7_move_by_the_other",
    both="w6 and w7",
    paths="the error of the output it leads to, and the hidden unit it comes from",
)
@mistake(
    "step",
    edit={W2: f"old_1[1, 0] - {STEP_3}", W3: f"old_1[0, 1] - {STEP_2}"},
    finds=("back_0 * slope_0 * x[1]", "back_1 * slope_1 * x[0]"),
    id="w2_and_w3_move_by_the_other",
    both="w2 and w3",
    paths="the error that comes back to the hidden unit it leads to, and the input it comes from",
)
def both_move_by_the_other():
    """{both} move by each other's gradient

    {both} start from themselves, but each of them moves by the gradient of the other: the left
    side of the line was changed, and the rest of it still belongs to the other weight.

    A whole line is about one weight: its target, its old value, {paths}.
    """


@mistake(
    "step",
    edit={
        BACK: "new_2 = old_2 - learning_rate * np.outer(hidden, [delta_0, delta_1])\n"
        "back_0, back_1 = new_2 @ [delta_0, delta_1]"
    },
    finds=("new_2[0, 0]", "new_2[1, 1]"),
)
def back_through_the_new_weights():
    """The errors come back through the new weight_2

    {entries} move{s} by errors that came back through the new weights of the second layer. Both
    layers move by the gradients at the old weights.

    Work out what comes back before any weight is overwritten, as the stub does.
    """


@mistake(
    "step",
    edit={RETURN: "weight_1[:], weight_2[:] = new_1, new_2; return weight_1, weight_2, loss"},
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
        RETURN: "hidden = sigmoid(x @ new_1 + bias[0])\n"
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


BOTH_PATHS = ("path_back_to_hidden_0", "path_back_to_hidden_1")
together("step", "path_back_to_hidden_0", "w2_starts_from_w3")
together("step", "path_back_to_hidden_1", "w3_starts_from_w2")
for second in ("w3_starts_from_the_new_w2", "w2_and_w3_overwritten"):
    for paths in (BOTH_PATHS[:1], BOTH_PATHS[1:], BOTH_PATHS):
        together("step", *paths, second)
