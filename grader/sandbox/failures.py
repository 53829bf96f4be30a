"""How a call into a submission can end other than with a value, in words for the student."""

from __future__ import annotations

import builtins
import functools
import re
import signal
from collections.abc import Mapping
from typing import Any

from grader.language import Message, joined
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.causes import cause_of
from grader.sandbox.child_words import error_in_words, traceback_in_words, value_in_words

_SIGNALS = {
    "SIGSEGV": _("a crash in compiled code, such as a bad memory access"),
    "SIGABRT": _("the program aborted itself"),
    "SIGFPE": _("an arithmetic crash in compiled code"),
    "SIGXCPU": _("the submission's processor time was used up"),
    "SIGKILL": _("it was killed, or closed its connection to the grader"),
}
_LAST_LINE = 10_000_000
_LONGEST_NAME = 100
_EXCEEDED = {
    "processes": _("with too many processes or threads"),
    "file_megabytes": _("with too many files, or too large ones"),
}
_SHOWN = re.compile(r"argument (\d+)|\((list|tuple|set|frozenset) of (\d+)\)")


_BUILT_IN = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
_APART = (StopIteration, StopAsyncIteration, BaseExceptionGroup, NotImplementedError, MemoryError)
_MOST_NAMES = 20
_PLAIN = _("a number, a text, a list, an array or a dictionary")


@dataclass(frozen=True, slots=True)
class Raised:
    """What a submission's code has raised, as its process tells it.

    Attributes
    ----------
    names : tuple of str
        The names of its class and of the bases.
    message : str
        Its text.
    """

    names: tuple[str, ...]
    message: str


class CallFailure(BaseException):
    """A call, or the loading of a file, that gave no value.

    It is no Exception, so that a check's `except Exception` lets it pass; but where the submission
    has raised a built-in exception, it is one of these too. See `described`.

    Attributes
    ----------
    outcome : Outcome
        What the check that made the call ends with.
    feedback : str
        What the student reads.
    line : int
        The student's own line that it happened in; 0 where that is not known.
    cause : str
        The same in a line, without what differs from call to call: failures that have one cause
        share it, and are told together.
    unread : bool
        Whether Python could not read the code at all.
    absent : bool
        Whether the submission sets no value of the name that was asked for.
    raised : Raised or None
        What the submission's code has raised.
    within : str
        The function that the call was in, where that did not come to an end.
    """

    unread = False
    absent = False
    within = ""
    raised: Raised | None = None

    def __init__(self, outcome: Outcome, feedback: str, line: int = 0, cause: str = "") -> None:
        BaseException.__init__(self, feedback)  # a built-in one's own would ask for more
        self.outcome = outcome
        self.feedback = feedback
        self.line = line
        self.cause = cause

    def __str__(self) -> str:
        return self.feedback if self.raised is None else self.raised.message


@functools.cache
def _kind_for(name: str) -> type[CallFailure]:
    """Return the failures that are also the built-in exception of this name."""
    base = getattr(builtins, name, None)
    if not isinstance(base, type) or not issubclass(base, Exception | SystemExit):
        return CallFailure
    return CallFailure if issubclass(base, _APART) else type(name, (CallFailure, base), {})


def with_raised(failure: CallFailure, raised: Raised) -> CallFailure:
    """Return a failure as one that what was raised can be caught by."""
    name = next((name for name in raised.names if name in _BUILT_IN), "")
    kind = _kind_for(name) if failure.outcome is Outcome.ERROR else CallFailure
    found = kind.__new__(kind)
    CallFailure.__init__(found, failure.outcome, failure.feedback, failure.line, failure.cause)
    found.raised = raised
    return found


def signature_of(
    function: str,
    names: tuple[str, ...],
    arguments: tuple[Any, ...],
    named: Mapping[str, Any] | None = None,
) -> str:
    """Return the call with the shapes of its arguments, as in `forward(x (2,), eps=0.001)`."""
    parts = []
    for index, argument in enumerate(arguments):
        name = names[index] if index < len(names) else f"argument {index + 1}"
        parts.append(f"{name} {_brief(argument)}".strip())
    for name, argument in (named or {}).items():
        brief = _brief(argument)
        parts.append(f"{name}={brief[2:]}" if brief[:1] == "=" else f"{name} {brief}".strip())
    return f"{function}({', '.join(parts)})"


def _brief(argument: Any) -> str:
    if isinstance(argument, float):
        return f"= {argument:.6g}"
    if isinstance(argument, (bool, int, complex)):
        return f"= {argument}"
    if isinstance(argument, (list, tuple, set, frozenset)):
        return f"({type(argument).__name__} of {len(argument)})"
    # imported here, since autograde reads this module and has to do with little memory
    import numpy as np

    if isinstance(argument, np.ndarray):
        return _shape_in_words(argument.shape)
    from grader.sandbox.child.tables.table import form_of

    return str(tuple(argument.shape)) if form_of(argument) else ""


@functools.lru_cache(1024)  # nearly all calls of a class have arguments of a few shapes
def _shape_in_words(shape: tuple[int, ...]) -> str:
    return str(shape)


def timed_out(call: str, seconds: float) -> CallFailure:
    """Return the failure of a call that had not ended in time."""
    return CallFailure(
        Outcome.TIMEOUT,
        _(
            "{call} had not finished after {seconds:g} s: is there a loop that never ends?"
            " It was stopped and is not called again.",
            call=_told(call),
            seconds=seconds,
        ),
        cause=_(
            "{function} took longer than {seconds:g} s", function=_function(call), seconds=seconds
        ),
    )


def stopped_within(call: str, inner: str, seconds: float, limit: float) -> CallFailure:
    """Return the failure of a call that was in a function which had not ended in time before."""
    function = _function(call)
    return CallFailure(
        Outcome.TIMEOUT,
        _(
            "{call} was in {inner} for more than {seconds:g} s, and {inner} had not finished after"
            " {limit:g} s when it was called itself: find the loop there first. {function} is not"
            " called again.",
            call=_told(call),
            inner=inner,
            seconds=seconds,
            limit=limit,
            function=function,
        ),
        cause=_(
            "{function} waits for {inner}, which took longer than {limit:g} s",
            function=function,
            inner=inner,
            limit=limit,
        ),
    )


def used_up(function: str, seconds: float) -> CallFailure:
    """Return the failure of a function whose calls have taken too long together."""
    return CallFailure(
        Outcome.TIMEOUT,
        _(
            "the calls of {function} took more than {seconds:g} s together: it is not called"
            " again.",
            function=function,
            seconds=seconds,
        ),
        cause=_(
            "the calls of {function} took longer than {seconds:g} s together",
            function=function,
            seconds=seconds,
        ),
    )


def died(call: str, ended: str) -> CallFailure:
    """Return the failure of a call whose process ended, from the host's word on how."""
    kind, number = [*ended.split(" ", 1), ""][:2]
    if number == "memory_megabytes":
        return CallFailure(
            Outcome.OUT_OF_MEMORY,
            _(
                "{call} and what it started took too much memory together, and were stopped.",
                call=_told(call),
            ),
            cause=_(
                "{function} and what it started took too much memory", function=_function(call)
            ),
        )
    if kind == "limit":
        return CallFailure(
            Outcome.DIED,
            _(
                "{call} went beyond what it may use, {what}, and was stopped.",
                call=_told(call),
                what=_EXCEEDED.get(number, number),
            ),
            cause=_("{function} went beyond what it may use", function=_function(call)),
        )
    if kind == "signal":
        try:
            name = signal.Signals(int(number)).name
        except ValueError:
            name = f"signal {number}"
        told = _SIGNALS.get(name, _("it was ended by a signal"))
        reason: str = _("{signal}: {reason}", signal=name, reason=told)
    elif kind == "exit":
        reason = _("it exited with code {code}, as os._exit() does", code=number)
    else:
        reason = _("the process was gone")
    text = _("{call} ended the whole program ({reason}).", call=_told(call), reason=reason)
    cause = _("{call} ended the whole program ({reason})")
    cause = cause.format(call=_function(call), reason=reason)
    return CallFailure(Outcome.DIED, text, cause=cause)


def broke_the_channel(call: str) -> CallFailure:
    """Return the failure of a call whose process wrote what is no answer to it."""
    return CallFailure(
        Outcome.FORBIDDEN_VALUE,
        _(
            "{call} sent something that is not an answer to the call. A function gives its result"
            " by `return` only; code must not write to file descriptors that it did not open.",
            call=_told(call),
        ),
        cause=_(
            "{function} sent something that is not an answer to the call",
            function=_function(call),
        ),
    )


def described(call: str, description: Any, memory_megabytes: int) -> CallFailure:
    """Return the failure that the child described; the description may be anything at all.

    What the submission's code has raised can be caught as what it is: by its name, or by that of
    a base, as far as these are built-in exceptions.
    """
    if not isinstance(description, dict):
        return broke_the_channel(call)
    failure = _described(call, description, memory_megabytes)
    names = description.get("bases")
    if not isinstance(names, list):
        return failure
    short = (name[:_LONGEST_NAME] for name in names[:_MOST_NAMES] if isinstance(name, str))
    return with_raised(failure, Raised(tuple(short), _text(description, "message")))


def _described(call: str, description: dict[str, Any], memory_megabytes: int) -> CallFailure:
    kind = _text(description, "kind")
    message = _text(description, "message")
    line = description.get("line")
    line = line if type(line) is int and 0 < line < _LAST_LINE else 0
    if kind == "absent":
        failure = CallFailure(Outcome.NOT_IMPLEMENTED, _("{name} is not set.", name=call), line)
        failure.absent = True
        return failure
    if kind == "no_cell":
        text = _("{call} cannot be asked for: the code did not come as far as the cell.")
        return CallFailure(Outcome.NOT_IMPLEMENTED, text.format(call=_told(call)), line)
    if kind == "gone":
        return gone(call)
    if kind == "within":
        failure = broke_the_channel(call)  # unless it is known not to come to an end
        failure.within = message
        return failure
    if kind == "forbidden_value":
        return forbidden(call, message, line)
    if kind == "not_implemented":
        text = _("{call} is not written yet.", call=_told(call))
        return CallFailure(Outcome.NOT_IMPLEMENTED, error_in_words(message) or text, line)
    trace = _text(description, "traceback")
    detail = traceback_in_words(trace or f"{_text(description, 'type')}: {message}")
    if kind == "out_of_memory":
        return CallFailure(
            Outcome.OUT_OF_MEMORY,
            joined(
                _(
                    "{call} ran out of memory (the limit is {limit} MB).",
                    call=_told(call),
                    limit=memory_megabytes,
                ),
                detail,
                separator="\n",
            ),
            line,
            _("{function} ran out of memory", function=_function(call)),
        )
    cause = cause_of(
        _text(description, "type"), message, _text(description, "file"), line, _function(call)
    )
    text = _("{call} raised an exception:", call=_told(call))
    return CallFailure(Outcome.ERROR, joined(text, detail, separator="\n"), line, cause)


def forbidden(call: str, words: str, line: int = 0) -> CallFailure:
    """Return the failure of a call, or of the value of a name, that gave what is no value."""
    if call.startswith("`"):
        text = _("{name} is {found}. It should be {right}.")
        text = text.format(name=call, found=value_in_words(words.partition(";")[0]), right=_PLAIN)
        cause = _("{name} is {found}", name=call, found=value_in_words(words))
        return CallFailure(Outcome.FORBIDDEN_VALUE, text, line, cause)
    found = value_in_words(words)
    text = _("{call} returned {found}.", call=_told(call), found=found)
    cause = _("{call} returned {found}", call=_function(call), found=found)
    return CallFailure(Outcome.FORBIDDEN_VALUE, text, line, cause)


def gone(call: str) -> CallFailure:
    """Return the failure of a call that is about an object of a process that has ended."""
    return CallFailure(
        Outcome.DIED,
        _(
            "{call} was not possible: the object has gone with its process, which a call before"
            " this one has ended.",
            call=_told(call),
        ),
        cause=_(
            "{function} was not possible, since its object has gone with its process",
            function=_function(call),
        ),
    )


def _function(call: str) -> str:
    """Return what was called, without the arguments that it had."""
    return call if isinstance(call, Message) else call.partition("(")[0]


def _told(call: str) -> str:
    """Return a call that `signature_of` has written, its words as messages."""
    if isinstance(call, Message):
        return call
    parts: list[str] = []
    end = 0
    for found in _SHOWN.finditer(call):
        parts.append(call[end : found.start()])
        if found[1]:
            parts.append(_("argument {number}", number=found[1]))
        else:
            parts.append(_("({type} of {count})", type=found[2], count=found[3]))
        end = found.end()
    return joined(*parts, call[end:]) if parts else call


def _text(description: dict[str, Any], key: str) -> str:
    value = description.get(key)
    return value[:4000] if isinstance(value, str) else ""
