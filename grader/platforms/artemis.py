"""Artemis: JUnit XML in `results/`, and a word in the build's log where there is none.

Sources: TestResultXmlParser.java and BuildJobExecutionService.java (what is read),
ProgrammingExerciseGradingService.java (when a build has failed) of github.com/ls1intum/Artemis. A
build has failed, and is not graded, where no test case was found; any test case is scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from grader.platforms import check_text, junit, layout
from grader.platforms.assessment import Assessment
from grader.platforms.platform import STANDARD_OUTPUT, Platform, PlatformPaths, Run, Surroundings

_HOME: Final = "var/tmp/testing-dir"
_REPORT: Final = f"results/{junit.NAME}"
_SECONDS: Final = 100.0  # Artemis waits 120, if nobody says otherwise


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the report, and for the log what it cannot say; no report where nothing was graded."""
    if assessment.graded is None:
        return {STANDARD_OUTPUT: check_text.report(assessment)}
    remarks = [f"{check_text.plain(remark, lines=False)}\n" for remark in assessment.remarks()]
    return {_REPORT: junit.document(assessment), STANDARD_OUTPUT: "".join(remarks)}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the student's repository, which Artemis puts into the test repository."""
    folder = surroundings.working
    return PlatformPaths(submission=folder / "assignment", output=folder, seconds=_SECONDS)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the tests that passed; none at all means that the build has failed."""
    reports = {name: text for name, text in texts.items() if name.endswith(".xml")}
    if reports:
        [text] = reports.values()
        suite = ElementTree.fromstring(text).find("testsuite")
        cases = [] if suite is None else suite.findall("testcase")
        lost = [case for case in cases if {"failure", "error"} & {part.tag for part in case}]
        if cases:
            return 1 - len(lost) / len(cases)
    if not check_text.says_not_graded(texts[STANDARD_OUTPUT]):
        raise ValueError("no test case, and the log does not say why")
    return None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out the test repository with the student's in `assignment/`."""
    layout.unpack(package, root / _HOME, "tests-repository")
    layout.hand_in(submission, root / _HOME / "assignment")
    return Run(
        command=["bash", "build.sh"],
        working=_HOME,
        venv="opt/bpgrade/venv",
        documents=[f"{_HOME}/{_REPORT}", STANDARD_OUTPUT],
    )


PLATFORM: Final = Platform(
    name="artemis",
    title="Artemis",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("tests-repository",),
    one_exercise=True,
    ungraded_exit=1,
    log_shown=True,
    fits=junit.fits,
)
