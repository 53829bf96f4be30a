"""The tokens of a learning platform: what a launch says, and whether a tool is who it says."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from lti_records import Activity, StandInCourse, StandInMember

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_GRADE_SCOPES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = [
    *(f"{_GRADE_SCOPES}{name}" for name in ("lineitem", "result.readonly", "score")),
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
]
LIFE_SECONDS = 60  # Moodle 4.5, locallib.php, lti_sign_jwt


class TokenRefused(Exception):
    """What a tool has sent breaks a rule; the text is OAuth's word for it."""


@dataclass(frozen=True)
class Launching:
    """A launch that a platform has begun: of whom, to what; no activity where one is chosen."""

    person: StandInMember
    course: StandInCourse
    activity: Activity | None
    target: str


def new_key() -> RSAKey:
    """Return a key as platforms have them, with a name."""
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


def public_keys(*keys: RSAKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def sign(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    return jwt.encode(header, claims, key, algorithms=["RS256"])


def shared_claims(issuer: str, client: str, deployment: str, of: Launching) -> dict[str, Any]:
    """Return what every message says: LTI 1.3, section 5.3, and the OpenID part of the token."""
    now = int(time.time())
    person, course = of.person, of.course
    return {
        "iss": issuer,
        "aud": client,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "sub": person.number,
        "name": f"{person.given} {person.family}",
        "given_name": person.given,
        "family_name": person.family,
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": deployment,
        f"{CLAIM}target_link_uri": of.target,
        f"{CLAIM}roles": person.roles,
        f"{CLAIM}context": {
            "id": str(course.number),
            "title": course.title,
            "label": course.title,
            "type": ["CourseSection"],
        },
        f"{CLAIM}tool_platform": {"guid": "localhost", "product_family_code": "stand-in"},
    }


class ToolKeys:
    """The keys of a tool, as its key set has them at each look; and what was seen once before."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def read(self, token: str, address: str, once: str) -> dict[str, Any]:
        """Return the claims of a token that the tool has signed and not sent before.

        `once` is the claim that is never the same: Security Framework 1.0, sections 4.1.1 and
        5.1.2 (`jti` of a client assertion, `nonce` of a message).
        """
        with urllib.request.urlopen(address, timeout=30) as answer:
            keys = KeySet.import_key_set(json.load(answer))
        try:
            found = jwt.decode(token, keys, algorithms=["RS256"])
        except (JoseError, ValueError) as error:
            raise TokenRefused(f"invalid_client: {error}") from None
        claims = found.claims
        now = time.time()
        if not claims.get("iat", now + 61) <= now + 60 or not now - 60 < claims.get("exp", 0):
            raise TokenRefused("invalid_client: a clock differs, or it is too old")
        if claims.get("exp", 0) - claims["iat"] > 3600:
            raise TokenRefused("invalid_client: it holds longer than an hour")
        if not claims.get(once) or claims[once] in self._seen:
            raise TokenRefused(f"invalid_client: {once} is missing, or was used")
        self._seen.add(claims[once])
        return claims


class AccessTokens:
    """Tokens for the services of a platform, by Security Framework 1.0, section 4.1."""

    def __init__(self, keys: ToolKeys) -> None:
        self._keys = keys
        self._given: dict[str, frozenset[str]] = {}
        self.expires_in = 3600
        self.allowed = list(SCOPES)
        self.count = 0

    def give(
        self, form: dict[str, str], client: str, own: tuple[str, ...], keys_address: str
    ) -> dict[str, Any]:
        """Return a token for the scopes that a tool asks for and may have.

        `own` is what the audience of its assertion may be.
        """
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type")
        if not form.get("client_assertion_type", "").endswith(":jwt-bearer"):
            raise TokenRefused("invalid_request")
        claims = self._keys.read(form.get("client_assertion", ""), keys_address, "jti")
        audience = claims.get("aud")
        if not set(own) & set(audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("invalid_client: it is for somebody else")
        if claims.get("iss") != client or claims.get("sub") != client:
            raise TokenRefused("invalid_client: it is somebody else's")
        # Moodle 4.5, token.php: what isn't allowed is left out, and nothing at all is an error
        scopes = [one for one in form.get("scope", "").split() if one in self.allowed]
        if not scopes:
            raise TokenRefused("invalid_scope")
        token = secrets.token_hex(16)
        self._given[token] = frozenset(scopes)
        self.count += 1
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": " ".join(scopes),
        }

    def take_back(self) -> None:
        """Let no token that was given hold any longer."""
        self._given.clear()

    def scopes_of(self, authorization: str) -> frozenset[str]:
        """Return what the bearer of a token may do; nothing for a stranger."""
        return self._given.get(authorization.removeprefix("Bearer "), frozenset())
