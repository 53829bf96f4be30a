"""Where a submission's time goes, part by part, each beside the least that it could cost.

    python benchmarks/batch_parts.py [--rounds 200] [--profile]

Grades one right submission of exercise 3 again and again, in strict isolation, a part more each
time, and takes the difference: processor time of this process and of all in the sandbox, which keep
to one core, as in a batch. A floor
is the same done with nothing around it: a bare fork, the bare system calls, the file run here,
bytes sent to and fro and the functions called here, a line added to a file. The checks have none:
what they find out is known, once other submissions have answered the same.
Prints too how many pages a submission's process has to be given while it is graded, copies of its
host's or new ones, and what one costs in a fork of this process.
With --profile it prints too which functions of this process take how long (cProfile).
"""

from __future__ import annotations

import argparse
import cProfile
import mmap
import os
import platform
import pstats
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from batch import keep_to_a_core, processor_seconds

from grader.batch.executor import done
from grader.batch.journal import Journal
from grader.course import find_course
from grader.grading.grade import Grader
from grader.grading.submission import Submission, submission_from_bytes
from grader.sandbox import landlock_rules, packages, read_allow_list, seccomp_rules
from grader.sandbox.child import codec, framing, kernel, processes
from grader.sandbox.exchange import CallRequest
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.submission_session import SubmissionSession

TURNS: Final = 10
COURSE: Final = Path(__file__).resolve().parent.parent
Work = Callable[[], object]


def milliseconds(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Return the processor time of a round of each, here and in all processes below.

    They take turns, since a machine is not as fast at one time as at another.
    """
    spent = dict.fromkeys(works, 0.0)
    for turn in range(TURNS + 1):
        for name, work in works.items():
            before = processor_seconds(os.getpid())
            for _ in range(rounds // TURNS):
                work()
            if turn:  # the first one fills caches
                spent[name] += processor_seconds(os.getpid()) - before
    return {name: seconds / (rounds // TURNS * TURNS) * 1000 for name, seconds in spent.items()}


def run_here(submission: Submission) -> dict[str, Any]:
    """Run the file in this process, and return what it defines."""
    namespace: dict[str, Any] = {}
    exec(compile(submission.source, "exercise3.py", "exec"), namespace)
    return namespace


def bare_fork(then: Work = lambda: None) -> Work:
    """Return what forks this process, and ends the child after it has done something."""

    def work() -> None:
        child = os.fork()
        if not child:
            try:
                then()
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    return work


def bare_confinement() -> Work:
    """Return the system calls that confine a process, with nothing around them."""
    paths = packages.locate(("numpy", "msgpack")).paths
    scratch = Path(tempfile.mkdtemp())
    ruleset = landlock_rules.create(
        [*read_allow_list.interpreter().without_hidden, *paths], scratch
    )
    program = seccomp_rules.program()

    def work() -> None:
        kernel.drop_privileges()
        kernel.restrict_files(ruleset)
        kernel.filter_system_calls(program)

    return work


def page_microseconds(pages: int = 2_000) -> float:
    """Return what it costs a forked process to write to a page that it shares, until it ends."""
    memory = mmap.mmap(-1, pages * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def touch() -> None:
        for place in range(0, len(memory), mmap.PAGESIZE):
            memory[place] = 1

    touch()
    cost = milliseconds({"bare": bare_fork(), "touching": bare_fork(touch)}, 50)
    start = time.process_time()
    touch()  # what the loop itself takes
    loop = (time.process_time() - start) * 1000
    memory.close()
    return (cost["touching"] - cost["bare"] - loop) / pages * 1000


def pages_given() -> int:
    """Return how many pages the process of a submission was given so far."""
    child = max(processes.descendants(os.getpid()))
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return int(fields[7])  # minflt, by proc_pid_stat(5)


@contextmanager
def echoes(lengths: list[int]) -> Iterator[Work]:
    """Give what sends messages of these lengths to a child, which sends each back."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        ours.close()
        try:
            while True:
                framing.write_message(theirs.fileno(), framing.read_message(theirs.fileno()))
        except framing.StreamEnded:
            os._exit(0)
    theirs.close()

    def work() -> None:
        for length in lengths:
            framing.write_message(ours.fileno(), bytes(length))
            framing.read_message(ours.fileno())

    with ours:
        yield work
    os.waitpid(child, 0)


def measure(grader: Grader, rounds: int) -> dict[str, tuple[float, float]]:
    """Return for each part what it costs and its floor, in milliseconds."""
    data = (COURSE / "solutions" / "exercise3.py").read_bytes()
    submission = submission_from_bytes("exercise3.py", data)
    exercise = grader.course.exercise("exercise3")
    host, checks = grader.host, grader.collect([exercise])

    def session() -> SubmissionSession:
        return SubmissionSession(host, submission.to_load, exercise.limits)

    def forked(host: SandboxHost) -> None:
        wire = host.fork(exercise.limits)
        wire.receive(time.monotonic() + 20)
        host.end()
        wire.close()

    def loaded() -> None:
        made = session()
        made.load()
        made.close()

    kept = session()
    run_all = checks.run(exercise, kept, 0, afresh=True)
    asked = [each.call for each in kept.state().requests if each.repeatable]
    kept.close()

    def called(ahead: Sequence[CallRequest]) -> None:
        made = session()
        made.load()
        pipeline = Pipeline(made)
        pipeline.prefetch(ahead)
        for call in asked:
            pipeline.answer(call, lambda _: True)
        pipeline.accept()
        made.close()

    def checked(run: Callable[[SubmissionSession], object]) -> None:
        made = session()
        run(made)
        made.close()

    for _ in range(3):  # from the third on, what right submissions answer is known
        last = session()
        checks.run(exercise, last, 0)
        pages = pages_given()
        last.close()
    each = page_microseconds()
    print(f"{pages} pages are given to a submission's process, at {each:.1f} us each")
    namespace = run_here(submission)
    requests = [codec.decode(call.content)[:2] for call in asked]
    lengths = [len(call.content) for call in asked]
    with SandboxHost(resolve("basic"), ["numpy"]) as basic, echoes(lengths) as echo:
        cost = milliseconds(
            {
                "fork": lambda: forked(basic),
                "confine": lambda: forked(host),
                "load": loaded,
                "calls": lambda: called(asked),
                "checks": lambda: checked(lambda made: checks.run(exercise, made, 0)),
                "result": lambda: done("", grader.grade(submission, exercise, 0)),
                "in turn": lambda: called([]),
                "anew": lambda: checked(lambda made: checks.run(exercise, made, 0, afresh=True)),
                "bare fork": bare_fork(),
                "bare confinement": bare_fork(bare_confinement()),
                "alone": lambda: run_here(submission),
                "echo": echo,
                "functions": lambda: [namespace[name](*given) for name, given in requests],
            },
            rounds,
        )
    print(f"{len(asked)} calls in {len(run_all)} checks; where each is waited for before the next")
    print(f"is sent, the calls take {cost['in turn'] - cost['load']:.2f} ms; where every check is")
    print(f"run anew, calls and checks take {cost['anew'] - cost['load']:.2f} ms")
    parts = list(pairwise(("fork", "confine", "load", "calls", "checks", "result")))
    own = {"fork": cost["fork"], **{after: cost[after] - cost[before] for before, after in parts}}
    floors = {
        "fork": cost["bare fork"],
        "confine": cost["bare confinement"] - cost["bare fork"],
        "load": cost["alone"],
        "calls": cost["echo"] + cost["functions"],
    }
    found = {name: (own[name], floors.get(name, 0.0)) for name in own}
    return {**found, "journal": journal(grader, submission, rounds)}


def journal(grader: Grader, submission: Submission, rounds: int) -> tuple[float, float]:
    """Return what it costs to commit a result, and to add it to a file."""
    result = done("", grader.grade(submission, grader.course.exercise("exercise3"), 0))
    with tempfile.TemporaryDirectory() as name:
        kept = Journal(Path(name))
        with Path(name, "lines").open("a") as file:
            works: dict[str, Work] = {
                "journal": lambda: kept.put(result),
                "line": lambda: file.write(result.document) and file.flush(),
            }
            cost = milliseconds(works, rounds)
        kept.close()
    return cost["journal"], cost["line"]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    keep_to_a_core()
    course = find_course(COURSE, COURSE)
    exercise = course.exercise("exercise3")
    data = (COURSE / "solutions" / "exercise3.py").read_bytes()

    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.rounds} rounds"
    )
    with Grader(course, resolve("strict")) as grader:
        parts = measure(grader, given.rounds)
        whole = sum(cost for cost, _ in parts.values())
        print("| part | processor time | share | floor |\n| --- | --- | --- | --- |")
        for name, (cost, floor) in parts.items():
            print(f"| {name} | {cost:.2f} ms | {cost / whole:.0%} | {floor:.2f} ms |")
        print(f"| all | {whole:.2f} ms | | {sum(floor for _, floor in parts.values()):.2f} ms |")
        if given.profile:
            profile = cProfile.Profile(time.process_time)
            submission = submission_from_bytes("exercise3.py", data)
            profile.enable()
            for _ in range(given.rounds):
                grader.grade(submission, exercise, 0)
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
