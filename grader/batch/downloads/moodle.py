"""Moodle: `<Full name>_<participant id>_assignsubmission_file[_]/<path>`, or the same as a prefix.

The number is the participant's in this assignment, not the user's; where teams hand in, it is
the group's, and those in no group have `Default group_assignsubmission_file` without a number.
Blind marking gives `Participant_<id>_...`; some forks put the user name first, so the id is the
last number before `_assignsubmission_`. Source: `mod/assign/classes/downloader.php` of Moodle,
`get_student_prefix`.
"""

from __future__ import annotations

import re
from typing import Final

from grader.batch.records import Origin

_PART: Final = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>\d+))?_?assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<own>.*))?",
    re.DOTALL,
)


def parse(path: str) -> Origin | None:
    """Return what the path of a file in a download says; None where it is not of this kind."""
    parts = path.split("/")
    for part in parts:
        found = _PART.fullmatch(part)
        if found:
            last = parts[-1] if part is not parts[-1] else (found["own"] or part)
            name = found["name"].replace("_", " ").strip()
            return Origin(last, found["id"] or "", name, id_is="participant or team")
    return None
