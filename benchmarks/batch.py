"""A whole class: submissions per second, time per phase, peak memory, and whether it stays flat.

    python benchmarks/batch.py [--sizes 100 1000 10000] [--workers 2] [--isolation strict]

Makes classes of exercise 3 (batch_class.py) and grades each by a batch in a process of its own,
first without looping submissions, then right ones alone in the two smallest sizes, the second of
these with two thirds wrong, then the smallest size with 2 % of looping ones. Prints for each

    start     seconds until the first result: planning, starting the hosts, collecting the checks
    grading   from the first result to the last; the rate and the processor time (this process,
              its grading processes and everything in the sandbox) are of this part
    writing   the outputs
    peak      the memory of all processes together, each shared page once

and exits with 1 where a submission of a larger class takes over 20 % more processor time than one
of a smaller, or the peak is more than 400 MB with 2 workers. Wall-clock rates mean little on a
machine that does other work too; processor time means more.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from batch_class import KINDS, have_tables, make_class, write_class

from grader.sandbox.child.processes import descendants

COURSE: Final = Path(__file__).resolve().parent.parent
MAX_MEGABYTES: Final = 400
MAX_GROWN: Final = 1.2
HEALTHY: Final = {kind: share for kind, share in KINDS.items() if kind != "looping"}
RIGHT: Final = {"right": 1.0}
MOSTLY_WRONG: Final = {"right": 1.0, "wrong": 2.0}
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def processor_seconds(root: int) -> float:
    """Return what a process, all below it, and all of these that have ended, have used."""
    total = 0.0
    for process in (root, *descendants(root)):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile, and counts with its parent
            continue
        total += sum(map(int, fields[11:15])) / _TICKS
    return total


def keep_to_a_core() -> None:
    """Have this process, and all that it starts, run as a grading process of a batch does."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def megabytes(root: int) -> float:
    """Return the memory of a process and all below it, each shared page counted once."""
    total = 0
    for process in (root, *descendants(root)):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(text.partition("\nPss:")[2].split()[0])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return total / 1024


class Peak(threading.Thread):
    """Looks at a process's memory every quarter of a second until it has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.megabytes = 0.0

    def run(self) -> None:
        """Keep the most that is seen."""
        while self.process.poll() is None:
            self.megabytes = max(self.megabytes, megabytes(self.process.pid))
            time.sleep(0.25)


def grade(folder: Path, out: Path, workers: int, isolation: str) -> dict[str, float]:
    """Grade a class in this process and return its times, in seconds."""
    from grader.batch.archive import Hand
    from grader.batch.cache_key import Identity
    from grader.batch.executor import BatchJob
    from grader.batch.journal import Journal
    from grader.batch.planning import make_plan
    from grader.batch.pool import LocalPool, stuck_seconds
    from grader.batch.run import Batch, Counts
    from grader.course import find_course
    from grader.decisions.recording import rewrite

    begun = time.perf_counter()
    course = find_course(COURSE, COURSE)
    plan = make_plan(Hand(folder), course, None, None, "latest")
    planned = time.perf_counter()
    out.mkdir(parents=True)
    journal = Journal(out)
    pool = LocalPool(
        course, BatchJob(str(COURSE), ("exercise3",), 0, isolation), workers, stuck_seconds(course)
    )
    batch = Batch(course, Hand(folder), plan, journal, Identity(course, 0, isolation))
    seen: dict[str, float] = {}

    def progress(counts: Counts) -> None:
        if counts.ended == counts.total or not seen:
            name = "last" if seen else "first"
            seen[name] = time.perf_counter()
            seen[f"{name} processor"] = processor_seconds(os.getpid())

    batch.run(pool, progress)
    graded = time.perf_counter()
    batch.write(out)
    rewrite(out)
    journal.close()
    return {
        "planning": planned - begun,
        "start": seen["first"] - begun,
        "grading": seen["last"] - seen["first"],
        "processor": seen["last processor"] - seen["first processor"],
        "writing": time.perf_counter() - graded,
        "whole": time.perf_counter() - begun,
        "full marks": batch.counts.full_marks,
        "ungraded": batch.counts.ungraded,
    }


def measure(
    number: int, workers: int, isolation: str, kinds: Mapping[str, float]
) -> dict[str, Any]:
    """Make a class, grade it by another process, and return what that told."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = write_class(folder / "class", make_class(number, kinds))
        command = [sys.executable, __file__, "--grade", str(folder)]
        options = ["--workers", str(workers), "--isolation", isolation]
        with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
            peak = Peak(process)
            peak.start()
            answer = process.communicate()[0]
            peak.join()
        if process.returncode:
            raise SystemExit("the batch has failed")
        return {**json.loads(answer), "peak": peak.megabytes, "counts": counts, "number": number}


def show(found: dict[str, Any]) -> None:
    """Print one class's line."""
    number, rest = found["number"], found["number"] - 1
    print(
        f"{number:6} {rest / found['grading']:7.1f}/s {found['processor'] / rest * 1000:7.2f} ms"
        f" {found['start']:7.2f} s {found['grading']:8.2f} s {found['writing']:6.2f} s"
        f" {found['whole']:8.2f} s {found['peak']:6.0f} MB   "
        + ", ".join(f"{many} {kind}" for kind, many in found["counts"].items() if many),
        flush=True,
    )


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--isolation", choices=["basic", "strict"], default="strict")
    parser.add_argument("--grade", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.grade:
        told = grade(given.grade / "class", given.grade / "out", given.workers, given.isolation)
        print(json.dumps(told))
        return 0
    have_tables()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.workers} workers, {given.isolation} isolation"
    )
    measure(20, given.workers, given.isolation, HEALTHY)  # fills the caches that outlive a batch
    print(" number      rate  processor   start    grading  writing     whole   peak")
    found = []
    for size in given.sizes:
        found.append(measure(size, given.workers, given.isolation, HEALTHY))
        show(found[-1])
    for size in given.sizes[:2]:
        right = measure(size, given.workers, given.isolation, RIGHT)
        show(right)
    wrong = measure(size, given.workers, given.isolation, MOSTLY_WRONG)
    show(wrong)
    show(measure(given.sizes[0], given.workers, given.isolation, KINDS))
    costs = [one["processor"] / (one["number"] - 1) for one in found]
    peak = max(one["peak"] for one in found)
    grown = max((later / earlier for earlier, later in combinations(costs, 2)), default=1.0)
    rates = [(one["number"] - 1) / one["grading"] for one in (wrong, right)]
    print(f"two thirds wrong: {rates[0] / rates[1]:.2f} of the rate of right ones alone")
    print(
        f"a larger class's submission to a smaller one's {grown:.2f} (at most {MAX_GROWN}),"
        f" peak {peak:.0f} MB (at most {MAX_MEGABYTES})"
    )
    return int(grown > MAX_GROWN or peak > MAX_MEGABYTES or any(one["ungraded"] for one in found))


if __name__ == "__main__":
    sys.exit(main())
