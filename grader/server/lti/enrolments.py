"""The people of a course on a platform: taken over as numbers and roles, their names only shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import connections, transaction
from django.utils import timezone

from grader.errors import BpgradeError
from grader.lti.platform import SCOPE_GROUPS
from grader.lti.roles import course_role
from grader.lti.roster import Member, group_names, members
from grader.server import names
from grader.server.batched import batched
from grader.server.lti.arrivals import settle_all, username_of
from grader.server.lti.models import LtiCourse, LtiEnrolment, LtiIdentity, LtiPlatform
from grader.server.lti.speaking import services_of
from grader.server.models import Person, ServedCourse

_FRESH: Final = timedelta(minutes=15)
_LOOKED_AT_SECONDS: Final = 60.0
_WAITED_SECONDS: Final = 2.0
_AT_ONCE: Final = 500
_looked_at: dict[int, float] = {}
_lock = threading.Lock()


def read_roster(there: LtiCourse) -> int:
    """Take over who is in a course on a platform; return how many.

    Raises
    ------
    LtiError
        The platform shares no roster, or can't be reached.
    """
    services = services_of(there.platform)
    found = [one for one in members(services, there.roster) if course_role(one.roles)]
    groups: Mapping[str, str] = {}
    if there.groups and SCOPE_GROUPS in there.allowed:
        groups = group_names(services, there.groups)
    with transaction.atomic():
        LtiPlatform.objects.select_for_update().get(pk=there.platform_id)
        known = _identities(there.platform, found)
        _enrol(there, found, known, groups)
        if there.course is not None:
            settle_all(there.course)
    LtiCourse.objects.filter(pk=there.pk).update(roster_read_at=timezone.now(), trouble="")
    for one in found:
        names.learn(known[one.subject].person_id, one.name)
    return len(found)


def refresh(course: ServedCourse) -> None:
    """Have the rosters of a course's platforms read where that was long ago, for who teaches it.

    What is shown waits for it a moment, and goes on without.
    """
    now = time.monotonic()
    with _lock:
        if now - _looked_at.get(course.pk, float("-inf")) < _LOOKED_AT_SECONDS:
            return
        is_first = course.pk not in _looked_at
        _looked_at[course.pk] = now
    old = LtiCourse.objects.filter(course=course).exclude(roster="")
    if not is_first:  # the names are only in this process: it reads them once, however fresh
        old = old.exclude(roster_read_at__gt=timezone.now() - _FRESH)
    if wanted := list(old.select_related("platform", "course")):
        reader = threading.Thread(target=_read_all, args=[wanted], daemon=True)
        reader.start()
        reader.join(_WAITED_SECONDS)


def _read_all(courses: Sequence[LtiCourse]) -> None:
    try:
        for one in courses:
            try:
                read_roster(one)
            except BpgradeError as error:  # the connection page says so
                _note_trouble(one, error)
    finally:
        connections.close_all()


def _note_trouble(there: LtiCourse, error: BpgradeError) -> None:
    """Keep what a platform has said when it gave no roster."""
    LtiCourse.objects.filter(pk=there.pk).update(trouble=str(error.message)[:500])


def _identities(platform: LtiPlatform, found: Sequence[Member]) -> dict[str, LtiIdentity]:
    """Return people by what the platform calls them; who is new gets an account."""
    wanted = {one.subject for one in found}
    every = LtiIdentity.objects.filter(platform=platform).iterator()
    known = {one.subject: one for one in every if one.subject in wanted}
    new = sorted(wanted - known.keys())
    people = Person.objects.bulk_create(
        [Person(username=username_of(platform, one), password=make_password(None)) for one in new],
        batch_size=_AT_ONCE,
    )
    made = LtiIdentity.objects.bulk_create(
        [
            LtiIdentity(platform=platform, subject=subject, person=person)
            for subject, person in zip(new, people, strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    return known | {one.subject: one for one in made}


def _enrol(
    there: LtiCourse,
    found: Sequence[Member],
    known: Mapping[str, LtiIdentity],
    groups: Mapping[str, str],
) -> None:
    """Write who is in the course as what; who has gone is in it no more."""
    enrolled = [
        LtiEnrolment(
            course=there,
            identity=known[one.subject],
            role=course_role(one.roles),
            section=_section(one, groups),
            is_active=one.is_active,
        )
        for one in found
    ]
    LtiEnrolment.objects.bulk_create(
        enrolled,
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["course", "identity"],
        update_fields=["role", "section", "is_active"],
    )
    present = {one.identity_id for one in enrolled}
    before = LtiEnrolment.objects.filter(course=there, is_active=True)
    gone = [pk for pk, identity in before.values_list("pk", "identity") if identity not in present]
    for part in batched(gone, _AT_ONCE):
        LtiEnrolment.objects.filter(pk__in=part).update(is_active=False)


def _section(one: Member, groups: Mapping[str, str]) -> str:
    """Return the section of somebody: the first of their groups, by its name where there is one."""
    return next((groups.get(each, each)[:100] for each in one.groups), "")
