"""What a submission draws with pyplot: which figures, in what order, and which of them last.

In a notebook each cell begins a new figure, and in a program each `show` does. Nothing is shown
here, but what was drawn before counts as done.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from ..libraries import loaded
from .figure import Figure

_MAX_FIGURES: Final = 10

_done: list[Any] = []
_drawn_while_loading: list[Any] = []


def set_aside(*_arguments: Any, **_options: Any) -> None:
    """Take what has been drawn as done: whatever is drawn next begins a new figure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if loaded("matplotlib.figure") is None or pyplot is None:
        return
    for number in pyplot.get_fignums()[:_MAX_FIGURES]:
        _keep(pyplot.figure(number))
    getattr(pyplot.close, "without_keeping", pyplot.close)("all")


def take_over(pyplot: Any) -> None:
    """Have `show` and `close` keep what has been drawn."""
    close = pyplot.close

    def closing(which: Any = None) -> None:
        before = [pyplot.figure(number) for number in pyplot.get_fignums()[:_MAX_FIGURES]]
        close(which)
        left = [pyplot.figure(number) for number in pyplot.get_fignums()[:_MAX_FIGURES]]
        for figure in before:
            if all(figure is not other for other in left):
                _keep(figure)

    closing.without_keeping = close  # type: ignore[attr-defined]
    pyplot.show, pyplot.close = set_aside, closing


def _keep(figure: Any) -> None:
    if figure.axes and all(figure is not each for each in _done):
        _done.append(figure)
        del _done[:-_MAX_FIGURES]


def loading_has_ended() -> None:
    """Keep what loading has drawn apart from what calls draw."""
    _drawn_while_loading[:] = _finished()


def _finished() -> list[Any]:
    set_aside()
    found = list(_done)
    _done.clear()
    return found


def figures(function: Callable[..., Any] | None, *arguments: Any, **named: Any) -> list[Any]:
    """Call a function and return the figures that it has drawn; one that it returns comes last.

    Without a function they are those that were drawn while the submission was loaded.
    """
    if function is None:
        return list(_drawn_while_loading)
    with apart() as found:
        returned = function(*arguments, **named)
    if loaded("matplotlib.figure") is None:
        return []
    from .figure_reading import figure_of

    last = figure_of(returned)
    if last is None:
        return found
    return [*(figure for figure in found if figure is not last), last]


def facts(function: Callable[..., Any] | None, *arguments: Any, **named: Any) -> list[Figure]:
    """Return what `figures` does as facts, without pictures: drawing them takes the longest."""
    found = figures(function, *arguments, **named)
    if not found:
        return []
    from .figure_reading import described

    return [described(figure, draws=False) for figure in found]


@contextlib.contextmanager
def apart() -> Iterator[list[Any]]:
    """Give the list that will hold the figures drawn meanwhile; pyplot is left as it was."""
    found: list[Any] = []
    try:
        import matplotlib.pyplot as pyplot
        from matplotlib._pylab_helpers import Gcf
    except ImportError:
        yield found
        return
    if loaded("matplotlib.figure") is None:
        yield found
        return
    show, close, open_ones = pyplot.show, pyplot.close, Gcf.figs
    backend = _backend()
    done = list(_done)
    _done.clear()
    Gcf.figs = type(open_ones)()
    pyplot.switch_backend("agg")
    take_over(pyplot)
    try:
        yield found
    finally:
        found += _finished()
        _done[:] = done
        pyplot.show, pyplot.close, Gcf.figs = show, close, open_ones
        if backend is not None:
            pyplot.switch_backend(backend)


def apart_if_loaded() -> contextlib.AbstractContextManager[Any]:
    """Return `apart()` where pyplot has been imported, and what does nothing elsewhere."""
    return apart() if "matplotlib.pyplot" in sys.modules else contextlib.nullcontext()


def _backend() -> str | None:
    """Return which backend has been chosen; None where none has been yet."""
    import matplotlib

    try:
        found: str | None = matplotlib.get_backend(auto_select=False)
    except TypeError:  # before matplotlib 3.10
        found = matplotlib.get_backend()
    return found
