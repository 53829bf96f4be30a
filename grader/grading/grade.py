"""Grading: one submission against one exercise, behind the wall."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from grader.checking.plugin import CheckPlugin
from grader.checking.session import check_file, run_session
from grader.course import Course, Exercise, find_course
from grader.diagnosis.options import Options
from grader.grading.remarks import remarks
from grader.grading.submission import Submission, exercise_of, read_submission
from grader.result import CheckResult, Listing, Outcome, Result
from grader.sandbox.host import WorkerHost
from grader.sandbox.isolation import resolve
from grader.sandbox.worker import Worker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from grader.checking.specification import Check
    from grader.diagnosis.diagnose import Diagnoser

DEFAULT_SEED = 0
DEFAULT_OPTIONS = Options()
_WALL_LAYERS = ("process", "wall clock")


class Grader:
    """A warm host and a collected course: grades one submission after another."""

    def __init__(
        self,
        course: Course,
        host: WorkerHost,
        plugin: CheckPlugin,
        options: Options = DEFAULT_OPTIONS,
    ) -> None:
        self.course = course
        self._host = host
        self._plugin = plugin
        self._options = options
        self._diagnoser: Diagnoser | None = None

    def grade(
        self,
        submission: Submission,
        exercise: Exercise,
        seed: int,
        begin: Callable[[Check], None] | None = None,
    ) -> Result:
        """Return the result of a submission; whatever its code does, there is one.

        `begin` is told of each check before it is run, for a progress line.
        """
        start = time.perf_counter()
        if submission.problem:
            checks = self._unreadable(exercise, submission.problem)
            return self._result(submission, exercise, seed, checks, start)
        worker = Worker(self._host, submission.to_load, exercise.limits)
        try:
            checks = self._plugin.run(exercise, worker, seed, begin)
            if any(check.outcome is Outcome.FAILED for check in checks):
                checks = self._diagnosed(exercise, worker, checks)
            return self._result(submission, exercise, seed, checks, start, worker)
        finally:
            worker.close()

    def draw(self, submission: Submission, exercise: Exercise) -> Figure:
        """Return the course's drawing of what a submission does.

        Raises
        ------
        UsageError, CourseError, CallFailure
            The course has none, it fails, or the submission cannot be loaded.
        """
        from grader.checking.student import Student
        from grader.grading import figure

        path = figure.figure_file(self.course, exercise)
        worker = Worker(self._host, submission.to_load, exercise.limits)
        try:
            worker.load()
            student = Student(worker, lambda _: ())
            return figure.draw(path, student, self._plugin.reference(exercise))
        finally:
            worker.close()

    def _diagnosed(
        self, exercise: Exercise, worker: Worker, checks: tuple[CheckResult, ...]
    ) -> tuple[CheckResult, ...]:
        """Return the checks with the mistakes named; imported here, since few need it."""
        if self._diagnoser is None:
            from grader.diagnosis.diagnose import Diagnoser

            self._diagnoser = Diagnoser(self.course, self._plugin.reference, self._options)
        return self._diagnoser.add(exercise, worker, checks)

    def _unreadable(self, exercise: Exercise, problem: str) -> tuple[CheckResult, ...]:
        return tuple(
            CheckResult(
                id=check.id,
                title=check.title,
                function=check.function,
                outcome=Outcome.ERROR,
                points=0.0,
                max_points=check.points,
                visible=check.visible,
                feedback=problem,
            )
            for check in self._plugin.checks(exercise.name)
        )

    def _result(
        self,
        submission: Submission,
        exercise: Exercise,
        seed: int,
        checks: tuple[CheckResult, ...],
        start: float,
        worker: Worker | None = None,
    ) -> Result:
        failed = any(check.outcome is Outcome.GRADER_ERROR for check in checks)
        return Result(
            submission=submission.info,
            course=self.course.name,
            exercise=exercise.name,
            seed=seed,
            status="ungraded" if failed else "graded",
            score=round(math.fsum(check.points for check in checks), 9),
            max_score=exercise.max_score,
            isolation=(*_WALL_LAYERS, *(worker.layers if worker else ())),
            output=worker.output() if worker else "",
            checks=checks,
            warnings=(
                remarks(submission, exercise, worker.loaded)
                if worker and worker.loaded
                else submission.remarks
            ),
            not_run=self._not_run(exercise, checks),
            listings=_listings(submission, checks),
            seconds=round(time.perf_counter() - start, 6),
        )

    def _not_run(self, exercise: Exercise, checks: tuple[CheckResult, ...]) -> tuple[str, ...]:
        if check_file(self.course, exercise) == self.course.checks(exercise):
            return ()
        missing = exercise.max_score - math.fsum(check.max_points for check in checks)
        if math.isclose(missing, 0.0, abs_tol=1e-9):
            return ()  # all that earns points has been run
        return (
            f"the hidden checks, worth {missing:g} of {exercise.max_score:g} points:"
            " they are run where the course keeps its solutions",
        )


def _listings(submission: Submission, checks: tuple[CheckResult, ...]) -> tuple[Listing, ...]:
    if not submission.source or all(check.outcome is Outcome.PASSED for check in checks):
        return ()
    from grader.grading.listing import listings  # imported here, as the diagnosis is

    return listings(submission.to_load, checks)


def with_grader(
    course: Course,
    exercises: Iterable[Exercise],
    host: WorkerHost,
    drive: Callable[[Grader], None],
    options: Options = DEFAULT_OPTIONS,
) -> None:
    """Collect the checks of `exercises` and call `drive` with a grader for them.

    `options` says how mistakes are diagnosed; by default in the environment's language.

    Raises
    ------
    CourseError, IsolationError
        The checks, or the wall, cannot be used; and whatever `drive` raises.
    """
    run_session(course, exercises, lambda plugin: drive(Grader(course, host, plugin, options)))


def grade(
    path: str | Path,
    *,
    course: str | Path | None = None,
    exercise: str | None = None,
    seed: int | None = None,
    isolation: str = "basic",
) -> Result:
    """Grade one file and return its result.

    Parameters
    ----------
    path : str or Path
        The submission.
    course : str or Path, optional
        The course's folder; else the nearest one above the working folder, else the shipped one.
    exercise : str, optional
        Which exercise it is; else its file name says so.
    seed : int, optional
        Seeds the checks' random inputs, from 0 up; the same seed gives the same result.
    isolation : {"basic", "strict"}
        How far the submission's process is confined.

    Raises
    ------
    UsageError, SubmissionError, CourseError, IsolationError
        See `grader.errors`.

    Examples
    --------
    >>> import grader
    >>> result = grader.grade("exercise3.py")  # doctest: +SKIP
    >>> result.score, result.max_score  # doctest: +SKIP
    (20.0, 20.0)
    """
    path = Path(path)
    found = find_course(Path(course) if course is not None else None, Path())
    wanted = exercise_of(found, path, exercise)
    submission = read_submission(path)
    results: list[Result] = []

    def drive(grader: Grader) -> None:
        chosen = DEFAULT_SEED if seed is None else seed
        results.append(grader.grade(submission, wanted, chosen))

    with WorkerHost(resolve(isolation), found.packages) as host:
        with_grader(found, [wanted], host, drive)
    return results[0]
