"""A check whose result is known from what it was answered ends as if it had been run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sandboxes
from batch_course import RIGHT, make_course

from grader.checking import checks as checks_module
from grader.checking import replay
from grader.checking.checks import Checks, collected
from grader.course import Course, Exercise, load_course
from grader.language import translated
from grader.result import CheckResult, Outcome
from grader.sandbox.host import SandboxHost
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

ROUNDS = 4  # from the third on all that can be known is
CHECKS = '''
import pytest


@pytest.mark.function("double")
@pytest.mark.points(1)
def test_some(student, reference, compare, rng):
    """Numbers are doubled"""
    for x in [2.0, *rng.normal(size=3)]:
        compare.close(student.double(x), reference.double(x), names="double")


@pytest.mark.function("double")
@pytest.mark.points(1)
def test_again(student, compare):
    """What was doubled is doubled again"""
    compare.close(student.double(student.double(3.0)), 12.0, names="double")


@pytest.mark.function("double")
@pytest.mark.points(0.5)
def test_elsewhere(student, compare):
    """It asks for what another function returns"""
    value = student.given(half=[((6.0,), 3.0)]).double(3.0)
    compare.close(value, 6.0, names="double")
    compare.that(not student.warnings, "it warns.")


@pytest.mark.function("double")
@pytest.mark.points(0.5)
def test_name(student, compare):
    """There is no function triple"""
    compare.close(student.double(1.0), 2.0, names="double")
    compare.that(not student.defines("triple"), "there is a function triple.")
'''
SUBMISSIONS = {
    "right": RIGHT,
    "right too": "def double(x):\n    return x + x\n",
    "wrong": "def double(x):\n    return x * x\n",
    "wrong for some": "def double(x):\n    return 2 * abs(x)\n",
    "of another type": "def double(x):\n    return [2 * x]\n",
    "also triples": f"{RIGHT}triple = double\n",
    "raises": "def double(x):\n    raise ValueError(x)\n",
    "ends": "import os\ndef double(x):\n    if x < 2:\n        os._exit(3)\n    return 2 * x\n",
    "prints": "def double(x):\n    print('asked for', x)\n    return 2 * x\n",
    "warns": "import warnings\ndef double(x):\n    warnings.warn('odd')\n    return 2 * x\n",
    "calls another": "def half(x):\n    return 0\ndef double(x):\n    return half(6.0) + x\n",
    "counts": (
        "count = 0\ndef double(x):\n    global count\n    count += 1\n    print(count)\n"
        "    return 2 * x if count < 7 else count\n"
    ),
    "tires": (
        "count = 0\ndef double(x):\n    global count\n    count += 1\n"
        "    return 2 * x if count % 3 else 0.0\n"
    ),
    "has none": "def doubled(x):\n    return 2 * x\n",
    "fills the memory": (
        "def double(x):\n    if x == 3:\n        bytearray(1 << 40)\n    return 2 * x\n"
    ),
}


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxHost]:
    with SandboxHost(sandboxes.isolation("basic"), ["numpy"]) as host:
        yield host


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(make_course(tmp_path_factory.mktemp("course"), checks=CHECKS))


Told = tuple[tuple[CheckResult, ...], str]


def in_session(course: Course, host: SandboxHost, work: Callable[[Tell], None]) -> None:
    """Have `work` called with what tells how a source does, by running all checks or not."""
    exercise = course.exercise("double")
    with collected(course, [exercise]) as checks:
        work(Tell(checks, exercise, host))


class Tell:
    """Tells what the checks say of a source, and what it prints meanwhile."""

    def __init__(self, checks: Checks, exercise: Exercise, host: SandboxHost) -> None:
        self.checks = checks
        self.exercise = exercise
        self.host = host

    def __call__(self, source: str, *, run_all: bool = False) -> Told:
        session = SubmissionSession(
            self.host, SubmissionSource((CodeBlock("double.py", source),)), self.exercise.limits
        )
        with ExitStack() as stack:
            stack.callback(session.close)
            results = self.checks.run(self.exercise, session, 0, afresh=run_all)
            return tuple(replace(result, seconds=0.0) for result in results), session.output()


def test_a_class_is_told_the_same_as_by_running_all(course: Course, host: SandboxHost) -> None:
    def work(tell: Tell) -> None:
        expected = {name: tell(source, run_all=True) for name, source in SUBMISSIONS.items()}
        assert len({str(told) for told in expected.values()}) >= 10
        for turn in range(ROUNDS):
            for name, source in SUBMISSIONS.items():
                assert tell(source) == expected[name], (turn, name)

    in_session(course, host, work)


def test_what_is_recalled_is_told_in_other_languages_too(course: Course, host: SandboxHost) -> None:
    def chinese(told: Told) -> list[str]:
        return [translated(text, "zh_CN") for one in told[0] for text in (one.feedback, one.cause)]

    def work(tell: Tell) -> None:
        for source in map(SUBMISSIONS.__getitem__, ("wrong", "raises", "ends", "has none")):
            expected = chinese(tell(source, run_all=True))
            assert any(not text.isascii() for text in expected)
            for _ in range(ROUNDS):
                assert chinese(tell(source)) == expected

    in_session(course, host, work)


def test_a_check_is_not_run_for_what_it_has_heard_before(
    course: Course, host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(tell: Tell) -> None:
        ran: list[str] = []
        run = checks_module._run

        def counted(*arguments: Any) -> CheckResult:
            result = run(*arguments)
            ran.append(result.id.rpartition("::")[2])
            return result

        monkeypatch.setattr(checks_module, "_run", counted)
        by_turn = []
        for source in (RIGHT, SUBMISSIONS["right too"], RIGHT, SUBMISSIONS["wrong"], RIGHT):
            ran.clear()
            tell(source)
            by_turn.append(list(ran))
        everything = ["test_some", "test_again", "test_elsewhere", "test_name"]
        # what asks for more than answers is run each time
        assert by_turn == [everything, everything, ["test_name"], everything, ["test_name"]]

    in_session(course, host, work)


UNSTEADY = {
    "random": "value = float(np.random.default_rng().normal())\n    student.double(value)",
    "counting": "TURNS.append(1)\n    student.double(float(len(TURNS)))",
    "by turns": (
        "TURNS.append(1)\n    student.double(1.0)\n"
        "    compare.that(len(TURNS) % 2, 'not this time.')"
    ),
}


@pytest.mark.parametrize("kind", UNSTEADY)
def test_a_check_that_does_not_do_the_same_is_always_run(
    tmp_path: Path, host: SandboxHost, kind: str
) -> None:
    checks = (
        "import numpy as np\nimport pytest\n\nTURNS = []\n\n\n"
        '@pytest.mark.function("double")\n@pytest.mark.points(3)\n'
        f'def test_it(student, compare):\n    """It"""\n    {UNSTEADY[kind]}\n'
    )
    counted = "count = 0\ndef double(x):\n    global count\n    count += 1\n    print(count, x)\n"

    def work(tell: Tell) -> None:
        outcomes = []
        for turn in range(1, 7):
            (result,), printed = tell(counted)
            outcomes.append(result.outcome)
            # once that it is unsteady is known, each submission is asked once, and what it asks
            assert len(printed.splitlines()) == 1
            if kind == "counting":
                assert printed == f"1 {float(turn)}\n"
        if kind == "by turns":
            assert outcomes == [Outcome.PASSED, Outcome.FAILED] * 3
        else:
            assert set(outcomes) == {Outcome.PASSED}

    in_session(load_course(make_course(tmp_path / "course", checks=checks)), host, work)


@pytest.mark.parametrize(("limit", "most"), [("_MAX_NODES", 30), ("_MAX_BYTES", 300)])
def test_what_was_not_heard_for_long_is_forgotten(
    course: Course, host: SandboxHost, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(replay, limit, most)

    def work(tell: Tell) -> None:
        expected = {name: tell(source, run_all=True) for name, source in SUBMISSIONS.items()}
        for _ in range(2):
            for name, source in SUBMISSIONS.items():
                assert tell(source) == expected[name], name
        kept = tell.checks._replay
        nodes = list(all_nodes(kept))
        assert kept._nodes == len(nodes)
        assert kept._bytes == sum(len(node.call.content) for node in nodes if node.call)
        assert {node for node in nodes if not node.branches} <= set(kept._stops) <= set(nodes)
        assert 0 < (kept._nodes if limit == "_MAX_NODES" else kept._bytes) <= most

    in_session(course, host, work)


def all_nodes(kept: replay.Replay) -> Iterator[replay.Node]:
    waiting = list(kept._roots.values())
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.branches.values()
