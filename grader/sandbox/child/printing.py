"""The streams that a submission prints to: line by line, and in large pieces where it is much."""

from __future__ import annotations

import io
import sys
from typing import Any, Final

_MUCH: Final = 1 << 20
_PIECE: Final = 1 << 16
_kept: Final[
    list[Any]
] = []  # `print` uses a stream that is replaced meanwhile, and does not own it


class _Counted(io.FileIO):
    """A descriptor that has its stream replaced once much has been written to it."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._stream = name
        self._room = _MUCH

    def write(self, data: Any, /) -> int:
        """Write, and from some size on let the stream collect what comes next."""
        written = super().write(data)
        self._room -= written
        if self._room < 0:
            self._room = sys.maxsize
            own = getattr(sys, self._stream, None)
            if own is getattr(sys, f"__{self._stream}__", None):  # else the submission has set it
                faster = _text(io.FileIO(self.fileno(), "w", closefd=False), lines=False)
                _kept.append(own)
                setattr(sys, self._stream, faster)
                setattr(sys, f"__{self._stream}__", faster)
        return written


def stream(descriptor: int, name: str) -> io.TextIOWrapper:
    """Return the stream for a descriptor, to be set as `sys.stdout` or `sys.stderr`."""
    return _text(_Counted(descriptor, name), lines=True)


def _text(raw: io.FileIO, lines: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw, _PIECE),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=lines,
    )
