"""Launches that a tool must refuse, each as a change of a good one, with where that is written.

SEC: 1EdTech Security Framework 1.0. CORE: LTI 1.3. CERT: LTI Advantage Conformance Certification
Guide 1.3, the section of known bad payloads.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from lti_platform import Misdeeds, StandInPlatform
from lti_tokens import CLAIM, DEEP_LINKING, new_key, sign

Claims = dict[str, Any]
Change = Callable[[StandInPlatform], Misdeeds]


@dataclass(frozen=True)
class Forgery:
    """A bad launch: the section that forbids it, what is wrong, and how it is done."""

    section: str
    wrong: str
    misdeeds: Change

    def __str__(self) -> str:
        return f"{self.section}: {self.wrong}"


def without(name: str) -> Change:
    return lambda _platform: Misdeeds(claims=lambda claims: claims.pop(name, None))


def with_claim(name: str, value: object) -> Change:
    def change(claims: Claims) -> None:
        claims[name] = value(claims) if callable(value) else value

    return lambda _platform: Misdeeds(claims=change)


def signed_by(sign_it: Callable[[StandInPlatform, Claims], str]) -> Change:
    return lambda platform: Misdeeds(sign=lambda claims: sign_it(platform, claims))


def with_field(change: Callable[[dict[str, str]], None]) -> Change:
    return lambda _platform: Misdeeds(fields=change)


def by_hand(header: Claims, claims: Claims, secret: bytes | None) -> str:
    """Return a token that no library would make: unsigned, or signed with a public key."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in (header, claims)
    ]
    body = b".".join(parts)
    digest = hmac.new(secret, body, hashlib.sha256).digest() if secret else b""
    return (body + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def header_of(platform: StandInPlatform, **other: Any) -> Claims:
    return {"alg": "RS256", "typ": "JWT", "kid": platform.key.kid, **other}


def _another_key(platform: StandInPlatform, claims: Claims) -> str:
    return sign(header_of(platform), claims, new_key())


def _another_key_named(platform: StandInPlatform, claims: Claims) -> str:
    other = new_key()
    return sign(header_of(platform, kid=other.kid), claims, other)


def _own_key_in_header(platform: StandInPlatform, claims: Claims) -> str:
    other = new_key()
    return sign(header_of(platform, jwk=other.as_dict(private=False)), claims, other)


def _public_key_as_secret(platform: StandInPlatform, claims: Claims) -> str:
    return by_hand(header_of(platform, alg="HS256"), claims, platform.key.as_pem(private=False))


def _no_algorithm(platform: StandInPlatform, claims: Claims) -> str:
    return by_hand(header_of(platform, alg="none"), claims, None)


def _other_algorithm(platform: StandInPlatform, claims: Claims) -> str:
    bare = RSAKey.import_key(platform.key.as_pem(private=True))
    return jwt.encode(header_of(platform, alg="RS512"), claims, bare, algorithms=["RS512"])


def _no_name(platform: StandInPlatform, claims: Claims) -> str:
    return sign({"alg": "RS256", "typ": "JWT"}, claims, platform.key)


def _cut(platform: StandInPlatform, claims: Claims) -> str:
    return sign(header_of(platform), claims, platform.key).rpartition(".")[0] + "."


def _changed(platform: StandInPlatform, claims: Claims) -> str:
    head, _, tail = sign(header_of(platform), claims, platform.key).split(".")
    body = json.dumps({**claims, "sub": "somebody-else"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{tail}"


def _add(name: str, text: str) -> Callable[[dict[str, str]], None]:
    return lambda fields: fields.update({name: text})


def _later(seconds: float) -> Callable[[Claims], int]:
    return lambda _claims: int(time.time() + seconds)


FORGERIES = [
    Forgery("CERT 6.1.1", "no kid in the header", signed_by(_no_name)),
    Forgery("CERT 6.1.1", "an unknown kid in the header", signed_by(_another_key_named)),
    Forgery("CERT 6.1.1", "another version", with_claim(f"{CLAIM}version", "11.3")),
    Forgery("CERT 6.1.1", "no version", without(f"{CLAIM}version")),
    Forgery("CERT 6.1.1", "no message of LTI", with_field(_add("id_token", '{"name": "bad"}'))),
    Forgery("CERT 6.1.1", "no token", with_field(lambda fields: fields.pop("id_token"))),
    Forgery("CERT 6.1.1", "no message type", without(f"{CLAIM}message_type")),
    Forgery("CERT 6.1.1", "no roles", without(f"{CLAIM}roles")),
    Forgery("CERT 6.1.1", "no deployment", without(f"{CLAIM}deployment_id")),
    Forgery("CERT 6.1.1", "no link", without(f"{CLAIM}resource_link")),
    Forgery("CERT 6.1.1", "no person", without("sub")),
    Forgery("CERT 6.1.1", "made in the future", with_claim("iat", _later(3600))),
    Forgery("SEC 5.1.3 (1)", "another's signature", signed_by(_another_key)),
    Forgery("SEC 5.1.3 (1)", "its own key in the header", signed_by(_own_key_in_header)),
    Forgery("SEC 5.1.3 (1)", "no signature", signed_by(_cut)),
    Forgery("SEC 5.1.3 (1)", "changed after signing", signed_by(_changed)),
    Forgery("SEC 5.1.3 (2)", "another issuer", with_claim("iss", "https://other.example")),
    Forgery("SEC 5.1.3 (2)", "no issuer", without("iss")),
    Forgery("SEC 5.1.3 (2)", "almost the issuer", with_claim("iss", lambda c: c["iss"] + "/")),
    Forgery("SEC 5.1.3 (3)", "another audience", with_claim("aud", "another")),
    Forgery("SEC 5.1.3 (3)", "no audience", without("aud")),
    Forgery(
        "SEC 5.1.3 (4)",
        "several audiences and no authorized party",
        with_claim("aud", lambda c: [c["aud"], "another"]),
    ),
    Forgery("SEC 5.1.3 (5)", "another authorized party", with_claim("azp", "another")),
    Forgery("SEC 5.1.3 (6)", "signed with RS512", signed_by(_other_algorithm)),
    Forgery("SEC 5.4", "not signed: alg none", signed_by(_no_algorithm)),
    Forgery("SEC 5.4", "HS256 with the public key", signed_by(_public_key_as_secret)),
    Forgery("SEC 5.1.3 (7)", "expired", with_claim("exp", _later(-120))),
    Forgery("SEC 5.1.3 (7)", "no expiry", without("exp")),
    Forgery("SEC 5.1.3 (8)", "made long ago", with_claim("iat", _later(-86_400))),
    Forgery("SEC 5.1.3 (8)", "no time of making", without("iat")),
    Forgery("SEC 5.1.3 (9)", "another nonce", with_claim("nonce", "another")),
    Forgery("SEC 5.1.3 (9)", "no nonce", without("nonce")),
    Forgery("SEC 7.3.1", "another state", with_field(_add("state", "another"))),
    Forgery("SEC 7.3.1", "no state", with_field(lambda fields: fields.pop("state"))),
    Forgery("CORE 5.3.1", "an unknown message", with_claim(f"{CLAIM}message_type", "Other")),
    Forgery("CORE 5.3.3", "another deployment", with_claim(f"{CLAIM}deployment_id", "another")),
    Forgery("CORE 5.3.3", "a long deployment", with_claim(f"{CLAIM}deployment_id", "1" * 256)),
    Forgery(
        "CORE 5.3.4",
        "another target than at login",
        with_claim(f"{CLAIM}target_link_uri", "https://other.example/launch"),
    ),
    Forgery("CORE 5.3.4", "no target", without(f"{CLAIM}target_link_uri")),
    Forgery("CORE 5.3.5", "a link without a number", with_claim(f"{CLAIM}resource_link", {})),
    Forgery("CORE 5.3.6", "a person of 256 letters", with_claim("sub", "a" * 256)),
    Forgery("CORE 5.3.7", "roles that are no list", with_claim(f"{CLAIM}roles", "Instructor")),
]
"""Bad launches of an activity."""

NO_CHOICE = [
    Forgery("DL 4.4.1", "no settings", without(f"{DEEP_LINKING}deep_linking_settings")),
    Forgery(
        "DL 4.4.1",
        "no address to answer at",
        with_claim(f"{DEEP_LINKING}deep_linking_settings", {"accept_types": ["ltiResourceLink"]}),
    ),
    Forgery(
        "DL 4.4.1",
        "no links accepted",
        with_claim(
            f"{DEEP_LINKING}deep_linking_settings",
            lambda c: {**c[f"{DEEP_LINKING}deep_linking_settings"], "accept_types": ["html"]},
        ),
    ),
]
"""Bad requests to choose exercises."""
