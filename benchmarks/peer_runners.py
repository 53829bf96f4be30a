"""The same ten checks set up for each grader, and one submission graded by it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHECKS: Final = 10
PATIENCE: Final = 90.0  # seconds: more than any of the graders needs to be done by itself
_REFERENCE: Final = '''\
import numpy as np


def reference(x):
    """@TOKEN@"""
    return np.cos(x) * x + np.sin(x)
'''
_CHECK: Final = """\
x = np.random.default_rng({number}).normal(size=4)
expected = reference(x)
actual = gradient(x)
np.testing.assert_allclose(actual, expected)
assert all(np.isclose(actual, expected))
"""


@dataclass(frozen=True)
class Run:
    """How a grader dealt with a submission.

    `points` of ten is None where there is no result; `exit_code` is None where it was still
    running after `PATIENCE` seconds; `output` is all that the student may be shown.
    """

    points: float | None
    exit_code: int | None
    output: str


def _check(number: int, indent: int) -> str:
    lines = _CHECK.format(number=number).splitlines()
    return "\n".join(" " * indent + line for line in lines) + "\n"


def _start(
    words: Sequence[str | Path], folder: Path, work: Path | None = None
) -> tuple[int | None, str]:
    """Run a command; return its exit code, None where it did not end, and what it printed."""
    output = folder / "printed"
    with output.open("wb") as file:
        process = subprocess.Popen(
            list(map(str, words)),
            cwd=work or folder,
            env=_environment(Path(words[0])) | {"GRADER_SECRET": _token(folder)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        _end_session(process)
    return code, output.read_text(encoding="utf-8", errors="replace")


def _environment(program: Path) -> dict[str, str]:
    """Return an environment in which a grader finds the programs that came with it."""
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def _end_session(process: subprocess.Popen[bytes]) -> None:
    """End what a grader has started, in whatever group it is."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            session = (entry / "stat").read_text().rpartition(")")[2].split()[3]
        except OSError:
            continue
        if int(session) == process.pid:
            os.kill(int(entry.name), signal.SIGKILL)
    process.wait()


def _token(folder: Path) -> str:
    return (folder / "token").read_text(encoding="utf-8")


def _write_common(folder: Path, submission: str) -> None:
    reference = _REFERENCE.replace("@TOKEN@", _token(folder))
    (folder / "reference.py").write_text(reference, encoding="utf-8")
    (folder / "submission.py").write_text(submission, encoding="utf-8")


def run_pytest(python: Path, folder: Path, submission: str) -> Run:
    """Grade by pytest, from its JUnit file."""
    _write_common(folder, submission)
    imports = (
        "import numpy as np\nfrom reference import reference\nfrom submission import gradient\n"
    )
    tests = "\n\n".join(f"def test_{number}():\n{_check(number, 4)}" for number in range(CHECKS))
    (folder / "test_submission.py").write_text(f"{imports}\n\n{tests}", encoding="utf-8")
    report = folder / "report.xml"
    words = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    code, output = _start(words, folder)
    points = None
    if report.exists():
        suite = ElementTree.parse(report).getroot()[0]
        lost = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        points = float(int(suite.get("tests", 0)) - lost)
    return Run(points, code, output)


def run_gradescope(python: Path, folder: Path, submission: str) -> Run:
    """Grade by gradescope-utils, as its example autograder does."""
    _write_common(folder, submission)
    tests = "\n".join(
        f"    @weight(1)\n    def test_{number}(self):\n{_check(number, 8)}"
        for number in range(CHECKS)
    )
    (folder / "run_tests.py").write_text(
        "import unittest\n\nimport numpy as np\n"
        "from gradescope_utils.autograder_utils.decorators import weight\n"
        "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n"
        "from reference import reference\nfrom submission import gradient\n\n\n"
        f"class TestGradient(unittest.TestCase):\n{tests}\n\n"
        'if __name__ == "__main__":\n'
        "    suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestGradient)\n"
        '    with open("results.json", "w") as file:\n'
        '        JSONTestRunner(visibility="visible", stream=file).run(suite)\n',
        encoding="utf-8",
    )
    code, output = _start([python, "run_tests.py"], folder)
    return _gradescope_results(folder / "results.json", code, output)


def _gradescope_results(path: Path, code: int | None, output: str) -> Run:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    points = None
    if text.strip():
        found: dict[str, Any] = json.loads(text)
        points = float(found.get("score") or sum(test.get("score", 0) for test in found["tests"]))
    return Run(points, code, output + text)


def run_otter(python: Path, folder: Path, submission: str) -> Run:
    """Grade by `otter run`, which is what its containers run."""
    _write_common(folder, submission)
    tests = folder / "tests"
    tests.mkdir()
    cases = "\n\n".join(
        f"@test_case(points=1)\ndef test_{number}(gradient):\n{_check(number, 4)}"
        for number in range(CHECKS)
    )
    reference = (folder / "reference.py").read_text(encoding="utf-8")
    (tests / "q1.py").write_text(
        f"from otter.test_files import test_case\n{reference}\n\nOK_FORMAT = False\n"
        f'name = "q1"\npoints = None\n\n\n{cases}',
        encoding="utf-8",
    )
    (folder / "out").mkdir()
    otter = python.with_name("otter")
    subprocess.run(
        [otter, "generate", "-t", "tests", "-o", "autograder.zip"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    words = [otter, "run", "--no-logo", "-a", "autograder.zip", "-o", "out", "submission.py"]
    code, output = _start(words, folder)
    return _gradescope_results(folder / "out" / "results.json", code, output)


def run_check50(python: Path, folder: Path, submission: str) -> Run:
    """Grade by check50, with checks from a local folder, each with less than its 60 s."""
    _write_common(folder, submission)
    checks = folder / "checks"
    checks.mkdir()
    shutil.move(folder / "reference.py", checks)
    functions = "\n\n".join(
        f'@check50.check(timeout=3)\ndef check_{number}():\n    """check {number}"""\n'
        '    gradient = check50.py.import_("submission.py").gradient\n'
        f"{_check(number, 4)}"
        for number in range(CHECKS)
    )
    (checks / "__init__.py").write_text(
        "import sys\nfrom pathlib import Path\n\nimport check50\nimport check50.py\n"
        "import numpy as np\n\nsys.path.insert(0, str(Path(__file__).parent))\n"
        f"from reference import reference\n\n\n{functions}",
        encoding="utf-8",
    )
    (checks / ".cs50.yml").write_text(
        "check50:\n  files:\n    - !exclude '*'\n    - !require submission.py\n", encoding="utf-8"
    )
    work = folder / "work"
    work.mkdir()
    shutil.move(folder / "submission.py", work)
    results = folder / "results.json"
    words = [
        python.with_name("check50"),
        "--dev",
        "-o",
        "json",
        "--output-file",
        results,
        "--log-level",
        "warning",
        checks,
    ]
    code, output = _start(words, folder, work)
    text = results.read_text(encoding="utf-8") if results.exists() else ""
    found = json.loads(text).get("results") if text.strip() else None
    points = None if found is None else float(sum(check["passed"] is True for check in found))
    return Run(points, code, output + text)


def run_nbgrader(python: Path, folder: Path, submission: str) -> Run:
    """Grade by nbgrader: an assignment with hidden tests, one submission, its feedback."""
    reference = _REFERENCE.replace("@TOKEN@", _token(folder))
    hidden = "### BEGIN HIDDEN TESTS\n{}### END HIDDEN TESTS"
    cells = [_cell("gradient", "### BEGIN SOLUTION\n### END SOLUTION", solution=True)]
    for number in range(CHECKS):
        source = hidden.format(f"{reference}{_check(number, 0)}")
        cells.append(_cell(f"check{number}", source, points=1))
    _write_notebook(folder / "source" / "ps1" / "p1.ipynb", cells)
    nbgrader = [python, "-m", "nbgrader"]
    made = subprocess.run(
        [*nbgrader, "generate_assignment", "ps1", "--create"],
        cwd=folder,
        env=_environment(python),
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    released = json.loads((folder / "release/ps1/p1.ipynb").read_text(encoding="utf-8"))
    released["cells"][0]["source"] = submission
    _write_notebook(folder / "submitted" / "alice" / "ps1" / "p1.ipynb", released["cells"])
    # a cell may take 30 s by default, and there are ten: shorter, so that it can be waited for
    words = [*nbgrader, "autograde", "ps1", "--create", "--ExecutePreprocessor.timeout=3"]
    code, output = _start(words, folder)
    graded = folder / "autograded" / "alice" / "ps1" / "p1.ipynb"
    if not graded.exists():
        return Run(None, code, output)
    cells = json.loads(graded.read_text(encoding="utf-8"))["cells"]
    shown = json.dumps([cell.get("outputs") for cell in cells])
    return Run(_nbgrader_points(folder), code, output + shown)


def _nbgrader_points(folder: Path) -> float | None:
    import sqlite3

    with sqlite3.connect(folder / "gradebook.db") as database:
        query = "select sum(coalesce(manual_score, auto_score, 0)) from grade"
        (points,) = database.execute(query).fetchone()
    return None if points is None else float(points)


def _cell(name: str, source: str, solution: bool = False, points: int | None = None) -> Any:
    mark: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        mark["points"] = points
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"nbgrader": mark},
        "outputs": [],
        "source": source,
    }


def _write_notebook(path: Path, cells: list[Any]) -> None:
    path.parent.mkdir(parents=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")


def run_bpgrade(python: Path, folder: Path, submission: str) -> Run:
    """Grade by `bpgrade check --isolation strict`."""
    course = folder / "course"
    for name in ("exercises", "solutions"):
        (course / name).mkdir(parents=True)
    (course / "exercises" / "course.toml").write_text(
        'name = "peers"\ntitle = "Peers"\npackages = ["numpy"]\n'
        '[exercises.exercise1]\ntitle = "One"\n[exercises.exercise1.points]\ngradient = 10\n',
        encoding="utf-8",
    )
    _write_common(folder, submission)
    reference = (folder / "reference.py").read_text(encoding="utf-8")
    (folder / "reference.py").unlink()
    (course / "solutions" / "exercise1.py").write_text(
        reference.replace("def reference", "def gradient"), encoding="utf-8"
    )
    checks = "\n\n".join(
        f'@pytest.mark.function("gradient")\n@pytest.mark.points(1)\n'
        f'def test_{number}(student, reference, compare):\n    """Check {number}"""\n'
        f"    x = np.random.default_rng({number}).normal(size=4)\n"
        "    expected = reference.gradient(x)\n"
        "    compare.close(student.gradient(x), expected)\n"
        for number in range(CHECKS)
    )
    (course / "solutions" / "check_exercise1.py").write_text(
        f"import numpy as np\nimport pytest\n\n\n{checks}", encoding="utf-8"
    )
    words = [
        python,
        "-m",
        "grader",
        "check",
        "--json",
        "--isolation",
        "strict",
        "--exercise",
        "exercise1",
        "--course",
        course,
        "submission.py",
    ]
    code, output = _start(words, folder)
    lines = [line for line in output.splitlines() if line.startswith("{")]
    graded = json.loads(lines[0]) if lines else {"status": "ungraded"}
    return Run(graded["score"] if graded["status"] == "graded" else None, code, output)


RUNNERS: Final[dict[str, Callable[[Path, Path, str], Run]]] = {
    "bpgrade": run_bpgrade,
    "otter-grader": run_otter,
    "nbgrader": run_nbgrader,
    "check50": run_check50,
    "gradescope-utils": run_gradescope,
    "pytest": run_pytest,
}
