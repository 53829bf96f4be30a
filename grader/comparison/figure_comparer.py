"""The part of `compare` that is for figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.comparison import values
from grader.comparison.check_failure import CheckFailure
from grader.comparison.figure_comparison import (
    ExpectedFigure,
    Words,
    charts_of,
    differences,
    wanted_of,
)
from grader.comparison.value_words import kind_in_words
from grader.language import gettext_lazy as _
from grader.language import joined
from grader.sandbox.child.figures.drawing import facts
from grader.sandbox.child.figures.figure import Axes, Figure


class FigureComparer:
    """Compares figures; `visible` says whether the student may see what is right."""

    def __init__(self, visible: bool) -> None:
        self._visible = visible

    def figure(
        self,
        actual: Any,
        expected: Figure | Axes | None = None,
        *,
        title: Words | None = None,
        xlabel: Words | None = None,
        ylabel: Words | None = None,
        xscale: str | None = None,
        yscale: str | None = None,
        lines: Any = None,
        points: Any = None,
        bars: Any = None,
        shares: Any = None,
        images: Sequence[Any] | None = None,
        legend: Sequence[str] | bool | None = None,
        rtol: float = 1e-6,
        atol: float = 1e-9,
    ) -> None:
        """Hold what a figure shows against what it has to show; what is not named does not count.

        Parameters
        ----------
        actual : Figure or Axes
            What `student.figure` gave, or one of its `axes` where there are several.
        expected : Figure or Axes, optional
            One to be like: the same lines, points, bars and scales, and wherever it has a title, a
            label or a legend, one in whatever words. See `drawn`.
        title, xlabel, ylabel : str, pattern or True, optional
            Words that are to be in it, capital letters aside; or True for any at all.
        xscale, yscale : str, optional
            `linear`, `log`, ...
        lines, points : list or dict, optional
            The curves and the scatter plots, in any order: each a pair (x, y), or the array y
            alone. In a dictionary each has the label that it is to have.
        bars : array or dict of str to number, optional
            The heights of the bars; by what is written at them, in any order.
        shares : sequence of float, optional
            The pieces of a pie.
        images : sequence of array, or of tuple of int, optional
            Its images, or their shapes alone.
        legend : True or sequence of str, optional
            The texts of its legend; True for any.
        rtol, atol : float
            As for `close`.

        Examples
        --------
        `compare.figure(student.figure(student.plot_loss, losses), xlabel="step", lines=[losses])`
        """
        if not isinstance(actual, Figure | Axes):
            text = f"the figure is {kind_in_words(actual)}; ask for it by `student.figure`"
            raise TypeError(text)
        wanted = ExpectedFigure(
            title=title,
            xlabel=xlabel,
            ylabel=ylabel,
            xscale=xscale,
            yscale=yscale,
            lines=lines,
            points=points,
            bars=bars,
            shares=shares,
            images=images,
            legend=legend,
        )
        tolerance = values.Tolerance(rtol, atol)
        own, needed, problem = charts_of(actual, Axes() if expected is None else expected)
        problems = [problem] if problem else []
        if not problem and expected is not None:
            pairs = zip(own, map(wanted_of, needed), strict=True)
            found = [differences(*pair, tolerance, self._visible) for pair in pairs]
            problems = [
                _("Chart {number}: {text}", number=place, text=text) if len(found) > 1 else text
                for place, texts in enumerate(found, 1)
                for text in texts
            ]
        if not problem:
            problems += differences(own[0], wanted, tolerance, self._visible)
        if problems:
            raise CheckFailure(joined(*problems, separator="\n"), ["figure"])

    def drawn(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Figure:
        """Return what a function of the reference draws, as `student.figure` does a student's.

        Raises
        ------
        ValueError
            It draws nothing.

        Examples
        --------
        `compare.figure(student.figure(student.plot, xs), compare.drawn(reference.plot, xs))`
        """
        found = facts(function, *arguments, **named)
        if not found:
            raise ValueError(f"{getattr(function, '__name__', 'it')} draws no figure")
        return found[-1]
