"""The codec: what crosses into the sandbox crosses whole, and no bytes do harm."""

from __future__ import annotations

import math
import time
import tracemalloc
from contextlib import suppress
from typing import Any

import msgpack
import numpy as np
import pytest
import wire_target
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.sandbox.child.codec import (
    MAX_DEPTH,
    MAX_LIST,
    ForbiddenValueError,
    Handle,
    decode,
    decode_with_objects,
    encode,
)
from grader.sandbox.child.framing import WireError

ROOM = 1 << 24
DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**4000), max_value=2**4000),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: npst.arrays(np.dtype(dtype), npst.array_shapes(min_dims=0, min_side=0))
    ),
)
elements = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=4,
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(st.text(), inner),
        st.sets(elements, max_size=5),
        st.frozensets(elements, max_size=5),
    ),
    max_leaves=30,
)


def written(element: Any) -> str:
    """Return an element of a set as text; NaN is equal to nothing."""
    if isinstance(element, frozenset):
        return f"{{{sorted(map(written, element))}}}"
    return f"({list(map(written, element))})" if isinstance(element, tuple) else repr(element)


def alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == (other.tobytes())
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, (set, frozenset)):
        return sorted(map(written, one)) == sorted(map(written, other))
    if isinstance(one, (float, complex)):
        return repr(one) == repr(other)
    return bool(one == other)


@given(values)
def test_values_come_back_as_they_were(value: Any) -> None:
    assert alike(decode(encode(value, max_bytes=ROOM)), value)


@given(st.lists(elements, max_size=8))
def test_a_sets_bytes_depend_on_its_elements_alone(items: list[Any]) -> None:
    one = {*items}
    other: set[Any] = set()
    for item in list(one)[::-1]:
        other.add(item)
    assert encode(one, max_bytes=ROOM) == encode(other, max_bytes=ROOM)


def test_numbers_of_numpy_are_elements_of_sets() -> None:
    found = decode(encode({np.float64(0.5), np.int32(3), np.str_("a")}, max_bytes=ROOM))
    assert found == {0.5, 3, "a"}
    assert {type(item) for item in found} == {float, int, str}


def of_set(*items: Any, code: int = 20) -> bytes:
    parts = [
        msgpack.unpackb(encode(item, max_bytes=ROOM), ext_hook=msgpack.ExtType) for item in items
    ]
    return msgpack.packb([msgpack.ExtType(code, b""), *parts])


@pytest.mark.parametrize(
    "items",
    [
        [[1]],
        [{"a": 1}],
        [np.zeros(2)],
        [{1}],
        [1, 1],
        [1, 1.0],
        [1, True],
        [Handle(0, "x")],
        [(Handle(0, "x"),)],
        [k * (2**61 - 1) for k in range(1, 20_000)],
    ],
)
@pytest.mark.parametrize("code", [20, 21])
def test_what_is_no_set_is_refused(items: list[Any], code: int) -> None:
    assert decode(of_set(1, 2, (3, "a"), frozenset({4}), code=code)) == {
        1,
        2,
        (3, "a"),
        frozenset({4}),
    }
    start = time.process_time()
    with pytest.raises(WireError):
        decode_with_objects(of_set(*items, code=code), 3)
    assert time.process_time() - start < 3


@given(st.sampled_from([">i4", ">f8", ">c16"]).flatmap(lambda d: npst.arrays(d, (2, 3))))
def test_byte_order_and_strides_are_made_plain(array: np.ndarray) -> None:
    for form in (array, array.T, array[::-1], np.asfortranarray(array)):
        found = decode(encode(form, max_bytes=ROOM))
        assert found.dtype.isnative
        np.testing.assert_array_equal(found, form)
        assert found.flags.writeable
        assert found.flags.c_contiguous


@given(st.binary(max_size=300))
@example(b"\xc7\x0c\xff" + b"\x00" * 12)  # a time stamp, which msgpack reads by itself
@example(b"\xd4\x02\x00")  # the mark of a tuple, alone
@example(b"\x91\x91\xd4\x02\x00")
@example(b"\x81\xc4\x01a\x01")  # a key that is bytes
@example(b"\xdd\xff\xff\xff\xff")
@example(b"\xdf\xff\xff\xff\xff")
@example(b"\xc6\xff\xff\xff\xff")
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except WireError:
        return
    encode(value, max_bytes=ROOM)  # of the closed set, or this raises


@given(values, st.data())
def test_a_message_changed_anywhere_is_a_value_or_refused(value: Any, data: st.DataObject) -> None:
    message = bytearray(encode(value, max_bytes=ROOM))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(message))
    except WireError:
        return
    with suppress(ForbiddenValueError):  # decode allows a little more depth and size
        encode(found, max_bytes=ROOM)


def nested(levels: int, make: Any = list) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = make([value])
    return value


@pytest.mark.parametrize("shape", [(), (0,), (3,), (196,), (1, 196), (2, 0, 5)], ids=str)
def test_an_array_of_a_shape_that_is_known_is_looked_at_no_less(shape: tuple[int, ...]) -> None:
    for number in (1, 2, 3):
        array = np.full(shape, number, "u1")
        found = decode(encode(array, max_bytes=ROOM))
        assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())
        found.fill(9)  # it is nobody else's
        whole = msgpack.packb(["u1", list(shape), array.tobytes()])
        for wrong in (whole + b"x", whole[:-1], whole.replace(b"u1", b"u2") + b"x"):
            with pytest.raises(WireError):
                decode(msgpack.packb(msgpack.ExtType(1, wrong)))


@pytest.mark.parametrize("make", [list, tuple])
def test_depth_is_bounded(make: Any) -> None:
    deepest = nested(MAX_DEPTH, make)
    assert alike(decode(encode(deepest, max_bytes=ROOM)), deepest)
    with pytest.raises(ForbiddenValueError, match="levels deep"):
        encode(nested(MAX_DEPTH + 1, make), max_bytes=ROOM)
    for levels in (100, 500, 5000):
        with pytest.raises(WireError):
            decode(b"\x91" * levels + b"\x01")
        with pytest.raises(WireError):
            decode(b"\x92\xd4\x02\x00" * levels + b"\x01")


BOMBS = {
    "arrays that announce a million items": b"\xdd\x00\x10\x00\x00" * 1000,
    "arrays that announce what is allowed": b"\xdc\xff\xff" * 100_000,
    "tuples in tuples": b"\xdc\xff\xff\xd4\x02\x00" * 50_000,
    "empty lists": b"\xdc\xff\xff" + b"\x90" * 65_535,
    "lists of empty lists": b"\xdc\x00\x20" + (b"\xdc\xff\xff" + b"\x90" * 65_535) * 32,
    "maps that announce a million items": b"\xdf\x00\x10\x00\x00" * 1000,
    "a text that is not there": b"\xdb\x7f\xff\xff\xff",
    "an extension that is not there": b"\xc9\x7f\xff\xff\xff\x01",
    "an array of 2**62 numbers": msgpack.packb(
        msgpack.ExtType(1, msgpack.packb(["f8", [2**31 - 1, 2**31 - 1], b""]))
    ),
    "an array of nothing, very wide": msgpack.packb(
        msgpack.ExtType(1, msgpack.packb(["f8", [0, 2**31 - 1], b""]))
    ),
    "an array of minus one": msgpack.packb(
        msgpack.ExtType(1, msgpack.packb(["f8", [-1, -1], b"12345678"]))
    ),
    "an array of objects": msgpack.packb(msgpack.ExtType(1, msgpack.packb(["O", [1], b"x" * 8]))),
    "a shape that disagrees": msgpack.packb(
        msgpack.ExtType(1, msgpack.packb(["f8", [2, 2], b"x" * 8]))
    ),
    "a huge integer": msgpack.packb(msgpack.ExtType(4, b"\xff" * 2000)),
    "surrogates": b"\xa3\xed\xa0\x80",
}


@pytest.mark.parametrize("name", BOMBS)
def test_memory_is_bounded(name: str) -> None:
    bomb = BOMBS[name]
    tracemalloc.start()
    try:
        try:
            decode(bomb)
        except WireError:
            pass
        else:
            assert name == "empty lists"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # lists that are announced get their room at once, but the kernel gives it when it is used
    assert peak < 600 << 20


def test_handles_and_generators_enter_only() -> None:
    generator = np.random.default_rng(5)
    message = encode([print, generator], max_bytes=ROOM, handle_of=lambda _: 3)
    with pytest.raises(WireError):
        decode(message)
    function, copy = decode(message, callback=lambda number: lambda: number)
    assert function() == 3
    assert copy.random() == generator.random()
    for value in (print, generator):
        with pytest.raises(ForbiddenValueError):
            encode(value, max_bytes=ROOM)


class Lying(float):
    def __float__(self) -> float:
        raise RuntimeError


FORBIDDEN = {
    "set of objects": {1, object()},
    "set of too many": set(range(MAX_LIST + 1)),
    "object": object(),
    "object array": np.array([1, object()]),
    "rows of unlike lengths": np.array([[1], [1, 2]], dtype=object),
    "array of months": np.array(["2020-01"], dtype="datetime64[M]"),
    "record array": np.zeros(2, dtype=[("a", "f8")]),
    "too long": list(range(MAX_LIST + 1)),
    "too many digits": 10**5000,
    "surrogates": "\ud800",
    "keys that are no texts": {1: 2},
    "iterator": iter([1]),
    "itself": (lambda a: a.append(a) or a)([]),
    "too large": np.zeros(ROOM),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_other_values_are_refused_in_words(name: str) -> None:
    with pytest.raises(ForbiddenValueError) as caught:
        encode(FORBIDDEN[name], max_bytes=ROOM)
    assert len(str(caught.value)) < 200


def test_numbers_of_numpy_cross_as_numbers() -> None:
    found = decode(encode([np.float64(0.1), np.int64(3), np.bool_(True)], max_bytes=ROOM))
    assert [type(item) for item in found[1:]] == [int, bool]
    assert math.isclose(found[0], 0.1)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_generators_go_on_where_they_are(seed: int) -> None:
    generator = np.random.default_rng(seed)
    generator.integers(0, 10, dtype=np.int32)  # half a word is left over
    message = encode(generator, max_bytes=ROOM, handle_of=lambda _: 0)
    copy = decode(message, callback=lambda _: print)
    np.testing.assert_array_equal(copy.permutation(9), generator.permutation(9))


def test_what_the_fuzzer_feeds_gets_as_far_as_a_value() -> None:
    answer = encode(["done", 2, [1.0, 2.0], [], []], max_bytes=1 << 20)
    loaded = wire_target.frame(wire_target.LOADED)
    assert wire_target.grade_answers(loaded + wire_target.frame(answer)) == [1.0, 2.0]
    assert wire_target.grade_answers(loaded + wire_target.frame(b"\xc1")) is None


handles = st.builds(Handle, st.integers(-2, 6), st.sampled_from(["", "an object", "x" * 500]))


@given(st.recursive(handles | st.integers(), lambda inner: st.lists(inner, max_size=4)))
@settings(max_examples=100, deadline=None)
def test_handles_are_those_that_were_given_in_their_order(value: Any) -> None:
    known, valid = 3, True
    for handle in wire_target.handles_in(value):
        known += handle.number == known
        valid = valid and 0 <= handle.number < known and len(handle.words) <= 400
    data = encode(value, max_bytes=ROOM)
    if valid:
        assert decode_with_objects(data, 3) == (value, known)
    else:
        with pytest.raises(WireError):
            decode_with_objects(data, 3)
    if wire_target.handles_in(value):
        with pytest.raises(WireError):
            decode(data)


@given(st.lists(handles | st.integers() | st.just([]) | st.binary(max_size=9), max_size=9))
@settings(max_examples=40, deadline=None)
def test_whatever_is_answered_of_objects_has_an_outcome(values: list[Any]) -> None:
    answers = [
        value
        if isinstance(value, bytes)
        else encode(["done", place, value, [], []], max_bytes=ROOM)
        for place, value in enumerate(values, 2)
    ]
    wire_target.use_objects(b"".join(map(wire_target.frame, [wire_target.LOADED, *answers])))


@pytest.mark.parametrize(
    "answer",
    [
        ["failed", np.zeros(3), {}],
        [np.zeros(3), 2, {}],
        ["failed", 2, {"kind": np.zeros(3), "message": np.zeros(3), "line": np.zeros(3)}],
        ["done", 2, [1.0], np.zeros(3), np.zeros(3)],
        ["callback", np.zeros(3), np.zeros(3), np.zeros(3)],
    ],
)
def test_arrays_where_words_belong_are_no_answer(answer: list[Any]) -> None:
    stream = wire_target.frame(wire_target.LOADED)
    stream += wire_target.frame(encode(answer, max_bytes=1 << 20))
    assert wire_target.grade_answers(stream) is None
