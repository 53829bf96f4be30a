"""Students' own computers, as `bpgrade submit` finds them, and who sits before them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import command_client
from command import run_command, server
from serving import PASSWORD, Visitor

CODE = re.compile(r"type this code: (\S+)")


@dataclass
class Laptop:
    """A student's computer: a folder with work, what is remembered, and who sits before it."""

    folder: Path
    person: Visitor
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / "kept"
        self.variables = {
            **os.environ,
            "XDG_CONFIG_HOME": str(kept),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "BPGRADE_LANG": "en",
        }

    def write(self, code: str, name: str = "exercise1.py") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return path

    def begin(self, *words: object, stopped: bool = False) -> subprocess.Popen[str]:
        """Begin to hand in; by a process that has to import all it needs where it is `stopped`."""
        fresh = [sys.executable, "-m", "grader"]
        return subprocess.Popen(
            [*(fresh if stopped else command_client.words(server())), "submit", *map(str, words)],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def submit(self, *words: object) -> subprocess.CompletedProcess[str]:
        return run_command("submit", *words, folder=self.folder, variables=self.variables)

    def kept(self) -> list[Path]:
        return [path for path in (self.folder / "kept").rglob("*") if path.is_file()]


def member(instructor: Visitor, name: str, *courses: str) -> Visitor:
    """Return somebody whom the instructor has added to courses, logged in."""
    links = []
    for course in courses:
        roster = ("roster", "people.csv", f"id,name\n{name},{name} N.\n")
        added = instructor.upload(f"/c/{course}/desk/people/", roster, role="student")
        links += re.findall(r"/link/[^<]+/", added.text)
    visitor = Visitor(instructor.address)
    assert visitor.post(links[-1], password=PASSWORD).status == 200
    return visitor


def until(process: subprocess.Popen[str], wanted: str | re.Pattern[str]) -> re.Match[str]:
    """Read what a command tells until it has told this."""
    assert process.stderr is not None
    told = ""
    while line := process.stderr.readline():
        told += line
        if found := re.search(wanted, line):
            return found
    raise AssertionError(f"it never said {wanted}: {told}")
