"""The application that a web server runs; BPGRADE_SERVER_DATA names the server's folder.

Django's pages are plain functions, so each request takes a thread. It gets one only when all of it
has come: a body that comes slowly, or never, keeps a place in memory and nobody waiting. Nor has it
one while it waits for an attempt to end (`waiting.py`).
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import Morsel
from pathlib import Path
from typing import Any, Final

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started

from grader.batch.parent_death import end_with
from grader.server import configuration

end_with(os.getppid())
configuration.set_up(configuration.read(Path(os.environ["BPGRADE_SERVER_DATA"])))

from grader.server import queue  # noqa: E402
from grader.server.middleware import UNREAD  # noqa: E402
from grader.server.waiting import Hold, Waiting, WaitOutcome  # noqa: E402

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

_LONGEST_BODY: Final = 16 * 1024 * 1024
_PASSED_OVER: Final = 4 * _LONGEST_BODY
_MOST_OF_BODIES: Final = 16 * _LONGEST_BODY
_BODY_SECONDS: Final = 60.0
_THREADS: Final = 8
_BROKEN_OFF: Final = (400, [(b"content-type", b"text/plain")], b"This did not come to its end.")


class TooLargeError(Exception):
    """A request has more of a body than is read."""


class TooManyError(Exception):
    """The bodies that are being sent are more than memory is there for."""


_CAUSES: Final = {TooLargeError: "large", TooManyError: "crowded", TimeoutError: "slow"}


class _Request(ASGIRequest):
    """A request whose texts are UTF-8, as browsers send our forms, whatever else it calls them.

    Python knows encodings that no text has, such as base64.
    """

    @property
    def encoding(self) -> None:
        """None: Django's own choice, UTF-8."""

    @encoding.setter
    def encoding(self, _named: str) -> None:
        """Take no other."""


class _Pages(ASGIHandler):
    """Django's handler, which makes a page in the thread that it is called in."""

    request_class = _Request

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()


_pages = _Pages()
_threads = ThreadPoolExecutor(_THREADS, "page")
_waiting = Waiting(queue.ended_of)
_bodies = 0  # bytes of them, in memory


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a request: read it, then have a thread make the page."""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _body(receive)
    except (TooLargeError, TooManyError, TimeoutError) as error:
        body = b""
        scope = {**scope, UNREAD: _CAUSES[type(error)]}
    # whoever has gone does not hear it
    answer = _BROKEN_OFF if body is None else await _answer(scope, body, receive)
    if answer is None:
        return
    status, headers, content = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _body(receive: Receive) -> bytes | None:
    """Return a request's body; None where it breaks off, or makes no sense."""
    global _bodies
    parts: list[bytes] = []
    length = 0
    try:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            part = message.get("body", b"")
            parts.append(part)
            length += len(part)
            _bodies += len(part)
            if length > _LONGEST_BODY:
                parts.clear()
                await _pass_over(receive, message)
                raise TooLargeError
            if _bodies > _MOST_OF_BODIES:
                raise TooManyError
            if not message.get("more_body"):
                return b"".join(parts)
    finally:
        _bodies -= length


async def _pass_over(receive: Receive, message: dict[str, Any]) -> None:
    """Let the rest of a body go by: a proxy that can't send it to its end says 502."""
    passed = 0
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        passed += len(message.get("body", b""))
        if passed > _PASSED_OVER:
            return


async def _answer(scope: dict[str, Any], body: bytes, receive: Receive) -> Answer | None:
    """Return the page, after waiting where it wants to; None where the visitor has gone."""
    loop = asyncio.get_running_loop()
    answer, hold = await loop.run_in_executor(_threads, _page, scope, body)
    if hold is None:
        return answer
    outcome = await _waiting.until_ended(hold, receive)
    if outcome is WaitOutcome.REFUSED:
        return answer
    if outcome is WaitOutcome.GONE:
        return None
    status, headers, _content = answer
    content = hold.ended if outcome is WaitOutcome.ENDED else hold.over
    return status, [each for each in headers if each[0] != b"content-length"], content


def _page(scope: dict[str, Any], body: bytes) -> tuple[Answer, Hold | None]:
    scope = {**scope, "root_path": ""}
    request_started.send(sender=_Pages, scope=scope)
    request, refused = _pages.create_request(scope, io.BytesIO(body))
    response = refused if request is None else _pages.get_response(request)
    try:
        content = b"".join(response)
    finally:
        response.close()
    headers = [
        *response.items(),
        *(("Set-Cookie", _cookie(one)) for one in response.cookies.values()),
    ]
    answer = (
        response.status_code,
        [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers],
        content,
    )
    return answer, getattr(response, "hold", None)


def _cookie(one: Morsel[str]) -> str:
    """Return a cookie as it is sent; one for a frame is kept for that frame's site alone."""
    text = one.OutputString()
    return f"{text}; Partitioned" if one["samesite"] == "None" else text
