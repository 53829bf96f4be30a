"""Have click write the help of `bpgrade` itself, in each language, for `grader/cli/ready_help.py`.

    python docs/make_help.py

Run it when a command is added, or when what one is for is said or translated otherwise.
"""

from __future__ import annotations

import os
import subprocess
import sys

from grader.cli.ready_help import FOLDER
from grader.language import languages
from grader.language.reader import VARIABLE


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for language in languages():
        variables = {**os.environ, VARIABLE: language, "COLUMNS": "80", "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", "grader", "--help"]
        text = subprocess.run(command, env=variables, capture_output=True, check=True).stdout
        (FOLDER / f"{language}.txt").write_bytes(text)


if __name__ == "__main__":
    main()
