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
from collections.abc import Sequence
from typing import Final, NamedTuple

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


class Token(NamedTuple):
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
        start, kind, own = word.start(), word.lastgroup, word[0]
        line += text.count("\n", end, start)
        end = start
        if kind == "comment" or own in "()":
            continue
        if kind == "string":
            alike = "text"
        elif kind == "name" and own not in _KEPT:
            alike = "name"
        else:
            alike = own
        found.append(Token(own, alike, line))
        if len(found) == MOST_TOKENS:
            break
    return tuple(found)


def pieces(texts: Sequence[str], size: int) -> tuple[int, ...]:
    """Return the digest of each piece of `size` tokens, in order; none where there are fewer.

    Digests are the same in one process only.
    """
    whole = tuple(texts)
    return tuple(hash(whole[place : place + size]) for place in range(len(whole) - size + 1))
