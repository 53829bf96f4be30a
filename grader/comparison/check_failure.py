"""How a check says that something does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MAX_NAMED: Final = 64


class CheckFailure(Exception):  # noqa: N818 - the verdict of a check, not a mistake of ours
    """A check that did not hold; `text` is the student's feedback.

    `entries` names what of the returned values is wrong: `gradient_1[0, 0]`, or `gradient_1`
    where that is no array of the right shape.
    """

    def __init__(self, text: str, entries: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.entries = tuple(map(str, entries))[:_MAX_NAMED]
