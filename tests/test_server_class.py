"""The desk for a whole class: found and turned over, as it is now, alike, in a gradebook."""

from __future__ import annotations

import base64
import io
import re
import sys
import zipfile
from typing import Any

import pytest
from served_class import ServedClass, a_class
from serving import RIGHT
from waiting import wait_for

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
LESS = RIGHT.replace("in numbers) / len(numbers))", "in numbers) / (len(numbers) - 1))")
STUDENTS = 130


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(
        tmp_path_factory.mktemp("many"),
        "many",
        DESCRIPTION,
        (("exercise1", RIGHT), ("exercise1", LESS), ("words", RIGHT + WHY)),
        diagnosed=True,
    )
    made.add("tess", "instructor")
    made.add("assist", "assistant", "A")
    fill(made, range(STUDENTS))
    return made


def fill(served: ServedClass, numbers: range) -> None:
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
            ("exercise1", 1, LESS),
            ("exercise1", 2, LESS if place % 4 == 0 else RIGHT),
            ("words", 1, RIGHT + WHY),
        )
    )
    results = [served.result(one) for one in attempts]
    for one, result in zip(attempts, results, strict=True):
        result.attempt, result.version = one, "v1"
    GradedResult.objects.bulk_create(results)
    Job.objects.bulk_create(Job(attempt=one, state=JobState.GRADED) for one in attempts)


def queries(served: ServedClass, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        served.page("tess", path)
    return len(asked)


def test_no_page_asks_the_database_once_for_each_student(served: ServedClass):
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


def test_a_roster_is_taken_in_as_fast_for_many(served: ServedClass):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(ids: list[str]) -> int:
        text = "id,name\n" + "".join(f"{one},Roster {one}\n" for one in ids)
        roster = SimpleUploadedFile("people.csv", text.encode(), "text/csv")
        form = {"roster": roster, "role": "student"}
        with CaptureQueriesContext(connection) as asked:
            shown = served.clients["tess"].post("/c/many/desk/people/", form).content.decode()
        assert shown.count("/link/") == len(ids)
        return len(asked)

    few = asked(["r0"])
    assert asked([f"r{number}" for number in range(60)]) == few
    assert few < 40


def test_nobody_is_shown_everything_at_once_and_everybody_is_found(served: ServedClass):
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
    assert "Nobody has this name or id." in served.page("tess", "desk/?who=nobody")
    served.add("newcomer")  # has handed in nothing, and may need an extension
    number = served.people["newcomer"].pk
    assert f"/desk/grade/{number}/words/" in served.page("tess", "desk/?who=newc")
    assert "Nobody has this name or id." in served.page("assist", "desk/?who=newc")
    mine = served.page("assist", "desk/?who=ada")
    sections = set(re.findall(r"<strong>Ada \d+</strong> s\d+ (\w*)", mine))
    assert sections == {"A"}
    people = served.page("tess", "desk/people/?who=s0011")
    assert "s0011" in people
    assert "s0012" not in people


def overview(served: ServedClass, kind: str, who: str = "tess") -> str:
    """Return the page of the whole class, when there is one of all that is there now."""

    def is_there() -> bool:
        served.page(who, f"desk/{kind}/")
        answer = served.clients[who].get(f"/c/many/desk/{kind}/state/").json()
        return bool(answer["told"] == "There is nothing new.")

    wait_for(is_there, f"the page {kind} is made")
    answer = served.clients[who].get(f"/c/many/desk/{kind}/page/")
    return str(answer.content.decode()) if answer.status_code == 200 else ""


def test_the_class_page_is_always_of_now_and_not_made_for_each_visit(served: ServedClass):
    from grader.server import names, overviews
    from grader.server.models import Person

    wait_for(lambda: not overviews._shelf.in_work, "nothing is made any more")
    shown = overview(served, "class")
    assert "spread" in shown
    assert f'<a href="/c/many/desk/grade/{_number("s0004")}/exercise1/" target="_top">' in shown
    assert "bpgrade decide" not in shown
    times = {one.at for one in overviews._shelf.made.values()}
    frame = served.page("tess", "desk/class/")
    assert 'src="/c/many/desk/class/page/"' in frame
    assert "hidden>Show it" in frame
    assert {one.at for one in overviews._shelf.made.values()} == times
    served.add("latest")
    Person.objects.filter(username="latest").update(name="")  # as who comes from a platform
    names.learn(_number("latest"), "Latest N.")  # held in this process alone
    overview(served, "class")
    [name] = re.findall(r"shown=([\d.]+)", served.page("tess", "desk/class/"))
    served.graded("latest", RIGHT)
    state = served.clients["tess"].get(f"/c/many/desk/class/state/?shown={name}").json()
    assert state == {"told": "1 new result.", "is_new": False, "is_ready": True, "again": 15}
    asked = served.page("tess", "desk/class/?show=1")
    assert "data-reload" in asked
    assert "It is being made again." in asked
    assert "Latest N." in overview(served, "class")
    state = served.clients["tess"].get(f"/c/many/desk/class/state/?shown={name}").json()
    assert state["is_new"]
    mine = overview(served, "class", "assist")
    assert "Latest N." not in mine
    assert "Bo 0000" in mine


def test_what_is_alike_is_seen_by_who_teaches_each_in_the_own_section(served: ServedClass):
    copied = (
        "# mine\n"
        + RIGHT
        + "".join(
            f"def extra_{each}(a, b):\n    return [a[{each}] * k + b for k in range({each}, 9)]\n"
            for each in range(6)
        )
    )
    served.documents["words", copied] = served.documents["words", RIGHT + WHY]
    served.add("copies", section="A")
    served.add("copied")
    for name in ("copies", "copied"):
        served.graded(name, copied, "words")
    shown = overview(served, "similar")
    assert "Copies N." in shown
    assert "The files are equal." in shown
    assert 'href="/c/many/desk/?who=copies" target="_top"' in shown
    assert "Copies N." not in overview(served, "similar", "assist")
    assert served.clients["copies"].get("/c/many/desk/similar/page/").status_code == 404


def test_the_process_that_makes_the_pages_may_end_at_any_time(served: ServedClass):
    from grader.server import overviews

    overview(served, "class")
    wait_for(lambda: not overviews._shelf.in_work, "nothing is made any more")
    process = overviews._maker._process
    assert process is not None
    process.kill()
    process.wait()
    served.add("late")
    served.graded("late", RIGHT)
    assert "late" in overview(served, "class")
    assert not any(one.problem for one in overviews._shelf.made.values())


def test_a_platforms_own_gradebook_comes_back_filled_in(served: ServedClass):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def ask(name: str, text: str, **form: str) -> tuple[int, str, str]:
        form = {"format": "canvas", **form}
        data = {**form, "file": SimpleUploadedFile(name, text.encode())} if text else form
        answer = served.clients["tess"].post("/c/many/desk/gradebook/", data)
        page = answer.content.decode()
        found = re.search(r'href="data:text/csv;base64,([^"]+)"', page)
        table = base64.b64decode(found[1]).decode() if found else ""
        return answer.status_code, page.partition("<main")[2], table

    canvas = (
        "Student,ID,SIS User ID,SIS Login ID,Section,exercise1 (4711)\n"
        "    Points Possible,,,,,20\n"
        '"0001, Ada",90,s0001,,A,\n"0002, Bo",91,s0002,,A,3\n"Nobody",92,none,,A,\n'
    )
    status, page, table = ask("canvas.csv", canvas, exercise="exercise1")
    assert status == 200
    assert "1 grade written into exercise1 (4711), 1 changed" in page
    assert "no row has this id" in page
    assert '"0001, Ada",90,s0001,,A,20\n' in table
    assert '"Nobody",92,none,,A,\n' in table
    status, page, _ = ask("mine.csv", "a,b\n1,2\n", exercise="exercise1")
    assert status == 400
    assert "mine.csv is not an export of a Canvas gradebook" in page
    assert ask("", "")[0] == 400
    status, page, _ = ask("canvas.csv", canvas, column="exercise1 (4711)")
    assert "a column belongs to one exercise and one file" in page
    status, page, table = ask("", "", format="csv", exercise="exercise1")
    assert "s0001,Ada 0001,10,10\r\n" in table or "s0001,Ada 0001,10,10\n" in table
    assert "gradebook canvas: 1 grades" in served.page("tess", "desk/audit/")


def _number(name: str) -> int:
    from grader.server.models import Person

    return int(Person.objects.get(username=name).pk)


def test_a_link_logs_nobody_in_to_another_instructors_course(served: ServedClass):
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
    assert "log in as they do there: V.<" in shown
    assert "nor that of an administrator: H.<" in shown
    assert not Membership.objects.filter(person__username="head").exists()
    again = {"do": "link", "person": str(victim.pk)}
    asked = served.clients["tess"].post("/c/many/desk/people/", again)
    assert "(ask an administrator of the server for one)" in asked.content.decode()
    assert not Invitation.objects.filter(person__username__in=("victim", "head")).exists()
    assert served.clients["tess"].get("/c/elsewhere/desk/").status_code == 404
    Membership.objects.filter(course=other).delete()
    other.delete()


def test_moodle_takes_the_feedback_back(served: ServedClass):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def ask(text: str, format: str = "moodle"):
        data = {"format": format, "exercise": "exercise1", "feedback": "1"}
        data |= {"file": SimpleUploadedFile("worksheet.csv", text.encode())} if text else {}
        return served.clients["tess"].post("/c/many/desk/gradebook/", data)

    worksheet = (
        "Identifier,Full name,ID number,Grade,Maximum grade,Feedback comments\n"
        "Participant 811,Ada 0001,s0001,,20,\nParticipant 812,Nobody,none,,20,\n"
    )
    answer = ask(worksheet)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        [name] = packed.namelist()
        page = packed.read(name).decode()
    assert name.startswith("Ada 0001_811_assignsubmission_file")
    assert "Everything is right." in page
    for wrong in (ask("", "moodle"), ask(worksheet, "canvas"), ask("a,b\n1,2\n")):
        assert wrong.status_code == 400
    nobody = ask(worksheet.replace("s0001", "s9999"))
    assert nobody.status_code == 400
    assert "nobody in the worksheet has feedback" in nobody.content.decode()
    served.add("pupil")
    student = served.clients["pupil"].post("/c/many/desk/gradebook/", {"feedback": "1"})
    assert student.status_code == 404
