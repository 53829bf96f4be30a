"""Deadline night: many students hand in at `bpgrade serve` within minutes, and read the feedback.

    python benchmarks/server.py [--students 1000] [--attempts 3] [--minutes 10] [--burst 200]
                                [--database sqlite postgresql] [--faults 0]

Starts the server by its command, with a PostgreSQL of its own where asked for, and plays students
over HTTP: each opens exercise 3, hands in (a third wrong, 2 % looping), waits as the page's script
does, and opens the report. Sessions are written into the database beforehand: nobody
logs in that night. Students, server and graders share this machine. Prints for each database

    accepted   from sending the file until it is said to be in
    feedback   from sending the file to the page with the report, of files that do not loop
    errors     answers of 500 and above, and connections without an answer
    memory     of all of the server's processes together, each shared page once, over time
    capacity   a burst of --burst other files that do not loop, handed in at once: results per
               second, beside what a batch reaches with the same files in the same run
    processor  the time of each file, by part: web server, worker, grading processes, database,
               and these students themselves, who have no other machine

With --faults N the web server or the worker is killed (kill -9), or PostgreSQL is stopped at once
and started again, N times at random moments meanwhile. Students then send again what was not
accepted. Exits with 1 where something that was accepted was not graded exactly once, and without
faults also where there were errors, accepted p99 is over 300 ms, feedback p95 over 2 s, or the
capacity less than 70 % of the batch's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from batch import megabytes, processor_seconds
from batch_class import have_tables, make_class
from server_students import Night, RefusedError, Student

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from serving import Database, Served, database, served  # noqa: E402

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
POSTMASTER: Final = """
import sys
from pathlib import Path
from grader.server import configuration
configuration.set_up(configuration.read(Path(sys.argv[1])))
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("select pg_backend_pid()")
    status = Path(f"/proc/{cursor.fetchone()[0]}/status").read_text()
print(status.partition("PPid:")[2].split()[0])
"""


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
            student.hand_in(code, kind)

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


class Processor:
    """The processor time of each part, in seconds, from when this is made."""

    def __init__(self, running: Served, cluster: Database | None) -> None:
        self._running = running
        self._database = int(of_server(POSTMASTER, running)) if cluster else 0
        self._before = self._used()

    def _used(self) -> dict[str, float]:
        children = self._running.children()
        worker = own_seconds(children["worker"])
        return {
            "web": processor_seconds(children["web"]),
            "worker": worker,
            "grading": processor_seconds(children["worker"]) - worker,
            "database": processor_seconds(self._database) if self._database else 0.0,
            "students": time.process_time(),
        }

    def each(self, files: int) -> dict[str, float]:
        """Return what each of so many files has taken, in milliseconds."""
        used = self._used()
        return {part: (used[part] - self._before[part]) / files * 1000 for part in used}


def own_seconds(process: int) -> float:
    """Return the processor time of a process without that of its children, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def burst(
    running: Served, files: Sequence[str], cluster: Database | None
) -> tuple[float, dict[str, float]]:
    """Hand files in at once, wait until all reports are read; return results per second."""
    known = len(json.loads(of_server(COUNTS, running))["times"])
    processor = Processor(running, cluster)
    play(running, len(files), [("right", code) for code in files], 0.0, Night(), faults=True)
    used = processor.each(len(files))
    times = json.loads(of_server(COUNTS, running))["times"][known:]
    return (len(times) - 1) / (max(times) - min(times)), used


def batch(files: Sequence[str], folder: Path, workers: int) -> tuple[float, dict[str, float]]:
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
    return others / seen["grading"], {"grading": seen["processor"] / others * 1000}


def share(values: Sequence[float], part: float) -> float:
    """Return the value that so large a part of them is at most."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def one_night(
    options: argparse.Namespace, name: str, files: list[tuple[str, str]], others: list[str]
) -> bool:
    """Play a night on one sort of database, print what was seen; return whether it went well."""
    night, ended, seconds = Night(), threading.Event(), options.minutes * 60
    killed: list[str] = []
    used: dict[str, Mapping[str, float]] = {}
    capacity = 0.0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(database()) if name == "postgresql" else None
        words = ["--database", cluster.address] if cluster else []
        running = stack.enter_context(served(ROOT, folder / "data", *words, warm=False))
        processor = Processor(running, cluster)

        def break_on() -> None:
            killed.extend(break_things(running, cluster, options.faults, seconds, ended))

        beside = [
            threading.Thread(
                target=watch_memory, args=(running.process.pid, night, ended, seconds)
            ),
            threading.Thread(target=break_on),
        ]
        for thread in beside:
            thread.start()
        play(running, options.students, files, seconds, night, bool(options.faults))
        ended.set()
        for thread in beside:
            thread.join()
        counts = json.loads(of_server(COUNTS, running))
        if not options.faults:
            used["night"] = processor.each(len(files))
            capacity, used["burst"] = burst(running, others, cluster)
    went_well = show_night(name, night, counts, killed)
    if options.faults:
        return went_well
    (folder := Path(tempfile.mkdtemp()) / "class").mkdir()
    rate, used["batch"] = batch(others, folder, len(os.sched_getaffinity(0)))
    show_processor(used)
    part = capacity / rate
    aim = f"(at least {MIN_CAPACITY:.0%})"
    print(f"  capacity  {capacity:.1f}/s, a batch {rate:.1f}/s: {part:.0%} {aim}", flush=True)
    return went_well and part >= MIN_CAPACITY


def show_night(name: str, night: Night, counts: Mapping[str, Any], killed: Sequence[str]) -> bool:
    """Print what was seen of a night; return whether it went well."""
    in_database = {int(number): status for number, status in counts["results"].items()}
    lost = [number for number in night.attempts if in_database.get(number) is None]
    twice = counts["rows"] - sum(status is not None for status in in_database.values())
    waited = [seconds for _, _, seconds in night.feedback]
    accepted, feedback = share(night.accepted, 0.99), share(waited, 0.95)
    memory = " ".join(f"{each:.0f}" for each in night.memory)
    print(f"""
{name}
  files     {len(night.attempts)} accepted, {len(lost)} of them not graded, {twice} twice, \
{counts["given_up"]} given up, {len(in_database) - len(night.attempts)} taken in unheard of
  killed    {", ".join(killed) or "nothing"}
  accepted  p50 {share(night.accepted, 0.5) * 1000:.0f} ms, p99 {accepted * 1000:.0f} ms \
(at most {MAX_ACCEPTED * 1000:.0f})
  feedback  p50 {share(waited, 0.5):.2f} s, p95 {feedback:.2f} s (at most {MAX_FEEDBACK:g}); \
{slow_ones(night)}
  errors    {len(night.errors)} {sorted(set(night.errors))[:6]}
  memory    {memory} MB""")
    in_time = accepted <= MAX_ACCEPTED and feedback <= MAX_FEEDBACK and not night.errors
    return not lost and not twice and (in_time or bool(killed))


def slow_ones(night: Night) -> str:
    """Say of how many files the feedback took too long, by tenth of the night and by kind."""
    slow = [(begun, kind) for begun, kind, seconds in night.feedback if seconds > MAX_FEEDBACK]
    if not slow:
        return "none took longer"
    first = min(begun for begun, _, _ in night.feedback)
    tenth = (max(begun for begun, _, _ in night.feedback) - first) / 10
    tenths = Counter(min(9, int((begun - first) / tenth)) for begun, _ in slow)
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(k for _, k in slow).items())
    return f"longer in each tenth: {' '.join(str(tenths[each]) for each in range(10))} ({kinds})"


def show_processor(used: Mapping[str, Mapping[str, float]]) -> None:
    """Print the processor time of each file, by part."""
    print("  processor" + "".join(f"{when:>10}" for when in used) + "   (ms a file)")
    for part in used["night"]:
        times = (f"{each[part]:10.1f}" if part in each else "" for each in used.values())
        print(f"  {part:>9}" + "".join(times))
    print(
        "        all" + "".join(f"{sum(each.values()):10.1f}" for each in used.values()), flush=True
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
    have_tables()
    number = options.students * options.attempts
    print(
        f"{number} files in {options.minutes:g} min; {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    made = make_class(number + 2 * options.burst, KINDS)
    files = [(one.kind, code_of(one.data, one.name)) for one in made]
    others = [code for kind, code in files[number:] if kind != "looping"][: options.burst]
    went_well = [one_night(options, name, files[:number], others) for name in options.database]
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main())
