"""Whose pages may have ours in a frame."""

from __future__ import annotations

from grader.server.lti.framing import origin_of
from grader.server.lti.models import LtiPlatform


def origins_of(platform: LtiPlatform) -> set[str]:
    """Return the origins of a platform's pages, as far as it has said or shown them."""
    known = {origin_of(platform.issuer), origin_of(platform.login_address)}
    return {one for one in known | set(platform.origins.split("\n")) if one}


def all_origins() -> set[str]:
    """Return the origins of all platforms: for pages that lead somebody back to theirs."""
    return {one for platform in LtiPlatform.objects.all() for one in origins_of(platform)}
