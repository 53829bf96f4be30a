"""Reading nbgrader's notebooks, source or release, with cell metadata of schema 0 to 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
from grader.author.importing.graded_by_hand import kind_of
from grader.author.importing.markers import from_nbgrader, is_released, without_region
from grader.author.importing.notebook_cells import Cell, find_notebooks, read_cells
from grader.author.importing.titles import first_heading, title_of, words
from grader.errors import UsageError
from grader.language import gettext_lazy as _

NEWEST_SCHEMA: Final = 3
_AUTOTEST: Final = re.compile(r"^(\s*)#+\s*(?:HASHED )?AUTOTEST\s+(.+)$")
_ANSWER: Final = "*Write your answer where the file has a place for it.*"


def read_nbgrader(source: Path) -> tuple[tuple[Assignment, ...], tuple[ImportFinding, ...]]:
    """Return the assignments at `source`, and what keeps other notebooks there from being one.

    Parameters
    ----------
    source : Path
        A notebook, an assignment's folder, or a folder of these.

    Raises
    ------
    UsageError
        There is no notebook, or the only one cannot be read.
    """
    paths = find_notebooks(source)
    assignments = []
    findings = []
    for path in paths:
        name = path.name if path == source else path.relative_to(source).as_posix()
        try:
            assignments.append(_assignment(path, read_cells(path, name)))
        except UsageError as error:
            if len(paths) == 1:
                raise
            findings.append(ImportFinding("cannot", ImportPlace(name), error.message))
    return tuple(assignments), tuple(findings)


def _assignment(path: Path, cells: tuple[Cell, ...]) -> Assignment:
    findings: list[ImportFinding] = []
    parts = tuple(part for cell in cells for part in _parts(cell, findings))
    title = first_heading(parts) or words(path.stem)
    released = any(cell.kind == "code" and is_released(cell.source) for cell in cells)
    return Assignment(path.stem, title, parts, tuple(findings), released)


def _parts(cell: Cell, findings: list[ImportFinding]) -> Iterator[Part]:
    marks = _metadata(cell, findings)
    graded, solution = bool(marks.get("grade")), bool(marks.get("solution"))
    name = str(marks.get("grade_id") or f"cell_{cell.place.cell}")
    points = _points(marks, cell, findings)
    if cell.kind == "markdown":
        yield from _text(cell, bool(marks.get("task")), graded, solution, name, points)
    elif cell.kind == "code" and graded and not solution:
        yield from _test(cell, name, points)
    elif cell.kind == "code" and cell.source.strip():
        yield _code(cell, solution, findings)
        if graded:
            yield ByHand(cell.place, name, points, cell.source, kind_of(cell.source))


def _metadata(cell: Cell, findings: list[ImportFinding]) -> Mapping[str, Any]:
    marks = cell.metadata.get("nbgrader")
    if not isinstance(marks, dict):
        return {}
    schema = marks.get("schema_version", 0)
    if not isinstance(schema, int) or schema > NEWEST_SCHEMA:
        text = _(
            "its cell metadata has schema {schema}, newer than {newest}: read as that",
            schema=repr(schema),
            newest=NEWEST_SCHEMA,
        )
        findings.append(ImportFinding("look", cell.place, text))
    return marks


def _points(marks: Mapping[str, Any], cell: Cell, findings: list[ImportFinding]) -> float:
    given = marks.get("points", 0)
    try:
        points = float(given or 0)
    except (TypeError, ValueError):
        findings.append(
            ImportFinding(
                "look", cell.place, _("its points are {points}: taken as 0", points=repr(given))
            )
        )
        return 0.0
    return points if 0 <= points < 1e6 else 0.0


def _text(
    cell: Cell, task: bool, graded: bool, solution: bool, name: str, points: float
) -> Iterator[Part]:
    public, scheme = without_region(cell.source, "MARK SCHEME")
    if task:
        yield TaskText(public)
        yield ByHand(cell.place, name, points, scheme)
    elif graded or solution:
        yield TaskText(_ANSWER)
        yield ByHand(cell.place, name, points, cell.source)
    else:
        yield TaskText(public)


def _code(cell: Cell, solution: bool, findings: list[ImportFinding]) -> Code:
    marked = from_nbgrader(cell.source, whole=solution)
    if marked.problem:
        text = _("{reason}: all of the cell was taken for the solution", reason=marked.problem)
        findings.append(ImportFinding("look", cell.place.at(marked.line), text))
    if is_released(cell.source):
        text = _("a released notebook has no solution: write it between the markers")
        findings.append(ImportFinding("look", cell.place, text))
    return Code(marked.source, cell.place)


def _test(cell: Cell, name: str, points: float) -> Iterator[Part]:
    source = "\n".join(_autotest(line) for line in cell.source.split("\n"))
    public, hidden = without_region(source, "HIDDEN TESTS")
    whole = "\n".join(line for line in source.split("\n") if " HIDDEN TESTS" not in line)
    yield AuthorsTest(
        place=cell.place,
        source=whole if hidden else source,
        title=title_of(cell.source, name),
        name=name,
        points=points,
        visible=not hidden.strip(),
        public_source=public if hidden.strip() and "assert" in public else "",
    )


def _autotest(line: str) -> str:
    """Return what nbgrader's AUTOTEST asks: that the student's is what the reference's is."""
    match = _AUTOTEST.match(line)
    if match is None:
        return line
    parts = [part.strip() for part in match[2].split(";") if part.strip()]
    return match[1] + "; ".join(f"assert ({part}) == __reference__({part})" for part in parts)
