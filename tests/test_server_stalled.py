"""No worker is running: what waits for one says so, to whoever looks, and what to do."""

from __future__ import annotations

import contextlib
import html
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command import run_command
from laptops import CODE, Laptop, member, until
from served_class import HALF, ServedClass, a_class
from serving import RIGHT, first_instructor, served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

DESCRIPTION = """name = "stalled"
title = "Stalled"
packages = []
[exercises.exercise1]
title = "Mean and spread"
points = { mean = 4, spread = 6 }
[exercises.exercise2]
title = "Mean and spread again"
points = { mean = 4, spread = 6 }
"""
STAFF = "Start one with bpgrade serve --worker, or look at the server's log."
STUDENT = "nothing is being checked at the moment"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def stalled(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(
        tmp_path_factory.mktemp("stalled"), "stalled", DESCRIPTION, (("exercise1", HALF),)
    )
    for name in ("ada", "grace"):
        made.add(name)
    made.add("tess", "instructor")
    return made


@pytest.fixture(autouse=True)
def nothing_waits(stalled: ServedClass) -> None:
    from grader.server.models import GradedResult, Job, JobState, Regrade

    Job.objects.all().update(state=JobState.GRADED)
    GradedResult.objects.all().update(graded_at=long_ago())
    Regrade.objects.all().delete()


def long_ago() -> Any:
    from django.utils import timezone

    return timezone.now() - MINUTE


def hand_in(served: ServedClass, name: str, *, ago: bool = True) -> int:
    from grader.server.models import Attempt

    number = served.hand_in(name, HALF)
    if ago:
        Attempt.objects.filter(pk=number).update(handed_in=long_ago())
    return number


def page(served: ServedClass, name: str, path: str) -> str:
    return html.unescape(served.page(name, path))


def told(served: ServedClass, name: str, path: str) -> Any:
    return served.clients[name].get(f"/c/stalled/{path}").json()


def test_who_has_handed_in_is_told_after_a_while(stalled: ServedClass):
    first = hand_in(stalled, "ada")
    address = f"attempt/{first}/"
    text = page(stalled, "ada", address).partition("</p>")[0]
    assert STUDENT in text
    assert "safe here" in text
    assert STAFF not in text
    assert told(stalled, "ada", f"{address}state/")["stalled"] is True
    assert STAFF in page(stalled, "tess", address).partition("</p>")[0]
    assert STAFF in page(stalled, "tess", "desk/")
    several = f"handed-in/?n={first}&no=exercise2"
    assert STUDENT in page(stalled, "ada", several).partition("</p>")[0]
    assert told(stalled, "ada", several.replace("/?", "/state/?"))["stalled"] is True

    second = hand_in(stalled, "grace", ago=False)  # which a worker may be about to take
    text = page(stalled, "grace", f"attempt/{second}/").partition("</p>")[0]
    assert STUDENT not in text
    assert "1 ahead of it" in text


def test_nothing_is_said_while_a_worker_is_at_work(stalled: ServedClass):
    from django.utils import timezone

    from grader.server import queue
    from grader.server.models import Job

    numbers = [hand_in(stalled, name) for name in ("ada", "grace")]
    [job] = queue.lease("a worker", 1)
    assert job.attempt_id == numbers[0]
    assert not told(stalled, "grace", f"attempt/{numbers[1]}/state/")["stalled"]
    assert STAFF not in page(stalled, "tess", "desk/")
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    for name, number in zip(("ada", "grace"), numbers, strict=True):  # that worker has died
        assert told(stalled, name, f"attempt/{number}/state/")["stalled"], name
    [job] = queue.lease("another worker", 1)
    stalled.grade(job.attempt_id)  # and is about to take the next one
    assert not told(stalled, "grace", f"attempt/{numbers[1]}/state/")["stalled"]


def test_a_regrade_says_that_no_worker_is_running(stalled: ServedClass):
    from grader.server import queue
    from grader.server.models import Regrade

    stalled.graded("ada", HALF)
    nothing_since()
    again = "desk/regrade/exercise1/"
    assert stalled.clients["tess"].post(f"/c/stalled/{again}", {"do": "begin"}).status_code == 302
    assert STAFF not in page(stalled, "tess", again)
    Regrade.objects.all().update(begun=long_ago())
    assert STAFF in page(stalled, "tess", again)
    state = told(stalled, "tess", f"{again}state/")
    assert state["told"].startswith("0 of ")
    assert STAFF in state["told"]
    jobs = queue.lease("a worker", 50)
    assert jobs
    assert STAFF not in page(stalled, "tess", again)
    queue.put_off("a worker", Regrade.objects.get().pk)
    text = page(stalled, "tess", again)
    assert "the course that it has is of another version" in text
    assert STAFF not in text


def nothing_since() -> None:
    from grader.server.models import GradedResult

    GradedResult.objects.all().update(graded_at=long_ago())


def test_a_program_is_told(stalled: ServedClass):
    from grader.server import computers

    number = hand_in(stalled, "ada")
    codes = computers.ask("here")
    asking = computers.asking(codes.user)
    assert asking is not None
    assert computers.answer(asking, stalled.people["ada"], allow=True)
    polled = computers.polled(codes.device)
    assert polled is not None
    answer = stalled.clients["ada"].get(
        f"/api/1/courses/stalled/attempts/{number}/",
        headers={"Authorization": f"Bearer {computers.token_for(polled)}"},
    )
    assert answer.json()["stalled"] is True
    assert answer.json()["state"] == "waiting"


def test_submit_says_so_once_and_goes_on_when_there_is_a_worker(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    with served(course, tmp_path / "data", "--workers", "0") as running:
        instructor = first_instructor(running)
        laptop = Laptop(tmp_path / "ada", member(instructor, "ada", "course"))
        laptop.write(RIGHT)
        process = laptop.begin("exercise1.py", "--server", running.address)
        laptop.person.post("/device/", code=until(process, CODE)[1], answer="allow")
        until(process, r"handed in as attempt 1: ")
        with contextlib.closing(sqlite3.connect(running.data / "server.sqlite3")) as database:
            database.execute("UPDATE server_attempt SET handed_in = '2026-01-01 12:00:00'")
            database.commit()
        until(process, "checking nothing at the moment")
        words = ["serve", "--worker", "--data", str(running.data), "--workers", "1"]
        worker = subprocess.Popen([sys.executable, "-m", "grader", *words])
        try:
            printed, said = process.communicate(timeout=120)
        finally:
            worker.terminate()
            worker.wait(60)
    assert process.returncode == 0
    assert "10 / 10" in printed
    assert "checking nothing" not in said
