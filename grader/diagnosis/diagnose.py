"""From a submission's failed checks to the mistakes that explain them, or to silence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Final

from grader.course import Course, Exercise
from grader.diagnosis.catalogue import Catalogue, default_language
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.explainer import Explainer, Told
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.location import StudentFunction
from grader.diagnosis.observation import ObservedCall
from grader.diagnosis.options import Options
from grader.diagnosis.sentences import Wording
from grader.result import CheckResult, Outcome
from grader.sandbox.failures import CallFailure
from grader.sandbox.pipeline import Pipeline
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
        calls = observe(session, function, table)
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
            failed=failed - {function},
            before=before,
            workshop=lambda: self._shelf.workshop(exercise),
        )
        found = case.diagnose()
        spent = 1000 * (time.perf_counter() - start)
        self._say(f"{function}: {len(found)} told, {spent:.1f} ms")
        return found

    def _say(self, line: str) -> None:
        if self._options.explain is not None:
            self._options.explain(line)


def observe(
    session: SubmissionSession, function: str, table: FaultDictionary
) -> list[ObservedCall] | None:
    """Call a student's function on the probes; None where a call gives no value, or is slow."""
    names = table.layout.parameters
    requests = [session.request(function, inputs, names) for inputs in table.inputs]
    pipeline = Pipeline(session)
    calls = []
    start = time.monotonic()
    try:
        for number, request in enumerate(requests):
            reply = pipeline.make(request)
            calls.append(ObservedCall(reply.value, frozenset(reply.changed), bool(reply.warnings)))
            if time.monotonic() - start > _LONGEST_SECONDS:
                return None
            if number == 0 and all(each.plain for each in requests):
                pipeline.prefetch([each.call for each in requests[1:]])
    except CallFailure:
        return None
    finally:
        pipeline.settle()
    return calls
