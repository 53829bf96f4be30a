"""The figures of a submission, as a check asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.shown import DRAWS, Asked, names_of, shown_call
from grader.checking.student.student_object import StudentObject
from grader.comparison.check_failure import CheckFailure
from grader.language import gettext_lazy as _
from grader.sandbox.child.figures.figure import Figure
from grader.sandbox.failures import broke_the_channel, signature_of
from grader.sandbox.replies import Reply
from grader.sandbox.requests import PROGRAM

_OPERATION = ".figures"


class AsksForFigures:
    """The part of `student` that asks for figures."""

    def figure(self, function: Any = None, *arguments: Any, **named: Any) -> Figure:
        """Return what a function of the submission draws, as facts; its picture is on the page.

        It may return the figure or its axes, or draw with pyplot and return nothing; of several
        figures this is the last. Without a function it is the last that the file, or the notebook,
        has drawn itself.

        Parameters
        ----------
        function : function of the submission, or str, optional
            `student.plot_loss`, or its name.
        *arguments, **named
            What it is called with.

        Examples
        --------
        `figure = student.figure(student.plot_loss, losses)`
        """
        return self.figures(function, *arguments, **named)[-1]

    def figures(self, function: Any = None, *arguments: Any, **named: Any) -> tuple[Figure, ...]:
        """Return all figures that a function of the submission draws, in their order; see `figure`.

        At least one.
        """
        student: Any = self  # what it has beside this part
        if isinstance(function, str):
            function = getattr(student, function)
        name = _name_of(function)
        names: tuple[str, ...] = ()
        if function is None or isinstance(function, StudentObject):
            loaded = student._submission.load()
        else:
            loaded = student._see_defined(name)
            names = student._parameters(name)
            student._calls[name] = arguments, named

        def asked() -> str:
            return name if function is None else shown_call(name, (), arguments, named)

        passed = (function, *arguments)
        reply: Reply = student._ask(name, passed, named, names, _OPERATION, loaded, asked)
        every = [*names_of(arguments, names), *named]
        student.changed_arguments = tuple(every[place - 1] for place in reply.changed if place)
        found = reply.value
        if not isinstance(found, list) or not all(isinstance(each, Figure) for each in found):
            raise broke_the_channel(name)
        by = signature_of(name, names, arguments, named)
        student._taken(
            AnsweredCall(
                name, arguments, found[0] if len(found) == 1 else found, named, by, _draws(asked)
            )
        )
        if not found:
            raise CheckFailure(_("{call} draws no figure.", call=asked()), ["figure"])
        student._pictures += found
        return tuple(found)


def drawn_figures(student: AsksForFigures) -> Sequence[Figure]:
    """Return the figures that the submission has drawn in a check, in their order."""
    found: Sequence[Figure] = vars(student)["_pictures"]
    return found


def _name_of(function: Any) -> str:
    if function is None:
        return PROGRAM
    if isinstance(function, StudentObject):
        return function._bpgrade.root
    return str(function._name)


def _draws(asked: Callable[[], str]) -> Callable[[], Asked]:
    return lambda: (asked(), DRAWS)
