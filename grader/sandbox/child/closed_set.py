"""The closed set of values that crosses into the sandbox: limits, and codes of its kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
MAX_LIST: Final = 65_536
MAX_TEXT: Final = 1_048_576
MAX_INT_BYTES: Final = 1024
MAX_DIMENSIONS: Final = 16
MAX_DENSE: Final = 1_000_000
MAX_OBJECTS: Final = 10_000
MAX_ALIKE: Final = 64
MAX_WORDS: Final = 400

ARRAY, TUPLE, COMPLEX, BIG_INT, HANDLE, GENERATOR, OBJECT = range(1, 8)
TABLE, MOMENT, OBJECT_ARRAY, FIGURE, SET, FROZEN_SET = range(16, 22)
"""Each is the first of a list, and says what the list is."""

DTYPES: Final = {
    dtype.str.lstrip("<>|="): dtype
    for dtype in (
        *map(np.dtype, ["?", "i1", "u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"]),
        *map(np.dtype, ["<f2", "<f4", "<f8", "<c8", "<c16"]),
        *(np.dtype(f"<{kind}8[{unit}]") for kind in "Mm" for unit in ("D", "s", "ms", "us", "ns")),
    )
}

LEAVES: Final = frozenset([type(None), bool, int, float, complex, str, bytes, np.ndarray])
"""Nearly all values of a call: they have no parts that are values."""


@dataclass(frozen=True, slots=True)
class Handle:
    """An object in the submission's process, by its number, and in words for the student."""

    number: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class AsObject:
    """A value that goes by its number, whatever it is."""

    value: Any
