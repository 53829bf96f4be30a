"""`bpgrade check FILE...`: grade files now."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.completion import exercise_names
from grader.cli.course_option import COURSE, chosen_course
from grader.cli.group import report
from grader.cli.result_output import exit_code, json_line, output_for
from grader.errors import BpgradeError, UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.course import Course, Exercise
    from grader.diagnosis.options import Options
    from grader.grading.grade import Grader
    from grader.grading.submission import Submission
    from grader.result import Result

_WATCH_SECONDS = 0.3


@click.command("check", epilog="Example: bpgrade check exercise3.py")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--exercise",
    metavar="NAME",
    shell_complete=exercise_names,
    help="The exercise, if the file name does not say.",
)
@COURSE
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed for the random inputs.")
@click.option(
    "--isolation",
    type=click.Choice(["basic", "strict"]),
    default="basic",
    show_default=True,
    help="How strictly the code is isolated.",
)
@click.option("--explain", is_flag=True, help="Instructors: how each diagnosis was found.")
@click.option(
    "--figure",
    metavar="OUT.png",
    type=click.Path(path_type=Path),
    help="Draw what the code does beside what is right (one FILE; png, svg or pdf).",
)
@click.option(
    "--annotate",
    metavar="OUT.ipynb",
    type=click.Path(path_type=Path),
    help="Write a copy of the notebook with the feedback in it (one FILE).",
)
@click.option(
    "--html",
    metavar="OUT.html",
    type=click.Path(path_type=Path),
    help="Write the feedback as a page for a browser (one FILE).",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Words in place of bars, signs and colours, as for a screen reader."
    "  [default: where there is no terminal, or NO_COLOR is set]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document per file, one per line."
)
@click.option("--watch", is_flag=True, help="Grade again whenever a file is saved.")
def command(
    files: tuple[Path, ...],
    exercise: str | None,
    course_folder: Path | None,
    seed: int,
    isolation: str,
    explain: bool,
    figure: Path | None,
    annotate: Path | None,
    html: Path | None,
    plain: bool,
    as_json: bool,
    watch: bool,
) -> int:
    """Grade your files: scores, and what is wrong with what.

    Exit code: 0 full marks, 1 points lost or a part to be graded by hand, 2 a path or an option is
    wrong, 3 the grader failed.
    """
    # never from where the submission lies: it may have come with a course.toml of its own
    course = chosen_course(course_folder)
    options = _options(course, explain)
    if figure is not None and len(files) != 1:
        raise UsageError(lazy("--figure draws one submission"), lazy("name one FILE with it"))
    if annotate is not None:
        _can_annotate(files)
    if html is not None:
        _can_write_page(files, html)
    from grader.grading.grade import Grader
    from grader.sandbox.isolation import resolve

    many = watch or len(files) > 1
    with Grader(course, resolve(isolation), options, for_many=many) as grader:
        show = output_for(as_json=as_json, plain=plain)
        check = _Check(grader, files, exercise, seed, show, figure, annotate, html)
        return check.watch() if watch else check.run()


def _options(course: Course, explain: bool) -> Options:
    """Return how to diagnose; only who has the solutions may ask how it was done."""
    from grader.diagnosis.options import Options

    if not explain:
        return Options()
    if not any(course.reference(exercise).is_file() for exercise in course.exercises):
        raise UsageError(
            lazy("--explain is for instructors: this course came without its solutions"),
            lazy("leave it out, or name the full course with --course DIR"),
        )
    return Options(lambda line: click.echo(line, err=True))


def _can_annotate(files: tuple[Path, ...]) -> None:
    from grader.grading.submission import is_notebook

    if len(files) != 1 or not is_notebook(files[0].name):
        raise UsageError(
            lazy("--annotate writes feedback into a copy of a notebook, and takes one"),
            lazy("name one .ipynb file with it, or leave --annotate out"),
        )


def _can_write_page(files: tuple[Path, ...], page: Path) -> None:
    if len(files) != 1:
        raise UsageError(
            lazy("--html writes the page of one submission"), lazy("name one FILE with it")
        )
    if page.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            lazy("{path} is not a page", path=page), lazy("give it a name that ends in .html")
        )
    if page.exists() and not page.is_file():
        raise UsageError(
            lazy("{path} is not a file", path=page), lazy("give the page another name")
        )


class _Check:
    """One call of the command: what to grade with, and how to show it."""

    def __init__(
        self,
        grader: Grader,
        files: tuple[Path, ...],
        exercise: str | None,
        seed: int,
        show: Callable[[Result], None],
        figure: Path | None,
        annotate: Path | None,
        html: Path | None,
    ) -> None:
        self.grader = grader
        self.course = grader.course
        self.files = files
        self.exercise = exercise
        self.seed = seed
        self.show = show
        self.figure = figure
        self.annotate = annotate
        self.html = html

    def run(self) -> int:
        """Grade all files and return the exit code, the gravest of all."""
        readable, codes = self._read()
        files = len(readable) + len(codes)
        if readable:
            # each time anew: an author may change the checks while watching
            self.grader.collect(dict.fromkeys(exercise for _, exercise in readable))
        results = [self._grade(submission, exercise) for submission, exercise in readable]
        if files > 1 and self.show is not json_line:
            click.echo(_total(results, files))
        if results:
            from grader.diagnosis.ahead import begin

            begin(self.course)  # what the next wrong answers need; these have been told
        return max((*codes, *map(exit_code, results)))

    def _read(self) -> tuple[list[tuple[Submission, Exercise]], list[int]]:
        """Return what can be graded, and the exit codes of what cannot.

        A file that is named after no exercise is left to those that import it.
        """
        from grader.grading.submission import exercise_of, read_submission

        readable: list[tuple[Submission, Exercise]] = []
        unnamed: dict[Path, BpgradeError] = {}
        imported: set[Path] = set()
        codes = []
        for file in self.files:
            try:
                submission = read_submission(file)
            except BpgradeError as error:
                report(error)
                codes.append(error.exit_code)
                continue
            try:
                readable.append((submission, exercise_of(self.course, file, self.exercise)))
                imported |= {file.parent / one.label for one in submission.modules}
            except BpgradeError as error:
                unnamed[file] = error
        for problem in (unnamed[file] for file in unnamed if file not in imported):
            report(problem)
            codes.append(problem.exit_code)
        return readable, codes

    def _grade(self, submission: Submission, exercise: Exercise) -> Result:
        """Grade a submission, show and write what is asked for, and return the result."""
        from grader.cli.check_progress import shown

        with shown(submission.info.name) as begin:
            result = self.grader.grade(submission, exercise, self.seed, begin)
        self.show(result)
        if self.grader.options.explain is not None:
            layers = ", ".join(result.isolation) or "none"
            self.grader.options.explain(f"isolation: {layers}; seed {result.seed}")
        if self.annotate is not None:
            from grader.report.annotation import write_annotated

            write_annotated(self.files[0], self.annotate, result)
        if self.figure is not None:
            self._draw(submission, exercise, self.figure)
        if self.html is not None:
            from grader.report.pages.one_result import write_page

            write_page(self.html, result, self.course)
        return result

    def _draw(self, submission: Submission, exercise: Exercise, figure: Path) -> None:
        from grader.grading.figure import save
        from grader.sandbox.failures import CallFailure

        try:
            save(self.grader.draw(submission, exercise), figure)
        except CallFailure:
            told = _("{path} is not drawn: the file cannot be loaded", path=figure)
            click.echo(told, err=True)

    def watch(self) -> int:
        """Grade, and again after each change, until the user stops it."""
        seen: object = None
        while True:
            now = [_modified(file) for file in self.files]
            if now != seen:
                seen = now
                if sys.stdout.isatty():
                    click.clear()
                self.run()
                click.echo(_("Watching for changes; Ctrl-C ends."), err=True)
            time.sleep(_WATCH_SECONDS)


def _total(results: list[Result], files: int) -> str:
    """Return the points of several files together."""
    from grader.report.arrangement import score_text

    graded = [result for result in results if result.status == "graded"]
    score = score_text(
        sum(result.score for result in graded), sum(result.max_score for result in graded)
    )
    if len(graded) == files:
        told = _("Altogether: {score} in {count} files", score=score, count=files)
    else:
        told = _(
            "Altogether: {score} in {graded} of {count} files",
            score=score,
            graded=len(graded),
            count=files,
        )
    return f"\n{told}"


def _modified(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
