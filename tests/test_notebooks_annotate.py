"""Feedback written into a copy of a notebook, below the cell that defines the function."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from notebook_files import FOLDER, REFERENCE, NotebookGrader, bench, notebook

from grader.cli.check import command
from grader.errors import UsageError
from grader.report.annotation import annotate, write_annotated
from grader.result import Result

NASTY = (
    "def forward(*a):\n    raise ValueError('```\\n</pre><script>x</script> $y$ **z** \\x1b[1m')"
)


@pytest.fixture(scope="module")
def grade() -> Iterator[NotebookGrader]:
    with bench() as made:
        yield made


def feedback(cells: list[Any]) -> list[int]:
    return [n for n, cell in enumerate(cells) if "bpgrade" in (cell.get("metadata") or {})]


@pytest.mark.parametrize("name", ["blog", "plots", "version3", "colab"])
def test_the_feedback_stands_below_each_function(grade: NotebookGrader, name: str) -> None:
    data = (FOLDER / f"{name}.ipynb").read_bytes()
    result = grade.grade(data)
    text = annotate(data, result)
    annotated = nbformat.reads(text, as_version=4)
    nbformat.validate(annotated)
    first, *others = feedback(annotated.cells)
    assert first == 0
    assert "Feedback: exercise3" in annotated.cells[0].source
    said = "".join(annotated.cells[place].source for place in others)
    for function in ("forward", "gradient", "update", "train"):
        assert said.count(f"**Feedback: {function}, ") == 1
    for place in others:
        above = place - 1
        while above in others:
            above -= 1
        [function] = re.findall(r"\*\*Feedback: (\w+),", annotated.cells[place].source)
        assert f"def {function}(" in annotated.cells[above].source


def test_it_replaces_what_it_wrote_before_and_keeps_all_else(grade: NotebookGrader) -> None:
    data = (FOLDER / "plots.ipynb").read_bytes()
    first = grade.grade(data)
    once = annotate(data, first)
    assert annotate(once.encode(), grade.grade(once.encode())) == once
    content = json.loads(once)
    content["cells"] = [c for c in content["cells"] if "bpgrade" not in c["metadata"]]
    assert content == json.loads(data)


def test_the_feedback_is_escaped(grade: NotebookGrader) -> None:
    data = notebook(REFERENCE, NASTY)
    cells = json.loads(annotate(data, grade.grade(data)))["cells"]
    assert feedback(cells) == [0, 2, 3, 4, 6]  # forward is told below its last definition
    text = "".join(cells[6]["source"])
    assert "````text\n" in text
    assert "\x1b" not in text
    for fenced in re.findall(r"^````text\n.*?^````$", text, re.MULTILINE | re.DOTALL):
        text = text.replace(fenced, "")
    assert "<script>" not in text
    assert "$" not in text


def test_functions_without_a_cell_are_told_on_top(grade: NotebookGrader) -> None:
    data = notebook("def forward(*a): return 1")
    cells = json.loads(annotate(data, grade.grade(data)))["cells"]
    assert feedback(cells) == [0, 2]
    assert "Feedback: update, 0 / 4" in "".join(cells[0]["source"])


def check(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.return_value or 0, done.output


def test_the_command_leaves_the_original_alone(tmp_path: Path) -> None:
    path, out = tmp_path / "exercise3.ipynb", tmp_path / "out.ipynb"
    path.write_bytes(notebook(REFERENCE))
    before = path.read_bytes()
    check(path, "--annotate", out)
    assert path.read_bytes() == before
    assert "20 / 20" in out.read_text("utf-8")
    with pytest.raises(UsageError, match="never changes the notebook itself"):
        check(path, "--annotate", path)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="cannot be written"):
        check(path, "--annotate", tmp_path / "none" / "out.ipynb")


def test_what_cannot_be_annotated(tmp_path: Path, grade: NotebookGrader) -> None:
    stub = tmp_path / "exercise3.py"
    stub.write_text(REFERENCE, "utf-8")
    with pytest.raises(UsageError, match="takes one"):
        check(stub, "--annotate", tmp_path / "out.ipynb")
    broken = tmp_path / "exercise3.ipynb"
    broken.write_bytes(b"{")
    result: Result = grade.grade(b"{")
    with pytest.raises(UsageError, match=r"out.ipynb was not written: .* is incomplete"):
        write_annotated(broken, tmp_path / "out.ipynb", result)
    assert not (tmp_path / "out.ipynb").exists()
