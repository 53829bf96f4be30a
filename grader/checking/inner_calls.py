"""The calls that a function of the reference makes of the others, answered by one or the other.

`calls_within` notes what the reference's own functions answer: that is what a student is given.
`called_over` has the student's functions answer: what then comes out is right for these.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.checking.student.objects_within import copied_here
from grader.comparison import values

if TYPE_CHECKING:
    from numpy.typing import NDArray

Answer = tuple[tuple[Any, ...], Any]
"""The arguments of a call, and what it returns."""
_Function = Callable[..., Any]
_MOST_KEPT: Final = 256
_MOST_BYTES: Final = 65_536


class InnerCalls:
    """The calls within a reference's functions: all of a class are asked the same questions."""

    def __init__(self) -> None:
        self._known: dict[Hashable, dict[str, list[Answer]]] = {}

    def within(self, function: _Function, arguments: Sequence[Any]) -> dict[str, list[Answer]]:
        """Return the calls of `calls_within`, noted once where that can be told of these."""
        given = tuple(arguments)
        key = None if inspect.ismethod(function) else _fingerprint(given)
        if key is None:
            return calls_within(function, given)
        found = self._known.get((_own(function), key))
        if found is None:
            found = calls_within(function, given)
            if _fingerprint([call for calls in found.values() for call in calls]) is None:
                return found
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[_own(function), key] = found
        return {name: values.copied(calls) for name, calls in found.items()}


def _fingerprint(value: Any) -> Hashable | None:
    """Return what is equal for equal values only; None where that cannot be told, or is large."""
    return values.fingerprint(value) if values.size(value) <= _MOST_BYTES else None


def calls_within(function: _Function, arguments: Sequence[Any]) -> dict[str, list[Answer]]:
    """Return the calls that `function` makes of its module's other functions, and methods, by name.

    A method is named as `Stack.pop`, and the object is not among its arguments.

    Parameters
    ----------
    function : callable
        A function of the reference.
    arguments : sequence
        What it is called with. They stay as they are, generators too.
    """
    found: dict[str, list[Answer]] = {}

    def noted(name: str, other: _Function) -> _Function:
        return _recorded(other, found.setdefault(name, []), 1 if "." in name else 0)

    with _methods_replaced(function, noted):
        _with_others(function, noted)(*copied_here(tuple(arguments)))
    return {name: calls for name, calls in found.items() if calls}


def called_over(student: Any, function: _Function, arguments: Sequence[Any]) -> Any:
    """Return what `function` returns when the student's functions answer the calls that it makes.

    Parameters
    ----------
    student : StudentProxy
        Whose functions are called in place of the others of its module.
    function : callable
        A function of the reference.
    arguments : sequence
        What it is called with. They stay as they are, generators too.

    Raises
    ------
    CallFailure
        One of the student's functions gives no value.
    Exception
        Whatever the function raises that cannot work with what they return.
    """

    def asked(name: str, _other: _Function) -> _Function:
        def ask(*inner: Any, **named: Any) -> Any:
            return _as_arrays(getattr(student, name)(*inner, **named))

        return ask

    with np.errstate(all="ignore"):
        return _with_others(function, asked)(*copied_here(tuple(arguments)))


def is_telling(value: Any, arguments: Sequence[Any]) -> bool:
    """Return whether a value says something of the function that it is the value of.

    Numbers that are lost, all the same, or those of an argument may come from anywhere.
    """
    given = list(_leaves(list(arguments)))
    return all(
        np.isfinite(leaf).all()
        and (leaf.size < 2 or np.ptp(leaf) > 1e-9 * np.abs(leaf).max())
        and not any(np.array_equal(leaf, known) for known in given)
        for leaf in _leaves(value)
    )


def _with_others(function: _Function, replaced: Callable[[str, _Function], _Function]) -> _Function:
    """Return a function that calls others in place of those of its module."""
    own = _own(function)
    names = dict(own.__globals__)
    for name, value in own.__globals__.items():
        if inspect.isfunction(value) and value.__module__ == own.__module__ and value is not own:
            names[name] = replaced(name, value)
    made = types.FunctionType(own.__code__, names, own.__name__, own.__defaults__, own.__closure__)
    made.__kwdefaults__ = own.__kwdefaults__
    return types.MethodType(made, function.__self__) if inspect.ismethod(function) else made


def _own(function: _Function) -> types.FunctionType:
    """Return the function itself: a method's, and what a decorator has wrapped."""
    own = inspect.unwrap(function.__func__ if inspect.ismethod(function) else function)
    assert isinstance(own, types.FunctionType)
    return own


@contextlib.contextmanager
def _methods_replaced(
    function: _Function, replaced: Callable[[str, _Function], _Function]
) -> Iterator[None]:
    """Replace the methods of its module's classes but the function itself."""
    own = _own(function)
    found = [
        (kind, name, method)
        for kind in own.__globals__.values()
        if isinstance(kind, type) and kind.__module__ == own.__module__
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and method is not own and not name.startswith("__")
    ]
    for kind, name, method in found:
        setattr(kind, name, replaced(f"{kind.__name__}.{name}", method))
    try:
        yield
    finally:
        for kind, name, method in found:
            setattr(kind, name, method)


def _recorded(function: _Function, calls: list[Answer], skipped: int = 0) -> _Function:
    """Return a function that keeps its calls, without so many of the first arguments."""

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        signature = inspect.signature(function)
        in_order = signature.bind(*arguments, **named).args if named else arguments
        before = copied_here(in_order[skipped:])
        value = function(*arguments, **named)
        calls.append((before, copied_here(value)))
        return value

    return call


def _as_arrays(value: Any) -> Any:
    """Return a student's value with arrays for lists of numbers, as the reference expects."""
    if not isinstance(value, list | tuple):
        return value
    is_array = isinstance(value, list) and not any(isinstance(part, np.ndarray) for part in value)
    array = values.numbers(value) if is_array else None
    return [_as_arrays(part) for part in value] if array is None else array


def _leaves(value: Any) -> Iterator[NDArray[Any]]:
    if values.is_group(value):
        for part in value:
            yield from _leaves(part)
    elif (array := values.numbers(value)) is not None:
        yield array
