"""Feedback files in the layouts that platforms take back: named as the submissions were.

Moodle (Upload multiple feedback files in a zip): each file in the folder, or with the prefix, that
the download gave the submission; a student gets their page. Canvas (Upload Comments): the very
names of the download, whose two numbers say for whom and on which file. Canvas shows a comment
under the submitted file's own name, so what comes back is of that kind: a .py of comments, a
notebook of text. Sources: `mod/assign/feedback/file/importziplib.php` of Moodle;
`app/models/assignment.rb` of canvas-lms, `generate_comments_from_files`.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grader.batch.downloads import canvas, moodle
from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.report.annotation import overall_text
from grader.report.terminal import render_text

Page = Callable[[Student, Sequence[Record]], str]
_MOODLE: Final = re.compile(r"(.*_assignsubmission_(?:file|onlinetext))(_.*)?", re.DOTALL)
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip of feedback files, how many there are, and what has no place in it."""

    data: bytes
    files: int
    left_out: tuple[str, ...]


def pack_moodle(records: Iterable[Record], page: Page) -> Packed:
    """Return each student's page under the name that Moodle gave their submission."""
    places: dict[str, list[Record]] = {}
    left_out = []
    for record in _with_result(records):
        place = _moodle_place(record.file)
        if place:
            places.setdefault(place, []).append(record)
        else:
            left_out.append(_without_place(record, "Moodle"))
    files = ((place, page(own[0].student, own)) for place, own in places.items())
    return _packed(files, left_out)


def pack_canvas(records: Iterable[Record]) -> Packed:
    """Return feedback on each file under the very name that Canvas gave it."""
    left_out: list[str] = []

    def files() -> Iterator[tuple[str, str]]:
        for record in _with_result(records):
            part = next((part for part in record.file.split("/") if canvas.parse(part)), None)
            if part is None:
                left_out.append(_without_place(record, "Canvas"))
            else:
                yield part, _in_kind(part, record)

    return _packed(files(), left_out)


def _with_result(records: Iterable[Record]) -> Iterator[Record]:
    return (one for one in records if one.result is not None and one.status == "graded")


def _moodle_place(path: str) -> str:
    """Return where a student's page goes; nothing where the path is not one of Moodle's."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        found = _MOODLE.fullmatch(part)
        if found and moodle.parse(part):
            flat = index == len(parts) - 1
            return f"{found[1]}_feedback.html" if flat else f"{part}/feedback.html"
    return ""


def _in_kind(name: str, record: Record) -> str:
    """Return the feedback as text in a file of the kind that `name` is."""
    result = record.result
    assert result is not None
    if name.lower().endswith(".ipynb"):
        cell = {"cell_type": "markdown", "metadata": {}, "source": overall_text(result, ())}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(notebook, indent=1) + "\n"
    lines = render_text(result, width=96).splitlines()
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _packed(files: Iterable[tuple[str, str]], left_out: list[str]) -> Packed:
    """Return a zip of the files; the same files give the same bytes."""
    memory = io.BytesIO()
    count = 0
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            try:
                name.encode()
            except UnicodeEncodeError:
                left_out.append(f"{name!a}: its name is no Unicode")
                continue
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
            count += 1
    return Packed(memory.getvalue(), count, tuple(left_out))


def _without_place(record: Record, platform: str) -> str:
    return f"{record.file}: this is no name of {platform}'s"
