"""Whom the name of a folder or of a file names, as people write it.

`s1000_lovelace`, `Ada Lovelace (s1000)`, `2026002李小明`: an id counts where it stands as a whole,
a name where nothing but ids and numbers stands beside it. A part of a longer id, or of a longer
name, is somebody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from grader.batch.person_names import joined, spellings
from grader.batch.records import RosterEntry
from grader.grading.choice import ABOUT_THE_FILE
from grader.quick_dataclass import dataclass

# scripts that need no blank between words: where they end, a word does
_DENSE: Final = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN: Final = re.compile(rf"[{_DENSE}]+|(?:(?![{_DENSE}_])\w)+")
_JOINING: Final = frozenset("-.@+~#&'’")  # alone between two tokens, they may make one id of them
_MOST_TOKENS: Final = 8
_SHORTEST_ID: Final = 3  # of a stranger: what is shorter may be an attempt, or a day


@dataclass(frozen=True, slots=True)
class NamesFound:
    """Whom a text names.

    Attributes
    ----------
    by_id, by_name : frozenset of RosterEntry
    stranger : str
        What looks like one of the class's ids, and is nobody's.
    """

    by_id: frozenset[RosterEntry] = frozenset()
    by_name: frozenset[RosterEntry] = frozenset()
    stranger: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int


class NamedPeople:
    """Finds the people of a class in names."""

    def __init__(self, people: Iterable[RosterEntry]) -> None:
        self._by_id: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_name: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_word: dict[str, set[RosterEntry]] = defaultdict(set)
        for person in people:
            for one in person.ids:
                self._by_id[_plain(one)].add(person)
            for form in spellings(person.name):
                self._by_name[form].add(person)
            for word in _words(person.name):
                self._by_word[word].add(person)
        self._by_id.pop("", None)
        self._by_name.pop("", None)
        signs = {sign for one in self._by_id for sign in one if not sign.isalnum()}
        self._joining = _JOINING | (signs - {" "})
        self._forms = {_form(one) for one in self._by_id if _has_digit(one)}

    def in_text(self, text: str) -> NamesFound:
        """Return whom a text names: by whole ids, and by a name that is all that is left."""
        plain = _plain(text)
        tokens = [_Token(*found.span()) for found in _TOKEN.finditer(plain)]
        hits = list(self._hits(plain, tokens))
        by_id = frozenset(
            person
            for start, end in hits
            for person in self._by_id[_span(plain, tokens, start, end)]
        )
        free = [
            token
            for index, token in enumerate(tokens)
            if not any(start <= index < end for start, end in hits)
        ]
        rest = [plain[token.start : token.end] for token in free]
        by_name = set(self._by_name.get(joined(plain), ()))
        words = [word for word in rest if not _has_digit(word) and word not in ABOUT_THE_FILE]
        by_name |= self._by_name.get(joined("".join(words)), set())
        for word in words:
            if re.fullmatch(f"[{_DENSE}]{{2,}}", word):  # a full name is one word there
                by_name |= self._by_name.get(joined(word), set())
        if by_id and not by_name & by_id:
            by_name |= self._others(words, by_id)
        strange = (
            word for word in rest if len(word) >= _SHORTEST_ID and _form(word) in self._forms
        )
        return NamesFound(by_id, frozenset(by_name), next(strange, ""))

    def _hits(self, plain: str, tokens: list[_Token]) -> Iterator[tuple[int, int]]:
        """Give the spans of tokens that are an id, without those inside a longer one."""
        found = [
            (start, end)
            for start in range(len(tokens))
            for end in range(start + 1, min(start + _MOST_TOKENS, len(tokens)) + 1)
            if _span(plain, tokens, start, end) in self._by_id
            and self._is_whole(plain, tokens, start, end)
        ]
        for start, end in found:
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in found):
                yield start, end

    def _is_whole(self, plain: str, tokens: list[_Token], start: int, end: int) -> bool:
        """Whether a span is no part of a longer id.

        `lovelace-s1000` is not one id; `s1000-2` and, for the id `ada`, `ada.byron` may be.
        """
        before, after = start, end
        while before > 0 and self._joins(plain, tokens, before - 1):
            before -= 1
        while after < len(tokens) and self._joins(plain, tokens, after - 1):
            after += 1
        if (before, after) == (start, end):
            return True
        own = _span(plain, tokens, start, end)
        around = _span(plain, tokens, before, after).replace(own, "", 1)
        return _has_digit(own) and not _has_digit(around) and "@" not in around

    def _joins(self, plain: str, tokens: list[_Token], index: int) -> bool:
        return plain[tokens[index].end : tokens[index + 1].start] in self._joining

    def _others(self, words: Iterable[str], by_id: frozenset[RosterEntry]) -> set[RosterEntry]:
        """Return whose names the words beside an id are from, where they are not its owner's."""
        named = (self._by_word.get(joined(word), set()) for word in words)
        return {person for people in named if not people & by_id for person in people}


def _span(plain: str, tokens: list[_Token], start: int, end: int) -> str:
    return plain[tokens[start].start : tokens[end - 1].end]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def _words(name: str) -> list[str]:
    return [word for one in _TOKEN.findall(_plain(name)) if len(word := joined(one)) > 1]


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _form(text: str) -> str:
    """Return how a text looks: which signs are letters, and which are digits."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "0", text))
