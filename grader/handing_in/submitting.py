"""Hands files in and waits for their results: never twice, whatever fails on the way."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final, TypeVar

from grader.course.naming import nearest
from grader.errors import BpgradeError, ServerError, UsageError
from grader.grading.files_beside import imported_by
from grader.grading.imported_files import in_folder
from grader.grading.submission import name_of_exercise
from grader.handing_in import tokens
from grader.handing_in.address import server_address
from grader.handing_in.answers import AttemptStatus
from grader.handing_in.login import Say, log_in
from grader.handing_in.project import Project, project_of, remember
from grader.handing_in.server import Server
from grader.handing_in.server_failures import TokenError, UnreachableError, plain
from grader.language import enumerated, joined
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Result

_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries to hand in where no answer came: a server starts again in fewer."""
_AWAY_SECONDS: Final = 300.0  # that a server may be away while its answer is waited for
_ASK_LATEST: Final = 30.0


Answer = TypeVar("Answer")


class WhichExerciseError(UsageError):
    """It is not known which exercise a file is for."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is handed in.

    Attributes
    ----------
    name : str
        The file's name, without a folder.
    content : bytes
    folder : Path
        For which server and course are remembered.
    exercise : str
        Nothing where the file's name says it.
    beside : sequence of (str, bytes)
        The files of its folder that it imports, by the paths that it does so by.
    """

    name: str
    content: bytes
    folder: Path
    exercise: str = ""
    beside: Sequence[tuple[str, bytes]] = ()


def outgoing(name: str, content: bytes, folder: Path, exercise: str = "") -> Outgoing:
    """Return a file with what it imports of its folder, the files that `check` has it import."""
    return Outgoing(name, content, folder, exercise, imported_by(name, content, in_folder(folder)))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that a server has kept."""

    server: Server
    course: str
    attempt: AttemptStatus


@dataclass(frozen=True, slots=True)
class _OpenCourse:
    """A course on a server where this computer is logged in, and its exercises."""

    server: Server
    name: str
    exercises: list[str]


class Submitter(AbstractContextManager["Submitter"]):
    """Hands files in, one after the other; ended by `with`.

    Parameters
    ----------
    say : callable
        Takes what the person has to know on the way.
    server, course : str
        Where to; nothing for where the files of the same folder were handed in last.
    allow_http : bool
        As in `server_address`.
    """

    def __init__(
        self, say: Say, server: str = "", course: str = "", *, allow_http: bool = False
    ) -> None:
        self._say = say
        self._wanted = Project(server, course)
        self._allow_http = allow_http
        self._courses: dict[Path, _OpenCourse] = {}
        self._open = ExitStack()

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def hand_in(self, file: Outgoing) -> Accepted:
        """Hand a file in; log in first where this computer has no token that holds.

        Raises
        ------
        UsageError
            It is not said where to.
        WhichExerciseError
            It is not said which exercise the file is.
        FileRefusedError
            The server doesn't take this file, and may take others.
        ServerError
            The server can't be reached or refuses; nothing was kept, unless the error says
            otherwise.
        """
        course = self._courses.get(file.folder)
        if course is None:
            course = self._courses[file.folder] = self._course_for(file.folder)
        exercise = _exercise(file, course)
        attempt = _sent(course, exercise, file)
        remember(file.folder, Project(course.server.address, course.name))
        return Accepted(course.server, course.name, attempt)

    def _course_for(self, folder: Path) -> _OpenCourse:
        known = project_of(folder)
        address = known.server
        if self._wanted.server:
            address = server_address(self._wanted.server, allow_http=self._allow_http)
        if not address:
            raise UsageError(
                _("no server to hand in to is named"),
                _("name it once: --server https://grade.example.org"),
            )
        before = known.course if address == known.server else ""
        server = self._open.enter_context(Server(address))
        courses = _logged_in(server, self._say)
        remember(folder, Project(address, before))
        course = _course(self._wanted.course, before, courses)
        return _OpenCourse(server, course, server.exercises(course))


def result_of(
    accepted: Accepted, shown: Callable[[AttemptStatus], None]
) -> tuple[AttemptStatus, Result | None]:
    """Wait until an attempt is graded; return it with its result, None where that is withheld.

    Parameters
    ----------
    accepted : Accepted
    shown : callable
        Is told how far the attempt is.

    Raises
    ------
    ServerError
        The server is away for long, or refuses; what was handed in stays with it.
    """
    server, attempt = accepted.server, accepted.attempt
    number = attempt.number
    try:
        while attempt.state == "waiting":
            shown(attempt)
            time.sleep(min(attempt.ask_again, _ASK_LATEST))
            attempt = _asked(lambda: server.attempt(accepted.course, number))
        if attempt.state == "withheld":
            return attempt, None
        return attempt, _asked(lambda: server.result(accepted.course, number))
    except BpgradeError as error:
        raise ServerError(error.message, where_to_read(attempt)) from None


def where_to_read(attempt: AttemptStatus, file: str = "") -> str:
    """Return the line that says that a file is handed in, which of several, and where to read."""
    number, page = attempt.attempt, plain(attempt.page)
    if file:
        return _(
            "{file} is handed in, attempt {number}: {page}", file=file, number=number, page=page
        )
    return _("handed in as attempt {number}: {page}", number=number, page=page)


def _logged_in(server: Server, say: Say) -> tuple[str, ...]:
    """Give the server a token that holds; return the courses of its person."""
    token = tokens.token_of(server.address, say)
    if token:
        server.authorize(token)
        try:
            return server.me().courses
        except TokenError as error:
            say(error.message)
            tokens.forget(server.address)
    token = log_in(server, say)
    tokens.keep(server.address, token, say)
    server.authorize(token)
    return server.me().courses


def _course(wanted: str, before: str, courses: tuple[str, ...]) -> str:
    """Return the course that is meant: by name, or as last time, or the only one."""
    chosen = wanted or before
    if chosen in courses:
        return chosen
    there = plain(", ".join(courses))
    if wanted:
        guess = nearest(wanted, list(courses))
        raise UsageError(
            _("you have no course {name} on the server", name=wanted),
            joined(
                _("did you mean {guess}? ", guess=plain(guess)) if guess else "",
                _("Your courses: {courses}", courses=there),
            ),
        )
    if len(courses) == 1:
        return courses[0]
    if not courses:
        raise UsageError(
            _("you are not in any course on the server"),
            _("ask your instructor to add you to the course"),
        )
    raise UsageError(
        _("you have several courses on the server"),
        _("name one once with --course: {courses}", courses=there),
    )


def _exercise(file: Outgoing, course: _OpenCourse) -> str:
    if file.exercise and file.exercise not in course.exercises:
        raise WhichExerciseError(
            _(
                "The course {course} has no exercise {name}.",
                course=course.name,
                name=file.exercise,
            ),
            _("It has: {names}.", names=enumerated([plain(name) for name in course.exercises])),
        )
    try:
        return file.exercise or name_of_exercise(course.exercises, Path(file.name))
    except UsageError as error:
        raise WhichExerciseError(error.message, error.remedy) from None


def _sent(course: _OpenCourse, exercise: str, file: Outgoing) -> AttemptStatus:
    """Send the file, again where no answer came; by its key the server keeps it once."""
    key = secrets.token_urlsafe(24)
    for pause in (*_PAUSES, None):
        try:
            return course.server.hand_in(
                course.name, exercise, file.name, file.content, key, file.beside
            )
        except UnreachableError as error:
            if pause is None:
                raise ServerError(
                    error.message,
                    _("check on the server's page whether it has arrived before you try again"),
                ) from None
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _asked(ask: Callable[[], Answer]) -> Answer:
    end = time.monotonic() + _AWAY_SECONDS
    while True:
        try:
            return ask()
        except UnreachableError:
            if time.monotonic() > end:
                raise
            time.sleep(1.0)
