"""Wrong programs as submissions: the reference's text with one function replaced."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.author.needed import Needed
from grader.authoring import Misconception
from grader.diagnosis.observation import Inputs
from grader.diagnosis.workshop import Maker, Source, Workshop

_TICK: Final = "bpgrade_tick"
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
    source : str
        The whole submission.
    diff : str
        The lines of the function that it changes.
    maker : callable
        Puts the function into a namespace of the reference, to be called in this process.
    """

    operator: str
    source: str
    diff: str
    maker: Maker


def mutants(workshop: Workshop, reference: str, function: str, inputs: Inputs) -> Iterator[Mutant]:
    """Yield the mutants of the reference's own version of a function, each text once.

    Parameters
    ----------
    workshop : Workshop
        Makes the edits.
    reference : str
        The text of the reference.
    function : str
        Which of its functions.
    inputs : tuple
        Arguments of a call, in which the shapes of the variables are seen.
    """
    source = next(workshop.sources(function))
    right = _function_text(source)
    seen = {right}
    for number, edit in enumerate(workshop.find_edits(source, function, inputs)):
        maker = workshop.edited(source, [number])
        with ExitStack() as stack:
            stack.enter_context(edit.made())
            text = _function_text(source)
        if maker is not None and text not in seen:
            seen.add(text)
            whole = _replaced(reference, function, ast.parse(text).body)
            yield Mutant(edit.operator, whole, _diff(right, text), maker)


def _function_text(source: Source) -> str:
    """Return the text of a function, without the calls that keep its loops from going on."""
    lines = ast.unparse(ast.fix_missing_locations(source.tree)).split("\n")
    return "\n".join(line for line in lines if line.strip() != f"{_TICK}()")


def _diff(right: str, wrong: str) -> str:
    lines = difflib.unified_diff(right.split("\n"), wrong.split("\n"), n=0, lineterm="")
    changed = list(lines)[2:]
    return "\n".join(line for line in changed if not line.startswith("@@"))


def _replaced(reference: str, function: str, instead: list[ast.stmt]) -> str:
    body: list[ast.stmt] = []
    for node in ast.parse(reference).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            body += instead
        else:
            body.append(node)
    return ast.unparse(ast.Module(body, []))


def as_submission(reference: str, item: Misconception) -> str:
    """Return the reference's text with a misconception in place of its function.

    What the misconception uses of its own file comes with it.
    """
    path = Path(item.program.__code__.co_filename)
    tree = ast.parse(path.read_text("utf-8"))
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
    return f"{_replaced(reference, item.function, [])}\n{_REFERENCE}\n{text}\n"


def _is_left_out(node: ast.stmt) -> bool:
    # the first would not be found where submissions run, the second must come first in a file
    return isinstance(node, ast.ImportFrom) and node.module in ("grader.authoring", "__future__")
