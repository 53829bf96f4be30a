"""The names of files as they were meant: in zips that do not say in which encoding they are, and on
disks where such a zip was unpacked.

A zip's flag says where a name is UTF-8. The others are all by one program, so that one encoding is
looked for: UTF-8, else that in which names of the class can be read, else the likeliest.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Sequence

from grader.text.encoding import codec_of

Fitting = Callable[[str], int]
_UNICODE_FLAG = 0x800


def name_in_zip(info: zipfile.ZipInfo) -> str | bytes:
    """Return a member's name; its bytes where nothing says in which encoding they are."""
    if info.flag_bits & _UNICODE_FLAG or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437")  # in which zipfile has read it
    except UnicodeEncodeError:  # the name has come from the extra field, which is UTF-8
        return info.filename


def name_on_disk(name: str) -> str | bytes:
    """Return a name as Python gives it; its bytes where they are not in the disk's encoding."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name)
    return name


def readable(names: Sequence[str | bytes], fitting: Fitting | None) -> list[str]:
    """Return the names as text.

    Parameters
    ----------
    names : sequence of str or bytes
        Bytes are in an encoding that is to be found.
    fitting : callable, optional
        How much of a text is known of the class.
    """
    unknown = [name for name in names if isinstance(name, bytes)]
    if not unknown:
        return [name for name in names if isinstance(name, str)]
    codec = codec_of(b"\n".join(unknown), fitting, names=True) or "cp437"
    return [name if isinstance(name, str) else _decoded(name, codec) for name in names]


def _decoded(name: bytes, codec: str) -> str:
    # a few letters in a double-byte encoding may be UTF-8 of two bytes each by chance, not of three
    if any(byte >= 0xE0 for byte in name):
        try:
            return name.decode()
        except UnicodeDecodeError:
            pass
    try:
        return name.decode(codec.removesuffix("-sig"))
    except UnicodeDecodeError:
        return os.fsdecode(name)
