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

    from grader.language import gettext as _
    from grader.language import translated
    from grader.report.safe_text import visible

    plain = visible(name, lines=False)

    def line(*parts: str) -> Text:
        told = _(": ").join((plain, *map(translated, parts)))
        return Text(told, no_wrap=True, overflow="ellipsis")

    with Console(stderr=True).status(line(_("loading"))) as status:
        yield lambda check: status.update(line(check.function, check.title))
