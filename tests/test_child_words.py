"""What a submission's process says in English is known by its form, and stays English as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import Message, translated
from grader.sandbox.child import encoding
from grader.sandbox.child.codec import ForbiddenValueError, encode
from grader.sandbox.child_words import error_in_words, traceback_in_words, value_in_words

CHILD = Path(encoding.__file__).parent
REFUSALS = ("ForbiddenValueError", "NoDescriptionError", "_object")
WORDS = st.lists(
    st.sampled_from(
        ["a set", " that holds ", "a generator", "; ", "return", " and ", "{x}", "`", "Line 1", "é"]
    ),
    max_size=12,
).map("".join)
VALUES = {
    "a generator": (x for x in ()),
    "a range": range(3),
    "a function": len,
    "a class": dict,
    "a long text": "x" * 2_000_000,
    "a deep list": None,
    "a huge integer": 1 << 100_000,
    "a set of objects": {object()},
    "an object": object(),
    "a lone surrogate": "\ud800",
}


def refused(value: object) -> str:
    with pytest.raises(ForbiddenValueError) as raised:
        encode(value, max_bytes=1_000_000)
    return str(raised.value)


def filled(node: ast.expr) -> str:
    """Return a text of the source with 7 for each of its values; empty for what is no text."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [
        "7" if isinstance(part, ast.FormattedValue) else getattr(part, "value", "")
        for part in parts
    ]
    return "".join(texts) if all(isinstance(text, str) for text in texts) else ""


def refusals() -> Iterator[tuple[str, str]]:
    """Yield each text that the process refuses a value with, and where it stands."""
    for path in sorted(CHILD.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                text = filled(node.args[-1]) if name in REFUSALS else ""
                if text and not text.startswith("7"):
                    yield text, f"{path.name}:{node.lineno}"


def explanations() -> Iterator[tuple[str, str]]:
    """Yield each sentence on what Python cannot read, and where it stands."""
    path = CHILD / "source" / "syntax_errors.py"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        text = filled(node.value) if isinstance(node, ast.Return) and node.value else ""
        if text.endswith(".") and "stands" not in text:  # which TYPED of test_syntax_errors tries
            yield text, f"{path.name}:{node.lineno}"


def test_no_sentence_of_the_process_is_unknown() -> None:
    values, errors = dict(refusals()), dict(explanations())
    values |= dict.fromkeys(encoding._REMEDIES.values(), "remedies")
    assert len(values) > 30
    assert len(errors) >= 8
    unknown = [each for each in values.items() if not isinstance(value_in_words(each[0]), Message)]
    unknown += [each for each in errors.items() if not isinstance(error_in_words(each[0]), Message)]
    assert unknown == []


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_may_not_be_passed_is_said_in_chinese(value: object) -> None:
    if value is None:
        value = []
        for _ in range(100):
            value = [value]
    words = refused(value)
    told = value_in_words(words)
    assert told == words
    assert isinstance(told, Message)
    assert translated(told, "zh_CN") != words


@pytest.mark.parametrize(
    ("words", "chinese"),
    [
        (
            "No module named 'helpers': it was not handed in with one.py; hand it in too, or copy"
            " what you use of helpers into it",
            "No module named 'helpers'：它没有和 one.py 一起提交；请一起提交，或把你用到的 helpers"
            " 的内容复制进去",
        ),
        ("No module named 'torch': this course offers a, b and c", "：这门课程提供 a、b 和 c"),
        ("it exited with code 3, as os._exit() does", "它以代码 3 退出"),
        ("Python 3.11 graded this, and a t-string needs Python 3.14.", "而 t 字符串需要"),
    ],
)
def test_errors_are_said_in_chinese(words: str, chinese: str) -> None:
    assert chinese in translated(error_in_words(words), "zh_CN")
    above = "one.py, line 2\n    x\nSyntaxError: invalid syntax\n"
    assert translated(traceback_in_words(above + words), "zh_CN").startswith(above)


@pytest.mark.parametrize(
    "words", ["a and b must match", "expected a list; got a set", "return 5", "{x}", "", "a\nb"]
)
def test_what_a_student_says_stays_as_it_is(words: str) -> None:
    assert translated(error_in_words(words), "zh_CN") == words


@given(WORDS | st.text(max_size=80))
def test_in_english_words_never_change(words: str) -> None:
    assert value_in_words(words) == words
    assert error_in_words(words) == words
    assert traceback_in_words(words) == words
