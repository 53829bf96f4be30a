"""Repairs: edits of a student's own code, tried in the sandbox, that prove where a mistake is."""

from __future__ import annotations

import ast
import builtins
import gc
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from thoroughness import thorough

from grader.checking.reference import load_reference
from grader.course import find_course
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.options import Options
from grader.diagnosis.program_factory import Workshop
from grader.diagnosis.repair.demonstrations import without_demonstrations
from grader.diagnosis.repair.expressions import slips
from grader.diagnosis.repair.insertions import wraps
from grader.diagnosis.repair.right_values import right_values
from grader.diagnosis.repair.schemata import Schema, edited
from grader.diagnosis.repair.scope import Scope
from grader.diagnosis.repair.statements import filled, inserted, moves, statement_slips
from grader.diagnosis.repair.student_code import StudentCode, parse
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.report.arrangement import pointed
from grader.report.pages.student_page import Work, student_page
from grader.report.plain_text import plain_report
from grader.report.terminal import render_text
from grader.result import Place, Result
from grader.sandbox.isolation import resolve
from grader.sandbox.replies import CodeBlock, Module, SubmissionSource

ROOT = Path(__file__).resolve().parent.parent
ODDMENTS = '''
import numpy as np

class Store:
    """Keeps things."""
    def __init__(self, first): self.first = first; self.last = np.zeros(2)
    def __repr__(self): return "a store"
    def add(self, more, *rest, by=2.0, **named):
        self.last[0], self.last[1] = self.first[1], more
        return self.last * by - sum(rest)

double = lambda x: 2 * x

def work(a, b, n=2):
    """Do a little of everything."""
    total = [0.0, -0.0]
    w = np.array([[1, 2.5], [a, b]])
    for i in range(1, n):
        for j, each in enumerate(w[i]):
            total[j] += each * w[j][i] - w[0, 1] ** 2
        if i > 1 and not a: break
    else:
        w = w.T
    while n > 0:
        n -= 1
        try:
            w[0][1] = w[1, 0] if a < b else double(w[-1, 0])
        except IndexError as error:
            raise ValueError(f"{a} {error!r}") from error
        finally:
            total = total[::-1]
        if n < 9: break
    with np.errstate(all="ignore"):
        s = Store(w[:, 0])
        found = {k: s.add(k * b, *[1, k], by=a) for k in (1, 2)}
    (u, v), *_ = zip(*[(x + 1, y) for x, y in [total, total]])
    return found[1], np.einsum("ij,j->i", w[None, :][0], total), (u, v), "it's \\"so\\"\\n"
'''


def source_of(*texts: str, **modules: str) -> SubmissionSource:
    blocks = tuple(CodeBlock(f"cell {number}", text) for number, text in enumerate(texts, 1))
    handed_in = tuple(Module(name, f"{name}.py", text) for name, text in modules.items())
    return SubmissionSource(blocks, modules=handed_in)


def code_of(*texts: str, **modules: str) -> StudentCode:
    code = parse(source_of(*texts, **modules))
    assert code is not None
    return code


def outcome(text: str) -> str:
    """Return what the oddments give, or that they raise."""
    names: dict = {}
    try:
        exec(compile(text, "oddments", "exec"), names)
        with np.errstate(all="ignore"):
            return repr(names["work"](1.5, 2.0))
    except Exception:  # which one may differ: a name may be a local one in the schema
        return "raises"


def test_a_schema_does_what_each_of_its_alternatives_does():
    code = code_of(ODDMENTS)
    units = code.units("work", ())
    assert {unit.name for unit in units} == {"work", "__init__", "__repr__", "add", "double"}
    every = [
        alternative
        for scope in (Scope(unit, code) for unit in units)
        for make in (slips, statement_slips, moves, filled, inserted, wraps)
        for alternative in make(scope)
    ]
    schema = Schema.of(every)
    text = schema.text(code.files[0].tree)
    assert len(every) > 1000
    names: dict = {}
    builtins._bpgrade_edit = 0
    builtins._bpgrade_turn = lambda: None
    exec(compile(text, "schema", "exec"), names)
    assert repr(names["work"](1.5, 2.0)) == outcome(ODDMENTS)
    differing = set()
    for number in range(1, len(every) + 1, 7):  # a sample of each kind
        builtins._bpgrade_edit = number
        try:
            with np.errstate(all="ignore"):
                found = repr(names["work"](1.5, 2.0))
        except Exception:
            found = "raises"
        alone = edited(code.files[0].tree, schema.alternative(number))
        assert found == outcome(ast.unparse(ast.fix_missing_locations(alone)))
        differing.add(found)
    del builtins._bpgrade_edit, builtins._bpgrade_turn
    assert len(differing) > 50


def test_code_is_parsed_within_bounds_and_followed_through_helpers_cells_and_files():
    deep = "x = " + "(" * 500 + ")" * 500
    for text in (deep, "y = 1\n" * 20_000, "x = 1" + " + 1" * 20_000):
        assert parse(source_of(text)) is None
    code = code_of(
        "def f(: oops",
        "from extra import half\ndef g(x): return half(x)\n",
        extra=(
            "def half(x): return quarter(x) * 2\n"
            "def quarter(x): return x / 4\ndef other(x): return 0\n"
        ),
    )
    assert [unit.name for unit in code.units("g", ())] == ["g", "half", "quarter"]
    assert [unit.name for unit in code.units("g", ("half", "g"))] == ["g"]


BEGIN = """
import numpy as np

def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output

def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    error = (output - target) * slope(output)
    back = weight_2 @ error
    return np.outer(x, back * slope(hidden)), np.outer(hidden, error)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def slope(value):
    return value * (1 - value)
"""

# what is wrong -> the edit of what is right, and the parts that have to be changed
CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "a helper": ({"value * (1 - value)": "1 - value**2"}, ["1 - value**2"]),
    "a helper's sign": ({"np.exp(-z)": "np.exp(z)"}, ["z"]),
    "an index": ({"+ bias[1]": "+ bias[0]"}, ["0"]),
    "a factor": ({"back * slope(hidden)": "back"}, ["weight_2 @ error"]),
    "two functions": (
        {"hidden @ weight_2": "x @ weight_2", "output - target": "target - output"},
        ["x", "target - output"],
    ),
    "two in one": (
        {"outer(x, back": "outer(x, -back", "np.outer(hidden, error)": "np.outer(error, hidden)"},
        ["-back", "np.outer(error, hidden)"],
    ),
    "for ever": (
        {"    back =": "    n = 1.0\n    while n != 0:\n        n = n - 0.5\n    back =",
         "weight_2 @ error": "weight_2 @ (2 * error)"},
        ["2"],
    ),
    "what prints and counts": (
        {"def slope(value):\n": "COUNT = []\ndef slope(value):\n    COUNT.append(1); print('!')\n",
         "1 - value": "2 - value"},
        ["2"],
    ),
    "a helper without its formula": ({"1 / (1 + np.exp(-z))": "1"}, ["1"]),
    "one that another one hides": (
        {"1 / (1 + np.exp(-z))": "1", "outer(x, back": "outer(x, -back"},
        ["1", "-back"],
    ),
    "names of a comprehension": (
        {"back * slope(hidden)": "np.array([b * slope(h) for h, b in zip(back, hidden)])"},
        ["h, b"],
    ),
    "what a turn ends with": (
        {"    back = weight_2 @ error\n":
         "    backs = []\n    for j in range(2):\n        back = 0.0\n        for k in range(2):\n"
         "            back += weight_2[j][k] * error[k]\n        backs.append(slope(hidden[j]))\n",
         "back * slope(hidden)": "backs"},
        ["slope(hidden[j])"],
    ),
    "a value that goes nowhere": (
        {"    back = weight_2 @ error": "    back = error\n    weight_2 @ error"},
        ["weight_2 @ error"],
    ),
    "what raises": ({"+ bias[1]": "+ bias[2]"}, ["2"]),
}  # fmt: skip


LEARNERS = sorted((ROOT / "tests" / "corpus").glob("exercise*/learner_*.py"))


def changed(edits: dict[str, str]) -> str:
    text = BEGIN
    for old, new in edits.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def notebook(text: str) -> bytes:
    parts = text.split("\n\n")
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": one}
        for one in parts
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def handed_in(name: str) -> tuple[str, bytes]:
    """Return the file of a case: its name, and what is in it."""
    if name in CASES:
        return "exercise2.py", changed(CASES[name][0]).encode()
    if name == "cells":
        return "exercise2.ipynb", notebook(changed(CASES["a helper"][0]))
    if name == "a demonstration":
        return "exercise3.ipynb", (ROOT / "tests" / "notebooks" / "blog.ipynb").read_bytes()
    if name != "a missing step":
        [path] = [each for each in LEARNERS if each.stem == name]
        return f"{path.parent.name}.py", path.read_bytes()
    [path] = [each for each in LEARNERS if each.stem == "learner_no_slope_at_the_output"]
    lacking = path.read_text()
    lacking = lacking.replace("d2 = error", "d2 = error * sigmoid_slope(a2)")
    lacking = lacking.replace("costs.append(np.sum(np.square(y - a2)) / 2)", "pass")
    return "exercise3.py", lacking.encode()


class Graded(dict[str, Result]):
    """The results of the cases, each graded when it is asked for first."""

    def __init__(self, grader: Grader) -> None:
        super().__init__()
        self._grader = grader

    def __missing__(self, name: str) -> Result:
        file, data = handed_in(name)
        exercise = self._grader.course.exercise(file.partition(".")[0])
        self[name] = self._grader.grade(submission_from_bytes(file, data), exercise, 0)
        return self[name]


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[dict[str, Result], list[str]]]:
    """The results of all cases, and what was said for instructors."""
    said: list[str] = []
    with Grader(find_course(ROOT, ROOT), resolve("basic"), Options(said.append)) as grader:
        yield Graded(grader), said


def parts(result: Result) -> list[str]:
    places = dict.fromkeys(
        place for check in result.checks for one in check.diagnosis for place in one.places
    )
    return [place.text[place.column : place.end_column] for place in places]


@pytest.mark.parametrize("name", CASES)
def test_the_part_to_change_is_found(name: str, told: tuple[dict[str, Result], list[str]]):
    result = told[0][name]
    assert parts(result) == CASES[name][1]
    text = changed(CASES[name][0]).splitlines()
    for check in result.checks:
        for one in check.diagnosis:
            assert one.line == one.places[0].line
            assert all(text[place.line - 1] == place.text for place in one.places)
            assert {place.file for place in one.places} == {"exercise2.py"}


@pytest.mark.parametrize("path", thorough(LEARNERS, but=LEARNERS[::3]), ids=lambda path: path.stem)
def test_the_line_of_a_learners_mistake_is_found(path: Path, told):
    text = path.read_text().splitlines()
    marked = {number for number, line in enumerate(text, 1) if line.endswith("# wrong")}
    diagnoses = [one for check in told[0][path.stem].checks for one in check.diagnosis]
    lines = {place.line for one in diagnoses for place in one.places}
    lines |= {
        int(number)
        for one in diagnoses
        for found in re.findall(r"Changing line ([\d, and]+) instead", one.message)
        for number in re.findall(r"\d+", found)
    }
    assert marked
    assert lines & marked


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sum_overwritten", "overwrites what was there before. It should change it by that much."),
        ("sign_in_a_helper", "The sign in `1 + value` is wrong. It is in slope,"),
        ("square_in_a_method", "The number `2` is wrong. It is in rueckwaerts,"),
        ("in_place_in_a_dict", "The new values are right, but update writes them into the arrays"),
    ],
)
def test_a_mistake_is_told_by_what_the_student_has_written(name: str, words: str, told):
    checks = told[0][f"learner_{name}"].checks
    [diagnosis] = [one for check in checks for one in check.diagnosis]
    assert words in diagnosis.message


def test_what_is_right_once_another_function_is_mended_is_told_to_follow_from_it(told):
    checks = told[0]["learner_appended_in_place_of_inserted"].checks
    found = {check.function: one.message for check in checks for one in check.diagnosis}
    assert "It is in backward, which gradient uses." in found["gradient"]
    assert found["train"] == (
        "train is right for what your own backward returns: the mistake is in backward."
        " Fix that first."
    )


def test_the_place_of_a_missing_step_is_found(told):
    assert parts(told[0]["a missing step"]) == ["pass"]
    assert any("pass -> costs.append(" in line for line in told[1])


def test_places_are_found_beside_a_cell_that_runs_a_demonstration(told):
    found = parts(told[0]["a demonstration"])
    assert found == ["weight_2[1][0]", "weight_2[0][1]", "weight[0][1]", "weight[1][0]"]


def test_demonstrations_are_left_out_but_not_what_functions_read():
    code = code_of(
        "import numpy as np\nRATE = 0.5\ndef f(x):\n    shown = RATE * x\n    return shown - SUM\n",
        "SUM = f(1)\nshown = np.array(f(2))\nfor n in range(9):\n    f(n)\nprint(np.sum(2))\n",
        "kept = []\nkept.append(f(3))\ndef g():\n    return kept\n",
    )
    left = without_demonstrations(code)
    assert {number: ast.unparse(tree) for number, tree in left.items()} == {
        1: "SUM = f(1)\npass\npass\nprint(np.sum(2))"
    }


def test_right_values_are_known_by_nodes_that_nothing_else_takes_the_place_of():
    course = find_course(ROOT, ROOT)
    exercise = course.exercise("exercise3")
    reference = load_reference(course, exercise)
    assert reference is not None
    workshop = Workshop(reference, read_book(course, exercise))
    inputs = (*np.random.default_rng(1).random((2, 2)), *np.random.default_rng(2).random((2, 2, 2)))
    found = right_values(workshop, "gradient", (*inputs, np.array([0.2, 0.7])))
    gc.collect()
    nodes = {id(node) for source in found.sources for node in ast.walk(source.tree)}
    assert len(found.worth) > 20
    assert found.worth.keys() <= nodes


def test_a_helper_in_another_cell_is_named_with_its_cell(told):
    result = told[0]["cells"]
    assert parts(result) == ["1 - value**2"]
    report = render_text(result)
    assert "cell 5, line 2" in report
    assert "  ┃   return 1 - value**2\n  ┃          ^^^^^^^^^^^^\n" in report


def test_students_are_shown_what_is_wrong_and_instructors_what_mends_it(told):
    results, said = told
    report = render_text(results["a helper"]) + plain_report(results["a helper"])
    assert "what is wrong there: 1 - value**2" in report
    assert "value - value" not in report
    assert not any("broke" in line for line in said)
    assert any("1 - value**2 -> value - value ** 2" in line for line in said)
    assert "It is in slope, which gradient uses." in " ".join(report.split())


def test_the_page_underlines_the_part_in_its_line_and_shows_that_of_a_helper(told):
    page = student_page([Work("exercise2", told[0]["an index"])], name="Ada")
    assert page.count('class="wrong-part"') == 1
    assert '[<span class="wrong-part"><span class="tn">0</span></span>])' in page
    page = student_page([Work("exercise2", told[0]["a helper"])], name="Ada")
    [line] = re.findall(r'<pre class="part-line"><code>(.*?)</code></pre>', page)
    assert re.sub("<[^>]*>", "", line).strip() == "return 1 - value**2"


def test_what_is_tried_is_not_seen_and_points_stay(told):
    result = told[0]["what prints and counts"]
    course = find_course(ROOT, ROOT)
    exercise = replace(course.exercise("exercise2"), diagnoses="never")
    with Grader(course, resolve("basic")) as grader:
        data = changed(CASES["what prints and counts"][0]).encode()
        alone = grader.grade(submission_from_bytes("exercise2.py", data), exercise, 0)
    assert alone.output.count("!") > 3
    assert result.output.startswith(alone.output[:100])
    assert [check.points for check in result.checks] == [check.points for check in alone.checks]


@pytest.mark.parametrize(
    ("line", "begin", "end", "width", "shown", "carets"),
    [
        ("    a = b + c", 8, 9, 40, "a = b + c", "    ^"),
        ("名 = 学生 + c", 4, 6, 40, "名 = 学生 + c", "     ^^^^"),
        ("x" * 60, 50, 52, 20, "…", "^^"),
        ("a", 5, 7, 40, "", ""),
    ],
)
def test_a_part_is_pointed_at(line, begin, end, width, shown, carets):
    found, below = pointed(Place("f", 1, begin, end, line), width)
    assert found.endswith(shown)
    assert below.endswith(carets)
    assert len(found) <= width
    if carets:
        assert below.strip("^ ") == ""
        start = len(below) - len(below.lstrip())
        assert start < width
