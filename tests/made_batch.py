"""Output folders of batches that never were, and what to look at pages with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

from made_results import BLOG, check, result

from grader.batch import outputs
from grader.batch.executor import done
from grader.batch.late import Lateness
from grader.batch.outputs import GradedAttempt
from grader.batch.records import BatchAttempt, Entry, LeftOver, Plan, Student
from grader.course import find_course
from grader.decisions.recording import rewrite
from grader.result import Diagnosis, Listing, Outcome, Result

COURSE = find_course(Path(__file__).parent.parent, Path())
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHROMIUM = shutil.which("chromium")
IN_TIME = Lateness(None, 0, 0.0)


@dataclass(frozen=True)
class MadeAttempt:
    """One attempt of a made class."""

    id: str
    result: Result | None
    name: str = ""
    exercise: str = "exercise3"
    file: str = ""
    number: int = 1
    of: int = 1
    submitted: datetime | None = None
    lateness: Lateness = IN_TIME
    matched: str = "id"


def write_batch(
    folder: Path,
    handed: Iterable[MadeAttempt],
    missing: Iterable[Student] = (),
    left_over: Iterable[LeftOver] = (),
) -> Path:
    """Write an output folder, by the batch's own writer."""

    def graded():
        order = sorted(handed, key=lambda one: (one.id, one.name, one.exercise, one.number))
        for one in order:
            student = Student(one.id, one.name or one.id, one.matched)
            exercise = COURSE.exercise(one.exercise)
            path = one.file or f"{one.id}/{one.exercise}-{one.number}.py"
            attempt = BatchAttempt(
                student, exercise, Entry(path, ""), f"{one.exercise}.py", one.number, one.of,
                one.submitted,
            )  # fmt: skip
            yield GradedAttempt(attempt, one.lateness, done("", one.result) if one.result else None)

    folder.mkdir(parents=True, exist_ok=True)
    exercise = COURSE.exercise("exercise3")
    plan = Plan("made", (), (), tuple((student, exercise) for student in missing))
    outputs.write(folder, COURSE, plan, graded, left_over)
    rewrite(folder)
    return folder


RIGHT = result(
    *(replace(one, outcome=Outcome.PASSED, points=one.max_points) for one in BLOG.checks)
)
RIGHT = replace(
    RIGHT,
    checks=tuple(replace(one, feedback="", hint="", diagnosis=()) for one in RIGHT.checks),
    score=RIGHT.max_score,
)
FAILED_CHECK = check(
    "forward", "The outputs are right", Outcome.GRADER_ERROR, feedback="KeyError: secret 0.1234"
)
UNGRADED = result(FAILED_CHECK, status="ungraded")
MARKED = replace(
    BLOG,
    listings=(
        Listing(
            "gradient",
            "exercise3.py",
            29,
            "def gradient(x):\n    # back\n"
            "    back_0 = delta[0] * weight_2[1][0]\n    return back_0",
        ),
    ),
)
NOT_STARTED = result(
    check("forward", "The outputs are right", Outcome.NOT_IMPLEMENTED, feedback="forward: to do"),
    check("gradient", "The gradient is right", Outcome.BLOCKED, feedback="waits for forward"),
)
LOOPING = result(
    check("forward", "The outputs are right"),
    check("gradient", "The gradient is right", Outcome.TIMEOUT, cause="gradient took over 3 s"),
)
RARE = Diagnosis("rare", "A rare mistake", "It is rare. Do not make it.", "likely")
RARE_RESULT = result(
    check("forward", "The outputs are right", Outcome.FAILED, diagnosis=(RARE,)),
    check("gradient", "The gradient is right"),
)


def class_of(size: int) -> list[MadeAttempt]:
    """A class: a third right, one ungraded, two with a rare mistake, the others as the blog."""
    handed = []
    for number in range(size):
        made = RIGHT if number % 3 == 0 else MARKED
        if number == 4:
            made = UNGRADED
        if number in (7, 8):
            made = RARE_RESULT
        attempts = 2 if number % 5 == 0 else 1
        for attempt in range(1, attempts + 1):
            handed.append(
                MadeAttempt(
                    f"s{number:05d}",
                    BLOG if attempt < attempts else made,
                    name=f"Person {number:05d}",
                    number=attempt,
                    of=attempts,
                    submitted=START + timedelta(hours=number % 90, days=attempt),
                )
            )
    return handed


class ParsedPage(HTMLParser):
    """A page as a browser reads it: its elements, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["style"], ["script"]):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def lines_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
