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

from grader.batch.name_encoding import Fitting, name_in_zip, name_on_disk, readable
from grader.batch.records import Entry, LeftOver
from grader.errors import UsageError, reason_of
from grader.grading.file_names import composed
from grader.grading.ignored import is_ignored, is_ignored_folder, worth_telling
from grader.grading.submission import most_bytes
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

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
_NOT_A_FILE: Final = _("it is a link or not a regular file")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file: what it is read by, its path as it is shown, and why it cannot be read, if so."""

    key: str
    path: str
    problem: str


class Folder:
    """The files below a folder."""

    def __init__(self, root: Path, fitting: Fitting | None = None) -> None:
        self.root = root
        self._fitting = fitting

    def names(self) -> Iterator[Listed]:
        """Give each file."""
        found = list(self._found())
        shown = readable([name_on_disk(name) for name, _ in found], self._fitting)
        for (name, problem), path in zip(found, shown, strict=True):
            yield Listed(name, _path(path), problem)

    def _found(self) -> Iterator[tuple[str, str]]:
        for folder, folders, files in os.walk(self.root, onerror=_refuse):
            folders[:] = sorted(name for name in folders if not is_ignored_folder(name))
            for name in sorted(files):
                path = Path(folder, name)
                inside = path.relative_to(self.root).as_posix()
                try:
                    regular = stat.S_ISREG(path.lstat().st_mode)
                except OSError as error:  # it has gone meanwhile, or its folder may not be entered
                    yield inside, _("it cannot be read: {reason}", reason=error.strerror)
                    continue
                yield inside, "" if regular else _NOT_A_FILE

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

    def __init__(self, file: Path | io.BytesIO, name: str, fitting: Fitting | None = None) -> None:
        self.name = name
        self._fitting = fitting
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            single = name.lower().endswith((".py", ".ipynb"))
            raise UsageError(
                _("{name} is not a readable zip: {reason}", name=name, reason=error),
                _("give a folder or a zip; for one file use `bpgrade check`")
                if single
                else _("download it again"),
            ) from None
        self._members = {info.filename: info for info in self._zip.infolist()}

    def names(self) -> Iterator[Listed]:
        """Give each member that is a file."""
        members = self._zip.infolist()
        if len(members) > MAX_FILES:
            raise UsageError(
                _("{name} holds more than {most:,} files", name=self.name, most=MAX_FILES),
                _("split it"),
            )
        shown = readable([name_in_zip(info) for info in members], self._fitting)
        for info, name in zip(members, shown, strict=True):
            if not info.is_dir():
                path = _path(name)
                yield Listed(info.filename, path, _refusal(info, PurePosixPath(path).parts))

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
            raise OSError(_("damaged in the zip: {reason}", reason=error)) from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def _refusal(info: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    drive = bool(parts) and parts[0].endswith(":")
    if not parts or parts[0] == "/" or ".." in parts or drive or "\0" in info.filename:
        return _("its path points outside the zip")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return _NOT_A_FILE
    read = min(info.file_size, most_bytes(info.filename))
    if read > max(SMALL_BYTES, MAX_RATIO * info.compress_size):
        return _("it would expand to {size:,} bytes", size=info.file_size)
    return _("it is encrypted") if info.flag_bits & 1 else ""


class Hand:
    """Everything that was handed to a batch: lists its files and reads them one at a time."""

    def __init__(self, path: Path, fitting: Fitting | None = None) -> None:
        """Open it; `fitting` says how much of a text is known of the class, such as its names."""
        self.path = path
        self._fitting = fitting
        self._source: Folder | Zip
        if path.is_dir():
            self._source = Folder(path, fitting)
        elif path.is_file():
            self._source = Zip(path, str(path), fitting)
        else:
            raise UsageError(
                _("no such file or folder: {path}", path=path),
                _("give the folder or the zip of submissions"),
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
        for one in self._source.names():
            if is_ignored(one.path):
                ignored.append(one.path)
            elif one.problem:
                left_over.append(LeftOver(one.path, one.problem))
            elif one.path.lower().endswith(".zip"):
                self._list_inner(one, entries, left_over, ignored)
            else:
                entries.append(Entry(one.path, one.key))
        kept = {entry.path for entry in entries}
        left_over += [LeftOver(path, why) for path, why in worth_telling(ignored, kept)]
        return entries, left_over

    def _list_inner(
        self, outer: Listed, entries: list[Entry], left_over: list[LeftOver], ignored: list[str]
    ) -> None:
        path = outer.path
        try:
            members = list(self._open_inner(outer.key).names())
        except (UsageError, OSError) as error:
            why = error.message if isinstance(error, UsageError) else reason_of(error)
            reason = _("a zip that cannot be read: {reason}", reason=why)
            left_over.append(LeftOver(path, reason))
            return
        ignored += [f"{path}/{one.path}" for one in members if is_ignored(one.path)]
        inner = [one for one in members if not is_ignored(one.path)]
        if len(inner) > MAX_INNER_FILES:
            reason = _("a zip of more than {most:,} files", most=MAX_INNER_FILES)
            left_over.append(LeftOver(path, reason))
            return
        for one in inner:
            inside = f"{path}/{one.path}"
            if one.problem:
                left_over.append(LeftOver(inside, one.problem))
            else:
                entries.append(Entry(inside, outer.key, one.key))

    def _open_inner(self, name: str) -> Zip:
        if self._inner is None or self._inner[0] != name:
            data = self._source.read(name, MAX_INNER_BYTES + 1)
            if len(data) > MAX_INNER_BYTES:
                raise OSError(_("larger than {most:,} bytes", most=MAX_INNER_BYTES))
            self._inner = (name, Zip(io.BytesIO(data), name, self._fitting))
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
            why = error.message if isinstance(error, UsageError) else reason_of(error)
            raise OSError(_("the zip has changed: {reason}", reason=why)) from None

    def close(self) -> None:
        """Close what is open."""
        self._source.close()


def _path(name: str) -> str:
    """Return a path as it is shown and compared: forward slashes, accents with their letters."""
    return composed(name.replace("\\", "/"))


def _refuse(error: OSError) -> None:
    raise UsageError(
        _("{path} cannot be listed: {reason}", path=error.filename, reason=error.strerror),
        _("check its permissions"),
    ) from None
