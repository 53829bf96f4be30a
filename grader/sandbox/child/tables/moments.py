"""Single dates, times and spans of time, and what stands for a missing value."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ..libraries import imported, loaded

UNITS: Final = frozenset(("D", "s", "ms", "us", "ns"))
_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
_FREQUENCY: Final = re.compile(
    r"[1-9]?[0-9]{0,2}(B|D|h|min|s|ms|us|ns|M|ME|MS|W(-[A-Z]{3})?|[QY][ES]?(-[A-Z]{3})?)"
)
_MOST_DAYS: Final = 10_000_000
_DAY: Final = 86_400
_FIRST: Final = np.datetime64("0001-01-02")
_LAST: Final = np.datetime64("9999-12-30")


class NoDescriptionError(ValueError):
    """What has no description; the text says what it is, in a student's words."""


def zone_of(zone: datetime.tzinfo | None) -> str | int | None:
    """Return a time zone's name, or its seconds before UTC where it has none.

    Raises
    ------
    NoDescriptionError
        It is neither named nor fixed.
    """
    if zone is None:
        return None
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(name, str) and _ZONE.fullmatch(name):
        return name
    offset = zone.utcoffset(None)
    if offset is None:
        raise NoDescriptionError(f"the time zone {zone}")
    return int(offset.total_seconds()) or "UTC"


def zone_named(zone: object) -> datetime.tzinfo | None:
    """Return the time zone of a name, or of seconds before UTC.

    Raises
    ------
    ValueError
        There is none.
    """
    if zone is None:
        return None
    if zone == "UTC":
        return datetime.UTC
    if type(zone) is int and -_DAY < zone < _DAY:
        return datetime.timezone(datetime.timedelta(seconds=zone))
    if not isinstance(zone, str) or not _ZONE.fullmatch(zone):
        raise ValueError("no time zone")
    import zoneinfo  # seldom needed, and it brings a megabyte that each fork would have

    try:
        return zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no time zone") from error


def is_frequency(text: object) -> bool:
    """Return whether a text is one of the frequencies that may cross."""
    return isinstance(text, str) and _FREQUENCY.fullmatch(text) is not None


def are_periods(counts: Any, frequency: str) -> bool:
    """Return whether counts of periods, or a single one, are of times that have a name."""
    if frequency[-1:] in "hns":  # hours, minutes and parts of them
        return True
    here = np.asarray(counts)
    return bool(((np.abs(here) < _MOST_DAYS) | (here == np.iinfo(np.int64).min)).all())


def is_unit(text: object) -> bool:
    """Return whether a text is a unit of time."""
    return isinstance(text, str) and text in UNITS


def fields_of(value: object) -> list[Any] | None:
    """Return a date, time, span or missing value as a list of plain ones; None for any other.

    Raises
    ------
    NoDescriptionError
        Its time zone cannot cross.
    """
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        found = _pandas_fields(value)
        return found if found is not None else _plain_fields(value)
    kind = type(value).__name__
    return _pandas_fields(value) if kind in ("NAType", "Period", "Interval") else None


def _plain_fields(value: Any) -> list[Any]:
    if isinstance(value, datetime.datetime):
        zone, fold = zone_of(value.tzinfo), value.fold
        clock = [value.hour, value.minute, value.second, value.microsecond]
        return ["datetime", value.year, value.month, value.day, *clock, zone, fold]
    if isinstance(value, datetime.date):
        return ["date", value.year, value.month, value.day]
    if isinstance(value, datetime.time):
        if value.tzinfo is not None:
            raise NoDescriptionError("a time of day with a time zone")
        return ["time", value.hour, value.minute, value.second, value.microsecond]
    return ["timedelta", value.days, value.seconds, value.microseconds]


def _pandas_fields(value: Any) -> list[Any] | None:
    pandas = loaded("pandas")
    if pandas is None:
        return None
    if value is pandas.NaT:
        return ["NaT"]
    if value is pandas.NA:
        return ["NA"]
    if isinstance(value, pandas.Timestamp):
        return ["Timestamp", int(value.asm8.view("i8")), value.unit, zone_of(value.tzinfo)]
    if isinstance(value, pandas.Timedelta):
        return ["Timedelta", int(value.asm8.view("i8")), value.unit]
    if isinstance(value, pandas.Period):
        return ["Period", int(value.ordinal), period_name(value)]
    if isinstance(value, pandas.Interval):
        return ["Interval", value.left, value.right, value.closed]
    return None


def period_name(value: Any) -> str:
    """Return the frequency of a period, or of a column of them."""
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        dtype = sys.modules["pandas"].PeriodDtype(value.freq)
    name = str(dtype.name).removeprefix("period[").removesuffix("]")
    if not is_frequency(name):
        raise NoDescriptionError(f"periods of {name}")
    return name


def value_of(fields: object) -> Any:
    """Return what `fields_of` has turned into a list, as pandas has it where that is imported.

    Raises
    ------
    ValueError, TypeError, OverflowError
        The list is no such value.
    """
    if not isinstance(fields, list) or not fields or not isinstance(fields[0], str):
        raise ValueError("no moment")
    kind, *rest = fields
    if kind in _PLAIN:
        most = 8 if kind == "datetime" else 4
        if not all(type(each) is int for each in rest[: most - 1]):
            raise ValueError("no moment")
        return _PLAIN[kind](*rest)
    if kind not in _PANDAS:
        raise ValueError("no moment")
    return _PANDAS[kind](imported("pandas"), *rest)


def refuse_beyond_the_calendar(moments: Any) -> None:
    """Raise ValueError where a moment lies in no year that a time zone has rules for.

    Nothing can be done with such a moment: pandas fails whenever one looks at it.
    """
    if ((moments < _FIRST) | (moments > _LAST)).any():
        raise ValueError("a moment beyond the calendar")


def _datetime(*fields: Any) -> datetime.datetime:
    *numbers, zone, fold = fields
    if fold not in (0, 1):
        raise ValueError("no moment")
    return datetime.datetime(*numbers).replace(tzinfo=zone_named(zone), fold=fold)


def _timestamp(pandas: Any, count: int, unit: str, zone: object) -> Any:
    moment = np.datetime64(_count(count), _unit(unit))
    if pandas is None:
        return moment
    found = pandas.Timestamp(moment)
    if zone is None:
        return found
    refuse_beyond_the_calendar(np.asarray(moment))
    return found.tz_localize("UTC").tz_convert(zone_named(zone))


def _timedelta(pandas: Any, count: int, unit: str) -> Any:
    span = np.timedelta64(_count(count), _unit(unit))
    return span if pandas is None else pandas.Timedelta(span)


def _period(pandas: Any, count: int, frequency: str) -> Any:
    if not is_frequency(frequency) or not are_periods(count, frequency):
        raise ValueError("no period")
    return None if pandas is None else pandas.Period(ordinal=_count(count), freq=frequency)


def _interval(pandas: Any, left: Any, right: Any, closed: str) -> Any:
    if not all(isinstance(end, (int, float, datetime.datetime)) for end in (left, right)):
        raise ValueError("no interval")
    return (left, right) if pandas is None else pandas.Interval(left, right, closed)


def _count(number: object) -> int:
    if type(number) is not int or not -(2**63) <= number < 2**63:
        raise ValueError("no moment")
    return number


def _unit(unit: object) -> Any:
    if not is_unit(unit):
        raise ValueError("no unit of time")
    return unit


_PLAIN: Final[dict[str, Callable[..., Any]]] = {
    "date": datetime.date,
    "datetime": _datetime,
    "time": datetime.time,
    "timedelta": lambda days, seconds, micro: datetime.timedelta(days, seconds, micro),
}
_PANDAS: Final[dict[str, Callable[..., Any]]] = {
    "NA": lambda pandas: None if pandas is None else pandas.NA,
    "NaT": lambda pandas: np.datetime64("NaT") if pandas is None else pandas.NaT,
    "Timestamp": _timestamp,
    "Timedelta": _timedelta,
    "Period": _period,
    "Interval": _interval,
}
