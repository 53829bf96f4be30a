"""`bpgrade report OUT`: the pages of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.course_option import chosen_course
from grader.language import gettext as _

if TYPE_CHECKING:
    from grader.course import Course


@click.command("report", epilog="Example: bpgrade report graded")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--course",
    "course_folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The course whose figures are drawn; else the nearest one, else the one in bpgrade.",
)
@click.option("--no-similar", is_flag=True, help="Leave out which submissions are alike.")
def command(out: Path, course_folder: Path | None, no_similar: bool) -> int:
    """Write the class page and a page for each student.

    OUT is the folder that `bpgrade batch` wrote. The pages go to OUT/report: begin with
    OUT/report/index.html. Each stands alone and loads nothing from anywhere.
    """
    page = write(out, course_folder, similar=not no_similar)
    click.echo(_("Pages: {path}", path=page))
    return 0


def write(out: Path, course_folder: Path | None, *, similar: bool = True) -> Path:
    """Write the pages and return the class page."""
    from grader.batch.run import explained
    from grader.report.pages.folder import write_pages

    with explained(out):
        return write_pages(out, find_drawing_course(course_folder), similar=similar)


def find_drawing_course(folder: Path | None) -> Course | None:
    """Return the course that draws; None where none was named and the nearest is broken."""
    from grader.errors import CourseError

    try:
        return chosen_course(folder)
    except CourseError:
        if folder is not None:
            raise
        return None
