"""A server, spoken to over its JSON interface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import quote

import httpx

from grader import __version__
from grader.errors import ServerError
from grader.handing_in import server_failures
from grader.handing_in.answers import (
    AccessToken,
    Answer,
    AttemptStatus,
    DeviceAuthorization,
    ListedExercise,
    Me,
    read,
)
from grader.language import current_language, html_tag
from grader.language import gettext_lazy as _
from grader.result import Result

_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_CLIENT: Final = "bpgrade"
_AWAY: Final = {408, 502, 503, 504}  # as a proxy says while the server starts again
_TOO_LARGE: Final = 413
_BYTES: Final = "application/octet-stream"


class Server(AbstractContextManager["Server"]):
    """A server at an address; closed by `with`.

    Parameters
    ----------
    address : str
        As `server_address` returns it.

    Raises
    ------
    ServerError
        No request can have such an address. The methods raise it, too, where the server can't be
        reached, is none, or refuses.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        headers = {
            "User-Agent": f"bpgrade/{__version__}",
            "Accept-Language": html_tag(current_language()),
        }
        try:
            httpx.URL(address)
        except httpx.InvalidURL:
            raise server_failures.no_server(address) from None
        try:
            self._client = httpx.Client(
                base_url=f"{address}/api/1/",
                headers=headers,
                timeout=_TIMEOUT,
                trust_env=address.startswith("https:"),  # a proxy would read what isn't encrypted
            )
        except (httpx.InvalidURL, ImportError, OSError, ValueError) as error:
            raise server_failures.unusable_variables(error) from None

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def ask(self, computer: str) -> DeviceAuthorization:
        """Ask to hand in for somebody from this computer."""
        data = {"client_id": _CLIENT, "computer": computer}
        return self._record(DeviceAuthorization, self._asked("POST", "device/", data=data))

    def token(self, codes: DeviceAuthorization) -> AccessToken | str:
        """Return the token, or why there is none, in the words of RFC 8628."""
        data = {"grant_type": _GRANT, "device_code": codes.device_code, "client_id": _CLIENT}
        answer = self._answer("POST", "token/", data=data)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            return str(self._document(answer).get("error"))
        return self._record(AccessToken, self._checked(answer))

    def authorize(self, token: str) -> None:
        """Ask as the person whose token it is from now on."""
        self._client.headers["Authorization"] = f"Bearer {token}"

    def me(self) -> Me:
        """Return whose the token is, and their courses."""
        return self._record(Me, self._asked("GET", "me/"))

    def exercises(self, course: str) -> list[str]:
        """Return the names of a course's exercises."""
        document = self._asked("GET", f"courses/{_quoted(course)}/")
        exercises = document.get("exercises")
        if not isinstance(exercises, list):
            raise server_failures.no_server(self.address)
        return [self._record(ListedExercise, each).name for each in exercises]

    def hand_in(
        self,
        course: str,
        exercise: str,
        name: str,
        content: bytes,
        key: str,
        beside: Sequence[tuple[str, bytes]] = (),
    ) -> AttemptStatus:
        """Hand a file in with those beside it; with the same key again, it is the same attempt."""
        files = [("file", (name, content, _BYTES))]
        files += [("beside", (path.rpartition("/")[2], each, _BYTES)) for path, each in beside]
        document = self._asked(
            "POST",
            f"courses/{_quoted(course)}/exercises/{_quoted(exercise)}/",
            files=files,
            data={"beside_path": [path for path, _content in beside]},
            headers={"Idempotency-Key": key},
        )
        return self._record(AttemptStatus, document)

    def attempt(self, course: str, number: int) -> AttemptStatus:
        """Return how far an attempt is."""
        path = f"courses/{_quoted(course)}/attempts/{number}/"
        return self._record(AttemptStatus, self._asked("GET", path))

    def result(self, course: str, number: int) -> Result:
        """Return the result of an attempt."""
        document = self._asked("GET", f"courses/{_quoted(course)}/attempts/{number}/result/")
        try:
            return Result.from_json(json.dumps(document))
        except ValueError:
            raise ServerError(
                _("the server's result was made by another version of bpgrade"),
                "pip install --upgrade bpgrade",
            ) from None

    def _asked(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        return self._checked(self._answer(method, path, **more))

    def _answer(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise server_failures.unanswered(error, self.address) from None

    def _checked(self, answer: httpx.Response) -> dict[str, Any]:
        """Return what an answer holds, where it is one of a request that was done."""
        if answer.has_redirect_location:
            raise server_failures.elsewhere(self.address, answer.headers["Location"])
        if answer.status_code == _TOO_LARGE:  # by the server, or by a proxy before it
            raise server_failures.refused(_TOO_LARGE, {"error": "large"}, self.address)
        document = self._document(answer)
        if not answer.is_success:
            raise server_failures.refused(answer.status_code, document, self.address)
        return document

    def _document(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            document = answer.json()
        except ValueError:
            document = None
        if isinstance(document, dict):
            return document
        if answer.status_code in _AWAY:
            raise server_failures.refused(answer.status_code, {"error": "database"}, self.address)
        raise server_failures.no_server(self.address)

    def _record(self, kind: type[Answer], document: object) -> Answer:
        try:
            return read(kind, document)
        except ValueError:
            raise server_failures.no_server(self.address) from None


def _quoted(name: str) -> str:
    return quote(name, safe="")
