"""`bpgrade decide OUT STUDENT EXERCISE`: what an instructor decides on grades."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.decide_words import list_decisions, tell
from grader.errors import UsageError
from grader.language import gettext_lazy as lazy
from grader.language import ngettext
from grader.quick_dataclass import dataclass

if TYPE_CHECKING:
    from grader.decisions.decision import Decision, Kind
    from grader.decisions.proposing import DecidedBatch
    from grader.decisions.recording import WrittenGrades


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for on one student and exercise."""

    values: tuple[tuple[Kind, str, str], ...]  # kind, value, check
    confirm: bool
    remark: str = ""


@click.command(
    "decide",
    epilog='Example: bpgrade decide graded ada exercise1 --score 8 --reason "solved on paper"',
)
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("student", required=False)
@click.argument("exercise", required=False)
@click.option("--score", metavar="POINTS", help="What counts in the end, lateness included.")
@click.option(
    "--points", metavar="CHECK=POINTS", multiple=True, help="Points for one check; may be repeated."
)
@click.option(
    "--grade",
    "graded",
    metavar="PART=ITEMS",
    multiple=True,
    help="Grade a part by hand: items of its rubric, all, none, or points; may be repeated.",
)
@click.option("--remark", metavar="TEXT", default="", help="What the student reads with that part.")
@click.option("--comment", metavar="TEXT", help="What the student reads on their page.")
@click.option("--excuse", is_flag=True, help="No grade; it counts neither as missing nor as zero.")
@click.option("--withhold", is_flag=True, help="No grade goes out until this is taken back.")
@click.option(
    "--extend",
    metavar="DEADLINE",
    help='More time: days, like +3, or a moment, like "2026-12-05 18:00".',
)
@click.option("--waive-lateness", is_flag=True, help="No penalty for lateness.")
@click.option(
    "--confirm", is_flag=True, help="What was decided holds for what has changed under it."
)
@click.option("--undo", metavar="NUMBER", help="Take back the decision of that number.")
@click.option("--reason", metavar="TEXT", default="", help="Why; students do not see it.")
@click.option("--by", metavar="NAME", help="Who decides.  [default: your user name]")
@click.option("--list", "as_list", is_flag=True, help="List the decisions that hold.")
@click.option(
    "--write",
    "table",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Write the decisions that hold as a table.",
)
@click.option(
    "--to-grade",
    is_flag=True,
    help="With --write: the parts to be graded by hand, with the students' answers.",
)
@click.option(
    "--read",
    "edited",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Decide what was changed in such a table, or in grades.csv.",
)
def command(
    out: Path,
    student: str | None,
    exercise: str | None,
    score: str | None,
    points: tuple[str, ...],
    graded: tuple[str, ...],
    remark: str,
    comment: str | None,
    excuse: bool,
    withhold: bool,
    extend: str | None,
    waive_lateness: bool,
    confirm: bool,
    undo: str | None,
    reason: str,
    by: str | None,
    as_list: bool,
    table: Path | None,
    to_grade: bool,
    edited: Path | None,
) -> int:
    """Change a grade, grade by hand, extend a deadline, excuse, withhold; whatever is rerun.

    OUT is the folder that `bpgrade batch` wrote. STUDENT is an id or a name; STUDENT and EXERCISE
    may be `all` for --extend, --waive-lateness, --excuse and --withhold. Every decision is kept
    with who, when and why in OUT/decisions.jsonl, and grades.csv follows it at once. A rerun of the
    batch never overwrites one; where something has changed under it, it says so.

    Exit code: 0 decided, 2 a name, a path or an option is wrong, and nothing was decided.
    """
    flags: list[tuple[Kind, bool]] = [
        ("excused", excuse), ("withheld", withhold), ("waiver", waive_lateness)
    ]  # fmt: skip
    texts: list[tuple[Kind, str | None]] = [
        ("score", score), ("comment", comment), ("extension", extend)
    ]  # fmt: skip
    wanted = _Wanted(
        (
            *((kind, text, "") for kind, text in texts if text is not None),
            *(_of_check("points", each, "CHECK=POINTS") for each in points),
            *(_of_check("graded", each, "PART=ITEMS") for each in graded),
            *((kind, "", "") for kind, is_set in flags if is_set),
        ),
        confirm,
        remark,
    )
    if remark and len(graded) != 1:
        raise UsageError(
            lazy("--remark is on one part"), lazy("give one --grade PART=ITEMS with it")
        )
    if to_grade and table is None:
        raise UsageError(lazy("--to-grade says which table is written"), lazy("add --write CSV"))
    who = by or _user()
    on_one = bool(wanted.values) or confirm
    asked = [on_one, undo is not None, as_list, table is not None, edited is not None]
    if sum(asked) != 1:
        raise UsageError(
            lazy("decide does one thing at a time") if any(asked) else lazy("nothing is decided"),
            lazy(
                "say what with --score, --points, --grade, --comment, --excuse, --withhold,"
                " --extend, --waive-lateness or --confirm; or --undo, --list, --write or --read"
            ),
        )
    if not on_one and student is not None and not as_list:
        raise UsageError(
            lazy("STUDENT and EXERCISE are not for --undo, --write and --read"),
            lazy("leave them out"),
        )
    if as_list or table is not None:
        return _show(out, student, exercise, table, to_grade)
    if on_one and (student is None or exercise is None):
        raise UsageError(
            lazy("whose grade, and for what?"),
            lazy("bpgrade decide OUT STUDENT EXERCISE; either may be `all`"),
        )

    def propose(decided: DecidedBatch) -> Iterable[Decision]:
        if undo is not None:
            return [decided.undone(undo, by=who, reason=reason)]
        if edited is not None:
            return _read(edited, decided, who, reason)
        assert student is not None
        assert exercise is not None
        return _proposed(decided, student, exercise, wanted, who, reason)

    tell(out, _record(out, propose))
    return 0


def _record(out: Path, propose: Callable[[DecidedBatch], Iterable[Decision]]) -> WrittenGrades:
    from grader.batch.description import read_description
    from grader.batch.lock import Lock
    from grader.batch.run import explained
    from grader.decisions.recording import record

    read_description(out)  # before a lock is put into a folder that is none of ours
    with explained(out), Lock(out, writing=True):
        return record(out, propose)


def _of_check(kind: Kind, text: str, form: str) -> tuple[Kind, str, str]:
    check, equals, value = text.rpartition("=")
    if not equals or not check:
        if kind == "points":
            told, option = lazy("{text} gives no check points", text=repr(text)), "--points"
        else:
            told, option = lazy("{text} gives no part points", text=repr(text)), "--grade"
        raise UsageError(told, lazy("write {option} {form}", option=option, form=form))
    return kind, value, check.strip()


def _proposed(
    decided: DecidedBatch, student: str, exercise: str, wanted: _Wanted, by: str, reason: str
) -> list[Decision]:
    from grader.decisions.decision import Decision

    found = [
        decided.checked(
            Decision(
                kind,
                student,
                exercise,
                value,
                check,
                reason,
                by=by,
                remark=wanted.remark if kind == "graded" else "",
            )
        )
        for kind, value, check in wanted.values
    ]
    facets = [one.facet for one in found]
    if len(set(facets)) < len(facets):
        raise UsageError(
            lazy("two of these options answer one question"),
            lazy("give a score or excuse; extend or waive"),
        )
    return found + (decided.confirmed(student, exercise, by=by) if wanted.confirm else [])


def _read(path: Path, decided: DecidedBatch, by: str, reason: str) -> Sequence[Decision]:
    from grader.decisions.decisions_table import WRITE_ONE, read_table
    from grader.decisions.edited_grades import is_grades_table, read_changed_scores
    from grader.text.tables import read_lines

    titles, _ = read_lines(path, WRITE_ONE)
    read = read_changed_scores if is_grades_table(titles) else read_table
    return read(path, decided, by=by, reason=reason)


def _show(
    out: Path, student: str | None, exercise: str | None, table: Path | None, to_grade: bool
) -> int:
    from grader.decisions.decisions_table import decisions_table
    from grader.decisions.proposing import DecidedBatch
    from grader.decisions.record import read_decisions
    from grader.decisions.recording import overview
    from grader.decisions.results import read_results

    results, decisions = read_results(out), read_decisions(out)
    found = overview(results, decisions)
    if table is None:
        decided = DecidedBatch(results, decisions)
        who = decided.student(student) if student is not None else None
        what = decided.exercise(exercise) if exercise is not None else None
        list_decisions(found, len(decisions), who, what)
        return 0
    from grader.course.files import write_texts

    number = len(found.in_force)
    text = decisions_table(found.in_force)
    told = ngettext("{count} decision: {path}", "{count} decisions: {path}", number, path=table)
    if to_grade:
        from grader.decisions.results import read_graded
        from grader.decisions.to_grade import to_grade_table

        text, number = to_grade_table(read_graded(out))
        told = ngettext(
            "{count} part to be graded by hand: {path}",
            "{count} parts to be graded by hand: {path}",
            number,
            path=table,
        )
    try:
        write_texts({table: text})
    except OSError as error:
        raise UsageError(
            lazy("{path} cannot be written: {reason}", path=table, reason=error.strerror),
            lazy("name a file in a folder you may write"),
        ) from None
    click.echo(told)
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name in the environment, nor in the system
        raise UsageError(
            lazy("your user name is not known"), lazy("say who decides with --by NAME")
        ) from None
