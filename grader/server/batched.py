"""A stream in parts, since a database takes so many values at a time and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(some: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Give what there is in lists of so many, as `itertools.batched` does from Python 3.12 on."""
    rest = iter(some)
    while part := list(islice(rest, size)):
        yield part
