"""The check file of an exercise, from its tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from grader.author.importing.assignment import Finding, Level, Test
from grader.author.importing.engine import not_graded
from grader.author.importing.naming import Names, bound, loaded
from grader.author.importing.titles import plain
from grader.author.importing.translation import Translation, indented, translate

_FIXTURES = ("student", "reference")


@dataclass(frozen=True, slots=True)
class Written:
    """A check file's text, the points of what the student writes, and what needs a look."""

    text: str
    points: Mapping[str, float]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _File:
    """What is written so far."""

    names: Names
    header: dict[str, None] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    charged: list[tuple[str, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    earlier: dict[str, str] = field(default_factory=dict)


def write_checks(tests: Sequence[Test], names: Names) -> Written:
    """Return the check file of some tests, which are plain Python."""
    file = _File(names)
    free = bool(tests) and not any(test.points for test in tests)
    if free:
        text = "no test is worth any points: each check got one"
        file.findings.append(Finding("look", tests[0].place, text))
    for test in tests:
        points = 1.0 if free else test.points
        if test.public_source:
            _add(file, test, test.public_source, 0.0, True, "_public")
        _add(file, test, test.source, points, test.visible)
        _remember(file, test.source)
    totals: dict[str, float] = {}
    for name in names.student:
        own = [points for charged, points in file.charged if charged == name]
        if own:
            totals[name] = round(sum(own), 9)
    imports = sorted(text for text in file.header if text.startswith(("import ", "from ")))
    given = [text for text in file.header if not text.startswith(("import ", "from "))]
    head = "\n".join(dict.fromkeys([*imports, "import pytest"]))
    return Written("\n\n\n".join([head, *given, *file.checks]) + "\n", totals, tuple(file.findings))


def _add(
    file: _File, test: Test, source: str, points: float, visible: bool, ending: str = ""
) -> None:
    found = translate(source, file.names)
    prelude = _outside(file, found)
    target = _charged(file.names, found)
    if target is None and not found.impossible:
        found.impossible.append((1, "it asks nothing of what students write"))
    notes: list[tuple[Level, int, str]] = [("cannot", *one) for one in found.impossible]
    notes += [("look", *one) for one in found.problems]
    for need in sorted(not_graded(found.needs)):
        notes.append(("waits", 1, f"it needs {need.value}, which the grader cannot ask for yet"))
    for level, line, text in notes:
        # in a file of tests the code is not as it stands there, and its lines are others
        place = test.place.at(line) if test.place.cell else test.place
        file.findings.append(Finding(level, place, text))
    if found.impossible or target is None:
        return
    file.charged.append((target, points))
    body = "\n".join([*prelude, found.code])
    fixtures = ", ".join(name for name in _FIXTURES if name == "student" or found.reference)
    marks = [
        f'@pytest.mark.function("{target}")',
        f"@pytest.mark.points({points:.12g})",
        *(["@pytest.mark.visible"] if visible else []),
        *([f"@pytest.mark.hint({test.hint.strip()!r})"] if test.hint.strip() else []),
        f"def {_name(file, test.name + ending)}({fixtures}):",
        f'    """{plain(test.title)}"""',
    ]
    file.checks.append("\n".join([*marks, indented(body)]))


def _outside(file: _File, found: Translation) -> list[str]:
    """Put above the checks what a test needs; return what earlier tests do for it."""
    prelude: dict[str, None] = {}
    waiting = list(found.outside)
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        if name in file.names.imports:
            text = file.names.imports[name]
            if _is_installed(text):
                file.header[text] = None
            else:  # so that no other check is lost with it
                prelude[text] = None
                found.problems.append((1, f"`{text}` finds nothing here"))
        elif name in file.names.given:
            waiting += loaded(file.names.given[name])
            file.header.pop(file.names.given[name], None)
            file.header[file.names.given[name]] = None
        elif name in file.earlier:
            again = translate(file.earlier[name], file.names)
            waiting += again.outside
            found.names.update(again.names)
            found.needs |= again.needs
            found.impossible += [(1, text) for _, text in again.impossible]
            prelude[again.code] = None
        elif name == "re":
            file.header["import re"] = None
        elif name in _FIXTURES or file.names.stars:
            for star in file.names.stars:
                file.header[star] = None
        elif name in found.outside:
            found.problems.append((1, f"no cell defines {name}"))
    if any(name in _FIXTURES for name in found.outside):
        found.impossible.append((1, "it has a name `student` of its own"))
    return list(reversed(prelude))


def _is_installed(statement: str) -> bool:
    node = ast.parse(statement).body[0]
    module = node.names[0].name if isinstance(node, ast.Import) else ""
    top = (getattr(node, "module", None) or module).partition(".")[0]
    return top in sys.stdlib_module_names or find_spec(top) is not None


def _remember(file: _File, source: str) -> None:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign):
            for name in bound(node):
                file.earlier[name] = ast.unparse(node)


def _charged(names: Names, found: Translation) -> str | None:
    """Return what a check is charged to: of what it asks for, what was written last."""
    order = [name for name in names.student if name in found.names and not name.startswith("_")]
    return order[-1] if order else None


def _name(file: _File, name: str) -> str:
    base = (
        "test_" + re.sub(r"\W+", "_", name.removeprefix("test_"), flags=re.ASCII).strip("_").lower()
    )
    found = base
    number = 2
    while found in file.taken:
        found, number = f"{base}_{number}", number + 1
    file.taken.add(found)
    return found
