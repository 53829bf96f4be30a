"""The services of a platform as our side asks them: gradebook, roster, tokens, registration."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from lti_platform import Misdeeds, ServiceFault, StandInPlatform
from lti_records import Activity, StandInCourse, StandInMember, Tool
from lti_tokens import new_key
from tls import certificates, trusting

from grader.lti.errors import AwayError, LtiError, ServiceError
from grader.lti.gradebook import (
    Score,
    columns,
    drop_column,
    make_column,
    post_score,
    results,
)
from grader.lti.keys import PlatformKeys, key_set
from grader.lti.platform import SCOPE_LINE_ITEMS, SCOPE_SCORES, PlatformFacts
from grader.lti.registration import product, read_configuration, register, tool_configuration
from grader.lti.roster import members
from grader.lti.service import Services
from grader.lti.transport import Transport

PEM = new_key().as_pem(private=True).decode()
CLIENT = "tool-1"
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInPlatform]:
    made = certificates(tmp_path_factory.mktemp("services"))
    with trusting(made), StandInPlatform(made).running() as found:
        listed = base64.b64encode(json.dumps(key_set([PEM])).encode()).decode()
        found.tool = Tool("", (), f"data:application/json;base64,{listed}", CLIENT)
        yield found


@pytest.fixture(scope="module")
def transport(platform: StandInPlatform) -> Iterator[Transport]:
    found = Transport(private=True)  # made while the certificates are trusted
    yield found
    found.close()


@pytest.fixture
def course(platform: StandInPlatform) -> Iterator[StandInCourse]:
    made = platform.add(StandInCourse("Numbers"))
    made.add(StandInMember("3", "Tessa", "T", "Instructor"), StandInMember("5", "Ada", "L"))
    made.add_activity(Activity("Averages", ""), 20.0)
    yield made
    platform.misdeeds, platform.is_away = Misdeeds(), False
    platform.asked.clear()


@pytest.fixture
def services(platform: StandInPlatform, transport: Transport) -> Services:
    return Services(facts(platform), transport, lambda: PEM)


def facts(platform: StandInPlatform) -> PlatformFacts:
    places = (f"{platform.address}/{name}/" for name in ("keys", "token", "auth"))
    return PlatformFacts(platform.address, CLIENT, *places)


def line(platform: StandInPlatform, course: StandInCourse) -> str:
    return platform.gradebook(course).line_address(course.column_of(course.activities[0]))


def test_a_score_goes_out_and_is_read_back(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    address = line(platform, course)
    post_score(services, address, Score("5", 7.5, 10.0, AT, "two days late"))
    cell = course.column_of(course.activities[0]).cell("5")
    assert (cell.score, cell.comment, cell.taken) == (15.0, "two days late", 1)
    [read] = results(services, address)
    assert (read.subject, read.score, read.maximum) == ("5", 15.0, 20.0)
    assert [one.score for one in results(services, address, "5")] == [15.0]
    assert not list(results(services, address, "6"))


def test_what_a_gradebook_refuses_is_told_with_its_words(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    address = line(platform, course)
    post_score(services, address, Score("5", 1.0, 1.0, AT))
    for score, status, words in (
        (Score("5", 0.5, 1.0, AT), 409, "earlier timestamp"),
        (Score("5", 0.5, 1.0, AT + timedelta(milliseconds=900)), 409, "earlier timestamp"),
        (Score("3", 1.0, 1.0, AT), 400, "Incorrect score"),
        (Score("nobody", 1.0, 1.0, AT), 400, "Incorrect score"),
    ):
        with pytest.raises(ServiceError) as refused:
            post_score(services, address, score)
        assert refused.value.status == status
        assert words in refused.value.words
        assert not isinstance(refused.value, AwayError)
    post_score(services, address, Score("5", 0.5, 1.0, AT + timedelta(seconds=1)))


def test_columns_are_listed_through_broken_links_made_and_taken_away(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    platform.misdeeds.page = 2
    address = platform.gradebook(course).lines_address()
    made = [make_column(services, address, f"column {number}", 4.0) for number in range(4)]
    assert [one.label for one in columns(services, address)] == [
        "Averages",
        *(one.label for one in made),
    ]
    assert platform.count("GET", "lineitems") == 3
    for one in made:
        drop_column(services, one.address)
    assert len(list(columns(services, address))) == 1


def test_a_roster_of_ten_thousand_comes_in_pages(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    course.add(*(StandInMember(f"x{number}", "N", f"{number}") for number in range(9_998)))
    course.members["x7"].is_active = False
    platform.misdeeds.page = 2_500
    found = members(services, platform.gradebook(course).roster_address())
    assert len(found) == 10_000
    assert platform.count("GET", "memberships") == 4
    by_number = {one.subject: one for one in found}
    assert by_number["3"].roles == ("Instructor",)
    assert by_number["5"].name == "Ada L"
    assert [one.subject for one in found if not one.is_active] == ["x7"]


def test_a_token_is_asked_for_once_a_scope_and_again_when_it_holds_no_longer(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    address = line(platform, course)
    before = platform.tokens.count
    threads = [
        threading.Thread(target=lambda: list(results(services, address))) for _number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert platform.tokens.count == before + 1
    post_score(services, address, Score("5", 1.0, 1.0, AT))
    assert platform.tokens.count == before + 2
    platform.tokens.take_back()
    post_score(services, address, Score("5", 1.0, 1.0, AT + timedelta(seconds=2)))
    assert platform.tokens.count == before + 3


def test_no_token_is_told_as_trouble_that_may_pass(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    platform.misdeeds.faults.append(ServiceFault("/token/", 404, body="<h1>Not found</h1>"))
    with pytest.raises(AwayError, match="refused a token") as away:
        post_score(services, line(platform, course), Score("5", 1.0, 1.0, AT))
    assert (away.value.status, away.value.is_whole) == (404, True)
    assert "Not found" in away.value.words


AWAY = {
    "overloaded": (ServiceFault("/scores", 429, headers={"Retry-After": "120"}), 429, 120.0, True),
    "under repair": (ServiceFault("/scores", 503), 503, 0.0, True),
    "failing at one": (ServiceFault("/scores", 500, body="locked"), 500, 0.0, False),
}


@pytest.mark.parametrize("name", AWAY)
def test_what_may_pass_is_told_from_what_does_not(
    platform: StandInPlatform, course: StandInCourse, services: Services, name: str
):
    fault, status, wait, whole = AWAY[name]
    platform.misdeeds.faults.append(fault)
    with pytest.raises(AwayError) as away:
        post_score(services, line(platform, course), Score("5", 1.0, 1.0, AT))
    told = away.value
    assert (told.status, told.retry_after, told.is_whole) == (status, wait, whole)


def test_a_platform_that_has_gone_is_away_as_a_whole(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    platform.is_away = True
    with pytest.raises(AwayError, match="cannot be reached") as away:
        post_score(services, line(platform, course), Score("5", 1.0, 1.0, AT))
    assert away.value.is_whole


def test_nobody_is_followed_elsewhere(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    other = {"Location": "https://localhost:1/"}
    platform.misdeeds.faults.append(ServiceFault("/results", 302, headers=other))
    with pytest.raises(ServiceError) as refused:
        list(results(services, line(platform, course)))
    assert refused.value.status == 302
    elsewhere = {"Link": '<https://other.example/more>; rel="next"'}
    platform.misdeeds.faults[:] = [ServiceFault("/results", 200, headers=elsewhere, body="[]")]
    with pytest.raises(ServiceError, match="do not end"):
        list(results(services, line(platform, course)))
    again = {"Link": f'<{line(platform, course).replace("?", "/results?")}>; rel="next"'}
    platform.misdeeds.faults[:] = [ServiceFault("/results", 200, headers=again, body="[]")]
    with pytest.raises(ServiceError, match="do not end"):
        list(results(services, line(platform, course)))


NONSENSE = {
    "not JSON": "<html>",
    "deep JSON": "[" * 100_000,
    "another kind": '{"a": 1}',
    "a large one": "[" + " " * 9_000_000 + "]",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_refused(
    platform: StandInPlatform, course: StandInCourse, services: Services, name: str
):
    platform.misdeeds.faults.append(ServiceFault("/results", 200, body=NONSENSE[name]))
    with pytest.raises(ServiceError):
        list(results(services, line(platform, course)))


def test_private_addresses_are_refused_without_leave(platform: StandInPlatform):
    strict = Transport()
    try:
        with pytest.raises(LtiError, match="private network"):
            strict.ask("GET", f"{platform.address}/keys/")
    finally:
        strict.close()


def test_a_key_that_is_new_is_read_anew_but_not_at_every_launch(
    platform: StandInPlatform, transport: Transport, monkeypatch: pytest.MonkeyPatch
):
    keys = PlatformKeys(transport)
    address = facts(platform).keys_address
    platform.asked.clear()
    assert keys.find(address, str(platform.key.kid)).thumbprint() == platform.key.thumbprint()
    for _time in range(3):
        with pytest.raises(LtiError, match="does not list"):
            keys.find(address, "another")
    assert platform.count("GET", "/keys/") == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    platform.key = new_key()
    assert keys.find(address, str(platform.key.kid))
    assert platform.count("GET", "/keys/") == 2


def test_a_registration_is_asked_for_and_kept(platform: StandInPlatform, transport: Transport):
    own, platform.tool = platform.tool, None
    try:
        link = platform.registration_link
        told = read_configuration(transport, link["openid_configuration"], private=True)
        tool = tool_configuration("https://grade.example", "x")
        found = register(transport, told, tool, link["registration_token"])
        assert platform.tool is not None
        assert found.client_id == platform.tool.client
        assert (found.issuer, found.deployments) == (platform.address, ("1",))
        assert product(told)
        with pytest.raises(ServiceError):  # the platform's token holds once
            register(transport, told, tool, link["registration_token"])
    finally:
        platform.tool = own


WRONG = {
    "issuer": "https://other.example",
    "token_endpoint": "",
    "jwks_uri": None,
    "registration_endpoint": "file:///etc/passwd",
    "authorization_endpoint": "https://user:word@localhost/",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_platform_that_says_wrong_things_is_not_registered_with(
    platform: StandInPlatform, transport: Transport, name: str
):
    place = "/.well-known/openid-configuration"
    address = f"{platform.address}{place}"
    told = json.loads(transport.ask("GET", address).body)
    fault = ServiceFault(place, 200, body=json.dumps({**told, name: WRONG[name]}))
    platform.misdeeds.faults.append(fault)
    try:
        with pytest.raises(LtiError):
            read_configuration(transport, address, private=True)
    finally:
        platform.misdeeds = Misdeeds()


def test_services_ask_for_no_more_than_they_need(
    platform: StandInPlatform, course: StandInCourse, services: Services
):
    platform.tokens.allowed = [SCOPE_SCORES]
    try:
        post_score(services, line(platform, course), Score("5", 1.0, 1.0, AT))
        with pytest.raises(AwayError, match="refused a token"):
            services.ask("GET", platform.gradebook(course).lines_address(), SCOPE_LINE_ITEMS)
    finally:
        from lti_tokens import SCOPES

        platform.tokens.allowed = list(SCOPES)
