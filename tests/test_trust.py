"""A course that merely lies around runs no code before its user has trusted it."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_course import RIGHT, make_course
from command import run_command
from shipped_course import copy_of_shipped

import grader
from grader.course import find_course, load_course, trust
from grader.course.locate import UntrustedCourse
from grader.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).parent / "bpgrade"
STUB = (ROOT / "exercises" / "exercise3.py").read_text("utf-8")
SPELLINGS = {
    "plain": "course",
    "dot": "./course",
    "slash": "course/",
    "up": "../work/course",
    "around": "course/../course",
    "inside": "course/exercises/..",
    "link": "link",
    "link inside": "link/solutions/..",
    "absolute": "{work}/course",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    state = tmp_path / "state"
    return {**os.environ, "XDG_STATE_HOME": str(state), "PYTHONDONTWRITEBYTECODE": "1"}


def run(
    folder: Path, environment: dict[str, str], *words: object
) -> subprocess.CompletedProcess[str]:
    return run_command(*words, folder=folder, variables=environment)


def make_attack(folder: Path, marker: Path, *, name: str = "evil") -> Path:
    """Write a submission that brings a course, and every file that a grader might run."""
    code = f"open({str(marker)!r}, 'a').write(__file__ + '\\n')\n"
    toml = (ROOT / "exercises" / "course.toml").read_text("utf-8")
    toml = toml.replace('name = "backpropagation"', f'name = "{name}"')
    check = (
        f"{code}import pytest\n"
        "@pytest.mark.function('forward')\n@pytest.mark.points(20)\ndef test_all():\n    'x'\n"
    )
    texts = {"exercises/course.toml": toml, "exercise3.py": STUB}
    for exercise in range(1, 7):
        texts[f"solutions/check_exercise{exercise}.py"] = check
        for place in ("solutions/exercise", "solutions/misconceptions_exercise"):
            texts[f"{place}{exercise}.py"] = code
        texts[f"solutions/figure_exercise{exercise}.py"] = code
        texts[f"exercises/check_exercise{exercise}.py"] = check
        texts[f"exercises/exercise{exercise}.py"] = code
        texts[f"exercises/exercise{exercise}.md"] = "# Not the task\n"
    for module in (
        *("conftest", "numpy", "pytest", "click", "sitecustomize", "rich", "msgpack", "matplotlib"),
        *("exercises/conftest", "solutions/conftest", "solutions/drawing", "solutions/__init__"),
    ):
        texts[f"{module}.py"] = code
    texts["pytest.ini"] = "[pytest]\naddopts = -p conftest\npythonpath = .\n"
    texts["pyproject.toml"] = "[tool.pytest.ini_options]\naddopts = '-p conftest'\n"
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def attack(tmp_path: Path) -> Path:
    return make_attack(tmp_path / "class" / "ada", tmp_path / "marker")


ATTACKED = {
    "check": ("check", "exercise3.py"),
    "check strict": ("check", "exercise3.py", "--isolation", "strict"),
    "check figure": ("check", "exercise3.py", "--figure", "{tmp}/figure.png"),
    "check html": ("check", "exercise3.py", "--html", "{tmp}/page.html"),
    "check explain": ("check", "exercise3.py", "--explain"),
    "batch": ("batch", ".", "-o", "{tmp}/out", "--workers", "1"),
    "show": ("show", "exercise3"),
    "init": ("init", "{tmp}/new"),
    "doctor": ("doctor",),
    "package": ("package", "gradescope", "-o", "{tmp}/package.zip"),
    "verify": ("author", "verify", "--exercise", "exercise3"),
    "release": ("author", "release", "-o", "{tmp}/release.zip"),
    "stubs": ("author", "stubs"),
    "report": ("report", "."),
    "export": ("export", "moodle", "."),
    "diff": ("diff", ".", "."),
    "autograde": (
        *("autograde", "--platform", "gradescope", "--submission", ".", "--output", "{tmp}"),
        *("--exercise", "exercise3", "--isolation", "basic"),
    ),
}


@pytest.mark.parametrize("words", ATTACKED.values(), ids=ATTACKED)
def test_no_command_runs_a_submissions_course(
    attack: Path, tmp_path: Path, environment: dict[str, str], words: tuple[str, ...]
) -> None:
    before = sorted(attack.rglob("*"))
    done = run(attack, environment, *(word.format(tmp=tmp_path) for word in words))
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()
    assert "Traceback" not in done.stderr
    assert sorted(attack.rglob("*")) == before


def test_the_attack_works_where_the_course_is_named(
    attack: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    run(attack, environment, "check", "exercise3.py", "--course", ".")
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("value", ["", ".", "{here}"])
def test_no_module_of_the_working_folder_is_imported(
    attack: Path, tmp_path: Path, environment: dict[str, str], value: str
) -> None:
    # an empty entry is what `PYTHONPATH=$PYTHONPATH:/x` makes; sitecustomize would be run by Python
    # itself, before any program
    (attack / "sitecustomize.py").unlink()
    path = f"{value.format(here=attack)}{os.pathsep}/nowhere"
    run(attack, {**environment, "PYTHONPATH": path}, "check", "exercise3.py")
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


def test_no_module_of_the_working_folder_is_imported_where_python_starts_in_it(
    attack: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    (attack / "sitecustomize.py").unlink()
    subprocess.run(
        [sys.executable, "-m", "grader", "check", "exercise3.py"],
        cwd=attack,
        env=environment,
        capture_output=True,
        timeout=120,
    )
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()


def test_completion_runs_nothing_and_says_nothing(
    attack: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    asked = {"_BPGRADE_COMPLETE": "bash_complete", "COMP_WORDS": "bpgrade show ", "COMP_CWORD": "2"}
    done = run(attack, {**environment, **asked})
    assert "exercise3" in done.stdout
    assert done.stderr == ""
    assert not (tmp_path / "marker").exists()


def test_one_line_says_what_was_found_and_how_to_use_it(
    attack: Path, environment: dict[str, str]
) -> None:
    done = run(attack, environment, "check", "exercise3.py", "--json")
    [line] = [line for line in done.stderr.splitlines() if str(attack) in line]
    assert f"--course {attack}" in line
    assert f"bpgrade trust {attack}" in line
    assert json.loads(done.stdout)["course"] == "backpropagation"
    assert json.loads(done.stdout)["score"] == 0.0


def test_an_exercise_that_does_not_ship_is_a_usage_error(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    course = make_course(tmp_path / "course")
    (course / "double.py").write_text(RIGHT)
    done = run(course, environment, "check", "double.py")
    assert done.returncode == 2
    assert f"bpgrade trust {course}" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "class", "-o", "out"),
        ("package", "gradescope", "-o", "package.zip"),
        ("author", "verify"),
        ("author", "release", "-o", "handout.zip"),
        ("author", "stubs"),
    ],
)
def test_what_would_be_wrong_for_many_does_not_take_another_course(
    tmp_path: Path, environment: dict[str, str], words: tuple[str, ...]
) -> None:
    course = make_course(tmp_path / "course")
    (course / "class").mkdir()
    (course / "class" / "ada_double.py").write_text(RIGHT)
    done = run(course, environment, *words)
    assert done.returncode == 2
    assert f"--course {course}" in done.stderr
    assert not (course / "out").exists()


def test_trust_is_said_once_listed_and_taken_back(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    course = make_course(tmp_path / "course")
    (course / "deep").mkdir()
    (course / "deep" / "double.py").write_text(RIGHT)
    assert run(tmp_path, environment, "trust", "course").returncode == 0
    done = run(course / "deep", environment, "check", "double.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert run(tmp_path, environment, "trust", "--list").stdout == f"trusted  {course}\n"
    assert run(tmp_path, environment, "trust", "--remove", "course/.").returncode == 0
    assert run(tmp_path, environment, "trust", "--list").stdout == ""
    assert run(course / "deep", environment, "check", "double.py").returncode == 2
    assert run(tmp_path, environment, "trust", "--remove", "course").returncode == 2


@pytest.mark.parametrize("words", [(), (".",), ("nowhere",), ("--list", "."), ("a\tb",)])
def test_what_cannot_be_trusted_is_a_usage_error(
    tmp_path: Path, environment: dict[str, str], words: tuple[str, ...]
) -> None:
    done = run(tmp_path, environment, "trust", *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_course_made_here_needs_no_question(tmp_path: Path, environment: dict[str, str]) -> None:
    assert run(tmp_path, environment, "author", "new", "statistics").returncode == 0
    done = run(tmp_path / "statistics", environment, "show", "exercise1")
    assert "Mean and spread" in done.stdout
    assert done.stderr == ""


def test_a_copy_of_the_shipped_course_needs_no_question_and_none_of_it_is_run(
    tmp_path: Path,
) -> None:
    copy = copy_of_shipped(tmp_path / "clone")
    (copy / "exercises" / "exercise1.py").write_text("def sigmoid(z):\n    return z\n")
    (copy / "solutions" / "__pycache__").mkdir()
    (copy / "solutions" / "__pycache__" / "check_exercise1.cpython-311.pyc").write_bytes(b"x")
    assert find_course(None, copy, decide=lambda _: pytest.fail("asked")).folder == ROOT


@pytest.mark.parametrize(
    "change",
    ["exercises/course.toml", "exercises/exercise1.md", "solutions/exercise1.py", "solutions/x.py"],
)
def test_a_changed_copy_is_not_the_shipped_course(tmp_path: Path, change: str) -> None:
    copy = copy_of_shipped(tmp_path / "clone")
    with (copy / change).open("a") as file:
        file.write("# changed\n")
    seen: list[UntrustedCourse] = []
    find_course(None, copy, decide=lambda found: bool(seen.append(found)))
    assert [found.folder for found in seen] == [copy]


def test_a_trusted_course_further_up_is_used_instead(attack: Path, tmp_path: Path) -> None:
    trust.remember(make_course(tmp_path), True)
    seen: list[UntrustedCourse] = []
    found = find_course(None, attack, decide=lambda one: bool(seen.append(one)))
    assert found.folder == tmp_path
    assert [one.instead for one in seen] == [tmp_path]
    trust.forget(tmp_path)


@pytest.mark.parametrize("how", ["in it", "is it", "by a link", "by a link to what is graded"])
def test_a_batch_takes_no_course_from_the_submissions_even_if_trusted(
    tmp_path: Path, how: str
) -> None:
    submissions = tmp_path / "class"
    course = make_course(submissions if how == "is it" else submissions / "ada")
    trust.remember(course, True)
    start = course
    if how == "by a link":
        start = tmp_path / "link"
        start.symlink_to(course)
    elif how == "by a link to what is graded":
        (tmp_path / "link").symlink_to(submissions)
        submissions = tmp_path / "link"
    seen: list[UntrustedCourse] = []
    found = find_course(
        None, start, decide=lambda one: bool(seen.append(one)) or True, submissions=submissions
    )
    trust.forget(course)
    assert found.folder == ROOT
    assert [one.reason for one in seen] == ["submitted"]


def test_other_owners_are_asked_about_again(tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    course = make_course(tmp_path / "course")
    trust.remember(course, True)
    for changed in ("", "exercises", "solutions/check_double.py"):
        assert trust.standing(course) == "trusted"
        os.chown(course / changed, 12345, -1)
        assert trust.standing(course) == "changed"
        os.chown(course / changed, os.geteuid(), -1)
    stranger = tmp_path / "stranger.py"
    stranger.touch()
    os.chown(stranger, 12345, -1)
    (course / "solutions" / "link.py").symlink_to(stranger)
    assert trust.standing(course) == "changed"
    trust.remember(course, True)
    assert trust.standing(course) == "trusted"
    trust.forget(course)


def test_a_store_that_another_user_wrote_is_not_believed(tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    course = make_course(tmp_path / "course")
    trust.remember(course, True)
    [record] = [
        path
        for path in (Path(os.environ["XDG_STATE_HOME"]) / "bpgrade" / "courses").iterdir()
        if str(course) in path.read_text()
    ]
    os.chown(record, 12345, -1)
    assert trust.standing(course) == "unknown"
    os.chown(record, os.geteuid(), -1)
    record.write_text("{")
    assert trust.standing(course) == "unknown"
    trust.forget(course)


def on_terminal(folder: Path, environment: dict[str, str], answer: str, *words: str) -> str:
    """Return what a command shows on a terminal where its question is answered."""
    main, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *words], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([main], [], [], 0.2)[0]:
                try:
                    data = os.read(main, 4096)
                except OSError:
                    break
                shown += data
                if b"[y/N]" in data:
                    os.write(main, answer.encode())
        process.wait(60)
    os.close(main)
    return shown.decode("utf-8", "replace")


@pytest.mark.parametrize(("answer", "used"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_is_asked_once(
    tmp_path: Path, environment: dict[str, str], answer: str, used: bool
) -> None:
    course = make_course(tmp_path / "course")
    (course / "exercises" / "double.md").write_text("Return twice the number.\n", "utf-8")
    words = ("show", "double")
    assert "[y/N]" in on_terminal(course, environment, answer, *words)
    again = on_terminal(course, environment, answer, *words)
    assert "[y/N]" not in again
    assert ("bpgrade trust" in again) is not used
    assert ("Return twice the number." in again) is used


def test_the_python_interface_warns(attack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(attack)
    with pytest.warns(UserWarning, match="bpgrade trust"):
        result = grader.grade("exercise3.py")
    assert result.course == "backpropagation"
    assert not (attack.parent.parent / "marker").exists()


# Any spelling of a path


@pytest.mark.parametrize(
    ("command", "spelling"),
    [("check", spelling) for spelling in SPELLINGS]  # one function reads it for all commands
    + [(command, "around") for command in ("batch", "package", "verify", "release", "init")],
)
def test_a_course_may_be_spelt_in_any_way(
    tmp_path: Path, environment: dict[str, str], spelling: str, command: str
) -> None:
    work = tmp_path / "work"
    make_course(work / "course")
    (work / "link").symlink_to("course")
    (work / "class").mkdir()
    (work / "class" / "ada_double.py").write_text(RIGHT)
    (work / "double.py").write_text(RIGHT)
    words = {
        "check": ("check", "./class/../double.py"),
        "batch": ("batch", "../work/class/", "-o", "./class/../out", "--isolation", "basic"),
        "package": ("package", "gradescope", "-o", "package.zip"),
        "verify": ("author", "verify"),
        "release": ("author", "release", "-o", "handout.zip"),
        "init": ("init", "new"),
    }[command]
    more = ("--no-pages", "--workers", "1") if command == "batch" else ()
    if command in ("release", "init"):
        empty = {".md": "", ".ipynb": json.dumps({"cells": [], "metadata": {}, "nbformat": 4})}
        for end, text in empty.items():
            (work / "course" / "exercises" / f"double{end}").write_text(text)
    course = SPELLINGS[spelling].format(work=work)
    done = run(work, environment, *words, *more, "--course", course)
    assert done.returncode == (1 if command == "verify" else 0), done.stderr
    if command == "batch":
        assert ",3," in (work / "out" / "grades.csv").read_text()


def test_a_course_is_one_folder_however_it_is_spelt(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    (tmp_path / "link").symlink_to(course)
    for spelt in ("course/../course", "link", "link/exercises/.."):
        assert load_course(tmp_path / spelt).folder == course
    with pytest.raises(UsageError):
        find_course(tmp_path / "course" / "exercises", None)
