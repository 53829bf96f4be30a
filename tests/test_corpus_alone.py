"""Submissions that need a command each: they hang, flood, or leave processes behind."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from corpus_case import CORPUS, CorpusCase, check_json, judge, read_cases
from thoroughness import thorough

ALONE = [case for case in read_cases() if case.alone]
ANOTHER_FUNCTION = {
    "exercise3/broken_train_never_ends.py",
    "exercise3/broken_train_prints_without_end.py",
    "exercise3/broken_train_sleeps.py",
    "exercise3/right_endless_loop_at_the_end.py",
    "exercise3/right_prints_without_end_at_the_end.py",
}
"""What these do in one exercise or place, others do in another."""
LEFT_ASLEEP = {
    "exercise2/right_child_left.py": (86397, 86398),
    "exercise2/right_forked_child_left.py": (86396,),
}


@pytest.mark.parametrize(
    "case",
    thorough(ALONE, but=lambda case: case.file not in ANOTHER_FUNCTION),
    ids=lambda case: case.file,
)
def test_case_alone(case: CorpusCase) -> None:
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
