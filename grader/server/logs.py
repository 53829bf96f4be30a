"""What is written down of failures: what has failed and where, never who or what was handed in.

The texts of exceptions hold what a database refused, addresses hold secrets and names: neither is
written. The place in the code is enough to find the fault by.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_SHOWN: Final = 6
_AGAIN_SECONDS: Final = 60.0

SETTINGS: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"nameless": {"()": "grader.server.logs.Nameless"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "nameless", "level": "ERROR"}
    },
    "loggers": {"django.security": {"level": "CRITICAL"}},  # a refused request is no failure
    "root": {"handlers": ["stderr"], "level": "ERROR"},
}


class Nameless(logging.Formatter):
    """Writes a record without its arguments: only its kind, the address's pattern, the places."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        words = [self.formatTime(record), record.name]
        if status := getattr(record, "status_code", None):
            words.append(str(status))
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if match is not None:
            words.append(f"/{match.route}")
        if record.exc_info and record.exc_info[1] is not None:
            words.append(failure(record.exc_info[1]))
        return " ".join(words)


class Sparingly:
    """Says a line, and the same line again only after a while.

    Each of a worker's threads meets a database that is away, and comes back to it each second.

    Parameters
    ----------
    say : callable
        Takes a line that is to be said.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._said: dict[str, float] = {}

    def __call__(self, line: str) -> None:
        """Say a line, unless it has been said just now."""
        now = time.monotonic()
        with self._lock:
            self._said = {
                each: since for each, since in self._said.items() if now - since < _AGAIN_SECONDS
            }
            if line in self._said:
                return
            self._said[line] = now
        self._say(line)


def failure(error: BaseException) -> str:
    """Return an exception's kind, and where it was raised, the innermost place first."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = [f"{Path(each.filename).name}:{each.lineno} in {each.name}" for each in frames]
    return f"{type(error).__name__} at " + ", ".join(places[:_SHOWN])
