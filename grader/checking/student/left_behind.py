"""What a submission leaves behind beside its values: what it printed, and the files it wrote."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from grader.checking.student.call_target import CallTarget
from grader.course.naming import DATA
from grader.language import enumerated, sentences
from grader.language import gettext_lazy as _
from grader.result import Outcome
from grader.sandbox.child_words import value_in_words
from grader.sandbox.failures import CallFailure, broke_the_channel

_MOST_TOLD: Final = 8
_PRINTED: Final = _("what was printed")


def printed(submission: CallTarget, while_loading: bool) -> str:
    """Return what the last call, or loading, has printed."""
    what = "printed_while_loading" if while_loading else "printed"
    text = submission.left(what, [], _PRINTED)
    if not isinstance(text, str):
        raise broke_the_channel(_PRINTED)
    return text


def file_content(submission: CallTarget, path: str, binary: bool) -> str | bytes:
    """Return what is in a file that the submission has written.

    Raises
    ------
    CallFailure
        There is no such file, or it cannot be read.
    ValueError
        The path leads out of the folder that submissions write to.
    """
    place = PurePosixPath(path)
    if place.is_absolute() or ".." in place.parts or not place.parts or "\0" in path:
        raise ValueError(f"{path!r} is no path of a file that a submission can write")
    the_file = _("the file {path}", path=path)
    found = submission.left("file", [list(place.parts)], the_file)
    kind, content = found if isinstance(found, list) and len(found) == 2 else ("", None)
    if kind == "read" and isinstance(content, bytes):
        return content if binary else _text(path, content)
    if kind == "large" and isinstance(content, int):
        text = _("The file `{path}` is too large to be looked at: {size:,} bytes.")
        raise _unread(text.format(path=path, size=content))
    if kind == "odd" and isinstance(content, str):
        what = value_in_words(content[:80])
        raise _unread(_("`{path}` is no plain file ({what}).", path=path, what=what))
    if kind == "missing" and isinstance(content, list):
        names = [name for name in content if isinstance(name, str) and name != DATA]
        there = enumerated(names[:_MOST_TOLD])
        text = _("Your code has written no file `{path}`.", path=path)
        raise _unread(
            sentences([text, _("It has written: {names}.", names=there) if names else ""])
        )
    raise broke_the_channel(the_file)


def _text(path: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        shown = _("The file `{path}` is no text in UTF-8: open it with `encoding='utf-8'`.")
        raise _unread(shown.format(path=path)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unread(text: str) -> CallFailure:
    return CallFailure(Outcome.FAILED, text)
