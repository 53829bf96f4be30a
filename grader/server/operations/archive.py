"""A backup as a file: a zip of a database, the secret key and the settings, with their digests.

manifest.json     {"schema", "bpgrade", "made", "files": {name: sha256}}
server.sqlite3    every row, also where the server is on PostgreSQL
secret
server.json
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from grader import __version__
from grader.errors import UsageError, unreadable, unwritable
from grader.language import gettext_lazy as _
from grader.server import configuration

SCHEMA: Final = "bpgrade-backup/1"
NAMES: Final = (configuration.SQLITE, configuration.SECRET, configuration.FILE)
_MANIFEST: Final = "manifest.json"
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError)


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Give a private folder on the disk that a file will be on; it is removed in any case.

    Raises
    ------
    UsageError
        The file is there already, or its folder cannot be written to.
    """
    if file.exists():
        raise _there_already(file)
    try:
        folder = tempfile.mkdtemp(prefix=".bpgrade-backup-", dir=file.parent)
    except OSError as error:
        raise unwritable(
            file.parent, error, _("choose an existing folder that you can write to")
        ) from None
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder)


def pack(folder: Path, file: Path) -> None:
    """Write the files of a folder to a backup that only its owner may read, whole or not at all."""
    manifest = {
        "schema": SCHEMA,
        "bpgrade": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: _digest(folder / name) for name in NAMES},
    }
    with published(folder, file, level=1) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        for name in NAMES:
            archive.write(folder / name, name)


@contextmanager
def published(folder: Path, file: Path, *, level: int | None = None) -> Iterator[zipfile.ZipFile]:
    """Give a zip to write that only its owner may read, and its name once it is whole.

    Parameters
    ----------
    folder : Path
        Where it is until then; see `beside`.
    file : Path
    level : int, optional
        How hard it is compressed.

    Raises
    ------
    UsageError
        Something has that name by now.
    """
    whole = folder / "whole.zip"
    descriptor = os.open(whole, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            yield archive
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(whole, file)  # unlike a rename, it overwrites nothing
    except FileExistsError:
        raise _there_already(file) from None


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Write what a backup holds to a folder, each file readable by its owner alone.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    UsageError
        It cannot be read, is no backup, or is damaged.
    """
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):  # a device has no end
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), str(file))
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
            if manifest["schema"] != SCHEMA:
                raise _no_backup(file, manifest["schema"])
            for name in NAMES:
                _extract(archive, name, folder / name)
                if _digest(folder / name) != manifest["files"][name]:
                    raise _damaged(file, name)
    except OSError as error:
        if error.filename != str(file):
            raise  # a full disk
        raise unreadable(file, error, _("name a file that bpgrade serve backup wrote")) from None
    except _DAMAGE as error:
        raise _damaged(file, str(error) or type(error).__name__) from None
    return manifest


def _extract(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, archive.open(name) as packed:
        shutil.copyfileobj(packed, stream)
        stream.flush()
        os.fsync(stream.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _there_already(file: Path) -> UsageError:
    return UsageError(
        _("{path} already exists", path=file), _("choose another name: nothing is overwritten")
    )


def _damaged(file: Path, reason: str) -> UsageError:
    return UsageError(
        _("{path} is damaged or not a backup: {reason}", path=file, reason=reason),
        _("use another backup; nothing was changed"),
    )


def _no_backup(file: Path, schema: str) -> UsageError:
    return UsageError(
        _("{path} has an unknown format: {schema}", path=file, schema=schema),
        _("restore it with the version of bpgrade that wrote it"),
    )
