"""A teacher's part of a connection: which course of ours it is, and which exercises are linked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from grader.course import Course
from grader.lti.claims import DeepLinkingSettings
from grader.lti.deep_linking import ChosenLink, answer_claims
from grader.lti.errors import LtiError
from grader.lti.keys import signed
from grader.server import access
from grader.server.access import courses_of
from grader.server.courses import course_of, title_of
from grader.server.lti import windows
from grader.server.lti.arrivals import connect as connect_courses
from grader.server.lti.framing import frame_by, origin_of, post_to
from grader.server.lti.models import LtiCourse, LtiPlatform
from grader.server.lti.origins import origins_of
from grader.server.lti.speaking import signing_key
from grader.server.lti.stays import Stay
from grader.server.models import Person, Role, noted
from grader.server.rendering import failure_page, page
from grader.server.views.accounts import TooOftenError, by_password
from grader.server.views.lti_launch import failed, where_to


@access.teacher_there
def connect(request: HttpRequest, person: Person, stay: Stay) -> HttpResponse:
    """Let a teacher say which course of ours their course on the platform belongs to.

    They must teach that course here: be known as such, or log in as somebody who does.
    """
    there = _course(stay)
    if there.course is not None:
        return _onward(request, stay)
    known, failed_to = _who_teaches(request, person), False
    if request.method == "POST" and "username" in request.POST:
        try:
            found = by_password(request)
        except TooOftenError:
            return failure_page(request, "rate", 429)
        failed_to = found is None
        if found is not None:
            known = found
            request.session["connects_as"] = found.pk
    courses = courses_of(known, Role.INSTRUCTOR) or courses_of(person, Role.INSTRUCTOR)
    chosen = [one for one in courses if one.name == request.POST.get("course", "")]
    if request.method == "POST" and chosen:
        connect_courses(there, chosen[0], known)
        request.session.pop("connects_as", None)
        return _onward(request, stay)
    status = 403 if failed_to else 200
    titles = [(one, title_of(one)) for one in courses]
    return page(request, "lti_connect.html", status, there=there, courses=titles, failed=failed_to)


@access.teacher_there
def deep_link(request: HttpRequest, person: Person, stay: Stay) -> HttpResponse:
    """Let a teacher choose exercises, each with its points, for their course on the platform."""
    there = _course(stay)
    if stay.deep_linking is None:
        raise Http404
    if there.course is None:
        return HttpResponseRedirect(reverse("lti_connect"))
    found = course_of(there.course)
    wanted = DeepLinkingSettings(**stay.deep_linking)
    if request.method == "POST":
        links = _chosen(request.POST, found)
        if links and (wanted.accepts_several or len(links) == 1):
            noted(person, there.course, "deep link", f"{len(links)} for {there}")
            return _posted(request, stay, wanted, links)
    return page(
        request,
        "lti_deep_link.html",
        400 if request.method == "POST" else 200,
        course=found,
        wanted=wanted,
        failed=request.method == "POST",
    )


@access.public
def chosen(request: HttpRequest) -> HttpResponse:
    """Give a frame what was chosen in its window: 204 until then, 205 where nothing will come."""
    try:
        login, choice = windows.left_for(request.GET.get("state", ""))
    except LtiError:
        return HttpResponse(status=205)
    if choice is None:
        return HttpResponse(status=204)
    frame_by(request, origins_of(login.platform))
    return _form(request, choice)


def _course(stay: Stay) -> LtiCourse:
    return LtiCourse.objects.select_related("course", "platform").get(pk=stay.course)


def _onward(request: HttpRequest, stay: Stay) -> HttpResponse:
    try:
        return HttpResponseRedirect(where_to(stay))
    except LtiError as error:
        return failed(request, error)


def _who_teaches(request: HttpRequest, person: Person) -> Person:
    """Return as whom somebody connects: as who has logged in for that, or as themselves."""
    number = request.session.get("connects_as")
    return (number and Person.objects.filter(pk=number, is_active=True).first()) or person


def _chosen(fields: QueryDict, course: Course) -> list[ChosenLink]:
    """Return the exercises that were chosen, with the points of their columns."""
    address = f"{settings.BPGRADE.address}/lti/launch/"
    wanted = set(fields.getlist("exercise"))
    return [
        ChosenLink(one.title, address, course.name, one.name, _points(fields, one.name))
        for one in course.exercises
        if one.name in wanted
    ]


def _points(fields: QueryDict, exercise: str) -> float:
    """Return the points that were written for an exercise; 0, for no column, for what is none."""
    try:
        points = float(fields.get(f"points-{exercise}", "").replace(",", "."))
    except ValueError:
        return 0.0
    return points if 0 < points < 1e6 else 0.0


def _posted(
    request: HttpRequest, stay: Stay, wanted: DeepLinkingSettings, links: list[ChosenLink]
) -> HttpResponse:
    """Return the page whose form takes the choice to the platform."""
    platform = LtiPlatform.objects.get(pk=stay.platform)
    now = datetime.now(UTC).timestamp()
    claims: dict[str, Any] = answer_claims(links, wanted, platform.facts, stay.deployment, now)
    choice = windows.Choice(wanted.return_address, signed(claims, signing_key()))
    if windows.leave(stay.frame, choice):
        return page(request, "lti_chosen.html")
    return _form(request, choice)


def _form(request: HttpRequest, choice: windows.Choice) -> HttpResponse:
    post_to(request, origin_of(choice.address))
    return page(request, "lti_post.html", address=choice.address, token=choice.token)
