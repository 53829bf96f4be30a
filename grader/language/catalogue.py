"""The catalogues: the product's own, and one beside each course."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = "en"
PSEUDO: Final = "en_XA"
"""A made-up language that marks each message, so that one can see which texts are none."""
DOMAIN: Final = "bpgrade"
COURSE_DOMAIN: Final = "course"
OWN_FOLDER: Final = Path(__file__).parent.parent / "locale"
_ENGLISH: Final = gettext.NullTranslations()
_MARKS: Final = ("⟦", "⟧")
_FIELD: Final = r"(\{\{|\}\}|\{[^{}]*\})"


def own_catalogue(language: str) -> gettext.NullTranslations:
    """Return the product's messages in a language; English where there are none."""
    if language == SOURCE:
        return _ENGLISH
    return _catalogue(DOMAIN, OWN_FOLDER, language)


def said_by(course: Path, text: str) -> dict[str, str]:
    """Return what a course's catalogues say for a text, by language; none where it says nothing."""
    found = {}
    if text:
        for language in (*languages_of(course), PSEUDO):
            said = _catalogue(COURSE_DOMAIN, course_locale(course), language).gettext(text)
            if said != text:
                found[language] = said
    return found


def lacking(course: Path, language: str, texts: Iterable[str]) -> list[str]:
    """Return which of a course's texts its catalogue of a language doesn't have."""
    path = course_locale(course) / language / "LC_MESSAGES" / f"{COURSE_DOMAIN}.mo"
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    catalogue.add_fallback(_Nothing())
    return [text for text in texts if text and not catalogue.gettext(text)]


@cache
def course_locale(course: Path) -> Path:
    """Return the folder of a course's catalogues: the author's, or what students get of them."""
    whole = course / "solutions" / "locale"
    return whole if whole.is_dir() else course / "exercises" / "locale"


@cache
def languages_of(course: Path) -> tuple[str, ...]:
    """Return the languages that a course has a catalogue for, without that of its source."""
    return folders_of(course_locale(course), COURSE_DOMAIN)


def read_again() -> None:
    """Forget what was read of catalogues: they have changed."""
    for register in (course_locale, languages_of, _catalogue):
        register.cache_clear()


def folders_of(locale: Path, domain: str) -> tuple[str, ...]:
    """Return the languages that a folder of catalogues holds."""
    return tuple(sorted(path.parts[-3] for path in locale.glob(f"*/LC_MESSAGES/{domain}.mo")))


@cache
def _catalogue(domain: str, folder: Path, language: str) -> gettext.NullTranslations:
    if language == PSEUDO:
        return _Pseudo()
    try:
        # gettext.translation would keep what it has read, also after the file has changed
        with (folder / language / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, EOFError, UnicodeError):
        return _ENGLISH  # a damaged catalogue: English is better than nothing


class _Nothing(gettext.NullTranslations):
    """The catalogue in which there is nothing."""

    def gettext(self, _message: str) -> str:
        return ""


class _Pseudo(gettext.NullTranslations):
    """The catalogue of the made-up language."""

    def gettext(self, message: str) -> str:
        return _marked(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return _marked(one if count == 1 else many)


def _marked(message: str) -> str:
    """Return a message with marks around its own words, and none around what fills its fields."""
    pieces = re.split(_FIELD, message)
    return "".join(
        f"{_MARKS[0]}{piece}{_MARKS[1]}" if number % 2 == 0 and _has_words(piece) else piece
        for number, piece in enumerate(pieces)
    )


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)
