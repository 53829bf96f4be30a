"""Feedback files in the layouts that platforms take back: named as the submissions were.

Moodle (Upload multiple feedback files in a zip): a student's page in a folder, or with a prefix,
that has the student's number as its second part. Moodle looks at nothing else, and the number of a
team's folder is some other participant's: so it is taken from the worksheet, or from the folder
where a roster has said that it is this student's. Canvas (Upload Comments): the very
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
from dataclasses import replace
from typing import Final

from grader.batch.downloads import canvas
from grader.batch.records import Student
from grader.decisions.decision_words import for_student
from grader.decisions.final_grade import decided_result
from grader.decisions.results import Graded
from grader.gradebook.grades import grade_of
from grader.gradebook.worksheet import Worksheet
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.quick_dataclass import dataclass
from grader.report.annotation import overall_text
from grader.report.markdown import inline
from grader.report.terminal import render_text

Page = Callable[[Student, Sequence[Graded]], str]
_NUMBERED: Final = re.compile(r"(.*)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)", re.DOTALL)
_ENDING: Final = re.compile(r"(?:.*_)?(assignsubmission_(?:file|onlinetext))(|_.*)", re.DOTALL)
_UNSURE: Final = _(
    "{file}: the number may be a team's; add --into WORKSHEET.csv, which says whose it is"
)
_DIFFERING: Final = _(
    "{file}: what was decided differs between the members of its group, who all read it"
)
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip of feedback files, how many there are, and what has no place in it."""

    data: bytes
    files: int
    left_out: tuple[str, ...]


def pack_moodle(graded: Iterable[Graded], page: Page, worksheet: Worksheet | None = None) -> Packed:
    """Return each student's page under the number that Moodle knows them by.

    With a worksheet, that is the row's; each member of a team gets the page. Without, only those
    get one whose number a roster has confirmed.
    """
    places: dict[str, list[Graded]] = {}
    left_out: list[str] = []
    found = list(_with_feedback(graded))
    if worksheet is not None:
        places, left_out = _by_worksheet(found, worksheet)
    else:
        for one in found:
            file = one.file
            place = moodle_place(file)
            if not place:
                left_out.append(_without_place(file, "Moodle"))
            elif one.grade.student.matched == "id":
                places.setdefault(place, []).append(one)
            else:
                left_out.append(_UNSURE.format(file=file))
    files = ((place, page(own[0].grade.student, own)) for place, own in places.items())
    return _packed(files, left_out)


def _by_worksheet(
    graded: Sequence[Graded], worksheet: Worksheet
) -> tuple[dict[str, list[Graded]], list[str]]:
    """Return the grades by their places, and what belongs to no row."""
    grades = [grade_of(one) for one in graded]
    by_grade = {id(grade): one for grade, one in zip(grades, graded, strict=True)}
    matches = worksheet.matches(grades)
    places = {}
    for row, own in matches.rows.items():
        placed = [by_grade[id(grade)] for grade in own]
        places[f"{worksheet.folder(row)}_{_moodle_ending(placed[0].file)}"] = placed
    return places, list(matches.left_out)


def pack_canvas(graded: Iterable[Graded]) -> Packed:
    """Return feedback on each file under the very name that Canvas gave it.

    A group's file is one there, which every member reads: where something was decided for one of
    them alone, nobody gets it.
    """
    left_out: list[str] = []
    texts: dict[str, str] = {}
    differing: dict[str, str] = {}
    for one in _with_feedback(graded):
        part = next((part for part in one.file.split("/") if canvas.parse(part)), None)
        if part is None:
            left_out.append(_without_place(one.file, "Canvas"))
            continue
        text = _in_kind(part, one)
        if texts.setdefault(part, text) != text:
            differing[part] = _DIFFERING.format(file=part)
    left_out += differing.values()
    return _packed(((part, texts[part]) for part in texts if part not in differing), left_out)


def _with_feedback(graded: Iterable[Graded]) -> Iterator[Graded]:
    """Give the attempts that count and have a result, or something decided, each by itself."""
    for one in graded:
        if one.kept is not None and (one.kept.status == "graded" or one.grade.decisions):
            yield replace(one, records=(one.kept,))


def moodle_place(path: str) -> str:
    """Return where a student's page goes; nothing where the path is not one of Moodle's."""
    for part in path.split("/"):
        if found := _NUMBERED.match(part):
            # Moodle splits at underscores: one in the name would make another part the number
            name = found[1].replace("_", " ").lstrip(".~ ")
            return f"{name}_{found[2]}_{_moodle_ending(path)}"
    return ""


def _moodle_ending(path: str) -> str:
    """Return what follows the number, in the form that the download has."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if found := _ENDING.fullmatch(part):
            flat = index == len(parts) - 1
            return f"{found[1]}_feedback.html" if flat else f"{found[1]}{found[2]}/feedback.html"
    return "assignsubmission_file/feedback.html"


def _in_kind(name: str, graded: Graded) -> str:
    """Return the feedback as text in a file of the kind that `name` is."""
    grade, record = graded.grade, graded.kept
    told = [translated(line) for line in for_student(grade)]
    shown = record.result if record and grade.standing != "withheld" else None
    result = decided_result(shown, grade) if shown else None
    if name.lower().endswith(".ipynb"):
        parts = [inline(line) for line in told] + ([overall_text(result, ())] if result else [])
        cell = {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(parts)}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(notebook, indent=1) + "\n"
    lines = [line for text in told for line in text.splitlines()]
    lines += render_text(result, width=96).splitlines() if result else []
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
                left_out.append(_("{file!a}: its name is not valid Unicode", file=name))
                continue
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
            count += 1
    return Packed(memory.getvalue(), count, tuple(left_out))


def _without_place(file: str, platform: str) -> str:
    return _("{file}: this is not one of {platform}'s file names", file=file, platform=platform)
