"""From a notebook's bytes to its code cells: any version, any damage, bounded memory."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from grader.course.by_hand import MARK
from grader.language import gettext_lazy as _
from grader.language import sentences
from grader.quick_dataclass import dataclass

MAX_CODE_CELLS: Final = 2_000
_MOST_NAMES: Final = 50
_SLIMMED_FROM: Final = 1_000_000
# what JSON of this size can at worst become in memory is a few hundred megabytes
_MAX_PARSED: Final = 10_000_000
_VERSIONS: Final = (2, 3, 4)
_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_OUTPUT: Final = re.compile(
    rb'("(?:[a-z]+/[^"\\]{1,120}|html|javascript|jpeg|json|latex|pdf|png|svg|text|traceback)"'
    rb"\s*+:\s*+)(?:" + _STRING + rb"|\[(?:\s*+" + _STRING + rb"\s*+,?+)*+\s*+\])",
    re.DOTALL,
)
_OTHER_KERNEL: Final = re.compile(
    r"(ir|r|julia|octave|matlab|bash|sas|scala|rust|javascript|typescript|gnuplot|csharp)\b.*"
    r"|(ijavascript|ijulia|julia-.*|\.net-.*|xcpp.*)",
    re.IGNORECASE,
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_AGAIN: Final = _("Open it in Jupyter, save it again, and hand that in.")


class NotebookError(Exception):
    """Why there is nothing to grade in a notebook: a sentence for the student, its `text`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell that is not empty.

    It has an execution count where it was run, and names that a check may tell it by: its id, its
    tags, nbgrader's `grade_id`.
    """

    source: str
    execution_count: int | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What a notebook says: its version, its code cells, and which cells are damaged.

    `answers` are the texts below marks, each with the name that its mark gives.
    """

    version: int
    cells: tuple[CodeCell, ...]
    damaged: tuple[int, ...]
    answers: tuple[tuple[str, str], ...] = ()


def read_document(name: str, data: bytes) -> Document:
    """Read the bytes of a notebook of any version.

    Raises
    ------
    NotebookError
        They are none that can be graded.
    """
    content = parse(name, data)
    version = _version(name, content)
    _check_language(name, content)
    cells: list[CodeCell] = []
    damaged: list[int] = []
    for place, cell in enumerate(raw_cells(content), 1):
        source = source_of(cell)
        if source is None:
            damaged.append(place)
        elif cell.get("cell_type") == "code" and source.strip():
            cells.append(CodeCell(source, _execution_count(cell), _names(cell)))
    if not cells:
        text = _("{name} cannot be graded: it has no code.")
        if damaged:
            text = _("{name} cannot be graded: its cells are damaged.")
        raise NotebookError(sentences([text.format(name=name), _AGAIN]))
    if len(cells) > MAX_CODE_CELLS:
        text = _("{name} has more than {count:,} code cells.")
        raise NotebookError(text.format(name=name, count=MAX_CODE_CELLS))
    return Document(version, tuple(cells), tuple(damaged), _answers(content))


def _answers(content: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the marked Markdown cells, with those that were added directly below them."""
    found: list[tuple[str, str]] = []
    is_open = False
    for cell in raw_cells(content):
        source = source_of(cell)
        if source is None or cell["cell_type"] == "code":
            is_open = is_open and source is None
            continue
        marks = list(MARK.finditer(source))
        if not marks:
            if is_open:
                name, text = found[-1]
                found[-1] = name, f"{text}\n\n{source}"
            continue
        # what was written above the first mark of a cell belongs to it
        starts = [0, *(mark.end() for mark in marks[1:])]
        ends = [*(mark.start() for mark in marks[1:]), len(source)]
        for mark, start, end in zip(marks, starts, ends, strict=True):
            is_open = mark[1] == "answer"
            if is_open:
                found.append((mark[2], MARK.sub("", source[start:end])))
    return tuple(found)


def parse(name: str, data: bytes, *, whole: bool = False) -> dict[str, Any]:
    """Return a notebook's JSON, without the outputs of a large one unless `whole` is true.

    Raises
    ------
    NotebookError
        What is left of them is too much, or no JSON object.
    """
    if not whole and len(data) > _SLIMMED_FROM:
        data = _OUTPUT.sub(rb'\1""', data)
        if len(data) > _MAX_PARSED:
            raise NotebookError(
                _(
                    "{name} is too large to be read, even without its pictures and printed text."
                    " Clear its outputs in Jupyter, save it, and hand that in.",
                    name=name,
                )
            )
    text = _text(name, data)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookError(_no_json(name, text, error)) from None
    except RecursionError:
        reason = _("{name} is not a notebook: its JSON is nested too deeply.", name=name)
        raise NotebookError(reason) from None
    except ValueError:  # an integer of thousands of digits
        reason = _("{name} is no notebook: it holds an endless number.", name=name)
        raise NotebookError(reason) from None
    if not isinstance(content, dict):
        reason = _("{name} is JSON, but not a notebook.", name=name)
        raise NotebookError(sentences([reason, _AGAIN]))
    return content


def raw_cells(content: dict[str, Any]) -> list[Any]:
    """Return all cells of a notebook as they are, those of the old format's worksheets too."""
    found: list[Any] = []
    worksheets = content.get("worksheets")
    for holder in (content, *(worksheets if isinstance(worksheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, dict) else None
        found.extend(cells if isinstance(cells, list) else ())
    return found


def source_of(cell: Any) -> str | None:
    """Return a cell's source as one text; None where the cell is damaged."""
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    return _SURROGATE.sub("\ufffd", source).replace("\r\n", "\n").replace("\r", "\n")


def _text(name: str, data: bytes) -> str:
    if not data.strip():
        raise NotebookError(sentences([_("{name} is empty.", name=name), _AGAIN]))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotebookError(_("{name} is saved as UTF-16. Save it as UTF-8.", name=name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _("{name} is not a notebook: line {line} is not UTF-8 text.", name=name, line=line)
        raise NotebookError(sentences([text, _AGAIN])) from None


def _no_json(name: str, text: str, error: json.JSONDecodeError) -> str:
    if text.lstrip().startswith("<"):
        return _(
            "{name} is a web page, not a notebook. Download the notebook itself (.ipynb).",
            name=name,
        )
    if not text.lstrip().startswith("{"):
        what = _("{name} is not a notebook.", name=name)
        return sentences([what, _AGAIN, _("Name a file of Python code .py.")])
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        what = _("{name} is incomplete: it ends in the middle of line {line}.")
        return sentences([what.format(name=name, line=error.lineno), _AGAIN])
    what = _(
        "{name} is damaged: line {line}, column {column}: {reason}.",
        name=name,
        line=error.lineno,
        column=error.colno,
        reason=error.msg.lower(),
    )
    return sentences([what, _AGAIN])


def _version(name: str, content: dict[str, Any]) -> int:
    version = content.get("nbformat")
    if type(version) is int and version > _VERSIONS[-1]:
        raise NotebookError(
            _(
                "{name} has notebook format {version}, which is not supported. Save it in format"
                " 4.",
                name=name,
                version=version,
            )
        )
    if type(version) is not int or version not in _VERSIONS:
        text = _("{name} is JSON, but not a notebook: it lacks `nbformat`.", name=name)
        raise NotebookError(sentences([text, _AGAIN]))
    return version


def _check_language(name: str, content: dict[str, Any]) -> None:
    metadata = _table(content, "metadata")
    kernel = _table(metadata, "kernelspec")
    languages = (
        kernel.get("language"),
        _table(metadata, "language_info").get("name"),
        metadata.get("language"),
    )
    named = next((one for one in languages if isinstance(one, str) and one.strip()), "")
    language = named.strip()
    if not language and isinstance(kernel.get("name"), str) and _OTHER_KERNEL.match(kernel["name"]):
        language = kernel["name"]
    if language and not re.match(r"i?python", language, re.IGNORECASE):
        raise NotebookError(
            _(
                "{name} is written in {language}, but the exercise needs Python. Choose a Python"
                " kernel, and write the functions in Python.",
                name=name,
                language=language[:40],
            )
        )


def _table(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _names(cell: dict[str, Any]) -> tuple[str, ...]:
    metadata = _table(cell, "metadata")
    tags = metadata.get("tags")
    found = [cell.get("id"), *(tags if isinstance(tags, list) else ())]
    found.append(_table(metadata, "nbgrader").get("grade_id"))
    return tuple(name for name in found[:_MOST_NAMES] if isinstance(name, str) and name)


def _execution_count(cell: dict[str, Any]) -> int | None:
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if type(count) is int and 0 < count < 1 << 31 else None
