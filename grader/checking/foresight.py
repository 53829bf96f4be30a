"""Which calls come next: learned from right submissions, which are all asked the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile

from grader.result import CheckResult, Outcome
from grader.wall.worker import Worker


class Foresight:
    """What groups of checks have asked of submissions that had passed them and all before them.

    Of what they were asked only the beginning is kept that all have in common: what a check asks
    after a value of the submission's own is another call for each.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Sequence[bytes]] = {}

    @contextmanager
    def group(
        self, key: Hashable, worker: Worker, results: Sequence[CheckResult]
    ) -> Iterator[None]:
        """Have the worker foresee the calls of a group of checks, and learn from what it is asked.

        `results` are those of all checks up to now; the group's are added meanwhile.
        """
        known = self._known.get(key)
        worker.foresee(known or ())
        before = len(worker.asked)
        try:
            yield
        finally:
            worker.settle()
        if all(result.outcome is Outcome.PASSED for result in results):
            asked = worker.asked_since(before)
            if asked is not None and known is None:
                self._known[key] = asked
            elif asked is not None and known is not None:
                pairs = takewhile(lambda pair: pair[0] == pair[1], zip(known, asked, strict=False))
                self._known[key] = [call for call, _ in pairs]
