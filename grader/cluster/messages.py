"""The bytes that chunks and their results are between here and a worker: msgpack of plain values.

A chunk is a list of tasks. Its answer is a list: a word, the worker's address, and by the word

    graded   results, their seconds, the lost tasks' keys with reasons, seconds without work
    begun    nothing: the chunk had been begun before, on a worker that was lost
    absent   nothing: the worker is not set up for this batch
    failed   the name, message and remedy of an error after which the worker cannot grade, as
             `grading_process.told` gives them
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

import msgpack

from grader.batch.executor import Done, Task
from grader.batch.slots import SlotResult
from grader.language import in_languages, recorded


def pack_tasks(tasks: Iterable[Task]) -> bytes:
    """Return a chunk as bytes."""
    return _pack([astuple(task) for task in tasks])


def unpack_tasks(data: bytes) -> list[Task]:
    """Return a chunk's tasks."""
    return [Task(*values) for values in _unpack(data)]


def pack_answer(word: str, worker: str, *values: Any) -> bytes:
    """Return an answer as bytes."""
    return _pack([word, worker, *values])


def graded_values(graded: SlotResult) -> list[Any]:
    """Return what an answer "graded" holds."""
    results = [astuple(result) for result in graded.results]
    lost = {key: in_languages(why) for key, why in graded.lost.items()}
    return [results, graded.seconds, lost, graded.idle]


def graded_of(values: list[Any]) -> SlotResult:
    """Return what `graded_values` was made of."""
    results, seconds, lost, idle = values
    told: dict[str, str] = {key: recorded(*why) for key, why in lost.items()}
    return SlotResult([Done(*each) for each in results], seconds, told, idle)


def unpack_answer(data: bytes) -> list[Any]:
    """Return an answer's word, worker and values."""
    answer: list[Any] = _unpack(data)
    return answer


def _pack(values: list[Any]) -> bytes:
    packed: bytes = msgpack.packb(values, unicode_errors="surrogateescape")
    return packed


def _unpack(data: bytes) -> Any:
    return msgpack.unpackb(data, unicode_errors="surrogateescape")
