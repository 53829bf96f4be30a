"""Classroom 50: `result.json` and `release-body.md` in the student's checkout.

Source: schemas/result-v1.schema.json and the wiki page Advanced-Autograding of
github.com/foundation50/classroom50. All points are whole numbers there, so they are all
multiplied by what makes them whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import as_object, moment
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_LARGEST_SCALE: Final = 1000
_CHECKOUT: Final = "home/runner/work/mlp/mlp"
_BUNDLE: Final = "home/runner/work/_temp/classroom50-runtime"
_VARIABLES: Final = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "USERNAME",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def document(assessment: Assessment, place: PlatformPaths) -> dict[str, Any]:
    """Return result.json."""
    shown = assessment.shown()
    scale = _scale(shown)
    tests = [_test(shown, test, scale) for test in shown.tests]
    if assessment.graded is None:
        problem = check_text.plain(assessment.problem)
        tests = [_entry(translated(check_text.NOT_GRADED), False, 0, 0, problem)]
    return {
        "schema": "classroom50/result/v1",
        **{key: place.facts[key] for key in _VARIABLES if key != "owner"},
        "owner": place.facts["owner"],
        "assignment_type": place.facts["assignment_type"],
        "datetime": place.facts["datetime"],
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def _scale(assessment: Assessment) -> int:
    amounts = [test.max_points for test in assessment.tests]
    amounts += [assessment.reduced(test.points) for test in assessment.tests]
    scale = math.lcm(*(amount.denominator for amount in amounts))
    return scale if scale <= _LARGEST_SCALE else _LARGEST_SCALE


def _test(assessment: Assessment, test: Test, scale: int) -> dict[str, Any]:
    points = assessment.reduced(test.points)
    most = round(test.max_points * scale)
    # what is less than the maximum must not be rounded up to it
    reached = most if points == test.max_points else min(math.floor(points * scale), most)
    name = check_text.plain(test.name, lines=False)
    return _entry(name, test.passed, reached, most, check_text.message(test))


def _entry(name: str, passed: bool, points: int, most: int, message: str) -> dict[str, Any]:
    return {
        "test-name": name,
        "passed": passed,
        "score": points,
        "max-score": most,
        "message": message,
    }


def documents(assessment: Assessment, place: PlatformPaths) -> Mapping[str, str]:
    """Return result.json and the text of the release."""
    text = json.dumps(document(assessment, place), allow_nan=False, indent=1)
    return {"result.json": f"{text}\n", "release-body.md": check_text.markdown_report(assessment)}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the checkout and what the runner says of it.

    No time of submission is taken from it: Classroom 50 itself marks what is late.
    """
    environment = surroundings.environment
    facts: dict[str, Any] = {
        key: environment.get(variable) or "unknown" for key, variable in _VARIABLES.items()
    }
    if facts["owner"] == "unknown":
        facts["owner"] = environment.get("OWNER") or environment.get("GITHUB_ACTOR") or "unknown"
    if not facts["submission"].startswith("submit/"):
        facts["submission"] = f"submit/{facts['submission']}"
    facts["assignment_type"] = (
        "group" if environment.get("MODE") in ("group", "team") else ("individual")
    )
    when = _tagged(facts["submission"]) or datetime.now(UTC)
    facts["datetime"] = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlatformPaths(submission=surroundings.working, output=surroundings.working, facts=facts)


def _tagged(tag: str) -> datetime | None:
    """Return the moment in `submit/2026-11-24T03-00-00Z-a1b2c3d`."""
    text = tag.removeprefix("submit/")[:20]
    return moment(f"{text[:10]}T{text[11:19].replace('-', ':')}Z") if text[19:] == "Z" else None


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the points in result.json."""
    document = as_object(next(iter(texts.values())))
    most = document["max-score"]
    return document["score"] / most if most else None


def lay(root: Path, package: Path, submission: Path | None, exercise: str) -> Run:
    """Lay out the student's checkout, and the bundle where the runner unpacks it."""
    layout.hand_in(submission, root / _CHECKOUT)
    layout.unpack(package, root / _BUNDLE, f"autograders/{exercise}")
    return Run(
        command=["python3", f"{root}/{_BUNDLE}/autograder.py"],
        working=_CHECKOUT,
        venv=f"{_BUNDLE}/venv",
        documents=[f"{_CHECKOUT}/result.json"],
        environment={
            "CLASSROOM": "ml-2026",
            "ASSIGNMENT": exercise,
            "USERNAME": "ada",
            "MODE": "individual",
            "SUBMISSION_TAG": "submit/2026-11-24T03-00-00Z-a1b2c3d",
            "COMMIT_URL": "https://example.org/commit",
            "RELEASE_URL": "https://example.org/release",
            "REVIEW_URL": "https://example.org/review",
            "GITHUB_ACTIONS": "true",
        },
    )


PLATFORM: Final = Platform(
    name="classroom50",
    title="Classroom 50",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("autograders/@EXERCISE@",),
    courses=("autograders/@EXERCISE@",),
    one_exercise=True,
    ungraded_exit=1,
)
