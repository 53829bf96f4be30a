"""What a child says of a submission, read from values that may be anything."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from grader.course.cells import named_cells
from grader.language import enumerated, joined, sentences
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.result.places import CELL, place_in_words
from grader.sandbox import failures
from grader.sandbox.causes import misspelt
from grader.sandbox.child_words import traceback_in_words
from grader.sandbox.failures import CallFailure

_MAX_PROBLEMS: Final = 200
_MAX_NAMES: Final = 10_000
_LONGEST_TEXT: Final = 2000
_MAX_WARNINGS: Final = 20
_LAST_LINE: Final = 10_000_000
_UNDEFINED: Final = re.compile(r"^NameError: name '(\w+)' is not defined", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A piece of source that is run as one: a file, or a notebook's cell, which may have names."""

    label: str
    source: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A file that was handed in with a submission: the name to import it by, and its source."""

    name: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class SubmissionSource:
    """What is loaded into a child. What fails in it costs itself; its definitions still count.

    `name` is what a source of several blocks is called as a whole. In a `notebook` code under
    `if __name__ == "__main__":` is run. The `modules` can be imported.
    """

    blocks: tuple[CodeBlock, ...]
    notebook: bool = False
    name: str = ""
    modules: tuple[Module, ...] = ()

    def end_of(self, cell: str) -> tuple[int, int] | None:
        """Return where a cell ends that has a name: its block, and the line there, 0 for the last.

        None where there is no such cell. In a file, cells begin with `# %% name`.
        """
        for place in reversed(range(len(self.blocks))):
            if cell in self.blocks[place].names:
                return place, 0
        if self.notebook:
            return None
        for place, block in enumerate(self.blocks):
            line = named_cells(block.source).get(cell)
            if line is not None:
                return place, line
        return None

    @property
    def title(self) -> str:
        """What the student knows it by."""
        return self.name or self.blocks[0].label

    def defining(self, function: str) -> str:
        """Return the source of the only block, or of the last that defines `function`."""
        if len(self.blocks) == 1:
            return self.blocks[0].source
        pattern = re.compile(rf"^((async +)?def|class) +{re.escape(function)}\b", re.MULTILINE)
        found = [block.source for block in self.blocks if pattern.search(block.source)]
        return found[-1] if found else ""


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a submission defines a function at its top level."""

    name: str
    label: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A block, or a file that it imports, in which something failed while it was loaded.

    `line` is where the statement begins that failed, 0 where that is not known; `lost` are the
    names that it was to define. It may have been `stopped`, since it took too long.
    """

    label: str
    failure: CallFailure
    line: int = 0
    lost: tuple[str, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading found, as the child tells it."""

    functions: frozenset[str]
    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    stand_ins: tuple[str, ...] = ()


class Reply(NamedTuple):
    """A call's value, the positions of arguments it changed in place, its warnings.

    `known` is how many objects of the submission's are known after it.
    """

    value: Any
    changed: tuple[int, ...]
    warnings: tuple[str, ...]
    known: int = -1


def read_loaded(answer: list[Any], memory_megabytes: int) -> Loaded | None:
    """Return what an answer to loading says; None where it is no such answer."""
    if len(answer) != 6 or answer[0] != "loaded":
        return None
    functions, definitions, problems, stand_ins = answer[2:]
    if not all(isinstance(part, list) for part in answer[2:]):
        return None
    return Loaded(
        frozenset(filter(_is_short, functions[:_MAX_NAMES])),
        tuple(
            Definition(*item)
            for item in definitions[:_MAX_NAMES]
            if isinstance(item, list)
            and [type(part) for part in item] == [str, str, int]
            and _is_short(item[0])
            and _is_short(item[1])
            and 0 < item[2] < _LAST_LINE
        ),
        tuple(
            _problem(item[0], item[1], memory_megabytes)
            for item in problems[:_MAX_PROBLEMS]
            if isinstance(item, list) and len(item) == 2 and _is_short(item[0])
        ),
        tuple(filter(_is_short, stand_ins[:_MAX_PROBLEMS])),
    )


def _problem(label: str, description: Any, memory_megabytes: int) -> Problem:
    failure = failures.described(running(label), description, memory_megabytes)
    said = description if isinstance(description, dict) else {}
    failure.unread = said.get("whole") is True
    line, lost = said.get("statement"), said.get("lost")
    return Problem(
        label,
        failure,
        line if type(line) is int and 0 < line < _LAST_LINE else 0,
        tuple(filter(_is_short, lost[:_MAX_NAMES])) if isinstance(lost, list) else (),
        said.get("stopped") is True,
    )


def running(label: str) -> str:
    """Return in words what is done when a file, or a cell, is run."""
    cell = CELL.fullmatch(label)
    return _("running cell {number}", number=cell[1]) if cell else _("running {file}", file=label)


def _is_short(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= _LONGEST_TEXT


def read_reply(answer: list[Any], arguments: int, known: int = -1) -> Reply | None:
    """Return what an answer to a call says; None where it is no such answer."""
    if len(answer) != 5 or answer[0] != "done":
        return None
    value, changed, warnings = answer[2:]
    if not isinstance(changed, list) or not isinstance(warnings, list):
        return None
    return Reply(
        value,
        tuple(index for index in changed if type(index) is int and 0 <= index < arguments),
        tuple(filter(_is_short, warnings[:_MAX_WARNINGS])),
        known,
    )


def undefined(function: str, loaded: Loaded, file: str, taken: Collection[str] = ()) -> CallFailure:
    """Return the failure of calling what the submission does not define.

    `taken` are names that stand for functions of their own.
    """
    for problem in loaded.problems:
        if function in problem.lost:
            return _left_out(function, problem)
    places = {definition.name: definition for definition in loaded.definitions}
    if function in places:
        place = places[function]
        text = _(
            "line {line} of {place} defines `{function}`, but after that the name is given to"
            " something that is not a function. Use another name for that.",
            line=place.line,
            place=place_in_words(place.label),
            function=function,
        )
        cause = _("`{function}` is defined, then given to something that is not a function")
        return CallFailure(Outcome.NOT_IMPLEMENTED, text, cause=cause.format(function=function))
    own = sorted(places)
    near = near_definition(function, loaded, taken)
    text = _("{file} defines no function `{name}`.")
    if function[:1].isupper():
        text = _("{file} defines no class `{name}`.")
    told: list[str] = [text.format(file=file, name=function)]
    if near:
        instead = _("Is `{name}` meant to be it? Rename it to `{function}`.")
        told.append(instead.format(name=near, function=function))
    elif own:
        told.append(_("It defines: {names}.", names=enumerated(own[:12])))
    told.append(_failed(loaded))
    misspelling = misspelt(function, near) if near else ""
    return CallFailure(Outcome.NOT_IMPLEMENTED, sentences(told), cause=misspelling)


def _failed(loaded: Loaded) -> str:
    """Return which parts of a submission failed while it was loaded; nothing where none did."""
    if not loaded.problems:
        return ""
    labels = [place_in_words(problem.label) for problem in loaded.problems[:5]]
    return _("(These failed, see the warnings: {places}.)", places=enumerated(labels))


def unset(name: str, loaded: Loaded, file: str) -> CallFailure:
    """Return the failure of asking for a value that the submission does not set."""
    for problem in loaded.problems:
        if name in problem.lost:
            return _left_out(name, problem)
    text = _("{file} sets no value `{name}`: write `{name} = ...` at the top level.")
    return CallFailure(Outcome.NOT_IMPLEMENTED, text.format(file=file, name=name))


def no_cell(cell: str, source: SubmissionSource, loaded: Loaded) -> CallFailure:
    """Return the failure of asking for what was there after a cell that there is not."""
    remedy = _("Its cells have names that are not shown: write into the notebook that you got.")
    if not source.notebook:
        remedy = _("Begin it with a line `# %% {cell}`, as in the file that you got.", cell=cell)
    text = _("{file} has no cell `{cell}`.", file=source.title, cell=cell)
    cause = _("there is no cell `{cell}`", cell=cell)
    told = sentences([text, remedy, _failed(loaded)])
    return CallFailure(Outcome.NOT_IMPLEMENTED, told, cause=cause)


def _left_out(function: str, problem: Problem) -> CallFailure:
    """Return the failure of calling what is not there, since loading has failed before it."""
    failure = problem.failure
    if failure.outcome is Outcome.NOT_IMPLEMENTED:
        return failure
    text = _("`{function}` is not defined, since {reason}")
    text = text.format(function=function, reason=failure.feedback)
    return CallFailure(Outcome.ERROR, text, failure.line, failure.cause)


def with_cause(failure: CallFailure, loaded: Loaded) -> CallFailure:
    """Return a call's failure with why a name is not defined, where loading has said that."""
    found = _UNDEFINED.search(failure.feedback)
    if failure.outcome is not Outcome.ERROR or not found:
        return failure
    for problem in loaded.problems:
        if found[1] in problem.lost:
            place = place_in_words(problem.label)
            where = _("line {line} of {place}", line=problem.line, place=place)
            error = problem.failure.feedback.rstrip().rpartition("\n")[2]
            told = _("`{name}` was to come from {place}, which failed: {error}")
            told = told.format(
                name=found[1],
                place=where if problem.line else place,
                error=traceback_in_words(error),
            )
            text, cause = joined(failure.feedback, told, separator="\n"), problem.failure.cause
            return CallFailure(failure.outcome, text, failure.line, cause)
    return failure


def near_definition(function: str, loaded: Loaded, taken: Collection[str]) -> str:
    """Return the defined name that may be a slip for `function`, or nothing."""
    names = sorted({each.name for each in loaded.definitions}.difference(taken))
    for alike in (str.__eq__, str.__contains__):
        for name in names:
            if alike(name.casefold(), function.casefold()):
                return name
    return next(iter(difflib.get_close_matches(function, names, 1, 0.7)), "")
