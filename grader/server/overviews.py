"""The class as it is now, and what is alike in it: made by a process beside the pages, and kept.

To make such a page for a large class takes seconds, which whoever hands in must not wait for. So a
process of its own makes one at a time, begun when the first is asked for and ended when nobody asks
any more. A page is kept until something has changed that it shows; until the next one is there,
it is shown as it was.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict
from dataclasses import field
from datetime import UTC, datetime
from typing import Final, Literal

from django.conf import settings
from django.db.models import Count, Max

from grader.errors import BpgradeError
from grader.interpreter import variables
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server.access import students_in
from grader.server.courses import read_course
from grader.server.models import (
    GradedResult,
    RecordedDecision,
    Regrade,
    RegradeState,
    ServedCourse,
)
from grader.server.names import name_of

Kind = Literal["class", "similar"]
_KEPT: Final = 12
_LONGEST_SECONDS: Final = 300.0


class OverviewError(BpgradeError):
    """An overview could not be made."""


@dataclass(frozen=True, slots=True)
class OverviewRequest:
    """Which overview: of what, for whose students, in which language."""

    kind: Kind
    course: ServedCourse
    section: str
    language: str

    @property
    def key(self) -> tuple[str, int, str, str]:
        """What tells it from others."""
        return self.kind, self.course.pk, self.section, self.language


@dataclass(frozen=True, slots=True)
class Moment:
    """What there was when a page was made: the last result, and all else that it depends on."""

    result: int
    others: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A page that was made, when, from what; or why it could not be."""

    text: str
    at: datetime
    made_from: Moment
    problem: str = ""


@dataclass(slots=True)
class _Shelf:
    made: OrderedDict[tuple[str, int, str, str], Overview] = field(default_factory=OrderedDict)
    in_work: set[tuple[str, int, str, str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


_shelf = _Shelf()


def made(wanted: OverviewRequest) -> Overview | None:
    """Return the page that was made last; None where there is none yet."""
    with _shelf.lock:
        return _shelf.made.get(wanted.key)


def is_in_work(wanted: OverviewRequest) -> bool:
    """Return whether the page is being made."""
    with _shelf.lock:
        return wanted.key in _shelf.in_work


def news(wanted: OverviewRequest, last: Overview) -> tuple[int, bool]:
    """Return how many results there are since a page was made, and whether anything is new."""
    own = students_in(wanted.course, wanted.section)
    results = GradedResult.objects.filter(
        pk__gt=last.made_from.result,
        counts=True,
        attempt__course=wanted.course,
        attempt__person__in=own.values("person"),
    ).count()
    return results, bool(results) or last.made_from.others != _others(wanted)


def make(wanted: OverviewRequest) -> None:
    """Begin to make a page, unless that is being done."""
    with _shelf.lock:
        if wanted.key in _shelf.in_work:
            return
        _shelf.in_work.add(wanted.key)
    last = GradedResult.objects.aggregate(last=Max("pk"))["last"] or 0
    moment = Moment(last, _others(wanted))
    people = students_in(wanted.course, wanted.section).values_list("person", flat=True)
    names = {person: name for person in people if (name := name_of(person))}
    work = (wanted, moment, names)
    threading.Thread(target=_make, args=work, name="overview", daemon=True).start()


def _others(wanted: OverviewRequest) -> tuple[object, ...]:
    course = wanted.course
    decided = RecordedDecision.objects.filter(course=course).aggregate(last=Max("number"))
    used = Regrade.objects.filter(course=course, state=RegradeState.USED).count()
    people = students_in(course, wanted.section).order_by()
    members = people.aggregate(count=Count("pk"), last=Max("pk"))
    return decided["last"], used, members["count"], members["last"], read_course(course).stamp


def _make(wanted: OverviewRequest, moment: Moment, names: dict[int, str]) -> None:
    text = problem = ""
    try:
        text = _maker.make(wanted, names)
    except OverviewError as error:
        problem = error.on_page
    finally:
        with _shelf.lock:
            _shelf.in_work.discard(wanted.key)
            _shelf.made[wanted.key] = Overview(text, datetime.now(UTC), moment, problem)
            _shelf.made.move_to_end(wanted.key)
            while len(_shelf.made) > _KEPT:
                _shelf.made.popitem(last=False)


class _Maker:
    """The process that makes overviews, one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def make(self, wanted: OverviewRequest, names: dict[int, str]) -> str:
        """Return a page; `names` are those that are held in this process alone.

        Raises
        ------
        OverviewError
            The course cannot be used, or the process has ended.
        """
        with self._lock:
            # it ends where it was not asked long
            answer = self._ask(wanted, names) or self._ask(wanted, names)
        if not answer:
            raise OverviewError(_("the page could not be made"), _("try again"))
        found = json.loads(answer)
        if found["problem"]:
            raise OverviewError(found["problem"])
        return str(found["text"])

    def _ask(self, wanted: OverviewRequest, names: dict[int, str]) -> str:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        too_long = threading.Timer(_LONGEST_SECONDS, process.kill)
        too_long.start()
        try:
            process.stdin.write(json.dumps([*wanted.key, names]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            too_long.cancel()
        if not answer:
            self._end(process)
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            atexit.register(self.close)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "grader.server.overview_main", settings.BPGRADE.data],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=variables(),
                encoding="utf-8",
            )
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._end(self._process)

    def _end(self, process: subprocess.Popen[str]) -> None:
        self._process = None
        atexit.unregister(self.close)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # a question that it was not there for
                    stream.close()


_maker = _Maker()
