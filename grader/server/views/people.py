"""The people of a course: a roster brings them, each with a link to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Final

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from grader.errors import BpgradeError, UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server import access
from grader.server.access import Visit
from grader.server.batched import batched
from grader.server.courses import course_of
from grader.server.form_fields import number_in
from grader.server.lti.models import LtiIdentity
from grader.server.models import Invitation, Membership, Person, Role, noted
from grader.server.paging import list_page
from grader.server.people import RosterRow, read_people
from grader.server.rendering import page
from grader.server.views.accounts import invite, invite_all
from grader.server.views.desk import called

_AT_ONCE: Final = 500
_COMES_FROM_A_PLATFORM: Final = _("{name} comes from a learning platform")


@dataclass(slots=True)
class PeopleChanges:
    """What a form on the page has changed.

    Attributes
    ----------
    links : list of (Person, str)
        Who needs a password, each with the link that makes one.
    elsewhere : list of Person
        Who needs one and gets no link here: it would log in to their other courses, too.
    changed : list of (Person, Role, Role)
        Who was something else in the course before.
    kept : list of Person
        Whose role no roster changes: the own one, and those of administrators.
    removed : list of Person
        Who is in the course no more.
    """

    links: list[tuple[Person, str]] = field(default_factory=list)
    elsewhere: list[Person] = field(default_factory=list)
    changed: list[tuple[Person, Role, Role]] = field(default_factory=list)
    kept: list[Person] = field(default_factory=list)
    removed: list[Person] = field(default_factory=list)


@access.instructor
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show a course's people; add those of a roster, give a link to one, or remove one."""
    problem, done = "", PeopleChanges()
    if request.method == "POST":
        try:
            _do(request, visit, done)
        except BpgradeError as error:
            problem, done = error.on_page, PeopleChanges()
    words = request.GET.get("who", "")[:100]
    members = Membership.objects.filter(called(words), course=visit.course)
    members = members.select_related("person").order_by("role", "person__username")
    return page(
        request,
        "people.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        words=words,
        part=list_page(request, members),
        done=done,
        problem=problem,
    )


def _do(request: HttpRequest, visit: Visit, done: PeopleChanges) -> None:
    """Do what a form asks for.

    Raises
    ------
    UsageError
        It can't be; nothing was done.
    """
    roster = request.FILES.get("roster")
    if "person" in request.POST:
        number = number_in(request.POST["person"])
        own = Membership.objects.filter(course=visit.course, person=number)
        one = own.select_related("person").first()
        act = {"link": _link_again, "remove": _remove}.get(request.POST.get("do", ""))
        if one is None or act is None:
            raise Http404
        with transaction.atomic():
            act(request, visit, one, done)
    elif roster is None:
        raise UsageError(_("no roster was chosen"), _("choose a CSV file with ids and names"))
    else:
        role = _role(request.POST.get("role", "student"))
        section = request.POST.get("section", "").strip()[:100]
        rows = read_people((roster.name or "")[-100:], _content(roster))
        with transaction.atomic():
            _add(request, visit, _found_or_made(rows), role, section, done)
            noted(visit.person, visit.course, "people", f"{len(rows)} in a roster as {role}")


def _content(roster: UploadedFile) -> bytes:
    content: bytes = roster.read()
    return content


def _add(
    request: HttpRequest,
    visit: Visit,
    some: Sequence[Person],
    role: Role,
    section: str,
    done: PeopleChanges,
) -> None:
    """Add people to the course, each with a link who has no password yet.

    All in a few queries: on SQLite, nobody can hand in meanwhile.
    """
    by = visit.person
    before = {one.person_id: one for one in Membership.objects.filter(course=visit.course)}
    new = []
    for person in some:
        own = before.get(person.pk)
        if person == by or person.is_administrator:
            if role is not Role.INSTRUCTOR:
                done.kept.append(person)
            continue
        if own is not None and own.role != role:
            done.changed.append((person, Role(own.role), role))
            noted(by, visit.course, "role", f"{person.username}: {own.role} -> {role}")
        elif own is None and role is not Role.STUDENT:
            noted(by, visit.course, "role", f"{person.username}: {role}")
        same = own.section if own is not None and own.role == role else ""
        new.append(
            Membership(person=person, course=visit.course, role=role, section=section or same)
        )
    Membership.objects.bulk_create(
        new,
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["person", "course"],
        update_fields=["role", "section"],
    )
    without = [one.person for one in new if not one.person.password]
    others = Membership.objects.exclude(course=visit.course)
    elsewhere = {
        number
        for part in batched(without, _AT_ONCE)
        for number in others.filter(person__in=part).values_list("person", flat=True)
    }
    done.elsewhere += [one for one in without if one.pk in elsewhere]
    invited = [one for one in without if one.pk not in elsewhere]
    done.links += [
        (one, _address(request, token))
        for one, token in zip(invited, invite_all(invited), strict=True)
    ]


def _found_or_made(rows: Sequence[RosterRow]) -> list[Person]:
    """Return who has these ids, however their letters are written; who is new gets an account."""
    found = _with_ids([each.identity for each in rows])
    lacking = {each.identity.lower(): each for each in rows if each.identity not in found}
    lowered = Person.objects.annotate(lowered=Lower("username"))
    for part in batched(list(lacking), _AT_ONCE):
        for one in lowered.filter(lowered__in=part):
            if row := lacking.pop(one.lowered, None):
                found[row.identity] = one
    Person.objects.bulk_create(
        [Person(username=each.identity, name=each.name) for each in lacking.values()],
        batch_size=_AT_ONCE,
        ignore_conflicts=True,  # of somebody else's roster at the same time
    )
    found |= _with_ids([each.identity for each in lacking.values()])
    return [found[each.identity] for each in rows]


def _with_ids(ids: Sequence[str]) -> dict[str, Person]:
    return {
        one.username: one
        for part in batched(ids, _AT_ONCE)
        for one in Person.objects.filter(username__in=part)
    }


def _is_elsewhere(person: Person, visit: Visit) -> bool:
    return Membership.objects.filter(person=person).exclude(course=visit.course).exists()


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("accept", args=[token]))


def _link_again(request: HttpRequest, visit: Visit, one: Membership, done: PeopleChanges) -> None:
    """Give somebody who has lost a password or a link another one; earlier links end.

    A link logs in as its person, in all of their courses: only an administrator may give one to
    who is in others, too.
    """
    person = one.person
    if LtiIdentity.objects.filter(person=person).exists():
        raise UsageError(_COMES_FROM_A_PLATFORM.format(name=person), _("they log in there"))
    if person.is_administrator or (
        _is_elsewhere(person, visit) and not visit.person.is_administrator
    ):
        raise UsageError(
            _("a link would log in as {name} in other courses, too", name=person),
            _("ask an administrator of the server for one"),
        )
    now = timezone.now()
    Invitation.objects.filter(person=person, used_at=None, expires__gt=now).update(expires=now)
    done.links.append((person, _address(request, invite(person))))
    noted(visit.person, visit.course, "link", person.username)


def _remove(request: HttpRequest, visit: Visit, one: Membership, done: PeopleChanges) -> None:
    """Take somebody out of the course; what they have handed in stays."""
    person = one.person
    if person == visit.person:
        raise UsageError(
            _("you can't remove yourself"), _("another instructor or an administrator can")
        )
    if LtiIdentity.objects.filter(person=person).exists():
        raise UsageError(_COMES_FROM_A_PLATFORM.format(name=person), _("remove them there"))
    one.delete()
    done.removed.append(person)
    noted(visit.person, visit.course, "removed", f"{person.username}: {one.role}")


def _role(text: str) -> Role:
    if text not in set(Role):
        raise BadRequest
    return Role(text)
