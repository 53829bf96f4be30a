"""The shipped course: what one edit makes of a right program is named as just that, or as equal.

Mutants are drawn from those that the grader makes of the references and of the author's other
right formulations. They are graded as if students had handed them in; so are the right programs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from handed_in import authored, own_words, with_function
from thoroughness import thorough

from grader.checking.reference import load_reference
from grader.comparison.values import agree
from grader.course import Course, Exercise, load_course
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.dictionary_builder import run_program
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.options import Options
from grader.diagnosis.program_factory import Maker, Workshop
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Result
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
COURSE: Course = load_course(ROOT)
STYLES = ROOT / "benchmarks" / "formulations.py"
PER_FUNCTION = 24
ASKED = [
    ("exercise1", "sigmoid"),
    ("exercise1", "forward"),
    ("exercise1", "loss"),
    ("exercise2", "gradient"),
    ("exercise3", "update"),
    ("exercise3", "train"),
]


def mutants(
    workshop: Workshop, function: str, table: FaultDictionary
) -> Iterator[tuple[str, Maker]]:
    """Yield some mutants of all formulations, spread evenly: their text, and how to run them."""
    found = []
    for source in workshop.sources(function):
        edits = workshop.find_edits(source, function, table.inputs[0])
        found += [(source, number) for number in range(len(edits))]
    rng = np.random.default_rng(len(found))
    for place in rng.permutation(len(found))[:PER_FUNCTION]:
        source, number = found[place]
        with source.edits[number].made():
            tree = ast.parse(ast.unparse(source.tree)).body[0]
        assert isinstance(tree, ast.FunctionDef)
        tree.name = function
        maker = workshop.edited(source, [number])
        if maker is not None:
            yield own_words(tree), maker


def names(
    workshop: Workshop, function: str, table: FaultDictionary, maker: Maker
) -> set[str] | None:
    """Return the ids of the candidates that show the same as a mutant; None where none may."""
    try:
        program = workshop.program(function, {function: maker})
        rows = run_program(program, table.inputs, table.layout)
    except Exception:
        return None
    if rows is None:
        return None
    for number, values in enumerate(table.values):
        if agree(rows, values).all():
            return {candidate.id for candidate in table.classes[number]}
    return None


def told(result: Result, function: str) -> list[tuple[str, str]]:
    checks = [check for check in result.checks if check.function == function]
    return [(found.id, found.certainty) for check in checks for found in check.diagnosis]


@pytest.fixture(autouse=True)
def _named_by_values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave repairs out, which have tests of their own and take their time."""
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)


def grade(exercise: Exercise, texts: list[str]) -> list[Result]:
    name = f"{exercise.name}.py"
    with Grader(COURSE, resolve("basic"), Options()) as grader:
        return [
            grader.grade(submission_from_bytes(name, text.encode()), exercise, 0) for text in texts
        ]


@pytest.mark.parametrize(("name", "function"), thorough(ASKED, but=[ASKED[1], ASKED[3]]))
def test_a_mutant_is_named_as_its_own_class(name: str, function: str) -> None:
    exercise = COURSE.exercise(name)
    shelf = Shelf(COURSE, lambda each: load_reference(COURSE, each))
    stored, workshop = shelf.table(exercise, function), shelf.workshop(exercise)
    assert stored is not None
    assert workshop is not None
    table = stored[0]
    made = list(mutants(workshop, function, table))
    reference = COURSE.reference(exercise)
    results = grade(exercise, [with_function(reference, function, text) for text, _ in made])
    named = 0
    for (text, maker), result in zip(made, results, strict=True):
        known = names(workshop, function, table, maker)
        found = told(result, function)
        failed = any(c.outcome.value == "failed" and c.function == function for c in result.checks)
        if known is not None and failed:
            assert found, text
            assert {id for id, _ in found} <= known, text
            assert {certainty for _, certainty in found} == {"exact"}, text
            named += 1
    assert named >= PER_FUNCTION / 3


def right_programs() -> Iterator[tuple[str, str, str]]:
    """Yield the right programs: exercise, function and text."""
    tree = ast.parse(STYLES.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.name = node.name.partition("__")[0]
            yield "exercise3", node.name, ast.unparse(node)
    for name in ("exercise1", "exercise2", "exercise3"):
        exercise = COURSE.exercise(name)
        for function, variants in read_book(COURSE, exercise).variants.items():
            for variant in variants if exercise.points.get(function) else ():
                file = Path(variant.program.__code__.co_filename)
                yield name, function, authored(file, variant.program.__name__, function)


@pytest.mark.parametrize("name", ["exercise1", "exercise2", "exercise3"])
def test_a_right_program_in_any_style_is_told_nothing(name: str) -> None:
    exercise = COURSE.exercise(name)
    texts = [
        with_function(COURSE.reference(exercise), function, text)
        for found, function, text in right_programs()
        if found == name
    ]
    assert texts
    for text, result in zip(texts, grade(exercise, texts), strict=True):
        assert result.full_marks, text
        assert not any(check.diagnosis for check in result.checks)
