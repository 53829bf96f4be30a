"""Grades on their way into a platform's gradebook, whatever the platform does meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from lti_platform import Misdeeds
from lti_records import StandInCell, StandInCourse, StandInMember
from lti_site import ADA, EXERCISE, GRACE, TEACHER, BothSides, registered
from lti_tokens import GRADES, ROSTER
from serving import RIGHT, Visitor
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
HALF = "def mean(numbers):\n    return sum(numbers) / len(numbers)\n"
EMMY, KURT, SOFIA, JOAN, LATER, LEFT = "10", "11", "12", "13", "14", "15"
MORE = (
    *(StandInMember(one, "A", f"Student {one}") for one in (EMMY, KURT, SOFIA, JOAN, LATER)),
    StandInMember(LEFT, "Gone", "Since", is_active=False),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothSides]:
    with registered(tmp_path_factory.mktemp("grades"), "--workers", "1") as found:
        yield found


@pytest.fixture(scope="module")
def course(site: BothSides) -> StandInCourse:
    return site.course("Numbers", *MORE)


@pytest.fixture(scope="module")
def teacher(site: BothSides, course: StandInCourse) -> Visitor:
    return site.connect(course)


@pytest.fixture(autouse=True)
def good_again(site: BothSides, teacher: Visitor) -> Iterator[None]:
    yield
    site.behave()


def hand_in(visitor: Visitor, code: str) -> None:
    page = f"/c/course/e/{EXERCISE}/"
    answer = visitor.post(f"{page}submit/", page=page, code=code)
    assert answer.status == 200, answer.text


def cell(course: StandInCourse, person: str) -> StandInCell:
    return course.column_of(course.activities[0]).cell(person)


def arrives(course: StandInCourse, person: str, score: float) -> StandInCell:
    wait_for(lambda: cell(course, person).score == score, "the grade is there")
    return cell(course, person)


def settled(teacher: Visitor) -> str:
    """Wait until nothing is on its way; return the page of the connection."""
    found = ""

    def rests() -> bool:
        nonlocal found
        found = teacher.get("/lti/check/course/").text
        return " 0 on their way" in found

    wait_for(rests, "nothing is on its way")
    return found


def test_the_last_grade_arrives_and_each_one_once(
    site: BothSides, course: StandInCourse, teacher: Visitor
):
    ada = site.student(course, ADA)
    hand_in(ada, HALF)
    arrives(course, ADA, 4.0)
    hand_in(ada, RIGHT)
    found = arrives(course, ADA, 10.0)
    site.platform.tokens.take_back()  # a token that no longer holds is asked for anew
    hand_in(site.student(course, GRACE), RIGHT)
    arrives(course, GRACE, 10.0)
    site.student(course, ADA)
    settled(teacher)
    assert (found.taken, cell(course, GRACE).taken) == (2, 1)
    assert site.platform.count("POST", "/scores", 409) == 0
    assert site.platform.count("POST", "/scores", 401) == 1
    hand_in(site.student(course, TEACHER), RIGHT)
    settled(teacher)
    assert site.platform.count("POST", "/scores", 400) == 0  # teachers' are not sent at all


def test_what_a_teacher_has_written_stays_and_is_told(
    site: BothSides, course: StandInCourse, teacher: Visitor
):
    emmy = site.student(course, EMMY)
    hand_in(emmy, HALF)
    arrives(course, EMMY, 4.0)
    column = course.column_of(course.activities[0])
    column.override(EMMY, 7.0, time.time())
    time.sleep(1.1)  # stamps are of whole seconds
    hand_in(emmy, RIGHT)
    wait_for(lambda: column.cell(EMMY).taken == 2, "the next grade is answered")
    assert column.cell(EMMY).score == 7.0
    settled(teacher)
    told = teacher.post("/lti/check/course/", what="compare").text
    assert "1 grade differs." in told
    assert "it has another grade: 7 / 10" in told
    words = [sys.executable, "-m", "grader", "serve", "sync", "--data", str(site.running.data)]
    compared = subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, "BPGRADE_LANG": "en"}, timeout=120
    )
    assert compared.returncode == 1, compared.stderr
    assert "10 / 10 counts, 10 / 10 was sent, the platform has 7 / 10" in compared.stdout
    column.cells[EMMY] = StandInCell()


def test_refusals_are_told_and_hold_nobody_up(
    site: BothSides, course: StandInCourse, teacher: Visitor
):
    kurt, sofia, gone = (site.student(course, one) for one in (KURT, SOFIA, LEFT))
    cell(course, KURT).is_locked = True
    cell(course, SOFIA).changed = int(time.time()) + 3600  # by a clock that was ahead
    for one in (kurt, sofia, gone):
        hand_in(one, RIGHT)
    hand_in(site.student(course, JOAN), RIGHT)
    arrives(course, JOAN, 10.0)
    for status in (500, 409, 400):
        wait_for(
            lambda status=status: site.platform.count("POST", "/scores", status), "it is refused"
        )
    told = ""

    def is_told() -> bool:
        nonlocal told
        told = teacher.get("/lti/check/course/").text
        words = ("Refusing score with an earlier", "Incorrect score", "500")
        # what a locked grade answers may pass
        return all(one in told for one in (*words, "1 on their way"))

    wait_for(is_told, "the platform's words are on the page")
    assert cell(course, KURT).score is None
    cell(course, KURT).is_locked = False
    cell(course, SOFIA).changed = 0
    assert "sent again" in teacher.post("/lti/check/course/", what="again").text
    arrives(course, KURT, 10.0)
    arrives(course, SOFIA, 10.0)


def test_a_platform_that_is_away_gets_its_grades_later(site: BothSides, course: StandInCourse):
    student = site.student(course, LATER)
    site.platform.is_away, before = True, site.platform.missed
    hand_in(student, RIGHT)
    wait_for(lambda: site.platform.missed > before, "it was tried")
    site.platform.is_away = False
    assert cell(course, LATER).score is None
    assert arrives(course, LATER, 10.0).taken == 1


def test_a_copied_course_has_a_gradebook_of_its_own(site: BothSides, course: StandInCourse):
    copied = site.platform.add(course.copy("Next term"))
    copied.add(
        StandInMember(TEACHER, "Tessa", "Turner", "Instructor"),
        StandInMember("20", "New", "Student"),
    )
    assert copied.activities[0].number != course.activities[0].number
    site.connect_known(copied)
    hand_in(site.student(copied, "20"), RIGHT)
    arrives(copied, "20", 10.0)
    assert "20" not in course.column_of(course.activities[0]).cells


def test_without_services_one_can_hand_in_all_the_same(site: BothSides, teacher: Visitor):
    def without(claims: dict) -> None:
        claims.pop(GRADES, None)
        claims.pop(ROSTER, None)

    silent = site.course("Silent", StandInMember("30", "Mary", "Somerville"))
    site.platform.misdeeds = Misdeeds(claims=without)
    site.connect_known(silent)
    mary = site.student(silent, "30")
    hand_in(mary, RIGHT)
    assert "Your attempts" in mary.get(f"/c/course/e/{EXERCISE}/").text
    told = teacher.get("/lti/check/course/").text.partition("stand-in: Silent")[2]
    assert told.count("not allowed") == 4
    site.behave()
    site.student(silent, "30")  # as soon as a launch has them, they are used
    arrives(silent, "30", 10.0)


def test_a_large_roster_comes_in_pages(site: BothSides, teacher: Visitor):
    large = site.course("Everybody")
    large.add(*(StandInMember(f"r{number}", "Roe", str(number)) for number in range(3000)))
    site.connect_known(large)
    site.platform.misdeeds = Misdeeds(page=250)
    told = teacher.post("/lti/check/course/", what="roster").text
    assert "people are in the roster" in told
    assert site.platform.count("GET", f"/services/{large.number}/memberships") >= 12
    people = teacher.get("/c/course/desk/people/?who=Roe+2999").text
    assert people.count("<td>never</td>") == 1
