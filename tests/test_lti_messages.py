"""The messages of LTI as our side reads and writes them: tables, and what anybody may send."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from grader.lti.claims import DeepLinkingSettings, MessageKind, read_launch
from grader.lti.deep_linking import ChosenLink, answer_claims
from grader.lti.errors import LaunchError, LtiError
from grader.lti.gradebook import below, stamp
from grader.lti.keys import key_id, key_set, new_key, read_key_set, signed
from grader.lti.links import next_page
from grader.lti.login import LoginRequest, login_address, read_login
from grader.lti.platform import CLAIM, DEEP_LINKING_CLAIM, GRADES_CLAIM, PlatformFacts
from grader.lti.registration import tool_configuration
from grader.lti.roles import course_role
from grader.lti.tokens import read_token
from grader.lti.transport import check_address, is_public

PLATFORM = PlatformFacts(
    "https://moodle.example",
    "tool-1",
    "https://moodle.example/keys",
    "https://moodle.example/token",
    "https://moodle.example/auth?site=2",
    deployments=("1", "2"),
)
TARGET = "https://grade.example/lti/launch/"
NOW = 1_800_000_000.0
PEM, OTHER = new_key(), new_key()
KEY = RSAKey.import_key(PEM)
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def claims(**other: Any) -> dict[str, Any]:
    """Return what a launch says; a claim is left out by None, short names are of LTI."""
    said: dict[str, Any] = {
        "iss": PLATFORM.issuer,
        "aud": PLATFORM.client_id,
        "sub": "42",
        "iat": NOW,
        "exp": NOW + 60,
        "nonce": "once",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}deployment_id": "1",
        f"{CLAIM}target_link_uri": TARGET,
        f"{CLAIM}roles": [f"{MEMBERSHIP}#Learner"],
        f"{CLAIM}context": {"id": "7", "title": "Networks"},
        f"{CLAIM}resource_link": {"id": "3", "title": "Forward"},
    }
    plain = ("iss", "aud", "azp", "sub", "iat", "exp", "nbf", "nonce", "name", "given_name")
    for name, value in other.items():
        key = name if name in plain else f"{CLAIM}{name}"
        said[key] = value
    return {name: value for name, value in said.items() if value is not None}


def verified(said: dict[str, Any], pem: str = PEM) -> Any:
    return read_token(
        signed(said, pem), PLATFORM, lambda _kid: KEY, nonce="once", target=TARGET, now=NOW
    )


GOOD = {
    "as it should be": {},
    "one of several audiences, we are named": {"aud": ["tool-1", "x"], "azp": "tool-1"},
    "a list of one audience": {"aud": ["tool-1"]},
    "a minute behind us": {"iat": NOW - 115, "exp": NOW - 55},
    "a minute before us": {"iat": NOW + 55, "exp": NOW + 115},
    "the other deployment": {"deployment_id": "2"},
    "times with fractions": {"iat": NOW + 0.5, "exp": NOW + 60.25},
}
BAD = {
    "another issuer": ({"iss": "https://other.example"}, "another platform"),
    "another audience": ({"aud": "tool-2"}, "another tool"),
    "no audience": ({"aud": None}, "another tool"),
    "several audiences, nobody is named": ({"aud": ["tool-1", "x"]}, "another tool"),
    "another is named": ({"azp": "tool-2"}, "another tool"),
    "expired": ({"exp": NOW - 61}, "too old"),
    "from yesterday": ({"iat": NOW - 86_400}, "too old"),
    "from the future": ({"iat": NOW + 61, "exp": NOW + 120}, "clock"),
    "begins later": ({"nbf": NOW + 61}, "clock"),
    "no end": ({"exp": None}, "when it expires"),
    "an end in words": ({"exp": "soon"}, "when it expires"),
    "an end that is true": ({"exp": True}, "when it expires"),
    "an end beyond all times": ({"exp": 1e300}, "when it expires"),
    "another nonce": ({"nonce": "twice"}, "another login"),
    "a nonce that is none": ({"nonce": 1}, "another login"),
    "another target": ({"target_link_uri": "https://other.example/"}, "another address"),
    "another deployment": ({"deployment_id": "3"}, "deployment"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_token_is_taken(name: str):
    assert verified(claims(**GOOD[name]))["sub"] == "42"


@pytest.mark.parametrize("name", BAD)
def test_a_token_is_refused(name: str):
    changes, words = BAD[name]
    with pytest.raises(LaunchError, match=words):
        verified(claims(**changes))


def test_a_token_of_another_key_is_refused_whatever_it_says():
    with pytest.raises(LaunchError, match="signature"):
        verified(claims(), OTHER)


@settings(max_examples=40)
@given(
    st.text(max_size=200)
    | st.from_regex(r"[A-Za-z0-9_-]{1,20}(\.[A-Za-z0-9_-]{0,20}){1,4}", fullmatch=True)
)
def test_what_is_no_token_is_refused(text: str):
    with pytest.raises(LaunchError):
        read_token(text, PLATFORM, lambda _kid: KEY, nonce="n", target=TARGET, now=NOW)


def test_a_launch_says_who_comes_from_where_to_what():
    said = claims(
        custom={"exercise": "exercise1", "number": 3},
        launch_presentation={"return_url": "https://moodle.example/course/7", "locale": "zh_CN"},
        name="Ada Lovelace",
    )
    said[GRADES_CLAIM] = {
        "scope": ["a", 7],
        "lineitem": "https://moodle.example/li/3?type_id=1",
        "lineitems": "javascript:alert(1)",
    }
    launch = read_launch(said)
    assert (launch.issuer, launch.subject, launch.deployment) == (PLATFORM.issuer, "42", "1")
    assert launch.kind is MessageKind.RESOURCE
    assert launch.course is not None
    assert (launch.course.id, launch.course.title) == ("7", "Networks")
    assert launch.custom == {"exercise": "exercise1"}
    assert (launch.name, launch.locale) == ("Ada Lovelace", "zh_CN")
    assert launch.grades.scopes == {"a"}
    assert launch.grades.line_item == "https://moodle.example/li/3?type_id=1"
    assert launch.grades.line_items == ""
    assert launch.return_address == "https://moodle.example/course/7"


def test_a_launch_needs_no_name():
    assert read_launch(claims()).name == ""
    assert read_launch(claims(given_name="Ada")).name == "Ada"


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(sorted(claims())), JSON))
def test_any_claims_are_read_or_refused(changes: dict[str, Any]):
    try:
        launch = read_launch({**claims(), **changes})
    except LaunchError:
        return
    assert 0 < len(launch.subject) <= 255
    assert launch.course is None or 0 < len(launch.course.id) <= 255


@given(st.dictionaries(st.sampled_from(["iss", "login_hint", "target_link_uri", "x"]), st.text()))
def test_any_request_to_begin_is_read_or_refused(fields: dict[str, str]):
    try:
        assert read_login(fields).issuer
    except LaunchError:
        assert not {"iss", "login_hint", "target_link_uri"} <= fields.keys() or any(
            not one or "\0" in one for one in fields.values()
        )


def test_the_browser_goes_to_the_platform_with_what_it_gave():
    asked = LoginRequest("i", "h", TARGET, message_hint='{"cmid": 5}')
    address = login_address(asked, PLATFORM, launch=TARGET, state="s", nonce="n")
    assert address.startswith("https://moodle.example/auth?site=2&")
    query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert query == {
        "site": "2",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "tool-1",
        "redirect_uri": TARGET,
        "login_hint": "h",
        "lti_message_hint": '{"cmid": 5}',
        "state": "s",
        "nonce": "n",
    }


ROLES = {
    "student": [["Learner"], [f"{MEMBERSHIP}#Learner"], [f"{MEMBERSHIP}/Learner#GuestLearner"]],
    "assistant": [
        ["Instructor", "TeachingAssistant"],
        [f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"],
    ],
    "instructor": [
        ["Instructor"],
        [f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}#Learner"],
        [f"{MEMBERSHIP}#Administrator"],
        [f"{SYSTEM}#Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
    ],
    "": [
        [],
        ["Mentor"],
        [f"{MEMBERSHIP}#Mentor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
        [f"{SYSTEM}#User"],
        ["https://other.example/roles#Instructor"],
        ["urn:lti:role:ims/lis/Instructor"],
    ],
}


@pytest.mark.parametrize(
    ("role", "said"), [(role, said) for role, each in ROLES.items() for said in each]
)
def test_roles_in_the_course_are_what_counts(role: str, said: list[str]):
    assert (course_role(said) or "") == role


def test_who_administers_the_platform_and_learns_in_the_course_learns():
    assert course_role([f"{SYSTEM}#Administrator", f"{MEMBERSHIP}#Learner"]) == "student"


LINKS = {
    '<https://m.example/p?page=2>; rel="next"': "https://m.example/p?page=2",
    "<https://m.example/p?page=2>; rel=next": "https://m.example/p?page=2",
    '<https://m/1>; rel="first", <https://m/2>;rel="next"': "https://m/2",
    '<https://m/2>; rel="next", <https://m/9>; rel="last"': "https://m/2",
    "<https://m/2?a=1&amp;b=2>; rel=“next”": "https://m/2?a=1&b=2",
    "<https://m/2?a=1&amp;b=2>; rel=“next”".encode().decode("latin-1"): "https://m/2?a=1&b=2",
    "<https://m/2?copy=1&lt=3>; rel='next'": "https://m/2?copy=1&lt=3",
    '<https://m/2>; title="a"; rel="next"': "https://m/2",
    '<https://m/1>; rel="prev"': "",
    '<https://m/1>; rel="nextish"': "",
    '<https://m/1>; title="next"': "",
    "": "",
    "nonsense": "",
}


@pytest.mark.parametrize("header", LINKS)
def test_the_next_page_is_found_in_headers_as_they_are(header: str):
    assert next_page(header) == LINKS[header]


@given(st.text())
def test_any_header_is_read(header: str):
    assert isinstance(next_page(header), str)


def test_parts_of_a_column_go_before_its_query():
    assert below("https://m/li/3?type_id=1", "scores") == "https://m/li/3/scores?type_id=1"
    assert below("https://m/li/3", "scores") == "https://m/li/3/scores"
    assert below("https://m/li/3/?a=1", "results", user_id="5 6") == (
        "https://m/li/3/results?a=1&user_id=5+6"
    )


def test_stamps_have_milliseconds_and_a_zone():
    from datetime import datetime, timedelta, timezone

    at = datetime(2026, 3, 1, 14, 0, 0, 1500, timezone(timedelta(hours=2)))
    assert stamp(at) == "2026-03-01T12:00:00.001Z"


def test_the_choice_of_exercises_is_answered_with_links_that_know_their_exercise():
    links = [
        ChosenLink("Forward", TARGET, "course", "exercise1", 12.0),
        ChosenLink("Backward", TARGET, "course", "exercise2", 0.0),
    ]
    asked = DeepLinkingSettings("https://moodle.example/back", "kept", True, True)
    answer = answer_claims(links, asked, PLATFORM, "1", NOW)
    assert (answer["iss"], answer["aud"]) == ("tool-1", PLATFORM.issuer)
    assert answer[f"{DEEP_LINKING_CLAIM}data"] == "kept"
    first, second = answer[f"{DEEP_LINKING_CLAIM}content_items"]
    assert first["custom"] == {"course": "course", "exercise": "exercise1"}
    assert first["lineItem"]["scoreMaximum"] == 12.0
    assert "lineItem" not in second
    silent = answer_claims(links, DeepLinkingSettings("https://m/b"), PLATFORM, "1", NOW)
    assert f"{DEEP_LINKING_CLAIM}data" not in silent
    assert all("lineItem" not in one for one in silent[f"{DEEP_LINKING_CLAIM}content_items"])


def test_our_key_set_has_the_public_halves_alone():
    listed = key_set([PEM, OTHER])["keys"]
    assert [one["kid"] for one in listed] == [key_id(PEM), key_id(OTHER)]
    for one in listed:
        assert one.keys() == {"kty", "n", "e", "kid", "use", "alg"}
    assert read_key_set({"keys": listed}).keys() == {key_id(PEM), key_id(OTHER)}


def test_only_keys_that_may_sign_a_launch_are_taken():
    good = {**KEY.as_dict(private=False), "kid": "good"}
    keys = [
        good,
        {**good, "kid": "for encryption", "use": "enc"},
        {**good, "kid": "for another algorithm", "alg": "RS512"},
        {**good, "kid": ""},
        {**good, "kid": "broken", "n": "!"},
        {**good, "kid": "short", "n": good["n"][:171]},
        {**OctKey.generate_key(256).as_dict(private=True), "kid": "a secret"},
        {**ECKey.generate_key("P-256", private=False).as_dict(), "kid": "a curve"},
        "no key",
    ]
    assert read_key_set({"keys": keys}).keys() == {"good"}


@settings(max_examples=40)
@given(JSON)
def test_any_key_set_is_read(document: Any):
    assert read_key_set({"keys": document}) == {}
    assert read_key_set(document) == {}


def test_the_tool_tells_a_platform_where_it_is_and_what_it_asks_for():
    told = tool_configuration("https://grade.example", "x")
    assert told["redirect_uris"] == [TARGET]
    assert told["initiate_login_uri"] == "https://grade.example/lti/login/"
    assert told["jwks_uri"] == "https://grade.example/lti/keys/"
    own = told["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    assert own["domain"] == "grade.example"
    assert {one["type"] for one in own["messages"]} == set(MessageKind)
    assert "email" not in own["claims"]
    json.dumps(told)


ADDRESSES = {
    "8.8.8.8": True,
    "2606:4700::1111": True,
    "10.0.0.1": False,
    "127.0.0.1": False,
    "169.254.169.254": False,
    "100.64.0.1": False,
    "192.0.2.1": False,
    "224.0.0.1": False,
    "0.0.0.0": False,
    "::1": False,
    "fe80::1": False,
    "fc00::1": False,
    "::ffff:10.0.0.1": False,
    "::ffff:8.8.8.8": True,
    "64:ff9b::a00:1": False,
    "2002:a00:1::": False,
    "2001:0:4136:e378:8000:63bf:f5ff:fffe": False,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_private_addresses_are_known_through_what_they_are_wrapped_in(address: str):
    assert is_public(ipaddress.ip_address(address)) is ADDRESSES[address]


@pytest.mark.parametrize(
    "address",
    [
        *("http://m.example/", "ftp://m.example/", "//m.example/", "https://", "m.example"),
        *("https://user:word@m.example/", "https://m.example:0/", "https://m.example:x/"),
        *("https://[::1/", "https://m.example/\n", "file:///etc/passwd", "", "http://localhost/"),
    ],
)
def test_what_is_no_address_of_a_platform_is_not_spoken_to(address: str):
    with pytest.raises(LtiError, match="not the address"):
        check_address(address)


def test_an_own_network_is_spoken_to_by_leave_alone():
    assert check_address("http://localhost:8080/x", private=True)
    with pytest.raises(LtiError):
        check_address("http://moodle.internal/", private=True)


@given(st.text())
def test_any_address_is_read_or_refused(address: str):
    try:
        check_address(address)
    except LtiError:
        return
    assert urlsplit(address).hostname
