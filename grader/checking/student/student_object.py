"""An object of the submission's as a check sees it: a number, and questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, Final, NoReturn, Protocol

from grader.checking.student.kept_there import asked_by_check, no_answer_here
from grader.checking.student.shown import (
    IS,
    RETURNED,
    Asked,
    HasWords,
    shown_argument,
    shown_call,
    written_call,
)
from grader.language import gettext_lazy as _
from grader.language import recorded
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.failures import CallFailure, broke_the_channel, forbidden

_MOST_STEPS: Final = 10_000
_LONGEST: Final = 80
_MOST_TOLD: Final = 10


@dataclass(slots=True)
class KnownObjects:
    """What is known of the submission's objects in one check.

    Attributes
    ----------
    count : int
        How many there are.
    handed : list
        The functions of the check that objects may still call.
    seen : dict
        Each object by its number.
    steps : int
        How many items of theirs were asked for one by one.
    unplaced : set of int
        Those of which it is not known that the check takes objects there.
    folder : str
        Where the course's own code lies; empty where there is no reference.
    items : dict
        The first items that each object gave one by one.
    """

    count: int = 0
    handed: list[Callable[..., Any]] = field(default_factory=list)
    seen: dict[int, StudentObject] = field(default_factory=dict)
    steps: int = 0
    unplaced: set[int] = field(default_factory=set)
    folder: str = ""
    items: dict[int, list[Any]] = field(default_factory=dict)

    def with_item(self, number: int, found: Any) -> tuple[Any, ...]:
        """Take in the next item that an object gave, and return the first ones."""
        items = self.items.setdefault(number, [])
        if len(items) < _MOST_TOLD and type(found) is tuple:
            items += found[:1]
        return tuple(items)


class Operator(Protocol):
    """What carries out operations on objects: the `student` of a check."""

    def operate(self, operation: Operation) -> Any:
        """Return what an operation gives."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that is done with an object in the submission's process.

    Attributes
    ----------
    code : str
        Its name on the wire.
    target : Described
        The object.
    function : str
        Whose code it runs, as in `Stack.pop`.
    arguments, named : tuple, mapping
        What is passed, the object among it.
    told : callable
        Returns what the student reads of it, as in `Stack([1, 2]).pop()`, and how the answer is
        told.
    attribute : bool
        Whether it asks for an attribute.
    """

    code: str
    target: Described
    function: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    told: Callable[[], Asked]
    attribute: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """An object by its number, and in words.

    Attributes
    ----------
    student : Operator
        Whom it was got from.
    known : KnownObjects
        Those of the same check.
    number : int
        Its number there.
    words : str
        What it is, as its process says: for the student, and for nothing else.
    root : str
        The name at the top level that it comes from.
    label : str
        Whose code is run where it is called.
    expression : str
        How the check got it.
    made : str
        The call that gave it, as failures tell of it.
    owner : StudentObject or None
        Whose attribute it was.
    """

    student: Operator
    known: KnownObjects
    number: int
    words: str
    root: str
    label: str
    expression: str
    made: str
    owner: StudentObject | None = None

    def short(self) -> str:
        """Return how the check got it, cut."""
        return self.expression if len(self.expression) <= _LONGEST else f"{self.root}(...)"

    def no_value(self) -> CallFailure:
        """Return the failure of using it where a value is needed."""
        return forbidden(self.made, self.words)


class StudentObject(HasWords):
    """An object in the submission's process.

    All that is asked of it is answered there: attributes, calls, items, iteration, operators,
    texts. An answer is a value, or another object. It ends with its process, and with its check.
    """

    __slots__ = ("_bpgrade",)
    _bpgrade: Described
    __array_ufunc__ = None  # so that NumPy leaves operators to this class

    def __init__(self, described: Described) -> None:
        object.__setattr__(self, "_bpgrade", described)

    def _do(self, code: str, name: str, *arguments: Any, told: str = "", flip: bool = False) -> Any:
        """Carry out an operation; `told` has {own} for this object and {0} for the argument.

        It tells what the answer is a value of; without it the answer is what a method returned.
        """
        own = self._bpgrade

        def in_words() -> Asked:
            shown = list(map(shown_argument, arguments))
            if told:
                return recorded(told, {}).format(*shown, own=own.short()), IS
            return written_call(own.short() + f".{name}", shown), RETURNED

        return own.student.operate(
            Operation(
                code,
                own,
                f"{own.root}.{name}",
                (*arguments, self) if flip else (self, *arguments),
                {},
                in_words,
            )
        )

    @property
    def __class__(self) -> type:
        """Tell its class here, and a check's code that this is not the class it is after."""
        own = self._bpgrade
        known = own.number not in own.known.unplaced
        if known and (place := asked_by_check(own.known.folder)):
            raise no_answer_here(place, own.short())
        return StudentObject

    @__class__.setter
    def __class__(self, _kind: type) -> NoReturn:
        raise TypeError("the class of an object of the submission's cannot be set")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"an object of the submission's has no {name} here")
        return self._attribute(name)

    def _attribute(self, name: str) -> Any:
        own = self._bpgrade
        function = f"{own.root}.{name}"

        def in_words() -> Asked:
            return own.short() + f".{name}", IS

        return own.student.operate(
            Operation(".get", own, function, (self, name), {}, in_words, attribute=True)
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self._do(".set", name, name, value, told="{own}.{0} = {1}")

    def __delattr__(self, name: str) -> None:
        self._do(".delete", name, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it; `reply.value` of that is returned."""
        own = self._bpgrade

        def in_words() -> Asked:
            return shown_call(own.short(), (), arguments, named), RETURNED

        return own.student.operate(
            Operation(".call", own, own.label, (self, *arguments), named, in_words)
        )

    def _typed(self, kind: type, code: str, name: str, *arguments: Any, told: str = "") -> Any:
        value = self._do(code, name, *arguments, told=told)
        if type(value) is not kind:
            raise broke_the_channel(f"{self._bpgrade.root}.{name}()")
        return value

    def __len__(self) -> int:
        length: int = self._typed(int, ".len", "__len__", told="len({own})")
        if not 0 <= length < 2**63:
            raise broke_the_channel(f"{self._bpgrade.root}.__len__()")
        return length

    def __bool__(self) -> bool:
        return bool(self._typed(bool, ".bool", "__bool__", told="bool({own})"))

    def __contains__(self, item: Any) -> bool:
        return bool(self._typed(bool, ".in", "__contains__", item, told="{0} in {own}"))

    def __repr__(self) -> str:
        return str(self._typed(str, ".repr", "__repr__", told="repr({own})"))

    def __str__(self) -> str:
        return str(self._typed(str, ".str", "__str__", told="str({own})"))

    def __format__(self, specification: str) -> str:
        return str(self._typed(str, ".format", "__format__", specification))

    def __int__(self) -> int:
        return int(self._typed(int, ".int", "__int__"))

    def __float__(self) -> float:
        return float(self._typed(float, ".float", "__float__"))

    def __complex__(self) -> complex:
        return complex(self._typed(complex, ".complex", "__complex__"))

    def __abs__(self) -> Any:
        return self._do(".abs", "__abs__")

    def __divmod__(self, other: Any) -> Any:
        return self._do(".divmod", "__divmod__", other)

    def __round__(self, *digits: int) -> Any:
        return self._do(".round", "__round__", *digits)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            parts = key.start, key.stop, key.step
            return self._do(".slice", "__getitem__", *parts, told="{own}[{0}:{1}:{2}]")
        return self._do(".item", "__getitem__", key, told="{own}[{0}]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._do(".setitem", "__setitem__", key, value)

    def __delitem__(self, key: Any) -> None:
        self._do(".delitem", "__delitem__", key)

    def __iter__(self) -> Iterator[Any]:
        found = self._do(".iter", "__iter__", told="iter({own})")
        if not isinstance(found, StudentObject):
            raise broke_the_channel(f"{self._bpgrade.root}.__iter__()")
        return found

    def __next__(self) -> Any:
        """Return the next item, as many times as a check may ask.

        Raises
        ------
        StopIteration
            There is none.
        """
        own = self._bpgrade
        own.known.steps += 1
        if own.known.steps > _MOST_STEPS:
            text = _("{object} gave more than {count:,} items: does it ever end?")
            text = text.format(object=own.short(), count=_MOST_STEPS)
            raise CallFailure(Outcome.FORBIDDEN_VALUE, text)
        found = self._do(".next", "__next__", told="next({own})")
        if type(found) is not tuple or len(found) > 1:
            raise broke_the_channel(f"{own.root}.__next__()")
        if not found:
            raise StopIteration
        return found[0]

    def __enter__(self) -> Any:
        return self._do(".enter", "__enter__")

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        """Leave the context; what was raised in it goes on, whatever the object says of that."""
        raised = error.raised if isinstance(error, CallFailure) else None
        if error is None:
            self._typed(bool, ".exit", "__exit__")
        elif raised is not None:
            self._typed(bool, ".exit", "__exit__", (*raised.names, "")[0], raised.message)
        elif isinstance(error, Exception):
            self._typed(bool, ".exit", "__exit__", type(error).__name__, "")

    def __instancecheck__(self, thing: Any) -> bool:
        told = "isinstance({0}, {own})"
        return isinstance(thing, StudentObject) and bool(
            self._typed(bool, ".isinstance", "__instancecheck__", thing, told=told)
        )

    def _subclasses(self, kind: Any) -> bool:
        told = "issubclass({0}, {own})"
        return bool(self._typed(bool, ".issubclass", "__subclasscheck__", kind, told=told))

    def __subclasscheck__(self, kind: Any) -> bool:
        return type(kind) is StudentObject and self._subclasses(kind)

    def __array__(self, *_arguments: Any, **_named: Any) -> Any:
        raise self._bpgrade.no_value()

    def __hash__(self) -> int:
        return hash((id(self._bpgrade.known), self._bpgrade.number))

    def __copy__(self) -> Any:
        return self._do(".copy", "__copy__", told="copy.copy({own})")

    def __deepcopy__(self, _memory: Any) -> Any:
        return self._do(".deepcopy", "__deepcopy__", told="copy.deepcopy({own})")

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise TypeError("an object of the submission's cannot be pickled; copy.deepcopy copies it")

    def __dir__(self) -> NoReturn:
        raise TypeError("of an object of the submission's ask hasattr(it, name), not dir(it)")


def _operator(code: str, name: str, sign: str, *, flip: bool = False) -> Callable[..., Any]:
    def method(self: StudentObject, *others: Any) -> Any:
        told = "{0} " + sign + " {own}" if flip else "{own} " + sign + " {0}"
        told = told if others else sign + "{own}"
        return self._do(code, name, *others, told=told, flip=flip)

    return method


for _name, _sign in {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(StudentObject, f"__{_name}__", _operator(f".{_name}", f"__{_name}__", _sign))
for _name, _sign in {
    **{"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%"},
    **{"matmul": "@", "pow": "**", "and": "&", "or": "|", "xor": "^"},
    **{"lshift": "<<", "rshift": ">>"},
}.items():
    _code = f".{_name}_" if _name in ("and", "or") else f".{_name}"
    setattr(StudentObject, f"__{_name}__", _operator(_code, f"__{_name}__", _sign))
    setattr(StudentObject, f"__r{_name}__", _operator(_code, f"__r{_name}__", _sign, flip=True))
for _name, _sign in {
    **{"iadd": "+=", "isub": "-=", "imul": "*=", "itruediv": "/=", "ifloordiv": "//="},
    **{"imod": "%=", "imatmul": "@=", "ipow": "**="},
    **{"neg": "-", "pos": "+", "invert": "~"},
}.items():
    setattr(StudentObject, f"__{_name}__", _operator(f".{_name}", f"__{_name}__", _sign))


StudentObject.__doc__ = property(  # type: ignore[assignment]
    lambda self: self._attribute("__doc__")
)
