"""The steps that a guide shows, run as they stand: its files, its commands, what they print.

In a guide
- a ```console block is a session: lines that begin with "$ " are run in one shell from the top
  of the page to its end, the lines below each are what it prints, "..." stands for any lines;
- the lines of a ```sh block below <!-- run --> are run in that shell, whatever they print;
  <!-- run, after: COMMAND --> prepares what the block takes for granted;
- a block with title="NAME" is written to the file NAME, or added to it where the title goes on
  with "(added at the end)";
- all else is only read.

`python tests/guides.py PAGE...` takes the steps, and writes what was printed into the pages. Where
"..." stands it leaves the page as it is, and says so.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import command_client
from command import server

_FENCE = re.compile(
    r"^(?:<!-- (run)(?:, after: (.+?))? -->\n)?```(\w*)[ ]?([^\n]*)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="([^"(]+?)( \(added at the end\))?"')
_MARK = "\x1e"
_STYLE = re.compile("\x1b\\[[0-9;]*m")
_END_OF_FILE = "END-OF-THE-GUIDE'S-FILE"
_SECONDS = 300


@dataclass(frozen=True)
class File:
    """A file that the reader is told to write."""

    name: str
    text: str
    added: bool


@dataclass(frozen=True)
class Command:
    """A command of a session, and what it is said to print."""

    line: int
    text: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class CommandOutcome:
    """What a command printed, standard error included, and its exit code."""

    printed: tuple[str, ...]
    code: int


@dataclass(frozen=True)
class FencedBlock:
    """A fenced block: the line that it begins on, its language, its attributes, its text."""

    line: int
    language: str
    attributes: str
    text: str
    run: bool
    after: str


def blocks(markdown: str) -> Iterator[FencedBlock]:
    """Yield every fenced block of a page."""
    for found in _FENCE.finditer(markdown):
        line = markdown.count("\n", 0, found.start(5)) + 1
        yield FencedBlock(line, found[3], found[4], found[5], bool(found[1]), found[2] or "")


def steps(markdown: str) -> Iterator[File | Command]:
    """Yield what a reader does, from the top of the page to its end."""
    for block in blocks(markdown):
        if title := _TITLE.search(block.attributes):
            yield File(title[1], block.text, bool(title[2]))
        elif block.language == "console":
            yield from _session(block.line, block.text)
        elif block.language == "python" and block.text.startswith(">>> "):
            name = f".lines_from_{block.line}.txt"
            yield File(name, block.text, False)
            yield Command(block.line, f"python -m doctest {name}", ())
        elif block.run:
            lines = [block.after, *block.text.splitlines()]
            for number, line in enumerate(lines, block.line - 1):
                if line:
                    yield Command(number, line, ("...",))


def _session(line: int, text: str) -> Iterator[Command]:
    lines = text.splitlines()
    starts = [index for index, each in enumerate(lines) if each.startswith("$ ")]
    assert starts[:1] == [0], f"line {line}: a console block begins with a command"
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Command(line + start, lines[start][2:], tuple(lines[start + 1 : end]))


def language_of(page: Path) -> str:
    """Return the language that a page is written in: `zh` for `student.zh.md`."""
    return page.suffixes[0].removeprefix(".") if len(page.suffixes) > 1 else "en"


def run(every: list[File | Command], folder: Path, language: str = "en") -> list[CommandOutcome]:
    """Take all steps in one shell, in an empty folder; return how each command ended."""
    command = ["bash", "--norc", "-c", "\n".join(map(_as_script, every))]
    with tempfile.TemporaryDirectory() as commands:
        own = Path(commands, "bpgrade")
        own.write_text(_bpgrade(), encoding="utf-8")
        own.chmod(0o755)
        ended = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder, commands, language),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
    text = ended.stdout.decode().replace("\ufeff", "")  # which no terminal shows
    parts = _STYLE.sub("", text).split(_MARK)[1:]
    assert len(parts) == 2 * sum(isinstance(each, Command) for each in every), ended.stdout
    return [
        CommandOutcome(tuple(line.rstrip() for line in printed.splitlines()), int(code))
        for printed, code in zip(parts[::2], parts[1::2], strict=True)
    ]


def _bpgrade() -> str:
    """Return the command `bpgrade`: what runs it in a process that has imported all it needs."""
    return f'#!/bin/sh\nexec {shlex.join(command_client.words(server()))} "$@"\n'


def _as_script(step: File | Command) -> str:
    if isinstance(step, Command):
        return f"printf '{_MARK}'\n{step.text}\nprintf '{_MARK}%d' $?"
    sign = ">>" if step.added else ">"
    return f'cat {sign} {shlex.quote(step.name)} << "{_END_OF_FILE}"\n{step.text}{_END_OF_FILE}'


def _environment(folder: Path, commands: str, language: str) -> dict[str, str]:
    """Return the environment of someone who has just installed bpgrade."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {
        "PATH": os.pathsep.join((commands, str(Path(sys.executable).parent), os.environ["PATH"])),
        "HOME": str(folder),
        "XDG_CACHE_HOME": cache,
        "LANG": "C.UTF-8",
        "BPGRADE_LANG": language,
        "FORCE_COLOR": "1",  # a reader sits at a terminal, where reports are drawn
    }


def agrees(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Return whether a guide shows what was printed, timings aside."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(_lasting(line)) + r"\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{_lasting(line)}\n" for line in printed)) is not None


def _lasting(line: str) -> str:
    """Return a line without what differs between two runs."""
    line = re.sub(r"\s*\d+(\.\d+)? m?s\b", " TIME", line.rstrip())
    return re.sub(r'"seconds": [\d.e-]+', '"seconds": TIME', line)


def refreshed(markdown: str, language: str) -> str:
    """Return a page with what its commands print now; "..." stays as it is."""
    every = list(steps(markdown))
    commands = [step for step in every if isinstance(step, Command)]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = run(every, Path(folder), language)
    lines = markdown.split("\n")
    for command, outcome in reversed(list(zip(commands, outcomes, strict=True))):
        if agrees(command.shown, outcome.printed):
            continue
        if "..." in command.shown or command.text.startswith("python -m doctest"):
            printed = "\n".join(outcome.printed)
            sys.stderr.write(f"line {command.line}: change it by hand: {command.text}\n{printed}\n")
        else:
            lines[command.line : command.line + len(command.shown)] = outcome.printed
    return "\n".join(lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(refreshed(page.read_text("utf-8"), language_of(page)), encoding="utf-8")
