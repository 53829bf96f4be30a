"""What `bpgrade batch` says at its end: the class in a line, and what is left to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import report
from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import ngettext, ngettext_lazy, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.batch.records import LeftOver, Plan
    from grader.batch.run import Batch, Counts
    from grader.decisions.recording import WrittenGrades

_SHOWN_LEFT_OVER = 10
_SHOWN_REMARKS = 10


def tell(
    batch: Batch, written: WrittenGrades, out: Path, page: Path | None, quiet: bool, as_json: bool
) -> int:
    """Say how a batch went, and return its exit code."""
    from grader.batch import outputs
    from grader.decisions.grades_file import NAME

    counts = batch.counts
    if as_json:
        with (out / outputs.RESULTS).open(encoding="utf-8") as file:
            for line in file:
                click.echo(line, nl=False)
    elif not quiet:
        click.echo(_summary(counts, batch.plan))
        paths = {"grades": out / NAME, "results": out / outputs.RESULTS}
        click.echo(_("Grades: {grades}   Results: {results}", **paths))
        if page is not None:
            click.echo(_("Pages: {path}", path=page))
    if not quiet:
        _list_left_over(batch, out)
    _tell_decisions(written, out, quiet)
    failed = counts.ungraded + counts.unreadable
    nobodys = [one for one in batch.left_over if one.is_nobodys]
    if nobodys:
        _tell_nobodys(nobodys, out)
    if failed:
        told = lazy(
            "{failed} of {count} submissions could not be graded: {files}",
            failed=failed,
            count=counts.total,
            files=", ".join(map(translated, batch.ungraded_files(3))),
        )
        report(UsageError(told, lazy("rerun with --retry-ungraded")))
    return 3 if failed else 2 if nobodys else 0


def tell_filled_in(filled_in: Path, out: Path) -> None:
    """Say where the instructor's own table of files is kept."""
    from grader.batch import outputs

    report(
        UsageError(
            lazy(
                "{path} was filled in, and not used: it is kept as {kept}",
                path=out / outputs.LEFT_OVER,
                kept=filled_in,
            ),
            lazy("rerun with --files {path}", path=filled_in),
        )
    )


def _tell_nobodys(files: Sequence[LeftOver], out: Path) -> None:
    """Say that some files are nobody's, or for no exercise, and what to do about it."""
    from grader.batch import outputs

    table = out / outputs.LEFT_OVER
    told = ngettext_lazy(
        "{path} is nobody's, or for no exercise",
        "{count} files are nobody's, or for no exercise",
        len(files),
        path=files[0].path,
    )
    remedy = lazy(
        "fill in student and exercise in {table}, then rerun with --files {table};"
        " write `nobody` for what is to be left out",
        table=table,
    )
    report(UsageError(told, remedy))


def _summary(counts: Counts, plan: Plan) -> str:
    students = len({attempt.student for attempt in plan.attempts})
    return _(
        "{submissions} of {students} ({layout}): {outcomes}.",
        submissions=ngettext("{count:,} submission", "{count:,} submissions", counts.total),
        students=ngettext("{count:,} student", "{count:,} students", students),
        layout=plan.layout,
        outcomes=_("; ").join(_outcomes(counts, plan)),
    )


def _outcomes(counts: Counts, plan: Plan) -> Iterator[str]:
    reached = {"full": counts.full_marks, "lost": counts.points_lost}
    if counts.by_hand:
        yield _(
            "{full} full marks, {lost} lost points, {by_hand} with parts that a person grades",
            by_hand=counts.by_hand,
            **reached,
        )
    else:
        yield _("{full} full marks, {lost} lost points", **reached)
    if counts.reused:
        yield ngettext("{count} was graded before", "{count} were graded before", counts.reused)
    if counts.alike:
        yield ngettext(
            "{count} is equal to another file, and shares its result",
            "{count} are equal to another file, and share its result",
            counts.alike,
        )
    missing = len({student for student, _exercise in plan.missing})
    if missing:
        yield ngettext(
            "{count} in the roster has handed in nothing, or not everything",
            "{count} in the roster have handed in nothing, or not everything",
            missing,
        )


def _tell_decisions(written: WrittenGrades, out: Path, quiet: bool) -> None:
    """Say what was decided before, and what has changed under it: an edit is told in any case."""
    from grader.decisions.decision_words import edited_lines, to_look_at
    from grader.report.arrangement import waiting_text

    if written.notice:
        click.echo(f"bpgrade: {translated(written.notice)}", err=True)
    if written.edited is not None:
        first, second = edited_lines(out, written.edited)
        click.echo(f"bpgrade: {translated(first)}\n{translated(second)}", err=True)
    found = written.overview
    remarks = list(to_look_at(found.to_look_at, found.about_nobody))
    if found.to_grade and not quiet:
        how = f"bpgrade decide {out} --write to_grade.csv --to-grade"
        told = _("{what}: {command}", what=waiting_text(found.to_grade), command=how)
        click.echo(f"  {told}", err=True)
    if quiet or not found.in_force:
        return
    told = ngettext("{count} decision holds", "{count} decisions hold", len(found.in_force))
    if remarks:
        how = f"bpgrade decide {out} --list"
        look = _("{count} to look at: {command}", count=len(remarks), command=how)
        told = _("; ").join((told, look))
    click.echo(f"  {told}", err=True)
    for line in remarks[:_SHOWN_REMARKS]:
        click.echo(f"    {translated(line)}", err=True)
    if len(remarks) > _SHOWN_REMARKS:
        more = _("... and {count} more", count=len(remarks) - _SHOWN_REMARKS)
        click.echo(f"    {more}", err=True)


def _list_left_over(batch: Batch, out: Path) -> None:
    open_files = (one for one in batch.left_over if not one.student)
    left_over = sorted(open_files, key=lambda one: not one.is_nobodys)
    for one in left_over[:_SHOWN_LEFT_OVER]:
        told = _("{path}: {reason}", path=one.path, reason=one.reason)
        click.echo(f"  {told}", err=True)
    if left_over:
        from grader.batch import outputs

        more = len(left_over) - _SHOWN_LEFT_OVER
        table = out / outputs.LEFT_OVER
        told = _("all such files: {path}", path=table)
        if more > 0:
            told = _("... and {count} more; all such files: {path}", count=more, path=table)
        click.echo(f"  {told}", err=True)
