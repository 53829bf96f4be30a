"""The pages in a browser: sorting, filtering, links, print, dark, a phone, and accessibility."""

from __future__ import annotations

import re
import time
from itertools import product
from pathlib import Path

import pytest
from browsing import assert_accessible, colour
from made_batch import (
    CHROMIUM,
    COURSE,
    LOOPING,
    NOT_STARTED,
    MadeAttempt,
    class_of,
    write_batch,
)
from made_results import check, result
from thoroughness import thorough

import grader
from grader.batch.records import LeftOver, Student
from grader.batch.similar_work import (
    SimilarGroup,
    SimilarPair,
    SimilarStudent,
    SimilarSubmission,
    write_similar,
)
from grader.report.pages.folder import write_pages
from grader.report.pages.student_page import Work, student_page
from grader.result import Outcome

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
)
HOSTILE = '''
"""Doc <script>document.title = "taken"</script>"""
def forward(x, weight_1, weight_2, bias):
    """<img src=x onerror="document.title = 'taken'">"""
    print("<script>document.title = 'taken'</script> \\x1b[31m \\u202egnp.exe", "x" * 100_000)
    raise ValueError("<svg onload=\\"document.title = 'taken'\\"></pre></main><h1>20 / 20</h1>")
def gradient(x, target, weight_1, weight_2, bias):
    # </code></div><script>document.title = "taken"</script>
    return forward(x, weight_1, weight_2, bias)
'''


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> str:
    folder = write_batch(
        tmp_path_factory.mktemp("class"),
        [
            *class_of(40),
            MadeAttempt("x1", result(check("forward", "Right")), "Zoë <b>Bold</b>"),
            MadeAttempt(
                "s00003", result(check("loss", "Loss")), "Person 00003", exercise="exercise1"
            ),
            MadeAttempt("y1", NOT_STARTED, "Yet To Come"),
            MadeAttempt("y2", LOOPING, "Loop Er"),
        ],
        [Student("t1", "Nobody")],
        [LeftOver("a/notes.pdf", "it is no .py")],
    )
    source = "import numpy as np\n\n\ndef forward(x):\n    return np.sum(x)  # <b>both</b>\n"
    people = (SimilarStudent("s00001", "Person 00001"), SimilarStudent("s00002", "Person 00002"))
    members = tuple(SimilarSubmission((one,), f"{one.id}/exercise3.py", source) for one in people)
    pair = SimilarPair(0, 1, (0.9, 1.0), ((4, 5), (4, 5)), False, True, ("A rare mistake",))
    write_similar(folder, [SimilarGroup("exercise3", 40, members, (pair,))])
    return write_pages(folder, COURSE).as_uri()


@pytest.fixture(scope="module")
def feedback(tmp_path_factory) -> str:
    """The page of the blog's exercise 3, with the course's drawing."""
    from grader.report.pages.one_result import write_page

    path = tmp_path_factory.mktemp("page") / "feedback.html"
    blog = COURSE.folder / "docs" / "examples" / "exercise3.py"
    write_page(path, grader.grade(blog), COURSE)
    return path.as_uri()


def names(page) -> list[str]:
    return page.locator("#students-table tbody th a, #students-table tbody th > bdi:first-child"
                        ).all_inner_texts()  # fmt: skip


def test_the_columns_sort(page, index):
    page.goto(index)
    assert names(page)[0] == "Person 00004"  # without a grade: first
    head = page.locator("#students-table thead")
    head.get_by_role("button", name="Student").click()
    assert names(page) == sorted(names(page))
    head.get_by_role("button", name="Student").click()
    assert names(page)[0].startswith("Zoë")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Student")
    head.get_by_role("button", name="Points").click()
    points = page.locator("#students-table tbody td.n:nth-of-type(2)").all_inner_texts()
    numbers = [float(text.split()[0]) for text in points if text]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) > 2


def test_search_and_filters_narrow_the_rows(page, index):
    page.goto(index)
    assert page.locator("#count").inner_text() == "44 students, 45 rows"
    page.get_by_label("Name, id or mistake").fill("zoe")
    assert page.locator("#count").inner_text() == "1 of 44 students, 1 of 45 rows"
    assert names(page) == ["Zoë <b>Bold</b>"]
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("44 students, 45 rows", exact=True).wait_for()
    page.get_by_label("Standing").select_option("ungraded")
    assert names(page) == ["Person 00004"]
    page.get_by_label("Standing").select_option("missing")
    assert names(page) == ["Nobody"]
    page.get_by_label("Standing").select_option("")
    page.locator("select[name=exercise]").select_option("exercise1")
    assert names(page) == ["Person 00003"]
    page.get_by_label("Name, id or mistake").fill("nobody at all")
    assert page.locator("#count").inner_text() == "0 of 44 students, 0 of 45 rows"


def test_a_mistake_leads_to_who_made_it_and_on_to_their_page(page, index):
    page.goto(index)
    page.locator("#mistakes").get_by_role("link", name="A rare mistake").click()
    assert names(page) == ["Person 00007", "Person 00008"]
    page.get_by_role("link", name="Person 00008").last.click()
    page.wait_for_url(re.compile(r"students/s00008-[0-9a-f]{8}\.html"))
    assert page.get_by_role("heading", level=1).inner_text() == "Person 00008"
    assert page.get_by_text("A rare mistake").count() >= 1


def test_filters_and_order_stay_in_the_address(page, index):
    page.goto(index)
    page.locator("#groups").get_by_role("link", name="Loop Er").wait_for()
    page.get_by_label("Standing").select_option("loops")
    page.locator("#students-table thead").get_by_role("button", name="Student").click()
    address = page.url
    assert address == f"{index}#status=loops&up=0"
    page.goto("about:blank")
    page.goto(address)
    assert names(page) == ["Loop Er"]
    assert page.get_by_label("Standing").input_value() == "loops"
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Student")
    page.get_by_label("Standing").select_option("")
    assert page.url == f"{index}#up=0"
    page.goto(f"{index}#status=nonsense&mistake=m0&up=99")
    assert page.locator("#count").inner_text() == "44 students, 45 rows"


def test_a_page_leads_to_the_next_of_those_that_are_filtered(page, index):
    page.goto(index)
    page.locator("#mistakes").get_by_role("link", name="A rare mistake").click()
    page.locator("#students-table").get_by_role("link", name="Person 00007").click()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile(r"s00008-[0-9a-f]{8}\.html"))
    page.get_by_role("link", name="Previous").click()
    page.wait_for_url(re.compile(r"s00007-[0-9a-f]{8}\.html"))
    page.get_by_role("link", name="Previous").click()  # it is the first: back to the class
    page.wait_for_url(re.compile(r"index\.html#mistake="))
    assert names(page) == ["Person 00007", "Person 00008"]


def test_similar_work_stands_side_by_side(page, index):
    page.goto(index)
    page.get_by_role("link", name="Side by side").click()
    page.wait_for_url(re.compile(r"similar\.html#g1"))
    assert page.get_by_text("90 to 100 % of what each has written").count() == 1
    sides = page.locator(".sides > div")
    left, right = (sides.nth(number).bounding_box() for number in (0, 1))
    assert left["y"] == right["y"]
    assert page.locator(".line.shared").count() == 4
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_page_that_was_mailed_leads_nowhere(page, index, tmp_path):
    (student,) = Path(index.removeprefix("file://")).parent.glob("students/s00007-*.html")
    alone = tmp_path / student.name
    alone.write_bytes(student.read_bytes())
    page.goto(student.as_uri())
    assert page.locator("#steps").is_visible()
    page.goto(alone.as_uri())
    assert page.locator("#steps").is_hidden()


def test_the_matrix_sorts_by_total(page, index):
    page.goto(index)
    matrix = page.locator("#matrix-table")
    assert matrix.locator("tbody tr").count() == 44
    matrix.get_by_role("button", name="Total").click()
    first = matrix.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert first == ["Person 00003", "2", "20", "22 / 22"]


def test_the_keyboard_reaches_everything(page, feedback):
    page.goto(feedback)
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
        ))  # fmt: skip
    assert reached[:5] == ["Skip to the content", "English", "◐ Dark", "gradient", "update"]
    page.locator(".functions a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#e1-2"


def test_the_pages_print(page, index, feedback, tmp_path):
    for number, url in enumerate((index, feedback)):
        page.goto(url)
        page.locator("#theme").click()
        page.emulate_media(media="print")
        assert colour(page, "body") == "rgb(255, 255, 255)"
        assert page.locator("#theme").is_hidden()
        page.emulate_media(media="screen")
        printed = page.pdf(path=tmp_path / f"{number}.pdf", format="A4")
        assert printed.startswith(b"%PDF")
        assert len(printed) > 10_000


def test_the_switch_darkens_and_the_system_is_heard(page, feedback):
    page.goto(feedback)
    light = colour(page, "body")
    page.get_by_role("button", name="Dark").click()
    dark = colour(page, "body")
    assert dark != light
    page.reload()
    assert colour(page, "body") == dark  # it is remembered
    page.get_by_role("button", name="Light").click()
    assert colour(page, "body") == light
    page.evaluate("localStorage.clear()")
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert colour(page, "body") == dark
    assert colour(page, "svg.figure", "fill") == colour(page, "body", "color")


@pytest.mark.parametrize("width", thorough([320, 390, 768, 1400], but=[320]))
def test_no_width_needs_scrolling_sideways(page, index, feedback, width):
    page.set_viewport_size({"width": width, "height": 800})
    for url in (index, feedback):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("width", "scheme"),
    thorough(product([390, 1100], ["light", "dark"]), but=[(390, "dark")]),
)
def test_axe_finds_nothing(page, index, feedback, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for url in (index, feedback):
        page.goto(url)
        assert_accessible(page)


def test_a_hostile_submission_shows_as_text(page, tmp_path):
    path = tmp_path / "exercise3.py"
    path.write_text(HOSTILE, encoding="utf-8")
    made = grader.grade(path)
    name = "<script>document.title = 'taken'</script>\u202e.py"
    html = tmp_path / "page.html"
    html.write_text(student_page([Work(made.exercise, made)], name=name), encoding="utf-8")
    page.goto(html.as_uri())
    assert "taken" in page.title()  # as a part of the name, spelled out
    assert page.title() != "taken"
    assert page.locator("script").count() == 1
    assert page.locator("h1").count() == 1
    assert page.locator("main img, main svg[onload]").count() == 0
    assert page.get_by_text("</pre></main><h1>20 / 20</h1>").count() >= 1
    assert page.locator(".printed").inner_text().count("x" * 1000) >= 1
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)


def test_a_page_with_every_outcome_is_accessible(page, tmp_path):
    made = result(
        *(
            check(f"f{n}", f"Check {n}", outcome, feedback="what came of it", hint="think")
            for n, outcome in enumerate(Outcome)
        ),
        warnings=("defined twice",),
        not_run=("the hidden checks",),
    )
    html = tmp_path / "page.html"
    works = [Work("exercise3", made), Work("exercise1", None), Work("exercise2", made)]
    html.write_text(student_page(works, name="Ada", identity="1"), encoding="utf-8")
    page.goto(html.as_uri())
    assert_accessible(page)
    page.get_by_role("link", name="exercise2").click()
    assert page.locator(":target h2").inner_text().startswith("exercise2")


@pytest.mark.parametrize("number", thorough([1_200, 10_000], but=[1_200]))
def test_thousands_open_in_pieces(page, tmp_path, number):
    """A class of 10,000 shows 500 rows at once, and still finds and sorts among all."""
    from grader.decisions.results import read_graded
    from grader.report.pages.class_page import ROWS_AT_ONCE, class_page
    from grader.report.pages.counting import count
    from grader.report.pages.rows import row

    people = (Student(f"{n:05d}", f"Person {n:05d}") for n in range(number))
    folder = write_batch(tmp_path / "out", [], people)
    counted = count(row(one, "") for one in read_graded(folder))
    html = tmp_path / "index.html"
    html.write_text(class_page(counted, "course", []), encoding="utf-8")
    start = time.monotonic()
    page.goto(html.as_uri())
    assert time.monotonic() - start < 60  # measured by benchmarks/class_pages.py, not here
    rows = page.locator("#students-table tbody tr")
    assert rows.count() == ROWS_AT_ONCE
    assert page.locator("#count").inner_text() == f"{number:,} students, 1 to 500 shown"
    page.get_by_role("button", name="Next 500").click()
    assert names(page)[0] == "Person 00500"
    page.locator("#students-table thead").get_by_role("button", name="Student").click()
    page.locator("#students-table thead").get_by_role("button", name="Student").click()
    assert names(page)[0] == f"Person {number - 1:05d}"
    page.get_by_label("Name, id or mistake").fill("person 00777")
    assert names(page) == ["Person 00777"]


def test_without_scripts_the_page_is_all_there(browser, index):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(index)
    assert page.locator("#students-table tbody tr").count() == 45
    assert page.locator("#tools").is_hidden()
    assert page.locator("#theme").is_hidden()
    context.close()


def test_the_script_and_style_are_the_packages_own(index):
    text = Path(index.removeprefix("file://")).read_text("utf-8")
    assert text.count("<script>") == text.count("<style>") == 1
    assert "http:" not in text.replace("http://www.w3.org", "")
    assert "https:" not in text
