"""Requests to a submission's process: what a call is, as it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox import failures
from grader.sandbox.child.codec import Handle, encode
from grader.sandbox.exchange import Callbacks, CallRequest
from grader.sandbox.replies import Problem, SubmissionSource

_NOT_SENT: Final = -1

PROGRAM: Final = _("the program")
"""What a submission is called that is run as a whole."""

Conditions = Mapping[str, Any]
"""What holds in the submission's module: "answers" to `input()`, "names" that are set, those that
are "hidden"; and as of when: "after" a cell, or after a "run" with answers."""


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


class Objects(NamedTuple):
    """What a call has to do with the submission's objects, and what holds meanwhile.

    Attributes
    ----------
    known : int
        How many are known to the check; the answer may hold these and new ones.
    handed : list
        The functions that an object may call still, since it was given them before.
    operation : str
        What is done with one, which is the first argument; empty for a call by name.
    conditions : Conditions
        What is to hold during the call.
    """

    known: int
    handed: list[Callable[..., Any]]
    operation: str = ""
    conditions: Conditions = MappingProxyType({})


def load_of(
    source: SubmissionSource,
    seconds: float,
    definitions_only: bool,
    kept: Iterable[str],
    problems: Iterable[Problem],
) -> list[Any]:
    """Return the request to load a submission, without the functions that do not come to an end.

    After the cells named in `kept` the module is kept as it is then; `problems` are those of an
    earlier process, where something was stopped.
    """
    blocks = [[block.label, block.source] for block in source.blocks]
    modules = [[module.name, module.label, module.source] for module in source.modules]
    ends = {cell: source.end_of(cell) for cell in kept}
    keeps = [[cell, *end] for cell, end in ends.items() if end is not None]
    stopped = [[each.label, each.line, list(each.lost)] for each in problems if each.stopped]
    return [blocks, modules, source.notebook, seconds, definitions_only, keeps, stopped]


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
    conditions = objects.conditions
    if conditions:
        target, passed = ".under", [dict(conditions), target, passed]
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
        objects.known > 0
        and _has_object([*arguments, *named.values(), *conditions.get("names", {}).values()]),
        conditions.get("after", ""),
    )
    return Request(call, callbacks)


def _has_object(values: Sequence[Any]) -> bool:
    return any(
        isinstance(value, Handle) or (isinstance(value, list | tuple) and _has_object(value))
        for value in values
    )


def value_of(name: str, known: int, conditions: Conditions, value_bytes: int) -> Request:
    """Return the request for the value that a name has."""
    callbacks = Callbacks(value_bytes)
    what = [".under", [dict(conditions), name, None]] if conditions else [name, None]
    content, cell = encoded([*what, {}, {}, known], callbacks), conditions.get("after", "")
    call = CallRequest(name, content, 0, f"`{name}`", {}, known, False, cell)
    return Request(call, callbacks)


def run_of(answers: Sequence[str], text: str, value_bytes: int) -> Request:
    """Return the request to run the submission anew, with answers to `input()`."""
    callbacks = Callbacks(value_bytes)
    content = encoded([".run", [list(answers)], {}, {}], callbacks)
    return Request(CallRequest(PROGRAM, content, 0, text, {}, loads=True), callbacks)


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
