"""Who may see what: every view is made by one of these, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from grader.course import Exercise
from grader.errors import UsageError
from grader.quick_dataclass import dataclass
from grader.server.computers import computer_of
from grader.server.courses import course_of
from grader.server.lti.enrolments import refresh
from grader.server.lti.stays import stay_of
from grader.server.models import Attempt, Computer, Membership, Person, Role, ServedCourse
from grader.server.prepared import PreparedQuery
from grader.server.rendering import refusal

View = Callable[..., HttpResponse]
Arguments = dict[str, Any]
Known = tuple[Any, ...]
_COURSE: Final[PreparedQuery[ServedCourse]] = PreparedQuery(
    lambda: ServedCourse.objects.filter(name="-1")
)
_MEMBERSHIP: Final[PreparedQuery[Membership]] = PreparedQuery(
    lambda: Membership.objects.filter(person=-1, course__name="-2").select_related("course")
)
_OWN_ATTEMPT: Final[PreparedQuery[Attempt]] = PreparedQuery(
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

    @property
    def only_section(self) -> str:
        """The section whose students alone they may see, as assistants do; nothing for all."""
        return self.section if self.role is Role.ASSISTANT else ""


def public(view: View) -> View:
    """Mark a view that anybody may see, without logging in."""
    view.access = "public"  # type: ignore[attr-defined]
    return never_cache(view)


def person(view: View) -> View:
    """Mark a view for whoever is logged in; it is given the person."""
    return _for(view, "person", lambda request, _arguments: (_logged_in(request),))


def teacher_there(view: View) -> View:
    """Mark a view for who has come by a platform as a teacher; it is given their `Stay`, too."""

    def known(request: HttpRequest, _arguments: Arguments) -> Known:
        someone, stay = _logged_in(request), stay_of(request.session)
        if stay is None or not stay.teaches:
            raise Http404
        return someone, stay

    return _for(view, "teacher_there", known)


def administrator(view: View) -> View:
    """Mark a view for administrators of the server; it is given the person."""

    def known(request: HttpRequest, _arguments: Arguments) -> Known:
        someone = _logged_in(request)
        if not someone.is_administrator:
            raise Http404
        return (someone,)

    return _for(view, "administrator", known)


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
    return csrf_exempt(public(view))


def computer(view: View) -> View:
    """Mark an address for programs that have somebody's token; it is given their `Computer`."""
    checked = _for(view, "computer", lambda request, _arguments: (_computer(request),))
    return csrf_exempt(checked)  # no cookie counts here


def computer_of_member(view: View) -> View:
    """Mark an address for programs that have a course member's token; it is given their `Visit`."""

    def known(request: HttpRequest, arguments: Arguments) -> Known:
        return (_noted(request, visit_of(_computer(request).person, arguments.pop("course"))),)

    return csrf_exempt(_for(view, "computer_of_member", known))


def _in_course(view: View, access: str, may: Callable[[Visit], bool]) -> View:
    def known(request: HttpRequest, arguments: Arguments) -> Known:
        visit = _noted(request, visit_of(_logged_in(request), arguments.pop("course")))
        if not may(visit):
            raise Http404
        if visit.teaches:
            refresh(visit.course)
        return (visit,)

    return _for(view, access, known)


def _noted(request: HttpRequest, visit: Visit) -> Visit:
    """Return a visit that the page of a failure will know of, too."""
    request.visit = visit
    return visit


def teaches_here(request: HttpRequest) -> bool:
    """Whether who asks is known to teach the course that they ask for."""
    visit: Visit | None = getattr(request, "visit", None)
    return visit is not None and visit.teaches


def _for(view: View, access: str, known: Callable[[HttpRequest, Arguments], Known]) -> View:
    """Mark a view for those whom `known` lets in, as what it is given of them."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        try:
            given = known(request, arguments)
        except _RefusedError as error:
            return error.answer
        return view(request, *given, **arguments)

    checked.access = access  # type: ignore[attr-defined]
    return never_cache(checked)


class _RefusedError(Exception):
    """Somebody has to say who they are before they are let in; `answer` asks for that."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def _logged_in(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise _RefusedError(redirect_to_login(request.get_full_path()))
    return request.user


def _computer(request: HttpRequest) -> Computer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = computer_of(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise _RefusedError(refusal("invalid_token", 401))
    return found


def visit_of(someone: Any, course: str) -> Visit:
    """Return somebody's visit to a course; what they may not see looks as if it weren't there.

    Raises
    ------
    Http404
        There is no such course, or they aren't in it.
    """
    if someone.is_administrator:
        served = _COURSE.first(course)
        if served is None:
            raise Http404
        return Visit(someone, served, Role.INSTRUCTOR)
    own = _MEMBERSHIP.first(someone.pk, course)
    if own is None:
        raise Http404
    return Visit(someone, own.course, Role(own.role), own.section)


def courses_of(person: Person, role: Role | None = None) -> list[ServedCourse]:
    """Return somebody's courses, or those in which they have this role; an administrator's: all."""
    if person.is_administrator:
        return list(ServedCourse.objects.order_by("name"))
    own = Membership.objects.filter(person=person).select_related("course")
    if role is not None:
        own = own.filter(role=role)
    return [each.course for each in own.order_by("course__name")]


def students_of(visit: Visit) -> QuerySet[Membership]:
    """Return the students whom a teacher may grade: an assistant those of the own section."""
    return students_in(visit.course, visit.only_section)


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


def exercise_for(visit: Visit, name: str) -> Exercise:
    """Return an exercise of the course that is visited.

    Raises
    ------
    Http404
        There is none of that name.
    """
    try:
        return course_of(visit.course).exercise(name)
    except UsageError:
        raise Http404 from None


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
