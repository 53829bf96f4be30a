"""GitHub Actions: the JSON of the classroom reporter, and a summary for the job's page.

Sources: src/ of github.com/classroom-resources/autograding-grading-reporter, which prints it, and
autograding-command-grader, which writes it. The reporter adds up the tests' scores in double
precision, so these hold what lateness leaves, in numbers that add up without rounding. It is given
the JSON in an environment variable, which Linux refuses to a program if it has 131,072 bytes.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test, added_up, addends, exact, number
from grader.platforms.metadata import as_object, moment, read_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

RESULT: Final = "result.json"
SUMMARY: Final = "summary.md"
MAX_ENCODED: Final = 120_000
_MAX_PAGE: Final = 1_000_000  # a step's summary may have 1 MiB
_PENALTY: Final = 7
_WORKSPACE: Final = "home/runner/work/exercise/exercise"


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the reporter's JSON; one that counts nothing where nothing was graded."""
    if assessment.graded is None:
        problem = check_text.plain(assessment.problem)
        test = _entry(translated(check_text.NOT_GRADED), "error", 0, problem, 0)
        return {"version": 1, "status": "error", "max_score": 0, "tests": [test]}
    shown = assessment.shown()
    scores = addends([shown.reduced(test.points) for test in shown.tests], shown.score)
    tests = [_test(test, score) for test, score in zip(shown.tests, scores, strict=True)]
    full = all(test["status"] == "pass" for test in tests)
    return {
        "version": 1,
        "status": "pass" if full else "fail",
        "max_score": number(assessment.max_score),
        "tests": tests,
    }


def _test(test: Test, score: float) -> dict[str, Any]:
    return _entry(
        check_text.plain(test.name, lines=False),
        "pass" if test.passed else "fail",
        score,
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
    return re.sub(":(?=:)", ": ", text.replace("##[", "## ["))


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the JSON, in one line, and the summary."""
    text = json.dumps(document(assessment), allow_nan=False)
    return {RESULT: f"{text}\n", SUMMARY: check_text.markdown_report(assessment)}


def fits(texts: Mapping[str, str]) -> bool:
    """Whether the reporter and the job's page take the documents."""
    return encoded_size(texts[RESULT]) < MAX_ENCODED and len(texts[SUMMARY].encode()) < _MAX_PAGE


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
    """Return the share of the points that the reporter adds up.

    Raises
    ------
    ValueError
        The reporter would not get the document, or would add up something else.
    """
    text = next(iter(texts.values()))
    if (size := encoded_size(text)) >= MAX_ENCODED:
        raise ValueError(f"the step's output has {size:,} bytes, not fewer than {MAX_ENCODED:,}")
    document = as_object(text)
    if document["status"] == "error":
        return None
    total = added_up(test["score"] for test in document["tests"])
    if total != float(exact(total)):
        raise ValueError(f"the reporter shows {total} points, which is a rounding error")
    return float(total / document["max_score"])


def encoded_size(text: str) -> int:
    """Return how many bytes a text has in the step's output, in base64."""
    return len(base64.b64encode(text.encode()))


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


def make_late(root: Path, run: Run) -> tuple[Run, float]:
    """Let the push be late by a day, at a price that is no binary fraction."""
    for path in root.rglob("course.toml"):
        text = re.sub(r"(?ms)^\[late\].*?(?=^\[|\Z)", "", path.read_text("utf-8"))
        text = re.sub(r"(?m)^deadline\s*=.*\n", "", text)
        text = re.sub(
            r"(?m)^(\[exercises\.[^.\]]+\])[ \t]*$", r"\1\ndeadline = 2026-11-20T10:00:00Z", text
        )
        path.write_text(f"{text}\n[late]\npenalty_per_day = {_PENALTY}\n", "utf-8")
    event = root / "home/runner/work/_temp/event.json"
    event.write_text('{"repository": {"pushed_at": "2026-11-20T16:00:00Z"}}', "utf-8")
    environment = {**run.environment, "GITHUB_EVENT_PATH": str(event)}
    return replace(run, environment=environment), 1 - _PENALTY / 100


PLATFORM: Final = Platform(
    name="github",
    title="GitHub Actions",
    write=documents,
    locate=locate,
    share=share,
    fits=fits,
    make_late=make_late,
    long_messages=True,
    lay=lay,
    installers=("grader-repository",),
    courses=("grader-repository",),
)
