"""Tables that people edit: read as any spreadsheet saves them, written so that any opens them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.batch.outputs import plain_cell
from grader.batch.results_reader import unguarded
from grader.errors import UsageError

_MAX_BYTES: Final = 64_000_000
_MARK: Final = "\ufeff"  # so that Excel reads UTF-8
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: the number of its first line in the file, and its cells by their titles,
    without blanks around them; a cell that is not there is empty."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, title: str) -> str:
        return self.cells.get(title, "")


def table_text(titles: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table for a spreadsheet, with a byte order mark and no cell that is a formula."""
    file = io.StringIO(newline="")
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(titles)
    table.writerows([plain_cell(cell) for cell in row] for row in rows)
    return _MARK + file.getvalue()


def read_lines(path: Path) -> tuple[tuple[str, ...], list[Line]]:
    """Return the titles of a table, in small letters, and its lines; empty lines are left out.

    Raises
    ------
    UsageError
        It cannot be read, or is no CSV.
    """
    text = _decoded(path)
    head = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=head.count)
    csv.field_size_limit(_MAX_BYTES)
    found = list(_records(path, text, separator))
    if not found:
        raise UsageError(f"{path} is empty", "write one with `bpgrade decide OUT --write FILE`")
    titles = tuple(re.sub(r"[\W_]+", "_", cell.strip()).casefold() for cell in found[0][1])
    lines = [
        Line(
            number,
            {
                title: unguarded(cell).strip()
                for title, cell in zip(titles, cells, strict=False)
                if title
            },
        )
        for number, cells in found[1:]
    ]
    return titles, lines


def refused(path: Path, problems: Sequence[tuple[int, str]]) -> UsageError:
    """Return the error that names every line that does not hold."""
    listed = [f"  line {number}: {problem}" for number, problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        listed.append(f"  ... and {len(problems) - _SHOWN} more")
    many = "a line of" if len(problems) == 1 else f"{len(problems)} lines of"
    return UsageError(
        "\n".join([f"{many} {path} cannot be so; nothing of it was decided:", *listed]),
        "correct the table, and read it again",
    )


def _records(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"{path} is not a CSV file: line {reader.line_num}: {error}", "save it as CSV"
        ) from None


def _decoded(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "name a CSV file") from None
    if len(data) > _MAX_BYTES or data[:2] == b"PK":
        raise UsageError(f"{path} is a spreadsheet or a zip, not a CSV file", "save it as CSV")
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16" if utf16 else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path} has an unknown encoding", "save it as CSV in UTF-8")
