"""Result documents from the database: read many at a time, and what grades take of them kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from grader.decisions.parts import answer_digest
from grader.quick_dataclass import dataclass
from grader.result import Result
from grader.server.models import GradedResult
from grader.server.prepared import PreparedQuery

_KEPT: Final = 20_000  # about 40 MB


@dataclass(frozen=True, slots=True)
class Facts:
    """What a grade may depend on besides the score: each check's points, and of how many; and what
    tells one answer to a part from another."""

    checks: Mapping[str, tuple[float, float]]
    answers: Mapping[str, str]


_DOCUMENT: Final[PreparedQuery[GradedResult]] = PreparedQuery(
    lambda: GradedResult.objects.filter(pk=-1).only("document")
)
_facts: OrderedDict[int, Facts] = OrderedDict()
_lock = threading.Lock()


def documents(numbers: Collection[int]) -> dict[int, Result]:
    """Return results by their numbers, in one query."""
    if not numbers:
        return {}
    if len(numbers) == 1:  # as for nearly every page
        rows: Iterable[GradedResult] = _DOCUMENT.rows(*numbers)
    else:
        rows = GradedResult.objects.filter(pk__in=numbers).only("document")
    return {one.pk: Result.from_json(one.document) for one in rows}


def facts(numbers: Collection[int]) -> dict[int, Facts]:
    """Return what grades depend on, by the numbers of results; a result never changes."""
    with _lock:
        found = {number: _facts[number] for number in numbers if number in _facts}
    new = {
        number: _facts_of(result)
        for number, result in documents([each for each in numbers if each not in found]).items()
    }
    with _lock:
        _facts.update(new)
        while len(_facts) > _KEPT:
            _facts.popitem(last=False)
    return found | new


def _facts_of(result: Result) -> Facts:
    return Facts(
        checks={one.id: (one.points, one.max_points) for one in result.checks},
        answers={one.id: answer_digest(one) for one in result.by_hand},
    )
