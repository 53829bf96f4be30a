"""The trusted side's handle on the processes that hold submissions."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol

from grader.course import Limits
from grader.sandbox import packages
from grader.sandbox.child import scratch
from grader.sandbox.isolation import Isolation
from grader.sandbox.launch import SandboxFolders

PRIVATE_PACKAGES: Final = ("numpy", "msgpack")


class Wire(Protocol):
    """The trusted end of one child's wire, and of its output; see `channel.Channel`."""

    printed_bytes: int

    def send(self, messages: Sequence[bytes], deadline: float) -> None:
        """Send messages whole."""

    def receive(self, deadline: float) -> bytes:
        """Return the next message."""

    def arrived(self, head: bytes) -> bytes | None:
        """Return the next message where it is here already and begins so; else None."""

    def pending(self) -> bool:
        """Whether something has arrived that nobody has received."""

    def take_printed(self) -> bytes:
        """Return what was printed since the last call, cut to the limit."""

    def close(self) -> None:
        """Close both."""


class Processes(Protocol):
    """How the processes for submissions are made: one at a time."""

    losses: int

    def fork(self, limits: Limits) -> Wire:
        """Give the next submission a process."""

    def kept_waiting(self) -> float:
        """Return the seconds that it was ready to run and others had the processors."""

    def end(self) -> str:
        """End it and all that it started."""

    def close(self) -> None:
        """End everything."""


class SandboxHost:
    """Gives each submission a process of its own, one at a time.

    Starts at once, without waiting; is waited for when the first submission comes. What a
    submission has harmed is replaced. They may read the files in the
    folder `data` as `data/...`. Use it as a context manager: leaving it ends every process and
    removes the scratch folder.

    `allowed` are the packages that submissions may import, `usual` the modules in them that most
    will: those are imported once for all. Where it is not `for_many`, what only pays off when many
    submissions come is left undone.
    """

    def __init__(
        self,
        isolation: Isolation,
        allowed: Sequence[str],
        data: Path | None = None,
        usual: Sequence[str] = (),
        *,
        for_many: bool = True,
    ) -> None:
        self.isolation = isolation
        offered, private = packages.locate(allowed), packages.locate(PRIVATE_PACKAGES)
        self._scratch = Path(tempfile.mkdtemp(prefix="bpgrade-")).resolve()
        try:
            many = for_many and not isolation.fresh_host
            place = SandboxFolders(self._scratch, offered, private, data, tuple(usual), many)
            self._processes = _make(isolation, place)
        except BaseException:
            self._scratch.rmdir()
            raise

    def fork(self, limits: Limits) -> Wire:
        """Return the wire to a process that no submission has been in.

        Raises
        ------
        IsolationError
            It cannot be started on this machine.
        """
        return self._processes.fork(limits)

    def kept_waiting(self) -> float:
        """Return the seconds that the process was ready to run and others had the processors.

        It is told by what holds the process, and which a submission may have harmed.
        """
        return self._processes.kept_waiting()

    def end(self) -> str:
        """End the process and all that it started; return how it had ended by itself.

        Returns
        -------
        str
            "exit N", "signal N", "limit NAME" for a limit that it went beyond, or "none".
        """
        return self._processes.end()

    @property
    def losses(self) -> int:
        """How often what holds the submissions was lost, by a submission's doing or another's."""
        return self._processes.losses

    def close(self) -> None:
        """End everything that runs in the sandbox, and remove the scratch folder."""
        try:
            self._processes.close()
        finally:
            with contextlib.suppress(OSError):  # the host may have removed it already
                scratch.empty(self._scratch)
                self._scratch.rmdir()

    def __enter__(self) -> SandboxHost:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _make(isolation: Isolation, place: SandboxFolders) -> Processes:
    if isolation.fork:
        from grader.sandbox.forking import ForkedProcesses

        return ForkedProcesses(isolation, place)
    from grader.sandbox.fresh_process import SingleProcesses

    return SingleProcesses(place)
