"""The corpus of submissions, right, wrong and broken, run through the command."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from corpus_case import (
    CORPUS,
    ROOT,
    Case,
    Run,
    check_json,
    judge,
    read_cases,
    read_documents,
    run_bpgrade,
    run_json,
)
from damaged_files import EXERCISE, damaged_files

CASES = read_cases()
TOGETHER = [case for case in CASES if not case.alone]
LEFT_ASLEEP = {
    "exercise2/right_child_left.py": (86397, 86398),
    "exercise2/right_forked_child_left.py": (86396,),
}
RIGHT = CORPUS / "exercise3" / "right_plain.py"


@functools.cache
def run_together(exercise: str) -> Run:
    """Check an exercise's files by one command, once in each test process."""
    return run_json([CORPUS / case.file for case in together(exercise)], exercise)


def together(exercise: str) -> list[Case]:
    return [case for case in TOGETHER if case.exercise == exercise]


@pytest.mark.parametrize("case", TOGETHER, ids=lambda case: case.file)
def test_case(case: Case) -> None:
    cases = together(case.exercise)
    documents = read_documents(run_together(case.exercise), len(cases))
    judge(case, documents[cases.index(case)])


@pytest.mark.parametrize("exercise", sorted({case.exercise for case in CASES}))
def test_the_gravest_exit_code_counts(exercise: str) -> None:
    assert run_together(exercise).exit_code == 1


@pytest.mark.parametrize("case", [case for case in CASES if case.alone], ids=lambda case: case.file)
def test_case_alone(case: Case) -> None:
    exit_code, document = check_json(CORPUS / case.file, case.exercise)
    judge(case, document)
    assert exit_code == case.exit_code
    for seconds in LEFT_ASLEEP.get(case.file, ()):
        assert running(f"sleep\0{seconds}\0") == []


def running(words: str) -> list[int]:
    """Return the processes with this command line, given a moment to end."""
    if not sys.platform.startswith("linux"):
        return []
    found: list[int] = []
    for _ in range(50):
        found = [process for process, line in command_lines() if line == words]
        if not found:
            break
        time.sleep(0.05)
    return found


def command_lines() -> list[tuple[int, str]]:
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((int(folder.name), (folder / "cmdline").read_text(errors="replace")))
        except OSError:
            continue  # it has ended in the meantime
    return lines


def test_every_file_has_one_case() -> None:
    files = [case.file for case in CASES]
    assert sorted(files) == sorted(str(p.relative_to(CORPUS)) for p in CORPUS.rglob("*.py"))
    assert len(files) >= 90


@pytest.fixture(scope="session")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Case, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("damaged")
    for case, content in damaged_files():
        (folder / case.file).write_bytes(content)
    cases = [case for case, _ in damaged_files()]
    run = run_json([folder / case.file for case in cases], EXERCISE)
    found = read_documents(run, len(cases))
    return {case.file: (case, document) for case, document in zip(cases, found, strict=True)}


@pytest.mark.parametrize("name", [case.file for case, _ in damaged_files()])
def test_damaged_file(damaged: dict[str, tuple[Case, dict[str, Any]]], name: str) -> None:
    judge(*damaged[name])
    assert damaged[name][1]["submission"]["name"] == name


@pytest.mark.parametrize(
    ("file", "exit_code"),
    [
        ("exercise1/right_plain.py", 0),
        ("exercise2/right_process_settings.py", 0),
        ("exercise3/right_prints_everywhere.py", 0),
        ("exercise3/blog_faults_all.py", 1),
        ("exercise1/broken_syntax.py", 1),
        ("exercise1/broken_exceptions.py", 1),
        ("exercise1/right_hard_exit_at_the_end.py", 0),
    ],
)
def test_report_for_people(tmp_path: Path, file: str, exit_code: int) -> None:
    """The file's name says which exercise it is."""
    copy = tmp_path / (file.partition("/")[0] + ".py")
    shutil.copy(CORPUS / file, copy)
    run = run_bpgrade("check", copy)
    assert (run.exit_code, run.errors) == (exit_code, "")
    assert any("forward" in line for line in run.lines)


MISTAKES = {
    "missing": (["exercise1.py"], "exercise1.py"),
    "misspelt": (["exercize3.py", "--exercise=exercise3"], "exercise3.py"),
    "missing folder": (["none/exercise1.py"], "none"),
    "folder": (["exercise2.py"], "folder"),
    "file as folder": (["homework.py/exercise1.py"], "homework.py"),
    "dangling link": (["dangling.py", "--exercise=exercise1"], "dangling.py"),
    "link to itself": (["loop.py", "--exercise=exercise1"], "loop.py"),
    "long name": ([f"exercise1{'x' * 300}.py"], "exercise1x"),
    "fifo": (["fifo.py", "--exercise=exercise1"], "fifo.py"),
    "endless device": (["/dev/zero", "--exercise=exercise1"], "/dev/zero"),
    "no exercise": (["homework.py"], "exercise1, exercise2, exercise3"),
    "unknown exercise": (["homework.py", "--exercise=exercize3"], "Did you mean exercise3?"),
    "empty exercise": (["homework.py", "--exercise="], "exercise3"),
    "unknown course": (["exercise3.py", "--course=none"], "none"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_path_mistake(tmp_path: Path, mistake: str) -> None:
    (tmp_path / "exercise2.py").mkdir()
    (tmp_path / "dangling.py").symlink_to("gone.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "homework.py").touch()
    (tmp_path / "exercise3.py").touch()
    os.mkfifo(tmp_path / "fifo.py")
    arguments, message = MISTAKES[mistake]
    refused(run_bpgrade("check", "--json", *arguments, folder=tmp_path), message)


def refused(run: Run, message: str) -> None:
    """Assert that there is one line on what is wrong, and at most one on what to do about it."""
    assert run.exit_code == 2
    assert run.lines == []
    problem, *remedy = run.errors.splitlines()
    assert problem.startswith("bpgrade: ")
    assert len(remedy) <= 1
    assert message in run.errors


def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "exercise1.py"
    shutil.copy(RIGHT, path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    refused(run_bpgrade("check", path), "exercise1.py")


def test_file_of_three_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "exercise3.py"
    path.touch()
    os.truncate(path, 3 << 30)
    _, document = check_json(path, EXERCISE)
    judge(Case(path.name, EXERCISE, every="error", feedback=["(?i)large|big"]), document)


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "exercise3.py").symlink_to(RIGHT)
    assert check_json(tmp_path / "exercise3.py", EXERCISE)[0] == 0


def test_name_that_is_not_unicode(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"exercise3 \xff.py")
    shutil.copy(RIGHT, path)
    exit_code, document = check_json(path, EXERCISE)
    assert exit_code == 0
    assert document["submission"]["name"] == path.name


def test_mistaken_path_among_files(tmp_path: Path) -> None:
    run = run_bpgrade("check", "--json", "--exercise=exercise3", RIGHT, tmp_path / "gone.py", RIGHT)
    assert run.exit_code == 2
    assert "gone.py" in run.errors
    assert [json.loads(line)["score"] for line in run.lines] == [20.0, 20.0]


def test_the_guide_to_files_says_what_is_tested() -> None:
    """Each row of the table names a case, which loses points only where its name says so."""
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    named = re.findall(r"\| `(\w+)` \|$", text, re.MULTILINE)
    cases = {Path(case.file).stem: case for case in CASES}
    assert len(named) > 20
    for name in named:
        assert bool(cases[name].lost) == name.startswith("broken_"), name
