"""The proof of a course as a table in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.author.proof_record import ExerciseFinding, Mutation, Scores, Verification
from grader.language import ngettext
from grader.report.arrangement import points_text
from grader.report.page import can_draw

_FAULT = "bold red"
_MAX_SURVIVORS = 20


def render(verification: Verification, console: Console) -> None:
    """Print what was found on `console`."""
    for exercise in verification.exercises:
        console.print(_exercise(exercise, can_draw(console)))
    _untranslated(verification, console)
    faults = sum(len(exercise.faults) for exercise in verification.exercises)
    name, seconds = verification.course, verification.seconds
    if verification.ok:
        console.print(Text(f"{name}: everything holds", "bold green") + f" ({seconds:.1f} s)")
    else:
        count = "1 fault" if faults == 1 else f"{faults} faults"
        console.print(Text(f"{name}: {count}", _FAULT) + f" ({seconds:.1f} s)")


def _untranslated(verification: Verification, console: Console) -> None:
    by_file: dict[str, list[str]] = {}
    for each in verification.untranslated:
        by_file.setdefault(each.file, []).append(each.text)
    for file, texts in by_file.items():
        console.print(
            Text(
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
            console.print(Text(f"  {text}", "dim"), soft_wrap=True)
        if len(texts) > _MAX_SURVIVORS:
            more = len(texts) - _MAX_SURVIVORS
            console.print(Text("  " + ngettext("and {count} more", "and {count} more", more)))


def _exercise(found: ExerciseFinding, drawn: bool) -> RenderableType:
    title = Text(f"{found.name}: {found.title}", "bold")
    parts: list[RenderableType] = [Rule(title, align="left") if drawn else title]
    if found.reference is not None and found.stub is not None:
        parts.append(
            Text.assemble(
                _scores("reference", found.reference, found.points),
                "   ",
                _scores("stub", found.stub, found.points),
                f"   {1000 * found.seconds:.0f} ms a submission",
            )
        )
    if found.by_hand:
        parts.append(Text(f"graded by hand: {found.by_hand}, {points_text(found.points_by_hand)}"))
    if found.mutation:
        parts.append(_mutation(found))
    if found.misconceptions:
        parts.append(_misconceptions(found))
    parts += _survivors(found.mutation)
    parts += _faults(found)
    return Padding(Group(*parts), (0, 0, 1, 0))


def _scores(name: str, scores: Scores, points: float) -> Text:
    low, high = min(scores.scores), max(scores.scores)
    shown = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return Text(f"{name} {shown} / {points:g}, {len(scores.scores)} seeds")


def _mutation(found: ExerciseFinding) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("function")
    for title in ("checks", "mutants", "killed", "equivalent", "score"):
        table.add_column(title, justify="right")
    for entry in found.mutation:
        checks = sum(check.function == entry.function for check in found.checks)
        style = "green" if not entry.survivors else "yellow"
        table.add_row(
            Text(entry.function, "bold"),
            str(checks),
            str(entry.mutants),
            str(entry.killed),
            str(entry.equivalent) if entry.probed else "no probe",
            Text(f"{100 * entry.score:.1f} %", style),
        )
    return table


def _misconceptions(found: ExerciseFinding) -> Text:
    total = len(found.misconceptions)
    lost = sum(bool(entry.lost) for entry in found.misconceptions)
    named = sum(entry.id in entry.named for entry in found.misconceptions)
    return Text(f"misconceptions: {total}, {lost} lose points, {named} named")


def _survivors(entries: tuple[Mutation, ...]) -> Iterator[RenderableType]:
    for entry in entries:
        for survivor in entry.survivors[:_MAX_SURVIVORS]:
            yield Text(f"survived in {entry.function} ({survivor.operator})", "yellow")
            yield Padding(Text(survivor.diff, "dim"), (0, 0, 0, 2))
        if len(entry.survivors) > _MAX_SURVIVORS:
            rest = len(entry.survivors) - _MAX_SURVIVORS
            yield Text(f"and {rest} more in {entry.function}; --json lists them", "yellow")


def _faults(found: ExerciseFinding) -> Iterator[RenderableType]:
    for fault in found.faults:
        yield Text.assemble(("fault ", _FAULT), fault.message)
        yield Text(f"  -> {fault.remedy}")
