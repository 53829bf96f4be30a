"""What becomes of what was handed in, as the page's script asks for it: one attempt, or several."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from grader.server import access, queue
from grader.server.access import Visit, attempt_for
from grader.server.form_fields import number_in
from grader.server.models import Attempt
from grader.server.taking_in import MOST_FILES
from grader.server.waiting import Hold


@access.member
def state(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Tell where an attempt is in the queue; once it has ended, or later."""
    return _state(visit, [attempt_for(visit, number)])


@access.member
def state_of_several(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Tell where the last of several attempts is in the queue; once all have ended, or later."""
    return _state(visit, asked_for(request, visit))


def asked_for(request: HttpRequest, visit: Visit) -> list[Attempt]:
    """Return the attempts that an address names.

    Raises
    ------
    Http404
        There are too many, or one is not there for this visitor.
    """
    numbers = request.GET.getlist("n")
    if len(numbers) > MOST_FILES:
        raise Http404
    return [attempt_for(visit, number_in(each)) for each in numbers]


def last_place(attempts: Sequence[Attempt]) -> tuple[Attempt | None, queue.QueuePosition]:
    """Return which of these attempts is graded last, and its place; None where all have ended."""
    waiting = [
        (one, place) for one in attempts if (place := queue.position(one)).before is not None
    ]
    if not waiting:
        return None, queue.QueuePosition(None)
    return max(waiting, key=lambda each: (each[1].before or 0, each[0].pk))


def _state(visit: Visit, attempts: Sequence[Attempt]) -> JsonResponse:
    last, where = last_place(attempts)
    answer = JsonResponse(_told(where, where.ask_again))
    if last is not None:
        over = json.dumps(_told(where, 0.0)).encode()
        # of several, others may still be at work when this one has ended: that is asked again
        ended = (
            json.dumps(_told(queue.QueuePosition(None), 0.0)).encode()
            if len(attempts) == 1
            else over
        )
        answer.hold = Hold(visit.person.pk, last.pk, where.hold_seconds, ended, over)
    return answer


def _told(where: queue.QueuePosition, again: float) -> dict[str, object]:
    return {
        "ended": where.before is None,
        "before": where.before or 0,
        "minutes": round(where.seconds / 60),
        "stalled": where.is_stalled,
        "again": again,
    }
