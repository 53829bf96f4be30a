"""From a submission's failed checks to the mistakes that explain them, or to silence."""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any, Final

from grader.course import Course, Exercise
from grader.diagnosis.catalogue import Catalogue, default_language
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.explainer import Explainer, Told
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.location import StudentFunction
from grader.diagnosis.observation import ObservedCall
from grader.diagnosis.options import Options
from grader.diagnosis.sentences import Wording
from grader.diagnosis.student_program import StudentProgram
from grader.result import CheckResult, Outcome
from grader.sandbox.submission_session import SubmissionSession

_LONGEST_SECONDS: Final = 6.0


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
        self._catalogue = Catalogue(options.language or default_language(), course.folder)

    def add(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        checks: tuple[CheckResult, ...],
    ) -> tuple[CheckResult, ...]:
        """Return the checks, the first failed one of each function with what explains it."""
        failed = frozenset(c.function for c in checks if c.outcome is Outcome.FAILED)
        told: dict[str, tuple[Told, ...]] = {}
        result = []
        for check in checks:
            unexplained = check.outcome is Outcome.FAILED and not check.cause
            if unexplained and check.function not in told:
                before = frozenset(
                    each.candidate.id for found in told.values() for each in found if each.candidate
                )
                found = self._function(exercise, session, check.function, failed, before)
                told[check.function] = found
                check = replace(check, diagnosis=tuple(each.diagnosis for each in found))
            result.append(check)
        return tuple(result)

    def _function(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        function: str,
        failed: frozenset[str],
        before: frozenset[str],
    ) -> tuple[Told, ...]:
        start = time.perf_counter()
        stored = self._shelf.table(exercise, function)
        self._say(f"{function}: {self._shelf.told}")
        if stored is None:
            return ()
        table, meanings = stored
        use = self._use_of(exercise, function)
        ask = StudentProgram(session, function, table.layout.parameters, use)
        calls = observe(ask, table)
        if calls is None:
            self._say(f"{function}: a call on a probe gave no value; nothing is said")
            return ()
        source = session.source.defining(function)
        case = Explainer(
            table=table,
            calls=calls,
            student=StudentFunction(source, function, table.layout.parameters),
            wording=Wording(function, self._catalogue, meanings),
            say=self._say,
            session=session,
            ask=ask,
            failed=failed - {function},
            before=before,
            workshop=lambda: self._shelf.workshop(exercise),
        )
        found = case.diagnose()
        spent = 1000 * (time.perf_counter() - start)
        self._say(f"{function}: {len(found)} told, {spent:.1f} ms")
        return found

    def _use_of(self, exercise: Exercise, function: str) -> Callable[..., Any] | None:
        """Return what probes do with a function, where they do more than to call it."""
        reference = self._reference(exercise)
        target = getattr(reference, function, None)
        if not isinstance(target, type) and not inspect.isgeneratorfunction(target):
            return None
        workshop = self._shelf.workshop(exercise)
        return None if workshop is None else workshop.use_of(function)

    def _say(self, line: str) -> None:
        if self._options.explain is not None:
            self._options.explain(line)


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
