"""What a launch says, read out of the claims of its token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from grader.language import gettext_lazy as _
from grader.lti.errors import LaunchError
from grader.lti.platform import (
    CLAIM,
    DEEP_LINKING_CLAIM,
    GRADES_CLAIM,
    GROUPS_CLAIM,
    ROSTER_CLAIM,
)
from grader.lti.texts import full_name, printable
from grader.quick_dataclass import dataclass

_LONGEST: Final = 255
_LONGEST_ADDRESS: Final = 2000
_MOST_ROLES: Final = 100
_MOST_CUSTOM: Final = 100


class MessageKind(StrEnum):
    """Why a platform sends somebody to us."""

    RESOURCE = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True, slots=True)
class PlatformCourse:
    """The course on the platform that somebody comes from."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class GradesService:
    """Where grades go: `line_item` is the column of this link alone, `line_items` lists all."""

    scopes: frozenset[str] = frozenset()
    line_items: str = ""
    line_item: str = ""


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What a teacher may choose, and where the choice goes."""

    return_address: str
    data: str | None = None
    accepts_several: bool = False
    accepts_points: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch: who comes, from where, as what, to what.

    Attributes
    ----------
    subject : str
        Who it is, on this platform alone.
    link : str
        The number of the activity that was clicked; a copy of the course has another.
    custom : mapping
        What was said when the activity was made, such as its exercise.
    roster, groups : str
        The addresses of the roster and of the course's groups; nothing where they aren't shared.
    return_address : str
        The page of the platform that somebody goes back to.
    """

    issuer: str
    deployment: str
    subject: str
    kind: MessageKind
    roles: tuple[str, ...]
    course: PlatformCourse | None
    name: str = ""
    locale: str = ""
    link: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    grades: GradesService = GradesService()
    roster: str = ""
    groups: str = ""
    return_address: str = ""
    deep_linking: DeepLinkingSettings | None = None


def read_launch(claims: Mapping[str, Any]) -> Launch:
    """Return what the claims of a verified token say.

    Raises
    ------
    LaunchError
        Something that a launch must say is missing, or is not what it should be.
    """
    if claims.get(f"{CLAIM}version") != "1.3.0":
        raise _wrong("version")
    kind = claims.get(f"{CLAIM}message_type")
    if not isinstance(kind, str) or kind not in set(MessageKind):
        raise LaunchError(
            _("unknown kind of launch: {kind}", kind=str(kind)[:_LONGEST]),
            _("links to exercises and deep linking are supported"),
        )
    deep_linking = _deep_linking(claims) if kind == MessageKind.DEEP_LINKING else None
    link = _object(claims, f"{CLAIM}resource_link")
    if kind == MessageKind.RESOURCE and not _text(link, "id"):
        raise _wrong("resource_link")
    presentation = _object(claims, f"{CLAIM}launch_presentation")
    return Launch(
        issuer=_needed(claims, "iss"),
        deployment=_needed(claims, f"{CLAIM}deployment_id"),
        subject=_needed(claims, "sub"),
        kind=MessageKind(kind),
        roles=_roles(claims),
        course=_course(claims),
        name=full_name(claims),
        locale=_text(claims, "locale") or _text(presentation, "locale"),
        link=_text(link, "id"),
        custom=_custom(claims),
        grades=_grades(claims),
        roster=_address(_object(claims, ROSTER_CLAIM), "context_memberships_url"),
        groups=_address(_object(claims, GROUPS_CLAIM), "context_groups_url"),
        return_address=_address(presentation, "return_url"),
        deep_linking=deep_linking,
    )


def _course(claims: Mapping[str, Any]) -> PlatformCourse | None:
    found = _object(claims, f"{CLAIM}context")
    if not (number := _text(found, "id")):
        return None
    return PlatformCourse(number, _text(found, "title") or _text(found, "label"))


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get(f"{CLAIM}roles")
    if not isinstance(found, list):
        raise _wrong("roles")
    return tuple(each for each in found[:_MOST_ROLES] if isinstance(each, str))


def _custom(claims: Mapping[str, Any]) -> dict[str, str]:
    found = _object(claims, f"{CLAIM}custom")
    pairs = list(found.items())[:_MOST_CUSTOM]
    return {name: value for name, value in pairs if isinstance(value, str)}


def _grades(claims: Mapping[str, Any]) -> GradesService:
    found = _object(claims, GRADES_CLAIM)
    scopes = found.get("scope")
    return GradesService(
        frozenset(each for each in scopes if isinstance(each, str))
        if isinstance(scopes, list)
        else frozenset(),
        _address(found, "lineitems"),
        _address(found, "lineitem"),
    )


def _deep_linking(claims: Mapping[str, Any]) -> DeepLinkingSettings:
    found = _object(claims, f"{DEEP_LINKING_CLAIM}deep_linking_settings")
    return_address = _address(found, "deep_link_return_url")
    types = found.get("accept_types")
    if not return_address or not isinstance(types, list):
        raise _wrong("deep_linking_settings")
    if "ltiResourceLink" not in types:
        raise LaunchError(
            _("the platform accepts no links to exercises here"),
            _("add the exercise as an activity of the course"),
        )
    data = found.get("data")
    return DeepLinkingSettings(
        return_address,
        data if isinstance(data, str) else None,
        found.get("accept_multiple") in (True, "true"),
        found.get("accept_lineitem", True) not in (False, "false"),
    )


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a text of bounded length, without what no text has."""
    return printable(claims.get(name))[:_LONGEST]


def _needed(claims: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there, exactly as it is: others are told apart by it."""
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST or not found.isprintable():
        raise _wrong(name.rpartition("/")[2])
    return found


def _address(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or len(found) > _LONGEST_ADDRESS or not found.isascii():
        return ""
    try:
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in ("https", "http") and parts.hostname else ""


def _wrong(name: str) -> LaunchError:
    return LaunchError(
        _("the platform's launch has no valid {claim}", claim=name),
        _("check what the platform shares with the tool"),
    )
