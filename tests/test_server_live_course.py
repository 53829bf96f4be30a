"""What of a course is picked up while a server runs: all of it, within a second or two."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import run_command
from served_class import HALF, ServedClass, a_class

from grader.errors import CourseError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

DESCRIPTION = """name = "live"
title = "Live"
packages = []
[exercises.exercise1]
title = "Mean and spread"
points = { mean = 4, spread = 6 }
server.hints = "after_2_attempts"
"""
STUB = Path("exercises", "exercise1.py")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(tmp_path_factory.mktemp("live"), "live", DESCRIPTION, (("exercise1", HALF),))
    made.add("ada").raise_request_exception = False
    return made


@pytest.fixture(autouse=True)
def as_it_was(live: ServedClass) -> Iterator[None]:
    yield
    change(live, Path("exercises", "course.toml"), DESCRIPTION)


def change(served: ServedClass, path: Path, text: str) -> None:
    """Change a file of the course, a second before the server looks."""
    from grader.server import courses

    file = Path(served.course.folder, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    courses._looked_at[served.course.name] = 0.0


def asked(served: ServedClass, path: str, language: str = "en") -> Any:
    headers = {"Accept-Language": language}
    return served.clients["ada"].get(f"/c/live/{path}", headers=headers)


def test_titles_deadlines_and_tasks(live: ServedClass):
    assert "Mean and spread" in live.page("ada", "")
    toml = DESCRIPTION.replace("Mean and spread", "Two numbers")
    toml += "deadline = 2030-05-06T07:08:00Z\n"
    change(live, Path("exercises", "course.toml"), toml)
    page = live.page("ada", "")
    assert "Two numbers" in page
    assert "2030-05-06" in page
    change(live, Path("exercises", "exercise1.md"), "# Another task\n")
    assert "Another task" in live.page("ada", "e/exercise1/")


def test_a_course_that_is_broken_is_so_for_everybody_until_it_is_mended(live: ServedClass):
    assert live.page("ada", "")
    change(live, Path("exercises", "course.toml"), DESCRIPTION + "packages = 1 = 2\n")
    for _once_more in range(3):
        answer = asked(live, "")
        assert answer.status_code == 503
        assert "a mistake in the course" in answer.content.decode()
    change(live, Path("exercises", "course.toml"), DESCRIPTION)
    assert live.page("ada", "")


def test_a_file_that_the_servers_user_may_not_read_is_a_mistake_like_any_other(
    live: ServedClass, monkeypatch: pytest.MonkeyPatch
):
    from grader.server.configuration import Configuration
    from grader.server.operations.examination import examine
    from grader.server.serving import prepare

    check = Path(live.course.folder, "solutions", "check_exercise1.py")
    read = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path == check:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    told = f"{check}: cannot be read (Permission denied)."
    with pytest.raises(CourseError, match=re.escape(told)):
        prepare(Configuration("never made", (live.course.folder,)))
    data = Path(live.course.folder).parent / "data"
    assert told in [each.told for each in examine(data)]
    change(live, Path("exercises", "exercise1.md"), "# A task\n")  # so it is read again
    assert asked(live, "").status_code == 503
    monkeypatch.undo()
    change(live, Path("exercises", "exercise1.md"), "# A task\n")
    assert live.page("ada", "")


def program_of(live: ServedClass, name: str) -> Any:
    """Return a client with a token, as somebody's `bpgrade submit` has it."""
    from django.test import Client
    from django.utils import timezone

    from grader.server import computers
    from grader.server.digests import digest
    from grader.server.models import Computer

    given = {"person": live.people[name], "expires": timezone.now() + computers.TOKEN_LASTS}
    Computer.objects.get_or_create(token_digest=digest(name), defaults=given)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {name}"})


def test_what_is_wrong_with_a_course_is_told_to_who_teaches_it(live: ServedClass):
    number = live.graded("ada", HALF)
    live.add("tess", "instructor").raise_request_exception = False
    live.add("theo", "assistant", "a").raise_request_exception = False
    change(live, Path("exercises", "course.toml"), DESCRIPTION + "packages = 1 = 2\n")
    for path in ("", "e/exercise1/", f"attempt/{number}/", f"attempt/{number}/report/"):
        answer = asked(live, path)
        assert answer.status_code == 503
        assert "course.toml" not in answer.content.decode()
        assert live.course.folder not in answer.content.decode()
    for name in ("tess", "theo"):
        answer = live.clients[name].get("/c/live/desk/")
        assert answer.status_code == 503
        assert f"{live.course.folder}/exercises/course.toml" in answer.content.decode()
    for path in ("", f"attempts/{number}/"):
        own, teachers = (
            program_of(live, name).get(f"/api/1/courses/live/{path}").json()
            for name in ("ada", "tess")
        )
        assert own["error"] == teachers["error"] == "course"
        assert "course.toml" not in own["error_description"]
        assert f"{live.course.folder}/exercises/course.toml" in teachers["error_description"]


def test_a_course_that_is_broken_does_not_lock_the_others(live: ServedClass):
    from grader.server.models import Membership, ServedCourse

    other = ServedCourse.objects.create(name="other", folder=f"{live.course.folder}-none")
    Membership.objects.create(person=live.people["ada"], course=other, role="student")
    try:
        page = live.clients["ada"].get("/").content.decode()
    finally:
        other.delete()
    assert ">Live<" in page
    assert ">other<" in page


def test_why_the_grader_failed_is_told_to_who_teaches(live: ServedClass):
    """Its reasons name files of the server: a check's own error, what a worker was told."""
    why = f"{live.course.folder}/solutions/check_exercise1.py has a mistake"
    whole = json.loads(live.documents["exercise1", HALF])
    checks = [{**one, "outcome": "grader_error", "feedback": why} for one in whole["checks"]]
    live.add("tina", "instructor")
    for times, changed in enumerate(({"checks": checks}, {"checks": [], "warnings": [why]})):
        code = f"{HALF}# {times}"
        live.documents["exercise1", code] = json.dumps({**whole, "status": "ungraded", **changed})
        number = live.hand_in("ada", code)
        live.grade(number, ungraded=True)
        own, teachers = (
            live.page(name, f"attempt/{number}/")
            + live.page(name, f"attempt/{number}/report/")
            + program_of(live, name)
            .get(f"/api/1/courses/live/attempts/{number}/result/")
            .content.decode()
            for name in ("ada", "tina")
        )
        assert live.course.folder not in own
        assert "grader failed" in own
        assert why in teachers
        for path in (f"attempt/{number}/", f"desk/grade/{live.people['ada'].pk}/exercise1/"):
            assert why in live.page("tina", path)


def test_an_exercise_that_is_gone_leaves_no_page_that_fails(live: ServedClass):
    from grader.server.models import Attempt

    live.add("noor")
    live.add("ivan", "instructor")
    number = live.graded("noor", HALF)
    Attempt.objects.filter(pk=number).update(exercise="gone")
    for name in ("noor", "ivan"):
        for page in ("", "report/"):
            address = f"/c/live/attempt/{number}/{page}"
            assert live.clients[name].get(address).status_code == 404, address
        told = program_of(live, name).get(f"/api/1/courses/live/attempts/{number}/")
        assert told.status_code == 404
        live.page(name, f"attempt/{number}/file/")  # what was handed in is still there
    taken = live.clients["noor"].get("/c/live/own.zip").content
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        assert archive.read("gone/1.py").decode() == HALF
        assert "gone,1," in archive.read("attempts.csv").decode()
    shown = live.page("ivan", "desk/?exercise=gone")
    assert f"attempt/{number}/source/" in shown
    assert "desk/grade/" not in shown
    assert "desk/regrade/" not in shown


def test_a_stub_is_no_attempt_as_it_is_now(live: ServedClass):
    stub = Path(live.course.folder, STUB).read_text("utf-8")
    graded = live.documents["exercise1", HALF]
    later = "hints are given after 2 different attempts"

    def report(code: str) -> str:
        live.documents["exercise1", code] = graded
        number = live.graded("ada", code)
        return live.page("ada", f"attempt/{number}/report/")

    assert later in report(stub)
    changed = stub + "\nMOST = 10\n"
    change(live, STUB, changed)
    assert "MOST = 10" in live.add("grace").get("/c/live/e/exercise1/").content.decode()
    assert later in report(changed)
    assert later in report(HALF)
    assert later not in report(HALF + "# once more")


def test_translations(live: ServedClass):
    assert "Mean and spread" in asked(live, "", "zh-CN").content.decode()
    course = Path(live.course.folder)
    assert run_command("author", "translate", "zh_CN", "--course", course).returncode in (0, 1)
    [catalogue] = course.rglob("course.po")
    text = re.sub(
        r'(msgid "Mean and spread"\nmsgstr) ""', r'\1 "平均值"', catalogue.read_text("utf-8")
    )
    change(live, catalogue.relative_to(course), text)
    assert run_command("author", "translate", "zh_CN", "--course", course).returncode in (0, 1)
    assert "平均值" in asked(live, "", "zh-CN").content.decode()
