"""What systems, editors and tools leave among students' files: never a submission, at any depth."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from grader.language import gettext_lazy as _

_FOLDERS: Final = frozenset(
    {
        "__macosx", "__pycache__", "node_modules", "site-packages", "dist-packages", "venv",
        "virtualenv", "$recycle.bin", "system volume information", "@eadir",
    }
)  # fmt: skip
_FILES: Final = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_CODE: Final = re.compile(r"\.(py|ipynb)$", re.IGNORECASE)
_BACKUPS: Final = (
    re.compile(r"#(?P<of>.+)#"),  # Emacs
    re.compile(r"\.(?P<of>.+)\.(?:sw[a-z]|un~)"),  # Vim
    re.compile(r"\.#(?P<of>.+)"),  # Emacs' lock
    re.compile(r"~\$(?P<of>.+)"),  # Office's lock
    re.compile(r"(?P<of>.+?)(?:\.~\d+~|~)"),
    re.compile(r"(?P<of>.+)\.(?:bak|backup|orig|rej|old|save|autosave|tmp|temp)", re.IGNORECASE),
)


def is_ignored_folder(name: str) -> bool:
    """Whether nothing in a folder of this name is a student's work."""
    return name.startswith(".") or name.casefold() in _FOLDERS


def is_ignored(path: str) -> bool:
    """Whether a file is nobody's work, by its own name or that of a folder around it.

    Examples
    --------
    >>> is_ignored("ada/._exercise1.py"), is_ignored("__MACOSX/ada/exercise1.py")
    (True, True)
    >>> is_ignored("ada/exercise1.py.bak"), is_ignored("ada/exercise1.py")
    (True, False)
    """
    *folders, name = PurePosixPath(path.replace("\\", "/")).parts or ("",)
    return is_ignored_name(name) or any(
        part not in ("..", "/") and is_ignored_folder(part) for part in folders
    )


def is_ignored_name(name: str) -> bool:
    """Whether a file of this name is hidden, a system's own, or an editor's backup."""
    return name.startswith(".") or name.casefold() in _FILES or bool(backup_of(name))


def backup_of(name: str) -> str:
    """Return the name of the file that an editor's backup is of; nothing where it is none."""
    for pattern in _BACKUPS:
        found = pattern.fullmatch(name)
        if found:
            return found["of"]
    return ""


def worth_telling(ignored: Iterable[str], kept: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the ignored files that may be all that somebody has of their work, and what they are."""
    for path in ignored:
        place = PurePosixPath(path.replace("\\", "/"))
        if any(is_ignored_folder(part) for part in place.parts[:-1] if part not in ("..", "/")):
            continue
        original = backup_of(place.name)
        if original:
            if _CODE.search(original) and place.with_name(original).as_posix() not in kept:
                yield path, _("an editor's backup, and there is no {name} beside it", name=original)
        elif _CODE.search(place.name) and not place.name.startswith("._"):
            yield path, _("a hidden file: its name begins with a dot")
