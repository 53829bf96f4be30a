"""Which wrong programs explain what a student's function shows, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grader.diagnosis.candidates import MUTANT, Candidate
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.quick_dataclass import dataclass

_MAX_MISTAKES: Final = 4
_MAX_BRANCHES: Final = 400

Columns = frozenset[int]
Locate = Callable[[Candidate], int | None]


@dataclass(frozen=True, slots=True)
class ProgramMatch:
    """A candidate that the student's function is like, in some columns.

    Attributes
    ----------
    candidate : Candidate
        The plainest one of its class.
    columns : frozenset of int
        Where the two are the same and wrong.
    whole : bool
        Whether the candidate is wrong nowhere else.
    """

    candidate: Candidate
    columns: Columns
    whole: bool


@dataclass(frozen=True, slots=True)
class _Class:
    number: int
    candidate: Candidate
    wrong: Columns
    agrees: Columns
    key: tuple[bool, bool, int]

    @property
    def whole(self) -> bool:
        return self.agrees == self.wrong


def match(
    table: FaultDictionary, seen: Rows, wrong: Columns, locate: Locate
) -> tuple[list[ProgramMatch], Columns]:
    """Return the candidates that together explain the wrong columns, and what is left over.

    A single candidate is preferred to several, several whole ones to parts of others.
    """
    classes = _agreeing(table, seen, wrong, locate)
    whole = [found for found in classes if found.whole]
    cover = _cover(sorted(whole, key=lambda found: found.key), wrong)
    if cover is None:
        cover = _greedy(classes, wrong, table)
    matches = [ProgramMatch(found.candidate, columns, found.whole) for found, columns in cover]
    explained = frozenset().union(*(each.columns for each in matches)) if matches else frozenset()
    return matches, wrong - explained


def _agreeing(table: FaultDictionary, seen: Rows, wrong: Columns, locate: Locate) -> list[_Class]:
    agrees: dict[int, set[int]] = {}
    for column in sorted(wrong):
        for number in table.matching(column, seen):
            agrees.setdefault(number, set()).add(column)
    found = []
    for number, columns in agrees.items():
        own = frozenset(table.wrong[number].nonzero()[0].tolist())
        candidate, key = plainest(table.classes[number], locate)
        found.append(_Class(number, candidate, own, frozenset(columns), key))
    return found


def plainest(
    members: tuple[Candidate, ...], locate: Locate
) -> tuple[Candidate, tuple[bool, bool, int]]:
    """Return which of some equal programs to tell of, and how plain it is.

    The author's words come before the engine's, then what can be pointed at in the student's
    code, then what is least far-fetched.
    """
    keys = [
        (candidate.rank >= MUTANT, locate(candidate) is None, candidate.rank)
        for candidate in members
    ]
    best = min(range(len(members)), key=keys.__getitem__)
    return members[best], keys[best]


def _cover(classes: list[_Class], wrong: Columns) -> list[tuple[_Class, Columns]] | None:
    """Return the fewest whole candidates that are wrong in just these columns, each in its own."""
    branches = 0

    def search(left: Columns, most: int) -> list[_Class] | None:
        nonlocal branches
        if not left:
            return []
        if most == 0:
            return None
        first = min(left)
        for found in classes:
            if first in found.wrong and found.wrong <= left:
                branches += 1
                if branches > _MAX_BRANCHES:
                    return None
                rest = search(left - found.wrong, most - 1)
                if rest is not None:
                    return [found, *rest]
        return None

    for most in range(1, _MAX_MISTAKES + 1):
        result = search(wrong, most)
        if result is not None:
            return [(found, found.wrong) for found in result]
    return None


def _greedy(
    classes: list[_Class], wrong: Columns, table: FaultDictionary
) -> list[tuple[_Class, Columns]]:
    """Return what explains most of the wrong columns: whole candidates first, then parts."""
    left = wrong
    result: list[tuple[_Class, Columns]] = []
    for wanted in (True, False):
        while left and len(result) < _MAX_MISTAKES:
            usable = [
                found
                for found in classes
                if (
                    found.whole and found.wrong <= left
                    if wanted
                    else _part(found, left, wrong, table)
                )
            ]
            if not usable:
                break
            best = min(usable, key=lambda found: (-len(found.agrees & left), found.key))
            result.append((best, best.agrees & left))
            left -= best.agrees
    return result


def _part(found: _Class, left: Columns, wrong: Columns, table: FaultDictionary) -> bool:
    """Return whether a candidate may be told for a part of what it is wrong in.

    Where the student's function is wrong in another way in the same returned value, that the two
    agree on the probes may be luck, as with a condition that all probes fulfil.
    """
    texts = found.candidate.texts
    if texts and "{entries}" not in "".join(texts):
        return False  # the author's words are about all that it is wrong in
    own = found.agrees & left
    values = {_value(table, column) for column in own}
    others = (found.wrong & wrong) - found.agrees
    if not own or any(_value(table, column) in values for column in others):
        return False
    return table.telling(found.number, own)


def _value(table: FaultDictionary, column: int) -> str:
    return table.layout.name(column).partition("[")[0]
