"""How checks have ended, by what they were answered: one that hears the same ends the same.

A check is a function of the seed and of what the submission answers, and most of a class answers
the same: the right thing, or what a common mistake makes of it. So the answers are asked for as
the check would, and where all of them are known, so is the check's result. Where one is not, the
check itself is run, on the answers that are there already.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from grader.result import CheckResult, Outcome
from grader.sandbox.exchange import Call
from grader.sandbox.worker import Worker

_MOST_STEPS: Final = 10_000
_MOST_BYTES: Final = 1 << 24  # of all calls together
_LONGEST_CALL: Final = 65_536  # bytes
_OFTEN_ENOUGH: Final = 2
_STATE_BYTES: Final = 16
_FOLLOWING_ANSWERS: Final = frozenset([Outcome.PASSED, Outcome.FAILED])


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a check has ended, and in how many runs of it."""

    result: CheckResult
    runs: int


class Transcripts:
    """What checks do next and how they end, for each way that they were answered so far.

    A result is recalled once that many runs of the check have agreed on it. A check that does not
    do the same for the same answers, as one with random numbers of its own, is always run.
    """

    def __init__(self) -> None:
        self._next: OrderedDict[bytes, Call | _Ending] = OrderedDict()
        self._bytes = 0
        self._unsteady: set[Hashable] = set()

    def recall(self, key: Hashable, worker: Worker) -> CheckResult | None:
        """Ask the submission what the check would ask; return the result that its answers give.

        Where that is not known, the worker keeps the answers for the check's own calls.
        """
        if key in self._unsteady:
            return None
        state = _start(key)
        while isinstance(step := self._found(state), Call):
            digest = worker.hear(step, functools.partial(self._leads_on, state))
            if not digest:
                return None
            state = _after(state, digest)
        if step is None or step.runs < _OFTEN_ENOUGH:
            return None
        worker.accept_heard()
        return step.result

    def learn(
        self, key: Hashable, heard: Sequence[tuple[Call, bytes] | None], result: CheckResult
    ) -> None:
        """Keep how a check has ended after these calls, each with the digest of its answer.

        None stands for what is not a function of the submission's answers.
        """
        if key in self._unsteady or result.outcome not in _FOLLOWING_ANSWERS:
            return
        steps = [one for one in heard if one is not None and len(one[0].content) <= _LONGEST_CALL]
        if len(steps) < len(heard):
            return
        state = _start(key)
        steady = True
        for call, digest in steps:
            known = self._found(state)
            steady = steady and (known is None or known == call)
            self._put(state, call)
            state = _after(state, digest)
        known = self._found(state)
        result = replace(result, seconds=0.0)
        if known is None:
            self._put(state, _Ending(result, 1))
        elif steady and isinstance(known, _Ending) and known.result == result:
            self._put(state, _Ending(result, min(known.runs + 1, _OFTEN_ENOUGH)))
        else:
            steady = False
        if not steady:
            self._unsteady.add(key)

    def _leads_on(self, state: bytes, digest: bytes) -> bool:
        """Return whether this answer has been given before at this point."""
        return _after(state, digest) in self._next

    def _found(self, state: bytes) -> Call | _Ending | None:
        step = self._next.get(state)
        if step is not None:
            self._next.move_to_end(state)
        return step

    def _put(self, state: bytes, step: Call | _Ending) -> None:
        self._bytes += _size(step) - _size(self._next.get(state))
        self._next[state] = step
        self._next.move_to_end(state)
        while len(self._next) > _MOST_STEPS or self._bytes > _MOST_BYTES:
            _, oldest = self._next.popitem(last=False)
            self._bytes -= _size(oldest)


def _size(step: Call | _Ending | None) -> int:
    return len(step.content) if isinstance(step, Call) else 0


def _start(key: Hashable) -> bytes:
    return blake2b(repr(key).encode(), digest_size=_STATE_BYTES).digest()


@functools.lru_cache(maxsize=2)  # asked for once the answer is there, and again to go on from it
def _after(state: bytes, digest: bytes) -> bytes:
    return blake2b(state + digest, digest_size=_STATE_BYTES).digest()
