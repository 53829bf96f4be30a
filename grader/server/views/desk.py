"""The desk: what was handed in, by whom; grading again; the people of a course."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from grader.errors import BpgradeError
from grader.server import access, queue
from grader.server.access import Visit, attempt_for, attempts_of
from grader.server.courses import course_of
from grader.server.grades import tries
from grader.server.models import AuditEntry, Membership, Person, Role, noted
from grader.server.people import read_people
from grader.server.rendering import page
from grader.server.views.accounts import invite

_SHOWN = 200


@access.staff
def desk(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what was handed in last, what could not be graded, and how long the queue is."""
    exercise = request.GET.get("exercise", "")[:100]
    found = course_of(visit.course)
    attempts = attempts_of(visit).select_related("person")
    if exercise:
        attempts = attempts.filter(exercise=exercise)
    return page(
        request,
        "desk.html",
        visit=visit,
        course=found,
        chosen=exercise,
        lines=tries(found, attempts.order_by("-id")[:_SHOWN]),
        ungraded=attempts.filter(results__counts=True, results__status="ungraded").count(),
        waiting=queue.waiting(),
    )


@access.staff
def source(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show an attempt's own text beside its report."""
    one = attempt_for(visit, number)
    text = bytes(one.content).decode("utf-8", "replace")
    return page(
        request,
        "source.html",
        visit=visit,
        course=course_of(visit.course),
        attempt=one,
        result=one.result,
        text=text[:200_000],
    )


@access.instructor
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show a course's people, and add those of a roster, each with a link to begin with."""
    problem = ""
    links: list[tuple[Person, str]] = []
    roster = request.FILES.get("roster") if request.method == "POST" else None
    if roster is not None:
        role = _role(request.POST.get("role", "student"))
        try:
            section = request.POST.get("section", "").strip()[:100]
            links = _add(request, visit, roster.read(), role, section)
        except BpgradeError as error:
            problem = error.message
    members = Membership.objects.filter(course=visit.course).select_related("person")
    return page(
        request,
        "people.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        members=members.order_by("role", "person__username"),
        links=links,
        problem=problem,
    )


@access.instructor
def audit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what was done by whom."""
    entries = AuditEntry.objects.filter(course=visit.course).select_related("person")
    return page(
        request,
        "audit.html",
        visit=visit,
        course=course_of(visit.course),
        entries=entries.order_by("-id")[:500],
    )


def _add(
    request: HttpRequest, visit: Visit, data: bytes, role: Role, section: str
) -> list[tuple[Person, str]]:
    """Add people to the course; return a link for each who has no password yet."""
    links = []
    with transaction.atomic():
        for each in read_people(data):
            person, _ = Person.objects.get_or_create(
                username=each.identity, defaults={"name": each.name}
            )
            Membership.objects.update_or_create(
                person=person,
                course=visit.course,
                defaults={"role": role, "section": section},
            )
            if not person.password:
                token = invite(person)
                links.append((person, request.build_absolute_uri(reverse("accept", args=[token]))))
        noted(visit.person, visit.course, "people", f"{len(links)} invited as {role}")
    return links


def _role(text: str) -> Role:
    if text not in set(Role):
        raise BadRequest
    return Role(text)
