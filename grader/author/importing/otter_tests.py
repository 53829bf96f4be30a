"""Reading the tests that otter has generated, in a notebook or beside it, without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.author.importing.assignment import ImportFinding, ImportPlace
from grader.author.importing.expectations import call_of, ok_case
from grader.author.importing.notebook_cells import Cell
from grader.author.importing.otter_cells import Question
from grader.language import gettext_lazy as _
from grader.notebooks.notebook_file import parse
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One test case of a question; `points` is None where it says none."""

    place: ImportPlace
    source: str
    hidden: bool = False
    points: float | None = None
    success: str = ""
    failure: str = ""
    name: str = ""


Suite = tuple[Question, list[Case]]


def read_tests(
    notebook: Path, cells: Sequence[Cell], asked: Sequence[str], findings: list[ImportFinding]
) -> list[Suite]:
    """Return the tests that a notebook asks for, which lie in it or beside it.

    All are returned where they lie in it, or it is alone and asks for none.
    """
    folder = tests_folder(notebook)
    if folder is None:
        return list(_inside(notebook, findings))
    files = {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}
    for name in asked:
        if name not in files:
            path = f"{folder.name}/{name}.py"
            text = _("it checks {name}, but there is no {path}", name=name, path=path)
            findings.append(ImportFinding("cannot", cells[0].place, text))
    chosen = [name for name in dict.fromkeys(asked) if name in files]
    if not asked and len(list(notebook.parent.glob("*.ipynb"))) == 1:
        chosen = list(files)
    suites = []
    for name in chosen:
        place = ImportPlace(f"{folder.name}/{name}.py")
        try:
            tree = ast.parse(files[name].read_text("utf-8"))
        except (OSError, SyntaxError, ValueError) as error:
            findings.append(
                ImportFinding("cannot", place, _("it cannot be read: {reason}", reason=error))
            )
            continue
        suite = _ok(tree, place, findings) or _exception_based(tree, place)
        if suite is None:
            text = _("it has neither `test = {...}` nor functions marked with @test_case")
            findings.append(ImportFinding("cannot", place, text))
        else:
            suites.append((Question(name, suite[0].config), suite[1]))
    return suites


def _inside(notebook: Path, findings: list[ImportFinding]) -> Iterator[Suite]:
    """Yield the tests in a notebook's own metadata; a case's place has its number for a line."""
    metadata = parse(notebook.name, notebook.read_bytes()).get("metadata")
    otter = metadata.get("otter") if isinstance(metadata, dict) else None
    tests = otter.get("tests") if isinstance(otter, dict) else None
    for name, test in tests.items() if isinstance(tests, dict) else ():
        place = ImportPlace(f"{notebook.name}, test {name}")
        suite = None
        if isinstance(test, dict):
            suite = Question("", test), _cases(test, place, {}, findings)
        elif isinstance(test, str):
            try:
                suite = _exception_based(ast.parse(test), place)
            except (SyntaxError, ValueError):
                suite = None
        if suite is None:
            findings.append(ImportFinding("cannot", place, _("it is in no form that otter writes")))
        else:
            yield Question(name, suite[0].config), suite[1]


def tests_folder(notebook: Path) -> Path | None:
    """Return the folder of tests beside a notebook; None where there is none."""
    folder = notebook.parent / "tests"
    return folder if folder.is_dir() else None


def _ok(tree: ast.Module, file: ImportPlace, findings: list[ImportFinding]) -> Suite | None:
    values = _constants(tree)
    test = values.get("test")
    if not isinstance(test, dict):
        return None
    lines = {each.value: each.lineno for each in ast.walk(tree) if isinstance(each, ast.Constant)}
    return Question("", test), _cases(test, file, lines, findings)


def _cases(
    test: dict[str, Any], file: ImportPlace, lines: Mapping[Any, int], findings: list[ImportFinding]
) -> list[Case]:
    cases: list[Case] = []
    for suite in test.get("suites") or ():
        setup = suite.get("setup") if isinstance(suite, dict) else ""
        for case in suite.get("cases") or () if isinstance(suite, dict) else ():
            if not isinstance(case, dict) or not isinstance(case.get("code"), str):
                continue
            place = ImportPlace(file.file, 0, lines.get(case["code"], len(cases) + 1))
            code = "\n".join(part for part in (setup, case["code"]) if part)
            try:
                source, problem = ok_case(_dedented(code))
            except (SyntaxError, ValueError) as error:
                findings.append(
                    ImportFinding(
                        "cannot", place, _("a case is no doctest: {reason}", reason=error)
                    )
                )
                continue
            if problem:
                findings.append(ImportFinding("look", place, problem))
            cases.append(_case(place, source, case))
    return cases


def _dedented(code: str) -> str:
    return "\n".join(
        line.lstrip() if line.lstrip().startswith((">>>", "...")) else line
        for line in code.split("\n")
    )


def _exception_based(tree: ast.Module, place: ImportPlace) -> Suite | None:
    values = _constants(tree)
    cases = [
        Case(
            **_options(options),
            place=place.at(function.lineno),
            source=_with_call(function),
        )
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for options in _test_case(function)
    ]
    return (Question("", values), cases) if cases else None


def _with_call(function: ast.FunctionDef) -> str:
    function.decorator_list = []
    return call_of(ast.unparse(function), function)


def _test_case(function: ast.FunctionDef) -> Iterator[dict[str, Any]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("test_case"):
            yield {
                word.arg: _value(word.value) for word in decorator.keywords if word.arg is not None
            }


def _case(place: ImportPlace, source: str, options: Mapping[str, Any]) -> Case:
    return Case(place=place, source=source, **_options(options))


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    points = options.get("points")
    number = isinstance(points, int | float) and not isinstance(points, bool)
    return {
        "hidden": bool(options.get("hidden")),
        "points": float(points) if number and points is not None else None,
        "success": str(options.get("success_message") or ""),
        "failure": str(options.get("failure_message") or ""),
        "name": str(options.get("name") or ""),
    }


def _constants(tree: ast.Module) -> dict[str, Any]:
    return {
        target.id: _value(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
