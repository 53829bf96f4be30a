"""Calls made early: what a submission answers, and prints, never depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
import sandboxes
from thoroughness import thorough

from grader.checking.replay import Forecast
from grader.course import Limits
from grader.sandbox.exchange import CallRequest
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.submission_session import SubmissionSession

LIMITS = Limits(call_seconds=1.0, memory_megabytes=256)
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
    "loops in what another calls": (
        "count = 0\ndef first(x):\n    global count\n    count += 1\n    print('turn', count)\n"
        "    while count == 3 or x == 3:\n        pass\n    return count\n"
        "def second(x):\n    return first(x)\n"
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
QUICK = {"plain", "counts its calls", "keeps what it was given", "prints"}
EACH_WITH_EACH = thorough(
    product(SUBMISSIONS, MADE),
    but=lambda case: case[0] in QUICK or (case[1] == "another later" and case[0] != "loops"),
)
"""Where the calls are others than those foreseen is where any submission might show it; one loop
takes its time.
"""


@pytest.fixture(scope="module")
def bench() -> Iterator[sandboxes.SandboxSessions]:
    with SandboxHost(sandboxes.isolation("basic"), ["numpy"]) as host:
        yield sandboxes.SandboxSessions(host)


def prepared(session: SubmissionSession, calls: Calls) -> list[CallRequest]:
    """Return the calls as a session sends them."""
    return [session.request(function, [x]).call for function, x in calls]


def told(pipeline: Pipeline | SubmissionSession, calls: Calls) -> list[Any]:
    """Make the calls and return what is told of each."""
    answers: list[Any] = []
    for function, x in calls:
        try:
            answers.append(pipeline.call(function, [x]).value)
        except CallFailure as failure:
            answers.append((failure.outcome, failure.feedback))
    return answers


@pytest.mark.parametrize(("submission", "made"), EACH_WITH_EACH)
def test_nothing_depends_on_it(
    bench: sandboxes.SandboxSessions, submission: str, made: str
) -> None:
    found = []
    for early in (0, len(FORESEEN)):
        session = bench.session(SUBMISSIONS[submission], LIMITS)
        try:
            session.load()
            pipeline = Pipeline(session)
            pipeline.prefetch(prepared(session, FORESEEN[:early]))
            answers = told(pipeline, MADE[made])
            pipeline.settle()
            printed = session.output()
            answers += told(pipeline, [("second", 3.0)])
            found.append((answers, printed, session.output()))
        finally:
            session.close()
    assert found[1] == found[0]


@pytest.mark.parametrize(("submission", "made"), EACH_WITH_EACH)
def test_nothing_depends_on_what_was_answered_early(
    bench: sandboxes.SandboxSessions, submission: str, made: str
) -> None:
    found = []
    for answered, sent in ((0, 0), (5, 0), (4, 4)):
        session = bench.session(SUBMISSIONS[submission], LIMITS)
        try:
            pipeline = Pipeline(session)
            answers = told(pipeline, [("first", 0.5)])
            ahead = prepared(session, FORESEEN)
            for call in ahead[:answered]:
                pipeline.answer(call)
            pipeline.prefetch(ahead[answered : answered + sent])
            answers += told(pipeline, MADE[made])
            pipeline.settle()
            answers += told(session, [("second", 3.0)])
            found.append((answers, session.output()))
        finally:
            session.close()
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_calls_that_were_foreseen_are_made_once(bench: sandboxes.SandboxSessions) -> None:
    losses = bench.host.losses
    session = bench.session(SUBMISSIONS["counts its calls"], LIMITS)
    try:
        session.load()
        pipeline = Pipeline(session)
        calls = prepared(session, FORESEEN)
        pipeline.prefetch(calls)
        assert told(pipeline, FORESEEN) == list(range(1, 9))
        assert [step and step[0] for step in pipeline.steps] == calls
    finally:
        session.close()
    assert bench.host.losses == losses


@pytest.mark.parametrize(
    ("submission", "printed", "asks", "started"),
    [("plain", "", 0, 1), ("plain", "", 1, 2), ("prints", "loaded\nfirst 0.0\n", 0, 2)],
)
def test_what_is_rolled_back_is_done_again_only_where_it_is_needed(
    bench: sandboxes.SandboxSessions,
    monkeypatch: pytest.MonkeyPatch,
    submission: str,
    printed: str,
    asks: int,
    started: int,
) -> None:
    forks: list[Limits] = []
    fork = bench.host.fork
    monkeypatch.setattr(bench.host, "fork", lambda limits: forks.append(limits) or fork(limits))
    session = bench.session(SUBMISSIONS[submission], LIMITS)
    try:
        pipeline = Pipeline(session)
        calls = prepared(session, FORESEEN)
        told(pipeline, FORESEEN[:1])
        pipeline.prefetch(calls[1:])
        pipeline.settle()
        told(pipeline, FORESEEN[1 : 1 + asks])
        assert session.output() == printed
    finally:
        session.close()
    assert len(forks) == started


def test_functions_are_not_handed_over_ahead(bench: sandboxes.SandboxSessions) -> None:
    source = "def run(f):\n    return f(2.0)\ndef plain(x):\n    return x\n"
    session = bench.session(source, LIMITS)
    try:
        pipeline = Pipeline(session)
        pipeline.call("plain", [1.0])
        pipeline.call("run", [np.square])
        assert pipeline.steps[0] is not None
        assert pipeline.steps[1] is None
        pipeline.prefetch([pipeline.steps[0][0]])
        assert pipeline.call("run", [np.sqrt]).value == 2.0**0.5
        assert pipeline.call("plain", [1.0]).value == 1.0
    finally:
        session.close()


def test_functions_that_answer_for_others_are_asked_again_after_rolling_back(
    bench: sandboxes.SandboxSessions,
) -> None:
    source = (
        "count = 0\ndef inner(x):\n    return 0\n"
        "def outer(x):\n    global count\n    count += 1\n    return inner(x) + count\n"
    )
    session = bench.session(source, LIMITS)
    try:
        pipeline = Pipeline(session)
        others = {"inner": lambda _x: 10}
        assert pipeline.call("outer", [1.0], others=others).value == 11
        pipeline.answer(session.request("outer", [2.0]).call)
        assert pipeline.call("outer", [3.0]).value == 2
        assert pipeline.call("outer", [4.0], others=others).value == 13
    finally:
        session.close()


def test_a_limit_that_was_hit_early_only_is_no_limit(bench: sandboxes.SandboxSessions) -> None:
    source = "def wait(x):\n    while x > 1:\n        pass\n    return x\n"
    session = bench.session(source, Limits(call_seconds=0.3))
    try:
        pipeline = Pipeline(session)
        assert pipeline.answer(session.request("wait", [2.0]).call) == b""
        assert pipeline.call("wait", [1.0]).value == 1.0
        with pytest.raises(CallFailure):
            pipeline.call("wait", [3.0])
        with pytest.raises(CallFailure):
            pipeline.call("wait", [1.0])
    finally:
        session.close()


def as_call(name: str) -> CallRequest:
    return CallRequest(name, name.encode(), 0, name, {})


def test_what_nearly_all_are_asked_is_foreseen() -> None:
    forecast = Forecast()

    def likely_after(*names: str) -> str:
        forecast.learn([as_call(name) for name in names])
        return " ".join(call.function for call in forecast.likely())

    assert forecast.likely() == []
    assert likely_after("b", "c", "own 1") == "b c own 1"
    assert likely_after("b", "c", "own 2") == "b c"
    assert likely_after("b") == "b"
    for _ in range(40):
        likely_after("b", "c", "own 3")
    assert likely_after("b", "c", "own 3") == "b c own 3"
    assert likely_after("x") == "b c own 3"
    for _ in range(10):
        likely_after("x")
    assert likely_after("b", "c") == ""
    for _ in range(90):
        likely_after("x", "y")
    assert likely_after("x", "y") == ""
