"""What a figure lacks, in words for students."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from grader.comparison import values
from grader.comparison.figure_kinds import BARS, LINES, SCATTER_PLOTS, KindOfSeries
from grader.comparison.figure_series import (
    Series,
    difference,
    matches,
    nearest,
    of_bars,
    of_line,
    same_words,
    wanted_bars,
    wanted_series,
)
from grader.language import Message, ngettext_lazy
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.child.figures.figure import Axes, Figure

_MOST: Final = 8
_POINTS_DRAWN: Final = _("points are drawn")
_BARS_DRAWN: Final = _("bars are drawn")
_LINE_DRAWN: Final = _("a line is drawn")
_NO_TITLE: Final = _("The chart has no title.")
_NO_X_LABEL: Final = _("The x axis has no label.")
_NO_Y_LABEL: Final = _("The y axis has no label.")
_IN_TITLE: Final = (
    _("{found} is written at the title; {right} should be in it."),
    _("{found} is written at the title, which is not what it should say."),
)
_AT_X_AXIS: Final = (
    _("{found} is written at the x axis; {right} should be in it."),
    _("{found} is written at the x axis, which is not what it should say."),
)
_AT_Y_AXIS: Final = (
    _("{found} is written at the y axis; {right} should be in it."),
    _("{found} is written at the y axis, which is not what it should say."),
)
Words = str | bool | re.Pattern[str]
"""A text that has to be there: words that it holds, a pattern, or True for any."""


@dataclass(frozen=True, slots=True)
class ExpectedFigure:
    """What a figure has to show; see `Compare.figure`. None stands for what does not count."""

    title: Words | None = None
    xlabel: Words | None = None
    ylabel: Words | None = None
    xscale: str | None = None
    yscale: str | None = None
    lines: Any = None
    points: Any = None
    bars: Any = None
    shares: Any = None
    images: Sequence[Any] | None = None
    legend: Sequence[str] | bool | None = None


def wanted_of(chart: Axes) -> ExpectedFigure:
    """Return what a chart of the reference asks of the student's: all that is drawn in it.

    What is written at it has to be there, in whatever words.
    """
    drawn = [of_bars(each, chart) for each in chart.bars]
    return ExpectedFigure(
        title=bool(chart.title) or None,
        xlabel=bool(chart.xlabel) or None,
        ylabel=bool(chart.ylabel) or None,
        xscale=chart.xscale,
        yscale=chart.yscale,
        lines=list(map(_unlabelled, map(of_line, chart.lines))),
        points=list(map(_unlabelled, map(of_line, chart.points))),
        bars=[Series(None, each.y, "", each.names if all(each.names) else ()) for each in drawn],
        shares=chart.shares if len(chart.shares) else None,
        images=[
            each.values.reshape(each.shape) if len(each.values) else each.shape
            for each in chart.images
        ],
        legend=chart.legend is not None or None,
    )


def _unlabelled(series: Series) -> Series:
    return Series(series.x, series.y)


def differences(
    chart: Axes, wanted: ExpectedFigure, tolerance: values.Tolerance, visible: bool
) -> list[str]:
    """Return what a chart lacks of what it has to show."""
    drawn = [
        *_drawn(chart, wanted, tolerance, visible),
        *_written(chart, wanted),
    ]
    further = len(drawn) - _MOST
    if further <= 0:
        return drawn
    more = ngettext_lazy("and {count:,} more", "and {count:,} more", further)
    return [*drawn[:_MOST], more]


def charts_of(actual: Figure | Axes, expected: Figure | Axes) -> tuple[list[Axes], list[Axes], str]:
    """Return the charts of two figures, and what is wrong with how many there are."""
    own = list(actual.axes) if isinstance(actual, Figure) else [actual]
    if isinstance(actual, Figure) and len(own) == 1 and not own[0].title:
        own = [replace(own[0], title=actual.suptitle)]
    needed = list(expected.axes) if isinstance(expected, Figure) else [expected]
    return own, needed, "" if len(own) == len(needed) else _number_of_charts(len(own), len(needed))


def _number_of_charts(found: int, right: int) -> str:
    if not found:
        return _("The figure has no charts; expected {right}.", right=right)
    return ngettext_lazy(
        "The figure has {count} chart; expected {right}.",
        "The figure has {count} charts; expected {right}.",
        found,
        right=right,
    )


def _number_of_images(found: int, right: int) -> str:
    if not found:
        return _("The chart has no images; expected {right}.", right=right)
    return ngettext_lazy(
        "The chart has {count} image; expected {right}.",
        "The chart has {count} images; expected {right}.",
        found,
        right=right,
    )


def _written(chart: Axes, wanted: ExpectedFigure) -> Iterator[str]:
    yield from _text(_NO_TITLE, _IN_TITLE, chart.title, wanted.title)
    yield from _text(_NO_X_LABEL, _AT_X_AXIS, chart.xlabel, wanted.xlabel)
    yield from _text(_NO_Y_LABEL, _AT_Y_AXIS, chart.ylabel, wanted.ylabel)
    for axis, own, needed in (
        ("x", chart.xscale, wanted.xscale),
        ("y", chart.yscale, wanted.yscale),
    ):
        if needed is not None and own != needed:
            text = _("The {axis} axis is {found}; {right} is needed (`{code}`).")
            code = f"plt.{axis}scale({needed!r})"
            yield text.format(axis=axis, found=own, right=needed, code=code)
    yield from _legend(chart, wanted.legend)


def _text(
    missing: str, other: tuple[Message, Message], own: str, wanted: Words | None
) -> Iterator[str]:
    if wanted is None or wanted is False:
        return
    if not own.strip():
        yield missing
    elif isinstance(wanted, str) and not same_words(own, wanted):
        yield other[0].format(found=repr(own), right=repr(wanted))
    elif isinstance(wanted, re.Pattern) and not wanted.search(own):
        yield other[1].format(found=repr(own))


def _legend(chart: Axes, wanted: Sequence[str] | bool | None) -> Iterator[str]:
    if wanted is None or wanted is False:
        return
    if chart.legend is None:
        yield _("There is no legend (`plt.legend()`).")
        return
    if not chart.legend:
        yield _("The legend is empty: what is drawn needs a `label=...`.")
        return
    needed = () if wanted is True else tuple(wanted)
    for text in needed:
        if not any(same_words(own, text) for own in chart.legend):
            yield _("{text} is not in the legend.", text=repr(text))


def _drawn(
    chart: Axes, wanted: ExpectedFigure, tolerance: values.Tolerance, visible: bool
) -> Iterator[str]:
    lines = [of_line(line) for line in chart.lines if line.style]
    dots = [of_line(line) for line in chart.lines if not line.style and line.marker]
    points = [*map(of_line, chart.points), *dots]
    bars = [of_bars(each, chart) for each in chart.bars]
    if wanted.lines is not None:
        needed = wanted_series(wanted.lines)
        other = _POINTS_DRAWN if points and not lines else ""
        other = other or (_BARS_DRAWN if bars and not lines and wanted.bars is None else "")
        yield from _series(LINES, lines, needed, other, tolerance, visible)
    if wanted.points is not None:
        needed = wanted_series(wanted.points)
        other = _LINE_DRAWN if lines and not points and wanted.lines is None else ""
        marked = [of_line(line) for line in chart.lines if line.marker]
        found = points or (marked if wanted.lines is None else [])
        yield from _series(SCATTER_PLOTS, found, needed, other, tolerance, visible)
    if wanted.bars is not None:
        needed = wanted_bars(wanted.bars)
        other = _LINE_DRAWN if lines and not bars and wanted.lines is None else ""
        yield from _series(BARS, bars, needed, other, tolerance, visible)
    if wanted.shares is not None:
        yield from _pie(chart, wanted.shares, tolerance, visible)
    if wanted.images is not None:
        yield from _images(chart, wanted.images, tolerance)


def _series(
    kind: KindOfSeries,
    drawn: Sequence[Series],
    wanted: Sequence[Series],
    instead: str,
    tolerance: values.Tolerance,
    visible: bool,
) -> Iterator[str]:
    """Give what is wrong with the series of one kind; each is held against the one most like it."""
    if not drawn and wanted:
        missing = kind.none.format(right=len(wanted))
        yield missing if not instead else kind.others.format(right=len(wanted), others=instead)
        return
    left, open_ones = list(drawn), []
    for series in wanted:
        found = [place for place, own in enumerate(left) if matches(own, series, tolerance)]
        labelled = [place for place in found if same_words(left[place].label, series.label)]
        if not found:
            open_ones.append(series)
            continue
        own = left.pop((labelled or found)[0])
        if series.label and not labelled:
            text = kind.other_label if own.label else kind.no_label
            yield text.format(name=repr(series.label), found=repr(own.label))
    for series in open_ones:
        if not left:
            break
        own = left.pop(nearest(left, series, tolerance))
        name = series.label or own.label
        called = kind.called.format(name=repr(name)) if name else kind.unnamed
        yield difference(called, own, series, tolerance, visible)
    if len(drawn) != len(wanted):
        yield kind.counted(len(drawn), len(wanted))


def _pie(chart: Axes, wanted: Any, tolerance: values.Tolerance, visible: bool) -> Iterator[str]:
    if not len(chart.shares):
        yield _("The chart is no pie.")
        return
    total = sum(map(float, wanted)) or 1.0
    [needed] = wanted_series([float(share) / total for share in wanted])
    own = Series(None, chart.shares)
    loose = values.Tolerance(max(tolerance.relative, 1e-5), max(tolerance.absolute, 1e-6))
    if not matches(own, needed, loose):
        yield difference(_("The pie"), own, needed, loose, visible)


def _images(chart: Axes, wanted: Sequence[Any], tolerance: values.Tolerance) -> Iterator[str]:
    if len(chart.images) != len(wanted):
        yield _number_of_images(len(chart.images), len(wanted))
        return
    for own, needed in zip(chart.images, wanted, strict=True):
        shape = needed.shape if isinstance(needed, np.ndarray) else tuple(needed)
        if own.shape != shape:
            text = _("{name} has shape {found}; expected shape {right}.")
            yield text.format(name=_("The image"), found=own.shape, right=shape)
        elif isinstance(needed, np.ndarray) and len(own.values):
            wrong = int((~tolerance.agree(own.values, needed.ravel())).sum())
            if wrong:
                yield ngettext_lazy(
                    "{name}: {wrong:,} of {count:,} values are wrong.",
                    "{name}: {wrong:,} of {count:,} values are wrong.",
                    needed.size,
                    name=_("The image"),
                    wrong=wrong,
                )
