"""Dodona: a stream of commands on standard output, one JSON object a line.

Sources: app/runners/submission_runner.rb (how the container is started), app/runners/config.json
and public/schemas/partial_output.json of github.com/dodona-edu/dodona; main.sh and
dodona-python.dockerfile of github.com/dodona-edu/docker-images; creating-a-judge in
github.com/dodona-edu/dodona-edu.github.io. Dodona knows right and wrong but no points, so a
message says them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from grader.language import gettext, translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import as_object, decimal
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings
from grader.result import Diagnosis, Outcome

_ENUMS: Final = {
    Outcome.PASSED: "correct",
    Outcome.FAILED: "wrong",
    Outcome.FORBIDDEN_VALUE: "wrong",
    Outcome.NOT_IMPLEMENTED: "wrong",
    Outcome.BLOCKED: "wrong",
    Outcome.ERROR: "runtime error",
    Outcome.DIED: "runtime error",
    Outcome.TIMEOUT: "time limit exceeded",
    Outcome.OUT_OF_MEMORY: "memory limit exceeded",
    Outcome.GRADER_ERROR: "internal error",
}
_RESERVE_SECONDS: Final = 5.0
_WORKING: Final = "home/runner/workdir"
# what Dodona's own images have, and how a Dockerfile says it
_IMAGE: Final = {
    "procps": r"\bprocps\b",
    "the user runner": r"(?m)^USER runner$",
    "the work folder /home/runner/workdir": r"(?m)^WORKDIR /home/runner/workdir$",
}


def commands(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Give the commands, each object closed again."""
    yield {"command": "start-judgement"}
    if assessment.graded is None:
        problem = check_text.not_graded(assessment.problem)
        title = translated(check_text.NOT_GRADED)
        yield {"command": "append-message", "message": _message("callout-danger", problem)}
        yield from _tab(title, [title], problem)
        status = {"enum": "internal error", "human": title}
        yield {"command": "close-judgement", "accepted": False, "status": status}
        return
    shown = assessment.shown()
    points = check_text.points_in_all(assessment)
    for text in (points, *assessment.remarks()):
        message = _message("plain", check_text.plain(text, lines=False))
        yield {"command": "append-message", "message": message}
    by_function: dict[str, list[Test]] = {}
    for test in shown.tests:
        by_function.setdefault(test.check.function or gettext("hidden"), []).append(test)
    for function, tests in by_function.items():
        yield {"command": "start-tab", "title": check_text.plain(function, lines=False)}
        for test in tests:
            yield from _context(test)
        wrong = sum(not test.passed for test in tests)
        yield {"command": "close-tab", "badgeCount": wrong}
    printed = check_text.printed(shown)
    if printed:
        message = _message("code", f"{check_text.printed_heading()}\n{printed}")
        yield {"command": "append-message", "message": message}
    result = shown.graded
    waits = result is not None and bool(result.to_grade)  # never read as all right
    accepted = all(test.passed for test in shown.tests) and not waits
    enum = "correct" if accepted else "wrong"
    status = {"enum": enum, "human": points}
    yield {"command": "close-judgement", "accepted": accepted, "status": status}


def _context(test: Test) -> Iterator[dict[str, Any]]:
    enum = _ENUMS[test.check.outcome] if not test.passed else "correct"
    enum = "wrong" if enum == "correct" and not test.passed else enum
    yield {"command": "start-context"}
    yield {"command": "start-testcase", "description": _message("plain", test.title)}
    yield {"command": "start-test", "expected": ""}
    if not test.passed:
        yield {"command": "append-message", "message": _message("plain", check_text.message(test))}
    status = {"enum": enum, "human": check_text.points_of(test)}
    yield {"command": "close-test", "generated": "", "accepted": test.passed, "status": status}
    yield {"command": "close-testcase", "accepted": test.passed}
    yield {"command": "close-context", "accepted": test.passed}
    for found in test.check.diagnosis:
        text = check_text.plain(found.title, lines=False)
        kind = "error" if found.certainty == "exact" else "warning"
        if found.line is not None:
            annotation = {"command": "annotate-code", "row": found.line - 1}
            yield {**annotation, **_columns(found), "text": text, "type": kind}


def _columns(found: Diagnosis) -> dict[str, int]:
    """Return the part of a diagnosis's line that is to be marked, where it is known."""
    for place in found.places[:1]:
        if place.line == found.line and place.end_column > place.column:
            return {"column": place.column, "columns": place.end_column - place.column}
    return {}


def _tab(title: str, cases: list[str], text: str) -> Iterator[dict[str, Any]]:
    yield {"command": "start-tab", "title": title}
    for case in cases:
        yield {"command": "start-context"}
        yield {"command": "start-testcase", "description": _message("plain", case)}
        yield {"command": "start-test", "expected": ""}
        yield {"command": "append-message", "message": _message("plain", text)}
        status = {"enum": "internal error", "human": title}
        yield {"command": "close-test", "generated": "", "accepted": False, "status": status}
        yield {"command": "close-testcase", "accepted": False}
        yield {"command": "close-context", "accepted": False}
    yield {"command": "close-tab", "badgeCount": len(cases)}


def _message(kind: str, text: str) -> dict[str, str]:
    return {"format": kind, "description": text, "permission": "student"}


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the stream, for standard output."""
    lines = [json.dumps(command, allow_nan=False) for command in commands(assessment)]
    return {"": "\n".join(lines) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return what the judge is told on standard input."""
    told = as_object(surroundings.read_input())
    limit = float(decimal(str(told.get("time_limit", "")), Fraction(60))) - _RESERVE_SECONDS
    source = told.get("source")
    return PlatformPaths(
        submission=_handed_in(source) or surroundings.working / "nothing",
        output=surroundings.working,
        seconds=max(limit, 1.0),
    )


def _handed_in(source: object) -> Path | None:
    """Return the submission's file, which Dodona always writes; None where it is empty."""
    if not isinstance(source, str):
        return None
    path = Path(source)
    try:
        return path if path.read_bytes().strip() else None
    except (OSError, ValueError):
        return path


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of tests accepted, as Dodona has no points."""
    [text] = texts.values()
    stream = [json.loads(line) for line in text.splitlines()]
    last = stream[-1]
    if last["command"] != "close-judgement":
        raise ValueError("the judgement is not closed")
    if last["status"]["enum"] == "internal error":
        return None
    tests = [one["accepted"] for one in stream if one["command"] == "close-test"]
    return float(sum(tests) / len(tests))


def lay(root: Path, package: Path, submission: Path | None, exercise: str) -> Run:
    """Lay out the container: its image, and what Dodona mounts in it."""
    image = package / "image"
    layout.copy_into_image(image, root)
    hidden = root / "mnt/9Xw2kzQ"
    layout.unpack(package, hidden / "judge", "judge")
    layout.unpack(package, hidden / "resources", f"exercises/{exercise}/evaluation")
    source = hidden / "submission/source"
    source.parent.mkdir()
    source.write_bytes(submission.read_bytes() if submission else b"")
    (root / _WORKING).mkdir(parents=True, exist_ok=True)
    told = {
        "memory_limit": 1_000_000_000,
        "time_limit": 600,
        "programming_language": "python",
        "natural_language": "en",
        "resources": f"{hidden}/resources",
        "source": f"{source}",
        "judge": f"{hidden}/judge",
        "workdir": f"{root}/{_WORKING}",
    }
    dockerfile = (image / "Dockerfile").read_text("utf-8")
    lacking = [what for what, mark in _IMAGE.items() if not re.search(mark, dockerfile)]
    command = [f"{root}/main.sh", f"{hidden}/judge/run"]
    return Run(
        command=layout.failing(f"the image lacks {', '.join(lacking)}") if lacking else command,
        working=_WORKING,
        venv="opt/bpgrade/venv",
        input=json.dumps(told),
    )


PLATFORM: Final = Platform(
    name="dodona",
    title="Dodona",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("exercises/@EXERCISE@/evaluation",),
    one_exercise=True,
)
