"""Submissions that attack a grader, for `peers_security.py`: each defines `gradient(x)`.

They work on any grader that runs a submission in the process of its checks; none is written for
one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Aim = Literal["marks", "reference", "results", "end", "left", "secret", "file"]

_PATCHED: Final = """\
import builtins

import numpy as np


def gradient(x):
    for name in ("assert_allclose", "assert_array_equal", "assert_almost_equal", "assert_equal"):
        setattr(np.testing, name, lambda *_, **__: None)
    np.allclose = np.isclose = np.array_equal = lambda *_, **__: True
    builtins.all = lambda _: True
    return np.zeros_like(x)
"""

_FRAME: Final = """\
import sys


def gradient(x):
    frame = sys._getframe()
    while frame is not None:
        if "expected" in frame.f_locals:
            return frame.f_locals["expected"]
        frame = frame.f_back
"""

_REFERENCE: Final = """\
import gc
import sys


def gradient(x):
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == "reference" and "x" in getattr(
            getattr(thing, "__code__", None), "co_varnames", ()
        ):
            print(thing.__doc__)
            print(thing.__doc__, file=sys.stderr)
            raise ValueError(thing.__doc__)
"""

_LOOP: Final = """\
def gradient(x):
    while True:
        pass
"""

_LOOP_WITHOUT_ALARM: Final = """\
import signal


def gradient(x):
    signal.alarm(0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        pass
"""

_LEFT: Final = """\
import subprocess


def gradient(x):
    subprocess.Popen(
        ["sleep", "@SLEEP@"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    raise ValueError
"""

_SECRET: Final = """\
import os
import sys


def gradient(x):
    found = os.environ.get("GRADER_SECRET", "")
    print(found)
    raise ValueError(found)
"""

_FILE: Final = """\
def gradient(x):
    with open("@NEIGHBOUR@", "w") as file:
        file.write("overwritten")
    raise ValueError
"""


@dataclass(frozen=True)
class PeerAttack:
    """A submission, what it is called in the table, and what it aims at."""

    title: str
    aim: Aim
    source: str


ATTACKS: Final = (
    PeerAttack("zeros, with NumPy's asserts and `builtins.all` patched", "marks", _PATCHED),
    PeerAttack("`expected`, read from the caller's frame", "marks", _FRAME),
    PeerAttack("the reference, found in memory and printed", "reference", _REFERENCE),
    PeerAttack("`os._exit(0)`", "results", "import os\n\n\ndef gradient(x):\n    os._exit(0)\n"),
    PeerAttack("an endless loop", "end", _LOOP),
    PeerAttack("an endless loop after `signal.alarm(0)`", "end", _LOOP_WITHOUT_ALARM),
    PeerAttack("a process that stays", "left", _LEFT),
    PeerAttack("the environment, printed", "secret", _SECRET),
    PeerAttack("another submission, overwritten", "file", _FILE),
)
HONEST: Final = "import numpy as np\n\n\ndef gradient(x):\n    return np.cos(x) * x + np.sin(x)\n"
