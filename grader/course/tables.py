"""Reading the tables of a TOML file, every mistake collected instead of the first one raised.

A value that is wrong is noted and replaced by a harmless one, so that the reading goes on;
`Mistakes.raise_any` then makes one error of all that was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from grader.course.moments import in_zone
from grader.course.naming import nearest
from grader.errors import CourseError
from grader.language import enumerated, joined, ngettext_lazy
from grader.language import gettext_lazy as _

Key = tuple[str, ...]
_YEARS = range(1970, 9000)  # what every zone and every clock can tell
Number = TypeVar("Number", int, float)
Word = TypeVar("Word", bound=str)


def dotted(key: Key) -> str:
    """Return a key as one would write it in TOML, on one line."""
    return ".".join(
        part if part.isascii() and part.replace("-", "_").isidentifier() else repr(part)
        for part in key
    )


def describe(value: object) -> str:
    """Return a short name on one line for a TOML value of any kind or size."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Python refuses to write out integers of thousands of digits.
        return str(value) if abs(value) < 10**18 else _("a huge integer")
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        shown = repr(value) if len(value) <= 40 else f"{value[:40]!r}..."
        return _("the text {value}", value=shown)
    if isinstance(value, dict):
        return _("a table") if value else _("an empty table")
    if isinstance(value, list):
        return _("a list") if value else _("an empty list")
    return _("a date or time")


class Mistakes:
    """The mistakes in one file: for each the key, what was found, and what to write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []

    def add(self, key: Key, found: str, remedy: str) -> None:
        """Note one mistake."""
        self._lines.append(joined(f"{self._path}: {dotted(key)}: ", found, "; ", remedy))

    def add_missing(self, key: Key, example: str) -> None:
        """Note that a key is missing, and how to write it."""
        text = _("{path}: {key}: missing; write {example}")
        self._lines.append(text.format(path=self._path, key=dotted(key), example=example))

    def raise_any(self) -> None:
        """Raise one CourseError with a line for every mistake, if there are any."""
        count = len(self._lines)
        if count:
            raise CourseError(
                joined(*self._lines, separator="\n"),
                ngettext_lazy(
                    "Correct this mistake, then try again.",
                    "Correct these {count} mistakes, then try again.",
                    count,
                ),
            )


class TomlTable:
    """One table of a file, whose values are asked for by key and kind."""

    def __init__(self, values: dict[str, object], mistakes: Mistakes, key: Key = ()) -> None:
        self._values = values
        self._mistakes = mistakes
        self._key = key

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(self._values)

    def reject(self, name: str, remedy: str, found: str | None = None) -> None:
        """Note that the value of `name` (or the name itself) is a mistake."""
        what = found
        if what is None:
            what = _("found {value}", value=describe(self._values[name]))
        self._mistakes.add((*self._key, name), what, remedy)

    def expect(self, required: Mapping[str, str], optional: Sequence[str] = ()) -> None:
        """Note keys that are missing, and keys that mean nothing here.

        `required` gives for each key how to write it.
        """
        known = (*required, *optional)
        absent = [name for name in known if name not in self._values]
        meant: set[str] = set()
        for name in self._values:
            if name in known:
                continue
            guess = nearest(name, absent)
            if guess is not None and guess not in meant:
                meant.add(guess)
                remedy = _("did you mean {name}?", name=guess)
            else:
                remedy = _("remove it; valid here: {names}", names=enumerated(known))
            self._mistakes.add((*self._key, name), _("unknown key"), remedy)
        for name, example in required.items():
            if name in absent and name not in meant:
                self._mistakes.add_missing((*self._key, name), example)

    def holds_table(self, name: str) -> bool:
        """Whether there is a table under `name`, be it an empty one."""
        return isinstance(self._values.get(name), dict)

    def text(self, name: str) -> str:
        """Return a line of text that is not blank, or nothing where there is none."""
        if name not in self:
            return ""
        value = self._values[name]
        if isinstance(value, str) and value.strip() and not any(map(_is_control, value)):
            return value.strip()
        self.reject(name, _("write one line of text in quotes"))
        return ""

    def word(self, name: str, words: Sequence[Word]) -> Word:
        """Return one of `words`; the first where there is none."""
        value = self._values.get(name, words[0])
        for word in words:
            if value == word:
                return word
        written = joined(*(f'"{word}"' for word in words), separator=_(" or "))
        self.reject(name, _("write {example}", example=written))
        return words[0]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        value = self._values.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.reject(name, _('write a list of strings, like ["numpy"]'))
        return ()

    def table(self, name: str) -> TomlTable:
        """Return the table under `name`, an empty one where there is none."""
        key = (*self._key, name)
        value = self._values.get(name, {})
        if isinstance(value, dict):
            return TomlTable(value, self._mistakes, key)
        self.reject(name, _("write it as a table, [{name}]", name=dotted(key)))
        return TomlTable({}, self._mistakes, key)

    def time_zone(self, name: str) -> ZoneInfo | None:
        """Return the time zone that is named; None where there is none."""
        value = self._values.get(name)
        if value is None:
            return None
        known = available_timezones()
        if isinstance(value, str) and value in known:
            return ZoneInfo(value)
        guess = nearest(value, known) if isinstance(value, str) else None
        remedy = _("did you mean {name}?", name=guess)
        self.reject(name, remedy if guess else _('write its name, like "Europe/Berlin"'))
        return None

    def deadline(self, name: str, zone: ZoneInfo | None) -> datetime | None:
        """Return the moment after which something is late; None where there is none.

        Parameters
        ----------
        name : str
        zone : ZoneInfo or None
            Where a date, or a time without an offset, is taken; else it is UTC. A date alone means
            the end of that day.
        """
        value = self._values.get(name)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time.max)
        if isinstance(value, datetime) and value.year in _YEARS:
            return in_zone(value, zone)
        if value is not None:
            remedy = _("write a date, or a date and a time, like 2026-12-01T23:59:00")
            self.reject(name, remedy)
        return None

    def number(self, name: str, low: Number, high: Number) -> Number:
        """Return a number from `low` to `high`; a whole one where these are whole."""
        value = self._values[name]
        fitting = (int,) if isinstance(low, int) else (int, float)
        if isinstance(value, fitting) and not isinstance(value, bool) and low <= value <= high:
            return type(low)(value)
        text = _("write a number from {least} to {most}")
        if isinstance(low, int):
            text = _("write a whole number from {least} to {most}")
        least, most = (str(bound).removesuffix(".0") for bound in (low, high))
        self.reject(name, text.format(least=least, most=most))
        return high


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"
