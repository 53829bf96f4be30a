"""The desk for a whole class: found and turned over, as it is now, alike, in a gradebook."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from served_class import HALF, Class, a_class
from serving import RIGHT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

DESCRIPTION = """name = "many"
title = "Many"
packages = []
[exercises.exercise1]
title = "Mean and spread"
points = { mean = 4, spread = 6 }
[exercises.words]
title = "In words"
points = { mean = 4, spread = 6 }
[exercises.words.by_hand.why]
title = "Why does one value move the mean?"
points = 3
"""
WHY = 'why = "Every value counts."\n'
STUDENTS = 130


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Class:
    made = a_class(
        tmp_path_factory.mktemp("many"),
        "many",
        DESCRIPTION,
        (("exercise1", RIGHT), ("exercise1", HALF), ("words", RIGHT + WHY)),
    )
    made.add("tess", "instructor")
    made.add("assist", "assistant", "A")
    fill(made, range(STUDENTS))
    return made


def fill(served: Class, numbers: range) -> None:
    """Add students who have handed in twice, and been graded; every third is of section A."""
    from grader.server.models import Attempt, GradedResult, Job, JobState, Membership, Person

    def attempt(person: Any, exercise: str, number: int, code: str) -> Any:
        return Attempt(
            person=person,
            course=served.course,
            exercise=exercise,
            number=number,
            file_name=f"{exercise}.py",
            content=code.encode(),
            sha256=f"{len(code):064}",
        )

    people = Person.objects.bulk_create(
        Person(username=f"s{number:04}", name=f"{'Ada' if number % 2 else 'Bo'} {number:04}")
        for number in numbers
    )
    Membership.objects.bulk_create(
        Membership(
            person=one, course=served.course, role="student", section="" if place % 3 else "A"
        )
        for place, one in enumerate(people)
    )
    attempts = Attempt.objects.bulk_create(
        attempt(one, exercise, number, code)
        for place, one in enumerate(people)
        for exercise, number, code in (
            ("exercise1", 1, HALF),
            ("exercise1", 2, HALF if place % 4 == 0 else RIGHT),
            ("words", 1, RIGHT + WHY),
        )
    )
    results = [served.result(one) for one in attempts]
    for one, result in zip(attempts, results, strict=True):
        result.attempt, result.version = one, "v1"
    GradedResult.objects.bulk_create(results)
    Job.objects.bulk_create(Job(attempt=one, state=JobState.GRADED) for one in attempts)


def queries(served: Class, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        served.page("tess", path)
    return len(asked)


def test_no_page_asks_the_database_once_for_each_student(served: Class):
    paths = [f"desk/{path}" for path in ("", "people/", "decisions/", "audit/", "grades.csv")]
    excused = {"student": "all", "exercise": "words", "kind": "waiver", "reason": "a strike"}
    assert served.clients["tess"].post("/c/many/desk/decisions/", excused).status_code == 302

    def asked() -> dict[str, int]:
        for path in paths:
            served.page("tess", path)  # what it keeps of results is kept from here on
        return {path: queries(served, path) for path in paths}

    before = asked()
    fill(served, range(STUDENTS, STUDENTS + 50))  # no more hundreds than before
    assert asked() == before
    assert max(before.values()) < 25


def test_nobody_is_shown_everything_at_once_and_everybody_is_found(served: Class):
    desk = served.page("tess", "desk/")
    assert desk.count('scope="row"') == 100
    assert "Page 1 of" in desk
    assert 'href="?page=2"' in desk
    assert served.page("tess", "desk/?page=999999").count('scope="row"') <= 100
    found = served.page("tess", "desk/?who=0007+ada")
    assert found.count('scope="row"') == 3
    assert "s0007" in found
    assert "s0008" not in found
    kept = served.page("tess", "desk/?who=ada&exercise=exercise1")
    assert 'href="?who=ada&amp;exercise=exercise1&amp;page=2"' in kept
    assert "Nobody is called so." in served.page("tess", "desk/?who=nobody")
    served.add("newcomer")  # has handed in nothing, and may need an extension
    number = served.people["newcomer"].pk
    assert f"/desk/grade/{number}/words/" in served.page("tess", "desk/?who=newc")
    assert "Nobody is called so." in served.page("assist", "desk/?who=newc")
    mine = served.page("assist", "desk/?who=ada")
    sections = set(re.findall(r"<strong>Ada \d+</strong> s\d+ (\w*)", mine))
    assert sections == {"A"}
    people = served.page("tess", "desk/people/?who=s0011")
    assert "s0011" in people
    assert "s0012" not in people


def test_a_link_logs_nobody_in_to_another_instructors_course(served: Class):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from grader.server.models import Invitation, Membership, Person, ServedCourse

    other = ServedCourse.objects.create(name="elsewhere", folder=served.course.folder)
    victim = Person.objects.create(username="victim", name="V.")
    Membership.objects.create(person=victim, course=other, role="instructor")
    Person.objects.create(username="head", name="H.", is_administrator=True)
    roster = SimpleUploadedFile("people.csv", b"id,name\nvictim,V.\nhead,H.\nfresh,F.\n")
    form = {"roster": roster, "role": "student"}
    shown = served.clients["tess"].post("/c/many/desk/people/", form).content.decode()
    assert shown.count("/link/") == 1
    assert "log in as they do there: V., H." in shown
    assert not Invitation.objects.filter(person__username__in=("victim", "head")).exists()
    assert served.clients["tess"].get("/c/elsewhere/desk/").status_code == 404
    Membership.objects.filter(course=other).delete()
    other.delete()
