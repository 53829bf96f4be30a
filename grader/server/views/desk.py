"""The desk: what was handed in, by whom; grading again; the people of a course."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from grader.errors import BpgradeError
from grader.server import access, names, queue
from grader.server.access import Visit, attempt_for, attempts_of, students_of
from grader.server.courses import course_of
from grader.server.grades import standing_attempts
from grader.server.models import AuditEntry, Membership, Person, Role, noted
from grader.server.paging import list_page
from grader.server.people import read_people
from grader.server.rendering import page
from grader.server.views.accounts import invite

_MOST_FOUND: Final = 20
_MOST_WORDS: Final = 5
_MOST_SHOWN: Final = 200_000  # characters of a file


@access.staff
def desk(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what was handed in last, of all or of whom one looks for, and how long the queue is."""
    exercise, words = (request.GET.get(name, "")[:100] for name in ("exercise", "who"))
    found = course_of(visit.course)
    attempts = attempts_of(visit)
    if exercise:
        attempts = attempts.filter(exercise=exercise)
    if words:
        attempts = attempts.filter(_called(words))
    ungraded = attempts.filter(results__counts=True, results__status="ungraded")
    shown = ungraded if request.GET.get("ungraded") else attempts
    part = list_page(request, shown.select_related("person").order_by("-id"))
    students = students_of(visit).filter(_called(words)) if words else Membership.objects.none()
    return page(
        request,
        "desk.html",
        visit=visit,
        course=found,
        chosen=exercise,
        words=words,
        students=students[:_MOST_FOUND],
        part=part,
        lines=standing_attempts(found, part.rows),
        gradable=_gradable(visit, {one.person_id for one in part.rows}),
        ungraded=ungraded.count(),
        waiting=queue.waiting(),
        is_stalled=queue.is_stalled(),
    )


def _gradable(visit: Visit, people: set[int]) -> set[int]:
    """Return which of these people have grades: who teaches may hand in, but has none."""
    return set(students_of(visit).filter(person__in=people).values_list("person", flat=True))


def _called(words: str) -> Q:
    """Return who has these words in the name or the id, in any order."""
    found = Q()
    for word in words.split()[:_MOST_WORDS]:
        kept = Q(person__username__icontains=word) | Q(person__name__icontains=word)
        found &= kept | Q(person__in=names.called(word))
    return found


@access.staff
def source(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show an attempt's own text, and what was handed in with it."""
    one = attempt_for(visit, number)
    return page(
        request,
        "source.html",
        visit=visit,
        course=course_of(visit.course),
        attempt=one,
        result=one.result,
        text=_text(one.content),
        beside=[(path, _text(content)) for path, content in one.files_beside],
    )


def _text(content: bytes) -> str:
    return bytes(content).decode("utf-8", "replace")[:_MOST_SHOWN]


@access.instructor
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show a course's people, and add those of a roster, each with a link to begin with."""
    problem = ""
    links: list[tuple[Person, str]] = []
    elsewhere: list[Person] = []
    roster = request.FILES.get("roster") if request.method == "POST" else None
    if roster is not None:
        role = _role(request.POST.get("role", "student"))
        try:
            section = request.POST.get("section", "").strip()[:100]
            links, elsewhere = _add(request, visit, roster, role, section)
        except BpgradeError as error:
            problem = error.message
    words = request.GET.get("who", "")[:100]
    members = Membership.objects.filter(_called(words), course=visit.course)
    members = members.select_related("person").order_by("role", "person__username")
    return page(
        request,
        "people.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        words=words,
        part=list_page(request, members),
        links=links,
        elsewhere=elsewhere,
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
        part=list_page(request, entries.order_by("-id")),
    )


def _add(
    request: HttpRequest, visit: Visit, roster: UploadedFile, role: Role, section: str
) -> tuple[list[tuple[Person, str]], list[Person]]:
    """Add people to the course; return a link for each who has no password yet.

    A link logs in as its person, in all of their courses. So who is in another course, too, gets
    none: they are returned apart.
    """
    links, elsewhere = [], []
    with transaction.atomic():
        for each in read_people((roster.name or "")[-100:], roster.read()):
            person, _ = Person.objects.get_or_create(
                username=each.identity, defaults={"name": each.name}
            )
            Membership.objects.update_or_create(
                person=person,
                course=visit.course,
                defaults={"role": role, "section": section},
            )
            others = Membership.objects.filter(person=person).exclude(course=visit.course)
            if person.password:
                continue
            if person.is_administrator or others.exists():
                elsewhere.append(person)
                continue
            token = invite(person)
            links.append((person, request.build_absolute_uri(reverse("accept", args=[token]))))
        noted(visit.person, visit.course, "people", f"{len(links)} invited as {role}")
    return links, elsewhere


def _role(text: str) -> Role:
    if text not in set(Role):
        raise BadRequest
    return Role(text)
