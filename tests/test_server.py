"""The server over HTTP: a student's hour, an instructor's day, and deaths in between."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command import run_command
from serving import (
    PASSWORD,
    RIGHT,
    Served,
    Visitor,
    answers,
    children_of,
    first_instructor,
    is_running,
    served,
    served_on,
)
from thoroughness import thorough
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
COURSE = Path(__file__).parent / "courses" / "values"
PEOPLE = "/c/course/desk/people/"
MOST = 8


@pytest.fixture(scope="module", params=thorough(["sqlite", "postgresql"], but=["sqlite"]))
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    with (course / "exercises" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(f"[server]\nattempts = {MOST}\n")
    with served_on(request.param, course, folder / "data", warm=False) as (running, _):
        yield running


@pytest.fixture(scope="module")
def instructor(site: Served) -> Visitor:
    return first_instructor(site)


def member(site: Served, instructor: Visitor, name: str, role: str = "student") -> Visitor:
    """Return somebody whom the instructor has added, logged in by the own link."""
    roster = f"id,name\n{name},{name} N.\n"
    added = instructor.upload(PEOPLE, ("roster", "people.csv", roster), role=role)
    link = re.search(r"/link/[^<]+/", added.text)
    assert link, added.text
    visitor = Visitor(site.address)
    assert visitor.post(link[0], password=PASSWORD).status == 200
    return visitor


WRONG = RIGHT.replace("/ len(numbers)\ndef", "\ndef")
LOOP = "def mean(numbers):\n    while True: pass\ndef spread(numbers):\n    return 0.0\n"


def handed_in(visitor: Visitor, code: str) -> str:
    """Hand code in; return the address of the attempt."""
    path = "/c/course/e/exercise1/"
    answer = visitor.post(path + "submit/", page=path, code=code)
    assert answer.status == 200, answer.text
    assert "/attempt/" in answer.address
    return answer.address.removeprefix(visitor.address)


def graded(visitor: Visitor, attempt: str) -> str:
    wait_for(lambda: '"ended": true' in visitor.get(attempt + "state/").text, "it is graded")
    return visitor.get(attempt).text


def test_a_student_hands_in_and_reads_the_report(site: Served, instructor: Visitor):
    ada = member(site, instructor, "ada")
    home = ada.get("/")
    assert home.address.endswith("/c/course/")
    assert "Mean and spread" in home.text
    task = ada.get("/c/course/e/exercise1/")
    assert "<h1>Mean and spread</h1>" in task.text
    assert "put your own code here" in task.text  # the stub is in the editor
    first = handed_in(ada, WRONG)
    assert "10 / 10" not in graded(ada, first)
    report = ada.get(first + "report/")
    assert "mean" in report.text
    assert "script-src 'sha256-" in report.headers["Content-Security-Policy"]
    second = handed_in(ada, RIGHT)
    assert "10 / 10" in graded(ada, second)
    exercise = ada.get("/c/course/e/exercise1/").text
    assert exercise.count("/attempt/") == 2
    assert "math.fsum" in exercise  # what was handed in last is in the editor
    assert "10 / 10" in ada.get("/c/course/").text
    file = ada.get(second + "file/")
    assert file.text == RIGHT.replace("\r\n", "\n")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_file_is_uploaded_or_refused_in_words(site: Served, instructor: Visitor):
    grace = member(site, instructor, "grace")
    path = "/c/course/e/exercise1/"
    marked = [{"cell_type": "markdown", "metadata": {}, "source": "# Exercise 1"}]
    notebook, words = (
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
        for cells in ([], marked)
    )
    for name, content, told in (
        ("exercise1.py", "", "exercise1.py holds no code"),
        ("exercise1.py", "# mine\n\n\t# later\n", "exercise1.py holds no code"),
        ("exercise1.py", '"""Exercise 1."""\n', "exercise1.py holds no code"),
        ("exercise1.ipynb", notebook, "it has no code. Open it in Jupyter"),
        ("exercise1.ipynb", words, "it has no code. Open it in Jupyter"),
        ("exercise1.ipynb", RIGHT, "exercise1.ipynb is not a notebook"),
        ("exercise1.py", notebook, "is a notebook that was saved as .py"),
        ("homework.docx", "PK", "a .py file or a notebook"),
        ("exercise1.py", "#" * 1_000_001, "too large"),
    ):
        answer = grace.upload(path + "submit/", ("file", name, content), page=path)
        assert answer.status == 400
        assert told in answer.text
    answer = grace.upload(path + "submit/", ("file", "../../a\\\\exercise1.py", RIGHT), page=path)
    assert "/attempt/" in answer.address, answer.text
    assert 'score">10 / 10' in graded(grace, answer.address)
    for code in ("  \n", "# later\n\n"):
        answer = grace.post(path + "submit/", page=path, code=code)
        assert answer.status == 400
        assert "nothing to check" in answer.text
    assert grace.get(path).text.count("/attempt/") == 1


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_one_goes_on_with_the_text_that_was_graded(
    site: Served, instructor: Visitor, encoding: str
):
    emmy = member(site, instructor, f"emmy-{encoding}")
    path = "/c/course/e/exercise1/"
    code = f"# 求平均值，再求标准差\n{RIGHT}"
    file = ("file", "exercise1.py", code.encode(encoding))
    first = emmy.upload(path + "submit/", file, page=path)
    assert 'score">10 / 10' in graded(emmy, first.address)
    assert "# 求平均值，再求标准差" in emmy.get(path).text
    again = handed_in(emmy, code.replace("再求", "然后求"))
    assert "-# 求平均值，再求标准差\n+# 求平均值，然后求标准差" in graded(emmy, again)


def test_what_is_typed_is_in_the_encoding_that_it_names(site: Served, instructor: Visitor):
    emil = member(site, instructor, "emil")
    code = f"# -*- coding: latin-1 -*-\nprint('Mittelwert für n Größen')\n{RIGHT}"
    attempt = handed_in(emil, code)
    assert 'score">10 / 10' in graded(emil, attempt)
    assert "Mittelwert für n Größen" in emil.get(attempt + "report/").text
    assert "Mittelwert für n Größen" in emil.get("/c/course/e/exercise1/").text


def test_too_large_a_body_is_answered_by_a_page_in_the_readers_language(site: Served):
    page, body = f"{site.address}/c/course/e/exercise1/submit/", b"x" * (16 * 1024 * 1024 + 1)
    request = urllib.request.Request(page, body, {"Accept-Language": "zh-CN"})
    answer = Visitor(site.address).ask(request)
    assert answer.status == 413
    assert "一次最多发送 16 MB" in answer.text
    assert "script-src" in answer.headers["Content-Security-Policy"]


def test_as_many_at_once_are_taken_as_the_course_allows(site: Served, instructor: Visitor):
    barbara = member(site, instructor, "barbara")
    path = "/c/course/e/exercise1/"
    with ThreadPoolExecutor(6) as threads:
        asked = [
            threads.submit(barbara.post, path + "submit/", page=path, code=RIGHT)
            for _ in range(MOST + 4)
        ]
        answers = [each.result() for each in asked]
    assert sorted(each.status for each in answers) == [200] * MOST + [400] * 4
    assert barbara.get(path).text.count("/attempt/") == MOST


def test_an_instructor_sees_the_class_and_grades_again(site: Served, instructor: Visitor):
    kurt = member(site, instructor, "kurt")
    attempt = handed_in(kurt, WRONG)
    graded(kurt, attempt)
    desk = instructor.get("/c/course/desk/").text
    assert "kurt N." in desk
    source = instructor.get(attempt + "source/")
    assert "def spread" in source.text
    again = "/c/course/desk/regrade/exercise1/"
    assert instructor.post(again, do="begin").status == 200
    wait_for(lambda: "Use the new results" in instructor.get(again).text, "it is graded again")
    page = instructor.get(again).text
    assert "grades compared, no grade changed" in page
    [number] = set(re.findall(r'name="regrade" value="(\d+)"', page))
    assert "begin" in instructor.post(again, do="use", regrade=number).text
    graded(kurt, attempt)
    table = instructor.get("/c/course/desk/grades.csv")
    assert "kurt,kurt N.," in table.text
    assert "regrade used" in instructor.get("/c/course/desk/audit/").text


def test_what_waits_when_a_worker_is_killed_is_graded_once(site: Served, instructor: Visitor):
    alan = member(site, instructor, "alan")
    attempts = [handed_in(alan, LOOP if number == 1 else RIGHT) for number in range(6)]
    os.kill(site.children()["worker"], signal.SIGKILL)
    attempts += [handed_in(alan, RIGHT)]
    pages = [graded(alan, attempt) for attempt in attempts]
    assert [('score">10 / 10' in page) for page in pages] == [number != 1 for number in range(7)]
    exercise = alan.get("/c/course/e/exercise1/").text
    assert len(set(re.findall(r"/attempt/(\d+)/", exercise))) == 7


def test_what_was_accepted_is_there_when_the_web_server_is_killed(
    site: Served, instructor: Visitor
):
    edsger = member(site, instructor, "edsger")
    attempt = handed_in(edsger, RIGHT)
    killed = site.children()["web"]
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        if site.children().get("web", killed) == killed:
            return False
        try:
            return edsger.get(attempt).status == 200
        except OSError:
            return False

    wait_for(is_back, "the web server is back")
    assert "10 / 10" in graded(edsger, attempt)


def test_the_page_is_in_the_readers_language(site: Served):
    visitor = Visitor(site.address)
    assert "Log in" in visitor.get("/login/").text
    visitor.post("/language/", page="/login/", language="zh", next="/login/")
    chinese = visitor.get("/login/").text
    assert 'lang="zh-CN"' in chinese
    assert "登录" in chinese


def test_a_link_works_once_and_a_weak_password_is_refused(site: Served, instructor: Visitor):
    added = instructor.upload(PEOPLE, ("roster", "p.csv", "id,name\nonce,O\n"), role="student")
    link = re.search(r"/link/[^<]+/", added.text)
    assert link
    visitor = Visitor(site.address)
    assert visitor.post(link[0], password="password").status == 400
    assert visitor.post(link[0], password=PASSWORD).status == 200
    again = Visitor(site.address).get(link[0])
    assert again.status == 404
    assert 'href="/login/"' in again.text


def test_forged_forms_and_wrong_passwords_get_nothing(site: Served, instructor: Visitor):
    mallory = Visitor(site.address)
    assert mallory.get("/c/course/").address.endswith("/login/?next=/c/course/")
    assert mallory.post("/login/", username="instructor", password="guess").status == 403
    forged = urllib.request.Request(
        site.address + "/c/course/e/exercise1/submit/",
        b"code=x",
        {"Origin": "https://evil.example"},
    )
    assert mallory.ask(forged).status == 403


def test_a_killed_server_leaves_no_process_and_a_copy_of_its_data_has_everything(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    with served(course, tmp_path / "data", warm=False) as first:
        visitor = Visitor(first.address)
        visitor.post(first.link.removeprefix(first.address), password=PASSWORD)
        attempt = handed_in(visitor, RIGHT)
        graded(visitor, attempt)
        family = [first.children()["web"], first.children()["worker"]]
        family += [child for one in family for child in children_of(one)]
        assert len(family) >= 3  # the web server has a process that answers
        os.kill(first.process.pid, signal.SIGKILL)
        wait_for(lambda: not any(map(is_running, family)), "all of them end")
        assert not answers(first.address)
    shutil.copytree(tmp_path / "data", tmp_path / "backup")
    shutil.rmtree(tmp_path / "data")
    with served(course, tmp_path / "backup") as second:
        assert second.link == ""
        back = Visitor(second.address)
        assert back.post("/login/", username="instructor", password=PASSWORD).status == 200
        assert "10 / 10" in back.get(attempt).text


@pytest.mark.parametrize("package", ["django-csp", "granian"])
@pytest.mark.parametrize(
    "words",
    [["--course", str(COURSE)], ["--worker"], ["backup", "b.zip"]],
    ids=lambda words: words[0],
)
def test_what_lacks_of_the_extra_is_said(tmp_path: Path, package: str, words: list[str]):
    words = ["serve", *words, "--data", str(tmp_path / "data")]
    code = f"""
import sys
from importlib import metadata
found = metadata.distribution

def distribution(name):
    if name == {package!r}:
        raise metadata.PackageNotFoundError(name)
    return found(name)

metadata.distribution = distribution
sys.argv[1:] = {words!r}
from grader.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"bpgrade: the server needs {package}, which is not installed")
    assert "pip install 'bpgrade[server]'" in done.stderr
