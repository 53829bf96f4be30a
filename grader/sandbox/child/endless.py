"""Stops a call that is in a function which did not come to an end when it was called itself.

It looks where the call is each time that some processor time has been used. A signal says when, so
nothing of the submission's is changed for it. Where that doesn't work (the submission takes the
signal for itself, or stays in compiled code), the other side's clock stops the call as ever.
"""

from __future__ import annotations

import signal
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

_LOOKS: Final = 4  # in the time that such a function has
_NOBODY_LOOKS: Final = nullcontext()


class EndlessWatch:
    """Looks at calls, for the functions among `names` that are plain ones.

    Parameters
    ----------
    namespace : dict
        The submission's.
    names : list of str
    seconds : float
        The processor time that a single call of one of them may take.
    stop : callable
        Takes the name of the function that a call is in; it need not return.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        names: list[str],
        seconds: float,
        stop: Callable[[str], None],
    ) -> None:
        self._names: dict[types.CodeType, str] = {}
        for name in names:
            found = namespace.get(name)
            while isinstance(found, types.FunctionType):
                self._names[found.__code__] = name
                found = found.__dict__.get("__wrapped__")
        self._every = seconds / _LOOKS
        self._stop = stop
        self._seen: types.FrameType | None = None
        self._times = 0
        self.paused = False

    def during(self) -> AbstractContextManager[None]:
        """Look while something is called."""
        if not self._names or not hasattr(signal, "setitimer"):
            return _NOBODY_LOOKS  # as for nearly all
        return self._looking()

    @contextmanager
    def _looking(self) -> Iterator[None]:
        self._seen, self._times = None, 0
        before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, self._every, self._every)
        try:
            yield
        finally:
            self._seen = None
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Stop nothing meanwhile: the wire is in use."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False

    def _look(self, _signal: int, frame: types.FrameType | None) -> None:
        """Stop the call where it has been in one call of such a function since some looks."""
        found = None
        while frame is not None:
            if frame.f_code in self._names:
                found = frame
            frame = frame.f_back
        self._times = self._times + 1 if found is not None and found is self._seen else 0
        self._seen = found
        if found is not None and self._times >= _LOOKS and not self.paused:
            self._stop(self._names[found.f_code])
