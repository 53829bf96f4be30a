"""Reading off a figure of matplotlib's what it shows, and drawing its picture; only where that is.

Whatever is read comes from objects that a submission has made: it is turned into plain numbers and
texts here, and checked where it arrives.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from matplotlib import collections, colors, container, image, patches
from matplotlib.figure import FigureBase

from ..tables.moments import NoDescriptionError
from .figure import Axes, Bars, Figure, Image, Line, Numbers, Points, Text
from .figure_wire import MAX_ARTISTS, MAX_AXES, MAX_TEXT, MAX_TICKS
from .png import MAX_BYTES

_MAX_POINTS: Final = 250_000  # in one line or scatter plot
_WIDTH, _HEIGHT = 900, 700
_NOTHING: Final = frozenset(("", " ", "None", "none"))
_COLOUR_BAR: Final = "<colorbar>"


def figure_of(value: Any) -> Any:
    """Return the figure that something drawn is in, or itself; None for anything else.

    Arrays, lists and tuples of what is drawn, as `plt.plot` and `plt.subplots` return, count too.
    """
    if isinstance(value, FigureBase):
        return value
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.ravel()[:MAX_AXES].tolist()
    if isinstance(value, (list, tuple)) and not isinstance(value, container.Container):
        return next(filter(None, map(figure_of, value[:MAX_AXES])), None)
    if isinstance(value, container.Container):
        return figure_of(value.get_children())
    ask = getattr(value, "get_figure", None)
    found = ask() if callable(ask) and hasattr(value, "axes") else None
    return found if isinstance(found, FigureBase) else None


def described(figure: Any, draws: bool = True) -> Figure:
    """Return what a figure shows, with its picture where that is to be drawn.

    Raises
    ------
    NoDescriptionError
        There is too much in it to be looked at.
    """
    every = list(figure.axes)
    if len(every) > MAX_AXES:
        raise NoDescriptionError(f"a figure of {len(every):,} charts")
    artists = sum(len(axes.get_children()) for axes in every)
    if artists > MAX_ARTISTS:
        raise NoDescriptionError(
            f"a figure with {artists:,} things drawn in it; at most {MAX_ARTISTS:,} are looked at"
        )
    picture = _picture(figure) if draws else b""  # first: drawing sets the texts at the ticks
    suptitle = getattr(figure, "_suptitle", None)
    charts = [axes for axes in every if axes.get_label() != _COLOUR_BAR]
    bars = [axes for axes in every if axes.get_label() == _COLOUR_BAR]
    return Figure(
        "" if suptitle is None else _text(suptitle.get_text()),
        tuple(_axes(axes) for axes in charts),
        tuple(_text(axes.get_ylabel() or axes.get_xlabel()) for axes in bars),
        tuple(map(float, figure.get_size_inches())),  # type: ignore[arg-type]
        picture,
    )


def _picture(figure: Any) -> bytes:
    """Return a PNG of bounded size; nothing where it cannot be drawn."""
    width, height = map(float, figure.get_size_inches())
    if not (0 < width < np.inf and 0 < height < np.inf):
        return b""
    dots = min(float(figure.get_dpi()), _WIDTH / width, _HEIGHT / height)
    for part in (1.0, 0.7, 0.4):
        data = io.BytesIO()
        with contextlib.suppress(Exception):  # a text that is no formula, a font without a letter
            figure.savefig(data, format="png", dpi=dots * part, metadata={"Software": None})
        if 0 < len(data.getvalue()) <= MAX_BYTES:
            return data.getvalue()
    return b""


def _axes(axes: Any) -> Axes:
    bars, in_bars = _bars(axes)
    legend = axes.get_legend()
    others = [
        type(each).__name__
        for each in (*axes.collections, *axes.patches)
        if id(each) not in in_bars
        and not isinstance(each, (collections.PathCollection, patches.Wedge))
    ]
    shares = [
        abs(each.theta2 - each.theta1) / 360
        for each in axes.patches
        if isinstance(each, patches.Wedge)
    ]
    return Axes(
        title=_text(next(filter(None, map(axes.get_title, ("center", "left", "right"))), "")),
        xlabel=_text(axes.get_xlabel()),
        ylabel=_text(axes.get_ylabel()),
        zlabel=_text(axes.get_zlabel()) if hasattr(axes, "get_zlabel") else "",
        xlim=_limits(axes.get_xlim()),
        ylim=_limits(axes.get_ylim()),
        xscale=_text(axes.get_xscale()),
        yscale=_text(axes.get_yscale()),
        xticks=_numbers(axes.get_xticks()[:MAX_TICKS]),
        yticks=_numbers(axes.get_yticks()[:MAX_TICKS]),
        xtick_labels=_texts(axes.get_xticklabels()[:MAX_TICKS]),
        ytick_labels=_texts(axes.get_yticklabels()[:MAX_TICKS]),
        lines=tuple(_line(line) for line in axes.lines if not _level(axes, line)),
        bars=bars,
        points=tuple(_points(each) for each in axes.collections if _is_scatter(each)),
        images=tuple(_image(each) for each in axes.images),
        texts=tuple(Text(_text(text.get_text()), *_position(text)) for text in axes.texts),
        shares=np.array(shares, dtype=np.float64),
        levels=tuple(filter(None, (_level(axes, line) for line in axes.lines))),
        legend=None if legend is None else _texts(legend.get_texts()),
        grid=any(line.get_visible() for line in _grid_lines(axes)),
        projection=_text(axes.name),
        others=tuple(map(_text, others)),
    )


def _grid_lines(axes: Any) -> list[Any]:
    return [*axes.get_xgridlines()[:1], *axes.get_ygridlines()[:1]]


def _level(axes: Any, line: Any) -> tuple[str, float] | None:
    """Return where a line right across the chart is; None for one between points."""
    transform = line.get_transform()
    if transform == axes.get_yaxis_transform(which="grid") and len(line.get_ydata()):
        return "y", float(line.get_ydata()[0])
    if transform == axes.get_xaxis_transform(which="grid") and len(line.get_xdata()):
        return "x", float(line.get_xdata()[0])
    return None


def _line(line: Any) -> Line:
    return Line(
        _numbers(line.get_xdata(orig=False)),
        _numbers(line.get_ydata(orig=False)),
        _label(line),
        _colour(line.get_color()),
        _sign(line.get_linestyle()),
        _sign(line.get_marker()),
        float(line.get_linewidth()),
    )


def _bars(axes: Any) -> tuple[tuple[Bars, ...], set[int]]:
    """Return the series of bars, and which patches are in them; single rectangles are one."""
    found, taken = [], set()
    for each in axes.containers:
        if isinstance(each, container.BarContainer) and len(each.patches):
            found.append(_series(each.patches, _label(each), each.orientation == "horizontal"))
            taken |= set(map(id, each.patches))
    return tuple(found), taken


def _series(rectangles: Sequence[Any], label: str, lies: bool) -> Bars:
    if len(rectangles) > MAX_ARTISTS:
        raise NoDescriptionError(f"a chart of {len(rectangles):,} bars")
    left, bottom = ([ask(each) for each in rectangles] for ask in (_x_of, _y_of))
    wide, high = ([ask(each) for each in rectangles] for ask in (_width_of, _height_of))
    start, length, first, width = (left, wide, bottom, high) if lies else (bottom, high, left, wide)
    middles = np.array(first, dtype=np.float64) + np.array(width, dtype=np.float64) / 2
    colours = _few([_colour(each.get_facecolor()) for each in rectangles])
    return Bars(middles, _numbers(length), _numbers(width), _numbers(start), label, colours, lies)


def _x_of(rectangle: Any) -> float:
    return float(rectangle.get_x())


def _y_of(rectangle: Any) -> float:
    return float(rectangle.get_y())


def _width_of(rectangle: Any) -> float:
    return float(rectangle.get_width())


def _height_of(rectangle: Any) -> float:
    return float(rectangle.get_height())


def _is_scatter(collection: Any) -> bool:
    return isinstance(collection, collections.PathCollection)


def _points(collection: Any) -> Points:
    offsets = np.ma.getdata(collection.get_offsets())
    colours = [_colour(each) for each in collection.get_facecolor()[:MAX_ARTISTS]]
    return Points(
        _numbers(offsets[:, 0]),
        _numbers(offsets[:, 1]),
        _label(collection),
        _few(colours),
        _numbers(collection.get_sizes()[:MAX_ARTISTS]),
    )


def _image(picture: Any) -> Image:
    shape = tuple(map(int, np.shape(picture.get_array())))
    extent = tuple(map(float, picture.get_extent())) if isinstance(picture, image.AxesImage) else ()
    shown = _numbers(picture.get_array()) if math.prod(shape) <= _MAX_POINTS else np.zeros(0)
    return Image(shape, extent, _text(picture.get_cmap().name), shown)


def _position(text: Any) -> tuple[float, float]:
    where = np.asarray(getattr(text, "xy", None) or text.get_position())
    return tuple(map(float, where)) if where.dtype.kind in "iuf" else (0.0, 0.0)  # type: ignore[return-value]


def _few(colours: Sequence[str]) -> tuple[str, ...]:
    """Return the colours of several things, the only one once."""
    return tuple(colours[:1] if len(set(colours)) == 1 else colours)


def _numbers(values: Any) -> Numbers:
    count = np.size(values)
    if count > _MAX_POINTS:
        raise NoDescriptionError(
            f"a figure with {count:,} points in a line; at most {_MAX_POINTS:,} are looked at"
        )
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)).ravel()


def _limits(values: Iterable[Any]) -> tuple[float, float]:
    low, high = map(float, values)
    return low, high


def _texts(texts: Iterable[Any]) -> tuple[str, ...]:
    return tuple(_text(each.get_text()) for each in texts)


def _text(text: Any) -> str:
    plain = str(text)[:MAX_TEXT].replace("\N{MINUS SIGN}", "-")
    return plain.encode("utf-8", "replace").decode()


def _label(artist: Any) -> str:
    """Return what a legend would call it; nothing where matplotlib has made a name up."""
    label = _text(artist.get_label())
    return "" if label.startswith("_") else label


def _sign(sign: Any) -> str:
    text = _text(sign)
    return "" if text in _NOTHING else text


def _colour(colour: Any) -> str:
    with contextlib.suppress(ValueError, TypeError):
        return str(colors.to_hex(colour))[:7]
    return ""
