"""How a call into a submission can end other than with a value, in words for the student."""

from __future__ import annotations

import builtins
import functools
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.result import Outcome
from grader.sandbox.causes import cause_of

_SIGNALS = {
    "SIGSEGV": "a crash in compiled code, such as a bad memory access",
    "SIGABRT": "the program aborted itself",
    "SIGFPE": "an arithmetic crash in compiled code",
    "SIGXCPU": "the submission's processor time was used up",
    "SIGKILL": "it was killed, or closed its connection to the grader",
}
_LAST_LINE = 10_000_000
_LONGEST_NAME = 100
_EXCEEDED = {
    "processes": "with too many processes or threads",
    "file_megabytes": "with too many files, or too large ones",
}


_BUILT_IN = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
_APART = (StopIteration, StopAsyncIteration, BaseExceptionGroup, NotImplementedError, MemoryError)
_MOST_NAMES = 20
_PLAIN = "a number, a text, a list, an array or a dictionary"


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
    """

    unread = False
    absent = False
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
    # imported here, since autograde reads this module and has to do with little memory
    import numpy as np

    from grader.sandbox.child.tables.table import form_of

    if isinstance(argument, np.ndarray):
        return str(argument.shape)
    if form_of(argument):
        return str(tuple(argument.shape))
    if isinstance(argument, (bool, int, float, complex)):
        return f"= {argument:.6g}" if isinstance(argument, float) else f"= {argument}"
    if isinstance(argument, (list, tuple, set, frozenset)):
        return f"({type(argument).__name__} of {len(argument)})"
    return ""


def timed_out(call: str, seconds: float) -> CallFailure:
    """Return the failure of a call that had not ended in time."""
    return CallFailure(
        Outcome.TIMEOUT,
        f"{call} had not finished after {seconds:g} s: is there a loop that never ends?"
        " It was stopped and is not called again.",
        cause=f"{_function(call)} took longer than {seconds:g} s",
    )


def used_up(function: str, seconds: float) -> CallFailure:
    """Return the failure of a function whose calls have taken too long together."""
    return CallFailure(
        Outcome.TIMEOUT,
        f"the calls of {function} took more than {seconds:g} s together: it is not called again.",
        cause=f"the calls of {function} took longer than {seconds:g} s together",
    )


def died(call: str, ended: str) -> CallFailure:
    """Return the failure of a call whose process ended, from the host's word on how."""
    kind, _, number = ended.partition(" ")
    if number == "memory_megabytes":
        return CallFailure(
            Outcome.OUT_OF_MEMORY,
            f"{call} and what it started took too much memory together, and were stopped.",
            cause=f"{_function(call)} and what it started took too much memory",
        )
    if kind == "limit":
        return CallFailure(
            Outcome.DIED,
            f"{call} went beyond what it may use, {_EXCEEDED.get(number, number)}, and was"
            " stopped.",
            cause=f"{_function(call)} went beyond what it may use",
        )
    if kind == "signal":
        try:
            name = signal.Signals(int(number)).name
        except ValueError:
            name = f"signal {number}"
        reason = f"{name}: {_SIGNALS.get(name, 'it was ended by a signal')}"
    elif kind == "exit":
        reason = f"it exited with code {number}, as os._exit() does"
    else:
        reason = "the process was gone"
    text = f"ended the whole program ({reason})"
    return CallFailure(Outcome.DIED, f"{call} {text}.", cause=f"{_function(call)} {text}")


def broke_the_channel(call: str) -> CallFailure:
    """Return the failure of a call whose process wrote what is no answer to it."""
    return CallFailure(
        Outcome.FORBIDDEN_VALUE,
        f"{call} sent something that is not an answer to the call. A function gives its result by"
        " `return` only; code must not write to file descriptors that it did not open.",
        cause=f"{_function(call)} sent something that is not an answer to the call",
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
        failure = CallFailure(Outcome.NOT_IMPLEMENTED, f"{call} is not set.", line)
        failure.absent = True
        return failure
    if kind == "no_cell":
        text = f"{call} cannot be asked for: the code did not come as far as the cell."
        return CallFailure(Outcome.NOT_IMPLEMENTED, text, line)
    if kind == "gone":
        return gone(call)
    if kind == "forbidden_value":
        return forbidden(call, message, line)
    if kind == "not_implemented":
        return CallFailure(Outcome.NOT_IMPLEMENTED, message or f"{call} is not written yet.", line)
    trace = _text(description, "traceback")
    detail = trace or f"{_text(description, 'type')}: {message}"
    if kind == "out_of_memory":
        return CallFailure(
            Outcome.OUT_OF_MEMORY,
            f"{call} ran out of memory (the limit is {memory_megabytes} MB).\n{detail}",
            line,
            f"{_function(call)} ran out of memory",
        )
    cause = cause_of(
        _text(description, "type"), message, _text(description, "file"), line, _function(call)
    )
    return CallFailure(Outcome.ERROR, f"{call} raised an exception:\n{detail}", line, cause)


def forbidden(call: str, words: str, line: int = 0) -> CallFailure:
    """Return the failure of a call, or of the value of a name, that gave what is no value."""
    if call.startswith("`"):
        text = f"{call} is {words.partition(';')[0]}. It should be {_PLAIN}."
        return CallFailure(Outcome.FORBIDDEN_VALUE, text, line, f"{call} is {words}")
    cause = f"{_function(call)} returned {words}"
    return CallFailure(Outcome.FORBIDDEN_VALUE, f"{call} returned {words}.", line, cause)


def gone(call: str) -> CallFailure:
    """Return the failure of a call that is about an object of a process that has ended."""
    return CallFailure(
        Outcome.DIED,
        f"{call} was not possible: the object has gone with its process, which a call before this"
        " one has ended.",
        cause=f"{_function(call)} was not possible, since its object has gone with its process",
    )


def _function(call: str) -> str:
    """Return what was called, without the arguments that it had."""
    return call.partition("(")[0]


def _text(description: dict[str, Any], key: str) -> str:
    value = description.get(key)
    return value[:4000] if isinstance(value, str) else ""
