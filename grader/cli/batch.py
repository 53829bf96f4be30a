"""`bpgrade batch SUBMISSIONS -o OUT`: grade a class."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.cli.batch_summary import tell, tell_filled_in
from grader.cli.cluster_options import choose_executor, cluster_options
from grader.cli.completion import exercise_names
from grader.cli.course_option import COURSE, chosen_course
from grader.cli.group import report
from grader.errors import BpgradeError, UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import translated

if TYPE_CHECKING:
    from grader.batch.roster import Roster
    from grader.cluster.address import Cluster
    from grader.course import Course


@click.command(
    "batch", epilog="Example: bpgrade batch submissions.zip -o graded --roster class.csv"
)
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the journal and the grades go; rerun with the same DIR to resume.",
)
@COURSE
@click.option(
    "--exercise",
    metavar="NAME",
    shell_complete=exercise_names,
    help="The exercise that all files are for.",
)
@click.option(
    "--roster",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="The class: a CSV file with a header, ids and names.",
)
@click.option(
    "--files",
    "table",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Whose some files are: a CSV with file, student and exercise, such as a left_over.csv"
    " that you have filled in.",
)
@click.option(
    "--groups",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Who hands in together: a CSV with student and group; the roster, if it has a column"
    " group.",
)
@click.option(
    "--keep",
    type=click.Choice(["latest", "best"]),
    default="latest",
    show_default=True,
    help="Which attempt of a student counts.",
)
@click.option(
    "--isolation",
    type=click.Choice(["basic", "strict"]),
    default="strict",
    show_default=True,
    help="How strictly the code is isolated.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="How many grading processes.  [default: one per core]",
)
@cluster_options
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed for the random inputs.")
@click.option(
    "--regrade",
    metavar="WHAT",
    default="",
    help="Grade this again: a student, an exercise, a function or a check.",
)
@click.option("--retry-ungraded", is_flag=True, help="Retry what could not be graded.")
@click.option("--no-pages", is_flag=True, help="Skip the pages; `bpgrade report` makes them later.")
@click.option("--no-similar", is_flag=True, help="Don't compare submissions with each other.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Also print results.jsonl.")
def command(
    submissions: Path,
    out: Path,
    course_folder: Path | None,
    exercise: str | None,
    roster: Path | None,
    table: Path | None,
    groups: Path | None,
    keep: Literal["latest", "best"],
    isolation: str,
    workers: int | None,
    cluster: Cluster | None,
    seed: int,
    regrade: str,
    retry_ungraded: bool,
    no_pages: bool,
    no_similar: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Grade a folder, a zip, or a download of Canvas, Moodle, Blackboard or Gradescope.

    Writes grades.csv, results.jsonl, left_over.csv and pages for the class and each student to the
    folder given with -o. Stopped in any way, the same command goes on and does no finished work
    again.

    Exit code: 0 all graded, 2 some files are nobody's, or a path or an option is wrong,
    3 something could not be graded.
    """
    from grader.batch.archive import Hand
    from grader.batch.cache_key import Identity
    from grader.batch.executor import BatchJob
    from grader.batch.journal import Journal
    from grader.batch.lock import Lock
    from grader.batch.planning import make_plan
    from grader.batch.run import Batch, explained
    from grader.batch.similar_work import write_similar
    from grader.decisions.record import read_decisions
    from grader.decisions.recording import rewrite

    course = chosen_course(course_folder, otherwise="error", submissions=submissions)
    _refuse_mixture(submissions, out)
    people = _people(roster, groups, course)
    with ExitStack() as stack:
        hand = Hand(submissions, people.mentioned if people else None)
        stack.callback(hand.close)
        plan = make_plan(hand, course, exercise, people, keep, table)
        with explained(out):
            out.mkdir(parents=True, exist_ok=True)
            stack.enter_context(Lock(out))
            read_decisions(out)  # a damaged record is told before the class is graded
            journal = Journal(out)
            stack.callback(journal.close)
        if journal.notice:
            click.echo(f"bpgrade: {translated(journal.notice)}", err=True)
        names = tuple(dict.fromkeys(attempt.exercise.name for attempt in plan.attempts))
        job = BatchJob(str(course.folder), names, seed, isolation)
        executor = choose_executor(course, job, cluster, workers, len(plan.attempts))
        identity = Identity(course, seed, isolation)
        batch = Batch(course, hand, plan, journal, identity, regrade, retry_ungraded)
        from grader.cli.batch_progress import shown

        try:
            with explained(out), shown(batch.counts.total, quiet) as progress:
                batch.run(executor, progress)
            with explained(out), Lock(out, writing=True):
                filled_in = batch.write(out)
                written = rewrite(out)
                write_similar(out, None if no_similar else batch.similar())
            if filled_in is not None:
                tell_filled_in(filled_in, out)
            page = None if no_pages else _write_pages(out, course, similar=not no_similar)
            return tell(batch, written, out, page, quiet, as_json)
        except KeyboardInterrupt:
            told = _(
                "stopped; {graded} of {count} submissions are graded,"
                " rerun the same command to resume",
                graded=batch.counts.ended,
                count=batch.counts.total,
            )
            click.echo(f"bpgrade: {told}", err=True)
            return 130


def _people(roster: Path | None, groups: Path | None, course: Course) -> Roster | None:
    """Return who is in the class; a table of groups alone says that too."""
    from grader.batch.roster import read_roster
    from grader.batch.team_table import read_teams

    path = roster or groups
    people = read_roster(path) if path else None
    return people.with_teams(read_teams(groups, people, course)) if people and groups else people


def _write_pages(out: Path, course: Course, *, similar: bool) -> Path | None:
    """Return where the pages begin; None where they fail, which costs no grade."""
    from grader.report.pages.folder import write_pages

    try:
        return write_pages(out, course, similar=similar)
    except BpgradeError as error:
        report(error)
        return None


def _refuse_mixture(submissions: Path, out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(lazy("{path} is a file", path=out), lazy("give a folder with -o"))
    inner, outer = out.resolve(), submissions.resolve()
    if outer.is_dir() and (inner == outer or outer in inner.parents):
        raise UsageError(
            lazy(
                "the output folder {out} is inside {submissions}, and would be taken for a"
                " submission",
                out=out,
                submissions=submissions,
            ),
            lazy("choose a folder elsewhere with -o"),
        )
