"""Edits of Python's text at places that its syntax tree gives, and its indentation."""

from __future__ import annotations

import ast
import io
import tokenize

Position = tuple[int, int]
"""A line, from 1, and the bytes before it in that line."""


def start(node: ast.expr | ast.stmt) -> Position:
    """Return where a node begins."""
    return node.lineno, node.col_offset


def end_of(node: ast.expr | ast.stmt) -> Position:
    """Return where a node ends."""
    return node.end_lineno or node.lineno, node.end_col_offset or 0


class SourceEdits:
    """Collects edits of a text, and makes them all at once."""

    def __init__(self, source: str) -> None:
        self._lines = [line.encode() for line in source.split("\n")]
        self._edits: list[tuple[Position, Position, str]] = []

    @property
    def count(self) -> int:
        """How many edits there are."""
        return len(self._edits)

    def undo(self, count: int) -> None:
        """Forget all edits but the first ones."""
        del self._edits[count:]

    def replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        """Put a text in the place of a node."""
        self.span(start(node), end_of(node), text)

    def span(self, begin: Position, end: Position, text: str) -> None:
        """Put a text in the place of what stands between two positions."""
        self._edits.append((begin, end, text))

    def insert_before(self, node: ast.stmt, line: str) -> None:
        """Put a statement before another."""
        gap = "\n" if self._indentation(node) is not None else "; "
        self.span(start(node), start(node), line + gap)

    def insert_after(self, node: ast.stmt, line: str) -> None:
        """Put a statement after another."""
        indentation = None if self.is_followed(node) else self._indentation(node)
        gap = "; " if indentation is None else "\n" + indentation
        self.span(end_of(node), end_of(node), gap + line)

    def is_followed(self, node: ast.stmt) -> bool:
        """Return whether another statement follows in the same line."""
        line, column = end_of(node)
        return self._lines[line - 1][column:].strip().startswith(b";")

    def _indentation(self, node: ast.stmt) -> str | None:
        """Return how far a statement is indented; None where it does not begin its line."""
        before = self._lines[node.lineno - 1][: node.col_offset].decode()
        return None if before.strip() else before

    def text(self) -> str:
        """Return the text with all edits made."""
        lines = list(self._lines)
        for begin, end, text in sorted(self._edits, reverse=True):
            first, last = begin[0] - 1, end[0] - 1
            indentation = lines[first][: begin[1]]
            if not indentation.strip():
                text = text.replace("\n", "\n" + indentation.decode())
            joined = lines[first][: begin[1]] + text.encode() + lines[last][end[1] :]
            lines[first : last + 1] = joined.split(b"\n")
        return "\n".join(line.decode() for line in lines)


def indented(code: str) -> str:
    """Return code indented by four spaces, but for what stands inside of texts."""
    inside: set[int] = set()
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        name = tokenize.tok_name[token.type]
        if name == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif name == "FSTRING_START":
            starts.append(token.start[0])
        elif name == "FSTRING_END":
            inside.update(range(starts.pop() + 1, token.end[0] + 1))
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(code.split("\n"), 1)
    )
