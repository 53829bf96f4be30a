"""Answering `input()` from a list, as somebody at the keyboard would."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Console:
    """Lines to be read one after another, by `input()` or from standard input.

    A prompt is printed as a line of its own, as it looks once somebody has typed an answer.
    """

    def __init__(self, answers: Sequence[str]) -> None:
        self.lines = io.StringIO("".join(f"{answer}\n" for answer in answers))
        self._answers = len(answers)

    def input(self, prompt: object = "", /) -> str:
        """Return the next answer; raises EOFError where there is none."""
        if prompt != "":
            sys.stdout.write(f"{prompt}\n")
        line = self.lines.readline()
        if not line:
            times = "once" if self._answers == 1 else f"{self._answers} times"
            given = f"is answered {times} here" if self._answers else "is not answered here"
            raise EOFError(f"input() {given}, and was called once more")
        return line.removesuffix("\n")


@contextmanager
def answering(answers: Sequence[str]) -> Iterator[None]:
    """Have `input()`, and reads of standard input, answered meanwhile."""
    console = Console(answers)
    before, asked = sys.stdin, builtins.input

    def ask(prompt: object = "", /) -> str:
        """Answer, unless standard input is another one by now."""
        return console.input(prompt) if sys.stdin is console.lines else asked(prompt)

    sys.stdin, builtins.input = console.lines, ask
    try:
        yield
    finally:
        sys.stdin, builtins.input = before, asked
