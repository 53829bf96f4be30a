"""The wheel of the bpgrade that is running, made again from its installed files."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import Final

from grader.errors import UsageError
from grader.language import gettext_lazy as _

NAME: Final = "bpgrade"
_PACKAGE: Final = Path(__file__).parents[2]
# what an installer adds to the files of a wheel
_INSTALLERS: Final = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "RECORD.jws")
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


def installed() -> Distribution:
    """Return bpgrade as it is installed.

    Raises
    ------
    UsageError
        It is not.
    """
    try:
        return distribution(NAME)
    except PackageNotFoundError:
        raise UsageError(
            _(
                "{name} runs from a folder without being installed, so there is no wheel to pack",
                name=NAME,
            ),
            _("install it: pip install bpgrade, or pip install -e . in its source"),
        ) from None


def wheel() -> tuple[str, bytes]:
    """Return the file name and the bytes of bpgrade's wheel; the same files give the same bytes.

    Raises
    ------
    UsageError
        bpgrade is not installed.
    """
    found = installed()
    folder = f"{NAME}-{found.version}.dist-info"
    files = {**_package_files(found), **_metadata_files(found, folder)}
    record = "".join(
        f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in sorted(files.items())
    )
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    return f"{NAME}-{found.version}-py3-none-any.whl", zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files by their names; programs in it may be run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.external_attr = (0o100000 | mode(data)) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def mode(data: bytes) -> int:
    """Return the permissions of a file: those of a program where it begins as one."""
    return 0o755 if data.startswith(b"#!") else 0o644


def _package_files(found: Distribution) -> dict[str, bytes]:
    """Return the package's files: those that are recorded, else those of the source folder."""
    recorded = [file for file in found.files or () if file.parts[0] == _PACKAGE.name]
    if any(file.parts[1:] == ("__init__.py",) for file in recorded):
        paths = {str(PurePosixPath(*file.parts)): Path(str(file.locate())) for file in recorded}
    else:  # installed in place: its files lie in the source, the course beside the package
        paths = tree(_PACKAGE, _PACKAGE.name)
        for part in ("exercises", "solutions"):
            paths |= tree(_PACKAGE.parent / part, f"{_PACKAGE.name}/backpropagation/{part}")
    return {name: path.read_bytes() for name, path in paths.items() if "__pycache__" not in name}


def _metadata_files(found: Distribution, folder: str) -> dict[str, bytes]:
    files = {}
    for file in found.files or ():
        if file.parts[0].endswith(".dist-info") and file.name not in _INSTALLERS:
            inner = PurePosixPath(*file.parts[1:])
            files[f"{folder}/{inner}"] = Path(str(file.locate())).read_bytes()
    return files


def tree(folder: Path, name: str) -> dict[str, Path]:
    """Return the files below a folder by their names in an archive; no caches, nothing hidden."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and "__pycache__" not in path.parts
    }


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
