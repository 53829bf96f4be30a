"""When an answer must have come: by the clock, less the time that others had the processors.

A limit by the clock alone would take points away for how busy the machine is; one of processor time
would wait for ever for a call that sleeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_LEAST: Final = 0.02  # of the limit


class Deadline:
    """The end of a limit that begins now.

    Parameters
    ----------
    seconds : float
        The limit.
    kept_waiting : callable
        Returns the seconds that the process was ready to run and others had the processors, since
        it began. It is asked when the time is over.
    most : float
        How many times the limit is given back at most: a loop must not keep its place for long,
        nor itself waiting.

    Attributes
    ----------
    at : float
        The end, in `time.monotonic()` seconds.
    """

    def __init__(
        self, seconds: float, kept_waiting: Callable[[], float], most: float = 1.0
    ) -> None:
        self.at = time.monotonic() + seconds
        self._seconds = seconds
        self._kept_waiting = kept_waiting
        self._most = most
        self._given = 0.0

    def put_off(self) -> bool:
        """Give the time back that the process was kept waiting; False where there is none."""
        waited = min(self._kept_waiting(), self._most * self._seconds)
        more = waited - self._given
        if more <= _LEAST * self._seconds:
            return False
        self._given = waited
        self.at += more
        return True
