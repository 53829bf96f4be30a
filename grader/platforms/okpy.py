"""Plain scores, as okpy's client prints them, and the same as JSON.

Source: client/protocols/scoring.py of github.com/okpy/ok-client, for the printed form; the JSON
is the result document with what counts beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from grader.language import gettext_lazy as _
from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, addends, number
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings
from grader.report.arrangement import amount

NAME: Final = "scores.json"


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the scores by function and the total, both after what lateness costs."""
    if assessment.graded is None:
        problem = check_text.plain(assessment.problem)
        name = translated(check_text.NOT_GRADED)
        test = {"name": name, "points": 0, "max_points": 0, "passed": False}
        tests = [{**test, "message": problem}]
        return {"graded": False, "message": problem, "scores": {}, "tests": tests}
    tests = [
        {
            "name": check_text.plain(test.name, lines=False),
            "points": number(test.points),
            "max_points": number(test.max_points),
            "passed": test.passed,
            "message": check_text.message(test),
        }
        for test in assessment.shown().tests
    ]
    functions = _functions(assessment)
    numbers = addends([points for points, _ in functions.values()], assessment.score)
    scores = dict(zip(functions, numbers, strict=True))
    return {
        "graded": True,
        "message": "\n".join(check_text.plain(one, lines=False) for one in assessment.remarks()),
        "scores": {**scores, "Total": number(assessment.score)},
        "max_score": number(assessment.max_score),
        "late": asdict(assessment.lateness),
        "tests": tests,
    }


def _functions(assessment: Assessment) -> dict[str, tuple[Fraction, Fraction]]:
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for test in assessment.tests:
        points, most = found.get(test.check.function, (Fraction(0), Fraction(0)))
        reached = assessment.reduced(test.points)
        found[test.check.function] = (points + reached, most + test.max_points)
    return found


def breakdown(assessment: Assessment) -> str:
    """Return the printed form, whose words okpy looks for."""
    if assessment.graded is None:
        return f"{check_text.not_graded(assessment.problem)}\n"
    rows = [
        f"    {name}: {amount(float(points))}/{amount(float(most))}"
        for name, (points, most) in _functions(assessment).items()
    ]
    total = f"    Total: {number(assessment.score)}"
    return "\n".join(["Point breakdown", *rows, "", "Score:", total, ""])


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return scores.json, and the breakdown for standard output."""
    found = {key: value for key, value in document(assessment).items() if value is not None}
    if "late" in found:
        found["late"] = {key: value for key, value in found["late"].items() if value is not None}
    return {
        NAME: json.dumps(found, allow_nan=False, indent=1) + "\n",
        "": breakdown(assessment),
    }


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the working folder, for both: nothing more is known."""
    return PlatformPaths(submission=surroundings.working, output=surroundings.working)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the points in scores.json."""
    document = as_object(next(iter(texts.values())))
    return document["scores"]["Total"] / document["max_score"] if document["graded"] else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out a folder with the student's files, and the grader's beside it."""
    layout.hand_in(submission, root / "work/submission")
    layout.unpack(package, root / "work/grader", "grader")
    return Run(
        command=["bash", "grader/grade.sh"],
        working="work",
        venv="work/grader/venv",
        documents=[f"work/{NAME}", ""],
    )


PLATFORM: Final = Platform(
    name="okpy",
    title=_("Plain JSON, as of okpy"),
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("grader",),
    courses=("grader",),
    ungraded_exit=3,
)
