"""How often a command looks for garbage: late, then as ever."""

from __future__ import annotations

import gc

from grader.cli.garbage import look_for_it_later


def test_garbage_is_looked_for_as_ever_after_the_first_look() -> None:
    usual, callbacks = gc.get_threshold(), list(gc.callbacks)
    look_for_it_later()
    assert gc.get_threshold() > usual
    gc.collect()
    assert gc.get_threshold() == usual
    assert gc.callbacks == callbacks
