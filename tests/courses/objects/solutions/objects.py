"""Objects. The task is in objects.md."""

# BEGIN SOLUTION
import numpy as np

# END SOLUTION


class EmptyStackError(LookupError):
    """There is nothing on the stack."""


class Stack:
    """What was put on it last comes off first."""

    def __init__(self, values=()):
        # BEGIN SOLUTION
        self._values = list(values)
        # END SOLUTION

    @classmethod
    def of(cls, values):
        """Return a stack of some values."""
        # BEGIN SOLUTION
        return cls(values)
        # END SOLUTION

    def push(self, value):
        """Put a value on top."""
        # BEGIN SOLUTION
        self._values.append(value)
        # END SOLUTION

    def pop(self):
        """Take the value from the top."""
        # BEGIN SOLUTION
        if not self._values:
            raise EmptyStackError("the stack is empty")
        return self._values.pop()
        # END SOLUTION

    def __len__(self):
        # BEGIN SOLUTION
        return len(self._values)
        # END SOLUTION

    def __getitem__(self, place):
        # BEGIN SOLUTION
        return self._values[place]
        # END SOLUTION

    def __setitem__(self, place, value):
        # BEGIN SOLUTION
        self._values[place] = value
        # END SOLUTION

    def __contains__(self, value):
        # BEGIN SOLUTION
        return value in self._values
        # END SOLUTION

    def __iter__(self):
        # BEGIN SOLUTION
        return iter(self._values)
        # END SOLUTION

    def __eq__(self, other):
        # BEGIN SOLUTION
        return self._values == other._values
        # END SOLUTION

    def __str__(self):
        # BEGIN SOLUTION
        return f"Stack({', '.join(map(str, self._values))})"
        # END SOLUTION

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        # BEGIN SOLUTION
        self._values.clear()
        # END SOLUTION


class Shape:
    """Something with an area."""

    @property
    def area(self):
        """How large it is."""
        raise NotImplementedError


class Square(Shape):
    """A shape of four sides that are as long as each other."""

    def __init__(self, side):
        # BEGIN SOLUTION
        if side < 0:
            raise ValueError("a side is not negative")
        self.side = side
        # END SOLUTION

    @property
    def area(self):
        """How large it is."""
        # BEGIN SOLUTION
        return self.side**2
        # END SOLUTION


class LinearRegression:
    """A polynomial through points."""

    def __init__(self, degree):
        # BEGIN SOLUTION
        self.degree = degree
        # END SOLUTION

    def fit(self, x, y):
        """Find the coefficients, from the constant on."""
        # BEGIN SOLUTION
        powers = np.vander(x, self.degree + 1, increasing=True)
        self.coef_ = np.linalg.lstsq(powers, y, rcond=None)[0]
        return self
        # END SOLUTION

    def predict(self, x):
        """Return the polynomial's values."""
        # BEGIN SOLUTION
        return np.vander(x, self.degree + 1, increasing=True) @ self.coef_
        # END SOLUTION

    def score(self, x, y):
        """Return the mean squared error."""
        # BEGIN SOLUTION
        return np.mean((self.predict(x) - y) ** 2)
        # END SOLUTION


def mean(values):
    """Return the mean of a list."""
    # BEGIN SOLUTION
    if not values:
        raise ValueError("the list is empty")
    return sum(values) / len(values)
    # END SOLUTION


def primes():
    """Give all primes in their order."""
    # BEGIN SOLUTION
    number = 2
    while True:
        if all(number % other for other in range(2, number)):
            yield number
        number += 1
    # END SOLUTION


def scaled(factor):
    """Return the function that multiplies by a factor."""
    # BEGIN SOLUTION
    return lambda number: factor * number
    # END SOLUTION
