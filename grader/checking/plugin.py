"""The pytest plugin: collects a course's checks once and runs them for many submissions."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final

import numpy as np
import pytest

from grader.checking import specification
from grader.checking.comparison import CheckFailure, Compare
from grader.checking.direct import DirectCheck, direct
from grader.checking.finite_difference import finite_difference
from grader.checking.foresight import Foresight
from grader.checking.reference import Remembered, load_reference
from grader.checking.specification import Check
from grader.checking.student import Student, last_call
from grader.checking.transcripts import Transcripts
from grader.course import Course, Exercise
from grader.errors import CourseError
from grader.result import CheckResult, Outcome
from grader.sandbox.failures import CallFailure
from grader.sandbox.worker import Worker

_PACKAGE: Final = Path(__file__).parent.parent
_MOST_LINES: Final = 12


class CheckPlugin:
    """Fixtures and hooks of one pytest session, and the submission that it is at.

    Parameters
    ----------
    course : Course
        Whose checks are run.
    files : mapping of Path to Exercise
        The check files of the session.
    drive : callable
        Called once, with this plugin, when the checks are collected; calls `run` for each
        submission.
    """

    def __init__(
        self,
        course: Course,
        files: Mapping[Path, Exercise],
        drive: Callable[[CheckPlugin], None],
    ) -> None:
        self.course = course
        self.files = files
        self.drive = drive
        self.error: BaseException | None = None
        self._items: dict[str, list[tuple[pytest.Item, Check]]] = {}
        self._direct: dict[str, DirectCheck | None] = {}
        self._signatures: dict[tuple[str, str], tuple[str, ...]] = {}
        self._references: dict[str, ModuleType | None] = {}
        self._remembered: dict[str, Remembered] = {}
        self._foresight = Foresight()
        self._transcripts = Transcripts()
        self._seed = 0
        self._check: Check | None = None
        self._exercise: Exercise | None = None
        self._student: Student | None = None
        self._raised: BaseException | None = None

    def checks(self, exercise: str) -> tuple[Check, ...]:
        """Return the checks of an exercise, in the order they run in."""
        return tuple(check for _, check in self._items[exercise])

    def run(
        self,
        exercise: Exercise,
        worker: Worker,
        seed: int,
        begin: Callable[[Check], None] | None = None,
    ) -> tuple[CheckResult, ...]:
        """Return the results of an exercise's checks against the submission in `worker`.

        Checks whose results are known from what they were answered are not run anew. `begin` is
        told of each check before its turn.
        """
        return tuple(self._results(exercise, worker, seed, None, begin, self._transcripts))

    def results(
        self, exercise: Exercise, worker: Worker, seed: int, chosen: Sequence[str] | None = None
    ) -> Iterator[CheckResult]:
        """Run checks and yield each one's result; the caller may stop at any of them.

        `chosen` gives the ids of the checks to run, and their order; else all are run.
        """
        return self._results(exercise, worker, seed, chosen)

    def _results(
        self,
        exercise: Exercise,
        worker: Worker,
        seed: int,
        chosen: Sequence[str] | None,
        begin: Callable[[Check], None] | None = None,
        transcripts: Transcripts | None = None,
    ) -> Iterator[CheckResult]:
        pairs = self._items[exercise.name]
        if chosen is not None:
            by_id = {pair[1].id: pair for pair in pairs}
            pairs = [by_id[id] for id in chosen]
        try:
            worker.load()
        except CallFailure as failure:
            yield from (_ended(check, failure.outcome, failure.feedback) for _, check in pairs)
            return
        self._exercise = exercise
        self._seed = seed
        self._student = Student(worker, self._parameters)
        results: list[CheckResult] = []
        numbered = [(index, item, check) for index, (item, check) in enumerate(pairs)]
        for _, each in groupby(numbered, key=lambda one: one[2].function):
            group = list(each)
            key = exercise.name, seed, tuple(check.id for _, _, check in group)
            with self._foresight.group(key, worker, results):
                for index, item, check in group:
                    if begin is not None:
                        begin(check)
                    following = pairs[(index + 1) % len(pairs)][0]
                    results.append(self._result(item, check, following, results, transcripts))
                    yield results[-1]

    def _result(
        self,
        item: pytest.Item,
        check: Check,
        following: pytest.Item,
        results: list[CheckResult],
        transcripts: Transcripts | None,
    ) -> CheckResult:
        """Return a check's result, after those before it."""
        missing = _unmet(check, results)
        if missing:
            text = f"Not run: it builds on {missing}, which has to be right first."
            return _ended(check, Outcome.BLOCKED, text)
        if transcripts is None or self._direct[item.nodeid] is None:
            return self._run_item(item, check, following)
        start = time.perf_counter()
        assert self._exercise is not None
        assert self._student is not None
        key = self._exercise.name, self._seed, check.id
        worker = self._student._worker
        worker.listen()
        result = transcripts.recall(key, worker)
        if result is None:
            result = self._run_item(item, check, following)
            transcripts.learn(key, worker.heard, result)
        return replace(result, seconds=time.perf_counter() - start)

    def reference(self, exercise: Exercise) -> ModuleType | None:
        """Return the exercise's reference module; None in a course without solutions."""
        if exercise.name not in self._references:
            self._references[exercise.name] = load_reference(self.course, exercise)
        return self._references[exercise.name]

    def _run_item(self, item: pytest.Item, check: Check, following: pytest.Item) -> CheckResult:
        assert self._student is not None
        self._check = check
        self._raised = None
        self._student._calls.clear()
        start = time.perf_counter()
        # a check that prints must not spoil what the command itself writes
        with contextlib.redirect_stdout(sys.stderr):
            self._run_check(item, following)
        seconds = time.perf_counter() - start
        outcome, feedback = self._verdict(item, check)
        wrong = self._raised.entries if isinstance(self._raised, CheckFailure) else ()
        return replace(_ended(check, outcome, feedback, seconds), wrong=wrong)

    def _run_check(self, item: pytest.Item, following: pytest.Item) -> None:
        """Run the check; what it raises is kept."""
        check = self._direct[item.nodeid]
        if check is None:
            # what the last check left set up need not be what this one builds on
            item.session._setupstate.teardown_exact(item)
            item.config.hook.pytest_runtest_protocol(
                item=item, nextitem=None if following is item else following
            )
            return
        try:
            check()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._raised = error

    def _verdict(self, item: pytest.Item, check: Check) -> tuple[Outcome, str]:
        error = self._raised
        if error is None:
            return Outcome.PASSED, ""
        if isinstance(error, CallFailure):
            return error.outcome, error.feedback
        if isinstance(error, CheckFailure):
            return Outcome.FAILED, self._with_call(check, str(error))
        if isinstance(error, pytest.skip.Exception):
            return Outcome.BLOCKED, f"Not run: {error.msg}"
        if isinstance(error, pytest.fail.Exception):
            return Outcome.FAILED, self._with_call(check, str(error.msg))
        if isinstance(error, AssertionError) and not self._is_own(_last_file(error)):
            text = _told(error, item.path) if check.visible else "What it asks for is not so."
            return Outcome.FAILED, self._with_call(check, text)
        if isinstance(error, pytest.FixtureLookupError):
            return Outcome.GRADER_ERROR, (
                f"The check itself failed, not your code: fixture {error.argname!r} not found"
            )
        return Outcome.GRADER_ERROR, (
            f"The check itself failed, not your code: {type(error).__name__}: {error}"
            f" ({_last_place(error)})"
        )

    def _is_own(self, file: Path | None) -> bool:
        """Return whether what fails there is the grader's or the reference's fault."""
        assert self._exercise is not None
        if file is None or file == self.course.reference(self._exercise):
            return True
        inside = file.is_relative_to(_PACKAGE)
        return inside and not file.is_relative_to(self.course.folder / "solutions")

    def _with_call(self, check: Check, text: str) -> str:
        assert self._student is not None
        called = last_call(self._student, check.function) if check.visible else ""
        return f"{text}\nCalled: {called}" if called else text

    def _parameters(self, function: str) -> tuple[str, ...]:
        assert self._exercise is not None
        place = self._exercise.name, function
        if place not in self._signatures:
            target = getattr(self.reference(self._exercise), function, None)
            names = inspect.signature(target).parameters if callable(target) else ()
            self._signatures[place] = tuple(names)
        return self._signatures[place]

    @pytest.fixture(name="student")
    def _student_fixture(self) -> Student:
        """Give the submission's functions, called over the wall."""
        assert self._student is not None
        return self._student

    @pytest.fixture(name="reference")
    def _reference_fixture(self) -> Remembered:
        """Give the reference module of the exercise."""
        assert self._exercise is not None
        module = self.reference(self._exercise)
        if module is None:
            raise CourseError(
                f"a check of {self._exercise.name} needs the reference, which is not here",
                "a visible check that is handed out must do without the reference fixture",
            )
        if self._exercise.name not in self._remembered:
            self._remembered[self._exercise.name] = Remembered(module)
        return self._remembered[self._exercise.name]

    @pytest.fixture(name="rng")
    def _rng_fixture(self) -> np.random.Generator:
        """Give random numbers that depend on the seed, the exercise and the check alone."""
        assert self._check is not None
        assert self._exercise is not None
        return generator_for(self._seed, self.course.name, self._exercise.name, self._check.id)

    @pytest.fixture(name="compare")
    def _compare_fixture(self) -> Compare:
        """Give comparisons with feedback made for students."""
        assert self._check is not None
        return Compare(self._check.visible)

    @pytest.fixture(name="finite_difference")
    def _finite_difference_fixture(self) -> Callable[..., Any]:
        """Give central finite differences of a scalar function."""
        return finite_difference

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the marks of checks."""
        for mark in specification.MARKS:
            config.addinivalue_line("markers", mark)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Turn a check file that cannot be imported into a mistake of the course."""
        if report.failed and self.error is None:
            lines = str(report.longrepr).strip().splitlines()
            reason = next((line[1:].strip() for line in reversed(lines) if line[:1] == "E"), "")
            self.error = CourseError(
                f"the check file {report.nodeid} cannot be loaded: {reason or lines[-1]}",
                "mend the file, then run `bpgrade author verify`",
            )

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand the collected checks to the driver in place of pytest's own single pass."""
        # nobody reads pytest's own tracebacks, and each costs more than a check
        session.config.option.tbstyle = "no"
        if self.error is None:
            try:
                self._take_items(session.items)
                self.drive(self)
            except BaseException as error:
                self.error = error
        return True

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Keep the first thing that a phase of the current check raised."""
        if call.excinfo is not None and self._raised is None:
            self._raised = call.excinfo.value

    def _take_items(self, items: list[pytest.Item]) -> None:
        for path, exercise in self.files.items():
            own = [item for item in items if item.path == path]
            self._direct.update((item.nodeid, direct(item)) for item in own)
            checks = [specification.read(item, exercise) for item in own]
            if self.course.checks(exercise) == path:
                specification.verify_points(checks, exercise, path.name)
            order = specification.in_order(checks)
            self._items[exercise.name] = [(own[index], checks[index]) for index in order]


def generator_for(seed: int, *names: str) -> np.random.Generator:
    """Return a generator whose numbers depend on the seed and the names alone."""
    sequence = _seed_sequence(seed, names)
    if sequence.n_children_spawned:  # by a check that has made generators of its own from it
        sequence = _seed_sequence.__wrapped__(seed, names)
    return np.random.Generator(np.random.PCG64(sequence))


@functools.cache  # one for each check: making it takes longer than all that is drawn from it
def _seed_sequence(seed: int, names: tuple[str, ...]) -> np.random.SeedSequence:
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.SeedSequence([seed, *np.frombuffer(digest, dtype="<u4").tolist()])


def _ended(check: Check, outcome: Outcome, feedback: str, seconds: float = 0.0) -> CheckResult:
    return CheckResult(
        id=check.id,
        title=check.title,
        function=check.function,
        outcome=outcome,
        points=check.points if outcome is Outcome.PASSED else 0.0,
        max_points=check.points,
        visible=check.visible,
        feedback=feedback,
        hint="" if outcome in (Outcome.PASSED, Outcome.BLOCKED) else check.hint,
        seconds=round(seconds, 6),
    )


def _unmet(check: Check, results: list[CheckResult]) -> str:
    failed = {
        result.function
        for result in results
        if result.function in check.requires and result.outcome is not Outcome.PASSED
    }
    return ", ".join(name for name in check.requires if name in failed)


def _told(error: AssertionError, checks: Path) -> str:
    """Return what an assertion says: in the check's own file pytest adds to its first line."""
    lines = str(error).strip().splitlines()
    return "\n".join(lines[: 1 if _last_file(error) == checks else _MOST_LINES])


def _last_file(error: BaseException) -> Path | None:
    trace = _last_frame(error)
    return Path(trace.tb_frame.f_code.co_filename) if trace is not None else None


def _last_place(error: BaseException) -> str:
    trace, file = _last_frame(error), _last_file(error)
    return f"{file.name}, line {trace.tb_lineno}" if trace and file else "nowhere"


def _last_frame(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace
