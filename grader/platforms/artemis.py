"""Artemis: JUnit XML in `results/`, and what belongs to no test in `customFeedbacks/`.

Sources: TestResultXmlParser.java of github.com/ls1intum/Artemis; the README of
github.com/ls1intum/artemis-notification-plugin. A build that fails is not graded there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.platforms import junit, layout, wording
from grader.platforms.assessment import Assessment
from grader.platforms.platform import Place, Platform, Run, Surroundings

_HOME: Final = "var/tmp/testing-dir"


def documents(assessment: Assessment, _place: Place) -> Mapping[str, str]:
    """Return the report, and remarks where there are some."""
    found = {f"results/{junit.NAME}": junit.document(assessment)}
    remarks = [wording.plain(remark, lines=False) for remark in assessment.remarks()]
    if remarks:
        feedback = {"name": "Remarks", "successful": True, "message": "\n".join(remarks)}
        found["customFeedbacks/remarks.json"] = json.dumps(feedback, indent=1) + "\n"
    return found


def locate(surroundings: Surroundings) -> Place:
    """Return the student's repository, which Artemis puts into the test repository."""
    folder = surroundings.working
    return Place(submission=folder / "assignment", output=folder, seconds=100.0)


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the test repository with the student's in `assignment/`."""
    layout.unpack(package, root / _HOME, "tests-repository")
    layout.hand_in(submission, root / _HOME / "assignment")
    return Run(
        command=["bash", "build.sh"],
        working=_HOME,
        venv="opt/bpgrade/venv",
        documents=[f"{_HOME}/results/{junit.NAME}"],
    )


PLATFORM: Final = Platform(
    name="artemis",
    title="Artemis",
    documents=documents,
    locate=locate,
    share=junit.share,
    lay=lay,
    installers=("image",),
    courses=("tests-repository",),
    one_exercise=True,
    ungraded_exit=1,
)
