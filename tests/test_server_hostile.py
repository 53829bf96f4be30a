"""Hostile requests through the front door: none gains anything, and none breaks the server."""

from __future__ import annotations

import http.client
import io
import json
import random
import re
import socket
import sys
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from command import run_command
from serving import PASSWORD, Served, Visitor, first_instructor, served_on
from thoroughness import thorough
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
FORM = "Content-Type: application/x-www-form-urlencoded"
PEOPLE = "/c/course/desk/people/"
DECISIONS = "/c/course/desk/decisions/"
REGRADE = "/c/course/desk/regrade/exercise1/"
TOKEN = "the-token-of-who-sends-it"
TASK = "/c/course/e/exercise1/"
SUBMIT = TASK + "submit/"
SECRET = "secret_of_ada"
SEED = random.randrange(10**6)  # pytest shows it where a test fails
SUBMISSIONS = Path(__file__).parent / "hostile" / "submissions"
THROUGH_THE_DOOR = (
    "lying/surrogates.py", "lying/million_digits.py", "exhausting/output.py",
    "reading/reference_by_path.py", "tampering/exit_with_success.py",
)  # fmt: skip
ODD_TEXTS = (
    "\0", "a\0b", "\ud800", "\udfff\ud800", "\x1b[2J", "\u202e", "'; DROP TABLE server_person; --",
    "{{ 7 * 7 }}", "{% include '/etc/passwd' %}", "%s%n%d", "<script>alert(1)</script>", "../" * 40,
    "x" * 100_000, "9" * 5000, "-1", "1e999", "nan", "\r\nSet-Cookie: a=b", "٣", "",
)  # fmt: skip


@dataclass
class AttackedSite:
    """A server, its instructor, a student with a secret, and students who are up to no good."""

    running: Served
    instructor: Visitor
    ada: Visitor
    attempt: str
    mallories: list[Visitor]


@dataclass(frozen=True)
class RawRequest:
    """What is sent, byte by byte."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    by: str = "mallory"


@pytest.fixture(scope="module", params=thorough(["sqlite", "postgresql"], but=["postgresql"]))
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttackedSite]:
    folder = tmp_path_factory.mktemp("hostile")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    with served_on(request.param, course, folder / "data") as (running, _):
        yield inhabited(running)


def inhabited(running: Served) -> AttackedSite:
    instructor = first_instructor(running)
    names = ["ada", "mallory", "trudy", "oscar"]
    roster = "id,name\n" + "".join(f"{name},{name} N.\n" for name in names)
    added = instructor.upload(PEOPLE, ("roster", "people.csv", roster), role="student")
    links = re.findall(r"/link/[^<]+/", added.text)
    visitors = []
    for link in links:
        visitors.append(Visitor(running.address))
        assert visitors[-1].post(link, password=PASSWORD).status == 200
    ada, *others = visitors
    answer = ada.post(SUBMIT, page=TASK, code=f"{SECRET} = 1\n")
    attempt = answer.address.removeprefix(running.address)
    wait_for(lambda: '"ended": true' in ada.get(attempt + "state/").text, "it is graded")
    return AttackedSite(running, instructor, ada, attempt, others)


def quoted(text: str) -> str:
    return urllib.parse.quote(text.encode("utf-8", "surrogatepass"), safe="")


def odd_addresses(site: AttackedSite) -> Iterator[RawRequest]:
    """Ways out of a folder, numbers that are none, another's attempt."""
    for step in ("..", "%2e%2e", "..%2f", "%2e%2e%5c", "..\\", "....//", "%c0%ae%c0%ae", "..%00"):
        for target in ("secret", "server.sqlite3", "etc/passwd", "course/solutions/exercise1.py"):
            for start in ("/static/", "/", "/c/course/e/", "/c/", "/link/"):
                yield RawRequest("GET", f"{start}{f'{step}/' * 4}{target}")
    suffixes = ("", "state/", "report/", "file/", "source/")
    for number in (
        "0",
        "-1",
        "9" * 9,
        str(2**63),
        str(2**64),
        "9" * 30,
        "9" * 5000,
        "%D9%A3",
        "1.0",
    ):
        for suffix in suffixes:
            yield RawRequest("GET", f"/c/course/attempt/{number}/{suffix}")
        for by in ("mallory", "instructor"):
            yield RawRequest("GET", f"/c/course/desk/grade/{number}/exercise1/", by=by)
    for suffix in suffixes:
        for method in ("GET", "POST", "HEAD", "PUT"):
            yield RawRequest(method, site.attempt + suffix)
    for part in ("", "regrade/", "people/", "audit/", "grades.csv", "feedback.zip", "decisions/"):
        for method in ("GET", "POST"):
            yield RawRequest(method, f"/c/course/desk/{part}")
    for text in (*map(quoted, ODD_TEXTS), "1&n=1" * 100, "1&no=exercise1"):
        for page in ("", "state/"):
            yield RawRequest("GET", f"/c/course/handed-in/{page}?n={text[:8000]}")
            yield RawRequest("GET", f"/c/course/handed-in/{page}?no={text[:8000]}")
    for text in ODD_TEXTS:
        if text:
            for pattern in ("/c/{}/", "/c/course/e/{}/", "/link/{}/", "/login/?next={}", "/{}"):
                yield RawRequest("GET", pattern.format(quoted(text)[:8000]))


def odd_headers() -> Iterator[RawRequest]:
    for name, value in (
        ("Host", "evil.example"), ("Host", ""), ("Host", "127.0.0.1:99999"), ("Host", "a b<>"),
        ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-For", "' OR 1=1"), ("X-HTTP-Method-Override", "DELETE"),
        ("Remote-User", "instructor"), ("Authorization", "Basic aW5zdHJ1Y3Rvcjo="),
        ("Accept-Language", "zh" * 4000), ("Accept-Language", ";q=x,,-,*;q=9"),
        ("Accept", "\xff"), ("Range", "bytes=-1,0-,9999-1"), ("If-Modified-Since", "0"),
        ("Referer", "\x01"), ("Expect", "100-continue"),
        ("Content-Type", "text/html; charset=utf-7"),
        ("Cookie", "bpgrade=" + "a" * 8000), ("Cookie", "bpgrade=%00; csrftoken=%00"),
        ("Cookie", "bpgrade=../../../etc/passwd"), ("Cookie", "bpgrade=' OR 1=1 --"),
        ("Cookie", 'bpgrade="\\000\\377"'), ("Cookie", "; ; =;=,bpgrade"),
        ("Cookie", "bpgrade=\xed\xa0\x80aaaaaaaa"), ("Cookie", 'bpgrade="aaaaaaaa\\000"'),
    ):  # fmt: skip
        for path in ("/", "/login/", TASK, "/c/course/desk/grades.csv", "/static/server.css"):
            yield RawRequest("GET", path, headers={name: value})
    for method in ("TRACE", "CONNECT", "PROPFIND", "OPTIONS", "DELETE", "PATCH", "X" * 50):
        for path in ("/", "/login/", TASK, SUBMIT):
            yield RawRequest(method, path)


def odd_forms() -> Iterator[RawRequest]:
    """Fields that hold what no browser sends, from a student and from an instructor."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    begin = f"csrfmiddlewaretoken={TOKEN}&"
    for text in ODD_TEXTS:
        for path, name, by in (
            (SUBMIT, "code", "mallory"), ("/login/", "username", "mallory"),
            ("/language/", "language", "mallory"), ("/language/", "next", "mallory"),
            (REGRADE, "do", "instructor"), (REGRADE, "do=use&regrade", "instructor"),
            (REGRADE, "do=begin&person", "instructor"),
        ):  # fmt: skip
            yield RawRequest("POST", path, f"{begin}{name}={quoted(text)}".encode(), kind, by)
        decided = {"kind": "excused", "student": "mallory", "exercise": "exercise1", "reason": "x"}
        for name in (*decided, "value", "number", "check", "remark", "item", "answer_id"):
            fields = {**decided, "kind": "undo" if name == "number" else "excused", name: text}
            body = "&".join(f"{each}={quoted(value)}" for each, value in fields.items())
            yield RawRequest("POST", DECISIONS, f"{begin}{body}".encode(), kind, "instructor")
        yield RawRequest(
            "POST", SUBMIT, f"csrfmiddlewaretoken={quoted(text)}&code=x".encode(), kind
        )
    many = begin + "&".join(f"f{number}=1" for number in range(10_000))
    for path in (SUBMIT, "/login/", "/language/", "/logout/"):
        yield RawRequest("POST", path, many.encode(), kind)
        yield RawRequest("POST", path, b"code=x", {**kind, "Origin": "https://evil.example"})
        yield RawRequest("POST", path, b"\xff\xfe=%zz&&&==;%", kind)
        yield RawRequest("POST", path, b"", {**kind, "Content-Length": "x"})
        yield RawRequest("POST", path, begin.encode() + b"a" * 5_000_000, kind)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("exercise1.py", b"\0" * 50_000_000)
    return file.getvalue()


def odd_uploads() -> Iterator[RawRequest]:
    """Forms with files: broken ones, odd names, and files that are not what they are called."""
    head = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b"}

    def upload(name: str, content: bytes, field: str = "file", rest: str = "") -> bytes:
        of = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"'
        start = f"{head}{of}{rest}\r\n\r\n".encode("utf-8", "surrogatepass")
        return start + content + b"\r\n--b--\r\n"

    names = [text[:3000].replace("\r\n", "") + ".py" for text in ODD_TEXTS]
    for name in (*names, "a.py\0.html", "x" * 300 + ".ipynb", "C:\\a\\b.py", ".py", "a.PY "):
        yield RawRequest("POST", SUBMIT, upload(name, b"x = 1"), kind)
    deep = b'{"cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    big = {"cells": [{"cell_type": "code", "source": "\ud800"}], "nbformat": 4, "metadata": {}}
    cell = {"cell_type": "code", "source": 7, "metadata": None}
    for content in (
        bomb(), zlib.compress(b"\0" * 10_000_000), deep, json.dumps(big).encode(), b"", b"\0" * 500,
        b"\xff\xfe" + b"x" * 99, b"# coding: no-such\n", b"# coding: utf-7\n+AGE-", b"(" * 50_000,
        json.dumps({"cells": [cell] * 3, "nbformat": -4}).encode(),
        b"x = " + b"9" * 100_000, b"[" + b"1e999," * 1000 + b"]",
    ):  # fmt: skip
        for name in ("exercise1.py", "exercise1.ipynb"):
            yield RawRequest("POST", SUBMIT, upload(name, content), kind)
    for file in THROUGH_THE_DOOR:
        yield RawRequest(
            "POST", SUBMIT, upload("exercise1.py", (SUBMISSIONS / file).read_bytes()), kind
        )
    whole = upload("exercise1.py", b"x = 1")
    for place in (10, len(head), len(head) + 40, len(whole) - 12, len(whole) - 4):
        yield RawRequest("POST", SUBMIT, whole[:place], kind)
    for words in (
        "boundary=",
        "boundary=" + "b" * 300,
        "",
        "boundary=\xff",
        "boundary=b; charset=x",
    ):
        odd = {"Content-Type": f"multipart/form-data; {words}"}
        yield RawRequest("POST", SUBMIT, whole, odd)
    for charset in ("base64", "zlib", "rot13", "idna", "undefined", "utf-16", "nothing", "utf-8"):
        odd = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
        yield RawRequest("POST", SUBMIT, whole, odd)
        yield RawRequest("POST", "/api/1/device/", whole, odd)
        yield RawRequest("GET", "/login/?next=%E4%B8%AD", headers=odd)
    for rest in (
        "\r\nContent-Transfer-Encoding: base64", "\r\nContent-Type: text/html; charset=nothing",
        "; filename*=UTF-8''%00.py", "; filename*=x", "\r\nContent-Length: -1", "\r\nX: y" * 500,
    ):  # fmt: skip
        yield RawRequest("POST", SUBMIT, upload("exercise1.py", b"%%%not base64", rest=rest), kind)
    yield RawRequest("POST", SUBMIT, whole * 50, kind)
    end = b"--b--\r\n"
    for others in (names, ["exercise1.py"] * 30, ["a.py"] * 49, [".py", "..py", "/.py"]):
        of = '--b\r\nContent-Disposition: form-data; name="file"; filename="{}"\r\n\r\n'
        parts = [f"{of.format(name)}import a\r\n".encode("utf-8", "replace") for name in others]
        yield RawRequest("POST", SUBMIT, whole.removesuffix(end) + b"".join(parts) + end, kind)
    for text in ODD_TEXTS:
        name = text.encode("utf-8", "surrogatepass").replace(b"\r\n", b" ")
        roster = b"id,name\n" + name + b"," + name + b"\n"
        yield RawRequest("POST", PEOPLE, upload("p.csv", roster, "roster"), kind, "instructor")
    for content in (b"", b"\0\0", b"id\n" * 3, bomb(), b'"' * 9999, b"id,name\n" + b"a," * 9999):
        yield RawRequest("POST", PEOPLE, upload("p.csv", content, "roster"), kind, "instructor")
        odd_role = upload("p.csv", content, "roster").replace(
            b"--b--", b'--b\r\nContent-Disposition: form-data; name="role"\r\n\r\nroot\r\n--b--'
        )
        yield RawRequest("POST", PEOPLE, odd_role, kind, "instructor")


def sent(site: AttackedSite, request: RawRequest, cookies: str, token: str) -> tuple[int, bytes]:
    """Send a request; return status and text, 0 where the connection was closed for an answer."""
    host = site.running.address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    body = request.body.replace(TOKEN.encode(), token.encode())
    given = {"Host": host, "Content-Length": str(len(body)), "Cookie": cookies}
    given.update(request.headers)
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in given.items()]
    try:
        connection.connect()
        connection.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
        connection.sock.sendall(body)
        answer = http.client.HTTPResponse(connection.sock, method=request.method)
        answer.begin()
        return answer.status, answer.read()
    except (ConnectionError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def everything(site: AttackedSite) -> tuple[object, ...]:
    """Return what no request of others may change."""
    staff = re.findall(r"<td>(?:assistant|instructor)</td>", site.instructor.get(PEOPLE).text)
    own = site.ada.get(TASK).text
    return (
        re.findall(r"/attempt/\d+/[^<]*<[^<]*", own.partition("Your attempts")[2]),
        site.ada.get(site.attempt + "file/").text,
        len(staff),
        [visitor.get("/c/course/desk/").status for visitor in (site.ada, *site.mallories)],
    )


@pytest.mark.parametrize("number", thorough([150, 500], but=[150]))
def test_hostile_requests_gain_nothing_and_break_nothing(site: AttackedSite, number: int):
    chosen = random.Random(SEED)
    before, processes = everything(site), site.running.children()
    requests = [*odd_addresses(site), *odd_headers(), *odd_forms(), *odd_uploads()]
    tokens = [visitor.token(TASK) for visitor in site.mallories]
    own = site.instructor.token(PEOPLE)
    wrong = []
    for place, request in enumerate(chosen.sample(requests, number)):
        one = place % len(tokens)
        taught = request.by == "instructor"
        visitor, token = (site.instructor, own) if taught else (site.mallories[one], tokens[one])
        status, text = sent(site, request, visitor.cookies(), token)
        if status >= 500 or SECRET.encode() in text or b"root:x:" in text:
            wrong.append(
                (request.method, request.path[:80], request.headers, request.body[:300], status)
            )
    assert not wrong, f"seed {SEED}: {wrong}"
    assert everything(site) == before
    assert site.running.children() == processes  # none has ended
    desk = "/c/course/desk/"
    wait_for(lambda: "0 submissions are waiting" in site.instructor.get(desk).text, "all is graded")
    log = site.running.log()
    assert "Traceback" not in log
    for name in ("ada", "mallory", "trudy", SECRET, "def "):
        assert name not in log, log


def test_a_session_that_somebody_else_has_chosen_is_not_the_one_that_is_logged_in(
    site: AttackedSite,
):
    chosen = "a" * 32
    visitor = Visitor(site.running.address)
    visitor.keep("bpgrade", chosen)
    visitor.post("/login/", username="ada", password=PASSWORD)
    assert visitor.get(TASK).address.endswith(TASK)
    assert f"bpgrade={chosen}" not in visitor.cookies()
    fixed = Visitor(site.running.address)
    fixed.keep("bpgrade", chosen)
    assert "/login/" in fixed.get(TASK).address


def test_texts_are_in_utf_8_whatever_a_request_says(site: AttackedSite):
    form = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    token = site.mallories[0].token(TASK)
    fields = {"csrfmiddlewaretoken": token, "code": "kind = 1  # 种"}
    body = "".join(form.format(*each) for each in fields.items()) + "--b--"
    for charset in ("base64", "utf-16", "latin-1", "utf-8"):
        kind = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
        request = RawRequest("POST", SUBMIT, body.encode(), kind)
        assert sent(site, request, site.mallories[0].cookies(), token)[0] == 302, charset
    assert "kind = 1  # 种" in site.mallories[0].get(TASK).text  # where it is gone on with


BROKEN_OFF = {
    "a chunk that is too long": b"FFFFFFFFFFFFFFFFF\r\n",
    "a chunk of no length": b"-1\r\n",
    "a chunk with much beside it": b"1;" + b"a" * 70_000 + b"\r\nx\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_OFF)
def test_a_body_that_breaks_off_is_no_failure_of_ours(name: str, site: AttackedSite):
    host, _, port = site.running.address.removeprefix("http://").partition(":")
    head = f"POST {SUBMIT} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    before = site.running.log()
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(head.encode() + BROKEN_OFF[name])
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(head.encode() + b"5\r\nco")  # and is gone
    assert site.ada.get(TASK).status == 200
    assert site.running.log() == before


def test_bodies_that_never_come_keep_nobody_waiting(site: AttackedSite):
    host, _, port = site.running.address.removeprefix("http://").partition(":")
    cookies = site.mallories[0].cookies()
    head = f"POST {SUBMIT} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n{FORM}\r\n"
    held = []
    try:
        for number in range(100):
            held.append(socket.create_connection((host, int(port)), 10))
            part = head if number % 2 else f"{head}Content-Length: 1000\r\n\r\nusername="
            held[-1].sendall(part.encode())
        assert site.ada.get(TASK).status == 200
    finally:
        for one in held:
            one.close()
