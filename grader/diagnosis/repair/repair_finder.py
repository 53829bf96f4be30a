"""From a function with failed checks to a repair that is proven, or to nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from grader.course import Limits
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.diagnosis.repair.demonstrations import without_demonstrations
from grader.diagnosis.repair.right_values import RightPrograms
from grader.diagnosis.repair.schemata import edited
from grader.diagnosis.repair.search import CandidateRepair, RepairEdit, Search
from grader.diagnosis.repair.student_code import StudentCode, parse
from grader.diagnosis.repair.trials import Budget, Trials, written
from grader.quick_dataclass import dataclass
from grader.result import Place
from grader.sandbox.host import SandboxHost
from grader.sandbox.replies import SubmissionSource

_MAX_PROVEN: Final = 3
_MAX_REFUTED: Final = 3
_LONGEST_LINE: Final = 300
_LONGEST_PART: Final = 60

Verify = Callable[[SubmissionSource, str], bool]
"""Whether a submission passes all checks of a function."""


@dataclass(frozen=True, slots=True)
class RepairedPart:
    """A part of the student's code that has to be changed.

    Attributes
    ----------
    kind : str
        What is wrong with it; a key of `sentences.TITLES`.
    place : Place
        Where it stands.
    function : str
        The student's function that it stands in.
    text : str
        What the student wrote there, cut where it is long.
    repaired : str
        What makes it right: for instructors, never for students.
    """

    kind: str
    place: Place
    function: str
    text: str
    repaired: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What has to be changed in a student's code: all `parts`.

    `elsewhere` are other places of which each alone would do as well.
    """

    parts: tuple[RepairedPart, ...]
    elsewhere: tuple[RepairedPart, ...] = ()


Proven = tuple[CandidateRepair, SubmissionSource, StudentCode]
"""A repair that passes all checks, and the submission in which it is made."""


class RepairFinder:
    """Mends the functions of one submission, one after another.

    What has been repaired stays so for those that come after it, which may call it.

    Parameters
    ----------
    host, limits : SandboxHost, Limits
        Where submissions run. No session may hold a process there meanwhile.
    source : SubmissionSource
        The submission.
    functions : tuple of str
        Those with checks of their own.
    verify : callable
        Runs the checks of a function against a submission.
    programs : RightPrograms
        Those of the exercise.
    budget : Budget
        The time for all functions.
    say : callable
        Takes lines for instructors.

    Attributes
    ----------
    right_by_now : list of str
        The functions that were wrong and pass all checks since others were repaired.
    """

    def __init__(
        self,
        host: SandboxHost,
        limits: Limits,
        source: SubmissionSource,
        functions: tuple[str, ...],
        verify: Verify,
        programs: RightPrograms,
        budget: Budget,
        say: Callable[[str], None],
    ) -> None:
        self._host = host
        self._limits = limits
        self._source = source
        self._functions = functions
        self._verify = verify
        self._programs = programs
        self._budget = budget
        self._say = say
        self._code: StudentCode | None = parse(source)
        self._original = self._code
        self._repaired = False
        self.right_by_now: list[str] = []

    def repair(
        self,
        function: str,
        table: FaultDictionary,
        seen: Rows,
        prefers: Callable[[str, int], bool],
        several: bool,
    ) -> Repair | None:
        """Return the smallest repair of a function; None where none is found.

        Parameters
        ----------
        table : FaultDictionary
            The probes of the function.
        seen : ndarray of shape (probes, columns)
            What it showed on them.
        prefers : callable
            Takes the kind of an edit and its line, and returns whether it is in keeping with
            what was named: of several small edits such a one is told.
        several : bool
            Whether several mistakes were named.
        """
        if self._code is None:
            self._say(f"  repair: the code is too large or too deep: {function} is left")
            return None
        if self._budget.is_spent:
            self._say(f"  repair: the search ends before {function}")
            return None
        with Trials(self._host, self._limits, self._budget) as trials:
            if self._repaired:
                seen = self._shown(trials, function, table, {})  # others have been repaired
            if _alike(seen[:, :-1], table.right[:, :-1]):
                trials.close()  # the checks are run in a process of their own
                if self._repaired and self._verify(self._source, function):
                    self.right_by_now.append(function)
                return None
            light = without_demonstrations(self._code)
            if light and not _alike(self._shown(trials, function, table, light), seen):
                light = {}
            search = Search(
                trials=trials,
                source=self._source,
                code=self._code,
                function=function,
                others=self._functions,
                table=table,
                seen=seen,
                budget=self._budget,
                say=self._say,
                programs=self._programs,
                several=several,
                light=light,
            )
            proven = self._first_proven(function, search, prefers)
        if not proven:
            return None
        best, self._source, self._code = proven[0]
        self._repaired = True
        edits = sorted(
            best.edits, key=lambda each: (each.unit.file, _line(each.alternative.marked))
        )
        repair = Repair(
            tuple(self._part(each) for each in edits),
            tuple(self._part(each.edits[0]) for each, *_ in proven[1:] if len(best.edits) == 1),
        )
        for part in repair.parts:
            self._say(f"  repair: line {part.place.line}: {part.text} -> {part.repaired}")
        return repair

    def _rank(
        self, found: CandidateRepair, prefers: Callable[[str, int], bool]
    ) -> tuple[int, bool, tuple[int, ...], int]:
        """Return what sorts the smallest first, then what was named, then the earliest line."""
        edits = [each.alternative for each in found.edits]
        lines = tuple(_line(each.marked) for each in edits)
        named = all(prefers(each.kind, line) for each, line in zip(edits, lines, strict=True))
        return found.cost, not named, lines, sum(_width(each.marked) for each in edits)

    def _first_proven(
        self, function: str, search: Search, prefers: Callable[[str, int], bool]
    ) -> list[Proven]:
        """Return the first repairs of a search that pass all checks; none after too many fail."""
        refuted = 0
        for found in search.repairs():
            search.trials.close()  # the checks are run in a process of their own
            ranked = sorted(found, key=lambda each: self._rank(each, prefers))
            proven, refuted = self._proven(function, ranked, refuted)
            if proven or refuted == _MAX_REFUTED:
                return proven
        return []

    def _proven(
        self, function: str, found: list[CandidateRepair], refuted: int
    ) -> tuple[list[Proven], int]:
        """Return the first of the repairs of each line that pass all checks, best first.

        Each comes with the submission in which it is made. `refuted` counts those that did not.
        """
        proven: list[Proven] = []
        lines: set[tuple[int, ...]] = set()
        for each in found:
            at = tuple(_line(edit.alternative.marked) for edit in each.edits)
            if at in lines:
                continue
            if proven and each.cost > proven[0][0].cost:
                break
            if (proven or refuted) and self._budget.is_spent:
                break
            source, code = self._with(each)
            if self._verify(source, function):
                proven.append((each, source, code))
                lines.add(at)
            else:
                refuted += 1
                self._say(f"  repair: line {at[0]} makes the probes right, but not all checks")
            if len(proven) == _MAX_PROVEN or refuted == _MAX_REFUTED:
                break
        return proven, refuted

    def _with(self, found: CandidateRepair) -> tuple[SubmissionSource, StudentCode]:
        """Return the submission with a repair made."""
        last = found.edits[-1]
        file = last.unit.file
        tree = edited(found.code.files[file].tree, last.alternative)
        code = found.code.with_tree(file, tree)
        files = {each.unit.file for each in found.edits}
        return written(self._source, code, files, bare=True), code

    def _shown(
        self,
        trials: Trials,
        function: str,
        table: FaultDictionary,
        trees: Mapping[int, ast.Module],
    ) -> Rows:
        """Return what a function shows now, where some files have other trees."""
        rows = np.full(table.right.shape, np.nan)
        assert self._code is not None
        texts = {file: ast.unparse(tree) for file, tree in trees.items()}
        source = written(self._source, self._code.with_texts(texts), sorted(texts), bare=False)
        if trials.load(source, function):
            for probe, inputs in enumerate(table.inputs):
                for _, call in trials.shown(function, inputs, [0]):
                    row = table.layout.row(probe, call)
                    if row is not None:
                        rows[probe] = row
        return rows

    def _part(self, edit: RepairEdit) -> RepairedPart:
        assert self._original is not None
        file = self._original.files[edit.unit.file]
        node = edit.alternative.marked
        assert isinstance(node, ast.expr | ast.stmt)
        lines = file.text.split("\n")
        line = lines[node.lineno - 1].rstrip("\r") if node.lineno <= len(lines) else ""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        if end_line > node.lineno:
            end_line, end_column = node.lineno, len(line.encode())
        place = Place(
            file=file.label,
            line=node.lineno,
            column=_characters(line, node.col_offset),
            end_column=_characters(line, end_column),
            text=line[:_LONGEST_LINE],
        )
        new = edit.alternative.new
        repaired = (
            ast.unparse(new)
            if isinstance(new, ast.expr)
            else "; ".join(ast.unparse(ast.fix_missing_locations(each)) for each in new)
        )
        text = line[place.column : place.end_column]
        cut = text if len(text) <= _LONGEST_PART else f"{text[:_LONGEST_PART]}…"
        return RepairedPart(edit.alternative.kind, place, edit.unit.name, cut, repaired)


def _alike(one: Rows, other: Rows) -> bool:
    return np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)


def _characters(line: str, column: int) -> int:
    """Return how many characters stand before a column that is counted in bytes of UTF-8."""
    return len(line.encode()[:column].decode(errors="replace"))


def _place(edit: RepairEdit) -> tuple[int, int]:
    return edit.unit.file, _line(edit.alternative.marked)


def _line(node: ast.AST) -> int:
    assert isinstance(node, ast.expr | ast.stmt)
    return node.lineno


def _width(node: ast.AST) -> int:
    assert isinstance(node, ast.expr | ast.stmt)
    return (
        (node.end_col_offset or 0)
        - node.col_offset
        + 1000 * ((node.end_lineno or node.lineno) - node.lineno)
    )
