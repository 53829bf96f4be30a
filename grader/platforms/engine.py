"""Grading on a platform: its documents are written whatever happens, whole and once."""

from __future__ import annotations

import contextlib
import io
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader.batch.late import Lateness, overdue
from grader.course import Course, Exercise, find_course
from grader.course.files import write_texts
from grader.errors import BpgradeError, SubmissionError, UsageError
from grader.language import gettext, sentences
from grader.language import gettext_lazy as _
from grader.platforms.assessment import ON_TIME, Assessment, Hidden
from grader.platforms.grading import NOT_YOURS, GradingError, grade
from grader.platforms.handed_in_file import find
from grader.platforms.platform import STANDARD_OUTPUT, Platform, PlatformPaths, Surroundings
from grader.quick_dataclass import dataclass
from grader.report.arrangement import sentence


@dataclass(frozen=True, slots=True)
class GradingRequest:
    """What the instructor asks for; None where the platform decides.

    Attributes
    ----------
    course : Path or None
        The course's folder; None for the one that ships.
    exercise : str or None
    seed : int
    isolation : {"strict", "basic"}
    hidden : {"visible", "after_due_date", "after_published", "hidden"} or None
        When students see the checks that they were not given.
    leaderboard : bool
    submission, output : Path or None
    submitted : datetime or None
    seconds : float or None
        How long grading may take.
    """

    course: Path | None = None
    exercise: str | None = None
    seed: int = 0
    isolation: str = "strict"
    hidden: Hidden | None = None
    leaderboard: bool = False
    submission: Path | None = None
    output: Path | None = None
    submitted: datetime | None = None
    seconds: float | None = None


class _Stopped(BaseException):
    """The platform has asked us to end."""


def autograde(platform: Platform, request: GradingRequest, surroundings: Surroundings) -> int:
    """Grade what was handed in and write the platform's documents; return the exit code.

    Raises
    ------
    UsageError
        The documents cannot be written.
    """
    place = _place(platform.locate(surroundings), request)
    assessment, detail = assess(platform, request, place)
    if place.temporary:
        shutil.rmtree(place.temporary, ignore_errors=True)
    if detail:
        _log(_briefly(detail) if platform.log_shown else detail)
    _write(platform.documents(assessment, place), place.output)
    return 0 if assessment.graded else platform.ungraded_exit


def _log(detail: str) -> None:
    """Tell the instructor; before the document, whose end some platforms take for the result."""
    sys.stderr.write("bpgrade: " + gettext("not graded: {reason}", reason=detail) + "\n")
    sys.stderr.flush()


def _briefly(detail: str) -> str:
    """Return one line that holds nothing of the course's code."""
    lines = detail.strip().splitlines()
    return lines[-1 if "Traceback" in detail else 0]


def assess(
    platform: Platform, request: GradingRequest, place: PlatformPaths
) -> tuple[Assessment, str]:
    """Return what came of a submission, whatever it is; and for instructors, what went wrong."""
    try:
        with _stoppable():
            return _assess(platform, request, place), ""
    except SubmissionError as error:
        problem = sentences((sentence(error.message), sentence(error.remedy)))
        return _nothing(request, place, problem), ""
    except GradingError as error:
        problem = sentences((sentence(error.message), error.remedy))
        return _nothing(request, place, problem), error.detail
    except _Stopped:
        detail = gettext("the platform stopped it before it had finished")
        return _failed(request, place), detail
    except BpgradeError as error:
        return _failed(request, place), str(error)
    except Exception:  # a defect of ours must not leave the student without a word
        return _failed(request, place), traceback.format_exc()


def _assess(platform: Platform, request: GradingRequest, place: PlatformPaths) -> Assessment:
    course = _course(request, place)
    found = find(place.submission, course, request.exercise, place.title)
    grading = grade(
        course,
        found,
        seed=request.seed,
        isolation=request.isolation,
        seconds=place.seconds,
        figure=platform.figure,
    )
    return Assessment(
        result=grading.result,
        exercise=found.exercise.name,
        lateness=_lateness(course, found.exercise, place),
        notes=found.notes,
        hidden=request.hidden or platform.hidden,
        leaderboard=request.leaderboard,
        figure=grading.figure,
        functions=found.exercise.functions,
    )


def _course(request: GradingRequest, place: PlatformPaths) -> Course:
    # found nowhere else: on many platforms a student has filled the folders around us
    return find_course(request.course or place.course, None)


def _place(place: PlatformPaths, request: GradingRequest) -> PlatformPaths:
    return replace(
        place,
        submission=request.submission or place.submission,
        output=request.output or place.output,
        submitted=request.submitted or place.submitted,
        seconds=request.seconds or place.seconds,
    )


def _lateness(course: Course, exercise: Exercise, place: PlatformPaths) -> Lateness:
    """Return how late it is by the course's deadline, else by the platform's."""
    deadline = exercise.deadline or place.due
    if deadline is None or place.submitted is None:
        return ON_TIME
    return overdue(place.submitted, deadline, course)


def _failed(request: GradingRequest, place: PlatformPaths) -> Assessment:
    return _nothing(request, place, sentences((_("The grader failed."), NOT_YOURS)))


def _nothing(request: GradingRequest, place: PlatformPaths, problem: str) -> Assessment:
    return Assessment(
        None,
        problem=problem,
        exercise=request.exercise or "",
        functions=_functions(request, place),
    )


def _functions(request: GradingRequest, place: PlatformPaths) -> tuple[str, ...]:
    """Return the exercise's functions; none where the course cannot say, as may be the problem."""
    if request.exercise is None:
        return ()
    try:
        return _course(request, place).exercise(request.exercise).functions
    except BpgradeError:
        return ()


def _write(documents: Mapping[str, str], folder: Path) -> None:
    """Write the files, each whole and then renamed; last what goes to standard output."""
    files = {folder / name: text for name, text in documents.items() if name != STANDARD_OUTPUT}
    try:
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_texts(files)
    except OSError as error:
        raise UsageError(
            _(
                "{folder} cannot be written: {reason}",
                folder=error.filename or folder,
                reason=error.strerror,
            ),
            _("choose a writable folder with --output, and check that there is space left"),
        ) from None
    if STANDARD_OUTPUT in documents:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        sys.stdout.write(documents[STANDARD_OUTPUT])
        sys.stdout.flush()


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the platform's request to end into an exception."""

    def stop(_number: int, _frame: object) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
