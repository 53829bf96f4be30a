"""Keys: the platform's, fetched from its key set and kept for a while; ours, and how we sign."""

from __future__ import annotations

import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from grader.language import gettext_lazy as _
from grader.lti.errors import LaunchError
from grader.lti.tokens import ALGORITHM
from grader.lti.transport import Transport

_BITS: Final = 2048
_KEPT_SECONDS: Final = 3600.0
_ASKED_AGAIN_SECONDS: Final = 60.0
_MOST_KEYS: Final = 50
_MOST_SETS: Final = 100


def new_key() -> str:
    """Return a new private key of ours, as PEM."""
    return RSAKey.generate_key(_BITS).as_pem(private=True).decode("ascii")


def key_id(pem: str) -> str:
    """Return the name that a key has in our key set."""
    return _own(pem).thumbprint()


def key_set(pems: Sequence[str]) -> dict[str, Any]:
    """Return the public halves of our keys, as platforms fetch them."""
    facts = {"use": "sig", "alg": ALGORITHM}
    return {
        "keys": [{**_own(pem).as_dict(private=False), **facts, "kid": key_id(pem)} for pem in pems]
    }


def signed(claims: Mapping[str, Any], pem: str) -> str:
    """Return a token of ours."""
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_id(pem)}
    return jwt.encode(header, dict(claims), _own(pem), algorithms=[ALGORITHM])


@lru_cache(maxsize=16)
def _own(pem: str) -> RSAKey:
    """Return a key of ours; to read one, and see that it is sound, takes a tenth of a second."""
    return RSAKey.import_key(pem)


class PlatformKeys:
    """The keys of platforms, by the addresses of their key sets; for every thread.

    A key that isn't known is asked for again, but no more often than each minute.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sets: dict[str, tuple[float, dict[str, RSAKey]]] = {}
        self._lock = threading.Lock()

    def find(self, address: str, kid: str) -> RSAKey:
        """Return a key by its id, which a token must name even where there is one key only.

        Raises
        ------
        LaunchError
            The platform has no such key.
        ServiceError
            Its key set can't be had.
        """
        fetched, keys = self._sets.get(address, (float("-inf"), {}))
        age = time.monotonic() - fetched
        found = keys.get(kid)
        if age > _KEPT_SECONDS or (found is None and age > _ASKED_AGAIN_SECONDS):
            keys = self._fetch(address)
            found = keys.get(kid)
        if found is None:
            raise LaunchError(
                _("the platform has signed this launch with a key that it does not list"),
                _("try again in a minute"),
            )
        return found

    def _fetch(self, address: str) -> dict[str, RSAKey]:
        answer = self._transport.ask("GET", address, headers={"Accept": "application/json"})
        keys = read_key_set(answer.document())
        with self._lock:
            if len(self._sets) >= _MOST_SETS:
                self._sets.clear()
            self._sets[address] = (time.monotonic(), keys)
        return keys


def read_key_set(document: Any) -> dict[str, RSAKey]:
    """Return the keys of a key set that can sign a launch: RSA, for signatures, long enough."""
    found = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, RSAKey] = {}
    for one in found[:_MOST_KEYS] if isinstance(found, list) else []:
        if not isinstance(one, dict) or one.get("kty") != "RSA" or one.get("use", "sig") != "sig":
            continue
        kid = one.get("kid")
        if not isinstance(kid, str) or not kid:
            continue
        if one.get("alg", ALGORITHM) != ALGORITHM:
            continue
        try:
            if _bits(one["n"]) >= _BITS:
                keys[kid] = RSAKey.import_key({"kty": "RSA", "n": one["n"], "e": one["e"]})
        except (JoseError, KeyError, TypeError, ValueError, AttributeError):
            continue
    return keys


def _bits(modulus: str) -> int:
    """Return how long a key is."""
    return int.from_bytes(urlsafe_b64decode(modulus + "==")).bit_length()
