"""Requests to a submission's process: what a call is, as it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grader.sandbox import failures
from grader.sandbox.child.codec import Handle, encode
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


@dataclass(frozen=True, slots=True)
class Objects:
    """What a call has to do with the submission's objects, and with its keyboard.

    Attributes
    ----------
    known : int
        How many are known to the check; the answer may hold these and new ones.
    operation : str
        What is done with one, which is the first argument; empty for a call by name.
    handed : list
        The functions that an object may call still, since it was given them before.
    answers : sequence of str or None
        What `input()` gives during the call, one after another; None where nobody answers.
    """

    known: int
    operation: str = ""
    handed: list[Callable[..., Any]] = field(default_factory=list)
    answers: Sequence[str] | None = None


def call_of(
    function: str,
    arguments: Sequence[Any],
    names: tuple[str, ...],
    others: Mapping[str, Callable[..., Any]] | None,
    named: Mapping[str, Any] | None,
    objects: Objects | None,
    value_bytes: int,
) -> Request:
    """Return the request for a call; see `SubmissionSession.call`."""
    others, named = dict(others or {}), dict(named or {})
    if objects is None:
        callbacks = Callbacks(value_bytes)
        content = encoded([function, list(arguments), named, others], callbacks)
        text = failures.signature_of(function, names, tuple(arguments), named)
        count = len(arguments) + len(named)
        return Request(CallRequest(function, content, count, text, others), callbacks)
    callbacks = Callbacks(value_bytes, list(objects.handed))
    target, passed = objects.operation or function, list(arguments)
    if objects.answers is not None:
        target, passed = ".answering", [list(objects.answers), target, *passed]
    content = encoded([target, passed, named, others, objects.known], callbacks)
    objects.handed[:] = callbacks.functions[: len(callbacks.functions) - len(others)]
    shown = tuple(arguments)[1:] if objects.operation else tuple(arguments)
    text = (
        function
        if objects.operation == ".get"
        else failures.signature_of(function, names, shown, named)
    )
    call = CallRequest(
        function,
        content,
        len(arguments) + len(named),
        text,
        others,
        objects.known,
        objects.known > 0 and _has_object([*arguments, *named.values()]),
    )
    return Request(call, callbacks)


def _has_object(values: Sequence[Any]) -> bool:
    return any(
        isinstance(value, Handle) or (isinstance(value, list | tuple) and _has_object(value))
        for value in values
    )


def value_of(name: str, known: int, value_bytes: int) -> Request:
    """Return the request for the value that a name has."""
    callbacks = Callbacks(value_bytes)
    content = encoded([name, None, {}, {}, known], callbacks)
    return Request(CallRequest(name, content, 0, f"`{name}`", {}, known), callbacks)


def left_of(what: str, arguments: Sequence[Any], text: str, value_bytes: int) -> Request:
    """Return the request for something that calls have left: what they printed, or a file.

    `text` says what it is.
    """
    callbacks = Callbacks(value_bytes)
    content = encoded([f".{what}", list(arguments), {}, {}], callbacks)
    return Request(CallRequest(f".{what}", content, 0, text, {}), callbacks)


def encoded(request: list[Any], callbacks: Callbacks) -> bytes:
    """Return what a request says, without its kind and number."""
    most = callbacks.max_bytes * 4
    return encode(request, max_bytes=most, handle_of=callbacks.number_of)
