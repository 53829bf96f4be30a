"""What the grader can grade, asked of the grader itself: a small course of ours is graded."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Collection
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from grader.errors import BpgradeError


class Need(StrEnum):
    """What a check needs beside functions of plain values: in words for the report."""

    VALUE = "a module-level value"
    KEYWORD = "arguments that are passed by name"
    EXCEPTION = "an exception that the task asks for"
    PRINTED = "printed text"
    OBJECT = "an object of the student's class"
    TABLE = "a table"
    DATA = "a data file"


_PROBES: Final = {
    Need.VALUE: ("answer = 42\n", "answer", "assert student.answer == 42"),
    Need.KEYWORD: (
        "def double(number):\n    return 2 * number\n",
        "double",
        "assert student.double(number=4) == 8",
    ),
    Need.EXCEPTION: (
        "def refuse():\n    raise ValueError('no')\n",
        "refuse",
        "with student.raises('ValueError', match='no'):\n        student.refuse()",
    ),
    Need.PRINTED: (
        "def greet():\n    print('hello')\n",
        "greet",
        "student.greet()\n    assert student.printed == 'hello\\n'",
    ),
    Need.OBJECT: (
        "class Box:\n    def __init__(self, size):\n        self.size = size\n",
        "Box",
        "assert student.Box(3).size == 3",
    ),
    Need.TABLE: (
        "import pandas as pd\n\n\ntable = pd.DataFrame({'a': [1, 2]})\n",
        "table",
        "assert student.table['a'].sum() == 3",
    ),
    Need.DATA: (
        "def numbers():\n    with open('data/numbers.txt') as file:\n        return file.read()\n",
        "numbers",
        "assert student.numbers() == '12'",
    ),
}


def not_graded(needs: Collection[Need]) -> frozenset[Need]:
    """Return those of `needs` that the grader as it is cannot meet."""
    return frozenset(need for need in needs if not _graded(need))


@functools.cache
def _graded(need: Need) -> bool:
    if need is Need.TABLE and find_spec("pandas") is None:
        return False
    from grader.course import load_course
    from grader.grading.grade import Grader
    from grader.grading.submission import submission_from_bytes
    from grader.sandbox.isolation import resolve

    source, name, check = _PROBES[need]
    with tempfile.TemporaryDirectory(prefix="bpgrade-") as folder:
        root = Path(folder)
        _write(root, source, name, check)
        try:
            course = load_course(root)
            with Grader(course, resolve("basic")) as grader:
                submission = submission_from_bytes("probe.py", source.encode())
                return grader.grade(submission, course.exercises[0], 0).score == 1.0
        except BpgradeError:  # the grader refuses such a course
            return False


def _write(root: Path, source: str, name: str, check: str) -> None:
    for part in ("exercises/data", "solutions"):
        (root / part).mkdir(parents=True)
    packages = '["pandas"]' if "pandas" in source else "[]"
    (root / "exercises/data/numbers.txt").write_text("12")
    (root / "exercises/course.toml").write_text(
        f'name = "probe"\ntitle = "Probe"\npackages = {packages}\n'
        f'[exercises.probe]\ntitle = "Probe"\n[exercises.probe.points]\n{name} = 1\n'
    )
    (root / "solutions/probe.py").write_text(source)
    (root / "solutions/check_probe.py").write_text(
        f'import pytest\n\n\n@pytest.mark.function("{name}")\n@pytest.mark.points(1)\n'
        f'def test_probe(student):\n    """Probe"""\n    {check}\n'
    )
