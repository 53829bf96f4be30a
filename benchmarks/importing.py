"""Bring real assignments over: which test cells are carried over, what reference and stub get.

    python benchmarks/importing.py FOLDER [--list]

FOLDER has `nbgrader/NAME` and `otter/NAME`, each a notebook or an assignment's folder. Each is
brought over by the command into a temporary folder. Then its own reference and its stub are graded
once more. Nothing of an assignment is part of this project: fetch what you want to measure.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.course import load_course
from grader.errors import BpgradeError
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.sandbox.isolation import resolve

CELLS = re.compile(
    r"(\d+) test cells?: (\d+) carried over whole, (\d+) to look at, (\d+) not carried over"
)
NONE = re.compile(r"None of (\d+) tests? in .* can be carried over")


@dataclass(frozen=True)
class Row:
    """What was measured of one assignment."""

    form: str
    name: str
    cells: tuple[int, ...]
    checks: str
    reference: str
    stub: str


def graded(folder: Path) -> tuple[str, str, str]:
    """Return how many checks the reference passes, and the points of reference and stub."""
    course = load_course(folder)
    passed = total = 0
    scores = {"solutions": 0.0, "exercises": 0.0}
    try:
        with Grader(course, resolve("basic")) as grader:
            for exercise in course.exercises:
                for part in scores:
                    path = course.folder / part / f"{exercise.name}.py"
                    submission = submission_from_bytes(path.name, path.read_bytes())
                    result = grader.grade(submission, exercise, 0)
                    scores[part] += result.score or 0.0
                    if part == "solutions":
                        total += len(result.checks)
                        passed += sum(check.outcome == "passed" for check in result.checks)
    except BpgradeError as error:
        return f"not graded: {error.message[:60]}", "", ""
    most = sum(exercise.checked_points for exercise in course.exercises)
    texts = [f"{score:g} / {most:g}" for score in scores.values()]
    return f"{passed} of {total}", texts[0], texts[1]


def row(form: str, source: Path, folder: Path, listed: bool) -> Row:
    """Bring one assignment over and measure it."""
    command = [sys.executable, "-m", "grader", "author", "import", form, str(source), "-o"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if listed:
        print(done.stdout + done.stderr)
    found = CELLS.search(done.stdout)
    if refused := NONE.search(done.stderr):
        total = int(refused[1])
        return Row(form, source.name, (total, 0, 0, total), "", "", "")
    if done.returncode or found is None:
        return Row(form, source.name, (0, 0, 0, 0), done.stderr.strip().split("\n")[0], "", "")
    counts = tuple(int(number) for number in found.groups())
    results = graded(folder)
    if not results[1]:  # nothing of it is proved
        counts = counts[0], 0, counts[1] + counts[2], counts[3]
    return Row(form, source.name, counts, *results)


def main(arguments: list[str]) -> None:
    """Print the table."""
    if not arguments or not Path(arguments[0]).is_dir():
        sys.exit(__doc__)
    root = Path(arguments[0])
    rows = []
    for form in ("nbgrader", "otter"):
        for source in sorted((root / form).iterdir()) if (root / form).is_dir() else ():
            with tempfile.TemporaryDirectory() as folder:
                listed = "--list" in arguments
                rows.append(row(form, source, Path(folder) / "course", listed))
    print(
        "| form | assignment | test cells | whole | to look at | not | checks passed by"
        " the reference | reference | stub |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for one in rows:
        counts = " | ".join(str(count) for count in one.cells)
        print(
            f"| {one.form} | {one.name} | {counts} | {one.checks} | {one.reference} | {one.stub} |"
        )
    for form in ("nbgrader", "otter"):
        total = sum(one.cells[0] for one in rows if one.form == form)
        whole = sum(one.cells[1] for one in rows if one.form == form)
        if total:
            print(f"{form}: {total} test cells, {100 * whole / total:.0f} % whole")


if __name__ == "__main__":
    main(sys.argv[1:])
