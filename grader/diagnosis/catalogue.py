"""The catalogue of messages: English in the source, other languages by gettext."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = {"en": None, "zh": "zh_CN"}
DOMAIN: Final = "bpgrade"
COURSE_DOMAIN: Final = "course"
_OWN_FOLDER: Final = Path(__file__).parent.parent / "locale"


def default_language() -> str:
    """Return the language that the environment asks for, English where it asks for another."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    own = locale.getlocale()[0] or ""
    return "zh" if own.lower().startswith(("zh", "chinese")) else "en"


class Catalogue:
    """Messages in one language: the engine's, and those of a course's author."""

    def __init__(self, language: str, course: Path | None = None) -> None:
        self.language = language
        self._own = _translations(DOMAIN, _OWN_FOLDER, LANGUAGES[language])
        folder = course / "solutions" / "locale" if course is not None else _OWN_FOLDER
        self._course = _translations(COURSE_DOMAIN, folder, LANGUAGES[language])

    def __call__(self, message: str) -> str:
        """Return one of the engine's messages."""
        return self._own.gettext(message) if message else ""

    def authored(self, message: str) -> str:
        """Return one of the author's texts."""
        return self._course.gettext(message) if message else ""

    def joined(self, sentences: Sequence[str]) -> str:
        """Return sentences as a text: in Chinese no space stands between them."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a list in a sentence."""
        if len(names) < 2:
            return "".join(names)
        return self("{first} and {last}").format(first=self(", ").join(names[:-1]), last=names[-1])


@cache
def _translations(domain: str, folder: Path, language: str | None) -> gettext.NullTranslations:
    if language is None:
        return gettext.NullTranslations()
    try:
        return gettext.translation(domain, folder, [language], fallback=True)
    except (OSError, ValueError, EOFError, UnicodeError):
        return gettext.NullTranslations()  # a damaged catalogue: English is better than nothing


def noted(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is used."""
    return message
