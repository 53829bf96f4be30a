"""What a file's name says: which exercise, whose copy, which attempt.

Browsers, Windows, macOS, Linux desktops, Google Drive and Dropbox each mark a second copy in a way
of their own, in the language of the user. The marks are known here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final
from urllib.parse import unquote

from grader.course import Course, Exercise

_COPY: Final = (
    "copy|kopie|kopia|kopija|kopio|kopya|kopi|kópia|másolat|copie|copia|cópia|còpia"
    "|копия|копія|копие|αντίγραφο|복사본|사본|コピー|副本|複製|拷贝"
)
_OF: Final = "of|von|van|de|di|da|do|av|af|z|из|od"
_ENDING: Final = re.compile(r"\.(?:py|ipynb)(?:\.(?:txt|json))?$|\.(?:txt|json)$", re.IGNORECASE)
_GAP: Final = r"[\s_.+\-\u2013\u2014]"
# each of these has the copy's number, where there is one, as its only group that matched
_MARKS_BEHIND: Final = (
    re.compile(
        rf"{_GAP}*\(\s*(?:another\s+|\d+(?:st|nd|rd|th)\s+)?(?:{_COPY})\s*(\d{{1,3}})?\s*\)$",
        re.IGNORECASE,
    ),
    re.compile(rf"{_GAP}*\([^()]*conflicted copy[^()]*\)$", re.IGNORECASE),
    re.compile(rf"{_GAP}+(?:{_COPY}){_GAP}*(?:\(\s*(\d{{1,3}})\s*\)|(\d{{1,3}}))?$", re.IGNORECASE),
    re.compile(r"\s*(?:のコピー|的副本|的拷贝|副本|의\s?사본)\s*\(?(\d{1,3})?\)?$"),
    re.compile(rf"{_GAP}*[(\[]\s*(\d{{1,3}})\s*[)\]]$"),
)
_MARKS_BEFORE: Final = (
    re.compile(r"^コピー\s*[~\uff5e]\s*"),
    re.compile(rf"^(?:{_COPY})\s*(?:\((\d{{1,3}})\))?{_GAP}+(?:(?:{_OF}){_GAP}+)?", re.IGNORECASE),
)
_QUOTES: Final = "\u201c\u201d\u201e\u00ab\u00bb\"'"
ATTEMPT: Final = re.compile(
    r"(?<![^\W\d_])(?:attempt|try|version|v|rev|revision)[\s_-]*(\d{1,6})(?!\d)", re.IGNORECASE
)
_PART: Final = re.compile(r"[_\s]+|-(?=\D)|(?<=\D)-")


def composed(text: str) -> str:
    """Return a text in NFC, so that both spellings of an accented letter are one.

    macOS and some zip programs write a letter and its accent apart, others as one.
    """
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Return a text by which ids and names are compared."""
    return composed(composed(text).casefold()).strip()


def stem_of(name: str) -> str:
    """Return a name without its endings, those that browsers add among them.

    Examples
    --------
    >>> stem_of("exercise1.py.txt"), stem_of("lee.exercise1.ipynb"), stem_of("Copy%20of%20a.py")
    ('exercise1', 'lee.exercise1', 'Copy of a')
    """
    stem = composed(unquote(name) if "%20" in name else name)
    while found := _ENDING.search(stem):
        stem = stem[: found.start()]
    return stem


def without_copy_marks(stem: str) -> tuple[str, tuple[int, ...]]:
    """Return what a file was called before it was copied, and the numbers of the copies.

    Examples
    --------
    >>> without_copy_marks("exercise1 (1)"), without_copy_marks("Copy of exercise1")
    (('exercise1', (1,)), ('exercise1', (1,)))
    >>> without_copy_marks("exercise1 - Kopie (2)"), without_copy_marks("exercise1 copy 3")
    (('exercise1', (2,)), ('exercise1', (3,)))
    """
    marks: tuple[int, ...] = ()
    while True:
        for pattern in (*_MARKS_BEHIND, *_MARKS_BEFORE):
            found = pattern.search(stem)
            rest = stem[: found.start()] + stem[found.end() :] if found else ""
            rest = stem_of(rest.strip(_QUOTES))
            if found and rest.strip(" _-."):
                number = next((int(one) for one in found.groups() if one), 1)
                marks = (number, *marks)
                stem = rest
                break
        else:
            return stem, marks


def exercises_named(course: Course, text: str) -> tuple[Exercise, ...]:
    """Return the exercises whose names stand in a text, as `names_in`."""
    found = names_in([exercise.name for exercise in course.exercises], text)
    return tuple(exercise for exercise in course.exercises if exercise.name in found)


def names_in(names: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the exercises' names that stand in a text, however their parts are joined there.

    A number must end where the exercise's does: `exercise3-1` and `exercise3 (1)`, as platforms
    and browsers call a second copy, name exercise3, `exercise31` does not. Where a name is part
    of another's, the longer one counts.
    """
    found = {name: match.span() for name in names if (match := _pattern_of(name).search(text))}
    return tuple(
        name
        for name, (start, end) in found.items()
        if not any(
            first <= start and end <= last and (first, last) != (start, end)
            for first, last in found.values()
        )
    )


def around(exercises: Sequence[Exercise], stem: str) -> tuple[str, str] | None:
    """Return what stands before and behind an exercise's name; None where none is named."""
    spans = [match.span() for one in exercises if (match := _pattern(one).search(stem))]
    if not spans:
        return None
    start, end = max(spans, key=lambda span: span[1] - span[0])
    # exercise3b is exercise3; a whole word that follows is something else, such as s1000
    return stem[:start], re.sub(r"^[^\W\d_](?=[\W_]|$)", "", stem[end:])


def parts_of(text: str) -> list[str]:
    """Return the words of a part of a name; a dot or a hyphen inside a word stays."""
    return [word for one in _PART.split(text) if (word := one.strip(" _-.()[]"))]


def _pattern(exercise: Exercise) -> re.Pattern[str]:
    return _pattern_of(exercise.name)


@cache
def _pattern_of(name: str) -> re.Pattern[str]:
    parts = re.findall(r"[a-z]+|[0-9]+", name.lower())
    return re.compile(r"[^a-z0-9]*".join(parts) + r"(?![0-9])", re.IGNORECASE)
