"""Watching the cluster's workers come and go, and setting up each new one, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from distributed import Client

from grader.batch.grading_process import error_of
from grader.cluster import remote
from grader.errors import BpgradeError, IsolationError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_TICK_SECONDS: Final = 0.5
_RENEW_SECONDS: Final = 10.0
_MAX_FAILURES: Final = 3
_NOT_THERE: Final = ("ModuleNotFoundError", "ImportError", "AttributeError")
_CLEAN_UP_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A worker gets no work; why, and what to do about it."""

    worker: str
    error: BpgradeError


@dataclass(frozen=True, slots=True)
class SetupFailed:
    """Nothing can be graded on any worker."""

    error: BpgradeError


@dataclass(frozen=True, slots=True)
class SchedulerLost:
    """The scheduler answers no more."""


Event = Refused | SetupFailed | SchedulerLost


class Watch(threading.Thread):
    """Looks at the workers twice a second until it is told to stop; then cleans up on them.

    Attributes
    ----------
    threads : dict of str to int
        How many threads each worker has that is set up.
    coming : int
        How many threads there are on workers that are not set up yet.
    known : frozenset of str
        All workers there are, with those that are refused and those not yet set up.
    refused : frozenset of str
    """

    def __init__(
        self, client: Client, batch: str, order: dict[str, Any], tell: Callable[[Event], None]
    ) -> None:
        super().__init__(name="bpgrade-watch", daemon=True)
        self.threads: dict[str, int] = {}
        self.coming = 0
        self.known: frozenset[str] = frozenset()
        self.refused: frozenset[str] = frozenset()
        self._client = client
        self._batch = batch
        self._order = order
        self._tell = tell
        self._failures: dict[str, int] = {}
        self._renewed = time.monotonic()
        self._to_refuse: dict[str, BpgradeError] = {}
        self._ending = threading.Event()

    def run(self) -> None:
        """Watch; see the class."""
        try:
            while not self._ending.is_set():
                self._look()
                self._ending.wait(_TICK_SECONDS)
            self._on(list(self.threads), remote.remove)
        except Exception:  # whatever a broken connection raises in this or that version of dask
            self._tell(SchedulerLost())

    def refuse(self, worker: str, error: BpgradeError) -> None:
        """Give a worker no more work."""
        self._to_refuse[worker] = error

    def stop(self) -> None:
        """Clean up on the workers, and end."""
        self._ending.set()
        self.join(_CLEAN_UP_SECONDS)

    def _look(self) -> None:
        threads: dict[str, int] = self._client.nthreads()
        self.known = frozenset(threads)
        self.refused &= self.known
        self.threads = {name: number for name, number in threads.items() if name in self.threads}
        while self._to_refuse:
            worker, error = self._to_refuse.popitem()
            self._on([worker], remote.remove)
            self._refuse(worker, error)
        if time.monotonic() - self._renewed > _RENEW_SECONDS:
            self._renew()
        new = self.known - self.threads.keys() - self.refused
        self.coming = sum(threads[worker] for worker in new)
        if new:
            self._set_up(new, threads)

    def _renew(self) -> None:
        """Tell the workers that the batch is alive; find those started anew under an old name."""
        found = self._on(self.threads, remote.renew)
        lost = {worker for worker, held in found.items() if held is not True}
        self.threads = {name: number for name, number in self.threads.items() if name not in lost}
        self._renewed = time.monotonic()

    def _set_up(self, new: Iterable[str], threads: dict[str, int]) -> None:
        for worker, answer in self._on(new, remote.install, self._order).items():
            if answer == ["ready"]:
                self.threads = {**self.threads, worker: threads[worker]}
                self.coming -= threads[worker]
            elif isinstance(answer, Exception):
                self._note_failure(worker, answer)
            elif answer[0] == "refused":
                self._refuse(worker, error_of(answer))
            else:
                self._tell(SetupFailed(error_of(answer)))

    def _note_failure(self, worker: str, error: Exception) -> None:
        """Try again where the worker may just have gone; refuse it where it cannot be asked."""
        self._failures[worker] = self._failures.get(worker, 0) + 1
        # dask hands on an error of unpickling as it is, or its words in another
        if any(name in repr(error) for name in _NOT_THERE):
            reason = _("it has no bpgrade, or a very different version ({reason})", reason=error)
            remedy = _("pip install 'bpgrade[cluster]' there")
        elif self._failures[worker] >= _MAX_FAILURES:
            reason = _(
                "it cannot be set up ({kind}: {reason})", kind=type(error).__name__, reason=error
            )
            remedy = _("check that worker's log")
        else:
            return
        self._refuse(worker, IsolationError(reason, remedy))

    def _refuse(self, worker: str, error: BpgradeError) -> None:
        self.refused |= {worker}
        self.threads = {name: number for name, number in self.threads.items() if name != worker}
        self._tell(Refused(worker, error))

    def _on(
        self, workers: Iterable[str], function: Callable[..., Any], *arguments: Any
    ) -> dict[str, Any]:
        """Call a function of `remote` on workers; return what it returned, or raised, on each."""
        chosen = list(workers)
        if not chosen:
            return {}
        found: dict[str, Any] = self._client.run(
            function, self._batch, *arguments, workers=chosen, on_error="return"
        )
        return found
