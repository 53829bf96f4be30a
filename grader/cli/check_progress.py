"""The progress line of a check on standard error: which function is being run right now."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.checking.specification import Check


@contextmanager
def shown(name: str) -> Iterator[Callable[[Check], None] | None]:
    """Give what shows that a check has begun; None where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    from grader.report.safe_text import visible

    plain = visible(name, lines=False)

    def line(what: str) -> Text:
        return Text(f"{plain}: {what}", no_wrap=True, overflow="ellipsis")

    with Console(stderr=True).status(line("loading")) as status:
        yield lambda check: status.update(line(f"{check.function}: {check.title}"))
