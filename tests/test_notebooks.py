"""Notebooks are graded like the same code in a .py, whatever else is in them."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_files import FOLDER, REFERENCE, NotebookGrader, bench, code, notebook
from thoroughness import thorough

from grader.notebooks.code_cells import upgraded
from grader.notebooks.notebook_file import read_document
from grader.result import Outcome, Result

SIGMOID, REST = REFERENCE.split("\n\n\ndef forward", 1)
REST = "def forward" + REST


@pytest.fixture(scope="module")
def grade() -> Iterator[NotebookGrader]:
    with bench() as made:
        yield made


def warned(result: Result, *texts: str) -> None:
    for text in texts:
        assert any(text in warning for warning in result.warnings), (text, result.warnings)


@pytest.mark.parametrize(
    "name", thorough(["blog", "plots", "version3", "colab"], but=["blog", "colab"])
)
def test_a_notebook_gets_the_score_of_the_same_code_in_a_file(
    grade: NotebookGrader, name: str
) -> None:
    notebook_result = grade.grade((FOLDER / f"{name}.ipynb").read_bytes())
    file_result = grade.grade((FOLDER / f"{name}.py").read_bytes(), "exercise3.py")
    outcomes = [(check.id, check.outcome, check.points) for check in notebook_result.checks]
    assert outcomes == [(check.id, check.outcome, check.points) for check in file_result.checks]
    assert notebook_result.score == file_result.score > 0


@given(
    st.lists(
        st.tuples(st.text(min_size=1), st.one_of(st.none(), st.integers(), st.text(max_size=2))),
        min_size=1,
        max_size=4,
    )
)
def test_cells_of_version_4_are_those_that_nbformat_reads(
    written: list[tuple[str, int | str | None]],
) -> None:
    written = [(f"x = 1  # {source}", count) for source, count in written]
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": source,
            "execution_count": count,
        }
        for source, count in written
    ]
    data = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()
    found = upgraded(read_document("exercise3.ipynb", data))
    read: Any = nbformat  # which has no types
    as_read = [
        read.v4.new_code_cell(cell.source, execution_count=cell.execution_count) for cell in found
    ]
    whole = read.v4.new_notebook(cells=as_read)
    read.validate(whole)
    again = read.convert(read.reads(read.writes(whole), as_version=read.NO_CONVERT), 4)
    assert [(cell.source, cell.execution_count) for cell in again.cells] == [
        (cell.source, cell.execution_count) for cell in found
    ]
    assert [cell.source for cell in found] == [
        source.replace("\r\n", "\n").replace("\r", "\n") for source, _count in written
    ]


def test_the_same_mistakes_are_named(grade: NotebookGrader) -> None:
    results = [
        grade.grade((FOLDER / name).read_bytes(), name.replace("blog", "exercise3"))
        for name in ("blog.ipynb", "blog.py")
    ]
    named, in_file = (
        [(check.id, one.id, one.message) for check in result.checks for one in check.diagnosis]
        for result in results
    )
    assert named == in_file != []
    lines = {one.line for check in results[0].checks for one in check.diagnosis}
    assert lines == {6, 7}  # of the cell that defines the function


def test_what_is_odd_about_a_notebook_is_remarked(grade: NotebookGrader) -> None:
    result = grade.grade((FOLDER / "plots.ipynb").read_bytes())
    assert result.score == 20
    warned(
        result,
        "out of order: cell 6 as [7] and cell 7 as [6]",
        "cell 1 line 1 `%matplotlib inline`",
        "placeholder was used: matplotlib, seaborn, tqdm",
        "cell 5: line 1 `gradient(x_0, target, weight_1, weight_2, bias)`: NameError",
    )
    warned(grade.grade((FOLDER / "colab.ipynb").read_bytes()), "pip install seaborn", "pandas")


def test_cells_that_fail_cost_themselves_alone(grade: NotebookGrader) -> None:
    cells = (
        "import numpy as np\n1 / 0\ndef sigmoid(z): return 1 / (1 + np.exp(-z))",
        "def (",
        REST,
    )
    result = grade.grade(notebook(*cells))
    assert result.score == 20
    warned(result, "cell 1: line 2 `1 / 0`: ZeroDivisionError", "cell 2: line 1 `def (`")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("import time\ntime.sleep(60)", "took too long"),
        ("while True:\n    pass", "took too long"),
        (
            "while True:\n    try:\n        pass\n    except BaseException:\n        pass",
            "too long",
        ),
        ("import os\nos._exit(3)", "exited with code 3"),
        ("exit()\nraise SystemExit(0)", "SystemExit"),
        ("x = [0] * 10**12", "MemoryError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_cell_that_ends_or_stops_everything_leaves_the_rest(
    grade: NotebookGrader, cell: str, reason: str
) -> None:
    result = grade.grade(notebook(cell, REFERENCE))
    assert result.score == 20
    warned(result, reason)


@pytest.mark.parametrize(
    "cell",
    [
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1]);\nplt.show()",
        "fig, axes = __import__('pylab').subplots(2, 2)\nfor ax in axes.flat: ax.axis('off')",
        "import pandas as pd\nframe = pd.DataFrame({'a': [1]})\nframe[frame.a > 1].plot()",
        "import seaborn as sns, matplotlib as mpl\nwith sns.axes_style('white'):\n    mpl.use()",
        "import pylab, requests\n(line,) = pylab.plot()\nfirst, *rest = requests.get()",
        "from IPython.display import HTML, display\ndisplay(HTML('x'))\nget_ipython().system('ls')",
        "import ipywidgets as w\n@w.interact(x=1)\ndef show(x): return x\nassert show(2) == 2",
        "from tqdm import tqdm, trange\nassert [*tqdm([1, 2])] == [1, 2] == [*trange(1, 3)]",
        "steps = int(input('How many? '))\nname = input()",
        "import asyncio\nawait asyncio.sleep(0)\nasync with asyncio.Lock(): pass",
        "from __future__ import annotations\ndef f(x: Nowhere): return x",
        "from grader import check\ncheck('exercise3')\n%bpgrade exercise3",
        "%pylab inline\narray([1])",
        ">>> x = 1\n>>> if x:\n...     x = 2",
        "    y = 1\n    z = 2",
    ],
)
def test_what_a_notebook_may_do_is_harmless(grade: NotebookGrader, cell: str) -> None:
    result = grade.grade(notebook(cell, REFERENCE))
    assert result.score == 20
    assert not [warning for warning in result.warnings if warning.startswith("cell")]


def test_plots_are_harmless_in_a_file_too(grade: NotebookGrader) -> None:
    source = f"import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nplt.show()\n{REFERENCE}"
    result = grade.grade(source.encode(), "exercise3.py")
    assert result.score == 20
    warned(result, "matplotlib")
    assert grade.grade(b"import torch\n", "exercise3.py").score == 0


def test_which_of_several_definitions_counts(grade: NotebookGrader) -> None:
    result = grade.grade(notebook(REFERENCE, "def update(*a):\n    return 0"))
    assert result.score < 20
    warned(result, "update is defined 2 times (cell 1 line", "cell 2 line 1): the last counts")


@pytest.mark.parametrize(
    ("counts", "remark"),
    [
        ((1, 2, 3), ""),
        ((None, None, None), ""),
        ((4, 5, 6), ""),
        ((1, None, 3), ""),
        ((2, 1, 3), "out of order: cell 1 as [2] and cell 2 as [1]"),
        ((1, 1, 2), "out of order"),
        ((1, 2, 7), "more than once, or deleted: cell 3 is [7] after [2]"),
    ],
)
def test_the_order_in_which_cells_were_run(
    grade: NotebookGrader, counts: tuple[int | None, ...], remark: str
) -> None:
    sources = (REFERENCE, "x = 1", "y = 2")
    cells = [code(source, count) for source, count in zip(sources, counts, strict=True)]
    result = grade.grade(notebook(*cells))
    assert result.score == 20
    assert [remark in warning for warning in result.warnings] == ([True] if remark else [])


def test_a_missing_function_is_told_with_the_notebooks_name(grade: NotebookGrader) -> None:
    result = grade.grade(notebook("def forwards(): pass", "def ("))
    assert {check.outcome for check in result.checks} == {Outcome.NOT_IMPLEMENTED}
    assert "exercise3.ipynb defines no function" in result.checks[0].feedback
    assert "cell 2" in result.checks[0].feedback


GOOD = notebook(REFERENCE)
KERNEL = {"metadata": {"kernelspec": {"name": "ir", "display_name": "R"}}}
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "truncated": (GOOD[: len(GOOD) // 2], "is incomplete"),
    "NUL": (b"\0" + GOOD, "not a notebook"),
    "not UTF-8": (GOOD.replace(b"numpy", b"\xff\xfe"), "not UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "Python": (REFERENCE.encode(), "not a notebook"),
    "HTML": (b"<!DOCTYPE html>", "web page"),
    "list": (b"[]", "not a notebook"),
    "number": (b"1", "not a notebook"),
    "other JSON": (b'{"a": 1}', "not a notebook"),
    "no version": (notebook("x", nbformat=None), "lacks `nbformat`"),
    "a future version": (notebook("x", nbformat=5), "format 5"),
    "text as version": (notebook("x", nbformat="4"), "lacks `nbformat`"),
    "deep": (b'{"nbformat": 4, "cells": ' + b"[" * 200_000, "too deeply"),
    "deep and closed": (b"[" * 100_000 + b"]" * 100_000, "too deeply"),
    "endless number": (b'{"nbformat": ' + b"4" * 5_000 + b"}", "endless number"),
    "comma": (GOOD.replace(b", ", b",, ", 1), "damaged"),
    "no cells": (notebook(), "no code"),
    "cells of a wrong type": (notebook("x", cells=3), "no code"),
    "cells are texts": (notebook(None, 1, ["x"]), "damaged"),
    "no source": (notebook({"cell_type": "code"}), "damaged"),
    "R": (notebook("x <- 1", **KERNEL), "written in ir"),
    "Julia": (notebook("x", metadata={"language_info": {"name": "julia"}}), "written in julia"),
    "too many cells": (notebook(*["x"] * 2_001), "more than 2,000"),
    "too much code": (notebook("#" * 1_100_000), "bytes of code"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_notebook_gets_one_clear_sentence(grade: NotebookGrader, kind: str) -> None:
    data, sentence = BAD[kind]
    result = grade.grade(data)
    assert (result.status, result.score) == ("graded", 0)
    assert {check.outcome for check in result.checks} == {Outcome.ERROR}
    [feedback] = {check.feedback for check in result.checks}
    assert sentence in feedback
    assert "Traceback" not in feedback
    assert len(feedback) < 300


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        notebook(code(REFERENCE.splitlines(keepends=True))),
        notebook(code(REFERENCE.replace("\n", "\r\n"))),
        notebook(code(REFERENCE, "3", metadata=None, outputs=7), nbformat_minor="x"),
        notebook(code(REFERENCE, id="a"), code("x = 1", id="a"), nbformat_minor=5),
        notebook(REFERENCE, {"cell_type": "code"}, None, {"cell_type": 3, "source": "x"}),
        notebook(REFERENCE, code(["x", 1]), {"cell_type": "markdown", "source": None}),
        notebook(REFERENCE, "x = '\ud800'", "y = '\0'"),
        notebook(REFERENCE, metadata=None),
        notebook(REFERENCE, metadata={"kernelspec": [], "language_info": {"name": 3}}),
        notebook(cells=None, worksheets=[3, {"cells": [code(REFERENCE)]}]),
    ],
)
def test_what_is_odd_but_clear_is_graded(grade: NotebookGrader, data: bytes) -> None:
    assert grade.grade(data).score == 20


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats(grade: NotebookGrader, version: int) -> None:
    cell = {"cell_type": "code", "input": REFERENCE, "language": "python", "outputs": []}
    data = {"nbformat": version, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    assert grade.grade(json.dumps(data).encode()).score == 20


@pytest.mark.parametrize("kind", thorough(["pictures", "text", "cut off"], but=["pictures"]))
def test_a_notebook_of_100_megabytes(tmp_path: Path, grade: NotebookGrader, kind: str) -> None:
    line = "A" * 76 + "\n"
    if kind == "text":
        output = {"output_type": "stream", "name": "stdout", "text": [line] * 13_000}
    else:
        output = {"output_type": "display_data", "data": {"image/png": line * 13_000}}
    data = notebook(REFERENCE, *[code("x = 1", outputs=[output]) for _ in range(100)])
    assert len(data) > 100_000_000
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = grade.grade(data if kind != "cut off" else data[:-2])
    assert result.score == (0 if kind == "cut off" else 20)
    assert time.monotonic() - start < 20
    scale = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * scale < 400_000_000


def test_a_notebook_that_stays_large_without_its_outputs(grade: NotebookGrader) -> None:
    data = notebook(REFERENCE, metadata={"filler": [[]] * 4_000_000})
    result = grade.grade(data)
    assert result.score == 0
    assert "too large" in result.checks[0].feedback
