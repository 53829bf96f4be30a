"""JUnit XML, for whatever reads test reports: GitLab, Jenkins, CodeGrade's unit-test step.

Sources: junitparser 5.0.3; TestResultXmlParser.java of github.com/ls1intum/Artemis. The format
has no points; they are set by the tests' names where it is read, and stand in the messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings
from grader.platforms.size import within_a_megabyte
from grader.result import Outcome

NAME: Final = "bpgrade.xml"
_LONGEST_MESSAGE: Final = 20_000  # about what Artemis keeps
_ERRORS: Final = (Outcome.ERROR, Outcome.DIED, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY)


def document(assessment: Assessment) -> str:
    """Return the report: one suite, whose name Artemis then leaves out of the tests' names."""
    name = check_text.plain(assessment.exercise or "bpgrade", lines=False)
    shown = assessment.shown()
    suite = ElementTree.Element("testsuite", name=name)
    for test in shown.tests:
        _case(suite, name, test)
    result = assessment.graded
    if result is None:
        told = translated(check_text.NOT_GRADED)
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=told)
        problem = check_text.plain(assessment.problem)
        ElementTree.SubElement(case, "error", message=problem, type="ungraded").text = problem
    else:
        remarks = [check_text.points_in_all(assessment), *assessment.remarks()]
        printed = check_text.printed(shown)
        text = "\n".join([*(check_text.plain(one, lines=False) for one in remarks), printed])
        ElementTree.SubElement(suite, "system-out").text = text
    _count(suite, result.seconds if result else 0.0)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: ElementTree.Element, classname: str, test: Test) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=classname,
        name=check_text.plain(test.name, lines=False),
        time=f"{test.check.seconds:.3f}",
    )
    if not test.passed:
        kind = "error" if test.check.outcome in _ERRORS else "failure"
        text = f"{check_text.points_of(test)}\n{check_text.message(test)}"
        found = ElementTree.SubElement(
            case, kind, message=check_text.message(test), type=str(test.check.outcome)
        )
        found.text = text


def _count(suite: ElementTree.Element, seconds: float) -> None:
    counts = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": 0,
    }
    for name, count in counts.items():
        suite.set(name, str(count))
    suite.set("time", f"{seconds:.3f}")


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the report."""
    return {NAME: document(assessment)}


def fits(texts: Mapping[str, str]) -> bool:
    """Whether no message is longer than what Artemis keeps of one."""
    reports = [text for name, text in texts.items() if name.endswith(NAME)]
    roots = [ElementTree.fromstring(report.encode()) for report in reports]
    messages = [one.text or "" for root in roots for one in root.iterfind("testsuite/testcase/*")]
    longest = max(map(len, messages), default=0)
    return longest <= _LONGEST_MESSAGE and within_a_megabyte(texts)


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return the working folder, for both: nothing more is known."""
    return PlatformPaths(submission=surroundings.working, output=surroundings.working)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the share of the tests that passed."""
    suite = ElementTree.fromstring(next(iter(texts.values()))).find("testsuite")
    if suite is None:
        raise ValueError("no test suite")
    if suite.find("testcase/error[@type='ungraded']") is not None:
        return None
    lost = len(suite.findall("testcase/failure")) + len(suite.findall("testcase/error"))
    return 1 - lost / len(suite.findall("testcase"))


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Lay out a build's folder: the student's files, and the grader's beside it."""
    layout.hand_in(submission, root / "build/submission")
    layout.unpack(package, root / "build/grader", "grader")
    return Run(
        command=["bash", "grader/grade.sh"],
        working="build",
        venv="build/grader/venv",
        documents=[f"build/{NAME}"],
    )


PLATFORM: Final = Platform(
    name="junit",
    title="JUnit XML",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("grader",),
    courses=("grader",),
    ungraded_exit=1,
    fits=fits,
)
