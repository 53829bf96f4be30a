"""The tables that come with bpgrade: made with its wheel, of the course that it ships.

Without them the first wrong answer in a fresh install, or in each fresh container, would wait for
its table. They are found by the content of the code that they are made by and of, as in the cache:
whatever has changed of it, they are not found. They go by no single version of Python and NumPy,
since all that were tried give the same classes of the same programs, and values that agree; see
benchmarks/shipped_tables.py. With other versions tables are made here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np

from grader.diagnosis.cache import table_file

FOLDER: Final = Path(__file__).parent / "shipped"
_PYTHON: Final = ((3, 11), (3, 13))
_NUMPY: Final = ((1, 26), (2, 4))
"""The lowest and the highest versions that were tried."""


def shipped_file(key: str, function: str) -> Path | None:
    """Return where a function's table is if it came with bpgrade; None for untried versions.

    `key` is the exercise's `source_key`.
    """
    numpy = tuple(map(int, np.__version__.split(".")[:2]))
    tried = _PYTHON[0] <= sys.version_info[:2] <= _PYTHON[1] and _NUMPY[0] <= numpy <= _NUMPY[1]
    return table_file(FOLDER, key, function) if tried else None
