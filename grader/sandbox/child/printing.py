"""The standard streams of a submission, and what it has printed since a call began.

They write line by line, and in large pieces where it is much.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any, Final

_MUCH: Final = 1 << 20
_PIECE: Final = 1 << 16
_own: Final[dict[str, io.TextIOWrapper]] = {}
# what is replaced may be in use, as by `print`, and would close what it writes to
_kept: Final[list[Any]] = []


class PrintRecord:
    """What has been printed to standard output since `begin`, cut to `most` bytes."""

    def __init__(self) -> None:
        self.most = 0
        self._kept = bytearray()
        self._bytes = 0

    def begin(self) -> None:
        """Forget what has been printed so far."""
        self._kept.clear()
        self._bytes = 0

    def add(self, data: Any) -> None:
        """Take in what is written."""
        room = self.most - len(self._kept)
        if room > 0:
            self._kept += data[:room]
        self._bytes += len(data)

    def text(self) -> str:
        """Return it; where it was cut, with how much is missing."""
        text = self._kept.decode("utf-8", "replace")
        missing = self._bytes - len(self._kept)
        return f"{text}\n... ({missing:,} more bytes)" if missing else text


record: Final = PrintRecord()


class _Recorded(io.FileIO):
    """A descriptor; what is written to standard output is recorded."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._recorded = name == "stdout"

    def write(self, data: Any, /) -> int:
        """Write, and take it down."""
        written = super().write(data)
        if self._recorded:
            record.add(data[:written])
        return written


class _Counted(_Recorded):
    """A descriptor that has its stream replaced once much has been written to it."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, name)
        self._stream = name
        self._room = _MUCH

    def write(self, data: Any, /) -> int:
        """Write, and from some size on let the stream collect what comes next."""
        written = super().write(data)
        self._room -= written
        if self._room < 0:
            self._room = sys.maxsize
            own = getattr(sys, self._stream, None)
            if own is _own.get(self._stream):  # else the submission has set it
                _set(self._stream, _text(_Recorded(self.fileno(), self._stream), lines=False))
        return written


def install() -> None:
    """Have `sys.stdin`, `sys.stdout` and `sys.stderr` be the streams for a submission.

    They are about numbers of descriptors, so that a process which is forked later may put what it
    likes behind these.
    """
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        _set(name, _text(_Counted(descriptor, name), lines=True))


def restore() -> None:
    """Have `sys.stdout` written where it is read, whatever was done to it meanwhile.

    One function may replace or close it, and another one print.
    """
    own = _own.get("stdout")
    if own is None:
        return
    if not own.closed and getattr(sys, "stdout", None) is own and _is_open(1):
        return  # as nearly always
    with contextlib.suppress(OSError):
        if not _is_open(1):
            _reopen()
        _kept.append(getattr(sys, "stdout", None))
        _set("stdout", _text(_Counted(1, "stdout"), lines=True))


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _reopen() -> None:
    """Have standard output go where errors go, or nowhere."""
    try:
        os.dup2(2, 1)
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        if null != 1:
            os.close(null)


def _set(name: str, stream: io.TextIOWrapper) -> None:
    _kept.append(_own.get(name))
    _own[name] = stream
    setattr(sys, name, stream)
    setattr(sys, f"__{name}__", stream)


def _text(raw: io.FileIO, lines: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw, _PIECE),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=lines,
    )
