"""The progress line of a check on standard error: which function is being run right now."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.checking.specification import Check


_SPINNER: Final = 3  # the cells before the line, and the last one


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

    console = Console(stderr=True)

    def line(*parts: str) -> Text:
        text = Text(_(": ").join((plain, *map(translated, parts))))
        text.truncate(max(console.width - _SPINNER, 1), overflow="ellipsis")
        return text

    with console.status(line(_("loading"))) as status:
        yield lambda check: status.update(line(check.function, check.title))
