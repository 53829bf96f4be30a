"""Deaths of a server's parts while files are handed in, and a full disk: nothing is lost."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import run_command
from serving import RIGHT, Database, Served, Visitor, first_instructor, served, served_on
from thoroughness import thorough
from waiting import wait_for

from grader.sandbox.child.processes import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
TASK = "/c/course/e/exercise1/"
ROUNDS = 3
SEED = random.randrange(10**6)


@pytest.fixture(params=thorough(["sqlite", "postgresql"], but=["sqlite"]))
def site(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Served, Visitor, Database | None]]:
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    with served_on(request.param, course, tmp_path / "data") as (running, found):
        yield running, first_instructor(running), found


def hand_in(visitor: Visitor, code: str) -> str:
    """Hand code in; return the attempt's address, or nothing where it was not accepted."""
    try:
        answer = visitor.post(TASK + "submit/", page=TASK, code=code)
    except OSError:  # the web server is not there
        return ""
    assert answer.status in (200, 503, 507), answer.text
    return answer.address.removeprefix(visitor.address) if "/attempt/" in answer.address else ""


def test_what_is_accepted_is_graded_once_whatever_is_killed(
    site: tuple[Served, Visitor, Database | None],
):
    running, visitor, cluster = site
    chosen = random.Random(SEED)
    accepted: list[str] = []
    killed: list[RunningProcess] = []
    ended = threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            accepted.append(hand_in(visitor, f"{RIGHT}\n# {len(accepted)}\n"))
            time.sleep(0.1)

    student = threading.Thread(target=go_on)
    student.start()
    try:
        for number in range(ROUNDS):
            time.sleep(chosen.uniform(0.2, 1.0))
            children = running.children()
            parts = ["worker", "web"] if number == 0 else [chosen.choice(["worker", "web"])]
            for part in parts if number or cluster is None else ["database"]:
                if cluster is not None and part == "database":
                    cluster.stop()
                    cluster.start()
                elif part in children:
                    killed += family(children[part])
                    os.kill(children[part], signal.SIGKILL)
        known = len(accepted)
        wait_for(lambda: any(accepted[known:]), "something is accepted again")
    finally:
        ended.set()
        student.join()
    told = f"seed {SEED}"
    wait_for(
        lambda: not any(one.is_alive for one in killed),
        "none is left behind, at the port or grading",
    )
    for attempt in filter(None, accepted):
        state = attempt + "state/"
        wait_for(lambda state=state: '"ended": true' in visitor.get(state).text, f"{told} {state}")
        assert "10 / 10" in visitor.get(attempt).text, told
    rows = re.findall(r"/attempt/(\d+)/", visitor.get(TASK).text)
    own = {attempt.strip("/").rpartition("/")[2] for attempt in filter(None, accepted)}
    assert len(own) == sum(map(bool, accepted)), told
    assert own <= set(rows) or len(rows) == 50, told


def test_a_full_disk_is_told_and_what_was_accepted_stays(tmp_path: Path):
    course, data = tmp_path / "course", tmp_path / "data"
    assert run_command("author", "new", course).returncode == 0
    with served(course, data) as running:
        visitor = first_instructor(running)
        first = hand_in(visitor, RIGHT)
        wait_for(lambda: '"ended": true' in visitor.get(first + "state/").text, "it is graded")
        size = (data / "server.sqlite3").stat().st_size
        for one in processes(running):
            limit_files(one.pid, size + 400_000)
        answers = []
        for number in range(40):
            page = visitor.post(TASK + "submit/", page=TASK, code=f"{number}{'#' * 90_000}")
            answers.append(page)
            if page.status != 200:
                break
        assert answers[-1].status == 507, answers[-1].text
        assert "disk is full" in answers[-1].text
        assert "not kept" in answers[-1].text
        assert "10 / 10" in visitor.get(first).text
        log = running.log()
        assert "OperationalError at" in log
        assert not any(text in log for text in ("Traceback", "instructor", "###", "INSERT"))
        for one in processes(running):
            limit_files(one.pid, 1 << 40)
        last = hand_in(visitor, RIGHT)
        assert last
        wait_for(lambda: '"ended": true' in visitor.get(last + "state/").text, "it is graded")
        for one in answers[:-1]:
            state = one.address.removeprefix(running.address) + "state/"
            wait_for(lambda state=state: '"ended": true' in visitor.get(state).text, state)


def test_a_server_that_is_killed_takes_its_processes_along(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    with served(course, tmp_path / "data") as running:
        known = processes(running)
        running.process.kill()
        wait_for(lambda: not any(one.is_alive for one in known), "all have ended")


@dataclass(frozen=True)
class RunningProcess:
    """A process, and when it was started: its number may be another's later."""

    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        fields = stat(self.pid)
        return bool(fields) and fields[0] != "Z" and fields[19] == self.started


def stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def processes(running: Served) -> list[RunningProcess]:
    """Return the server's processes, and those that they have started."""
    return [one for child in running.children().values() for one in family(child)]


def family(pid: int) -> list[RunningProcess]:
    """Return a process and those that it has started."""
    return [
        RunningProcess(one, fields[19]) for one in (pid, *descendants(pid)) if (fields := stat(one))
    ]


def limit_files(pid: int, size: int) -> None:
    import resource

    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    most = size if hard == resource.RLIM_INFINITY else min(size, hard)  # a submission's is lower
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
