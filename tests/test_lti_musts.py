"""What the specifications of LTI say that a tool must do, case by case, each with its section.

Launches that must be refused are in `lti_forgeries`; here they are sent, and what is to work works.
"""

from __future__ import annotations

import json
import sys
import urllib.parse
from collections.abc import Iterator

import pytest
from lti_forgeries import FORGERIES, NO_CHOICE, Forgery
from lti_launching import read_form, up_to_the_token
from lti_platform import Misdeeds
from lti_records import StandInCourse
from lti_site import ADA, GRACE, TEACHER, BothSides, registered
from lti_tokens import CLAIM

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothSides]:
    with registered(tmp_path_factory.mktemp("musts"), "--workers", "0") as found:
        yield found


@pytest.fixture(scope="module")
def course(site: BothSides) -> StandInCourse:
    made = site.course()
    site.connect(made)
    return made


@pytest.fixture(autouse=True)
def good_again(site: BothSides) -> Iterator[None]:
    yield
    site.behave()


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_bad_launch_is_refused(site: BothSides, course: StandInCourse, forgery: Forgery):
    visitor = site.visitor()
    site.platform.misdeeds = forgery.misdeeds(site.platform)
    answer = site.click(course, ADA, course.activities[0], visitor)
    assert answer.status == 403
    assert "This launch was not accepted" in answer.text
    assert visitor.get("/c/course/").address.endswith("/login/?next=/c/course/")


@pytest.mark.parametrize("forgery", NO_CHOICE, ids=str)
def test_a_bad_request_to_choose_is_refused(
    site: BothSides, course: StandInCourse, forgery: Forgery
):
    site.platform.misdeeds = forgery.misdeeds(site.platform)
    answer = site.click(course, TEACHER)
    assert (answer.status, "This launch was not accepted" in answer.text) == (403, True)


def test_a_launch_works_once_and_in_its_own_browser(site: BothSides, course: StandInCourse):
    """SEC 5.1.3 (9), 5.1.1.4 and 7.3.1: neither nonce nor state again, nor anywhere else."""
    first, other = site.visitor(), site.visitor()
    activity = course.activities[0]
    form = up_to_the_token(first, site.platform, course, ADA, activity)
    assert other.send(form.address, form.fields).status == 403  # another browser has no state
    assert first.send(form.address, form.fields).address.endswith("/c/course/e/exercise1/")
    assert first.send(form.address, form.fields).status == 403  # the same state and nonce
    again = up_to_the_token(first, site.platform, course, ADA, activity)
    mixed = {**again.fields, "id_token": form.fields["id_token"]}
    assert first.send(form.address, mixed).status == 403  # an old token for a new state


def test_a_login_begins_by_get_and_post_alike(site: BothSides, course: StandInCourse):
    """SEC 5.1.1.1, and CORE 4.1.1: what is given along comes back unaltered."""
    address, fields = site.platform.begin(course, ADA, course.activities[0])
    visitor = site.visitor()
    form = read_form(visitor.get(f"{address}?{urllib.parse.urlencode(fields)}").text)
    assert visitor.send(form.address, form.fields).address.endswith("/c/course/e/exercise1/")


@pytest.mark.parametrize(
    ("wrong", "change"),
    [
        ("another issuer", {"iss": "https://other.example"}),
        ("another client", {"client_id": "another"}),
        ("a target elsewhere", {"target_link_uri": "https://other.example/"}),
        ("no hint", {"login_hint": ""}),
        ("no target", {"target_link_uri": ""}),
    ],
)
def test_a_bad_beginning_goes_nowhere(
    site: BothSides, course: StandInCourse, wrong: str, change: dict[str, str]
):
    """SEC 5.1.1.1: no redirect to whoever asks for one."""
    address, fields = site.platform.begin(course, ADA, course.activities[0])
    answer = site.visitor().send(address, {**fields, **change})
    assert (answer.status, answer.address) == (403, address)


def test_our_keys_are_named_and_public(site: BothSides):
    """SEC 6.2 and 6.3: RSA keys with n, e and kid, and nothing of the private half."""
    keys = json.loads(site.visitor().get("/lti/keys/").text)["keys"]
    assert keys
    for key in keys:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")


MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
GOOD = {
    "a student": {},
    "no data of the person": dict.fromkeys(("name", "given_name", "family_name")),
    "only an address": {**dict.fromkeys(("name", "given_name", "family_name")), "email": "a@b.c"},
    "several roles": {f"{CLAIM}roles": [f"{PERSON}#Student", f"{MEMBERSHIP}#Learner"]},
    "a short role": {f"{CLAIM}roles": ["Learner"]},
    "an unknown role beside": {f"{CLAIM}roles": ["https://x.example#Odd", f"{MEMBERSHIP}#Learner"]},
    "claims that nobody knows": {"https://x.example/claim": {"a": [1]}, "odd": None},
    "an audience in a list": {"aud": lambda claims: [claims["aud"]]},
    "an authorized party": {"azp": lambda claims: claims["aud"]},
}


@pytest.mark.parametrize("case", GOOD)
def test_a_good_launch_is_accepted(site: BothSides, course: StandInCourse, case: str):
    """CERT 6.1.3, CORE 4.3 and 5.3.7, SEC 5.1.3 (3) to (5)."""

    def change(claims: dict) -> None:
        for name, value in GOOD[case].items():
            claims[name] = value(claims) if callable(value) else value
            if value is None:
                del claims[name]

    site.platform.misdeeds = Misdeeds(claims=change)
    answer = site.click(course, ADA, course.activities[0])
    assert answer.address.endswith("/c/course/e/exercise1/"), answer.text


@pytest.mark.parametrize(
    ("roles", "teaches"),
    [
        ([f"{MEMBERSHIP}#Instructor"], True),
        (["Instructor"], True),
        ([f"{PERSON}#Faculty", f"{MEMBERSHIP}#Instructor"], True),
        ([f"{PERSON}#Administrator"], True),
        ([f"{MEMBERSHIP}/Instructor#TeachingAssistant"], False),
        ([f"{MEMBERSHIP}#Mentor"], None),
        (["https://x.example#Odd"], None),
        ([], None),
    ],
    ids=str,
)
def test_what_a_role_may_do(
    site: BothSides, course: StandInCourse, roles: list[str], teaches: bool | None
):
    """CERT 6.1.2, CORE 5.3.7 and A.2: long and short names; without one that counts, a clear no."""
    site.platform.misdeeds = Misdeeds(claims=lambda claims: claims.update({f"{CLAIM}roles": roles}))
    visitor = site.visitor()
    answer = site.click(course, GRACE, course.activities[0], visitor)
    assert answer.status == (403 if teaches is None else 200), answer.text
    page = visitor.get("/lti/check/course/")
    assert (page.status == 200 and "/login/" not in page.address) == bool(teaches)
