"""Mistakes written as edits of the reference: what they match, and what they make of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from grader.authoring import collecting, mistake
from grader.diagnosis.rewriting import rewrite
from grader.errors import CourseError

FUNCTION = '''
def forward(x, weights, bias):
    """Return the values of all layers."""
    values = [x]
    for weight in weights:
        sums = values[-1] @ weight + bias[0]
        values.append(1 / (1 + np.exp(-sums)))
    if len(values) > 2:
        values[0] = x + bias[1]
    return values
'''


def edited(edits: Mapping[str, str]) -> str:
    """Return the function with edits made, without its first two lines."""
    [function] = ast.parse(FUNCTION).body
    assert isinstance(function, ast.FunctionDef)
    before = ast.dump(function)
    text = ast.unparse(rewrite(function, edits, "here").tree)
    assert ast.dump(function) == before
    return "\n".join(text.splitlines()[2:])


RIGHT = edited({})


@pytest.mark.parametrize(
    ("edits", "replaced", "by"),
    [
        ({"bias[0]": "bias"}, "bias[0]", "bias"),
        ({"bias [ 0 ]": "(bias[1])"}, "bias[0]", "bias[1]"),
        ({"1 + np.exp(-sums)": "2"}, "(1 + np.exp(-sums))", "2"),
        ({"values[-1]": "x + x"}, "values[-1] @", "(x + x) @"),
        ({"values[0]": "values[1], x"}, "values[0] =", "values[1], x ="),  # what is assigned to
        ({"values[0] = x + bias[1]": ""}, "values[0] = x + bias[1]", "pass"),
        (
            {"return values": "values.pop()\nreturn values"},
            "    return",
            "    values.pop()\n    return",
        ),
        (
            {"values = [x]": "\n    values = []\n    values += [x]"},
            "= [x]",
            "= []\n    values += [x]",
        ),
        (
            {"sums = values[-1] @ weight + bias[0]\nvalues.append(1/(1 + np.exp(-sums)))": "break"},
            "sums = values[-1] @ weight + bias[0]\n        values.append(1 / (1 + np.exp(-sums)))",
            "break",
        ),
    ],
)
def test_an_edit_replaces_what_it_names(edits: Mapping[str, str], replaced: str, by: str) -> None:
    assert RIGHT.count(replaced) == 1
    assert edited(edits) == RIGHT.replace(replaced, by)


def test_edits_are_made_together() -> None:
    swapped = edited({"bias[0]": "bias[1]", "bias[1]": "bias[0]"})
    assert "weight + bias[1]" in swapped
    assert "x + bias[0]" in swapped


def test_statements_may_be_moved() -> None:
    moved = edited({"values = [x]": "", "return values": "values = [x]\nreturn values"})
    assert moved.splitlines()[-2:] == ["    values = [x]", "    return values"]


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"bias[2]": "bias"}, "here: the reference's forward has no expression 'bias[2]'"),
        ({"return x": ""}, "here: the reference's forward has no statement 'return x'"),
        ({"values": "x"}, "here: 'values' stands in forward 6 times"),
        ({"bias[": "x"}, "here: 'bias[' is not valid Python"),
        ({"bias[0]": "x = 1"}, "here: 'bias[0]' is not a whole statement of forward"),
        ({"": "x"}, "here: it replaces an empty text"),
        ({"bias[0]": "x", "values[-1] @ weight + bias[0]": "x"}, "overlap"),
        ({"bias[0]": "x", "sums = values[-1] @ weight + bias[0]": ""}, "overlap"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(edits: Mapping[str, str], message: str) -> None:
    with pytest.raises(CourseError) as raised:
        edited(edits)
    assert message in raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("edits", "shows"),
    [
        ({"bias[0]": "bias[2]"}, ("bias[2]",)),
        ({"bias[0]": "bias[1]"}, ("values[-1] @ weight + bias[1]",)),  # bias[1] is right elsewhere
        (
            {"bias[0]": "bias[1]", "bias[1]": "bias[0]"},
            ("values[-1] @ weight + bias[1]", "x + bias[0]"),
        ),
        ({"return values": "return x"}, ()),
    ],
)
def test_what_shows_an_edit_stands_nowhere_in_the_reference(
    edits: Mapping[str, str], shows: tuple[str, ...]
) -> None:
    [function] = ast.parse(FUNCTION).body
    assert isinstance(function, ast.FunctionDef)
    assert rewrite(function, edits, "here").shows == shows


def test_the_docstring_holds_title_explanation_and_advice() -> None:
    with collecting() as notes:

        @mistake("forward", edit={"bias[0]": "bias[1]"})
        def swapped():
            """The biases
            are swapped

            {function} adds bias[1]
            where bias[0] belongs.

            Look at the index.
            """

    [item] = notes.misconceptions
    assert item.texts == (
        "The biases are swapped",
        "{function} adds bias[1] where bias[0] belongs.",
        "Look at the index.",
    )


def test_mistakes_that_are_told_alike_share_a_docstring() -> None:
    with collecting() as notes:

        @mistake("forward", edit={"x": "y"}, id="second", finds="y", place="end", what="y")
        @mistake("forward", edit={"y": "x"}, place="start", what="x")
        def first():
            """{what} stands at the {place}

            {entries} {function}{s}: {what}
            at the {place}.
            """

    assert [(item.id, item.edits, item.finds, item.texts) for item in notes.misconceptions] == [
        (
            "first",
            {"y": "x"},
            (),
            ("x stands at the start", "{entries} {function}{s}: x at the start."),
        ),
        (
            "second",
            {"x": "y"},
            ("y",),
            ("y stands at the end", "{entries} {function}{s}: y at the end."),
        ),
    ]
