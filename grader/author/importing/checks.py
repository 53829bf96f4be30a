"""The check file of an exercise, from its tests."""

from __future__ import annotations

import ast
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from importlib.util import find_spec

from grader.author.importing.assignment import AuthorsTest, ImportFinding, ImportPlace, Level
from grader.author.importing.name_rewriting import Translation, translate
from grader.author.importing.naming import Names, bound, loaded, names_of
from grader.author.importing.source_edits import indented
from grader.author.importing.titles import plain
from grader.checking.student.student_proxy import own_names
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.quick_dataclass import dataclass

_FIXTURES = ("student", "reference")
_OWN_IMPORTS = {"contextlib", "io", "re"}


@dataclass(frozen=True, slots=True)
class ImportedCheck:
    """A check: its name, the test that it was, what it is charged to, its points, its code."""

    name: str
    place: ImportPlace
    function: str
    points: float
    code: str


@dataclass(frozen=True, slots=True)
class WrittenChecks:
    """The checks of an exercise, what stands above them, and what needs a look."""

    head: str
    checks: tuple[ImportedCheck, ...]
    findings: tuple[ImportFinding, ...]


@dataclass(slots=True)
class _ChecksFile:
    """What is written so far."""

    names: Names
    header: dict[str, None] = field(default_factory=dict)
    checks: list[ImportedCheck] = field(default_factory=list)
    findings: list[ImportFinding] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    earlier: list[tuple[set[str], str]] = field(default_factory=list)


def write_checks(tests: Sequence[tuple[AuthorsTest, Names]]) -> WrittenChecks:
    """Return the checks of some tests, which are plain Python, each with the names there."""
    file = _ChecksFile(tests[0][1] if tests else names_of([], []))
    free = bool(tests) and not any(test.points for test, _names in tests)
    if free:
        text = _("no test is worth any points: each check got one")
        file.findings.append(ImportFinding("look", ImportPlace(tests[0][0].place.file), text))
    for test, names in tests:
        file.names = names
        points = 1.0 if free else test.points
        if test.public_source:
            _add(file, test, test.public_source, 0.0, True, "_public")
        _add(file, test, test.source, points, test.visible)
        _remember(file, test.source)
    imports = sorted(text for text in file.header if text.startswith(("import ", "from ")))
    given = [text for text in file.header if not text.startswith(("import ", "from "))]
    head = "\n".join(dict.fromkeys([*imports, "import pytest"]))
    return WrittenChecks("\n\n\n".join([head, *given]), tuple(file.checks), tuple(file.findings))


def points_of(checks: Iterable[ImportedCheck]) -> dict[str, float]:
    """Return the points of what the student writes."""
    each: dict[str, list[float]] = {}
    for check in checks:
        each.setdefault(check.function, []).append(check.points)
    return {function: round(math.fsum(points), 9) for function, points in each.items()}


def check_file(head: str, checks: Sequence[ImportedCheck], aside: Mapping[str, str]) -> str:
    """Return the text of a check file; checks named in `aside` stand in comments, with why."""
    kept = [check.code for check in checks if check.name not in aside]
    left = [
        "\n".join(f"# {line}".rstrip() for line in [_set_aside(why), *check.code.split("\n")])
        for check in checks
        if (why := aside.get(check.name)) is not None
    ]
    return "\n\n\n".join([head, *kept, *left]) + "\n"


def _set_aside(why: str) -> str:
    return translated(_("Set aside: {why}.", why=why))


def _add(
    file: _ChecksFile,
    test: AuthorsTest,
    source: str,
    points: float,
    visible: bool,
    ending: str = "",
) -> None:
    found = translate(source, file.names)
    prelude = _outside(file, found)
    target = _charged(file.names, found)
    for name in sorted(own_names().intersection(found.names)):
        text = _(
            "`{name}` is what the `student` of a check has itself: call it otherwise", name=name
        )
        found.impossible.append((1, text))
    if target is None and not found.impossible:
        found.impossible.append((1, _("it asks nothing of what students write")))
    notes: list[tuple[Level, int, str]] = [("cannot", *one) for one in found.impossible]
    notes += [("look", *one) for one in found.problems]
    for level, line, note in notes:
        file.findings.append(ImportFinding(level, _line(test.place, line), note))
    if test.after:
        prelude.insert(0, f"student = student.after({test.after!r})")
        if found.reference:
            why = _(
                "the reference is asked as of its end, though a later cell changes what is asked"
            )
            file.findings.append(ImportFinding("look", test.place, why))
    body = "\n".join([*prelude, found.code])
    if found.impossible or target is None:
        return
    name = _name(file, test.name + ending)
    fixtures = ", ".join(each for each in _FIXTURES if each == "student" or found.reference)
    marks = [
        f'@pytest.mark.function("{target}")',
        f"@pytest.mark.points({points:.12g})",
        *(["@pytest.mark.visible"] if visible else []),
        *([f"@pytest.mark.hint({test.hint.strip()!r})"] if test.hint.strip() else []),
        f"def {name}({fixtures}):",
        f'    """{plain(test.title)}"""',
    ]
    code = "\n".join([*marks, indented(body)])
    file.checks.append(ImportedCheck(name, test.place, target, points, code))


def _line(place: ImportPlace, line: int) -> ImportPlace:
    """Return the place of a line of a test; in a file of tests the code is not as it stands."""
    return place.at(line) if place.cell else place


def _outside(file: _ChecksFile, found: Translation) -> list[str]:
    """Put above the checks what a test needs; return what earlier tests do for it."""
    missing: dict[str, None] = {}
    chosen: set[int] = set()
    waiting = [(name, len(file.earlier)) for name in found.outside]
    done: set[tuple[str, int]] = set()
    while waiting:
        name, before = waiting.pop(0)
        if (name, before) in done:
            continue
        done.add((name, before))
        number = _definition(file, name, before)
        if name in file.names.imports:
            text = file.names.imports[name]
            if _is_installed(text):
                file.header[text] = None
            else:  # so that no other check is lost with it
                missing[text] = None
                found.problems.append((1, _("`{statement}` finds nothing here", statement=text)))
        elif name in file.names.given:
            waiting += [(each, before) for each in loaded(file.names.given[name])]
            file.header.pop(file.names.given[name], None)
            file.header[file.names.given[name]] = None
        elif number is not None:
            again = translate(file.earlier[number][1], file.names)
            waiting += [(each, number) for each in again.outside]
            found.names.update(again.names)
            found.impossible += [(1, text) for _line, text in again.impossible]
            chosen.add(number)
        elif name in _OWN_IMPORTS:
            file.header[f"import {name}"] = None
        elif file.names.stars:
            for star in file.names.stars:
                file.header[star] = None
        elif name in found.outside:
            found.problems.append((1, _("no cell defines {name}", name=name)))
    if any(name in _FIXTURES for name in found.outside):
        found.impossible.append((1, _("it has a name `student` of its own")))
    codes = [translate(file.earlier[each][1], file.names).code for each in sorted(chosen)]
    return [*missing, *codes]


def _definition(file: _ChecksFile, name: str, before: int) -> int | None:
    """Return which statement of the earlier tests, of those `before` one, defines a name last."""
    numbers = range(before - 1, -1, -1)
    return next((each for each in numbers if name in file.earlier[each][0]), None)


def _is_installed(statement: str) -> bool:
    node = ast.parse(statement).body[0]
    module = node.names[0].name if isinstance(node, ast.Import) else ""
    top = (getattr(node, "module", None) or module).partition(".")[0]
    return top in sys.stdlib_module_names or find_spec(top) is not None


def _remember(file: _ChecksFile, source: str) -> None:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign):
            file.earlier.append((set(bound(node)), ast.unparse(node)))


def _charged(names: Names, found: Translation) -> str | None:
    """Return what a check is charged to: of what it asks for, what was written last."""
    order = [name for name in names.student if name in found.names and not name.startswith("_")]
    return order[-1] if order else None


def _name(file: _ChecksFile, name: str) -> str:
    base = (
        "test_" + re.sub(r"\W+", "_", name.removeprefix("test_"), flags=re.ASCII).strip("_").lower()
    )
    found = base
    number = 2
    while found in file.taken:
        found, number = f"{base}_{number}", number + 1
    file.taken.add(found)
    return found
