"""Autolab: the last line of standard output has the scores, the line before it the stages.

Sources: saveAutograde and parseAutoresult in app/helpers/assessment_autograde_core.rb of
github.com/autolab/Autolab; autodriver/autodriver.c of github.com/autolab/Tango; docs/lab.md and
docs/features.md of github.com/autolab/docs. The problems of the assessment are the functions of
the exercise, under their own names. Where the last line cannot be read, each problem without a
score gets 0, released; where a score is null, the problem has none.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from grader.language import gettext
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, addends, number
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_SECONDS: Final = 150.0  # Autolab waits 180, if nobody says otherwise
_KEYS: Final = ("_presentation", "stages")
_KEY: Final = re.compile(r"([a-zA-Z0-9]+):")


def document(assessment: Assessment) -> str:
    """Return the report and the two lines; where nothing was graded, each score is null."""
    report = "".join(f"| {line}\n" for line in check_text.report(assessment).splitlines())
    if assessment.graded is None:
        none = {"scores": dict.fromkeys(assessment.functions), "scoreboard": []}
        return f"{report}{json.dumps(none)}\n"
    scores: dict[str, Fraction] = {}
    for test in assessment.tests:
        points = scores.get(test.check.function, Fraction(0))
        scores[test.check.function] = points + assessment.reduced(test.points)
    board = [number(assessment.score)] if assessment.leaderboard else []
    numbers = addends(list(scores.values()), assessment.score)
    last = {"scores": dict(zip(scores, numbers, strict=True))}
    lines = [_stages(assessment.shown()), {**last, "scoreboard": board}]
    reached = gettext(
        "{score} of {most} points",
        score=number(assessment.score),
        most=number(assessment.max_score),
    )
    total = f"| {reached}\n"
    return report + total + "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines)


def _stages(assessment: Assessment) -> dict[str, Any]:
    stages: dict[str, dict[str, Any]] = {}
    for test in assessment.tests:
        entry: dict[str, Any] = {"passed": test.passed}
        if not test.passed:
            entry["hint"] = check_text.message(test)
        name = test.check.function or gettext("hidden")
        stages.setdefault(f"{name}()" if name in _KEYS else name, {})[test.title] = entry
    return {"_presentation": "semantic", "stages": list(stages), **stages}


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the lines, for standard output."""
    return {"": document(assessment)}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the folder that the hand-in lies in."""
    folder = surroundings.working
    return PlatformPaths(submission=folder / "handin", output=folder, seconds=_SECONDS)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the scores' sum as Autolab adds it up, of the points named before them."""
    [text] = texts.values()
    lines = text.rstrip().splitlines()
    scores = _scores(lines[-1]) if lines else {}
    if not scores:
        return 0.0
    known = [score for score in scores.values() if score is not None]
    return float(sum(known)) / float(lines[-3].split()[3]) if known else None


def _scores(line: str) -> Mapping[str, Any]:
    """Return the scores that Autolab finds in the last line; none where it gives 0 instead."""
    try:
        found = json.loads(_KEY.sub(r'"\1":', line))
    except ValueError:
        return {}
    scores = found.get("scores") if isinstance(found, dict) else None
    return scores if isinstance(scores, dict) else {}


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out Tango's working folder: the Makefile, the archive and the hand-in.

    Autodriver writes both streams to one file, and says how `make` has ended before them.
    """
    folder = root / "home/autograde/autolab"
    folder.mkdir(parents=True)
    shutil.copy(package / "autograde-Makefile", folder / "Makefile")
    shutil.copy(package / "autograde.tar", folder)
    layout.hand_in(submission, folder)
    return Run(
        command=["make", "-s"],
        working="home/autograde/autolab",
        venv="opt/bpgrade/venv",
        joined=True,
    )


PLATFORM: Final = Platform(
    name="autolab",
    title="Autolab",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("tango-image",),
    courses=("autograde",),
    tar="autograde",
    one_exercise=True,
    log_shown=True,
)
