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
from notebook_files import notebook

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
# what is said in English, and in Chinese; one line, whatever was typed
TYPED = {
    "brackets, a comma, a colon and quotes": (
        "def f（x，y）：\n    return “是，对”\n",
        'type ( instead; likewise `，` → `,`, `）` → `)`, `：` → `:`, `“` → `"`, `”` → `"`',
        "应改为 (；还有：`，` → `,`",
    ),
    "a keyword and digits": (
        "x = 2\nｉｆ x > 1:\n    x = １０；x = 2！\n",
        "likewise `ｉｆ` → `if`",
        "还有：`ｉｆ` → `if`",
    ),
    "brackets of other kinds": (
        "x = 【1】；y = ｛2｝\n",
        "type [ instead; likewise `】` → `]`, `；` → `;`, `｛` → `{`, `｝` → `}`",
        "左方头括号",
    ),
    "a space of full width": (
        "x = 1\nif x:\n\u3000\u3000x = 2\n",
        "type a plain space instead",
        "应改为普通的空格",
    ),
    "a quote that closes no string": (
        'x = "你好”\n',
        "character 8 stands `”` (right double quotation mark)",
        "第 1 行第 8 个字符是 `”`（右双引号）",
    ),
    "a question mark": ("x = 1？\n", "type ? instead", "`？`（全角问号）"),
}
NO_CODE = {
    "in a comment": "x = 1  # 一，二：三（四）\ny = = 2\n",
    "in a string": "x = '一，二：三（四）' + \"“五”；六\"\ny = = 2\n",
    "in a docstring": '"""一，二\n（三）：“四”\n"""\ny = = 2\n',
    "in a name": "ｘ１ = 1\ny = = 2\n",
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


@pytest.mark.parametrize(("text", "english", "chinese"), TYPED.values(), ids=TYPED)
@pytest.mark.parametrize("as_notebook", [False, True], ids=["file", "notebook"])
def test_all_that_an_input_method_has_typed_is_named_in_one_line(
    tmp_path: Path, text: str, english: str, chinese: str, as_notebook: bool
) -> None:
    path = tmp_path / ("exercise1.ipynb" if as_notebook else "exercise1.py")
    path.write_bytes(notebook("x = 0", text) if as_notebook else text.encode())
    run = run_bpgrade("--lang", "zh", "check", "--json", path)
    result = json.loads(run.lines[0])
    told = [*result["warnings"], *(check["feedback"] for check in result["checks"])]
    [line] = {one for each in told for one in each.splitlines() if english in one}
    others = result["translations"]["zh_CN"]
    assert {each for each in told if english in each} <= set(others)
    assert all(chinese in others[each] for each in told if english in each), others
    assert line.count("stands") == 1


@pytest.mark.parametrize("text", NO_CODE.values(), ids=NO_CODE)
def test_what_stands_in_no_code_may_be_typed_in_any_way(text: str) -> None:
    with pytest.raises(SyntaxError) as raised:
        compile(text, "exercise1.py", "exec")
    assert explain(raised.value, text) == ""


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
