"""What platforms do with our documents, by their own packages or by small ports of the rule.

xblocks-contrib (`pip install -e '.[platform-tests]'`) and the source archive of INGInious
(`INGINIOUS_SOURCE=inginious-0.9.2.tar.gz`, as PyPI has it) are large; .ci/run has both. Where they
are missing, their tests are skipped. Coursera's own container run, with Docker stubbed, is in
platform_validity.py.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import threading
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import xmlschema
from platform_cases import EXERCISE, PLACE, SHARES, SUBMISSIONS, make_course, recorded

from grader.batch.late import Lateness
from grader.course import load_course
from grader.platforms.assessment import number
from grader.platforms.packaging.build import PackageOptions, build, write
from grader.platforms.registry import platform
from grader.platforms.trial import install, start

# notify-classroom.js of classroom-resources/autograding-grading-reporter (Sep 2025) begins at 0 and
# adds each test's score in turn, in doubles; where maxPoints is 0 it says nothing
REPORTER = """
const documents = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = documents.map((one) => {
  let points = 0;
  if (!one.max_score) return null;
  for (const test of one.tests) points = points + test.score;
  return `Points ${points}/${one.max_score}`;
});
console.log(JSON.stringify(told));
"""


def reported(documents: list[dict]) -> list[str | None]:
    """What the reporter says: under node, and in Python's doubles where there is no node."""
    node = shutil.which("node")
    if node:
        done = subprocess.run(
            [node, "-e", REPORTER], input=json.dumps(documents), capture_output=True, text=True,
            check=True, timeout=60,
        )  # fmt: skip
        return json.loads(done.stdout)
    found: list[str | None] = []
    for one in documents:
        points = 0.0
        for test in one["tests"]:
            points += test["score"]
        shown = int(points) if points.is_integer() else points
        found.append(f"Points {shown}/{one['max_score']}" if one["max_score"] else None)
    return found


def test_the_reporter_shows_the_total_for_every_penalty() -> None:
    made = [
        replace(recorded(case), lateness=Lateness(True, 1, float(percent)))
        for case in ("right", "blog")
        for percent in range(101)
    ]
    made.append(recorded("missing"))
    texts = [platform("github").documents(one, PLACE)["result.json"] for one in made]
    expected = [
        f"Points {number(one.score) if one.score.denominator == 1 else float(one.score)}/20"
        for one in made[:-1]
    ]
    assert reported([json.loads(text) for text in texts]) == [*expected, None]
    for one in made[:-1]:
        assert (
            f"{EXERCISE}: {one.score_text}"
            in platform("github").documents(one, PLACE)["summary.md"]
        )


# src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd of
# jenkinsci/xunit-plugin: its elements, attributes and the pattern of times, in our words
JUNIT = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:simpleType name="time"><xs:restriction base="xs:string">
  <xs:pattern value="(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\\.[0-9]*)?"/>
</xs:restriction></xs:simpleType>
<xs:complexType name="outcome" mixed="true">
  <xs:attribute name="type"/><xs:attribute name="message"/>
</xs:complexType>
<xs:complexType name="case">
  <xs:choice minOccurs="0" maxOccurs="unbounded">
    <xs:element name="skipped" type="outcome"/><xs:element name="error" type="outcome"/>
    <xs:element name="failure" type="outcome"/>
    <xs:element name="system-out" type="xs:string"/><xs:element name="system-err" type="xs:string"/>
  </xs:choice>
  <xs:attribute name="name" use="required"/><xs:attribute name="time"/>
  <xs:attribute name="classname"/><xs:attribute name="group"/>
</xs:complexType>
<xs:complexType name="suite">
  <xs:choice minOccurs="0" maxOccurs="unbounded">
    <xs:element name="testsuite" type="suite"/><xs:element name="testcase" type="case"/>
    <xs:element name="system-out" type="xs:string"/><xs:element name="system-err" type="xs:string"/>
  </xs:choice>
  <xs:attribute name="name" use="required"/><xs:attribute name="tests" use="required"/>
  <xs:attribute name="failures" use="required"/><xs:attribute name="errors" use="required"/>
  <xs:attribute name="skipped"/><xs:attribute name="time" type="time"/>
  <xs:attribute name="timestamp"/><xs:attribute name="hostname"/><xs:attribute name="id"/>
</xs:complexType>
<xs:element name="testsuite" type="suite"/>
<xs:element name="testsuites"><xs:complexType>
  <xs:sequence>
    <xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence>
  <xs:attribute name="name"/><xs:attribute name="time" type="time"/><xs:attribute name="tests"/>
  <xs:attribute name="failures"/><xs:attribute name="errors"/>
</xs:complexType></xs:element>
</xs:schema>"""


@pytest.mark.parametrize("case", SUBMISSIONS)
@pytest.mark.parametrize("name", ["junit", "artemis"])
def test_reports_are_what_jenkins_reads(name: str, case: str) -> None:
    schema = xmlschema.XMLSchema(JUNIT)
    texts = platform(name).documents(recorded(case), PLACE)
    reports = [text for file, text in texts.items() if file.endswith(".xml")]
    assert reports or case == "missing"  # Artemis fails a build that leaves none
    for text in reports:
        schema.validate(text)


def test_the_schema_of_reports_refuses_what_jenkins_refuses() -> None:
    schema = xmlschema.XMLSchema(JUNIT)
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate('<testsuites><testsuite name="a" tests="1" failures="0"/></testsuites>')


# apps/prairielearn/src/schemas/infoQuestion.ts of PrairieLearn (2026): strict objects, in which
# any other key fails the course's sync; the keys of types that we do not make are left out
QUESTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["uuid", "type", "title", "topic"],
    "properties": {
        "uuid": {"pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
        "type": {"enum": ["Calculation", "MultipleChoice", "Checkbox", "File", "v3"]},
        "title": {"type": "string"},
        "topic": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "gradingMethod": {"enum": ["Internal", "External", "Manual"]},
        "singleVariant": {"type": "boolean"},
        "partialCredit": {"type": "boolean"},
        "externalGradingOptions": {
            "type": "object",
            "additionalProperties": False,
            "required": ["image"],
            "properties": {
                "enabled": {"type": "boolean"},
                "image": {"type": "string"},
                "entrypoint": {"type": ["string", "array"], "items": {"type": "string"}},
                "serverFilesCourse": {"type": "array", "items": {"type": "string"}},
                "timeout": {"type": "integer", "maximum": 600},
                "enableNetworking": {"type": "boolean"},
                "environment": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
    },
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("packages")
    course = load_course(make_course(folder / "course"))

    def package(name: str) -> Path:
        out = folder / name
        if not out.exists():
            write(build(platform(name), course, PackageOptions(course.exercise(EXERCISE))), out)
        return out

    return package


def test_the_question_of_prairielearn_is_one(packages) -> None:
    [path] = packages("prairielearn").glob("course/questions/*/info.json")
    info = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(QUESTION).validate(info)
    assert uuid.UUID(info["uuid"]).version in (4, 5)
    assert info["gradingMethod"] == "External"


def edx_score(reply: str) -> tuple[float, str] | None:
    """What Open edX records of a reply; None where it is "Invalid grader reply".

    `_parse_score_msg` and `update_score` of CodeResponse in xblocks-contrib 0.13.1: a JSON object
    with three keys, a message that is XML (what is not goes to an HTML parser, which we do not
    count on), points not below 0.
    """
    from xml.etree import ElementTree

    found = json.loads(reply)
    if not isinstance(found, dict) or not {"correct", "score", "msg"} <= found.keys():
        return None
    try:
        ElementTree.fromstring(found["msg"])
    except ElementTree.ParseError:
        return None
    return max(found["score"], 0), "correct" if found["correct"] else "incorrect"


@pytest.mark.parametrize("case", SUBMISSIONS)
def test_open_edx_takes_the_reply(case: str) -> None:
    [reply] = platform("edx").documents(recorded(case), PLACE).values()
    found = edx_score(reply)
    assert found is not None
    assert found[0] == pytest.approx(SHARES[case] or 0)
    assert found[1] == ("correct" if SHARES[case] == 1 else "incorrect")


@pytest.mark.parametrize("case", SUBMISSIONS)
@pytest.mark.filterwarnings("default")
def test_open_edx_s_own_code_takes_the_reply(case: str) -> None:
    if find_spec("xblocks_contrib") is None:
        pytest.skip("pip install -e '.[platform-tests]'")
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from xblocks_contrib.problem.capa.correctmap import CorrectMap
    from xblocks_contrib.problem.capa.responsetypes import CodeResponse

    response = object.__new__(CodeResponse)
    response.answer_id, response.context = "answer", {}
    response.capa_system = SimpleNamespace(i18n=SimpleNamespace(gettext=lambda text: text))
    waiting = CorrectMap()
    waiting.set("answer", queuestate={"key": "key", "time": "20261119100000"})
    [reply] = platform("edx").documents(recorded(case), PLACE).values()
    found = response.update_score(reply, waiting, "key").get_dict()["answer"]
    expected = edx_score(reply)
    assert (found["npoints"], found["correctness"]) == expected
    assert found["queuestate"] is None
    assert "Invalid grader reply" not in found["msg"]


@pytest.fixture
def queue() -> Iterator[SimpleNamespace]:
    """An xqueue on loopback: hands out one work item and keeps what is put back."""
    state = SimpleNamespace(items=[], results=[], url="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = state.items.pop() if state.items else "Queue is empty"
            self.answer({"return_code": 0 if content[0] == "{" else 1, "content": content})

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.results.append(dict(urllib.parse.parse_qsl(data)))
            self.answer({"return_code": 0, "content": ""})

        def answer(self, document: dict) -> None:
            data = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def watch_once(url: str, handler) -> bool:
    """Take one item and put the result back.

    `process_one` and `_handle_submission` of xqueue_watcher/client.py (openedx/xqueue-watcher, Jul
    2026): the handler gets the decoded item; a result that is true goes back as JSON in the form
    field xqueue_body, with the item's xqueue_header as it was.
    """
    with urllib.request.urlopen(f"{url}/xqueue/get_submission/?queue_name=q") as answer:
        reply = json.load(answer)
    if reply["return_code"] != 0:
        return False
    item = json.loads(reply["content"])
    result = handler(item)
    if result:
        form = {"xqueue_body": json.dumps(result), "xqueue_header": item["xqueue_header"]}
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{url}/xqueue/put_result/", data) as answer:
            assert json.load(answer)["return_code"] == 0
    return bool(result)


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
@pytest.mark.parametrize(("case", "score"), [("right", 1), ("missing", 0)])
def test_the_handler_serves_a_queue(case: str, score: float, packages, queue, tmp_path) -> None:
    run = platform("edx").lay(tmp_path, packages("edx"), SUBMISSIONS[case], EXERCISE)
    install(tmp_path / run.venv, "basic")
    header = json.dumps({"submission_id": 1, "submission_key": "key"})
    queue.items.append(json.dumps({**json.loads(run.input), "xqueue_header": header}))
    handler = runpy.run_path(str(tmp_path / "edx/bpgrade/bpgrade_handler.py"))["grade"]
    assert watch_once(queue.url, handler)
    assert not watch_once(queue.url, handler)
    [result] = queue.results
    assert result["xqueue_header"] == header
    found = edx_score(result["xqueue_body"])
    assert found is not None
    assert found[0] == score
    told = json.loads(result["xqueue_body"])["msg"]
    assert ("Nothing was submitted" in told) is (case == "missing")


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
@pytest.mark.parametrize("case", ["right", "blog", "missing"])
def test_inginious_s_own_functions_take_the_feedback(
    case: str, packages, tmp_path, monkeypatch
) -> None:
    """The container's module in place of the stand-in, with its two folders moved."""
    source = os.environ.get("INGINIOUS_SOURCE")
    if not source:
        pytest.skip("INGINIOUS_SOURCE names no source archive of INGInious")
    submission = SUBMISSIONS[case]
    if submission is not None:
        submission = Path(shutil.copy(submission, tmp_path / f"{EXERCISE}.py"))
    root = tmp_path / "root"
    root.mkdir()
    run = platform("inginious").lay(root, packages("inginious"), submission, EXERCISE)
    api = root / "opt/api/inginious_container_api"
    shutil.rmtree(api)
    api.mkdir()
    with tarfile.open(source) as archive:
        for member in archive:
            path = Path(member.name)
            if member.isfile() and path.parts[1:-1] == (
                "base-containers", "base", "inginious_container_api",
            ):  # fmt: skip
                file = archive.extractfile(member)
                assert file is not None
                text = file.read().decode()
                moved = re.sub(r"(['\"])/\.__(input|output)", rf"\1{root}/.__\2", text)
                (api / path.name).write_text(moved, "utf-8")
    assert (api / "feedback.py").exists()
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    ran = start(run, root, "basic")
    share = platform("inginious").share(ran.documents)
    if SHARES[case] is None:
        assert share is None
    else:
        assert share == pytest.approx(SHARES[case])
    assert ran.exit_code == 0, ran.errors
