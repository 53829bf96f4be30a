"""GitHub Actions: the JSON of the classroom reporter, and a summary for the job's page.

Sources: src/ of github.com/classroom-resources/autograding-grading-reporter, which prints it, and
autograding-command-grader, which writes it. The reporter adds up the tests' scores, so these hold
what lateness leaves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test, number
from grader.platforms.metadata import as_object, moment, read_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

RESULT: Final = "result.json"
SUMMARY: Final = "summary.md"
_WORKSPACE: Final = "home/runner/work/exercise/exercise"


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the reporter's JSON; one that counts nothing where nothing was graded."""
    if assessment.graded is None:
        test = _entry(check_text.NOT_GRADED, "error", 0, check_text.plain(assessment.problem), 0)
        return {"version": 1, "status": "error", "max_score": 0, "tests": [test]}
    shown = assessment.shown()
    tests = [_test(shown, test) for test in shown.tests]
    full = all(test["status"] == "pass" for test in tests)
    return {
        "version": 1,
        "status": "pass" if full else "fail",
        "max_score": number(assessment.max_score),
        "tests": tests,
    }


def _test(assessment: Assessment, test: Test) -> dict[str, Any]:
    points = number(assessment.reduced(test.points))
    return _entry(
        check_text.plain(test.name, lines=False),
        "pass" if test.passed else "fail",
        points,
        check_text.message(test),
        round(test.check.seconds * 1000),
    )


def _entry(name: str, status: str, score: float, message: str, duration: int) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "score": score,
        "message": _no_command(message),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": duration,
    }


def _no_command(text: str) -> str:
    """Return text in which the runner, which reads the log, finds no command."""
    return text.replace("##[", "## [").replace("::", ": :")


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the JSON, in one line, and the summary."""
    text = json.dumps(document(assessment), allow_nan=False)
    return {RESULT: f"{text}\n", SUMMARY: check_text.markdown_report(assessment)}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the checkout, and when the event says that it was pushed."""
    environment = surroundings.environment
    event = read_object(Path(environment.get("GITHUB_EVENT_PATH") or "/nowhere"))
    repository = event.get("repository")
    pushed = repository.get("pushed_at") if isinstance(repository, dict) else None
    return PlatformPaths(
        submission=Path(environment.get("GITHUB_WORKSPACE") or surroundings.working) / "submission",
        output=Path(environment.get("RUNNER_TEMP") or surroundings.working),
        submitted=moment(pushed),
    )


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the points that the reporter adds up."""
    document = as_object(next(iter(texts.values())))
    if document["status"] == "error":
        return None
    return float(sum(test["score"] for test in document["tests"]) / document["max_score"])


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out a runner's workspace with both checkouts, the student's and the grader's."""
    layout.hand_in(submission, root / _WORKSPACE / "submission")
    layout.unpack(package, root / _WORKSPACE / "grader", "grader-repository")
    temporary = root / "home/runner/work/_temp"
    temporary.mkdir(parents=True)
    return Run(
        command=["bash", "grader/grade.sh"],
        working=_WORKSPACE,
        venv=f"{_WORKSPACE}/grader/venv",
        documents=["home/runner/work/_temp/result.json", "home/runner/work/_temp/output"],
        environment={
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": f"{root}/{_WORKSPACE}",
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": f"{temporary}/output",
            "GITHUB_STEP_SUMMARY": f"{temporary}/step-summary",
        },
    )


PLATFORM: Final = Platform(
    name="github",
    title="GitHub Actions",
    documents=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("grader-repository",),
    courses=("grader-repository",),
)
