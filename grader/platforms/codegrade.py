"""CodeGrade, AutoTest v2: unit tests and points as JSON, one object a line.

Source: plugin.py of cg-pytest-reporter 1.1.3, whose messages these are; they go to the standard
input of `cg truncate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_NAME: Final = "codegrade.jsonl"


def messages(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the messages; no points where nothing was graded."""
    name = check_text.plain(assessment.exercise or "bpgrade", lines=False)
    cases = [_case(test) for test in assessment.shown().tests]
    if assessment.graded is None:
        problem = check_text.plain(assessment.problem)
        name_of_it = translated(check_text.NOT_GRADED)
        cases = [{"name": name_of_it, "status": "skipped", "reason": problem}]
    suite = {"id": name, "name": name, "testCases": cases}
    found: list[dict[str, Any]] = [{"tag": "unit-test", "results": [suite]}]
    if assessment.graded is not None:
        found.append({"tag": "points", "points": str(assessment.share)})
    return found


def _case(test: Test) -> dict[str, Any]:
    case: dict[str, Any] = {
        "name": check_text.plain(test.name, lines=False),
        "status": "success" if test.passed else "failure",
        "weight": str(test.max_points),
        "description": check_text.points_of(test),
    }
    if not test.passed:
        case["reason"] = check_text.message(test)
    return case


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the messages; ASCII and without blanks, as `cg truncate` counts bytes."""
    lines = [
        json.dumps(message, allow_nan=False, separators=(",", ":"))
        for message in messages(assessment)
    ]
    return {_NAME: "\n".join(lines) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the working folder, which is the student's; a step hides its own files."""
    folder = surroundings.working
    output = Path(surroundings.environment.get("TMPDIR") or surroundings.root / "tmp")
    return PlatformPaths(submission=folder, output=output)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the points, of 1."""
    [text] = texts.values()
    found = [json.loads(line) for line in text.splitlines()]
    if found[0]["tag"] != "unit-test":
        raise ValueError("no unit tests")
    if len(found) == 1:
        return None
    top, _, bottom = found[-1]["points"].partition("/")
    return int(top) / int(bottom or 1)


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the student's folder, the uploaded files and a stand-in for the program `cg`."""
    layout.hand_in(submission, root / "home/codegrade/student")
    layout.unpack(package, root / "home/codegrade/fixtures", "fixtures")
    (root / "tmp").mkdir()
    tools = root / "home/codegrade/bin"
    tools.mkdir()
    (tools / "cg").write_text(f'#!/bin/sh\n[ "$1" = truncate ] && cat > {root}/tmp/sent\n', "utf-8")
    (tools / "cg").chmod(0o755)
    return Run(
        command=["bash", f"{root}/home/codegrade/fixtures/grade.sh"],
        working="home/codegrade/student",
        venv="home/codegrade/fixtures/venv",
        documents=["tmp/sent"],
        environment={"CG_ATV2": "true", "PATH": f"{tools}:/usr/bin:/bin", "TMPDIR": f"{root}/tmp"},
    )


PLATFORM: Final = Platform(
    name="codegrade",
    title="CodeGrade",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("fixtures",),
    courses=("fixtures",),
    ungraded_exit=1,
)
