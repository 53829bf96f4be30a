"""The help of `bpgrade` that is kept as a text: what click would write, without click."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import run_command

from grader.cli.ready_help import FOLDER
from grader.language import languages

VARIABLES = {name: value for name, value in os.environ.items() if name != "COLUMNS"}


@pytest.mark.parametrize("language", languages())
def test_it_is_what_click_writes(language: str) -> None:
    variables = {**VARIABLES, "BPGRADE_LANG": language}
    clicks = run_command("--help", variables={**variables, "COLUMNS": "80"}).stdout
    kept = (FOLDER / f"{language}.txt").read_text("utf-8")
    assert kept == clicks, "run python docs/make_help.py"
    for asked in ("-h", "--help"):
        ended = run_command(asked, variables=variables)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, clicks, "")


def test_there_is_none_of_another_language() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(languages())


def test_click_is_not_imported_for_it() -> None:
    code = (
        "import atexit, sys, grader.cli\n"
        "atexit.register(lambda: print('click' in sys.modules))\n"
        "grader.cli.main()"
    )
    command = [sys.executable, "-c", code, "--help"]
    told = subprocess.run(command, env=VARIABLES, capture_output=True, text=True, check=True).stdout
    assert told.endswith("\nFalse\n")


@pytest.mark.skipif(sys.platform != "linux", reason="sets the size of a terminal")
@pytest.mark.parametrize("columns", [60, 200])
def test_a_terminal_of_another_width(columns: int, tmp_path: Path) -> None:
    import termios

    ours, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, columns))
    command = [sys.executable, "-m", "grader", "--help"]
    subprocess.run(command, env=VARIABLES, stdout=terminal, cwd=tmp_path, check=True)
    os.close(terminal)
    told = b""
    while part := _read(ours):
        told += part
    os.close(ours)
    expected = run_command("--help", variables={**VARIABLES, "COLUMNS": str(columns)}).stdout
    assert told.decode().replace("\r\n", "\n") == expected


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux says that the other end is closed
        return b""
