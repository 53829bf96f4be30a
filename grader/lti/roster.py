"""Names and Roles: who is in a course on the platform, as what, in which group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grader.language import gettext_lazy as _
from grader.lti.errors import ServiceError
from grader.lti.platform import SCOPE_GROUPS, SCOPE_ROSTER
from grader.lti.service import Services, listed
from grader.lti.texts import full_name, printable
from grader.quick_dataclass import dataclass

_ROSTER: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_GROUPS: Final = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
_MOST_MEMBERS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a platform's course; names may be missing, a group is a number or a name."""

    subject: str
    roles: tuple[str, ...]
    name: str = ""
    groups: tuple[str, ...] = ()
    is_active: bool = True


def members(services: Services, address: str) -> list[Member]:
    """Return everybody in a platform's course.

    Raises
    ------
    AwayError, ServiceError
        As `Services.pages`; or there are too many.
    """
    found: dict[str, Member] = {}
    for document in services.pages(address, SCOPE_ROSTER, _ROSTER):
        for one in listed(document, "members"):
            if (member := _member(one)) is not None:
                found[member.subject] = member
        if len(found) > _MOST_MEMBERS:
            raise ServiceError(_("the platform's roster has more people than a course"))
    return list(found.values())


def group_names(services: Services, address: str) -> dict[str, str]:
    """Return the names of a course's groups by their numbers.

    Raises
    ------
    AwayError, ServiceError
        As `Services.pages`.
    """
    found = {}
    for document in services.pages(address, SCOPE_GROUPS, _GROUPS):
        for one in listed(document, "groups"):
            if printable(one.get("id")) and printable(one.get("name")):
                found[printable(one["id"])] = printable(one["name"])[:100]
    return found


def _member(one: Mapping[str, Any]) -> Member | None:
    subject = printable(one.get("user_id"))
    if not subject or len(subject) > 255:
        return None
    roles = one.get("roles")
    groups = one.get("group_enrollments")
    return Member(
        subject,
        tuple(each for each in roles if isinstance(each, str)) if isinstance(roles, list) else (),
        full_name(one),
        tuple(printable(each.get("group_id")) for each in groups if isinstance(each, dict))
        if isinstance(groups, list)
        else (),
        one.get("status", "Active") == "Active",
    )
