"""Reading otter's master notebooks, and folders of generated notebooks with `tests/*.py`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from grader.author.importing.assignment import (
    Assignment,
    AuthorsTest,
    ByHand,
    Code,
    ImportFinding,
    ImportPlace,
    Part,
    TaskText,
)
from grader.author.importing.expectations import call_of, expected
from grader.author.importing.graded_by_hand import kind_of
from grader.author.importing.markers import from_otter, without_ignored
from grader.author.importing.naming import defined, loaded
from grader.author.importing.notebook_cells import Cell, find_notebooks, read_cells
from grader.author.importing.otter_cells import Question, is_master, located, test_config
from grader.author.importing.otter_tests import Case, read_tests, tests_folder
from grader.author.importing.titles import first_heading, title_of, words
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_CHECK: Final = re.compile(r"\b(?:grader|ok)\.(?:check|grade)\(\s*[\"']([^\"']+)[\"']")


def read_otter(source: Path) -> tuple[tuple[Assignment, ...], tuple[ImportFinding, ...]]:
    """Return the assignments at `source`, and what keeps other notebooks there from being one.

    Raises
    ------
    UsageError
        There is no notebook, or the only one cannot be read.
    """
    paths = find_notebooks(source)
    read: list[tuple[Path, tuple[Cell, ...]]] = []
    findings: list[ImportFinding] = []
    for path in paths:
        name = path.name if path == source else path.relative_to(source).as_posix()
        try:
            read.append((path, read_cells(path, name)))
        except UsageError as error:
            if len(paths) == 1:
                raise
            findings.append(ImportFinding("cannot", ImportPlace(name), error.message))
    if any(is_master(cells) for _name, cells in read):
        # what otter has generated from them lies beside
        read = [(path, cells) for path, cells in read if is_master(cells)]
    return tuple(_assignment_of(path, cells) for path, cells in read), tuple(findings)


def _assignment_of(path: Path, cells: tuple[Cell, ...]) -> Assignment:
    tested = any(each.block == "tests" for each in located(cells, []))
    if is_master(cells) and (tested or tests_folder(path) is None):
        return _master(path, cells)
    return _generated(path, cells)


def _master(path: Path, cells: tuple[Cell, ...]) -> Assignment:
    findings: list[ImportFinding] = []
    parts: list[Part] = []
    cases: dict[Question, list[Case]] = {}
    loose = Question("tests", {})
    for each in located(cells, findings):
        cell, question = each.cell, each.question
        if question is not None and question not in cases:
            cases[question] = []
            if question.config.get("manual"):
                points = _number(question.config.get("points"), 0.0)
                parts.append(ByHand(cell.place, question.name, points, ""))
        if each.block == "tests":
            if cell.kind == "code":
                cases.setdefault(question or loose, []).append(_case(cell, findings))
        elif cell.kind == "markdown":
            parts += _text(cell, question, each.block)
        elif cell.kind == "code" and each.block != "prompt":
            if each.block == "solution" and question and question.config.get("manual"):
                kind = kind_of(cell.source)
                parts.append(ByHand(cell.place, question.name, 0.0, cell.source, kind))
            parts += _code(cell, each.block == "solution", findings)
    for question, found in cases.items():
        parts += _tests(question, found, findings)
    return _assignment(path, parts, findings)


def _generated(path: Path, cells: tuple[Cell, ...]) -> Assignment:
    findings: list[ImportFinding] = []
    asked = [name for cell in cells for name in _CHECK.findall(cell.source)]
    suites = read_tests(path, cells, asked, findings)
    tested = {name for _question, cases in suites for case in cases for name in loaded(case.source)}
    asking = {name: cell.place for cell in cells for name in _CHECK.findall(cell.source)}
    parts: list[Part] = []
    for each in located(cells, []):
        if each.cell.kind == "markdown":
            parts.append(TaskText(each.cell.source))
        elif each.cell.kind == "code":
            parts += _code(each.cell, bool(tested & defined(each.cell.source)), findings)
    for question, cases in suites:
        where = asking.get(question.name)
        tests = _tests(question, cases, findings)
        parts += [replace(test, asked=where) for test in tests]
    if suites:
        text = _(
            "a notebook that otter has generated has no solution markers: cells that define what"
            " the tests ask for were taken for the solution"
        )
        findings.append(ImportFinding("look", ImportPlace(cells[0].place.file), text))
    return _assignment(path, parts, findings)


def _assignment(path: Path, parts: Sequence[Part], findings: Sequence[ImportFinding]) -> Assignment:
    return Assignment(
        path.stem, first_heading(parts) or words(path.stem), tuple(parts), tuple(findings)
    )


def _text(cell: Cell, question: Question | None, block: str) -> Iterator[Part]:
    if block == "solution" and question is not None:
        yield TaskText("*Write your answer where the file has a place for it.*")
        yield ByHand(cell.place, question.name, 0.0, cell.source)
    else:
        yield TaskText(cell.source)


def _code(cell: Cell, solution: bool, findings: list[ImportFinding]) -> Iterator[Code]:
    source = without_ignored(cell.source)
    if not source.strip():
        return
    marked = from_otter(source, whole=solution)
    if marked.problem:
        text = _("{reason}: all of the cell was taken for the solution", reason=marked.problem)
        findings.append(ImportFinding("look", cell.place.at(marked.line), text))
    if marked.source.strip():
        yield Code(marked.source, cell.place)


def _case(cell: Cell, findings: list[ImportFinding]) -> Case:
    config, code, above = test_config(cell.source)
    place = cell.place.at(above + 1)
    code = _called(without_ignored(code))
    want = cell.output.rstrip("\n")
    # what a test does not print itself, the student's code has printed
    printed = "" if "print" in loaded(code) else cell.printed.rstrip()
    if want:
        try:
            code, problem = expected(code, "" if printed else want)
        except (SyntaxError, ValueError):
            problem = ""
        if printed:
            code += f"\nassert __printed__.rstrip() == {printed!r}"
        if problem:
            findings.append(ImportFinding("look", place, problem))
    return Case(
        place=place,
        source=code,
        hidden=bool(config.get("hidden")),
        points=_optional(config.get("points")),
        success=str(config.get("success_message") or ""),
        failure=str(config.get("failure_message") or ""),
        name=str(config.get("name") or ""),
    )


def _called(code: str) -> str:
    """Return the code of a test, with the call that a test function's cell may leave out."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return code
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.FunctionDef):
        return call_of(code, tree.body[0])
    return code


@dataclass(frozen=True, slots=True)
class _Pointed:
    case: Case
    points: float


def _tests(
    question: Question, cases: list[Case], findings: list[ImportFinding]
) -> Iterator[AuthorsTest]:
    if not cases or question.config.get("manual"):
        return
    pointed = [
        _Pointed(case, points)
        for case, points in zip(cases, _points(question, cases, findings), strict=True)
    ]
    if any(case.success for case in cases):
        text = _(
            "{question}: messages for success are left out, a passed check says nothing",
            question=question.name,
        )
        findings.append(ImportFinding("look", ImportPlace(cases[0].place.file), text))
    if question.config.get("all_or_nothing") and len(cases) > 1:
        yield _together(question, pointed)
        pointed = [replace(each, points=0.0) for each in pointed if not each.case.hidden]
    for number, each in enumerate(pointed, 1):
        case = each.case
        name = case.name or (question.name if len(cases) == 1 else f"{question.name}_{number}")
        yield AuthorsTest(
            place=case.place,
            source=case.source,
            title=title_of(case.source, name),
            name=name,
            points=each.points,
            visible=not case.hidden,
            hint=case.failure,
        )


def _together(question: Question, pointed: list[_Pointed]) -> AuthorsTest:
    return AuthorsTest(
        place=pointed[0].case.place,
        source="\n\n".join(each.case.source for each in pointed),
        title=words(f"{question.name}, all of it"),
        name=f"{question.name}_all",
        points=sum(each.points for each in pointed),
        visible=not any(each.case.hidden for each in pointed),
        hint=next((each.case.failure for each in pointed if each.case.failure), ""),
    )


def _points(question: Question, cases: list[Case], findings: list[ImportFinding]) -> list[float]:
    """Return what each case is worth, by otter's rules."""
    given = question.config.get("points")
    if isinstance(given, dict):
        given = _number(given.get("each"), 1.0) * len(cases)
    own = [case.points for case in cases]
    if isinstance(given, list) and len(given) == len(cases):
        own, given = [_optional(each) for each in given], None
    total = _optional(given)
    known = sum(points for points in own if points is not None)
    missing = sum(points is None for points in own)
    if total is not None:
        if known > total or (not missing and known != total):
            text = _(
                "{question}: its tests are worth {points} points, the question {total}",
                question=question.name,
                points=f"{known:g}",
                total=f"{total:g}",
            )
            findings.append(ImportFinding("look", cases[0].place, text))
        share = max(total - known, 0.0) / missing if missing else 0.0
    else:
        share = 1 / missing if missing and known == 0 else 0.0
    return [share if points is None else points for points in own]


def _optional(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        return None
    return float(value)


def _number(value: Any, otherwise: float) -> float:
    found = _optional(value)
    return otherwise if found is None else found
