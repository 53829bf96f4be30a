"""The standard library's dataclasses, made in a tenth of the time.

A `bpgrade check` makes a hundred classes before it does anything, and the standard library compiles
up to eight methods for each of them: half a millisecond a class. Here only `__init__` is compiled,
for the first object of a class. What compares, hashes, shows and freezes is the same code for all,
given the names of the fields. `python benchmarks/check_latency.py` measures both.

What comes of it is a dataclass: `replace`, `fields`, `asdict`, pattern matching, pickling and type
checkers see no difference, and `tests/test_quick_dataclass.py` compares them one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # so that checkers take it for that one

Values = Callable[[Any], tuple[Any, ...]]

_MISSING: Final = dataclasses.MISSING


def _quick_dataclass(
    *, frozen: bool = False, slots: bool = False, eq: bool = True, repr: bool = True
) -> Callable[[type], type]:
    """Make a dataclass of a class, as `dataclasses.dataclass` does with the same arguments."""
    return lambda cls: _made(cls, frozen, slots, eq, repr)


if not TYPE_CHECKING:
    dataclass = _quick_dataclass


def _made(cls: type, frozen: bool, slots: bool, eq: bool, shown: bool) -> type:
    own = dict(vars(cls))
    cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    fields = dataclasses.fields(cls)
    methods: dict[str, Any] = {"__init__": _initializer(cls, fields, frozen)}
    if shown:
        methods["__repr__"] = _representation([each.name for each in fields if each.repr])
    if eq:
        methods["__eq__"] = _equality(_values(each.name for each in fields if each.compare))
        if "__eq__" in own and own["__hash__"] is None:  # Python puts it there
            del own["__hash__"]
        hashed = _values(each.name for each in fields if _counts(each))
        methods["__hash__"] = _hash(hashed) if frozen else None
    for name, method in methods.items():
        if method:
            method.__qualname__ = f"{cls.__qualname__}.{name}"
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        if slots:
            methods |= {"__getstate__": _state, "__setstate__": _restore}
    for name, method in methods.items():
        if name not in own:
            setattr(cls, name, method)
    return cls


def _initializer(cls: Any, fields: tuple[dataclasses.Field[Any], ...], frozen: bool) -> Any:
    """Return what compiles the initializer for the first object: of most classes there is none."""

    def first(self: Any, /, *given: Any, **named: Any) -> None:
        cls.__init__ = _compiled(cls, fields, frozen)
        cls.__init__.__qualname__ = first.__qualname__
        cls.__init__(self, *given, **named)

    return first


def _compiled(cls: type, fields: tuple[dataclasses.Field[Any], ...], frozen: bool) -> Any:
    """Compile what takes the values of the fields, in their order."""
    known: dict[str, Any] = {"__set": object.__setattr__, "__missing": _MISSING}
    parameters, body = ["self"], []
    for each in fields:
        name, default, made = each.name, f"__default_{each.name}", each.default_factory
        if made is not _MISSING:
            known[default] = made
            value = (
                f"{default}() if {name} is __missing else {name}" if each.init else f"{default}()"
            )
            parameter = f"{name}=__missing"
        elif each.default is not _MISSING:
            known[default] = each.default
            value, parameter = name if each.init else default, f"{name}={default}"
        else:
            value = parameter = name
        if each.init:
            parameters.append(parameter)
        if each.init or value != name:
            body.append(f"__set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body or ["pass"]), known)
    return known["__init__"]


def _values(names: Iterable[str]) -> Values:
    """Return what gives the values of these attributes as a tuple."""
    wanted = tuple(names)
    if len(wanted) > 1:
        return attrgetter(*wanted)
    return lambda one: tuple(getattr(one, name) for name in wanted)


def _equality(values: Values) -> Callable[[Any, object], Any]:
    def equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return equal


def _hash(values: Values) -> Any:
    def hashed(self: Any) -> int:
        return hash(values(self))

    return hashed


def _representation(names: list[str]) -> Any:
    @recursive_repr()
    def shown(self: Any) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({values})"

    return shown


def _counts(field: dataclasses.Field[Any]) -> bool:
    return field.compare if field.hash is None else field.hash


def _refuse_to_set(_self: Any, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
