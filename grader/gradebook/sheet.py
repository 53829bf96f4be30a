"""A CSV that somebody else's program wrote: only the cells that are set change.

Every record that is not touched is written back byte for byte, with the file's own encoding,
separator and line ends.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import field
from pathlib import Path
from typing import Final

from grader.errors import UsageError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.text.encoding import codec_of
from grader.text.tables import MARK, guarded

_MAX_BYTES: Final = 64_000_000
_SEPARATORS: Final = ",;\t"
# 1,234 and 1.234 may be more than a thousand, and say nothing of the decimal sign
_WITH_COMMA: Final = re.compile(r"\s*-?\d+,(?!\d{3}\s*$)\d+\s*", re.ASCII)
_WITH_POINT: Final = re.compile(r"\s*-?\d+\.(?!\d{3}\s*$)\d+\s*", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_EXPORT_AGAIN: Final = _("export the gradebook again")
_COLUMNS_TOLD: Final = 8


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has come with a form: what it is called there, and its content."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name


Source = Path | Upload


@dataclass(slots=True)
class _Record:
    cells: list[str]
    raw: str  # as it stood in the file
    changed: set[int] = field(default_factory=set)


class Sheet:
    """The records of one file, the header first.

    Attributes
    ----------
    header : list of str
        The cells of the first record that is not empty.
    """

    def __init__(self, path: Source, known: Collection[str]) -> None:
        """Read a file.

        Parameters
        ----------
        path : Source
            On the disk, or uploaded.
        known : collection of str
            Column titles that tell which separator is right, as `plain_title` gives them.

        Raises
        ------
        UsageError
            It cannot be read, or is no CSV.
        """
        self.path = path
        self._data = _bytes(path)
        text = self._decoded(self._data, known)
        self._separator = _separator(text, known)
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self._records = list(_records(path, text, self._separator))
        self._first = next(
            (index for index, one in enumerate(self._records) if any(one.cells)), None
        )
        if self._first is None:
            raise UsageError(_("{path} is empty", path=path), _EXPORT_AGAIN)
        self.header = self._records[self._first].cells
        self._commas: bool | None = None

    def _decoded(self, data: bytes, known: Collection[str]) -> str:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self._encoding = "utf-16-le" if data[:2] == b"\xff\xfe" else "utf-16-be"
            self._mark = data[:2]
        else:
            self._encoding = "utf-8"
            self._mark = data[:3] if data[:3] == b"\xef\xbb\xbf" else b""
            if (codec := codec_of(data, lambda text: _known_titles(text, known))) != "utf-8-sig":
                self._encoding, self._mark = codec, b""
        if not self._encoding:
            raise UsageError(
                _("{path} has an unknown encoding", path=self.path), _("save it as CSV in UTF-8")
            )
        try:
            return data[len(self._mark) :].decode(self._encoding)
        except UnicodeDecodeError:
            raise UsageError(_("{path} is damaged", path=self.path), _EXPORT_AGAIN) from None

    @property
    def rows(self) -> range:
        """The numbers of the records below the header."""
        assert self._first is not None
        return range(self._first + 1, len(self._records))

    def cell(self, row: int, column: int | None) -> str:
        """Return a cell; empty where the record is too short or the column is not there."""
        cells = self._records[row].cells
        return cells[column] if column is not None and column < len(cells) else ""

    def set(self, row: int, column: int, value: str) -> None:
        """Put a value into a cell; an equal one changes nothing."""
        record = self._records[row]
        if self.cell(row, column) == value:
            return
        record.cells.extend([""] * (column + 1 - len(record.cells)))
        record.cells[column] = value
        record.changed.add(column)

    def column(self, *titles: str) -> int | None:
        """Return the first column of one of these titles, None where there is none."""
        plain = [plain_title(one) for one in self.header]
        return next((plain.index(one) for one in map(plain_title, titles) if one in plain), None)

    def add_column(self, title: str) -> int:
        """Append a column and return its number."""
        column = len(self.header)
        assert self._first is not None
        self.set(self._first, column, guarded(title))
        return column

    def decimal(self, number: str) -> str:
        """Return a number with the decimal sign that the file has: a point, or a comma."""
        return number.replace(".", ",") if self._has_commas() else number

    def _has_commas(self) -> bool:
        if self._commas is None:
            cells = [cell for record in self._records for cell in record.cells]
            commas = sum(map(bool, map(_WITH_COMMA.fullmatch, cells)))
            points = sum(map(bool, map(_WITH_POINT.fullmatch, cells)))
            # spreadsheets separate cells by semicolons where the decimal sign is a comma
            self._commas = commas > points or (self._separator == ";" and not points)
        return self._commas

    def formulas(self) -> int:
        """Return how many cells a spreadsheet would take for formulas."""
        return sum(is_formula(cell) for record in self._records for cell in record.cells)

    def to_bytes(self) -> bytes:
        """Return the file with the changed cells."""
        parts = [self._mark]
        place = len(self._mark)
        for record in self._records:
            raw = record.raw.encode(self._encoding, "replace")
            end = place + len(raw)
            if record.changed:
                parts.append(self._written(record).encode(self._encoding, "replace"))
            else:  # some characters have two codes of the same length: kept as they were
                parts.append(self._data[place:end])
            place = end
        return b"".join(parts)

    def _written(self, record: _Record) -> str:
        """Return a record with its changed cells, the others as they stood where that is sure."""
        body = record.raw.rstrip("\r\n")
        pieces = _pieces(body, self._separator)
        if len(pieces) > len(record.cells) or max(record.changed) > len(pieces):
            pieces = [self._quoted(cell) for cell in record.cells]
        for column in sorted(record.changed):
            pieces[column : column + 1] = [self._quoted(record.cells[column])]
        line = self._separator.join(pieces)
        if next(csv.reader(io.StringIO(line, newline=""), delimiter=self._separator), []) != (
            record.cells
        ):
            line = self._separator.join(map(self._quoted, record.cells))
        return line + (record.raw[len(body) :] or self._line_end)

    def _quoted(self, value: str) -> str:
        return quoted(value, self._separator)


def quoted(value: str, separator: str) -> str:
    """Return a cell, in quotes where it needs them: for a lone carriage return too."""
    special = (separator, '"', "\r", "\n")
    if value == value.strip() and not any(sign in value for sign in special):
        return value
    return '"' + value.replace('"', '""') + '"'


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would work a cell out, a number excepted."""
    return text.startswith(_FORMULA) and not re.fullmatch(r"[-+]?[\d.,]*%?", text)


def plain_title(title: str) -> str:
    """Return a column's title in small letters, its blanks and signs made one."""
    return re.sub(r"[\W_]+", " ", title).strip().casefold()


def table(rows: Iterable[Iterable[str]]) -> bytes:
    """Return a new CSV in UTF-8, with the mark by which Excel knows it, and which Moodle drops."""
    lines = (",".join(quoted(cell, ",") for cell in row) for row in rows)
    return (MARK + "".join(f"{line}\n" for line in lines)).encode()


def first_columns(sheet: Sheet) -> str:
    """Return the titles that a sheet begins with, to say what it is."""
    return enumerated(sheet.header[:_COLUMNS_TOLD])


def _pieces(line: str, separator: str) -> list[str]:
    """Return the cells of a record with their quotes."""
    quoted = rf'"(?:[^"]|"")*"[^{separator}]*'
    return re.findall(rf"(?:^|{separator})({quoted}|[^{separator}]*)", line)


def _bytes(path: Source) -> bytes:
    try:
        data = path.data if isinstance(path, Upload) else _read(path)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read: {reason}", path=path, reason=error.strerror),
            _("name the CSV that the platform exported"),
        ) from None
    if len(data) > _MAX_BYTES:
        raise UsageError(_("{path} is too large for a gradebook", path=path), _("export it again"))
    if data[:2] == b"PK":
        raise UsageError(
            _("{path} is a spreadsheet or a zip, not a CSV file", path=path), _("export it as CSV")
        )
    return data


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)


def _known_titles(text: str, known: Collection[str]) -> int:
    head = text.lstrip("\r\n").partition("\n")[0]
    return sum(plain_title(cell) in known for cell in re.split(f"[{_SEPARATORS}]", head))


def _separator(text: str, known: Collection[str]) -> str:
    """Return what separates the cells: what makes most of the known titles, and most cells."""
    head = text.lstrip("\r\n")[:100_000]

    def fitting(separator: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), [])
        except csv.Error:
            return 0, 0
        return sum(plain_title(cell) in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=fitting)


def _records(path: Source, text: str, separator: str) -> Iterable[_Record]:
    lines = list(io.StringIO(text, newline=""))
    csv.field_size_limit(_MAX_BYTES)
    reader = csv.reader(lines, delimiter=separator)
    start = 0
    try:
        for cells in reader:
            yield _Record(cells, "".join(lines[start : reader.line_num]))
            start = reader.line_num
    except csv.Error as error:
        raise UsageError(
            _(
                "{path} is not a CSV file: line {line}: {reason}",
                path=path,
                line=reader.line_num,
                reason=error,
            ),
            _("export it again"),
        ) from None
