"""Doing once, in a process that no submission is in, what is done for each of them.

What Python finds out meanwhile about its own code, and loads, no fork of it has to again.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
from typing import Any, Final

import numpy as np

from . import codec, framing
from .session import Session

_LOADS: Final = 10  # Python looks at a piece of code after it has run some times
_CALLS: Final = 4
_ROOM: Final = 1 << 16
_LABEL: Final = "warm-up"
_SOURCE: Final = """
import numpy as np

def curve(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)

def warmed_up(x, matrix, scale, turns):
    sums, last = [], np.empty(turns)
    for turn in range(turns):
        y = curve(x @ matrix + scale)
        matrix = matrix - scale * np.outer(x, y * (1 - y))
        last[turn] = np.sum(y**2) / 2
        sums.append(np.tanh(np.dot(x, y)) + np.maximum(x, 0).mean())
    return matrix.T, np.array(sums) + last, np.zeros((2, 2)), np.asarray(x)[0]

if __name__ == "__main__":
    x = np.array([0.5, 1.5])
    y = warmed_up(x, np.zeros((2, 2)), 0.5, 2)
"""


def warm_up() -> None:
    """Load a file and a notebook's cell again and again, call what they define, and forget them."""
    finders = sys.meta_path[:]
    arguments = [np.ones(2), np.ones((2, 2)), 0.5, 2]
    for turn in range(2 * _LOADS):
        is_file = turn % 2 == 0
        blocks = [[_LABEL, _SOURCE]]
        requests: list[list[Any]] = [
            ["load", 0, blocks, [], not is_file, 1.0, False, [], [], [], 1.0]
        ]
        call = ["warmed_up", arguments, {}, {}, 0]
        requests += [["call", number, *call] for number in range(_CALLS)]
        _answer(requests)
        sys.meta_path[:] = finders


def _answer(requests: list[list[Any]]) -> None:
    with contextlib.ExitStack() as opened:
        (asked, ask), (answered, answer) = os.pipe(), os.pipe()
        for descriptor in (asked, ask, answered, answer):
            opened.callback(os.close, descriptor)
        session = Session(asked, answer, _ROOM)
        for request in requests:
            framing.write_message(ask, codec.encode(request, max_bytes=_ROOM))
            session.answer(session.receive())
            framing.read_message(answered)
    del sys.modules[session.module.__name__], linecache.cache[_LABEL]
