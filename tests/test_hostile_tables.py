"""Hostile tables and figures: nothing is gained, time is bounded, honest functions keep points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import isolation
from thoroughness import thorough

from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.report.pages.student_page import Work, student_page
from grader.result import Outcome, Result
from grader.sandbox.isolation import resolve

HERE = Path(__file__).parent
HOSTILE = HERE / "hostile"
COURSE = load_course(HERE / "courses" / "tables")
IMPATIENT = replace(
    COURSE,
    exercises=tuple(
        replace(each, limits=replace(each.limits, call_seconds=2.0, memory_megabytes=1024))
        for each in COURSE.exercises
    ),
)
KIT = """
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

def answer_with_table(index, names, columns):
    header = ["flat", [None], [0, 0, 1], [["objects", [], names, None, []]], [], ""]
    answer_with([extension(16, b""), "pandas", "frame", index, header, columns])

def _picture():
    import io
    data = io.BytesIO()
    plt.figure(figsize=(1, 1)).savefig(data)
    plt.close("all")
    return data.getvalue()

PICTURE = _picture()
"""
ATTACKED = {"tables": ("cities", "per_country"), "figures": ("plots", "plot_losses")}
QUICK = (
    *("tables/equal_to_all", "tables/forged_dtype", "tables/patched_pandas"),
    *("figures/forged_facts", "figures/lying_figure"),
)
WALLS = ("strict", "landlock and seccomp", "bubblewrap alone")
"""The ways that processes are made; no layer of the kernel stops one of these attacks."""
ATTACKS = sorted(path for kind in ATTACKED for path in (HOSTILE / kind).glob("*.py"))


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(IMPATIENT, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, folder: Path, attack: Path) -> Result:
    exercise = IMPATIENT.exercise(ATTACKED[attack.parent.name][0])
    kit = (HOSTILE / "kit.py").read_text()
    right = COURSE.reference(exercise).read_text()
    path = folder / f"{exercise.name}.py"
    path.write_text("\n\n".join((kit, KIT, right, attack.read_text())))
    return grader.grade(read_submission(path), exercise, 0)


@pytest.mark.parametrize(
    "attack",
    thorough(ATTACKS, but=lambda path: path.stem not in ("endless_savefig", "endless_title")),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_nothing_is_gained(grader: Grader, tmp_path: Path, attack: Path) -> None:
    see_nothing_gained(attack, graded(grader, tmp_path, attack))


@pytest.mark.parametrize("name", thorough(WALLS, but=["strict"]))
def test_nothing_is_gained_behind_a_wall(name: str, tmp_path: Path) -> None:
    """Those that are quick, of each kind; one where each has a process started afresh."""
    level = isolation(name)
    with Grader(IMPATIENT, level) as walled:
        for attack in (HOSTILE / f"{each}.py" for each in QUICK[: 1 if level.fresh_host else None]):
            see_nothing_gained(attack, graded(walled, tmp_path, attack))


def see_nothing_gained(attack: Path, result: Result) -> None:
    function = ATTACKED[attack.parent.name][1]
    assert result.status == "graded"
    for check in result.checks:
        assert (check.outcome is Outcome.PASSED) == (check.function != function), check.feedback
        assert len(check.feedback) < 5_000
    page = student_page([Work("x", result)], name="Ada")
    assert "<script>alert" not in page
    assert 'alt="" onerror' not in page
