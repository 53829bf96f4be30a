"""Grading: one submission against one exercise, in the sandbox."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from grader.course import Course, Exercise, find_course
from grader.course.data_files import copy_data, working_folder, working_in
from grader.course.files import read_text
from grader.course.naming import DATA
from grader.course.stub_imports import imported_by_stubs
from grader.diagnosis.options import Options
from grader.diagnosis.unexplained import is_unexplained
from grader.language import told_in
from grader.result import CheckResult, Listing, Outcome, Result
from grader.sandbox.child.console import answering
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import Isolation, resolve

# What needs NumPy or pytest is imported where it is used: the host imports NumPy meanwhile.
if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from grader.checking.checks import Checks
    from grader.checking.specification import Check
    from grader.diagnosis.diagnose import Diagnoser
    from grader.grading.submission import Submission
    from grader.sandbox.replies import SubmissionSource
    from grader.sandbox.submission_session import SubmissionSession

DEFAULT_SEED = 0
DEFAULT_OPTIONS = Options()
_OUTSIDE = "use a Grader as a context manager: with Grader(...) as grader"
_ALWAYS_ON = ("process", "wall clock")


class Grader:
    """Grades one submission after another, on one warm host, with checks collected once.

    Entering its context starts the host, which goes on starting while this process does other
    work; leaving it ends every process that was started.

    Parameters
    ----------
    course : Course
        Whose exercises are graded.
    isolation : Isolation
        How far submissions are confined; see `resolve`.
    options : Options, optional
        How mistakes are diagnosed.
    for_many : bool, optional
        Whether many submissions will come, for which preparing pays off. It changes no result.

    Raises
    ------
    IsolationError
        The sandbox cannot be used on this machine.

    Examples
    --------
    >>> with Grader(course, resolve("basic")) as grader:  # doctest: +SKIP
    ...     result = grader.grade(submission, course.exercise("exercise3"))
    """

    def __init__(
        self,
        course: Course,
        isolation: Isolation,
        options: Options = DEFAULT_OPTIONS,
        *,
        for_many: bool = True,
    ) -> None:
        self.course = course
        self._isolation = isolation
        self._for_many = for_many
        self.options = options
        self._stack = ExitStack()
        self._host: SandboxHost | None = None
        self._folder: Path | None = None
        self._collection = ExitStack()
        self._collected: tuple[Exercise, ...] = ()
        self._checks: Checks | None = None
        self._diagnoser: Diagnoser | None = None
        self._given: dict[str, str] = {}

    def __enter__(self) -> Grader:
        self._folder = self._stack.enter_context(working_folder(self.course))
        host = SandboxHost(
            self._isolation,
            self.course.packages,
            self.course.data and self._folder / DATA,
            imported_by_stubs(self.course),
            for_many=self._for_many,
        )
        self._host = self._stack.enter_context(host)
        self._stack.callback(lambda: self._collection.close())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def host(self) -> SandboxHost:
        """The host that submissions run on; there is one within the context only."""
        if self._host is None:
            raise RuntimeError(_OUTSIDE)
        return self._host

    def collect(self, exercises: Iterable[Exercise]) -> Checks:
        """Collect the checks of `exercises` anew, in place of those collected before.

        `grade` collects those of its exercise by itself. Call this to collect several at once, or
        to read check files again that have changed.

        Raises
        ------
        CourseError
            The checks cannot be used.
        """
        from grader.checking.checks import collected

        self._drop()
        self._collected = tuple(exercises)
        with self.working():
            self._checks = self._collection.enter_context(collected(self.course, self._collected))
        return self._checks

    @contextmanager
    def working(self) -> Iterator[None]:
        """Run the course's own code: it finds its data, writes where nobody looks, asks nobody."""
        if self._folder is None:
            raise RuntimeError(_OUTSIDE)
        with working_in(self._folder), answering(()):
            yield

    def _drop(self) -> None:
        """Forget the checks, and whatever was made of them."""
        self._checks = self._diagnoser = None
        self._given = {}
        self._collected = ()
        self._collection.close()
        self._collection = ExitStack()

    def _checks_with(self, exercise: Exercise) -> Checks:
        """Return the collected checks, those of `exercise` among them."""
        if self._checks is None or exercise not in self._collected:
            return self.collect((*self._collected, exercise))
        return self._checks

    def grade(
        self,
        submission: Submission,
        exercise: Exercise,
        seed: int = DEFAULT_SEED,
        begin: Callable[[Check], None] | None = None,
    ) -> Result:
        """Return the result of a submission; whatever its code does, there is one.

        `begin` is told of each check before it is run, for a progress line.

        Raises
        ------
        CourseError, IsolationError
            Nothing can be graded: the checks cannot be collected, or the sandbox has failed.
        """
        with self.working():
            try:
                return self._graded(submission, exercise, seed, begin)
            finally:
                if self.course.data and not self._isolation.layers:  # nothing else protects them
                    copy_data(self.course, Path())

    def _graded(
        self,
        submission: Submission,
        exercise: Exercise,
        seed: int,
        begin: Callable[[Check], None] | None,
    ) -> Result:
        from grader.sandbox.submission_session import SubmissionSession

        collected = self._checks_with(exercise)
        start = time.perf_counter()
        if submission.problem:
            checks = _unreadable(collected.of(exercise), submission.problem)
            return self._result(submission, exercise, seed, checks, start)
        session = SubmissionSession(self.host, submission.to_load, exercise.limits)
        try:
            checks = _in_order(exercise, collected.run(exercise, session, seed, begin))
            if session.loaded is not None:
                from grader.grading.told_causes import with_causes

                source, given = submission.to_load, partial(self._signatures, exercise)
                checks = with_causes(exercise, source, session.loaded, checks, given)
            untold: tuple[str, ...] = ()
            output = session.output()  # what else is asked to name mistakes is told to nobody
            if session.loaded is not None and any(map(is_unexplained, checks)):
                untold = self._untold(submission, exercise)
                if not untold and exercise.diagnoses != "never":
                    with redirect_stdout(io.StringIO()):  # wrong programs may print
                        checks = self._diagnosed(exercise, session, checks, collected, seed)
            return self._result(submission, exercise, seed, checks, start, session, output, untold)
        finally:
            session.close()

    def draw(self, submission: Submission, exercise: Exercise) -> Figure:
        """Return the course's drawing of what a submission does.

        Raises
        ------
        UsageError, CourseError, CallFailure
            The course has none, it fails, or the submission cannot be loaded.
        """
        from grader.checking.student.student_proxy import StudentProxy
        from grader.grading import figure
        from grader.sandbox.pipeline import Pipeline
        from grader.sandbox.submission_session import SubmissionSession

        path = figure.figure_file(self.course, exercise)
        reference = self._checks_with(exercise).reference(exercise)
        session = SubmissionSession(self.host, submission.to_load, exercise.limits)
        try:
            session.load()
            student = StudentProxy(Pipeline(session), lambda _function: ())
            with self.working():
                return figure.draw(path, student, reference)
        finally:
            session.close()

    def _diagnosed(
        self,
        exercise: Exercise,
        session: SubmissionSession,
        checks: tuple[CheckResult, ...],
        collected: Checks,
        seed: int,
    ) -> tuple[CheckResult, ...]:
        """Return the checks with the mistakes named; imported here, since few need it."""
        from grader.sandbox.submission_session import SubmissionSession

        if self._diagnoser is None:
            from grader.diagnosis.diagnose import Diagnoser

            self._diagnoser = Diagnoser(self.course, collected.reference, self.options)

        def verify(source: SubmissionSource, function: str) -> bool:
            own = [check.id for check in collected.of(exercise) if check.function == function]
            other = SubmissionSession(self.host, source, exercise.limits)
            try:
                results = collected.results(exercise, other, seed, own)
                return all(each.outcome is Outcome.PASSED for each in results)
            finally:
                other.close()

        return self._diagnoser.add(exercise, session, checks, verify)

    def _untold(self, submission: Submission, exercise: Exercise) -> tuple[str, ...]:
        """Return why mistakes are not named yet; nothing where they are."""
        if exercise.diagnoses != "after_change":
            return ()
        from grader.grading.unchanged import NOT_YET, is_stub

        return (NOT_YET,) if is_stub(submission, self.course, exercise) else ()

    def _signatures(self, exercise: Exercise) -> str:
        """Return code with the signatures that the exercise asks for."""
        if exercise.name not in self._given:
            reference, stub = self.course.reference(exercise), self.course.stub(exercise)
            path = reference if reference.is_file() else stub
            self._given[exercise.name] = read_text(path, "") if path.is_file() else ""
        return self._given[exercise.name]

    def _result(
        self,
        submission: Submission,
        exercise: Exercise,
        seed: int,
        checks: tuple[CheckResult, ...],
        start: float,
        session: SubmissionSession | None = None,
        output: str = "",
        untold: tuple[str, ...] = (),
    ) -> Result:
        from grader.grading.answers import answers
        from grader.grading.remarks import not_run, remarks

        failed = any(check.outcome is Outcome.GRADER_ERROR for check in checks)
        return Result(
            submission=submission.info,
            course=self.course.name,
            exercise=exercise.name,
            seed=seed,
            status="ungraded" if failed else "graded",
            score=round(math.fsum(check.points for check in checks), 9),
            max_score=exercise.max_score,
            isolation=(*_ALWAYS_ON, *(session.layers if session else ())),
            output=output,
            checks=checks,
            warnings=(
                (*remarks(submission, exercise, session.loaded, self.course), *untold)
                if session and session.loaded
                else submission.remarks
            ),
            not_run=not_run(self.course, exercise, checks),
            listings=_listings(submission, checks),
            by_hand=answers(exercise, submission, session),
            seconds=round(time.perf_counter() - start, 6),
            languages=told_in(self.course.folder, self.course.language),
        )


def _unreadable(checks: Iterable[Check], problem: str) -> tuple[CheckResult, ...]:
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
        for check in checks
    )


def _in_order(exercise: Exercise, checks: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """Return the checks function by function, as the exercise names them: first steps first."""
    places = {function: place for place, function in enumerate(exercise.functions)}
    return tuple(sorted(checks, key=lambda check: places[check.function]))


def _listings(submission: Submission, checks: tuple[CheckResult, ...]) -> tuple[Listing, ...]:
    if not submission.source or all(check.outcome is Outcome.PASSED for check in checks):
        return ()
    from grader.grading.listing import listings  # imported here, as the diagnosis is

    return listings(submission.to_load, checks)


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
        The course's folder; else the nearest trusted one in the working folder or above it, else
        the one that ships. A warning names one that is passed over.
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
    from grader.grading.submission import exercise_of, read_submission

    path = Path(path)
    found = find_course(Path(course) if course is not None else None, Path())
    wanted = exercise_of(found, path, exercise)
    submission = read_submission(path)
    with Grader(found, resolve(isolation), for_many=False) as grader:
        return grader.grade(submission, wanted, DEFAULT_SEED if seed is None else seed)
