"""Which failed checks there is something to find out of."""

from __future__ import annotations

import re
from typing import Final

from grader.result import CheckResult, Outcome

_RAISED: Final = re.compile(r"\w+ in .+, line \d+")


def is_unexplained(check: CheckResult) -> bool:
    """Return whether a check failed for values, or for an exception of which only the line is told.

    A name that is not defined, parameters that do not fit and the like say themselves what to do.
    """
    if check.outcome is Outcome.ERROR:
        return _RAISED.fullmatch(check.cause) is not None
    return check.outcome is Outcome.FAILED and not check.cause
