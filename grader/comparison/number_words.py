"""Numbers in words for students: how far they are off, and what is odd in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.language import gettext_lazy as _

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BEYOND_COUNTING: Final = 1e6  # how often too large a number is, where the figure says no more
_Array: TypeAlias = "NDArray[Any]"


def not_finite(value: Any) -> str:
    """Return what a number is that is not finite, as in `is nan`."""
    if np.isnan(value):
        return _("is nan")
    if np.iscomplexobj(value) or value > 0:
        return _("is infinite")
    return _("is minus infinity")


def number(value: Any) -> str:
    """Return a number with ten digits."""
    return f"{value:.10g}" if np.isrealobj(value) else f"{value:.8g}"


def told(value: Any, right: Any, visible: bool) -> str:
    """Return how a number differs from the right one, which only a `visible` check tells."""
    if visible:
        return _("is {value}, expected {right}", value=number(value), right=number(right))
    return off(value, right) if np.isfinite(value) else not_finite(value)


def odd(found: _Array) -> str:
    """Return what an array holds beside finite real numbers."""
    if np.isnan(found).any():
        return "NaN"
    return _("an infinite number") if np.isinf(found).any() else _("complex numbers")


@np.errstate(all="ignore")
def off(value: Any, right: Any) -> str:
    """Return how far a number is off, as a share of the right one: `is off by 12 %`."""
    if not np.isfinite(right):
        return _("is finite, and should not be")
    if right == 0:
        return _("is off (it should be zero)") if value else _("is right")
    share = abs(value - right) / abs(right)
    if not np.isfinite(share):  # the difference of two huge numbers of unlike sign
        share = abs(value / 2 - right / 2) / abs(right / 2)
    if share < 1e-3:
        return _("is off by a share of {share}", share=f"{share:.0e}")
    if share < 10:
        return _("is off by {percent} %", percent=_two_digits(100 * share))
    if share < _BEYOND_COUNTING:
        times = _two_digits(abs(value / right))
        return _("is about {times} times as large as it should be", times=times)
    return _("is more than a million times as large as it should be")


def _two_digits(number: float) -> str:
    """Return a positive number rounded to two digits, without an exponent while it is readable."""
    rounded = float(f"{number:.1e}")
    return f"{rounded:.0f}" if 10 <= rounded < 1e5 else f"{rounded:g}"
