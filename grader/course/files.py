"""Reading a course's text files, always UTF-8, and writing files whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.errors import CourseError, reason_of
from grader.language import gettext_lazy as _


def read_text(path: Path, if_missing: str) -> str:
    """Return the text of a course's file, with every line ended by a newline character.

    A byte order mark is dropped. `if_missing` is the remedy where no such file.

    Raises
    ------
    CourseError
        The file is missing, cannot be read, or is not UTF-8.
    """
    data = read_bytes(path, if_missing)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CourseError(
            _(
                "{path}: line {line}: byte 0x{byte:02X}, which is not UTF-8.",
                path=path,
                line=line,
                byte=data[error.start],
            ),
            _("Save the file in your editor with the encoding UTF-8."),
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path, if_missing: str = "") -> bytes:
    """Return what is in a course's file.

    Raises
    ------
    CourseError
        The file is missing, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CourseError(_("{path}: no such file.", path=path), if_missing) from None
    except (OSError, ValueError) as error:
        raise CourseError(
            _("{path}: cannot be read ({reason}).", path=path, reason=reason_of(error)),
            _("Put a readable file there."),
        ) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of a new file, which takes the place of `path` when the block ends.

    Where the block raises, `path` stays as it was and the new file is removed.

    Raises
    ------
    OSError
        The new file cannot take its place.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a text that only its owner may read, in a folder that is made for it if need be.

    Raises
    ------
    OSError
        It could not be written; what was there before still is.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replacing(path) as new:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)


def write_texts(texts: Mapping[Path, str | bytes]) -> None:
    """Write each text to its path in UTF-8, or bytes as they are, replacing what is there.

    All are written in full under other names before the first takes its place, so that a
    full disk leaves things as they were.

    Raises
    ------
    OSError
        A file could not be written; nothing half-written is left.
    """
    with ExitStack() as stack:
        for path, text in texts.items():
            with stack.enter_context(replacing(path)).open("xb") as file:
                file.write(text.encode() if isinstance(text, str) else text)
