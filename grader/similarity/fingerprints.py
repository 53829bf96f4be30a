"""Fingerprints of Python code, that outlast another layout, another order, and other names.

Code is read as tokens and cut into pieces of a few tokens that overlap. All pieces are kept: a
submission has some hundreds, so that there is nothing to be saved by winnowing. It is read in two
ways: its wording has names as they are, its structure has all names of the student's choice alike.

Code that Python can't read has tokens too.
"""

from __future__ import annotations

import builtins
import keyword
import re
import zlib
from collections.abc import Sequence
from typing import Final

from grader.quick_dataclass import dataclass
from grader.text.literals import STRING

STRUCTURE_PIECE: Final = 12
WORDING_PIECE: Final = 8
MOST_TOKENS: Final = 20_000

_WORD: Final = re.compile(
    rf"(?P<string>(?:\b[rbfuRBFU]{{1,2}})?(?:{STRING}))"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<attribute>(?<=\.)[^\W\d]\w*)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<sign>\*\*=?|//=?|[-+*/%@&|^<>=!:]=|->|\S)",
    re.DOTALL,
)
_KEPT: Final = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands, with names of the student's own choice made alike, and its line.

    Lines are counted from 1.
    """

    text: str
    alike: str
    line: int


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a file; layout, comments and round brackets are none."""
    found: list[Token] = []
    line, end = 1, 0
    for word in _WORD.finditer(text):
        line += text.count("\n", end, word.start())
        end = word.start()
        kind = word.lastgroup
        if kind == "comment" or word[0] in "()":
            continue
        alike = word[0]
        if kind == "string":
            alike = "text"
        elif kind == "name" and word[0] not in _KEPT:
            alike = "name"
        found.append(Token(word[0], alike, line))
        if len(found) == MOST_TOKENS:
            break
    return tuple(found)


def pieces(texts: Sequence[str], size: int) -> tuple[int, ...]:
    """Return the digest of each piece of `size` tokens, in order; none where there are fewer."""
    return tuple(
        zlib.crc32("\0".join(texts[place : place + size]).encode("utf-8", "surrogatepass"))
        for place in range(len(texts) - size + 1)
    )
