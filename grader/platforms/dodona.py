"""Dodona: a stream of commands on standard output, one JSON object a line.

Sources: public/schemas/partial_output.json of github.com/dodona-edu/dodona; creating-a-judge in
github.com/dodona-edu/dodona-edu.github.io. Dodona knows right and wrong but no points, so a
message says them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from grader.platforms import layout, wording
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import as_object, decimal
from grader.platforms.platform import Place, Platform, Run, Surroundings
from grader.result import Outcome

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


def commands(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Give the commands, each object closed again."""
    yield {"command": "start-judgement"}
    if assessment.graded is None:
        problem = f"{wording.NOT_GRADED}. {wording.plain(assessment.problem)}"
        yield {"command": "append-message", "message": _message("callout-danger", problem)}
        yield from _tab(wording.NOT_GRADED, [wording.NOT_GRADED], problem)
        status = {"enum": "internal error", "human": wording.NOT_GRADED}
        yield {"command": "close-judgement", "accepted": False, "status": status}
        return
    shown = assessment.shown()
    points = f"{wording.plain(assessment.score_text)} points"
    for text in (points, *assessment.remarks()):
        message = _message("plain", wording.plain(text, lines=False))
        yield {"command": "append-message", "message": message}
    by_function: dict[str, list[Test]] = {}
    for test in shown.tests:
        by_function.setdefault(test.check.function or "hidden", []).append(test)
    for function, tests in by_function.items():
        yield {"command": "start-tab", "title": wording.plain(function, lines=False)}
        for test in tests:
            yield from _context(test)
        wrong = sum(not test.passed for test in tests)
        yield {"command": "close-tab", "badgeCount": wrong}
    printed = wording.printed(shown)
    if printed:
        message = _message("code", f"Your code printed:\n{printed}")
        yield {"command": "append-message", "message": message}
    accepted = all(test.passed for test in shown.tests)
    enum = "correct" if accepted else "wrong"
    status = {"enum": enum, "human": points}
    yield {"command": "close-judgement", "accepted": accepted, "status": status}


def _context(test: Test) -> Iterator[dict[str, Any]]:
    enum = _ENUMS[test.check.outcome] if not test.passed else "correct"
    enum = "wrong" if enum == "correct" and not test.passed else enum
    yield {"command": "start-context"}
    title = wording.plain(test.check.title, lines=False)
    yield {"command": "start-testcase", "description": _message("plain", title)}
    yield {"command": "start-test", "expected": ""}
    if not test.passed:
        yield {"command": "append-message", "message": _message("plain", wording.message(test))}
    status = {"enum": enum, "human": wording.points_of(test)}
    yield {"command": "close-test", "generated": "", "accepted": test.passed, "status": status}
    yield {"command": "close-testcase", "accepted": test.passed}
    yield {"command": "close-context", "accepted": test.passed}
    for found in test.check.diagnosis:
        if found.line is not None:
            yield {
                "command": "annotate-code",
                "row": found.line - 1,
                "text": wording.plain(found.title, lines=False),
                "type": "error" if found.certainty == "exact" else "warning",
            }


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


def documents(assessment: Assessment, _place: Place) -> Mapping[str, str]:
    """Return the stream, for standard output."""
    lines = [json.dumps(command, allow_nan=False) for command in commands(assessment)]
    return {"": "\n".join(lines) + "\n"}


def locate(surroundings: Surroundings) -> Place:
    """Return what the judge is told on standard input."""
    told = as_object(surroundings.read_input())
    limit = float(decimal(str(told.get("time_limit", "")), Fraction(60))) - _RESERVE_SECONDS
    source = told.get("source")
    return Place(
        submission=Path(source) if isinstance(source, str) else surroundings.working / "nothing",
        output=surroundings.working,
        seconds=max(limit, 1.0),
    )


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
    """Lay out the judge, the exercise's evaluation folder and the submission."""
    layout.unpack(package, root / "mnt/judge", "judge")
    layout.unpack(package, root / "mnt/resources", f"exercises/{exercise}/evaluation")
    layout.hand_in(submission, root / "mnt/submission")
    (root / "mnt/workdir").mkdir()
    told = {
        "memory_limit": 1_000_000_000,
        "time_limit": 600,
        "programming_language": "python",
        "natural_language": "en",
        "resources": f"{root}/mnt/resources",
        "source": f"{root}/mnt/submission/{exercise}.py",
        "judge": f"{root}/mnt/judge",
        "workdir": f"{root}/mnt/workdir",
    }
    return Run(
        command=[f"{root}/mnt/judge/run"],
        working="mnt/workdir",
        venv="opt/bpgrade/venv",
        input=json.dumps(told),
    )


PLATFORM: Final = Platform(
    name="dodona",
    title="Dodona",
    documents=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("exercises/@EXERCISE@/evaluation",),
    one_exercise=True,
)
