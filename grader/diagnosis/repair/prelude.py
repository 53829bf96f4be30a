"""Loaded into the sandbox before a submission whose text holds alternatives; see `schemata`.

It runs among the student's code and is believed no more than that.
"""

import __future__

import builtins
import contextlib
import copy
import io
import signal
import sys
import time
import warnings

import numpy as np

_bpgrade_futures = sum(
    {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
)
_bpgrade_seen: dict[str, list[object]] = {}


_bpgrade_shortest = 0.01  # seconds; the system's clock ticks a few times in it
_bpgrade_shortest_loop = 0.0015  # seconds; a loop looks at the time itself
_bpgrade_turns = 0
_bpgrade_loop_seconds = float("inf")
_bpgrade_until = float("inf")  # the processor time at which a loop is ended
_bpgrade_patience = 1.0  # seconds by the clock


class _BpgradeTooLong(BaseException):
    """An alternative that does not come to an end; no `except Exception` stops it."""


class _BpgradeNoNumber(BaseException):
    """There is no other number to take the place of a value."""


def _bpgrade_ring(number: int, _frame: object) -> None:
    global _bpgrade_patience
    if number != signal.SIGPROF:  # it waits, as others of this code's alternatives may do
        _bpgrade_patience = max(_bpgrade_patience / 2, 0.1)
    raise _BpgradeTooLong


def _bpgrade_turn() -> None:
    """End a `while` loop that turns for too long."""
    global _bpgrade_turns
    _bpgrade_turns += 1
    if _bpgrade_turns % 4 == 0 and time.process_time() > _bpgrade_until:
        raise _BpgradeTooLong


def _bpgrade_note(place: str, value: object) -> object:
    """Keep what an expression of the student's is worth, the first few times.

    Where an edit's number is that of the place, give back another value.
    """
    edit = builtins._bpgrade_edit  # type: ignore[attr-defined]
    if edit:
        return _bpgrade_shaken(value) if place == str(edit) else value
    seen = _bpgrade_seen.setdefault(place, [])
    if len(seen) < 8:
        try:
            seen.append(_bpgrade_plain(value, 200))
        except TypeError:
            seen.append(None)
    return value


def _bpgrade_shaken(value: object) -> object:
    """Return other numbers, each moved by a share of its own."""
    if isinstance(value, float):
        return value * 1.0313 + 0.0217
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and 0 < value.size <= 200:
        shares = np.arange(value.size).reshape(value.shape) % 7 / 89
        return value * (1.0313 + shares) + 0.0217
    if type(value) in (list, tuple) and value:
        parts = [_bpgrade_shaken(item) for item in value]  # type: ignore[attr-defined]
        return parts if type(value) is list else tuple(parts)
    raise _BpgradeNoNumber


def _bpgrade_keep(place: str, value: object, names: dict[str, object]) -> object:
    """Keep what a function's variables are worth in the end, and what an object has."""
    if builtins._bpgrade_edit:  # type: ignore[attr-defined]
        return value
    for name, worth in names.items():
        _bpgrade_note(f"{place}:{name}", worth)
    for name, worth in getattr(names.get("self"), "__dict__", {}).items():
        _bpgrade_note(f"{place}:self.{name}", worth)
    return value


def _bpgrade_plain(value: object, most: int) -> object:
    """Return a copy of a value that may cross; raises TypeError for any other."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc" and value.size <= most:
        return np.array(value)
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return value.item()
    if value is None or type(value) in (bool, int, float, complex):
        return value
    if type(value) in (list, tuple) and len(value) <= most:  # type: ignore[arg-type]
        parts = [_bpgrade_plain(item, most) for item in value]  # type: ignore[attr-defined]
        return parts if type(value) is list else tuple(parts)
    raise TypeError


def _bpgrade_mark(value: object) -> object:
    """Return what differs where an argument has been changed in place."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if type(value) in (list, tuple):
        return [_bpgrade_mark(item) for item in value]  # type: ignore[attr-defined]
    if isinstance(value, np.random.Generator) or callable(value):
        return None  # it is there to be drawn from, and a copy of it has another address
    return repr(value)


def _bpgrade_exact(value: object) -> object:
    """Return what tells values apart to the last bit when it is shown."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if type(value) in (list, tuple):
        return [_bpgrade_exact(item) for item in value]  # type: ignore[attr-defined]
    return value


def _bpgrade_copy(value: object) -> object:
    return value.copy() if type(value) is np.ndarray else copy.deepcopy(value)


def _bpgrade_once(target: object, arguments: list[object], before: list[object]) -> list[object]:
    given = [_bpgrade_copy(argument) for argument in arguments]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = _bpgrade_plain(target(*given), 10_000)  # type: ignore[operator]
    changed = [at for at, argument in enumerate(given) if before[at] != _bpgrade_mark(argument)]
    return [value, changed, bool(caught)]


def _bpgrade_try(
    function: str, arguments: list[object], numbers: list[int], each: float, every: float
) -> list[object]:
    """Return the processor time used, then what a function shows with each alternative.

    That is None where it gives no value; an answer that was given before is its place among the
    answers. What there is no time for is left out at the end. An alternative may take `each`, and
    no more than 20 times what the function takes as it stands, a `while` loop 8 times.
    """
    global _bpgrade_loop_seconds, _bpgrade_until
    target = globals()[function]
    answers: list[object] = []
    places: dict[str, int] = {}
    before = [_bpgrade_mark(argument) for argument in arguments]
    start = time.process_time()
    _bpgrade_loop_seconds = each
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _bpgrade_ring)  # of what computes
        signal.signal(signal.SIGALRM, _bpgrade_ring)  # of what waits
    np.seterr(all="warn", under="ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(sys.stdout):
        if numbers != [0]:
            _bpgrade_shown(target, arguments, before, 0, each)
            plain = time.process_time() - start
            _bpgrade_loop_seconds = min(each, max(8 * plain, _bpgrade_shortest_loop))
            each = min(each, max(20 * plain, _bpgrade_shortest))
        for number in numbers:
            if time.process_time() > start + every:
                break
            answer = _bpgrade_shown(target, arguments, before, number, each)
            if answer is not None:
                place = places.setdefault(repr(_bpgrade_exact(answer)), len(answers))
                answer = answer if place == len(answers) else place
            answers.append(answer)
    builtins._bpgrade_edit = 0  # type: ignore[attr-defined]
    _bpgrade_until = float("inf")
    return [time.process_time(), *answers]


def _bpgrade_shown(
    target: object, arguments: list[object], before: list[object], number: int, each: float
) -> object:
    """Return what a function shows with an alternative, within `each` seconds of processor time.

    By the clock there is far more, so that the same is shown beside other work.
    """
    global _bpgrade_until
    builtins._bpgrade_edit = number  # type: ignore[attr-defined]
    _bpgrade_until = time.process_time() + _bpgrade_loop_seconds
    rings = hasattr(signal, "setitimer")
    try:
        if rings:
            signal.setitimer(signal.ITIMER_PROF, each, each)
            signal.setitimer(signal.ITIMER_REAL, each + _bpgrade_patience, each)
        return _bpgrade_once(target, arguments, before)
    except BaseException:  # an alternative may raise anything: then it is no repair
        return None
    finally:
        if rings:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)


def _bpgrade_run(blocks: list[list[str]], function: str) -> list[object]:
    """Run other texts where the last have been, and say whether the function is there.

    Each is compiled with the `__future__` imports of those before it, as a notebook's cells are.
    """
    names = globals()
    flags = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(sys.stdout):
        for label, text in blocks:
            code = compile(text, label, "exec", flags, dont_inherit=True)
            flags |= code.co_flags & _bpgrade_futures
            exec(code, names)
    return [time.process_time(), callable(names.get(function))]


def _bpgrade_watched(function: str, arguments: list[object], each: float) -> list[object]:
    """Return what the student's expressions are worth while a function is called."""
    _bpgrade_seen.clear()
    _bpgrade_try(function, arguments, [0], each, each)
    return [time.process_time(), *([place, seen] for place, seen in _bpgrade_seen.items())]


builtins._bpgrade_edit = 0  # type: ignore[attr-defined]
builtins._bpgrade_note = _bpgrade_note  # type: ignore[attr-defined]
builtins._bpgrade_turn = _bpgrade_turn  # type: ignore[attr-defined]
builtins._bpgrade_keep = _bpgrade_keep  # type: ignore[attr-defined]
