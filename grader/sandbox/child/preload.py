"""Importing, before any submission arrives, all that submissions will need."""

from __future__ import annotations

import contextlib
import gc
import importlib.machinery
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import first_use, printing, scratch
from .source import imports


def import_packages(settings: dict[str, Any], forks: bool = False) -> Callable[..., None]:
    """Import the course's packages, and return what serves one submission in this process.

    For a process that `forks` for each submission what all of them do is done once beforehand.
    What this side needs for itself is hidden again where the course does not offer it.
    """
    gc.disable()  # while importing there is hardly any garbage
    finder = imports.AllowedPackages(settings["modules"], settings["offered"], settings["metadata"])
    sys.meta_path.append(finder)
    from . import session  # need the finder
    from .source import stand_ins  # need the finder

    stand_ins.provide_builtins()

    for name in settings["offered"]:
        __import__(name)
    first_use.warm_up(settings["offered"], forks)
    printing.install()
    if forks:
        from . import warm_up

        for name in settings["usual"]:
            with contextlib.suppress(ImportError):  # it may be a name in a module
                __import__(name)
        if settings["for_many"]:
            import numpy.ma  # noqa: F401 - some of many will have masked arrays

            from .source import syntax_errors  # noqa: F401 - and some have such errors

            warm_up.warm_up()
    finder.hide(settings["hidden"])
    _keep_listings()
    _set_signals()
    scratch.empty(Path(settings["scratch"]))
    if settings["for_many"]:
        gc.collect()
    gc.freeze()
    gc.enable()
    return session.serve


def _set_signals() -> None:
    """Have an interrupt end the process, and a file that is too large end the call that writes.

    All others do what they do by default, whatever those who started the grader have set: a parent
    that ignores SIGCHLD is not told how its children end.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform != "win32":
        for number in signal.valid_signals() - {signal.SIGPIPE}:
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _keep_listings() -> None:
    """Keep what is known of the library's folders: a confined process may not list them."""
    for finder in sys.path_importer_cache.values():
        if isinstance(finder, importlib.machinery.FileFinder):
            finder.invalidate_caches = _nothing  # type: ignore[method-assign]


def _nothing() -> None:
    return
