"""Requests that wait for an attempt: each is answered as soon as it has ended, or after a while.

One that waits takes no thread. While there are any, one look into the database a few times a
second serves all of them; so nobody has to ask again and again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from typing import Any, Final

from grader.quick_dataclass import dataclass

_LOOK_SECONDS: Final = 0.1
_MOST: Final = 4_000
_MOST_EACH: Final = 8


@dataclass(frozen=True, slots=True)
class Hold:
    """What an answer waits for.

    Attributes
    ----------
    person : int
        Who asks.
    attempt : int
        Until this has ended.
    seconds : float
        Or until so long has gone by.
    ended, over : bytes
        What is answered where it has ended, and where it has not.
    """

    person: int
    attempt: int
    seconds: float
    ended: bytes
    over: bytes


class WaitOutcome(Enum):
    """How waiting has ended."""

    ENDED = auto()
    OVER = auto()
    GONE = auto()
    REFUSED = auto()


class Waiting:
    """Holds requests until the attempts that they ask for have ended.

    Parameters
    ----------
    ended_of : callable
        Takes the numbers of attempts and returns those that have ended; called in a thread.
    """

    def __init__(self, ended_of: Callable[[Collection[int]], Collection[int]]) -> None:
        self._ended_of = ended_of
        self._held: dict[asyncio.Future[None], Hold] = {}
        self._people: Counter[int] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "waiting")

    async def until_ended(self, hold: Hold, receive: Callable[[], Awaitable[Any]]) -> WaitOutcome:
        """Wait; somebody who has too many requests waiting already is refused.

        Parameters
        ----------
        hold : Hold
        receive : callable
            Returns once whoever asks has gone.
        """
        if len(self._held) >= _MOST or self._people[hold.person] >= _MOST_EACH:
            return WaitOutcome.REFUSED
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(receive())
        self._held[ended] = hold
        self._people[hold.person] += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait((ended, gone), timeout=hold.seconds, return_when="FIRST_COMPLETED")
        finally:
            del self._held[ended]
            self._people -= Counter({hold.person: 1})  # which forgets whoever has none left
        if gone.done():
            return WaitOutcome.GONE
        gone.cancel()
        return WaitOutcome.ENDED if ended.done() else WaitOutcome.OVER

    async def _look(self) -> None:
        """Look which attempts have ended for as long as anybody waits."""
        loop = asyncio.get_running_loop()
        try:
            while self._held:
                await asyncio.sleep(_LOOK_SECONDS)
                wanted = {hold.attempt for hold in self._held.values()}
                found = await loop.run_in_executor(self._thread, self._ended_of, wanted)
                for ended, hold in self._held.items():
                    if hold.attempt in found and not ended.done():
                        ended.set_result(None)
        finally:
            self._looking = None
