"""The folder that a submission may write to: how much is in it, and emptying it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

_BLOCK: Final = 512


def empty(folder: Path) -> None:
    """Remove all that is in `folder`: however deep it is nested, whatever rights it has.

    What links point to is left alone. Nothing may be writing there meanwhile.
    """
    folder.chmod(0o700)
    while _remove_level(folder):
        continue


def _remove_level(folder: Path) -> bool:
    """Remove the files and the outer folders; what is in these moves up, to stay shallow."""
    found = False
    with os.scandir(folder) as entries:
        for entry in entries:
            found = True
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                _remove_folder(path, folder)
            else:
                path.unlink()
    return found


def _remove_folder(path: Path, refuge: Path) -> None:
    path.chmod(0o700)
    with os.scandir(path) as entries:
        for entry in entries:
            inner = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                inner.chmod(0o700)
                inner.rename(refuge / os.urandom(12).hex())
            else:
                inner.unlink()
    try:
        path.rmdir()
    except OSError as error:  # reading it while emptying it has passed over an entry
        if error.errno != errno.ENOTEMPTY:
            raise


def usage(folder: Path, most_entries: int) -> tuple[int, int]:
    """Return the bytes and the number of entries below `folder`, counting up to a limit."""
    size = entries = 0
    folders = [folder]
    while folders and entries <= most_entries:
        try:
            with os.scandir(folders.pop()) as found:
                for entry in found:
                    entries += 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except OSError:  # it has been removed meanwhile, or may not be read
            continue
    return size, entries
