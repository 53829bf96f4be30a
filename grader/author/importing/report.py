"""What became of an import, for the terminal and for the course's report.md."""

from __future__ import annotations

from collections.abc import Iterator

from grader.author.importing.assignment import ImportFinding, Level
from grader.author.importing.exercise import Converted
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import ngettext, translated
from grader.quick_dataclass import dataclass

_HEADINGS: dict[Level, str] = {
    "look": lazy("Needs a look"),
    "cannot": lazy("Not carried over, and why"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """The exercises that were made, and what was found in no one of them."""

    source: str
    exercises: tuple[Converted, ...]
    findings: tuple[ImportFinding, ...]

    def count(self, state: str) -> int:
        """Return how many test cells are "whole", or at a level of finding."""
        return sum(found == state for one in self.exercises for found in one.became().values())

    def of(self, level: Level) -> list[ImportFinding]:
        """Return the findings of a level, in the order of their places."""
        every = [*self.findings, *(f for one in self.exercises for f in one.findings)]
        return list(dict.fromkeys(f for f in every if f.level == level))


def summary(imported: Imported) -> str:
    """Return one line on the test cells."""
    whole, look, cannot = (imported.count(state) for state in ("whole", "look", "cannot"))
    total = whole + look + cannot
    return ngettext(
        "{count} test cell: {whole} carried over whole, {look} to look at,"
        " {cannot} not carried over",
        "{count} test cells: {whole} carried over whole, {look} to look at,"
        " {cannot} not carried over",
        total,
        whole=whole,
        look=look,
        cannot=cannot,
    )


def lines(imported: Imported) -> Iterator[str]:
    """Yield the report as lines of plain text."""
    for one in imported.exercises:
        states = list(one.became().values())
        points = sum(one.points.values())
        yield "  " + _(
            "{notebook} -> {exercise}: {whole} of {count} test cells whole, {points} points",
            notebook=one.notebook,
            exercise=one.name,
            whole=states.count("whole"),
            count=len(states),
            points=f"{points:g}",
        )
    yield summary(imported)
    for level, heading in _HEADINGS.items():
        found = imported.of(level)
        if found:
            yield _("{heading}:", heading=heading)
        yield from (f"  {_told(finding)}" for finding in found)


def markdown(imported: Imported) -> str:
    """Return the report as Markdown."""
    title = _("Brought over from {source}", source=imported.source)
    texts = [f"# {title}", _("{sentence}.", sentence=summary(imported))]
    titles = (_("notebook"), _("exercise"), _("test cells"), _("whole"), _("points"))
    rows = [f"| {' | '.join(titles)} |", "| --- | --- | ---: | ---: | ---: |"]
    for one in imported.exercises:
        states = list(one.became().values())
        points = sum(one.points.values())
        counts = f"{len(states)} | {states.count('whole')} | {points:g}"
        rows.append(f"| {one.notebook} | {one.name} | {counts} |")
    texts.append("\n".join(rows))
    for level, heading in _HEADINGS.items():
        found = imported.of(level)
        if found:
            listed = "\n".join(f"- {_told(finding)}" for finding in found)
            texts.append(f"## {translated(heading)}\n\n{listed}")
    return "\n\n".join(texts) + "\n"


def _told(finding: ImportFinding) -> str:
    return _("{place}: {text}", place=finding.place.words, text=finding.text)
