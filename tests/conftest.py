"""What holds for every test: signals act as they do in a terminal."""

from __future__ import annotations

import signal

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Take Ctrl-C as a terminal would give it, whatever this run was started from.

    A shell ignores SIGINT for what it starts in the background, as nohup and cron do, and
    programs inherit that: a test that stops a command with Ctrl-C would then wait for ever.
    """
    del config
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
