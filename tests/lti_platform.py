"""A small learning platform on loopback, behind TLS, for our tool to be clicked on.

It speaks LTI 1.3 as a platform does: login, launch, deep linking, registration, gradebook and
roster. Its gradebook has the rules of Moodle 4.5. And it can misbehave: see `Misdeeds`.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import lti_platform_pages as pages
from lti_records import Activity, StandInCourse, Tool
from lti_services import Asked, Gradebook, ServiceReply
from lti_tokens import (
    CLAIM,
    DEEP_LINKING,
    GRADES,
    ROSTER,
    AccessTokens,
    Launching,
    TokenRefused,
    ToolKeys,
    new_key,
    public_keys,
    shared_claims,
    sign,
)
from tls import Certificates, TlsServer

Claims = dict[str, Any]


@dataclass
class ServiceFault:
    """How a service fails: at addresses with this part, as often as said; -1: for good."""

    part: str
    status: int
    times: int = -1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0  # how late it answers; with a status of 0 that is all


@dataclass
class Misdeeds:
    """What a bad platform does.

    `claims` changes what a launch says, `sign` signs it instead of the platform's own key, and
    `fields` changes what the browser carries to the tool.
    """

    claims: Callable[[Claims], None] | None = None
    sign: Callable[[Claims], str] | None = None
    fields: Callable[[dict[str, str]], None] | None = None
    faults: list[ServiceFault] = field(default_factory=list)
    page: int = 0
    keys: Callable[[], Any] | None = None


class StandInPlatform:
    """The platform, with all that it has been asked."""

    def __init__(self, made: Certificates) -> None:
        self.key = new_key()
        self.courses: dict[int, StandInCourse] = {}
        self.tool: Tool | None = None
        self.misdeeds = Misdeeds()
        self.asked: list[tuple[str, str, int]] = []  # method, address, status of services
        self.chosen: list[Claims] = []  # what deep linking has answered
        self.tool_keys = ToolKeys()
        self.tokens = AccessTokens(self.tool_keys)
        self.registration_tokens: set[str] = set()
        self._begun: dict[str, Launching] = {}
        self.lock = threading.Lock()
        self.is_away = False
        self.missed = 0  # requests while it was away
        self.storage = ""  # what its pages keep for a tool (LTI Storage): "kept", or "forgotten"
        self._server = TlsServer(_handler(self), made)
        self.address = f"https://localhost:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[StandInPlatform]:
        with self._server.running():
            yield self

    def add(self, course: StandInCourse) -> StandInCourse:
        self.courses[course.number] = course
        return course

    def gradebook(self, course: StandInCourse) -> Gradebook:
        return Gradebook(self.address, course, self.misdeeds.page)

    @property
    def registration_link(self) -> dict[str, str]:
        """What a platform adds to a tool's address of registration."""
        token = secrets.token_hex(16)
        self.registration_tokens.add(token)
        return {
            "openid_configuration": f"{self.address}/.well-known/openid-configuration",
            "registration_token": token,
        }

    def begin(
        self, course: StandInCourse, person: str, activity: Activity | None = None
    ) -> tuple[str, dict[str, str]]:
        """Begin a launch, or a choice of exercises; return where a browser goes, with what."""
        assert self.tool is not None
        target = activity.address if activity else self.tool.redirects[0]
        launching = Launching(course.members[person], course, activity, target)
        # Moodle 4.5, locallib.php, lti_build_login_request: a text of JSON
        hint = json.dumps({"cmid": activity and activity.number, "launchid": secrets.token_hex(8)})
        self._begun[hint] = launching
        fields = {
            "iss": self.address,
            "login_hint": person,
            "lti_message_hint": hint,
            "target_link_uri": target,
            "client_id": self.tool.client,
            "lti_deployment_id": self.tool.deployment,
        }
        return self.tool.login, fields | ({"lti_storage_target": "_parent"} if self.storage else {})

    def launching(self, asked: Mapping[str, str]) -> Launching:
        """Return the launch that a tool goes on with, once."""
        found = self._begun.pop(asked.get("lti_message_hint", ""), None)
        if self.tool is None or found is None or asked.get("client_id") != self.tool.client:
            raise TokenRefused("unauthorized_client")
        return found

    def authorize(self, asked: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Go on with a launch; return where the browser goes, with which fields.

        Raises
        ------
        TokenRefused
            The tool has broken a rule of OpenID's.
        """
        tool, launching = self.tool, self.launching(asked)
        assert tool is not None
        if asked.get("redirect_uri") not in tool.redirects:
            raise TokenRefused("invalid_request: not a registered address")
        right = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "login_hint": launching.person.number,
        }
        wrong = [name for name, value in right.items() if asked.get(name) != value]
        if wrong or not asked.get("nonce") or not asked.get("state"):
            raise TokenRefused(f"invalid_request: {wrong}")
        claims = {**self.claims_of(launching), "nonce": asked["nonce"]}
        fields = {"id_token": self._signed(claims), "state": asked["state"]}
        if self.misdeeds.fields:
            self.misdeeds.fields(fields)
        return asked["redirect_uri"], fields

    def _signed(self, claims: Claims) -> str:
        if self.misdeeds.claims:
            self.misdeeds.claims(claims)
        if self.misdeeds.sign:
            return self.misdeeds.sign(claims)
        return sign({"alg": "RS256", "typ": "JWT", "kid": self.key.kid}, claims, self.key)

    def claims_of(self, launching: Launching) -> Claims:
        assert self.tool is not None
        course, activity = launching.course, launching.activity
        claims = shared_claims(self.address, self.tool.client, self.tool.deployment, launching)
        book = self.gradebook(course)
        home = f"{self.address}/course/{course.number}/"
        grades: Claims = {"scope": self.tokens.allowed[:-1], "lineitems": book.lines_address()}
        if activity is None:
            answers = f"{self.address}/chosen/?course={course.number}&secret=1"
            claims[f"{CLAIM}message_type"] = "LtiDeepLinkingRequest"
            claims[f"{DEEP_LINKING}deep_linking_settings"] = {
                "deep_link_return_url": answers,
                "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["frame", "iframe", "window"],
                "accept_multiple": True,
                "accept_lineitem": True,
                "data": "kept for later",
            }
        else:
            columns = [one for one in course.columns.values() if one.activity == activity.number]
            if columns:
                grades["lineitem"] = book.line_address(columns[0])
            claims[f"{CLAIM}message_type"] = "LtiResourceLinkRequest"
            claims[f"{CLAIM}resource_link"] = {
                "id": str(activity.number),
                "title": activity.title,
            }
            claims[f"{CLAIM}custom"] = {
                **activity.custom,
                "context_history": ",".join(map(str, course.history)),
            }
        claims[f"{CLAIM}launch_presentation"] = {
            "document_target": "iframe",
            "return_url": home,
            "locale": "en",
        }
        claims[GRADES] = grades
        claims[ROSTER] = {
            "context_memberships_url": book.roster_address(),
            "service_versions": ["1.0", "2.0"],
        }
        return claims

    def take_chosen(self, asked: Asked) -> StandInCourse:
        """Put what a teacher has chosen into the course.

        Raises
        ------
        TokenRefused
            The tool has broken a rule.
        """
        claims = self.read_chosen(asked)
        if asked.query.get("secret") != "1":
            raise TokenRefused("access_denied")
        course = self.courses[int(asked.query["course"])]
        for item in claims.get(f"{DEEP_LINKING}content_items", []):
            assert item["type"] == "ltiResourceLink"
            made = Activity(item["title"], item["url"], item.get("custom", {}))
            course.add_activity(made, item.get("lineItem", {}).get("scoreMaximum"))
        self.chosen.append(claims)
        return course

    def read_chosen(self, asked: Asked) -> Claims:
        """Return what a teacher has chosen, by the rules of Deep Linking 2.0, section 4.5."""
        assert self.tool is not None
        claims = self.tool_keys.read(asked.form.get("JWT", ""), self.tool.keys, "nonce")
        right = {
            "iss": self.tool.client,
            f"{CLAIM}message_type": "LtiDeepLinkingResponse",
            f"{CLAIM}version": "1.3.0",
            f"{CLAIM}deployment_id": self.tool.deployment,
            f"{DEEP_LINKING}data": "kept for later",
        }
        wrong = [name for name, value in right.items() if claims.get(name) != value]
        audience = claims.get("aud")
        if self.address not in (audience if isinstance(audience, list) else [audience]):
            wrong.append("aud")
        if wrong:
            raise TokenRefused(f"invalid_request: {wrong}")
        return claims

    def answer(self, asked: Asked) -> ServiceReply:
        """Answer anything that is not a page: key set, tokens, services, registration."""
        if asked.place == "/keys/":
            keys = self.misdeeds.keys() if self.misdeeds.keys else public_keys(self.key)
            return ServiceReply(200, json.dumps(keys))
        if asked.place == "/.well-known/openid-configuration":
            return ServiceReply(200, json.dumps(pages.configuration(self.address)))
        if asked.place == "/register/":
            return pages.register(self, asked)
        if asked.place == "/token/":
            assert self.tool is not None
            own = (f"{self.address}/token/", self.address)
            try:
                told = self.tokens.give(asked.form, self.tool.client, own, self.tool.keys)
                return ServiceReply(200, json.dumps(told))
            except TokenRefused as error:
                return ServiceReply(400, json.dumps({"error": str(error)}))
        number = asked.place.removeprefix("/services/").partition("/")[0]
        course = self.courses.get(int(number)) if number.isdecimal() else None
        if course is None:
            return ServiceReply(404)
        with self.lock:
            return self.gradebook(course).answer(asked)

    def failing(self, asked: Asked) -> ServiceReply | None:
        """Return how a service fails now, after the time that it takes for it."""
        with self.lock:
            found = next(
                (one for one in self.misdeeds.faults if one.part in asked.path and one.times), None
            )
            if found is None:
                return None
            found.times -= 1
        time.sleep(found.seconds)
        return (
            ServiceReply(found.status, found.body, headers=found.headers) if found.status else None
        )

    def count(self, method: str, part: str, status: int = 200) -> int:
        """Return how often something has been asked and answered so."""
        return sum(
            (verb, code) == (method, status) and part in path for verb, path, code in self.asked
        )


def _handler(platform: StandInPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if platform.is_away:
                platform.missed += 1
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            scopes = platform.tokens.scopes_of(self.headers.get("Authorization", ""))
            asked = Asked(self.command, self.path, dict(self.headers.items()), body, scopes)
            reply = platform.failing(asked) or pages.answer(platform, asked)
            if reply is None:
                reply = platform.answer(asked)
            platform.asked.append((asked.method, asked.path, reply.status))
            self._send(reply)

        do_POST = do_PUT = do_DELETE = do_GET

        def _send(self, reply: ServiceReply) -> None:
            content = reply.body.encode()
            self.send_response(reply.status, reply.reason)
            headers = {"Content-Type": reply.kind, "Content-Length": str(len(content))}
            for name, value in {**headers, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler
