"""Requests to a submission's process: what a call is, as it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from grader.sandbox import failures
from grader.sandbox.child.codec import encode
from grader.sandbox.exchange import Callbacks, CallRequest

_NOT_SENT: Final = -1


@dataclass(slots=True)
class Request:
    """A call that is made, or will be, and the functions that it hands over.

    `number` is its number, once it is sent; `sent_to` numbers the process that it was sent to
    ahead of its turn.
    """

    call: CallRequest
    callbacks: Callbacks
    number: int = 0
    sent_to: int = _NOT_SENT

    @property
    def plain(self) -> bool:
        """Whether it hands nothing over that the submission may call."""
        return not self.callbacks.functions

    @property
    def repeatable(self) -> bool:
        """Whether it hands nothing over but the call's own `others`."""
        return len(self.callbacks.functions) == len(self.call.others)

    def taken(self) -> None:
        """Note that its answer is waited for: it is in flight no more."""
        self.sent_to = _NOT_SENT


def call_of(
    function: str,
    arguments: Sequence[Any],
    names: tuple[str, ...],
    others: Mapping[str, Callable[..., Any]] | None,
    named: Mapping[str, Any] | None,
    value_bytes: int,
) -> Request:
    """Return the request for a call; see `SubmissionSession.call`."""
    others, named = dict(others or {}), dict(named or {})
    callbacks = Callbacks(value_bytes)
    request = [function, list(arguments), others]
    if named:
        request.append(named)
    content = encoded(request, callbacks)
    text = failures.signature_of(function, names, tuple(arguments), named)
    count = len(arguments) + len(named)
    return Request(CallRequest(function, content, count, text, others), callbacks)


def value_of(name: str, value_bytes: int) -> Request:
    """Return the request for the value that a name has."""
    callbacks = Callbacks(value_bytes)
    content = encoded([name, None, {}], callbacks)
    return Request(CallRequest(name, content, 0, f"`{name}`", {}), callbacks)


def encoded(request: list[Any], callbacks: Callbacks) -> bytes:
    """Return what a request says, without its kind and number."""
    most = callbacks.max_bytes * 4
    return encode(request, max_bytes=most, handle_of=callbacks.number_of)
