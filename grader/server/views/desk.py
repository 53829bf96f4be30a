"""The desk: what was handed in, by whom, and what was done with it."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from grader.grading.submission import text_of
from grader.server import access, names, queue
from grader.server.access import Visit, attempt_for, attempts_of, students_of
from grader.server.courses import course_of
from grader.server.grades import standing_attempts
from grader.server.models import AuditEntry, Membership
from grader.server.paging import list_page
from grader.server.rendering import page

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
        attempts = attempts.filter(called(words))
    ungraded = attempts.filter(results__counts=True, results__status="ungraded")
    shown = ungraded if request.GET.get("ungraded") else attempts
    part = list_page(request, shown.select_related("person").order_by("-id"))
    students = students_of(visit).filter(called(words)) if words else Membership.objects.none()
    return page(
        request,
        "desk.html",
        visit=visit,
        course=found,
        known={one.name for one in found.exercises},
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


def called(words: str) -> Q:
    """Return what finds who has these words in the name or the id, in any order."""
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
    return text_of(bytes(content))[:_MOST_SHOWN]


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
