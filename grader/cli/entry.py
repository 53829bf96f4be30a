"""The way into the command: what needs no click is answered before that is imported."""

from __future__ import annotations

import sys
from typing import NoReturn

from grader.cli import garbage, ready_help
from grader.interpreter import hear_signals, start_as_ever


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit: 0 full marks, 1 points lost, 2 usage, 3 the grader failed."""
    if arguments is not None:
        sys.exit(_run(arguments))
    start_as_ever()
    hear_signals()
    garbage.look_for_it_later()
    code = 0 if ready_help.written(sys.argv[1:]) else _run(None)
    garbage.leave_it_to_the_system()
    sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    from grader.cli.group import run

    return run(arguments)
