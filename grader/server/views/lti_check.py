"""The connection of a course to its platforms, for who teaches it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from grader.errors import BpgradeError
from grader.server import access
from grader.server.access import Visit
from grader.server.courses import course_of
from grader.server.lti import connection, outbox
from grader.server.lti.comparing import compare
from grader.server.lti.enrolments import read_roster
from grader.server.lti.models import LtiCourse
from grader.server.lti.sync import columns_of
from grader.server.models import noted
from grader.server.rendering import page

_SHOWN = 200


@access.instructor
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what each platform allows and what has become of the grades; try it, send again."""
    steps: list[connection.Step] = []
    problem = done = ""
    if request.method == "POST":
        what = request.POST.get("what", "")
        try:
            if what == "try":
                steps = _tried(request, visit)
            elif what == "roster":
                done = str(sum(read_roster(one) for one in _platform_courses(visit) if one.roster))
            elif what == "compare":
                done = str(sum(len(compare(one)) for one in columns_of(visit.course)))
            elif what == "again":
                done = str(_sent_again(visit))
        except BpgradeError as error:
            problem = error.on_page
    found = connection.to_look_at(visit.course)
    return page(
        request,
        "lti_check.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        platform_courses=[
            (one, connection.ways(one), connection.trial_students(one))
            for one in _platform_courses(visit)
        ],
        counts=connection.counts(visit.course),
        to_look_at=found[:_SHOWN],
        more=max(found.count() - _SHOWN, 0),
        steps=steps,
        problem=problem,
        what=request.POST.get("what", "") if done else "",
        done=int(done or 0),
    )


def _platform_courses(visit: Visit) -> list[LtiCourse]:
    found = LtiCourse.objects.filter(course=visit.course).select_related("platform", "course")
    return list(found.order_by("pk"))


def _tried(request: HttpRequest, visit: Visit) -> list[connection.Step]:
    number, student = (request.POST.get(name, "") for name in ("there", "student"))
    for there in _platform_courses(visit):
        if str(there.pk) == number:
            chosen = [one for one in connection.trial_students(there) if str(one.pk) == student]
            noted(visit.person, visit.course, "trial", f"{there.platform}: {there}")
            return connection.try_out(there, chosen[0] if chosen else None)
    return []


def _sent_again(visit: Visit) -> int:
    wanted = connection.to_look_at(visit.course).filter(has_other=False)
    count = outbox.send_again(list(wanted.values_list("pk", flat=True)), visit.course)
    noted(visit.person, visit.course, "send again", str(count))
    return count
