"""The network of two layers, with the units and weights marked that are wrong."""

import numpy as np

NAMES = ("w1", "w3", "w2", "w4", "w5", "w7", "w6", "w8")
LAYERS = ("input", "hidden", "output")
RIGHT, WRONG, PLAIN = "#0072B2", "#D55E00", "#666666"
# by exercise: each function that is about weights, what is wrong in it, and its arrays' name
WEIGHTS = {
    "exercise1": (),
    "exercise2": (("gradient", "gradient", "gradient"),),
    "exercise3": (("gradient", "gradient", "gradient"), ("update", "update", "weight")),
    "exercise4": (("step", "step", "weight"),),
}


def draw_wrong(figure, exercise, wrong):
    """Draw the network with what is wrong in an exercise; return what is to be seen in words.

    `wrong` has the names of the wrong entries for each function that returned wrong values, or
    none. Returns nothing for the exercises on other networks.
    """
    if exercise not in WEIGHTS:
        return ""
    marked = {
        what: weights_wrong(wrong[function], array)
        for function, what, array in WEIGHTS[exercise]
        if function in wrong
    }
    units = units_wrong(wrong["forward"]) if "forward" in wrong else []
    if not marked and not units:
        return ""
    figure.set_size_inches(5.8, 3)
    draw_network(figure.subplots(), marked, units)
    told = [f"{layer} unit {unit}" for layer, unit in units]
    for what, flags in marked.items():
        names = sorted(NAMES[number] for number in np.flatnonzero(flags))
        told.append(f"the {what} of {', '.join(names)}")
    return f"The network. Dashed is what is wrong: {'; '.join(told)}."


def weights_wrong(entries, array):
    """Return which of the eight weights are among wrong entries: bool (8,).

    A function without values, or whose values are of another structure, is wrong in all of them.
    """
    flags = np.array(
        [
            not entries.isdisjoint((f"{array}_{layer}", f"{array}_{layer}[{i}, {j}]"))
            for layer in (1, 2)
            for i in (0, 1)
            for j in (0, 1)
        ]
    )
    return flags if flags.any() else ~flags


def units_wrong(entries):
    """Return the units, layer and number, whose value is wrong; all where nothing says which."""
    units = [(layer, unit) for layer in LAYERS[1:] for unit in (0, 1)]
    found = [(layer, n) for layer, n in units if {layer, f"{layer}[{n}]"} & entries]
    return found or units


def draw_network(axes, weights, units=()):
    """Draw six units and eight weights; a wrong one is dashed and says what is wrong.

    `weights` has for each word which of the eight weights are so: bool (8,), None for all.
    """
    axes.set_axis_off()
    axes.set_xlim(-0.25, 2.25)
    axes.set_ylim(-0.45, 1.35)
    for number, name in enumerate(NAMES):
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
    for layer, kind in enumerate(LAYERS):
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
        axes.text(layer, -0.35, kind, ha="center", color=PLAIN)
