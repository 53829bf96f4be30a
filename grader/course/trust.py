"""Whose courses may run their code here: remembered per user, by folder and owner of its files.

A course's checks are code that runs with the user's rights, so one that merely lies in a folder
above is not used before its user has said so. Git's safe.directory and direnv do the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from grader.course.files import write_texts
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

Standing = Literal["trusted", "refused", "changed", "unknown"]

_PARTS: Final = ("exercises", "solutions")
_MAX_RECORD_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class TrustDecision:
    """What the user has said of one course.

    Attributes
    ----------
    folder : Path
        The course's folder, with symbolic links resolved.
    trusted : bool
        Whether its code may run.
    owners : frozenset of int
        The ids of the users who owned the folder and its files then.
    """

    folder: Path
    trusted: bool
    owners: frozenset[int]


def standing(folder: Path) -> Standing:
    """Return what the user has said of the course in `folder`.

    "changed" means that it was trusted or refused while its files belonged to other users.
    """
    path = _record(folder.resolve())
    decision = _read(path) if path is not None else None
    if decision is None or decision.folder != folder.resolve():
        return "unknown"
    try:
        if not _owners(decision.folder) <= decision.owners:
            return "changed"
    except OSError:
        return "changed"
    return "trusted" if decision.trusted else "refused"


def remember(folder: Path, trusted: bool) -> Path:
    """Remember whether the course in `folder` is trusted; return the folder that is meant.

    Raises
    ------
    UsageError
        It cannot be written down, or the folder cannot be read.
    """
    folder = folder.resolve()
    path = _record(folder)
    if path is None:
        raise UsageError(
            _("there is nowhere to remember trusted courses"),
            _("set HOME, or use --course DIR"),
        )
    import json

    try:
        owners = sorted(_owners(folder))
        text = json.dumps({"folder": os.fspath(folder), "trusted": trusted, "owners": owners})
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_texts({path: f"{text}\n"})
    except OSError as error:
        raise UsageError(
            _(
                "cannot remember {folder}: {path}: {reason}",
                folder=folder,
                path=error.filename or path,
                reason=error.strerror,
            ),
            _("make that folder writable, or use --course DIR each time"),
        ) from None
    return folder


def forget(folder: Path) -> bool:
    """Forget what was said of the course in `folder`; return whether anything was."""
    path = _record(folder.resolve())
    if path is None or not path.is_file():
        return False
    path.unlink()
    return True


def decisions() -> list[TrustDecision]:
    """Return all that the user has said, ordered by folder."""
    store = _store()
    paths = store.glob("*.json") if store is not None else ()
    found = (_read(path) for path in paths)
    return sorted((each for each in found if each is not None), key=lambda each: each.folder)


def _store() -> Path | None:
    import platformdirs  # imported here, as all that most commands do without

    folder = platformdirs.user_state_path("bpgrade", appauthor=False)
    return folder / "courses" if folder.is_absolute() else None


def _record(folder: Path) -> Path | None:
    """Return the file that holds the decision on a folder; one each, so that none is lost."""
    import hashlib

    store = _store()
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]
    return store / f"{name}.json" if store is not None else None


def _read(path: Path) -> TrustDecision | None:
    """Return a decision; None where there is none, or none that this user has written."""
    import json

    try:
        with path.open("rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            document = json.loads(file.read(_MAX_RECORD_BYTES))
        folder, trusted, owners = document["folder"], document["trusted"], document["owners"]
        return TrustDecision(Path(folder), trusted is True, frozenset(map(int, owners)))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _owners(folder: Path) -> frozenset[int]:
    """Return who owns a course's folder, all that is in its parts, and what links there lead to."""
    owners = {folder.stat().st_uid}
    for part in _PARTS:
        if (folder / part).exists():
            owners.update(_owners_below(folder / part))
    return frozenset(owners)


def _owners_below(root: Path) -> Iterator[int]:
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        path = waiting.pop()
        yield path.lstat().st_uid
        try:
            status = path.stat()
        except FileNotFoundError:  # a link to nothing
            continue
        yield status.st_uid
        if path.is_dir() and (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            waiting.extend(path.iterdir())
