"""How Python was started, and what has been set in it: what of it must not change a grade.

The command calls this before it imports anything that might come from elsewhere.
"""

from __future__ import annotations

import os
import site
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import grader

if TYPE_CHECKING:
    from socket import socket

_PATH: Final = "PYTHONPATH"
_LEFT_OUT: Final = ("PYTHONINSPECT", "PYTHONOPTIMIZE")
"""What Python reads at its start alone: one takes `assert` and docstrings out of a course's checks,
the other turns each exit code into a traceback."""
_ERRORS: Final[Mapping[str, Any]] = {
    "divide": "warn",
    "over": "warn",
    "under": "ignore",
    "invalid": "warn",
    "call": None,
}
_TEXTS: Final[Mapping[str, Any]] = {
    "precision": 8,
    "threshold": 1000,
    "edgeitems": 3,
    "linewidth": 75,
    "suppress": False,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": None,
    "floatmode": "maxprec",
    "legacy": False,
}
"""NumPy's own settings: what it does about an overflow, and how it writes an array."""


def search_own_folders_first() -> None:
    """Have Python look for modules where its own are and the installed ones, then in PYTHONPATH.

    A folder there may have a numpy.py of its own. And nothing is imported from the working folder,
    where `python -m grader` looks, and where PYTHONPATH holds "." or an empty entry: it may be
    a submission's.
    """
    try:
        here = os.path.realpath(os.getcwd())  # noqa: PTH109 - pathlib imports what may be another's
    except OSError:  # it has been deleted, so there is nothing in it
        here = ""
    named = set(map(os.path.realpath, _named(os.environ.get(_PATH, ""))))
    first: list[str] = []
    last: list[str] = []
    for entry in sys.path:
        place = os.path.realpath(entry) if entry else here
        if _is_own(place):
            first.append(entry)
        elif place != here:
            (last if place in named else first).append(entry)
    sys.path[:] = first + last


def _named(path: str) -> list[str]:
    """Return the folders that a value of PYTHONPATH names, without the working folder."""
    return [entry for entry in path.split(os.pathsep) if os.path.isabs(entry)]  # noqa: PTH117


def _is_own(folder: str) -> bool:
    """Return whether Python's modules are in a folder, or installed packages, or bpgrade."""
    library = os.path.dirname(os.path.realpath(os.__file__))  # noqa: PTH120
    if folder == library or folder.startswith(library + os.sep):
        return True
    package = os.path.dirname(os.path.realpath(grader.__file__))  # noqa: PTH120
    others = (os.path.dirname(package), *site.getsitepackages(), site.getusersitepackages())  # noqa: PTH120
    return folder in map(os.path.realpath, others)


def variables() -> dict[str, str]:
    """Return the environment variables that a process of the grader's own gets."""
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    if kept.get(_PATH):  # which Python looks into first
        own = filter(_is_own, map(os.path.realpath, sys.path))
        kept[_PATH] = os.pathsep.join(dict.fromkeys([*own, *_named(kept[_PATH])]))
    return kept


def start_as_ever() -> None:
    """Start this program again where variables have changed what its Python does."""
    if os.name == "posix" and any(map(os.environ.get, _LEFT_OUT)):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], variables())


def hear_signals() -> None:
    """Be told how processes end, and of Ctrl-C, where whoever started this program was not.

    Signals that are held back, and a SIGCHLD that is ignored, pass to all that a process starts.
    """
    if os.name == "posix":
        import signal

        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


def check_keeps_assertions() -> None:
    """Do nothing where Python runs each `assert`.

    Raises
    ------
    UsageError
        It was started to leave them out: a check would pass whatever was handed in.
    """
    if sys.flags.optimize:
        from grader.errors import UsageError
        from grader.language import gettext_lazy as _

        raise UsageError(
            _("Python was started to leave out `assert`, by which checks find mistakes"),
            _("start it without -O and without PYTHONOPTIMIZE"),
        )


@contextmanager
def working_as_ever() -> Iterator[None]:
    """Run a course's code as in a Python that has just been started.

    Neither warnings that have been made errors nor what NumPy has been told change what a check or
    the reference does: `numpy.seterr(all="raise")` in a notebook is about that notebook.
    """
    with ExitStack() as stack:
        numpy = sys.modules.get("numpy")  # where it is imported later, nothing has been set yet
        if numpy is not None:
            stack.enter_context(numpy.errstate(**_ERRORS))
            stack.enter_context(numpy.printoptions(**_TEXTS))
        if any(action == "error" for action, *_others in warnings.filters):
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("default")
        yield


def socket_pair() -> tuple[socket, socket]:
    """Return two connected sockets that wait, whatever `socket.setdefaulttimeout` was told."""
    import socket

    pair = socket.socketpair()
    for end in pair:
        end.settimeout(None)
    return pair
