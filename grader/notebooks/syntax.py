"""IPython's syntax taken out of a cell, so that what is left is plain Python.

Every line keeps its number. What Python itself could read stays as it is: a line is touched
only where a statement begins with what no Python statement can (`%`, `!`, `?`), assigns it,
or ends in `?`. Strings, comments, brackets and continued lines are followed to know that.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import field
from typing import Final

from grader.course.syntax_tree import syntax_tree
from grader.quick_dataclass import dataclass

_BODY_KEPT: Final = frozenset(
    ("capture", "memit", "mprun", "prun", "py3", "python", "python3", "time", "timeit", "wandb")
)
_STATEMENT_KEPT: Final = re.compile(r"(\s*)%time\s+(?=[^\s-])")
_CELL_MAGIC: Final = re.compile(r"\s*%%(\w+)(?!\S*\?)")
_LINE_MAGIC: Final = re.compile(r"\s*[%!?]")
_SHELL_WORD: Final = re.compile(
    r"\s*(?:(?:pip3?|conda|mamba)\s+(?:install|uninstall|list|show|freeze)\b"
    r"|(?:cat|cd|cp|ls|mkdir|mv|rm)\s+(?!(?:and|else|for|if|in|is|not|or)\b)[A-Za-z~])"
)
_NOT_PYTHON_PERHAPS: Final = re.compile(rf"[%!?]|^{_SHELL_WORD.pattern}", re.MULTILINE)
_ASSIGNED: Final = re.compile(r"(?<![=!<>%])=\s*(?:(%)(?!=)|!(?!=))")
_PYLAB: Final = re.compile(r"(\s*)%pylab\b")
_PYLAB_MEANS: Final = (
    "import numpy; np = numpy; from numpy import *; from matplotlib import pyplot as plt"
)
_OWN: Final = re.compile(r"\s*%(?:load_ext\s+grader\b|bpgrade\b)")
_RUN: Final = re.compile(r"\s*%run\s+(?!-)(.*[^\s;])")
_PROMPT: Final = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
_PIECE: Final = re.compile(
    r"""(?P<comment>\#.*)
      | (?P<triple>\"{3}|'{3})
      | (?P<string>"(?:[^"\\]|\\.)*+(?P<closed>")?|'(?:[^'\\]|\\.)*+(?P<closed_single>')?)
      | (?P<open>[\[({])
      | (?P<close>[\])}])""",
    re.VERBOSE,
)
_LONGEST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class PlainCell:
    """A cell as plain Python, and the IPython lines that were left out, by line number."""

    source: str
    left_out: tuple[tuple[int, str], ...]


def to_python(source: str) -> PlainCell:
    """Return a cell's source without magics, shell commands and help; never raises."""
    lines = _without_indentation(_without_prompts(source.split("\n")))
    plain = "\n".join(lines)
    suspect = _NOT_PYTHON_PERHAPS.search(plain) is not None  # in few cells
    if (suspect or plain != source) and _is_python(source):
        return PlainCell(source, ())
    if not suspect:
        return PlainCell(plain, ())
    left_out: list[tuple[int, str]] = []
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    while first < len(lines) and (magic := _CELL_MAGIC.match(lines[first])):
        if magic[1] in ("writefile", "file"):
            return PlainCell(_written(lines, first), ())
        if magic[1] not in _BODY_KEPT:
            return PlainCell("\n" * (len(lines) - 1), ((first + 1, _shown(lines[first])),))
        lines[first] = ""
        first += 1
    scanner = _Scanner()
    index = first
    while index < len(lines):
        line = lines[index]
        if not scanner.at_statement:
            scanner.read(line)
            index += 1
            continue
        line = lines[index] = _STATEMENT_KEPT.sub(r"\1", line)
        instead = _plain(line, scanner)
        if instead is None:
            index += 1
            continue
        if not _OWN.match(line) and not _RUN.match(line):
            left_out.append((index + 1, _shown(line)))
        lines[index] = instead
        index += 1
        while line.rstrip().endswith("\\") and index < len(lines):
            line, lines[index] = lines[index], ""
            index += 1
    return PlainCell("\n".join(lines), tuple(left_out))


def _is_python(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            syntax_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _written(lines: list[str], first: int) -> str:
    """Return what a `%%writefile` cell does, in as many lines as it has."""
    _, _, path = lines[first].strip().partition(" ")
    body = "\n".join(lines[first + 1 :])
    call = f"get_ipython().run_cell_magic('writefile', {path.strip()!r}, {body!r})"
    return "\n" * first + call + "\n" * (len(lines) - first - 1)


def _plain(line: str, scanner: _Scanner) -> str | None:
    """Return what stands for an IPython line; None, and the line read, where it is Python."""
    if pylab := _PYLAB.match(line):
        return pylab[1] + _PYLAB_MEANS
    indentation = line[: len(line) - len(line.lstrip())]
    if run := _RUN.match(line):
        return f"{indentation}get_ipython().run_line_magic('run', {run[1].strip()!r})"
    if _LINE_MAGIC.match(line) or _SHELL_WORD.match(line):
        return f"{indentation}pass"
    before = scanner.state()
    code = scanner.read(line)
    if assigned := _ASSIGNED.search(code):
        scanner.restore(before)
        value = "None" if assigned[1] else "[]"
        return f"{line[: assigned.start()]}= {value}"
    if code.rstrip(" \t;").endswith("?"):
        scanner.restore(before)
        return f"{indentation}pass"
    return None


@dataclass(slots=True)
class _Scanner:
    """Follows strings, brackets and continuations from line to line."""

    depth: int = 0
    quote: str = ""
    joined: bool = False
    _endings: dict[str, re.Pattern[str]] = field(
        default_factory=lambda: {
            quote: re.compile(rf"(?:[^\\]|\\.)*?{quote}") for quote in ('"""', "'''", '"', "'")
        }
    )

    @property
    def at_statement(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self.depth or self.quote or self.joined)

    def state(self) -> tuple[int, str, bool]:
        return self.depth, self.quote, self.joined

    def restore(self, state: tuple[int, str, bool]) -> None:
        self.depth, self.quote, self.joined = state

    def read(self, line: str) -> str:
        """Follow one line and return it with `_` for its strings and without its comment."""
        code = ""
        place = 0
        continued = line.endswith("\\")
        while True:
            if self.quote:
                ending = self._endings[self.quote].match(line, place)
                if not ending:
                    if len(self.quote) == 1 and not continued:
                        self.quote = ""
                    self.joined = False
                    return code.ljust(len(line), "_")
                place = ending.end()
                self.quote = ""
            piece = _PIECE.search(line, place)
            code = code.ljust(place, "_") + line[place : piece.start() if piece else None]
            if not piece or piece["comment"]:
                break
            place = piece.end()
            if piece["triple"]:
                self.quote = piece["triple"]
            elif piece["string"]:
                closed = piece["closed"] or piece["closed_single"]
                if not closed and continued:
                    self.quote = piece["string"][0]
                    place = len(line)
            else:
                self.depth = max(self.depth + (1 if piece["open"] else -1), 0)
                code += piece[0]
        self.joined = code.endswith("\\")
        return code


def _without_prompts(lines: list[str]) -> list[str]:
    """Return the lines without the `>>>` of an example that was pasted."""
    first = next((line for line in lines if line.strip()), "")
    if not first.startswith(">>>"):
        return lines
    return [_PROMPT.sub("", line, count=1) if _PROMPT.match(line) else line for line in lines]


def _without_indentation(lines: list[str]) -> list[str]:
    """Return the lines without the indentation that the first one has, as IPython takes them."""
    first = next((line for line in lines if line.strip()), "")
    indentation = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indentation) for line in lines] if indentation else lines


def _shown(line: str) -> str:
    text = line.strip()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
