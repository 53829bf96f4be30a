"""Tables: they cross whole, no bytes do harm, and what differs is told in words."""

from __future__ import annotations

import datetime
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal as assert_polars_equal

from grader.author.verify import Effort, verify
from grader.checking.compare import Compare
from grader.checking.student.shown import shown_value
from grader.checking.value_kinds import kind_of, misfit
from grader.comparison.check_failure import CheckFailure
from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.sandbox.child import libraries
from grader.sandbox.child.closed_set import TABLE
from grader.sandbox.child.codec import ForbiddenValueError, decode, encode
from grader.sandbox.child.framing import WireError
from grader.sandbox.child.tables.table import Table
from grader.sandbox.isolation import resolve

COURSE = load_course(Path(__file__).parent / "courses" / "tables")
EXERCISE = COURSE.exercise("cities")
RIGHT = COURSE.reference(EXERCISE).read_text()
ROOM = 1 << 24
DAYS = pd.to_datetime(["2024-02-29", None, "2021-03-04"])
EVERYTHING = pd.DataFrame(
    {
        "bool": [True, False, True],
        "int8": np.array([1, 2, 3], dtype="i1"),
        "float": [1.5, np.nan, -0.0],
        "complex": [1j, 2, 3],
        "Int64": pd.array([1, None, 2**60], dtype="Int64"),
        "UInt8": pd.array([1, None, 255], dtype="UInt8"),
        "Float32": pd.array([1.5, None, 2], dtype="Float32"),
        "boolean": pd.array([True, None, False], dtype="boolean"),
        "str": ["é", None, ""],
        "string": pd.array(["a", None, "b"], dtype="string"),
        "object": pd.Series(["a", None, "b"], dtype=object),
        "days": DAYS,
        "seconds": DAYS.astype("datetime64[s]"),
        "zoned": DAYS.tz_localize("Europe/Berlin"),
        "fixed": DAYS.tz_localize(datetime.timezone(datetime.timedelta(hours=2))),
        "spans": pd.to_timedelta([1, None, 3], unit="h"),
        "months": pd.PeriodIndex(["2024-01", None, "2024-03"], freq="M"),
        "category": pd.Categorical(["u", None, "v"], categories=["v", "u", "w"], ordered=True),
        "bins": pd.cut(pd.Series([1, 2, 9]), 3),
        "lists": pd.Series([[1, "a"], (), {"k": None}], dtype=object),
        "mixed": pd.Series([pd.Timestamp("2020"), pd.NaT, pd.NA], dtype=object),
        "dates": [datetime.date(2020, 1, 2), datetime.time(1, 2), datetime.timedelta(3)],
    }
)
SMALL = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
FORMS = {
    "everything": EVERYTHING,
    "columns": EVERYTHING.set_index(["str", "days", "category"])[["float"]],
    "rows of a pivot": EVERYTHING.pivot_table(index="bool", columns="int8", values="float"),
    "one name twice": pd.DataFrame([[1, "x"]], columns=["a", "a"]),
    "names of all kinds": pd.DataFrame([[1, 2, 3]], columns=[("a", 1), 3, None]),
    "levels of columns": pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), "bc"])
    ),
    "nothing": pd.DataFrame(),
    "no rows": EVERYTHING.iloc[:0],
    "no columns": pd.DataFrame(index=[3, 1]),
    "wide": pd.DataFrame(np.arange(300.0).reshape(2, 150)),
    "counted": pd.Series([1, 2], index=pd.RangeIndex(9, 3, -3, name="n"), name=("x", 1)),
    "ends of months": pd.Series(1, index=pd.date_range("2020", periods=3, freq="ME")),
    "categories as index": SMALL.groupby(EVERYTHING["category"], observed=False).size(),
    "index": EVERYTHING.set_index("zoned").index,
    "texts": EVERYTHING["str"].array,
}


def crossed(value: Any) -> Any:
    return decode(encode(value, max_bytes=ROOM))


def assert_alike(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other)
    elif isinstance(one, pd.Index):
        pd.testing.assert_index_equal(one, other, exact=True)
    else:
        pd.testing.assert_extension_array_equal(one, other)


@pytest.mark.parametrize("name", FORMS)
def test_what_pandas_has_crosses_whole(name: str) -> None:
    assert_alike(crossed(FORMS[name]), FORMS[name])
    inside = crossed([FORMS[name], {"again": (FORMS[name],)}])
    assert_alike(inside[1]["again"][0], FORMS[name])
    Compare(False).table(crossed(FORMS[name]), FORMS[name])


def test_what_polars_has_crosses_whole() -> None:
    frame = pl.DataFrame(
        {
            "int": [1, None],
            "small": pl.Series([1, 2], dtype=pl.UInt8),
            "float": [1.5, float("nan")],
            "text": ["é", None],
            "bool": [True, None],
            "date": [datetime.date(2020, 1, 1), None],
            "moment": [datetime.datetime(2020, 1, 1), None],
            "span": [datetime.timedelta(1), None],
            "time": [datetime.time(1), None],
            "list": [[1, 2], None],
            "category": pl.Series(["u", None], dtype=pl.Categorical()),
            "enum": pl.Series(["b", "a"], dtype=pl.Enum(["a", "b"])),
        }
    ).with_columns(zoned=pl.col("moment").dt.replace_time_zone("Europe/Berlin"))
    assert_polars_equal(crossed(frame), frame)
    assert crossed(frame["text"]).to_list() == ["é", None]
    Compare(False).table(crossed(frame), frame)
    with pytest.raises(CheckFailure, match="Column 'small': 1 of 2 values are wrong"):
        Compare(False).table(frame.with_columns(small=pl.Series([1, 3], dtype=pl.UInt8)), frame)
    Compare(False).table(
        frame[["int", "text"]], {"int": [1, None], "text": ["é", None]}, dtypes=False
    )


def test_moments_and_arrays_of_texts_and_moments_cross() -> None:
    moments = [
        pd.Timestamp("2020-01-01 12:00", tz="Europe/Berlin"),
        pd.Timedelta("1h"),
        pd.Period("2020-01", "M"),
        pd.Interval(pd.Timestamp("2020"), pd.Timestamp("2021")),
        datetime.datetime(2020, 1, 1, fold=1, tzinfo=datetime.UTC),
        datetime.date(2020, 1, 2),
        datetime.time(1, 2, 3),
        datetime.timedelta(-1, 5),
    ]
    found = crossed([*moments, pd.NaT, pd.NA])
    assert found[:-2] == moments
    assert list(map(type, found)) == [*map(type, moments), type(pd.NaT), type(pd.NA)]
    for array in (np.array(["a", "bé"]), SMALL["b"].to_numpy(dtype=object), DAYS.to_numpy()):
        np.testing.assert_array_equal(crossed(array), array)
        assert crossed(array).dtype == array.dtype


@pytest.mark.parametrize("library", [pd, pl])
def test_sets_in_cells_cross_and_are_told_in_order(library: Any) -> None:
    words = {"pear", "fig", "apple"}
    frame = library.DataFrame({"n": [1, 2, 3], "tags": [words, {1}, None]})
    again = crossed(frame)
    assert type(again) is type(frame)
    assert list(again["tags"])[:2] == [words, {1}]
    Compare(False).table(again, {"n": [3, 1, 2], "tags": [None, {*words}, {1}]}, order=False)
    assert "[{'apple', 'fig', 'pear'}, {1}, None]" in shown_value(again)
    with pytest.raises(CheckFailure) as caught:
        Compare(True).table(again, {"n": [1, 2, 3], "tags": [words, {1, 2}, None]})
    assert "in row 1 it is {1}, expected {1, 2}" in str(caught.value)


def test_a_table_stays_plain_where_its_library_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(SMALL, max_bytes=ROOM)
    monkeypatch.setattr("grader.sandbox.child.tables.table.imported", lambda _: None)
    table = decode(data)
    assert isinstance(table, Table)
    assert (table.shape, table.columns[1].values, table.columns[0].dtype) == (
        (2, 2),
        ["x", "y"],
        "int64",
    )
    Compare(False).table(table, {"a": [1, 2], "b": ["x", "y"]})
    assert libraries.loaded("scipy.sparse") is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            pd.DataFrame({"tags": [{1, (object,)}]}),
            "a table whose column 'tags' holds a set that holds the class object",
        ),
        (
            pd.Series([1], index=pd.Index([frozenset("a")], dtype=object)),
            "a table that calls a row, a column or a category by a frozenset",
        ),
        (
            pd.Series([frozenset("a")], dtype="category"),
            "holds a table that calls a row, a column or a category by a frozenset",
        ),
        (
            pd.Series([object()], name="s"),
            "a table whose column 's' holds an object of type object",
        ),
        (SMALL.groupby("a"), "an object of type DataFrameGroupBy"),
        (pd.Series([SMALL], dtype=object), "a table in a cell of a table"),
        (
            pd.DataFrame(np.zeros((1, 10_001))),
            "a table of 10,001 columns; at most 10,000 may be passed",
        ),
        (pd.DataFrame(index=pd.RangeIndex(10**12)), "a table of 1,000,000,000,000 rows; at most"),
        (pd.DataFrame({"a": np.zeros(2_000_000, "c16")}), "holds an array of shape"),
        (pd.DataFrame({"a": ["\ud800"]}), "characters that are not Unicode"),
    ],
)
def test_what_cannot_cross_is_refused_in_words(value: Any, said: str) -> None:
    with pytest.raises(ForbiddenValueError) as caught:
        encode(value, max_bytes=ROOM)
    assert said in str(caught.value)


def test_a_class_that_only_calls_itself_a_table_is_none() -> None:
    liar = type("DataFrame", (), {"__module__": "pandas", "shape": (1, 1), "columns": ["a"]})
    with pytest.raises(ForbiddenValueError, match="an object of type DataFrame"):
        encode(liar(), max_bytes=ROOM)

    class Odd(pd.DataFrame):
        @property
        def shape(self) -> Any:
            return "x" * 3, 10**9

    with pytest.raises((ForbiddenValueError, TypeError)):
        encode(Odd(SMALL), max_bytes=ROOM)


def packed(*fields: Any) -> bytes:
    return msgpack.packb([msgpack.ExtType(TABLE, b""), *fields])


def array(values: Any, dtype: str) -> msgpack.ExtType:
    content = np.array(values, dtype=dtype)
    return msgpack.ExtType(1, msgpack.packb([dtype, list(content.shape), content.tobytes()]))


def labels(kind: str = "range", names: Any = (None,), bounds: Any = (0, 2, 1), *rest: Any) -> list:
    levels, codes, frequency = rest or ([], [], "")
    return [kind, list(names), list(bounds), levels, codes, frequency]


def one_column(*column: Any, rows: int = 2) -> bytes:
    header = labels(names=["a"], bounds=(0, 1, 1))
    return packed("pandas", "series", labels(bounds=(0, rows, 1)), header, [list(column)])


TWO = array([1, 2], "i8")
TEXTS = ["text", ["str", "nan"], [array([1, 1], "i4"), b"ab"], None, []]
LIES = {
    "a form of its own": packed("pandas", "tables", labels(), labels(), []),
    "another library": packed("os", "frame", labels(), labels(bounds=(0, 0, 1)), []),
    "rows that disagree": one_column("numbers", [], array([1, 2, 3], "f8"), None, []),
    "a trillion rows": packed("pandas", "frame", labels(bounds=(0, 10**12, 1)), labels(), []),
    "a million columns": packed("pandas", "frame", labels(), labels(bounds=(0, 10**6, 1)), []),
    "codes out of range": one_column("categories", [False], TWO, None, [TEXTS]),
    "codes below": one_column("categories", [False], array([-2, 0], "i8"), None, [TEXTS]),
    "categories twice": one_column(
        "categories", [False], array([0, 1], "i8"), None, [["objects", [], [1, 1], None, []]]
    ),
    "categories of categories": one_column(
        "categories", [False], TWO, None, [["categories", [False], TWO, None, [TEXTS]]]
    ),
    "numbers that are texts": one_column(*TEXTS[:1], [], TWO, None, []),
    "texts that are numbers": one_column("numbers", [], ["a", "b"], None, []),
    "lengths that disagree": one_column(
        "text", ["str", "nan"], [array([1, 9], "i4"), b"ab"], None, []
    ),
    "lengths below zero": one_column(
        "text", ["str", "nan"], [array([3, -1], "i4"), b"ab"], None, []
    ),
    "bytes that are no text": one_column(
        "text", ["str", "nan"], [array([1, 1], "i4"), b"\xff\xff"], None, []
    ),
    "a dtype of its own": one_column("text", ["os.system", "nan"], TEXTS[2], None, []),
    "a mask too short": one_column("masked", [], TWO, array([True], "?"), []),
    "a mask of numbers": one_column("masked", [], TWO, TWO, []),
    "a unit of its own": one_column("moments", ["Y", None], TWO, None, []),
    "a zone that is a file": one_column("moments", ["ns", "../../etc/passwd"], TWO, None, []),
    "a zone of another library": one_column(
        "moments", ["ns", "dateutil//etc/passwd"], TWO, None, []
    ),
    "a moment beyond the calendar": one_column(
        "moments", ["s", "Europe/Berlin"], array([8 * 10**12], "i8"), None, []
    ),
    "a moment before it, in a zone without a name": one_column(
        "moments", ["s", 7200], array([-(10**12)], "i8"), None, []
    ),
    "a zone beyond a day": one_column("moments", ["ns", 10**6], TWO, None, []),
    "a frequency of its own": one_column("periods", ["99999999999999D"], TWO, None, []),
    "a period without end": one_column("periods", ["M"], array([2**62, 1], "i8"), None, []),
    "ends that disagree": one_column(
        "intervals", ["right"], None, None, [["numbers", [], TWO, None, []]] * 1
    ),
    "left of right": one_column(
        "intervals",
        ["right"],
        None,
        None,
        [["numbers", [], TWO, None, []], ["numbers", [], array([0, 0], "i8"), None, []]],
    ),
    "a label that is a list": packed(
        "pandas",
        "index",
        labels("flat", (None,), (0, 0, 1), [["objects", [], [[], []], None, []]], [], ""),
        None,
        [],
    ),
    "a name that is a list": packed("pandas", "index", labels(names=[[]]), None, []),
    "levels that disagree": packed(
        "pandas",
        "index",
        labels("levels", ("a", "b"), (0, 0, 1), [TEXTS, TEXTS], [TWO, array([0], "i8")], ""),
        None,
        [],
    ),
    "uneven steps": packed(
        "pandas",
        "index",
        labels(
            "flat",
            (None,),
            (0, 0, 1),
            [["moments", ["ns", None], array([1, 5], "i8"), None, []]],
            [],
            "D",
        ),
        None,
        [],
    ),
    "a step of nothing": packed("pandas", "index", labels(bounds=(0, 1, 0)), None, []),
    "the mark alone": msgpack.packb(msgpack.ExtType(TABLE, b"")),
    "a table of polars with an index": packed(
        "polars", "frame", labels(), labels(bounds=(0, 0, 1)), []
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_tables_that_lie_are_refused(name: str) -> None:
    with pytest.raises(WireError):
        decode(LIES[name])


def test_memory_for_a_table_is_bounded_by_its_message() -> None:
    joined = b"ab" * 400_000
    lengths = array(np.full(400_000, 2), "i4")
    message = one_column("text", ["str", "nan"], [lengths, joined], None, [], rows=400_000)
    tracemalloc.start()
    try:
        assert len(decode(message)) == 400_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * len(message)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.data())
def test_a_table_changed_anywhere_is_one_or_refused(name: str, data: st.DataObject) -> None:
    message = bytearray(encode(FORMS[name], max_bytes=ROOM))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(message))
    except WireError:
        return
    kind_of(found)
    assert len(told(found, FORMS[name], visible=True)) < 5_000


CITIES = pd.DataFrame(
    {
        "city": ["Bonn", "Köln", "Ulm", "Jena"],
        "people": [331, 1087, 129, 111],
        "mean": [1.5, 2.5, np.nan, 4.0],
    }
)


def told(actual: Any, expected: Any = CITIES, visible: bool = False, **rules: Any) -> str:
    try:
        Compare(visible).table(actual, expected, "the cities", **rules)
    except CheckFailure as failure:
        return str(failure)
    return ""


CHANGED = CITIES.assign(mean=[1.5, 3.0, 0.0, np.nan], city=["bonn", "Köln", "Ulm ", "Jena"])
NAMED = CITIES.set_index("city")


@pytest.mark.parametrize(
    ("actual", "expected", "said"),
    [
        (None, CITIES, "None (is a `return` missing?); a table (DataFrame) is needed."),
        ([1, 2], CITIES, "the cities is a list of 2; a table (DataFrame) is needed."),
        (CITIES["city"], CITIES, "is a column (Series); a table (DataFrame) is needed."),
        (CITIES[["city"]], CITIES["city"], "`df['name']` takes a column out."),
        (CITIES.drop(columns="mean"), CITIES, "Column 'mean' is missing. There are: 'city',"),
        (CITIES.rename(columns={"mean": "Mean "}), CITIES, "Is 'Mean ' meant to be it? Rename it."),
        (CITIES.rename(columns={"mean": "x"}), CITIES, "Column 'x' holds what it should hold"),
        (CITIES.assign(x=1), CITIES, "Column 'x' should not be there."),
        (CITIES[["mean", "city", "people"]], CITIES, "The columns are in another order: 'mean',"),
        (NAMED, CITIES, "It is in the index: `.reset_index()` makes a column of it."),
        (CITIES, NAMED, "Column 'city' should name the rows: `.set_index(...)`"),
        (
            CITIES.drop(columns="city"),
            NAMED,
            "The rows are only numbered; they should be named by 'city'",
        ),
        (NAMED.rename_axis("town"), NAMED, "The index is called 'town'; expected 'city'."),
        (NAMED.rename({"Ulm": "Bad Ulm"}), NAMED, "1 row of 4 have another name"),
        (NAMED.iloc[::-1], NAMED, "The rows are in another order."),
        (
            CITIES.iloc[::-1].reset_index(drop=True),
            CITIES,
            "The rows are right, but in another order.",
        ),
        (
            CITIES[1:].rename({1: 9}),
            CITIES[1:].reset_index(drop=True),
            "still called 9, 2, 3; they",
        ),
        (CITIES[:3], CITIES, "the cities has 3 rows; expected 4."),
        (
            pd.concat([CITIES, CITIES[:1]]),
            CITIES,
            "Row 0 should not be there. 1 row is there more than",
        ),
        (NAMED, NAMED[:3], "the cities has 4 rows; expected 3. Row 'Jena' should not be there."),
        (
            CITIES.astype({"people": str}),
            CITIES,
            "Column 'people' holds texts (str); whole numbers",
        ),
        (
            CITIES.astype({"people": float}),
            CITIES,
            "holds numbers (float64); whole numbers (int64)",
        ),
        (CHANGED, CITIES, "Column 'city': 2 of 4 values are wrong.\n  in row 0 it is 'bonn'\n"),
        (CHANGED, CITIES, "(They differ in capital letters only.)"),
        (
            CHANGED,
            CITIES,
            "in row 1 it is off by 20 %\n  in row 2 it is 0, and should be missing\n",
        ),
        (CHANGED, CITIES, "in row 3 it is missing, and should not be"),
        (CITIES.assign(people=CITIES["people"][::-1].to_numpy()), CITIES, "but in other rows.)"),
        (NAMED.index[::-1], NAMED.index, "The rows are in another order."),
        (CITIES["city"].str.upper(), CITIES["city"], "the cities: 4 of 4 values are wrong."),
        (CITIES["city"].rename("x"), CITIES["city"], "is a column called 'x'; expected 'city'."),
    ],
)
def test_what_differs_is_told(actual: Any, expected: Any, said: str) -> None:
    assert said in told(actual, expected)


def test_what_does_not_count_is_not_told() -> None:
    wide = CITIES.astype({"people": "int16", "city": object, "mean": "Float64"})
    assert told(wide) == ""
    assert told(CITIES * 1, CITIES.assign(mean=CITIES["mean"] * (1 + 1e-12))) == ""
    assert told(CITIES[["mean", "city", "people"]], column_order=False) == ""
    assert told(CITIES.sample(frac=1, random_state=3), order=False) == ""
    assert told(NAMED.iloc[::-1], NAMED, order=False) == ""
    assert told(CITIES.iloc[[3, 1]], CITIES.iloc[[3, 1]].reset_index(drop=True), index=False) == ""
    assert told(CITIES.astype({"people": float}), dtypes=False) == ""
    assert told(CITIES, CITIES.to_dict("list")) == ""


def test_only_a_visible_check_shows_what_is_right() -> None:
    right = CITIES.assign(people=[77_777, 1087, 129, 111], city=["Xanten", "Köln", "Ulm", "Jena"])
    hidden, visible = told(CITIES, right), told(CITIES, right, visible=True)
    assert "in row 0 it is 331, expected 77777" in visible
    assert "is 'Bonn', expected 'Xanten'" in visible
    assert "77777" not in hidden
    assert "Xanten" not in hidden


def test_a_table_where_something_else_is_needed_is_named() -> None:
    assert (
        misfit("mean", kind_of(SMALL), kind_of(1.5))
        == "mean returned a table where a number is needed."
    )
    assert misfit("f", kind_of(SMALL), kind_of(CITIES)) == (
        "f returned a table of shape (2, 2) where shape (4, 3) is needed."
    )
    with pytest.raises(
        CheckFailure, match="a table of 2 rows and 2 columns \\('a', 'b'\\); numbers"
    ):
        Compare(False).close(SMALL, np.ones((2, 2)))


cells = {
    "int": st.integers(-5, 5),
    "float": st.floats(-1e6, 1e6, width=32) | st.just(float("nan")),
    "text": st.sampled_from(["a", "b", "é"]) | st.none(),
    "truth": st.booleans(),
}
frames = (
    st.integers(0, 8)
    .flatmap(
        lambda rows: st.fixed_dictionaries(
            {name: st.lists(cell, min_size=rows, max_size=rows) for name, cell in cells.items()}
        )
    )
    .map(pd.DataFrame)
)


@settings(max_examples=60, deadline=None)
@given(frames, st.randoms(use_true_random=False))
def test_rows_in_any_order_are_the_same_rows(frame: pd.DataFrame, random: Any) -> None:
    assert_alike(crossed(frame), frame)
    order = list(range(len(frame)))
    random.shuffle(order)
    mixed = frame.iloc[order].assign(float=lambda f: f["float"] * (1 + 1e-13))
    assert told(mixed, frame, order=False) == ""
    assert told(mixed.reset_index(drop=True), frame.iloc[order].reset_index(drop=True)) == ""
    if len(frame):
        place = random.randrange(len(frame))
        wrong = frame.copy()
        wrong.loc[place, "int"] += 20
        assert f"in row {place} it is" in told(wrong, frame)
        assert "Column 'int': 1 of" in told(wrong, frame, order=False)


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


OTHER_STYLE = """
import numpy as np
import pandas as pd
capitals = pd.DataFrame([["France", "Paris"], ["Germany", "Berlin"]], columns=["country", "city"])

def clean(cities):
    cities = cities.copy()
    cities = cities[cities.people.notna()]
    cities["people"] = [int(text.replace(",", "")) for text in cities["people"]]
    for name in ("city", "country"):
        cities[name] = cities[name].map(str.strip)
    cities["founded"] = pd.to_datetime(cities["founded"]).astype("datetime64[ms]")
    cities = cities.drop_duplicates()
    cities.index = range(len(cities))
    return cities

def per_country(cities):
    rows = []
    for country, group in cities.groupby("country"):
        rows.append({"country": country, "cities": len(group), "people": group["people"].sum()})
    rows.sort(key=lambda row: -row["people"])
    return pd.DataFrame(rows)

def largest(cities, n):
    return cities.sort_values("people").tail(n)[["city", "people"]].set_index("city")

def growth(people):
    values = np.diff(people) / people.to_numpy()[:-1]
    return pd.Series(values, index=people.index[1:], name=people.name)
"""
WRONG = """
import pandas as pd
capitals = {"city": ["Berlin", "Paris"], "country": ["Germany", "France"]}

def clean(cities):
    cities["people"] = cities["people"].str.replace(",", "")
    return cities.dropna().drop_duplicates()

def per_country(cities):
    return cities.groupby("country").agg(Cities=("city", "count"), people=("people", "sum"))

def largest(cities, n):
    return cities.groupby("city")

def growth(people):
    people.pct_change()
"""
TOLD = {
    "test_clean": "failed: the result has 3 rows; expected 4.",
    "test_clean_keeps": "failed: The call changed its own cities in place. The caller's tables",
    "test_per_country": "failed: Column 'country' is missing. It is in the index: `.reset_index()`",
    "test_largest": "forbidden_value: largest(cities (12, 4), n = 3) returned an object",
    "test_largest_plain": "forbidden_value: largest(cities (12, 4), n = 1) returned an object",
    "test_growth": "failed: the growth is None (is a `return` missing?); a column",
    "test_capitals": "failed: the result is a dict of 2; a table (DataFrame) is needed.",
}


def graded(grader: Grader, folder: Path, text: str) -> Any:
    path = folder / "cities.py"
    path.write_text(text)
    return grader.grade(read_submission(path), EXERCISE, 0)


def test_tables_are_graded_in_any_right_style(grader: Grader, tmp_path: Path) -> None:
    for text in (RIGHT, OTHER_STYLE):
        result = graded(grader, tmp_path, text)
        assert [check.feedback for check in result.checks if check.feedback] == []
        assert result.full_marks


def test_wrong_tables_are_told_of(grader: Grader, tmp_path: Path) -> None:
    result = graded(grader, tmp_path, WRONG)
    assert result.status == "graded"
    assert result.score == 0.0
    for check in result.checks:
        assert f"{check.outcome}: {check.feedback}".startswith(TOLD[check.id])


@pytest.mark.thorough
def test_the_course_of_tables_and_figures_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)
    effort = Effort(seeds=1, misconception_seeds=1, mutants=5, misconceptions=1)
    found = verify(COURSE, COURSE.exercises, resolve("basic"), effort)
    assert [fault for exercise in found.exercises for fault in exercise.faults] == []
