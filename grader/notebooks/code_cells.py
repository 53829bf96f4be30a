"""A notebook as blocks of plain Python, with remarks on what the student should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from grader.notebooks.notebook_file import CodeCell, Document, NotebookError, read_document
from grader.notebooks.syntax import to_python
from grader.sandbox.replies import CodeBlock

_MAX_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's code cells in order, labelled `cell 1`, `cell 2`, ..., empty ones not counted.

    That is what Jupyter numbers them after "Restart kernel and run all". `answers` are the texts of
    marked Markdown cells, with the names in their marks.
    """

    cells: tuple[CodeBlock, ...]
    remarks: tuple[str, ...]
    answers: tuple[tuple[str, str], ...] = ()


def read_notebook(name: str, data: bytes) -> Notebook:
    """Read the bytes of an .ipynb file; nothing in it is run.

    Raises
    ------
    NotebookError
        There is nothing to grade in it; its text says why.
    """
    document = read_document(name, data)
    cells = upgraded(document)
    plain, left_out = plain_blocks([(f"cell {n}", cell.source) for n, cell in enumerate(cells, 1)])
    named = zip(plain, document.cells, strict=True)
    blocks = tuple(replace(block, names=cell.names) for block, cell in named)
    remarks = (*_damage(document), *_order(cells), *left_out)
    return Notebook(blocks, remarks, document.answers)


def upgraded(document: Document) -> tuple[CodeCell, ...]:
    """Return the code cells as nbformat reads them, upgraded to its version 4 and valid.

    Raises
    ------
    NotebookError
        nbformat finds them invalid.
    """
    import nbformat

    library: Any = nbformat  # which has no types
    try:
        notebook = library.convert(library.from_dict(_skeleton(document)), 4)
        library.validate(notebook)
    except nbformat.ValidationError as error:
        reason = str(error).partition("\n")[0]
        raise NotebookError(f"the notebook is not valid: {reason}.") from None
    return tuple(CodeCell(cell.source, cell.execution_count) for cell in notebook.cells)


def plain_blocks(cells: Sequence[tuple[str, str]]) -> tuple[tuple[CodeBlock, ...], tuple[str, ...]]:
    """Return labelled cells as blocks of plain Python, and a remark on what was left out."""
    blocks = []
    left_out = []
    for label, source in cells:
        plain = to_python(source)
        blocks.append(CodeBlock(label, plain.source))
        left_out += [f"{label} line {line} `{text}`" for line, text in plain.left_out]
    if not left_out:
        return tuple(blocks), ()
    return tuple(blocks), (f"left out, not valid Python: {listed(left_out)}",)


def _skeleton(document: Document) -> dict[str, Any]:
    """Return a notebook of the document's own version that holds its code cells alone."""
    if document.version == 4:
        cells: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "execution_count": cell.execution_count,
                "metadata": {},
                "outputs": [],
                "source": cell.source,
            }
            for cell in document.cells
        ]
        return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    old_cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "collapsed": False,
            "input": cell.source,
            "language": "python",
            "outputs": [],
            **({"prompt_number": cell.execution_count} if cell.execution_count else {}),
        }
        for cell in document.cells
    ]
    return {
        "nbformat": document.version,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": old_cells}],
    }


def _damage(document: Document) -> tuple[str, ...]:
    if not document.damaged:
        return ()
    places = listed([str(place) for place in document.damaged])
    return (f"left out as damaged: the cells at position {places}",)


def _order(cells: Sequence[CodeCell]) -> tuple[str, ...]:
    """Return a remark where the cells were not run once each from top to bottom."""
    counts = [
        (number, cell.execution_count)
        for number, cell in enumerate(cells, 1)
        if cell.execution_count
    ]
    advice = "Cells are graded from top to bottom: restart the kernel and run all to see the same."
    turned = [
        f"cell {above} as [{first}] and cell {below} as [{second}]"
        for (above, first), (below, second) in pairwise(counts)
        if first >= second
    ]
    if turned:
        return (f"cells were run out of order: {listed(turned)}. {advice}",)
    again = [
        f"cell {below} is [{second}] after [{first}]"
        for (above, first), (below, second) in pairwise(counts)
        if second - first > below - above  # cells between them may have been cleared
    ]
    if again:
        return (f"cells were run more than once, or deleted: {listed(again)}. {advice}",)
    return ()


def listed(items: Sequence[str]) -> str:
    """Return the first items, and how many more there are."""
    more = f" and {len(items) - _MAX_NAMED} more" if len(items) > _MAX_NAMED else ""
    return ", ".join(items[:_MAX_NAMED]) + more
