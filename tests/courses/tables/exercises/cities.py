"""Cities. The task is in cities.md."""

capitals = None  # put your own value here


def clean(cities):
    """Return the cities without what is wrong in them."""
    raise NotImplementedError("clean: put your own code here")


def per_country(cities):
    """Return the number of cities and people of each country."""
    raise NotImplementedError("per_country: put your own code here")


def largest(cities, n):
    """Return the n largest cities, by name."""
    raise NotImplementedError("largest: put your own code here")


def growth(people):
    """Return the growth from each year to the next."""
    raise NotImplementedError("growth: put your own code here")
