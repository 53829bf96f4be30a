"""Turning what a student's code raised into text: their own lines only, always bounded."""

from __future__ import annotations

import linecache
import traceback
from types import TracebackType
from typing import Any

from .objects import class_names

_LONGEST_MESSAGE = 600
_MAX_FRAMES = 6


def describe(error: BaseException, filenames: frozenset[str]) -> dict[str, Any]:
    """Return kind, message, line and traceback of `error` as plain values.

    Only frames in `filenames` are shown. Nothing that the error's own methods do can
    make this fail: they are the student's code too.
    """
    name = type(error).__name__
    text = _message(error)
    found: dict[str, Any] = {
        "kind": kind_of(error),
        "type": name,
        "bases": class_names(type(error)),
        "message": text,
        "line": 0,
        "traceback": "",
        "file": "",
    }
    if isinstance(error, SyntaxError) and error.filename in filenames:
        found.update(_syntax(error))
        return found
    frames = _student_frames(error.__traceback__, filenames)
    if frames:
        found["line"] = frames[-1].lineno or 0
        found["file"] = frames[-1].filename
        found["traceback"] = _shorten(frames) + f"{name}: {text}"
    return found


def kind_of(error: BaseException) -> str:
    """Return the outcome that `error` stands for."""
    if isinstance(error, NotImplementedError):
        return "not_implemented"
    if isinstance(error, MemoryError):
        return "out_of_memory"
    return "error"


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException as second:
        return f"(its message could not be read: {type(second).__name__})"
    text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) > _LONGEST_MESSAGE:
        return f"{text[:_LONGEST_MESSAGE]}... ({len(text):,} characters)"
    return text


def _student_frames(
    trace: TracebackType | None, filenames: frozenset[str]
) -> list[traceback.FrameSummary]:
    frames = traceback.extract_tb(trace)
    return [frame for frame in frames if frame.filename in filenames]


def _shorten(frames: list[traceback.FrameSummary]) -> str:
    if len(frames) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        between = f"  ... {len(frames) - 2 * half:,} more calls ...\n"
        return _format(frames[:half]) + between + _format(frames[-half:])
    return _format(frames)


def _format(frames: list[traceback.FrameSummary]) -> str:
    return "".join(
        f"{frame.filename}, line {frame.lineno}, in {frame.name}\n    {(frame.line or '')[:200]}\n"
        for frame in frames
    )


def _syntax(error: SyntaxError) -> dict[str, Any]:
    line = (error.text or "").rstrip("\n")[:200]
    kept = line.lstrip()
    caret = max((error.offset or 1) - 1 - (len(line) - len(kept)), 0)
    end = (error.end_offset or 0) - 1 - (len(line) - len(kept))
    width = max(end - caret, 1) if error.end_lineno == error.lineno else 1
    width = min(width, max(len(kept) - caret, 1))
    from .source import syntax_errors  # most submissions have none

    source = "".join(linecache.getlines(error.filename or ""))
    explained = syntax_errors.explain(error, source)
    said = f"\n{explained}" if explained else ""
    pointer = f"    {kept}\n    {' ' * caret}{'^' * width}\n" if kept and caret < 200 else ""
    return {
        "line": error.lineno or 0,
        "file": error.filename,
        "message": error.msg,
        "traceback": f"{error.filename}, line {error.lineno}\n{pointer}"
        f"{type(error).__name__}: {error.msg}{said}",
    }
