"""Limits of time on a busy machine: what others take of the processors costs nobody points."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import LIMITS, SandboxSessions, isolation

from grader.batch.priority import let_others_first
from grader.result import Outcome
from grader.sandbox.child import processes
from grader.sandbox.deadline import Deadline
from grader.sandbox.host import SandboxHost

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="the kernel doesn't count who waits"
)
WORK = """
import threading
import time
def run(seconds):
    began = time.process_time()
    while time.process_time() < began + seconds:
        pass
    return seconds
"""
SLEEP = "import time\ndef sleep(seconds):\n    time.sleep(seconds)\n"
THREADS = """
import threading
def run():
    def burn():
        while True:
            pass
    for _ in range(8):
        threading.Thread(target=burn, daemon=True).start()
    burn()
"""


@contextlib.contextmanager
def crowded(host: SandboxHost, others: int) -> Iterator[None]:
    """Have a host share one core with so many processes that never wait."""
    cores = os.sched_getaffinity(0)
    busy = []
    for process in (os.getpid(), *family(host)):
        os.sched_setaffinity(process, {min(cores)})
    try:
        for _ in range(others):
            words = [sys.executable, "-SIc", "while True: pass"]
            busy.append(subprocess.Popen(words, start_new_session=True))
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
        os.sched_setaffinity(0, cores)


def family(host: SandboxHost) -> list[int]:
    """Return the process of a host, and those below it."""
    root: int = host._processes._process.pid
    return [root, *processes.descendants(root)]


@pytest.mark.parametrize("name", ["basic", "strict"])
def test_what_others_take_of_the_processors_is_counted(name: str):
    with SandboxHost(isolation(name), ["numpy"]) as host:
        session = SandboxSessions(host).session(WORK + SLEEP)
        session.call("run", [0.0])
        with crowded(host, 2):
            before = host.kept_waiting()
            session.call("run", [0.4])
            assert host.kept_waiting() - before > 0.2
        before = host.kept_waiting()
        session.call("sleep", [0.5])
        assert host.kept_waiting() - before < 0.3
        session.close()


def test_what_was_waited_is_given_back_to_a_call():
    limits = replace(LIMITS, call_seconds=1.0)
    code = f"{SLEEP}run = sleep\n"
    with SandboxHost(isolation("basic"), ["numpy"]) as host:
        bench = SandboxSessions(host)
        assert bench.outcome(code, 1.4, limits=limits) is Outcome.TIMEOUT
        host.kept_waiting = lambda: 0.9
        assert bench.outcome(code, 1.4, limits=limits) is Outcome.PASSED
        assert bench.outcome(code, 9.0, limits=limits) is Outcome.TIMEOUT


def test_who_keeps_themselves_waiting_is_ended():
    limits = replace(LIMITS, call_seconds=0.3, memory_megabytes=2048)  # each thread has its stack
    with SandboxHost(isolation("basic"), ["numpy"]) as host, crowded(host, 1):
        began = time.monotonic()
        assert SandboxSessions(host).outcome(THREADS, limits=limits) is Outcome.TIMEOUT
        assert time.monotonic() - began < LIMITS.call_seconds


def test_a_deadline_gives_back_what_was_waited_and_no_more():
    answers = iter([0.5, 0.5, 20.0, 99.0])
    deadline = Deadline(1.0, lambda: next(answers))
    first = deadline.at
    assert deadline.put_off()
    assert deadline.at == pytest.approx(first + 0.5)
    assert not deadline.put_off()
    assert deadline.put_off()
    assert deadline.at == pytest.approx(first + 1.0)  # as much again at most
    assert not deadline.put_off()


def test_what_takes_long_lets_all_others_go_first():
    limits = replace(LIMITS, call_seconds=4.0)
    with SandboxHost(isolation("basic"), ["numpy"]) as host:
        bench = SandboxSessions(host)
        bench.call(WORK, 0.0)
        [root, *_others] = family(host)
        own = os.getpriority(os.PRIO_PROCESS, root)
        before = set(family(host))
        began = time.monotonic()
        seen: dict[bool, set[int]] = {}

        def look() -> None:
            while True not in seen and time.monotonic() < began + 20:
                time.sleep(0.2)
                let_others_first(root, began)
                for one in family(host):
                    with contextlib.suppress(OSError):
                        lower = os.getpriority(os.PRIO_PROCESS, one) > own
                        seen.setdefault(lower, set()).add(one)

        watching = threading.Thread(target=look)
        watching.start()
        assert bench.call(WORK, 1.0, limits=limits) == 1.0
        watching.join()
        assert len(seen[True] - before) == 1
        assert before <= seen[False]  # what the next submission is forked of
