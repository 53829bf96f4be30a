"""An exception that a check asks for: `with student.raises("ValueError"):`."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import TracebackType
from typing import Self

from grader.comparison.check_failure import CheckFailure
from grader.language import gettext_lazy as _
from grader.language import joined
from grader.result import Outcome
from grader.sandbox.failures import CallFailure, Raised


class AskedException:
    """A context in which the submission's code has to raise an exception.

    Attributes
    ----------
    type : str
        The name of the class of what was raised; empty before that.
    message : str
        Its text.
    """

    def __init__(
        self,
        name: str,
        match: str | re.Pattern[str] | None,
        called: Callable[[], str],
        returned: Callable[[], str],
    ) -> None:
        self._name = name
        self._match = match
        self._called = called
        self._returned = returned
        self.type = ""
        self.message = ""

    def __enter__(self) -> Self:
        """Return what tells of the exception afterwards."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        """Pass where the right exception was raised; else raise CheckFailure."""
        if error is None:
            raise CheckFailure(not_raised(self._returned(), self._name))
        if not isinstance(error, CallFailure) or error.raised is None:
            return False
        self.type, self.message = (*error.raised.names, "")[0], error.raised.message
        if self._name not in error.raised.names:
            if error.outcome is not Outcome.ERROR:
                return False
            told = another_raised(self._called(), self._name, error, error.raised)
            raise CheckFailure(told) from None
        if self._match is not None and not re.search(self._match, self.message):
            text = _(
                "{call} raised {exception}, as is asked for, but with another message: {message}"
            )
            raise CheckFailure(
                text.format(
                    call=self._called(),
                    exception=_article(self._name),
                    message=repr(self.message),
                )
            ) from None
        return True


def not_raised(returned: str, name: str) -> str:
    """Return that a call gave a value in place of an exception.

    Examples
    --------
    >>> not_raised("mean([]) returned 0.0", "ValueError")
    'mean([]) returned 0.0 where a ValueError is asked for.'
    """
    if not returned:
        return _("Nothing was raised where {exception} is asked for.", exception=_article(name))
    text = _("{returned} where {exception} is asked for.")
    return text.format(returned=returned, exception=_article(name))


def another_raised(called: str, name: str, failure: CallFailure, raised: Raised) -> str:
    """Return that a call raised another exception than the one of this name."""
    own = (*raised.names, "")[0]
    text = _("{call} raised {own}, {exception} is asked for.")
    told = text.format(call=called, own=own, exception=_article(name))
    return joined(told, failure.feedback, separator="\n")


def _article(name: str) -> str:
    return _("an {name}", name=name) if name[:1] in "AEIOU" else _("a {name}", name=name)
