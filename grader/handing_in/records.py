"""What is kept between two runs: a small file each, which only its user may read."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

import platformdirs

from grader.course.files import write_private
from grader.errors import unwritable
from grader.language import gettext_lazy as _

_MAX_BYTES: Final = 65_536


def read(kind: str, key: str) -> dict[str, Any]:
    """Return what was kept under a key; nothing where nothing was, or somebody else wrote it."""
    try:
        with _path(kind, key).open("rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                return {}
            found = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("key") == key else {}


def write(kind: str, key: str, **values: str) -> None:
    """Keep something under a key.

    Raises
    ------
    UsageError
        It cannot be written down.
    """
    path = _path(kind, key)
    try:
        write_private(path, json.dumps({"key": key, **values}))
    except OSError as error:
        raise unwritable(path, error, _("make that folder writable")) from None


def delete(kind: str, key: str) -> None:
    """Forget what was kept under a key."""
    _path(kind, key).unlink(missing_ok=True)


def _path(kind: str, key: str) -> Path:
    name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return platformdirs.user_config_path("bpgrade", appauthor=False) / kind / f"{name}.json"
