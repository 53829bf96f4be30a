"""What a session has done up to some time, so that it can go back to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.sandbox.out_of_time import OutOfTime
from grader.sandbox.requests import Request


class State(NamedTuple):
    """What has been done in a session at some time; `restore` goes back to it.

    Attributes
    ----------
    requests : sequence of Request
        All that were made of the process; those after `made` came later.
    made : int
        How many there were.
    running : bool
        Whether that process was running.
    reloaded : bool
        Whether it was started after another, so that what loading prints was not kept.
    printed : tuple
        What had been printed before it was started, or by then where none was running.
    out_of_time : OutOfTime
        The functions that are not called again, and the seconds that each has taken.
    """

    requests: Sequence[Request]
    made: int
    running: bool
    reloaded: bool
    printed: tuple[bytes, int]
    out_of_time: OutOfTime
