"""Coursera: `/shared/feedback.json`.

Source: commands/grade.py of coursera_autograder 0.1.4. A grader that does not end with 0 has
failed, and its file does not count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_SECONDS: Final = 280.0  # a grader has at least 300


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the score, of 1, and the feedback as text."""
    score = 0.0 if assessment.graded is None else float(assessment.share)
    return {
        "fractionalScore": score,
        "feedback": check_text.report(assessment),
        "feedbackType": "TXT",
    }


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return feedback.json."""
    return {"feedback.json": json.dumps(document(assessment), allow_nan=False, indent=1) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return /shared; Coursera itself knows what is late."""
    shared = surroundings.root / "shared"
    return PlatformPaths(submission=shared / "submission", output=shared, seconds=_SECONDS)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the score, of 1; a text that says so was not graded."""
    document = as_object(next(iter(texts.values())))
    ungraded = check_text.says_not_graded(document["feedback"])
    return None if ungraded else float(document["fractionalScore"])


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out /shared, and what the image has."""
    layout.hand_in(submission, root / "shared/submission")
    layout.unpack(package, root / "grader", "image")
    return Run(
        command=["bash", f"{root}/grader/grade.sh"],
        working="grader",
        venv="grader/venv",
        documents=["shared/feedback.json"],
        environment={"partId": "x", "userId": "1", "filename": "submission.py"},
    )


PLATFORM: Final = Platform(
    name="coursera",
    title="Coursera",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("image",),
    ungraded_exit=1,
)
