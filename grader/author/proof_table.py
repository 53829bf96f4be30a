"""The proof of a course as a table in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from grader.author.proof_record import ExerciseFinding, Mutation, Scores, Verification
from grader.language import gettext as _
from grader.language import ngettext, translated
from grader.report.arrangement import points_text
from grader.report.flowing import Flowing
from grader.report.page import can_draw

_FAULT = "bold red"
_MAX_SURVIVORS = 20


def render(verification: Verification, console: Console) -> None:
    """Print what was found on `console`."""
    for exercise in verification.exercises:
        console.print(_exercise(exercise, can_draw(console)))
    _untranslated(verification, console)
    faults = sum(len(exercise.faults) for exercise in verification.exercises)
    name = verification.course
    if verification.ok:
        told, style = _("{course}: everything holds", course=name), "bold green"
    else:
        told = ngettext("{course}: {count} fault", "{course}: {count} faults", faults, course=name)
        style = _FAULT
    console.print(Flowing().append(told, style).append(f" ({verification.seconds:.1f} s)"))


def _untranslated(verification: Verification, console: Console) -> None:
    by_file: dict[str, list[str]] = {}
    for each in verification.untranslated:
        by_file.setdefault(each.file, []).append(each.text)
    for file, texts in by_file.items():
        console.print(
            Flowing(
                ngettext(
                    "{file}: {count} text is not translated",
                    "{file}: {count} texts are not translated",
                    len(texts),
                    file=file,
                ),
                "yellow",
            )
        )
        for text in texts[:_MAX_SURVIVORS]:
            console.print(Flowing(f"  {text}", "dim"), soft_wrap=True)
        if len(texts) > _MAX_SURVIVORS:
            more = len(texts) - _MAX_SURVIVORS
            console.print(Flowing("  " + ngettext("and {count} more", "and {count} more", more)))


def _exercise(found: ExerciseFinding, drawn: bool) -> RenderableType:
    title = Flowing(_("{exercise}: {title}", exercise=found.name, title=found.title), "bold")
    parts: list[RenderableType] = [Rule(title, align="left") if drawn else title]
    if found.reference is not None and found.stub is not None:
        parts.append(
            Flowing.assemble(
                _scores(_("reference"), found.reference, found.points),
                "   ",
                _scores(_("stub"), found.stub, found.points),
                "   ",
                _("{number} ms a submission", number=f"{1000 * found.seconds:.0f}"),
            )
        )
    if found.by_hand:
        points = points_text(found.points_by_hand)
        told = _("graded by hand: {count}, {points}", count=found.by_hand, points=points)
        parts.append(Flowing(told))
    if found.mutation:
        parts.append(_mutation(found))
    if found.misconceptions:
        parts.append(_misconceptions(found))
    parts += _survivors(found.mutation)
    parts += _faults(found)
    return Padding(Group(*parts), (0, 0, 1, 0))


def _scores(name: str, scores: Scores, points: float) -> Flowing:
    low, high = min(scores.scores), max(scores.scores)
    shown = f"{low:g}"
    if low != high:
        shown = _("{low} to {high}", low=shown, high=f"{high:g}")
    return Flowing(
        ngettext(
            "{program} {score} / {points}, {count} seed",
            "{program} {score} / {points}, {count} seeds",
            len(scores.scores),
            program=name,
            score=shown,
            points=f"{points:g}",
        )
    )


def _mutation(found: ExerciseFinding) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(_("function"))
    for title in (_("checks"), _("mutants"), _("killed"), _("equivalent"), _("score")):
        table.add_column(title, justify="right")
    for entry in found.mutation:
        checks = sum(check.function == entry.function for check in found.checks)
        style = "green" if not entry.survivors else "yellow"
        table.add_row(
            Flowing(entry.function, "bold"),
            str(checks),
            str(entry.mutants),
            str(entry.killed),
            str(entry.equivalent) if entry.probed else _("no probe"),
            Flowing(f"{100 * entry.score:.1f} %", style),
        )
    return table


def _misconceptions(found: ExerciseFinding) -> Flowing:
    total = len(found.misconceptions)
    lost = sum(bool(entry.lost) for entry in found.misconceptions)
    named = sum(entry.id in entry.named for entry in found.misconceptions)
    return Flowing(
        _(
            "misconceptions: {count}, {lost} lose points, {named} named",
            count=total,
            lost=lost,
            named=named,
        )
    )


def _survivors(entries: tuple[Mutation, ...]) -> Iterator[RenderableType]:
    for entry in entries:
        for survivor in entry.survivors[:_MAX_SURVIVORS]:
            where = {"function": entry.function, "operator": survivor.operator}
            yield Flowing(_("survived in {function} ({operator})", **where), "yellow")
            yield Padding(Flowing(survivor.diff, "dim"), (0, 0, 0, 2))
        if len(entry.survivors) > _MAX_SURVIVORS:
            rest = len(entry.survivors) - _MAX_SURVIVORS
            told = _(
                "and {count} more in {function}; --json lists them",
                count=rest,
                function=entry.function,
            )
            yield Flowing(told, "yellow")


def _faults(found: ExerciseFinding) -> Iterator[RenderableType]:
    for fault in found.faults:
        yield Flowing().append(_("fault") + " ", _FAULT).append(translated(fault.message))
        yield Flowing(f"  -> {translated(fault.remedy)}")
