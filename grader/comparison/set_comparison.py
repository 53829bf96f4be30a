"""Where two sets differ, in words for students."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, Final

import numpy as np

from grader.comparison.set_words import in_order
from grader.comparison.value_words import kind_in_words
from grader.comparison.values import Tolerance
from grader.language import enumerated, listed, ngettext_lazy
from grader.language import gettext_lazy as _

_MOST_TOLD: Final = 6
_MOST_MATCHED: Final = 500
_LONGEST: Final = 60


def set_differences(
    actual: Any, expected: Set[Any], name: str, tolerance: Tolerance, visible: bool
) -> list[str]:
    """Return how a value differs from a set; nothing where it does not.

    Elements that are numbers are the same but for rounding. Which ones are missing is said only
    where the check is `visible`.

    Examples
    --------
    >>> set_differences({1, 4}, {1, 2, 3}, "the result", Tolerance(), True)
    ['the result lacks 2 and 3.', 'the result has 4, which does not belong to it.']
    >>> set_differences({1, 4}, {1, 2, 3}, "the result", Tolerance(), False)
    ['the result lacks 2 of 3 elements.', 'the result has 4, which does not belong to it.']
    """
    if not isinstance(actual, set | frozenset):
        text = _("{name} is {kind}; a set is expected.")
        return [text.format(name=name, kind=kind_in_words(actual))]
    missing, further = _unmatched(
        in_order(expected - actual), in_order(actual - expected), tolerance
    )
    found: list[str] = []
    if missing and visible:
        found.append(_("{name} lacks {elements}.", name=name, elements=_listed(missing)))
    elif missing:
        found.append(
            ngettext_lazy(
                "{name} lacks {missing} of {count} element.",
                "{name} lacks {missing} of {count} elements.",
                len(expected),
                name=name,
                missing=len(missing),
            )
        )
    if further:
        found.append(
            ngettext_lazy(
                "{name} has {elements}, which does not belong to it.",
                "{name} has {elements}, which do not belong to it.",
                len(further),
                name=name,
                elements=_listed(further),
            )
        )
    return found


def _unmatched(
    missing: list[Any], further: list[Any], tolerance: Tolerance
) -> tuple[list[Any], list[Any]]:
    """Return the elements that have no partner among the others, but for rounding."""
    left = list(further)
    found: list[str] = []
    for element in missing:
        numbers = [each for each in left[:_MOST_MATCHED] if _is_number(each)]
        near = next(_near(element, numbers, tolerance), None) if _is_number(element) else None
        if near is None:
            found.append(element)
        else:
            left.remove(near)
    return found, left


def _near(element: Any, numbers: list[Any], tolerance: Tolerance) -> Iterator[Any]:
    for each in numbers:
        if bool(np.all(tolerance.agree(float(each), float(element)))):
            yield each


def _is_number(element: Any) -> bool:
    return isinstance(element, float) or (type(element) is int and abs(element) < 1e300)


def _listed(elements: list[Any]) -> str:
    shown = [repr(element)[:_LONGEST] for element in elements[:_MOST_TOLD]]
    further = len(elements) - _MOST_TOLD
    return enumerated(shown, further) if further > 0 else listed(shown)
