"""What the course draws of a result: the wrong entries, in a picture of the course's own.

A course may have a file `solutions/drawing.py` with a function

    draw_wrong(figure, exercise, wrong) -> str

It is given an empty matplotlib figure, the exercise's name and, for each function that returned
wrong values or none, the names of the entries that are wrong, as in `CheckResult.wrong`; no names
where it returned nothing. It draws, and returns a sentence that says all that is to be seen, or
draws nothing and returns an empty text. Both are said in the page's languages where the course's
catalogue has the sentence, or a label. Black, white, #666666, #0072B2 (right) and #D55E00 (wrong)
follow the page's light or dark theme. Nothing but the result goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.course import Course
from grader.errors import CourseError
from grader.grading.figure import course_drawing
from grader.language import Message, authored
from grader.language import gettext_lazy as _
from grader.report.pages.drawing import Drawing, drawn, texts_of
from grader.result import Outcome, Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Wrong = Mapping[str, frozenset[str]]
_MOST_KEPT: Final = 500
_NO_VALUES = (
    Outcome.ERROR,
    Outcome.TIMEOUT,
    Outcome.OUT_OF_MEMORY,
    Outcome.DIED,
    Outcome.FORBIDDEN_VALUE,
)


class CourseDrawings:
    """Draws results of one course; equal mistakes are drawn once."""

    def __init__(self, course: Course | None) -> None:
        self._course = course
        self._known: dict[tuple[object, ...], Drawing | None] = {}

    def draw(self, result: Result) -> Drawing | None:
        """Return the drawing of a result; None where nothing is wrong or the course draws none.

        Raises
        ------
        CourseError
            The course's file cannot draw.
        """
        course = self._course
        wrong = wrong_entries(result)
        if course is None or course.name != result.course or not wrong:
            return None
        key = (result.exercise, *sorted((name, *sorted(found)) for name, found in wrong.items()))
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:  # a server keeps drawing
                self._known.clear()
            self._known[key] = self._drawn(course, result.exercise, wrong)
        return self._known[key]

    def _drawn(self, course: Course, exercise: str, wrong: Wrong) -> Drawing | None:
        path, draw = course_drawing(course)
        if draw is None:
            return None

        def told(figure: Figure) -> str:
            said = draw(figure, exercise, wrong)
            return authored(course.folder, said if isinstance(said, Message) else str(said))

        try:
            drawing = drawn(told, exercise)
        except Exception as error:
            raise CourseError(
                _(
                    "{file} cannot draw: {kind}: {error}",
                    file=path.name,
                    kind=type(error).__name__,
                    error=error,
                ),
                _("fix {file}", file=path),
            ) from error
        if not drawing.told:
            return None
        labels = (authored(course.folder, text) for text in texts_of(drawing))
        return replace(drawing, labels=tuple(dict.fromkeys(labels)))


def wrong_entries(result: Result) -> dict[str, frozenset[str]]:
    """Return the names of the wrong entries of each function with wrong values, or without any."""
    found: dict[str, set[str]] = {}
    for check in result.checks:
        if check.wrong or check.outcome in _NO_VALUES:
            found.setdefault(check.function, set()).update(check.wrong)
    return {name: frozenset(entries) for name, entries in found.items()}
