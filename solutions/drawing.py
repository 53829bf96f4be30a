"""The network of two layers, with the units and weights marked that are wrong."""

from functools import reduce

import numpy as np
from shared import WEIGHT_NAMES, draw_network

from grader.authoring import message

LAYERS = ("input", "hidden", "output")
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
    told = [message("{layer} unit {unit}", layer=layer, unit=unit) for layer, unit in units]
    for what, flags in marked.items():
        names = sorted(WEIGHT_NAMES[number] for number in np.flatnonzero(flags))
        weights = reduce(lambda a, b: message("{first}, {second}", first=a, second=b), names)
        told.append(message("the {what} of {weights}", what=what, weights=weights))
    wrong = reduce(lambda a, b: message("{first}; {second}", first=a, second=b), told)
    return message("The network. Dashed is what is wrong: {wrong}.", wrong=wrong)


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
