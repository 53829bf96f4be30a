"""How often Python looks for cycles of objects that nobody uses: hardly ever in a short command."""

from __future__ import annotations

import gc
from typing import Final

_OBJECTS_OF_IMPORTS: Final = 200_000  # twice as many as a check's imports make


def look_for_it_later() -> None:
    """Look for garbage only once there are more objects than imports make, from then on as ever.

    What is being imported would be looked through again and again, and hardly any of it goes.
    """
    usual = gc.get_threshold()

    def go_on_as_ever(_phase: str, _told: dict[str, int]) -> None:
        gc.callbacks.remove(go_on_as_ever)
        gc.set_threshold(*usual)

    gc.callbacks.append(go_on_as_ever)
    gc.set_threshold(_OBJECTS_OF_IMPORTS, *usual[1:])


def leave_it_to_the_system() -> None:
    """Look for garbage no more: the process is about to end, which takes all of it back at once."""
    gc.freeze()
