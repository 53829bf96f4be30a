"""The main program of a grading process: tasks in and results out over one socket.

Messages to it: the job with the isolation that can be had here, then tasks. From it: "done", or
"failed" with the words of an error after which it ends. The end of the stream is the end of the
process.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import msgpack

from grader.batch.executor import BatchJob, Done, Task
from grader.batch.grading_process import told
from grader.batch.parent_death import end_with
from grader.errors import BpgradeError
from grader.language import choose
from grader.language import gettext_lazy as _
from grader.sandbox.child import framing
from grader.sandbox.isolation import Isolation


def main() -> None:
    """Serve the pool that started this process until it closes the socket."""
    end_with(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pool's to answer
    with socket.socket(fileno=int(sys.argv[1])) as wire:
        _serve(wire)


def _serve(wire: socket.socket) -> None:
    from grader.batch.task_grader import serve  # while the pool finds out what can be had here

    (course, exercises, *settings), told_isolation = _read(wire)
    job = BatchJob(course, tuple(exercises), *settings)
    isolation = Isolation.as_it_was_told(*told_isolation)

    def give(done: Done) -> None:
        _write(wire, ["done", *astuple(done)])

    def tasks() -> Iterator[Task]:
        _write(wire, ["ready"])
        while True:
            try:
                yield Task(*_read(wire))
            except framing.StreamEnded:
                return

    choose(job.language)
    try:
        serve(job, isolation, tasks(), give)
    except BpgradeError as error:
        _write(wire, told(error))
    except (framing.StreamEnded, BrokenPipeError, ConnectionResetError):
        return  # the pool has gone
    except Exception as error:  # a fault of the grader: the pool decides what to do about it
        reason = f"{type(error).__name__}: {error}"
        fault = BpgradeError(reason, _("report it, with the submission"))
        _write(wire, told(fault))


def _read(wire: socket.socket) -> list[Any]:
    message: list[Any] = msgpack.unpackb(
        framing.read_message(wire.fileno()), unicode_errors="surrogateescape"
    )
    return message


def _write(wire: socket.socket, message: list[Any]) -> None:
    framing.write_message(wire.fileno(), msgpack.packb(message, unicode_errors="surrogateescape"))


if __name__ == "__main__":
    main()
