"""Reading folders and zips as one flat list of files, safely: bounded, and nothing outside.

A zip is never unpacked: its members are read one at a time. A zip inside a folder or inside a
platform's download is a folder of its own, one level deep.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from grader.batch.records import Entry, LeftOver
from grader.errors import UsageError
from grader.grading.file_names import composed
from grader.grading.ignored import is_ignored, is_ignored_folder, worth_telling
from grader.grading.submission import most_bytes

MAX_RATIO: Final = 100
SMALL_BYTES: Final = 16_000_000  # what a member may expand to whatever its ratio
MAX_FILES: Final = 500_000
MAX_INNER_FILES: Final = 1_000
MAX_INNER_BYTES: Final = 64_000_000
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,  # encrypted
    ValueError,
    OverflowError,
)


class Folder:
    """The files below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> Iterator[tuple[str, str]]:
        """Give each file's path, and why it cannot be read where that is so."""
        for folder, folders, files in os.walk(self.root, onerror=_refuse):
            folders[:] = sorted(name for name in folders if not is_ignored_folder(name))
            for name in sorted(files):
                path = Path(folder, name)
                inside = path.relative_to(self.root).as_posix()
                try:
                    regular = stat.S_ISREG(path.lstat().st_mode)
                except OSError as error:  # it has gone meanwhile, or its folder may not be entered
                    yield inside, f"it cannot be read: {error.strerror}"
                    continue
                yield inside, "" if regular else "it is a link or not a regular file"

    def read(self, name: str, most: int) -> bytes:
        """Return at most `most` bytes of a file.

        Raises
        ------
        OSError
            It is gone, or cannot be read.
        """
        descriptor = os.open(self.root / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read(most)

    def close(self) -> None:
        """Nothing is held open."""


class Zip:
    """The members of a zip."""

    def __init__(self, file: Path | io.BytesIO, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            single = name.lower().endswith((".py", ".ipynb"))
            raise UsageError(
                f"{name} is not a readable zip: {error}",
                "give a folder or a zip; for one file use `bpgrade check`"
                if single
                else "download it again",
            ) from None
        self._members = {info.filename: info for info in self._zip.infolist()}

    def names(self) -> Iterator[tuple[str, str]]:
        """Give each member's path, and why it cannot be read where that is so."""
        for number, info in enumerate(self._zip.infolist()):
            if number >= MAX_FILES:
                raise UsageError(f"{self.name} holds more than {MAX_FILES:,} files", "split it")
            if info.is_dir():
                continue
            parts = PurePosixPath(info.filename.replace("\\", "/")).parts
            yield info.filename, _refusal(info, parts)

    def read(self, name: str, most: int) -> bytes:
        """Return at most `most` bytes of a member, whatever size it says it has.

        Raises
        ------
        OSError
            It is damaged or cannot be read.
        """
        try:
            with self._zip.open(self._members[name]) as file:
                return file.read(most)
        except _BROKEN as error:
            raise OSError(f"damaged in the zip: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def _refusal(info: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    drive = bool(parts) and parts[0].endswith(":")
    if not parts or parts[0] == "/" or ".." in parts or drive or "\0" in info.filename:
        return "its path points outside the zip"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or not a regular file"
    read = min(info.file_size, most_bytes(info.filename))
    if read > max(SMALL_BYTES, MAX_RATIO * info.compress_size):
        return f"it would expand to {info.file_size:,} bytes"
    return "it is encrypted" if info.flag_bits & 1 else ""


class Hand:
    """Everything that was handed to a batch: lists its files and reads them one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._source: Folder | Zip
        if path.is_dir():
            self._source = Folder(path)
        elif path.is_file():
            self._source = Zip(path, str(path))
        else:
            raise UsageError(
                f"no such file or folder: {path}", "give the folder or the zip of submissions"
            )
        self._inner: tuple[str, Zip] | None = None

    def entries(self) -> tuple[list[Entry], list[LeftOver]]:
        """Return all files, those of zips among them, and what cannot be read.

        Raises
        ------
        UsageError
            The folder cannot be listed, or holds too many files.
        """
        entries: list[Entry] = []
        left_over: list[LeftOver] = []
        ignored: list[str] = []
        for name, problem in self._source.names():
            path = _path(name)
            if is_ignored(path):
                ignored.append(path)
            elif problem:
                left_over.append(LeftOver(path, problem))
            elif path.lower().endswith(".zip"):
                self._list_inner(name, entries, left_over, ignored)
            else:
                entries.append(Entry(path, name))
        kept = {entry.path for entry in entries}
        left_over += [LeftOver(path, why) for path, why in worth_telling(ignored, kept)]
        return entries, left_over

    def _list_inner(
        self, name: str, entries: list[Entry], left_over: list[LeftOver], ignored: list[str]
    ) -> None:
        path = _path(name)
        try:
            members = list(self._open_inner(name).names())
        except (UsageError, OSError) as error:
            left_over.append(LeftOver(path, f"a zip that cannot be read: {error}".splitlines()[0]))
            return
        ignored += [f"{path}/{_path(member)}" for member, _ in members if is_ignored(_path(member))]
        inner = [one for one in members if not is_ignored(_path(one[0]))]
        if len(inner) > MAX_INNER_FILES:
            left_over.append(LeftOver(path, f"a zip of more than {MAX_INNER_FILES:,} files"))
            return
        for member, problem in inner:
            inside = f"{path}/{_path(member)}"
            if problem:
                left_over.append(LeftOver(inside, problem))
            else:
                entries.append(Entry(inside, name, member))

    def _open_inner(self, name: str) -> Zip:
        if self._inner is None or self._inner[0] != name:
            data = self._source.read(name, MAX_INNER_BYTES + 1)
            if len(data) > MAX_INNER_BYTES:
                raise OSError(f"larger than {MAX_INNER_BYTES:,} bytes")
            self._inner = (name, Zip(io.BytesIO(data), name))
        return self._inner[1]

    def read(self, entry: Entry, most: int = 0) -> bytes:
        """Return the file's bytes, cut after `most`; else after what a submission may have.

        Raises
        ------
        OSError
            It is gone, changed into something else, or damaged.
        """
        most = most or most_bytes(entry.path)
        if not entry.member:
            return self._source.read(entry.outer, most)
        try:
            return self._open_inner(entry.outer).read(entry.member, most)
        except (UsageError, KeyError) as error:
            raise OSError(f"the zip has changed: {error}") from None

    def close(self) -> None:
        """Close what is open."""
        self._source.close()


def _path(name: str) -> str:
    """Return a path as it is shown and compared: forward slashes, accents with their letters."""
    return composed(name.replace("\\", "/"))


def _refuse(error: OSError) -> None:
    raise UsageError(
        f"{error.filename} cannot be listed: {error.strerror}", "check its permissions"
    ) from None
