"""What Python cannot read is named as what it is, through the command."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from corpus_case import run_bpgrade
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.child.source.syntax_errors import explain

CASES = {
    "smart quotes": ("x = “a”\n", r"line 1, character 5 .*type \" instead"),
    "a smart apostrophe": ("x = 1\ny = ‘a’\n", "line 2, character 5 .*type ' instead"),
    "full-width brackets": ("print（1）\n", r"line 1, character 6 .*type \( instead"),
    "a full-width comma": ("x = [1，2]\n", "line 1, character 7 .*type , instead"),
    "a full-width colon": ("if x：\n    pass\n", "line 1, character 5 .*type : instead"),
    "a dash": ("x = 1 – 2\n", "line 1, character 7 .*type - instead"),
    "a no-break space": ("x =\u00a01\n", "line 1, character 4 .*type a plain space instead"),
    "a zero-width space": ("x = \u200b1\n", "line 1, character 5 .*cannot be seen; delete it"),
    "a conflict": ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> ada\n", "Line 1 .*git"),
    "a fence": ("```python\nx = 1\n```\n", "Line 1 is a mark of Markdown"),
    "a fence at the end": ("x = 1\n```\n", "Line 2 is a mark of Markdown"),
    "prompts": ("import math\n>>> x = 1\n", "Line 2 has a prompt"),
    "a traceback": ("x = 1\nTraceback (most recent call last):\n  x\n", "Line 2 begins an error"),
    "tabs and spaces": ("if 1:\n\tx = 1\n        y = 2\n", "mixes tabs and spaces"),
    "a web page": ("\n<!DOCTYPE html>\n<p>x</p>\n", "web page"),
    "a task text": ("# The task\n\nWrite `double`.\n\n- It returns twice\n", "This is text, no"),
    "rich text": ("{\\rtf1\\ansi x = 1}\n", r"rich text document \(RTF\)"),
    "a notebook": ('{"cells": [], "nbformat": 4}\n', "a notebook that was saved as .py"),
}
NEWER = {
    "a type statement": ("type Row = list[float]\n", (3, 12)),
    "type parameters": ("def first[T](row: list[T]) -> T:\n    return row[0]\n", (3, 12)),
    "quotes in an f-string": ("print(f'{x['a']}')\n", (3, 12)),
    "a t-string": ("x = t'{y}'\n", (3, 14)),
}


def said(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "exercise1.py"
    file.write_text(text, encoding="utf-8")
    run = run_bpgrade("check", "--json", file)
    assert (run.exit_code, run.errors) == (1, "")
    return [check["feedback"] for check in json.loads(run.lines[0])["checks"]]


@pytest.mark.parametrize(("text", "pattern"), CASES.values(), ids=CASES)
def test_a_file_is_named_as_what_it_is(tmp_path: Path, text: str, pattern: str) -> None:
    for feedback in said(tmp_path, text):
        assert re.search(pattern, feedback), feedback


@pytest.mark.parametrize(("text", "version"), NEWER.values(), ids=NEWER)
def test_newer_syntax_names_both_pythons(
    tmp_path: Path, text: str, version: tuple[int, int]
) -> None:
    if sys.version_info[:2] >= version:
        pytest.skip("this Python reads it")
    own, needed = (".".join(map(str, each)) for each in (sys.version_info[:2], version))
    for feedback in said(tmp_path, text):
        assert f"Python {own} graded this" in feedback
        assert f"needs Python {needed}" in feedback


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=40), st.integers(0, 9))
def test_no_text_makes_the_explanation_fail(source: str, message: str, line: int) -> None:
    error = SyntaxError(message, ("exercise1.py", line, 1, None))
    assert "\n" not in explain(error, source)
