"""Mistakes in exercise 3 that students make, and what to say of them."""

import numpy as np

from grader.authoring import include, meaning, misconception, probe, variant

include("exercise2", "sigmoid", "forward", "gradient")

meaning("losses", "the loss before update {0}")


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


def case(rng):
    """Draw x, target, weight_1, weight_2 and bias: no symmetry, and no sigmoid saturated."""
    weight_1, weight_2 = signed(rng, 0.2, 1.5, (2, 2, 2))
    return signed(rng, 0.2, 1.5), signed(rng, 1.2, 3.0), weight_1, weight_2, signed(rng, 0.1, 0.8)


@probe("update", returns=("weight_1", "weight_2"))
def update_inputs(rng):
    """Draw what update takes."""
    return (*signed(rng, 0.2, 2.0, (4, 2, 2)), rng.uniform(0.2, 0.9))


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs(rng):
    """Draw what train takes, for three steps."""
    return (*case(rng), rng.uniform(0.3, 0.9), 3)


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs_two_steps(rng):
    """Draw what train takes, for two steps."""
    return (*case(rng), rng.uniform(0.3, 0.9), 2)


@probe("train", returns=("weight_1", "weight_2", "losses"))
def train_inputs_near_the_target(rng):
    """Draw what train takes for three steps, the loss about 1e-6 from the start."""
    x, _, weight_1, weight_2, bias = case(rng)
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


@misconception(
    "update",
    title="The update reads the transposed entry",
    explain="{entries}: the new value starts from the weight at the transposed index. Each weight"
    " starts from its own old value.",
    advice="Compare the indices on both sides of the assignment.",
    finds=("weight_1.T", "weight_2.T", "weight_1[0, 1]", "weight_1[1, 0]"),
)
def update_reads_transposed(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Fault 3 of the blog, without fault 4."""
    return weight_1.T - learning_rate * gradient_1, weight_2.T - learning_rate * gradient_2


@misconception(
    "update",
    title="The update reads the transposed entry, after it has been overwritten",
    explain="{entries}: the new value starts from the weight at the transposed index, and the"
    " later of the two lines reads the entry that the earlier one has just overwritten. Each"
    " weight starts from its own old value.",
    advice="Compare the indices on both sides of each assignment; and compute all new weights"
    " before any old one is overwritten. After some steps both entries are nearly equal.",
)
def update_reads_overwritten(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Faults 3 and 4 of the blog: entry [1, 0] first."""
    pairs = (weight_1, gradient_1), (weight_2, gradient_2)
    return tuple(_overwritten(weight, gradient, learning_rate) for weight, gradient in pairs)


def _overwritten(weight, gradient, learning_rate):
    new = weight - learning_rate * gradient
    new[1, 0] = weight[0, 1] - learning_rate * gradient[1, 0]
    new[0, 1] = new[1, 0] - learning_rate * gradient[0, 1]
    return new


@misconception(
    "update",
    title="The update reads the transposed entry, after it has been overwritten",
    explain="{entries}: the new value starts from the weight at the transposed index, and the"
    " later of the two lines reads the entry that the earlier one has just overwritten. Each"
    " weight starts from its own old value.",
    advice="Compare the indices on both sides of each assignment; and compute all new weights"
    " before any old one is overwritten. After some steps both entries are nearly equal.",
)
def update_reads_overwritten_upwards(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Faults 3 and 4 of the blog, entry [0, 1] first."""
    pairs = (weight_1.T, gradient_1.T), (weight_2.T, gradient_2.T)
    return tuple(_overwritten(weight, gradient, learning_rate).T for weight, gradient in pairs)


@misconception(
    "update",
    title="The learning rate is missing",
    explain="{entries} move{s} by the whole gradient. Each step is the gradient times the learning"
    " rate.",
    advice="The learning rate keeps a step short enough that the slope still holds at its end.",
)
def learning_rate_missing(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Subtract the whole gradient."""
    return weight_1 - gradient_1, weight_2 - gradient_2


@misconception(
    "update",
    title="The learning rate counts twice",
    explain="{entries} move{s} by the gradient times the square of the learning rate. It is to"
    " count once.",
    advice="Follow the learning rate through your code: is it multiplied in at two places?",
)
def learning_rate_twice(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Multiply by the learning rate twice."""
    rate = learning_rate * learning_rate
    return weight_1 - rate * gradient_1, weight_2 - rate * gradient_2


@misconception(
    "update",
    title="Divided by the learning rate",
    explain="{entries} move{s} by the gradient divided by the learning rate. The gradient is to be"
    " multiplied by it.",
    advice="A smaller learning rate should give smaller steps. What does yours give?",
    finds=("gradient_1 / learning_rate", "gradient_2 / learning_rate"),
)
def learning_rate_divides(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Divide by the learning rate."""
    return weight_1 - gradient_1 / learning_rate, weight_2 - gradient_2 / learning_rate


@misconception(
    "update",
    title="The step goes uphill",
    explain="{entries} move{s} along the gradient, so the loss grows. The step has to go against"
    " the gradient.",
    advice="The gradient points to where the loss grows fastest. If your gradient has the opposite"
    " sign, mend it there, not here.",
    finds=("weight_1 + learning_rate * gradient_1", "weight_2 + learning_rate * gradient_2"),
)
def update_goes_uphill(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Add the step."""
    return weight_1 + learning_rate * gradient_1, weight_2 + learning_rate * gradient_2


@misconception(
    "update",
    title="The difference is subtracted the wrong way round",
    explain="{entries} come{s} out with the opposite sign: the weight is subtracted from the step."
    " The step is to be subtracted from the weight.",
    advice="With a gradient of 0 the weights should come back as they are. Do they?",
)
def update_subtracts_the_weight(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Swap the sides of the minus."""
    return learning_rate * gradient_1 - weight_1, learning_rate * gradient_2 - weight_2


@misconception(
    "update",
    title="Each layer moves by the other one's gradient",
    explain="weight_1 moves by gradient_2, and weight_2 by gradient_1. Each layer has its own"
    " gradient.",
    advice="All four arrays have shape (2, 2), so NumPy does not complain: only the names tell"
    " them apart.",
    finds=("learning_rate * gradient_2", "learning_rate * gradient_1"),
)
def update_gradients_swapped(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Swap the gradients."""
    return weight_1 - learning_rate * gradient_2, weight_2 - learning_rate * gradient_1


@misconception(
    "update",
    title="The gradients are transposed",
    explain="{entries} move{s} by the gradient of the transposed entry. Each weight moves by its"
    " own gradient.",
    advice="A gradient has the layout of its weights. Compare the indices on both sides of the"
    " assignment.",
    finds=("gradient_1.T", "gradient_2.T", "gradient_1[0, 1]", "gradient_1[1, 0]"),
)
def update_gradients_transposed(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Transpose the gradients."""
    return weight_1 - learning_rate * gradient_1.T, weight_2 - learning_rate * gradient_2.T


@misconception(
    "update",
    title="The weights are changed in place",
    explain="The new values are right, but {function} writes them into the arrays that it was"
    " given. It should leave those as they are and return new ones.",
    advice="`-=` writes into the array on its left, and so does an assignment to an entry. Whoever"
    " called {function} still has that array and relies on it.",
    finds=("weight_1 -= learning_rate * gradient_1", "weight_2 -= learning_rate * gradient_2"),
)
def update_in_place(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Write into the arguments."""
    weight_1 -= learning_rate * gradient_1
    weight_2 -= learning_rate * gradient_2
    return weight_1, weight_2


@misconception(
    "update",
    title="The gradients are changed in place",
    explain="The new weights are right, but {function} multiplies the learning rate into the"
    " gradients that it was given. It should leave those as they are.",
    advice="`*=` writes into the array on its left. Let the product be a new array.",
    finds=("gradient_1 *= learning_rate", "gradient_2 *= learning_rate"),
)
def update_changes_gradients(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Multiply the learning rate into the gradients themselves."""
    gradient_1 *= learning_rate
    gradient_2 *= learning_rate
    return weight_1 - gradient_1, weight_2 - gradient_2


@misconception(
    "update",
    title="The new weights are returned in each other's place",
    explain="{function} returns weight_2 first. weight_1 comes first.",
    advice="Both have shape (2, 2); only the order tells a caller which is which.",
    finds=("weight_2, weight_1",),
)
def update_results_swapped(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Return weight_2 first."""
    return weight_2 - learning_rate * gradient_2, weight_1 - learning_rate * gradient_1


@misconception(
    "update",
    title="Only the steps are returned",
    explain="{entries} hold{s} what is to be subtracted, not what is left after it. The new"
    " weights are the old ones minus the step.",
    advice="With a gradient of 0 the weights should come back as they are. Do they?",
)
def update_returns_the_steps(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Forget the old weights."""
    return learning_rate * gradient_1, learning_rate * gradient_2


@misconception(
    "update",
    title="The learning rate multiplies the weight too",
    explain="In {entries} the learning rate multiplies the whole difference of weight and"
    " gradient. It belongs to the gradient alone.",
    advice="Look at the brackets. With a gradient of 0 the weights should come back as they are.",
    finds=("learning_rate * (weight_1 - gradient_1)", "(weight_1 - gradient_1) * learning_rate"),
)
def learning_rate_outside_brackets(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Multiply the difference."""
    return learning_rate * (weight_1 - gradient_1), learning_rate * (weight_2 - gradient_2)


@misconception(
    "update",
    title="The step is multiplied by the weight",
    explain="{entries} move{s} by the gradient times the learning rate times the weight itself."
    " The weight has no place in its own step.",
    advice="The gradient says already how the loss changes with this weight, however large the"
    " weight is.",
)
def update_multiplies_the_weight(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Shrink each weight by a share of itself."""
    new_1 = weight_1 - learning_rate * gradient_1 * weight_1
    return new_1, weight_2 - learning_rate * gradient_2 * weight_2


@misconception(
    "update",
    title="weight_1 is not updated",
    explain="weight_1 comes back as it was given. Both layers learn: it moves against gradient_1.",
    advice="Is the result of the subtraction stored under the name that you return?",
)
def weight_1_not_updated(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Update the second layer only."""
    return weight_1.copy(), weight_2 - learning_rate * gradient_2


@misconception(
    "update",
    title="weight_2 is not updated",
    explain="weight_2 comes back as it was given. Both layers learn: it moves against gradient_2.",
    advice="Is the result of the subtraction stored under the name that you return?",
)
def weight_2_not_updated(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Update the first layer only."""
    return weight_1 - learning_rate * gradient_1, weight_2.copy()


@misconception(
    "update",
    title="The new weight_2 starts from weight_1",
    explain="{entries} start{s} from an entry of weight_1. The new weight_2 starts from the old"
    " weight_2.",
    advice="Look for a line that was copied and not changed everywhere.",
    finds=("weight_1 - learning_rate * gradient_2",),
)
def weight_2_starts_from_weight_1(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Copy the first line, and change only the gradient."""
    return weight_1 - learning_rate * gradient_1, weight_1 - learning_rate * gradient_2


@misconception(
    "update",
    title="Too few digits: the weights are turned into float32",
    explain="The new weights are right to about 7 digits only, since they are computed in float32."
    " NumPy's usual float64 keeps about 16.",
    advice="Each step adds its own rounding. Leave the dtype as it is.",
    finds=("np.float32",),
)
def update_in_float32(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Turn the weights into float32 at the end."""
    new_1, new_2 = weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2
    return new_1.astype(np.float32), new_2.astype(np.float32)


def _loss(x, target, weight_1, weight_2, bias, reference):
    return np.sum((target - reference.forward(x, weight_1, weight_2, bias)[1]) ** 2) / 2


@misconception(
    "train",
    title="The losses are those after the updates",
    explain="{entries}: each loss is taken after its update. It should be taken before: losses[0]"
    " is the loss at the weights that were given.",
    advice="Ask which weights the outputs belong to when you work out the loss.",
)
def losses_after_the_update(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Take the loss at the end of each step."""
    losses = np.zeros(steps)
    for step in range(steps):
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="One step too few",
    explain="The loop makes one update less than `steps`, and so gives one loss less.",
    advice="Count by hand for steps = 1: one loss, one update.",
    finds=("range(1, steps)", "range(steps - 1)"),
)
def one_step_too_few(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Run the loop from 1."""
    losses = []
    for _ in range(1, steps):
        losses.append(_loss(x, target, weight_1, weight_2, bias, reference))
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, np.array(losses)


@misconception(
    "train",
    title="One step too few, and a loss left at 0",
    explain="The loop makes one update less than `steps`, so the last place in losses is never"
    " filled.",
    advice="Count by hand for steps = 1: one loss, one update.",
    finds=("range(steps - 1)",),
)
def last_step_left_out(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """End the loop one turn early, the losses made before it."""
    losses = np.zeros(steps)
    for step in range(steps - 1):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The last update is missing",
    explain="The losses are right, but {entries} are those from before the last update: the loop"
    " works the last loss out and ends without a step.",
    advice="Count by hand for steps = 1: one loss, and one update after it.",
)
def last_update_missing(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """End the loop after the last loss."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        if step == steps - 1:
            break
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The paths back are read at transposed indices, and so are the old weights",
    explain="Two mistakes meet in the step. The errors come back to the hidden units along"
    " weight_2[1, 0] and weight_2[0, 1] in each other's place; and the off-diagonal entries of both"
    " layers start from the transposed entry, after one of the two has been overwritten.",
    advice="Name both ends of each weight, and compute all new weights from the old ones. The loss"
    " falls all the same, which is why only the weights show it.",
    finds=("weight_2[1, 0]", "weight_2[0, 1]"),
)
def train_step_of_the_blog(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """All four faults of the blog, in the loop itself."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = _transposed_paths(x, target, weight_1, weight_2, bias, reference)
        weight_1 = _overwritten(weight_1, gradient_1, learning_rate)
        weight_2 = _overwritten(weight_2, gradient_2, learning_rate)
    return weight_1, weight_2, losses


def _transposed_paths(x, target, weight_1, weight_2, bias, reference):
    hidden, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2.T @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


@misconception(
    "train",
    title="The paths back to the hidden units are read at transposed indices",
    explain="The errors come back to the hidden units along weight_2[1, 0] and weight_2[0, 1] in"
    " each other's place: the path from hidden 0 to output 1 is weight_2[0, 1].",
    advice="Name both ends of each weight: the first index is where it comes from, the second where"
    " it goes to.",
    finds=("weight_2[1, 0]", "weight_2[0, 1]", "weight_2.T"),
)
def train_reads_transposed_paths(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Faults 1 and 2 of the blog, in the loop itself."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = _transposed_paths(x, target, weight_1, weight_2, bias, reference)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="One step too few, and the first loss left at 0",
    explain="The loop begins with the second step: losses[0] is never filled, and one update is"
    " missing.",
    advice="Python counts from 0. Count by hand for steps = 1: one loss, one update.",
    finds=("range(1, steps)",),
)
def first_step_left_out(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Begin the loop with 1, the losses made before it."""
    losses = np.zeros(steps)
    for step in range(1, steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="One step too many",
    explain="The loop makes one update more than `steps`, and so gives one loss more.",
    advice="Count by hand for steps = 0: no loss, no update.",
    finds=("range(steps + 1)",),
)
def one_step_too_many(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Run the loop once more."""
    losses = []
    for _ in range(steps + 1):
        losses.append(_loss(x, target, weight_1, weight_2, bias, reference))
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, np.array(losses)


@misconception(
    "train",
    title="A last loss too many",
    explain="The weights are right, but there is one loss more than there are steps: the one after"
    " the last update. What is asked for is the loss before each update.",
    advice="losses has as many entries as there are steps.",
)
def one_loss_too_many(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Add the loss at the end."""
    losses = [_loss(x, target, weight_1, weight_2, bias, reference)]
    for _ in range(steps):
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
        losses.append(_loss(x, target, weight_1, weight_2, bias, reference))
    return weight_1, weight_2, np.array(losses)


@misconception(
    "train",
    title="Only the last loss is returned",
    explain="The third thing that {function} returns is one number. It should be an array with the"
    " loss before each update.",
    advice="Keep each step's loss: a list to append to, or an array made before the loop.",
)
def last_loss_only(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Overwrite the loss in each step."""
    loss = 0.0
    for _ in range(steps):
        loss = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, loss


@misconception(
    "train",
    title="The gradients are worked out only once",
    explain="Every step uses the gradients at the weights that were given. Each step needs those"
    " at its own weights.",
    advice="A gradient holds at one place only. After a step the slope is another one.",
)
def gradients_of_the_first_step(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Call gradient before the loop."""
    losses = np.zeros(steps)
    gradients = reference.gradient(x, target, weight_1, weight_2, bias)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="Each step starts from the first weights again",
    explain="The new weights are stored under another name, and the next step does not use them:"
    " all steps are the same one. Each step has to start from the weights that the one before it"
    " returned.",
    advice="Print the loss in each step: it should change.",
)
def each_step_from_the_start(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Never carry the new weights over."""
    losses = np.zeros(steps)
    new_1, new_2 = weight_1, weight_2
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        new_1, new_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return new_1, new_2, losses


@misconception(
    "train",
    title="The weights never move",
    explain="Losses and gradients are worked out, but {function} returns the weights that it was"
    " given: what update returns is not kept.",
    advice="update makes new arrays and leaves the old ones alone. Its results need names.",
)
def updates_thrown_away(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Call update and drop what it returns."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1.copy(), weight_2.copy(), losses


@misconception(
    "train",
    title="gradient_1 is worked out with the new weight_2",
    explain="weight_2 is updated first, and then gradient_1 is worked out with the new weight_2."
    " Both gradients belong to the old weights.",
    advice="First work out both gradients, then move both layers. A half-moved network is a place"
    " at which no one asked for the slope.",
)
def gradient_1_after_weight_2(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Use the updated weight_2 for gradient_1, forward as before."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        hidden, output = reference.forward(x, weight_1, weight_2, bias)
        delta_2 = (output - target) * output * (1 - output)
        weight_2 = weight_2 - learning_rate * np.outer(hidden, delta_2)
        delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
        weight_1 = weight_1 - learning_rate * np.outer(x, delta_1)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="gradient is called again after weight_2 has moved",
    explain="weight_2 is updated first, and then gradient is called again, with the new weight_2,"
    " for gradient_1. Both gradients belong to the old weights.",
    advice="One call of gradient gives both. First work out both gradients, then move both layers.",
)
def gradient_called_between_updates(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Move the second layer, then call gradient for the first."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        _, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, _ = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="{function} returns inside its loop",
    explain="Only one step is made, whatever `steps` says: the loop ends in its first turn, and"
    " the other losses stay 0.",
    advice="Look at the indentation of `return`: it belongs after the loop.",
)
def returns_in_the_first_turn(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Return in the first turn."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
        break
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="Training stops when the loss is small",
    explain="The loop ends early once the loss is below some bound. It should make all of its"
    " steps.",
    advice="`steps` alone says when to stop: whoever calls {function} counts on as many losses.",
)
def stops_when_the_loss_is_small(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """End the loop at a small loss."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        if losses[step] < 1e-5:
            break
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The learning rate is applied twice on the way",
    explain="The gradients are multiplied by the learning rate, and then update multiplies by it"
    " again. It is to count once.",
    advice="The learning rate belongs to update. What goes into it are the gradients as they are.",
)
def learning_rate_before_update(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Scale the gradients before update scales them."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        scaled = learning_rate * gradient_1, learning_rate * gradient_2
        weight_1, weight_2 = reference.update(weight_1, weight_2, *scaled, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="update is called with its arguments in the wrong order",
    explain="update gets gradient_2 where it expects gradient_1, and the other way round. So each"
    " layer moves by the other one's gradient.",
    advice="Compare the call with the line `def update(...)`. All four arrays have the same shape,"
    " so nothing complains.",
    finds=("update(weight_1, weight_2, gradient_2, gradient_1, learning_rate)",),
)
def update_called_with_gradients_swapped(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Mix up the arguments of update."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(
            weight_1, weight_2, gradient_2, gradient_1, learning_rate
        )
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The biases are trained as well",
    explain="{function} moves the biases too. In this course only the weights learn; the biases"
    " stay as they are.",
    advice="Training them is no bad idea, but another exercise: here the numbers are to agree with"
    " those of fixed biases.",
)
def biases_trained(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Move the biases too."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        hidden, _ = reference.forward(x, weight_1, weight_2, bias)
        sums = np.array([np.sum(gradient_1[0] / x[0]), np.sum(gradient_2[0] / hidden[0])])
        weight_1, weight_2 = reference.update(
            weight_1, weight_2, gradient_1, gradient_2, learning_rate
        )
        bias = bias - learning_rate * sums
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The gradients of all steps add up",
    explain="Each step's gradients are added to those of the steps before, so the weights move by"
    " the whole sum again and again. Each step is to use its own gradients alone.",
    advice="Whatever is summed up over one step has to start from 0 in the next.",
)
def gradients_add_up(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Never reset the gradients."""
    losses = np.zeros(steps)
    sum_1, sum_2 = np.zeros((2, 2)), np.zeros((2, 2))
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        sum_1, sum_2 = sum_1 + gradient_1, sum_2 + gradient_2
        weight_1, weight_2 = reference.update(weight_1, weight_2, sum_1, sum_2, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The half is forgotten in the losses",
    explain="{entries}: each loss is the whole sum of the squared errors. What is asked for is"
    " half of it.",
    advice="The weights are not affected, but the losses no longer fit the gradients.",
)
def losses_without_half(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Keep whole sums."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = 2 * _loss(x, target, weight_1, weight_2, bias, reference)
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The losses are halves of means",
    explain="{entries}: each loss is half the mean of the squared errors. The errors of both"
    " outputs are to be added up; only then comes the half.",
    advice="With two outputs the mean divides by 2 once already.",
    finds=("np.mean",),
)
def losses_half_of_the_mean(
    x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference
):
    """Take the mean where the sum belongs."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference) / 2
        gradients = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = reference.update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses


@misconception(
    "train",
    title="The caller's weights are changed in place",
    explain="What {function} returns is right, but it trains the very arrays that it was given. It"
    " should leave those as they are.",
    advice="`-=` writes into the array on its left. Whoever trains twice from the same start gets"
    " two different results.",
    finds=("weight_1 -= learning_rate * gradient_1", "weight_2 -= learning_rate * gradient_2"),
)
def train_in_place(x, target, weight_1, weight_2, bias, learning_rate, steps, *, reference):
    """Train the caller's arrays."""
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = _loss(x, target, weight_1, weight_2, bias, reference)
        gradient_1, gradient_2 = reference.gradient(x, target, weight_1, weight_2, bias)
        weight_1 -= learning_rate * gradient_1
        weight_2 -= learning_rate * gradient_2
    return weight_1, weight_2, losses
