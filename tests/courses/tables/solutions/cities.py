"""Cities. The task is in cities.md."""

# BEGIN SOLUTION
import pandas as pd

capitals = pd.DataFrame({"city": ["Berlin", "Paris"], "country": ["Germany", "France"]})
# END SOLUTION


def clean(cities):
    """Return the cities without what is wrong in them."""
    # BEGIN SOLUTION
    found = cities.dropna(subset=["people"])
    cleaned = found.assign(
        city=found["city"].str.strip(),
        country=found["country"].str.strip(),
        people=found["people"].str.replace(",", "").astype("int64"),
        founded=found["founded"].astype("datetime64[us]"),
    )
    return cleaned.drop_duplicates().reset_index(drop=True)
    # END SOLUTION


def per_country(cities):
    """Return the number of cities and people of each country."""
    # BEGIN SOLUTION
    groups = cities.groupby("country")
    found = groups.agg(cities=("city", "count"), people=("people", "sum"))
    return found.reset_index().sort_values("people", ascending=False, ignore_index=True)
    # END SOLUTION


def largest(cities, n):
    """Return the n largest cities, by name."""
    # BEGIN SOLUTION
    return cities.nlargest(n, "people").set_index("city")[["people"]]
    # END SOLUTION


def growth(people):
    """Return the growth from each year to the next."""
    # BEGIN SOLUTION
    return (people / people.shift() - 1).iloc[1:]
    # END SOLUTION
