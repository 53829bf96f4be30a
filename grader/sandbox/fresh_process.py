"""A fresh process for each submission, where a warm host cannot fork: macOS, Windows."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, Any, Final

from grader.course import Limits
from grader.sandbox import launch
from grader.sandbox.channel import ConnectionLost
from grader.sandbox.child import framing, scratch
from grader.sandbox.child.framing import WireError
from grader.sandbox.launch import SandboxFolders

_CHUNK: Final = 65_536
_MAX_WAITING: Final = 4
_END_SECONDS: Final = 10.0


class SingleProcesses:
    """Keeps one process started ahead, so that its imports are done when it is needed."""

    losses = 0  # there is no host to lose

    def __init__(self, place: SandboxFolders) -> None:
        self._place = place
        self._current: subprocess.Popen[bytes] | None = None
        self._next = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        words = launch.command(str(launch.child_folder()), "single")
        return subprocess.Popen(
            words,
            env=launch.environment(str(self._place.scratch)),
            cwd=self._place.scratch,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )

    def fork(self, limits: Limits) -> PipeConnection:
        """Take the process that has been started ahead, and start another."""
        self._current, self._next = self._next, self._start()
        settings = {
            **self._place.settings(),
            "scratch": str(self._place.scratch),
            "limits": asdict(limits),
        }
        wire = PipeConnection(self._current, limits.value_bytes + 8192, limits.output_bytes)
        with contextlib.suppress(ConnectionLost, TimeoutError):  # noticed by whoever receives
            wire.send([json.dumps(settings).encode()], time.monotonic() + _END_SECONDS)
        return wire

    def kept_waiting(self) -> float:
        """Return 0: that others had the processors is not counted here."""
        return 0.0

    def end(self) -> str:
        """End the process and its group; return how it had ended by itself."""
        process, self._current = self._current, None
        if process is None:
            return "none"
        _kill(process)
        code = process.wait()
        with contextlib.suppress(OSError):  # left for the end, where another process holds a file
            scratch.empty(self._place.scratch)
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def close(self) -> None:
        """End what runs."""
        self.end()
        _kill(self._next)
        self._next.wait()
        for stream in (self._next.stdin, self._next.stdout, self._next.stderr):
            if stream:
                stream.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


class PipeConnection:
    """A wire over standard streams, read by threads: pipes cannot be polled everywhere.

    Every wait has a deadline (`time.monotonic()` seconds), after which `TimeoutError` is raised.
    """

    def __init__(self, process: subprocess.Popen[bytes], max_message: int, max_output: int) -> None:
        self._process = process
        self._max_message = max_message
        self._max_output = max_output
        self._messages: queue.Queue[bytes | Exception] = queue.Queue(_MAX_WAITING)
        self._to_send: queue.Queue[tuple[bytes, threading.Event] | None] = queue.Queue()
        self._printed = bytearray()
        self._lock = threading.Lock()
        self._closed = False
        self.printed_bytes = 0
        readers = (self._read_messages, self._read_output, self._write_messages)
        self._threads = [threading.Thread(target=reader, daemon=True) for reader in readers]
        for thread in self._threads:
            thread.start()

    def send(self, messages: Sequence[bytes], deadline: float) -> None:
        """Send messages whole."""
        sent = threading.Event()
        self._to_send.put((b"".join(map(framing.frame, messages)), sent))
        if not sent.wait(max(deadline - time.monotonic(), 0)):
            raise TimeoutError
        if self._closed:
            raise ConnectionLost

    def receive(self, deadline: float) -> bytes:
        """Return the next message.

        Raises
        ------
        ConnectionLost, TimeoutError
            The child is gone, or has not answered in time.
        WireError
            It announces a message beyond the limit.
        """
        try:
            message = self._messages.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(message, Exception):
            raise message
        return message

    def arrived(self, head: bytes) -> bytes | None:
        """Return the next message where it is here already and begins so; else None."""
        first = next(iter(self._messages.queue), None)
        is_here = isinstance(first, bytes) and first.startswith(head)
        return self.receive(time.monotonic()) if is_here else None

    def pending(self) -> bool:
        """Whether something has arrived that nobody has received."""
        return not self._messages.empty()

    def _read_messages(self) -> None:
        stream = _stream(self._process.stdout)
        try:
            while True:
                header = framing.read_exactly(stream.fileno(), framing.HEADER)
                length = int.from_bytes(header, "little")
                if length > self._max_message:
                    raise WireError(f"a message of {length} bytes")
                self._messages.put(framing.read_exactly(stream.fileno(), length))
        except (framing.StreamEnded, OSError):
            self._messages.put(ConnectionLost())
        except WireError as error:
            self._messages.put(error)

    def _read_output(self) -> None:
        stream = _stream(self._process.stderr)
        while True:
            try:
                part = os.read(stream.fileno(), _CHUNK)
            except OSError:
                return
            if not part:
                return
            with self._lock:
                self.printed_bytes += len(part)
                room = self._max_output - len(self._printed)
                self._printed += part[: max(room, 0)]

    def _write_messages(self) -> None:
        descriptor = _stream(self._process.stdin).fileno()
        while (item := self._to_send.get()) is not None:
            message, sent = item
            view = memoryview(message)
            try:
                while view:
                    view = view[os.write(descriptor, view) :]
            except OSError:
                self._closed = True
            sent.set()

    def take_printed(self) -> bytes:
        """Return what was printed since the last call, cut to the limit."""
        if self._process.poll() is not None:  # nothing more will come: have it all
            self._threads[1].join(_END_SECONDS)
        with self._lock:
            printed = bytes(self._printed)
            self._printed.clear()
        return printed

    def close(self) -> None:
        """Close the streams of the process, which has ended."""
        self._to_send.put(None)
        while self._threads[0].is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                self._messages.get(timeout=0.01)
        for thread in self._threads:
            thread.join(_END_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            _stream(stream).close()


def _stream(stream: IO[bytes] | None) -> IO[Any]:
    if stream is None:
        raise ConnectionLost
    return stream
