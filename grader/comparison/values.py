"""What a value is to a comparison: numbers, groups of values, equality but for rounding.

Checks and diagnosis look at the same values and must see the same in them. These rules hold for
both:

- Numbers are integers, floats and complex numbers, alone, in arrays, and in lists that make an
  array. A bool is no number, nor is an array of bools; neither are text and None.
- A group is what is returned together and looked at one by one: a tuple, or a list with a tuple, a
  list or an array in it. Any other list is an array.
- Two numbers agree where ``|actual - expected| <= absolute + relative * |expected|``, where they
  are equal, as infinities are, and where both are NaN.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.quick_dataclass import dataclass
from grader.sandbox.child.codec import ForbiddenValueError, encode
from grader.sandbox.child.tables.table import library_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_BYTES: Final = 1 << 30
_Array: TypeAlias = "NDArray[Any]"
_NUMBERS: Final = "iufc"
_SCALARS: Final = frozenset((float, int, bool, complex, type(None)))
_REALS: Final = "biuf"  # as arguments, bools are as good as 0 and 1


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be off: a share of the right one, and an amount."""

    relative: float = 1e-9
    absolute: float = 1e-12

    def agree(self, actual: Any, expected: Any) -> NDArray[np.bool_]:
        """Return where two arrays of numbers agree; they are broadcast."""
        with np.errstate(all="ignore"):
            gap = np.abs(actual - expected)
            close = gap <= self.absolute + self.relative * np.abs(expected)
            if close.all():
                return np.asarray(close)
            close |= (actual == expected) | (np.isnan(actual) & np.isnan(expected))
        return np.asarray(close)


ROUNDING: Final = Tolerance()
"""The tolerance that holds where a check names no other."""


def agree(actual: Any, expected: Any) -> NDArray[np.bool_]:
    """Return where two arrays of numbers are the same but for rounding."""
    return ROUNDING.agree(actual, expected)


def as_array(value: Any) -> _Array | None:
    """Return a value as an array of whatever it is; None for a list of rows of unlike lengths."""
    try:
        return np.asarray(value)
    except ValueError:
        return None


def numbers(value: Any) -> _Array | None:
    """Return a value as an array of numbers; None where it is not made of numbers."""
    array = as_array(value)
    return array if array is not None and array.dtype.kind in _NUMBERS else None


def real_numbers(value: Any, like: Any = 0.0) -> NDArray[np.float64] | None:
    """Return a value as an array of real numbers; None where it is not made of these.

    Complex numbers without an imaginary part are real. Where `like`, the right value, is made of
    bools, bools are wanted, as 0 and 1, and nothing else.
    """
    if np.asarray(like).dtype == bool:
        array = as_array(value)
        return None if array is None or array.dtype != bool else array.astype(np.float64)
    array = numbers(value)
    if array is not None and array.dtype.kind == "c" and not array.imag.any():
        array = array.real
    return None if array is None or array.dtype.kind == "c" else array.astype(np.float64)


def is_group(value: Any) -> bool:
    """Return whether a value is several values that are looked at one by one."""
    if isinstance(value, tuple):
        return True
    return isinstance(value, list) and any(
        isinstance(item, np.ndarray | tuple | list) for item in value
    )


def parts(value: Any) -> list[Any] | None:
    """Return the values that were returned together; the rows of an array count as such."""
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim):
        return list(value)
    return None


def same(actual: Any, expected: Any) -> bool:
    """Return whether an argument is the expected one but for rounding, group by group."""
    if is_group(expected):
        found = parts(actual)
        return found is not None and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, set | frozenset):
        return isinstance(actual, set | frozenset) and actual == expected
    if library_of(expected):
        return type(actual) is type(expected) and _content(actual) == _content(expected)
    array, right = as_array(actual), as_array(expected)
    if array is None or right is None or array.shape != right.shape:
        return False
    if array.dtype.kind not in _REALS or right.dtype.kind not in _REALS:
        return False
    return bool(agree(array.astype(np.float64), right.astype(np.float64)).all())


def fingerprint(value: Any) -> Hashable | None:
    """Return what is equal for equal values only; None where that cannot be told.

    Values are equal where a function of them cannot tell them apart: 1 and 1.0 are not, nor are 0.0
    and -0.0, nor arrays that lie in memory in another order, since that decides in which order
    their entries are summed up.
    """
    kind = type(value)
    if kind is np.ndarray and not value.dtype.hasobject:
        return _code_of(value.dtype), value.shape, value.strides, value.tobytes()
    if kind is float:
        return kind, value.hex()
    if kind is complex:
        return kind, value.real.hex(), value.imag.hex()
    if kind in (int, bool, str, bytes, type(None)):
        return kind, value
    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return kind, value.tobytes()
    if kind is list or kind is tuple:
        found = tuple(map(fingerprint, value))
        return None if None in found else (kind, found)
    if kind is set or kind is frozenset:
        members = frozenset(map(fingerprint, value))
        return None if None in members else (kind, members)
    return _content(value) if library_of(value) else None


@functools.lru_cache(256)  # NumPy writes it anew each time
def _code_of(dtype: np.dtype[Any]) -> str:
    return dtype.str


def _content(table: Any) -> bytes | None:
    """Return what of a table would cross into the sandbox; None where it may not."""
    try:
        return encode(table, max_bytes=_MOST_BYTES)
    except ForbiddenValueError:
        return None


def size(value: Any) -> int:
    """Return roughly how many bytes a value takes."""
    if type(value) in _SCALARS:
        return 8
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(size, value))
    if library_of(value):
        return len(_content(value) or b"")
    return len(value) if isinstance(value, str | bytes) else 8


def copied(value: Any) -> Any:
    """Return a value whose arrays, lists and tuples are new; other parts are the same."""
    if type(value) is tuple or type(value) is list:
        return type(value)(map(copied, value))
    if type(value) is set:
        return set(value)
    if library_of(value) == "pandas":
        return value.copy()
    return value.copy(order="K") if type(value) is np.ndarray else value
