"""The desk's pages of the whole class: as it is now, and what is alike in it."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from grader.language import current_language, ngettext
from grader.language import gettext as _
from grader.quick_dataclass import dataclass
from grader.server import access, overviews
from grader.server.access import Visit
from grader.server.courses import course_of
from grader.server.overviews import Kind, Overview, OverviewRequest
from grader.server.rendering import page
from grader.server.views.files import own_policy

_ASK_AGAIN: Final = 15
_ASK_SOON: Final = 2


@dataclass(frozen=True, slots=True)
class Freshness:
    """In words how new a page is, and whether there is anything newer."""

    told: str
    is_new: bool


@access.staff
def overview(request: HttpRequest, visit: Visit, kind: Kind) -> HttpResponse:
    """Show the page that was made last, and have it made anew where something has changed."""
    wanted = _wanted(visit, kind)
    last = overviews.made(wanted)
    if last is None or last.problem or overviews.news(wanted, last)[1]:
        overviews.make(wanted)
    asked_for = last is None or "show" in request.GET
    return page(
        request,
        "overview.html",
        visit=visit,
        course=course_of(visit.course),
        kind=kind,
        last=last,
        is_waited_for=asked_for and overviews.is_in_work(wanted),
        again=_ASK_SOON if overviews.is_in_work(wanted) else _ASK_AGAIN,
        state=_state(wanted, last),
        shown=_name(last) if last else "",
    )


@access.staff
def overview_page(request: HttpRequest, visit: Visit, kind: Kind) -> HttpResponse:
    """Give the page itself, for the frame that it is shown in."""
    last = overviews.made(_wanted(visit, kind))
    if last is None:
        return HttpResponseRedirect(reverse("overview", args=[visit.course.name, kind]))
    if not last.text:
        raise Http404
    return own_policy(last.text)


@access.staff
def overview_state(request: HttpRequest, visit: Visit, kind: Kind) -> HttpResponse:
    """Tell the page's script what is new since the page was made that it shows."""
    wanted = _wanted(visit, kind)
    last = overviews.made(wanted)
    state = _state(wanted, last)
    is_newer = last is not None and request.GET.get("shown", "") != _name(last)
    in_work = overviews.is_in_work(wanted)
    return JsonResponse(
        {
            "told": state.told,
            "is_new": is_newer,
            "is_ready": is_newer or (state.is_new and not in_work),
            "again": _ASK_SOON if in_work else _ASK_AGAIN,
        }
    )


def _wanted(visit: Visit, kind: Kind) -> OverviewRequest:
    return OverviewRequest(kind, visit.course, visit.only_section, current_language())


def _state(wanted: OverviewRequest, last: Overview | None) -> Freshness:
    results, is_new = overviews.news(wanted, last) if last else (0, True)
    if overviews.is_in_work(wanted):
        told = _("The page is being made.") if last is None else _("It is being made again.")
    elif last is not None and last.problem:
        told = last.problem
    elif results:
        told = ngettext("{count} new result.", "{count} new results.", results, count=results)
    else:
        told = _("Something has changed.") if is_new else _("There is nothing new.")
    return Freshness(told, is_new)


def _name(last: Overview) -> str:
    return f"{last.at.timestamp():.6f}"
