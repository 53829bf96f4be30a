"""The token of a launch: who signed it, for whom, when, and for which login."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, RSAKey

from grader.language import gettext_lazy as _
from grader.lti.errors import LaunchError
from grader.lti.platform import CLAIM, PlatformFacts

ALGORITHM: Final = "RS256"
_LONGEST_TOKEN: Final = 100_000
_SKEW_SECONDS: Final = 60
_OLDEST_SECONDS: Final = 3600

FindKey = Callable[[str], RSAKey]
"""Returns a key of the platform by its id; no id, where it has one key only."""


def read_token(
    token: str,
    platform: PlatformFacts,
    find_key: FindKey,
    *,
    nonce: str,
    target: str,
    now: float,
) -> Mapping[str, Any]:
    """Return the claims of a token that this platform has signed, for us, for this login, now.

    Parameters
    ----------
    token : str
    platform : PlatformFacts
    find_key : callable
    nonce : str
        What the login has asked the platform to repeat.
    target : str
        The address that the login was for.
    now : float
        Seconds since 1970.

    Raises
    ------
    LaunchError
        It is not to be trusted.
    """
    claims = _signed(token, find_key)
    _check_parties(claims, platform)
    _check_times(claims, now)
    repeated = claims.get("nonce")
    if not isinstance(repeated, str) or not _is_same(repeated, nonce):
        raise _refused(_("it belongs to another login"))
    if claims.get(f"{CLAIM}target_link_uri") != target:
        raise _refused(_("it is for another address than the login was"))
    deployment = claims.get(f"{CLAIM}deployment_id")
    if platform.deployments and deployment not in platform.deployments:
        raise _refused(_("it comes from a deployment that is not registered"))
    return claims


def _signed(token: str, find_key: FindKey) -> Mapping[str, Any]:
    def key_of(signature: GuestProtocol) -> RSAKey:
        header = signature.headers()
        if header.get("alg") != ALGORITHM:
            raise _refused(_("it is not signed with RS256"))
        kid = header.get("kid", "")
        return find_key(kid if isinstance(kid, str) else "")

    if len(token) > _LONGEST_TOKEN:
        raise _refused(_("it is too long"))
    try:
        claims: Mapping[str, Any] = jwt.decode(token, key_of, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, RecursionError) as error:
        raise _refused(
            _("its signature is not valid ({kind})", kind=type(error).__name__)
        ) from None
    return claims


def _check_parties(claims: Mapping[str, Any], platform: PlatformFacts) -> None:
    if claims.get("iss") != platform.issuer:
        raise _refused(_("it was issued by another platform"))
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if platform.client_id not in audiences or (len(audiences) > 1 and party is None):
        raise _refused(_("it is for another tool"))
    if party is not None and party != platform.client_id:
        raise _refused(_("it is for another tool"))


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, issued = (_seconds(claims.get(name)) for name in ("exp", "iat"))
    if expires is None or issued is None:
        raise _refused(_("it does not say when it expires"))
    if expires <= now - _SKEW_SECONDS or issued < now - _OLDEST_SECONDS:
        raise LaunchError(
            _("the launch is too old"), _("go back to the platform and click the exercise again")
        )
    begins = _seconds(claims.get("nbf", issued))
    if issued > now + _SKEW_SECONDS or begins is None or begins > now + _SKEW_SECONDS:
        raise _refused(_("the platform's clock and this server's differ by more than a minute"))


def _seconds(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e12 else None


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _refused(reason: str) -> LaunchError:
    return LaunchError(
        _("this launch is not accepted: {reason}", reason=reason),
        _(
            "go back to the platform and click the exercise again; if it fails again, tell whoever "
            "runs this server"
        ),
    )
