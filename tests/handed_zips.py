"""Zips as programs without Unicode write them."""

from __future__ import annotations

import zipfile


class _Unflagged(zipfile.ZipInfo):
    """A member whose name is written as its bytes stand in CP437, without the flag of UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), 0


def unflagged(name: str, codec: str) -> zipfile.ZipInfo:
    """Return a member whose name is in some encoding, which nothing in the zip says."""
    return _Unflagged(name.encode(codec).decode("cp437"))
