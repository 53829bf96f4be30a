"""`bpgrade export FORMAT OUT`: gradebooks for learning platforms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import report
from grader.errors import UsageError
from grader.language import Message, translated
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy

if TYPE_CHECKING:
    from grader.gradebook.exporting import Format
    from grader.gradebook.feedback_zip import Packed
    from grader.gradebook.filling import Filled

_SHOWN = 20


@click.command(
    "export", epilog="Example: bpgrade export canvas graded --into gradebook.csv -o to_upload.csv"
)
@click.argument("format", type=click.Choice(["canvas", "moodle", "csv"]))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--into",
    metavar="EXPORT.csv",
    type=click.Path(path_type=Path),
    help="The platform's own export: a copy of it gets the grades, nothing else in it changes.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where the gradebook goes; else OUT/FORMAT.csv.",
)
@click.option("--exercise", metavar="NAME", help="Only this exercise.")
@click.option("--column", metavar="TITLE", help="The column of EXPORT.csv for its grades.")
@click.option(
    "--feedback-zip",
    is_flag=True,
    help="Also write OUT/FORMAT-feedback.zip, in the layout that the platform takes back.",
)
def command(
    format: Format,
    out: Path,
    into: Path | None,
    output: Path | None,
    exercise: str | None,
    column: str | None,
    feedback_zip: bool,
) -> int:
    """Write grades into a gradebook that Canvas, Moodle or anything else reads.

    OUT is the folder that `bpgrade batch` wrote. People are matched by id; where it is not sure
    whose a row is, nothing is written and the grade is listed.

    Exit code: 0 all grades are in it, 1 some are left out, 2 a path or an option is wrong.
    """
    if column is not None and into is None:
        raise UsageError(
            lazy("--column names a column of an export"), lazy("add --into EXPORT.csv")
        )
    if feedback_zip and format == "csv":
        raise UsageError(
            lazy("--feedback-zip is for platforms: canvas or moodle"),
            lazy("the students' pages are in {folder}", folder=f"{out}/report/students"),
        )
    _tell_edit(out)
    left_out = 0
    filled = None
    if into is not None or format != "canvas" or not feedback_zip:
        filled = _filled(format, out, into, exercise, column)
        path = output or out / f"{format}.csv"
        _write(path, filled.data, into)
        left_out = len(filled.left_out)
        _tell(filled, path, into)
    if feedback_zip:
        packed = _packed(format, out, into, exercise)
        path = out / f"{format}-feedback.zip"
        _write(path, packed.data, into)
        click.echo(_("Feedback: {path}, {count} files", path=path, count=packed.files))
        _list(packed.left_out, lazy("{count} without feedback:"))
        left_out += len(packed.left_out)
        if filled is None and output is not None:
            _not_written(output)
            left_out += 1
    return 1 if left_out else 0


def _tell_edit(out: Path) -> None:
    from grader.decisions.decision_words import edited_lines
    from grader.decisions.grades_file import NAME, is_edited

    if is_edited(out):
        first, second = edited_lines(out, out / NAME)
        click.echo(f"bpgrade: {translated(first)}\n{translated(second)}", err=True)


def _not_written(output: Path) -> None:
    report(
        UsageError(
            lazy(
                "{path} was not written: Canvas matches people by what is in its own export",
                path=output,
            ),
            lazy("add --into THAT.csv for a gradebook; --feedback-zip alone needs no -o"),
        )
    )


def _filled(
    format: Format,
    out: Path,
    into: Path | None,
    exercise: str | None,
    column: str | None,
) -> Filled:
    from grader.decisions.results import read_graded
    from grader.gradebook.exporting import filled_gradebook

    return filled_gradebook(format, read_graded(out), into, exercise, column)


def _packed(format: str, out: Path, into: Path | None, exercise: str | None) -> Packed:
    from grader.cli.report import find_drawing_course
    from grader.decisions.results import read_graded
    from grader.gradebook.feedback_zip import pack_canvas, pack_moodle
    from grader.gradebook.moodle import read_worksheet
    from grader.report.pages.course_drawing import CourseDrawings
    from grader.report.pages.folder import page_of
    from grader.report.pages.words import page_languages

    graded = (one for one in read_graded(out) if exercise in (None, one.grade.exercise))
    if format == "canvas":
        return pack_canvas(graded)
    course = find_drawing_course(None)
    draw, languages = CourseDrawings(course).draw, page_languages(course)
    worksheet = read_worksheet(into) if into else None
    page = partial(page_of, draw=draw, languages=languages)
    return pack_moodle(graded, page, worksheet)


def _write(path: Path, data: bytes, into: Path | None) -> None:
    """Write a file whole, never over the instructor's export."""
    if into is not None and path.exists() and path.samefile(into):
        raise UsageError(
            lazy("{path} is the export itself", path=path),
            lazy("give the copy another name with -o"),
        )
    from grader.course.files import replacing

    try:
        with replacing(path) as new:
            new.write_bytes(data)
    except OSError as error:
        raise UsageError(
            lazy("{path} cannot be written: {reason}", path=path, reason=error.strerror),
            lazy("name a file in a folder you may write"),
        ) from None


def _tell(filled: Filled, path: Path, into: Path | None) -> None:
    from grader.gradebook.exporting import told_filled

    what = translated(told_filled(filled, is_new=into is None))
    click.echo(_("{what}: {path}", what=what, path=path))
    for note in filled.notes:
        click.echo(f"  {translated(note)}")
    _list(filled.left_out, lazy("{count} left out:"))


def _list(items: Sequence[str], heading: Message) -> None:
    from grader.report.safe_text import visible

    if not items:
        return
    click.echo(f"bpgrade: {translated(heading.format(count=len(items)))}", err=True)
    for item in items[:_SHOWN]:
        click.echo(f"  {visible(item, lines=False)}", err=True)
    if len(items) > _SHOWN:
        click.echo("  " + _("... and {count} more", count=len(items) - _SHOWN), err=True)
