"""Doing once what packages do when they are first used, so that no submission pays for it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final


def warm_up(packages: Iterable[str], forks: bool) -> None:
    """Prepare the packages that a submission is offered.

    `forks` says whether this process makes others: what only saves time is left out where it
    serves one submission alone.
    """
    for name in packages:
        if name in _PREPARED:
            _PREPARED[name](forks)


def _matplotlib(forks: bool) -> None:
    """Have figures drawn into files: nothing is shown, whatever a submission asks for."""
    import matplotlib

    with _own_fonts(matplotlib.get_data_path()):
        import matplotlib.pyplot as plt

    from .figures import drawing, figure_reading

    plt.switch_backend("agg")
    matplotlib.use = plt.switch_backend = plt.pause = _nothing
    if forks:
        plt.figure().gca().set_title("$x$")
        figure_reading.described(plt.gcf())
        plt.close("all")
    drawing.take_over(plt)


def _nothing(*_arguments: Any, **_options: Any) -> None:
    return


@contextlib.contextmanager
def _own_fonts(folder: str) -> Iterator[None]:
    """Have only the fonts in a folder found.

    Those of the system may lie where a submission's process cannot read, are hundreds on some
    machines, and would make the same program draw something else on each.
    """
    walk, search = os.walk, os.environ["PATH"]

    def own(top: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        inside = os.fspath(top).startswith(folder)
        return walk(top, *arguments, **options) if inside else iter(())

    os.walk, os.environ["PATH"] = own, ""
    try:
        yield
    finally:
        os.walk, os.environ["PATH"] = walk, search


def _pandas(forks: bool) -> None:
    """Have what describes its tables imported while that may be read."""
    from .tables import pandas_tables

    if forks:
        pandas_tables.warm_up()


def _polars(_forks: bool) -> None:
    from .tables import polars_tables  # noqa: F401 - while it may be read


def _sklearn(forks: bool) -> None:
    """Have it look its libraries up while it may: it reads them from /proc."""
    if forks:
        from sklearn.cluster import KMeans

        KMeans(1, n_init=1).fit([[0.0], [1.0]])


def _torch(forks: bool) -> None:
    """Have its optimizers import what they need, which takes most of a second."""
    if forks:
        import torch

        weight = torch.zeros(1, requires_grad=True)
        torch.optim.SGD([weight], lr=0.1).zero_grad()


_PREPARED: Final[dict[str, Callable[[bool], None]]] = {
    "matplotlib": _matplotlib,
    "pandas": _pandas,
    "polars": _polars,
    "sklearn": _sklearn,
    "torch": _torch,
}
