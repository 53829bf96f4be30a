"""A served course with people in it, in this process: requests by Django's client, no worker."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from command import run_command
from serving import RIGHT

HALF = RIGHT.replace("- middle", "- 2 * middle")
"""Half of the exercise right."""


@dataclass
class ServedClass:
    """A served course with people in it, and what a worker would make of their files."""

    course: Any
    documents: dict[tuple[str, str], str]
    clients: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, role: str = "student", section: str = "") -> Any:
        from django.test import Client

        from grader.server.models import Membership, Person

        full = {"name": f"{name.title()} N."}
        person, _new = Person.objects.get_or_create(username=name, defaults=full)
        Membership.objects.create(person=person, course=self.course, role=role, section=section)
        self.people[name], self.clients[name] = person, Client()
        self.clients[name].force_login(person)
        return self.clients[name]

    def hand_in(self, name: str, code: str, exercise: str = "exercise1") -> int:
        """Hand in through the page; return the number of the attempt."""
        answer = self.clients[name].post(
            f"/c/{self.course.name}/e/{exercise}/submit/", {"code": code}
        )
        assert answer.status_code == 302, answer.content.decode()
        return int(re.findall(r"/attempt/(\d+)/", answer["Location"])[0])

    def grade(self, number: int, *, ungraded: bool = False) -> None:
        """End an attempt's job as a worker would."""
        from grader.server import queue
        from grader.server.models import Attempt

        attempt = Attempt.objects.get(pk=number)
        assert queue.end(attempt.job, "v1", self.result(attempt, ungraded=ungraded))

    def result(self, attempt: Any, code: str = "", *, ungraded: bool = False) -> Any:
        """Return the result of an attempt, or the one that other code would have."""
        from grader.server.models import GradedResult
        from grader.server.regrades import version_of

        document = self.documents[attempt.exercise, code or bytes(attempt.content).decode()]
        found = json.loads(document)
        return GradedResult(
            status="ungraded" if ungraded else "graded",
            score=found["score"],
            max_score=found["max_score"],
            document=document,
            course_version=version_of(self.course, attempt.exercise),
        )

    def graded(self, name: str, code: str, exercise: str = "exercise1") -> int:
        number = self.hand_in(name, code, exercise)
        self.grade(number)
        return number

    def decide(self, who: str, exercise: str = "exercise1", by: str = "tess", **form: Any) -> Any:
        address = f"/c/{self.course.name}/desk/grade/{self.people[who].pk}/{exercise}/"
        return self.clients[by].post(address, form)

    def page(self, name: str, path: str) -> str:
        answer = self.clients[name].get(f"/c/{self.course.name}/{path}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    def grades(self) -> dict[tuple[str, str], dict[str, str]]:
        table = self.page("tess", "desk/grades.csv").removeprefix("\ufeff")
        lines = csv.DictReader(io.StringIO(table))
        return {(line["student_id"], line["exercise"]): line for line in lines}


def a_class(
    folder: Path,
    name: str,
    description: str,
    handed_in: Iterable[tuple[str, str]],
    *,
    diagnosed: bool = False,
) -> ServedClass:
    """Make a course whose exercises are copies of the one that `author new` makes, and serve it.

    `handed_in` are the exercises and the files that are to be graded, each once; `diagnosed` says
    whether mistakes are named in exercise1.
    """
    from grader.server.configuration import Configuration
    from grader.server.serving import prepare

    course = folder / name
    assert run_command("author", "new", course).returncode == 0
    known = course / "solutions" / "misconceptions_exercise1.py"
    misconceptions = known.read_bytes()
    known.unlink()
    for exercise in re.findall(r"^\[exercises\.(\w+)\]$", description, re.MULTILINE):
        for file in list(course.glob("*/*exercise1.*")):
            copy = file.parent / file.name.replace("exercise1", exercise)
            copy.write_bytes(file.read_bytes())
    if diagnosed:
        known.write_bytes(misconceptions)
    (course / "exercises" / "course.toml").write_text(description, "utf-8")
    documents = {}
    for exercise, code in handed_in:
        (folder / f"{exercise}.py").write_text(code, "utf-8")
        done = run_command("check", "--json", "--course", course, folder / f"{exercise}.py")
        documents[exercise, code] = done.stdout
    prepare(Configuration(str(folder / "data"), (str(course),), "", "http://testserver"))
    from grader.server.models import Job, JobState, ServedCourse

    Job.objects.all().update(state=JobState.GRADED)  # what tests before have left waiting
    return ServedClass(ServedCourse.objects.get(name=name), documents)
