"""What the wrong programs for one function output on the probes, ready to be looked up."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from grader.comparison.values import agree
from grader.diagnosis.candidates import Candidate
from grader.diagnosis.observation import (
    Inputs,
    Layout,
    ObservedCall,
    Vector,
    agree_always,
    odd_shape,
)
from grader.quick_dataclass import dataclass

Rows = NDArray[np.float64]
Mask = NDArray[np.bool_]

NAN_KEY: Final = 1.25e308


@dataclass(frozen=True, slots=True)
class OddStructure:
    """Candidates whose values are of another structure than the reference's.

    `values` holds the structure and the numbers for each probe.
    """

    values: tuple[tuple[str, Vector], ...]
    candidates: tuple[Candidate, ...]


@dataclass(slots=True)
class FaultDictionary:
    """The classes of equal wrong programs of one function.

    Attributes
    ----------
    layout : Layout
        What the columns show.
    inputs : tuple
        The probes' arguments.
    right : ndarray of shape (probes, columns)
        What the reference shows.
    values : ndarray of shape (classes, probes, columns)
        What the programs of each class show.
    wrong : ndarray of bool, shape (classes, columns)
        Where a class differs from the reference on any probe.
    classes : sequence of tuple of Candidate
        The programs of each class, plainest first.
    odd : tuple of OddStructure
        Those whose values are of another structure.
    authored : mapping
        The class of each misconception, by its id.
    moving : ndarray of bool, shape (moves, columns)
        Which columns of the reference move with which input entry; see `indexmap.moves`.
    tried : int
        How many candidates there were.
    """

    layout: Layout
    inputs: tuple[Inputs, ...]
    right: Rows
    values: Rows
    wrong: Mask
    classes: Sequence[tuple[Candidate, ...]]
    odd: tuple[OddStructure, ...]
    authored: Mapping[str, int]
    moving: Mask
    tried: int
    _order: dict[int, tuple[list[float], list[int]]] = field(default_factory=dict)

    def matching(self, column: int, seen: Rows) -> list[int]:
        """Return the classes that are wrong in a column exactly as an observation is.

        The class is looked up by the value on one probe, then held against all the others.
        """
        probe = int(np.argmax(np.abs(self.right[:, column]) > 0))
        if column not in self._order:
            concerned = np.flatnonzero(self.wrong[:, column])
            keys = _keys(self.values[concerned, probe, column])
            order = np.argsort(keys)
            self._order[column] = (keys[order].tolist(), concerned[order].tolist())
        keys_list, classes = self._order[column]
        key = float(_keys(seen[probe, column]))
        margin = 1e-12 + 2e-9 * abs(key)
        low = bisect.bisect_left(keys_list, key - margin)
        high = bisect.bisect_right(keys_list, key + margin)
        return [
            number
            for number in classes[low:high]
            if agree(seen[:, column], self.values[number, :, column]).all()
        ]

    def telling(self, number: int, columns: Iterable[int]) -> bool:
        """Return whether a class shows more in some columns than values that are always the same.

        Such values say nothing of how they come about; that an argument is changed does.
        """
        entries = len(self.layout.entries)
        values = self.values[number]
        return len(values) < 2 or any(
            column >= entries or not agree(values[:, column], values[0, column]).all()
            for column in columns
        )

    def unlike(self, seen: Rows) -> Mask:
        """Return the columns in which an observation is wrong on any probe.

        Warnings count only where nothing else is wrong.
        """
        wrong: Mask = ~agree_always(seen, self.right)
        if wrong[:-1].any():
            wrong[-1] = False
        return wrong

    def parts_of(self, candidate: Candidate) -> list[tuple[Candidate, frozenset[int]]]:
        """Return the misconceptions that a candidate is merged of, with where each is wrong."""
        found = []
        for part in candidate.parts:
            number = self.authored[part]
            columns = frozenset(self.wrong[number].nonzero()[0].tolist())
            found += [(each, columns) for each in self.classes[number] if each.id == part]
        return found

    def matching_odd(self, calls: Sequence[ObservedCall]) -> OddStructure | None:
        """Return the candidates that return values of the same other structure and content."""
        found = [odd_shape(call.value) for call in calls]
        if any(item is None for item in found):
            return None
        pairs: list[Any] = found
        for odd in self.odd:
            if all(
                shape == known and vector.shape == own.shape and agree(vector, own).all()
                for (shape, vector), (known, own) in zip(pairs, odd.values, strict=True)
            ):
                return odd
        return None


def _keys(values: Any) -> Any:
    """Return values as numbers that can be sorted: NaN and infinities too."""
    return np.nan_to_num(values, nan=NAN_KEY, posinf=1.5e308, neginf=-1.5e308)
