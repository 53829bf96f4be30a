"""One submission in its own process: load it, then answer calls until the wire ends.

Messages from the trusted side           answers
    ["load", id, blocks, modules, main, seconds, definitions_only, keeps, stopped,
     endless, seconds]
                          ["loaded", id, functions, definitions, problems, stand_ins]
    ["call", id, function, arguments, named, others]
                                             ["done", id, value, changed, warnings]
    ["call", id, function, arguments, named, others, objects]
                          the same, with numbers from `objects` on for what cannot cross itself
    ["call", id, ".operation", arguments, ...]
                          the same, with what an operation gives; see `operations`
    ["call", id, name, None, ...]            the same, with the value that has the name
    ["call", id, ".under", [conditions, function, *arguments], ...]
                          the same, under conditions: {"after": cell}, {"run": answers}, and those
                          of `conditions`; for a value that has a name, the arguments are None
    ["call", id, ".run", [answers], ...]     the same, with nothing: the file is run anew
    ["call", id, ".printed" | ".printed_while_loading" | ".file", arguments, ...]
                          the same, with what the submission has left so
                                             ["failed", id, description]
    ["return"|"raise", id, value]            (to a ["callback", id, handle, arguments])
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.random  # the codec needs it: imported once, not by each child

from . import codec, framing, printing, student_errors, written_files
from .conditions import holding
from .endless import EndlessWatch
from .kept import Kept, NotKeptError
from .objects import Gone, GoneObjectError, ObjectStore, is_made_by
from .operations import OPERATIONS
from .replacing import replaced
from .runs import Runs
from .source import stand_ins
from .source.loading import Loading

_MAX_WARNINGS = 20
_NEVER = 1e6  # seconds: the other side's clock stops what is run anew
_UNNUMBERED = 4  # what a request says that takes no objects
_RESERVED_BYTES = 8 << 20
_AS_IT_IS = contextlib.nullcontext()
_UNCHANGEABLE = frozenset([type(None), bool, int, float, complex, str, bytes])


def serve(reader: int, layers: list[str], limits: dict[str, Any], writer: int = -1) -> None:
    """Answer messages until the wire ends; `writer` where the wire's other half is apart."""
    writer = reader if writer < 0 else writer
    printing.record.most = limits["output_bytes"]
    session = Session(reader, writer, limits["value_bytes"])
    session.reserve = bytes(_RESERVED_BYTES)
    session.send(["ready", layers])
    try:
        while True:
            session.answer(session.receive())
    except (framing.StreamEnded, OSError):
        return  # the trusted side has gone, or the submission has closed the wire


class AbsentValueError(Exception):
    """The submission sets no value of a name."""


class Session:
    """The submission's module and the wire to the trusted side."""

    def __init__(self, reader: int, writer: int, max_bytes: int) -> None:
        self.reader = framing.FrameReader(reader)
        self.writer = writer
        self.max_bytes = max_bytes
        self.module = types.ModuleType("submission")
        self.filenames: frozenset[str] = frozenset()
        self.callbacks = 0
        self.reserve = b""
        self.kept = Kept(self.module.__dict__)
        self.runs: Runs
        self.watch: EndlessWatch
        self.number = 0
        self.objects = ObjectStore()
        self.folder = os.getcwd()  # noqa: PTH109 - a path costs each child more than all else here
        self.printed_while_loading = ""
        self.left: dict[str, Callable[..., Any]] = {
            ".printed": printing.record.text,
            ".printed_while_loading": lambda: self.printed_while_loading,
            ".file": self._file,
        }

    def send(self, message: list[Any], objects: ObjectStore | None = None) -> None:
        """Send one message; raises ForbiddenValueError before anything is written."""
        data = codec.encode(message, max_bytes=self.max_bytes + 4096, objects=objects)
        framing.write_message(self.writer, data)

    def receive(self) -> list[Any]:
        """Return the next message from the trusted side."""
        data = self.reader.message()
        message: list[Any] = codec.decode(data, callback=self._callback, held=self.objects.held)
        return message

    def answer(self, message: list[Any]) -> None:
        """Carry out one request; whatever the student's code raises becomes an answer."""
        kind, number, *rest = message
        self.number = number
        try:
            numbered = kind == "call" and len(rest) > _UNNUMBERED
            reply = self._load(*rest) if kind == "load" else self._call(*rest)
            flush_output()
            self.send([reply[0], number, *reply[1:]], self.objects if numbered else None)
        except codec.ForbiddenValueError as error:
            self._fail(number, {"kind": "forbidden_value", "message": str(error)})
        except AbsentValueError:
            self._fail(number, {"kind": "absent"})
        except NotKeptError:
            self._fail(number, {"kind": "no_cell"})
        except GoneObjectError:
            self._fail(number, {"kind": "gone"})
        except (framing.StreamEnded, BrokenPipeError):
            raise
        except BaseException as error:
            try:
                self._fail(number, self._describe(error))
            except MemoryError:  # a full memory has other errors too: "can't start new thread"
                self.reserve = b""
                self._fail(number, self._describe(error))

    def _describe(self, error: BaseException) -> dict[str, Any]:
        """Describe what was raised, also where the student's code has filled the memory."""
        if isinstance(error, MemoryError):
            self.reserve = b""
            traceback.clear_frames(error.__traceback__)
        return student_errors.describe(error, self.filenames)

    def _fail(self, number: int, description: dict[str, Any]) -> None:
        flush_output()
        self.send(["failed", number, description])

    def _load(
        self,
        blocks: list[Any],
        modules: list[Any],
        main: bool,
        seconds: float,
        definitions_only: bool,
        keeps: list[Any],
        stopped: list[Any],
        endless: list[str],
        patience: float,
    ) -> list[Any]:
        """Run the blocks in order; `modules` can be imported, `main` is for a notebook.

        After the cells named in `keeps` what the module has then is kept. Those that were `stopped`
        in another process are given by label, line and the names that they had not bound. Calls
        may be in a function that is `endless` for `patience` seconds.
        """
        printing.record.begin()
        loading = Loading(
            self.module,
            blocks,
            modules,
            main,
            seconds,
            definitions_only,
            keeps,
            self.kept.keep,
            {(label, line): frozenset(lost) for label, line, lost in stopped},
        )
        sys.meta_path.append(loading.handed_in)
        offered = stand_ins.offer()
        self.runs = Runs(lambda module: Loading(module, blocks, modules, True, _NEVER), offered)
        with stand_ins.loading(offered, loading.shell()):
            loading.run()
        flush_output()
        self.printed_while_loading = printing.record.text()
        self.filenames = loading.filenames
        self.watch = EndlessWatch(self.module.__dict__, endless, patience, self._stop_within)
        problems = [
            [label, {**self._describe(error), **described}]
            for label, error, described in loading.problems()
        ]
        functions = [
            key
            for key, value in list(self.module.__dict__.items())
            if type(key) is str and callable(value)
        ]
        return ["loaded", functions, loading.definitions, problems, offered.used]

    def _call(
        self,
        function: str,
        arguments: list[Any] | None,
        named: dict[str, Any],
        others: dict[str, Callable[..., Any]],
        first: int | None = None,
    ) -> list[Any]:
        namespace = self.module.__dict__
        if arguments is None:
            self.objects.begin(first or 0)
            return ["done", self._value(namespace, function), [], []]
        if function[0] == ".":
            if function == ".under":
                return self._call_under(*arguments, named=named, others=others, first=first)
            if function in self.left:
                return ["done", self.left[function](*arguments), [], []]
            if function == ".run":
                printing.restore()
                printing.record.begin()
                self.runs.of(*arguments)
                return ["done", None, [], []]
        return self._made(namespace, function, arguments, named, others, first, _AS_IT_IS)

    def _call_under(
        self,
        conditions: dict[str, Any],
        function: str,
        arguments: list[Any] | None,
        *,
        named: dict[str, Any],
        others: dict[str, Callable[..., Any]],
        first: int | None,
    ) -> list[Any]:
        """Make a call, or give a value, under conditions."""
        if first and _any_gone(list(conditions.get("names", {}).values())):
            raise GoneObjectError
        namespace = self.module.__dict__
        if "run" in conditions:
            namespace = self.runs.of(conditions["run"])
        cell = conditions.get("after")
        with _AS_IT_IS if cell is None else self.kept.as_after(cell):
            if arguments is None:
                self.objects.begin(first or 0)
                return ["done", self._value(namespace, function), [], []]
            held = holding(namespace, conditions)
            return self._made(namespace, function, arguments, named, others, first, held)

    def _made(
        self,
        namespace: dict[str, Any],
        function: str,
        arguments: list[Any],
        named: dict[str, Any],
        others: dict[str, Callable[..., Any]],
        first: int | None,
        held: contextlib.AbstractContextManager[None],
    ) -> list[Any]:
        """Make a call; `held` is entered for its length."""
        every = [*arguments, *named.values()]
        if first and _any_gone(every):
            raise GoneObjectError
        self.objects.begin(first or 0)
        printing.restore()
        printing.record.begin()
        target = (OPERATIONS if function[0] == "." else namespace).get(function)
        if target is None:
            raise AbsentValueError
        before = [_fingerprint(argument) for argument in every]
        standing_in = replaced(namespace, others) if others else _AS_IT_IS
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with np.errstate(all="warn", under="ignore"), standing_in, held, self.watch.during():
                value = target(*arguments, **named)
        changed = [
            index for index, argument in enumerate(every) if before[index] != _fingerprint(argument)
        ]
        texts = [
            f"{warning.category.__name__}: {warning.message}"[:300]
            for warning in caught[:_MAX_WARNINGS]
        ]
        if first is not None and is_made_by(arguments[0] if function == ".call" else target, value):
            value = codec.AsObject(value)
        return ["done", value, changed, texts]

    def _value(self, namespace: dict[str, Any], name: str) -> Any:
        """Return the value that a name has now; Ellipsis stands for one to be put in."""
        if name not in namespace:
            raise AbsentValueError
        value = namespace[name]
        if value is Ellipsis:
            raise NotImplementedError
        return value

    def _file(self, parts: list[str]) -> list[Any]:
        """Return what is in a file that the submission has written."""
        return written_files.read(self.folder, parts, self.max_bytes)

    def _stop_within(self, function: str) -> None:
        """Say that the call is in a function that does not come to an end, and end."""
        self._fail(self.number, {"kind": "within", "message": function})
        os._exit(0)

    def _callback(self, handle: int) -> Callable[..., Any]:
        def call_back(*arguments: Any) -> Any:
            self.callbacks += 1
            number = self.callbacks
            with self.watch.pause():
                self.send(["callback", number, handle, list(arguments)])
                kind, answered, value = self.receive()
            if answered != number:
                raise framing.StreamEnded
            if kind == "raise":
                raise ValueError(value)
            return value

        return call_back


def _any_gone(values: list[Any]) -> bool:
    return any(
        isinstance(value, Gone) or (type(value) in (list, tuple) and _any_gone(list(value)))
        for value in values
    )


def _fingerprint(argument: Any) -> Any:
    """Return what differs when the argument was changed in place."""
    kind = type(argument)
    if kind is np.ndarray and argument.dtype != object:
        return argument.dtype, argument.shape, argument.tobytes()
    if kind in _UNCHANGEABLE or callable(argument) or isinstance(argument, np.random.Generator):
        return None
    try:
        return codec.encode(argument, max_bytes=1 << 62)
    except codec.ForbiddenValueError:
        return "changed into something that cannot be passed"


def flush_output() -> None:
    """Push out what the student printed, whatever they did to the streams."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # a student may have closed or replaced it: nothing is left to flush
            continue
