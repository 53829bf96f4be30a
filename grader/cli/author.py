"""`bpgrade author`: start a course, hand it out, prove it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.completion import exercise_names
from grader.cli.course_option import COURSE, chosen_course
from grader.language import gettext as _

if TYPE_CHECKING:
    from grader.author.importing.assignment import Assignment, ImportFinding


@click.group("author")
def command() -> None:
    """Write a course of your own: start it, prove it, hand it out.

    \b
    Example:
      bpgrade author new statistics
      bpgrade author stubs --course statistics
      bpgrade author verify --course statistics
      bpgrade author release --course statistics
    """


@command.command("new", epilog="Example: bpgrade author new statistics")
@click.argument("folder", metavar="NAME", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a folder NAME with a course of one exercise that works, to be changed into yours.

    It is written in the language of --lang, where bpgrade has it in that language.
    """
    from grader.author.new import new_course

    course = new_course(folder)
    where = click.format_filename(folder)
    click.echo(_("Wrote the course {name} to {folder}:", name=course.name, folder=where))
    for path in sorted(path for path in folder.rglob("*.*") if path.is_file()):
        click.echo(f"  {path.relative_to(folder).as_posix()}")
    click.echo(_("Next: {command}", command=f"bpgrade author verify --course {where}"))


@command.command("stubs", epilog="Example: bpgrade author stubs --course statistics")
@COURSE
def stubs(course_folder: Path | None) -> None:
    """Make the stubs and notebooks in exercises/ again from the references in solutions/."""
    from grader.course.stubs import write_stubs

    for path in write_stubs(chosen_course(course_folder, otherwise="error")):
        click.echo(click.format_filename(path))


@command.command("translate", epilog="Example: bpgrade author translate zh --course statistics")
@click.argument("language", metavar="[LANGUAGE]", default="")
@COURSE
def translate(language: str, course_folder: Path | None) -> int:
    """Bring a course's catalogue of a LANGUAGE up to date, or all that it has.

    The catalogue is solutions/locale/LANGUAGE/LC_MESSAGES/course.po. It holds all that the course
    says: titles, hints, what stubs describe, explanations of mistakes. New texts are added to it,
    and those that are gone are taken out. Stubs and notebooks are made of it when they are handed
    out. The task texts are files of their own: exercise1.zh.md beside exercise1.md.

    Exit code: 0 all is translated, 1 something is not, 2 an option is wrong.
    """
    from grader.author.course_catalogues import translate_course

    course = chosen_course(course_folder, otherwise="error")
    found = translate_course(course, language)
    for path in found.written:
        click.echo(click.format_filename(path))
    for path, text in found.untranslated:
        click.echo(_("not translated: {path}: {text}", path=path, text=text))
    if not found.untranslated:
        click.echo(_("everything is translated"))
    return 1 if found.untranslated else 0


@command.command("release", epilog="Example: bpgrade author release -o handout.zip")
@COURSE
@click.option(
    "-o",
    "--output",
    metavar="ZIP",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write it.  [default: the course's name, here]",
)
def release(course_folder: Path | None, output: Path | None) -> None:
    """Write the handout for students: stubs, task texts, notebooks, and the visible checks.

    The references are run against the checks that are handed out before anything is written.
    """
    from grader.author.release import release as write
    from grader.sandbox.isolation import resolve

    course = chosen_course(course_folder, otherwise="error")
    written = write(course, output or Path(f"{course.name}.zip"), resolve("basic"))
    click.echo(_("Wrote {path}:", path=click.format_filename(written.path)))
    for name in written.names:
        click.echo(f"  {name}")


@command.command("verify", epilog="Example: bpgrade author verify --exercise exercise1")
@COURSE
@click.option(
    "--exercise",
    metavar="NAME",
    shell_complete=exercise_names,
    help="Only this exercise.  [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(course_folder: Path | None, exercise: str | None, as_json: bool) -> int:
    """Prove that a course grades rightly.

    \b
    For each exercise:
      - the reference gets full marks and the stub none, for 20 seeds
      - stubs agree with the references, points with course.toml
      - each misconception loses points in its own function, and is named
      - each check can fail: a wrong program fails it
      - the hidden checks catch 98 % of the wrong versions (mutants) of each function

    Exit code: 0 all holds, 1 the course has faults, 2 an option is wrong, 3 it could not be run.
    """
    from grader.author.verify import verify as prove
    from grader.sandbox.isolation import resolve

    course = chosen_course(course_folder, otherwise="error")
    chosen = course.exercises if exercise is None else (course.exercise(exercise),)
    found = prove(course, chosen, resolve("basic"))
    if as_json:
        click.echo(found.to_json())
    else:
        from rich.console import Console

        from grader.author.proof_table import render

        render(found, Console())
    return 0 if found.ok else 1


@command.group("import")
def import_() -> None:
    """Bring a course over from nbgrader or otter.

    COURSE is a new folder, with a report.md on what was carried over whole, what needs a look, and
    what can't be carried over. At the end each reference is run, as it is in every grading, and
    graded beside its stub: so bring over notebooks that you trust.

    \b
    Example:
      bpgrade author import nbgrader source -o mycourse
      bpgrade author import otter hw01.ipynb -o mycourse
    """


SOURCE = click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
OUTPUT = click.option(
    "-o",
    "--output",
    metavar="COURSE",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write the course to; a new one.",
)


@import_.command("nbgrader", epilog="Example: bpgrade author import nbgrader source -o mycourse")
@SOURCE
@OUTPUT
def import_nbgrader(source: Path, output: Path) -> None:
    """Bring over nbgrader notebooks: one, an assignment's folder, or a course's source folder.

    Each notebook becomes an exercise. Source and release notebooks are read, with cell metadata
    of any schema version.
    """
    from grader.author.importing.nbgrader import read_nbgrader

    _import(*read_nbgrader(source), source, output)


@import_.command("otter", epilog="Example: bpgrade author import otter hw01.ipynb -o mycourse")
@SOURCE
@OUTPUT
def import_otter(source: Path, output: Path) -> None:
    """Bring over otter assignments: a master notebook, or a folder of them.

    A notebook that otter has generated is read with the tests/*.py beside it.
    """
    from grader.author.importing.otter import read_otter

    _import(*read_otter(source), source, output)


def _import(
    assignments: tuple[Assignment, ...],
    findings: tuple[ImportFinding, ...],
    source: Path,
    output: Path,
) -> None:
    from grader.author.importing.report import lines
    from grader.author.importing.writing import write_course

    imported = write_course(assignments, findings, source, output)
    where = click.format_filename(output)
    click.echo(_("Wrote the course to {folder}:", folder=where))
    for line in lines(imported):
        click.echo(line)
    path = click.format_filename(output / "report.md")
    click.echo(_("This report is in {path}.", path=path))
    click.echo(_("Next: {command}", command=f"bpgrade author verify --course {where}"))
