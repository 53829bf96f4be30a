"""The server's JSON interface against its own description, with requests made by chance."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from command import run_command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
EXAMPLES = 10


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Make a server with a course and an attempt; return it as WSGI, with a token."""
    from grader.server.configuration import Configuration
    from grader.server.serving import prepare

    folder = tmp_path_factory.mktemp("api")
    assert run_command("author", "new", folder / "spoken").returncode == 0
    data, course = str(folder / "data"), str(folder / "spoken")
    prepare(Configuration(data, (course,), "", "http://testserver"))
    from django.core.wsgi import get_wsgi_application

    from grader.server import computers, queue
    from grader.server.models import Membership, Person, ServedCourse

    person = Person.objects.create(username="somebody")
    served = ServedCourse.objects.get(name="spoken")
    Membership.objects.create(person=person, course=served, role="student")
    attempt = queue.hand_in(person, served, "exercise1", "exercise1.py", b"x = 1")
    codes = computers.ask("a laptop")
    asking = computers.asking(codes.user)
    assert asking is not None
    assert computers.answer(asking, person, allow=True)
    asked = computers.polled(codes.device)
    assert asked is not None
    token = computers.token_for(asked)
    headers = {"Authorization": f"Bearer {token}", "Host": "testserver"}
    return {"app": get_wsgi_application(), "headers": headers, "number": attempt.pk}


def test_every_address_of_the_interface_is_described_and_no_other(spoken: dict[str, Any]):
    from grader.server.urls import urlpatterns
    from grader.server.views.api import DESCRIPTION

    own = {str(each.pattern) for each in urlpatterns if (each.name or "").startswith("api_")}
    described = {path.removeprefix("/") for path in DESCRIPTION["paths"]}
    assert {re.sub(r"<\w+:(\w+)>", r"{\1}", each) for each in own} == described


def test_files_beside_are_taken_with_paths_to_import_them_by(spoken: dict[str, Any]):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from grader.server.models import Attempt

    def sent(paths: list[str], contents: list[bytes], key: str = "") -> Any:
        files = [SimpleUploadedFile("x.py", content) for content in contents]
        file = SimpleUploadedFile("exercise1.py", b"import helpers")
        return Client().post(
            "/api/1/courses/spoken/exercises/exercise1/",
            {"file": file, "beside": files, "beside_path": paths},
            headers={**spoken["headers"], "Idempotency-Key": key},
        )

    taken = sent(["helpers.py", "形/圆.py"], [b"x = 1", b""], "a-key")
    assert taken.status_code == 201
    number = taken.json()["number"]
    attempt = Attempt.objects.get(pk=number)
    assert attempt.files_beside == (("helpers.py", b"x = 1"), ("形/圆.py", b""))
    assert sent(["helpers.py", "形/圆.py"], [b"x = 1", b""], "a-key").json()["number"] == number
    assert sent(["helpers.py", "形/圆.py"], [b"x = 2", b""], "a-key").json()["error"] == "key"
    assert sent([], [], "a-key").json()["error"] == "key"

    odd = ["", "/a.py", "../a.py", "a/../b.py", "a//b.py", "./a.py", "a\\b.py", "c:/a.py", "a\0.py"]
    odd += ["a.txt", "a\u202e.py", "a\n.py", "a" * 253 + ".py", "a.py/"]
    for path in odd:
        answer = sent([path], [b""])
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request"), path
    for paths, contents in ((["a.py"], []), ([], [b""]), (["a.py", "a.py"], [b"", b""])):
        assert sent(paths, contents).status_code == 400
    assert sent([f"a{each}.py" for each in range(41)], [b""] * 41).json()["error"] == "many"
    assert sent(["a.py"], [b"#" * 1_000_001]).json()["error"] == "large"
    much = [b"#" * 900_000] * 5
    assert sent([f"a{each}.py" for each in range(5)], much).json()["error"] == "large"
    assert sent([f"a{each}.py" for each in range(40)], [b""] * 40).status_code == 201
    assert Attempt.objects.filter(person=attempt.person).count() == 3


def test_what_holds_no_code_is_refused_before_it_counts(spoken: dict[str, Any]):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from grader.server.models import Attempt

    before = Attempt.objects.count()
    for content, error, told in (
        (b"", "blank", ""),
        (b"# nothing yet\n", "blank", ""),
        (b"{\\rtf1", "unreadable", "exercise1.py is a rich text document"),
    ):
        answer = Client().post(
            "/api/1/courses/spoken/exercises/exercise1/",
            {"file": SimpleUploadedFile("exercise1.py", content)},
            headers={**spoken["headers"], "Idempotency-Key": "of a blank one"},
        )
        assert (answer.status_code, answer.json()["error"]) == (422, error)
        assert answer.json().get("error_description", "").startswith(told)
    assert Attempt.objects.count() == before


def test_requests_made_by_chance_are_answered_as_described(spoken: dict[str, Any]):
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    schema = schemathesis.openapi.from_wsgi("/api/1/openapi.json", spoken["app"])
    real = {"course": "spoken", "exercise": "exercise1", "number": spoken["number"]}
    statuses: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        names = {each.name for each in operation.path_parameters}
        cases = st.one_of(
            operation.as_strategy(),
            operation.as_strategy(path_parameters={name: real[name] for name in names}),
            operation.as_strategy(GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def conforms(case: Any) -> None:
            answer = case.call_and_validate(headers=spoken["headers"], checks=wanted)
            seen = statuses.setdefault(case.operation.label, set())
            seen.add(answer.status_code)

        conforms()
    done = {label for label, seen in statuses.items() if 200 in seen}
    refused = {label.partition("/api/1")[2] for label in statuses.keys() - done}
    assert refused <= {  # they take a code, a file by its name, and time
        "/token/",
        "/courses/{course}/exercises/{exercise}/",
        "/courses/{course}/attempts/{number}/result/",
    }
    assert len(statuses) == len(list(schema.get_all_operations())), set(statuses)
