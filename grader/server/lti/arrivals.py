"""What a launch becomes: a course, a person in it, a column of the gradebook."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone

from grader.language import gettext_lazy as _
from grader.lti.claims import Launch
from grader.lti.errors import LaunchError
from grader.lti.roles import CourseRole, course_role
from grader.quick_dataclass import dataclass
from grader.server.digests import digest
from grader.server.lti import outbox
from grader.server.lti.framing import origin_of
from grader.server.lti.models import (
    LtiColumn,
    LtiCourse,
    LtiEnrolment,
    LtiIdentity,
    LtiPlatform,
)
from grader.server.models import Membership, Person, Role, ServedCourse, noted

_PLAIN: Final = re.compile(r"[A-Za-z0-9._@-]{1,100}")
_HIGHEST_FIRST: Final = (Role.INSTRUCTOR, Role.ASSISTANT, Role.STUDENT)
_MOST_ORIGINS: Final = 20
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who has come, in which course of the platform, as what."""

    person: Person
    course: LtiCourse
    role: CourseRole

    @property
    def teaches(self) -> bool:
        """Whether they teach that course."""
        return self.role is not CourseRole.STUDENT


def arrive(platform: LtiPlatform, launch: Launch) -> Arrival:
    """Take in who comes by a launch, with the course on the platform that they come from.

    Raises
    ------
    LaunchError
        The platform says neither course nor role, or has too many deployments.
    """
    role = course_role(launch.roles)
    if role is None or launch.course is None:
        raise LaunchError(
            _("the platform does not say which course you come from, and in which role"),
            _("only students, assistants and teachers of a course can use this tool"),
        )
    with transaction.atomic():
        known = LtiPlatform.objects.select_for_update().get(pk=platform.pk)
        _remember(known, launch)
        course = _course(known, launch)
        identity = identity_of(known, launch.subject)
        if not identity.person.is_active:
            raise LaunchError(_("your account is locked"), _("ask your instructor"))
        _enrolment, is_new = LtiEnrolment.objects.update_or_create(
            course=course,
            identity=identity,
            defaults={"role": role.value, "is_active": True, "launched_at": timezone.now()},
        )
        column_of(course, launch)
        if course.course is not None:
            settle_all(course.course, [identity.person_id])
            if is_new:
                outbox.mark(course.course, [identity.person_id])
    return Arrival(identity.person, course, role)


def identity_of(platform: LtiPlatform, subject: str) -> LtiIdentity:
    """Return somebody on a platform; who is new gets an account that has no password."""
    found = LtiIdentity.objects.filter(platform=platform, subject=subject).select_related("person")
    if (known := found.first()) is not None:
        return known
    person = Person(username=username_of(platform, subject))
    person.set_unusable_password()
    person.save()
    return LtiIdentity.objects.create(platform=platform, subject=subject, person=person)


def settle_all(course: ServedCourse, people: Collection[int] | None = None) -> None:
    """Make people in our course what they are in the platform's courses that belong to it.

    A teacher who has left those sees nothing more; a student who has left keeps the own work.

    Parameters
    ----------
    course : ServedCourse
    people : collection of int, optional
        The numbers of persons; without it, everybody who comes from a platform.
    """
    enrolled = LtiEnrolment.objects.filter(course__course=course, is_active=True)
    members = Membership.objects.filter(course=course, person__identities__isnull=False)
    if people is not None:
        enrolled = enrolled.filter(identity__person__in=people)
        members = members.filter(person__in=people)
    sections = dict(members.values_list("person", "section"))
    standing: dict[int, tuple[str, str]] = {}
    for person, role, section in enrolled.values_list("identity__person", "role", "section"):
        known = standing.get(person)
        if known is None or _HIGHEST_FIRST.index(role) < _HIGHEST_FIRST.index(known[0]):
            standing[person] = (role, section)
    Membership.objects.bulk_create(
        [
            Membership(
                person_id=person,
                course=course,
                role=role,
                section=section or sections.get(person, ""),  # a roster of ours may say it
            )
            for person, (role, section) in standing.items()
        ],
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["person", "course"],
        update_fields=["role", "section"],
    )
    for one in members.exclude(role=Role.STUDENT).distinct():
        if one.person_id not in standing:
            one.delete()


def connect(there: LtiCourse, ours: ServedCourse, by: Person) -> None:
    """Let a course on a platform belong to one of ours, with everybody who has come from it."""
    with transaction.atomic():
        there.course = ours
        there.save(update_fields=["course"])
        settle_all(ours)
        outbox.mark(ours)
        noted(by, ours, "connect", f"{there.platform}: {there}")


def column_of(course: LtiCourse, launch: Launch) -> None:
    """Remember the column that belongs to the activity of a launch, and send what it lacks."""
    exercise = launch.custom.get("exercise", "")[:100]
    address = launch.grades.line_item
    if not exercise or not address or not address.isascii():
        return
    column, is_new = LtiColumn.objects.get_or_create(
        course=course, address=address, defaults={"exercise": exercise}
    )
    if is_new or column.exercise != exercise:
        column.exercise = exercise
        column.save(update_fields=["exercise"])
        if course.course is not None:
            outbox.mark(course.course, exercise=exercise)


def _remember(platform: LtiPlatform, launch: Launch) -> None:
    """Keep the first deployment of a platform that named none, and whose pages have ours.

    It is there, too: what waits for it to come back need wait no longer.
    """
    platform.paused_until, platform.failures = None, 0
    if not platform.deployments:
        platform.deployments = launch.deployment
    origins = [each for each in platform.origins.split("\n") if each]
    origin = origin_of(launch.return_address)
    if origin and origin not in origins and len(origins) < _MOST_ORIGINS:
        origins.append(origin)
    platform.origins = "\n".join(origins)
    platform.save(update_fields=["deployments", "origins", "paused_until", "failures"])


def _course(platform: LtiPlatform, launch: Launch) -> LtiCourse:
    assert launch.course is not None
    said = {
        "title": launch.course.title,
        "roster": launch.roster,
        "groups": launch.groups,
        "line_items": launch.grades.line_items,
        "scopes": "\n".join(sorted(launch.grades.scopes)),
    }
    found, _is_new = LtiCourse.objects.update_or_create(
        platform=platform,
        deployment=launch.deployment,
        number=launch.course.id,
        defaults={name: value for name, value in said.items() if value},  # not each launch has all
    )
    return found


def username_of(platform: LtiPlatform, subject: str) -> str:
    """Return the id of somebody here: the platform's number for them, or its digest."""
    plain = subject
    if not _PLAIN.fullmatch(subject):
        plain = digest(subject)[:24]
    return f"lti-{platform.pk}-{plain}"
