"""Whether a platform would take a document: by its own code where a package has it.

Else by what its sources, which the modules of grader/platforms name, say of the format. Each
function returns the names of the tests that the platform would show.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import jsonschema
import junitparser

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer", "minimum": 0}
POINTS = {"type": "number", "minimum": 0}
FILLED = {"type": "string", "minLength": 1}
VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}


def record(required: Sequence[str], **properties: Any) -> dict[str, Any]:
    """A schema of an object with no other keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def check(schema: dict[str, Any], document: Any) -> None:
    jsonschema.Draft202012Validator(schema).validate(document)


def loads(text: str, *, null: bool = False) -> Any:
    """Read JSON strictly: no NaN, no null unless it may be there, no lone surrogate."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in a document")

    found = json.loads(text, parse_constant=refuse)
    assert null or "null" not in re.sub(r'"(\\.|[^"\\])*"', "", text)
    json.dumps(found, ensure_ascii=False).encode()
    return found


def gradescope(texts: Mapping[str, str], _folder: Path) -> list[str]:
    test = record(
        ["name", "status", "output"],
        score=NUMBER,
        max_score=NUMBER,
        status={"enum": ["passed", "failed"]},
        name=FILLED,
        name_format=FORMAT,
        number=TEXT,
        output=TEXT,
        output_format=FORMAT,
        tags={"type": "array", "items": TEXT},
        visibility=VISIBILITY,
        extra_data={"type": "object"},
    )
    entry = record(["name", "value"], name=TEXT, value={"type": ["number", "string"]}, order=TEXT)
    document = loads(texts["results.json"])
    check(
        record(
            ["tests"],
            score=NUMBER,
            execution_time=NUMBER,
            output=TEXT,
            output_format=FORMAT,
            test_output_format=FORMAT,
            test_name_format=FORMAT,
            visibility=VISIBILITY,
            stdout_visibility=VISIBILITY,
            extra_data={"type": "object"},
            tests={"type": "array", "items": test, "minItems": 1},
            leaderboard={"type": "array", "items": entry},
        ),
        document,
    )
    return [one["name"] for one in document["tests"]]


def github(texts: Mapping[str, str], _folder: Path) -> list[str]:
    document = loads(texts["result.json"])
    status = {"enum": ["pass", "fail", "error"]}
    test = record(
        ["name", "status", "score", "message", "test_code", "filename", "line_no", "duration"],
        name=FILLED,
        status=status,
        score=POINTS,
        message=TEXT,
        test_code=TEXT,
        filename=TEXT,
        line_no=WHOLE,
        duration=POINTS,
    )
    tests = {"type": "array", "items": test, "minItems": 1}
    check(
        record(
            ["version", "status", "max_score", "tests"],
            version={"const": 1},
            status=status,
            max_score=POINTS,
            tests=tests,
        ),
        document,
    )
    for one in document["tests"]:
        assert "::" not in one["message"], "the runner would read a command from its log"
    return [one["name"] for one in document["tests"]]


def classroom50(texts: Mapping[str, str], _folder: Path) -> list[str]:
    document = loads(texts["result.json"])
    test = {
        "type": "object",
        "required": ["test-name", "passed", "score", "max-score"],
        "properties": {
            "test-name": FILLED,
            "passed": {"type": "boolean"},
            "score": WHOLE,
            "max-score": WHOLE,
        },
    }
    keys = ["classroom", "assignment", "owner", "commit", "release", "review"]
    more = {
        "schema": {"const": "classroom50/result/v1"},
        "assignment_type": {"enum": ["individual", "group"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$",
        },
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {"type": "array", "items": test, "minItems": 1},
    }
    properties = {**dict.fromkeys(keys, FILLED), **more}
    check(record(list(properties), **properties), document)
    for one in (document, *document["tests"]):
        assert one["score"] <= one["max-score"]
    assert document["score"] == sum(one["score"] for one in document["tests"])
    assert "release-body.md" not in texts or texts["release-body.md"].strip()
    return [one["test-name"] for one in document["tests"]]


def prairielearn(texts: Mapping[str, str], _folder: Path) -> list[str]:
    text = texts["results.json"]
    assert len(text.encode()) < 1 << 20
    document = loads(text)
    test = record(
        ["name", "points", "max_points", "message"],
        name=FILLED,
        description=TEXT,
        points=POINTS,
        max_points=POINTS,
        message=TEXT,
        output=TEXT,
    )
    image = record(
        ["url", "label"], url={"type": "string", "pattern": "^data:image/png;base64,"}, label=TEXT
    )
    check(
        record(
            ["gradable", "tests"],
            gradable={"type": "boolean"},
            score={"type": "number", "minimum": 0, "maximum": 1},
            message=TEXT,
            output=TEXT,
            format_errors={"type": "array", "items": TEXT},
            images={"type": "array", "items": image},
            tests={"type": "array", "items": test, "minItems": 1},
        ),
        document,
    )
    assert document["gradable"] == ("score" in document)
    return [one["name"] for one in document["tests"]]


def coderunner(texts: Mapping[str, str], _folder: Path) -> list[str]:
    document = loads(texts[""])
    check(
        record(
            ["fraction"],
            fraction={"type": "number", "minimum": 0, "maximum": 1},
            prologuehtml=TEXT,
            epiloguehtml=TEXT,
            testresults={"type": "array", "items": {"type": "array"}, "minItems": 2},
            columnformats={"type": "array", "items": {"enum": ["%s", "%h"]}},
            files={"type": "object", "additionalProperties": TEXT},
        ),
        document,
    )
    header, *rows = document["testresults"]
    shown = [name for name in header if name not in ("iscorrect", "ishidden")]
    assert len(shown) == len(document["columnformats"])
    for row in rows:
        assert len(row) == len(header)
        ElementTree.fromstring(f"<div>{row[header.index('What happened')]}</div>")
    for key in ("prologuehtml", "epiloguehtml"):
        ElementTree.fromstring(f"<div>{document.get(key, '')}</div>")
    return [row[header.index("Check")] for row in rows]


def vpl(texts: Mapping[str, str], _folder: Path) -> list[str]:
    """Read what was printed as find_proposedgrade and find_proposedcomment of VPL do.

    Its four patterns are those of vpl_submission.class.php (mod_vpl 4.4.2): a grade's line, a
    comment's line, and the lines that begin and end a block. The output comes from a terminal.
    """
    text = texts[""].replace("\n", "\r\n")
    grades = re.findall(r"^Grade :=>>([^\n]*)$", text, re.MULTILINE)
    start = re.compile(r"^[ \t]*(Comment :=>>([^\r\n]*)|<\|--)[ \t]*\r?$", re.MULTILINE)
    end = re.compile(r"^[ \t]*--\|>[ \t]*\r?$", re.MULTILINE)
    opened = start.search(text)
    assert opened
    assert opened[1] == "<|--"
    assert text[: opened.start()] == ""
    closed = end.search(text, opened.end())
    assert closed
    assert start.search(text, closed.end()) is None
    rest = text[closed.end() :].replace("\r\n", "\n").split("\n")
    titles = []
    for line in text[opened.end() + 1 : closed.start()].split("\r\n")[:-1]:
        if line.startswith("-"):
            assert not re.search(r"\(\s*-\d[^()]*\)$", line), "it would be taken for a deduction"
            titles.append(line[1:].rsplit(":", 1)[0])
        else:
            assert line.startswith(">"), line
    if titles == ["Not graded"]:
        assert (grades, rest) == ([], ["", ""])
        return titles
    assert rest == ["", f"Grade :=>>{grades[-1].rstrip()}", ""], "a line that is not ours"
    assert 0 <= float(grades[-1].strip()) <= 10
    return titles


def autolab_scores(feedback: str, problems: Sequence[str]) -> dict[str, float | None]:
    """Return what saveAutograde and parseAutoresult make of a job's output, for a new submission.

    The rule of app/helpers/assessment_autograde_core.rb in Autolab (April 2025): the last line is
    taken for the result, whose bare words before a colon are put into quotes; each score in it is
    stored as it is, null as none. If it cannot be read, has no scores, or has a score for an
    unknown problem, every problem without one gets 0, released.
    """
    stored: dict[str, float | None] = {}
    lines = feedback.rstrip().splitlines()
    try:
        found = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', lines[-1]))["scores"]
        stored = {name: score for name, score in found.items() if name in problems}
        if found and stored.keys() == found.keys():
            return stored
    except (IndexError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return {name: stored.get(name, 0.0) for name in problems}


PROBLEMS = ("forward", "gradient", "update", "train")


def autolab(texts: Mapping[str, str], _folder: Path) -> list[str]:
    *report, last = texts[""].splitlines()
    document = loads(last, null=True)
    score = {"type": ["number", "null"], "minimum": 0}
    check(
        record(
            ["scores", "scoreboard"],
            scores={"type": "object", "additionalProperties": score},
            scoreboard={"type": "array", "items": NUMBER},
        ),
        document,
    )
    assert set(document["scores"]) == set(PROBLEMS)
    assert autolab_scores(texts[""], PROBLEMS) == document["scores"]
    if None in document["scores"].values():
        assert set(document["scores"].values()) == {None}
        assert all(line.startswith("| ") for line in report)
        return ["Not graded"]
    stages = loads(report.pop())
    assert stages["_presentation"] == "semantic"
    assert all(line.startswith("| ") for line in report)
    found = []
    for stage in stages["stages"]:
        for name, test in stages[stage].items():
            check(record(["passed"], passed={"type": "boolean"}, hint=TEXT), test)
            found.append(f"{stage}: {name}")
    return found


def dodona(texts: Mapping[str, str], _folder: Path) -> list[str]:
    """Read the stream as partial_output.json and the nesting of the commands demand."""
    message = record(
        ["format", "description"],
        format={"enum": ["plain", "code", "callout-danger"]},
        description=TEXT,
        permission={"enum": ["student", "staff", "zeus"]},
    )
    enums = ["internal error", "memory limit exceeded", "time limit exceeded", "runtime error"]
    status = record(["enum"], enum={"enum": [*enums, "wrong", "correct"]}, human=TEXT)
    command, yes = TEXT, {"type": "boolean"}
    schemas = {
        "start-judgement": record(["command"], command=command),
        "start-tab": record(["command", "title"], command=command, title=TEXT),
        "start-context": record(["command"], command=command),
        "start-testcase": record(["command", "description"], command=command, description=message),
        "start-test": record(["command", "expected"], command=command, expected=TEXT),
        "append-message": record(["command", "message"], command=command, message=message),
        "annotate-code": record(
            ["command", "row", "text"],
            command=command,
            row=WHOLE,
            text=TEXT,
            type={"enum": ["error", "warning", "info"]},
        ),
        "close-test": record(
            ["command", "status", "generated"],
            command=command,
            status=status,
            generated=TEXT,
            accepted=yes,
        ),
        "close-testcase": record(["command"], command=command, accepted=yes),
        "close-context": record(["command"], command=command, accepted=yes),
        "close-tab": record(["command"], command=command, badgeCount=WHOLE),
        "close-judgement": record(["command"], command=command, accepted=yes, status=status),
    }
    levels = ["judgement", "tab", "context", "testcase", "test"]
    open_ones: list[str] = []
    names, tab = [], ""
    for line in texts[""].splitlines():
        one = loads(line)
        check(schemas[one["command"]], one)
        verb, _, what = one["command"].partition("-")
        if verb == "start":
            assert what == levels[len(open_ones)]
            open_ones.append(what)
            tab = one.get("title", tab)
            if what == "testcase":
                names.append(f"{tab}: {one['description']['description']}")
        elif verb == "close":
            assert open_ones.pop() == what
    assert open_ones == []
    return ["Not graded"] if names == ["Not graded: Not graded"] else names


def inginious(texts: Mapping[str, str], _folder: Path) -> list[str]:
    [text] = texts.values()
    document = loads(text)
    check(
        record(
            ["result", "text"],
            result={"enum": ["success", "failed", "timeout", "overflow", "crash"]},
            grade={"type": "number", "minimum": 0, "maximum": 100},
            text=TEXT,
            custom={"type": "object"},
        ),
        document,
    )
    first, blank, *rest = document["text"].splitlines()
    assert (first, blank) == ("::", "")
    assert all(not line or line.startswith("    ") for line in rest), "text outside of the block"
    return []


def codegrade(texts: Mapping[str, str], _folder: Path) -> list[str]:
    [text] = texts.values()
    assert text.isascii()
    tests, *points = [loads(line) for line in text.splitlines()]
    case = record(
        ["name", "status"],
        name=FILLED,
        status={"enum": ["success", "failure", "skipped"]},
        description=TEXT,
        weight={"type": "string", "pattern": r"^\d+(/\d+)?$"},
        reason=TEXT,
    )
    suite = record(
        ["id", "name", "testCases"],
        id=FILLED,
        name=FILLED,
        testCases={"type": "array", "items": case, "minItems": 1},
    )
    unit = record(["tag", "results"], tag={"const": "unit-test"}, results={"items": suite})
    check(unit, tests)
    for one in points:
        pattern = {"type": "string", "pattern": r"^\d+(/\d+)?$"}
        check(record(["tag", "points"], tag={"const": "points"}, points=pattern), one)
    return [one["name"] for one in tests["results"][0]["testCases"]]


def codio(texts: Mapping[str, str], _folder: Path) -> list[str]:
    document = loads(texts["codio.json"])
    check(
        record(
            ["graded", "feedback", "format"],
            graded={"type": "boolean"},
            score={"type": "number", "minimum": 0, "maximum": 100},
            feedback=FILLED,
            format={"enum": ["md", "html", "txt"]},
        ),
        document,
    )
    assert len(document["feedback"].encode()) < 1 << 20
    return []


def junit(texts: Mapping[str, str], _folder: Path) -> list[str]:
    """Read the report with junitparser."""
    text = next(text for name, text in texts.items() if name.endswith(".xml"))
    [suite] = junitparser.JUnitXml.fromstring(text.encode())
    names = []
    failures = errors = 0
    for case in suite:
        assert len(case.result) <= 1
        for one in case.result:
            assert one.message
            failures += isinstance(one, junitparser.Failure)
            errors += isinstance(one, junitparser.Error)
        names.append(case.name)
    assert (suite.tests, suite.failures, suite.errors) == (len(names), failures, errors)
    return names


def artemis_build_failed(texts: Mapping[str, str]) -> bool:
    """Whether a build has failed, with tests expected: where no test case was reported.

    The rule of parseBuildResult in ProgrammingExerciseGradingService.java (Artemis, 2026); what is
    read are the .xml files among the results, by TestResultXmlParser.java, and skipped cases do
    not count.
    """
    reports = [text for name, text in texts.items() if name.endswith(".xml")]
    cases = [case for text in reports for case in ElementTree.fromstring(text).iter("testcase")]
    return all(case.find("skipped") is not None for case in cases)


def artemis(texts: Mapping[str, str], folder: Path) -> list[str]:
    assert not any(name.endswith(".json") for name in texts), "it is not among the results"
    if artemis_build_failed(texts):
        assert texts[""].startswith("Not graded. ")
        return ["Not graded"]
    return junit(texts, folder)


def okpy(texts: Mapping[str, str], _folder: Path) -> list[str]:
    document = loads(texts["scores.json"])
    total = re.search(r"^    Total: ([\d.]+)$", texts[""], re.MULTILINE)
    if document["graded"]:
        assert total
        assert float(total[1]) == document["scores"]["Total"]
    else:
        assert total is None
    return [one["name"] for one in document["tests"]]


def edx(texts: Mapping[str, str], _folder: Path) -> list[str]:
    """Read the reply as CodeResponse does: three keys, and a message that is XML."""
    document = loads(texts[""])
    check(
        record(
            ["correct", "score", "msg"],
            correct={"type": "boolean"},
            score={"type": "number", "minimum": 0, "maximum": 1},
            msg=FILLED,
        ),
        document,
    )
    ElementTree.fromstring(document["msg"])
    return []


def coursera(texts: Mapping[str, str], folder: Path) -> list[str]:
    """Hand the file to `coursera_autograder grade local`, with a container that is none."""
    from coursera_autograder.commands import grade

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        data = texts["feedback.json"].encode()
        entry = tarfile.TarInfo("feedback.json")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    container = SimpleNamespace(
        start=lambda _: None,
        wait=lambda _, timeout: 0,
        get_archive=lambda _, path: ([buffer.getvalue()], {"name": path}),
        logs=lambda *_, **__: "",
        remove_container=lambda _: None,
    )
    arguments = SimpleNamespace(timeout=1, dst_dir=str(folder), no_rm=False)
    grade.run_container(container, "container", arguments)  # exits where it is not valid
    loads(texts["feedback.json"])
    return []


VALID: dict[str, Callable[[Mapping[str, str], Path], list[str]]] = {
    one.__name__: one
    for one in (
        *(gradescope, github, classroom50, prairielearn, coderunner, vpl, autolab, dodona),
        *(inginious, codegrade, codio, artemis, junit, okpy, edx, coursera),
    )
}
