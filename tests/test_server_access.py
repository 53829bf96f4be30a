"""Who may see what: every address of the server, for every sort of visitor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from command import run_command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

VISITORS = (
    *("nobody", "outsider", "student", "other", "assistant", "instructor", "elsewhere"),
    "administrator",
)
"""`student` owns the attempt; `other` is another student; `assistant` has another section;
`elsewhere` teaches another course."""

MAY = {
    "public": set(VISITORS),
    "person": set(VISITORS) - {"nobody"},
    "member": {"student", "other", "assistant", "instructor", "administrator"},
    "staff": {"assistant", "instructor", "administrator"},
    "instructor": {"instructor", "administrator"},
    "administrator": {"administrator"},
    "teacher_there": set(),  # none of these has come by a learning platform
}
MAY |= {"computer": MAY["person"], "computer_of_member": MAY["member"]}
OWN = {"attempt", "state", "report", "download", "source", "grade", "api_attempt", "api_result"}
"""Addresses of one attempt or grade: of a course's members only its owner, and who may grade it."""
OF_SEVERAL = {"several", "several_state"}
"""Those that name attempts behind a question mark."""
OWN |= OF_SEVERAL


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Make a server with two courses, and a client for each visitor."""
    from grader.server.configuration import Configuration
    from grader.server.serving import prepare

    folder = tmp_path_factory.mktemp("access")
    courses = [folder / "mine", folder / "theirs"]
    for course in courses:
        assert run_command("author", "new", course).returncode == 0
    prepare(Configuration(str(folder / "data"), tuple(map(str, courses)), "", "http://testserver"))
    from django.test import Client

    from grader.server import queue
    from grader.server.models import GradedResult, Membership, Person, ServedCourse

    mine, theirs = (ServedCourse.objects.get(name=name) for name in ("mine", "theirs"))
    clients: dict[str, Any] = {"nobody": Client()}
    for name in VISITORS[1:]:
        person = Person.objects.create(
            username=f"the-{name}", is_administrator=name == "administrator"
        )
        clients[name] = Client()
        clients[name].force_login(person)
        course, role = (theirs if name == "elsewhere" else mine), name
        if name in ("student", "other"):
            role = "student"
        if name == "elsewhere":
            role = "instructor"
        if name not in ("outsider", "administrator"):
            section = {"student": "A", "assistant": "B"}.get(name, "")
            Membership.objects.create(person=person, course=course, role=role, section=section)
    owner = Person.objects.get(username="the-student")
    attempt = queue.hand_in(owner, mine, "exercise1", "exercise1.py", b"def mean(x): return 1")
    document = run_command("check", "--json", "--course", courses[0], _file(folder)).stdout
    result = GradedResult(status="graded", score=1.0, max_score=10.0, document=document)
    assert queue.end(attempt.job, "v1", result)
    clients["attempt"] = attempt.pk
    clients["student's number"] = owner.pk
    clients["tokens"] = {name: _token(name) for name in VISITORS[1:]}
    return clients


def _token(name: str) -> dict[str, str]:
    """Let a computer hand in for somebody; return what its requests have."""
    from grader.server import computers
    from grader.server.models import Person

    codes = computers.ask("a laptop")
    asking = computers.asking(codes.user)
    assert asking
    assert computers.answer(asking, Person.objects.get(username=f"the-{name}"), allow=True)
    polled = computers.polled(codes.device)
    assert polled
    return {"Authorization": f"Bearer {computers.token_for(polled)}"}


def _file(folder: Path) -> Path:
    path = folder / "exercise1.py"
    path.write_text("def mean(x): return 1\n", encoding="utf-8")
    return path


def addresses() -> list[str]:
    """Return the names of all addresses, from the list that Django itself goes by."""
    source = (Path(__file__).parent.parent / "grader" / "server" / "urls.py").read_text("utf-8")
    import re

    return re.findall(r'name="(\w+)"', source)


def values(name: str, people: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in an address: those with a number are of an attempt, but for one."""
    number = people["student's number"] if name == "grade" else people["attempt"]
    return {
        "course": "mine",
        "exercise": "exercise1",
        "number": number,
        "token": "x",
        "kind": "class",
    }


@pytest.mark.parametrize("name", addresses())
def test_every_address_is_seen_by_whom_it_is_for_and_by_nobody_else(
    name: str, people: dict[str, Any]
):
    from django.urls import reverse

    from grader.server.urls import urlpatterns

    [pattern] = [each for each in urlpatterns if each.name == name]
    access = pattern.callback.access  # a view without a rule fails here
    given = values(name, people)
    wanted = {key: given[key] for key in pattern.pattern.converters}
    address = reverse(name, kwargs=wanted)
    if name in OF_SEVERAL:
        address += f"?n={people['attempt']}"
    for visitor in VISITORS:
        may = visitor in MAY[access]
        if name in OWN and visitor in ("other", "assistant"):
            may = False  # another student's attempt, and one of another section
        answer = people[visitor].get(address)
        told = (name, visitor, answer.status_code)
        if access.startswith("computer"):
            assert answer.status_code == 401, told  # whoever is logged in
            answer = people[visitor].get(address, headers=people["tokens"].get(visitor))
            refused = 401 if visitor == "nobody" else 404
            assert answer.status_code in ((200, 405) if may else (refused, 405)), told
        elif access == "public":
            assert answer.status_code in (200, 205, 302, 403, 404, 405), told
        elif visitor == "nobody":
            assert answer.status_code == 302, told
            assert answer["Location"].startswith("/login/"), told
        elif may:
            assert answer.status_code in (200, 302), told
        else:
            assert answer.status_code == 404, told


@pytest.mark.parametrize("name", addresses())
def test_every_form_needs_its_token(name: str, people: dict[str, Any]):
    from django.test import Client
    from django.urls import reverse

    from grader.server.models import Person
    from grader.server.urls import urlpatterns

    [pattern] = [each for each in urlpatterns if each.name == name]
    given = values(name, people)
    address = reverse(name, kwargs={key: given[key] for key in pattern.pattern.converters})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get(username="the-instructor"))
    answer = strict.post(address, {"code": "x"})
    if name.startswith("api_"):  # there, who is logged in is nobody
        assert answer.status_code in (400, 401, 405) or name == "api_ask"
    else:
        assert answer.status_code == 403


def test_a_file_is_handed_in_by_a_members_token_alone(people: dict[str, Any]):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from grader.server.models import Job, JobState

    for visitor in VISITORS:
        may = visitor in MAY["member"]
        answer = people["nobody"].post(
            "/api/1/courses/mine/exercises/exercise1/",
            {"file": SimpleUploadedFile("exercise1.py", b"x = 1")},
            headers=people["tokens"].get(visitor),
        )
        expected = 201 if may else 401 if visitor == "nobody" else 404
        assert answer.status_code == expected, (visitor, answer.content)
    Job.objects.filter(state=JobState.WAITING).delete()  # which other tests would lease


def test_a_token_ends_with_its_time_with_its_person_and_by_its_person(people: dict[str, Any]):
    from datetime import timedelta

    from django.utils import timezone

    from grader.server import computers
    from grader.server.models import AskingComputer, AuditEntry, Computer, Person

    person = Person.objects.get(username="the-other")
    outsider = Person.objects.get(username="the-outsider")
    bearer = _token("other")
    token = bearer["Authorization"].removeprefix("Bearer ")
    own = computers.computer_of(token)
    assert own is not None
    assert token not in "".join(map(str, Computer.objects.values_list()))
    for field, then, now in (
        ("expires", timezone.now() - timedelta(seconds=1), own.expires),
        ("person_id", None, person.pk),
    ):
        if then is None:
            Person.objects.filter(pk=person.pk).update(is_active=False)
        else:
            Computer.objects.filter(pk=own.pk).update(**{field: then})
        assert people["nobody"].get("/api/1/me/", headers=bearer).status_code == 401
        Person.objects.filter(pk=person.pk).update(is_active=True)
        Computer.objects.filter(pk=own.pk).update(**{field: now})
    assert people["nobody"].get("/api/1/me/", headers=bearer).json()["username"] == "the-other"
    people["outsider"].post("/device/", {"end": str(own.pk)})  # somebody else's
    assert computers.computer_of(token) is not None
    people["other"].post("/device/", {"end": str(own.pk)})
    assert computers.computer_of(token) is None
    actions = list(AuditEntry.objects.filter(person=person).values_list("action", flat=True))
    assert actions[-2:] == ["computer allowed", "computer ended"]
    assert outsider.pk not in {one.person_id for one in computers.of_person(person)}
    codes = computers.ask("x\u202e\0")
    asked = AskingComputer.objects.get(user_code=codes.user)
    assert asked.name == r"x\u202e\x00"
    AskingComputer.objects.filter(pk=asked.pk).update(expires=timezone.now())
    assert computers.asking(codes.user) is None
    assert computers.polled(codes.device) is None
    computers.ask("another")  # which clears away what is over
    assert not AskingComputer.objects.filter(pk=asked.pk).exists()


def test_the_command_to_hand_in_names_the_course_where_somebody_has_several(
    people: dict[str, Any],
):
    shown = {name: people[name].get("/c/mine/") for name in ("student", "administrator")}
    named = {name: "--course mine" in page.content.decode() for name, page in shown.items()}
    assert named == {"student": False, "administrator": True}


def test_what_stands_between_words_is_the_readers_languages(people: dict[str, Any]):
    path = f"/c/mine/handed-in/?n={people['attempt']}"
    for language, shown, said in (
        ("en", "Mean and spread (exercise1.py): 1 / 10<", "Mean and spread: 1 / 10."),
        ("zh-CN", "Mean and spread（exercise1.py）：1 / 10<", "Mean and spread：1 / 10。"),
    ):
        text = people["student"].get(path, headers={"accept-language": language}).content.decode()
        assert shown in text
        assert f'data-told="{said}"' in text


def test_an_assistant_sees_the_own_section_alone(people: dict[str, Any]):
    from grader.server.models import Membership

    seen = people["assistant"].get("/c/mine/desk/").content.decode()
    assert "the-student" not in seen.partition("<tbody>")[2]
    Membership.objects.filter(person__username="the-assistant").update(section="A")
    seen = people["assistant"].get("/c/mine/desk/").content.decode()
    assert "the-student" in seen.partition("<tbody>")[2]
    Membership.objects.filter(person__username="the-assistant").update(section="B")


def test_a_lease_that_runs_out_is_taken_over_and_given_up_after_two_deaths(people: dict[str, Any]):
    from datetime import timedelta

    from django.utils import timezone

    from grader.server import queue
    from grader.server.models import GradedResult, Job, JobState, Person, ServedCourse

    person = Person.objects.get(username="the-other")
    course = ServedCourse.objects.get(name="mine")
    attempt = queue.hand_in(person, course, "exercise1", "exercise1.py", b"x = 1")
    [job] = queue.lease("first", 5)
    assert queue.lease("second", 5) == []
    for deaths in (1, 2):
        Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        [taken] = queue.lease(f"after {deaths}", 5)
        assert (taken.pk, taken.deaths) == (job.pk, deaths)
        assert queue.renew("first", [job.pk]) == set()
    result = GradedResult(status="graded", score=1.0, max_score=10.0, document="{}")
    assert queue.end(taken, "v1", result, JobState.GIVEN_UP)
    assert not queue.end(job, "v1", result)  # the first comes back, too late
    assert attempt.results.count() == 1
    assert queue.lease("third", 5) == []


def test_attempts_are_numbered_one_after_the_other(people: dict[str, Any]):
    from grader.server import queue
    from grader.server.models import Person, ServedCourse

    person = Person.objects.get(username="the-outsider")
    course = ServedCourse.objects.get(name="mine")
    made = [queue.hand_in(person, course, "exercise1", "a.py", b"x") for _ in range(3)]
    assert [one.number for one in made] == [1, 2, 3]
    assert [queue.position(one).before for one in made] == [0, 1, 2]


@pytest.mark.parametrize(("address", "is_shared"), [("https://x", False), ("http://x", True)])
def test_behind_a_proxy_the_addresses_are_told_apart(
    address: str, is_shared: bool, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    from collections import OrderedDict

    from django.test import RequestFactory, override_settings

    from grader.server import limits
    from grader.server.configuration import Configuration

    monkeypatch.setattr(limits, "_asked", OrderedDict())  # others log in from here, too

    def asks(client: str, name: int = 0) -> bool:
        request = RequestFactory().get("/", headers={"X-Forwarded-For": f"10.0.0.1, {client}"})
        return limits.too_many("login", f"somebody at {client} {name}", request)

    with override_settings(BPGRADE=Configuration("", (), "", address)):
        attacked = False
        for number in range(2001):
            attacked = asks("192.0.2.1", number)
        assert attacked
        assert asks("192.0.2.2") is is_shared


def test_django_finds_nothing_to_improve_for_a_public_server(tmp_path: Path):
    import subprocess

    code = (
        "from pathlib import Path\n"
        "from grader.server.configuration import *\n"
        "c = Configuration(DATA, (), '', 'https://grade.example.org')\n"
        "write(c); set_up(c)\n"
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='INFO')\n"
        "call_command('makemigrations', check=True, dry_run=True)\n"
    ).replace("DATA", repr(str(tmp_path / "data")))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_page_without_a_database_is_guarded_as_all_are_and_logged_once(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from django.db import OperationalError

    from grader.server.sessions import SessionStore

    def away(_store: SessionStore) -> None:
        raise OperationalError("gone")

    client = people["student"]
    guards = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")
    usual = client.get("/").headers
    monkeypatch.setattr(SessionStore, "_get_session_from_db", away)
    monkeypatch.setattr(client, "raise_request_exception", False)
    answer = client.get("/")
    assert answer.status_code == 503
    assert {each: answer.headers[each] for each in guards} == {each: usual[each] for each in guards}
    assert "bpgrade" not in answer.cookies  # nobody is logged out by it
    assert len([each for each in caplog.records if each.name == "django.request"]) == 1


def test_passwords_are_kept_by_argon2_and_sessions_end(people: dict[str, Any]):
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.test import Client
    from django.utils import timezone

    from grader.server.models import Person

    password = "a long enough password"
    person = Person.objects.create(username="the-visitor")
    person.set_password(password)
    person.save()
    assert person.password.startswith("argon2$argon2id$")

    def begun() -> Client:
        visitor = Client()
        answer = visitor.post("/login/", {"username": "the-visitor", "password": password})
        assert answer.status_code == 302
        cookie = answer.cookies["bpgrade"]
        assert (cookie["max-age"], cookie["httponly"]) == (14 * 24 * 3600, True)
        assert is_in(visitor)
        return visitor

    def is_in(visitor: Client) -> bool:
        return not visitor.get("/").headers.get("Location", "").startswith("/login/")

    ended, copied = begun(), Client()
    copied.cookies["bpgrade"] = ended.cookies["bpgrade"].value
    assert is_in(copied)
    ended.post("/logout/")
    assert not is_in(copied)  # for the server, too, not in that browser alone
    expired = begun()
    key = expired.cookies["bpgrade"].value
    past = timezone.now() - timedelta(seconds=1)
    assert Session.objects.filter(session_key=key).update(expire_date=past) == 1
    assert not is_in(expired)
    elsewhere = begun()
    person.set_password("another long password")
    person.save()
    assert not is_in(elsewhere)  # a new password ends what others may have begun
    password = "another long password"
    barred = begun()
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert not is_in(barred)
    again = Client().post("/login/", {"username": "the-visitor", "password": password})
    assert again.status_code == 403


def test_what_is_logged_of_a_failure_has_no_value_in_it():
    import logging

    from grader.server.logs import Nameless

    try:
        raise ValueError("ada: def mean(numbers)")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 1, "%s failed for %s", ("/link/x/", "ada"),
            sys.exc_info(),
        )  # fmt: skip
    line = Nameless().format(record)
    assert "ValueError at test_server_access.py" in line
    assert not any(word in line for word in ("ada", "mean(", "/link/"))
