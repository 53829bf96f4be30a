"""Codio: a score in percent and a feedback text, which the script hands over by HTTP.

Source: instructors/authoring/assessments/auto-grade-scripts and partial-points of docs.codio.com.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment
from grader.platforms.metadata import as_object, moment
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_SECONDS: Final = 150.0  # a script has 3 minutes


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the score, the feedback and its format; no score where nothing was graded."""
    feedback = check_text.markdown_report(assessment)
    if assessment.graded is None:
        return {"graded": False, "feedback": feedback, "format": "md"}
    score = float(assessment.share * 100)
    return {"graded": True, "score": score, "feedback": feedback, "format": "md"}


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the file that the script hands over."""
    return {"codio.json": json.dumps(document(assessment), allow_nan=False, indent=1) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the workspace, and when it was marked as complete."""
    told = as_object(surroundings.environment.get("CODIO_AUTOGRADE_ENV") or "")
    workspace = surroundings.root / "home/codio/workspace"
    return PlatformPaths(
        submission=workspace,
        output=surroundings.root / "tmp/bpgrade-codio",
        submitted=moment(told.get("completedDate")),
        seconds=_SECONDS,
    )


def share(texts: Mapping[str, str]) -> float | None:
    """Return the score, of 100."""
    document = as_object(next(iter(texts.values())))
    return document["score"] / 100 if document["graded"] else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the workspace with its secure folder; nothing is sent where no address is given."""
    workspace = root / "home/codio/workspace"
    layout.hand_in(submission, workspace)
    layout.unpack(package, workspace / ".guides/secure/bpgrade", "secure")
    (root / "tmp").mkdir()
    return Run(
        command=["python3", f"{workspace}/.guides/secure/bpgrade/grade.py"],
        working="home/codio/workspace",
        venv="home/codio/workspace/.guides/secure/bpgrade/venv",
        documents=["tmp/bpgrade-codio/codio.json"],
    )


PLATFORM: Final = Platform(
    name="codio",
    title="Codio",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("secure",),
    courses=("secure",),
    ungraded_exit=1,
)
