"""Reading, validating and finding a course; `init` and `show`, which hand its texts out."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import grader.course
from grader.cli.init import command as init
from grader.cli.show import command as show
from grader.course import Course, Limits, find_course, load_course, trust
from grader.course.handout import hand_out
from grader.course.server_rules import Stage
from grader.errors import CourseError, UsageError

RIGHT = """\
name = "demo"
title = "Überblick"
packages = ["numpy"]

[limits]
call_seconds = 2

[exercises.exercise2]
title = "Second"
limits.processes = 3
[exercises.exercise2.points]
forward = 0
gradient = 2.5

[exercises.exercise1]
title = "First"
points = { sigmoid = 1 }
"""


def write_course(folder: Path, toml: str | bytes = RIGHT, *, texts: bool = True) -> Path:
    public = folder / "exercises"
    public.mkdir(parents=True, exist_ok=True)
    data = toml if isinstance(toml, bytes) else toml.encode()
    (public / "course.toml").write_bytes(data)
    if texts:
        for name in ("exercise1", "exercise2"):
            (public / f"{name}.py").write_bytes(f"# {name}: σ\r\n".encode())
            (public / f"{name}.md").write_bytes(f"# Task {name}\r\n\r\nσ is **here**\r\n".encode())
    return folder


def mistakes(folder: Path, toml: str | bytes) -> str:
    write_course(folder, toml, texts=False)
    with pytest.raises(CourseError) as caught:
        load_course(folder)
    assert caught.value.remedy
    path = str(folder / "exercises" / "course.toml")
    lines = caught.value.message.splitlines()
    assert all(line.startswith(path) for line in lines)
    return "\n".join(line.removeprefix(f"{path}: ") for line in lines)


# Reading


def test_a_course_is_read_in_the_order_of_its_file(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    assert (course.name, course.title, course.folder) == ("demo", "Überblick", tmp_path)
    assert course.packages == ("numpy",)
    assert [exercise.name for exercise in course.exercises] == ["exercise2", "exercise1"]
    second = course.exercise("exercise2")
    assert second.functions == ("forward", "gradient")
    assert second.points == {"forward": 0.0, "gradient": 2.5}
    assert second.max_score == 2.5
    assert second.limits == Limits(call_seconds=2.0, processes=3)
    assert course.exercise("exercise1").limits == Limits(call_seconds=2.0)
    assert hash(course) == hash(load_course(tmp_path))
    with pytest.raises(FrozenInstanceError):
        course.name = "other"  # type: ignore[misc]


def test_paths_follow_from_the_exercise(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    first = course.exercise("exercise1")
    assert course.stub(first) == tmp_path / "exercises" / "exercise1.py"
    assert course.task(first) == tmp_path / "exercises" / "exercise1.md"
    assert course.reference(first) == tmp_path / "solutions" / "exercise1.py"
    assert course.checks(first) == tmp_path / "solutions" / "check_exercise1.py"
    assert course.misconceptions(first) == tmp_path / "solutions" / "misconceptions_exercise1.py"


def test_the_folder_does_not_depend_on_where_we_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path / "here")
    monkeypatch.chdir(tmp_path)
    assert load_course(Path("here")).folder == tmp_path / "here"


@pytest.mark.parametrize("encode", [str.encode, lambda text: b"\xef\xbb\xbf" + text.encode()])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path, encode, end: str) -> None:
    write_course(tmp_path, encode(RIGHT.replace("\n", end)))
    assert load_course(tmp_path).title == "Überblick"


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit_can_be_set_and_is_bounded(tmp_path: Path, name: str) -> None:
    write_course(tmp_path, RIGHT.replace("call_seconds = 2", f"{name} = 2000"))
    assert getattr(load_course(tmp_path).exercise("exercise1").limits, name) == 2000
    for wrong in ("0", "-1", "true", '"3"', "nan", "inf", "10000000000", "[]"):
        found = mistakes(tmp_path, RIGHT.replace("call_seconds = 2", f"{name} = {wrong}"))
        assert found.startswith(f"limits.{name}: found ")
        assert "number from" in found


def test_how_often_one_may_hand_in_is_set_for_all_or_for_one(tmp_path: Path) -> None:
    every = "[server]\nattempts_per_hour = 20\n[exercises.exercise1.server]\nattempts = 5\n"
    serving = load_course(write_course(tmp_path, RIGHT + every)).exercise("exercise1").serving
    assert (serving.attempts, serving.attempts_per_hour) == (5, 20)
    for wrong in ("0", "-1", "2.5", "true", '"3"', "[]"):
        found = mistakes(tmp_path, f"{RIGHT}[server]\nattempts = {wrong}\n")
        assert found.startswith("server.attempts: found ")
        assert "whole number from 1" in found


def test_what_a_server_tells_when_is_set_for_all_or_for_one(tmp_path: Path) -> None:
    every = '[server]\nhints = "after_2_attempts"\ndiagnoses = "after_12_attempts"\n'
    own = '[exercises.exercise1.server]\nhints = "at_once"\n'
    serving = load_course(write_course(tmp_path, RIGHT + every + own)).exercise("exercise1").serving
    assert (serving.hints, serving.diagnoses) == (Stage(), Stage(attempts=12))
    assert serving.hidden_checks == Stage()
    for name, wrong in (
        ("hints", '"after_1_attempts"'),
        ("hints", '"after_02_attempts"'),
        ("hints", "3"),
        ("diagnoses", '"after_change"'),
        ("hidden_checks", '"after_2_attempts"'),
    ):
        found = mistakes(tmp_path, f"{RIGHT}[server]\n{name} = {wrong}\n")
        assert found.startswith(f"server.{name}: found ")
        assert "in quotes" in found or '"after_deadline"' in found


def test_what_is_told_later_is_told_some_time(tmp_path: Path) -> None:
    found = mistakes(tmp_path, RIGHT + '[server]\nhidden_checks = "after_deadline"\n')
    assert (
        "exercises.exercise2.server: hidden_checks waits for a deadline; write a deadline" in found
    )
    assert 'or server.hidden_checks = "at_once"' in found
    never = '[server]\nattempts = 2\nhints = "after_3_attempts"\n'
    found = mistakes(tmp_path, RIGHT + never)
    assert "exercises.exercise2.server: hints waits for 3 attempts; allow as many" in found
    later = '[exercises.exercise1]\ndeadline = 2027-02-01\nserver.diagnoses = "after_deadline"'
    course = write_course(tmp_path, RIGHT.replace("[exercises.exercise1]", later))
    assert load_course(course).exercise("exercise1").serving.diagnoses.after_deadline


def test_an_unknown_exercise_lists_those_there_are(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    with pytest.raises(UsageError) as caught:
        course.exercise("Exercize1")
    assert "'Exercize1'" in caught.value.message
    assert caught.value.remedy == "Did you mean exercise1? It has: exercise2, exercise1."
    with pytest.raises(UsageError) as caught:
        course.exercise("")
    assert caught.value.remedy == "It has: exercise2, exercise1."


def test_the_public_names_are_complete_and_sorted() -> None:
    assert grader.course.__all__ == sorted(grader.course.__all__)
    assert all(hasattr(grader.course, name) for name in grader.course.__all__)
    assert not hasattr(grader.course, "make_stubs")


# Mistakes in course.toml


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        """\
name = "back propagation"
titel = "t"
packages = ["numpy", "scikit-learn", "grader", "numpy"]
[limits]
call_secs = 3
processes = 1.5
[exercises.exercise1]
title = "a"
points = { f = -1, "g h" = 1, _private = true }
[exercises.Exercise1]
title = ""
[exercises.check_exercise1]
title = "b"
colour = 1979-05-27
points = { f = 0 }
""",
    )
    assert [line.partition(";")[0] for line in found.splitlines()] == [
        "titel: unknown key",
        "name: found the text 'back propagation'",
        "limits.call_secs: unknown key",
        "limits.processes: found 1.5",
        "packages: found 'scikit-learn'",
        "packages: found 'grader'",
        "packages: found 'numpy' again",
        "exercises.exercise1.points.f: found -1",
        "exercises.exercise1.points.'g h': bad name",
        "exercises.exercise1.points._private: bad name",
        "exercises.exercise1.points._private: found true",
        "exercises.Exercise1: bad name",
        "exercises.Exercise1.points: missing",
        "exercises.Exercise1.title: found the text ''",
        "exercises.check_exercise1: bad name",
        "exercises.check_exercise1.colour: unknown key",
        "exercises.check_exercise1.points: no points",
    ]
    assert all("; " in line for line in found.splitlines())
    assert "titel: unknown key; did you mean title?" in found
    assert "limits.call_secs: unknown key; did you mean call_seconds?" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "demo"', "", 'name: missing; write name = "my_course"'),
        ('name = "demo"', "name = 3", "name: found 3; write one line of text in quotes"),
        ('"demo"', '"class"', "name: found the text 'class'; write a name of"),
        ('"demo"', f'"{"a" * 65}"', "name: found the text"),
        ('"Überblick"', '"a\\u001b[31m"', "title: found the text 'a\\x1b[31m'"),
        ('"Überblick"', '"""a\nb"""', "title: found the text"),
        ('"Überblick"', "1979-05-27", "title: found a date or time"),
        ('["numpy"]', '"numpy"', "packages: found the text 'numpy'; write a list"),
        ('["numpy"]', "[1]", "packages: found a list; write a list of strings"),
        ('["numpy"]', '["numpy.linalg"]', "packages: found 'numpy.linalg'; write names"),
        ("[limits]\ncall_seconds = 2", "limits = 3", "limits: found 3; write it as a table"),
        ("{ sigmoid = 1 }", "4", "exercises.exercise1.points: found 4; write it as a table"),
        ("{ sigmoid = 1 }", "{}", "exercises.exercise1.points: no points; give"),
        ("sigmoid = 1", '"ﬁt" = 1', "exercises.exercise1.points.'ﬁt': bad name"),
        ("sigmoid = 1", "sigmoid = 1e300", "points.sigmoid: found 1e+300; write a number from 0"),
        ("sigmoid = 1", f"sigmoid = 0x{'f' * 9999}", "points.sigmoid: found a huge integer"),
        ("exercises.exercise1]", "exercises.'../x']", "exercises.'../x': bad name"),
        ("exercises.exercise1]", "exercises.'a\\nb']", "exercises.'a\\\\nb': bad name"),
    ],
)
def test_a_mistake_names_its_key_and_what_to_write(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    toml = RIGHT.replace(old, new)
    assert toml != RIGHT
    found = mistakes(tmp_path, toml)
    assert expected in found
    assert len(found.splitlines()) == 1


@pytest.mark.parametrize("exercises", ["exercises = 3", "exercises = {}", "exercises = []"])
def test_a_course_needs_exercises(tmp_path: Path, exercises: str) -> None:
    found = mistakes(tmp_path, f'name = "demo"\ntitle = "t"\n{exercises}')
    assert found.startswith("exercises: ")
    assert len(found.splitlines()) == 1


def test_function_names_may_be_those_of_any_language(tmp_path: Path) -> None:
    write_course(tmp_path, RIGHT.replace("sigmoid", '"σ"'))
    assert load_course(tmp_path).exercise("exercise1").functions == ("σ",)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("name = demo", "line 1, column 8: Invalid value, found 'name = demo'"),
        ('title = "a"\r\nname =', "line 2, where the file ends: Invalid value, found 'name ='"),
        ('a = 1\na = 2\n\nb = "x"', "line 2, "),
        ("[exercises", "line 1, where the file ends: "),
        ("a = " + "[" * 99_999, "nested too deep"),
        ("a = " + "1" * 9999, "4300 digits"),
        (b'title = "a"\nname = "\xe9"', "line 2: byte 0xE9, which is not UTF-8"),
        ('name = "a"'.encode("utf-16"), "line 1: byte 0xFF, which is not UTF-8"),
        ("name = \0", "line 1, column 8"),
    ],
)
def test_what_is_no_toml_says_where(tmp_path: Path, toml: str | bytes, expected: str) -> None:
    assert expected in mistakes(tmp_path, toml)


def test_a_missing_or_unreadable_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no such file") as caught:
        load_course(tmp_path)
    assert "exercises/course.toml" in caught.value.remedy
    (tmp_path / "exercises" / "course.toml").mkdir(parents=True)
    with pytest.raises(CourseError, match=r"cannot be read"):
        load_course(tmp_path)
    with pytest.raises(CourseError, match=r"cannot be read"):
        load_course(Path("a\0b"))


KEYS = st.sampled_from(
    ["name", "title", "packages", "limits", "exercises", "points", "call_seconds", "exercise1"]
) | st.text(max_size=5)
SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["demo", "numpy"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_toml(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
    return str(value)


def is_course_or_course_error(folder: Path, toml: str | bytes) -> None:
    write_course(folder, toml, texts=False)
    outcome: Course | CourseError
    try:
        outcome = load_course(folder)
    except CourseError as error:
        outcome = error
    if isinstance(outcome, Course):
        assert all(exercise.max_score > 0 for exercise in outcome.exercises)
    else:
        assert outcome.remedy
        assert str(folder) in outcome.message
        assert "\x1b" not in str(outcome)


SHARED_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)


@SHARED_FOLDER
@given(document=st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_document_is_a_course_or_an_error(tmp_path: Path, document: dict[str, object]) -> None:
    is_course_or_course_error(
        tmp_path, "\n".join(f"{as_toml(key)} = {as_toml(value)}" for key, value in document.items())
    )


@SHARED_FOLDER
@given(points=st.dictionaries(KEYS, SCALARS, max_size=3), limits=st.dictionaries(KEYS, SCALARS))
def test_any_exercise_is_a_course_or_an_error(
    tmp_path: Path, points: Mapping[str, object], limits: Mapping[str, object]
) -> None:
    toml = RIGHT.replace("{ sigmoid = 1 }", as_toml(points)).replace(
        "limits.processes = 3", f"limits = {as_toml(limits)}"
    )
    is_course_or_course_error(tmp_path, toml)


@SHARED_FOLDER
@given(data=st.binary(max_size=60), place=st.integers(0, len(RIGHT)), cut=st.integers(0, 40))
def test_any_damage_is_a_course_or_an_error(
    tmp_path: Path, data: bytes, place: int, cut: int
) -> None:
    right = RIGHT.encode()
    is_course_or_course_error(tmp_path, right[:place] + data + right[place + cut :])


# Finding


def test_the_folder_given_is_the_course(tmp_path: Path) -> None:
    assert find_course(write_course(tmp_path / "a"), tmp_path).folder == tmp_path / "a"


def test_the_nearest_folder_above_is_the_course(tmp_path: Path) -> None:
    write_course(tmp_path, RIGHT.replace('"demo"', '"outer"'))
    write_course(tmp_path / "inner")
    trust.remember(tmp_path, True)
    trust.remember(tmp_path / "inner", True)
    (tmp_path / "inner" / "deep").mkdir()
    (tmp_path / "inner" / "deep" / "exercise1.py").touch()
    for start in ("inner", "inner/exercises", "inner/deep", "inner/deep/exercise1.py"):
        assert find_course(None, tmp_path / start).name == "demo"
    for start in ("", "other", "inner/.."):
        assert find_course(None, tmp_path / start).name == "outer"


def test_a_handout_without_solutions_is_a_course(tmp_path: Path) -> None:
    trust.remember(write_course(tmp_path), True)
    assert find_course(None, tmp_path).name == "demo"


@pytest.mark.parametrize("wrong", ["missing", "file", "empty", "a\0b", "n" * 9999])
def test_what_is_no_course_is_a_usage_error(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="is not a course") as caught:
        find_course(tmp_path / wrong, tmp_path)
    assert caught.value.remedy == "Give the folder that contains exercises/course.toml."


def test_a_folder_inside_a_course_suggests_the_course(tmp_path: Path) -> None:
    write_course(tmp_path)
    with pytest.raises(UsageError) as caught:
        find_course(tmp_path / "exercises", tmp_path)
    assert caught.value.remedy == f"Did you mean {tmp_path}?"


def test_a_mistake_in_the_nearest_course_is_not_passed_over(tmp_path: Path) -> None:
    trust.remember(write_course(tmp_path, "name = "), True)
    with pytest.raises(CourseError):
        find_course(None, tmp_path)


def test_elsewhere_the_course_that_ships_is_found(tmp_path: Path) -> None:
    assert find_course(None, tmp_path).name == "backpropagation"


def test_a_deleted_working_folder_still_finds_the_course_that_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    try:
        gone.rmdir()
    except OSError:
        pytest.skip("this system keeps a folder that is in use")
    assert find_course(None, Path()).name == "backpropagation"


# bpgrade init


def run_init(*arguments: str | Path) -> str:
    result = CliRunner().invoke(init, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_init_copies_stubs_and_tasks_and_says_what_is_next(tmp_path: Path) -> None:
    write_course(tmp_path / "course")
    target = tmp_path / "new" / "my work"
    output = run_init(target, "--course", tmp_path / "course")
    assert sorted(path.name for path in target.iterdir()) == [
        "exercise1.md",
        "exercise1.py",
        "exercise2.md",
        "exercise2.py",
    ]
    assert (target / "exercise1.py").read_bytes() == "# exercise1: σ\n".encode()
    assert "exercise2.py, exercise2.md, exercise1.py, exercise1.md" in output
    last = output.splitlines()[-1]
    assert last.startswith("  bpgrade check --course ")
    assert last.endswith("my work/exercise2.py'" if os.name != "nt" else 'exercise2.py"')


def test_init_without_arguments_uses_the_course_around_and_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust.remember(write_course(tmp_path), True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert run_init().endswith("\n  bpgrade check exercise2.py\n")
    assert (tmp_path / "work" / "exercise1.md").read_text("utf-8").startswith("# Task")


def test_init_never_overwrites(tmp_path: Path) -> None:
    write_course(tmp_path / "course")
    target = tmp_path / "target"
    (target / "exercise1.md").mkdir(parents=True)
    (target / "exercise1.py").write_text("mine")
    (target / "exercise2.md").symlink_to("nowhere")
    output = run_init(target, "--course", tmp_path / "course")
    assert (target / "exercise1.py").read_text() == "mine"
    assert (target / "exercise2.md").is_symlink()
    assert f"  wrote to {target}: exercise2.py\n" in output
    assert "  kept as they were: exercise2.md, exercise1.py, exercise1.md\n" in output
    assert (target / "exercise2.py").is_file()
    again = run_init(target, "--course", tmp_path / "course")
    assert "wrote" not in again
    assert "bpgrade check" in again


def test_init_writes_files_that_the_class_may_read(tmp_path: Path) -> None:
    write_course(tmp_path / "course")
    run_init(tmp_path / "target", "--course", tmp_path / "course")
    (tmp_path / "plain").touch()
    usual = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "target" / "exercise1.py").stat().st_mode) == usual


@pytest.mark.parametrize("target", ["file", "file/below", "dangling"])
def test_init_into_a_file_is_a_usage_error(tmp_path: Path, target: str) -> None:
    write_course(tmp_path / "course")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match="a file of that name is in the way") as caught:
        run_init(tmp_path / target, "--course", tmp_path / "course")
    assert caught.value.remedy
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("target", ["a\0b", "n" * 300])
def test_init_into_an_impossible_name_is_a_usage_error(tmp_path: Path, target: str) -> None:
    write_course(tmp_path / "course")
    with pytest.raises(UsageError, match="Cannot write the exercises"):
        hand_out(load_course(tmp_path / "course"), tmp_path / target)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_init_on_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path / "course")
    really_open = Path.open

    def open_on_full_disk(path: Path, *arguments, **options):
        file = really_open(path, *arguments, **options)
        if path.name.startswith(".exercise1.md"):
            file.close()
            return really_open(Path("/dev/full"), "wb")
        return file

    monkeypatch.setattr(Path, "open", open_on_full_disk)
    with pytest.raises(UsageError, match="No space left") as caught:
        run_init(tmp_path / "target", "--course", tmp_path / "course")
    assert "Free some space" in caught.value.remedy
    assert list((tmp_path / "target").iterdir()) == []


@pytest.mark.skipif(
    os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="needs a user whom permissions bind",
)
def test_init_where_one_may_not_write_is_a_usage_error(tmp_path: Path) -> None:
    write_course(tmp_path / "course")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for target in (locked, locked / "new"):
        with pytest.raises(UsageError, match="Permission denied"):
            run_init(target, "--course", tmp_path / "course")


def test_init_of_an_unfinished_course_names_what_is_missing(tmp_path: Path) -> None:
    write_course(tmp_path / "course")
    (tmp_path / "course" / "exercises" / "exercise1.md").unlink()
    (tmp_path / "course" / "exercises" / "exercise2.py").unlink()
    with pytest.raises(CourseError, match=r"exercise2\.py, exercise1\.md"):
        run_init(tmp_path / "target", "--course", tmp_path / "course")
    assert not (tmp_path / "target").exists()


# bpgrade show


def test_show_prints_plain_markdown_where_there_is_no_terminal(tmp_path: Path) -> None:
    write_course(tmp_path)
    result = CliRunner().invoke(show, ["exercise1", "--course", str(tmp_path)])
    assert result.exception is None
    assert result.stdout_bytes == "# Task exercise1\n\nσ is **here**\n".encode()


@pytest.mark.parametrize(("encoding", "sigma"), [("ascii", "sigma"), ("utf-8", "σ")])
def test_show_writes_what_the_pipe_can_hold(tmp_path: Path, encoding: str, sigma: str) -> None:
    write_course(tmp_path)
    done = show_in_a_process(tmp_path, subprocess.PIPE, encoding)
    assert done.stdout.decode(encoding) == f"# Task exercise1\n\n{sigma} is **here**\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_show_renders_on_a_terminal(tmp_path: Path) -> None:
    write_course(tmp_path)
    ours, theirs = os.openpty()
    try:
        show_in_a_process(tmp_path, stdout=theirs)
        shown = os.read(ours, 10_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "Task exercise1" in shown
    assert "here" in shown
    assert "**" not in shown
    assert "# Task" not in shown


def show_in_a_process(
    folder: Path, stdout: int, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[bytes]:
    code = "from grader.cli.show import command; command()"
    return subprocess.run(
        [sys.executable, "-c", code, "exercise1", "--course", str(folder)],
        stdout=stdout,
        env={**os.environ, "PYTHONIOENCODING": encoding, "TERM": "xterm"},
        check=True,
        timeout=30,
    )


def test_show_of_an_unknown_exercise_lists_those_there_are(tmp_path: Path) -> None:
    write_course(tmp_path)
    result = CliRunner().invoke(show, ["exercise7", "--course", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert "It has: exercise2, exercise1." in result.exception.remedy


def test_show_of_a_missing_task_text_is_a_course_error(tmp_path: Path) -> None:
    write_course(tmp_path, texts=False)
    result = CliRunner().invoke(show, ["exercise1", "--course", str(tmp_path)])
    assert isinstance(result.exception, CourseError)
    assert "exercise1.md" in result.exception.message


def test_show_completes_the_names_of_exercises(tmp_path: Path) -> None:
    write_course(tmp_path)
    argument = show.params[0]

    def completed(folder: Path, typed: str) -> list[str]:
        context = show.make_context("show", ["--course", str(folder)], resilient_parsing=True)
        return [item.value for item in argument.shell_complete(context, typed)]

    assert completed(tmp_path, "exercise") == ["exercise2", "exercise1"]
    assert completed(tmp_path, "x") == []
    assert completed(tmp_path / "none", "") == []


@pytest.mark.parametrize("command", [init, show])
def test_help_shows_an_example(command) -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0
    assert f"  bpgrade {command.name} " in result.output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "import grader.cli.init, grader.cli.show\n"
        "loaded = {'rich', 'tomllib', 'numpy', 'pytest', 'difflib', 'grader.course'}\n"
        "print(*sorted(loaded & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.split() == []


def test_loading_a_course_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    write_course(tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from grader.course import load_course\n"
        "load_course(Path(sys.argv[1]))\n"
        "print(*sorted({'rich', 'numpy', 'click', 'difflib', 'json'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.split() == []
