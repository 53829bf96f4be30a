"""Deaths while an exercise is graded again: grades are the old ones or the new, never of both."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command import run_command
from served_class import HALF
from serving import RIGHT, Served, Visitor, first_instructor, served_on
from thoroughness import thorough
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
TASK = "/c/course/e/exercise1/"
PAGE = "/c/course/desk/regrade/exercise1/"
ATTEMPTS = 6
SEED = random.randrange(10**6)
READY = "Use the new results"
ANOTHER_CHECK = '''

@pytest.mark.function("spread")
@pytest.mark.points(4)
def test_spread_of_zeros(student, compare):
    """Zeros have no spread"""
    compare.close(student.spread([0.0, 0.0]), 0.0, names="the spread")
'''
COUNTING = "SELECT attempt_id, regrade_id, score FROM server_gradedresult WHERE counts"
TIME_PASSES = "UPDATE server_job SET leased_until = '2020-01-01 00:00:00Z' WHERE state = 'leased'"


@dataclass
class Site:
    """A running server with attempts at an exercise, and its database, read past the server."""

    running: Served
    instructor: Visitor
    course: Path
    database: str
    seen: list[dict[int, tuple[int | None, float]]] = field(default_factory=list)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self.database:
            import psycopg

            with psycopg.connect(self.database, autocommit=True) as connection:
                cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []
        path = self.running.data / "server.sqlite3"
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as opened, opened:
            return opened.execute(statement).fetchall()

    def counting(self) -> dict[int, tuple[int | None, float]]:
        """Return the regrade and the score of the result that counts, for each attempt."""
        found = self.rows(f"{COUNTING} ORDER BY attempt_id")
        assert len({attempt for attempt, _regrade, _score in found}) == len(found)
        return {attempt: (regrade, score) for attempt, regrade, score in found}

    def kill(self, name: str) -> None:
        """Kill the worker or the web server; a lease of who is dead has run out."""
        child = self.running.children().get(name)
        if child is not None:
            os.kill(child, signal.SIGKILL)
        if name == "worker":
            self.rows(TIME_PASSES)

    def ask(self, do: str, number: int | str = "") -> bool:
        """Send the desk's form; return whether an answer came."""
        try:
            answer = self.instructor.post(PAGE, do=do, regrade=str(number))
        except (OSError, http.client.HTTPException):  # the web server is not there
            return False
        assert answer.status in (200, 404, 503), answer.text
        return answer.status == 200

    def page(self) -> str:
        """Return the desk's page, as soon as the server is there."""
        shown = ""

        def is_shown() -> bool:
            nonlocal shown
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.instructor.get(PAGE)
                shown = answer.text if answer.status == 200 else ""
            return bool(shown)

        wait_for(is_shown, "the desk is there")
        return shown

    def regrade(self) -> int:
        [(number,)] = self.rows("SELECT id FROM server_regrade WHERE state = 'open'")
        return int(number)


@pytest.fixture(params=thorough(["sqlite", "postgresql"], but=["postgresql"]))
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    with served_on(request.param, course, tmp_path / "data") as (running, found):
        made = Site(running, first_instructor(running), course, found.address if found else "")
        for number in range(ATTEMPTS):
            code = f"{(RIGHT, HALF)[number % 2]}\n# {number}\n"
            assert made.instructor.post(TASK + "submit/", page=TASK, code=code).status == 200
        wait_for(lambda: len(made.counting()) == ATTEMPTS, "all are graded")
        yield made


@contextlib.contextmanager
def watched(site: Site) -> Iterator[None]:
    """Note what counts again and again, as whoever looks meanwhile would see it."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.01):
            site.seen.append(site.counting())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


@pytest.mark.thorough
def test_grades_are_old_or_new_and_never_of_both_whatever_is_killed(site: Site):
    chosen, told = random.Random(SEED), f"seed {SEED}"
    old = site.counting()
    change(site.course)
    wait_for(lambda: f"{ATTEMPTS} results that count" in site.page(), "the desk sees the change")
    with watched(site):
        stopped = [stop_at_once(site, chosen.uniform(0.0, 0.2)) for _round in range(3)]
        assert site.counting() == old, told
        wait_for(lambda: site.ask("begin"), "the regrade is begun")
        number = site.regrade()
        for part in ("worker", "web", "worker"):
            time.sleep(chosen.uniform(0.0, 0.4))
            site.kill(part)
        wait_for(lambda: READY in site.page(), "all are graded again")
        assert "grades compared" in site.page(), told
        assert site.counting() == old, told
        using = threading.Thread(target=site.ask, args=("use", number))
        using.start()
        time.sleep(chosen.uniform(0.0, 0.1))
        site.kill("web")
        using.join()
        wait_for(lambda: READY not in site.page() or not site.ask("use", number), "it is used")
    new = site.counting()
    results = f"SELECT attempt_id, status FROM server_gradedresult WHERE regrade_id = {number}"
    graded_again = dict(site.rows(results))
    assert len(site.rows(results)) == len(graded_again) == ATTEMPTS, told
    for attempt, (_none, score) in old.items():
        again = graded_again[attempt] == "graded"
        assert new[attempt] == ((number, score + 4) if again else (None, score)), told
    assert [each for each in site.seen if each not in (old, new)] == [], told
    states = dict(site.rows("SELECT id, state FROM server_regrade"))
    assert states == {**dict.fromkeys(stopped, "dropped"), number: "used"}, told
    left = site.rows(f"SELECT id FROM server_gradedresult WHERE regrade_id < {number}")
    assert left == site.rows("SELECT id FROM server_job WHERE regrade_id > 0") == [], told
    noted = site.rows("SELECT action FROM server_auditentry WHERE action LIKE 'regrade%'")
    assert noted.count(("regrade used",)) == 1, told
    assert noted.count(("regrade dropped",)) == len(stopped), told


def stop_at_once(site: Site, seconds: float) -> int:
    """Begin a regrade, and stop it while the worker is at it; return its number."""
    assert site.ask("begin")
    number = site.regrade()
    time.sleep(seconds)
    assert site.ask("drop", number)
    return number


def change(course: Path) -> None:
    """Add a check that everybody passes."""
    checks = course / "solutions" / "check_exercise1.py"
    checks.write_text(checks.read_text("utf-8") + ANOTHER_CHECK, "utf-8")
    toml = course / "exercises" / "course.toml"
    toml.write_text(toml.read_text("utf-8").replace("spread = 6", "spread = 10"), "utf-8")
