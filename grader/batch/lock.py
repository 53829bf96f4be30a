"""One batch at a time in one output folder, and one writer of its grades and decisions."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from grader.course import file_lock
from grader.errors import UsageError
from grader.language import gettext_lazy as _

_BATCH: Final = "batch.lock"
_WRITING: Final = "writing.lock"
_SECONDS: Final = 60.0


class Lock:
    """Held while a batch runs; the system lets go of it however the batch ends.

    With `writing`, it is the one that is held for the moments in which a batch or `decide` writes
    grades, and is waited for.
    """

    def __init__(self, folder: Path, *, writing: bool = False) -> None:
        self._path = folder / (_WRITING if writing else _BATCH)
        self._file = file_lock.opened(self._path)
        end = time.monotonic() + (_SECONDS if writing else 0)
        while not (taken := file_lock.take(self._file)) and time.monotonic() < end:
            time.sleep(0.02)
        if not taken:
            holder = os.pread(self._file, 4096, 0) if hasattr(os, "pread") else b""
            os.close(self._file)
            raise UsageError(
                _held(folder, writing, holder),
                _("wait for it to finish, or choose another folder with -o"),
            )
        own = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(self._file, 0)
        os.write(self._file, json.dumps(own).encode())

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)


def _held(folder: Path, writing: bool, text: bytes) -> str:
    message = (
        _("grades are being written in {folder}", folder=folder)
        if writing
        else _("another batch is running in {folder}", folder=folder)
    )
    try:
        holder = json.loads(text)
        return _(
            "{message}: process {pid} on {host}, since {since}",
            message=message,
            pid=holder["pid"],
            host=holder["host"],
            since=holder["since"],
        )
    except (ValueError, KeyError, TypeError):  # it has not written its name yet
        return message
