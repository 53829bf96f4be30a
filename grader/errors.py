"""Errors that a user can cause.

BpgradeError                 what went wrong, and what to do about it
├── UsageError               a path, name or option that cannot be right        exit 2
├── SubmissionError          a submission that cannot even be read              exit 2
├── CourseError              a mistake in a course's files                      exit 3
├── IsolationError           the sandbox cannot be set up on this machine       exit 3
└── ServerError              a server cannot be handed in to                    exit 3
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import ClassVar, Final

from grader.language import Message, html_tag, languages, translated
from grader.language import gettext_lazy as _

DISK_IS_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The numbers of the system's errors for a disk that is full, or a share of it that is used up."""


class BpgradeError(Exception):
    """Something a user can fix: `message` says what is wrong, `remedy` what to do.

    `on_page` is what to do on a server's page, where the remedy is for the command.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, remedy: str = "", *, on_page: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self._remedy_on_page = remedy if on_page is None else on_page

    def __str__(self) -> str:
        """Return the message and the remedy in the reader's language."""
        return "\n".join(translated(text) for text in (self.message, self.remedy) if text)

    @property
    def in_one_line(self) -> str:
        """The message with the remedy, if any, in brackets, as a list of several errors has it."""
        return self._with(self.remedy)

    @property
    def on_page(self) -> str:
        """The message with what to do about it on a server's page."""
        return self._with(self._remedy_on_page)

    def _with(self, remedy: str) -> str:
        if not remedy:
            return self.message
        return _("{message} ({remedy})", message=self.message, remedy=remedy)

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"bpgrade: {self}"]


class UsageError(BpgradeError):
    """A path, a name or an option that cannot be right."""

    exit_code = 2


def reason_of(error: BaseException) -> str:
    """Return what an error says, or the system of a file, without the file's name."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KeyError):
        return _("it lacks {key}", key=error)
    said = error.args[0] if len(error.args) == 1 else None
    return said if isinstance(said, Message) else str(error)


def unreadable(path: Path, error: OSError, remedy: str = "") -> UsageError:
    """Return the error for a file that the system does not let us read."""
    return UsageError(
        _("{path} cannot be read: {reason}", path=path, reason=error.strerror),
        remedy or _("check its permissions"),
    )


def unwritable(path: Path, error: OSError, remedy: str) -> UsageError:
    """Return the error for a file or folder that the system does not let us write to."""
    return UsageError(
        _("{path} cannot be written to: {reason}", path=path, reason=error.strerror), remedy
    )


def no_such_language(name: str) -> UsageError:
    """Return the error for a language that there is no catalogue of."""
    return UsageError(
        _("no such language: {name}", name=name),
        _("there are: {languages}", languages=", ".join(map(html_tag, languages()))),
    )


class SubmissionError(BpgradeError):
    """A submission that cannot be read at all (missing, a folder, unreadable)."""

    exit_code = 2


class CourseError(BpgradeError):
    """A mistake in a course's own files: course.toml, checks, references."""


class IsolationError(BpgradeError):
    """The confinement that was asked for cannot be had on this machine."""


class ServerError(BpgradeError):
    """A server that cannot be reached, or that refuses what it is asked."""
