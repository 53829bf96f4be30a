"""What a session's bytes go through on the trusted side, as one function to be fuzzed."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from typing import Any
from unittest import mock

import numpy as np

from grader.checking.check_failure import CheckFailure
from grader.checking.comparison import Compare
from grader.course import Limits
from grader.sandbox.channel import Channel
from grader.sandbox.child.codec import ForbiddenValueError, decode, encode
from grader.sandbox.child.framing import WireError, frame
from grader.sandbox.failures import CallFailure
from grader.sandbox.isolation import Isolation
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


def compare(value: Any) -> None:
    for comparison in (
        lambda: COMPARE.close(value, EXPECTED, names=("a", "b")),
        lambda: COMPARE.close(value, 1.0),
        lambda: COMPARE.close(value, True),
        lambda: COMPARE.array(value, (2,), "a"),
        lambda: COMPARE.unpack(value, "a", "b"),
    ):
        with contextlib.suppress(CheckFailure):
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

    def end(self) -> str:
        self.theirs.close()
        return "exit 0"
