"""Deadline night: many students hand in at `bpgrade serve` within minutes, and read the feedback.

    python benchmarks/server.py [--students 1000] [--attempts 3] [--minutes 10] [--burst 200]
                                [--database sqlite postgresql] [--faults 0]

Starts the server by its command, with a PostgreSQL of its own where asked for, and plays students
over HTTP: each opens exercise 3, hands in (a third wrong, 2 % looping), asks how far it is as the
page's script does, and opens the report. Sessions are written into the database beforehand: nobody
logs in that night. Students, server and graders share this machine. Prints for each database

    accepted   from sending the file until it is said to be in
    feedback   from sending the file to the page with the report, of files that do not loop
    errors     answers of 500 and above, and connections without an answer
    memory     of all of the server's processes together, each shared page once, over time
    capacity   a burst of --burst other files that do not loop, handed in at once: results per
               second, beside what a batch reaches with the same files in the same run

With --faults N the web server or the worker is killed (kill -9), or PostgreSQL is stopped at once
and started again, N times at random moments meanwhile. Students then send again what was not
accepted. Exits with 1 where something that was accepted was not graded exactly once, and without
faults also where there were errors, accepted p99 is over 300 ms, feedback p95 over 2 s, or the
capacity less than 70 % of the batch's.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from batch import megabytes, processor_seconds
from batch_class import make_class

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from serving import Database, Served, database, served  # noqa: E402

BASE: Final = "/c/backpropagation/"
TASK: Final = f"{BASE}e/exercise3/"
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KINDS: Final = {"right": 0.65, "wrong": 0.33, "looping": 0.02}
MAX_ACCEPTED: Final = 0.3
MAX_FEEDBACK: Final = 2.0
MIN_CAPACITY: Final = 0.7
PEOPLE: Final = """
import json, sys
from pathlib import Path
from grader.server import configuration
configuration.set_up(configuration.read(Path(sys.argv[1])))
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from grader.server.models import Membership, Person, ServedCourse
keys = []
with transaction.atomic():
    course = ServedCourse.objects.get()
    taken = Person.objects.count()
    for number in range(int(sys.argv[2])):
        person = Person.objects.create(username=f"{taken + number}", password="!")
        Membership.objects.create(person=person, course=course, role="student")
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        keys.append(store.session_key)
print(json.dumps(keys))
"""
COUNTS: Final = """
import json, sys
from pathlib import Path
from grader.server import configuration
configuration.set_up(configuration.read(Path(sys.argv[1])))
from grader.server.models import Attempt, GradedResult, Job
print(json.dumps({
    "results": dict(Attempt.objects.values_list("pk", "results__status")),
    "times": [each.timestamp() for each in GradedResult.objects.order_by("id")
              .values_list("graded_at", flat=True)],
    "rows": GradedResult.objects.count(),
    "given_up": Job.objects.filter(state="given_up").count(),
    "waiting": Job.objects.filter(state__in=["waiting", "leased"]).count(),
}))
"""


class RefusedError(Exception):
    """An answer that is a failure, or none."""


@dataclass
class Night:
    """What was seen, by all students together."""

    accepted: list[float] = field(default_factory=list)
    feedback: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    attempts: set[int] = field(default_factory=set)
    memory: list[float] = field(default_factory=list)


class Student:
    """A browser that is logged in, and keeps its connection."""

    def __init__(self, address: str, session: str, night: Night, persists: bool) -> None:
        self._host = address.removeprefix("http://")
        self._cookies = {"bpgrade": session}
        self._night = night
        self._persists = persists
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def _once(self, method: str, path: str, body: bytes) -> tuple[int, str, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise RefusedError(type(error).__name__) from None
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status >= 500:
            raise RefusedError(str(answer.status))
        return answer.status, text, answer.headers.get("Location", "")

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
        """Send a request, again where that is what students do."""
        while True:
            try:
                return self._once(method, path, body)
            except RefusedError as error:
                self._night.errors.append(f"{error} {path if path == TASK else path[-8:]}")
                if not self._persists:
                    raise
                time.sleep(0.5)

    def hand_in(self, code: str, measured: bool) -> None:
        """Open the task, hand in, wait for the report, and read it."""
        found = TOKEN.search(self.ask("GET", TASK)[1])
        assert found
        form = {"csrfmiddlewaretoken": found[1], "code": code}
        begun = time.perf_counter()
        status, _, place = self.ask("POST", f"{TASK}submit/", urllib.parse.urlencode(form).encode())
        self._night.accepted.append(time.perf_counter() - begun)
        assert status == 302, (status, place)
        self._night.attempts.add(int(place.strip("/").rpartition("/")[2]))
        self.ask("GET", place)
        pause = 0.25
        while True:
            time.sleep(pause)
            told = json.loads(self.ask("GET", f"{place}state/")[1])
            if told["ended"]:
                break
            pause = told["again"]
        self.ask("GET", place)
        self.ask("GET", f"{place}report/")
        if measured:
            self._night.feedback.append(time.perf_counter() - begun)


def of_server(program: str, running: Served, *words: str) -> str:
    """Run a program that looks into the server's database."""
    command = [sys.executable, "-c", program, str(running.data), *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def code_of(data: bytes, name: str) -> str:
    """Return a submission as one types it."""
    if name.endswith(".py"):
        return data.decode()
    cells = json.loads(data)["cells"]
    return "\n\n".join("".join(each["source"]) for each in cells if each["cell_type"] == "code")


def play(
    running: Served,
    students: int,
    files: Sequence[tuple[str, str]],
    seconds: float,
    night: Night,
    faults: bool,
) -> None:
    """Have files handed in at random moments within so many seconds; wait for all reports."""
    sessions = json.loads(of_server(PEOPLE, running, str(students)))
    rng = random.Random(1)
    moments = sorted(rng.uniform(0.0, seconds) for _ in files)
    begun = time.monotonic()

    def visit(number: int) -> None:
        kind, code = files[number]
        time.sleep(max(0.0, moments[number] + begun - time.monotonic()))
        student = Student(running.address, sessions[number % students], night, faults)
        with contextlib.suppress(RefusedError):  # it has been noted
            student.hand_in(code, kind != "looping")

    with ThreadPoolExecutor(min(len(files), 400)) as pool:
        list(pool.map(visit, range(len(files))))


def watch_memory(root: int, night: Night, ended: threading.Event, seconds: float) -> None:
    """Note the memory of the server's processes ten times, until the night has ended."""
    while not ended.wait(seconds / 10):
        night.memory.append(megabytes(root))


def break_things(
    running: Served, cluster: Database | None, times: int, seconds: float, ended: threading.Event
) -> list[str]:
    """Kill what a server is made of, at random moments; return what was killed."""
    rng = random.Random(times)
    done = []
    for _ in range(times):
        if ended.wait(rng.uniform(0.3, 1.7) * seconds / times):
            break
        what = rng.choice(["web", "worker", "both", *(["database"] if cluster else [])])
        if what == "database" and cluster is not None:
            cluster.stop()
            time.sleep(rng.uniform(0.5, 2.0))
            cluster.start()
        else:
            for name in ("web", "worker") if what == "both" else (what,):
                with contextlib.suppress(KeyError, ProcessLookupError):  # it is starting again
                    os.kill(running.children()[name], signal.SIGKILL)
        done.append(what)
    return done


@dataclass(frozen=True)
class Rate:
    """Results per second, and the processor time of each: of pages, and of grading."""

    rate: float
    pages: float
    grading: float

    def __str__(self) -> str:
        pages = f"{self.pages * 1000:.0f} ms for its pages, " if self.pages else ""
        return f"{self.rate:.1f}/s, {pages}{self.grading * 1000:.0f} ms to grade it"


def burst(running: Served, files: Sequence[str]) -> Rate:
    """Hand files in at once, and wait until all are graded and their reports read."""
    known = len(json.loads(of_server(COUNTS, running))["times"])
    night = Night()
    used = [processor_seconds(running.children()[part]) for part in ("web", "worker")]
    play(running, len(files), [("right", code) for code in files], 0.0, night, faults=True)
    used = [
        processor_seconds(running.children()[part]) - before
        for part, before in zip(("web", "worker"), used, strict=True)
    ]
    times = json.loads(of_server(COUNTS, running))["times"][known:]
    pages, grading = (each / len(files) for each in used)
    return Rate((len(times) - 1) / (max(times) - min(times)), pages, grading)


def batch(files: Sequence[str], folder: Path, workers: int) -> Rate:
    """Grade the same files by a batch; its start is not counted."""
    for number, code in enumerate(files):
        (folder / f"s{number:05d}").mkdir()
        (folder / f"s{number:05d}" / "exercise3.py").write_text(code, encoding="utf-8")
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from batch import grade;"
        "print(json.dumps(grade(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), 'strict')))"
    )
    here = str(Path(__file__).parent)
    words = [here, str(folder), str(folder.with_name("out")), str(workers)]
    told = subprocess.run(
        ["nice", "-n", "5", sys.executable, "-c", program, *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    seen = json.loads(told.splitlines()[-1])
    others = len(files) - 1
    return Rate(others / seen["grading"], 0.0, seen["processor"] / others)


def share(values: Sequence[float], part: float) -> float:
    """Return the value that so large a part of them is at most."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def one_night(
    options: argparse.Namespace, name: str, files: list[tuple[str, str]], others: list[str]
) -> bool:
    """Play a night on one sort of database, print what was seen; return whether it went well."""
    night, ended, seconds = Night(), threading.Event(), options.minutes * 60
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(database()) if name == "postgresql" else None
        words = ["--database", cluster.address] if cluster else []
        running = stack.enter_context(served(ROOT, folder / "data", *words))
        watcher = threading.Thread(
            target=watch_memory, args=(running.process.pid, night, ended, seconds)
        )
        killed: list[str] = []
        breaker = threading.Thread(
            target=lambda: killed.extend(
                break_things(running, cluster, options.faults, seconds, ended)
            )
        )
        watcher.start()
        breaker.start()
        play(running, options.students, files, seconds, night, bool(options.faults))
        ended.set()
        watcher.join()
        breaker.join()
        counts = json.loads(of_server(COUNTS, running))
        capacity = None if options.faults else burst(running, others)
    in_database = {int(number): status for number, status in counts["results"].items()}
    lost = [number for number in night.attempts if in_database.get(number) is None]
    twice = counts["rows"] - sum(status is not None for status in in_database.values())
    print(
        f"\n{name}: {len(night.attempts)} accepted, {len(lost)} of them not graded, {twice} twice, "
        f"{counts['given_up']} given up, {len(in_database) - len(night.attempts)} taken in without "
        f"the student's having heard of it"
    )
    print(f"  killed    {', '.join(killed) or 'nothing'}")
    accepted, feedback = share(night.accepted, 0.99), share(night.feedback, 0.95)
    print(
        f"  accepted  p50 {share(night.accepted, 0.5) * 1000:.0f} ms, p99 {accepted * 1000:.0f} ms"
    )
    print(f"  feedback  p50 {share(night.feedback, 0.5):.2f} s, p95 {feedback:.2f} s")
    print(f"  errors    {len(night.errors)} {sorted(set(night.errors))[:6]}")
    print(f"  memory    {' '.join(f'{each:.0f}' for each in night.memory)} MB")
    went_well = not lost and not twice
    if capacity is None:
        return went_well
    (folder := Path(tempfile.mkdtemp()) / "class").mkdir()
    beside = batch(others, folder, len(os.sched_getaffinity(0)))
    print(f"  capacity  {capacity}\n  a batch   {beside}: {capacity.rate / beside.rate:.0%}")
    return (
        went_well
        and not night.errors
        and accepted <= MAX_ACCEPTED
        and feedback <= MAX_FEEDBACK
        and capacity.rate >= MIN_CAPACITY * beside.rate
    )


def main() -> int:
    """Play the nights; return 1 where one did not go well."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--burst", type=int, default=200)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    number = options.students * options.attempts
    print(
        f"{number} files in {options.minutes:g} min; {platform.machine()}, {os.cpu_count()} cores"
    )
    made = make_class(number + 2 * options.burst, KINDS)
    files = [(one.kind, code_of(one.data, one.name)) for one in made]
    others = [code for kind, code in files[number:] if kind != "looping"][: options.burst]
    went_well = [one_night(options, name, files[:number], others) for name in options.database]
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main())
