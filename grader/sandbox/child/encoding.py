"""From a value of the closed set to bytes; all else is refused in a student's words."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

import msgpack
import numpy as np

from . import array_wire
from .closed_set import (
    ARRAY,
    BIG_INT,
    COMPLEX,
    DTYPES,
    FIGURE,
    FROZEN_SET,
    GENERATOR,
    HANDLE,
    MAX_DENSE,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_INT_BYTES,
    MAX_LIST,
    MAX_NODES,
    MAX_TEXT,
    MAX_WORDS,
    MOMENT,
    OBJECT,
    OBJECT_ARRAY,
    SET,
    TABLE,
    TUPLE,
    AsObject,
    Handle,
)
from .figures import figure_wire
from .figures.figure import Figure
from .libraries import kind_in
from .tables.moments import NoDescriptionError, fields_of
from .tables.table import described
from .tables.table_wire import packed

_LONGEST_NAME: Final = 80
_FLOAT64: Final = np.dtype(np.float64)
_REMEDIES: Final = {
    "generator": "a generator; return a list or an array",
    "coroutine": "a coroutine (the function is `async def`; make it a plain `def`)",
    "map": "a `map` object; return list(map(...))",
    "zip": "a `zip` object; return list(zip(...))",
    "range": "a `range`; return list(range(...))",
    "function": "a function; call it and return its value",
    "method": "a method; call it and return its value",
    "Decimal": "a Decimal; return float(value)",
    "Fraction": "a Fraction; return float(value)",
    "MaskedArray": "an array with masked entries; return a plain array",
    "NotImplementedType": "NotImplemented; raise NotImplementedError or return numbers",
}

_packed: Final[Callable[[Any], bytes]] = msgpack.Packer(strict_types=True).pack
"""One for all messages: to make one for each takes longer than to pack most of them."""

_extension: Final = functools.partial(tuple.__new__, msgpack.ExtType)
"""Makes an extension of a code and bytes, of which none need be looked at again."""

_GROUPS: Final = (list, tuple, dict, set, frozenset, np.ndarray)


class ForbiddenValueError(ValueError):
    """A value outside the closed set; the text says what it is, in a student's words."""


class Numbers(Protocol):
    """Gives objects their numbers."""

    def number_of(self, value: object) -> int:
        """Return the number of an object; raises ForbiddenValueError where there are too many."""

    def holds(self, value: object) -> bool:
        """Return whether an object has a number."""


def encode(
    value: object,
    *,
    max_bytes: int,
    handle_of: Callable[[Callable[..., Any]], int] | None = None,
    objects: Numbers | None = None,
) -> bytes:
    """Return the bytes of `value`.

    Parameters
    ----------
    value : object
        Anything; what is not of the closed set is refused.
    max_bytes : int
        Largest message, in bytes.
    handle_of : callable, optional
        Gives a callback its number; without it callables are refused.
    objects : Numbers, optional
        Numbers what is not of the closed set; without it that is refused.

    Raises
    ------
    ForbiddenValueError
        The value, or a part of it, may not cross.
    """
    try:
        plain = _Encoder(max_bytes, handle_of, objects).plain(value, 0)
    except NoDescriptionError as error:
        raise ForbiddenValueError(str(error)) from None
    data = _packed(plain)
    if len(data) > max_bytes:
        raise ForbiddenValueError(
            f"a value of {len(data):,} bytes; at most {max_bytes:,} may be passed"
        )
    return data


class _Encoder:
    """Turns values into what msgpack packs, counting as it goes."""

    def __init__(
        self,
        max_bytes: int,
        handle_of: Callable[[Callable[..., Any]], int] | None,
        objects: Numbers | None,
    ) -> None:
        self.max_bytes = max_bytes
        self.handle_of = handle_of
        self.objects = objects
        self.nodes = 0
        self.in_table = False

    def plain(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ForbiddenValueError(
                f"a value with more than {MAX_NODES:,} parts; return an array instead"
            )
        if depth > MAX_DEPTH:
            raise ForbiddenValueError(
                f"a value nested more than {MAX_DEPTH} levels deep (or one that contains itself)"
            )
        kind = type(value)
        if kind is float or kind is bool or value is None:
            return value
        if kind is np.ndarray:
            return self._array(value)
        if kind is int:
            return _plain_int(value)
        if kind is str:
            return _plain_text(value)
        if kind is list or kind is tuple:
            return self._sequence(value, depth)
        if kind is dict and self.objects is None:
            return self._mapping(value, depth) if value else {}
        return self._rarer(value, depth)

    def _sequence(self, value: list[Any] | tuple[Any, ...], depth: int) -> Any:
        if len(value) > MAX_LIST:
            raise ForbiddenValueError(
                f"a {type(value).__name__} of {len(value):,} items; return an array instead"
            )
        items = [self.plain(item, depth + 1) for item in value]
        if isinstance(value, tuple):
            return [_extension((TUPLE, b"")), *items]
        return items

    def _mapping(self, value: dict[Any, Any], depth: int) -> Any:
        for key in value:
            if not isinstance(key, str):
                return self._object(value, "a dict whose keys are not all strings")
        return {_plain_text(str(key)): self.plain(item, depth + 1) for key, item in value.items()}

    def _rarer(self, value: Any, depth: int) -> Any:
        if type(value) is Handle:
            return _extension((OBJECT, _packed([value.number, value.words])))
        if self.objects is not None:
            if type(value) is AsObject:
                return self._object(value.value, "")
            if self.objects.holds(value):
                return self._object(value, "")
        if isinstance(value, np.ndarray):
            return self._any_array(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, int):
            return _plain_int(int(value))
        if isinstance(value, str):
            return _plain_text(str(value))
        if isinstance(value, (list, tuple)):
            return self._sequence(value, depth)
        if isinstance(value, (set, frozenset)):
            return self._set(value, depth)
        if isinstance(value, complex):
            return _extension((COMPLEX, np.complex128(value).tobytes()))
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.integer):
            return _plain_int(int(value))
        if isinstance(value, np.generic):
            return self._array(np.asarray(value))
        special = self._described(value, depth)
        if special is not None:
            return special
        if self.handle_of is not None and isinstance(value, np.random.Generator):
            return _extension((GENERATOR, _generator_state(value)))
        if self.handle_of is not None and callable(value):
            return _extension((HANDLE, self.handle_of(value).to_bytes(4, "little")))
        return self._object(value, "")

    def _set(self, value: set[Any] | frozenset[Any], depth: int) -> Any:
        """Return a set; its elements are in an order that depends on nothing but them."""
        if len(value) > MAX_LIST:
            raise ForbiddenValueError(f"a set of {len(value):,} elements; return fewer")
        try:
            with self._without_objects():
                items = [self.plain(_element(item), depth + 1) for item in list(value)]
        except ForbiddenValueError as error:
            return self._object(value, f"a set that holds {str(error).partition(';')[0]}")
        mark = FROZEN_SET if isinstance(value, frozenset) else SET
        return self._marked(mark, sorted(items, key=_packed))

    def _object(self, value: Any, words: str) -> msgpack.ExtType:
        """Return an object's number, and what it is in words."""
        words = words or _in_words(value)
        if self.objects is None:
            raise ForbiddenValueError(words)
        number = self.objects.number_of(value)
        return _extension((OBJECT, _packed([number, words[:MAX_WORDS]])))

    def _described(self, value: Any, depth: int) -> Any:
        """Return a moment, a table or an array of another library; None for what is none."""
        fields = fields_of(value)
        if fields is not None:
            return self._marked(MOMENT, [self.plain(field, depth + 1) for field in fields])
        table = described(value)
        if table is not None:
            if self.in_table:
                raise ForbiddenValueError("a table in a cell of a table")
            self.in_table = True
            with self._without_objects():
                fields = packed(table, lambda part: self.plain(part, depth + 1))
            self.in_table = False
            return self._marked(TABLE, fields)
        figure = self._figure(value)
        if figure is not None:
            fields = [self.plain(field, depth + 1) for field in figure_wire.packed(figure)]
            return self._marked(FIGURE, fields)
        array = _dense(value)
        return None if array is None else self._array(array)

    def _figure(self, value: Any) -> Figure | None:
        """Return what a figure, or one of its charts, shows; None for anything else."""
        if isinstance(value, Figure):
            return value
        kinds = (("matplotlib.figure", "FigureBase"), ("matplotlib.axes", "Axes"))
        if not any(isinstance(value, kind_in(*kind)) for kind in kinds):
            return None
        from .figures import figure_reading

        figure = figure_reading.figure_of(value)
        return None if figure is None else figure_reading.described(figure)

    def _marked(self, code: int, items: list[Any]) -> list[Any]:
        return [_extension((code, b"")), *items]

    def _array(self, value: np.ndarray[Any, Any]) -> Any:
        if (
            value.dtype is _FLOAT64
            and value.ndim <= MAX_DIMENSIONS
            and value.nbytes <= self.max_bytes
        ):
            # nearly all arrays: nothing to refuse or convert
            content = value.tobytes()
            return _extension((ARRAY, array_wire.packed("f8", value.shape, content)))
        return self._any_array(value)

    def _any_array(self, value: np.ndarray[Any, Any]) -> Any:
        masked = type(value) is not np.ndarray and isinstance(value, np.ma.MaskedArray)
        if masked and np.ma.is_masked(value):
            return self._object(value, _REMEDIES["MaskedArray"])
        if value.dtype == object:
            return self._object_array(value)
        if value.nbytes > self.max_bytes:
            raise ForbiddenValueError(
                f"an array of shape {value.shape}, {value.nbytes:,} bytes;"
                f" at most {self.max_bytes:,} may be passed"
            )
        if value.ndim > MAX_DIMENSIONS:
            raise ForbiddenValueError(f"an array of {value.ndim} dimensions")
        if value.dtype == np.longdouble:
            value = value.astype(np.float64)
        elif value.dtype == np.clongdouble:
            value = value.astype(np.complex128)
        name = value.dtype.str.lstrip("<>|=")
        dtype = np.dtype(f"<{name}") if value.dtype.kind == "U" else DTYPES.get(name)
        if dtype is None:
            return self._object(value, f"an array of {value.dtype}, not of numbers")
        content = np.asarray(value).astype(dtype, copy=False).tobytes(order="C")
        return _extension((ARRAY, array_wire.packed(name, value.shape, content)))

    def _object_array(self, value: np.ndarray[Any, Any]) -> Any:
        """Return an array of texts, dates and the like; what holds arrays or lists is refused."""
        cells = value.ravel().tolist()
        if value.ndim == 0 or any(isinstance(cell, _GROUPS) for cell in cells):
            words = "an array of Python objects (dtype=object); its rows may have different lengths"
            return self._object(value, words)
        try:
            with self._without_objects():
                return self._marked(OBJECT_ARRAY, [list(value.shape), self.plain(cells, 0)])
        except ForbiddenValueError as error:
            text = str(error).partition(";")[0]
        return self._object(value, f"an array of Python objects (dtype=object) that holds {text}")

    @contextlib.contextmanager
    def _without_objects(self) -> Iterator[None]:
        """Refuse objects: cells are values."""
        objects, self.objects = self.objects, None
        try:
            yield
        finally:
            self.objects = objects


def _element(item: Any) -> Any:
    """Return an element of a set as plain Python has it."""
    return item.item() if isinstance(item, np.generic) else item


def _dense(value: Any) -> np.ndarray[Any, Any] | None:
    """Return a tensor, or a small sparse matrix, as an array; None for what is neither."""
    if isinstance(value, kind_in("torch", "Tensor")):
        tensor = value.detach().cpu()
        tensor = tensor.to_dense() if tensor.is_sparse else tensor.resolve_conj().resolve_neg()
        is_small = str(tensor.dtype) == "torch.bfloat16"  # NumPy has no such numbers
        array: np.ndarray[Any, Any] = (tensor.float() if is_small else tensor).numpy()
        return array
    sparse = (*kind_in("scipy.sparse", "spmatrix"), *kind_in("scipy.sparse", "sparray"))
    if not isinstance(value, sparse):
        return None
    if math.prod(value.shape) > MAX_DENSE:
        raise ForbiddenValueError(
            f"a sparse matrix of shape {value.shape}; return its `.toarray()`, or a part of it"
        )
    dense: np.ndarray[Any, Any] = value.toarray()
    return dense


def _in_words(value: object) -> str:
    if isinstance(value, type):
        return f"the class {class_name(value)}"
    name = class_name(type(value))
    return _REMEDIES.get(name, f"an object of type {name}")


def class_name(kind: type) -> str:
    """Return a class's name, cut, whatever its own class makes of that."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:_LONGEST_NAME].encode("utf-8", "backslashreplace").decode()


def _plain_int(value: int) -> Any:
    if -(2**63) <= value < 2**64:
        return value
    if value.bit_length() > 8 * MAX_INT_BYTES - 1:
        raise ForbiddenValueError(f"an integer of about {value.bit_length():,} bits")
    return _extension((BIG_INT, value.to_bytes(MAX_INT_BYTES, "little", signed=True)))


def _plain_text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise ForbiddenValueError(f"a text of {len(value):,} characters")
    if value.isascii():
        return value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ForbiddenValueError("a text with characters that are not Unicode") from None
    return value


def _generator_state(generator: np.random.Generator) -> bytes:
    state = generator.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise ForbiddenValueError("a random generator other than np.random.default_rng(...)")
    inner = state["state"]
    numbers = [inner[name].to_bytes(16, "little") for name in ("state", "inc")]
    return _packed([*numbers, int(state["has_uint32"]), int(state["uinteger"])])
