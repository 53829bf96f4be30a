"""Which functions of a submission have run out of time: these are not called again.

To fill the memory takes time, too, each time anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from grader.course import Limits
from grader.language import gettext_lazy as _
from grader.result import Outcome
from grader.sandbox import failures
from grader.sandbox.exchange import CallRequest
from grader.sandbox.failures import CallFailure

_SHARE_WITHIN: Final = 5
"""What others wait for within a function that ran into its limit: this part of the limit."""


class OutOfTime:
    """What each function's calls have taken, and with which failure it was given up.

    One that did not come to an end is given up at once. Where another function calls it, that one
    is stopped once a call of it has taken a part of the limit: see `child/endless.py`. One that
    runs out of memory is given up once the calls that did have taken the limit of one together:
    where it asks for too much at once, or for one input alone, the others are tried.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failures: dict[str, CallFailure] = {}
        self._endless: list[str] = []
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._spent_filling: defaultdict[str, float] = defaultdict(float)

    def __contains__(self, function: str) -> bool:
        """Return whether a function is not called again."""
        return function in self._failures

    def __getitem__(self, function: str) -> CallFailure:
        """Return the failure that all calls of it end with."""
        return self._failures[function]

    def copy(self) -> OutOfTime:
        """Return what is known now."""
        other = OutOfTime(self._limits)
        other._failures = dict(self._failures)
        other._endless = list(self._endless)
        other._spent = self._spent.copy()
        other._spent_filling = self._spent_filling.copy()
        return other

    def is_endless(self, function: str) -> bool:
        """Return whether a call of a function did not come to an end."""
        return function in self._endless

    @property
    def endless(self) -> tuple[Sequence[str], float]:
        """The functions that did not come to an end, and the seconds they have within others."""
        return self._endless, self._limits.call_seconds / _SHARE_WITHIN

    def stopped(self, call: CallRequest, limit: float) -> CallFailure:
        """Give up a function whose call had not ended in time; return the failure."""
        self._endless.append(call.function)
        self._failures[call.function] = failures.timed_out(call.text, limit)
        return self._failures[call.function]

    def stopped_within(self, call: CallRequest, inner: str) -> CallFailure:
        """Give up a function that was in a call of one that does not come to an end."""
        limits = self._limits.call_seconds / _SHARE_WITHIN, self._limits.call_seconds
        self._failures[call.function] = failures.stopped_within(call.text, inner, *limits)
        return self._failures[call.function]

    def spend(self, function: str, seconds: float) -> None:
        """Count what a call has taken; give its function up where all were too much."""
        self._spent[function] += seconds
        if self._spent[function] > self._limits.cpu_seconds:
            self._failures[function] = failures.used_up(function, self._limits.cpu_seconds)

    def fill(self, function: str, called: Sequence[str], seconds: float) -> None:
        """Count what a call has taken that filled the memory; give up as `spend` does.

        It counts where nothing but this function had been `called` in the process: others may have
        left too little memory.
        """
        if any(each != function for each in called):
            return
        self._spent_filling[function] += seconds
        if self._spent_filling[function] > self._limits.call_seconds:
            self._failures[function] = _filled(function, self._limits)


def _filled(function: str, limits: Limits) -> CallFailure:
    """Return the failure of a function whose calls ran out of memory, and took long to."""
    return CallFailure(
        Outcome.OUT_OF_MEMORY,
        _(
            "the calls of {function} ran out of memory (the limit is {limit} MB) and took more than"
            " {seconds:g} s together: it is not called again.",
            function=function,
            limit=limits.memory_megabytes,
            seconds=limits.call_seconds,
        ),
        cause=_("{function} ran out of memory", function=function),
    )
