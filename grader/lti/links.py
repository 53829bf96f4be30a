"""Link headers, as they are and not only as they should be."""

from __future__ import annotations

import re
from typing import Final

_LINK: Final = re.compile(r"<([^<>]*)>([^<>]*)")
_NEXT: Final = re.compile(r"\brel\s*=[^a-z;,]*next(?![a-z])", re.IGNORECASE)


def next_page(header: str) -> str:
    """Return the address of the next page in a Link header; nothing where there is none.

    Moodle's line items have it in curly quotes, with `&` written as in HTML.
    """
    for address, parameters in _LINK.findall(header):
        if _NEXT.search(parameters):
            return str(address).strip().replace("&amp;", "&")
    return ""
