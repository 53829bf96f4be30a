"""The server in a platform's frame, in a real browser: localhost and 127.0.0.1 are two sites."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator

import pytest
from browsing import assert_accessible, running, write_code
from lti_records import StandInCourse, StandInMember
from lti_site import ADA, EXERCISE, GRACE, TEACHER, BothSides, registered
from made_batch import CHROMIUM
from serving import PASSWORD, RIGHT
from thoroughness import thorough
from waiting import wait_for

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="there is no chromium here: apt-get install chromium"
    ),
]
NEWCOMER = "7"


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium itself: its headless shell opens no windows from frames."""
    with running(CHROMIUM) as launched:
        yield launched


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothSides]:
    with registered(tmp_path_factory.mktemp("framed"), "--workers", "1") as found:
        yield found


@pytest.fixture(scope="module")
def course(site: BothSides) -> StandInCourse:
    made = site.course()
    site.connect(made)
    return made


@contextlib.contextmanager
def visiting(browser, site: BothSides) -> Iterator:
    """Give an empty page; whatever it complains of, or asks of others, fails the test."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, ignore_https_errors=True)
    page = context.new_page()
    trouble: list[str] = []

    def watch(opened) -> None:
        opened.set_default_timeout(30_000)
        opened.on("console", lambda message: trouble.append(message.text))
        opened.on("pageerror", lambda error: trouble.append(str(error)))

    watch(page)
    context.on("page", watch)
    known = (site.proxy.address, site.platform.address)
    context.on(
        "request",
        lambda request: request.url.startswith(known) or trouble.append(request.url),
    )
    yield page
    assert trouble == []
    context.close()


def framed(page, site: BothSides, course: StandInCourse, person: str, wanted: object):
    """Open an activity as the platform shows it: in a frame; return the frame."""
    page.goto(f"{site.platform.address}/course/{course.number}/{person}/{wanted}/")
    return page.frame_locator("iframe[name=tool]")


def hand_in(tool) -> None:
    write_code(tool, RIGHT)
    tool.get_by_role("button", name="Check", exact=True).click()
    tool.get_by_text("10 / 10").first.wait_for()


def grade(course: StandInCourse, person: str) -> float | None:
    return course.column_of(course.activities[0]).cell(person).score


def test_a_student_hands_in_in_the_frame(browser, site: BothSides, course: StandInCourse):
    with visiting(browser, site) as page:
        tool = framed(page, site, course, ADA, course.activities[0].number)
        hand_in(tool)
        kept = page.context.cookies(site.proxy.address)
        session = [one for one in kept if one["name"] == "bpgrade"]
        assert session[0]["partitionKey"].startswith("https://localhost")
    wait_for(lambda: grade(course, ADA) == 10.0, "the grade is in the gradebook")
    with visiting(browser, site) as page:  # what a frame has is no session anywhere else
        page.goto(f"{site.proxy.address}/c/course/")
        assert "/login/" in page.url


@pytest.mark.parametrize("storage", thorough(["", "kept", "forgotten"], but=["kept"]))
def test_without_cookies_a_new_window_opens(
    browser, site: BothSides, course: StandInCourse, storage: str
):
    site.proxy.drops_partitioned = True
    site.platform.storage = storage
    try:
        with visiting(browser, site) as page:
            tool = framed(page, site, course, GRACE, course.activities[0].number)
            tool.get_by_role("heading", name="Continue in a new window").wait_for()
            with page.context.expect_page() as opened:
                tool.get_by_role("link", name="Open in a new window").click()
            window = opened.value
            window.wait_for_url(f"**/c/course/e/{EXERCISE}/")
            assert_accessible(window)
            hand_in(window)
    finally:
        site.proxy.drops_partitioned, site.platform.storage = False, ""
    wait_for(lambda: grade(course, GRACE) == 10.0, "the grade is in the gradebook")


def test_a_teacher_connects_a_course_and_chooses_exercises(browser, site: BothSides):
    course = site.course("Another term", StandInMember(NEWCOMER, "Tom", "Baker", "Instructor"))
    course.activities.clear()
    with visiting(browser, site) as page:
        tool = framed(page, site, course, NEWCOMER, "choose")
        tool.get_by_label("Name").fill("instructor")
        tool.get_by_label("Password").fill(PASSWORD)
        tool.get_by_role("button", name="Log in").click()
        tool.get_by_role("button", name="Connect").click()
        tool.get_by_role("heading", name=re.compile("Choose exercises")).wait_for()
        for each in tool.get_by_role("checkbox").all():
            each.check()
        tool.get_by_label("Points for Mean and spread once more").fill("0")
        tool.get_by_role("button", name="Add to the course").click()
        tool.get_by_role("link", name="Mean and spread", exact=True).wait_for()
    assert [one.custom["exercise"] for one in course.activities] == ["exercise1", "exercise2"]
    assert [one.maximum for one in course.columns.values() if one.activity][-1:] == [10.0]


@pytest.mark.thorough
@pytest.mark.parametrize("storage", ["", "kept"])
def test_exercises_are_chosen_in_a_new_window(browser, site: BothSides, storage: str):
    """The platform takes the choice from its own frame, as Moodle 4.5 does."""
    course = site.course("Without cookies")
    site.connect(course)
    course.activities.clear()
    site.proxy.drops_partitioned, site.platform.storage = True, storage
    try:
        with visiting(browser, site) as page:
            tool = framed(page, site, course, TEACHER, "choose")
            with page.context.expect_page() as opened:
                tool.get_by_role("link", name="Open in a new window").click()
            window = opened.value
            window.get_by_role("checkbox", name="Mean and spread", exact=True).check()
            window.get_by_role("button", name="Add to the course").click()
            window.get_by_role("heading", name="The choice is on its way").wait_for()
            assert_accessible(window)
            tool.get_by_role("link", name="Mean and spread", exact=True).wait_for()
    finally:
        site.proxy.drops_partitioned, site.platform.storage = False, ""
    assert [one.custom["exercise"] for one in course.activities] == ["exercise1"]


def test_only_a_registered_platform_may_frame(browser, site: BothSides):
    """Somebody else's page gets nothing of ours into its frame."""
    with visiting(browser, site) as page:
        answers = {}
        page.on("response", lambda answer: answers.update({answer.url: answer.headers}))
        page.goto(f"{site.proxy.address}/login/")
        policy = answers[f"{site.proxy.address}/login/"]["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert site.platform.address not in policy
