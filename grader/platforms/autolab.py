"""Autolab: the last line of standard output has the scores, the line before it the stages.

Source: docs/lab.md and docs/features.md of github.com/autolab/docs. The problems of the
assessment are the functions of the exercise, under their own names.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from grader.platforms import layout, wording
from grader.platforms.assessment import Assessment, number
from grader.platforms.platform import Place, Platform, Run, Surroundings


def document(assessment: Assessment) -> str:
    """Return the report and the two lines; no scores where nothing was graded."""
    report = "".join(f"| {line}\n" for line in wording.report(assessment).splitlines())
    if assessment.graded is None:
        return f"{report}{wording.NOT_GRADED}: no scores are posted.\n"
    scores: dict[str, Fraction] = {}
    for test in assessment.tests:
        points = scores.get(test.check.function, Fraction(0))
        scores[test.check.function] = points + assessment.reduced(test.points)
    board = [number(assessment.score)] if assessment.leaderboard else []
    last = {"scores": {name: number(points) for name, points in scores.items()}}
    lines = [_stages(assessment.shown()), {**last, "scoreboard": board}]
    total = f"| {number(assessment.score)} of {number(assessment.max_score)} points\n"
    return report + total + "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines)


def _stages(assessment: Assessment) -> dict[str, Any]:
    stages: dict[str, dict[str, Any]] = {}
    for test in assessment.tests:
        entry: dict[str, Any] = {"passed": test.passed}
        if not test.passed:
            entry["hint"] = wording.message(test)
        stage = stages.setdefault(test.check.function or "hidden", {})
        stage[wording.plain(test.check.title, lines=False)] = entry
    return {"_presentation": "semantic", "stages": list(stages), **stages}


def documents(assessment: Assessment, _place: Place) -> Mapping[str, str]:
    """Return the lines, for standard output."""
    return {"": document(assessment)}


def locate(surroundings: Surroundings) -> Place:
    """Return the folder that the hand-in lies in."""
    return Place(submission=surroundings.working / "handin", output=surroundings.working)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the scores' sum as Autolab adds it up, of the points named before them."""
    [text] = texts.values()
    lines = text.strip().splitlines()
    if not lines[-1].startswith("{"):
        return None
    total = sum(json.loads(lines[-1])["scores"].values())
    return float(total) / float(lines[-3].split()[3])


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out Tango's working folder: the Makefile, the archive and the hand-in."""
    folder = root / "home/autograde/autolab"
    folder.mkdir(parents=True)
    shutil.copy(package / "autograde-Makefile", folder / "Makefile")
    shutil.copy(package / "autograde.tar", folder)
    layout.hand_in(submission, folder)
    return Run(
        command=["make", "-s"],
        working="home/autograde/autolab",
        venv="opt/bpgrade/venv",
    )


PLATFORM: Final = Platform(
    name="autolab",
    title="Autolab",
    documents=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("tango-image",),
    courses=("autograde",),
    tar="autograde",
    one_exercise=True,
    ungraded_exit=1,
)
