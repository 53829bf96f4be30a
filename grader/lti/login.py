"""The first step of a launch: a platform asks us to begin, and we send the browser back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from grader.language import gettext_lazy as _
from grader.lti.errors import LaunchError
from grader.lti.platform import PlatformFacts
from grader.quick_dataclass import dataclass

_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What a platform says when it asks us to begin.

    Attributes
    ----------
    issuer, client_id, deployment : str
        Who asks, and of which registration; the last two may be missing.
    login_hint, message_hint : str
        What is to be given back as it is.
    target : str
        The address that the launch is for.
    storage_target : str
        The frame that keeps small things for us where there are no cookies; often missing.
    """

    issuer: str
    login_hint: str
    target: str
    message_hint: str = ""
    client_id: str = ""
    deployment: str = ""
    storage_target: str = ""


def read_login(fields: Mapping[str, str]) -> LoginRequest:
    """Return what the fields of a request to begin say.

    Raises
    ------
    LaunchError
        One that must be there is missing, or is too long.
    """

    def field(name: str, *, needed: bool = False) -> str:
        value = fields.get(name, "")
        if (needed and not value) or len(value) > _LONGEST or "\0" in value:
            raise LaunchError(
                _("the platform's login request has no valid {name}", name=name),
                _("start by clicking the exercise on the platform"),
            )
        return value

    return LoginRequest(
        field("iss", needed=True),
        field("login_hint", needed=True),
        field("target_link_uri", needed=True),
        field("lti_message_hint"),
        field("client_id"),
        field("lti_deployment_id"),
        field("lti_storage_target"),
    )


def login_address(
    request: LoginRequest, platform: PlatformFacts, *, launch: str, state: str, nonce: str
) -> str:
    """Return the address of the platform that the browser goes on to.

    Parameters
    ----------
    request : LoginRequest
    platform : PlatformFacts
    launch : str
        Our address that the platform posts the launch to.
    state, nonce : str
        What comes back beside the launch's token, and inside of it.
    """
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": launch,
        "login_hint": request.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if request.message_hint:
        asked["lti_message_hint"] = request.message_hint
    joint = "&" if urlsplit(platform.login_address).query else "?"
    return f"{platform.login_address}{joint}{urlencode(asked)}"
