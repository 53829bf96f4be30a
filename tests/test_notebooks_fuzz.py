"""Whatever a notebook holds, it gets a result, and never a traceback."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebook_files import REFERENCE, NotebookGrader, bench, notebook
from thoroughness import thorough

from grader.cli import group
from grader.report.annotation import annotate
from grader.result import Outcome, Result

KEYS = st.sampled_from(["cell_type", "source", "input", "metadata", "execution_count", "id"])
VALUES = st.sampled_from(["code", "markdown", "python", "R", 4, 3, 2, -1, 1.5, True, None, "x = 1"])
ANYTHING = st.recursive(
    VALUES | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=5)
    ),
    max_leaves=12,
)
PIECES = REFERENCE.split("\n\n\n")
SOURCES = (
    st.sampled_from(PIECES)
    | st.sampled_from(["%time", "!ls", "x?", "%%bash\nls", "1/0", "def (", "plt.show()", "\0"])
    | st.text(max_size=30)
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.just("code") | VALUES, "source": SOURCES | st.lists(SOURCES) | ANYTHING},
    optional={
        "execution_count": ANYTHING,
        "metadata": ANYTHING,
        "outputs": ANYTHING,
        "id": ANYTHING,
        "input": SOURCES,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {
        "nbformat": st.sampled_from([4, 3, 2]) | ANYTHING,
        "cells": st.lists(CELLS | ANYTHING, max_size=8) | ANYTHING,
    },
    optional={
        "metadata": ANYTHING,
        "nbformat_minor": ANYTHING,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS)}), max_size=2),
    },
).map(lambda value: json.dumps(value).encode())
SLOW = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
numbers = pytest.mark.parametrize("number", thorough([30, 300], but=[30]))
"""How many examples there are."""


@pytest.fixture(scope="module")
def grade() -> Iterator[NotebookGrader]:
    with bench() as made:
        yield made


def clear(result: Result) -> None:
    """Assert that a result is one that a student can read."""
    assert result.status == "graded"
    for check in result.checks:
        assert "Traceback (most" not in check.feedback
        assert check.feedback or check.outcome is Outcome.PASSED
    assert Result.from_json(result.to_json()).score == result.score


@numbers
def test_any_notebook(grade: NotebookGrader, number: int) -> None:
    @settings(SLOW, max_examples=number)
    @given(data=NOTEBOOKS)
    def holds(data: bytes) -> None:
        result = grade.grade(data)
        clear(result)
        if {check.outcome for check in result.checks} != {Outcome.ERROR}:
            again = annotate(annotate(data, result).encode(), result)
            assert again == annotate(data, result)

    holds()


@numbers
def test_any_order_of_cells(grade: NotebookGrader, number: int) -> None:
    @settings(SLOW, max_examples=number)
    @given(order=st.permutations(PIECES), counts=st.lists(st.integers(0, 9), max_size=9))
    def holds(order: list[str], counts: list[int]) -> None:
        cells: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "source": source,
                "execution_count": counts.pop() if counts else None,
            }
            for source in order
        ]
        result = grade.grade(notebook(*cells))
        clear(result)
        assert result.score == 20  # the functions are there at the end, whatever the order

    holds()


@numbers
def test_any_bytes(grade: NotebookGrader, number: int) -> None:
    @settings(SLOW, max_examples=number)
    @given(data=st.binary(max_size=200) | st.data())
    def holds(data: Any) -> None:
        if not isinstance(data, bytes):
            whole = notebook(*PIECES)
            start = data.draw(st.integers(0, len(whole)))
            end = data.draw(st.integers(start, len(whole)))
            data = whole[:start] + data.draw(st.binary(max_size=5)) + whole[end:]
        clear(grade.grade(data))

    holds()


@settings(SLOW, max_examples=12)
@given(data=NOTEBOOKS | st.binary(max_size=50))
def test_through_the_command(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "exercise3.ipynb"
    path.write_bytes(data)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = group.run(["check", "--json", str(path)])
    assert code in (0, 1)
    assert err.getvalue() == ""
    clear(Result.from_json(out.getvalue()))
