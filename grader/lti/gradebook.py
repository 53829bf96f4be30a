"""Assignment and Grade Services: columns of a gradebook, scores into them, results out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from grader.language import gettext_lazy as _
from grader.lti.errors import ServiceError
from grader.lti.platform import SCOPE_LINE_ITEMS, SCOPE_RESULTS, SCOPE_SCORES
from grader.lti.service import Services, listed
from grader.quick_dataclass import dataclass

_KIND: Final = "application/vnd.ims.lis.v2.lineitem+json"
_KINDS: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE: Final = "application/vnd.ims.lis.v1.score+json"
_RESULTS: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
_LONGEST_ADDRESS: Final = 2000


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line item: a column of the platform's gradebook."""

    address: str
    label: str
    maximum: float
    resource: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What somebody has got, of how much, when it was found out, and a comment."""

    subject: str
    given: float
    maximum: float
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class GradebookResult:
    """What the gradebook says that somebody has; `score` is None where it has nothing."""

    subject: str
    score: float | None
    maximum: float | None


def below(address: str, part: str, **query: str) -> str:
    """Return the address of a part of a line item; its own query stays behind the path."""
    scheme, netloc, path, own, _fragment = urlsplit(address)
    queries = [each for each in (own, urlencode(query)) if each]
    return urlunsplit((scheme, netloc, f"{path.rstrip('/')}/{part}", "&".join(queries), ""))


def post_score(services: Services, column: str, score: Score) -> None:
    """Put a score into the gradebook: always a finished one, others would erase what is there.

    Raises
    ------
    AwayError
        The platform may take it later.
    ServiceError
        It refuses; status 409: it has a later one already.
    """
    body: dict[str, Any] = {
        "userId": score.subject,
        "scoreGiven": score.given,
        "scoreMaximum": score.maximum,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": stamp(score.at),
    }
    if score.comment:
        body["comment"] = score.comment
    services.ask("POST", below(column, "scores"), SCOPE_SCORES, body=body, kind=_SCORE)


def stamp(at: datetime) -> str:
    """Return a time as scores have it, with milliseconds and a zone."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def results(services: Services, column: str, subject: str = "") -> Iterator[GradebookResult]:
    """Give what the gradebook has in a column, of everybody or of one.

    Raises
    ------
    AwayError, ServiceError
        As `Services.pages`.
    """
    query = {"user_id": subject} if subject else {}
    address = below(column, "results", **query)
    for document in services.pages(address, SCOPE_RESULTS, _RESULTS):
        for one in listed(document):
            who = one.get("userId")
            if isinstance(who, (str, int)):
                score, maximum = _number(one.get("resultScore")), _number(one.get("resultMaximum"))
                yield GradebookResult(str(who), score, maximum)


def columns(services: Services, address: str) -> Iterator[LineItem]:
    """Give the columns that are ours in a course's gradebook.

    Raises
    ------
    AwayError, ServiceError
        As `Services.pages`.
    """
    for document in services.pages(address, SCOPE_LINE_ITEMS, _KINDS):
        yield from map(_column, listed(document))


def make_column(services: Services, address: str, label: str, maximum: float) -> LineItem:
    """Add a column to a course's gradebook.

    Raises
    ------
    AwayError, ServiceError
        As `Services.ask`.
    """
    body = {"label": label, "scoreMaximum": maximum}
    answer = services.ask("POST", address, SCOPE_LINE_ITEMS, accept=_KIND, body=body, kind=_KIND)
    document = answer.document()
    if not isinstance(document, dict):
        raise ServiceError(_("the platform did not say which column it made"))
    return _column(document)


def drop_column(services: Services, column: str) -> None:
    """Take a column of ours out of a gradebook.

    Raises
    ------
    AwayError, ServiceError
        As `Services.ask`.
    """
    services.ask("DELETE", column, SCOPE_LINE_ITEMS, accept=_KIND)


def _column(document: Mapping[str, Any]) -> LineItem:
    address = document.get("id")
    if not isinstance(address, str) or not 0 < len(address) <= _LONGEST_ADDRESS:
        raise ServiceError(_("the platform's gradebook has a column without an address"))
    return LineItem(
        address,
        str(document.get("label", ""))[:255],
        _number(document.get("scoreMaximum")) or 0.0,
        str(document.get("resourceId", ""))[:255],
        str(document.get("resourceLinkId", ""))[:255],
    )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None
