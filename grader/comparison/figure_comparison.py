"""What a figure lacks, in words for students."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from grader.comparison import values
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
from grader.sandbox.child.figures.figure import Axes, Figure

_MOST: Final = 8
Words = str | bool | re.Pattern[str]
"""A text that has to be there: words that it holds, a pattern, or True for any."""


@dataclass(frozen=True, slots=True)
class Wanted:
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


def wanted_of(chart: Axes) -> Wanted:
    """Return what a chart of the reference asks of the student's: all that is drawn in it.

    What is written at it has to be there, in whatever words.
    """
    drawn = [of_bars(each, chart) for each in chart.bars]
    return Wanted(
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
    chart: Axes, wanted: Wanted, tolerance: values.Tolerance, visible: bool
) -> list[str]:
    """Return what a chart lacks of what it has to show."""
    drawn = [
        *_drawn(chart, wanted, tolerance, visible),
        *_written(chart, wanted),
    ]
    return drawn if len(drawn) <= _MOST else [*drawn[:_MOST], f"and {len(drawn) - _MOST} more"]


def charts_of(actual: Figure | Axes, expected: Figure | Axes) -> tuple[list[Axes], list[Axes], str]:
    """Return the charts of two figures, and what is wrong with how many there are."""
    own = list(actual.axes) if isinstance(actual, Figure) else [actual]
    if isinstance(actual, Figure) and len(own) == 1 and not own[0].title:
        own = [replace(own[0], title=actual.suptitle)]
    needed = list(expected.axes) if isinstance(expected, Figure) else [expected]
    text = "" if len(own) == len(needed) else _counted(len(own), "chart", len(needed), "figure")
    return own, needed, text


def _counted(found: int, what: str, needed: int, where: str = "chart") -> str:
    has = f"{found} {what}{'' if found == 1 else 's'}" if found else f"no {what}s"
    return f"The {where} has {has}; expected {needed}."


def _written(chart: Axes, wanted: Wanted) -> Iterator[str]:
    yield from _text("The chart has no title", "the title", chart.title, wanted.title)
    yield from _text("The x axis has no label", "the x axis", chart.xlabel, wanted.xlabel)
    yield from _text("The y axis has no label", "the y axis", chart.ylabel, wanted.ylabel)
    for axis, own, needed in (
        ("x", chart.xscale, wanted.xscale),
        ("y", chart.yscale, wanted.yscale),
    ):
        if needed is not None and own != needed:
            yield f"The {axis} axis is {own}; {needed} is needed (`plt.{axis}scale({needed!r})`)."
    yield from _legend(chart, wanted.legend)


def _text(missing: str, what: str, own: str, wanted: Words | None) -> Iterator[str]:
    if wanted is None or wanted is False:
        return
    if not own.strip():
        yield f"{missing}."
    elif isinstance(wanted, str) and not same_words(own, wanted):
        yield f"{own!r} is written at {what}; {wanted!r} should be in it."
    elif isinstance(wanted, re.Pattern) and not wanted.search(own):
        yield f"{own!r} is written at {what}, which is not what it should say."


def _legend(chart: Axes, wanted: Sequence[str] | bool | None) -> Iterator[str]:
    if wanted is None or wanted is False:
        return
    if chart.legend is None:
        yield "There is no legend (`plt.legend()`)."
        return
    if not chart.legend:
        yield "The legend is empty: what is drawn needs a `label=...`."
        return
    needed = () if wanted is True else tuple(wanted)
    for text in needed:
        if not any(same_words(own, text) for own in chart.legend):
            yield f"{text!r} is not in the legend."


def _drawn(
    chart: Axes, wanted: Wanted, tolerance: values.Tolerance, visible: bool
) -> Iterator[str]:
    lines = [of_line(line) for line in chart.lines if line.style]
    dots = [of_line(line) for line in chart.lines if not line.style and line.marker]
    points = [*map(of_line, chart.points), *dots]
    bars = [of_bars(each, chart) for each in chart.bars]
    if wanted.lines is not None:
        needed = wanted_series(wanted.lines)
        other = "points" if points and not lines else ""
        other = other or ("bars" if bars and not lines and wanted.bars is None else "")
        yield from _series("line", lines, needed, other, tolerance, visible)
    if wanted.points is not None:
        needed = wanted_series(wanted.points)
        other = "a line" if lines and not points and wanted.lines is None else ""
        marked = [of_line(line) for line in chart.lines if line.marker]
        found = points or (marked if wanted.lines is None else [])
        yield from _series("scatter plot", found, needed, other, tolerance, visible)
    if wanted.bars is not None:
        needed = wanted_bars(wanted.bars)
        other = "a line" if lines and not bars and wanted.lines is None else ""
        yield from _series("set of bars", bars, needed, other, tolerance, visible)
    if wanted.shares is not None:
        yield from _pie(chart, wanted.shares, tolerance, visible)
    if wanted.images is not None:
        yield from _images(chart, wanted.images, tolerance)


def _series(
    what: str,
    drawn: Sequence[Series],
    wanted: Sequence[Series],
    instead: str,
    tolerance: values.Tolerance,
    visible: bool,
) -> Iterator[str]:
    """Give what is wrong with the series of one kind; each is held against the one most like it."""
    plural = "sets of bars" if what == "set of bars" else f"{what}s"
    if not drawn and wanted:
        drew = f"; {instead} {'are' if instead.endswith('s') else 'is'} drawn" if instead else ""
        yield f"The chart has no {plural}{drew}. Expected: {len(wanted)}."
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
            label = f"is called {own.label!r}" if own.label else "has no label"
            yield f"The {what} for {series.label!r} {label} (`label={series.label!r}`)."
    for series in open_ones:
        if not left:
            break
        own = left.pop(nearest(left, series, tolerance))
        name = series.label or own.label
        called = f"The {what} {name!r}" if name else f"The {what}"
        yield difference(called, own, series, tolerance, visible)
    if len(drawn) != len(wanted):
        has = f"{len(drawn)} {what if len(drawn) == 1 else plural}"
        yield f"The chart has {has}; expected {len(wanted)}."


def _pie(chart: Axes, wanted: Any, tolerance: values.Tolerance, visible: bool) -> Iterator[str]:
    if not len(chart.shares):
        yield "The chart is no pie."
        return
    total = sum(map(float, wanted)) or 1.0
    needed = wanted_series([float(share) / total for share in wanted])
    own = [Series(None, chart.shares)]
    loose = values.Tolerance(max(tolerance.relative, 1e-5), max(tolerance.absolute, 1e-6))
    yield from _series("pie", own, needed, "", loose, visible)


def _images(chart: Axes, wanted: Sequence[Any], tolerance: values.Tolerance) -> Iterator[str]:
    if len(chart.images) != len(wanted):
        yield _counted(len(chart.images), "image", len(wanted))
        return
    for own, needed in zip(chart.images, wanted, strict=True):
        shape = needed.shape if isinstance(needed, np.ndarray) else tuple(needed)
        if own.shape != shape:
            yield f"The image has shape {own.shape}; expected shape {shape}."
        elif isinstance(needed, np.ndarray) and len(own.values):
            wrong = int((~tolerance.agree(own.values, needed.ravel())).sum())
            if wrong:
                yield f"The image: {wrong:,} of {needed.size:,} values are wrong."
