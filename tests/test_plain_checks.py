"""Checks with plain asserts: whose fault it is where they fail or break, and what is told of it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from grader.author.course_catalogues import course_messages
from grader.author.translation import as_mo
from grader.course import find_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.language import translated
from grader.language.catalogue import read_again
from grader.result import CheckResult
from grader.sandbox.isolation import resolve

MEAN = "def mean(values):\n    return sum(values) / len(values)\n"
PAIR = "def pair(a, b):\n    return b, a\n"
COUNTS = "def counts(text):\n    return {word: 1 for word in text.split()}\n"
REFERENCE = MEAN + PAIR + COUNTS

Graded = Callable[..., CheckResult]


@pytest.fixture
def graded(tmp_path: Path) -> Graded:
    """Give the result of one check's body against one submission."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    (folder / "solutions").mkdir()
    (folder / "exercises" / "course.toml").write_text(
        'name = "plain"\ntitle = "Plain"\npackages = ["numpy"]\n'
        '[exercises.one]\ntitle = "One"\n[exercises.one.points]\nmean = 1\n'
    )
    (folder / "exercises" / "one.py").write_text("")

    def grade(body: str, text: str, *, visible: bool = False, reference: str = REFERENCE) -> Any:
        (folder / "solutions" / "one.py").write_text(reference)
        seen = "@pytest.mark.visible\n" if visible else ""
        checks = f"import numpy as np\nimport pytest\n\n{seen}" + (
            '@pytest.mark.function("mean")\n@pytest.mark.points(1)\n'
            f'def test(student, compare):\n    """Title"""\n{textwrap.indent(body, "    ")}\n'
        )
        (folder / "solutions" / "check_one.py").write_text(checks)
        path = tmp_path / "one.py"
        path.write_text(text)
        course = find_course(folder, folder)
        with Grader(course, resolve("basic")) as grader:
            document = grader.grade(read_submission(path), course.exercises[0], 0)
        return document.checks[0]

    return grade


CLOSE = "assert abs(student.mean([1.0, 2.0]) - 1.5) < 1e-9"


@pytest.mark.parametrize("visible", [False, True])
@pytest.mark.parametrize(
    ("body", "text", "told"),
    [
        (CLOSE, "def mean(values):\n    sum(values)", "mean returned None: is a `return` missing?"),
        (
            CLOSE,
            "def mean(values):\n    return 'a'",
            "mean returned a text where a number is needed.",
        ),
        (
            "first, second = student.pair(1, 2)\nassert first + second == 3",
            "def pair(a, b):\n    return a",
            "pair returned a number where a tuple is needed.",
        ),
        (
            "first, second = student.pair(1, 2)\nassert first == 2",
            "def pair(a, b):\n    return b, a, a",
            "pair returned a tuple of 3 where one of 2 is needed.",
        ),
        (
            "first, second = student.pair(1, 2)\nassert first + second == 3",
            "def pair(a, b):\n    return None, a",
            "Entry [0] of what pair returned is None where a number is needed.",
        ),
        (
            "assert student.counts('a b')['a'] == 1",
            "def counts(text):\n    return {'b': 1}",
            "a dictionary whose keys are not those that are needed (they are: 'b').",
        ),
        (
            "value = student.mean([1.0, 2.0])\nfor _ in range(2):\n    assert value.real > 1",
            "def mean(values):\n    return []",
            "mean returned a list where a number is needed.",
        ),
        (
            "assert [10, 20][student.mean([1, 1]) == 1] > 0 and 1 / student.mean([2, 2]) == 0.5",
            "def mean(values):\n    return 0 * sum(values)",
            "(ZeroDivisionError",
        ),
    ],
)
def test_a_check_that_breaks_on_an_answer_is_failed_in_words(
    graded: Graded, body: str, text: str, told: str, visible: bool
) -> None:
    result = graded(body, text, visible=visible)
    assert result.outcome.value == "failed"
    assert told in result.feedback


@pytest.mark.parametrize(
    "body",
    [
        "assert student.mean([1.0]) + nonsense",
        "assert student.mean([1.0]).append(3)",
        "raise ValueError('not meant')",
        "assert student.mean([1.0]) == 1.0\nopen('no such file')",
    ],
)
def test_a_check_that_breaks_with_the_reference_too_is_the_graders_fault(
    graded: Graded, body: str
) -> None:
    assert graded(body, REFERENCE).outcome.value == "grader_error"


def test_what_breaks_in_the_reference_on_a_students_value_is_not_the_graders_fault(
    graded: Graded,
) -> None:
    body = "import math\nassert math.sqrt(student.mean([4.0])) == 2.0"
    result = graded(body, "def mean(values):\n    return -4.0")
    assert result.outcome.value == "failed"
    assert "mean([4.0]) returned -4.0." in result.feedback


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("assert student.mean([1.0, 2.0]) == 1.5", "mean([1.0, 2.0]) returned 2.5."),
        (
            "got = student.mean([1.0, 2.0])\nstudent.mean([7])\nassert got == 1.5",
            "mean([1.0, 2.0]) returned 2.5.",
        ),
        ("for n in (1, 2):\n    assert student.mean([n]) == n", "mean([1]) returned 2.0."),
        (
            "assert all(student.mean([n]) == n for n in (1, 2))",
            "mean([1]) returned 2.0.",
        ),
        (
            "assert student.mean([1]) == student.mean([3]) - 2.25",
            "mean([1]) returned 2.0. mean([3]) returned 4.0.",
        ),
        ("error = abs(student.mean([1.0, 2.0]) - 1.5)\nassert error < 1e-9", "returned 2.5."),
        (
            "np.testing.assert_allclose(student.mean(np.array([1.0, 2.0])), 1.5)",
            "mean([1., 2.]) returned 2.5.",
        ),
        ("def same(a):\n    assert a == 1.5\nsame(student.mean([1.0, 2.0]))", "returned 2.5."),
    ],
)
def test_a_hidden_plain_assert_tells_the_students_side_alone(
    graded: Graded, body: str, told: str
) -> None:
    text = "def mean(values):\n    return float(sum(values) / len(values) + 1)"
    hidden = graded(body, text)
    assert hidden.outcome.value == "failed"
    assert told in hidden.feedback
    assert "1.5" not in hidden.feedback
    assert "2.25" not in hidden.feedback
    visible = graded(body, text, visible=True)
    assert told in visible.feedback


def test_a_visible_plain_assert_tells_both_sides(graded: Graded) -> None:
    text = "def mean(values):\n    return 2.5"
    feedback = graded("assert student.mean([1.0, 2.0]) == 1.5", text, visible=True).feedback
    assert "1.5" in feedback
    assert "mean([1.0, 2.0]) returned 2.5." in feedback


def test_what_is_told_of_a_huge_answer_is_short(graded: Graded) -> None:
    text = "def mean(values):\n    return 'x' * 1_000_000"
    assert len(graded("assert student.mean([1.0]) == 1.5", text).feedback) < 400


@pytest.mark.parametrize(
    ("body", "text", "told"),
    [
        (
            "student.mean(2)\nassert student.file('out.txt') == '2'",
            "def mean(x):\n    open('out.txt', 'w').write('3')",
            "A required condition does not hold. The file `out.txt` holds '3'.",
        ),
        (
            "assert student.mean(2) is None and student.printed == '2\\n'",
            "def mean(x):\n    print(x + 1)",
            "A required condition does not hold. mean(2) returned None. It printed '3\\n'.",
        ),
        (
            "assert student.mean(2) is None and student.printed == '2\\n'",
            "def mean(x):\n    return x",
            "A required condition does not hold. mean(2) returned 2.",
        ),
    ],
)
def test_no_return_is_missing_where_the_reference_returns_nothing(
    graded: Graded, body: str, text: str, told: str
) -> None:
    reference = "def mean(x):\n    open('out.txt', 'w').write(str(x))\n    print(x)\n"
    result = graded(body, text, reference=reference)
    assert (result.outcome.value, result.feedback) == ("failed", told)


SAID = {
    "The mean is off.": "平均值不对。",
    "The mean of {values} is {right}.": "{values} 的平均值是 {right}。",
    "two numbers": "两个数",
    "the mean of two": "两个数的平均值",
}
AUTHORED = [
    ('assert student.mean([1.0]) == 1.0, "The mean is off."', "平均值不对。"),
    (
        "assert student.mean([1.0, 2.0]) == 1.5, message("
        "'The mean of {values} is {right}.', values=message('two numbers'), right=1.5)",
        "两个数的平均值是 1.5。",
    ),
    (
        "compare.that(student.mean([1.0, 2.0]) == 1.5, message("
        "'The mean of {values} is {right}.', values=[1.0, 2.0], right=1.5))",
        "[1.0, 2.0] 的平均值是 1.5。",
    ),
    (
        "if student.mean([1.0]) != 1.0:\n    pytest.fail('The mean is off.')",
        "平均值不对。",
    ),
    (
        "compare.close(student.mean([1.0, 2.0]), 1.5, names='the mean of two')",
        "两个数的平均值 是 7",
    ),
]


@pytest.mark.parametrize(("body", "chinese"), AUTHORED)
def test_what_an_author_says_is_told_in_the_languages_of_the_course(
    body: str, chinese: str, graded: Graded, tmp_path: Path
) -> None:
    folder = tmp_path / "course" / "solutions" / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="zh_CN")
    for text, said in SAID.items():
        catalogue.add(text, said)
    (folder / "course.mo").write_bytes(as_mo([catalogue]))
    read_again()
    body = f"from grader.authoring import message\n{body}"
    check = graded(body, "def mean(values):\n    return 7", visible=True)
    assert chinese in translated(check.feedback, "zh_CN")
    assert chinese not in check.feedback
    texts = course_messages(find_course(tmp_path / "course", tmp_path))
    assert any(text in texts for text, said in SAID.items() if said.split("{")[0] in chinese)
