"""What a session's bytes go through on the trusted side, as one function to be fuzzed."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from grader.checking.compare import Compare
from grader.checking.student.shown import shown_value
from grader.checking.student.student_object import StudentObject
from grader.checking.student.student_proxy import StudentProxy
from grader.checking.value_kinds import kind_of
from grader.comparison.check_failure import CheckFailure
from grader.course import Limits
from grader.sandbox.channel import Channel
from grader.sandbox.child.closed_set import MAX_OBJECTS
from grader.sandbox.child.codec import (
    ForbiddenValueError,
    Handle,
    decode,
    decode_with_objects,
    encode,
)
from grader.sandbox.child.figures.figure import Figure
from grader.sandbox.child.framing import WireError, frame
from grader.sandbox.failures import CallFailure
from grader.sandbox.isolation import Isolation
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

ROOM = 1 << 24
LIMITS = Limits(call_seconds=2.0, load_seconds=2.0, value_bytes=1 << 16)
SOURCE = SubmissionSource((CodeBlock("submission.py", "def forward(x):\n    return x\n"),))
READY = frame(encode(["ready", []], max_bytes=ROOM))
LOADED = encode(["loaded", 1, ["forward"], [], [], []], max_bytes=ROOM)
EXPECTED = (np.ones(2), np.ones((2, 2)))
COMPARE = Compare(visible=True)


def decode_and_encode(data: bytes) -> None:
    """Decode a message; what comes out is of the closed set, which `encode` takes or refuses."""
    with contextlib.suppress(WireError, ForbiddenValueError):
        encode(decode(data), max_bytes=ROOM)


def decode_objects(data: bytes) -> None:
    """Decode a message that may hold three objects which are known, and new ones."""
    with contextlib.suppress(WireError):
        value, known = decode_with_objects(data, 3)
        assert 3 <= known <= MAX_OBJECTS
        shown_value(value)
        kind_of(value)
        assert all(0 <= handle.number < known for handle in handles_in(value))


def handles_in(value: Any) -> list[Handle]:
    if isinstance(value, Handle):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    inside = parts if isinstance(value, list | tuple | dict) else ()
    return [handle for part in inside for handle in handles_in(part)]


def grade_answers(stream: bytes) -> Any:
    """Load and call a submission whose session has written `stream`; return the call's value.

    A call ends with a value or a named outcome; comparing a value ends with the same.
    """
    session = SubmissionSession(ScriptedHost(READY + stream), SOURCE, LIMITS)  # type: ignore[arg-type]
    numbers = itertools.count(1)
    try:
        with (
            contextlib.suppress(CallFailure),
            mock.patch("grader.sandbox.exchange.new_number", numbers.__next__),
        ):
            reply = session.call("forward", [np.zeros(2), np.sum], ("x", "function"))
            compare(reply.value)
            return reply.value
    finally:
        session.close()
    return None


def use_objects(stream: bytes) -> None:
    """Have a check use the objects of a submission whose session has written `stream`.

    Whatever is asked of an object ends with a value, another object, or a named outcome.
    """
    session = SubmissionSession(ScriptedHost(READY + stream), SOURCE, LIMITS)  # type: ignore[arg-type]
    numbers = itertools.count(1)
    student = StudentProxy(Pipeline(session), lambda _name: ("x",))
    try:
        with mock.patch("grader.sandbox.exchange.new_number", numbers.__next__):
            asked = [lambda: student.forward(np.zeros(2))]
            while asked:
                with contextlib.suppress(CallFailure, StopIteration):
                    value = asked.pop()()
                    compare(value)
                    asked += questions(value, len(asked))
    finally:
        session.close()


def questions(value: Any, asked: int) -> list[Callable[[], Any]]:
    """Return what is asked of the first object in a value."""
    if isinstance(value, list | tuple) and value:
        return questions(value[0], asked)
    if not isinstance(value, StudentObject) or asked > 9:
        return []
    return [
        lambda: value.fit(np.ones(2), value, by=[value]),
        lambda: len(value),
        lambda: value == 1.0,
        lambda: 1 in value,
        lambda: str(value),
        lambda: next(iter(value)),
        lambda: value[0],
        lambda: np.float64(2.0) * value,
    ]


def compare(value: Any) -> None:
    for comparison in (
        lambda: COMPARE.close(value, EXPECTED, names=("a", "b")),
        lambda: COMPARE.close(value, 1.0),
        lambda: COMPARE.close(value, True),
        lambda: COMPARE.array(value, (2,), "a"),
        lambda: COMPARE.unpack(value, "a", "b"),
        lambda: COMPARE.table(value, {"int": [1, 2]}),
        lambda: COMPARE.table(value, {"int": [1, 2]}, order=False, column_order=False),
        lambda: isinstance(value, Figure) and COMPARE.figure(value, title=True, lines=[[1.0]]),
    ):
        with contextlib.suppress(CheckFailure, CallFailure):
            comparison()


class InTime(Channel):
    """A wire on which what was written ahead stands for what is written when it is asked for."""

    def pending(self) -> bool:
        return False


class ScriptedHost:
    """Stands for a host whose process has written all its answers ahead, and has ended."""

    isolation = Isolation("basic")

    def __init__(self, stream: bytes) -> None:
        self.stream = stream

    def fork(self, limits: Limits) -> Channel:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            theirs.sendall(self.stream)
            theirs.shutdown(socket.SHUT_WR)
        self.theirs = theirs  # open until the end, so that it can be written to
        output, writer = os.pipe()
        os.close(writer)
        return InTime(ours, output, limits.value_bytes + 8192, limits.output_bytes)

    def kept_waiting(self) -> float:
        return 0.0

    def end(self) -> str:
        self.theirs.close()
        return "exit 0"
