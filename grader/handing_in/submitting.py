"""Handing a file in, and waiting for its result: never twice, whatever fails on the way."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from grader.course.naming import nearest
from grader.errors import BpgradeError, ServerError, UsageError
from grader.grading.submission import name_of_exercise
from grader.handing_in import tokens
from grader.handing_in.address import server_address
from grader.handing_in.answers import AttemptStatus
from grader.handing_in.failures import TokenError, UnreachableError, plain
from grader.handing_in.login import Say, log_in
from grader.handing_in.project import Project, project_of, remember
from grader.handing_in.server import Server
from grader.language import enumerated, joined
from grader.language import gettext_lazy as _
from grader.result import Result

_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries to hand in where no answer came: a server starts again in fewer."""
_AWAY_SECONDS: Final = 300.0  # that a server may be away while its answer is waited for
_ASK_LATEST: Final = 30.0


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is handed in, and what was said of where to.

    Attributes
    ----------
    name : str
        The file's name, without a folder.
    content : bytes
    folder : Path
        For which server and course are remembered.
    exercise, server, course : str
        Nothing where the file's name says it, or where it is remembered.
    allow_http : bool
        As in `server_address`.
    """

    name: str
    content: bytes
    folder: Path
    exercise: str = ""
    server: str = ""
    course: str = ""
    allow_http: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that a server has kept."""

    server: Server
    course: str
    attempt: AttemptStatus


def hand_in(outgoing: Outgoing, say: Say) -> Accepted:
    """Hand a file in; log in first where this computer has no token that holds.

    Parameters
    ----------
    outgoing : Outgoing
    say : callable
        Takes what the person has to know on the way.

    Raises
    ------
    UsageError
        It is not said where to, or which exercise it is.
    ServerError
        The server can't be reached or refuses; nothing was kept, unless the error says otherwise.
    """
    known = project_of(outgoing.folder)
    address = known.server
    if outgoing.server:
        address = server_address(outgoing.server, allow_http=outgoing.allow_http)
    if not address:
        raise UsageError(
            _("it is not known which server to hand in to"),
            _("name it once: --server https://grade.example.org"),
        )
    before = known.course if address == known.server else ""
    with ExitStack() as stack:
        server = stack.enter_context(Server(address))
        courses = _logged_in(server, say)
        remember(outgoing.folder, Project(address, before))
        course = _course(outgoing.course, before, courses)
        exercise = _exercise(outgoing, server.exercises(course), course)
        attempt = _sent(server, course, exercise, outgoing)
        remember(outgoing.folder, Project(address, course))
        stack.pop_all()  # whoever waits for the result closes it
        return Accepted(server, course, attempt)


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
    with server:
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


def where_to_read(attempt: AttemptStatus) -> str:
    """Return the line that says that a file is handed in, and where to read of it."""
    return _(
        "it is handed in, attempt {number}: {page}",
        number=attempt.attempt,
        page=plain(attempt.page),
    )


def _logged_in(server: Server, say: Say) -> tuple[str, ...]:
    """Give the server a token that holds; return the courses of its person."""
    token = tokens.token_of(server.address)
    if token:
        server.authorize(token)
        try:
            return server.me().courses
        except TokenError as error:
            say(error.message)
            tokens.forget(server.address)
    token = log_in(server, say)
    tokens.keep(server.address, token)
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
            _("you have no course {name} there", name=wanted),
            joined(
                _("did you mean {guess}? ", guess=plain(guess)) if guess else "",
                _("You have: {courses}", courses=there),
            ),
        )
    if len(courses) == 1:
        return courses[0]
    if not courses:
        raise UsageError(
            _("you are in no course there"), _("ask your instructor to add you to the course")
        )
    raise UsageError(
        _("you have several courses there"),
        _("name one once with --course: {courses}", courses=there),
    )


def _exercise(outgoing: Outgoing, names: list[str], course: str) -> str:
    if outgoing.exercise and outgoing.exercise not in names:
        raise UsageError(
            _("The course {course} has no exercise {name}.", course=course, name=outgoing.exercise),
            _("It has: {names}.", names=enumerated([plain(name) for name in names])),
        )
    return outgoing.exercise or name_of_exercise(names, Path(outgoing.name))


def _sent(server: Server, course: str, exercise: str, outgoing: Outgoing) -> AttemptStatus:
    """Send the file, again where no answer came; by its key the server keeps it once."""
    key = secrets.token_urlsafe(24)
    for pause in (*_PAUSES, None):
        try:
            return server.hand_in(course, exercise, outgoing.name, outgoing.content, key)
        except UnreachableError as error:
            if pause is None:
                raise ServerError(
                    error.message,
                    _("see on the server's page whether it has arrived before you try again"),
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
