"""How a call into a submission can end other than with a value, in words for the student."""

from __future__ import annotations

import signal
from collections.abc import Mapping
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
_EXCEEDED = {
    "processes": "with too many processes or threads",
    "file_megabytes": "with too many files, or too large ones",
}


_PLAIN = "a number, a text, a list, an array or a dictionary"


class CallFailure(Exception):  # noqa: N818 - an outcome of grading, not a mistake of ours
    """A call, or the loading of a file, that gave no value.

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
    """

    unread = False
    absent = False

    def __init__(self, outcome: Outcome, feedback: str, line: int = 0, cause: str = "") -> None:
        super().__init__(feedback)
        self.outcome = outcome
        self.feedback = feedback
        self.line = line
        self.cause = cause


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

    from grader.sandbox.child.tables import form_of

    if isinstance(argument, np.ndarray):
        return str(argument.shape)
    if form_of(argument):
        return str(tuple(argument.shape))
    if isinstance(argument, (bool, int, float, complex)):
        return f"= {argument:.6g}" if isinstance(argument, float) else f"= {argument}"
    if isinstance(argument, (list, tuple)):
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
    """Return the failure that the child described; the description may be anything at all."""
    if not isinstance(description, dict):
        return broke_the_channel(call)
    kind = _text(description, "kind")
    message = _text(description, "message")
    line = description.get("line")
    line = line if type(line) is int and 0 < line < _LAST_LINE else 0
    if kind == "absent":
        failure = CallFailure(Outcome.NOT_IMPLEMENTED, f"{call} is not set.", line)
        failure.absent = True
        return failure
    if kind == "forbidden_value" and call.startswith("`"):
        text = f"{call} is {message.partition(';')[0]}. It should be {_PLAIN}."
        return CallFailure(Outcome.FORBIDDEN_VALUE, text, line, f"{call} is {message}")
    if kind == "forbidden_value":
        cause = f"{_function(call)} returned {message}"
        return CallFailure(Outcome.FORBIDDEN_VALUE, f"{call} returned {message}.", line, cause)
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


def _function(call: str) -> str:
    """Return what was called, without the arguments that it had."""
    return call.partition("(")[0]


def _text(description: dict[str, Any], key: str) -> str:
    value = description.get(key)
    return value[:4000] if isinstance(value, str) else ""
