"""The JSON interface: what `bpgrade submit` asks for; grader/server/openapi.json describes it.

A request has its computer's token: no cookie counts, so that no other site's page can send one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from grader.decisions.final_grade import decided_deadline
from grader.language import translated
from grader.report.pages.folder import lateness_text
from grader.server import access, computers, grades, limits, queue
from grader.server.access import Visit, attempt_for, courses_of, exercise_for
from grader.server.courses import course_of, read_course
from grader.server.models import Attempt, Computer
from grader.server.rendering import refusal
from grader.server.showing import result_for, shown_to
from grader.server.taking_in import (
    RefusedError,
    expect_code,
    take_in,
    uploaded,
    uploaded_beside,
)
from grader.server.views.files import exercise_grade_of

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_STATUS: Final = {
    **{"kind": 415, "large": 413, "many": 413, "blank": 422, "unreadable": 422},
    **{"attempts": 403, "key": 409},
}
_LONGEST_KEY: Final = 64
_LONGEST_CODE: Final = 100
DESCRIPTION: Final = json.loads(Path(__file__).parent.with_name("openapi.json").read_text("utf-8"))
"""The interface in OpenAPI."""


@access.open_to_programs
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Begin to let a computer hand in: give it the codes of RFC 8628."""
    if limits.too_many_from_there("device", request):
        return refusal("rate", 429)
    codes = computers.ask(request.POST.get("computer", ""))
    return JsonResponse(
        {
            "device_code": codes.device,
            "user_code": codes.user,
            "verification_uri": settings.BPGRADE.address + reverse("computers"),
            "expires_in": int(computers.ASKS_FOR.total_seconds()),
            "interval": computers.POLL_SECONDS,
        }
    )


@access.open_to_programs
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Give a computer its token once its person has allowed it."""
    if request.POST.get("grant_type") != _GRANT:
        return refusal("unsupported_grant_type", 400)
    code = request.POST.get("device_code", "")[:_LONGEST_CODE]
    asked = computers.polled(code)
    if asked is None:
        return refusal("expired_token", 400)
    if limits.too_many("poll", code, request):
        return refusal("slow_down", 400)
    if asked.refused:
        return refusal("access_denied", 400)
    if asked.person is None:
        return refusal("authorization_pending", 400)
    made = computers.token_for(asked)
    if made is None:
        return refusal("expired_token", 400)
    lasts = int(computers.TOKEN_LASTS.total_seconds())
    return JsonResponse({"access_token": made, "token_type": "Bearer", "expires_in": lasts})


@access.computer
@require_safe
def me(request: HttpRequest, computer: Computer) -> HttpResponse:
    """Tell whose the token is, until when, and their courses."""
    return JsonResponse(
        {
            "username": computer.person.username,
            "name": computer.person.name,
            "computer": computer.name,
            "expires": computer.expires.isoformat(),
            "courses": [one.name for one in courses_of(computer.person)],
        }
    )


@access.computer_of_member
@require_safe
def course(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Tell a course's exercises, with the deadlines that hold for this person."""
    found = course_of(visit.course)
    rule = read_course(visit.course).description
    exercise_grades = {
        one.grade.exercise: one for one in grades.exercise_grades(visit.course, [visit.person])
    }
    exercises = []
    for one in found.exercises:
        deadline = decided_deadline(exercise_grades[one.name].grade.decisions, rule, one.name)
        exercises.append(
            {
                "name": one.name,
                "title": translated(one.title),
                "max_score": one.max_score,
                "deadline": deadline.isoformat() if deadline else None,
            }
        )
    return JsonResponse(
        {"name": found.name, "title": translated(found.title), "exercises": exercises}
    )


@access.computer_of_member
@require_POST
def hand_in(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Take a file in, with those beside it; sent again with its key it is the same attempt."""
    found = course_of(visit.course)
    chosen = exercise_for(visit, exercise)
    if limits.too_many("submit", str(visit.person.pk), request):
        return refusal("rate", 429)
    file = request.FILES.get("file")
    key = request.headers.get("Idempotency-Key", "")
    if file is None or len(key) > _LONGEST_KEY or not key.isascii():
        return refusal("bad_request", 400)
    try:
        beside = uploaded_beside(
            request.FILES.getlist("beside"), request.POST.getlist("beside_path")
        )
        handed = uploaded(file, key, beside)
        expect_code(found, chosen, handed)
        one = take_in(visit, found, chosen, handed)
    except RefusedError as error:
        if error.problem == "beside":
            return refusal("bad_request", 400)
        again = {"again": error.again.isoformat()} if error.again else {}
        return refusal(error.problem, _STATUS[error.problem], error.reason, **again)
    return JsonResponse(_told(visit, one), status=201)


@access.computer_of_member
@require_safe
def attempt(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Tell how far an attempt is."""
    return JsonResponse(_told(visit, attempt_for(visit, number)))


@access.computer_of_member
@require_safe
def result(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Give the result document of an attempt, as far as its student may see it."""
    exercise_grade, one = exercise_grade_of(visit, attempt_for(visit, number))
    found = result_for(visit, exercise_grade, one)
    if found is None:
        raise Http404
    return HttpResponse(found.to_json(), content_type="application/json")


@access.open_to_programs
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """Give the description of this interface."""
    return JsonResponse(DESCRIPTION)


def _told(visit: Visit, one: Attempt) -> dict[str, Any]:
    """Return what is told of an attempt; what its grade needs is looked at when it has ended."""
    where = queue.position(one)
    told = {
        "number": one.pk,
        "exercise": one.exercise,
        "attempt": one.number,
        "file_name": one.file_name,
        "sha256": one.sha256,
        "handed_in": one.handed_in.isoformat(),
        "page": settings.BPGRADE.address + reverse("attempt", args=[visit.course.name, one.pk]),
        "state": "waiting",
        "before": where.before or 0,
        "seconds": where.seconds,
        "stalled": where.is_stalled,
        "ask_again": where.ask_again,
        "late": "",
    }
    if where.before is None:
        exercise_grade, own = exercise_grade_of(visit, one)
        told["state"] = "withheld" if shown_to(visit, exercise_grade).is_withheld else own.status
        told["late"] = translated(lateness_text(own.lateness))
    return told
