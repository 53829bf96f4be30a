"""A course's checks: collected by pytest once, run for one submission after another."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from grader.checking import fixtures, specification
from grader.checking.direct import direct
from grader.checking.fixtures import CheckRun
from grader.checking.pictures import pictures_of, without_known
from grader.checking.pytest_adapter import collected_session
from grader.checking.reference import References
from grader.checking.reference_trial import Trial
from grader.checking.replay import Forecast, Replay, first_plain
from grader.checking.running import RAISED, Collected, ReferenceTrials, run_judged
from grader.checking.specification import Check
from grader.checking.student.asked_figures import drawn_figures
from grader.checking.student.student_proxy import StudentProxy, of_course, own_names
from grader.checking.verdict import blocked, ended, verdict
from grader.comparison.check_failure import CheckFailure
from grader.course import Course, Exercise
from grader.course.shared import importing_shared
from grader.errors import BpgradeError, CourseError
from grader.interpreter import check_keeps_assertions
from grader.language import gettext_lazy as _
from grader.result import CheckResult
from grader.sandbox.failures import CallFailure
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.submission_session import SubmissionSession

_UNUSED_PLUGINS: Final = (
    "cacheprovider",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "nose",
    "pastebin",
    "recwarn",
    "setuponly",
    "setupplan",
    "stepwise",
    "terminal",
    "threadexception",
    "tmpdir",
    "unittest",
    "unraisableexception",
    "warnings",
)
Begin = Callable[[Check], None]


@contextmanager
def collected(course: Course, exercises: Iterable[Exercise]) -> Iterator[Checks]:
    """Collect the checks of `exercises`; within the context they can be run.

    Raises
    ------
    CourseError
        The checks cannot be used.
    UsageError
        Python was started to leave out `assert`.
    """
    check_keeps_assertions()
    files = {check_file(course, exercise): exercise for exercise in exercises}
    for exercise in files.values():
        _refuse_own_names(exercise)
    arguments = [
        *(str(path) for path in files),
        f"--rootdir={course.folder}",
        f"--config-file={os.devnull}",
        f"--confcutdir={course.folder}",
        "--noconftest",
        "--import-mode=importlib",
        "--disable-plugin-autoload",
        "--capture=no",
        "--strict-markers",
        *(f"-pno:{name}" for name in _UNUSED_PLUGINS),
    ]
    with contextlib.ExitStack() as stack:
        stack.callback(_forget, set(files))
        stack.enter_context(importing_shared(course.folder / "solutions"))
        try:
            session = stack.enter_context(collected_session(arguments, [fixtures, _Hooks()]))
        except (BpgradeError, KeyboardInterrupt, OSError):  # the last: of the machine, not the file
            raise
        except BaseException as error:  # a check file may end with SystemExit, or pytest.exit
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise CourseError(
                _(
                    "the checks of {course} cannot be collected: {reason}",
                    course=course.name,
                    reason=reason,
                ),
                _("run `bpgrade author verify` on the course"),
            ) from error
        # nobody reads pytest's own tracebacks, and each costs more than a check
        session.config.option.tbstyle = "no"
        yield Checks(course, files, session.items)


def _refuse_own_names(exercise: Exercise) -> None:
    taken = sorted(own_names().intersection(exercise.points))
    if taken:
        name = taken[0]
        raise CourseError(
            _(
                "course.toml: {exercise} gives points for `{name}`, but `student.{name}` is"
                " something that every check has",
                exercise=exercise.name,
                name=name,
            ),
            _(
                "call it otherwise in course.toml, the reference and the checks, as `{name}_1`",
                name=name,
            ),
        )


class _Hooks:
    """What pytest is to do otherwise than it does by itself."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the marks of checks."""
        for mark in specification.MARKS:
            config.addinivalue_line("markers", mark)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Turn a check file that cannot be imported into a mistake of the course."""
        if report.failed:
            lines = str(report.longrepr).strip().splitlines()
            reason = next((line[1:].strip() for line in reversed(lines) if line[:1] == "E"), "")
            raise CourseError(
                _(
                    "the check file {file} cannot be loaded: {reason}",
                    file=report.nodeid,
                    reason=reason or lines[-1],
                ),
                _("fix the file, then run `bpgrade author verify`"),
            )

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Keep the first thing that a phase of a check has raised."""
        if call.excinfo is not None:
            item.stash.setdefault(RAISED, call.excinfo.value)


def _forget(files: set[Path]) -> None:
    """Drop the modules of check files: pytest names them alike in every course, and keeps them."""
    names = {path.name for path in files}  # to look closely at few: there are a thousand modules
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and os.path.basename(file) in names and Path(file) in files:  # noqa: PTH119
            del sys.modules[name]


def check_file(course: Course, exercise: Exercise) -> Path:
    """Return the exercise's check file: the full one, else the visible ones of a handout.

    Raises
    ------
    CourseError
        The course has neither.
    """
    full = course.checks(exercise)
    handed_out = course.folder / "exercises" / full.name
    for path in (full, handed_out):
        if path.is_file():
            return path
    raise CourseError(
        _(
            "the course {course} has no checks for {exercise}",
            course=course.name,
            exercise=exercise.name,
        ),
        _("write {path}", path=full),
    )


class Checks:
    """The checks of some exercises, within the context of `collected`."""

    def __init__(
        self, course: Course, files: Mapping[Path, Exercise], items: Sequence[pytest.Item]
    ) -> None:
        self.course = course
        self._references = References(course)
        self._replay = Replay()
        self._trials = ReferenceTrials()
        self._of_course = of_course(course)
        self._cells: defaultdict[str, set[str]] = defaultdict(set)  # that checks ask for by name
        self._by_exercise = {
            exercise.name: _in_order(course, exercise, path, items)
            for path, exercise in files.items()
        }

    def of(self, exercise: Exercise) -> tuple[Check, ...]:
        """Return the checks of an exercise, in the order they run in."""
        return tuple(one.check for one in self._by_exercise[exercise.name])

    def reference(self, exercise: Exercise) -> ModuleType | None:
        """Return the exercise's reference module; None in a course without solutions."""
        return self._references.module(exercise)

    def run(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        seed: int,
        begin: Begin | None = None,
        *,
        afresh: bool = False,
    ) -> tuple[CheckResult, ...]:
        """Return the results of an exercise's checks against the submission in `session`.

        Checks whose results are known from what they were answered are not run again, unless all
        are to be run `afresh`; the results are the same. `begin` is told of each check before its
        turn.
        """
        every = self._by_exercise[exercise.name]
        replay = None if afresh else self._replay
        return tuple(self._results(exercise, session, seed, every, begin, replay))

    def results(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        seed: int,
        chosen: Sequence[str] | None = None,
    ) -> Iterator[CheckResult]:
        """Run checks, all of them, and yield each one's result; the caller may stop at any.

        `chosen` gives the ids of the checks to run, and their order; else all are run.
        """
        every = self._by_exercise[exercise.name]
        if chosen is not None:
            by_id = {one.check.id: one for one in every}
            every = tuple(by_id[id] for id in chosen)
        return self._results(exercise, session, seed, every, None, self._replay, recalls=False)

    def _results(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        seed: int,
        every: Sequence[Collected],
        begin: Begin | None,
        replay: Replay | None,
        *,
        recalls: bool = True,
    ) -> Iterator[CheckResult]:
        session.cells = self._cells[exercise.name]
        try:
            session.load()
        except CallFailure as failure:
            for one in every:
                unloaded = ended(one.check, failure.outcome, failure.feedback)
                yield replace(unloaded, cause=failure.cause)
            return
        parameters = functools.partial(self._references.parameters, exercise)
        asked = functools.partial(self._references.values, exercise)
        pipeline = Pipeline(session)
        turns = _Turns(pipeline, replay, recalls, self._trials)

        def run_of(one: Collected) -> CheckRun:
            student = StudentProxy(pipeline, parameters, asked, *self._of_course)
            return CheckRun(exercise, seed, one.check, student, self._references)

        results: list[CheckResult] = []
        try:
            for index, one in enumerate(every):
                if begin is not None:
                    begin(one.check)
                result = blocked(one.check, results)
                if result is None:
                    following = every[(index + 1) % len(every)].item
                    key = exercise.name, seed, one.check.id
                    result = turns.take(key, one, functools.partial(run_of, one), following)
                    result = without_known(result, results)
                results.append(result)
                yield result
        finally:
            turns.settle()


class _Turns:
    """The checks of one submission by turns: recalled where their results are known, else run."""

    def __init__(
        self, pipeline: Pipeline, replay: Replay | None, recalls: bool, trials: ReferenceTrials
    ) -> None:
        self._trials = trials
        self._pipeline = pipeline
        self._replay = replay
        self._recalls = recalls
        self._forecasts: list[tuple[Forecast, int]] = []  # each with what had been asked before

    def take(
        self,
        key: Hashable,
        one: Collected,
        run_of: Callable[[], CheckRun],
        following: pytest.Item,
    ) -> CheckResult:
        """Return the result of a check, whose run is made where it is not recalled.

        `key` stands for the check and its random numbers, `following` is the check after it.
        """
        if self._replay is None or one.direct is None:
            return _run(one, run_of(), following, self._trials)
        start = time.perf_counter()
        if self._pipeline.ahead <= 1:  # one may be what this check asks first
            self._send_ahead(key, self._replay)
        self._pipeline.begin()
        result = self._replay.recall(key, self._pipeline) if self._recalls else None
        if result is not None:
            return replace(result, seconds=time.perf_counter() - start)
        result = _run(one, run_of(), following, self._trials)
        self._replay.learn(key, self._pipeline.steps, result)
        return result

    def _send_ahead(self, key: Hashable, replay: Replay) -> None:
        self._pipeline.begin()
        forecast = replay.forecast(key, self._pipeline)
        if forecast is not None:
            self._pipeline.prefetch(forecast.likely())
            self._forecasts.append((forecast, len(self._pipeline.asked) + 1))

    def settle(self) -> None:
        """Roll back what was not asked for, and learn from what was."""
        self._pipeline.settle()
        for forecast, before in self._forecasts:
            forecast.learn(first_plain(self._pipeline.asked[before:]))
        self._forecasts.clear()


def _in_order(
    course: Course, exercise: Exercise, path: Path, items: Sequence[pytest.Item]
) -> tuple[Collected, ...]:
    own = [item for item in items if item.path == path]
    checks = [specification.read(item, exercise, course.folder) for item in own]
    if course.checks(exercise) == path:
        specification.verify_points(checks, exercise, path.name)
    return tuple(
        Collected(checks[index], own[index], direct(own[index]))
        for index in specification.in_order(checks)
    )


def _run(
    one: Collected, run: CheckRun, following: pytest.Item, trials: ReferenceTrials
) -> CheckResult:
    """Run a check; it may be asked of many submissions, so nothing of the last one is kept."""
    start = time.perf_counter()

    def tried() -> Trial | None:
        return trials.of(one, run, following)

    # a check that prints must not spoil what the command itself writes
    with contextlib.redirect_stdout(sys.stderr):
        error = run_judged(one, run, following, trials)
    seconds = time.perf_counter() - start
    outcome, feedback = verdict(run, one.item.path, error, tried)
    result = ended(run.check, outcome, feedback, seconds)
    figures = drawn_figures(run.student)
    if error is None and not figures:
        return result
    wrong = error.entries if isinstance(error, CheckFailure) else ()
    cause = error.cause if isinstance(error, CallFailure) else ""
    return replace(result, wrong=wrong, cause=cause, pictures=pictures_of(figures))
