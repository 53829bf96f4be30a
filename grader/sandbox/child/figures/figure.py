"""Figures as facts: what a chart shows, without the library that has drawn it.

A figure is read where it was drawn (`figure_reading`), crosses as plain values of the closed set
(`figure_wire`), and stays such data: nothing on the other side draws it again. The picture is a PNG
of bounded size, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Numbers: TypeAlias = "NDArray[np.float64]"


def _no_numbers() -> Numbers:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve: its points, shape (n,) each, and how it is drawn.

    `colour` is "#rrggbb"; `style` and `marker` are matplotlib's signs, empty for none.
    """

    x: Numbers
    y: Numbers
    label: str = ""
    colour: str = ""
    style: str = "-"
    marker: str = ""
    width: float = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The bars of one series, or of a histogram, shape (n,) each.

    `positions` are the middles of the bars, `heights` how long they are, `starts` where they begin;
    `horizontal` bars lie.
    """

    positions: Numbers
    heights: Numbers
    widths: Numbers
    starts: Numbers
    label: str = ""
    colours: tuple[str, ...] = ()
    horizontal: bool = False

    @property
    def edges(self) -> Numbers:
        """The edges of a histogram's bins, shape (n + 1,)."""
        if not len(self.positions):
            return _no_numbers()
        left = self.positions - self.widths / 2
        return np.append(left, left[-1] + self.widths[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of one scatter plot, shape (n,) each; one colour, or one for each point."""

    x: Numbers
    y: Numbers
    label: str = ""
    colours: tuple[str, ...] = ()
    sizes: Numbers = field(default_factory=_no_numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """An image, or a matrix shown as one: its shape, its extent, and the colour map's name.

    `values` are what is shown, one after another; none where there are very many.
    """

    shape: tuple[int, ...]
    extent: tuple[float, ...] = ()
    colours: str = ""
    values: Numbers = field(default_factory=_no_numbers)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the chart: an annotation, or a label of a pie's piece."""

    text: str
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Axes:
    """One chart of a figure.

    Attributes
    ----------
    title, xlabel, ylabel, zlabel : str
        What is written at it.
    xlim, ylim : tuple of float
        What its axes reach from and to.
    xscale, yscale : str
        `linear`, `log`, ...
    xticks, yticks : array of float
        Where ticks are.
    xtick_labels, ytick_labels : tuple of str
        What is written at them.
    lines, bars, points, images, texts
        What is drawn in it.
    shares : array of float
        The pieces of a pie, of which all together are 1.
    levels : tuple of (str, float)
        Lines right across the chart, as `axhline` and `axvline` draw: "y" or "x", and where.
    legend : tuple of str or None
        The texts of its legend; None without one.
    grid : bool
        Whether grid lines are shown.
    projection : str
        `rectilinear`, `polar`, `3d`.
    others : tuple of str
        The classes of what else is drawn.
    """

    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    zlabel: str = ""
    xlim: tuple[float, float] = (0.0, 1.0)
    ylim: tuple[float, float] = (0.0, 1.0)
    xscale: str = "linear"
    yscale: str = "linear"
    xticks: Numbers = field(default_factory=_no_numbers)
    yticks: Numbers = field(default_factory=_no_numbers)
    xtick_labels: tuple[str, ...] = ()
    ytick_labels: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    bars: tuple[Bars, ...] = ()
    points: tuple[Points, ...] = ()
    images: tuple[Image, ...] = ()
    texts: tuple[Text, ...] = ()
    shares: Numbers = field(default_factory=_no_numbers)
    levels: tuple[tuple[str, float], ...] = ()
    legend: tuple[str, ...] | None = None
    grid: bool = False
    projection: str = "rectilinear"
    others: tuple[str, ...] = ()

    def __repr__(self) -> str:
        names = ("lines", "bars", "points", "images", "texts")
        found = ((name, len(getattr(self, name))) for name in names)
        drawn = [f"{count} {name[:-1] if count == 1 else name}" for name, count in found if count]
        return f"<a chart with {', '.join(drawn) or 'nothing'}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Figure:
    """What a figure shows.

    Attributes
    ----------
    suptitle : str
        The title over all charts.
    axes : tuple of Axes
        Its charts, without colour bars.
    bars_of_colours : tuple of str
        The labels of the colour bars.
    size : tuple of float
        Width and height in inches.
    picture : bytes
        A PNG of it; empty where there is none.
    """

    suptitle: str = ""
    axes: tuple[Axes, ...] = ()
    bars_of_colours: tuple[str, ...] = ()
    size: tuple[float, float] = (0.0, 0.0)
    picture: bytes = field(default=b"", repr=False)

    def __repr__(self) -> str:
        return f"<a figure of {', '.join(map(repr, self.axes)) or 'no charts'}>"

    def __getattr__(self, name: str) -> Any:
        """Return what the only chart has by a name, as in `figure.xlabel`."""
        if name.startswith("_") or name not in Axes.__slots__:
            raise AttributeError(f"a Figure has no {name}")
        if len(self.axes) != 1:
            raise AttributeError(
                f"the figure has {len(self.axes)} charts; ask one of them: figure.axes[0].{name}"
            )
        return getattr(self.axes[0], name)
