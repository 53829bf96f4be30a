"""An exercise as a notebook: its task, one cell a function, and a cell that checks them."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import Any

from grader.course.by_hand import Part, given_cells
from grader.course.cells import cell_mark
from grader.course.model import Exercise
from grader.language import translated


def make_notebook(stub: str, exercise: Exercise, task: str) -> str:
    """Return the text of an .ipynb file that asks for the same as a stub.

    Parameters
    ----------
    stub : str
        The stub, as `make_stub` returns it.
    exercise : Exercise
        Its title stands where there is no task text.
    task : str
        The task text in Markdown, or nothing. Where it names the .py, the notebook is meant.
    """
    import nbformat

    library: Any = nbformat  # which has no types
    new = library.v4
    tree = ast.parse(stub)
    documentation = ast.get_docstring(tree) or ""
    intro = (
        task.strip().replace(f"{exercise.name}.py", f"{exercise.name}.ipynb")
        or f"# {translated(exercise.title)}\n\n{documentation}".strip()
    )
    check = f'from grader import check\n\ncheck("{exercise.name}")'
    cells = [new.new_markdown_cell(intro)]
    for name, part in _parts(stub):
        documented = bool(documentation) and len(cells) == 1
        pieces = _pieces(part, ast.parse(part), documented, exercise)
        if name and all(answer for _, answer in pieces):
            pieces.append((f"# {name}", None))
        for piece, answer in pieces:
            if answer is None:
                cells.append(new.new_code_cell(piece))
            else:
                cells += map(new.new_markdown_cell, given_cells(answer, _asked(piece)))
        if name:  # a check may ask for what there is after it
            [*_, last] = (cell for cell in cells if cell.cell_type == "code")
            last.metadata["tags"] = [name]
    cells += [new.new_code_cell(check)]
    for number, cell in enumerate(cells, 1):
        cell.id = f"{exercise.name}-{number}"[-64:]  # the same each time, unlike nbformat's own
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = new.new_notebook(cells=cells, metadata=metadata)
    library.validate(notebook)
    text: str = library.writes(notebook, version=4)
    return text.rstrip("\n") + "\n"


def _parts(stub: str) -> list[tuple[str, str]]:
    """Return the parts of a stub that begin with `# %%`, each with its name or none."""
    lines = stub.split("\n")
    starts = [number for number, line in enumerate(lines) if cell_mark(line) is not None]
    parts = []
    for first, end in pairwise([None, *starts, len(lines)]):
        name = "" if first is None else cell_mark(lines[first]) or ""
        parts.append((name, "\n".join(lines[0 if first is None else first + 1 : end])))
    try:
        for _, part in parts:
            ast.parse(part)
    except SyntaxError:  # what looks like a mark stands inside of a text, or of a function
        return [("", stub)]
    return parts


def _pieces(
    stub: str, tree: ast.Module, documented: bool, exercise: Exercise
) -> list[tuple[str, Part | None]]:
    """Return the cells' texts: each function alone, what stands between them together.

    An answer to a part that a person grades is alone too, and comes with that part.
    """
    lines = stub.split("\n")
    written = {part.id: part for part in exercise.by_hand if part.answer == "text"}
    pieces: list[tuple[list[str], Part | None]] = []
    done = tree.body[0].end_lineno or 0 if documented else 0
    alone = True
    for statement in tree.body[1:] if documented else tree.body:
        end = statement.end_lineno or 0
        part = written.get(_set_by(statement))
        own = part is not None or isinstance(
            statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)
        )
        if alone or own:
            pieces.append(([], part))
        pieces[-1][0].extend(lines[done:end])
        alone = own
        done = end
    if pieces and pieces[-1][1] is not None:
        pieces.append(([], None))
    if pieces:
        pieces[-1][0].extend(lines[done:])
    return [(text, part) for piece, part in pieces if (text := "\n".join(piece).strip("\n"))]


def _set_by(statement: ast.stmt) -> str:
    """Return the name that a statement sets to a text; empty where it is none."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str())):
            return name
    return ""


def _asked(text: str) -> str:
    """Return what the comments above an answer ask, as Markdown."""
    lines = [line.strip() for line in text.split("\n")]
    asked = [line.lstrip("#").strip() for line in lines[: _comments(lines)]]
    return "\n".join(asked).strip()


def _comments(lines: list[str]) -> int:
    return next(
        (number for number, line in enumerate(lines) if line and not line.startswith("#")),
        len(lines),
    )
