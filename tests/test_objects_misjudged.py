"""Checks that ask Python about an object in the student's process: the author is told."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.author.verify import Effort, verify
from grader.course import Course, load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Result
from grader.sandbox.isolation import resolve

REFERENCE = """
class Stack:
    def __init__(self, items=()):
        self.items = list(items)

class Model(Stack):
    pass

def make(n):
    return Model(range(n))

def listed(n):
    return list(range(n))
"""
ASKED_BY_CLASS = [
    "class Model: pass\nassert isinstance(student.make(3), Model)",
    "assert isinstance(student.make(3), (list, reference.Stack))",
    "assert not isinstance(student.make(3), list)",
    "assert student.make(3).__class__.__name__ == 'Model'",
    "assert isinstance(student.Model, type)",
    "match student.make(3):\n    case reference.Model():\n        pass",
]
NO_JUDGES = [
    "assert type(student.make(3)) is reference.Model",
    "assert type(student.make(3)).__name__ == 'Model'",
    "assert not callable(student.make(3))",
    "assert len(student.make(3)) == 3",
    "assert sorted(student.make(3)) == [0, 1, 2]",
    "assert 2 in student.make(3)",
    "np.testing.assert_allclose(student.make(3), [0, 1, 2])",
    "np.testing.assert_equal(student.make(3), 3)",
    "pd.testing.assert_frame_equal(student.make(3), pd.DataFrame())",
    "compare.close(student.make(3), [0, 1, 2])",
]
BROKEN = {
    "pickle.dumps(student.make(3))": "cannot be pickled; copy.deepcopy copies it",
    "assert 'items' in dir(student.make(3))": "ask hasattr(it, name), not dir(it)",
    "assert vars(student.make(3))": "must have __dict__",
    "assert student.make(3).__dict__": "no __dict__ here",
    "assert type(student.make(3)) == student.Model": "student.Model is a function to be called",
    "assert student.make(3) == reference.make(3)": "it hands over an object of type Model, and",
    "assert student.make(3) == pytest.approx(3)": "it hands over an object of type ApproxScalar",
}
RIGHT = [
    "assert isinstance(student.make(3), student.Stack)",
    "assert issubclass(student.Model, student.Stack)",
    "assert not issubclass(student.Stack, student.Model)",
    "assert 'Stack' in student.kind(student.make(3))",
    "assert student.make(3).items == [0, 1, 2]",
    "assert hasattr(student.make(3), 'items') and not hasattr(student.make(3), 'other')",
    "one = student.make(3)\nother = copy.copy(one)\nother.items = []\nassert len(one.items) == 3",
    "assert 'Model object' in f'{student.make(3)}'",
]


def course_of(folder: Path, bodies: list[str]) -> Course:
    """Return a course in which each body is a check worth a point."""
    for part in ("exercises", "solutions"):
        (folder / part).mkdir()
    (folder / "exercises" / "course.toml").write_text(
        'name = "asked"\ntitle = "Asked"\npackages = ["numpy", "pandas"]\n'
        f'[exercises.one]\ntitle = "One"\n[exercises.one.points]\nmake = {len(bodies)}\n'
    )
    (folder / "exercises" / "one.md").write_text("# One\n")
    (folder / "solutions" / "one.py").write_text(REFERENCE)
    checks = ["import copy, pickle\nimport numpy as np\nimport pandas as pd\nimport pytest\n"]
    checks += [
        f'@pytest.mark.function("make")\n@pytest.mark.points(1)\n'
        f'def test_{number}(student, reference, compare):\n    """T"""\n'
        + textwrap.indent(body, "    ")
        for number, body in enumerate(bodies)
    ]
    (folder / "solutions" / "check_one.py").write_text("\n\n".join(checks) + "\n")
    return load_course(folder)


def graded(course: Course, text: str) -> Result:
    with Grader(course, resolve("basic")) as grader:
        submission = submission_from_bytes("one.py", text.encode())
        return grader.grade(submission, course.exercise("one"), 0)


def test_a_question_that_only_the_students_process_can_answer_is_the_graders_fault(
    tmp_path: Path,
) -> None:
    course = course_of(tmp_path, [*ASKED_BY_CLASS, *NO_JUDGES, *BROKEN])
    result = graded(course, REFERENCE)
    assert result.status == "ungraded"
    assert {check.outcome.value for check in result.checks} == {"grader_error"}
    told = [check.feedback for check in result.checks]
    for text in told[: len(ASKED_BY_CLASS)]:
        assert "asks Python for the class of " in text
        assert text.startswith("The check itself failed, not your code: check_one.py, line ")
        assert 'as in "Model" in student.kind(model), or isinstance(model, student.Model)' in text
    for text in told[len(ASKED_BY_CLASS) : -len(BROKEN)]:
        assert "the reference does not pass it either (check_one.py, line " in text
        assert "student.kind(...)" in text
    for text, words in zip(told[-len(BROKEN) :], BROKEN.values(), strict=True):
        assert words in text
        assert "check_one.py, line " in text


def test_it_is_told_when_the_course_is_proved(tmp_path: Path) -> None:
    course = course_of(tmp_path, [ASKED_BY_CLASS[0], NO_JUDGES[0]])
    effort = Effort(seeds=1, misconception_seeds=1, mutants=0, misconceptions=0)
    found = verify(course, course.exercises, resolve("basic"), effort)
    faults = [fault.message for fault in found.exercises[0].faults]
    assert any("asks Python for the class of make(3)" in fault for fault in faults)
    assert any("the reference does not pass it either" in fault for fault in faults)


def test_what_the_students_process_answers_is_right(tmp_path: Path) -> None:
    result = graded(course_of(tmp_path, RIGHT), REFERENCE)
    assert [check.feedback for check in result.checks if check.feedback] == []
    assert result.score == len(RIGHT)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("assert student.make(1).items == [0]", "make(1).items is None."),
        ("assert student.make(1).items[0] == 0", "items is None where a list is needed."),
        ("assert student.make.__doc__ == 'Make.'", "make.__doc__ is None."),
    ],
)
def test_an_attribute_that_is_none_lacks_no_return(tmp_path: Path, body: str, told: str) -> None:
    course = course_of(tmp_path, [body])
    right = REFERENCE.replace("make(n):", "make(n):\n    'Make.'")
    (tmp_path / "solutions" / "one.py").write_text(right)
    (check,) = graded(course, REFERENCE.replace("list(items)", "None")).checks
    assert check.outcome.value == "failed"
    assert check.feedback.endswith(told)
    assert "return" not in check.feedback


@pytest.mark.parametrize("wrong", ["return (x for x in range(n))", "return Model(range(n))"])
def test_an_object_in_the_place_of_a_list_stays_the_students_mistake(
    tmp_path: Path, wrong: str
) -> None:
    course = course_of(tmp_path, ["assert isinstance(student.listed(2), list)"])
    text = REFERENCE.replace("return list(range(n))", wrong)
    (check,) = graded(course, text).checks
    assert check.outcome.value == "forbidden_value"
    handed_out = (tmp_path / "solutions" / "check_one.py").read_text()
    (tmp_path / "exercises" / "check_one.py").write_text(handed_out.replace(", reference", ""))
    for path in (tmp_path / "solutions").iterdir():
        path.unlink()
    (check,) = graded(load_course(tmp_path), text).checks
    assert check.outcome.value == "failed"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "assert list(student.squares(3)) == [0, 1, 4]",
            "squares(3) gave 0, 1, 2 one after another.",
        ),
        (
            "squares = student.squares(9)\nassert next(squares) == 1",
            "squares(9) gave 0 one after another.",
        ),
        ("assert list(student.squares(0)) == [0]", "squares(0) gave no item."),
    ],
)
def test_the_items_of_a_generator_are_told(tmp_path: Path, body: str, told: str) -> None:
    course = course_of(tmp_path, [body])
    reference = "\ndef squares(n):\n    for each in range(n): yield each * each\n"
    if "next" in body:
        reference = reference.replace("range(n)", "range(1, n)")
    if "[0]" in body:
        reference = reference.replace("range(n)", "range(n + 1)")
    (tmp_path / "solutions" / "one.py").write_text(REFERENCE + reference)
    wrong = "\ndef squares(n):\n    yield from range(n)\n"
    (check,) = graded(course, REFERENCE + wrong).checks
    assert check.outcome.value == "failed"
    assert check.feedback.endswith(told)
