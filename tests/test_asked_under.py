"""A submission asked under other conditions: other names, other answers, as of another time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checking.student.student_proxy import StudentProxy
from grader.course import Limits, load_course
from grader.course.cells import named_cells
from grader.errors import CourseError
from grader.grading.grade import Grader
from grader.grading.submission import Submission, submission_from_bytes
from grader.result import CheckResult
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

TEXT = """
import math
import numpy as np
from numpy import linalg
from math import sqrt

rate = 0.1
log = []

def squares(n):
    return [each * each for each in range(1, n + 1)]

def sum_of_squares(n):
    return sum(squares(n))

def step(x):
    global rate
    value = x * rate
    rate = 7.0
    log.append(x)
    return value

def mean(values):
    return float(np.mean(values))

def norm(values):
    return float(linalg.norm(values))

def root(x):
    return sqrt(x) if x > 0 else math.sqrt(-x)

def later():
    import numpy.linalg
    return 1

def added(values):
    total = 0
    for each in values:
        total += each
    return total

class Walker:
    def go(self, x):
        return squares(x)
"""


@pytest.fixture(scope="module")
def host() -> Iterator[SandboxHost]:
    with SandboxHost(resolve("basic"), ("numpy",)) as opened:
        yield opened


@pytest.fixture(scope="module")
def student(host: SandboxHost) -> Iterator[StudentProxy]:
    source = SubmissionSource((CodeBlock("given.py", TEXT),))
    session = SubmissionSession(host, source, Limits())
    yield StudentProxy(Pipeline(session), lambda _name: ())
    session.close()


def test_names_stand_for_other_values_during_a_call(student: StudentProxy) -> None:
    assert student.replaced(rate=0.5).step(2.0) == 1.0
    assert student.replaced(rate=0.5).step(2.0) == 1.0  # what it sets itself is gone again
    assert student.step(2.0) == 0.2
    assert student.step(2.0) == 14.0
    assert student.replaced(unknown=3).squares(2) == [1, 4]


def test_a_function_of_the_check_stands_for_a_students(student: StudentProxy) -> None:
    asked = []

    def fake(n: int) -> list[int]:
        asked.append(n)
        return [n, n]

    assert student.replaced(squares=fake).sum_of_squares(5) == 10
    assert asked == [5]
    assert student.replaced(squares=student.added).sum_of_squares is not None
    assert student.sum_of_squares(2) == 5
    walker = student.replaced(squares=fake).Walker()
    assert walker.go(3) == [3, 3]


def test_a_students_function_stands_for_another_and_for_itself(student: StudentProxy) -> None:
    with pytest.raises(TypeError):
        student.replaced(squares=student.norm).sum_of_squares(2)  # a number is no list
    hidden = student.without("squares")
    assert hidden.replaced(squares=student.squares).sum_of_squares(2) == 5


def test_a_name_is_hidden(student: StudentProxy) -> None:
    with student.raises("NameError", match="squares"):
        student.without("squares").sum_of_squares(2)
    assert student.without("squares").added([1, 2]) == 3
    assert student.without("nothing").added([1, 2]) == 3
    with student.raises("NameError", match="sum"):
        student.without("sum").sum_of_squares(2)
    assert student.sum_of_squares(2) == 5


@pytest.mark.parametrize(
    ("hidden", "call", "error"),
    [
        ("numpy", ("mean", [1.0, 2.0]), "NameError"),
        ("numpy", ("norm", [3.0, 4.0]), "NameError"),
        ("math", ("root", 4.0), "NameError"),
        ("math", ("root", -4.0), "NameError"),
        ("numpy", ("later",), "ImportError"),
    ],
)
def test_a_package_is_hidden_however_it_was_imported(
    student: StudentProxy, hidden: str, call: tuple[str, object], error: str
) -> None:
    function, *arguments = call
    with student.raises(error):
        getattr(student.without(hidden), function)(*arguments)
    assert student.without(hidden).added([1, 2]) == 3
    assert student.mean([1.0, 2.0]) == 1.5
    assert student.later() == 1


def test_what_is_otherwise_is_told_where_a_call_breaks(student: StudentProxy) -> None:
    with pytest.raises(CallFailure) as caught:
        student.without("numpy").mean([1.0])
    assert caught.value.feedback.endswith("In this check, there is no `numpy`.")
    assert caught.value.cause == ""
    with pytest.raises(CallFailure) as caught:
        student.replaced(rate="fast").step([1.0])
    assert "In this check, `rate` is 'fast'." in caught.value.feedback


def test_cells_of_a_file_have_names() -> None:
    text = (
        "a = 1\n# %% one\nb = 1\n# %%\nc = 1\n#%% no\n# %% two [code] x\nd = 1\n# In[3]:\ne = 1\n"
    )
    assert named_cells(text) == {"one": 3, "two": 8}
    assert named_cells("# %%%% one\n") == {"one": 0}


COURSE = """
name = "cells"
title = "Cells"
packages = ["numpy"]
[exercises.one]
title = "One"
limits = { load_seconds = 3 }
[exercises.one.points]
prices = 3
f = 3
ask = 2
"""
REFERENCE = '''
"""One."""

# %% load
# BEGIN SOLUTION
prices = [1, 2]
# END SOLUTION
f = None


def g():
    return 1


# %% change
# BEGIN SOLUTION
prices.append(3)


def g():
    return 2


# END SOLUTION
# %% last
# BEGIN SOLUTION
prices = "sold"
# END SOLUTION


def f():
    # BEGIN SOLUTION
    return g(), prices
    # END SOLUTION


def ask():
    # BEGIN SOLUTION
    return int(input("How many? ")) + 1
    # END SOLUTION


if __name__ == "__main__":
    # BEGIN SOLUTION
    asked = ask()
    print("That is", asked)
    # END SOLUTION
    pass
'''
CHECKS = '''
import pytest

@pytest.mark.function("prices")
@pytest.mark.points(1)
def test_last(student):
    """At the end"""
    assert student.prices == "sold"

@pytest.mark.function("prices")
@pytest.mark.points(1)
def test_load(student):
    """After loading"""
    assert student.after("load").prices == [1, 2]

@pytest.mark.function("prices")
@pytest.mark.points(1)
def test_change(student):
    """After the change"""
    assert student.after("change").prices == [1, 2, 3]

@pytest.mark.function("f")
@pytest.mark.points(1)
def test_f(student):
    """Calls see the module of that time"""
    assert student.after("load").g() == 1
    assert student.after("change").g() == 2
    assert student.f() == (2, "sold")

@pytest.mark.function("f")
@pytest.mark.points(1)
def test_all(student, reference):
    """It is right"""
    assert student.f() == reference.f()

@pytest.mark.function("ask")
@pytest.mark.points(1)
def test_ask(student):
    """It counts on"""
    ran = student.rerun(["3"])
    assert ran.asked == 4
    assert student.printed == "How many? \\nThat is 4\\n"
    assert student.rerun(["5"]).asked == 6

@pytest.mark.function("ask")
@pytest.mark.points(1)
def test_ask_nonsense(student):
    """A text raises"""
    with student.raises("ValueError"):
        student.rerun(["many"])

@pytest.mark.function("f")
@pytest.mark.points(1)
def test_as_the_reference(student, reference):
    """It does under each condition what the reference does"""
    assert student.after("load").prices == reference.after("load").prices == [1, 2]
    assert student.after("change").g() == reference.after("change").g()
    ran, right = student.rerun(["7"]), reference.rerun(["7"])
    assert student.printed == reference.printed == "How many? \\nThat is 8\\n"
    assert ran.asked == right.asked == 8
    assert student.answering(["2"]).ask() == reference.answering(["2"]).ask() == 3
    assert student.replaced(g=lambda: 5).f() == reference.replaced(g=lambda: 5).f()
    with student.raises("NameError"):
        student.without("prices").f()
    with pytest.raises(NameError):
        reference.without("prices").f()
    assert student.f() == reference.f()
'''


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    folder = tmp_path_factory.mktemp("cells")
    (folder / "exercises").mkdir()
    (folder / "solutions").mkdir()
    (folder / "exercises" / "course.toml").write_text(COURSE)
    (folder / "solutions" / "one.py").write_text(REFERENCE)
    (folder / "solutions" / "check_one.py").write_text(CHECKS)
    with Grader(load_course(folder), resolve("basic")) as opened:
        yield opened


def checked(grader: Grader, submission: Submission) -> dict[str, CheckResult]:
    found = grader.grade(submission, grader.course.exercise("one"), 0).checks
    return {check.id: check for check in found}


def notebook(*cells: tuple[str, dict[str, object]]) -> bytes:
    content = [
        {"cell_type": "code", "outputs": [], "execution_count": None, "source": text, **more}
        for text, more in cells
    ]
    return json.dumps(
        {"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


PARTS = [part.partition("\n")[2] for part in REFERENCE.split("# %% ")]


def test_values_and_calls_are_those_after_a_cell(grader: Grader) -> None:
    for _ in range(3):  # the later ones load what is asked for from the start, and recall
        submission = submission_from_bytes("one.py", REFERENCE.encode())
        assert {c.outcome.value for c in checked(grader, submission).values()} == {"passed"}


def test_a_notebooks_cells_are_found_by_id_tag_and_grade_id(grader: Grader) -> None:
    data = notebook(
        (PARTS[0], {"id": "a", "metadata": {}}),
        (PARTS[1], {"id": "load", "metadata": {}}),
        (PARTS[2], {"id": "b", "metadata": {"tags": ["x", "change"]}}),
        (PARTS[3], {"id": "c", "metadata": {"nbgrader": {"grade_id": "last"}}}),
    )
    found = checked(grader, submission_from_bytes("one.ipynb", data))
    assert {c.outcome.value for c in found.values()} == {"passed"}


def test_a_wrong_value_after_a_cell_is_told(grader: Grader) -> None:
    text = REFERENCE.replace("prices = [1, 2]", "prices = [1]")
    found = checked(grader, submission_from_bytes("one.py", text.encode()))
    assert found["test_load"].outcome.value == "failed"
    assert "prices is [1]." in found["test_load"].feedback


def test_a_cell_that_is_not_there_is_named(grader: Grader) -> None:
    text = REFERENCE.replace("# %% load", "# load")
    found = checked(grader, submission_from_bytes("one.py", text.encode()))["test_load"]
    assert found.outcome.value == "not_implemented"
    assert found.feedback.startswith("one.py has no cell `load`. Begin it with a line `# %% load`")
    whole = notebook((REFERENCE.replace("\n# %%", "\n#"), {"id": "z", "metadata": {}}))
    found = checked(grader, submission_from_bytes("one.ipynb", whole))["test_change"]
    assert "one.ipynb has no cell `change`." in found.feedback


@pytest.mark.parametrize(
    ("own", "outcome", "told"),
    [
        ("asked = ask()", "passed", ""),
        ("asked = ask(); input(); input()", "error", "EOFError"),
        ("asked = 7", "failed", "asked is 7"),
        ("while True: pass", "timeout", ""),
    ],
)
def test_a_program_is_run_with_other_answers(
    grader: Grader, own: str, outcome: str, told: str
) -> None:
    text = REFERENCE.replace("asked = ask()", own)
    found = checked(grader, submission_from_bytes("one.py", text.encode()))["test_ask"]
    assert (found.outcome.value, told in found.feedback) == (outcome, True), found.feedback


HOSTILE = [
    "class L(list):\n  def __deepcopy__(self, _):\n    while True: pass\nodd = [L()]",
    "class L(list):\n  def __deepcopy__(self, _): raise SystemExit\nodd = [L()]",
    "class L(list):\n  def __deepcopy__(self, _): import os; os._exit(0)\nodd = [L()]",
    "class L:\n  def __getattr__(self, name): raise SystemExit\n  __call__ = None\nodd = L()",
    "class L(str):\n  __eq__ = lambda *_: True\n  __hash__ = str.__hash__\nglobals()[L('a')] = 1",
    "odd = []\nodd.append(odd)",
    "import sys\nsys.modules['submission'] = sys.modules['__main__'] = None",
    "import copy\ncopy.deepcopy = lambda value, *_: [9]",
    "import builtins\nbuiltins.input = lambda *_: '9'",
]


@pytest.mark.parametrize("own", HOSTILE)
def test_hostile_names_gain_nothing_and_cost_the_others_nothing(grader: Grader, own: str) -> None:
    text = REFERENCE.replace("# %% load\n", f"{own}\n# %% load\n")
    for _ in range(2):
        found = checked(grader, submission_from_bytes("one.py", text.encode()))
        assert all(check.outcome.value != "grader_error" for check in found.values())
        assert found["test_all"].outcome.value == "passed", found["test_all"].feedback
        wrong = REFERENCE.replace("prices = [1, 2]", f"prices = [1]\n{own}")
        found = checked(grader, submission_from_bytes("one.py", wrong.encode()))
        assert found["test_load"].points == found["test_change"].points == 0


def test_a_program_that_asks_without_a_guard_is_run_too(grader: Grader) -> None:
    text = REFERENCE.replace('if __name__ == "__main__":', "if True:")
    found = checked(grader, submission_from_bytes("one.py", text.encode()))
    assert found["test_ask"].outcome.value == "passed", found["test_ask"].feedback


@pytest.mark.parametrize("after", ["import os; os._exit(3)", "prices = 1 / 0"])
def test_what_ends_later_cells_leaves_what_was_there_before(grader: Grader, after: str) -> None:
    text = REFERENCE.replace('prices = "sold"', after)
    found = checked(grader, submission_from_bytes("one.py", text.encode()))
    assert found["test_load"].outcome.value == "passed"
    assert found["test_last"].points == 0


def small_course(folder: Path, name: str, check: str) -> Path:
    (folder / "exercises").mkdir()
    (folder / "solutions").mkdir()
    toml = COURSE.replace("prices = 3\nf = 3\nask = 2", f"{name} = 1").replace(
        "exercises.one", "exercises.two"
    )
    (folder / "exercises" / "course.toml").write_text(toml)
    (folder / "solutions" / "two.py").write_text(f"def {name}(x):\n    return 1\n")
    head = f"import pandas as pd\nimport pytest\n\n@pytest.mark.function('{name}')\n"
    code = f'def test_it(student):\n    """It"""\n    {check}\n'
    path = folder / "solutions" / "check_two.py"
    path.write_text(f"{head}@pytest.mark.points(1)\n{code}")
    return folder


@pytest.mark.parametrize("name", ["printed", "after", "kind", "warnings", "rerun", "raises"])
def test_no_function_is_named_as_what_every_check_has(tmp_path: Path, name: str) -> None:
    course = load_course(small_course(tmp_path, name, "pass"))
    with Grader(course, resolve("basic")) as opened, pytest.raises(CourseError) as caught:
        opened.collect(course.exercises)
    assert f"two gives points for `{name}`" in caught.value.message
    assert f"`{name}_1`" in caught.value.remedy


@pytest.mark.parametrize("table", ["pd.DataFrame({'a': [1]})", "[pd.Series([1])]", "{}"])
def test_a_table_of_a_package_that_is_not_named_is_the_authors_mistake(
    tmp_path: Path, table: str
) -> None:
    check = f"assert student.f({table}) == 1"
    with Grader(load_course(small_course(tmp_path, "f", check)), resolve("basic")) as opened:
        submission = submission_from_bytes("two.py", b"def f(x):\n    return 1\n")
        found = opened.grade(submission, opened.course.exercise("two"), 0)
    if table == "{}":
        assert found.full_marks
        return
    assert found.status == "ungraded"
    assert "The check itself failed, not your code" in found.checks[0].feedback
    assert 'add "pandas" to packages in course.toml' in found.checks[0].feedback
    assert "pip install pandas" in found.checks[0].feedback
