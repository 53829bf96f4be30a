"""The cells of a notebook, and the notebooks of a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

from grader.author.importing.assignment import ImportPlace
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.notebooks.notebook_file import NotebookError, parse, raw_cells, read_document, source_of
from grader.quick_dataclass import dataclass

_SKIPPED = {"__pycache__", "submitted", "autograded", "feedback", "student", "dist"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its place, kind and text; for code what it showed when run, and printed of that."""

    place: ImportPlace
    kind: str
    source: str
    metadata: dict[str, Any] = field(hash=False)
    output: str = ""
    printed: str = ""


def read_cells(path: Path, name: str) -> tuple[Cell, ...]:
    """Return the cells of a notebook; places in them say `name`.

    Raises
    ------
    UsageError
        It cannot be read, or it is no notebook of Python code.
    """
    try:
        data = path.read_bytes()
        content = parse(name, data)
        if any(isinstance(c, dict) and c.get("cell_type") == "code" for c in raw_cells(content)):
            read_document(name, data)
    except OSError as error:
        raise UsageError(
            _("Cannot read {path}: {reason}.", path=path, reason=error.strerror or error),
            _("Name a notebook that you may read."),
        ) from error
    except NotebookError as error:
        raise UsageError(
            _first_sentence(error.args[0]),
            _("Open it in Jupyter and save it again, or leave it out."),
        ) from None
    cells = []
    for number, cell in enumerate(raw_cells(content), 1):
        source = source_of(cell)
        if source is not None:
            metadata = cell.get("metadata")
            cells.append(
                Cell(
                    ImportPlace(name, number),
                    cell["cell_type"],
                    source,
                    metadata if isinstance(metadata, dict) else {},
                    _output(cell, ("stream", "execute_result", "display_data")),
                    _output(cell, ("stream",)),
                )
            )
    return tuple(cells)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) |(?<=。)", translated(text))[0]


def _output(cell: dict[str, Any], kinds: tuple[str, ...]) -> str:
    found = []
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict) or output.get("output_type") not in kinds:
            continue
        data = output.get("data")
        text = output.get("text", data.get("text/plain") if isinstance(data, dict) else None)
        if isinstance(text, list):
            text = "".join(line for line in text if isinstance(line, str))
        if isinstance(text, str):
            found.append(text)
    return "".join(found)


def find_notebooks(source: Path) -> list[Path]:
    """Return the notebook at `source`, or those in the folder there, in the order of their names.

    Raises
    ------
    UsageError
        There is none.
    """
    if not source.exists():
        raise UsageError(
            _("No such file or folder: {path}.", path=source), _("Name a notebook or a folder.")
        )
    if source.is_file():
        if source.suffix != ".ipynb":
            raise UsageError(
                _("{path} is not a notebook.", path=source),
                _("Name a file that ends in .ipynb, or a folder."),
            )
        return [source]
    found = sorted(_notebooks(source), key=_natural)
    if not found:
        raise UsageError(
            _("There is no notebook in {path}.", path=source),
            _("Name a notebook, an assignment's folder, or a folder of assignments."),
        )
    return found


def _notebooks(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.ipynb"):
        inside = path.relative_to(folder).parts[:-1]
        if path.is_file() and not any(part in _SKIPPED or part.startswith(".") for part in inside):
            yield path


def _natural(path: Path) -> list[tuple[int, str]]:
    pieces = re.split(r"(\d+)", str(path))
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]
