"""The time of a class beside nbgrader's or otter's own: one assignment, the same submissions.

    python benchmarks/importing_time.py nbgrader FOLDER [--many 5] [--environments build/peers]
    python benchmarks/importing_time.py otter NOTEBOOK

The assignment is brought over by `bpgrade author import`. The class hands in its reference and its
stub so many times each. The peer grades it as it does (`nbgrader autograde`, or `otter run` once a
submission), then `bpgrade batch` does, in strict isolation, and so in turns, three times each. What
is printed is the shortest time of each, start included, and their ratio. The peer's environment
needs what the assignment imports.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from peer_environments import python_of, version_of
from peers import _cell, _notebook, run, timed

TURNS: Final = 3
PEERS: Final = {"nbgrader": "nbgrader", "otter": "otter-grader"}


def nbgrader_class(python: Path, source: Path, many: int, folder: Path) -> Callable[[], None]:
    """Lay out a class, and return what grades it."""
    nbgrader = str(python.with_name("nbgrader"))
    config = "c = get_config()\nc.CourseDirectory.course_id = 'c'\n"
    config += "c.ExecutePreprocessor.timeout = 120\n"
    (folder / "nbgrader_config.py").write_text(config)
    shutil.copytree(source, folder / "source" / "work")
    run([nbgrader, "generate_assignment", "work", "--create"], folder)
    for number in range(many):
        for kind in ("source", "release"):
            shutil.copytree(
                folder / kind / "work", folder / "submitted" / f"{kind}{number}" / "work"
            )

    def grade() -> None:
        run([nbgrader, "autograde", "work", "--force"], folder)
        graded = list((folder / "autograded").glob("*/work/*.ipynb"))
        if len({path.parent for path in graded}) != 2 * many:
            raise SystemExit(f"nbgrader has graded {len(graded)} notebooks")

    return grade


def otter_class(python: Path, source: Path, many: int, folder: Path) -> Callable[[], None]:
    """Lay out a class, and return what grades it."""
    otter = str(python.with_name("otter"))
    shutil.copytree(source.parent, folder / "source")
    if (requirements := source.parent / "requirements.txt").exists():
        shutil.copy(requirements, folder)
    run(
        [otter, "assign", f"source/{source.name}", "dist", "--no-pdfs", "--no-run-tests"],
        folder,
    )
    (archive,) = (folder / "dist" / "autograder").glob("*.zip")
    for number in range(many):
        for kind in ("autograder", "student"):
            own = folder / "in" / f"{kind}{number}"
            shutil.copytree(folder / "dist" / kind, own)

    def grade() -> None:
        for own in sorted((folder / "in").iterdir()):
            run([otter, "run", "-a", str(archive), source.name], own)
            if not (own / "results.json").exists():
                raise SystemExit("otter-grader has written no results")

    return grade


def our_class(form: str, source: Path, many: int, folder: Path) -> Callable[[], None]:
    """Bring the assignment over, lay out the same class, and return what grades it."""
    course = folder / "course"
    bpgrade = [sys.executable, "-m", "grader"]
    run([*bpgrade, "author", "import", form, str(source), "-o", str(course)], folder)
    for number in range(many):
        for kind in ("solutions", "exercises"):
            own = folder / "in" / f"{kind}{number}"
            own.mkdir(parents=True)
            for path in (course / "exercises").glob("*.py"):
                code = (course / kind / path.name).read_text("utf-8")
                (own / f"{path.stem}.ipynb").write_text(_notebook([_cell(code)]))

    def grade() -> None:
        shutil.rmtree(folder / "out", ignore_errors=True)
        words = ["batch", str(folder / "in"), "-o", str(folder / "out"), "--course", str(course)]
        run([*bpgrade, *words, "-q", "--no-pages"], folder)
        results = [
            json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()
        ]
        if len(results) < 2 * many:
            raise SystemExit(f"bpgrade has graded {len(results)} notebooks")

    return grade


def main() -> None:
    """Print the times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("form", choices=list(PEERS))
    parser.add_argument("source", type=Path)
    parser.add_argument("--many", type=int, default=5, help="references, and as many stubs")
    parser.add_argument("--environments", type=Path, default=Path("build/peers"))
    given = parser.parse_args()
    source = given.source.absolute()
    peer = PEERS[given.form]
    python = python_of(peer, given.environments.absolute())
    lay_out = nbgrader_class if given.form == "nbgrader" else otter_class
    with tempfile.TemporaryDirectory() as theirs, tempfile.TemporaryDirectory() as own:
        works = (
            lay_out(python, source, given.many, Path(theirs)),
            our_class(given.form, source, given.many, Path(own)),
        )
        turns = [[timed(work) for work in works] for _ in range(TURNS)]
    slow, fast = (min(turn[side] for turn in turns) for side in (0, 1))
    print(
        f"{source.name}: {2 * given.many} submissions;"
        f" {peer} {version_of(peer, python)} {slow:.1f} s,"
        f" bpgrade {fast:.1f} s: {slow / fast:.1f} times as long; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
