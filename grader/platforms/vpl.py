"""Moodle VPL: tagged lines on standard output.

Sources: vpl_submission.class.php and jail/default_scripts/default_evaluate.sh of
github.com/jcrodriguez-dis/moodle-mod_vpl. A line counts as a tag where it begins as one, so every
line that is not ours begins with `>`. Without a line `Grade :=>>` no grade is proposed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

from grader.platforms import layout, wording
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import decimal
from grader.platforms.platform import Place, Platform, Run, Surroundings

_RESERVE_SECONDS: Final = 3.0
_GRADE: Final = re.compile(r"^Grade :=>> ?(\S+)$", re.MULTILINE)


def document(assessment: Assessment, place: Place) -> str:
    """Return the comments and, in the last line, the grade in the activity's scale."""
    if assessment.graded is None:
        return _comment([f"-{wording.NOT_GRADED}", *_quoted(assessment.problem)])
    shown = assessment.shown()
    lines = [line for remark in assessment.remarks() for line in _quoted(remark)]
    for test in shown.tests:
        lines += _test(test)
    printed = wording.printed(shown)
    if printed:
        lines += ["-Your code printed", *_quoted(printed)]
    low, high = place.facts["low"], place.facts["high"]
    grade = float(low + (high - low) * assessment.share)
    return f"{_comment(lines)}Grade :=>> {grade:.10g}\n"


def _comment(lines: list[str]) -> str:
    return "\n".join(["<|--", *lines, "--|>", ""])


def _test(test: Test) -> list[str]:
    name = wording.plain(test.name, lines=False)
    # a number in parentheses at the end of a title would be taken for a deduction
    title = f"-{name}: {wording.points_of(test)}"
    return [title, *_quoted(wording.message(test))]


def _quoted(text: str) -> list[str]:
    return [f">{line}" for line in wording.plain(text, longest=20_000).splitlines()]


def documents(assessment: Assessment, place: Place) -> Mapping[str, str]:
    """Return the lines, for standard output."""
    return {"": document(assessment, place)}


def locate(surroundings: Surroundings) -> Place:
    """Return the folder of the submission, the scale of grades and the time there is."""
    environment = surroundings.environment
    low = decimal(environment.get("VPL_GRADEMIN"), Fraction(0))
    high = decimal(environment.get("VPL_GRADEMAX"), Fraction(10))
    seconds = float(decimal(environment.get("VPL_MAXTIME"), Fraction(60))) - _RESERVE_SECONDS
    return Place(
        submission=surroundings.working,
        output=surroundings.working,
        seconds=max(seconds, 1.0),
        facts={"low": low, "high": high},
    )


def share(texts: Mapping[str, str]) -> float | None:
    """Return the last grade, of 10."""
    [text] = texts.values()
    grades = _GRADE.findall(text)
    if not grades and not text.startswith("<|--"):
        raise ValueError("no comment and no grade")
    return float(grades[-1]) / 10 if grades else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the jail's home: the execution files, the submission and the environment."""
    home = root / "home/p1"
    layout.unpack(package, home, "execution-files")
    layout.hand_in(submission, home)
    variables = {"VPL_GRADEMIN": "0", "VPL_GRADEMAX": "10", "VPL_MAXTIME": "600"}
    lines = [f"export {name}='{value}'" for name, value in variables.items()]
    (home / "vpl_environment.sh").write_text("\n".join(["#!/bin/bash", *lines, ""]), "utf-8")
    shutil.copy(home / "vpl_environment.sh", home / "common_script.sh")
    return Run(
        command=[
            "bash",
            "-c",
            "bash ./vpl_evaluate.sh && chmod +x vpl_execution && ./vpl_execution",
        ],
        working="home/p1",
        venv="opt/bpgrade/venv",
        environment=variables,
    )


PLATFORM: Final = Platform(
    name="vpl",
    title="Moodle VPL",
    documents=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("jail-server",),
    courses=(),
    one_exercise=True,
)
