"""What a real Moodle has said, recorded on loopback with keys made for that, and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("joserfc", reason="the extra `server` is not installed")

from grader.lti import gradebook, registration, roster
from grader.lti.claims import Launch, MessageKind, read_launch
from grader.lti.errors import AwayError, ServiceError
from grader.lti.keys import new_key, read_key_set
from grader.lti.login import read_login
from grader.lti.platform import PlatformFacts
from grader.lti.roles import CourseRole, course_role
from grader.lti.service import Services
from grader.lti.tokens import read_token
from grader.lti.transport import Response

RECORDED = json.loads((Path(__file__).parent / "lti_recorded" / "moodle.json").read_text("utf-8"))
MOODLE = "https://localhost:18443"
TOOL = "https://127.0.0.1:18444"
COLUMN = f"{MOODLE}/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
LOCKED = f"{MOODLE}/mod/lti/services.php/2/lineitems/3/lineitem?type_id=1"
ROSTER = f"{MOODLE}/mod/lti/services.php/CourseSection/2/bindings/1/memberships"


class RecordedTransport:
    """A transport that answers as the platform did, in the order in which it did."""

    def __init__(self) -> None:
        self._left = list(RECORDED["exchanges"])
        self.sent: list[Any] = []

    def ask(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        found = next(
            one for one in self._left if (one["method"], one["address"]) == (method, address)
        )
        self._left.remove(found)
        if content:
            self.sent.append((json.loads(content), found["sent"]))
        told = {name.title(): value for name, value in found["headers"].items()}
        answer = Response(found["status"], told, found["body"].encode(), found["reason"])
        if answer.status >= 500:
            raise AwayError("", status=answer.status, words=answer.words)
        if answer.status >= 300:
            raise ServiceError("", status=answer.status, words=answer.words)
        return answer


@pytest.fixture
def replay() -> RecordedTransport:
    return RecordedTransport()


@pytest.fixture
def services(replay: RecordedTransport) -> Services:
    key = new_key()
    return Services(facts(), replay, lambda: key)


def facts() -> PlatformFacts:
    login = RECORDED["launches"]["student"]["login"]
    return PlatformFacts(
        login["iss"],
        login["client_id"],
        f"{MOODLE}/mod/lti/certs.php",
        f"{MOODLE}/mod/lti/token.php",
        f"{MOODLE}/mod/lti/auth.php",
        deployments=("1",),
    )


def launched(name: str, replay: RecordedTransport) -> Launch:
    """Read a recorded launch, as at the second in which it came."""
    recorded = RECORDED["launches"][name]
    keys = read_key_set(replay.ask("GET", f"{MOODLE}/mod/lti/certs.php").document())
    claims = read_token(
        recorded["posted"]["id_token"],
        facts(),
        lambda kid: keys[kid],
        nonce=recorded["nonce"],
        target=read_login(recorded["login"]).target,
        now=recorded["at"],
    )
    return read_launch(claims)


def test_a_students_launch(replay: RecordedTransport):
    said = launched("student", replay)
    assert (said.kind, said.subject, said.name) == (MessageKind.RESOURCE, "5", "Ada Lovelace")
    assert course_role(said.roles) is CourseRole.STUDENT
    assert said.course is not None
    assert said.course.title == "Introduction to Neural Networks"
    assert said.custom["exercise"] == "exercise1"
    assert (said.grades.line_item, said.roster) == (COLUMN, ROSTER)
    assert said.return_address.startswith(f"{MOODLE}/mod/lti/return.php?course=2&")


def test_a_teacher_who_chooses_exercises(replay: RecordedTransport):
    said = launched("choosing", replay)
    assert course_role(said.roles) is CourseRole.INSTRUCTOR
    assert said.deep_linking is not None
    assert said.deep_linking.accepts_several
    assert said.deep_linking.accepts_points  # it doesn't say, and takes them
    assert "sesskey=" in said.deep_linking.return_address


def test_a_registration(replay: RecordedTransport):
    address = f"{MOODLE}/mod/lti/openid-configuration.php"
    told = registration.read_configuration(replay, address, private=True)
    assert registration.product(told) == "moodle"
    tool = registration.tool_configuration(TOOL, "Exercises that are graded at once")
    known = registration.register(replay, told, tool, "a token")
    assert (known.issuer, known.deployments) == (MOODLE, ("2",))
    assert known.client_id == "bxvByC3Bt24OydK"
    sent, recorded = replay.sent[0]
    assert sent == recorded


def test_scores_and_what_it_answers(services: Services):
    now = datetime.now(UTC)

    def post(column: str, person: str) -> None:
        gradebook.post_score(services, column, gradebook.Score(person, 8.0, 10.0, now))

    post(COLUMN, "7")
    with pytest.raises(ServiceError) as late:
        post(COLUMN, "7")
    assert late.value.status == 409
    assert late.value.words == "Refusing score with an earlier timestamp for item 2 and user 7"
    with pytest.raises(ServiceError) as teacher:
        post(COLUMN, "3")
    assert teacher.value.status == 400
    with pytest.raises(AwayError) as locked:
        post(LOCKED, "5")
    assert (locked.value.status, locked.value.is_whole) == (500, False)
    post(COLUMN, "5")  # a teacher's own grade stays, and this is answered 200


def test_columns_in_pages_with_a_broken_header(services: Services):
    found = gradebook.columns(
        services, f"{MOODLE}/mod/lti/services.php/2/lineitems?type_id=1&limit=2"
    )
    assert [(one.label, one.maximum, one.resource) for one in found] == [
        ("The forward pass", 10.0, "exercise1"),
        ("The gradients", 16.0, "exercise2"),
        ("The whole step", 20.0, "exercise3"),
        ("Made by hand", 7.0, ""),
    ]


def test_results_with_a_teachers_own_grade(services: Services):
    found = {one.subject: one.score for one in gradebook.results(services, COLUMN)}
    assert found == {"6": 5.0, "7": 8.0, "5": 7.0, "8": 5.0}


def test_the_roster_in_pages_with_short_roles(services: Services):
    found = roster.members(services, f"{ROSTER}?limit=4")
    assert {one.name: course_role(one.roles) for one in found} == {
        "Theo Adams": CourseRole.STUDENT,  # a teacher without the right to edit is one there
        "Kurt Goedel": CourseRole.STUDENT,
        "Grace Hopper": CourseRole.STUDENT,
        "Ada Lovelace": CourseRole.STUDENT,
        "Emmy Noether": CourseRole.STUDENT,
        "Tessa Turner": CourseRole.INSTRUCTOR,
    }
