"""The languages of the pages: all words are there, one language is shown, anyone can choose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browsing import assert_accessible
from made_batch import (
    BLOG,
    CHROMIUM,
    COURSE,
    MARKED,
    NOT_STARTED,
    MadeAttempt,
    class_of,
    write_batch,
)
from made_results import check, result
from thoroughness import thorough

import grader
from grader.batch.records import LeftOver, Student
from grader.language import gettext_lazy, reading, translated
from grader.report.pages.folder import write_pages
from grader.report.pages.one_result import write_page
from grader.report.pages.student_page import Work, student_page
from grader.report.pages.words import page_languages

in_a_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
)
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """The pages of a class with two exercises, written for a reader of Chinese."""
    folder = write_batch(
        tmp_path_factory.mktemp("class"),
        [
            *class_of(12),
            MadeAttempt(
                "s00003", result(check("loss", "Loss")), "Person 00003", exercise="exercise1"
            ),
            MadeAttempt("y1", NOT_STARTED, "Yet To Come"),
        ],
        [Student("t1", "Nobody")],
        [LeftOver("a/notes.pdf", "it is no .py")],
    )
    with reading("zh_CN"):
        return write_pages(folder, COURSE)


@pytest.fixture(scope="module")
def feedback(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "feedback.html"
    blog = COURSE.folder / "docs" / "examples" / "exercise3.py"
    write_page(path, grader.grade(blog), COURSE)
    return path


def test_a_page_has_the_courses_languages_and_the_readers_comes_first():
    assert page_languages(COURSE) == ("en", "zh_CN")
    with reading("zh_CN"):
        assert page_languages(COURSE) == ("zh_CN", "en")
        assert page_languages(None) == ("zh_CN",)


def test_a_page_in_one_language_has_no_switch_and_says_which_it_is():
    with reading("zh_CN"):
        text = student_page([Work("exercise3", BLOG)], name="a")
    assert '<html lang="zh-CN">' in text
    assert 'name="language"' not in text
    assert "<span lang" not in text
    assert translated(gettext_lazy("Your code printed"), "zh_CN") in text
    assert "Your code printed" not in text


def test_what_is_the_same_in_both_languages_stands_there_once(index, feedback):
    text = feedback.read_text("utf-8")
    assert text.count("(x, target, weight_1, weight_2, bias):") == 1
    assert text.count('<svg class="figure"') == 1
    student = max((index.parent / "students").iterdir(), key=lambda path: path.stat().st_size)
    both = len(student.read_text("utf-8"))
    with reading("en"):
        alone = len(student_page([Work("exercise3", MARKED)], name="a"))
    assert both < 1.5 * alone


def test_chinese_fonts_come_before_the_general_one(feedback):
    style = feedback.read_text("utf-8")
    for name in ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"):
        assert style.index(f'"{name}"') < style.index("sans-serif")


def twice(page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('[id]')].map((e) => e.id)"
        ".filter((id, place, all) => all.indexOf(id) !== place)"
    )


@in_a_browser
def test_the_keyboard_chooses_the_language(page, feedback):
    page.goto(feedback.as_uri())
    group = page.get_by_role("group", name="Language")
    assert group.locator("label[lang=en], label[lang=zh-CN]").count() == 2
    assert group.locator("label").all_inner_texts() == ["English", "\u4e2d\u6587"]
    assert not CHINESE.search(page.locator("main").inner_text())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("\u4e2d\u6587").is_checked()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert CHINESE.search(page.locator(".explained").first.inner_text())
    shown = page.locator("body").inner_text()
    assert not [words for words in ("Hint", "Graded by", "passed", "lost") if words in shown]
    assert CHINESE.search(page.locator(".listing").first.get_attribute("aria-label"))
    assert twice(page) == []
    assert_accessible(page)
    page.reload()
    assert page.get_by_label("English").is_checked()


@in_a_browser
@pytest.mark.parametrize("language", thorough(["English", "\u4e2d\u6587"], but=["\u4e2d\u6587"]))
def test_the_class_sorts_and_filters_in_each_language(page, index, language):
    page.goto(index.as_uri())
    page.get_by_label(language).check()
    assert_accessible(page)
    assert twice(page) == []
    chinese = language != "English"
    table = page.locator("#students-table")
    heads = table.locator("thead").get_by_role("button").all_inner_texts()
    assert all(bool(CHINESE.search(head)) == chinese for head in heads)
    shown = table.locator("tbody tr")
    status = page.locator("select[name=status]")
    status.select_option("full")
    wanted = shown.locator(".status:visible").all_inner_texts()
    assert set(wanted) == {"\u6ee1\u5206" if chinese else "full marks"}
    assert bool(CHINESE.search(status.locator("option").first.inner_text())) == chinese
    told = page.locator("#count").inner_text()
    number = shown.count()
    wanted = f"{number} / 15 \u884c" if chinese else f", {number} of 15 rows"
    assert wanted in told
    page.locator("#tools button[type=reset]").click()
    page.wait_for_url("**#students")  # the page's own policy lets no function be waited for
    standing = table.locator("thead").get_by_role("button").nth(4)
    standing.click()
    words = [cell.inner_text() for cell in shown.locator("td.status").all()]
    assert words == page.evaluate("(w) => [...w].sort(new Intl.Collator().compare)", words)


@in_a_browser
def test_the_switch_needs_no_script_and_a_phone_shows_it(browser, index):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(index.as_uri())
    heading = page.locator("h1")
    assert CHINESE.search(heading.inner_text())
    page.locator(".languages label", has_text="English").click()
    assert heading.inner_text() == "The class"
    before = "(e) => getComputedStyle(e, '::before').content"
    cell = page.locator("#students-table td.status").first
    assert cell.evaluate(before).startswith('"Standing')
    assert not CHINESE.search(page.locator("main").inner_text())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
