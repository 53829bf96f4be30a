"""What never comes to an end costs its limit once, and nothing is searched for in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sandboxes
from thoroughness import thorough

from grader.course import Limits, load_course
from grader.diagnosis.options import Options
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Outcome, Result
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.replies import CodeBlock, Module, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

ROOT = Path(__file__).parent.parent
LIMITS = Limits(load_seconds=1.5, memory_megabytes=256)
LEAVE = "import os\ndef leave():\n    os._exit(3)\n"
TURNS = "turns = 0\ndef how_often():\n    return turns\n"
LOOPS = {
    "a loop": "while True:\n    turns += 1\n",
    "one that binds a name never": (
        "while True:\n    turns += 1\n    if turns < 0:\n        result = turns\n"
    ),
    "one that lets nothing stop it at once": (
        "def all_turns():\n    global turns\n    while True:\n        turns += 1\nall_turns()\n"
    ),
}
LATE = """
import time
began = time.monotonic()
while True:
    if time.monotonic() > began + 0.5:
        late = 1
def read():
    return late
"""


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxHost]:
    with SandboxHost(sandboxes.isolation("basic"), ["numpy"]) as made:
        yield made


def before_and_after(
    host: SandboxHost, source: SubmissionSource, function: str
) -> tuple[object, object]:
    """Return what a function gives in the first process of a submission, and in the next one."""
    session = SubmissionSession(host, source, LIMITS)
    try:
        first = session.call(function, []).value
        with pytest.raises(CallFailure, match="exited with code 3"):
            session.call("leave", [])
        return first, session.call(function, []).value
    finally:
        session.close()


@pytest.mark.parametrize(
    "loop", thorough(LOOPS, but=["a loop", "one that lets nothing stop it at once"])
)
def test_a_loop_at_the_top_level_is_waited_for_once(host: SandboxHost, loop: str) -> None:
    source = SubmissionSource((CodeBlock("submission.py", TURNS + LEAVE + LOOPS[loop]),))
    first, second = before_and_after(host, source, "how_often")
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert 0 < second < first / 2


def test_a_loop_after_an_import_of_the_own_is_stopped_and_leaves_the_others_their_time(
    host: SandboxHost,
) -> None:
    other = Module("other", "other.py", "turns = 0\nwhile True:\n    turns += 1\n")
    inside = "import other\ninside = other.turns\ndef how_often_inside():\n    return inside\n"
    text = f"{TURNS}{inside}while True:\n    turns += 1\n"
    source = SubmissionSource((CodeBlock("submission.py", text),), modules=(other,))
    session = SubmissionSession(host, source, LIMITS)
    try:
        assert [(each.label, each.stopped) for each in session.load().problems] == [
            ("other.py", True),
            ("submission.py", True),
        ]
        assert session.call("how_often", []).value != 0
        assert session.call("how_often_inside", []).value != 0
    finally:
        session.close()


def test_a_loop_in_a_cell_is_waited_for_once_and_so_is_one_in_an_imported_file(
    host: SandboxHost,
) -> None:
    cells = TURNS + LEAVE, "while True:\n    turns += 1\n", "import other\nturns += other.turns\n"
    source = SubmissionSource(
        tuple(CodeBlock(f"cell {number}", cell) for number, cell in enumerate(cells, 1)),
        notebook=True,
        name="submission.ipynb",
        modules=(Module("other", "other.py", "turns = 0\nwhile True:\n    turns += 1\n"),),
    )
    first, second = before_and_after(host, source, "how_often")
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert 0 < second < first / 2


def test_what_a_loop_had_bound_before_it_was_stopped_is_there_again(host: SandboxHost) -> None:
    source = SubmissionSource((CodeBlock("submission.py", LEAVE + LATE),))
    assert before_and_after(host, source, "read") == (1, 1)


INNER = """
def inner(x):
    if x < 0:
        LOOP
    return x
def outer(x):
    return inner(x)
also = inner
class Model:
    def value(self, x):
        return also(x)
def by_another_name(x):
    return Model().value(x)
def in_many_calls(x):
    began = time.process_time()
    while time.process_time() < began + 0.5:
        inner(x)
    return x
def slow_by_itself(x):
    began = time.process_time()
    while time.process_time() < began + 0.5:
        pass
    return inner(x)
def asks(function, x):
    return function(x) + inner(x)
"""
INNER_LOOPS = {
    "a loop": "while True: pass",
    "one that nothing stops": """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass""",
}
CALL_LIMITS = Limits(call_seconds=1.5, memory_megabytes=256)


@pytest.fixture(params=thorough(INNER_LOOPS, but=["a loop"]))
def looping(host: SandboxHost, request: pytest.FixtureRequest) -> Iterator[SubmissionSession]:
    """Give a submission whose function `inner` has been found not to come to an end."""
    code = "import time\n" + INNER.replace("LOOP", INNER_LOOPS[request.param])
    source = SubmissionSource((CodeBlock("submission.py", code),))
    session = SubmissionSession(host, source, CALL_LIMITS)
    with pytest.raises(CallFailure, match=r"had not finished after 1\.5 s"):
        session.call("inner", [-1.0])
    yield session
    session.close()


def test_what_waits_for_an_endless_loop_is_stopped_sooner_and_told_why(
    looping: SubmissionSession,
) -> None:
    for function in ("outer", "by_another_name"):
        assert looping.call(function, [1.0]).value == 1.0  # where that loop is not entered
        for _ in range(2):
            with pytest.raises(CallFailure) as caught:
                looping.call(function, [-1.0])
            assert caught.value.outcome is Outcome.TIMEOUT
            assert "was in inner for more than 0.3 s" in caught.value.feedback
            assert caught.value.cause == f"{function} waits for inner, which took longer than 1.5 s"
        assert looping.gave_up(function)
    with pytest.raises(CallFailure, match=r"had not finished after 1\.5 s"):
        looping.call("inner", [1.0])


def test_what_is_slow_for_another_reason_has_its_whole_limit(looping: SubmissionSession) -> None:
    assert looping.call("in_many_calls", [1.0]).value == 1.0
    assert looping.call("slow_by_itself", [1.0]).value == 1.0
    assert looping.call("asks", [lambda x: x + 1.0, 1.0]).value == 3.0
    with pytest.raises(CallFailure, match="was in inner"):
        looping.call("asks", [lambda x: x + 1.0, -1.0])


def graded(old: str, new: str, explained: list[str], call_seconds: float) -> Result:
    """Grade the reference of exercise 3 with another text in it."""
    course = load_course(ROOT)
    found = course.exercise("exercise3")
    exercise = replace(found, limits=replace(found.limits, call_seconds=call_seconds))
    text = (ROOT / "solutions" / "exercise3.py").read_text("utf-8")
    assert text.count(old) == 1
    submission = submission_from_bytes("exercise3.py", text.replace(old, new).encode())
    with Grader(course, resolve("basic"), Options(explained.append)) as grader:
        return grader.grade(submission, exercise)


GRADIENT = "    delta_2 = (output - target) * output * (1 - output)\n"
WRONG = "    delta_2 = (target - output) * output * (1 - output)\n"


def test_no_mistake_is_searched_for_in_what_loops_for_some_inputs() -> None:
    explained: list[str] = []
    loop = "    while x[0] < 0:\n        pass\n"
    result = graded(GRADIENT, loop + WRONG, explained, call_seconds=0.5)
    outcomes = {check.outcome for check in result.checks if check.function == "gradient"}
    assert {Outcome.FAILED, Outcome.TIMEOUT} <= outcomes
    assert explained == ["gradient: it has run out of time or memory; nothing is named"]


def test_what_is_printed_while_mistakes_are_named_is_told_to_nobody() -> None:
    explained: list[str] = []
    line = "    print(next(numbers))\n"
    first = "def sigmoid(z):"
    counted = f"import itertools\nnumbers = itertools.count()\n\n\n{first}"
    text = (ROOT / "solutions" / "exercise3.py").read_text("utf-8")
    course = load_course(ROOT)
    exercise = course.exercise("exercise3")
    changed = text.replace(GRADIENT, line + WRONG).replace(first, counted)
    submission = submission_from_bytes("exercise3.py", changed.encode())
    with Grader(course, resolve("basic"), Options(explained.append)) as grader:
        result = grader.grade(submission, exercise)
        session = SubmissionSession(grader.host, submission.to_load, exercise.limits)
        grader.collect([exercise]).run(exercise, session, 0, afresh=True)
        by_checks = session.output()
        session.close()
    assert any(check.diagnosis for check in result.checks)
    assert result.output == by_checks != ""


FILL = """
def fill(number):
    many = []
    while number:
        many.append(bytearray(1 << 20))
        for turn in range(30_000):
            pass
    return 1
def at_once(number):
    return len(bytearray(1 << 40)) if number else 1
def after(number):
    return 2
"""


def calls_that_fill(session: SubmissionSession, function: str, most: int) -> list[str]:
    """Call a function with what fills the memory until it is given up; return what was said."""
    said: list[str] = []
    while len(said) < most and not session.gave_up(function):
        with pytest.raises(CallFailure) as raised:
            session.call(function, [1])
        assert raised.value.outcome is Outcome.OUT_OF_MEMORY
        said.append(str(raised.value.feedback))
    return said


@pytest.mark.parametrize("before", thorough(["", "after"], but=["after"]))
def test_what_fills_the_memory_slowly_costs_the_limit_of_a_call_once(
    host: SandboxHost, before: str
) -> None:
    limits = Limits(call_seconds=1.5, cpu_seconds=1000, memory_megabytes=64)
    source = SubmissionSource((CodeBlock("submission.py", FILL),))
    session = SubmissionSession(host, source, limits)
    try:
        for function in before.split():
            session.call(function, [0])
        said = calls_that_fill(session, "fill", most=200)
        assert 1 < len(said) < 200
        assert all("(the limit is 64 MB)" in each for each in said)
        with pytest.raises(CallFailure, match=r"ran out of memory .* it is not called again"):
            session.call("fill", [0])
        assert session.call("after", [0]).value == 2
    finally:
        session.close()


def test_what_fills_the_memory_for_one_input_is_called_with_others(host: SandboxHost) -> None:
    source = SubmissionSource((CodeBlock("submission.py", FILL),))
    session = SubmissionSession(host, source, LIMITS)
    try:
        assert len(calls_that_fill(session, "at_once", most=1)) == 1
        assert session.call("at_once", [0]).value == 1
        assert len(calls_that_fill(session, "at_once", most=25)) == 25
    finally:
        session.close()
