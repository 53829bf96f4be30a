"""What answers the calls of a check: a session in the sandbox, a pipeline, the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from grader.sandbox.replies import Loaded, Reply, SubmissionSource
from grader.sandbox.requests import Conditions, Objects


class CallTarget(Protocol):
    """What answers the calls of a check: a session in the sandbox, a pipeline, the reference."""

    @property
    def source(self) -> SubmissionSource:
        """What is graded."""

    def load(self) -> Loaded:
        """Return what it defines; raises CallFailure where it cannot be loaded."""

    def defines(self, function: str) -> bool:
        """Return whether it defines a function."""

    def value(self, name: str, known: int, conditions: Conditions) -> Reply:
        """Return the value of a name at its top level; raises CallFailure without one.

        `known` is how many objects of the submission's are known; `conditions` say as of when.
        """

    def run(self, answers: Sequence[str], text: str) -> None:
        """Run it anew as a program; raises CallFailure for what it raises."""

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
    ) -> Reply:
        """Call a function; raises CallFailure where that gives no value."""

    def left(self, what: str, arguments: Sequence[Any], text: str) -> Any:
        """Return what calls have left: what they printed, or a file."""
