"""Moodle CodeRunner: one JSON object of a combinator template grader on standard output.

Sources: docs/index.md, classes/combinator_grader_outcome.php, classes/jobrunner.php,
classes/escapers.php and questiontype.php of github.com/trampgeek/moodle-qtype_coderunner. There,
any unknown key makes the question an error, and so does a text on standard error.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from grader.language import gettext
from grader.platforms import check_text
from grader.platforms.assessment import Assessment, Test
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings
from grader.platforms.size import within_a_megabyte

_FIGURE: Final = "what-your-code-does.png"

_COLUMNS: Final = ["%s", "%s", "%h"]
_LONGEST_CELL: Final = 8_000  # CodeRunner cuts there, in the middle of a tag too
_SECONDS: Final = 50.0  # less than the time limit in the question


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the grader's object."""
    if assessment.graded is None:
        problem = check_text.html_not_graded(assessment.problem)
        row = [0, gettext("Not graded"), "", problem, 0]
        return {
            "fraction": 0.0,
            "prologuehtml": problem,
            "testresults": [_header(), row],
            "columnformats": _COLUMNS,
        }
    shown = assessment.shown()
    remarks = "".join(f"<li>{check_text.escaped(one)}</li>" for one in assessment.remarks())
    notes = f"<ul>{remarks}</ul>" if remarks else ""
    found: dict[str, Any] = {
        "fraction": float(assessment.share),
        "prologuehtml": f"<p>{check_text.escaped(check_text.points_in_all(assessment))}</p>{notes}",
        "testresults": [_header(), *(_row(test) for test in shown.tests)],
        "columnformats": _COLUMNS,
        "epiloguehtml": _epilogue(shown),
    }
    if assessment.figure:
        found["files"] = {_FIGURE: base64.b64encode(assessment.figure).decode("ascii")}
    return found


def _header() -> list[str]:
    return ["iscorrect", gettext("Check"), gettext("Points"), gettext("What happened"), "ishidden"]


def _row(test: Test) -> list[Any]:
    name = check_text.plain(test.name, lines=False)
    points = check_text.points_of(test)
    return [int(test.passed), name, points, check_text.html_message(test), 0]


def _epilogue(assessment: Assessment) -> str:
    printed = check_text.printed(assessment)
    heading = check_text.escaped(check_text.printed_heading())
    parts = [f"<p>{heading}</p><pre>{check_text.escaped(printed)}</pre>"] if printed else []
    if assessment.figure:
        title = check_text.escaped(check_text.figure_title())
        parts.append(f'<img src="{_FIGURE}" alt="{title}"/>')
    return "".join(parts)


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the object, for standard output."""
    return {"": json.dumps(document(assessment), allow_nan=False) + "\n"}


def fits(texts: Mapping[str, str]) -> bool:
    """Whether no cell of the table is longer than what CodeRunner shows of one."""
    rows = as_object(next(iter(texts.values())))["testresults"]
    cells = (cell for row in rows for cell in row if isinstance(cell, str))
    return all(len(cell) <= _LONGEST_CELL for cell in cells) and within_a_megabyte(texts)


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return where the question's template has put the answer."""
    folder = surroundings.working / "answer"
    return PlatformPaths(submission=folder, output=surroundings.working, seconds=_SECONDS)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the fraction; a table that says so was not graded."""
    document = as_object(next(iter(texts.values())))
    graded = not check_text.says_not_graded(document["testresults"][1][1])
    return float(document["fraction"]) if graded else None


def lay(root: Path, package: Path, submission: Path | None, _exercise: str) -> Run:
    """Render the question's template as Twig does, beside its support files."""
    questions = ElementTree.parse(package / "question.xml").getroot().findall("question")
    question = next(one for one in questions if one.findtext("template"))
    folder = root / "home/jobe/run"
    folder.mkdir(parents=True)
    for file in question.iter("file"):
        data = base64.b64decode(file.text or "")
        (folder / file.attrib["name"]).write_bytes(data)
    answer = submission.read_text("utf-8") if submission else ""
    escaped = answer.replace("\\", "\\\\").replace('"', '\\"')
    template = question.findtext("template") or ""
    program = re.sub(r"\{\{ STUDENT_ANSWER \| e\('py'\) \}\}", lambda _: escaped, template, count=1)
    (folder / "__tester__.python3").write_text(program, "utf-8")
    return Run(
        command=["python3", "__tester__.python3"],
        working="home/jobe/run",
        venv="opt/bpgrade/venv",
    )


PLATFORM: Final = Platform(
    name="coderunner",
    title="Moodle CodeRunner",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("jobe",),
    courses=(),
    one_exercise=True,
    ungraded_exit=1,
    figure=True,
    fits=fits,
)
