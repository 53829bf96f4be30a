"""Files that were handed in together: taken in, and shown with what has become of each."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from grader.course import Course, Exercise
from grader.language import gettext as _
from grader.language import sentences, translated
from grader.quick_dataclass import dataclass
from grader.report.pages.folder import lateness_text
from grader.server import access, limits
from grader.server.access import Visit, exercise_for
from grader.server.courses import course_of
from grader.server.models import Attempt
from grader.server.rendering import page
from grader.server.showing import shown_to
from grader.server.taking_in import ReceivedFile, RefusedError, take_in
from grader.server.views.files import beside_told, exercise_grade_of, score_told
from grader.server.views.following import asked_for, last_place


def take_in_several(
    request: HttpRequest,
    visit: Visit,
    found: Course,
    handed: Sequence[tuple[Exercise, ReceivedFile]],
) -> HttpResponse:
    """Take several attempts in, each as if it came alone, and lead to what has become of them."""
    told: list[tuple[str, object]] = []
    for number, (chosen, one) in enumerate(handed):
        try:
            if number and limits.too_many("submit", str(visit.person.pk), request):
                raise RefusedError("attempts")
            told.append(("n", take_in(visit, found, chosen, one).pk))
        except RefusedError:
            told.append(("no", chosen.name))
    address = reverse("several", args=[visit.course.name])
    return HttpResponseRedirect(f"{address}?{urlencode(told)}")


@access.member
def several(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what has become of files that were handed in together."""
    found = course_of(visit.course)
    attempts = asked_for(request, visit)
    refused = [one for one in found.exercises if one.name in request.GET.getlist("no")]
    if not attempts and not refused:
        raise Http404
    query = urlencode([("n", one.pk) for one in attempts] + [("no", one.name) for one in refused])
    course = visit.course.name
    lines = [_line(visit, one) for one in attempts]
    refusal = _("not handed in: no attempt is left for now")
    return page(
        request,
        "several.html",
        visit=visit,
        course=found,
        lines=lines,
        refused=refused,
        refusal=refusal,
        told=sentences(
            _("{exercise}: {outcome}.", exercise=each, outcome=outcome)
            for each, outcome in [
                *((one.exercise.title, one.stands) for one in lines),
                *((one.title, refusal) for one in refused),
            ]
        ),
        where=last_place(attempts)[1],
        address=f"{reverse('several', args=[course])}?{query}",
        state=f"{reverse('several_state', args=[course])}?{query}",
    )


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One of several attempts that were handed in together, and how it stands, in words."""

    attempt: Attempt
    exercise: Exercise
    stands: str
    late: str
    beside: str


def _line(visit: Visit, attempt: Attempt) -> AttemptLine:
    exercise_grade, own = exercise_grade_of(visit, attempt)
    told = shown_to(visit, exercise_grade)
    if told.is_withheld:
        stands = _("received")
    elif own.status == "waiting":
        stands = _("being checked")
    elif own.score is None:
        stands = _("not graded")
    else:
        stands = score_told(exercise_grade, own, told) or _("received")
    exercise = exercise_for(visit, attempt.exercise)
    late = translated(lateness_text(own.lateness))
    return AttemptLine(attempt, exercise, stands, late, beside_told(attempt))
