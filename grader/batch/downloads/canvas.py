"""Canvas: `<name>_[LATE_]<user id>_<attachment id>_<file name>`, flat; anonymous ones `anon_<id>`.

The second number is the file's, not the submission's. The name is the sortable name in lower
case with all but letters, digits and underscores taken out.
"""

from __future__ import annotations

import re
from typing import Final

from grader.batch.records import Origin

_NAMED: Final = re.compile(
    r"(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<own>.+)", re.DOTALL
)
_ANONYMOUS: Final = re.compile(
    r"(?P<late>LATE_)?(?P<user>anon_[A-Za-z0-9]{5})_(?P<file>\d+)_(?P<own>.+)", re.DOTALL
)
_ENTRY: Final = re.compile(
    r"(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<own>(text|link)\.html)"
)


def parse(path: str) -> Origin | None:
    """Return what the path of a file in a download says; None where it is not of this kind."""
    first, _, rest = path.partition("/")
    for pattern in (_ANONYMOUS, _NAMED, _ENTRY):
        found = pattern.fullmatch(first)
        if found:
            fields = found.groupdict()
            own = rest.rpartition("/")[2] or fields["own"]
            late = bool(fields["late"])
            return Origin(own, fields["user"], fields.get("name") or "", late=late)
    return None
