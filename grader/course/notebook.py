"""An exercise as a notebook: its task, one cell a function, and a cell that checks them."""

from __future__ import annotations

import ast
from typing import Any

from grader.course.model import Exercise


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
        or f"# {exercise.title}\n\n{documentation}".strip()
    )
    check = f'from grader import check\n\ncheck("{exercise.name}")'
    cells = [new.new_markdown_cell(intro)]
    cells += [new.new_code_cell(code) for code in _pieces(stub, tree, bool(documentation))]
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


def _pieces(stub: str, tree: ast.Module, documented: bool) -> list[str]:
    """Return the code cells' texts: each function alone, what stands between them together."""
    lines = stub.split("\n")
    pieces: list[list[str]] = []
    done = tree.body[0].end_lineno or 0 if documented else 0
    alone = True
    for statement in tree.body[1:] if documented else tree.body:
        end = statement.end_lineno or 0
        own = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If))
        if alone or own:
            pieces.append([])
        pieces[-1] += lines[done:end]
        alone = own
        done = end
    if pieces:
        pieces[-1] += lines[done:]
    return [text for piece in pieces if (text := "\n".join(piece).strip("\n"))]
