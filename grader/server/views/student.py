"""What a student sees: the exercises, a task, a file handed in, the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from grader.course import Course, Exercise
from grader.course.files import read_text
from grader.course.translations import in_language
from grader.errors import UsageError
from grader.grading.submission import is_notebook, is_submission, most_bytes
from grader.language import current_language
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.student_page import Work, student_page
from grader.report.pages.words import page_languages
from grader.result import Result
from grader.server import access, limits, queue
from grader.server.access import Visit, attempt_for
from grader.server.courses import course_of
from grader.server.models import Attempt, Membership, Person, ServedCourse
from grader.server.rendering import failure_page, markdown, page

_MOST_TYPED: Final = 200_000


@dataclass(frozen=True, slots=True)
class Standing:
    """An exercise as a student stands in it."""

    exercise: Exercise
    attempts: int
    best: float | None
    latest: Attempt | None


@access.person
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the courses of who is logged in, or the only one."""
    if person.is_administrator:
        courses = list(ServedCourse.objects.order_by("name"))
    else:
        own = Membership.objects.filter(person=person).select_related("course")
        courses = [each.course for each in own.order_by("course__name")]
    if len(courses) == 1:
        return HttpResponseRedirect(reverse("course", args=[courses[0].name]))
    return page(request, "home.html", courses=[(each, course_of(each)) for each in courses])


@access.member
def course(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the exercises of a course, with deadline, points and the own best."""
    found = course_of(visit.course)
    standings = [_standing(visit, exercise) for exercise in found.exercises]
    return page(request, "course.html", visit=visit, course=found, standings=standings)


@access.member
def exercise(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Show a task, the attempts so far, and a place to hand in."""
    found = course_of(visit.course)
    chosen = _exercise(found, exercise)
    return _exercise_page(request, visit, found, chosen)


@access.member
def submit(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Take a file in, uploaded or typed."""
    found = course_of(visit.course)
    chosen = _exercise(found, exercise)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("exercise", args=[visit.course.name, exercise]))
    if limits.too_many("submit", str(visit.person.pk), request):
        return failure_page(request, "rate", 429)
    name, content, problem = _handed_in(request, chosen)
    if problem:
        return _exercise_page(request, visit, found, chosen, problem)
    attempt = queue.hand_in(visit.person, visit.course, chosen.name, name, content)
    return HttpResponseRedirect(reverse("attempt", args=[visit.course.name, attempt.pk]))


@access.member
def attempt(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show an attempt: its place in the queue, or the report."""
    one = attempt_for(visit, number)
    found = course_of(visit.course)
    return page(
        request,
        "attempt.html",
        visit=visit,
        course=found,
        exercise=_exercise(found, one.exercise),
        attempt=one,
        place=queue.place(one),
        result=one.result,
    )


@access.member
def state(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Tell the page's script where an attempt is in the queue."""
    where = queue.place(attempt_for(visit, number))
    return JsonResponse(
        {
            "ended": where.before is None,
            "before": where.before or 0,
            "minutes": round(where.seconds / 60),
            "again": where.ask_again,
        }
    )


@access.member
def report(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show the report of an attempt: the page that `check --html` makes."""
    one = attempt_for(visit, number)
    result = one.result
    if result is None:
        raise Http404
    found = course_of(visit.course)
    text = student_page(
        [Work(one.exercise, Result.from_json(result.document))],
        name=one.file_name,
        draw=CourseDrawings(found).draw,
        languages=page_languages(found),
    )
    return _own_policy(text)


@access.member
def download(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Give back what was handed in, as a file that no browser runs."""
    one = attempt_for(visit, number)
    answer = HttpResponse(bytes(one.content), content_type="application/octet-stream")
    ending = ".ipynb" if is_notebook(one.file_name) else ".py"
    answer["Content-Disposition"] = f'attachment; filename="{one.exercise}-{one.number}{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _own_policy(text: str) -> HttpResponse:
    """Return a page that stands alone: its style and script are named by its own policy."""
    answer = HttpResponse(text)
    _, _, rest = text.partition('http-equiv="Content-Security-Policy" content="')
    policy = rest.partition('"')[0].replace("&#39;", "'")
    answer["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    return answer


def _exercise(course: Course, name: str) -> Exercise:
    try:
        return course.exercise(name)
    except UsageError:
        raise Http404 from None


def _exercise_page(
    request: HttpRequest, visit: Visit, found: Course, chosen: Exercise, problem: str = ""
) -> HttpResponse:
    language = current_language()
    task = read_text(in_language(found.task(chosen), language), "")
    attempts = _attempts(visit, chosen)
    return page(
        request,
        "exercise.html",
        400 if problem else 200,
        visit=visit,
        course=found,
        exercise=chosen,
        task=markdown(task),
        attempts=[(one, one.result) for one in attempts[:50]],
        code=_code(attempts, found, chosen, language),
        problem=problem,
    )


def _code(attempts: Any, found: Course, chosen: Exercise, language: str) -> str:
    """Return what the editor begins with: what was handed in last, or the stub."""
    for one in attempts:
        if not is_notebook(one.file_name):
            return bytes(one.content).decode("utf-8", "replace")
    return read_text(in_language(found.stub(chosen), language), "")


def _attempts(visit: Visit, chosen: Exercise) -> Any:
    return Attempt.objects.filter(
        person=visit.person, course=visit.course, exercise=chosen.name
    ).order_by("-number")


def _standing(visit: Visit, chosen: Exercise) -> Standing:
    attempts = list(_attempts(visit, chosen).prefetch_related("results"))
    results = [result for one in attempts if (result := one.result) is not None]
    scores = [result.score for result in results if result.status == "graded"]
    return Standing(
        chosen, len(attempts), max(scores, default=None), attempts[0] if attempts else None
    )


def _handed_in(request: HttpRequest, chosen: Exercise) -> tuple[str, bytes, str]:
    """Return the name and content of what was handed in, or which problem there is with it."""
    upload = request.FILES.get("file")
    if upload is None:
        code = request.POST.get("code", "").replace("\r\n", "\n")
        if not code.strip():
            return "", b"", "empty"
        if len(code) > _MOST_TYPED:
            return "", b"", "large"
        return f"{chosen.name}.py", code.encode("utf-8", "surrogatepass"), ""
    name = (upload.name or "").rpartition("/")[2].rpartition("\\")[2][-255:]
    if not is_submission(name):
        return "", b"", "kind"
    if upload.size is None or upload.size >= most_bytes(name):
        return "", b"", "large"
    return name, upload.read(), ""
