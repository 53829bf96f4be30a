"""Where Python looks for modules when it runs the command."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

import grader


def leave_out_working_folder() -> None:
    """Stop Python from importing what lies in the working folder.

    It does so with `python -m grader`, and where PYTHONPATH holds "." or an empty entry. The
    working folder may be a submission's, with a numpy.py of its own. A folder of installed
    packages, and the one that bpgrade itself comes from, stay.
    """
    try:
        here = Path.cwd().resolve()
    except OSError:  # it has been deleted, so there is nothing in it
        return
    own = {Path(grader.__file__).resolve().parent.parent, Path(os.__file__).resolve().parent}
    own.update(
        Path(name).resolve() for name in (*site.getsitepackages(), site.getusersitepackages())
    )
    if here not in own:
        sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != here]
