"""The answer to a teacher's choice: links to exercises, each with its points."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from grader.lti.claims import DeepLinkingSettings
from grader.lti.platform import CLAIM, DEEP_LINKING_CLAIM, PlatformFacts
from grader.quick_dataclass import dataclass

_HOLDS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class ChosenLink:
    """A link to an exercise: `points` of 0 ask for no column in the gradebook."""

    title: str
    address: str
    course: str
    exercise: str
    points: float


def answer_claims(
    links: Sequence[ChosenLink],
    settings: DeepLinkingSettings,
    platform: PlatformFacts,
    deployment: str,
    now: float,
) -> dict[str, Any]:
    """Return the claims of the token that carries the chosen links to the platform."""
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": int(now),
        "exp": int(now) + _HOLDS_SECONDS,
        "nonce": secrets.token_urlsafe(24),
        f"{CLAIM}deployment_id": deployment,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        f"{DEEP_LINKING_CLAIM}content_items": [_item(one, settings) for one in links],
    }
    if settings.data is not None:
        claims[f"{DEEP_LINKING_CLAIM}data"] = settings.data
    return claims


def _item(link: ChosenLink, settings: DeepLinkingSettings) -> dict[str, Any]:
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": link.title,
        "url": link.address,
        "custom": {"course": link.course, "exercise": link.exercise},
    }
    if settings.accepts_points and link.points > 0:
        item["lineItem"] = {
            "scoreMaximum": link.points,
            "label": link.title,
            "resourceId": link.exercise,
        }
    return item
