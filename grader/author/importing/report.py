"""What became of an import, for the terminal and for the course's report.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.author.importing.assignment import Finding, Level
from grader.author.importing.exercise import Converted

_HEADINGS: dict[Level, str] = {
    "look": "Needs a look",
    "cannot": "Not carried over, and why",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """The exercises that were made, and what was found in no one of them."""

    source: str
    exercises: tuple[Converted, ...]
    findings: tuple[Finding, ...]

    def count(self, state: str) -> int:
        """Return how many test cells are "whole", or at a level of finding."""
        return sum(found == state for one in self.exercises for found in one.became().values())

    def of(self, level: Level) -> list[Finding]:
        """Return the findings of a level, in the order of their places."""
        every = [*self.findings, *(f for one in self.exercises for f in one.findings)]
        return list(dict.fromkeys(f for f in every if f.level == level))


def summary(imported: Imported) -> str:
    """Return one line on the test cells."""
    whole, look, cannot = (imported.count(state) for state in ("whole", "look", "cannot"))
    total = whole + look + cannot
    cells = "1 test cell" if total == 1 else f"{total} test cells"
    return f"{cells}: {whole} carried over whole, {look} to look at, {cannot} not carried over"


def lines(imported: Imported) -> Iterator[str]:
    """Yield the report as lines of plain text."""
    for one in imported.exercises:
        states = list(one.became().values())
        points = sum(one.points.values())
        yield (
            f"  {one.notebook} -> {one.name}: {states.count('whole')} of {len(states)} test cells"
            f" whole, {points:g} points"
        )
    yield summary(imported)
    for level, heading in _HEADINGS.items():
        found = imported.of(level)
        if found:
            yield f"{heading}:"
        for finding in found:
            yield f"  {finding.place}: {finding.text}"


def markdown(imported: Imported) -> str:
    """Return the report as Markdown."""
    texts = [f"# Brought over from {imported.source}", f"{summary(imported)}."]
    rows = [
        "| notebook | exercise | test cells | whole | points |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for one in imported.exercises:
        states = list(one.became().values())
        points = sum(one.points.values())
        counts = f"{len(states)} | {states.count('whole')} | {points:g}"
        rows.append(f"| {one.notebook} | {one.name} | {counts} |")
    texts.append("\n".join(rows))
    for level, heading in _HEADINGS.items():
        found = imported.of(level)
        if found:
            listed = "\n".join(f"- {finding.place}: {finding.text}" for finding in found)
            texts.append(f"## {heading}\n\n{listed}")
    return "\n\n".join(texts) + "\n"
