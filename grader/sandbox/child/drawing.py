"""What a submission draws with pyplot: which figures, in what order, and which of them last.

In a notebook each cell begins a new figure, and in a program each `show` does. Nothing is shown
here, but what was drawn before counts as done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from .figures import Figure
from .libraries import loaded

_MAX_FIGURES: Final = 20

_done: list[Any] = []


def set_aside(*_arguments: Any, **_options: Any) -> None:
    """Take what has been drawn as done: whatever is drawn next begins a new figure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if loaded("matplotlib.figure") is None or pyplot is None:
        return
    for number in pyplot.get_fignums()[:_MAX_FIGURES]:
        _keep(pyplot.figure(number))
    _CLOSE[0]("all")


def take_over(pyplot: Any) -> None:
    """Have `show` and `close` keep what has been drawn."""
    _CLOSE[0] = close = pyplot.close

    def closing(which: Any = None) -> None:
        figures = [pyplot.figure(number) for number in pyplot.get_fignums()[:_MAX_FIGURES]]
        close(which)
        open_ones = set(map(id, map(pyplot.figure, pyplot.get_fignums()[:_MAX_FIGURES])))
        for figure in figures:
            if id(figure) not in open_ones:
                _keep(figure)

    pyplot.show, pyplot.close = set_aside, closing


def _keep(figure: Any) -> None:
    if figure.axes and all(figure is not each for each in _done):
        _done.append(figure)
        del _done[:-_MAX_FIGURES]


def finished() -> list[Any]:
    """Return all figures that were drawn since the last time, in order, and forget them."""
    set_aside()
    found = list(_done)
    _done.clear()
    return found


def drawn_by(function: Callable[..., Any], *arguments: Any, **named: Any) -> list[Any]:
    """Call a function and return the figures that it has drawn; what it returns comes last."""
    from .figure_reading import figure_of

    finished()
    returned = figure_of(function(*arguments, **named))
    found = finished()
    if returned is None:
        return found
    return [*(figure for figure in found if figure is not returned), returned]


def drawn_here(function: Callable[..., Any], *arguments: Any, **named: Any) -> list[Figure]:
    """Call a function that is trusted, and return what it has drawn as facts.

    pyplot, which other code of this process may use, is left as it was.
    """
    import matplotlib.pyplot as pyplot
    from matplotlib._pylab_helpers import Gcf

    from .figure_reading import described

    show, close, open_ones = pyplot.show, pyplot.close, Gcf.figs
    backend = _backend()
    Gcf.figs = type(open_ones)()
    pyplot.switch_backend("agg")
    take_over(pyplot)
    try:
        return [described(figure) for figure in drawn_by(function, *arguments, **named)]
    finally:
        pyplot.show, pyplot.close, Gcf.figs = show, close, open_ones
        if backend is not None:
            pyplot.switch_backend(backend)


def _backend() -> str | None:
    """Return which backend has been chosen; None where none has been yet."""
    import matplotlib

    try:
        found: str | None = matplotlib.get_backend(auto_select=False)
    except TypeError:  # before matplotlib 3.10
        found = matplotlib.get_backend()
    return found


def _nothing(*_arguments: Any) -> None:
    return


_CLOSE: Final[list[Callable[..., None]]] = [_nothing]
