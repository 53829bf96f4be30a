"""Other graders, each installed in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path
from typing import Final

PACKAGES: Final = {
    "otter-grader": "otter-grader==7.0.0 ipykernel",
    "nbgrader": "nbgrader==0.9.6",
    "gradescope-utils": "gradescope-utils==0.5.0",
    "check50": "check50==3.5.0",
    "pytest": "pytest",
}


def python_of(peer: str, folder: Path) -> Path:
    """Return the Python in which a peer is installed, below `folder`; install it if need be."""
    home = folder / peer
    python = home / "bin" / "python"
    done = home / "installed"
    if not done.exists():
        venv.create(home, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-q", *PACKAGES[peer].split(), "numpy"]
        subprocess.run(command, check=True)
        done.touch()
    return python


def version_of(peer: str, python: Path) -> str:
    """Return the version that is installed."""
    code = f"from importlib.metadata import version; print(version({peer!r}))"
    return subprocess.run(
        [str(python), "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()
