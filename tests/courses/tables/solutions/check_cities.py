"""Checks of cities: tables that are handed over, returned, and compared."""

import pandas as pd
import pytest

RAW = pd.DataFrame(
    {
        "city": [" Berlin", "Paris ", "Paris ", "Lyon", "Köln", "Ulm"],
        "country": ["Germany", "France", "France", "France", "Germany ", "Germany"],
        "people": ["3,645,000", "2,103,000", "2,103,000", "522,000", "1,087,000", None],
        "founded": ["1237-10-28", "1990-01-01", "1990-01-01", "1980-05-05", None, "1181-01-01"],
    }
)


@pytest.fixture
def cities(rng):
    people = rng.integers(10_000, 4_000_000, 12)
    return pd.DataFrame(
        {
            "city": [f"city {letter}" for letter in rng.permutation(list("abcdefghijkl"))],
            "country": rng.choice(["Germany", "France", "Italy", "Spain"], 12),
            "people": people,
            "founded": pd.to_datetime("1200-01-01") + pd.to_timedelta(people, unit="D") // 20,
        }
    )


@pytest.mark.function("clean")
@pytest.mark.points(3)
def test_clean(student, reference, compare):
    """The cities are cleaned"""
    compare.table(student.clean(RAW), reference.clean(RAW))


@pytest.mark.function("clean")
@pytest.mark.points(1)
def test_clean_keeps(student, compare):
    """The raw table stays as it is"""
    student.clean(RAW)
    compare.kept_arguments(student)


@pytest.mark.function("per_country")
@pytest.mark.points(3)
def test_per_country(student, reference, compare, cities):
    """The countries' cities and people are counted"""
    compare.table(student.per_country(cities), reference.per_country(cities))


@pytest.mark.function("largest")
@pytest.mark.points(1)
def test_largest(student, reference, compare, cities):
    """The largest cities are found"""
    compare.table(student.largest(cities, 3), reference.largest(cities, 3), order=False)


@pytest.mark.function("largest")
@pytest.mark.points(1)
@pytest.mark.visible
def test_largest_plain(student, cities):
    """The largest city is the one with the most people"""
    found = student.largest(cities, 1)
    assert list(found.index) == [cities["city"][cities["people"].idxmax()]]
    assert found["people"].iloc[0] == cities["people"].max()


@pytest.mark.function("growth")
@pytest.mark.points(2)
def test_growth(student, reference, compare):
    """The growth is a share of the year before"""
    people = pd.Series([100.0, 110.0, 99.0], index=[2020, 2021, 2022], name="people")
    compare.table(student.growth(people), reference.growth(people), "the growth")


@pytest.mark.function("capitals")
@pytest.mark.points(1)
def test_capitals(student, reference, compare):
    """Berlin and Paris are capitals"""
    compare.table(student.capitals, reference.capitals, order=False, column_order=False)
