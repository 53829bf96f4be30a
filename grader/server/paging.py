"""Long lists in pages: which one a visitor looks at, and the addresses of those beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from grader.quick_dataclass import dataclass

ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class ListPage:
    """A part of a list: its rows, which of how many it is, and the others' addresses.

    `before` and `after` are empty where there is none.
    """

    rows: Sequence[Any]
    number: int
    of: int
    count: int
    before: str
    after: str


def list_page(
    request: HttpRequest, rows: Sequence[Any] | QuerySet[Any], size: int = ROWS
) -> ListPage:
    """Return the part of a list that the address asks for; the nearest where there is none such."""
    found = Paginator(rows, size).get_page(request.GET.get("page"))

    def address(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return ListPage(
        rows=found.object_list,
        number=found.number,
        of=found.paginator.num_pages,
        count=found.paginator.count,
        before=address(found.number - 1) if found.has_previous() else "",
        after=address(found.number + 1) if found.has_next() else "",
    )
