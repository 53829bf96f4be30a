"""Notebooks for tests: written in a line, and graded in this process behind one warm host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.course import find_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Result
from grader.sandbox.isolation import resolve

FOLDER = Path(__file__).parent / "notebooks"
ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "solutions" / "exercise3.py").read_text("utf-8")


def code(source: Any, count: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {},
        "outputs": [],
        "source": source,
        **more,
    }


def notebook(*cells: Any, **more: Any) -> bytes:
    """Return a notebook of format 4.4; a text among the cells is a code cell."""
    full = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    document = {"cells": full, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}
    return json.dumps(document).encode()


class NotebookGrader:
    """Grades bytes as a submission of exercise 3."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.exercise = grader.course.exercise("exercise3")

    def grade(self, data: bytes, name: str = "exercise3.ipynb") -> Result:
        return self.grader.grade(submission_from_bytes(name, data), self.exercise, 7)


@contextmanager
def bench() -> Iterator[NotebookGrader]:
    """Give a bench; the pytest session within is the grader's own."""
    course = find_course(ROOT, ROOT)
    with Grader(course, resolve("basic")) as grader:
        yield NotebookGrader(grader)
