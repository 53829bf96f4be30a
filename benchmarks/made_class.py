"""A class for looking at and for measuring: real results of real submissions, dealt to made people.

Example
-------
    python benchmarks/made_class.py --students 1000 -o /tmp/class
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.batch import outputs
from grader.batch.executor import Done, done
from grader.batch.late import Lateness
from grader.batch.outputs import GradedAttempt
from grader.batch.records import BatchAttempt, Entry, LeftOver, Plan, Student
from grader.course import Course, find_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.language import gettext_lazy as _
from grader.result import Outcome, Result
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).parent.parent
FIRST = (  # noqa: SIM905
    "Ada Alan Amina Anders Ayşe Björn Chiara Chidi Clara Dmitri Elif Emil Emmy Fatima Finn Grace"
    " Hana Hedy Ines Ivan Jana João Kaito Katherine Kofi Lars Leila Linh Luca Mae Maryam Mateo Mei"
    " Nadia Noor Olu Paula Priya Quinn Ravi Rosa Sana Søren Tariq Uma Viktor Wangari Yara Yusuf"
    " Zofia"
).split()
LAST = (  # noqa: SIM905
    "Abdi Almeida Andersen Bauer Bianchi Castro Chen Costa Demir Dubois Eriksen Farah Fischer"
    " García Haddad Hopper Ibrahim Ito Ivanova Jansen Johnson Kaya Kim Kowalska Lovelace Mensah"
    " Mirzakhani Moreau Müller Nakamura Nguyen Noether Novák O'Brien Okafor Olsen Petrov Quist"
    " Rossi Santos Schmidt Silva Singh Sato Tanaka Turing Vogel Wang Weber Yilmaz Zhang"
).split()


def grade_all(course: Course, exercise: str, files: Sequence[Path]) -> list[Result]:
    """Return the results of real files, all called by the exercise's name."""
    wanted = course.exercise(exercise)
    with Grader(course, resolve("basic")) as grader:
        return [
            grader.grade(
                submission_from_bytes(exercise + file.suffix, file.read_bytes()), wanted, 0
            )
            for file in files
        ]


def ungraded(result: Result) -> Result:
    """Return a result as it is where a check itself fails."""
    document = json.loads(result.to_json())
    check = document["checks"][3]
    check |= {"outcome": Outcome.GRADER_ERROR, "points": 0.0, "diagnosis": [], "wrong": []}
    check["feedback"] = "The check itself failed, not your code: KeyError: 'hidden'"
    return Result.from_data({**document, "status": "ungraded"})


def deal(
    results: Sequence[Result], course: Course, exercise: str, students: int, attempts: int
) -> Iterator[GradedAttempt]:
    """Deal results to people: full marks to a third, the others with a few favourites."""
    draw = random.Random(4711)
    right = [one for one in results if one.full_marks]
    wrong = [one for one in results if not one.full_marks]
    draw.shuffle(wrong)
    wrong.sort(key=lambda one: not any(check.diagnosis for check in one.checks))
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    known: dict[int, Done] = {}
    people = sorted(
        (f"s{number:05d}", f"{draw.choice(FIRST)} {draw.choice(LAST)}")
        for number in range(1, students + 1)
    )
    for identity, name in people:
        number_of = draw.randint(1, attempts)
        moment = start + timedelta(hours=draw.triangular(0, 260, 240))
        for number in range(1, number_of + 1):
            better = draw.random() < 0.08 + 0.12 * number
            place = min(int(draw.expovariate(0.09)), len(wrong) - 1)
            result = draw.choice(right) if better else wrong[place]
            if number == number_of and identity in ("s00007", "s00019"):
                result = ungraded(result)
            moment += timedelta(hours=draw.expovariate(0.1))
            late = moment > start + timedelta(days=13)
            attempt = BatchAttempt(
                student=Student(identity, name, "id"),
                exercise=course.exercise(exercise),
                entry=Entry(f"{identity}/{exercise}-{number}.py", ""),
                name=f"{exercise}.py",
                number=number,
                attempts=number_of,
                submitted=moment,
            )
            lateness = Lateness(late, 1 if late else 0, 10.0 if late else 0.0)
            kept = known.setdefault(id(result), done("", result))
            yield GradedAttempt(attempt, lateness, kept)


def make(out: Path, students: int, attempts: int, exercise: str = "exercise3") -> None:
    """Write the output folder of a batch that never was."""
    course = find_course(ROOT, Path())
    names = sorted((ROOT / "tests" / "corpus" / exercise).glob("*.py"))
    # those that end by a limit take seconds and look all the same
    slow = ("loop", "memory", "never_ends", "without_end", "sleeps", "recursion")
    files = [name for name in names if not name.stem.endswith(slow)]
    results = grade_all(course, exercise, files)
    exercises = course.exercise(exercise)
    missing = tuple((Student(f"t{n}", f"Nobody {n}", "id"), exercises) for n in range(1, 4))
    out.mkdir(parents=True, exist_ok=True)
    outputs.write(
        out,
        course,
        Plan("made", (), (), missing),
        lambda: deal(results, course, exercise, students, attempts),
        [LeftOver("s00003/notes.pdf", _("not a .py or .ipynb file"))],
    )


def main() -> None:
    """Make a class as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--attempts", type=int, default=3, help="at most so many each")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    make(options.output, options.students, options.attempts)


if __name__ == "__main__":
    main()
