"""Tables that people edit: read as any spreadsheet saves them, written so that any opens them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from grader.errors import UsageError, reason_of
from grader.language import gettext_lazy as _
from grader.language import joined, ngettext_lazy
from grader.quick_dataclass import dataclass
from grader.text.encoding import decoded

MARK: Final = "\ufeff"  # so that Excel reads UTF-8
_MAX_BYTES: Final = 64_000_000
_SHOWN: Final = 20
_FORMULA: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n"  # the wide ones too: Excel reads them so
# behind a semicolon too, which separates cells where the decimal sign is a comma
_BEFORE_FORMULA: Final = re.compile(rf"(^|;)(?=[{_FORMULA}])")
_GUARD: Final = re.compile(rf"(^|;)'(?=[{_FORMULA}])")
_SCIENTIFIC: Final = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
CUT_SHORT: Final = _(
    "a spreadsheet has cut a long number short: make the column text, and write it again"
)
"""What to do where `is_rounded_number`."""
_SAVE_AS_CSV: Final = _("save it as CSV (UTF-8)")
_NOTHING_DECIDED: Final = _("nothing of it was decided")


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of a table: the number of its first line in the file, and its cells by their titles,
    without blanks around them; a cell that is not there is empty."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, title: str) -> str:
        return self.cells.get(title, "")


def guarded(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula, in one line of a table.

    Examples
    --------
    >>> guarded("=1+1"), guarded("a;=1+1"), guarded("a-b")
    ("'=1+1", "a;'=1+1", 'a-b')
    """
    # csv writes a lone carriage return without quotes, and a reader takes it for the end of a line
    plain = value.encode("utf-8", "backslashreplace").decode()
    plain = plain.replace("\r", " ").replace("\0", "")
    return _BEFORE_FORMULA.sub(r"\1'", plain)


def unguarded(text: str) -> str:
    """Return a text of a table without the apostrophes that keep it from being a formula."""
    return _GUARD.sub(r"\1", text)


def write_table(
    file: IO[str], titles: Sequence[str], rows: Iterable[Iterable[str]], line_end: str = "\n"
) -> None:
    """Write a table that any spreadsheet opens rightly, with no cell that is a formula.

    `file` is open for text in UTF-8, with `newline=""`.
    """
    file.write(MARK)
    table = csv.writer(file, lineterminator=line_end)
    table.writerow(titles)
    table.writerows([guarded(cell) for cell in row] for row in rows)


def table_text(titles: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return such a table as text, for one who opens it in a spreadsheet first."""
    file = io.StringIO(newline="")
    write_table(file, titles, rows, "\r\n")
    return file.getvalue()


def read_lines(
    path: Path,
    remedy: str,
    *,
    title_of: Callable[[str], str] = lambda title: title,
    known: Sequence[str] = (),
    data: bytes | None = None,
) -> tuple[tuple[str, ...], list[TableLine]]:
    """Return the titles of a table, in small letters, and its lines; empty lines are left out.

    Parameters
    ----------
    path : Path
    remedy : str
        What to do where it cannot be read.
    title_of : callable
        What a title, in small letters with `_` between its words, stands for.
    known : sequence of str
        Titles that tell in which encoding the table is.
    data : bytes, optional
        What is in it, where it came from elsewhere and `path` is only what it is called.

    Raises
    ------
    UsageError
        It cannot be read, or is no table.
    """
    if data is None:
        data = _read(path, remedy)
    text = _text(path, data, remedy, lambda text: _known_titles(text, title_of, known))
    found = list(_records(path, text, _separator(text), remedy))
    if not found:
        raise UsageError(_("{path} is empty", path=path), remedy)
    titles = tuple(title_of(_plain(cell)) for cell in found[0][1])
    return titles, [
        TableLine(
            number,
            {
                title: unguarded(cell).strip()
                for title, cell in reversed(list(zip(titles, cells, strict=False)))
                if title
            },
        )
        for number, cells in found[1:]
    ]


def lacks_columns(path: Path, lacking: Sequence[str]) -> str:
    """Return what is wrong with a table that has not all the columns it needs."""
    first, *others = lacking
    columns = joined(first, *(_(" and no column {title}", title=title) for title in others))
    return _("{path} has no column {columns}", path=path, columns=columns)


def refused(
    path: Path, problems: Sequence[tuple[int, str]], done: str = _NOTHING_DECIDED
) -> UsageError:
    """Return the error that names every line that does not hold."""
    lines: list[str] = [
        _("  line {number}: {problem}", number=number, problem=problem)
        for number, problem in problems[:_SHOWN]
    ]
    if len(problems) > _SHOWN:
        lines.append(_("  ... and {count} more", count=len(problems) - _SHOWN))
    head = ngettext_lazy(
        "a line of {path} cannot be so; {done}:",
        "{count} lines of {path} cannot be so; {done}:",
        len(problems),
        path=path,
        done=done,
    )
    return UsageError(
        joined(head, *lines, separator="\n"), _("correct the table, and read it again")
    )


def is_rounded_number(cell: str) -> bool:
    """Whether a spreadsheet has made a long number unreadable, such as 2.026E+11."""
    return _SCIENTIFIC.fullmatch(cell.strip()) is not None


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "_", title.strip()).casefold().strip("_")


def _separator(text: str) -> str:
    head = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=head.count)


def _known_titles(text: str, title_of: Callable[[str], str], known: Sequence[str]) -> int:
    head = text.lstrip("\r\n").partition("\n")[0]
    return sum(title_of(_plain(cell.strip('"'))) in known for cell in re.split("[,;\t]", head))


def _records(path: Path, text: str, separator: str, remedy: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            _(
                "{path} is not a CSV file: line {line}: {reason}",
                path=path,
                line=reader.line_num,
                reason=error,
            ),
            remedy,
        ) from None


def _read(path: Path, remedy: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            _("{path} cannot be read: {reason}", path=path, reason=reason_of(error)), remedy
        ) from None


def _text(path: Path, data: bytes, remedy: str, fitting: Callable[[str], int]) -> str:
    if len(data) > _MAX_BYTES:
        raise UsageError(_("{path} is too large for a table", path=path), remedy)
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise UsageError(
            _("{path} is a spreadsheet or a zip, not a CSV file", path=path), _SAVE_AS_CSV
        )
    text = decoded(data, fitting)
    if text is None:
        raise UsageError(_("{path} is not text in any known encoding", path=path), _SAVE_AS_CSV)
    # the first line of some exports says what separates the cells
    return re.sub(r"\Asep=.\n", "\n", text.text.replace("\r\n", "\n").replace("\r", "\n"))
