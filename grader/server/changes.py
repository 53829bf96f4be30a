"""What an attempt has changed since the one before it: checks, score, lines."""

from __future__ import annotations

import difflib
from typing import Final

from grader.grading.submission import is_notebook, text_of
from grader.quick_dataclass import dataclass
from grader.report.differences import check_changes
from grader.result import Outcome, Result
from grader.server.models import Attempt
from grader.server.showing import Disclosure, score_shown

_MOST_LINES: Final = 1000  # of a file: to compare more may take seconds
_PASSED: Final = Outcome.PASSED.value


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different since attempt `since`.

    Attributes
    ----------
    gained, lost : tuple of str
        The titles of the checks that pass now, and of those that passed before.
    lines : tuple of str
        The lines that were taken out and put in, as `diff -u` shows them.
    is_same_file : bool
    """

    since: int
    score: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    lines: tuple[str, ...]
    is_same_file: bool


def changes(
    earlier: Attempt, before: Result, later: Attempt, after: Result, shown: Disclosure
) -> Changes:
    """Return what is different between two graded attempts, of their results `as_shown`."""
    checks = check_changes(before, after)
    return Changes(
        since=earlier.number,
        score=score_shown(before, shown),
        gained=tuple(one.title for one in checks if one.after == _PASSED),
        lost=tuple(one.title for one in checks if one.before == _PASSED),
        lines=_lines(earlier, later),
        is_same_file=earlier.digests == later.digests,
    )


def _lines(earlier: Attempt, later: Attempt) -> tuple[str, ...]:
    if is_notebook(earlier.file_name) or is_notebook(later.file_name):
        return ()
    rows = Attempt.objects.filter(pk__in=(earlier.pk, later.pk)).values_list("pk", "content")
    texts = {number: text_of(bytes(content)) for number, content in rows}
    before, after = (texts[one.pk].splitlines() for one in (earlier, later))
    if max(len(before), len(after)) > _MOST_LINES:
        return ()
    return tuple(difflib.unified_diff(before, after, n=2, lineterm=""))[2:]
