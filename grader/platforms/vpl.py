"""Moodle VPL: tagged lines on standard output.

Sources: vpl_submission.class.php (how the output is read), vpl_submission_CE.class.php (which
files are sent, and which of them deleted before vpl_execution runs) and settings.php (limits) of
github.com/jcrodriguez-dis/moodle-mod_vpl; src/jail.cpp of github.com/jcrodriguez-dis/
vpl-xmlrpc-jail. A line counts as a tag where it begins as one, so every line that is not ours
begins with `>`. Without a line `Grade :=>>` no grade is proposed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

from grader.language import gettext, translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import decimal
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_RESERVE_SECONDS: Final = 3.0
_GRADE: Final = re.compile(r"^Grade :=>>(.*)$", re.MULTILINE)
_BLOCK: Final = re.compile(r"^[ \t]*<\|--[ \t]*$", re.MULTILINE)


_STEPS: Final = """
./vpl_evaluate.sh
for file; do
    rm -f "$file"
    if grep -qsF "$file" vpl_execution; then
        echo "bpgrade: vpl_execution names $file, which VPL has deleted before it runs it"
    fi
done
[ -f vpl_execution ] || { echo "bpgrade: there is no vpl_execution to run"; exit 1; }
./vpl_execution
"""


def document(assessment: Assessment, place: PlatformPaths) -> str:
    """Return the comments and, in the last line, the grade in the activity's scale."""
    if assessment.graded is None:
        return _comment([f"-{translated(check_text.NOT_GRADED)}", *_quoted(assessment.problem)])
    shown = assessment.shown()
    lines = [line for remark in assessment.remarks() for line in _quoted(remark)]
    for test in shown.tests:
        lines += _test(test)
    printed = check_text.printed(shown)
    if printed:
        heading = gettext("Your code printed")
        lines += [f"-{heading}", *_quoted(printed)]
    low, high = place.facts["low"], place.facts["high"]
    grade = float(low + (high - low) * assessment.share)
    return f"{_comment(lines)}Grade :=>> {grade:.10g}\n"


def _comment(lines: list[str]) -> str:
    return "\n".join(["<|--", *lines, "--|>", ""])


def _test(test: Test) -> list[str]:
    name = check_text.plain(test.name, lines=False)
    # a number in parentheses at the end of a title would be taken for a deduction
    title = gettext("{check}: {points}", check=name, points=check_text.points_of(test))
    title = f"-{title}"
    return [title, *_quoted(check_text.message(test))]


def _quoted(text: str) -> list[str]:
    return [f">{line}" for line in check_text.plain(text, longest=20_000).splitlines()]


def documents(assessment: Assessment, place: PlatformPaths) -> Mapping[str, str]:
    """Return the lines, for standard output."""
    return {"": document(assessment, place)}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the folder of the submission, the scale of grades and the time there is."""
    environment = surroundings.environment
    low = decimal(environment.get("VPL_GRADEMIN"), Fraction(0))
    high = decimal(environment.get("VPL_GRADEMAX"), Fraction(10))
    seconds = float(decimal(environment.get("VPL_MAXTIME"), Fraction(60))) - _RESERVE_SECONDS
    return PlatformPaths(
        submission=surroundings.working,
        output=surroundings.working,
        seconds=max(seconds, 1.0),
        facts={"low": low, "high": high},
    )


def share(texts: Mapping[str, str]) -> float | None:
    """Return the last grade, of 10."""
    [text] = texts.values()
    text = text.replace("\r\n", "\n")
    grades = _GRADE.findall(text)
    if not grades and not _BLOCK.search(text):
        raise ValueError("no comment and no grade")
    return float(grades[-1].strip()) / 10 if grades else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the jail's home as VPL does, in two steps.

    The execution files are there when vpl_evaluate.sh runs, and deleted before vpl_execution does.
    What the activity says is in vpl_environment.sh and nowhere else. Scripts may be run by their
    owner, other files only read and written; output goes to one terminal.
    """
    home = root / "home/p1"
    layout.unpack(package, home, "execution-files")
    execution_files = sorted(path.name for path in home.iterdir())
    layout.hand_in(submission, home)
    variables = {"VPL_GRADEMIN": "0", "VPL_GRADEMAX": "10", "VPL_MAXTIME": "600"}
    lines = [f"export {name}='{value}'" for name, value in variables.items()]
    (home / "vpl_environment.sh").write_text("\n".join(["#!/bin/bash", *lines, ""]), "utf-8")
    shutil.copy(home / "vpl_environment.sh", home / "common_script.sh")
    for path in home.iterdir():
        path.chmod(0o700 if path.suffix == ".sh" else 0o600)
    return Run(
        command=["bash", "-c", _STEPS, "bash", *execution_files],
        working="home/p1",
        venv="opt/bpgrade/venv",
        joined=True,
    )


PLATFORM: Final = Platform(
    name="vpl",
    title="Moodle VPL",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("jail-server",),
    courses=(),
    one_exercise=True,
    log_shown=True,
)
