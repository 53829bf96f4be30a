"""Pictures as PNG: whether bytes are one, of a bounded size, and without anything beside it."""

from __future__ import annotations

import zlib
from typing import Final

from ..framing import WireError

MAX_BYTES: Final = 200_000
MAX_WIDTH, MAX_HEIGHT = 1200, 1200
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = (b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND")
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_HEADER: Final = 13


def checked(data: object) -> bytes:
    """Return a PNG with the chunks that make up its picture, and no others.

    Raises
    ------
    WireError
        The bytes are no PNG of at most `MAX_WIDTH` by `MAX_HEIGHT` pixels and `MAX_BYTES` bytes, or
        hold more or less than its pixels.
    """
    if not isinstance(data, bytes) or len(data) > MAX_BYTES or data[:8] != _SIGNATURE:
        raise WireError("no picture")
    kept, names, pixels, place = [_SIGNATURE], [], [], len(_SIGNATURE)
    while place < len(data):
        length, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(data) or _checksum(data[place + 4 : end - 4]) != data[end - 4 : end]:
            raise WireError("a picture whose parts are not whole")
        if name in _KEPT:
            kept.append(data[place:end])
            names.append(name)
        if name == b"IDAT":
            pixels.append(data[place + 8 : end - 4])
        place = end
    if not names or (names[0], names[-1]) != (b"IHDR", b"IEND") or names.count(b"IHDR") != 1:
        raise WireError("a picture without its header")
    _see_all_pixels(size_of(data), kept[1][8:-4], b"".join(pixels))
    return b"".join(kept)


def size_of(data: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG in pixels."""
    start = len(_SIGNATURE) + 8
    return int.from_bytes(data[start : start + 4]), int.from_bytes(data[start + 4 : start + 8])


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4)


def _see_all_pixels(size: tuple[int, int], header: bytes, compressed: bytes) -> None:
    """Refuse a picture whose pixels are not just those that it announces."""
    width, height = size
    if not (0 < width <= MAX_WIDTH and 0 < height <= MAX_HEIGHT) or len(header) != _HEADER:
        raise WireError("a picture that is too large")
    depth, colour, *rest = header[8:]
    if depth != 8 or colour not in _SAMPLES or any(rest):
        raise WireError("a picture of an unknown kind")
    expected = height * (1 + width * _SAMPLES[colour])
    unpacking = zlib.decompressobj()
    try:
        found = len(unpacking.decompress(compressed, expected + 1))
    except zlib.error as error:
        raise WireError("a picture that cannot be unpacked") from error
    if found != expected:
        raise WireError("a picture with more or fewer pixels than it has")
