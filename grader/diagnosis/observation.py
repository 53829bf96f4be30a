"""What one call of a program shows: its values entry by entry, changed arguments, warnings."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from grader.comparison import values
from grader.comparison.values import agree, fingerprint, is_group, real_numbers
from grader.quick_dataclass import dataclass
from grader.sandbox.child.figures import drawing

Vector = NDArray[np.float64]
Inputs = tuple[Any, ...]

MAX_ENTRIES: Final = 400


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """What came back from a call, whoever made it."""

    value: Any
    changed: frozenset[int]
    warned: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of an observation: entries of values, then arguments, then warnings.

    Attributes
    ----------
    entries : tuple of str
        `gradient_1[0, 0]` and so on, over all probes; an entry that a probe lacks is 0 there.
    parameters : tuple of str
        Names of the arguments; each has a column that is 1 where it was changed in place.
    places : tuple of arrays of int
        For each probe the columns that its values go into, in order.
    expected : tuple
        For each probe the reference's value, as the model of the structure.
    """

    entries: tuple[str, ...]
    parameters: tuple[str, ...]
    places: tuple[NDArray[np.int64], ...]
    expected: tuple[Any, ...]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.entries) + len(self.parameters) + 1

    def name(self, column: int) -> str:
        """Return what a column shows."""
        if column < len(self.entries):
            return self.entries[column]
        inner = column - len(self.entries)
        return self.parameters[inner] if inner < len(self.parameters) else "warnings"

    def summary(self, columns: Iterable[int]) -> list[str]:
        """Return what columns show, entries of one part that are all there as that part."""
        wanted = set(columns)
        parts: dict[str, list[int]] = {}
        for column, entry in enumerate(self.entries):
            for part in _parts_around(entry):
                parts.setdefault(part, []).append(column)
        whole = {part for part, own in parts.items() if len(own) > 1 and wanted.issuperset(own)}
        names: dict[str, None] = {}
        for column, entry in enumerate(self.entries):
            if column in wanted:
                around = (part for part in _parts_around(entry) if part in whole)
                names[next(around, entry)] = None
        changed = range(len(self.entries), len(self.entries) + len(self.parameters))
        return [*names, *(self.name(column) for column in changed if column in wanted)]

    def row(self, probe: int, call: ObservedCall) -> Vector | None:
        """Return a call's observation; None where the value is of another structure."""
        parts = fit(call.value, self.expected[probe])
        if parts is None:
            return None
        row = np.zeros(self.width)
        if parts:
            row[self.places[probe]] = np.concatenate([part.ravel() for part in parts])
        for index in call.changed:
            if index < len(self.parameters):
                row[len(self.entries) + index] = 1.0
        row[-1] = call.warned
        return row


def layout_of(
    expected: Sequence[Any], returns: tuple[str, ...], parameters: tuple[str, ...]
) -> Layout | None:
    """Return the columns for a reference's values; None where these are no numbers, or too many."""
    columns: dict[str, int] = {}
    places = []
    for value in expected:
        names = _entry_names(value, returns)
        if names is None:
            return None
        places.append(np.array([columns.setdefault(name, len(columns)) for name in names], int))
    if len(columns) > MAX_ENTRIES:
        return None
    return Layout(tuple(columns), parameters, tuple(places), tuple(expected))


def _entry_names(value: Any, returns: tuple[str, ...]) -> list[str] | None:
    names: list[str] = []
    if isinstance(value, tuple | list) and len(returns) == len(value) > 1:
        parts = list(zip(returns, value, strict=True))
    else:
        parts = [(returns[0], value)]
    for name, part in parts:
        if is_group(part):
            inner = [_entry_names(item, (f"{name}[{i}]",)) for i, item in enumerate(part)]
            for found in inner:
                if found is None:
                    return None
                names += found
            continue
        array = real_numbers(part, part)
        if array is None:
            return None
        names += [entry_name(name, index) for index in np.ndindex(array.shape)]
    return names


def entry_name(name: str, index: tuple[int, ...]) -> str:
    """Return `name[0, 1]`, or the name alone for a number."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def fit(value: Any, expected: Any) -> list[NDArray[np.float64]] | None:
    """Return a value's arrays in the order of `expected`; None where the structure differs."""
    if is_group(expected):
        items = values.parts(value)
        if items is None or len(items) != len(expected):
            return None
        found: list[NDArray[np.float64]] = []
        for item, model in zip(items, expected, strict=True):
            inner = fit(item, model)
            if inner is None:
                return None
            found += inner
        return found
    array = real_numbers(value, expected)
    if array is None or array.shape != np.shape(expected):
        return None
    return [array]


def odd_shape(value: Any) -> tuple[str, Vector] | None:
    """Return the structure and the numbers of a value that does not fit the reference's.

    Bools are numbers here, 0 and 1, but of a structure of their own.
    """
    parts = _leaves(value)
    if parts is None or sum(part.size for part in parts) > MAX_ENTRIES:
        return None
    shape = " ".join(f"{part.shape}{'?' * (part.dtype == bool)}" for part in parts)
    return shape, np.concatenate([part.ravel() for part in parts] or [np.zeros(0)]).astype(float)


def _leaves(value: Any) -> list[NDArray[Any]] | None:
    """Return the arrays in a value, in order; None where it holds other than numbers and bools."""
    if not isinstance(value, tuple | list) or all(np.isscalar(item) for item in value):
        part = _numbers_or_bools(value)
        return None if part is None else [part]
    found: list[NDArray[Any]] = []
    for item in value:
        part = _numbers_or_bools(item)
        inner = [part] if part is not None else _leaves(item) if is_group(item) else None
        if inner is None:
            return None
        found += inner
    return found


def _numbers_or_bools(value: Any) -> NDArray[Any] | None:
    array = values.as_array(value)
    return array if array is not None and array.dtype == bool else real_numbers(value)


def make_call(program: Callable[..., Any], inputs: Inputs) -> ObservedCall:
    """Call a program of our own on copies of the inputs; raises whatever it raises."""
    arguments = tuple(
        value.copy() if type(value) is np.ndarray else copy.deepcopy(value) for value in inputs
    )
    before = [fingerprint(argument) for argument in arguments]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with np.errstate(all="warn", under="ignore"), drawing.apart_if_loaded():
            value = program(*arguments)
    changed = frozenset(
        index for index, argument in enumerate(arguments) if before[index] != fingerprint(argument)
    )
    return ObservedCall(copy.deepcopy(value), changed, bool(caught))


def agree_always(left: Any, right: Any, axis: int = 0) -> NDArray[np.bool_]:
    """Return where two arrays are the same all along an axis, which is that of the probes."""
    return np.asarray(agree(left, right).all(axis=axis))


def _parts_around(entry: str) -> Iterator[str]:
    """Yield what an entry is a part of, the largest first: `w` and `w[1]` for `w[1][0, 0]`."""
    at = entry.find("[")
    while at > 0:
        yield entry[:at]
        at = entry.find("[", at + 1)
