"""`bpgrade check` and `grader.grade`: exit codes, what goes to which stream, and whose fault."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from command import run_command
from thoroughness import thorough
from waiting import wait_for

import grader
from grader.course import find_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
SOLUTION = ROOT / "solutions" / "exercise1.py"

CHECKS = '''
import pytest


@pytest.mark.function("double")
@pytest.mark.points(1)
@pytest.mark.visible
def test_two(student, compare):
    """Twice two is four"""
    compare.close(student.double(2), 4, names="double")


@pytest.mark.function("double")
@pytest.mark.points(2)
def test_any(student, reference, compare, rng):
    """Arrays are doubled"""
    x = rng.normal(size=3)
    compare.close(student.double(x), reference.double(x), names="double")
'''


def graded(text: str) -> list[tuple[object, ...]]:
    """Return what results say, without times."""
    return [
        (
            result["status"],
            result["score"],
            [(each["id"], each["title"], each["outcome"], each["feedback"]) for each in checks],
        )
        for result in map(json.loads, text.splitlines())
        for checks in [result["checks"]]
    ]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one exercise, to be broken at will."""
    folder = tmp_path / "course"
    (folder / "exercises").mkdir(parents=True)
    (folder / "solutions").mkdir()
    (folder / "exercises" / "course.toml").write_text(
        'name = "mini"\ntitle = "Mini"\npackages = ["numpy"]\n'
        '[exercises.exercise1]\ntitle = "One"\n[exercises.exercise1.points]\ndouble = 3\n'
    )
    (folder / "solutions" / "exercise1.py").write_text("def double(x):\n    return 2 * x\n")
    (folder / "solutions" / "check_exercise1.py").write_text(CHECKS)
    return folder


def submission(folder: Path, text: str) -> Path:
    path = folder / "exercise1.py"
    path.write_text(textwrap.dedent(text))
    return path


def test_full_marks_exit_0_and_say_so():
    done = run_command("check", SOLUTION)
    assert done.returncode == 0
    assert "10 / 10" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PYTEST_ADDOPTS", "-k nothing --no-such-option"),
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_THEME", "no-such-theme"),
    ],
)
def test_what_a_developer_has_set_for_pytest_changes_nothing(variable: str, value: str):
    done = run_command("check", SOLUTION, variables={**os.environ, variable: value})
    assert done.returncode == 0
    assert "10 / 10" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("variable", "value"),
    thorough(
        [("PYTHONOPTIMIZE", "1"), ("PYTHONOPTIMIZE", "2"), ("PYTHONINSPECT", "1")],
        but=lambda case: case != ("PYTHONOPTIMIZE", "1"),
    ),
)
def test_how_python_was_started_changes_nothing(
    course: Path, tmp_path: Path, variable: str, value: str
):
    written = course / "exercises" / "course.toml"
    written.write_text(written.read_text().replace("double = 3", "double = 4"))
    helper = course / "solutions" / "shared.py"
    helper.write_text("def even(x):\n    assert x % 2 == 0, f'{x} is odd'\n")
    checks = course / "solutions" / "check_exercise1.py"
    checks.write_text(
        "from shared import even\n"
        + checks.read_text()
        + textwrap.dedent(
            '''
            @pytest.mark.function("double")
            @pytest.mark.points(1)
            def test_by_a_helper(student):
                """Numbers become even"""
                even(student.double(3))
            '''
        )
    )
    path = submission(tmp_path, "def double(x):\n    return x + 2\n")
    right = course / "solutions" / "exercise1.py"
    plain, other = (
        run_command("check", path, right, "--json", "--course", course, variables=variables)
        for variables in (None, {**os.environ, variable: value})
    )
    assert [score for _, score, _ in graded(plain.stdout)] == [1, 4]
    assert graded(other.stdout) == graded(plain.stdout)
    assert (other.returncode, other.stderr) == (plain.returncode, plain.stderr)


def test_modules_of_others_strict_warnings_and_a_deaf_parent_change_no_batch(
    course: Path, tmp_path: Path
):
    others = tmp_path / "others"
    others.mkdir()
    for name in ("click", "json", "msgpack", "numpy", "pytest", "random", "selectors"):
        (others / f"{name}.py").write_text("of_another_project = True\n")
    handed_in = tmp_path / "handed_in"
    handed_in.mkdir()
    (handed_in / "anna_exercise1.py").write_text("def double(x):\n    return 2 * x\n")
    words = ("batch", handed_in, "--course", course, "--out", tmp_path / "out")
    set_ = {"PYTHONPATH": str(others), "PYTHONWARNINGS": "error"}
    deaf = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN);"
    start = f"{deaf} os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    done = subprocess.run(
        [sys.executable, "-E", "-c", start, "-m", "grader", *words],
        env={**os.environ, **set_},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr  # of what was left open
    assert "graded,3,3," in (tmp_path / "out" / "grades.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "told",
    [
        lambda: warnings.simplefilter("error"),
        lambda: numpy.seterr(all="raise"),
        lambda: numpy.set_printoptions(precision=2),
        lambda: socket.setdefaulttimeout(1e-6),
    ],
    ids=["warnings", "errors", "texts", "sockets"],
)
@pytest.mark.filterwarnings("ignore")
def test_what_a_notebook_has_set_changes_nothing_and_stays(
    course: Path, tmp_path: Path, told: Callable[[], object]
):
    (course / "solutions" / "check_exercise1.py").write_text(
        textwrap.dedent(
            '''
            import warnings

            import numpy
            import pytest

            @pytest.mark.function("double")
            @pytest.mark.points(3)
            def test_all(student, reference):
                """All is as in the task"""
                warnings.warn("a name of old", DeprecationWarning)
                assert str(numpy.asarray(student.double(1.23456))) == "2.46912"
                assert reference.double(1.2) == student.double(1.2)
            '''
        )
    )
    text = "import numpy\ndef double(x):\n    numpy.log(numpy.zeros(1))\n    return 2 * x\n"
    (course / "solutions" / "exercise1.py").write_text(text)
    right, wrong = submission(tmp_path, text), tmp_path / "wrong.py"
    wrong.write_text(text.replace("2 *", "3 *"))
    with numpy.errstate(), numpy.printoptions(), warnings.catch_warnings():
        try:
            told()
            before = (numpy.geterr(), numpy.get_printoptions(), list(warnings.filters))
            results = [
                grader.grade(path, exercise="exercise1", course=course) for path in (right, wrong)
            ]
            after = (numpy.geterr(), numpy.get_printoptions(), list(warnings.filters))
        finally:
            socket.setdefaulttimeout(None)
    assert [(each.status, each.score) for each in results] == [("graded", 3.0), ("graded", 0.0)]
    assert "returned 3.70368" in results[1].checks[0].feedback
    assert after == before


@pytest.mark.parametrize("flag", thorough(["-O", "-OO"], but=["-OO"]))
def test_python_without_assertions_grades_nothing_and_says_so(flag: str):
    code = f"import grader; grader.grade({str(SOLUTION)!r})"
    done = subprocess.run([sys.executable, flag, "-c", code], capture_output=True, text=True)
    assert "UsageError: Python was started to leave out `assert`" in done.stderr
    command = [sys.executable, flag, "-m", "grader", "check", SOLUTION]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "start it without -O" in done.stderr


def test_without_room_for_temporary_files_it_says_so():
    command = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "grader"]
    done = subprocess.run([*command, "check", SOLUTION], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "")
    assert "no folder in which temporary files can be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_points_lost_exit_1(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    return x + 2\n")
    done = run_command("check", path, "--course", course)
    assert done.returncode == 1
    assert "1 / 3" in done.stdout


def test_json_is_one_document_a_line_and_nothing_else(course: Path, tmp_path: Path):
    path = submission(tmp_path, "print('noise')\ndef double(x):\n    return 2 * x\n")
    done = run_command("check", path, path, "--json", "--course", course)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [document["score"] for document in documents] == [3.0, 3.0]
    assert documents[0]["output"] == "noise\n"
    assert documents[0]["schema"] == "bpgrade-result/1"


def test_a_missing_file_does_not_keep_the_others_from_being_graded(tmp_path: Path):
    done = run_command("check", tmp_path / "exercise1.py", SOLUTION, "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert "no such file" in done.stderr


def test_a_check_that_breaks_is_the_graders_fault_never_the_students_zero(
    course: Path, tmp_path: Path
):
    checks = course / "solutions" / "check_exercise1.py"
    checks.write_text(CHECKS.replace("x = rng.normal(size=3)", "x = rng.nonsense()"))
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    done = run_command("check", path, "--json", "--course", course)
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert document["status"] == "ungraded"
    assert document["checks"][1]["outcome"] == "grader_error"
    assert "No score: the grader failed" in run_command("check", path, "--course", course).stdout


@pytest.mark.parametrize(
    ("line", "seen", "hidden"),
    [
        ("assert student.double(2) == 4, 'twice'", "twice", "A required condition does not hold."),
        (
            "np.testing.assert_allclose(student.double(2), 4)",
            "DESIRED: ",
            "A required condition does not hold",
        ),
        (
            "assert student.double(2) == pytest.approx(4)",
            "assert 6",
            "A required condition does not hold",
        ),
        ("student.double(2) == 4 or pytest.fail('not twice')", "not twice", "not twice"),
    ],
)
def test_what_pytest_and_numpy_assert_is_the_submissions_failure(
    course: Path, tmp_path: Path, line: str, seen: str, hidden: str
):
    marks = '@pytest.mark.function("double")\n@pytest.mark.points({})\n'
    body = f'(student):\n    """Twice two is four"""\n    {line}\n'
    (course / "solutions" / "check_exercise1.py").write_text(
        "import numpy as np\nimport pytest\n\n"
        + f"{marks.format(1)}@pytest.mark.visible\ndef test_seen{body}\n"
        + f"{marks.format(2)}def test_hidden{body}"
    )
    path = submission(tmp_path, "def double(x):\n    return 3 * x\n")
    done = run_command("check", path, "--json", "--course", course)
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert [check["outcome"] for check in document["checks"]] == ["failed", "failed"]
    assert seen in document["checks"][0]["feedback"]
    assert hidden in document["checks"][1]["feedback"]
    assert "DESIRED" not in document["checks"][1]["feedback"]


def test_an_assertion_in_the_reference_is_the_graders_fault(course: Path, tmp_path: Path):
    reference = course / "solutions" / "exercise1.py"
    reference.write_text("def double(x):\n    assert False, 'not meant'\n")
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    done = run_command("check", path, "--json", "--course", course)
    assert done.returncode == 3
    assert json.loads(done.stdout)["checks"][1]["outcome"] == "grader_error"


def test_a_check_that_prints_does_not_spoil_the_json(course: Path, tmp_path: Path):
    checks = course / "solutions" / "check_exercise1.py"
    checks.write_text(CHECKS.replace("x = rng", "print('spoilt')\n    x = rng"))
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    done = run_command("check", path, "--json", "--course", course)
    assert json.loads(done.stdout)["score"] == 3.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points(2)", "points(5)", "add up to 6 points"),
        ('function("double")', 'function("treble")', "treble"),
        ('"""Arrays are doubled"""', "", "no title"),
        ("import pytest", "import pytest\nimport nothing_like_it", "nothing_like_it"),
        ("def test_any(", "def test_any(:", "check_exercise1.py"),
    ],
)
def test_a_mistake_in_the_checks_is_one_clear_line(
    course: Path, tmp_path: Path, old: str, new: str, said: str
):
    checks = course / "solutions" / "check_exercise1.py"
    checks.write_text(CHECKS.replace(old, new))
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    done = run_command("check", path, "--course", course)
    assert done.returncode == 3
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_same_seed_gives_the_same_result_but_for_timings(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    return x * x\n")
    documents = [
        json.loads(run_command("check", path, "--json", "--course", course, "--seed", seed).stdout)
        for seed in (7, 7, 8)
    ]
    for document in documents:
        document.pop("seconds")
        for check in document["checks"]:
            check.pop("seconds")
    assert documents[0] == documents[1]
    assert documents[0]["checks"] != documents[2]["checks"]


def test_hidden_expected_values_are_not_shown_and_visible_ones_are(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    return 3 * x\n")
    visible, hidden = json.loads(run_command("check", path, "--json", "--course", course).stdout)[
        "checks"
    ]
    assert "expected 4" in visible["feedback"]
    assert "Called: double(x=2)" in visible["feedback"]
    assert "expected" not in hidden["feedback"]
    assert "off by 50 %" in hidden["feedback"]


def test_a_submission_cannot_bring_its_own_course(course: Path, tmp_path: Path):
    path = submission(course / "exercises", "def double(x):\n    return 0\n")
    done = run_command("check", path, "--json", folder=tmp_path)
    assert json.loads(done.stdout)["course"] == "backpropagation"


def test_no_colour_and_no_control_characters_where_it_is_no_terminal():
    done = run_command(
        "check", SOLUTION, variables={**os.environ, "FORCE_COLOR": "", "NO_COLOR": "1"}
    )
    assert "\x1b" not in done.stdout


def test_ctrl_c_amid_an_import_has_the_same_exit_code(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(
        "import grader.cli.group\n"
        "def interrupted():\n    exec('raise KeyboardInterrupt')  # as a dataclass is made\n"
        "grader.cli.group.use_language = interrupted\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "grader", "doctor"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "bpgrade: stopped\n")


def test_ctrl_c_ends_cleanly_and_leaves_nothing_running(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    open('begun', 'w')\n    while True: pass\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "grader", "check", str(path), "--course", str(course)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    wait_for(lambda: list(scratch.rglob("begun")), "double is running")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == "bpgrade: stopped"
    assert list(scratch.iterdir()) == []


def test_watch_grades_again_after_a_change(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    return x + 2\n")
    command = [sys.executable, "-m", "grader", "check", str(path), "--course", str(course)]
    with subprocess.Popen(
        [*command, "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        path.write_text("def double(x):\n    return 2 * x\n")
        second = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
    assert (first["score"], second["score"]) == (1.0, 3.0)


def test_grade_returns_the_result_record(course: Path, tmp_path: Path):
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    result = grader.grade(path, course=course)
    assert result.full_marks
    assert result.score == result.max_score == 3.0
    assert result.checks[0].title == "Twice two is four"


def test_grade_raises_what_a_user_can_mend(tmp_path: Path):
    with pytest.raises(grader.SubmissionError) as caught:
        grader.grade(tmp_path / "exercise1.py")
    assert caught.value.remedy
    with pytest.raises(grader.UsageError, match="does not say which exercise"):
        grader.grade(ROOT / "LICENSE")


def test_the_public_names_are_complete_sorted_and_there():
    assert grader.__all__ == sorted(grader.__all__)
    for name in grader.__all__:
        assert getattr(grader, name).__name__ == name


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_line_tells_on_a_terminal_what_is_being_run(course: Path, tmp_path: Path):
    import pty

    ours, theirs = pty.openpty()
    path = submission(
        tmp_path, "import time\ndef double(x):\n    time.sleep(0.4)\n    return 2 * x"
    )
    done = subprocess.run(
        [sys.executable, "-m", "grader", "check", str(path), "--course", str(course)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        timeout=120,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "exercise1.py: double: Twice two is four" in shown
    assert "Twice two" not in done.stdout


def test_a_grader_collects_what_it_is_asked_for_and_keeps_one_host():
    course = find_course(ROOT, ROOT)
    first, second = course.exercise("exercise1"), course.exercise("exercise2")
    with Grader(course, resolve("basic")) as grader:
        host = grader.host
        for exercise in (first, second, first):
            right = read_submission(course.reference(exercise))
            assert grader.grade(right, exercise, 3).full_marks
        assert grader.collect([second]).of(second)
        assert grader.host is host
    with pytest.raises(RuntimeError, match="context"):
        Grader(course, resolve("basic")).host  # noqa: B018


def test_what_ends_python_in_a_check_file_is_a_mistake_of_the_course(course: Path, tmp_path: Path):
    checks = course / "solutions" / "check_exercise1.py"
    path = submission(tmp_path, "def double(x):\n    return 2 * x\n")
    for line in ("raise SystemExit(0)", "import pytest\npytest.exit('enough')"):
        checks.write_text(f"{line}\n")
        done = run_command("check", path, "--course", course)
        assert done.returncode == 3
        assert "cannot be collected" in done.stderr or "cannot be loaded" in done.stderr
        assert "check_exercise1.py" in done.stderr or "the checks of mini" in done.stderr
        assert "Traceback" not in done.stderr
