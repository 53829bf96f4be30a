"""In which encoding a text is that does not say so: a table, a source, the names in a zip.

UTF-8 where it can be that. Else what the caller knows decides: the right encoding is the one in
which names of the class, or titles of a table, can be read. Else the likeliest, by how common the
characters are that it gives.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from typing import Final

from grader.quick_dataclass import dataclass

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# the standard that lists the everyday characters, and the first bytes that these have in it
_EVERYDAY: Final = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
    "cp932": ("shift_jis", 0x88, 0x98),
    "cp949": ("euc_kr", 0xB0, 0xC8),
    "euc_jp": ("euc_jp", 0xB0, 0xCF),
}
_KANA: Final = ("cp932", "euc_jp")
_OF_WINDOWS: Final = ("cp1252", "cp1251", "cp1250", "cp1253", "cp1254")
_OF_DOS: Final = ("cp437", "cp850", "cp866")
_CALLED: Final = {
    "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32", "gb18030": "GBK",
    "big5": "Big5", "cp932": "Shift-JIS", "cp949": "EUC-KR", "euc_jp": "EUC-JP",
    "cp1252": "Windows-1252",
}  # fmt: skip
_SHARE: Final = 0.5  # of everyday characters: below it, bytes have fallen into pairs by chance
_SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what its encoding is called."""

    text: str
    encoding: str


def decoded(
    data: bytes, fitting: Callable[[str], int] | None = None, *, names: bool = False
) -> Decoded | None:
    """Return a text as it was meant; None where it is none.

    Parameters
    ----------
    data : bytes
    fitting : callable, optional
        How much of a text is known: the encoding with the most wins, if there is any.
    names : bool
        Whether they are names in a zip, which may be in an encoding of MS-DOS.
    """
    if codec := codec_of(data, fitting, names=names):
        return Decoded(data.decode(codec), called(codec))
    return None


def called(codec: str) -> str:
    """Return what people call an encoding."""
    return _CALLED.get(codec, codec.upper().replace("CP125", "Windows-125"))


def codec_of(
    data: bytes, fitting: Callable[[str], int] | None = None, *, names: bool = False
) -> str:
    """Return Python's name of the encoding; empty where it is no text. See `decoded`."""
    marked = [codec for mark, codec in _MARKS if data.startswith(mark)]
    sure = next(
        (codec for codec in (*marked, *_without_mark(data), "utf-8-sig") if _decodes(data, codec)),
        "",
    )
    # a few short names may be UTF-8 by chance
    if sure and (data.isascii() or not names or fitting is None or fitting(data.decode(sure))):
        return sure
    if any(byte < 32 and byte not in b"\t\n\r\f\v\x1a\x1b" for byte in set(data)):
        return sure
    candidates: list[str] = [*_EVERYDAY, *(_OF_DOS if names else ()), *_OF_WINDOWS]
    possible = [codec for codec in candidates if _decodes(data, codec)]
    if fitting is not None:
        known = {codec: fitting(data.decode(codec)) for codec in possible}
        if any(known.values()):
            return max(possible, key=lambda codec: known[codec])
    return sure or _likeliest(data, possible)


def _without_mark(data: bytes) -> Sequence[str]:
    """Return which kind of UTF-16 it is: the zeros of ASCII stand behind, or before."""
    if b"\0" not in data:
        return ()
    first, second = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 or min(first, second) * 4 > max(first, second):
        return ()
    return ("utf-16-le",) if second > first else ("utf-16-be",)


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeError:
        return False
    return True


def _likeliest(data: bytes, possible: Sequence[str]) -> str:
    from charset_normalizer import from_bytes  # read where it is needed alone

    shares = {one: _everyday(data.decode(one), one) for one in possible if one in _EVERYDAY}
    most = max([*shares.values(), _SHARE])
    kept = [one for one in possible if one not in shares or shares[one] > most - 0.2]
    kept = [one for one in kept if shares.get(one, 1.0) >= _SHARE]
    judged: dict[str, tuple[float, float]] = {
        codec: (round(match.chaos, 2), -match.coherence)
        for match in from_bytes(data[:_SAMPLE], cp_isolation=kept, threshold=1.0)
        for codec in match.could_be_from_charset
    }
    last = (2.0, 0.0)
    best: str = min(kept, key=lambda codec: judged.get(codec, last), default="")
    return best


def _everyday(text: str, codec: str) -> float:
    """Return how many of the characters beyond ASCII are everyday ones where they are written."""
    standard, first, last = _EVERYDAY[codec]
    letters = [sign for sign in text[:_SAMPLE] if sign > "\x7f" and not _is_punctuation(sign)]
    common = 0
    for letter in letters:
        if "\u3040" <= letter <= "\u30ff":
            common += codec in _KANA
            continue
        try:
            lead = letter.encode(standard)[0]
        except UnicodeError:
            continue
        common += first <= lead <= last
    return common / len(letters) if letters else 0.0


def _is_punctuation(sign: str) -> bool:
    return "\u2010" <= sign <= "\u206f" or "\u3000" <= sign <= "\u303f" or sign >= "\uff00"
