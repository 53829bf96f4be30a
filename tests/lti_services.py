"""The services of a learning platform: Assignment and Grade Services 2.0, Names and Roles 2.0.

What is odd here is so on Moodle 4.5, with the file that it was read in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti_records import StandInColumn, StandInCourse

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
_READS_ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
_MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_NEEDED = ("userId", "timestamp", "gradingProgress", "activityProgress")
_ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
_GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}


@dataclass(frozen=True)
class Asked:
    """A request as it came, and what its bearer may do."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    scopes: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class ServiceReply:
    """What is answered."""

    status: int = 200
    body: str = ""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


class Gradebook:
    """The two services of one course. `page` is how many lines a page has; 0: all."""

    def __init__(self, address: str, course: StandInCourse, page: int) -> None:
        self._root = address
        self._course = course
        self._page = page

    # Moodle 4.5: an address of a column carries the tool's number behind a question mark
    def lines_address(self) -> str:
        return f"{self._root}/services/{self._course.number}/lineitems?type_id=1"

    def line_address(self, column: StandInColumn) -> str:
        line = f"{self._root}/services/{self._course.number}/lineitems/{column.number}/lineitem"
        return f"{line}?type_id=1"

    def roster_address(self) -> str:
        return f"{self._root}/services/{self._course.number}/memberships"

    def answer(self, asked: Asked) -> ServiceReply:
        """Answer what is asked of a service, by its place."""
        below = asked.place.partition(f"/services/{self._course.number}/")[2]
        if below == "memberships":
            return self._roster(asked)
        found = re.fullmatch(r"lineitems(?:/(\d+)/lineitem(?:/(scores|results))?)?", below)
        if found is None:
            return ServiceReply(404)
        if asked.query.get("type_id") != "1":
            return ServiceReply(404, "no tool of that number")
        if found[1] is None:
            return self._lines(asked)
        column = self._course.columns.get(int(found[1]))
        if column is None:
            return ServiceReply(404, "Line item does not exist")
        if found[2] == "scores":
            return self._score(asked, column)
        return self._results(asked, column) if found[2] else self._line(asked, column)

    def _lines(self, asked: Asked) -> ServiceReply:
        may_read = asked.scopes & {f"{_SCOPE}lineitem", f"{_SCOPE}lineitem.readonly"}
        if asked.method == "GET":
            if not may_read:
                return ServiceReply(401)
            lines = [self._told(one) for one in self._course.columns.values()]
            wanted = asked.query.get("resource_link_id")
            lines = [one for one in lines if wanted in (None, one.get("resourceLinkId"))]
            lines, headers = self._paged(asked, lines, _broken)
            return ServiceReply(200, json.dumps(lines), _ITEMS, headers)
        if f"{_SCOPE}lineitem" not in asked.scopes:
            return ServiceReply(401)
        document = json.loads(asked.body)
        if asked.headers.get("Content-Type") != _ITEM or not document.get("label"):
            return ServiceReply(400)
        column = StandInColumn(
            document["label"],
            float(document["scoreMaximum"]),
            resource=document.get("resourceId", ""),
            tag=document.get("tag", ""),
        )
        self._course.columns[column.number] = column
        return ServiceReply(201, json.dumps(self._told(column)), _ITEM)

    def _line(self, asked: Asked, column: StandInColumn) -> ServiceReply:
        if f"{_SCOPE}lineitem" not in asked.scopes:
            return ServiceReply(401)
        if asked.method == "DELETE":
            if column.activity is not None:  # lineitem.php: the activity's own can't be taken out
                return ServiceReply(403)
            del self._course.columns[column.number]
            return ServiceReply(204)
        if asked.method == "PUT":
            document = json.loads(asked.body)
            column.label = document["label"]
            column.maximum = float(document["scoreMaximum"])
        return ServiceReply(200, json.dumps(self._told(column)), _ITEM)

    def _told(self, column: StandInColumn) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": self.line_address(column),
            "label": column.label,
            "scoreMaximum": column.maximum,
            "resourceId": column.resource,
            "tag": column.tag,
        }
        if column.activity is not None:
            told["resourceLinkId"] = told["ltiLinkId"] = str(column.activity)
        return told

    def _score(self, asked: Asked, column: StandInColumn) -> ServiceReply:
        if f"{_SCOPE}score" not in asked.scopes:
            return ServiceReply(401)
        if asked.method != "POST":
            return ServiceReply(405)
        if asked.headers.get("Content-Type") != _SCORE:
            return ServiceReply(400, "unsupported content type")
        body = json.loads(asked.body)
        if not self._is_score(body):  # teachers and strangers are no students: 400, as well
            return ServiceReply(400, "[]", "text/html", reason="Incorrect score received")
        status, words = column.put(body)
        # response.php: the reason is in the status line, the body says nothing
        return ServiceReply(status, "" if status == 200 else "[]", "text/html", reason=words)

    def _is_score(self, body: dict[str, Any]) -> bool:
        """Return whether a score has what it must have: AGS 2.0, section 3.4."""
        if not all(isinstance(body.get(name), str) for name in _NEEDED):
            return False
        if body["activityProgress"] not in _ACTIVITY or body["gradingProgress"] not in _GRADING:
            return False
        at = datetime.fromisoformat(body["timestamp"])
        if at.tzinfo is None or not re.search(r"\.\d{3,}", body["timestamp"]):
            return False  # section 3.4.6: a zone, and at least milliseconds
        if "scoreGiven" in body and not (body["scoreGiven"] >= 0 and body["scoreMaximum"] > 0):
            return False
        member = self._course.members.get(body["userId"])
        return member is not None and member.is_graded

    def _results(self, asked: Asked, column: StandInColumn) -> ServiceReply:
        if f"{_SCOPE}result.readonly" not in asked.scopes:
            return ServiceReply(401)
        wanted = asked.query.get("user_id")
        told = [
            {
                "id": f"{self.line_address(column)}/results/{person}",
                "scoreOf": self.line_address(column),
                "userId": person,
                "resultScore": cell.score,
                "resultMaximum": column.maximum,
                "comment": cell.comment,
            }
            for person, cell in column.cells.items()
            if cell.changed and wanted in (None, person)
        ]
        told, headers = self._paged(asked, told, _broken)
        return ServiceReply(200, json.dumps(told), _RESULTS, headers)

    def _roster(self, asked: Asked) -> ServiceReply:
        if _READS_ROSTER not in asked.scopes:
            return ServiceReply(401)
        people = [
            {
                "user_id": one.number,
                # memberships.php: names of roles alone, where a launch has addresses of them
                "roles": [one.role],
                "status": "Active" if one.is_active else "Inactive",
                "given_name": one.given,
                "family_name": one.family,
                "name": f"{one.given} {one.family}",
            }
            for one in self._course.members.values()
        ]
        people, headers = self._paged(asked, people, _right)
        document = {
            "id": self.roster_address(),
            "context": {"id": str(self._course.number), "title": self._course.title},
            "members": people,
        }
        return ServiceReply(200, json.dumps(document), _MEMBERS, headers)

    def _paged(self, asked: Asked, lines: Sequence, link) -> tuple[list, dict[str, str]]:
        """Return a page of a list, and the header that says where the next one is."""
        limit = int(asked.query.get("limit", self._page))
        begin = int(asked.query.get("from", 0))
        if not limit:
            return list(lines), {}
        first, after = (
            f"{self._root}{asked.place}?{urlencode({**asked.query, 'limit': limit, 'from': at})}"
            for at in (0, begin + limit)
        )
        has_more = begin + limit < len(lines)
        return list(lines[begin : begin + limit]), {"Link": link(first, after)} if has_more else {}


def _broken(first: str, after: str) -> str:
    """Return the header as lineitems.php and results.php write it, curly quotes and all."""
    told = f"<{first}>; rel=“first”, <{after}>; rel=“next”".replace("&", "&amp;")
    return told.encode().decode("latin-1")  # sent as UTF-8


def _right(_first: str, after: str) -> str:
    return f'<{after}>; rel="next"'
