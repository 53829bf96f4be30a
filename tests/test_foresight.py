"""Calls sent ahead: what a submission answers, and prints, never depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import walls

from grader.checking.foresight import Foresight
from grader.course import Limits
from grader.result import CheckResult, Outcome
from grader.sandbox.exchange import Call
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import WorkerHost
from grader.sandbox.worker import Worker

LIMITS = Limits(call_seconds=2.0, memory_megabytes=256)
PLAIN = "def first(x):\n    return x + 1\n\ndef second(x):\n    return [x, 2 * x]\n"
SUBMISSIONS = {
    "plain": PLAIN,
    "counts its calls": (
        "count = 0\ndef first(x):\n    global count\n    count += 1\n    return count\n"
        "def second(x):\n    return first(x)\n"
    ),
    "keeps what it was given": (
        "seen = []\ndef first(x):\n    seen.append(x)\n    return [list(map(float, seen))]\n"
        "second = first\n"
    ),
    "prints": (
        "print('loaded')\ndef first(x):\n    print('first', x)\n    return x\n"
        "def second(x):\n    print('second', x, flush=False)\n    return x\n"
    ),
    "prints a lot": ("def first(x):\n    print(str(x) * 20_000)\n    return x\nsecond = first\n"),
    "raises": "def first(x):\n    raise ValueError(x)\ndef second(x):\n    return x\n",
    "ends": (
        "import os\ncount = 0\ndef first(x):\n    global count\n    count += 1\n    print(count)\n"
        "    if count == 3:\n        os._exit(3)\n    return count\nsecond = first\n"
    ),
    "loops": (
        "count = 0\ndef first(x):\n    global count\n    count += 1\n    print('turn', count)\n"
        "    while count == 3:\n        pass\n    return count\ndef second(x):\n    return count\n"
    ),
    "fills the memory": (
        "kept = []\ndef first(x):\n    print('asked', x)\n    if x == 3:\n"
        "        kept.append(bytearray(1 << 40))\n    return len(kept)\nsecond = first\n"
    ),
    "returns a set": "def first(x):\n    return {x}\ndef second(x):\n    return x\n",
    "leaves a thread": (
        "import threading, time\nturns = []\ndef turn():\n    while len(turns) < 10**7:\n"
        "        turns.append(1)\n        time.sleep(0.01)\n"
        "def first(x):\n    threading.Thread(target=turn, daemon=True).start()\n    return x\n"
        "second = first\n"
    ),
}
Calls = Sequence[tuple[str, float]]
FORESEEN: Calls = [("first", float(x)) for x in range(6)] + [("second", 7.0), ("second", 8.0)]
MADE: dict[str, Calls] = {
    "the same": FORESEEN,
    "fewer": FORESEEN[:4],
    "none": [],
    "another at once": [("second", 1.0), *FORESEEN],
    "another later": [*FORESEEN[:5], ("first", 50.0), *FORESEEN[5:]],
    "more": [*FORESEEN, ("first", 9.0)],
}


@pytest.fixture(scope="module")
def bench() -> Iterator[walls.Bench]:
    with WorkerHost(walls.isolation("basic"), ["numpy"]) as host:
        yield walls.Bench(host)


def sent(bench: walls.Bench, calls: Calls) -> list[Call | None]:
    """Return the calls as a worker sends them."""
    worker = bench.worker(PLAIN, LIMITS)
    try:
        told(worker, calls)
        return worker.asked
    finally:
        worker.close()


def told(worker: Worker, calls: Calls) -> list[Any]:
    """Make the calls and return what is told of each."""
    answers: list[Any] = []
    for function, x in calls:
        try:
            answers.append(worker.call(function, [x]).value)
        except CallFailure as failure:
            answers.append((failure.outcome, failure.feedback))
    return answers


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("submission", SUBMISSIONS)
def test_nothing_depends_on_it(bench: walls.Bench, submission: str, made: str) -> None:
    found = []
    ahead = sent(bench, FORESEEN)
    for calls in ([], ahead):
        worker = bench.worker(SUBMISSIONS[submission], LIMITS)
        try:
            worker.load()
            worker.foresee(calls)
            answers = told(worker, MADE[made])
            worker.settle()
            answers += told(worker, [("second", 3.0)])
            found.append((answers, worker.output()))
        finally:
            worker.close()
    assert found[1] == found[0]


def test_calls_that_were_foreseen_are_made_once(bench: walls.Bench) -> None:
    losses = bench.host.losses
    worker = bench.worker(SUBMISSIONS["counts its calls"], LIMITS)
    try:
        worker.load()
        worker.foresee(sent(bench, FORESEEN))
        assert told(worker, FORESEEN) == list(range(1, 9))
        assert worker.asked_since(0) == tuple(worker.asked)
    finally:
        worker.close()
    assert bench.host.losses == losses


def test_functions_are_not_handed_over_ahead(bench: walls.Bench) -> None:
    source = "def run(f):\n    return f(2.0)\ndef plain(x):\n    return x\n"
    worker = bench.worker(source, LIMITS)
    try:
        worker.call("plain", [1.0])
        worker.call("run", [np.square])
        assert worker.asked_since(0) is None
        worker.foresee(worker.asked[:1])
        assert worker.call("run", [np.sqrt]).value == 2.0**0.5
        assert worker.call("plain", [1.0]).value == 1.0
    finally:
        worker.close()


class Asked:
    """Stands for a worker that is asked something."""

    def __init__(self, answer: bytes, calls: tuple[str, ...]) -> None:
        self.answer = answer
        self.calls = calls
        self.asked: list[str] = []
        self.foreseen: Sequence[str] = ()

    def listen(self) -> None:
        return

    def hear(self, call: str) -> bytes:
        assert call == self.calls[0]
        return self.answer

    def foresee(self, calls: Sequence[str]) -> None:
        self.foreseen = calls

    def settle(self) -> None:
        self.asked += self.calls

    def asked_since(self, number: int) -> tuple[str, ...]:
        return tuple(self.asked[number:])


def test_what_all_right_submissions_are_asked_is_learned() -> None:
    foresight = Foresight()

    def foreseen(outcome: Outcome, *calls: str, answer: bytes = b"right") -> list[str]:
        worker = Asked(answer, calls)
        result = CheckResult("a", "a", "f", outcome, 0.0, 1.0, True)
        with foresight.group("group", worker, [result]):  # type: ignore[arg-type]
            pass
        return list(worker.foreseen)

    passed, failed = Outcome.PASSED, Outcome.FAILED
    assert foreseen(failed, "x") == []
    assert foreseen(passed, "a", "b", "own 1") == []
    assert foreseen(failed, "a", "x") == []  # nobody has answered the first rightly yet
    assert foreseen(passed, "a", "b", "own 1") == []
    assert foreseen(failed, "a", "x") == ["b", "own 1"]
    assert foreseen(failed, "a", "x", answer=b"wrong") == []
    assert foreseen(passed, "a", "b", "own 2", answer=b"") == []
    assert foreseen(passed, "a", "b", "own 2") == ["b"]
    assert foreseen(passed, "a", "b", "own 2", answer=b"right too") == []
    assert foreseen(passed, "a", answer=b"right too") == ["b"]
    assert foreseen(passed, "a") == []
