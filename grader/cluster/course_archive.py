"""The course on its way to a worker, and the private folder that it lies in there."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.course import Course
from grader.errors import UsageError
from grader.language import gettext_lazy as _

_PREFIX: Final = "bpgrade-course-"
_FOLDERS: Final = ("exercises", "solutions")
_MAX_BYTES: Final = 100_000_000
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def pack(course: Course) -> bytes:
    """Return the course's folders as a zip; equal courses give equal bytes.

    Raises
    ------
    UsageError
        They hold too much to be sent to every worker.
    """
    buffer = io.BytesIO()
    total = 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(course.folder):
            total += path.stat().st_size
            if total > _MAX_BYTES:
                raise UsageError(
                    _(
                        "{folder} holds more than {most} MB, too much to send to every worker",
                        folder=course.folder,
                        most=_MAX_BYTES // 1_000_000,
                    ),
                    _("take out of exercises/ and solutions/ what grading does not need"),
                )
            name = path.relative_to(course.folder).as_posix()
            archive.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes())
    return buffer.getvalue()


def digest(data: bytes) -> str:
    """Return what a packed course is known by."""
    return hashlib.sha256(data).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for name in _FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


class PrivateFolder:
    """A course unpacked where only this user may read, and submissions may not.

    It is locked while its process lives. What a killed process has left is removed by the next
    one on the same machine.
    """

    def __init__(self, data: bytes) -> None:
        import fcntl  # here, since a course may be packed on Windows

        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()  # mode 0700
        self._descriptor = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                archive.extractall(self.path)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Delete it with all that it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._descriptor)


def _sweep() -> None:
    """Remove the folders of this user that no living process has locked."""
    import fcntl

    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or in use, or just removed
            if path.lstat().st_uid != os.getuid():
                continue
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(descriptor)
