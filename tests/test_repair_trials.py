"""All texts of a search for repairs are run in one process, as if each had one of its own."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grader.course import find_course
from grader.diagnosis.options import Options
from grader.diagnosis.repair import trials
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Outcome, Result
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
COURSE = find_course(ROOT, ROOT)
RIGHT = """
import numpy as np

class Net:
    def __init__(self, scale):
        self.scale = scale
    def squash(self, z):
        return self.scale / (1 + np.exp(-z))

net = Net(1.0)

def forward(x, weight_1, weight_2, bias):
    hidden = net.squash(x @ weight_1 + bias[0])
    output = net.squash(hidden @ weight_2 + bias[1])
    return hidden, output

def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    error = (output - target) * output * (1 - output)
    back = weight_2 @ error
    return np.outer(x, back * hidden * (1 - hidden)), np.outer(hidden, error)
"""
GUARDED = """
def report():
    print("done")

if __name__ == "__main__":
    def forward(x, weight_1, weight_2, bias):
        hidden = 1 / (1 + np.exp(-(x @ weight_1 + bias[0])))
        output = 1 / (1 + np.exp(-(hidden @ weight_2 + bias[1])))
        return hidden, output
    report()
"""
WRONG = ("back = weight_2 @ error", "back = weight_2.T @ error", "weight_2.T")
DIES = """
import os
seen = []

def slope(value):
    if abs(value[0] - seen[-1][0]) > 1e-9 and value[0] > 1:
        os.kill(os.getpid(), 9)
    return value * (1 - value)
"""
CASES = {
    "a function": (RIGHT, *WRONG),
    "a method of an object that is made once": (
        RIGHT,
        "return self.scale / (1 + np.exp(-z))",
        "return self.scale / (1 + np.exp(z))",
        "z",
    ),
    "an object that is made once": (RIGHT, "net = Net(1.0)", "net = Net(1.0)\nnet.scale = 1", None),
    "under a main guard": (
        RIGHT.replace("def forward(", "def unused(") + GUARDED,
        "-(hidden @ weight_2 + bias[1])",
        "-(hidden @ weight_2 + bias[0])",
        "0",
    ),
    "what depends on the future": (
        "from __future__ import annotations\n"
        + RIGHT.replace("(x, target,", "(x: Unknown, target,"),
        *WRONG,
    ),
    "a process that dies among the trials": (
        RIGHT.replace("hidden * (1 - hidden)", "slope(hidden)").replace(
            "    back =", "    seen.append(hidden)\n    back ="
        )
        + DIES,
        "(output - target)",
        "(output + target)",
        "output + target",
    ),
    "a loop that an edit makes endless": (
        RIGHT.replace(
            "    back = weight_2 @ error\n",
            "    back = np.zeros(2)\n    j = 0\n    while j < 2:\n"
            "        back[j] = weight_2[j] @ error\n        j += 1\n",
        ),
        "weight_2[j] @ error",
        "weight_2[j] @ error * 2",
        "2",
    ),
}


def text_of(name: str) -> str:
    text, old, new, _part = CASES[name]
    assert text.count(old) == 1
    return text.replace(old, new)


def parts(result: Result) -> set[str]:
    return {
        place.text[place.column : place.end_column]
        for check in result.checks
        for one in check.diagnosis
        for place in one.places
    }


@pytest.fixture(scope="module")
def grade() -> Any:
    """Grades a text as exercise 2; the processes that it took are counted."""
    with pytest.MonkeyPatch.context() as patch, Grader(COURSE, resolve("basic")) as grader:
        fork = SandboxHost.fork
        forks: list[object] = []
        patch.setattr(SandboxHost, "fork", lambda *given: forks.append(1) or fork(*given))

        def graded(text: str) -> tuple[Result, int]:
            forks.clear()
            submission = submission_from_bytes("exercise2.py", text.encode())
            result = grader.grade(submission, COURSE.exercise("exercise2"), 0)
            return result, len(forks)

        yield graded


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[3]])
def test_the_part_is_found(name: str, grade: Callable[[str], tuple[Result, int]]):
    assert CASES[name][3] in parts(grade(text_of(name))[0])


def test_right_work_is_right(grade: Callable[[str], tuple[Result, int]]):
    result, forks = grade(text_of("an object that is made once"))
    assert {check.outcome for check in result.checks} == {Outcome.PASSED}
    assert forks == 1


def test_a_search_needs_one_process_beside_those_in_which_checks_are_run(
    grade: Callable[[str], tuple[Result, int]],
):
    _result, forks = grade(text_of("a function") + "\n# not graded before\n")
    assert forks == 3  # the checks, the search, and the checks of what it has found


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[3]])
def test_the_same_is_found_where_each_text_has_a_process_of_its_own(
    name: str, grade: Callable[[str], tuple[Result, int]], monkeypatch: pytest.MonkeyPatch
):
    together, _ = grade(text_of(name))
    monkeypatch.setattr(trials, "_may_follow", lambda *_: False)
    apart, _ = grade(text_of(name) + "\n# again\n")  # what is known of a submission is kept
    assert [check.diagnosis for check in together.checks] == [
        check.diagnosis for check in apart.checks
    ]


def test_an_endless_loop_is_ended_by_its_turns(monkeypatch: pytest.MonkeyPatch):
    names: dict[str, Any] = {"__name__": "submission"}
    exec(trials._PRELUDE.source, names)
    without_timers = {name: getattr(signal, name) for name in dir(signal) if name != "setitimer"}
    names["signal"] = SimpleNamespace(**without_timers)  # as on Windows: nothing else would end it
    exec(
        "import builtins\n"
        "def turn(rest):\n"
        "    while rest != 1 if builtins._bpgrade_edit else rest > 1:\n"
        "        _bpgrade_turn()\n"
        "        rest -= 2\n"
        "    return rest\n",
        names,
    )
    assert names["_bpgrade_try"]("turn", [6], [0, 7, 0], 0.03, 5.0)[1:] == [
        [0, [], False],
        None,
        0,
    ]


def blog(grader: Grader) -> Result:
    """Return the result of the README's example, graded anew."""
    example = ROOT / "docs" / "examples" / "exercise3.py"
    submission = submission_from_bytes("exercise3.py", example.read_bytes())
    return grader.grade(submission, grader.course.exercise("exercise3"), 0)


def test_a_slow_machine_finds_the_same(monkeypatch: pytest.MonkeyPatch):
    found = []
    spend = trials.Budget.spend
    for slower in (1.0, 2.0):
        with monkeypatch.context() as patch, Grader(COURSE, resolve("basic")) as grader:
            patch.setattr(
                trials.Budget, "spend", lambda self, each, by=slower: spend(self, by * each)
            )
            patch.setattr(
                trials,
                "time",
                SimpleNamespace(
                    process_time=lambda by=slower: by * time.process_time(),
                    monotonic=time.monotonic,
                ),
            )
            found.append(blog(grader))
    once, slowly = found
    assert parts(once) == {"weight_2[1][0]", "weight_2[0][1]", "weight[0][1]", "weight[1][0]"}
    assert [each.diagnosis for each in slowly.checks] == [each.diagnosis for each in once.checks]


def test_trials_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trials, "_MAX_TRIALS", 500)
    told: list[str] = []
    with Grader(COURSE, resolve("basic"), Options(told.append)) as grader:
        result = blog(grader)
    tried = [int(line.split()[1]) for line in told if "right on all probes" in line]
    assert 0 < sum(tried) <= 500
    assert any("the search ends before" in line for line in told)
    assert any(check.diagnosis for check in result.checks), "what is named needs no search"


@pytest.mark.parametrize("busy", [True, False])
def test_what_others_had_of_the_processors_is_given_back(
    busy: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trials, "SLOWEST", 0.04)
    monkeypatch.setattr(trials, "_MOST_GIVEN_BACK", 1e6)
    monkeypatch.setattr(trials, "_own_waiting", lambda: busy * time.monotonic())
    monkeypatch.setattr(SandboxHost, "kept_waiting", lambda self: 0.0)
    told: list[str] = []
    with Grader(COURSE, resolve("basic"), Options(told.append)) as grader:
        found = parts(blog(grader))
    assert ("weight_2[1][0]" in found) is busy
    assert any("the search ends before" in line for line in told) is not busy
