"""A lock on a file, which the system lets go of however its holder ends."""

from __future__ import annotations

import os
import sys


def opened(path: str | os.PathLike[str]) -> int:
    """Return a descriptor of a file to lock; the file is made if it is not there.

    Raises
    ------
    OSError
        It cannot be opened for writing.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)


def take(file: int) -> bool:
    """Lock a descriptor's file until it is closed; return whether nobody else holds it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            # far behind the text, which others must be able to read
            os.lseek(file, 1 << 20, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
