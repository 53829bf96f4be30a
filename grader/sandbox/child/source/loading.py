"""Loading a submission: its file or cells, and the modules that were handed in with it."""

from __future__ import annotations

import functools
import operator
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

from .. import framing
from ..figures import drawing
from . import definitions, import_errors
from .cells import NOTHING_STOPPED, Cells, CellTimeoutError, Failure, Pause, Stopped
from .handed_in import HandedIn
from .source_text import SourceText
from .stand_ins import Shell

_NO_LINE: Final = 1 << 40
_DEFINED: Final = re.compile(r"^(?:async +def|def|class) +(\w+)|^(\w+) *=(?!=)", re.MULTILINE)


class Loading:
    """Runs a submission's blocks in its module, and keeps what it defines and what has failed."""

    def __init__(
        self,
        module: ModuleType,
        blocks: list[Any],
        modules: list[Any],
        main: bool,
        seconds: float,
        definitions_only: bool = False,
        keeps: Sequence[tuple[str, int, int]] = (),
        keep: Callable[[str], None] | None = None,
        stopped: Stopped = NOTHING_STOPPED,
    ) -> None:
        self.module = module
        self.blocks = blocks
        self._keeps = keeps
        self._keep = keep
        self.definitions: list[list[Any]] = []
        self.cells = Cells(module.__dict__, seconds, definitions_only, main, stopped)
        self.handed_in = HandedIn(modules, seconds)
        self.handed_in.definitions_only = definitions_only
        self.handed_in.stopped = stopped
        self.handed_in.failed = self._note
        self._more_labels: set[str] = set()
        self._failures: list[tuple[str, Failure]] = []
        self._unread: dict[str, tuple[BaseException, list[str]]] = {}
        self._label = ""

    @property
    def filenames(self) -> frozenset[str]:
        """What tracebacks may show."""
        own = {label for label, _ in self.blocks}
        return frozenset(own | self.handed_in.labels | self._more_labels)

    def shell(self) -> Shell:
        """Return what `get_ipython()` is to give."""
        return Shell(self._run_file, self.handed_in.add, self._execute)

    def run(self) -> None:
        """Run the blocks in order."""
        name = self.module.__name__
        sys.modules[name] = self.module
        namespace = self.module.__dict__
        namespace["__file__"] = self.blocks[0][0]
        self.handed_in.until = self.cells.end
        if self.cells.main:
            namespace["__name__"] = "__main__"
            sys.modules["__main__"] = self.module
        for number, (label, source) in enumerate(self.blocks, 1):
            self._label = label
            pauses = self._pauses(number - 1)
            try:
                failures = self._run(SourceText(source, label), number == len(self.blocks), pauses)
            except Exception as error:  # it cannot be read
                names = [first or second for first, second in _DEFINED.findall(source)]
                self._unread[label] = error, names
                for _, keep in pauses:
                    keep()
                continue
            self._note(label, failures)
            if self.cells.main:
                drawing.set_aside()
        self._note(label, self.cells.run_guarded())
        self.handed_in.until = None
        self.definitions += [[name, self._label, line] for name, line in self.cells.guarded]
        drawing.loading_has_ended()

    def _run(self, text: SourceText, last: bool, pauses: Sequence[Pause]) -> list[Failure]:
        """Run a block; raises what Python does for one that cannot be read."""
        share = 0.8 if last else 0.5
        whole = None if pauses else self.cells.whole(text)
        found = text.functions() if whole is None else whole.functions
        self.definitions += [[name, text.label, line] for name, line in found]
        if whole is not None:
            return self.cells.run_whole(whole, text, share)
        tree = text.tree
        if "from ." in text.source:
            tree = definitions.absolute_imports(tree)
        return self.cells.run(tree, text.label, share, pauses)

    def _pauses(self, block: int) -> list[Pause]:
        """Return after which lines of a block something is kept, and what keeps it."""
        found = [
            (line or _NO_LINE, functools.partial(self._keep, name))
            for name, place, line in self._keeps
            if place == block and self._keep is not None
        ]
        return sorted(found, key=operator.itemgetter(0))

    def _note(self, label: str, failures: list[Failure]) -> None:
        for failure in failures:
            if isinstance(failure.error, (framing.StreamEnded, BrokenPipeError)):
                raise failure.error
            self._failures.append((label, failure))

    def _run_file(self, path: str) -> None:
        """Do what `%run` does: run a file and take over its names."""
        found = vars(self.handed_in.module(path))
        self.module.__dict__.update(
            {name: value for name, value in found.items() if not name.startswith("__")}
        )

    def _execute(self, magic: str, source: str) -> None:
        label = f"{self._label} %%{magic}"
        self._more_labels.add(label)
        exec(compile(SourceText(source, label).tree, label, "exec"), self.module.__dict__)

    def problems(self) -> Iterator[tuple[str, BaseException, dict[str, Any]]]:
        """Give what has failed: where, with which error, and what is lost by it."""
        namespace = self.module.__dict__
        own = {label for label, _ in self.blocks}
        for label, (error, names) in self._unread.items():
            lost = [name for name in names if name not in namespace]
            yield label, error, {"lost": lost, "statement": 0, "whole": True}
        for label, failure in self._failures:
            if _ends_where_it_would_have(failure):
                continue
            lost = (
                []
                if label not in own
                else [
                    name
                    for name in sorted(failure.names)
                    if name not in namespace
                    or (name in failure.functions and not callable(namespace[name]))
                ]
            )
            described = {
                "lost": lost,
                "statement": definitions.start_of(failure.statement)[0],
                "stopped": isinstance(failure.error, CellTimeoutError),
            }
            import_errors.explain(failure, self.blocks[0][0], bool(self.handed_in))
            yield label, failure.error, described


def _ends_where_it_would_have(failure: Failure) -> bool:
    error = failure.error
    plain = isinstance(error, SystemExit) and error.code in (None, 0)
    return plain and not failure.skipped and not failure.functions
