"""Files as people hand them in: damaged, of strange names, at paths that are mistaken."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from corpus_case import (
    CORPUS,
    CommandRun,
    CorpusCase,
    check_json,
    judge,
    read_documents,
    run_bpgrade,
    run_json,
)
from damaged_files import EXERCISE, damaged_files

RIGHT = CORPUS / "exercise3" / "right_plain.py"


@pytest.fixture(scope="session")
def damaged(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[CorpusCase, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("damaged")
    for case, content in damaged_files():
        (folder / case.file).write_bytes(content)
    cases = [case for case, _ in damaged_files()]
    run = run_json([folder / case.file for case in cases], EXERCISE)
    found = read_documents(run, len(cases))
    return {case.file: (case, document) for case, document in zip(cases, found, strict=True)}


@pytest.mark.parametrize("name", [case.file for case, _ in damaged_files()])
def test_damaged_file(damaged: dict[str, tuple[CorpusCase, dict[str, Any]]], name: str) -> None:
    judge(*damaged[name])
    assert damaged[name][1]["submission"]["name"] == name


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


def refused(run: CommandRun, message: str) -> None:
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
    judge(CorpusCase(path.name, EXERCISE, every="error", feedback=["(?i)large|big"]), document)


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
