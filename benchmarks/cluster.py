"""What a dask cluster costs against the local pool on the same cores, and how it would scale.

    python benchmarks/cluster.py [--number 400] [--rounds 3] [--workers 2]
                                 [--simulate 100 100000]

Grades a class of exercise 3 (batch_class.py, without looping submissions) by turns with the local
pool and on a real cluster on this machine: a `dask scheduler` and one `dask worker` a grading
process, as commands. Compares the time from the first result to the last, and the processor time
of everything that took part, and exits with 1 where the cluster costs more than 15 % of either.

Then simulates a larger cluster: so many workers of one thread, so many submissions, with the
costs that were just measured and the package's own rules for chunks (`grader.cluster.chunks`). In
it the command's process is one server that every chunk and every result passes through; results
wait their turn. No machine is simulated to fail.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from batch import HEALTHY, processor_seconds
from batch_class import make_class, write_class

from grader.batch.archive import Hand
from grader.batch.cache_key import Identity
from grader.batch.executor import BatchJob, Done, Executor, Task
from grader.batch.journal import Journal
from grader.batch.planning import make_plan
from grader.batch.pool import LocalPool, stuck_seconds
from grader.batch.run import Batch
from grader.cluster.address import Cluster
from grader.cluster.chunks import Sizing
from grader.cluster.dask_executor import ClusterPool
from grader.course import Course, find_course

COURSE: Final = Path(__file__).resolve().parent.parent
MAX_OVERHEAD: Final = 0.15
JOB: Final = BatchJob(str(COURSE), ("exercise3",), 0, "strict")


@dataclass(frozen=True)
class Run:
    """One class graded: seconds from the first result to the last, of clock and processor."""

    seconds: float
    processor: float


class Replay:
    """An executor that has all results beforehand: what is left is the command's own work."""

    def __init__(self, results: list[Done]) -> None:
        self.results = results

    def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
        """Give the results as they were, under the tasks' keys."""
        for task, known in zip(tasks, self.results, strict=False):
            yield Done(
                task.key, known.exercise, known.status, known.score, known.max_score, known.document
            )


def tasks(number: int) -> Iterator[Task]:
    """Yield the class."""
    for index, made in enumerate(make_class(number, HEALTHY)):
        yield Task(f"{index:05}", "exercise3", made.name, made.data)


def graded(executor: Executor, number: int) -> tuple[Run, list[Done]]:
    """Grade the class; return what it cost and the results."""
    results: list[Done] = []
    first = (0.0, 0.0)
    made = list(tasks(number))
    for done in executor.run(iter(made)):
        results.append(done)
        if len(results) == 1:
            first = (time.perf_counter(), processor_seconds(os.getpid()))
    last = (time.perf_counter(), processor_seconds(os.getpid()))
    return Run(last[0] - first[0], last[1] - first[1]), results


def start_cluster(workers: int, stack: ExitStack) -> str:
    """Start a scheduler and workers as commands; return the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    worker = ["worker", address, "--nthreads", "1", "--no-dashboard"]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    for words in [scheduler] + [worker] * workers:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
    return address


def central_seconds(course: Course, results: list[Done]) -> float:
    """Return what one submission costs the command itself: read, known, journal, counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_class(folder / "class", make_class(len(results), HEALTHY))
        hand = Hand(folder / "class")
        plan = make_plan(hand, course, None, None, "latest")
        journal = Journal(folder)
        batch = Batch(course, hand, plan, journal, Identity(course, 0, "strict"))
        begun = time.perf_counter()
        batch.run(Replay(results), lambda _: None)
        seconds = time.perf_counter() - begun
        journal.close()
        hand.close()
        return seconds / len(results)


def simulate(
    threads: int, number: int, costs: Sizing, each_central: float, durations: list[float]
) -> None:
    """Print how a batch would go on so many threads, with measured costs."""
    rng = random.Random(1)
    sizing = Sizing()
    left = iter([Task("", "exercise3", "", b"x" * 4_000)] * number)
    central_free = central_busy = work = 0.0
    idle: deque[int] = deque(range(threads))
    ready = [0.0] * threads  # when each thread has ended its last chunk
    queue: deque[tuple[float, list[float]]] = deque()  # sent, not begun
    ends: list[tuple[float, int, list[float]]] = []
    in_flight = in_bytes = most_tasks = sent_tasks = landed_tasks = chunks = 0
    now = 0.0
    more = True
    while more or in_flight:
        while more and sizing.has_room(in_flight, in_bytes, threads):
            chunk = sizing.take(lambda: next(left, None), threads)
            if not chunk:
                more = False
                break
            central_free = max(central_free, now) + costs.central_seconds / 2
            central_busy += costs.central_seconds / 2
            queue.append((central_free, [rng.choice(durations) for _ in chunk]))
            in_flight, chunks = in_flight + 1, chunks + 1
            in_bytes += sum(len(task.data) for task in chunk)
            sent_tasks += len(chunk)
            most_tasks = max(most_tasks, sent_tasks - landed_tasks)
        while queue and idle:
            thread = idle.popleft()
            sent, seconds = queue.popleft()
            begun = max(sent, ready[thread] + costs.idle_seconds, now)
            ready[thread] = begun + sum(seconds)
            work += sum(seconds)
            heapq.heappush(ends, (ready[thread], thread, seconds))
        if not ends:
            continue
        now, thread, seconds = heapq.heappop(ends)
        idle.append(thread)
        landing = costs.central_seconds / 2 + len(seconds) * each_central
        central_free = max(central_free, now) + landing
        central_busy += landing
        sizing.learn_tasks(["exercise3"] * len(seconds), seconds)
        sizing.learn_chunk(costs.idle_seconds, costs.central_seconds)
        in_flight, landed_tasks = in_flight - 1, landed_tasks + len(seconds)
        in_bytes -= 4_000 * len(seconds)
        now = max(now, central_free)  # one process: it sends nothing while it takes in
    whole = max(now, central_free)
    print(
        f"{threads} workers, {number:,} submissions: {whole:.1f} s,"
        f" {number / whole:,.0f}/s; {work:,.0f} s of work, {chunks:,} chunks of"
        f" {number / chunks:.0f}\n"
        f"  workers at work {work / whole / threads:6.1%} of the time"
        f" ({costs.idle_seconds * chunks / (work + costs.idle_seconds * chunks):.1%} scheduling)\n"
        f"  the command's process busy {central_busy / whole:6.1%};"
        f" at most {most_tasks:,} submissions in flight, {most_tasks * 4_000 / 1e6:.0f} MB"
    )


def main() -> int:
    """Print what was measured and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--number", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--simulate", type=int, nargs=2, default=[100, 100_000])
    given = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.workers} workers, {given.number} submissions"
    )
    course = find_course(COURSE, COURSE)
    pool = LocalPool(course, JOB, given.workers, stuck_seconds(course))
    with ExitStack() as stack:
        address = start_cluster(given.workers, stack)
        cluster = ClusterPool(course, JOB, Cluster(address, 0, (), 120.0), print)
        graded(pool, 20)  # fills the caches that outlive a batch
        graded(cluster, 20)
        local, remote = [], []
        results: list[Done] = []
        for number in range(given.rounds):
            local.append(graded(pool, given.number)[0])
            run, results = graded(cluster, given.number)
            remote.append(run)
            print(
                f"round {number + 1}: local {local[-1].seconds:7.2f} s"
                f" ({local[-1].processor:7.2f} s processor),"
                f" cluster {run.seconds:7.2f} s ({run.processor:7.2f} s processor)"
            )
    pairs = list(zip(local, remote, strict=True))
    more = {
        "clock": statistics.median(far.seconds / near.seconds for near, far in pairs) - 1,
        "processor": statistics.median(far.processor / near.processor for near, far in pairs) - 1,
    }
    print(f"the cluster costs {more['clock']:+.1%} time, {more['processor']:+.1%} processor time")
    costs = cluster.sizing
    each = central_seconds(course, results)
    durations = [json.loads(done.document)["seconds"] for done in results]
    print(
        f"measured: {statistics.mean(durations) * 1000:.1f} ms a submission; a chunk costs a"
        f" worker {costs.idle_seconds * 1000:.1f} ms,"
        f" the command {costs.central_seconds * 1000:.1f} ms,"
        f" a submission costs the command {each * 1000:.2f} ms"
    )
    simulate(*given.simulate, costs, each, durations)
    return 1 if max(more.values()) > MAX_OVERHEAD else 0


if __name__ == "__main__":
    sys.exit(main())
