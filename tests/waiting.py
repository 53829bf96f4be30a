"""Waiting for what another process does, rather than for a time that may be too short."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

DEADLINE_SECONDS: Final = 120.0


def wait_for(happened: Callable[[], object], what: str) -> None:
    """Return once `happened` gives something true; fail, naming `what`, if it never does."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not happened():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.05)
