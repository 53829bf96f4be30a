"""Whose a file of a feedback zip is, by the rule of Moodle's own import.

A port of the rule, not the code, of `is_valid_filename_for_import` in
mod/assign/feedback/file/importziplib.php (Moodle 4.x, May 2024): each part of the path is split at
underscores into at most five; the first part whose second piece is the number of a participant,
and whose next two name a plugin, decides. Nothing else of the name is looked at.
"""

from __future__ import annotations

from collections.abc import Collection

PLUGINS = {("assignsubmission", "file"), ("assignsubmission", "onlinetext")}


def receiver(path: str, participants: Collection[int]) -> tuple[int, str] | None:
    """Return the participant who gets a file and its name there; None where it is ignored."""
    if path.endswith("/") or path.rpartition("/")[2].startswith((".", "~")):
        return None
    parts = path.split("/")
    while parts:
        pieces = parts.pop(0).split("_", 4)
        if len(pieces) < 4 or not pieces[1].strip().isdecimal():
            continue
        number = int(pieces[1])
        if number not in participants or (pieces[2], pieces[3]) not in PLUGINS:
            continue
        rest = pieces[4] if len(pieces) == 5 else ""
        return number, "/".join([rest, *parts])
    return None
