"""Standard output and standard error that outlast whoever reads them."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_GONE: Final = {errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN} | (
    {errno.EINVAL} if sys.platform == "win32" else set()
)


class LastingOutput(io.RawIOBase):
    """Writes to a file descriptor; once its reader has gone, to nowhere.

    `bpgrade batch ... | head -1` must grade the class all the same, and end as it would have. And
    where the caller has its pipe never wait, as Node.js does, a slow reader loses nothing.
    """

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream  # which would close the descriptor if it went
        self._descriptor = stream.fileno()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._descriptor

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of the bytes, or lose all of them; return how many."""
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                select.select((), (self._descriptor,), ())
            except OSError as error:
                if error.errno not in _GONE:
                    raise
                return memoryview(data).nbytes


def make_streams_last() -> None:
    """Let a reader that leaves, and a character that cannot be shown, end no command."""
    _open_closed()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        stream.reconfigure(errors="backslashreplace")
        if stream.isatty():  # nobody leaves a terminal
            continue
        try:
            output = LastingOutput(stream)
        except OSError:  # held in memory
            continue
        stream.flush()
        lasting = io.TextIOWrapper(
            io.BufferedWriter(output),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.line_buffering,
            write_through=name == "stderr",
        )
        setattr(sys, name, lasting)


def _open_closed() -> None:
    """Open what the caller has closed, so that no pipe of ours takes a standard stream's place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
