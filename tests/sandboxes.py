"""Sandboxes with each combination of layers, for the tests of isolation."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.course import Limits
from grader.errors import IsolationError
from grader.result import Outcome
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import Isolation, resolve
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

WITHOUT = {
    "strict": (),
    "landlock and seccomp": ("bubblewrap",),
    "bubblewrap alone": ("landlock", "seccomp"),
    "bubblewrap and landlock": ("seccomp",),
    "bubblewrap and seccomp": ("landlock",),
}
BY_DEFAULT = ("strict", "landlock and seccomp", "bubblewrap alone")
"""Among them each layer is what stops something; the others are for the thorough run."""
LIMITS = Limits(call_seconds=10.0, memory_megabytes=256, file_megabytes=1, processes=16)


@functools.cache
def isolation(name: str) -> Isolation:
    """Return an isolation by name; skips where this machine has not got it."""
    if name in ("basic", "single"):
        return resolve("basic", fork=name == "basic")
    try:
        found = resolve("strict", without=WITHOUT[name])
    except IsolationError as error:
        pytest.skip(error.message)
    wanted = {"landlock", "seccomp", "bubblewrap"} - set(WITHOUT[name])
    if found.layers != wanted:
        pytest.skip(f"this machine has only {sorted(found.layers)}")
    return found


@dataclass
class SandboxSessions:
    """A host, and sessions on it for one submission after another."""

    host: SandboxHost

    def session(self, source: str, limits: Limits = LIMITS) -> SubmissionSession:
        return SubmissionSession(
            self.host, SubmissionSource((CodeBlock("submission.py", source),)), limits
        )

    def call(self, source: str, *arguments: Any, limits: Limits = LIMITS) -> Any:
        """Call the function `run` of a submission, alone in a session."""
        session = self.session(source, limits)
        try:
            return session.call("run", arguments).value
        finally:
            session.close()

    def outcome(self, source: str, *arguments: Any, limits: Limits = LIMITS) -> Outcome:
        """Return how a call ends."""
        try:
            self.call(source, *arguments, limits=limits)
        except CallFailure as failure:
            return failure.outcome
        return Outcome.PASSED

    @property
    def scratch(self) -> Path:
        return self.host._scratch


def marked(mark: str, most: int = 0) -> list[int]:
    """Return the processes with `mark` in their environment, given a moment to be no more."""
    found: list[int] = []
    for _ in range(100):
        found = [pid for pid in _processes() if mark.encode() in _environment(pid)]
        if len(found) <= most:
            break
        time.sleep(0.05)
    return found


def _processes() -> Sequence[int]:
    own = os.getpid()
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and p.name != str(own)]


def _environment(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return b""
