"""Under which conditions a check asks: who answers, which names are set or hidden, as of when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from grader.checking.student.known_answers import KnownAnswers
from grader.checking.student.shown import shown_argument
from grader.language import enumerated, joined, listed
from grader.language import gettext_lazy as _
from grader.result import Outcome
from grader.sandbox.failures import CallFailure


class AskedUnder(NamedTuple):
    """What holds while something is asked of a submission.

    Attributes
    ----------
    known : mapping or None
        Answers to the calls that its functions make.
    answers : tuple of str or None
        What `input()` gives; None where nobody answers.
    names : mapping
        What names of its module stand for.
    hidden : tuple of str
        Names that it has not got.
    after : str
        The cell as of which it is asked; empty for the end.
    run : tuple of str or None
        What `input()` gave when it was run anew.
    """

    known: Mapping[str, KnownAnswers] | None = None
    answers: tuple[str, ...] | None = None
    names: Mapping[str, Any] = MappingProxyType({})
    hidden: tuple[str, ...] = ()
    after: str = ""
    run: tuple[str, ...] | None = None

    def sent(self, passed: Callable[[Any], Any]) -> dict[str, Any]:
        """Return the conditions as they are sent; `passed` returns a value as it is sent."""
        found = self.when() if self.after or self.run is not None else {}
        if self.answers is not None:
            found["answers"] = list(self.answers)
        if self.names:
            found["names"] = {name: passed(value) for name, value in self.names.items()}
        if self.hidden:
            found["hidden"] = list(self.hidden)
        return found

    def when(self) -> dict[str, Any]:
        """Return as of when a value is asked for, as it is sent."""
        found: dict[str, Any] = {"after": self.after} if self.after else {}
        if self.run is not None:
            found["run"] = list(self.run)
        return found

    def words(self) -> str:
        """Return what a call's text is followed by, as in ` with n = 3, without numpy`."""
        if not (self.names or self.hidden or self.after):
            return ""
        parts: list[str] = [
            _("with {name} = {value}", name=name, value=shown_argument(value))
            for name, value in self.names.items()
        ]
        parts += [_("without {name}", name=name) for name in self.hidden]
        if self.after:
            parts.append(_("after the cell {cell}", cell=self.after))
        return " " + enumerated(parts)

    def explained(self, failure: CallFailure) -> CallFailure:
        """Return the failure of a call, with what was otherwise than in the file."""
        if failure.outcome is not Outcome.ERROR or not (self.names or self.hidden):
            return failure
        told: list[str] = [
            _("`{name}` is {value}", name=name, value=shown_argument(value))
            for name, value in self.names.items()
        ]
        told += [_("there is no `{name}`", name=name) for name in self.hidden]
        under = _("In this check, {conditions}.", conditions=listed(told))
        failure.feedback = joined(failure.feedback, under, separator="\n")
        failure.cause = ""  # it is not one that calls under other conditions may have
        return failure


AS_IT_IS: Final = AskedUnder()
"""Nothing holds but what the file itself has set."""
