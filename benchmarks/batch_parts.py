"""Where a submission's time goes, part by part, each beside the least that it could cost.

    python benchmarks/batch_parts.py [--rounds 200] [--profile]

Grades one right submission of exercise 3 again and again, in strict isolation, a part more each
time, and takes the difference: processor time of this process and of all behind the wall. A floor
is the same done with nothing around it: a bare fork, the bare system calls, the file run here,
bytes sent to and fro and the functions called here, a line added to a file. The checks have none:
what they find out is known, once other submissions have answered the same.
With --profile it prints too which functions of this process take how long (cProfile).
"""

from __future__ import annotations

import argparse
import cProfile
import os
import platform
import pstats
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from batch import processor_seconds

from grader.batch.executor import done
from grader.batch.journal import Journal
from grader.course import find_course
from grader.grading.grade import Grader, with_grader
from grader.grading.submission import Submission, submission_from_bytes
from grader.wall import file_rules, packages, readable, system_calls
from grader.wall.exchange import Call
from grader.wall.host import WorkerHost
from grader.wall.isolation import resolve
from grader.wall.worker import Worker
from grader.worker import framing, kernel, values

COURSE: Final = Path(__file__).resolve().parent.parent
Work = Callable[[], object]


def milliseconds(work: Work, rounds: int) -> float:
    """Return the processor time of one round, here and in all processes below."""
    work()
    before = processor_seconds(os.getpid())
    for _ in range(rounds):
        work()
    return (processor_seconds(os.getpid()) - before) / rounds * 1000


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
    paths = readable.with_libraries(packages.locate(("numpy", "msgpack")).values())
    scratch = Path(tempfile.mkdtemp())
    ruleset = file_rules.create([*readable.interpreter().without_hidden(), *paths], scratch)
    program = system_calls.program()

    def work() -> None:
        kernel.drop_privileges()
        kernel.restrict_files(ruleset)
        kernel.filter_system_calls(program)

    return work


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


def measure(grader: Grader, host: WorkerHost, rounds: int) -> dict[str, tuple[float, float]]:
    """Return for each part what it costs and its floor, in milliseconds."""
    data = (COURSE / "solutions" / "exercise3.py").read_bytes()
    submission = submission_from_bytes("exercise3.py", data)
    exercise = grader.course.exercise("exercise3")
    plugin = grader._plugin

    def worker() -> Worker:
        return Worker(host, submission.to_load, exercise.limits)

    def forked(host: WorkerHost) -> None:
        wire = host.fork(exercise.limits)
        wire.receive(time.monotonic() + 20)
        host.end()
        wire.close()

    def loaded() -> None:
        made = worker()
        made.load()
        made.close()

    kept = worker()
    run_all = tuple(plugin.results(exercise, kept, 0))
    asked = [call for call in kept.asked if call is not None]
    kept.close()

    def called(ahead: Sequence[Call]) -> None:
        made = worker()
        made.load()
        made.foresee(ahead)
        for call in asked:
            made.hear(call, lambda _: True)
        made.accept_heard()
        made.close()

    def checked(run: Callable[[Worker], object]) -> None:
        made = worker()
        run(made)
        made.close()

    for _ in range(3):  # from the third on, what right submissions answer is known
        checked(lambda made: plugin.run(exercise, made, 0))
    namespace = run_here(submission)
    requests = [values.decode(call.content)[:2] for call in asked]
    with WorkerHost(resolve("basic"), ["numpy"]) as basic:
        fork = milliseconds(lambda: forked(basic), rounds)
    strict = milliseconds(lambda: forked(host), rounds)
    load = milliseconds(loaded, rounds)
    call = milliseconds(lambda: called(asked), rounds)
    in_turn = milliseconds(lambda: called([]), rounds)
    check = milliseconds(lambda: checked(lambda made: plugin.run(exercise, made, 0)), rounds)
    anew = milliseconds(
        lambda: checked(lambda made: tuple(plugin.results(exercise, made, 0))), rounds
    )
    whole = milliseconds(lambda: done("", grader.grade(submission, exercise, 0)), rounds)
    alone = milliseconds(lambda: [namespace[name](*given) for name, given in requests], rounds)
    bare = milliseconds(bare_fork(), rounds)
    confine = milliseconds(bare_fork(bare_confinement()), rounds)
    with echoes([len(call.content) for call in asked]) as echo:
        sent = milliseconds(echo, rounds)
    print(f"{len(asked)} calls in {len(run_all)} checks; where each is waited for before the next")
    print(f"is sent, the calls take {in_turn - load:.2f} ms; where every check is run anew, calls")
    print(f"and checks take {anew - load:.2f} ms")
    return {
        "fork": (fork, bare),
        "confine": (strict - fork, confine - bare),
        "load": (load - strict, milliseconds(lambda: run_here(submission), rounds)),
        "calls": (call - load, sent + alone),
        "checks": (check - call, 0.0),
        "result": (whole - check, 0.0),
        "journal": journal(grader, submission, rounds),
    }


def journal(grader: Grader, submission: Submission, rounds: int) -> tuple[float, float]:
    """Return what it costs to commit a result, and to add it to a file."""
    result = done("", grader.grade(submission, grader.course.exercise("exercise3"), 0))
    with tempfile.TemporaryDirectory() as name:
        kept = Journal(Path(name))
        cost = milliseconds(lambda: kept.put(result), rounds)
        kept.close()
        with Path(name, "lines").open("a") as file:
            floor = milliseconds(lambda: file.write(result.document) and file.flush(), rounds)
    return cost, floor


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    course = find_course(COURSE, COURSE)
    exercise = course.exercise("exercise3")
    data = (COURSE / "solutions" / "exercise3.py").read_bytes()

    def drive(grader: Grader) -> None:
        parts = measure(grader, host, given.rounds)
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

    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.rounds} rounds"
    )
    with WorkerHost(resolve("strict"), course.packages) as host:
        with_grader(course, [exercise], host, drive)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
