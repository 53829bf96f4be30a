"""The help of `bpgrade` itself, kept as click has written it: to import click takes twice as long.

`python docs/make_help.py` has click write it, for terminals of 80 columns and more. Click answers
wherever anything is otherwise: on a narrow terminal, where nothing can be written, on Windows.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Final

from grader.cli.streams import LastingOutput
from grader.language import current_language, find_language
from grader.language.reader import VARIABLE

FOLDER: Final = Path(__file__).parent / "help"
_ASKED_BY: Final = (["-h"], ["--help"])
_FOR_CLICK: Final = ("COLUMNS", "_BPGRADE_COMPLETE")
_MOST_COLUMNS: Final = 80  # that click fills, and as many as it takes where there is no terminal


def written(arguments: list[str]) -> bool:
    """Write the help and return True, or return False where click has to answer."""
    stream = sys.stdout
    if arguments not in _ASKED_BY or any(name in os.environ for name in _FOR_CLICK):
        return False
    if os.name != "posix" or not isinstance(stream, io.TextIOWrapper):
        return False
    if _columns(stream) < _MOST_COLUMNS:
        return False
    asked = os.environ.get(VARIABLE, "")
    if asked and find_language(asked) is None:
        return False
    try:
        text = (FOLDER / f"{current_language()}.txt").read_text("utf-8")
        output = LastingOutput(stream)
        rest = memoryview(text.encode(stream.encoding, "backslashreplace"))
        while rest:
            rest = rest[output.write(rest) :]
    except OSError:
        return False
    return True


def _columns(stream: io.TextIOWrapper) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _MOST_COLUMNS
    except OSError:
        return _MOST_COLUMNS
