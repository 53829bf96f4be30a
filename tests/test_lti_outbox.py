"""Grades on their way to a platform: when they go, in which order, what becomes of them."""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from lti_platform import Misdeeds, ServiceFault, StandInPlatform
from lti_records import Activity, StandInCell, StandInCourse, StandInMember, Tool
from lti_tokens import Launching
from served_class import HALF, ServedClass, a_class
from serving import RIGHT
from thoroughness import thorough
from tls import certificates, trusting
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

EXERCISE = "exercise1"
COURSE = """
name = "outbox"
title = "Numbers"
[exercises.exercise1]
title = "Averages"
[exercises.exercise1.points]
mean = 4
spread = 6
"""
TEACHER, ADA, GRACE = "3", "5", "6"


@dataclass
class Room:
    """A course of ours, the platform's course that belongs to it, and who has come from there."""

    ours: ServedClass
    platform: StandInPlatform
    row: Any
    there: StandInCourse
    people: dict[str, Any]

    @property
    def activity(self) -> Activity:
        return self.there.activities[0]

    def cell(self, number: str) -> StandInCell:
        return self.there.column_of(self.activity).cell(number)

    def launch(self, number: str, activity: Activity | None = None) -> Any:
        """Let somebody come from the platform."""
        from grader.lti.claims import read_launch
        from grader.server.lti.arrivals import arrive

        clicked = activity or self.activity
        said = self.platform.claims_of(
            Launching(self.there.members[number], self.there, clicked, "")
        )
        arrival = arrive(self.row, read_launch(said))
        self.people[number] = arrival.person
        return arrival

    def hand_in(self, number: str, code: str) -> None:
        """Hand in, and have it graded."""
        from grader.server import queue

        person = self.people[number]
        attempt = queue.hand_in(person, self.ours.course, EXERCISE, "e.py", code.encode())
        assert queue.end(attempt.job, "v1", self.ours.result(attempt))

    def decide(self, who: str, kind: str, value: str = "", **more: str) -> None:
        client = self.ours.clients["tess"]
        address = f"/c/{self.ours.course.name}/desk/grade/{self.people[who].pk}/{EXERCISE}/"
        form = {"kind": kind, "value": value, "reason": "because", **more}
        assert client.post(address, form).status_code == 302

    def take_back(self, number: str) -> None:
        from grader.server.models import RecordedDecision

        last = RecordedDecision.objects.filter(student=self.people[number].username).last()
        assert last is not None
        self.decide(number, "undo", number=str(last.number))

    def send(self) -> None:
        """Send what is due within the next seconds, as a worker's sender does."""
        from grader.server.lti import sender

        until = time.monotonic() + 5.0
        while time.monotonic() < until and self._has_more():
            while sender.send_some(self.row.pk):
                pass
            time.sleep(0.05)

    def _has_more(self) -> bool:
        from django.utils import timezone

        from grader.server.lti.models import GradeState, LtiGrade, LtiPlatform

        soon = timezone.now() + timedelta(seconds=1.5)
        waiting = LtiGrade.objects.filter(column__course__platform=self.row, due__lte=soon)
        is_paused = LtiPlatform.objects.get(pk=self.row.pk).paused_until is not None
        return not is_paused and waiting.filter(state=GradeState.WAITING).exists()

    def sent(self, number: str) -> Any:
        """Return what we know of somebody's grade on the platform."""
        from grader.server.lti.models import LtiGrade

        return LtiGrade.objects.get(identity__person=self.people[number], column__exercise=EXERCISE)

    def told(self, number: str) -> list[str]:
        from grader.server.lti.news import grade_news

        lines = grade_news(self.ours.course, self.people[number], EXERCISE)
        return [str(one.text) for one in lines]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ServedClass, StandInPlatform]]:
    folder = tmp_path_factory.mktemp("outbox")
    files = [(EXERCISE, RIGHT), (EXERCISE, HALF)]
    ours = a_class(folder, "outbox", COURSE, files)
    made = certificates(folder)
    from django.conf import settings
    from django.test import override_settings

    from grader.lti.keys import key_set
    from grader.server.lti import speaking

    ours.add("tess", "instructor")
    speaking.transport.cache_clear()
    loopback = replace(settings.BPGRADE, private_platforms=True)
    with (
        override_settings(BPGRADE=loopback),
        trusting(made),
        StandInPlatform(made).running() as platform,
    ):
        listed = json.dumps(key_set(speaking.listed_keys())).encode()
        keys = f"data:application/json;base64,{base64.b64encode(listed).decode()}"
        platform.tool = Tool("", (), keys, "tool-1")
        yield ours, platform
        speaking.transport().close()
    speaking.transport.cache_clear()


@pytest.fixture
def room(served: tuple[ServedClass, StandInPlatform]) -> Iterator[Room]:
    """A course on the platform that a teacher has connected, with two students."""
    from grader.server.lti.arrivals import connect
    from grader.server.lti.models import LtiPlatform

    ours, platform = served
    address = platform.address
    row = LtiPlatform.objects.create(
        name="Stand-in",
        issuer=address,
        client_id="tool-1",
        keys_address=f"{address}/keys/",
        token_address=f"{address}/token/",
        login_address=f"{address}/auth/",
    )
    there = platform.add(StandInCourse("Numbers"))
    there.add(
        StandInMember(TEACHER, "Tessa", "Turner", "Instructor"),
        StandInMember(ADA, "Ada", "Lovelace"),
        StandInMember(GRACE, "Grace", "Hopper"),
    )
    there.add_activity(Activity("Averages", "", {"exercise": EXERCISE}), 20.0)
    room = Room(ours, platform, row, there, {})
    connect(room.launch(TEACHER).course, ours.course, ours.people["tess"])
    for number in (TEACHER, ADA, GRACE):
        room.launch(number)
    yield room
    platform.misdeeds, platform.is_away = Misdeeds(), False
    platform.asked.clear()
    row.delete()
    for person in room.people.values():
        person.delete()


def test_a_grade_goes_out_each_time_that_it_changes_and_only_then(room: Room):
    from grader.server.lti import outbox

    room.hand_in(ADA, HALF)
    half = room.sent(ADA)
    assert half.state == "waiting"
    room.send()
    first = room.cell(ADA).score
    assert first is not None
    assert 0 < first < 20
    room.hand_in(ADA, RIGHT)
    room.send()
    cell = room.cell(ADA)
    assert (cell.score, cell.taken) == (20.0, 2)
    row = room.sent(ADA)
    assert (row.state, row.score, row.maximum, row.words) == ("sent", 10.0, 10.0, "")
    assert int(row.stamped.timestamp()) > int(half.due.timestamp()) - 1
    room.hand_in(ADA, HALF)  # the best counts: nothing changes
    outbox.mark(room.ours.course)
    room.send()
    assert (room.cell(ADA).taken, room.sent(ADA).state) == (2, "sent")
    assert room.cell(GRACE).taken == 0  # she has handed nothing in
    assert room.told(ADA) == ["Stand-in has 10 / 10"]


def test_a_mark_and_its_cause_are_there_together_or_not_at_all(room: Room):
    from django.db import transaction

    room.send()
    before = room.sent(ADA)
    assert before.state == "held"
    with transaction.atomic():
        room.hand_in(ADA, RIGHT)
        assert room.sent(ADA).state == "waiting"
        transaction.set_rollback(True)
    assert (room.sent(ADA).state, room.sent(ADA).revision) == ("held", before.revision)


def test_who_teaches_has_no_grade(room: Room):
    from grader.server.lti.models import LtiGrade

    room.hand_in(TEACHER, RIGHT)
    assert not LtiGrade.objects.filter(identity__person=room.people[TEACHER]).exists()


def test_decisions_go_out_with_their_comment_and_nothing_does_while_one_withholds(room: Room):
    room.decide(ADA, "withheld")
    room.hand_in(ADA, RIGHT)
    room.send()
    assert (room.cell(ADA).taken, room.sent(ADA).state) == (0, "held")
    assert room.told(ADA) == ["Stand-in gets it when it counts"]
    room.take_back(ADA)
    room.send()
    assert room.cell(ADA).score == 20.0
    room.decide(ADA, "score", "4")
    room.decide(ADA, "comment", "look at the square root")
    room.send()
    cell = room.cell(ADA)
    assert cell.score == 8.0
    assert "look at the square root" in cell.comment
    assert "because" not in cell.comment  # reasons are for those who teach
    room.decide(ADA, "withheld")
    room.send()
    assert (cell.score, room.sent(ADA).state) == (8.0, "held")
    assert room.told(ADA) == ["Stand-in still has 4 / 10"]


def test_what_a_teacher_writes_on_the_platform_wins_and_is_said(room: Room):
    from grader.server.lti.comparing import read_back

    room.hand_in(ADA, HALF)
    room.send()
    room.there.column_of(room.activity).override(ADA, 13.0, time.time() - 1)
    room.hand_in(ADA, RIGHT)
    room.send()
    assert room.cell(ADA).score == 13.0
    read_back(room.row.pk)
    assert room.told(ADA) == ["Stand-in has another grade, 6.5 / 10; 10 / 10 was sent"]
    desk = room.ours.clients["tess"].get("/c/outbox/desk/").content.decode()
    assert "1 grade has not reached its gradebook or differs there." in desk
    room.cell(ADA).is_overridden, room.cell(ADA).score = False, 20.0
    room.ours.clients["tess"].post("/lti/check/outbox/", {"what": "compare"})
    assert room.told(ADA) == ["Stand-in has 10 / 10"]


def test_a_later_grade_on_the_platform_is_not_fought(room: Room):
    room.hand_in(ADA, RIGHT)
    room.cell(ADA).changed = int(time.time()) + 1_000
    room.send()
    assert room.sent(ADA).state == "superseded"
    assert room.told(ADA) == ["Stand-in has a later grade than the one sent"]
    assert len([one for one in room.platform.asked if "/scores" in one[1]]) == 1


def test_what_is_refused_is_said_with_the_platforms_words_and_sent_again_by_hand(room: Room):
    room.there.members[ADA].is_active = False
    room.hand_in(ADA, RIGHT)
    room.send()
    row = room.sent(ADA)
    assert row.state == "refused"
    assert "Incorrect score" in row.words
    client = room.ours.clients["tess"]
    page = client.get("/lti/check/outbox/").content.decode()
    assert "Incorrect score" in page
    assert "Ada Lovelace" not in page or "1 refused" in page
    room.there.members[ADA].is_active = True
    assert client.post("/lti/check/outbox/", {"what": "again"}).status_code == 200
    room.send()
    assert (room.cell(ADA).score, room.sent(ADA).state) == (20.0, "sent")


def test_one_grade_that_fails_waits_by_itself_and_longer_each_time(room: Room):
    from django.utils import timezone

    from grader.server.lti.models import LtiGrade
    from grader.server.lti.sender import pause, send_some

    room.cell(ADA).is_locked = True  # answered with 500
    room.hand_in(ADA, RIGHT)
    room.hand_in(GRACE, RIGHT)
    room.send()
    assert room.cell(GRACE).score == 20.0
    row = room.sent(ADA)
    assert (row.state, row.tries) == ("waiting", 1)
    assert 5 < (row.due - timezone.now()).total_seconds() <= pause(1)
    assert [pause(number) for number in (1, 2, 3, 30)] == [10.0, 30.0, 90.0, 21_600.0]
    early = timezone.now() - timedelta(seconds=2)
    LtiGrade.objects.filter(pk=row.pk).update(due=early, stamped=early)
    send_some(room.row.pk)
    assert room.sent(ADA).tries == 2
    week = timezone.now() - timedelta(days=8)
    LtiGrade.objects.filter(pk=row.pk).update(due=early, stamped=early, waits_since=week)
    send_some(room.row.pk)
    assert room.sent(ADA).state == "refused"


def test_a_platform_that_is_away_is_left_alone_and_gets_all_when_it_is_back(room: Room):
    from django.utils import timezone

    from grader.server.lti import outbox
    from grader.server.lti.models import LtiPlatform

    room.hand_in(ADA, RIGHT)
    room.hand_in(GRACE, HALF)
    room.platform.is_away = True
    room.send()
    row = LtiPlatform.objects.get(pk=room.row.pk)
    assert "cannot be reached" in row.trouble
    assert row.paused_until is not None
    assert 5 < (row.paused_until - timezone.now()).total_seconds() <= 10
    assert outbox.busy_platforms() == set()
    assert "cannot be reached" in room.told(ADA)[0]
    assert "cannot be reached" in room.ours.clients["tess"].get("/c/outbox/desk/").content.decode()
    room.platform.is_away = False
    room.launch(TEACHER)  # by which it shows that it is back
    time.sleep(1.0)  # the second of the stamps that may have arrived is over
    room.send()
    assert [room.cell(each).taken for each in (ADA, GRACE)] == [1, 1]
    assert LtiPlatform.objects.get(pk=room.row.pk).trouble == ""


def test_a_platform_says_how_long_it_wants_to_be_left_alone(room: Room):
    from django.utils import timezone

    from grader.server.lti.models import LtiPlatform

    room.platform.misdeeds.faults.append(
        ServiceFault("/scores", 429, headers={"Retry-After": "600"})
    )
    room.hand_in(ADA, RIGHT)
    room.send()
    paused = LtiPlatform.objects.get(pk=room.row.pk).paused_until
    assert 590 < (paused - timezone.now()).total_seconds() <= 600
    assert room.sent(ADA).state == "waiting"


def test_a_grade_that_changes_while_it_is_on_its_way_goes_out_again(room: Room):
    from django.db import connections

    room.platform.misdeeds.faults.append(ServiceFault("/scores", 0, times=1, seconds=0.5))
    room.hand_in(ADA, HALF)

    def send() -> None:
        room.send()
        connections.close_all()

    sending = threading.Thread(target=send)
    sending.start()
    wait_for(lambda: not room.platform.misdeeds.faults[0].times, "the score is on its way")
    room.hand_in(ADA, RIGHT)
    sending.join()
    room.send()
    assert (room.cell(ADA).score, room.cell(ADA).taken) == (20.0, 2)


def test_a_copied_course_and_a_second_activity_get_their_grades(room: Room):
    room.hand_in(ADA, RIGHT)
    room.send()
    second = room.there.add_activity(Activity("Averages again", "", {"exercise": EXERCISE}), 10.0)
    room.launch(TEACHER, second)
    room.send()
    assert room.there.column_of(second).cell(ADA).score == 10.0


def test_gradebooks_are_held_against_what_counts(room: Room):
    from grader.server.lti.sync import columns_of, discrepancies, send

    room.hand_in(ADA, RIGHT)
    room.hand_in(GRACE, RIGHT)
    room.send()
    [column] = columns_of(room.ours.course)
    assert list(discrepancies(column)) == []
    room.cell(GRACE).score, room.cell(GRACE).changed = None, 0  # the platform has lost it
    [lost] = discrepancies(column)
    assert (
        f"{room.people[GRACE].username}: 10 / 10 counts, 10 / 10 was sent, the platform has nothing"
        in str(lost)
    )
    assert lost.is_ours
    send(lost)
    room.send()
    assert list(discrepancies(column)) == []
    room.there.column_of(room.activity).override(ADA, 1.0, time.time())
    [changed] = discrepancies(column)
    assert not changed.is_ours


def test_a_trial_sends_a_grade_there_and_back_and_leaves_nothing(room: Room):
    from grader.server.lti.models import LtiCourse, LtiEnrolment

    there = LtiCourse.objects.get(platform=room.row)
    ada = LtiEnrolment.objects.get(course=there, identity__subject=ADA)
    client = room.ours.clients["tess"]
    form = {"what": "try", "there": str(there.pk), "student": str(ada.pk)}
    page = client.post("/lti/check/outbox/", form).content.decode()
    assert page.count(">works<") == 6, page
    assert "1 / 2" in page
    assert len(room.there.columns) == 1
    room.platform.misdeeds.faults.append(ServiceFault("/scores", 403, body="not for you"))
    page = client.post("/lti/check/outbox/", form).content.decode()
    assert page.count(">fails<") == 1
    assert "not for you" in page
    assert len(room.there.columns) == 1


def test_a_roster_brings_who_never_came_and_takes_the_rights_of_who_has_left(room: Room):
    from grader.server.lti.enrolments import read_roster
    from grader.server.lti.models import LtiCourse, LtiEnrolment
    from grader.server.models import Membership, Person

    there = LtiCourse.objects.get(platform=room.row)
    room.there.add(StandInMember("7", "Alan", "Turing"), StandInMember("8", "M", "M", "Mentor"))
    assert read_roster(there) == 4
    mine = Membership.objects.filter(course=room.ours.course, person__identities__platform=room.row)
    roles = dict(mine.values_list("person__identities__subject", "role"))
    assert roles == {TEACHER: "instructor", ADA: "student", GRACE: "student", "7": "student"}
    page = room.ours.clients["tess"].get("/c/outbox/desk/people/").content.decode()
    alan = page.partition("Alan Turing")[2].partition("</tr>")[0]
    assert "never" in alan
    assert not Person.objects.filter(name__contains="Turing").exists()
    room.there.members[TEACHER].is_active = False
    del room.there.members[GRACE]
    read_roster(there)
    roles = dict(mine.values_list("person__identities__subject", "role"))
    assert roles == {ADA: "student", GRACE: "student", "7": "student"}
    gone = LtiEnrolment.objects.filter(course=there, is_active=False)
    assert {one.identity.subject for one in gone} == {TEACHER, GRACE}
    Person.objects.filter(username__endswith="-7").delete()


def test_keys_are_listed_before_they_sign_and_while_somebody_may_look_for_them(room: Room):
    from django.utils import timezone

    from grader.lti.keys import key_id
    from grader.server.lti.models import LtiKey
    from grader.server.lti.speaking import listed_keys, signing_key

    def days_ago(kid: str, days: int) -> None:
        LtiKey.objects.filter(kid=kid).update(made_at=timezone.now() - timedelta(days=days))

    first = signing_key()
    days_ago(key_id(first), 91)
    assert signing_key() == first  # the new one has only just been listed
    second = next(one for one in listed_keys() if one != first)
    assert len(listed_keys()) == 2
    days_ago(key_id(second), 2)
    assert signing_key() == second
    assert first in listed_keys()
    days_ago(key_id(first), 91 + 91)
    days_ago(key_id(second), 91)
    assert signing_key() == second
    assert first not in listed_keys()
    client = room.ours.clients["tess"]
    listed = client.get("/lti/keys/").json()["keys"]
    assert key_id(second) in {one["kid"] for one in listed}


@pytest.mark.parametrize("number", thorough([100, 1_000], but=[100]))
def test_many_grades_arrive_once_each_with_a_slow_platform(room: Room, number: int):
    from grader.server import queue
    from grader.server.lti import outbox
    from grader.server.lti.enrolments import read_roster
    from grader.server.lti.models import GradeState, LtiCourse, LtiGrade
    from grader.server.lti.sender import Sender
    from grader.server.models import Attempt, GradedResult, Person

    numbers = [f"s{each}" for each in range(number)]
    room.there.add(*(StandInMember(each, "N", each) for each in numbers))
    read_roster(LtiCourse.objects.get(platform=room.row))
    people = list(Person.objects.filter(username__startswith=f"lti-{room.row.pk}-s"))
    assert len(people) == number
    template = queue.hand_in(people[0], room.ours.course, EXERCISE, "e.py", RIGHT.encode())
    result = room.ours.result(template)
    made = Attempt.objects.bulk_create(
        [
            Attempt(
                person=person,
                course=room.ours.course,
                exercise=EXERCISE,
                number=2,
                file_name="e.py",
                content=RIGHT.encode(),
                sha256=template.sha256,
            )
            for person in people
        ]
    )
    GradedResult.objects.bulk_create(
        [
            GradedResult(
                attempt=one,
                version="v1",
                course_version=result.course_version,
                status="graded",
                score=result.score,
                max_score=result.max_score,
                document=result.document,
            )
            for one in made
        ]
    )
    busy, most = set(), []
    real = room.platform.failing

    def slow(asked: Any) -> Any:
        if "/scores" in asked.path:
            busy.add(threading.get_ident())
            most.append(len(busy))
            time.sleep(0.02)
            busy.discard(threading.get_ident())
        return real(asked)

    room.platform.failing = slow  # type: ignore[method-assign]
    outbox.mark(room.ours.course)
    senders = [Sender(name, print) for name in ("one", "two")]  # of two workers
    threads = [threading.Thread(target=one.run) for one in senders]
    try:
        for thread in threads:
            thread.start()
        done = LtiGrade.objects.filter(column__course__platform=room.row, state=GradeState.SENT)
        wait_for(lambda: done.count() >= number, "all grades are sent")
    finally:
        del room.platform.failing
        for one in senders:
            one.stop()
        for thread in threads:
            thread.join()
    cells = [room.cell(each) for each in numbers]
    assert {(cell.score, cell.taken) for cell in cells} == {(20.0, 1)}
    assert 1 < max(most) <= 8
    for person in people:
        person.delete()
