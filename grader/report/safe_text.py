"""Text from a submission, made safe to show: nothing in it can act on a terminal."""

from __future__ import annotations

import unicodedata

from grader.language import translated


def visible(text: str, encoding: str = "utf-8", *, lines: bool = True) -> str:
    r"""Return `text` with everything that is not plainly printed spelled as an escape.

    A message is told in the reader's language. Control characters, marks that reorder text,
    surrogates, private and unassigned characters, and what `encoding` cannot hold become escapes
    like those of a Python string. Tabs become spaces, as do the other kinds of blank. Newlines
    stay where `lines` is true.

    Examples
    --------
    >>> print(visible("done\x1b[2J\r20 / 20"))
    done\x1b[2J\r20 / 20
    >>> print(visible("exercise3\u202eyp.\n", lines=False))
    exercise3\u202eyp.\n
    """
    text = translated(text).replace("\r\n", "\n").expandtabs()
    plain = text.replace("\n", "") if lines else text
    if not plain.isprintable():
        text = "".join(_shown(character, lines) for character in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _shown(character: str, lines: bool) -> str:
    if character.isprintable() or (lines and character == "\n"):
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")
