"""The reader's language: by option, by BPGRADE_LANG, by the locale."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from grader.language.catalogue import DOMAIN, OWN_FOLDER, PSEUDO, SOURCE, folders_of, languages_of

VARIABLE: Final = "BPGRADE_LANG"
_LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_chosen: ContextVar[str | None] = ContextVar("language", default=None)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are, English first."""
    return (SOURCE, *folders_of(OWN_FOLDER, DOMAIN))


def find_language(name: str) -> str | None:
    """Return the language that a tag or a locale means, None where it isn't there.

    `zh`, `zh_CN`, `zh-CN`, `zh-Hans` and `zh_CN.UTF-8` are the same: a language is found by its
    whole tag first, then by its first part.
    """
    return _found(name, languages())


@lru_cache(maxsize=256)
def _found(name: str, among: tuple[str, ...]) -> str | None:
    tag = name.partition(".")[0].partition("@")[0].replace("-", "_").strip().casefold()
    known = {each.casefold(): each for each in (*among, PSEUDO)}
    if tag in known:
        return known[tag]
    first = tag.partition("_")[0]
    return next((each for each in among if each.partition("_")[0] == first), None)


def html_tag(language: str) -> str:
    """Return a language as HTML and HTTP write it, `zh-CN`."""
    return language.replace("_", "-")


def current_language() -> str:
    """Return the reader's language: what was chosen, or what the environment asks for."""
    return _chosen.get() or _of_the_environment()


def told_in(course: Path, written_in: str) -> tuple[str, ...]:
    """Return the languages beside English that a result is told in: the course's, the reader's."""
    told = (written_in, *languages_of(course), current_language())
    return tuple(dict.fromkeys(each for each in told if each != SOURCE))


def choose(language: str) -> None:
    """Show everything from here on in a language, one of `languages()`."""
    _chosen.set(language)


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Show everything in a language, one of `languages()`, until the block ends."""
    token = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(token)


def _of_the_environment() -> str:
    if asked := find_language(os.environ.get(VARIABLE, "")):
        return asked
    for name in _LOCALES:
        if value := os.environ.get(name):
            return find_language(value) or SOURCE
    own = locale.getlocale()[0] or ""
    return find_language("zh" if own.startswith("Chinese") else own) or SOURCE
