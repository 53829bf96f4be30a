"""Whether an object is in place where a submission gave one: only where the reference gives one.

What is done with an object happens in the submission's process: one that claims to be equal to all
would pass any check that needs a number, and is told with what it is compared. So objects are taken
where the reference's answer is one, and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.objects_within import holds_object, objects_in
from grader.checking.student.student_object import StudentObject
from grader.sandbox.failures import CallFailure, forbidden

Places = bool | tuple["Places", ...] | dict[str, "Places"]
"""Where in a value objects are: True for one; for a list or dictionary the same of its parts."""

Right = Sequence[tuple[str, Places]]
"""What the reference answered in a check: whose code was asked, and where objects were."""


def places_of(value: object) -> Places:
    """Return where in a value objects are."""
    if isinstance(value, StudentObject):
        return True
    if not holds_object(value):
        return False
    if isinstance(value, dict):
        return {key: places_of(part) for key, part in value.items()}
    return tuple(map(places_of, value)) if isinstance(value, list | tuple) else False


class Placement:
    """Judges the objects that a submission gives in a check, one answer after another.

    Parameters
    ----------
    right : callable
        Returns what the reference answered; None where that is not known. It is asked for only
        where the submission has given an object.

    Attributes
    ----------
    unknown : CallFailure or None
        The failure of the first object which is an answer to what the reference was never asked.
        A check that asks more of a wrong answer is no fault; one that passes so has to be refused.
    """

    def __init__(self, right: Callable[[], Right | None]) -> None:
        self.unknown: CallFailure | None = None
        self._right = right
        self._asked: list[str] = []
        self._compared = 0
        self._in_step = True
        self._by_function: dict[str, list[Places]] | None = None

    def judge(self, call: AnsweredCall) -> None:
        """Take in an answer.

        Raises
        ------
        CallFailure
            It is, or holds, an object where a value is needed.
        """
        self._asked.append(call.function)
        if not holds_object(call.value):
            return
        right = self._right()
        if right is None:
            return
        allowed = self._allowed(call.function, right)
        found = [_misplaced(call.value, places) for places in allowed]
        if found and all(each is not None for each in found):
            raise forbidden(call.by, str(found[0]))
        if not found:
            words = str(_misplaced(call.value, False))
            self.unknown = self.unknown or forbidden(call.by, words)
            for each in objects_in(call.value):
                own = each._bpgrade
                own.known.unplaced.add(own.number)

    def _allowed(self, function: str, right: Right) -> list[Places]:
        """Return where objects may be in the last answer, for each way that the reference has."""
        while self._in_step and self._compared < len(self._asked):
            place = self._compared
            self._in_step = place < len(right) and right[place][0] == self._asked[place]
            self._compared += 1
        if self._in_step:
            return [right[len(self._asked) - 1][1]]
        if self._by_function is None:
            self._by_function = defaultdict(list)
            for name, places in right:
                if places not in self._by_function[name]:
                    self._by_function[name].append(places)
        return self._by_function.get(function, [])


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
