"""Each misconception of the shipped course, handed in as a student would: it is charged and named.

The student's file is the reference with that one function replaced. All of them are graded in one
session with one warm host.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grader.authoring import Misconception
from grader.course import Course, Exercise, load_course
from grader.diagnosis.book import read_book
from grader.diagnosis.diagnose import Options
from grader.grading.grade import Grader, with_grader
from grader.grading.submission import Submission
from grader.result import Result, SubmissionInfo
from grader.wall.host import WorkerHost
from grader.wall.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
COURSE: Course = load_course(ROOT)

# Programs that no probe and no check tells apart: the one that is named instead, and why.
EQUIVALENT: Mapping[str, tuple[str, str]] = {}


def misconceptions() -> Iterator[tuple[Exercise, Misconception]]:
    """Yield every misconception of every exercise about a function that earns points there."""
    for exercise in COURSE.exercises:
        book = read_book(COURSE, exercise)
        for function, items in book.misconceptions.items():
            if exercise.points.get(function):
                for item in items:
                    yield exercise, item


CASES = {f"{exercise.name}-{item.id}": (exercise, item) for exercise, item in misconceptions()}


class _WithoutReference(ast.NodeTransformer):
    """Write a misconception as a student would: `reference.forward(...)` becomes `forward(...)`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "reference":
            return ast.Name(node.attr, ast.Load())
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.args = [
            item
            for item in node.args
            if not (isinstance(item, ast.Name) and item.id == "reference")
        ]
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [item for item in node.args if item.arg != "reference"]
        node.kwonlyargs, node.kw_defaults = [], []
        return node


def definitions(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def needed(name: str, functions: Mapping[str, ast.FunctionDef]) -> list[str]:
    """Return a function's name after those of the functions of its file that it calls."""
    found: list[str] = []
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Name) and node.id in functions and node.id != name:
            found += [each for each in needed(node.id, functions) if each not in found]
    return [*found, name]


def submission(exercise: Exercise, item: Misconception) -> str:
    """Return the reference with one function replaced."""
    functions = definitions(Path(item.program.__code__.co_filename))
    replacement = []
    for name in needed(item.id, functions):
        node = functions[name]
        node.decorator_list = []
        if name == item.id:
            node.name = item.function
        replacement.append(ast.unparse(_WithoutReference().visit(node)))
    path = COURSE.reference(exercise)
    lines = path.read_text("utf-8").splitlines()
    old = definitions(path)[item.function]
    lines[old.lineno - 1 : old.end_lineno] = "\n\n\n".join(replacement).splitlines()
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def results() -> Mapping[str, Result]:
    """Return the results of all files."""
    found: dict[str, Result] = {}

    def drive(grader: Grader) -> None:
        for name, (exercise, item) in CASES.items():
            info = SubmissionInfo(f"{exercise.name}.py", "0" * 64, 0)
            found[name] = grader.grade(Submission(info, submission(exercise, item)), exercise, 0)

    with WorkerHost(resolve("basic"), COURSE.packages) as host:
        with_grader(COURSE, COURSE.exercises, host, drive, Options("en"))
    return found


@pytest.mark.parametrize("name", CASES)
def test_loses_points_in_its_own_function_only(name: str, results: Mapping[str, Result]) -> None:
    _, item = CASES[name]
    result = results[name]
    assert result.status == "graded"
    lost = {check.function for check in result.checks if check.points < check.max_points}
    assert lost == {item.function}


@pytest.mark.parametrize("name", CASES)
def test_is_named(name: str, results: Mapping[str, Result]) -> None:
    _, item = CASES[name]
    told = [diagnosis for check in results[name].checks for diagnosis in check.diagnosis]
    named, _reason = EQUIVALENT.get(item.id, (item.id, ""))
    assert [diagnosis.id for diagnosis in told] == [named]
    assert told[0].certainty == "exact"
