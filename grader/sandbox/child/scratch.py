"""The folder that a submission may write to: its beginning, how much is in it, emptying it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DATA: Final = "data"
_BLOCK: Final = 512
_DEEPEST: Final = 32


def empty(folder: Path) -> None:
    """Remove all that is in `folder`: however deep it is nested, whatever rights it has.

    What links point to is left alone. Nothing may be writing there meanwhile.
    """
    folder.chmod(0o700)
    while _remove_level(folder):
        continue


def offer(data: str) -> None:
    """Let the working folder have a folder `data`: another one, which nothing can change.

    It is a link, or a copy of its own where this system makes no links.
    """
    if not data:
        return
    try:
        Path(_DATA).symlink_to(data, target_is_directory=True)
    except OSError:
        import shutil

        shutil.copytree(data, _DATA)


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


@dataclass(slots=True)
class Usage:
    """What is in a folder: its bytes and entries, counted until there are too many of these.

    A submission may be writing there meanwhile, so each folder is opened by its name in the one
    above, and links are not followed. Folders nested deeper than `_DEEPEST` are too many.
    """

    most_entries: int
    size: int = 0
    entries: int = 0

    @property
    def too_many(self) -> bool:
        """Whether there are more entries than may be."""
        return self.entries > self.most_entries

    def count(self, folder: int, depth: int = 0) -> None:
        """Add what is below an open folder."""
        if depth > _DEEPEST:
            self.entries = self.most_entries + 1
        with os.scandir(folder) as found:
            for entry in found:
                if self.too_many:
                    return
                self.entries += 1
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # moved meanwhile
                    if entry.is_dir(follow_symlinks=False):
                        with _opened(entry.name, folder) as inner:
                            self.count(inner, depth + 1)
                    else:
                        self.size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK


def usage(folder: Path, most_entries: int) -> Usage:
    """Return how much is below `folder`."""
    found = Usage(most_entries)
    with _opened(str(folder), None) as descriptor:
        found.count(descriptor)
    return found


@contextlib.contextmanager
def _opened(name: str, above: int | None) -> Iterator[int]:
    """Open a folder to list it, also one that has been made unreadable."""
    with contextlib.ExitStack() as opened:
        flags = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(name, flags | os.O_PATH, dir_fd=above)
        opened.callback(os.close, handle)
        itself = f"/proc/self/fd/{handle}"
        try:
            folder = os.open(itself, flags & ~os.O_NOFOLLOW)
        except PermissionError:
            os.chmod(itself, 0o700)  # noqa: PTH101 - a Path of it would be the same
            folder = os.open(itself, flags & ~os.O_NOFOLLOW)
        opened.callback(os.close, folder)
        yield folder
