"""The server in a browser: a student's hour and an instructor's day, by keyboard, without scripts,
on a phone, in the dark, in Chinese, and accessible on every page."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import assert_accessible, colour, write_code
from command import run_command
from made_batch import CHROMIUM
from serving import PASSWORD, Served, posted, served_on
from thoroughness import thorough

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
    ),
]
RIGHT = "def mean(numbers):\n    return sum(numbers) / len(numbers)\n"
WRONG = "def mean(numbers):\n    return sum(numbers)\n"
BY_HAND = """
[exercises.exercise1.by_hand.why]
title = "Why does one value move the mean?"
points = 3
[exercises.exercise1.by_hand.why.rubric]
every_value = { points = 2, text = "Says that every value counts" }
example = { points = 1, text = "Gives an example" }
"""
SLOW = f"import time\ntime.sleep(2)\n{RIGHT}"
PHONE = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark", "locale": "zh-CN"}
PHONE |= {"has_touch": True, "is_mobile": True}
_BROKEN_WORDS = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll(".wide :is(th, td)")) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.parentElement.closest("code")) continue;
      for (const word of text.data.matchAll(/[A-Za-z0-9]+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const lines = new Set(Array.from(range.getClientRects(), (one) => one.top));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""
"""What a table breaks within a word, where it could be scrolled."""
on_sqlite = pytest.mark.parametrize("site", ["sqlite"], indirect=True, scope="module")
on_both = pytest.mark.parametrize(
    "site",
    thorough(["sqlite", "postgresql"], but=["sqlite"]),
    indirect=True,
    scope="module",
)


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("browser")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    with (course / "exercises" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(BY_HAND)
    with (course / "exercises" / "exercise1.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```python\n{'x = 1; ' * 30}\n```\n")  # wider than any page
    with served_on(request.param, course, folder / "data") as (running, _):
        yield running


@contextlib.contextmanager
def visiting(browser, site: Served, *refused: str, **options) -> Iterator:
    """Give an empty page; whatever it complains of, or asks of others, fails the test.

    `refused` are the failures of requests that are to be, in their order.
    """
    context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(30_000)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda request: request.url.startswith(site.address) or trouble.append(request.url),
    )
    yield page
    told = [line for line in trouble if "Failed to load resource" in line]
    assert len(told) == len(refused), told
    assert all(reason in line for reason, line in zip(refused, told, strict=True)), told
    assert [line for line in trouble if line not in told] == []
    context.close()


@pytest.fixture(scope="module")
def begun(browser, site: Served) -> dict[str, str]:
    """Make the first instructor and two students; return the students' links."""
    with visiting(browser, site) as page:
        page.goto(site.link)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        page.goto(f"{site.address}/c/course/desk/people/")
        roster = "id,name\nada,Ada Lovelace\ngrace,Grace Hopper\nkurt,Kurt\n"
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": roster.encode()}
        page.get_by_label("A roster").set_input_files(file)
        page.get_by_role("button", name="Add").click()
        rows = page.locator("table").first.locator("tbody tr")
        links = {
            row.locator("th").inner_text(): row.locator("code").inner_text() for row in rows.all()
        }
        assert set(links) == {"ada", "grace", "kurt"}
        page.get_by_role("button", name="Log out").click()
        return links


def log_in(page, site: Served, name: str) -> None:
    page.goto(f"{site.address}/login/")
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/c/course/")


def assert_fits(page) -> None:
    """Check that nobody has to scroll the page sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, page.url
    assert page.evaluate(_BROKEN_WORDS) == [], page.url


@on_both
def test_a_students_hour_by_keyboard_alone(browser, site: Served, begun: dict[str, str]):
    with visiting(browser, site) as page:
        press = page.keyboard.press

        def reach(selector: str) -> None:
            """Go on by Tab until what is meant has the focus."""
            for _ in range(40):
                press("Escape")  # the editor keeps Tab otherwise
                press("Tab")
                if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                    return
            raise AssertionError(f"Tab never comes to {selector}")

        page.goto(begun["ada"])
        assert_accessible(page)
        reach("#password")
        page.keyboard.type(PASSWORD)
        press("Enter")
        page.wait_for_url("**/c/course/")
        press("Tab")
        assert page.locator(".skip").bounding_box()["x"] >= 0  # seen when it has the focus
        reach("th a")
        press("Enter")
        page.get_by_role("heading", name="Mean and spread").first.wait_for()
        here = page.url
        reach("#typed")
        press("Control+a")
        press("Delete")
        page.keyboard.type("def mean(numbers):")
        press("Enter")  # indents by itself
        page.keyboard.type("if numbers:")
        press("Enter")
        press("Shift+Tab")
        press("Tab")
        page.keyboard.type("return sum(numbers)")
        typed = "def mean(numbers):\n    if numbers:\n        return sum(numbers)"
        assert page.locator("#code").input_value() == typed
        press("Escape")
        press("Tab")  # and now it leaves the editor
        press("Enter")
        page.locator("iframe.report").wait_for()
        page.frame_locator("iframe.report").get_by_text("mean").first.wait_for()
        first = page.locator(".score").inner_text()
        assert page.get_by_role("status").inner_text() == f"Checked: {first}"
        assert page.locator("#attempts li").inner_text().endswith(first)
        assert page.evaluate("document.activeElement.matches('button.main')")
        press("Shift+Tab")
        press("Control+a")
        page.keyboard.insert_text(RIGHT)
        press("Escape")
        press("Tab")
        press("Enter")
        page.get_by_role("heading", name=f"Since attempt 1 ({first})").wait_for()
        assert page.locator(".changes li").first.inner_text().startswith("Now right:")
        reach("summary")
        press("Enter")
        assert "+    return sum(numbers) / len(numbers)" in page.locator("details pre").inner_text()
        assert_accessible(page)
        assert page.url == here  # nothing was left, so that Back leads where it led before
        page.reload()
        assert page.locator("#code").input_value() == RIGHT  # one goes on with it
        assert page.locator("#attempts li").count() == 2
        page.go_back()
        page.wait_for_url("**/c/course/")
        page.go_forward()
        reach("#attempts a")
        press("Enter")
        page.wait_for_url("**/attempt/*/")
        page.locator("iframe.report").wait_for()


@on_sqlite
def test_the_page_says_what_becomes_of_what_is_sent(
    browser, site: Served, begun: dict[str, str], tmp_path: Path
):
    refused = (
        "400",
        "ERR_FAILED",
        "413",
        "502",
        "ERR_UPLOAD_FILE_CHANGED",
        "ERR_FAILED",
        "ERR_FAILED",
    )
    refused += ("403", "ERR_FAILED")
    with visiting(browser, site, *refused, locale="en-GB") as page:
        log_in(page, site, "instructor")
        page.goto(f"{site.address}/c/course/e/exercise1/")
        told, check = page.locator("#told"), page.locator("button.main")

        def says(text: str) -> None:
            told.get_by_text(text).wait_for()

        write_code(page, " ")
        check.click()
        says("There is nothing to check")
        write_code(page, SLOW)
        page.route("**/submit/", lambda route: route.abort())
        check.click()
        says("The server can't be reached.")
        page.unroute("**/submit/")
        proxys = "<html><center><h1>502 Bad Gateway</h1></center></html>"
        for status, words in ((413, "This file is too large."), (502, "The server can't be")):
            answer = {"status": status, "body": proxys, "content_type": "text/html"}
            page.route("**/submit/", lambda route, _, answer=answer: route.fulfill(**answer))
            check.click()
            says(words)
            page.unroute("**/submit/")
        saved = tmp_path / "mine.py"
        saved.write_text(RIGHT)
        page.locator("#file").set_input_files(saved)
        page.locator("#file").evaluate("(one) => one.files[0].lastModified")  # it has been seen
        os.utime(saved, (1e9, 1e9))
        page.get_by_role("button", name="Check the files").click()
        says("A file has changed since you chose it")
        page.locator("#file").set_input_files([])
        where = '{"ended": false, "before": 7, "minutes": 2, "again": 0.25}'
        page.route("**/state/", lambda route: route.fulfill(body=where))
        check.dblclick()
        says("waiting: 7 ahead of it, about 2 min.")
        check.click()  # it is being checked already
        page.unroute("**/state/")
        page.route("**/state/", lambda route: route.abort())
        says("this page asks again by itself")
        cookies = page.context.cookies()
        page.context.clear_cookies(name="bpgrade")
        page.unroute("**/state/")
        says("log in on another page, and this one goes on by itself")
        page.context.add_cookies(cookies)
        says("Checked: ")
        page.locator("#attempts li").first.wait_for()
        assert page.locator("#attempts li").count() == 1
        page.context.clear_cookies(name="bpgrade")
        check.click()
        says("You are logged out.")
        assert page.locator("#code").input_value() == SLOW
        other = page.context.new_page()
        other.goto(f"{site.address}/login/")
        log_in(other, site, "instructor")
        assert {one["value"] for one in cookies} != {
            one["value"] for one in other.context.cookies()
        }
        check.click()  # the form is from before
        page.get_by_role("heading", name="Since attempt").wait_for()
        write_code(page, f"{RIGHT}# its answer is lost\n")
        known = page.locator("#attempts li").count()
        page.route("**/submit/", lambda route: (route.fetch(), route.abort()))
        check.click()
        says("The server can't be reached.")
        page.unroute("**/submit/")
        check.click()
        says("Checked: ")
        page.locator("#attempts li").nth(known).wait_for()
        assert page.locator("#attempts li").count() == known + 1
        write_code(page, RIGHT)
        with page.expect_event("dialog") as asked:
            page.evaluate("setTimeout(() => location.assign('/'))")
        assert asked.value.type == "beforeunload"  # what was typed is not lost without a word
        asked.value.accept()


@on_sqlite
def test_a_student_needs_no_scripts(browser, site: Served, begun: dict[str, str]):
    with visiting(browser, site, "Bad Request", java_script_enabled=False) as page:
        page.goto(begun["grace"])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("link", name="Mean and spread").click()
        file = {"name": "mine.py", "mimeType": "text/x-python", "buffer": RIGHT.encode()}
        page.get_by_label("Or files").set_input_files(file)
        page.get_by_role("button", name="Check the files").click()
        page.locator(".score").wait_for()  # the page is loaded again until it is there
        page.get_by_role("link", name="Continue with this exercise").click()
        page.get_by_label("Your code").fill(WRONG)
        page.get_by_role("button", name="Check", exact=True).click()
        page.locator(".score").wait_for()
        page.get_by_role("link", name="Continue with this exercise").click()
        page.get_by_label("Your code").fill(RIGHT)
        page.get_by_label("Or files").set_input_files(file)
        page.get_by_role("button", name="Check", exact=True).click()
        page.get_by_text("so nothing was handed in").wait_for()
        assert page.get_by_label("Your code").input_value().strip() == RIGHT.strip()
        page.get_by_label("Your code").fill(WRONG)
        page.get_by_label("Or files").set_input_files(file)
        page.get_by_role("button", name="Check", exact=True).click()  # the file, then
        page.locator(".score").wait_for()
        page.goto(f"{site.address}/c/course/")
        with page.expect_download() as download:
            page.get_by_role("link", name="Everything that you have handed in").click()
        with zipfile.ZipFile(download.value.path()) as archive:
            assert archive.read("exercise1/2.py").decode() == WRONG
            assert archive.read("exercise1/3.py").decode() == RIGHT


@on_sqlite
def test_several_files_are_checked_without_leaving_the_page(
    browser, site: Served, begun: dict[str, str]
):
    code = f"from helpers import math\n{RIGHT}"
    files = [
        {"name": name, "mimeType": "text/x-python", "buffer": text.encode()}
        for name, text in (
            ("exercise1.py", code),
            ("exercise1 (2).py", "x = 1\n"),
            ("helpers.py", "import math\n"),
        )
    ]
    with visiting(browser, site) as page:
        log_in(page, site, "instructor")
        page.goto(f"{site.address}/c/course/e/exercise1/")
        page.get_by_label("Or files").set_input_files(files)
        page.get_by_role("button", name="Check the files").click()
        page.locator("#attempt").get_by_text("exercise1.py): 4 / 13").wait_for()
        assert page.url.endswith("/c/course/e/exercise1/")
        assert page.locator("#attempt li").count() == 2
        assert "Handed in with it: helpers.py" in page.locator("#attempt").inner_text()
        assert_accessible(page)


@on_both
def test_an_instructors_day(browser, site: Served, begun: dict[str, str], tmp_path: Path):
    with visiting(browser, site) as student:
        student.goto(begun["kurt"])
        student.get_by_label("Password").fill(PASSWORD)
        student.get_by_role("button", name="Begin").click()
        student.get_by_role("link", name="Mean and spread").click()
        write_code(student, RIGHT + 'why = "Every value counts."\n')
        student.get_by_role("button", name="Check", exact=True).click()
        student.locator(".score").wait_for()
    with visiting(browser, site, "400") as page:
        log_in(page, site, "instructor")
        page.get_by_role("link", name="To the desk").click()
        page.locator("#exercise").select_option("exercise1")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="Kurt").first.click()
        assert "Every value counts." in page.locator("section pre").inner_text()
        page.get_by_label("Says that every value counts").check()
        page.get_by_label("For the student").fill("Add an example.")
        page.get_by_role("button", name="Grade", exact=True).click()
        page.get_by_text("2 / 3").wait_for()
        assert page.get_by_label("Says that every value counts").is_checked()
        page.locator("#kind").select_option("score")
        page.locator("#value").fill("12")
        page.get_by_role("button", name="Decide").click()
        assert "needs a reason" in page.get_by_role("alert").inner_text()
        assert page.locator("#value").input_value() == "12"
        page.locator("#reason").fill("he explained it to me")
        page.get_by_role("button", name="Decide").click()
        page.get_by_text("12 / 13").first.wait_for()
        assert_accessible(page)
        page.get_by_role("link", name="Desk").click()
        for link, name in (
            ("Grades as a table", "grades.csv"),
            ("Feedback", "course-feedback.zip"),
        ):
            with page.expect_download() as download:
                page.get_by_role("link", name=link).click()
            assert download.value.suggested_filename == name
        page.get_by_role("link", name="Decisions").click()
        page.get_by_label("A student's id, or all").fill("ada")
        page.locator("#kind").select_option("excused")
        page.get_by_label("Reason").fill("a year abroad")
        page.get_by_role("button", name="Decide").click()
        page.get_by_text("excused, because: a year abroad").wait_for()
        page.get_by_role("button", name="Take back decision 3").click()
        page.get_by_text("took back decision 3").wait_for()
        page.goto(f"{site.address}/c/course/desk/audit/")
        assert "he explained it to me" in page.locator("main").inner_text()
        page.get_by_role("link", name="Desk").click()
        page.get_by_role("link", name="The class").click()
        shown = page.frame_locator("iframe.report")
        shown.get_by_role("heading", name="The class").wait_for()  # it comes by itself
        shown.get_by_role("link", name="Kurt").first.click()
        page.wait_for_url("**/desk/grade/*/exercise1/")  # out of the frame
        page.get_by_role("link", name="Desk").click()
        page.get_by_role("link", name="Similar work").click()
        page.get_by_text("Nothing is more alike than the exercise explains.").wait_for()
        page.get_by_role("link", name="Desk").click()
        page.get_by_label("Name or id").fill("kur")
        page.locator("#exercise").select_option("exercise1")
        page.get_by_role("button", name="Show").click()
        assert page.get_by_role("row").count() == 1 + page.get_by_role("row", name="Kurt").count()
        page.get_by_role("link", name="Grade this exercise again").click()
        page.get_by_role("button", name="Grade this exercise again").click()
        page.get_by_text("grades compared, no grade changed").wait_for()
        assert_accessible(page)
        page.get_by_role("button", name="Use the new results").click()
        page.get_by_role("button", name="Grade this exercise again").wait_for()
        page.get_by_role("link", name="Desk").click()
        page.get_by_role("link", name="For a gradebook").click()
        page.get_by_label("Platform").select_option("csv")
        page.get_by_role("button", name="Fill in").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Save csv.csv").click()
        assert "kurt,Kurt,12" in Path(download.value.path()).read_text("utf-8")
        assert_accessible(page)


def let_a_computer_hand_in(page, site: Served) -> None:
    """Allow a computer that asks as `bpgrade submit` does; look at the pages on the way."""
    codes = posted(site.address, "device/", computer="a laptop")
    page.goto(f"{site.address}/device/")
    page.locator("#code").fill(codes["user_code"])
    page.locator("button.main").click()
    page.get_by_text(codes["user_code"]).wait_for()
    assert "a laptop" in page.locator("dl").inner_text()
    assert_accessible(page)
    assert_fits(page)
    page.locator("button[value=allow]").click()
    page.get_by_role("status").wait_for()
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    posted(site.address, "token/", grant_type=grant, device_code=codes["device_code"])
    page.goto(f"{site.address}/device/")
    page.get_by_text("a laptop").first.wait_for()


@on_sqlite
@pytest.mark.parametrize(
    "options",
    thorough([{}, PHONE], but=[PHONE]),
    ids=["desktop", "a phone, dark, Chinese"],
)
def test_every_page_is_accessible_and_fits(
    browser, site: Served, begun: dict[str, str], options: dict
):
    with visiting(browser, site, "404", **options) as page:
        page.goto(f"{site.address}/login/")
        dark, chinese = options == PHONE, options == PHONE
        assert page.locator("html").get_attribute("lang") == ("zh-CN" if chinese else "en")
        assert (colour(page, "body") == "rgb(20, 25, 30)") == dark
        assert_accessible(page)
        log_in(page, site, "instructor")
        page.goto(f"{site.address}/c/course/e/exercise1/")
        write_code(page, WRONG)
        page.locator("button.main").click()
        page.locator("iframe.report").wait_for()
        assert_accessible(page)
        assert_fits(page)
        assert (colour(page, ".editor") == "rgb(20, 25, 30)") == dark
        assert page.get_by_label("你的代码, 第" if chinese else "Your code, line").count()
        high, size = (colour(page, ".ace_line", each) for each in ("height", "font-size"))
        assert float(high.removesuffix("px")) >= 1.4 * float(size.removesuffix("px"))  # for a _
        attempt = site.address + page.locator("#attempt").get_attribute("data-address")
        desk = f"{site.address}/c/course/desk"
        paths = [attempt, f"{attempt}source/", f"{attempt}report/"]
        paths += [f"{site.address}/c/course/{path}" for path in ("", "e/exercise1/", "none/")]
        paths += [
            f"{desk}/{path}"
            for path in ("", "people/", "decisions/", "audit/", "class/", "gradebook/", "?who=a")
        ]
        paths += [f"{desk}/regrade/exercise1/"]
        page.goto(f"{desk}/")
        own = [each.get_attribute("href") for each in page.locator("tbody th a").all()]
        assert all(page.request.get(site.address + path).ok for path in own)
        paths += own[-1:]
        let_a_computer_hand_in(page, site)
        paths.append("/device/")
        for path in paths:
            page.goto(path if path.startswith("http") else site.address + path)
            assert_accessible(page)
            assert_fits(page)
            if chinese and "/report/" not in path:
                text = page.locator("main").inner_text()
                assert re.search("[\u4e00-\u9fff]", text), path
