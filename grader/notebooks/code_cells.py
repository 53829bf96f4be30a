"""A notebook as blocks of plain Python, with remarks on what the student should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from grader.language import enumerated, sentences
from grader.language import gettext_lazy as _
from grader.notebooks.notebook_file import CodeCell, Document, NotebookError, read_document
from grader.notebooks.syntax import to_python
from grader.quick_dataclass import dataclass
from grader.result.places import place_in_words
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

    Those of version 4 are so already: what a document holds of each is a text and a count. nbformat
    takes longer to import than such a notebook to grade.

    Raises
    ------
    NotebookError
        nbformat finds them invalid.
    """
    if document.version == 4:
        return tuple(CodeCell(cell.source, cell.execution_count) for cell in document.cells)
    import nbformat

    library: Any = nbformat  # which has no types
    try:
        notebook = library.convert(library.from_dict(_skeleton(document)), 4)
        library.validate(notebook)
    except nbformat.ValidationError as error:
        reason = str(error).partition("\n")[0]
        raise NotebookError(_("the notebook is not valid: {reason}.", reason=reason)) from None
    return tuple(CodeCell(cell.source, cell.execution_count) for cell in notebook.cells)


def plain_blocks(cells: Sequence[tuple[str, str]]) -> tuple[tuple[CodeBlock, ...], tuple[str, ...]]:
    """Return labelled cells as blocks of plain Python, and a remark on what was left out."""
    blocks = []
    left_out: list[str] = []
    for label, source in cells:
        plain = to_python(source)
        blocks.append(CodeBlock(label, plain.source))
        left_out += [
            _("{place} line {line} `{code}`", place=place_in_words(label), line=line, code=text)
            for line, text in plain.left_out
        ]
    if not left_out:
        return tuple(blocks), ()
    return tuple(blocks), (left_out_remark(left_out),)


def left_out_remark(places: Sequence[str]) -> str:
    """Return the remark that these lines were left out."""
    return _("left out, not valid Python: {places}", places=_first(places))


def _skeleton(document: Document) -> dict[str, Any]:
    """Return a notebook of the document's own version, before 4, with its code cells alone."""
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
    places = _first([str(place) for place in document.damaged])
    return (_("left out as damaged: the cells at position {places}", places=places),)


def _order(cells: Sequence[CodeCell]) -> tuple[str, ...]:
    """Return a remark where the cells were not run once each from top to bottom."""
    counts = [
        (number, cell.execution_count)
        for number, cell in enumerate(cells, 1)
        if cell.execution_count
    ]
    advice = _(
        "Cells are graded from top to bottom: restart the kernel and run all to see the same."
    )
    turned = [
        _(
            "cell {above} as [{first}] and cell {below} as [{second}]",
            above=above,
            first=first,
            below=below,
            second=second,
        )
        for (above, first), (below, second) in pairwise(counts)
        if first >= second
    ]
    if turned:
        text = _("cells were run out of order: {cells}.", cells=_first(turned))
        return (sentences([text, advice]),)
    again = [
        _("cell {number} is [{second}] after [{first}]", number=below, second=second, first=first)
        for (above, first), (below, second) in pairwise(counts)
        if second - first > below - above  # cells between them may have been cleared
    ]
    if again:
        text = _("cells were run more than once, or deleted: {cells}.", cells=_first(again))
        return (sentences([text, advice]),)
    return ()


def _first(items: Sequence[str]) -> str:
    """Return the first items, and how many more there are."""
    return enumerated(items[:_MAX_NAMED], len(items) - _MAX_NAMED)
