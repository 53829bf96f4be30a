"""Who may see what: every view is made by one of these, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from grader.server.computers import computer_of
from grader.server.lti.roster import refresh
from grader.server.lti.stays import stay_of
from grader.server.models import Attempt, Computer, Membership, Person, Role, ServedCourse
from grader.server.prepared import Prepared
from grader.server.rendering import refusal

View = Callable[..., HttpResponse]
_COURSE: Final[Prepared[ServedCourse]] = Prepared(lambda: ServedCourse.objects.filter(name="-1"))
_MEMBERSHIP: Final[Prepared[Membership]] = Prepared(
    lambda: Membership.objects.filter(person=-1, course=-2)
)
_OWN_ATTEMPT: Final[Prepared[Attempt]] = Prepared(
    lambda: Attempt.objects.filter(pk=-1, course=-2, person=-3).defer("content")
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody in a course: as what, and which section."""

    person: Person
    course: ServedCourse
    role: Role
    section: str = ""

    @property
    def teaches(self) -> bool:
        """Whether they may see what others have handed in."""
        return self.role is not Role.STUDENT


def public(view: View) -> View:
    """Mark a view that anybody may see, without logging in."""
    view.access = "public"  # type: ignore[attr-defined]
    return never_cache(view)


def person(view: View) -> View:
    """Mark a view for whoever is logged in; it is given the person."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, request.user, **arguments)

    checked.access = "person"  # type: ignore[attr-defined]
    return never_cache(checked)


def teacher_there(view: View) -> View:
    """Mark a view for who has come by a platform as a teacher; it is given their `Stay`, too."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        stay = stay_of(request.session)
        if stay is None or not stay.teaches:
            raise Http404
        return view(request, request.user, stay, **arguments)

    checked.access = "teacher_there"  # type: ignore[attr-defined]
    return never_cache(checked)


def administrator(view: View) -> View:
    """Mark a view for administrators of the server; it is given the person."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_administrator:
            raise Http404
        return view(request, request.user, **arguments)

    checked.access = "administrator"  # type: ignore[attr-defined]
    return never_cache(checked)


def member(view: View) -> View:
    """Mark a view for the people of a course; it is given their `Visit`."""
    return _in_course(view, "member", lambda _: True)


def staff(view: View) -> View:
    """Mark a view for a course's assistants and instructors."""
    return _in_course(view, "staff", lambda visit: visit.teaches)


def instructor(view: View) -> View:
    """Mark a view for a course's instructors alone."""
    return _in_course(view, "instructor", lambda visit: visit.role is Role.INSTRUCTOR)


def open_to_programs(view: View) -> View:
    """Mark an address that any program may ask, without a token and without a form's."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return public(view)


def computer(view: View) -> View:
    """Mark an address for programs that have somebody's token; it is given their `Computer`."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        found = _computer(request)
        if found is None:
            return refusal("invalid_token", 401)
        return view(request, found, **arguments)

    checked.access = "computer"  # type: ignore[attr-defined]
    checked.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie counts here
    return never_cache(checked)


def computer_of_member(view: View) -> View:
    """Mark an address for programs that have a course member's token; it is given their `Visit`."""

    @wraps(view)
    def checked(request: HttpRequest, course: str, **arguments: Any) -> HttpResponse:
        found = _computer(request)
        if found is None:
            return refusal("invalid_token", 401)
        return view(request, visit_of(found.person, course), **arguments)

    checked.access = "computer_of_member"  # type: ignore[attr-defined]
    checked.csrf_exempt = True  # type: ignore[attr-defined]
    return never_cache(checked)


def _computer(request: HttpRequest) -> Computer | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return computer_of(token.strip()) if scheme.lower() == "bearer" else None


def _in_course(view: View, access: str, may: Callable[[Visit], bool]) -> View:
    @wraps(view)
    def checked(request: HttpRequest, course: str, **arguments: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        visit = visit_of(request.user, course)
        if not may(visit):
            raise Http404
        if visit.teaches:
            refresh(visit.course)
        return view(request, visit, **arguments)

    checked.access = access  # type: ignore[attr-defined]
    return never_cache(checked)


def visit_of(someone: Any, course: str) -> Visit:
    """Return somebody's visit to a course; what they may not see looks as if it weren't there.

    Raises
    ------
    Http404
        There is no such course, or they aren't in it.
    """
    served = _COURSE.first(course)
    if served is None:
        raise Http404
    if someone.is_administrator:
        return Visit(someone, served, Role.INSTRUCTOR)
    own = _MEMBERSHIP.first(someone.pk, served.pk)
    if own is None:
        raise Http404
    return Visit(someone, served, Role(own.role), own.section)


def courses_of(person: Person) -> list[ServedCourse]:
    """Return somebody's courses; an administrator's are all."""
    if person.is_administrator:
        return list(ServedCourse.objects.order_by("name"))
    own = Membership.objects.filter(person=person).select_related("course")
    return [each.course for each in own.order_by("course__name")]


def students_of(visit: Visit) -> QuerySet[Membership]:
    """Return the students whom a teacher may grade: an assistant those of the own section."""
    own = visit.section if visit.role is Role.ASSISTANT else ""
    return students_in(visit.course, own)


def students_in(course: ServedCourse, section: str = "") -> QuerySet[Membership]:
    """Return the students of a course, or of a section of it."""
    students = Membership.objects.filter(course=course, role=Role.STUDENT)
    if section:
        students = students.filter(section=section)
    return students.select_related("person").order_by("person__username")


def student_for(visit: Visit, number: int) -> Person:
    """Return a student by their number, where this teacher may grade them.

    Raises
    ------
    Http404
        There is none, or of another section.
    """
    found = students_of(visit).filter(person=number).first()
    if found is None:
        raise Http404
    return found.person


def attempts_of(visit: Visit) -> QuerySet[Attempt]:
    """Return the attempts that a visitor may see: the own ones, and those of whom they may grade.

    An instructor sees all of the course, also of those who have left it.
    """
    attempts = Attempt.objects.filter(course=visit.course)
    if visit.role is Role.INSTRUCTOR:
        return attempts
    seen = Q(person=visit.person)
    if visit.teaches:
        seen |= Q(person__in=students_of(visit).values("person"))
    return attempts.filter(seen)


def attempt_for(visit: Visit, number: int) -> Attempt:
    """Return an attempt by its number, where this visitor may see it; its content is not read yet.

    Raises
    ------
    Http404
        There is none, or it is another student's, or of another section.
    """
    found = _OWN_ATTEMPT.first(number, visit.course.pk, visit.person.pk)
    if found is not None:
        found.person = visit.person
    else:
        others = attempts_of(visit).filter(pk=number) if visit.teaches else Attempt.objects.none()
        found = others.defer("content").select_related("person").first()
    if found is None:
        raise Http404
    found.course = visit.course
    return found
