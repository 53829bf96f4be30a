"""What students read of their results, and when: staged diagnoses and hints, held-back checks."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command import run_command
from hypothesis import given
from hypothesis import strategies as st
from made_results import results
from serving import RIGHT

from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Outcome, Result
from grader.sandbox.isolation import resolve

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

ROOT = Path(__file__).parent.parent
WRONG = RIGHT.replace("/ len(numbers)\ndef", "\ndef")
BROKEN = "def mean(numbers:\n"
NOW = datetime.now(UTC)
DESCRIPTION = f"""name = "shown"
title = "Shown"
packages = []
late.grace_minutes = 60
server.hidden_checks = "after_deadline"
[exercises.exam]
title = "Told later"
deadline = {NOW + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}
points = {{ mean = 4, spread = 6 }}
[exercises.over]
title = "Told now"
deadline = {NOW - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}
points = {{ mean = 4, spread = 6 }}
[exercises.grace]
title = "Within the grace minutes"
deadline = {NOW - timedelta(minutes=9):%Y-%m-%dT%H:%M:%SZ}
points = {{ mean = 4, spread = 6 }}
[exercises.staged]
title = "Step by step"
points = {{ mean = 4, spread = 6 }}
server = {{ hidden_checks = "at_once", hints = "after_2_attempts", diagnoses = "after_3_attempts" }}
"""


@dataclass
class StagedClass:
    """A served course with people in it, and what a worker would write of their files."""

    course: Any
    grader: Grader
    clients: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, role: str = "student") -> None:
        from django.test import Client

        from grader.server.models import Membership, Person

        person = Person.objects.create(username=f"{name}-{self.course.name}")
        Membership.objects.create(person=person, course=self.course, role=role)
        self.people[name], self.clients[name] = person, Client()
        self.clients[name].force_login(person)

    def graded(self, name: str, exercise: str, code: str, *, ungraded: bool = False) -> int:
        """Hand in, and end the job as a worker would; return the attempt's number."""
        from grader.server import queue
        from grader.server.models import GradedResult, Job

        attempt = queue.hand_in(
            self.people[name], self.course, exercise, f"{exercise}.py", code.encode()
        )
        submission = submission_from_bytes(attempt.file_name, code.encode())
        one = self.grader.grade(submission, self.grader.course.exercise(exercise))
        one = replace(one, status="ungraded") if ungraded else one
        document = GradedResult(
            status=one.status, score=one.score, max_score=one.max_score, document=one.to_json()
        )
        assert queue.end(Job.objects.get(attempt=attempt), "v1", document)
        return int(attempt.pk)

    def page(self, name: str, path: str) -> str:
        answer = self.clients[name].get(f"/c/{self.course.name}/{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def document(self, name: str, number: int) -> Any:
        """Return the result document that a computer of theirs is given."""
        from grader.server import computers

        codes = computers.ask("here")
        asking = computers.asking(codes.user)
        assert asking is not None
        assert computers.answer(asking, self.people[name], allow=True)
        polled = computers.polled(codes.device)
        assert polled is not None
        headers = {"Authorization": f"Bearer {computers.token_for(polled)}"}
        address = f"/api/1/courses/{self.course.name}/attempts/{number}/result/"
        return self.clients[name].get(address, headers=headers).json()

    def own_files(self, name: str) -> dict[str, str]:
        answer = self.clients[name].get(f"/c/{self.course.name}/own.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {each: archive.read(each).decode() for each in archive.namelist()}


def _served(folder: Path, course: Path, name: str) -> Iterator[StagedClass]:
    from grader.server.configuration import Configuration
    from grader.server.serving import prepare

    prepare(Configuration(str(folder / "data"), (str(course),), "", "http://testserver"))
    from grader.server.models import ServedCourse

    with Grader(load_course(course), resolve("basic")) as grader:
        yield StagedClass(ServedCourse.objects.get(name=name), grader)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedClass]:
    folder = tmp_path_factory.mktemp("shown")
    course = folder / "shown"
    assert run_command("author", "new", course).returncode == 0
    for name in ("exam", "over", "grace", "staged"):
        for file in list(course.glob("*/*exercise1.*")):
            (file.parent / file.name.replace("exercise1", name)).write_bytes(file.read_bytes())
    (course / "exercises" / "course.toml").write_text(DESCRIPTION, "utf-8")
    for made in _served(folder, course, "shown"):
        made.add("tess", "instructor")
        yield made


def test_how_hidden_checks_ended_is_nowhere_before_the_deadline(shown: StagedClass):
    shown.add("ada")
    first, second = (shown.graded("ada", "exam", code) for code in (WRONG, RIGHT))
    everywhere = [
        *(shown.page("ada", path) for path in ("", "e/exam/")),
        *(shown.page("ada", f"attempt/{one}/") for one in (first, second)),
        *(shown.page("ada", f"attempt/{one}/report/") for one in (first, second)),
        *shown.own_files("ada").values(),
        *for_students(shown, "ada"),
    ]
    for text in everywhere:
        for hidden in ("The mean is right for any numbers", "A single number", "10 / 10", ",yes,"):
            assert hidden not in text
    attempt = shown.page("ada", f"attempt/{second}/")
    assert "3 / 10 so far" in attempt  # what the visible checks give, which one can try anyway
    assert "The results of the hidden checks are shown once the deadline is over." in attempt
    assert "Now right: The mean of 2, 4, 9 is 5" in attempt
    report = shown.page("ada", f"attempt/{second}/report/")
    assert "Left out: the results of the hidden checks, worth 7 of 10 points" in report
    assert "The mean of 2, 4, 9 is 5" in shown.page("ada", f"attempt/{first}/report/")
    document = shown.document("ada", second)
    assert document["score"] == 3.0
    assert {one["visible"] for one in document["checks"]} == {True}
    assert "after the deadline" in shown.page("ada", "")
    assert "received" in shown.page("ada", "e/exam/")
    table = shown.own_files("ada")["attempts.csv"].splitlines()[1:]
    assert all(re.search(r",graded,,,exam/", line) for line in table)
    teacher = shown.page("tess", f"attempt/{second}/")
    assert "10 / 10" in teacher
    assert "so far" not in teacher
    assert "The mean is right for any numbers" in shown.page("tess", f"attempt/{first}/report/")


def for_students(shown: StagedClass, name: str, exercise: str = "exam") -> list[str]:
    """Return somebody's page in each zip of feedback that the desk makes."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    worksheet = (
        "Identifier,Full name,ID number,Grade,Maximum grade,Feedback comments\n"
        f"Participant 1,Somebody,{name}-{shown.course.name},,10,\n"
    )
    desk, teacher = f"/c/{shown.course.name}/desk", shown.clients["tess"]
    fields = {"format": "moodle", "exercise": exercise, "feedback": "1"}
    file = SimpleUploadedFile("worksheet.csv", worksheet.encode())
    found = []
    for answer in (
        teacher.get(f"{desk}/feedback.zip"),
        teacher.post(f"{desk}/gradebook/", {**fields, "file": file}),
    ):
        assert answer["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            names = [one for one in packed.namelist() if name in one or "Somebody" in one]
            found += [packed.read(one).decode() for one in names]
    assert len(found) == 2
    return found


def test_that_nothing_could_be_run_is_told_at_once(shown: StagedClass):
    shown.add("grace")
    number = shown.graded("grace", "exam", BROKEN)
    assert "0 / 10" in shown.page("grace", f"attempt/{number}/")
    assert "SyntaxError" in shown.page("grace", f"attempt/{number}/report/")


def test_the_deadline_is_each_persons_own_and_has_its_grace_minutes(shown: StagedClass):
    for name in ("kurt", "alan"):
        shown.add(name)
    kurt, alan = (shown.graded(name, "over", RIGHT) for name in ("kurt", "alan"))
    assert "10 / 10" in shown.page("kurt", f"attempt/{kurt}/")
    assert "10 / 10" in shown.page("kurt", "")
    address = f"/c/shown/desk/grade/{shown.people['kurt'].pk}/over/"
    words = {"kind": "extension", "value": "+3", "reason": "ill"}
    assert shown.clients["tess"].post(address, words).status_code == 302
    assert "3 / 10 so far" in shown.page("kurt", f"attempt/{kurt}/")
    assert "10 / 10" not in shown.page("kurt", f"attempt/{kurt}/report/") + shown.page("kurt", "")
    assert "10 / 10" in shown.page("alan", f"attempt/{alan}/")
    number = shown.graded("alan", "grace", RIGHT)
    assert "10 / 10" not in shown.page("alan", f"attempt/{number}/")


def test_hints_and_named_mistakes_come_after_different_attempts(shown: StagedClass):
    shown.add("barbara")

    def told(number: int) -> tuple[bool, bool]:
        text = shown.page("barbara", f"attempt/{number}/report/")
        hint, named = 'class="hint"' in text, 'class="named"' in text
        assert hint != ("hints are given after 2 different attempts" in text)
        assert named != ("mistakes are named after 3 different attempts" in text)
        return hint, named

    first = shown.graded("barbara", "staged", WRONG)
    assert told(first) == (False, False)
    shown.graded("barbara", "staged", WRONG)
    shown.graded("barbara", "staged", WRONG + "# tried", ungraded=True)
    assert told(first) == (False, False)
    shown.graded("barbara", "staged", WRONG + "# another")
    assert told(first) == (True, False)
    third = shown.graded("barbara", "staged", WRONG + "# a third")
    assert told(third) == told(first) == (True, True)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedClass]:
    for made in _served(tmp_path_factory.mktemp("shipped"), ROOT, "backpropagation"):
        made.add("tess", "instructor")
        yield made


FOUR = (ROOT / "exercises" / "exercise4.py").read_text("utf-8")
UNTOUCHED = {
    "as it is": FOUR,
    "comment": f"# mine\n{FOUR}",
    "own trial": FOUR.replace("range(100)", "range(7)"),
    "import and print": f"import math\n{FOUR}\nprint(step)\n",
    "nothing": "# nothing\n",
}


def told_of(shown: StagedClass, name: str, number: int, exercise: str) -> dict[str, str]:
    """Return all that a student can read of an attempt, by where it stands."""
    return {
        "course": shown.page(name, ""),
        "exercise": shown.page(name, f"e/{exercise}/"),
        "attempt": shown.page(name, f"attempt/{number}/"),
        "report": shown.page(name, f"attempt/{number}/report/"),
        "document": json.dumps(shown.document(name, number)),
        "own files": shown.own_files(name)[own_page(shown, name, number)],
        **{
            f"feedback {place}": text
            for place, text in enumerate(for_students(shown, name, exercise))
        },
    }


def own_page(shown: StagedClass, name: str, number: int) -> str:
    from grader.server.models import Attempt

    one = Attempt.objects.get(pk=number)
    return f"{one.exercise}/{one.number}.py.html"


def persons_file(shown: StagedClass, name: str, folder: Path) -> list[Any]:
    """Return the results in the file of what the server holds of somebody."""
    from grader.server.operations import personal_data

    file = folder / f"{name}.zip"
    personal_data.export(shown.people[name], file)
    with zipfile.ZipFile(file) as archive:
        rows = json.loads(archive.read("GradedResult.json"))
    return [json.loads(row["document"]) for row in rows]


def is_named(text: str) -> bool:
    return 'class="named"' in text or '"diagnosis": [{' in text


def is_hinted(text: str) -> bool:
    return 'class="hint"' in text or bool(re.search(r'"hint": "[^"]', text))


def test_handing_the_stub_in_names_no_fault_anywhere(shipped: StagedClass, tmp_path: Path):
    shipped.add("ada")
    for code in UNTOUCHED.values():
        number = shipped.graded("ada", "exercise4", code)
        for place, text in told_of(shipped, "ada", number, "exercise4").items():
            assert not is_named(text), (place, code)
            assert not is_hinted(text), (place, code)
            if place.startswith(("report", "own", "feedback")):
                assert "new_2[1, 0]" not in text.partition('class="listing"')[0], (place, code)
        report = shipped.page("ada", f"attempt/{number}/report/")
        later = "mistakes are named once something in the code has changed"
        assert (later in report) is (code != UNTOUCHED["nothing"]), code
    documents = persons_file(shipped, "ada", tmp_path)
    assert len(documents) == len(UNTOUCHED)
    assert not any(check["diagnosis"] for one in documents for check in one["checks"])


def test_once_something_was_tried_faults_are_named_and_later_hinted_at(
    shipped: StagedClass, tmp_path: Path
):
    shipped.add("kurt")
    stub = shipped.graded("kurt", "exercise4", FOUR)
    first = shipped.graded("kurt", "exercise4", FOUR.replace("rate * back_0", "rate * 2 * back_0"))
    places = told_of(shipped, "kurt", first, "exercise4")
    for place in ("report", "document", "own files"):
        assert is_named(places[place]), place
        assert not is_hinted(places[place]), place
    assert not is_named(shipped.page("kurt", f"attempt/{stub}/report/"))
    second = shipped.graded("kurt", "exercise4", FOUR.replace("rate * back_1", "rate * 2 * back_1"))
    assert is_hinted(shipped.page("kurt", f"attempt/{second}/report/"))
    assert any(
        check["diagnosis"]
        for one in persons_file(shipped, "kurt", tmp_path)
        for check in one["checks"]
    )


TEXTS = st.text("abc", max_size=3)
POINTS = st.integers(0, 100).map(float)
WORDS = st.sampled_from(["", "later"])


@given(found=results(TEXTS, POINTS), diagnoses=WORDS, hints=WORDS, hidden=WORDS)
def test_what_is_not_told_yet_is_in_no_part_of_the_document(
    shown: StagedClass, found: Result, diagnoses: str, hints: str, hidden: str
):
    from grader.server.showing import Disclosure, as_shown

    told = as_shown(found, Disclosure(diagnoses, hints, hidden))
    if not (diagnoses or hints or hidden):
        assert told == found
    if diagnoses:
        assert not any(one.diagnosis for one in told.checks)
    if hints:
        assert not any(one.hint for one in told.checks)
    nothing_ran = all(one.outcome is Outcome.ERROR for one in found.checks)
    if hidden and not nothing_ran and not all(one.visible for one in found.checks):
        assert all(one.visible for one in told.checks)
        assert told.score <= found.score
        assert not told.full_marks
        assert told.output == ""
        assert len(told.not_run) == len(found.not_run) + 1
    assert told.by_hand == found.by_hand
