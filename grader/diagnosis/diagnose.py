"""From a submission's failed checks to the mistakes that explain them, or to silence."""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.course import Course, Exercise
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.explainer import Explainer, Told, follows
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.diagnosis.location import LocatedFunction
from grader.diagnosis.observation import ObservedCall
from grader.diagnosis.options import Options
from grader.diagnosis.repair.repair_words import Named, retold
from grader.diagnosis.sentences import Wording
from grader.diagnosis.student_program import StudentProgram
from grader.diagnosis.unexplained import is_unexplained
from grader.errors import BpgradeError
from grader.language import Message, authored
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, Outcome
from grader.sandbox.replies import SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

if TYPE_CHECKING:
    from grader.diagnosis.repair.repair_finder import Repair
    from grader.diagnosis.repair.right_values import RightPrograms

_LONGEST_SECONDS: Final = 6.0
_MAX_KEPT: Final = 500
REPAIR_SECONDS: Final = 3.0
"""How much processor time repairs of one submission may take at most; trials are counted first."""

Verify = Callable[[SubmissionSource, str], bool]


@dataclass(frozen=True, slots=True)
class _Case:
    """A function with failed checks: what it shows on the probes, and what was named.

    `is_called` says whether probes do nothing else with it than to call it.
    """

    table: FaultDictionary
    wording: Wording
    named: Named
    rows: Rows
    is_called: bool

    @property
    def follows(self) -> bool:
        """Whether it is right for what another function returns, which is told already."""
        told = self.named.told
        return bool(told) and all(each.diagnosis.id.startswith("follows from ") for each in told)


@dataclass(frozen=True, slots=True)
class _Repairs:
    """The repairs of one submission's functions, and what each of the others follows from."""

    found: dict[str, Repair]
    follow: dict[str, str]

    @staticmethod
    def of(found: dict[str, Repair], right_by_now: list[str]) -> _Repairs:
        """Return them; what follows is told where all that is repaired stands in one function."""
        blamed = {part.function for repair in found.values() for part in repair.parts}
        return _Repairs(found, dict.fromkeys(right_by_now, *blamed) if len(blamed) == 1 else {})


class Diagnoser:
    """Names mistakes in submissions to one course."""

    def __init__(
        self,
        course: Course,
        reference: Callable[[Exercise], ModuleType | None],
        options: Options,
    ) -> None:
        self._reference = reference
        self._shelf = Shelf(course, reference)
        self._options = options
        self._repairs: dict[tuple[str, tuple[str, ...], SubmissionSource], _Repairs] = {}
        self._course = course
        self._programs: dict[str, RightPrograms] = {}

    def add(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        checks: tuple[CheckResult, ...],
        verify: Verify,
    ) -> tuple[CheckResult, ...]:
        """Return the checks, the first failed one of each function with what explains it.

        `verify` runs the checks of a function against another submission, while `session` holds
        no process.
        """
        failed = frozenset(c.function for c in checks if c.outcome is Outcome.FAILED)
        first = {check.function: check for check in reversed(checks) if is_unexplained(check)}
        cases: dict[str, _Case] = {}
        for function in dict.fromkeys(each.function for each in checks if each.function in first):
            before = frozenset(
                each.candidate.id
                for case in cases.values()
                for each in case.named.told
                if each.candidate
            )
            case = self._case(exercise, session, function, failed, before)
            if case is not None:
                cases[function] = case
        told = self._mended(exercise, session, cases, verify)
        return tuple(
            replace(check, diagnosis=tuple(each.diagnosis for each in told[check.function]))
            if check is first.get(check.function) and check.function in told
            else check
            for check in checks
        )

    def _case(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        function: str,
        failed: frozenset[str],
        before: frozenset[str],
    ) -> _Case | None:
        """Return what a function shows on the probes, and what is named by that alone.

        None where nothing can be named, as for what does not always come to an end.
        """
        start = time.perf_counter()
        if session.gave_up(function):
            self._say(f"{function}: it has run out of time or memory; nothing is named")
            return None
        stored = self._shelf.table(exercise, function)
        self._say(f"{function}: {self._shelf.told}")
        if stored is None:
            return None
        table, meanings = stored
        wording = Wording(function, self._authored, meanings)
        source = session.source.defining(function)
        student = LocatedFunction(source, function, table.layout.parameters)
        use = self._use_of(exercise, function)
        ask = StudentProgram(session, function, table.layout.parameters, use)
        calls = observe(ask, table)
        if session.gave_up(function):
            self._say(f"{function}: it ran out of time on a probe; nothing is named")
            return None
        if calls is None:
            self._say(f"{function}: a call on a probe gave no value; nothing is named")
            return _Case(table, wording, Named((), student.line), rows_of(table, ()), use is None)
        explainer = Explainer(
            table=table,
            calls=calls,
            student=student,
            wording=wording,
            say=self._say,
            session=session,
            ask=ask,
            failed=failed - {function},
            before=before,
            workshop=lambda: self._shelf.workshop(exercise),
        )
        found = explainer.diagnose()
        spent = 1000 * (time.perf_counter() - start)
        self._say(f"{function}: {len(found)} told, {spent:.1f} ms")
        named = Named(found, student.line)
        return _Case(table, wording, named, rows_of(table, calls), use is None)

    def _mended(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        cases: dict[str, _Case],
        verify: Verify,
    ) -> dict[str, tuple[Told, ...]]:
        """Return what is told of each function, with the places that repairs have shown."""
        told = {function: case.named.told for function, case in cases.items()}
        wanted = [name for name, case in cases.items() if case.is_called]
        if not wanted:
            return told
        key = exercise.name, tuple(wanted), session.source
        repairs = self._repairs.get(key)
        if repairs is None:
            repairs, is_whole = self._repaired(exercise, session, cases, wanted, verify)
            if len(self._repairs) >= _MAX_KEPT:
                self._repairs.clear()
            if is_whole:
                self._repairs[key] = repairs
        for function, blames in repairs.follow.items():
            told[function] = (follows(function, blames, cases[function].named.begins),)
        for function, repair in repairs.found.items():
            case = cases[function]
            if case.follows:  # it has a mistake of its own as well
                own = retold(replace(case.named, told=()), repair, case.wording)
                told[function] = (*case.named.told, *own)
            else:
                told[function] = retold(case.named, repair, case.wording)
        return told

    def _repaired(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        cases: dict[str, _Case],
        wanted: list[str],
        verify: Verify,
    ) -> tuple[_Repairs, bool]:
        """Return the repairs that are found, and whether there was the time to look for all."""
        from grader.diagnosis.repair.repair_finder import RepairFinder
        from grader.diagnosis.repair.trials import Budget

        start = time.perf_counter()
        session.close()
        budget = Budget(REPAIR_SECONDS, session.host)
        finder = RepairFinder(
            host=session.host,
            limits=session.limits,
            source=session.source,
            functions=exercise.functions,
            verify=verify,
            programs=self._right_programs(exercise),
            budget=budget,
            say=self._say,
        )
        found: dict[str, Repair] = {}
        for function in wanted:
            case = cases[function]
            if case.follows and not found:
                continue
            try:
                repair = finder.repair(
                    function, case.table, case.rows, case.named.prefers, case.named.are_several
                )
            except BpgradeError:
                raise
            except Exception as error:  # whatever a student's code leads to, it is graded already
                self._say(f"{function}: the search for a repair broke: {error!r}")
                break
            if repair is not None:
                found[function] = repair
        self._say(f"repairs: {1000 * (time.perf_counter() - start):.1f} ms")
        return _Repairs.of(found, finder.right_by_now), budget.left > 0

    def _right_programs(self, exercise: Exercise) -> RightPrograms:
        from grader.diagnosis.repair.right_values import RightPrograms

        if exercise.name not in self._programs:
            self._programs[exercise.name] = RightPrograms(lambda: self._shelf.workshop(exercise))
        return self._programs[exercise.name]

    def _use_of(self, exercise: Exercise, function: str) -> Callable[..., Any] | None:
        """Return what probes do with a function, where they do more than to call it."""
        reference = self._reference(exercise)
        target = getattr(reference, function, None)
        if not isinstance(target, type) and not inspect.isgeneratorfunction(target):
            return None
        workshop = self._shelf.workshop(exercise)
        return None if workshop is None else workshop.use_of(function)

    def _authored(self, text: str) -> Message:
        return authored(self._course.folder, text)

    def _say(self, line: str) -> None:
        if self._options.explain is not None:
            self._options.explain(line)


def rows_of(table: FaultDictionary, calls: Sequence[ObservedCall]) -> Rows:
    """Return what calls show on the probes; NaN where they give no such value as is right."""
    rows = np.full(table.right.shape, np.nan)
    for probe, call in enumerate(calls):
        row = table.layout.row(probe, call)
        if row is not None:
            rows[probe] = row
    return rows


def observe(ask: StudentProgram, table: FaultDictionary) -> list[ObservedCall] | None:
    """Run a student's program on the probes; None where it gives no value, or is slow."""
    calls = []
    start = time.monotonic()
    with contextlib.closing(ask.all(table.inputs)) as found:
        for call in found:
            if call is None or time.monotonic() - start > _LONGEST_SECONDS:
                return None
            calls.append(call)
    return calls
