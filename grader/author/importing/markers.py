"""Turning the solution markers of nbgrader and otter into this project's."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Final

from grader.course.stubs import ALMOST, BEGIN, END, STUB, make_stub
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

PROMPT: Final = "# YOUR CODE HERE"
_OTTER_BEGIN: Final = re.compile(r"\s*# BEGIN SOLUTION(?: NO PROMPT)?\s*$")
_OTTER_LINE: Final = re.compile(r"(.*?)[ \t]*# ?SOLUTION(?: NO PROMPT)?\s*$")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][\w.\[\]'\", ]*?\s*=)(?!=)")
_RELEASED: Final = re.compile(
    r"^([ \t]*)# YOUR CODE HERE[ \t]*\n\1raise NotImplementedError\(\)[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell with this project's markers, and what of the original could not be kept."""

    source: str
    has_solution: bool
    problem: str = ""
    line: int = 1


@dataclass(slots=True)
class _Region:
    """Lines that are a solution or not, and what students get in place of a solution."""

    solution: bool
    lines: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)


class _MarkerError(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def from_nbgrader(source: str, *, whole: bool) -> Marked:
    """Return a cell of nbgrader's; with `whole` all of it is the solution where no marker says so.

    A released cell, in which the solution is nbgrader's placeholder, has that as its solution.
    """
    if _RELEASED.search(source):
        return _checked(_RELEASED.sub(_placeholder, source), source, True)
    try:
        regions = _nbgrader_regions(source.split("\n"))
    except _MarkerError as error:
        return Marked(_wrapped(_unmarked(source)), True, str(error), error.line)
    marked = any(region.solution for region in regions)
    if whole and not marked and source.strip():
        return Marked(_wrapped(_unmarked(source)), True)
    return _checked(_written(regions), source, marked)


def is_released(source: str) -> bool:
    """Return whether nbgrader has taken the solution out of this cell."""
    return _RELEASED.search(source) is not None


def from_otter(source: str, *, whole: bool) -> Marked:
    """Return a cell of an otter master notebook; with `whole` see `from_nbgrader`."""
    try:
        regions = _otter_regions(source.split("\n"))
    except _MarkerError as error:
        return Marked(_wrapped(_unmarked(source)), True, str(error), error.line)
    marked = any(region.solution for region in regions)
    text = "\n".join(line for region in regions for line in region.lines)
    if whole and not marked and text.strip():
        return Marked(_wrapped(_unmarked(text)), True)
    return _checked(_written(regions), source, marked)


def without_ignored(source: str) -> str:
    """Return a cell of otter's without what it is told to ignore."""
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if re.match(r"\s*#\s*BEGIN\s*IGNORE\s*", line, re.IGNORECASE):
            inside = True
        elif line.rstrip().endswith("# END IGNORE"):
            inside = False
        elif not inside and not line.rstrip().endswith("# IGNORE"):
            kept.append(line)
    return "\n".join(kept)


def without_region(source: str, name: str) -> tuple[str, str]:
    """Return the text outside of the regions `BEGIN name` to `END name`, and that inside."""
    outside: list[str] = []
    within: list[str] = []
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {name}" in line:
            inside = True
        elif f"END {name}" in line:
            inside = False
        else:
            (within if inside else outside).append(line)
    return "\n".join(outside), "\n".join(within)


def _placeholder(match: re.Match[str]) -> str:
    indentation = match[1]
    return f"{indentation}{BEGIN}\n{match[0]}\n{indentation}{END}"


def _nbgrader_regions(lines: list[str]) -> list[_Region]:
    regions = [_Region(False)]
    begun = 0
    for number, line in enumerate(lines, 1):
        if "BEGIN SOLUTION" in line:
            if begun:
                raise _MarkerError(number, _("BEGIN SOLUTION inside another solution"))
            begun = number
            regions.append(_Region(True))
        elif "END SOLUTION" in line:
            if not begun:
                raise _MarkerError(number, _("END SOLUTION without BEGIN SOLUTION"))
            begun = 0
            regions.append(_Region(False))
        else:
            regions[-1].lines.append(line)
    if begun:
        raise _MarkerError(begun, _("BEGIN SOLUTION is never closed"))
    return regions


def _otter_regions(lines: list[str]) -> list[_Region]:
    regions = [_Region(False)]
    begun = 0
    prompt = False
    for number, line in enumerate(lines, 1):
        text = line.rstrip()
        if text.endswith("# BEGIN PROMPT"):
            prompt = True
        elif text.endswith("# END PROMPT"):
            prompt = False
        elif prompt:
            _prompted(regions).prompts.append(line)
        elif _OTTER_BEGIN.match(line):
            if begun:
                raise _MarkerError(number, _("BEGIN SOLUTION inside another solution"))
            begun = number
            regions.append(_Region(True))
        elif text.endswith("# END SOLUTION"):
            if not begun:
                raise _MarkerError(number, _("END SOLUTION without BEGIN SOLUTION"))
            begun = 0
            regions.append(_Region(False))
        elif begun:
            regions[-1].lines.append(line)
        elif match := _OTTER_LINE.match(line):
            if not regions[-1].solution:
                regions.append(_Region(True))
            regions[-1].lines.append(match[1])
            if not text.endswith("NO PROMPT"):
                regions[-1].prompts += _prompt(match[1])
        elif not re.fullmatch(r"#+ *solution *#*", text, re.IGNORECASE):
            if regions[-1].solution:
                regions.append(_Region(False))
            regions[-1].lines.append(line)
    if begun:
        raise _MarkerError(begun, _("BEGIN SOLUTION is never closed"))
    return regions


def _prompted(regions: list[_Region]) -> _Region:
    """Return the solution that a prompt belongs to: the last one."""
    for region in reversed(regions):
        if region.solution:
            return region
    regions.append(_Region(True))
    return regions[-1]


def _prompt(line: str) -> list[str]:
    match = _ASSIGNMENT.match(line)  # in a function the stub says that it is not written yet
    return [f"{match[1]} ..."] if match else []


def _written(regions: list[_Region]) -> str:
    lines: list[str] = []
    for region in regions:
        if not region.solution:
            lines += [_harmless(line) for line in region.lines]
            continue
        indentation = _indentation(region.lines) if region.lines else ""
        body = [_harmless(line) for line in region.lines]
        stub = [f"{indentation}{STUB} {line[len(indentation) :]}" for line in region.prompts]
        lines += [f"{indentation}{BEGIN}", *body, *stub, f"{indentation}{END}"]
    return "\n".join(lines)


def _indentation(lines: list[str]) -> str:
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    found = [line[: len(line) - len(line.lstrip())] for line in code or lines]
    return min(found, key=len)


def _harmless(line: str) -> str:
    """Return a line that no longer holds what looks like a marker of this project's."""
    comment = line.strip()
    return line.replace("#", "# .", 1) if ALMOST.fullmatch(comment) else line


def _unmarked(source: str) -> str:
    return "\n".join(
        line for line in source.split("\n") if not re.search(r"(BEGIN|END) SOLUTION", line)
    )


def _wrapped(source: str) -> str:
    body = [_harmless(line) for line in source.split("\n")]
    return "\n".join([BEGIN, *body, END])


def _checked(text: str, source: str, has_solution: bool) -> Marked:
    """Return the marked text, or all of it as one solution where its stub would be no Python."""
    if not has_solution:
        return Marked(text, False)
    try:
        make_stub(text, "cell")
    except CourseError as error:
        problem = _("no stub can be made of its solution markers ({reason})", reason=error.message)
        plain = re.sub(r"[ \t]*# ?SOLUTION(?: NO PROMPT)?[ \t]*$", "", source, flags=re.MULTILINE)
        return Marked(_wrapped(_unmarked(plain)), True, problem)
    return Marked(text, True)
