"""The student's own lines in the result, and the names of the entries that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_results import check

import grader
from grader.grading.listing import listings
from grader.result import Outcome
from grader.sandbox.replies import CodeBlock, SubmissionSource

BLOG = Path(__file__).parent.parent / "docs" / "examples" / "exercise3.py"
FAILED = check("f", "It is right", Outcome.FAILED)


def listed(text: str, *more: str) -> tuple:
    blocks = tuple(CodeBlock(f"cell {i}", each) for i, each in enumerate((text, *more), start=1))
    return listings(SubmissionSource(blocks), [FAILED])


@pytest.fixture(scope="module")
def blog() -> grader.Result:
    return grader.grade(BLOG)


def test_the_functions_that_lost_points_are_there_as_they_were_written(blog):
    lines = BLOG.read_text(encoding="utf-8").split("\n")
    assert [each.function for each in blog.listings] == ["gradient", "update"]
    for each in blog.listings:
        own = each.text.split("\n")
        assert own == lines[each.first_line - 1 : each.first_line - 1 + len(own)]
        assert own[0].startswith(f"def {each.function}(")
        assert each.place == "exercise3.py"
    marked = [found.line for one in blog.checks for found in one.diagnosis]
    gradient, update = blog.listings
    assert {lines[line - 1].split(" = ")[0].strip() for line in marked} >= {"back_0", "back_1"}
    assert all(
        any(each.first_line <= line < update.first_line + 20 for each in (gradient, update))
        for line in marked
    )


def test_the_wrong_entries_are_named_and_nothing_else(blog):
    wrong = {one.id: one.wrong for one in blog.checks if one.wrong}
    assert wrong["test_gradient_into_hidden_0"] == ("gradient_1[0, 0]", "gradient_1[1, 0]")
    assert wrong["test_update_of_weight_2"] == ("weight_2[0, 1]", "weight_2[1, 0]")
    assert all(one.outcome is Outcome.FAILED for one in blog.checks if one.wrong)
    assert json.loads(blog.to_json())["checks"][0]["wrong"] == []


def test_a_value_that_is_wrong_as_a_whole_is_named_by_its_own_name(tmp_path):
    path = tmp_path / "exercise2.py"
    path.write_text(
        "import numpy as np\n"
        "def forward(x, weight_1, weight_2, bias):\n    return None\n"
        "def gradient(x, target, weight_1, weight_2, bias):\n"
        "    return np.zeros((2, 3)), 'nothing'\n",
        encoding="utf-8",
    )
    wrong = {entry for one in grader.grade(path).checks for entry in one.wrong}
    assert {"gradient_1", "gradient_2", "hidden", "output"} <= wrong


def test_the_last_definition_counts_with_its_decorators_in_the_cell_that_has_it():
    (found,) = listed(
        "def f():\n    return 1", "x = 2\n\n@cache\ndef f():\n    return 2\n", "y = 3"
    )
    assert (found.place, found.first_line) == ("cell 2", 3)
    assert found.text == "@cache\ndef f():\n    return 2"


@pytest.mark.parametrize("text", ["", "f = 3", "def f(:\n", "def g():\n    f()", "f(" * 9999])
def test_what_defines_no_such_function_gives_no_lines(text):
    assert listed(text) == ()


def test_endless_lines_and_functions_are_cut():
    (wide,) = listed("def f():\n    return '" + "x" * 100_000 + "'")
    (long,) = listed("def f():\n" + "    print(1)\n" * 5_000)
    assert len(wide.text) < 500
    assert len(long.text.split("\n")) < 400


def test_stubs_and_right_functions_are_left_out():
    source = SubmissionSource((CodeBlock("exercise1.py", "def f():\n    pass\n"),))
    for outcome in (Outcome.PASSED, Outcome.NOT_IMPLEMENTED, Outcome.BLOCKED):
        assert listings(source, [check("f", "It is right", outcome)]) == ()
