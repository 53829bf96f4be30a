"""What checks ask next, given what they were answered: to ask it early, and to recall the result.

A check is a function of the seed and of what the submission answers, and most of a class answers
the same: the right thing, or what a common mistake makes of it. So all that was heard of a check is
kept in a tree. Its nodes are what the check does next, a call or its end; its branches are the
digests of the answers:

    exercise3, seed 0, test_forward

                 call forward(x, w)                   64 visits
                  ╱       │      ╲
             9f3c…     41d0…     c07e…
               │         │         └───────────────── FAILED "a[0] is off by 12 %"   4 visits
               │         └── call forward(2 x, w)    21 visits
               │               └── 77aa… ──────────── FAILED "a is not linear"      21 visits
             call forward(2 x, w)                     39 visits
               └── b1e2… ──────────────────────────── PASSED                        39 visits

`recall` asks the submission what the check would ask, from the top, and where the answers lead to
an end, that is the check's result: it is not run.

The first answer tells most of what will be asked, in this check and in those after it: it is right,
or what one mistake makes of it. So for each first answer a `Forecast` counts what was asked from
there on, and where nearly all were asked the same, it is sent ahead:

    test_forward, 9f3c…    forward(2 x, w)    forward(3 x, w)    forward(x, 2 w)
           asked of 39            39                 39                 31 < 90 %: not sent

Neither changes a result. A check that has not done the same for the same answers, as one with
random numbers of its own, is run each time; what was sent ahead in vain is rolled back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from grader.result import CheckResult, Outcome
from grader.sandbox.exchange import CallRequest
from grader.sandbox.pipeline import Pipeline, Step
from grader.sandbox.process import MAX_AHEAD

_MAX_NODES: Final = 10_000
_MAX_BYTES: Final = 1 << 24  # of all calls together
_MAX_CALL_BYTES: Final = 65_536
_RUNS_ENOUGH: Final = 2  # that have agreed before a result is recalled
_MAX_FORECASTS: Final = 256  # each of no more bytes than are sent ahead
_SURE: Final = 0.9  # rolling back costs as much as some ten calls sent ahead save
_FOLLOWING_ANSWERS: Final = frozenset([Outcome.PASSED, Outcome.FAILED])


class Node:
    """What a check does next after some answers: it makes a call, or it has ended."""

    __slots__ = ("branches", "call", "digest", "parent", "result", "visits")

    def __init__(self, parent: Node | None = None, digest: bytes = b"") -> None:
        self.parent = parent
        self.digest = digest  # of the answer that leads here from there
        self.call: CallRequest | None = None
        self.result: CheckResult | None = None
        self.visits = 0
        self.branches: dict[bytes, Node] = {}

    @property
    def unknown(self) -> bool:
        """Whether nothing has been heard of it yet."""
        return self.call is None and self.result is None

    def visit(self) -> None:
        """Count one more submission that has come here."""
        node: Node | None = self
        while node is not None:
            node.visits += 1
            node = node.parent


class Forecast:
    """What those who gave the same first answer were asked from there on."""

    __slots__ = ("_agreed", "_calls", "_seen")

    def __init__(self) -> None:
        self._seen = 0
        self._calls: list[CallRequest] = []
        self._agreed: list[int] = []  # how many were asked each of these, and all before it

    def learn(self, calls: Sequence[CallRequest]) -> None:
        """Count one more who was asked these calls."""
        self._seen += 1
        for place, call in enumerate(calls):
            if place == len(self._calls) or (
                self._calls[place] != call and 2 * self._agreed[place] < self._seen
            ):
                self._calls[place:] = calls[place:]
                self._agreed[place:] = [1] * (len(calls) - place)
                return
            if self._calls[place] != call:
                return
            self._agreed[place] += 1

    def likely(self) -> list[CallRequest]:
        """Return the calls that nearly all were asked."""
        pairs = zip(self._calls, self._agreed, strict=True)
        return [call for call, _ in takewhile(lambda pair: pair[1] >= _SURE * self._seen, pairs)]


def first_plain(asked: Sequence[CallRequest | None]) -> list[CallRequest]:
    """Return the calls before the first None, which stands for one that cannot be sent ahead."""
    size = 0
    calls = []
    for call in asked:
        size += len(call.content) if call is not None else 0
        if call is None or size > MAX_AHEAD:
            break
        calls.append(call)
    return calls


class Replay:
    """The trees of all checks, bounded in memory: what was not heard for longest goes first."""

    def __init__(self) -> None:
        self._roots: dict[Hashable, Node] = {}
        self._unsteady: set[Hashable] = set()
        self._stops: OrderedDict[Node, Hashable] = OrderedDict()  # where checks stopped, by age
        self._nodes = 0
        self._bytes = 0
        self._forecasts: OrderedDict[tuple[Hashable, bytes], Forecast] = OrderedDict()

    def recall(self, key: Hashable, pipeline: Pipeline) -> CheckResult | None:
        """Ask the submission what the check would ask; return the result its answers lead to.

        None where that is not known. The pipeline keeps the answers for the check's own calls.
        """
        node = self._roots.get(key)
        while node is not None and node.call is not None:
            node = node.branches.get(pipeline.answer(node.call, node.branches.__contains__))
        if node is None or node.result is None or node.visits < _RUNS_ENOUGH:
            return None
        pipeline.accept()
        self._stop_at(node, key)
        return node.result

    def learn(self, key: Hashable, steps: Sequence[Step | None], result: CheckResult) -> None:
        """Keep how a check has gone on and ended after these calls and digests of answers.

        From a None among the steps on, what it did is no function of the submission's answers, or
        not of those that have digests. Then it is known for the way up to there only.
        """
        if key in self._unsteady:
            return
        node = self._roots.get(key)
        if node is None:
            node = self._roots[key] = Node()
            self._nodes += 1
        for step in steps:
            if step is None or len(step[0].content) > _MAX_CALL_BYTES:
                break
            call, digest = step
            if node.unknown:
                node.call = call
                self._bytes += len(call.content)
            if node.call != call:
                self._give_up(key)
                return
            node = self._branch(node, digest)
        else:
            if result.outcome in _FOLLOWING_ANSWERS and not result.pictures:  # they would fill it
                result = replace(result, seconds=0.0)
                if node.unknown:
                    node.result = result
                if node.result != result:
                    self._give_up(key)
                    return
        self._stop_at(node, key)
        while self._stops and (self._nodes > _MAX_NODES or self._bytes > _MAX_BYTES):
            self._forget(*self._stops.popitem(last=False))

    def forecast(self, key: Hashable, pipeline: Pipeline) -> Forecast | None:
        """Ask the first call of a check; return the forecast for its answer.

        None where there is no call that all are asked first, or it fails.
        """
        node = self._roots.get(key)
        if node is None or node.call is None:
            return None
        digest = pipeline.answer(node.call, node.branches.__contains__)
        if not digest:
            return None
        place = key, digest
        found = self._forecasts.setdefault(place, Forecast())
        self._forecasts.move_to_end(place)
        while len(self._forecasts) > _MAX_FORECASTS:
            self._forecasts.popitem(last=False)
        return found

    def _branch(self, node: Node, digest: bytes) -> Node:
        branch = node.branches.get(digest)
        if branch is None:
            branch = node.branches[digest] = Node(node, digest)
            self._nodes += 1
        return branch

    def _stop_at(self, node: Node, key: Hashable) -> None:
        node.visit()
        self._stops[node] = key
        self._stops.move_to_end(node)

    def _give_up(self, key: Hashable) -> None:
        """Forget all of a check that does not do the same for the same answers."""
        self._unsteady.add(key)
        for node in [node for node, other in self._stops.items() if other == key]:
            del self._stops[node]
        waiting = [self._roots.pop(key)]
        while waiting:
            node = waiting.pop()
            self._uncount(node)
            waiting += node.branches.values()

    def _forget(self, node: Node, key: Hashable) -> None:
        """Forget a node where nobody has stopped for long, and what leads to it alone."""
        while not node.branches and node not in self._stops:
            self._uncount(node)
            if node.parent is None:
                del self._roots[key]
                return
            del node.parent.branches[node.digest]
            node = node.parent

    def _uncount(self, node: Node) -> None:
        self._nodes -= 1
        if node.call is not None:
            self._bytes -= len(node.call.content)
