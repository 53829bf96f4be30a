"""The corpus of submissions, right, wrong and broken: those that one command may check together."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from corpus_case import (
    CORPUS,
    ROOT,
    CommandRun,
    CorpusCase,
    judge,
    read_cases,
    read_documents,
    run_bpgrade,
    run_json,
)

CASES = read_cases()
TOGETHER = [case for case in CASES if not case.alone]


@functools.cache
def run_together(exercise: str) -> CommandRun:
    """Check an exercise's files by one command, once in each test process."""
    return run_json([CORPUS / case.file for case in together(exercise)], exercise)


@functools.cache
def documents_together(exercise: str) -> dict[str, dict[str, Any]]:
    """Return what is said of each file, each document held against the schema once."""
    files = [case.file for case in together(exercise)]
    return dict(zip(files, read_documents(run_together(exercise), len(files)), strict=True))


def together(exercise: str) -> list[CorpusCase]:
    return [case for case in TOGETHER if case.exercise == exercise]


@pytest.mark.parametrize("case", TOGETHER, ids=lambda case: case.file)
def test_case(case: CorpusCase) -> None:
    judge(case, documents_together(case.exercise)[case.file])


@pytest.mark.parametrize("exercise", sorted({case.exercise for case in CASES}))
def test_the_gravest_exit_code_counts(exercise: str) -> None:
    assert run_together(exercise).exit_code == 1


def test_every_file_has_one_case() -> None:
    files = [case.file for case in CASES]
    assert sorted(files) == sorted(str(p.relative_to(CORPUS)) for p in CORPUS.rglob("*.py"))
    assert len(files) >= 90


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


def test_the_guide_to_files_says_what_is_tested() -> None:
    """Each row of the table names a case, which loses points only where its name says so."""
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    named = re.findall(r"\| `(\w+)` \|$", text, re.MULTILINE)
    cases = {Path(case.file).stem: case for case in CASES}
    assert len(named) > 20
    for name in named:
        assert bool(cases[name].lost) == name.startswith("broken_"), name
