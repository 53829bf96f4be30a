"""The Chinese as it is written: the glossary's terms, its punctuation, its spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from grader.language import gettext_lazy, translated
from grader.language.spacing import filled

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(
    path for place in ("grader", "solutions") for path in (ROOT / place).rglob("zh_CN/**/*.po")
)
PAGES = sorted(
    path for folder in (ROOT, ROOT / "docs", ROOT / "exercises") for path in folder.glob("*.zh.md")
)
HAN = "[\u3400-\u9fff]"
HALF_WIDTH = "[,;:?!]"
IN_OTHER_WORDS = {"和", "ID", "任务"}  # terms of the glossary that are right in other places
ALSO_WRONG = ("您", "斜率", "上坡", "行走", "没有浮点数", "用成了")
STOPS = {".": "。", ":": "：", "?": "？"}


def wrong_terms() -> list[str]:
    """Return what the glossary says not to write, without what only some contexts forbid."""
    text = (ROOT / "docs" / "translating.md").read_text("utf-8")
    columns = [line.split("|") for line in text.splitlines() if line.count("|") == 4]
    terms = [term.strip() for row in columns[2:] for term in row[3].split(",") if term.strip()]
    return [term for term in terms if term.isalnum() and term not in IN_OTHER_WORDS]


def translations(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each English text with its Chinese, plurals form by form."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id:
            yield from ((texts[-1], each) for each in said if each)


def prose(page: Path) -> str:
    """Return a page without its blocks of code and without addresses."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    text = re.sub(r"^ {4}.*$|^<!--.*-->$|\{ #.*? \}", "", text, flags=re.M)
    return re.sub(r"\]\([^)]*\)", "]", text)


TEXTS = [(path, said) for path in CATALOGUES for _, said in translations(path)] + [
    (path, line) for path in PAGES for line in prose(path).splitlines()
]


def found(pattern: str) -> list[str]:
    """Return the texts that a pattern is in; a piece of code in them is one `."""
    return [
        f"{path.name}: {text}"
        for path, text in TEXTS
        if re.search(pattern, re.sub(r"`+[^`\n]*`+", "`", text))
    ]


def test_the_pages_and_catalogues_are_read() -> None:
    assert len(TEXTS) > 3000
    assert len(CATALOGUES) > 20
    assert len(PAGES) > 10


@pytest.mark.parametrize("term", [*wrong_terms(), *ALSO_WRONG])
def test_a_term_that_the_glossary_rules_out_stands_nowhere(term: str) -> None:
    assert found(re.escape(term)) == []


def test_the_punctuation_in_chinese_sentences_is_full_width() -> None:
    assert found(f"(?<={HAN}){HALF_WIDTH}|{HALF_WIDTH}(?={HAN})") == []


def test_a_space_stands_between_chinese_and_latin() -> None:
    assert found(f"{HAN}[A-Za-z0-9`]|[A-Za-z0-9`]{HAN}") == []


def test_a_sentence_ends_as_the_english_one_does() -> None:
    other = [
        f"{path.name}: {text} / {said}"
        for path in CATALOGUES
        for text, said in translations(path)
        if not text.endswith(("...", " ."))
        and (stop := STOPS.get(text[-1]))
        and re.search(HAN, said)
        and not said.endswith(stop)
    ]
    assert other == []


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("是{kind}，", "None", "是 None，"),
        ("是 {kind}，", "None", "是 None，"),
        ("有{kind}线", "3 条", "有 3 条线"),
        ("{kind}要", "`type`", "`type` 要"),
        ("{kind!a}不是", "é", "'\\xe9'不是"),
        ("共{kind:,}人", 1200, "共 1,200 人"),
        ("({kind})", "一", "(一)"),
        ("{0}的{1}", "", "a 的 b"),
        ("文件 {kind} 太大", "作业.py", "文件 作业.py 太大"),
    ],
)
def test_what_fills_a_field_has_the_spaces_that_it_needs(
    text: str, value: object, said: str
) -> None:
    assert filled(text, {"kind": value, "0": "a", "1": "b"}, ()) == said


def test_a_chinese_text_that_fills_a_field_has_no_space_around_it() -> None:
    assert filled("{name} 是 {kind}，", {"name": "w", "kind": "列表"}, ["kind"]) == "w 是列表，"
    assert filled("{a} 和 {b}", {"a": "输入", "b": "x"}, ["a"]) == "输入和 x"
    table = gettext_lazy(
        "{name} is {kind}; numbers are expected.",
        name="w",
        kind=gettext_lazy("a table (DataFrame)"),
    )
    assert translated(table, "zh_CN") == "w 是一个表（DataFrame），应当是数。"
