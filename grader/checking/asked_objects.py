"""Whether an object is in place where a submission gave one: only where the reference gives one.

What is done with an object happens in the submission's process: one that claims to be equal to all
would pass any check that needs a number. So objects are taken where the reference's answer is one,
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.checking.answered_call import AnsweredCall
from grader.checking.student_object import StudentObject, holds_object
from grader.sandbox.failures import CallFailure, forbidden

Places = bool | tuple["Places", ...] | dict[str, "Places"]
"""Where in a value objects are: True for one; for a list or dictionary the same of its parts."""


def places_of(value: object) -> Places:
    """Return where in a value objects are."""
    if isinstance(value, StudentObject):
        return True
    if not holds_object(value):
        return False
    if isinstance(value, dict):
        return {key: places_of(part) for key, part in value.items()}
    return tuple(map(places_of, value)) if isinstance(value, list | tuple) else False


def out_of_place(
    calls: Sequence[AnsweredCall], right: Sequence[tuple[str, Places]], *, passed: bool
) -> CallFailure | None:
    """Return the failure of the first call that gave an object where a value is needed.

    Parameters
    ----------
    calls : sequence of AnsweredCall
        What the submission answered.
    right : sequence of (str, Places)
        What the reference answered in the same check: whose code was asked, and where objects were.
    passed : bool
        Whether the check has passed. One that has not may have asked for more than the reference
        was asked for.
    """
    in_step = True
    for index, call in enumerate(calls):
        in_step = in_step and index < len(right) and right[index][0] == call.function
        if not in_step and not passed:
            return None
        if not holds_object(call.value):
            continue
        allowed = (
            [right[index][1]]
            if in_step
            else [places for function, places in right if function == call.function]
        )
        found = [_misplaced(call.value, places) for places in allowed]
        if all(each is not None for each in found):
            wrong = found[0] if found else _misplaced(call.value, False)
            assert wrong is not None
            return forbidden(call.by, wrong)
    return None


def _misplaced(value: object, places: Places) -> str | None:
    """Return what stands in words where no object is to be; None where nothing does."""
    if places is True or not holds_object(value):
        return None
    if isinstance(value, StudentObject):
        return value._bpgrade.words
    parts: list[tuple[object, Places]] = []
    if isinstance(value, dict):
        known = places if isinstance(places, dict) else {}
        parts = [(part, known.get(key, False)) for key, part in value.items()]
    elif isinstance(value, list | tuple):
        known_parts = places if isinstance(places, tuple) else ()
        rest = any(place is True for place in known_parts)
        parts = [
            (part, known_parts[index] if index < len(known_parts) else rest)
            for index, part in enumerate(value)
        ]
    inside = (_misplaced(part, place) for part, place in parts)
    return next((each for each in inside if each is not None), None)
