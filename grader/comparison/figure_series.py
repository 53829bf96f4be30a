"""Series of numbers in charts, drawn ones against those that should be, in words for students."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.comparison import values
from grader.comparison.number_words import told
from grader.language import enumerated, joined, ngettext_lazy
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.child.figures.figure import Axes, Bars, Line, Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_ENTRIES: Final = 4
Numbers: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Numbers that are drawn, or should be: points at x and y, or bars called `names`.

    `x` is None where only the heights are known.
    """

    x: Numbers | None
    y: Numbers
    label: str = ""
    names: tuple[str, ...] = ()


def of_line(drawn: Line | Points) -> Series:
    """Return a line's or a scatter plot's points."""
    return Series(drawn.x, drawn.y, drawn.label)


def of_bars(drawn: Bars, chart: Axes) -> Series:
    """Return bars with what is written at them."""
    ticks, texts = chart.xticks, chart.xtick_labels
    if drawn.horizontal:
        ticks, texts = chart.yticks, chart.ytick_labels
    written = dict(zip(np.round(ticks, 6).tolist(), texts, strict=False))
    names = tuple(written.get(place, "") for place in np.round(drawn.positions, 6).tolist())
    return Series(drawn.positions, drawn.heights, drawn.label, names)


def wanted_series(wanted: Any) -> list[Series]:
    """Return what a check asks to be drawn as series.

    It is one series, a list of them, or a dictionary by their labels. A series is an array or list
    of heights, a pair of arrays, x and y, or what the reference has drawn.
    """
    if isinstance(wanted, Mapping):
        return [_series(each, str(label)) for label, each in wanted.items()]
    if isinstance(wanted, np.ndarray | tuple):
        return [_series(wanted)]
    if len(wanted) and isinstance(wanted[0], int | float | np.number):
        return [_series(wanted)]
    return [_series(each) for each in wanted]


def _series(wanted: Any, label: str = "") -> Series:
    if isinstance(wanted, Series):
        return wanted
    if isinstance(wanted, Line | Points):
        return Series(wanted.x, wanted.y, label)
    if isinstance(wanted, tuple) and len(wanted) == 2 and np.ndim(wanted[0]) == 1:
        return Series(as_numbers(wanted[0]), as_numbers(wanted[1]), label)
    return Series(None, as_numbers(wanted), label)


def wanted_bars(wanted: Any) -> list[Series]:
    """Return what a check asks of bars: their heights, or a dictionary of heights by name."""
    if isinstance(wanted, Mapping):
        return [Series(None, as_numbers(list(wanted.values())), "", tuple(map(str, wanted)))]
    return wanted_series(wanted)


def as_numbers(wanted: Any) -> Numbers:
    """Return what a check asks to be drawn as numbers; moments as matplotlib counts them."""
    array = np.asarray(wanted)
    if array.dtype.kind == "M":
        return array.astype("M8[us]").astype(np.int64) / 86_400e6
    return array.astype(np.float64)


def matches(drawn: Series, wanted: Series, tolerance: values.Tolerance) -> bool:
    """Return whether a series is drawn as it should be; bars with names in any order."""
    if wanted.names:
        if sorted(drawn.names) != sorted(wanted.names):
            return False
        drawn = by_name(drawn, wanted)
    if len(drawn.y) != len(wanted.y) or not tolerance.agree(drawn.y, wanted.y).all():
        return False
    return wanted.x is None or bool(tolerance.agree(drawn.x, wanted.x).all())


def by_name(drawn: Series, wanted: Series) -> Series:
    """Return bars in the order of the names that they should have."""
    places = [drawn.names.index(name) for name in wanted.names]
    return Series(None, drawn.y[places], drawn.label, wanted.names)


def difference(
    what: str, drawn: Series, wanted: Series, tolerance: values.Tolerance, visible: bool
) -> str:
    """Return how a series, called `what`, differs from what it should be; it does."""
    if wanted.names and sorted(drawn.names) != sorted(wanted.names):
        missing = [repr(name) for name in wanted.names if name not in drawn.names]
        if missing:
            names = enumerated(missing[:_MAX_ENTRIES])
            return _("{series}: there is none for {names}.", series=what, names=names)
        names = enumerated(list(map(repr, drawn.names[:8])))
        return _("{series}: there are more than are needed: {names}.", series=what, names=names)
    if wanted.names:
        drawn = by_name(drawn, wanted)
    if len(drawn.y) != len(wanted.y):
        return ngettext_lazy(
            "{series} has {count:,} values; expected {right:,}.",
            "{series} has {count:,} values; expected {right:,}.",
            len(drawn.y),
            series=what,
            right=len(wanted.y),
        )
    if wanted.x is not None and drawn.x is not None:
        text = _of_x(what, drawn, wanted, tolerance)
        if text:
            return text
    return _of_y(what, drawn, wanted, tolerance, visible)


def _of_x(what: str, drawn: Series, wanted: Series, tolerance: values.Tolerance) -> str:
    assert wanted.x is not None
    assert drawn.x is not None
    right = tolerance.agree(drawn.x, wanted.x)
    if right.all():
        return ""
    if matches(Series(drawn.y, drawn.x), wanted, tolerance):
        return _("{series} has x and y the wrong way round.", series=what)
    places = np.argsort(drawn.x, kind="stable"), np.argsort(wanted.x, kind="stable")
    ordered = tolerance.agree(drawn.x[places[0]], wanted.x[places[1]]).all()
    if ordered and tolerance.agree(drawn.y[places[0]], wanted.y[places[1]]).all():
        return _("{series} has the right points in another order.", series=what)
    if tolerance.agree(drawn.x, np.arange(len(wanted.y))).all():
        return _("{series} has the x values 0, 1, 2, ...: were x values handed over?", series=what)
    return ngettext_lazy(
        "{series}: {wrong:,} of {count:,} x values are wrong.",
        "{series}: {wrong:,} of {count:,} x values are wrong.",
        len(right),
        series=what,
        wrong=int((~right).sum()),
    )


def _of_y(
    what: str, drawn: Series, wanted: Series, tolerance: values.Tolerance, visible: bool
) -> str:
    wrong = np.flatnonzero(~tolerance.agree(drawn.y, wanted.y)).tolist()
    lines: list[str] = [
        ngettext_lazy(
            "{name}: {wrong:,} of {count:,} values are wrong.",
            "{name}: {wrong:,} of {count:,} values are wrong.",
            len(wanted.y),
            name=what,
            wrong=len(wrong),
        )
    ]
    for place in wrong[:_MAX_ENTRIES]:
        where = repr(wanted.names[place]) if wanted.names else _("point {number}", number=place)
        how = told(drawn.y[place], wanted.y[place], visible)
        lines.append("  " + _("{entry} {what}", entry=where, what=how))
    if len(wrong) > _MAX_ENTRIES:
        further = len(wrong) - _MAX_ENTRIES
        lines.append("  " + ngettext_lazy("and {count:,} more", "and {count:,} more", further))
    return joined(*lines, separator="\n")


def nearest(drawn: Sequence[Series], wanted: Series, tolerance: values.Tolerance) -> int:
    """Return which of some series, none of which matches, is most like the one that should be."""

    def likeness(series: Series) -> tuple[bool, int]:
        if len(series.y) != len(wanted.y):
            return False, 0
        label = bool(wanted.label) and same_words(series.label, wanted.label)
        return label, int(tolerance.agree(series.y, wanted.y).sum())

    return max(range(len(drawn)), key=lambda place: likeness(drawn[place]))


def same_words(text: str, wanted: str) -> bool:
    """Return whether a text holds what is wanted, whatever its capital letters and spaces."""
    return " ".join(wanted.casefold().split()) in " ".join(text.casefold().split())
