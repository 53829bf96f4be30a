"""The pages of the stand-in platform: a course, an activity in its frame, what browsers post."""

from __future__ import annotations

import html
import json
import secrets
from typing import TYPE_CHECKING, Any

from lti_records import Tool
from lti_services import Asked, ServiceReply
from lti_tokens import SCOPES, TokenRefused

if TYPE_CHECKING:
    from lti_platform import StandInPlatform

_TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
_PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_CHOICE = "choose"
_STORAGE = """<script>
const kept = {};
addEventListener("message", (event) => {
  const { subject, message_id, key, value } = event.data;
  if (KEEPS && subject === "lti.put_data") kept[event.origin + key] = value;
  if (!/^lti\\.(put|get)_data$/.test(subject)) return;
  const said = { subject: subject + ".response", message_id, key, value: kept[event.origin + key] };
  event.source.postMessage(said, event.origin);
});
</script>"""
_SUBMIT = """<script>
// Playwright loses sight of a frame that goes from one site to another and on at once
addEventListener("load", () => setTimeout(() => document.forms[0].submit(), 400));
</script>"""


def configuration(address: str) -> dict[str, Any]:
    """Return what the platform says of itself: LTI Dynamic Registration 1.0, section 2.1."""
    return {
        "issuer": address,
        "authorization_endpoint": f"{address}/auth/?kind=1",
        "token_endpoint": f"{address}/token/",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{address}/keys/",
        "registration_endpoint": f"{address}/register/",
        "scopes_supported": ["openid", *SCOPES],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name"],
        _PLATFORM: {
            "product_family_code": "stand-in",
            "version": "1",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": ["Context.id.history"],
        },
    }


def register(platform: StandInPlatform, asked: Asked) -> ServiceReply:
    """Take a tool in, by a token that holds once: section 3.5."""
    token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
    if token not in platform.registration_tokens:
        return ServiceReply(401, "missing_registration_token")
    told = json.loads(asked.body)
    right = {
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "response_types": ["id_token"],
    }
    wrong = [name for name, value in right.items() if told.get(name) != value]
    if set(told.get("grant_types", ())) != {"implicit", "client_credentials"}:
        wrong.append("grant_types")
    wrong += [
        name
        for name in ("initiate_login_uri", "redirect_uris", "client_name", "jwks_uri", _TOOL)
        if not told.get(name)
    ]
    if wrong:
        return ServiceReply(400, json.dumps({"error": "invalid_client_metadata", "of": wrong}))
    platform.registration_tokens.discard(token)
    platform.tool = Tool(
        told["initiate_login_uri"],
        tuple(told["redirect_uris"]),
        told["jwks_uri"],
        secrets.token_hex(8),
        told=told,
    )
    own = {**told[_TOOL], "deployment_id": platform.tool.deployment}
    answer = {**told, "client_id": platform.tool.client, _TOOL: own}
    return ServiceReply(200, json.dumps(answer))


def answer(platform: StandInPlatform, asked: Asked) -> ServiceReply | None:
    """Answer with a page, where there is one at this place."""
    parts = [part for part in asked.place.split("/") if part]
    match parts:
        case ["course", number]:
            return _page(_course(platform, int(number), asked.query.get("person", "")))
        case ["course", number, person, wanted]:
            frame = f"/start/{number}/{person}/{wanted}/"
            storage = _storage(platform.storage)
            tool = f'<iframe name="tool" src="{frame}" width="1000" height="800"></iframe>'
            return _page(tool + storage)
        case ["start", number, person, wanted]:
            course = platform.courses[int(number)]
            activity = next((one for one in course.activities if str(one.number) == wanted), None)
            return _page(form(*platform.begin(course, person, activity)))
        case ["auth"]:
            fields = asked.form if asked.method == "POST" else asked.query
            try:
                return _page(form(*platform.authorize(fields)))
            except TokenRefused as error:
                return ServiceReply(400, str(error))
        case ["chosen"]:
            try:
                return _page(_course(platform, platform.take_chosen(asked).number, ""))
            except TokenRefused as error:
                return ServiceReply(400, str(error))
    return None


def _storage(what: str) -> str:
    return _STORAGE.replace("KEEPS", json.dumps(what == "kept")) if what else ""


def form(address: str, fields: dict[str, str]) -> str:
    """Return a form that sends itself."""
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return f'<form method="post" action="{html.escape(address)}">{inputs}</form>{_SUBMIT}'


def _course(platform: StandInPlatform, number: int, person: str) -> str:
    course = platform.courses[number]
    wanted = [(one.title, str(one.number)) for one in course.activities]
    wanted.append(("Choose exercises", _CHOICE))
    lines = "".join(
        f'<li><a href="/course/{number}/{person}/{where}/">{html.escape(title)}</a></li>'
        for title, where in wanted
    )
    return f"<h1>{html.escape(course.title)}</h1><ul>{lines}</ul>"


def _page(body: str) -> ServiceReply:
    head = '<link rel="icon" href="data:,"><title>Stand-in platform</title>'
    text = f'<!doctype html><html lang="en">{head}{body}'
    return ServiceReply(200, text, "text/html; charset=utf-8")
