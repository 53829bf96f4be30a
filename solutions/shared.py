"""What the checks, the mistakes and the drawings of several exercises use."""

import numpy as np

from grader.authoring import message

LAYERS = ("hidden", "output")
NAMES = ("gradient_1", "gradient_2")
LABELS = (np.array([["w1", "w3"], ["w2", "w4"]]), np.array([["w5", "w7"], ["w6", "w8"]]))
EXACT = {"rtol": 1e-9, "atol": 1e-12}
DIFFERENCES = {"rtol": 1e-5, "atol": 1e-8}
START = (
    np.array([0.99, 0.01]),
    np.array([0.1, 0.89]),
    np.array([[0.35, 0.55], [0.90, 0.36]]),
    np.array([[0.60, 0.77], [0.96, 0.89]]),
    np.array([0.23, 0.79]),
)
START_VALUES = (
    np.array([0.6423319719354026, 0.6852704760433788]),
    np.array([0.8621494899284341, 0.8692662146932715]),
)
START_GRADIENTS = (
    np.array(
        [
            [0.011948450065500145, 0.018119041000951137],
            [0.00012069141480303177, 0.00018302061617122363],
        ]
    ),
    np.array(
        [
            [0.05818226925053532, -0.001513487272635097],
            [0.06207162820568434, -0.0016146606258430974],
        ]
    ),
)
WEIGHT_NAMES = ("w1", "w3", "w2", "w4", "w5", "w7", "w6", "w8")
RIGHT, WRONG, PLAIN = "#0072B2", "#D55E00", "#666666"


def alike(names, old, new):
    """Return a mistake's edits that are alike: the same one for each of the names, which are #."""
    return {old.replace("#", name): new.replace("#", name) for name in names}


def signed(rng, low, high, shape=2):
    """Draw numbers of both signs, none of them near zero."""
    return np.copysign(rng.uniform(low, high, shape), rng.uniform(-1.0, 1.0, shape))


def draw(rng):
    """Draw x, target, weight_1, weight_2 and bias: no symmetry, and no sigmoid saturated."""
    x = signed(rng, 0.7, 1.2) * rng.permutation([0.5, 1.2])
    target, bias = signed(rng, 1.2, 3.0), signed(rng, 0.1, 0.8)
    weight_1 = signed(rng, 0.2, 2.0, (2, 2))
    # Such signs make both paths from a hidden unit pull the same way: nothing cancels.
    weight_2 = rng.uniform(0.2, 2.0, (2, 2)) * np.outer(signed(rng, 1.0, 1.0), np.sign(target))
    return x, target, weight_1, weight_2, bias


def draw_for_gradient(rng):
    """Draw the same for a probe, where paths may pull in opposite ways."""
    weight_1, weight_2 = signed(rng, 0.2, 1.5, (2, 2, 2))
    return signed(rng, 0.2, 1.5), signed(rng, 1.2, 3.0), weight_1, weight_2, signed(rng, 0.1, 0.8)


def one_bias(rng):
    """Draw what `forward` takes, with the same bias for both layers."""
    x, _, weight_1, weight_2, bias = draw(rng)
    return x, weight_1, weight_2, np.repeat(bias[:1], 2)


def symmetric(weight):
    """Return weights whose indices may be mixed up."""
    return np.triu(weight) + np.triu(weight, 1).T


def tells_apart(values):
    """Return whether no value is lost, and no two values are alike."""
    return np.isfinite(values).all() and np.abs(values).min() > 1e-7 and np.ptp(values) > 1e-7


def right_answers(reference, case):
    """Return what the reference's `forward` and `gradient` return for what `gradient` takes."""
    x, _, *rest = case
    return reference.forward(x, *rest), reference.gradient(*case)


def first_order(weight_1, weight_2, x, start_1, hidden, delta_2):
    """Return how the loss moves with the weights, to first order: linear in each layer."""
    moved = hidden + hidden * (1 - hidden) * (x @ (weight_1 - start_1))
    return moved @ weight_2 @ delta_2


class Judge:
    """Compares what the student's functions return, and charges one mistake once."""

    def __init__(self, student, compare, finite_difference):
        self.student = student
        self.compare = compare
        self.finite_difference = finite_difference

    def pair(self, answer, names, shape):
        """Return the two values of an answer as arrays."""
        values = zip(self.compare.unpack(answer, *names), names, strict=True)
        return tuple(self.compare.array(value, shape, name) for value, name in values)

    def forward(self, *case):
        """Return the student's hidden values and outputs as arrays."""
        return self.pair(self.student.forward(*case), LAYERS, (2,))

    def check_kept(self, right, case, check_answer):
        """Fail where a call changes an argument; what the functions that it calls do is no matter.

        `right` is the reference's function.
        """

        def check(student, _):
            answer = getattr(student, right.__name__)(*case)
            what = " and ".join(student.changed_arguments)
            self.compare.that(not what, f"{right.__name__} changed its own {what} in place.")
            check_answer(answer)

        self.compare.follows(check, self.student, right, *case)

    @np.errstate(all="ignore")
    def check_outputs(self, reference, *case):
        """Compare the outputs with the right ones, and with those that follow from `hidden`."""
        hidden, output = self.forward(*case)
        right = [reference.forward(*case)[1]]
        if tells_apart(hidden):
            _, _, weight_2, bias = case
            right.append(reference.sigmoid(hidden @ weight_2 + bias[1]))
        self.compare.matches_any(output, *right, names="output")

    @np.errstate(all="ignore")
    def check_gradient(self, layer, unit, case, forward, right):
        """Compare the gradients of the weights that lead into one unit of a layer.

        `forward` and `right` are what the right functions return for `case`.
        """
        x, _, *rest = case
        given = self.student.given(forward=[((x, *rest), forward)])

        def check(student, forward):
            answer = self.compare.unpack(student.gradient(*case), *NAMES)
            self.compare.passes_any(
                lambda: self.check_unit(layer, unit, answer, right),
                lambda: self.check_own_unit(layer, unit, case, answer, forward),
            )

        self.compare.passes_any(
            lambda: check(self.student, self.forward), lambda: check(given, lambda *_: forward)
        )

    def check_drawn(self, layer, unit, reference, rng):
        """Compare these gradients for three cases that are drawn."""
        for _ in range(3):
            case = draw(rng)
            self.check_gradient(layer, unit, case, *right_answers(reference, case))

    def check_unit(self, layer, unit, answer, right):
        """Compare the gradients into one unit with the right ones."""
        expected = self.compare.array(answer[layer], (2, 2), NAMES[layer])
        expected[:, unit] = right[layer][:, unit]
        self.compare.close(answer[layer], expected, names=NAMES[layer], labels=LABELS[layer])

    def check_own_unit(self, layer, unit, case, answer, forward):
        """Compare them with what is right for the student's own values."""
        actual = self.compare.array(answer[layer], (2, 2), NAMES[layer])[:, unit]
        for own, tolerance in self.own_gradients(layer, unit, case, answer, forward):
            if tells_apart(own) and np.allclose(actual, own, **tolerance):
                return
        self.compare.that(False, f"{NAMES[layer]} does not follow from other values either.")

    def own_gradients(self, layer, unit, case, answer, forward):
        """Yield the gradients that are right for the student's own values, with tolerances."""
        x, target, *weights, bias = case
        hidden, output = forward(x, *weights, bias)

        def slope(function, epsilon):
            def along(column):
                moved = [weight.copy() for weight in weights]
                moved[layer][:, unit] = column
                return function(*moved)

            return self.finite_difference(along, weights[layer][:, unit], epsilon)

        def follow(delta_2):
            # Differences of what is linear are exact, however large the step.
            return slope(lambda *moved: first_order(*moved, x, weights[0], hidden, delta_2), 1.0)

        def own_loss(*moved):
            return np.sum((target - forward(x, *moved, bias)[1]) ** 2) / 2

        formula = follow((output - target) * output * (1 - output))
        yield formula, EXACT
        if layer == 0:
            gradient_2 = self.compare.array(answer[1], (2, 2), NAMES[1])
            yield follow(gradient_2[0] / hidden[0]), EXACT
        derivative = slope(own_loss, 1e-6)
        if not np.allclose(derivative, formula, **DIFFERENCES):
            yield derivative, DIFFERENCES


def draw_network(axes, weights, units=()):
    """Draw six units and eight weights; a wrong one is dashed and says what is wrong.

    `weights` has for each word which of the eight weights are so: bool (8,), None for all.
    """
    axes.set_axis_off()
    axes.set_xlim(-0.25, 2.25)
    axes.set_ylim(-0.45, 1.35)
    for number, name in enumerate(WEIGHT_NAMES):
        layer, start, end = number // 4, number % 4 // 2, number % 2
        faults = [what for what, flags in weights.items() if flags is None or flags[number]]
        colour = WRONG if faults else RIGHT
        x, y = np.array([layer, layer + 1.0]), np.array([1.0 - start, 1.0 - end])
        axes.plot(x, y, "--" if faults else "-", color=colour, linewidth=2, zorder=1)
        along = 0.25 if start != end else 0.5
        axes.annotate(
            f"{name}\n{', '.join(faults)}" if faults else name,
            (x[0] + along, y[0] + along * (y[1] - y[0])),
            ha="center",
            va="center",
            fontsize=8,
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            zorder=2,
        )
    labels = {
        "input": message("inputs"),
        "hidden": message("hidden units"),
        "output": message("outputs"),
    }
    for layer, (kind, label) in enumerate(labels.items()):
        for unit in (0, 1):
            wrong = (kind, unit) in units
            edge, line, width = (WRONG, "--", 2) if wrong else (PLAIN, "-", 1)
            axes.scatter(
                layer,
                1.0 - unit,
                s=900,
                color="white",
                edgecolors=edge,
                linestyle=line,
                linewidth=width,
                zorder=3,
            )
            axes.text(layer, 1.0 - unit, str(unit), ha="center", va="center", zorder=4)
        axes.text(layer, -0.35, label, ha="center", color=PLAIN)
