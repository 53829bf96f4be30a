"""Which outputs move when an input entry moves: the student's map against the right one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from grader.comparison.values import agree
from grader.diagnosis.fault_dictionary import FaultDictionary, Mask, Rows
from grader.diagnosis.observation import Inputs, entry_name

MAX_MOVES: Final = 40
Show = Callable[[Sequence[Inputs]], Sequence[Rows | None]]


def moves(inputs: Inputs, parameters: Sequence[str]) -> list[tuple[str, Inputs]]:
    """Return, for each entry of the float arrays among the inputs, its name and moved inputs.

    Parameters
    ----------
    inputs : tuple
        The arguments of one call.
    parameters : sequence of str
        Their names.
    """
    found: list[tuple[str, Inputs]] = []
    for position, (name, value) in enumerate(zip(parameters, inputs, strict=False)):
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        for index in np.ndindex(value.shape):
            moved = list(copy.deepcopy(inputs))
            moved[position][index] = 1.3 * value[index] + 0.1
            found.append((entry_name(name, index), tuple(moved)))
    return found[:MAX_MOVES]


def dependence(base: Rows, moved: Rows) -> Mask:
    """Return which columns differ from `base` in each row of `moved`: shape (moves, columns)."""
    return ~agree(moved, base)


def index_map(show: Show, inputs: Inputs, parameters: Sequence[str]) -> Mask | None:
    """Return which columns of what `show` gives move with which input entry.

    Parameters
    ----------
    show : callable
        Takes the arguments of several calls, returns for each the row of an observation; None where
        there is none, after which the rest may be missing.
    inputs : tuple
        The arguments to begin with.
    parameters : sequence of str
        Their names.

    Returns
    -------
    ndarray of bool, shape (moves, columns), or None
        In the order of `moves`.
    """
    points = [inputs, *(each for _, each in moves(inputs, parameters))]
    rows = [row for row in show(points) if row is not None]
    if len(rows) < 2 or len(rows) < len(points):
        return None
    again = [row for row in reversed(show(points[::-1])) if row is not None]
    if len(again) < len(points):
        return None
    if not agree(np.array(again), np.array(rows)).all():
        return None  # another value each time: random, or memory that nothing was written to
    return dependence(rows[0], np.array(rows[1:]))


Named = dict[int, list[str]]


def map_differences(table: FaultDictionary, show: Show) -> tuple[Named, Named] | None:
    """Return for each column the input entries that move it and should not, and the reverse.

    Only what is so at two points counts; None where a call gives no value there.
    """
    parameters = table.layout.parameters
    points = (table.inputs[0], _elsewhere(table.inputs[0]))
    maps = [index_map(show, point, parameters) for point in points]
    first, second = maps
    if first is None or second is None or not first.shape == second.shape == table.moving.shape:
        return None
    names = [name for name, _inputs in moves(table.inputs[0], parameters)]
    extra, missing = first & second & ~table.moving, table.moving & ~first & ~second
    return _named(extra, names), _named(missing, names)


def _elsewhere(inputs: Inputs) -> Inputs:
    """Return other numbers in arrays of the same shapes."""
    return tuple(
        0.8 * np.roll(value, 1) - 0.05
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
        else value
        for value in inputs
    )


def _named(found: Mask, names: list[str]) -> Named:
    return {
        column: [names[number] for number in np.flatnonzero(found[:, column]).tolist()]
        for column in np.flatnonzero(found.any(axis=0)).tolist()
    }
