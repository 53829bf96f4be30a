"""A course with one short check, and a class for it: what the tests of batches grade."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command import run_command

COURSE = """name = "mini"
title = "Mini"
packages = []
[limits]
call_seconds = 8.0
[exercises.double]
title = "Twice"
[exercises.double.points]
double = 3
"""
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
    """Any number is doubled"""
    x = rng.normal()
    compare.close(student.double(x), reference.double(x), names="double")
'''
RIGHT = "def double(x):\n    return 2 * x\n"
SOURCES = (
    RIGHT,
    "def double(x):\n    return x + x\n",
    "def double(x):\n    return x * x\n",
    "def double(x)\n",
    "def double(x):\n    raise ValueError(x)\n",
    "double = lambda x: x / 0.5\n",
)


@dataclass(frozen=True)
class HandIn:
    """Who handed in what, and when."""

    id: str
    name: str
    moment: str
    files: Mapping[str, str]


def gradescope_download(folder: Path, handed: Sequence[HandIn]) -> Path:
    """Write a download of Gradescope, with the files of each who handed in."""
    lines = ["---"]
    for number, one in enumerate(handed):
        own = folder / f"submission_{number}"
        own.mkdir(parents=True)
        for name, text in one.files.items():
            (own / name).write_text(text, "utf-8")
        lines += [
            f"submission_{number}:", "  :submitters:", f"  - :name: {one.name}",
            f"    :sid: {one.id}", f"  :created_at: {one.moment}",
        ]  # fmt: skip
    (folder / "submission_metadata.yml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def make_course(folder: Path, more: str = "", checks: str = CHECKS) -> Path:
    """Write the course; `more` goes before the first table of course.toml."""
    for name, text in {
        "exercises/course.toml": COURSE.replace("[limits]", f"{more}[limits]"),
        "exercises/double.py": "def double(x):\n    raise NotImplementedError\n",
        "solutions/double.py": RIGHT,
        "solutions/check_double.py": checks,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def notebook(source: str) -> bytes:
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []}
    document = {"cells": [{**cell, "source": source}], "metadata": {}}
    return json.dumps({**document, "nbformat": 4, "nbformat_minor": 4}).encode()


def make_class(folder: Path, number: int) -> Path:
    """Write a class: every kind of SOURCES, each third file a notebook, no two alike."""
    for index in range(number):
        source = f"{SOURCES[index % len(SOURCES)]}\n# {index}\n"
        own = folder / f"s{index:03d}"
        own.mkdir(parents=True)
        if index % 3:
            (own / "double.py").write_text(source, encoding="utf-8")
        else:
            (own / "double.ipynb").write_bytes(notebook(source))
    return folder


def command(course: Path, submissions: Path, out: Path, *more: object) -> list[str]:
    """Return the command that grades a class with the least that confines it."""
    words = _arguments(course, submissions, out, *more)
    return [sys.executable, "-m", "grader", *map(str, words)]


def _arguments(course: Path, submissions: Path, out: Path, *more: object) -> list[object]:
    words = ["batch", submissions, "-o", out, "--course", course, "--isolation", "basic"]
    return [*words, "--no-pages", *more]


def batch(
    course: Path, submissions: Path, out: Path, *more: object
) -> subprocess.CompletedProcess[str]:
    return run_command(*_arguments(course, submissions, out, *more), seconds=300)


def results(out: Path) -> list[dict[str, Any]]:
    text = (out / "results.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def untimed(out: Path) -> tuple[str, str]:
    """Return what a batch has written, without the times that it took."""
    text = (out / "results.jsonl").read_text("utf-8")
    return re.sub(r'"seconds": [0-9.e-]+', "", text), (out / "grades.csv").read_text("utf-8")
