"""Grading again at the desk: begin, see what would be different, use it or not."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from grader.course import Exercise
from grader.language import gettext as _
from grader.language import sentences, translated
from grader.report.difference_words import told_change, told_check, told_counts
from grader.server import access, queue, regrades
from grader.server.access import Visit, exercise_for, student_for
from grader.server.courses import course_of
from grader.server.form_fields import number_in
from grader.server.models import Regrade
from grader.server.paging import list_page
from grader.server.regrades import RegradeProgress
from grader.server.rendering import page

_ASK_AGAIN: Final = 2
_MOST_CHECKS: Final = 30
_MOST_REMARKS: Final = 50


@access.instructor
def regrade(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Show what a regrade would change, and begin, use or drop it."""
    chosen = exercise_for(visit, exercise)
    if request.method == "POST":
        _settle(request, visit, chosen)
        return HttpResponseRedirect(request.path)
    held = regrades.open_regrade(visit.course, chosen.name)
    if held is not None:
        regrades.take_in(held)
    far = regrades.progress(held) if held else None
    effect = regrades.effect(held) if held and far and not far.open else None
    comparison = effect.comparison if effect else None
    remarks = effect.remarks if effect else ()
    return page(
        request,
        "regrade.html",
        visit=visit,
        course=course_of(visit.course),
        exercise=chosen,
        regrade=held,
        progress=far,
        told=_told(far) if far else "",
        again=_ASK_AGAIN,
        others=regrades.of_other_versions(visit.course, chosen.name),
        counts=told_counts(comparison) if comparison else "",
        checks=[
            (told_check(check), number)
            for check, number in (comparison.by_check[:_MOST_CHECKS] if comparison else ())
        ],
        changes=list_page(
            request,
            [(one, told_change(one)) for one in (comparison.grades if comparison else ())],
        ),
        failures=regrades.failures(held) if held and effect else (),
        remarks=remarks[:_MOST_REMARKS],
        more_remarks=max(0, len(remarks) - _MOST_REMARKS),
    )


@access.instructor
def regrade_state(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Tell the page's script how far a regrade is."""
    held = regrades.open_regrade(visit.course, exercise_for(visit, exercise).name)
    far = regrades.progress(held) if held else None
    return JsonResponse(
        {
            "is_new": far is None or not far.open,
            "is_ready": False,
            "told": _told(far) if far else "",
            "again": _ASK_AGAIN,
        }
    )


def _settle(request: HttpRequest, visit: Visit, exercise: Exercise) -> None:
    """Do what a form says to the regrade that it was made for, or begin one."""
    what, number = request.POST.get("do", ""), number_in(request.POST.get("regrade", ""))
    if what == "begin":
        person = request.POST.get("person", "")
        who = student_for(visit, number_in(person)) if person else None
        regrades.begin(visit.course, visit.person, exercise.name, who)
        return
    held = Regrade.objects.filter(pk=number, course=visit.course, exercise=exercise.name).first()
    if held is None or what not in ("use", "drop"):
        raise Http404
    (regrades.use if what == "use" else regrades.drop)(held, visit.person)


def _told(far: RegradeProgress) -> str:
    lines = [
        _("{count} of {all} attempts have been graded again.", count=far.graded, all=far.attempts)
    ]
    if far.open and queue.is_stalled():
        lines.append(translated(queue.NO_WORKER))
    if far.is_put_off and not far.is_outdated:
        lines.append(_("A worker leaves them alone: the course that it has is of another version."))
    return translated(sentences(lines))
