"""Gradescope: `/autograder/results/results.json`.

Sources: docs/specs.md and docs/submission_metadata.md of github.com/gradescope/autograder_samples;
json_test_runner.py of gradescope-utils 0.5.0.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.language import gettext, translated
from grader.language import gettext_lazy as _
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test, number
from grader.platforms.metadata import as_object, moment, read_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings
from grader.report.markdown import fenced, inline

_HOME: Final = "autograder"
_LATER: Final = {
    "after_due_date": _("The hidden checks are shown after the due date."),
    "after_published": _("The hidden checks are shown when the grades are published."),
    "hidden": _("The hidden checks are shown by your instructor."),
}


def document(assessment: Assessment) -> dict[str, Any]:
    """Return results.json.

    While some checks are not shown yet, what is written on top tells nothing of them: not the
    total, which Gradescope withholds too, and not what the code printed in all of them.
    """
    result = assessment.graded
    if result is None:
        return _ungraded(assessment)
    document: dict[str, Any] = {
        "score": number(assessment.score),
        "execution_time": round(result.seconds, 3),
        "output": _summary(assessment),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"exercise": result.exercise, "isolation": list(result.isolation)},
        "tests": [_test(assessment, test, index) for index, test in enumerate(assessment.tests, 1)],
    }
    if assessment.leaderboard:
        document["leaderboard"] = [
            {"name": gettext("Points"), "value": number(assessment.score), "order": "desc"}
        ]
    return document


def _ungraded(assessment: Assessment) -> dict[str, Any]:
    """Return a document without any score: Gradescope shows such a test as information."""
    text = check_text.markdown_not_graded(assessment.problem)
    test = {
        "name": translated(check_text.NOT_GRADED),
        "status": "failed",
        "output": text,
        "visibility": "visible",
    }
    return {
        "output": text,
        "output_format": "md",
        "test_output_format": "md",
        "stdout_visibility": "hidden",
        "tests": [test],
    }


def _summary(assessment: Assessment) -> str:
    parts = [f"- {inline(remark)}" for remark in assessment.remarks()]
    later = _LATER.get(assessment.hidden, "")
    withheld = bool(later) and not all(one.check.visible for one in assessment.tests)
    if withheld:
        parts.append(f"- {translated(later)}")
    else:
        score = gettext(
            "{exercise}: {score} points",
            exercise=inline(assessment.exercise),
            score=assessment.score_text,
        )
        parts.insert(0, f"**{score}**\n")
    printed = check_text.printed(assessment)
    if printed and not withheld:
        parts += [f"\n{check_text.printed_heading()}\n", fenced(printed)]
    return "\n".join(parts)


def _test(assessment: Assessment, test: Test, index: int) -> dict[str, Any]:
    return {
        "name": check_text.plain(test.name, lines=False),
        "number": str(index),
        "score": number(test.points),
        "max_score": number(test.max_points),
        "status": "passed" if test.passed else "failed",
        "output": check_text.markdown_message(test),
        "tags": [test.check.function],
        "visibility": "visible" if test.check.visible else assessment.hidden,
    }


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return results.json."""
    text = json.dumps(document(assessment), ensure_ascii=False, allow_nan=False, indent=1)
    return {"results.json": f"{text}\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return what submission_metadata.json says."""
    home = surroundings.root / _HOME
    metadata = read_object(home / "submission_metadata.json")
    assignment = metadata.get("assignment")
    assignment = assignment if isinstance(assignment, dict) else {}
    due = [moment(assignment.get("due_date")), *_extensions(metadata)]
    known = [each for each in due if each is not None]
    return PlatformPaths(
        submission=home / "submission",
        output=home / "results",
        submitted=moment(metadata.get("created_at")),
        due=max(known) if known else None,
        title=str(assignment.get("title") or ""),
        course=layout.packed_course(home / "source"),
    )


def _extensions(metadata: Mapping[str, Any]) -> list[Any]:
    """Return the due dates that students have been given of their own."""
    users = metadata.get("users")
    own = [user.get("assignment") for user in users or () if isinstance(user, dict)]
    return [moment(each.get("due_date")) for each in own if isinstance(each, dict)]


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the points in results.json."""
    [text] = texts.values()
    document = as_object(text)
    most = sum(test.get("max_score", 0) for test in document.get("tests", ()))
    return document["score"] / most if "score" in document and most else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out /autograder."""
    home = root / _HOME
    shutil.copytree(package, home / "source")
    shutil.copy(package / "run_autograder", home / "run_autograder")
    for name in ("submission", "results"):
        (home / name).mkdir()
    if submission is not None:
        shutil.copy(submission, home / "submission")
    return Run(
        command=["./run_autograder"],
        working=_HOME,
        venv="autograder/source/venv",
        documents=["autograder/results/results.json"],
    )


PLATFORM: Final = Platform(
    name="gradescope",
    title="Gradescope",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    hidden="after_due_date",
)
