"""The stream of tasks that a run over a cluster takes from."""

from __future__ import annotations

from collections.abc import Iterator

from grader.batch.executor import Task


class Source:
    """A stream of tasks, and whether it has ended.

    Parameters
    ----------
    first : Task
    rest : iterator of Task or None
        None where there is no task just now, but may be later.
    """

    def __init__(self, first: Task, rest: Iterator[Task | None]) -> None:
        self._first: Task | None = first
        self._rest = rest
        self.ended = False

    def next(self) -> Task | None:
        """Return the next task; None where there is none now, or where there are no more."""
        task, self._first = self._first, None
        if task is None and not self.ended:
            try:
                task = next(self._rest)
            except StopIteration:
                self.ended = True
        return task
