"""A served `bpgrade` behind TLS, and the stand-in platform that it is registered with."""

from __future__ import annotations

import contextlib
import re
import shutil
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from command import run_command
from lti_launching import click
from lti_platform import Misdeeds, StandInPlatform
from lti_records import Activity, StandInCourse, StandInMember
from serving import PASSWORD, Served, ServerResponse, Visitor, served
from tls import Certificates, TlsProxy, certificates, trusting

TEACHER, ASSISTANT, ADA, GRACE = "3", "4", "5", "6"
EXERCISE = "exercise1"
_SECOND = """
[exercises.exercise2]
title = "Mean and spread once more"
[exercises.exercise2.points]
mean = 4
spread = 6
"""


@dataclass
class BothSides:
    """Both sides, and who administers ours."""

    running: Served
    proxy: TlsProxy
    platform: StandInPlatform
    administrator: Visitor
    made: Certificates

    def visitor(self) -> Visitor:
        return Visitor(self.proxy.address)

    def click(
        self,
        course: StandInCourse,
        person: str,
        activity: Activity | None = None,
        by: Visitor | None = None,
    ) -> ServerResponse:
        """Click on the platform, in a browser of its own unless one is given."""
        return click(by or self.visitor(), self.platform, course, person, activity)

    def behave(self) -> None:
        """Let the platform be a good one again."""
        self.platform.misdeeds = Misdeeds()
        self.platform.is_away = False

    def course(self, title: str = "Numbers", *more: StandInMember) -> StandInCourse:
        """Make a course on the platform with four people and one exercise, nobody's own yet."""
        made = self.platform.add(StandInCourse(title))
        made.add(
            StandInMember(TEACHER, "Tessa", "Turner", "Instructor"),
            StandInMember(ASSISTANT, "Theo", "Adams", "TeachingAssistant"),
            StandInMember(ADA, "Ada", "Lovelace"),
            StandInMember(GRACE, "Grace", "Hopper"),
            *more,
        )
        assert self.platform.tool is not None
        target = self.platform.tool.redirects[0]
        made.add_activity(Activity("Averages", target, {"exercise": EXERCISE}), 10.0)
        return made

    def student(self, course: StandInCourse, person: str) -> Visitor:
        """Return a browser in which somebody has clicked the first exercise."""
        visitor = self.visitor()
        page = self.click(course, person, course.activities[0], visitor)
        assert page.address.endswith(f"/c/course/e/{EXERCISE}/"), page.text
        return visitor

    def connect(self, course: StandInCourse, ours: str = "course") -> Visitor:
        """Let a teacher say which course of ours the platform's belongs to; return the teacher."""
        teacher = self.visitor()
        page = self.click(course, TEACHER, course.activities[0], teacher)
        assert page.address.endswith("/lti/connect/"), page.text
        teacher.post("/lti/connect/", username="instructor", password=PASSWORD)
        page = teacher.post("/lti/connect/", course=ours)
        assert page.address.endswith(f"/c/{ours}/e/{EXERCISE}/"), page.text
        return teacher

    def connect_known(self, course: StandInCourse, ours: str = "course") -> Visitor:
        """Let a teacher, who is known as one by another course, connect a further one."""
        teacher = self.visitor()
        assert "/lti/connect/" in self.click(course, TEACHER, course.activities[0], teacher).address
        page = teacher.post("/lti/connect/", course=ours)
        assert page.address.endswith(f"/c/{ours}/e/{EXERCISE}/"), page.text
        return teacher


def register(site: BothSides) -> ServerResponse:
    """Register with the platform by one address, as an administrator pastes it."""
    page = site.administrator.post("/lti/platforms/", what="address")
    found = re.search(r"https://\S+?/lti/register/[\w-]+/", page.text)
    assert found, page.text
    asked = urllib.parse.urlencode(site.platform.registration_link)
    visitor = site.visitor()
    answer = visitor.get(f"{found[0]}?{asked}")
    assert site.platform.tool is not None, answer.text
    return answer


@contextlib.contextmanager
def registered(
    folder: Path, *options: str, kind: type[StandInPlatform] = StandInPlatform
) -> Iterator[BothSides]:
    """Serve a course, and register it with a platform."""
    course = _two_exercises(folder / "course")
    made = certificates(folder)
    proxy = TlsProxy(made)
    words = ("--address", proxy.address, "--private-platforms", *options)
    with (
        trusting(made),
        kind(made).running() as platform,
        proxy.server.running(),
        served(course, folder / "data", *words) as running,
    ):
        proxy.port = int(urllib.parse.urlsplit(running.address).port or 0)
        administrator = Visitor(proxy.address)
        link = urllib.parse.urlsplit(running.link).path
        assert administrator.post(link, password=PASSWORD).status == 200
        site = BothSides(running, proxy, platform, administrator, made)
        register(site)
        yield site


def _two_exercises(course: Path) -> Path:
    """Make a course of two exercises."""
    assert run_command("author", "new", course).returncode == 0
    for file in course.glob("*/*exercise1.*"):
        shutil.copy(file, file.with_name(file.name.replace("exercise1", "exercise2")))
    with (course / "exercises" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(_SECOND)
    return course
