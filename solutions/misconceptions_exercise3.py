"""Mistakes in exercise 3 that students make, and what to say of them."""

import numpy as np
from shared import alike, draw_for_gradient, signed

from grader.authoring import include, meaning, mistake, probe, variant

include("exercise2", "sigmoid", "forward", "gradient")

meaning("losses", "the loss before update {0}")


@probe("update", returns=("weight_1", "weight_2"))
def update_inputs(rng):
    """Draw what update takes."""
    return (*signed(rng, 0.2, 2.0, (4, 2, 2)), rng.uniform(0.2, 0.9))


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs(rng):
    """Draw what train takes, for three steps."""
    return (*draw_for_gradient(rng), rng.uniform(0.3, 0.9), 3)


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs_two_steps(rng):
    """Draw what train takes, for two steps."""
    return (*draw_for_gradient(rng), rng.uniform(0.3, 0.9), 2)


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs_near_the_target(rng):
    """Draw what train takes for three steps, the loss about 1e-6 from the start."""
    x, _, weight_1, weight_2, bias = draw_for_gradient(rng)
    hidden = 1 / (1 + np.exp(-(x @ weight_1 + bias[0])))
    output = 1 / (1 + np.exp(-(hidden @ weight_2 + bias[1])))
    target = output + signed(rng, 0.5e-3, 1e-3)
    return x, target, weight_1, weight_2, bias, rng.uniform(0.3, 0.9), 3


@variant("update")
def update_by_entry(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Each entry on a line of its own."""
    new_1 = np.zeros((2, 2))
    new_2 = np.zeros((2, 2))
    new_1[0, 0] = weight_1[0, 0] - learning_rate * gradient_1[0, 0]
    new_1[0, 1] = weight_1[0, 1] - learning_rate * gradient_1[0, 1]
    new_1[1, 0] = weight_1[1, 0] - learning_rate * gradient_1[1, 0]
    new_1[1, 1] = weight_1[1, 1] - learning_rate * gradient_1[1, 1]
    new_2[0, 0] = weight_2[0, 0] - learning_rate * gradient_2[0, 0]
    new_2[0, 1] = weight_2[0, 1] - learning_rate * gradient_2[0, 1]
    new_2[1, 0] = weight_2[1, 0] - learning_rate * gradient_2[1, 0]
    new_2[1, 1] = weight_2[1, 1] - learning_rate * gradient_2[1, 1]
    return new_1, new_2


@variant("train")
def train_with_a_list(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """The losses are gathered in a list."""
    losses = []
    for _ in range(steps):
        _, output = reference.forward(x, weight_1, weight_2, bias)
        losses.append(np.sum((target - output) ** 2) / 2)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(
            weight_1, weight_2, gradient_1, gradient_2, learning_rate
        )
    return weight_1, weight_2, losses


@variant("train")
def train_with_zeros(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """The losses are zeros to begin with."""
    losses = np.zeros(steps)
    for step in range(steps):
        _, output = reference.forward(x, weight_1, weight_2, bias)
        losses[step] = np.sum((target - output) ** 2) / 2
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(
            weight_1, weight_2, gradient_1, gradient_2, learning_rate
        )
    return weight_1, weight_2, losses


@variant("train")
def train_written_out(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """The whole step in the loop, and each output's error on its own."""
    losses = np.zeros(steps)
    for step in range(steps):
        hidden = reference.sigmoid(x @ weight_1 + bias[0])
        output = reference.sigmoid(hidden @ weight_2 + bias[1])
        error = output - target
        losses[step] = (error[0] ** 2 + error[1] ** 2) / 2
        delta_2 = error * output * (1 - output)
        back = weight_2 @ delta_2
        delta_1 = back * hidden * (1 - hidden)
        gradient_1 = np.outer(x, delta_1)
        gradient_2 = np.outer(hidden, delta_2)
        weight_1 = weight_1 - learning_rate * gradient_1
        weight_2 = weight_2 - learning_rate * gradient_2
    return weight_1, weight_2, losses


STEP_1, STEP_2 = "learning_rate * gradient_1", "learning_rate * gradient_2"
NEW_1, NEW_2 = f"weight_1 - {STEP_1}", f"weight_2 - {STEP_2}"
UPDATED = f"return {NEW_1}, {NEW_2}"
STEP = "learning_rate * gradient_#"
NEW = f"weight_# - {STEP}"


def overwritten(first, second):
    """Return an update in which two entries read each other, the second when the first is new."""
    lines = [f"new_1, new_2 = {NEW_1}, {NEW_2}"]
    for layer in (1, 2):
        new, old, step = f"new_{layer}", f"weight_{layer}", f"learning_rate * gradient_{layer}"
        lines += [f"{new}[{first}] = {old}[{second}] - {step}[{first}]"]
        lines += [f"{new}[{second}] = {new}[{first}] - {step}[{second}]"]
    return "\n".join([*lines, "return new_1, new_2"])


@mistake(
    "update", edit=alike("12", "weight_#", "weight_#.T"), finds=("weight_1[0, 1]", "weight_1[1, 0]")
)
def update_reads_transposed():
    """The update reads the transposed entry

    {entries}: the new value starts from the weight at the transposed index. Each weight starts
    from its own old value.

    Compare the indices on both sides of the assignment.
    """


@mistake(
    "update", edit={UPDATED: overwritten("0, 1", "1, 0")}, id="update_reads_overwritten_upwards"
)
@mistake("update", edit={UPDATED: overwritten("1, 0", "0, 1")})
def update_reads_overwritten():
    """The update reads the transposed entry, after it has been overwritten

    {entries}: the new value starts from the weight at the transposed index, and the later of the
    two lines reads the entry that the earlier one has just overwritten. Each weight starts from
    its own old value.

    Compare the indices on both sides of each assignment; and compute all new weights before any
    old one is overwritten. After some steps both entries are nearly equal.
    """


@mistake("update", edit=alike("12", STEP, "gradient_#"))
def learning_rate_missing():
    """The learning rate is missing

    {entries} move{s} by the whole gradient. Each step is the gradient times the learning rate.

    The learning rate keeps a step short enough that the slope still holds at its end.
    """


@mistake("update", edit=alike("12", "gradient_#", STEP))
def learning_rate_twice():
    """The learning rate counts twice

    {entries} move{s} by the gradient times the square of the learning rate. It is to count once.

    Follow the learning rate through your code: is it multiplied in at two places?
    """


@mistake("update", edit=alike("12", STEP, "gradient_# / learning_rate"))
def learning_rate_divides():
    """Divided by the learning rate

    {entries} move{s} by the gradient divided by the learning rate. The gradient is to be
    multiplied by it.

    A smaller learning rate should give smaller steps. What does yours give?
    """


@mistake("update", edit=alike("12", NEW, f"weight_# + {STEP}"))
def update_goes_uphill():
    """The step goes uphill

    {entries} move{s} along the gradient, so the loss grows. The step has to go against the
    gradient.

    The gradient points to where the loss grows fastest. If your gradient has the opposite sign,
    fix it there, not here.
    """


@mistake("update", edit=alike("12", NEW, f"{STEP} - weight_#"))
def update_subtracts_the_weight():
    """The difference is subtracted the wrong way round

    {entries} come{s} out with the opposite sign: the weight is subtracted from the step. The step
    is to be subtracted from the weight.

    With a gradient of 0 the weights should come back as they are. Do they?
    """


@mistake(
    "update",
    edit={"gradient_1": "gradient_2", "gradient_2": "gradient_1"},
    finds=("learning_rate * gradient_2", "learning_rate * gradient_1"),
)
def update_gradients_swapped():
    """Each layer moves by the other one's gradient

    weight_1 moves by gradient_2, and weight_2 by gradient_1. Each layer has its own gradient.

    All four arrays have shape (2, 2), so NumPy does not complain: only the names tell them apart.
    """


@mistake(
    "update",
    edit=alike("12", "gradient_#", "gradient_#.T"),
    finds=("gradient_1[0, 1]", "gradient_1[1, 0]"),
)
def update_gradients_transposed():
    """The gradients are transposed

    {entries} move{s} by the gradient of the transposed entry. Each weight moves by its own
    gradient.

    A gradient has the layout of its weights. Compare the indices on both sides of the assignment.
    """


@mistake(
    "update",
    edit={UPDATED: f"weight_1 -= {STEP_1}; weight_2 -= {STEP_2}; return weight_1, weight_2"},
)
def update_in_place():
    """The weights are changed in place

    The new values are right, but {function} writes them into the arrays that it was given. It
    should leave those as they are and return new ones.

    `-=` writes into the array on its left, and so does an assignment to an entry. Whoever called
    {function} still has that array and relies on it.
    """


@mistake("update", edit=alike("12", STEP, "np.multiply(gradient_#, learning_rate, out=gradient_#)"))
def update_changes_gradients():
    """The gradients are changed in place

    The new weights are right, but {function} multiplies the learning rate into the gradients that
    it was given. It should leave those as they are.

    `*=` writes into the array on its left. Let the product be a new array.
    """


@mistake("update", edit={UPDATED: f"return {NEW_2}, {NEW_1}"})
def update_results_swapped():
    """The new weights are returned in each other's place

    {function} returns weight_2 first. weight_1 comes first.

    Both have shape (2, 2); only the order tells a caller which is which.
    """


@mistake("update", edit=alike("12", NEW, STEP))
def update_returns_the_steps():
    """Only the steps are returned

    {entries} hold{s} what is to be subtracted, not what is left after it. The new weights are the
    old ones minus the step.

    With a gradient of 0 the weights should come back as they are. Do they?
    """


@mistake(
    "update",
    edit=alike("12", NEW, "learning_rate * (weight_# - gradient_#)"),
    finds="(weight_1 - gradient_1) * learning_rate",
)
def learning_rate_outside_brackets():
    """The learning rate multiplies the weight too

    In {entries} the learning rate multiplies the whole difference of weight and gradient. It
    belongs to the gradient alone.

    Look at the brackets. With a gradient of 0 the weights should come back as they are.
    """


@mistake("update", edit=alike("12", "gradient_#", "gradient_# * weight_#"))
def update_multiplies_the_weight():
    """The step is multiplied by the weight

    {entries} move{s} by the gradient times the learning rate times the weight itself. The weight
    has no place in its own step.

    The gradient says already how the loss changes with this weight, however large the weight is.
    """


@mistake("update", edit={NEW_2: "weight_2"}, id="weight_2_not_updated", layer="2")
@mistake("update", edit={NEW_1: "weight_1"}, id="weight_1_not_updated", layer="1")
def weight_not_updated():
    """weight_{layer} is not updated

    weight_{layer} comes back as it was given. Both layers learn: it moves against gradient_{layer}.

    Is the result of the subtraction stored under the name that you return?
    """


@mistake("update", edit={"weight_2": "weight_1"})
def weight_2_starts_from_weight_1():
    """The new weight_2 starts from weight_1

    {entries} start{s} from an entry of weight_1. The new weight_2 starts from the old weight_2.

    Look for a line that was copied and not changed everywhere.
    """


@mistake("update", edit=alike("12", NEW, f"np.float32({NEW})"), finds="np.float32")
def update_in_float32():
    """Too few digits: the weights are turned into float32

    The new weights are right to about 7 digits only, since they are computed in float32. NumPy's
    usual float64 keeps about 16.

    Each step adds its own rounding. Leave the dtype as it is.
    """


EMPTY, TURNS = "np.empty(steps)", "range(steps)"
START = f"losses = {EMPTY}"
SUM = "np.sum((target - output) ** 2)"
LOSS = f"_, output = forward(x, weight_1, weight_2, bias)\nlosses[step] = {SUM} / 2"
GRADIENT = "gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)"
CALL = "update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)"
UPDATE = f"weight_1, weight_2 = {CALL}"
RETURN = "return weight_1, weight_2, losses"
HIDDEN = "hidden, _ = forward(x, weight_1, weight_2, bias)"
DELTA_1 = "delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)"
DELTA_2 = f"{HIDDEN}\ndelta_2 = (output - target) * output * (1 - output)"
TRANSPOSED_PATHS = (
    f"{DELTA_2}\n{DELTA_1.replace('weight_2', 'weight_2.T')}\n"
    "gradient_1, gradient_2 = np.outer(x, delta_1), np.outer(hidden, delta_2)"
)
BLOG = overwritten("1, 0", "0, 1").replace("return", "weight_1, weight_2 =")
PATHS = ("weight_2[1, 0]", "weight_2[0, 1]")


@mistake("train", edit={LOSS: "", UPDATE: f"{UPDATE}\n{LOSS}"})
def losses_after_the_update():
    """The losses are those after the updates

    {entries}: each loss is taken after its update. It should be taken before: losses[0] is the
    loss at the weights that were given.

    Ask which weights the outputs belong to when you work out the loss.
    """


@mistake("train", edit={EMPTY: f"{EMPTY}[1:]", TURNS: "range(steps - 1)"}, finds="range(1, steps)")
def one_step_too_few():
    """One step too few

    The loop makes one update less than `steps`, and so gives one loss less.

    Count by hand for steps = 1: one loss, one update.
    """


@mistake("train", edit={"np.empty": "np.zeros", TURNS: "range(steps - 1)"})
def last_step_left_out():
    """One step too few, and a loss left at 0

    The loop makes one update less than `steps`, so the last place in losses is never filled.

    Count by hand for steps = 1: one loss, one update.
    """


@mistake("train", edit={UPDATE: f"if step == steps - 1: break\n{UPDATE}"})
def last_update_missing():
    """The last update is missing

    The losses are right, but {entries} are those from before the last update: the loop works the
    last loss out and ends without a step.

    Count by hand for steps = 1: one loss, and one update after it.
    """


@mistake("train", edit={GRADIENT: TRANSPOSED_PATHS, UPDATE: BLOG}, finds=PATHS)
def train_step_of_the_blog():
    """The paths back are read at transposed indices, and so are the old weights

    Two mistakes meet in the step. The errors come back to the hidden units along weight_2[1, 0]
    and weight_2[0, 1] in each other's place; and the off-diagonal entries of both layers start
    from the transposed entry, after one of the two has been overwritten.

    Name both ends of each weight, and compute all new weights from the old ones. The loss falls
    all the same, which is why only the weights show it.
    """


@mistake("train", edit={GRADIENT: TRANSPOSED_PATHS}, finds=(*PATHS, "weight_2.T"))
def train_reads_transposed_paths():
    """The paths back to the hidden units are read at transposed indices

    The errors come back to the hidden units along weight_2[1, 0] and weight_2[0, 1] in each
    other's place: the path from hidden 0 to output 1 is weight_2[0, 1].

    Name both ends of each weight: the first index is where it comes from, the second where it goes
    to.
    """


@mistake("train", edit={"np.empty": "np.zeros", TURNS: "range(1, steps)"})
def first_step_left_out():
    """One step too few, and the first loss left at 0

    The loop begins with the second step: losses[0] is never filled, and one update is missing.

    Python counts from 0. Count by hand for steps = 1: one loss, one update.
    """


@mistake("train", edit={EMPTY: "np.empty(steps + 1)", TURNS: "range(steps + 1)"})
def one_step_too_many():
    """One step too many

    The loop makes one update more than `steps`, and so gives one loss more.

    Count by hand for steps = 0: no loss, no update.
    """


@mistake("train", edit={EMPTY: "np.empty(steps + 1)", RETURN: f"step = steps\n{LOSS}\n{RETURN}"})
def one_loss_too_many():
    """A last loss too many

    The weights are right, but there is one loss more than there are steps: the one after the last
    update. What is asked for is the loss before each update.

    losses has as many entries as there are steps.
    """


@mistake("train", edit={"weight_1, weight_2, losses": "weight_1, weight_2, losses[-1]"})
def last_loss_only():
    """Only the last loss is returned

    The third thing that {function} returns is one number. It should be an array with the loss
    before each update.

    Keep each step's loss: a list to append to, or an array made before the loop.
    """


@mistake("train", edit={START: f"{START}\n{GRADIENT}", GRADIENT: ""})
def gradients_of_the_first_step():
    """The gradients are worked out only once

    Every step uses the gradients at the weights that were given. Each step needs those at its own
    weights.

    A gradient holds at one place only. After a step the slope is another one.
    """


@mistake(
    "train",
    edit={
        START: f"{START}; new_1, new_2 = weight_1, weight_2",
        UPDATE: f"new_1, new_2 = {CALL}",
        RETURN: "return new_1, new_2, losses",
    },
)
def each_step_from_the_start():
    """Each step starts from the first weights again

    The new weights are stored under another name, and the next step does not use them: all steps
    are the same one. Each step has to start from the weights that the one before it returned.

    Print the loss in each step: it should change.
    """


@mistake("train", edit={UPDATE: CALL})
def updates_thrown_away():
    """The weights never move

    Losses and gradients are worked out, but {function} returns the weights that it was given: what
    update returns is not kept.

    update makes new arrays and leaves the old ones alone. Its results need names.
    """


@mistake(
    "train",
    edit={
        GRADIENT: f"{DELTA_2}\nweight_2 = weight_2 - learning_rate * np.outer(hidden, delta_2)",
        UPDATE: f"{DELTA_1}\nweight_1 = weight_1 - learning_rate * np.outer(x, delta_1)",
    },
)
def gradient_1_after_weight_2():
    """gradient_1 is worked out with the new weight_2

    weight_2 is updated first, and then gradient_1 is worked out with the new weight_2. Both
    gradients belong to the old weights.

    First work out both gradients, then move both layers. A half-moved network is a place at which
    no one asked for the slope.
    """


@mistake("train", edit={UPDATE: f"_, weight_2 = {CALL}; {GRADIENT}; weight_1, _ = {CALL}"})
def gradient_called_between_updates():
    """gradient is called again after weight_2 has moved

    weight_2 is updated first, and then gradient is called again, with the new weight_2, for
    gradient_1. Both gradients belong to the old weights.

    One call of gradient gives both. First work out both gradients, then move both layers.
    """


@mistake("train", edit={"np.empty": "np.zeros", UPDATE: f"{UPDATE}; break"})
def returns_in_the_first_turn():
    """{function} returns inside its loop

    Only one step is made, whatever `steps` says: the loop ends in its first turn, and the other
    losses stay 0.

    Look at the indentation of `return`: it belongs after the loop.
    """


@mistake("train", edit={"np.empty": "np.zeros", UPDATE: f"if losses[step] < 1e-5: break\n{UPDATE}"})
def stops_when_the_loss_is_small():
    """Training stops when the loss is small

    The loop ends early once the loss is below some bound. It should make all of its steps.

    `steps` alone says when to stop: whoever calls {function} counts on as many losses.
    """


@mistake("train", edit={UPDATE: f"gradient_1 = {STEP_1}; gradient_2 = {STEP_2}; {UPDATE}"})
def learning_rate_before_update():
    """The learning rate is applied twice on the way

    The gradients are multiplied by the learning rate, and then update multiplies by it again. It
    is to count once.

    The learning rate belongs to update. What goes into it are the gradients as they are.
    """


@mistake("train", edit={CALL: "update(weight_1, weight_2, gradient_2, gradient_1, learning_rate)"})
def update_called_with_gradients_swapped():
    """update is called with its arguments in the wrong order

    update gets gradient_2 where it expects gradient_1, and the other way round. So each layer
    moves by the other one's gradient.

    Compare the call with the line `def update(...)`. All four arrays have the same shape, so
    nothing complains.
    """


@mistake(
    "train",
    edit={
        UPDATE: f"{HIDDEN}; {UPDATE}\n"
        "moves = np.sum(gradient_1[0] / x[0]), np.sum(gradient_2[0] / hidden[0])\n"
        "bias = bias - learning_rate * np.array(moves)"
    },
)
def biases_trained():
    """The biases are trained as well

    {function} moves the biases too. In this course only the weights learn; the biases stay as they
    are.

    Training them is no bad idea, but another exercise: here the numbers are to agree with those of
    fixed biases.
    """


@mistake(
    "train",
    edit={
        START: f"{START}; sum_1, sum_2 = np.zeros((2, 2, 2))",
        UPDATE: f"sum_1 += gradient_1; sum_2 += gradient_2; {UPDATE.replace('gradient', 'sum')}",
    },
)
def gradients_add_up():
    """The gradients of all steps add up

    Each step's gradients are added to those of the steps before, so the weights move by the whole
    sum again and again. Each step is to use its own gradients alone.

    Whatever is summed up over one step has to start from 0 in the next.
    """


@mistake("train", edit={f"{SUM} / 2": SUM})
def losses_without_half():
    """The half is forgotten in the losses

    {entries}: each loss is the whole sum of the squared errors. What is asked for is half of it.

    The weights are not affected, but the losses no longer fit the gradients.
    """


@mistake("train", edit={"np.sum": "np.mean"}, finds="np.mean")
def losses_half_of_the_mean():
    """The losses are halves of means

    {entries}: each loss is half the mean of the squared errors. The errors of both outputs are to
    be added up; only then comes the half.

    With two outputs the mean divides by 2 once already.
    """


@mistake("train", edit={UPDATE: f"weight_1 -= {STEP_1}; weight_2 -= {STEP_2}"})
def train_in_place():
    """The caller's weights are changed in place

    What {function} returns is right, but it trains the very arrays that it was given. It should
    leave those as they are.

    `-=` writes into the array on its left. Whoever trains twice from the same start gets two
    different results.
    """
