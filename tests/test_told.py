"""What breaks is told once, with its cause, in every place where a result is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from command import run_command
from hypothesis import given
from hypothesis import strategies as st
from shipped_course import impatient
from thoroughness import thorough

from grader.author.faults import _of_reference as of_reference
from grader.checking.compare import Compare
from grader.comparison.check_failure import CheckFailure
from grader.platforms.assessment import Assessment
from grader.platforms.check_text import html_message, markdown_message, message
from grader.report.annotation import overall_text
from grader.report.arrangement import findings
from grader.report.notebook_table import html_of
from grader.report.pages.student_page import Work, student_page
from grader.report.terminal import render_text
from grader.result import Result

ROOT = Path(__file__).resolve().parent.parent
ONE = (ROOT / "solutions" / "exercise1.py").read_text("utf-8")
THREE = (ROOT / "solutions" / "exercise3.py").read_text("utf-8")
RESHAPED = ONE[: ONE.index("z = np.asarray(z)")].count("\n") + 1
_DISPLAY = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")
PAIRS = "gradient_1, gradient_2"


def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in _DISPLAY}
    return run_command(*arguments, variables={**own, "PYTHONIOENCODING": "utf-8", **variables})


def graded(folder: Path, name: str, text: str) -> Result:
    """Return what the command says of a submission."""
    path = folder / name
    path.write_text(text, "utf-8")
    return Result.from_json(run("check", path, "--json").stdout)


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


CASES = {
    "missing import": (
        "exercise3.py",
        replaced(THREE, "import numpy as np\n", ""),
        "`np` is not defined: put `import numpy as np` at the top",
        {"forward", "gradient", "train"},
    ),
    "missing import of math": (
        "exercise1.py",
        replaced(ONE, "np.exp(", "math.exp("),
        "`math` is not defined: put `import math` at the top",
        {"sigmoid"},
    ),
    "star import of old": (
        "exercise1.py",
        replaced(ONE, "np.exp(", "exp("),
        "`exp` is not defined: NumPy's is `np.exp`, after `import numpy as np`",
        {"sigmoid"},
    ),
    "capital letter": (
        "exercise1.py",
        replaced(ONE, "def sigmoid", "def Sigmoid"),
        "your file defines `Sigmoid`: rename it to `sigmoid`",
        {"sigmoid", "forward"},
    ),
    "letter left out": (
        "exercise3.py",
        replaced(THREE, "def forward", "def foward"),
        "your file defines `foward`: rename it to `forward`",
        {"forward", "gradient", "train"},
    ),
    "call misspelt": (
        "exercise1.py",
        replaced(ONE, "sigmoid(x @", "sigmiod(x @"),
        "`sigmiod` is not defined: is `sigmoid` meant?",
        {"forward"},
    ),
    "parameters swapped": (
        "exercise3.py",
        replaced(THREE, "def forward(x, weight_1,", "def forward(weight_1, x,"),
        "the parameters are in a different order: `forward(weight_1, x, weight_2, bias)` should be"
        " `forward(x, weight_1, weight_2, bias)`",
        {"forward"},
    ),
    "parameter missing": (
        "exercise3.py",
        replaced(THREE, f"{PAIRS}, learning_rate):", f"{PAIRS}):\n    learning_rate = 0.5"),
        f"`learning_rate` is missing: `update(weight_1, weight_2, {PAIRS})` should be"
        f" `update(weight_1, weight_2, {PAIRS}, learning_rate)`",
        {"update"},
    ),
    "parameter too many": (
        "exercise1.py",
        replaced(ONE, "def loss(output, target):", "def loss(output, target, weights):"),
        "`weights` is too many: `loss(output, target, weights)` should be `loss(output, target)`",
        {"loss"},
    ),
    "one line": (
        "exercise1.py",
        replaced(ONE, "z = np.asarray(z)", "z = np.asarray(z).reshape(3, 7)"),
        f"ValueError in exercise1.py, line {RESHAPED}",
        {"sigmoid"},
    ),
    "no such attribute": (
        "exercise3.py",
        replaced(THREE, "np.outer", "np.outter"),
        "AttributeError: module 'numpy' has no attribute 'outter'",
        {"gradient"},
    ),
    "no end": (
        "exercise1.py",
        replaced(ONE, "z = np.asarray(z)", "return sigmoid(z)"),
        "sigmoid calls itself without end",
        {"sigmoid"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_cause_is_one_block_everywhere(case: str, tmp_path: Path):
    name, text, cause, functions = CASES[case]
    result = graded(tmp_path, name, text)
    failed = [check for check in result.checks if check.cause == cause]
    assert {check.function for check in failed} == functions
    assert all(check.feedback for check in failed)
    told = [one.id for check in failed for one in check.diagnosis]
    assert all(name.startswith("repair: ") for name in told)  # what mends the line that raises
    found = [finding for finding in findings(result) if finding.cause == cause]
    assert len(found) == 1
    assert found[0].hints == ()
    sentence = f"{found[0].sentence}"
    assert sentence[1:] == f"{cause[1:]}."
    plain = " ".join(render_text(result, 200).split())
    assert plain.count(sentence) == 1
    page = student_page([Work(result.exercise, result)], name="Ada")
    table = html_of(result)
    for html in (page, table):
        assert html.replace("&#39;", "'").replace("&#x27;", "'").count(sentence) == 1
    tests = [test for test in Assessment(result).tests if test.check.cause == cause]
    for visible in (True, False):
        own = [test for test in tests if test.check.visible is visible]
        assert len([test for test in own if not test.told_at]) <= 1
        for test in own[1:]:
            assert message(test).startswith(f"{sentence} See: ")
            assert "line" not in markdown_message(test) or case == "one line"
            assert "See: " in html_message(test)
    assert "Hint" not in overall_text(result, []).partition(cause[1:])[2].partition("**Feed")[0]


def test_a_hint_of_the_task_is_not_given_under_a_crash(tmp_path: Path):
    result = graded(tmp_path, "exercise1.py", replaced(ONE, "import numpy as np\n", ""))
    assert {check.hint for check in result.checks if check.outcome != "failed"} == {""}


def test_no_function_that_is_asked_for_is_taken_for_another(tmp_path: Path):
    text = THREE[: THREE.index("def forward")] + THREE[THREE.index("def gradient") :]
    result = graded(tmp_path, "exercise3.py", text)
    causes = {check.cause for check in result.checks if check.cause}
    assert causes == {"`forward` is not defined: define it, or correct its spelling"}


def test_other_names_and_defaults_are_right_parameters(tmp_path: Path):
    text = replaced(
        ONE, "def loss(output, target):", "def loss(o, t, scale=2):\n    output, target = o, t"
    )
    assert graded(tmp_path, "exercise1.py", text).full_marks


WRONG_FORWARD = {
    "transposed": replaced(THREE, "sigmoid(x @ weight_1", "sigmoid(weight_1 @ x"),
    "one bias": replaced(THREE, "hidden @ weight_2 + bias[1]", "hidden @ weight_2 + bias[0]"),
    "nothing returned": replaced(THREE, "    return hidden, output\n", ""),
}


@pytest.mark.parametrize("case", WRONG_FORWARD)
def test_the_first_wrong_step_comes_first(case: str, tmp_path: Path):
    result = graded(tmp_path, "exercise3.py", WRONG_FORWARD[case])
    found = findings(result)
    assert found[0].functions[0] == "forward"
    page = student_page([Work("exercise3", result)], name="Ada")
    sections = page[page.index("</table>") :].split("<h3>")[1:]
    assert sections[0].startswith("<code>forward</code>")


def test_the_first_wrong_step_comes_first_where_the_checks_stand_otherwise(tmp_path: Path):
    course = tmp_path / "course"
    (course / "exercises").mkdir(parents=True)
    (course / "solutions").mkdir()
    (course / "exercises" / "course.toml").write_text(
        'name = "mini"\ntitle = "Mini"\n[exercises.exercise1]\ntitle = "One"\n'
        "[exercises.exercise1.points]\nfirst = 1\nsecond = 1\n"
    )
    (course / "solutions" / "exercise1.py").write_text(
        "def first(x):\n    return x + 1\n\n\ndef second(x):\n    return 2 * first(x)\n"
    )
    check = (
        '\n\n@pytest.mark.function("{0}")\n@pytest.mark.points(1)\n'
        "def test_{0}(student, compare, reference):\n"
        '    """{0} is right"""\n    compare.close(student.{0}(2.0), reference.{0}(2.0))\n'
    )
    (course / "solutions" / "check_exercise1.py").write_text(
        "import pytest\n" + check.format("second") + check.format("first")
    )
    wrong = tmp_path / "exercise1.py"
    wrong.write_text("def first(x):\n    return x\n\n\ndef second(x):\n    return 2 * first(x)\n")
    done = run("check", wrong, "--course", course, "--json")
    result = Result.from_json(done.stdout)
    assert [finding.functions for finding in findings(result)] == [("first",), ("second",)]


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 5e-324, -5e-324, 1.7e308, -1.7e308, 1e-300, 1.0]),
)


@given(NUMBERS, NUMBERS, st.booleans())
def test_no_ratio_is_infinite_or_longer_than_anyone_reads(value: float, right: float, list_: bool):
    actual, expected = (np.array([value]), np.array([right])) if list_ else (value, right)
    try:
        Compare(visible=False).close(actual, expected, rtol=0.0, atol=0.0, names="loss")
    except CheckFailure as failure:
        text = str(failure)
        assert "inf" not in text
        assert "nan" not in text
        assert max(map(len, text.split())) < 20


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, complex(np.nan, 1)])
def test_a_value_that_is_no_number_is_named_in_words(value: complex):
    with pytest.raises(CheckFailure) as failure:
        Compare(visible=False).close(np.array([value, 1.0]), np.array([1.0, 1.0 + 0j]), names="w")
    assert "times" not in str(failure.value)
    assert "%" not in str(failure.value)
    assert any(word in str(failure.value) for word in ("is nan", "infinite", "minus infinity"))


def test_the_document_keeps_each_checks_own_feedback(tmp_path: Path):
    path = tmp_path / "exercise1.py"
    path.write_text(replaced(ONE, "import numpy as np\n", ""), "utf-8")
    checks = json.loads(run("check", path, "--json").stdout)["checks"]
    own = [check["feedback"] for check in checks if check["cause"]]
    assert len(own) == 8
    assert len(set(own)) > 1


FOUR = ROOT / "exercises" / "exercise4.py"
SIGNS = "─━┃│✓✗○·^"


def diagnosed(result: Result) -> bool:
    return any(check.diagnosis for check in result.checks)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: f"# mine\n{text}\n\nprint(step)\n",
        lambda text: text.replace('"""Return', '"""I return', 1).replace(" = ", "  =  "),
        lambda text: f"import math\nfrom grader import check\n{text}",
        lambda text: replaced(text, "range(100)", "range(7)"),
    ],
    ids=["as it is", "comment and print", "docstring and blanks", "imports", "own trial"],
)
def test_an_untouched_stub_does_not_give_its_faults_away(change, tmp_path: Path):
    result = graded(tmp_path, "exercise4.py", change(FOUR.read_text("utf-8")))
    assert not diagnosed(result)
    assert "mistakes are named once something in the code has changed" in result.warnings
    notebook = tmp_path / "exercise4.ipynb"
    notebook.write_bytes(FOUR.with_suffix(".ipynb").read_bytes())
    result = Result.from_json(run("check", notebook, "--json").stdout)
    assert not diagnosed(result)


def test_once_something_has_changed_the_mistakes_are_named(tmp_path: Path):
    text = replaced(
        FOUR.read_text("utf-8"), "    return new_1", "    new_1 = new_1 + 0\n    return new_1"
    )
    result = graded(tmp_path, "exercise4.py", text)
    assert diagnosed(result)
    assert result.warnings == ()


@pytest.mark.parametrize(("word", "named"), [("always", True), ("never", False)])
def test_the_course_says_when_mistakes_are_named(word: str, named: bool, tmp_path: Path):
    course = tmp_path / "course"
    for part in ("exercises", "solutions"):
        shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
    toml = course / "exercises" / "course.toml"
    toml.write_text(replaced(toml.read_text(), '"after_change"', f'"{word}"'))
    done = run("check", FOUR, "--course", course, "--json")
    assert diagnosed(Result.from_json(done.stdout)) is named
    toml.write_text(replaced(toml.read_text(), f'"{word}"', '"sometimes"'))
    done = run("check", FOUR, "--course", course)
    assert done.returncode == 3
    assert 'write "always" or "after_change" or "never"' in done.stderr


def test_several_files_get_a_total(tmp_path: Path):
    wrong = tmp_path / "exercise1.py"
    wrong.write_text(replaced(ONE, "def loss", "def Loss"), "utf-8")
    full = ROOT / "solutions" / "exercise2.py"
    done = run("check", wrong, full)
    assert done.stdout.endswith("\nAltogether: 24 / 26 in 2 files\n")
    assert (
        "Altogether: 24 / 26 in 2 of 3 files"
        in run("check", wrong, full, tmp_path / "no.py").stdout
    )
    assert "Altogether" not in run("check", full).stdout
    assert "Altogether" not in run("check", wrong, full, "--json").stdout


def test_a_report_without_a_terminal_is_words(tmp_path: Path):
    path = tmp_path / "exercise1.py"
    path.write_text(replaced(ONE, "import numpy as np\n", ""), "utf-8")
    drawn = run("check", path, FORCE_COLOR="1")
    assert "━" in drawn.stdout
    assert "\x1b[" in drawn.stdout
    for done in (
        run("check", path),
        run("check", path, "--plain", FORCE_COLOR="1"),
        run("check", path, FORCE_COLOR="1", NO_COLOR="1"),
        run("check", path, FORCE_COLOR="1", TERM="dumb"),
    ):
        assert not set(done.stdout) & set(SIGNS)
        assert "\x1b" not in done.stdout
        assert "sigmoid: failed, 0 of 3 points, `np` is not defined" in done.stdout
        assert "forward: passed, 5 of 5 points" in done.stdout


def test_an_arrow_below_a_line_becomes_words(tmp_path: Path):
    path = tmp_path / "exercise1.py"
    path.write_text("def sigmoid(z:\n    return z\n")
    done = run("check", path)
    assert "(the error is at character 12 of that line)" in done.stdout
    assert "^" not in done.stdout


@pytest.mark.parametrize(
    ("command", "encoding"),
    thorough(
        product(
            ["show exercise1", "show exercise6", "check {0}", "doctor"],
            ["cp1252", "ascii", "utf-8", "latin-1"],
        ),
        but=lambda case: case[0].startswith("show") or case == ("check {0}", "ascii"),
    ),
)
def test_every_encoding_of_a_pipe_will_do(command: str, encoding: str, tmp_path: Path):
    path = tmp_path / "exercise1.py"
    path.write_text("raise ValueError('─ → ü ∑')\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "grader", *command.format(path).split()],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"},
    )
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    text = done.stdout.decode(encoding)
    assert text.strip()
    assert "\\u25" not in text
    if command == "show exercise1" and encoding != "utf-8":
        assert "x[0] -w1- hidden[0]" in text


def test_a_notebooks_lines_are_told_with_their_cell(tmp_path: Path):
    cells = ["import numpy as np", *(f"x_{n} = {n}" for n in range(2))]
    cells.append(replaced(ONE, "sigmoid(x @ weight_1", "sigmoid(weight_1 @ x"))
    notebook = {
        "cells": [
            {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "id": f"c{n}"}
            | {"execution_count": None}
            for n, cell in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = tmp_path / "exercise1.ipynb"
    path.write_text(json.dumps(notebook))
    result = Result.from_json(run("check", path, "--json").stdout)
    line = next(one.line for check in result.checks for one in check.diagnosis)
    assert f"cell 4, line {line}" in render_text(result)
    assert f", cell 4, line {line}" in run("check", path).stdout
    tests = [test for test in Assessment(result).tests if test.check.diagnosis]
    assert f"(cell 4, line {line})" in message(tests[0])


def test_the_file_of_another_exercise_is_told(tmp_path: Path):
    path = tmp_path / "exercise5.py"
    path.write_text(ONE, "utf-8")
    told = " ".join(run("check", path).stdout.split())
    assert "it defines nothing that exercise5 asks for, but all of exercise1 (sigmoid," in told
    assert "is this the right file?" in told


def test_the_file_of_another_exercise_is_told_where_the_two_share_functions(tmp_path: Path):
    path = tmp_path / "exercise1.py"
    path.write_text(THREE, "utf-8")
    told = " ".join(run("check", path).stdout.split())
    assert "it lacks loss, which exercise1 asks for, and defines all of exercise3 (forward," in told
    path.write_text(ONE[: ONE.index("def loss")], "utf-8")
    assert "is this the right file?" not in run("check", path).stdout


def test_a_wrong_suffix_is_told(tmp_path: Path):
    path = tmp_path / "exercise1.txt"
    path.write_text(ONE, "utf-8")
    told = " ".join(run("check", path).stderr.split())
    assert "is it Python code alone? Then rename it to exercise1.py" in told


def test_students_do_not_read_what_is_for_instructors(tmp_path: Path):
    course = impatient(tmp_path / "course", 0.5)
    path = tmp_path / "exercise1.py"
    path.write_text(replaced(ONE, "z = np.asarray(z)", "while True:\n        pass"), "utf-8")
    done = run("check", path, "--course", course)
    for word in ("course.toml", "call_seconds", "isolation", "rlimits", "seed"):
        assert word not in done.stdout
    assert "sigmoid took longer than 0.5 s" in done.stdout
    told = run("check", path, "--course", course, "--explain").stderr
    assert "isolation: process, wall clock" in told
    assert "seed 0" in told


def test_the_author_is_told_which_limit_to_raise(tmp_path: Path):
    course = impatient(tmp_path / "course", 0.5)
    path = tmp_path / "exercise1.py"
    path.write_text(replaced(ONE, "z = np.asarray(z)", "while True:\n        pass"), "utf-8")
    done = run("check", path, "--course", course, "--json")
    result = Result.from_json(done.stdout)
    faults = [fault.remedy for fault in of_reference("check_exercise1.py", result.checks)]
    limit = "raise call_seconds, load_seconds or cpu_seconds in course.toml"
    assert f"Correct the check or the reference, or {limit}." in faults


def test_a_table_without_a_terminal_is_words():
    done = run("doctor")
    assert "process: holds. " in done.stdout
    assert not set(done.stdout) & set(SIGNS)  # which tests/test_chinese_commands.py looks at
