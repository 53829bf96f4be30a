"""What a student's exercise 3 does, drawn beside what is right.

The network with the weights whose gradient or update is wrong; which weights each gradient of
the first layer uses on the way back; how the loss and the weights move in training.
"""

import numpy as np
from shared import RIGHT, START, WEIGHT_NAMES, WRONG, draw_network

PROBE = (
    np.array([0.8, -1.1]),
    np.array([1.7, -1.4]),
    np.array([[0.7, -1.2], [0.4, 1.1]]),
    np.array([[-0.6, 1.3], [0.9, 0.5]]),
    np.array([0.3, -0.5]),
)
LEARNING_RATE = 0.5
STEPS, STRETCH = 400, 20
PAIR = ((2, 2), (2, 2))


def draw(figure, answers, reference):
    """Draw all panels into an empty figure."""
    figure.set_size_inches(13, 8)
    grid = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    network, map_right, map_student = grid[0].subplots(1, 3, width_ratios=[1.3, 1, 1])
    gradient_wrong, update_wrong = wrong_weights(answers, reference)
    draw_network(network, {"gradient": gradient_wrong, "update": update_wrong})
    network.set_title("the network: dashed where yours is wrong")
    right = dependence(reference.gradient, reference)
    own = dependence(lambda *case: answers.ask("gradient", case, PAIR), reference)
    draw_map(map_right, right, "the right index map")
    draw_map(map_student, own, "yours: x where a weight is missing", right)
    losses, paths = grid[1].subplots(1, 2)
    draw_training(losses, paths, answers, reference)


def flat(pair):
    """Return the eight entries of two layers in one array, in the order of WEIGHT_NAMES."""
    return np.concatenate([np.ravel(part) for part in pair])


def wrong_weights(answers, reference):
    """Return which weights' gradient is wrong, and which weights' update is; None unknown."""
    gradient = answers.ask("gradient", PROBE, PAIR)
    right = reference.gradient(*PROBE)
    case = (*PROBE[2:4], *right, LEARNING_RATE)
    update = answers.ask("update", case, PAIR)
    found = []
    for actual, expected in ((gradient, right), (update, reference.update(*case))):
        far = None if actual is None else ~np.isclose(flat(actual), flat(expected), rtol=1e-7)
        found.append(far)
    return found


def dependence(gradient, reference):
    """Return which entry of gradient_1 uses which entry of weight_2: bool (4, 4); None unknown.

    An entry of weight_2 is moved, and the target with it, so that what comes back from the
    outputs stays the same: what still moves in gradient_1 uses that entry on the way back.
    """
    x, target, weight_1, weight_2, bias = PROBE
    _, output = reference.forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    base = gradient(*PROBE)
    used = np.zeros((4, 4), dtype=bool)
    for column, index in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        moved = weight_2.copy()
        moved[index] += 0.3
        _, output = reference.forward(x, weight_1, moved, bias)
        target = output - delta_2 / (output * (1 - output))
        answer = gradient(x, target, weight_1, moved, bias)
        if base is None or answer is None:
            return None
        used[:, column] = (np.abs(answer[0] - base[0]) > 1e-9).T.ravel()
    return used


def draw_map(axes, found, title, right=None):
    """Draw which gradient uses which weight on the way back, with the wrong places marked."""
    axes.set_title(title, fontsize=10)
    axes.set_xticks(range(4), ["w5", "w6", "w7", "w8"])
    axes.set_yticks(range(4), ["w1", "w2", "w3", "w4"])
    axes.set(xlim=(-0.5, 3.5), ylim=(3.5, -0.5), aspect="equal")
    axes.set(xlabel="uses this weight on the way back", ylabel="the gradient of")
    if found is None:
        axes.text(1.5, 1.5, "gradient gave no values", ha="center", color=WRONG)
        return
    right = found if right is None else right
    for row, column in np.ndindex(4, 4):
        wrong = found[row, column] != right[row, column]
        if found[row, column] or wrong:
            shape = "s" if found[row, column] else "x"
            axes.scatter(column, row, marker=shape, s=110, color=WRONG if wrong else RIGHT)


def stretches(train):
    """Return the losses of STEPS steps, and the weights after each stretch; None unknown."""
    x, target, weight_1, weight_2, bias = START
    losses, weights = [], [flat((weight_1, weight_2))]
    for _ in range(STEPS // STRETCH):
        case = (x, target, weight_1, weight_2, bias, LEARNING_RATE, STRETCH)
        answer = train(*case)
        if answer is None:
            return None
        weight_1, weight_2, part = answer
        losses.extend(part)
        weights.append(flat((weight_1, weight_2)))
    return np.array(losses), np.array(weights)


def draw_training(losses, paths, answers, reference):
    """Draw the loss, and the way of each weight, for the student's train and the right one."""
    shapes = (*PAIR, (STRETCH,))
    runs = [
        ("right", RIGHT, "-", stretches(reference.train)),
        ("yours", WRONG, "--", stretches(lambda *case: answers.ask("train", case, shapes))),
    ]
    for name, colour, line, run in runs:
        if run is None:
            losses.plot([], [], line, color=colour, label=f"{name}: train gave no values")
            continue
        losses.semilogy(np.maximum(run[0], 1e-30), line, color=colour, label=name)
        steps = np.arange(len(run[1])) * STRETCH
        for number in range(8):
            paths.plot(steps, run[1][:, number], line, color=colour, linewidth=1)
        if name == "right":
            label_ends(paths, steps[-1], run[1][-1])
    losses.set(title="the loss", xlabel="step", ylabel="loss")
    losses.legend()
    paths.margins(x=0.08)
    paths.set(title="the weights", xlabel="step", ylabel="weight")


def label_ends(axes, step, values):
    """Write each weight's name at the end of its way, moved apart where they are close."""
    height = -np.inf
    for number in np.argsort(values):
        height = max(values[number], height + 0.2)
        axes.annotate(
            WEIGHT_NAMES[number], (step, height), xytext=(4, -3), textcoords="offset points"
        )
