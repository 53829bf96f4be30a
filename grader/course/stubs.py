"""Stubs for students, made from the reference solutions by markers.

Inside a function, the lines

    # BEGIN SOLUTION
    ...
    # END SOLUTION

become `raise NotImplementedError("forward: put your own code here")`, with that function's
name. Where they hold comments `# STUB: text`, they become these texts. Outside functions, blocks
without such comments vanish, but for the values that an exercise asks for: `answer = 42` becomes
`answer = None`, to be put in by the student, and an answer that a person grades becomes a place to
write it. All else stays as it is. `bpgrade author stubs` writes the stubs of a course anew, as .py
and as .ipynb.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from grader.course.by_hand import OWN_CODE, OWN_VALUE, given_lines
from grader.course.files import read_text, write_texts
from grader.course.model import Course, Exercise
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.language import reading, translated
from grader.language.catalogue import SOURCE
from grader.quick_dataclass import dataclass

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
STUB = "# STUB:"

# What a marker must not be mistaken for: a misspelt one would hand out the solution.
ALMOST = re.compile(r"#\W*(?:(begin|end)\W*_?solutions?\W*|stub\s*:.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marker:
    """A comment that is a marker: its line counted from 1, its column from 0."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """The lines `first` to `last`, markers included, and the STUB comments in between."""

    first: int
    last: int
    column: int
    stub: tuple[Marker, ...]


def make_stub(
    source: str,
    filename: str | Path,
    exercise: Exercise | None = None,
    language: str = SOURCE,
) -> str:
    """Return the stub for a reference solution.

    Parameters
    ----------
    source : str
        The text of the reference solution.
    filename : str or Path
        The name of its file, for messages.
    exercise : Exercise, optional
        Says which values and answers students put in.
    language : str
        Of what is put in the place of solutions.

    Raises
    ------
    CourseError
        The solution or what is left of it is no valid Python, or a marker is nested, unclosed,
        stray, misspelt, wrongly indented or not on a line of its own.
    """
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(lines)
    tree = _parse(text, filename)
    stub: list[str] = []
    done = 0
    for block in _blocks(_markers(text, lines, filename), filename):
        stub += lines[done : block.first - 1]
        done = block.last
        with reading(language):
            instead = _replacement(block, tree, lines, filename) or _values(
                block, tree, lines, exercise
            )
        stub += instead
        if not instead:
            done += _close_gap(stub, lines[done:])
    result = "\n".join(stub + lines[done:])
    try:
        ast.parse(result)
    except SyntaxError as error:
        raise CourseError(
            _(
                "{file}: without its solution blocks it is not valid Python ({reason}).",
                file=filename,
                reason=error.msg,
            ),
            _("Put whole statements in each block, and leave something in every body."),
        ) from error
    return result


def write_stubs(course: Course) -> list[Path]:
    """Write `exercises/*.py` and `*.ipynb` anew from `solutions/*.py`, all or none.

    Returns
    -------
    list of Path
        The files, each stub followed by its notebook.

    Raises
    ------
    CourseError
        A solution is missing or wrong, or a stub cannot be written.
    """
    from grader.course.notebook import make_notebook

    stubs: dict[Path, str] = {}
    for exercise in course.exercises:
        path = course.reference(exercise)
        remedy = _("Write the reference solution of {exercise} there.", exercise=exercise.name)
        source = read_text(path, remedy)
        stub = stubs[course.stub(exercise)] = make_stub(source, path, exercise, course.language)
        task = course.task(exercise)
        text = read_text(task, "") if task.is_file() else ""
        with reading(course.language):
            stubs[course.notebook(exercise)] = make_notebook(stub, exercise, text)
    try:
        write_texts(stubs)
    except OSError as error:
        raise CourseError(
            _("The stubs cannot be written: {reason}.", reason=error),
            _(
                "Make {folder} a folder that you may write to.",
                folder=course.folder / "exercises",
            ),
        ) from error
    return list(stubs)


def _parse(text: str, filename: str | Path) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise _mistake(
            filename, error.lineno or 1, error.msg, _("Correct the Python code there.")
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CourseError(
            _(
                "{file}: Python cannot read it ({reason}).",
                file=filename,
                reason=str(error) or type(error).__name__,
            ),
            _("Write the solution as plain Python code."),
        ) from error


def _markers(text: str, lines: list[str], filename: str | Path) -> Iterator[Marker]:
    """Yield the markers in order; only comments count, not what stands in a docstring."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or not ALMOST.fullmatch(token.string):
            continue
        line, column = token.start
        found = token.string.rstrip()
        if found not in {BEGIN, END} and not found.startswith(STUB):
            remedy = _("Write it exactly as {begin}, {end} or {stub} ...")
            remedy = remedy.format(begin=BEGIN, end=END, stub=STUB)
            what = _("found {text}, which is almost a marker", text=found)
            raise _mistake(filename, line, what, remedy)
        if lines[line - 1][:column].strip():
            raise _mistake(
                filename,
                line,
                _("{marker} comes after code", marker=found),
                _("Give it a line of its own."),
            )
        yield Marker(line, column, found)


def _blocks(markers: Iterator[Marker], filename: str | Path) -> Iterator[MarkedBlock]:
    begin: Marker | None = None
    stub: list[Marker] = []
    for marker in markers:
        if marker.text == BEGIN:
            if begin is not None:
                what = _("{marker} inside the block that begins on line {line}")
                what = what.format(marker=BEGIN, line=begin.line)
                remedy = _("Close that block with {marker} first.", marker=END)
                raise _mistake(filename, marker.line, what, remedy)
            begin, stub = marker, []
        elif begin is None:
            what = _("{marker} outside a block", marker=marker.text)
            remedy = _("Open a block with {marker}, or remove it.", marker=BEGIN)
            raise _mistake(filename, marker.line, what, remedy)
        elif marker.text != END:
            stub.append(marker)
        elif marker.column != begin.column:
            what = _("{end} is not indented like {begin} on line {line}")
            what = what.format(end=END, begin=BEGIN, line=begin.line)
            raise _mistake(filename, marker.line, what, _("Indent both alike."))
        else:
            yield MarkedBlock(begin.line, marker.line, begin.column, tuple(stub))
            begin = None
    if begin is not None:
        what = _("{marker} is never closed", marker=BEGIN)
        remedy = _("Write {marker} after the solution.", marker=END)
        raise _mistake(filename, begin.line, what, remedy)


def _replacement(
    block: MarkedBlock, tree: ast.Module, lines: list[str], filename: str | Path
) -> list[str]:
    function = None
    above = (0, 0)
    inside: list[tuple[int, int]] = []
    for place, owner in _statements(tree):
        if block.first < place[0] < block.last:
            inside.append(place)
        # The last statement above that is indented less is the one that the block belongs to.
        elif above < place < (block.first, 0) and place[1] < block.column:
            above, function = place, owner
    if inside and not block.column == min(inside)[1] == min(column for _line, column in inside):
        raise _mistake(
            filename,
            block.first,
            _("{begin} is not indented like the code up to {end}", begin=BEGIN, end=END),
            _("Indent the markers like the code between them, and end the block where it ends."),
        )
    if block.stub:
        return [_stub_line(marker, lines) for marker in block.stub]
    if function is None:
        return []
    indentation = lines[block.first - 1][: block.column]
    told = translated(OWN_CODE.format(function=function))
    return [f'{indentation}raise NotImplementedError("{told}")']


def _values(
    block: MarkedBlock, tree: ast.Module, lines: list[str], exercise: Exercise | None
) -> list[str]:
    """Return what stands for the values and answers in a block outside of functions."""
    if exercise is None:
        return []
    asked = block.first > 1 and lines[block.first - 2].startswith("#")
    names = [
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and block.first < statement.lineno < block.last
        for target in ast.walk(statement)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    ]
    written = {part.id: part for part in exercise.by_hand if part.answer == "text"}
    given = []
    for name in names:
        if name in exercise.points:
            told = translated(OWN_VALUE)
            given.append(f"{name} = None  # {told}")
        elif name in written:
            given += given_lines(written[name], asked=asked)
    return given


def _statements(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str | None]]:
    """Yield for each statement its line and column, and the function its body belongs to."""
    waiting: list[tuple[ast.AST, str | None]] = [(tree, None)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        elif isinstance(node, ast.ClassDef):
            function = None
        if isinstance(node, ast.stmt):
            yield (node.lineno, node.col_offset), function
        waiting += [
            (child, function)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)
        ]


def _stub_line(marker: Marker, lines: list[str]) -> str:
    text = marker.text.removeprefix(STUB).removeprefix(" ")
    return (lines[marker.line - 1][: marker.column] + text).rstrip()


def _close_gap(above: list[str], below: list[str]) -> int:
    """Return how many lines below a vanished block to drop, so that the gaps do not add up."""
    gap_below = next((i for i, line in enumerate(below) if line.strip()), None)
    if gap_below is None:
        while above and not above[-1].strip():
            above.pop()
        return max(len(below) - 1, 0)
    gap_above = next((i for i, line in enumerate(reversed(above)) if line.strip()), gap_below)
    return min(gap_above, gap_below)


def _mistake(filename: str | Path, line: int, what: str, remedy: str) -> CourseError:
    text = _("{file}: line {line}: {what}.", file=filename, line=line, what=what)
    return CourseError(text, remedy)
