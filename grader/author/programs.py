"""Wrong programs as submissions: the reference's text with one function replaced."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.author.merging import with_shared
from grader.author.needed import Needed
from grader.authoring import Misconception
from grader.diagnosis.observation import Inputs
from grader.diagnosis.program_factory import Maker, ProgramSource, Workshop
from grader.diagnosis.program_trees import TICK, Definition
from grader.diagnosis.rewriting import rewrite
from grader.quick_dataclass import dataclass

_REFERENCE: Final = """
class reference:
    def __getattr__(self, name):
        return globals()[name]
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong version of one function.

    Attributes
    ----------
    operator : str
        What kind of mistake it is.
    number : int
        Which of the function's edits makes it.
    maker : callable
        Puts the function into a namespace of the reference, to be called in this process.
    """

    operator: str
    number: int
    maker: Maker


class Mutants:
    """The mutants of the reference's own version of a function.

    Parameters
    ----------
    workshop : Workshop
        Makes the edits.
    reference : str
        The text of the reference.
    function : str
        Which of its functions.
    inputs : tuple or None
        Arguments of a call, in which the shapes of the variables are seen.
    """

    def __init__(
        self, workshop: Workshop, reference: str, function: str, inputs: Inputs | None
    ) -> None:
        self._workshop = workshop
        self._source = next(workshop.sources(function))
        self._edits = workshop.find_edits(self._source, function, inputs)
        self._right = _function_text(self._source)
        self._before, self._after = _around(reference, function)

    def __iter__(self) -> Iterator[Mutant]:
        for number, edit in enumerate(self._edits):
            maker = self._workshop.edited(self._source, [number])
            if maker is not None:
                yield Mutant(edit.operator, number, maker)

    def text(self, mutant: Mutant) -> str:
        """Return the text of the wrong function."""
        with self._edits[mutant.number].made():
            return _function_text(self._source)

    def submission(self, mutant: Mutant) -> str:
        """Return the reference's text with the wrong function in it."""
        return "\n\n".join([self._before, self.text(mutant), self._after])

    def diff(self, mutant: Mutant) -> str:
        """Return the lines of the function that are changed."""
        return _diff(self._right, self.text(mutant))


def _around(reference: str, function: str) -> tuple[str, str]:
    """Return what stands before and after a function."""
    body = ast.parse(reference).body
    place = next(
        number
        for number, node in enumerate(body)
        if isinstance(node, Definition) and node.name == function
    )
    parts = body[:place], body[place + 1 :]
    before, after = (ast.unparse(ast.Module(part, [])) for part in parts)
    return before, after


def _function_text(source: ProgramSource) -> str:
    """Return the text of a function, without the calls that keep its loops from going on."""
    lines = ast.unparse(source.tree).split("\n")
    return "\n".join(line for line in lines if line.strip() != f"{TICK}()")


def _diff(right: str, wrong: str) -> str:
    lines = difflib.unified_diff(right.split("\n"), wrong.split("\n"), n=0, lineterm="")
    changed = list(lines)[2:]
    return "\n".join(line for line in changed if not line.startswith("@@"))


def as_submission(reference: str, item: Misconception) -> str:
    """Return the reference's text with a misconception in place of its function.

    What a program uses of its own file comes with it.

    Raises
    ------
    CourseError
        The misconception's edits cannot be made.
    """
    before, after = _around(reference, item.function)
    if item.edits:
        function = _function(reference, item.function)
        where = f"{Path(item.program.__code__.co_filename).name}: {item.id}"
        text = ast.unparse(rewrite(function, item.edits, where).tree)
        return "\n\n".join([before, text, after, ""])
    path = Path(item.program.__code__.co_filename)
    tree = ast.parse(with_shared(path.read_text("utf-8"), path))
    program = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == item.program.__name__
    )
    needed = Needed(tree)
    needed.add(program)
    for node in needed.nodes:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    program.name = item.function
    names = [argument.arg for argument in program.args.kwonlyargs]
    if "reference" in names:
        call = ast.Call(ast.Name("reference", ast.Load()), [], [])
        program.args.kw_defaults[names.index("reference")] = call
    parts = [node for node in tree.body if node in needed.nodes and not _is_left_out(node)]
    text = ast.unparse(ast.fix_missing_locations(ast.Module(parts, [])))
    return "\n\n".join([before, after, _REFERENCE, text, ""])


def _function(reference: str, name: str) -> Definition:
    return next(
        node
        for node in ast.parse(reference).body
        if isinstance(node, Definition) and node.name == name
    )


def _is_left_out(node: ast.stmt) -> bool:
    # the first would not be found where submissions run, the second must come first in a file
    return isinstance(node, ast.ImportFrom) and node.module in ("grader.authoring", "__future__")
