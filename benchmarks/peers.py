"""The same work by other graders: ratios of one run, on this machine.

    python benchmarks/peers.py [--peers nbgrader pytest ...] [--environments build/peers]

Each peer is installed in an environment of its own (peer_environments.py; from PyPI, once). All
grade submissions of exercise 3 by the same ten checks, which compare with a reference on random
inputs: as a notebook with test cells (nbgrader), as test files (otter-grader), as a unittest file
run once a submission (gradescope-utils), as a test file run by `pytest` once a submission. None of
these confines the students' code. bpgrade grades the same files by its own 25 checks, in strict
isolation; what it does beyond grading, to draw pages and to compare submissions with each other, is
left out. The cost of a submission is that of each further one: of `--many` in all (for bpgrade of
a class of 1,000), less the first, so that starting up counts for nobody. nbgrader and otter-grader
take turns with bpgrade on notebooks, the others on files. Exits with 1 where nbgrader is less than
100 times as slow, or plain pytest less than 20 times.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from batch_class import Made, make_class
from peer_environments import python_of, version_of

COURSE: Final = Path(__file__).resolve().parent.parent
LEAST: Final = {"nbgrader": 100.0, "pytest": 20.0}
REFERENCE: Final = """
import numpy as np


def right_forward(x, weight_1, weight_2, bias):
    hidden = 1 / (1 + np.exp(-(x @ weight_1 + bias[0])))
    return hidden, 1 / (1 + np.exp(-(hidden @ weight_2 + bias[1])))


def right_gradient(x, target, weight_1, weight_2, bias):
    hidden, output = right_forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = weight_2 @ delta_2 * hidden * (1 - hidden)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


def right_train(x, target, weight_1, weight_2, bias, rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(np.sum((target - right_forward(x, weight_1, weight_2, bias)[1]) ** 2) / 2)
        gradient_1, gradient_2 = right_gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = weight_1 - rate * gradient_1, weight_2 - rate * gradient_2
    return weight_1, weight_2, np.array(losses)


def case(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in (2, 2, (2, 2), (2, 2), 2)]
"""
CHECKS: Final = (
    "x, _, *rest = case(1)\nassert np.allclose(forward(x, *rest)[0], right_forward(x, *rest)[0])",
    "x, _, *rest = case(2)\nassert np.allclose(forward(x, *rest)[1], right_forward(x, *rest)[1])",
    "assert np.allclose(gradient(*case(3))[0], right_gradient(*case(3))[0])",
    "assert np.allclose(gradient(*case(4))[1], right_gradient(*case(4))[1])",
    "_, _, a, b, _ = case(5)\nassert np.allclose(update(a, b, b, a, 0.5)[0], a - 0.5 * b)",
    "_, _, a, b, _ = case(6)\nassert np.allclose(update(a, b, b, a, 0.5)[1], b - 0.5 * a)",
    "assert np.allclose(train(*case(7), 0.5, 3)[0], right_train(*case(7), 0.5, 3)[0])",
    "assert np.allclose(train(*case(8), 0.5, 3)[1], right_train(*case(8), 0.5, 3)[1])",
    "assert np.allclose(train(*case(9), 0.5, 3)[2], right_train(*case(9), 0.5, 3)[2])",
    "assert len(train(*case(10), 0.5, 0)[2]) == 0",
)


def run(command: list[str], folder: Path, fine: tuple[int, ...] = (0,)) -> None:
    """Run a command, which must not fail."""
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if ended.returncode not in fine:
        raise SystemExit(f"{command} failed in {folder}:\n{ended.stdout}\n{ended.stderr}")


def timed(work: Callable[[], None]) -> float:
    """Return the wall-clock seconds of a piece of work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def bodies(indent: str) -> list[str]:
    """Return the checks' lines, indented."""
    return [indent + check.replace("\n", f"\n{indent}") for check in CHECKS]


def pytest_peer(python: Path, made: list[Made], folder: Path) -> None:
    """Grade files by plain pytest, a process each."""
    tests = [f"def test_{number}():\n{body}\n" for number, body in enumerate(bodies("    "))]
    text = REFERENCE + "\nfrom exercise3 import *\n\n\n" + "\n\n".join(tests)
    for one in made:
        own = folder / one.student
        own.mkdir(parents=True)
        (own / "test_exercise3.py").write_text(text)
        (own / "exercise3.py").write_bytes(one.data)
        words = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", str(own)]
        run(words, own, fine=(0, 1))  # 1: a check has failed


def gradescope_peer(python: Path, made: list[Made], folder: Path) -> None:
    """Grade files by gradescope-utils' runner, a process each."""
    tests = [
        f"    @weight(1)\n    def test_{number}(self):\n{body}\n"
        for number, body in enumerate(bodies("        "))
    ]
    text = (
        "import unittest\nfrom gradescope_utils.autograder_utils.decorators import weight\n"
        "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n"
        f"{REFERENCE}\nfrom exercise3 import *\n\n\nclass Tests(unittest.TestCase):\n"
        + "\n".join(tests)
        + "\n\nsuite = unittest.defaultTestLoader.loadTestsFromTestCase(Tests)\n"
        "with open('results.json', 'w') as file:\n    JSONTestRunner(stream=file).run(suite)\n"
    )
    for one in made:
        own = folder / one.student
        own.mkdir(parents=True)
        (own / "run_tests.py").write_text(text)
        (own / "exercise3.py").write_bytes(one.data)
        run([str(python), "run_tests.py"], own)
        if len(json.loads((own / "results.json").read_text())["tests"]) != len(CHECKS):
            raise SystemExit("gradescope-utils has not run all checks")


def nbgrader_peer(python: Path, made: list[Made], folder: Path) -> None:
    """Grade notebooks by `nbgrader autograde`."""
    release = {"grade": False, "locked": False, "schema_version": 3, "task": False}
    solution = {**release, "grade_id": "work", "solution": True}
    tests = [
        {**release, "grade_id": f"check_{number}", "grade": True, "locked": True, "points": 1}
        | {"solution": False}
        for number in range(len(CHECKS))
    ]
    checks = [_cell(REFERENCE), *map(_cell, CHECKS)]
    marked = [
        {**cell, "metadata": {"nbgrader": mark}}
        for cell, mark in zip(
            checks,
            [{**release, "grade_id": "reference", "locked": True, "solution": False}, *tests],
            strict=True,
        )
    ]
    answer = {**_cell("pass"), "metadata": {"nbgrader": solution}}
    source = folder / "source" / "mlp"
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id='c'\n"
    )
    (source / "exercise3.ipynb").write_text(_notebook([answer, *marked]))
    nbgrader = str(python.with_name("nbgrader"))
    run([nbgrader, "generate_assignment", "mlp", "--create"], folder)
    for one in made:
        own = folder / "submitted" / one.student / "mlp"
        own.mkdir(parents=True)
        work = {**answer, "source": _code(one)}
        (own / "exercise3.ipynb").write_text(_notebook([work, *marked]))
    run([nbgrader, "autograde", "mlp"], folder)
    graded = list((folder / "autograded").glob("*/mlp/exercise3.ipynb"))
    if len(graded) != len(made):
        raise SystemExit(f"nbgrader has graded {len(graded)} of {len(made)} notebooks")


def otter_peer(python: Path, made: list[Made], folder: Path) -> None:
    """Grade notebooks by `otter run`, a process each."""
    (folder / "tests").mkdir(parents=True)
    for number, check in enumerate(CHECKS):
        code = "\n".join(_prompted(REFERENCE)) + "\n" + "\n".join(_prompted(check))
        case = {"code": code, "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": f"q{number}", "points": 1, "suites": [suite]}
        (folder / "tests" / f"q{number}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    otter = str(python.with_name("otter"))
    run([otter, "generate", "-t", "tests", "--no-environment"], folder)
    for one in made:
        own = folder / one.student
        own.mkdir(parents=True)
        (own / "exercise3.ipynb").write_text(_notebook([_cell(_code(one))]))
        run([otter, "run", "-a", str(folder / "autograder.zip"), "exercise3.ipynb"], own)
        if not (own / "results.json").exists():
            raise SystemExit("otter-grader has written no results")


def _prompted(code: str) -> list[str]:
    """Return code as doctest has it."""
    lines = []
    for line in code.strip().splitlines():
        if line.strip():
            lines.append(f"{'...' if line[0] == ' ' else '>>>'} {line}")
        elif lines and lines[-1] != "...":
            lines.append("...")
    return lines


def _cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"c{abs(hash(source)) % 10**12}",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _notebook(cells: list[dict[str, Any]]) -> str:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _code(one: Made) -> str:
    return one.data.decode()


def ours(notebooks: bool, made: list[Made], folder: Path) -> None:
    """Grade the same by `bpgrade batch` in strict isolation."""
    for one in made:
        own = folder / "in" / one.student
        own.mkdir(parents=True)
        if notebooks:
            (own / "exercise3.ipynb").write_text(_notebook([_cell(_code(one))]))
        else:
            (own / "exercise3.py").write_bytes(one.data)
    words = ["batch", str(folder / "in"), "-o", str(folder / "out"), "--course", str(COURSE), "-q"]
    run([sys.executable, "-m", "grader", *words, "--no-pages", "--no-similar"], folder)


CLASS: Final = 1_000
PEERS: Final = {
    "nbgrader": (nbgrader_peer, True),
    "otter-grader": (otter_peer, True),
    "gradescope-utils": (gradescope_peer, False),
    "pytest": (pytest_peer, False),
}


def each_further(work: Callable[[list[Made], Path], None], many: int) -> float:
    """Return the seconds of each submission after the first."""
    # the files alone: what is a notebook is made of them where it is wanted
    right = make_class(2 * many + 2, {"right": 1.0})
    made = list(islice((one for one in right if one.name.endswith(".py")), many + 1))
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    try:
        first = timed(lambda: work(made[:1], folder / "one"))
        return (timed(lambda: work(made, folder / "all")) - first) / many
    finally:
        shutil.rmtree(folder)


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--many", type=int, default=20, help="submissions for a peer")
    parser.add_argument("--environments", type=Path, default=Path("build/peers"))
    given = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}; seconds for each further submission"
    )
    missed = False
    for name in given.peers:
        work, notebooks = PEERS[name]
        python = python_of(name, given.environments.absolute())
        peer = each_further(partial(work, python), given.many)
        own = each_further(partial(ours, notebooks), CLASS)
        missed |= peer / own < LEAST.get(name, 0.0)
        print(
            f"{name} {version_of(name, python)}: {peer:.3f} s; bpgrade {own:.4f} s;"
            f" {peer / own:.0f} times as long"
            + (f" (at least {LEAST[name]:g})" if name in LEAST else ""),
            flush=True,
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
