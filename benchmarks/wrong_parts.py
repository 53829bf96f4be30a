"""What a wrong submission costs beside a right one, part by part.

    python benchmarks/wrong_parts.py [--files 60] [--seed 5]

Grades right and wrong files of exercise 3 (batch_class.py), in strict isolation and on one core, as
in a batch: right ones, wrong ones without a search for the part to change, the same with it. Prints
the processor time of each file in the grader and in the sandbox, and of wrong ones how many calls
they get, how many of these had been made of the same submission before, how many edits a search
tries and how many texts it loads. The first tenth of each counts for nobody: what the class answers
is not known by then.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from batch import keep_to_a_core, processor_seconds
from batch_class import Made, have_tables, make_class

from grader.course import Exercise, find_course
from grader.diagnosis import diagnose
from grader.diagnosis.repair.trials import Trials
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.sandbox.isolation import resolve
from grader.sandbox.submission_session import SubmissionSession

COURSE: Final = Path(__file__).resolve().parent.parent


@dataclass
class Counted:
    """What was asked of the sandbox for one file after another."""

    calls: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    edits: int = 0
    texts: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def next_file(self) -> None:
        """Count the calls of the file that has been graded."""
        if self.asked:
            self.calls.append(self.asked.total())
            self.repeated.append(self.asked.total() - len(self.asked))
        self.asked.clear()


def counting(counted: Counted) -> None:
    """Have calls, edits and texts counted from now on."""
    make, shown, load = SubmissionSession._make, Trials.shown, Trials.load

    def made(session: SubmissionSession, request: Any, *given: Any) -> Any:
        if not request.call.function.startswith("_bpgrade"):
            counted.asked[request.call.function, repr(request.call.content)] += 1
        return make(session, request, *given)

    def tried(trials: Trials, function: str, inputs: Any, numbers: Sequence[int]) -> Any:
        counted.edits += len(numbers)
        return shown(trials, function, inputs, numbers)

    def loaded(trials: Trials, *given: Any) -> bool:
        counted.texts += 1
        return load(trials, *given)

    SubmissionSession._make = made  # type: ignore[method-assign]
    Trials.shown, Trials.load = tried, loaded  # type: ignore[method-assign]


def cost(grader: Grader, exercise: Exercise, made: list[Made], counted: Counted) -> list[float]:
    """Return the milliseconds that a file takes in the grader, and in the sandbox."""
    unknown = len(made) // 10
    own = every = 0.0
    for number, one in enumerate(made):
        if number == unknown:
            own, every = time.process_time(), processor_seconds(os.getpid())
            counted.edits = counted.texts = 0
        grader.grade(submission_from_bytes(one.name, one.data), exercise, 0)
        counted.next_file()
    own, every = time.process_time() - own, processor_seconds(os.getpid()) - every
    return [1000 * seconds / (len(made) - unknown) for seconds in (own, every - own)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    have_tables()
    keep_to_a_core()
    right = list(make_class(given.files, {"right": 1.0}, given.seed))
    wrong = list(make_class(given.files, {"wrong": 1.0}, given.seed))
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.files} files"
    )
    course = find_course(COURSE, COURSE)
    exercise = course.exercise("exercise3")
    seconds = diagnose.REPAIR_SECONDS
    counted = Counted()
    counting(counted)
    for name, made, searching in (
        ("right", right, seconds),
        ("wrong, no search", wrong, 0.0),
        ("wrong", wrong, seconds),
    ):
        diagnose.REPAIR_SECONDS = searching  # type: ignore[misc]
        counted.calls, counted.repeated = [], []
        with Grader(course, resolve("strict")) as grader:
            grader.collect([exercise])
            own, sandbox = cost(grader, exercise, made, counted)
        print(f"{name:17} {own:6.1f} ms in the grader, {sandbox:6.1f} ms in the sandbox")
    calls, files = sorted(counted.calls), given.files - given.files // 10
    print(
        f"a wrong one gets {calls[0]} to {calls[-1]} calls, {sum(calls) / len(calls):.0f} in the"
        f" mean, {100 * sum(counted.repeated) / sum(calls):.0f} % of them once more; a search tries"
        f" {counted.edits / files:.0f} edits in {counted.texts / files:.1f} texts"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
