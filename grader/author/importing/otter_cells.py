"""The blocks of an otter master notebook: which cell is in which, and what it configures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import yaml

from grader.author.importing.assignment import ImportFinding
from grader.author.importing.notebook_cells import Cell
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_MARK: Final = re.compile(
    r"\s*#\s*(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|SOLUTION|TESTS|PROMPT))\b", re.IGNORECASE
)
_FENCE: Final = re.compile(r"^```otter[ \t]*\n(.*?)\n```[ \t]*$", re.MULTILINE | re.DOTALL)
_OLD: Final = re.compile(
    r"^```[ \t]*\n\s*(BEGIN QUESTION|BEGIN ASSIGNMENT)\s*\n(.*?)\n?```[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_OLD_TEST: Final = re.compile(r"\s*##?\s*(hidden\s+)?test\s*##?\s*$", re.IGNORECASE)
_TEST_CONFIG: Final = re.compile(
    r'\A\s*(?:\w+\s*=\s*)?"{2,3}\s*#\s*BEGIN\s*TEST\s*CONFIG[^\n]*\n(.*?)'
    r'^"{2,3}\s*#\s*END\s*TEST\s*CONFIG[^\n]*\n?',
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question's configuration."""

    name: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Located:
    """A cell, and what it is in."""

    cell: Cell
    question: Question | None
    block: str  # "", "solution", "tests" or "prompt"


def located(cells: tuple[Cell, ...], findings: list[ImportFinding]) -> Iterator[Located]:
    """Yield the cells that are no configuration, each with what it is in."""
    question: Question | None = None
    block = ""
    old = any(_OLD.search(cell.source) for cell in cells if cell.kind == "markdown")
    for cell in _unfenced(cells):
        match = _MARK.match(cell.source) if cell.kind == "raw" else None
        if match is None:
            asked = _OLD.search(cell.source) if cell.kind == "markdown" else None
            if asked is not None:
                if asked[1] == "BEGIN QUESTION":
                    question = _question(cell, asked[2], findings)
                cell = replace(cell, source=_OLD.sub("", cell.source).strip())
            in_tests = old and cell.kind == "code" and _OLD_TEST.match(cell.source.split("\n")[0])
            if old and in_tests is None and cell.kind == "code":
                block = "solution" if "SOLUTION" in cell.source.upper() else ""
            if cell.kind != "raw" and cell.source.strip():
                yield Located(cell, question, "tests" if in_tests else block)
            continue
        mark = match[1].upper()
        rest = cell.source[match.end() :].partition("\n")[2]
        if mark == "BEGIN QUESTION":
            question, block = _question(cell, rest, findings), ""
        elif mark == "END QUESTION":
            question, block = None, ""
        elif mark.startswith("BEGIN"):
            block = mark.split()[1].lower()
        elif mark.startswith("END"):
            block = ""


def is_master(cells: tuple[Cell, ...]) -> bool:
    """Return whether a notebook has what otter's master notebooks have."""
    return any(_MARK.match(cell.source) for cell in _unfenced(cells) if cell.kind == "raw") or any(
        _OLD.search(cell.source) for cell in cells if cell.kind == "markdown"
    )


def test_config(source: str) -> tuple[dict[str, Any], str, int]:
    """Return a test cell's configuration, its code, and how many lines stand above that."""
    match = _TEST_CONFIG.match(source)
    if match is not None:
        code = source[match.end() :]
        return configuration(match[1]), code, match[0].count("\n")
    first, _, rest = source.partition("\n")
    if _OLD_TEST.match(first) or re.match(r"\s*#+\s*hidden\s*#*\s*$", first, re.IGNORECASE):
        return {"hidden": "hidden" in first.lower()}, rest, 1
    hidden = first.lstrip().startswith("#") and re.search(r"\bhidden\b", first, re.IGNORECASE)
    return {"hidden": bool(hidden)}, source, 0


def configuration(text: str) -> dict[str, Any]:
    """Return what a configuration says; nothing where it is no YAML table."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _question(cell: Cell, text: str, findings: list[ImportFinding]) -> Question:
    config = configuration(text)
    if not config.get("name"):
        why = _("the question's configuration gives no name, or is no YAML")
        findings.append(ImportFinding("look", cell.place, why))
    return Question(str(config.get("name") or f"question_{cell.place.cell}"), config)


def _unfenced(cells: tuple[Cell, ...]) -> Iterator[Cell]:
    """Yield the cells, with each fenced configuration as the raw cell that it stands for."""
    for cell in cells:
        if cell.kind != "markdown" or not _FENCE.search(cell.source):
            yield cell
            continue
        done = 0
        for match in _FENCE.finditer(cell.source):
            yield replace(cell, source=cell.source[done : match.start()].strip())
            yield replace(cell, kind="raw", source=match[1])
            done = match.end()
        yield replace(cell, source=cell.source[done:].strip())
