"""Which kernel layers hold on this machine, found by shutting a process in with them."""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox import launch
from grader.sandbox.child import framing

LAYERS: Final = ("landlock", "seccomp", "bubblewrap")
_SECONDS: Final = 20.0
_NO_PACKAGE: Final = _("the package {name} is not installed")
_LONGEST_ANSWER: Final = 4096


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: whether it holds; if not, what is in the way and what to do about it."""

    name: str
    holds: bool
    problem: str = ""
    remedy: str = ""


def survey(without: Collection[str] = frozenset()) -> tuple[Layer, ...]:
    """Return the state of each layer; those in `without` count as missing.

    Trying costs some tens of milliseconds, once for a process.
    """
    return _survey(frozenset(without))


@functools.cache
def _survey(without: frozenset[str]) -> tuple[Layer, ...]:
    lacking: dict[str, tuple[str, str]] = {
        name: (_("{layer} is left out", layer=name), "") for name in without
    }
    lacking |= {name: found for name in LAYERS if name not in without and (found := _lack(name))}
    wanted = [name for name in LAYERS if name not in lacking]
    held, problem = _attempt(wanted)
    if problem and "bubblewrap" in wanted:
        lacking["bubblewrap"] = (
            _("bwrap does not work here ({reason})", reason=problem),
            _(
                "allow user namespaces to this user (in a container: run it with them, or rely on"
                " landlock and seccomp)"
            ),
        )
        wanted.remove("bubblewrap")
        held, problem = _attempt(wanted)
    for name in wanted:
        if name not in held:
            reason = problem or _("it was applied but has no effect")
            lacking[name] = (
                reason,
                _("check whether the container or a security module forbids it"),
            )
    return tuple(Layer(name, name not in lacking, *lacking.get(name, ())) for name in LAYERS)


def _lack(name: str) -> tuple[str, str] | None:
    """Return what a layer lacks before it can even be tried, and the remedy."""
    return {"landlock": _no_landlock, "seccomp": _no_seccomp, "bubblewrap": _no_bubblewrap}[name]()


def _no_landlock() -> tuple[str, str] | None:
    try:
        from grader.sandbox import landlock_rules

        if landlock_rules.version() >= 1:
            return None
    except ImportError:
        return _NO_PACKAGE.format(name="landlock"), "pip install landlock==1.0.0.dev5"
    return (
        _("there is no Landlock here"),
        _(
            "use Linux 5.13 or later with landlock among its security modules (lsm=landlock,...);"
            " in a container, also an engine whose seccomp profile allows the calls landlock_*"
        ),
    )


def _no_seccomp() -> tuple[str, str] | None:
    try:
        from grader.sandbox import seccomp_rules

        seccomp_rules.program()
    except ImportError:
        return _NO_PACKAGE.format(name="pyseccomp"), "pip install pyseccomp"
    except RuntimeError:
        return _("the library libseccomp is not installed"), "apt-get install libseccomp2"
    return None


def _no_bubblewrap() -> tuple[str, str] | None:
    from grader.sandbox import bubblewrap

    if bubblewrap.program() is None:
        return _("bwrap is not installed"), "apt-get install bubblewrap"
    return None


def _attempt(layers: Collection[str]) -> tuple[frozenset[str], str]:
    """Start a process behind `layers`; return those it reports, or what went wrong."""
    if not layers:
        return frozenset(), ""
    with tempfile.TemporaryDirectory(prefix="bpgrade-") as scratch:
        place = launch.SandboxFolders(Path(scratch).resolve())
        process, control = launch.start("probe", layers, place)
        with control, process:
            control.settimeout(_SECONDS)
            with contextlib.suppress(OSError):
                received = control.recv(_LONGEST_ANSWER)
                if len(received) > framing.HEADER:
                    return frozenset(json.loads(received[framing.HEADER :])), ""
            process.kill()
            return frozenset(), _last_line(process)


def _last_line(process: subprocess.Popen[bytes]) -> str:
    text = process.stderr.read() if process.stderr else b""
    lines = text.decode("utf-8", "replace").splitlines()
    return lines[-1].strip() if lines else _("it ended without a message")
