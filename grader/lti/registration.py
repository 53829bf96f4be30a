"""Dynamic registration: read what a platform is, tell it what we are, keep what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from grader.language import gettext_lazy as _
from grader.lti.claims import MessageKind
from grader.lti.errors import LtiError
from grader.lti.platform import SCOPES, PlatformFacts
from grader.lti.transport import Transport, check_address

_TOOL: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_PLATFORM: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_CLAIMS: Final = ("iss", "sub", "name", "given_name", "family_name")
_LONGEST: Final = 2000


def read_configuration(
    transport: Transport, address: str, *, private: bool = False
) -> Mapping[str, Any]:
    """Return what a platform says of itself, where it may say that.

    Raises
    ------
    AwayError, ServiceError
        It can't be had.
    LtiError
        An address in it is missing, is none, or the issuer is of another host.
    """
    document = transport.ask("GET", address, headers={"Accept": "application/json"}).document()
    if not isinstance(document, dict):
        raise _wrong("issuer")
    for name in (
        *("issuer", "authorization_endpoint", "token_endpoint"),
        *("jwks_uri", "registration_endpoint"),
    ):
        value = document.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
            raise _wrong(name)
        check_address(value, private=private)
    if urlsplit(document["issuer"]).hostname != urlsplit(address).hostname:
        raise LtiError(
            _(
                "the platform says that its issuer is another one: {issuer}",
                issuer=document["issuer"],
            ),
            _("if that is right, register it by hand"),
        )
    return document


def product(configuration: Mapping[str, Any]) -> str:
    """Return what the platform's software is called, such as moodle."""
    found = configuration.get(_PLATFORM)
    name = found.get("product_family_code") if isinstance(found, dict) else None
    return name[:100] if isinstance(name, str) else ""


def tool_configuration(address: str, description: str) -> dict[str, Any]:
    """Return what we tell a platform of ourselves.

    Parameters
    ----------
    address : str
        The address of this server, without a slash at its end.
    description : str
        A sentence for the platform's list of tools.
    """
    launch = f"{address}/lti/launch/"
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{address}/lti/login/",
        "redirect_uris": [launch],
        "client_name": "bpgrade",
        "jwks_uri": f"{address}/lti/keys/",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        _TOOL: {
            "domain": urlsplit(address).netloc,
            "description": description,
            "target_link_uri": launch,
            "claims": list(_CLAIMS),
            "custom_parameters": {"context_history": "$Context.id.history"},
            "messages": [
                {"type": MessageKind.RESOURCE.value, "target_link_uri": launch},
                {
                    "type": MessageKind.DEEP_LINKING.value,
                    "target_link_uri": launch,
                    "label": "bpgrade",
                },
            ],
        },
    }


def register(
    transport: Transport,
    configuration: Mapping[str, Any],
    tool: Mapping[str, Any],
    token: str,
) -> PlatformFacts:
    """Register with a platform, and return what is known of it from now on.

    Parameters
    ----------
    transport : Transport
    configuration : mapping
        As `read_configuration` returns it.
    tool : mapping
        As `tool_configuration` returns it.
    token : str
        What the platform has given along; nothing where it gives none.

    Raises
    ------
    AwayError, ServiceError
        It refuses, or can't be reached.
    LtiError
        It does not say which client we are.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    answer = transport.ask(
        "POST",
        configuration["registration_endpoint"],
        headers=headers,
        content=json.dumps(tool).encode(),
    )
    document = answer.document()
    client = document.get("client_id") if isinstance(document, dict) else None
    if not isinstance(client, (str, int)) or not 0 < len(str(client)) <= 255:
        raise _wrong("client_id")
    audience = configuration.get("authorization_server")
    own = document.get(_TOOL)
    deployment = own.get("deployment_id") if isinstance(own, dict) else None
    known = isinstance(deployment, (str, int)) and 0 < len(str(deployment)) <= 255
    return PlatformFacts(
        issuer=configuration["issuer"],
        client_id=str(client),
        keys_address=configuration["jwks_uri"],
        token_address=configuration["token_endpoint"],
        login_address=configuration["authorization_endpoint"],
        audience=audience if isinstance(audience, str) and len(audience) <= _LONGEST else "",
        deployments=(str(deployment),) if known else (),
    )


def _wrong(name: str) -> LtiError:
    return LtiError(
        _("the platform's registration has no valid {name}", name=name),
        _("register by hand, with the addresses that the platform shows"),
    )
