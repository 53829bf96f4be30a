"""Whose a file is, as the instructor says: a table of file, student and exercise.

    file        as in left_over.csv: where it lies in what is handed to the batch; a folder means
                all that is in it
    student     an id or a name of the roster, or a group's; `nobody` for what is to be left out;
                without a roster whatever the student is to be called
    exercise    may be empty where the names say it

Other columns are not read, and lines without a student say nothing, so that left_over.csv can be
filled in as far as one likes and handed back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from grader.batch.records import Student
from grader.batch.roster import Roster
from grader.course import Course, Exercise
from grader.course.naming import nearest
from grader.errors import UsageError
from grader.grading.file_names import composed, folded
from grader.grading.submission import is_submission
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.text.tables import (
    CUT_SHORT,
    TableLine,
    guarded,
    is_rounded_number,
    lacks_columns,
    read_lines,
    refused,
    unguarded,
)

NOBODY: Final = "nobody"
_REMEDY: Final = _("give it a header `file,student,exercise`, or fill in a left_over.csv")
_TITLES: Final = {
    "student_id": "student", "id": "student", "path": "file", "file_name": "file",
    "文件": "file", "文件名": "file", "学号": "student", "学生": "student", "练习": "exercise",
    "作业": "exercise",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a line says of a file.

    Attributes
    ----------
    students : tuple of Student
        Empty where it is to be left out.
    exercise : Exercise or None
        None where the names say it.
    said : str
        The student, as the table has it.
    """

    students: tuple[Student, ...]
    exercise: Exercise | None
    said: str


def read_file_table(
    path: Path, paths: Sequence[str], course: Course, roster: Roster | None
) -> Mapping[str, tuple[Assigned, ...]]:
    """Return what a table says of the files at `paths`, by their paths.

    Raises
    ------
    UsageError
        It cannot be read, or some lines do not hold; each is named.
    """
    titles, lines = read_lines(
        path,
        _REMEDY,
        title_of=lambda title: _TITLES.get(title, title),
        known=("file", "student", "exercise"),
    )
    if lacking := [title for title in ("file", "student") if title not in titles]:
        raise UsageError(lacks_columns(path, lacking), _REMEDY)
    by_name = {_path(unguarded(guarded(one))): one for one in paths}
    found: dict[str, dict[int, Assigned]] = defaultdict(dict)
    problems: list[tuple[int, str]] = []
    # what is said of a file goes before what is said of its folder
    for line in lines:
        if not line["student"]:
            continue
        try:
            assigned = _assigned(line, course, roster)
            fitting = _files(line["file"], by_name)
            if assigned.students and not any(map(is_submission, fitting)):
                raise UsageError(
                    _("{file} cannot be graded: only .py and .ipynb files can", file=line["file"]),
                    _("leave its student empty, or write {nobody}", nobody=NOBODY),
                )
        except UsageError as error:
            problems.append((line.number, error.in_one_line))
            continue
        for one in fitting:
            found[one][line.number] = assigned
    own = {line.number for line in lines if _path(line["file"]) in by_name}
    taken: dict[str, tuple[Assigned, ...]] = {}
    for one, by_line in found.items():
        numbers = [number for number in by_line if number in own] or list(by_line)
        problems += _contradictions(one, {number: by_line[number] for number in numbers})
        taken[one] = tuple(dict.fromkeys(by_line[number] for number in numbers))
    if problems:
        raise refused(path, sorted(set(problems)), _("nothing was graded"))
    return taken


def _contradictions(path: str, by_line: Mapping[int, Assigned]) -> list[tuple[int, str]]:
    """Return the lines that give a file to somebody else than the first one does."""
    first = min(by_line)
    return [
        (
            number,
            _(
                "line {line} gives {path} to {student} (leave one of both)",
                line=first,
                path=path,
                student=by_line[first].said,
            ),
        )
        for number in sorted(by_line)
        if by_line[number].students != by_line[first].students
    ]


def _assigned(line: TableLine, course: Course, roster: Roster | None) -> Assigned:
    exercise = course.exercise(line["exercise"]) if line["exercise"] else None
    students = _students(line["student"], roster, exercise.name if exercise else "")
    return Assigned(students, exercise, line["student"])


def _students(text: str, roster: Roster | None, exercise: str) -> tuple[Student, ...]:
    if roster is None:
        return () if folded(text) == NOBODY else (Student(composed(text), composed(text)),)
    found = roster.called(text, exercise)
    if len(found) == 1 and not found[0]:
        raise UsageError(_("{group} has no members then", group=text), _("write the exercise too"))
    if len(found) == 1:
        return found[0]
    if folded(text) == NOBODY:
        return ()
    if found:
        raise UsageError(_("{name} fits several people", name=text), _("give the id"))
    if is_rounded_number(text):
        raise UsageError(
            _("nobody in the roster has the id {id}", id=text),
            CUT_SHORT,
        )
    guess = nearest(text, roster.names)
    raise UsageError(
        _("nobody in the roster is called {name}", name=text),
        _("did you mean {guess}?", guess=guess)
        if guess
        else _("give an id or a name as it has it, or {nobody}", nobody=NOBODY),
    )


def _files(text: str, paths: Mapping[str, str]) -> list[str]:
    """Return the files that a cell means: a file, or all in a folder."""
    wanted = _path(text)
    if not wanted:
        raise UsageError(_("the column `file` is empty"), _("name a file as in left_over.csv"))
    if wanted in paths:
        return [paths[wanted]]
    if inside := [paths[one] for one in paths if one.startswith(f"{wanted}/")]:
        return inside
    ending = [paths[one] for one in paths if one.endswith(f"/{wanted}")]
    if len(ending) == 1:
        return ending
    if ending:
        raise UsageError(
            _(
                "{name} fits {count} files, {first} and {second} among them",
                name=text,
                count=len(ending),
                first=ending[0],
                second=ending[1],
            ),
            _("write its folders too"),
        )
    guess = nearest(wanted, list(paths)) if len(paths) < 10_000 else None
    raise UsageError(
        _("there is no file {name}", name=text),
        _("did you mean {guess}?", guess=guess) if guess else _("name it as left_over.csv does"),
    )


def _path(text: str) -> str:
    return composed(text.replace("\\", "/")).removeprefix("./").strip("/")
