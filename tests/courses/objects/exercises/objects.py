"""Objects. The task is in objects.md."""


class EmptyStackError(LookupError):
    """There is nothing on the stack."""


class Stack:
    """What was put on it last comes off first."""

    def __init__(self, values=()):
        raise NotImplementedError("__init__: put your own code here")

    @classmethod
    def of(cls, values):
        """Return a stack of some values."""
        raise NotImplementedError("of: put your own code here")

    def push(self, value):
        """Put a value on top."""
        raise NotImplementedError("push: put your own code here")

    def pop(self):
        """Take the value from the top."""
        raise NotImplementedError("pop: put your own code here")

    def __len__(self):
        raise NotImplementedError("__len__: put your own code here")

    def __getitem__(self, place):
        raise NotImplementedError("__getitem__: put your own code here")

    def __setitem__(self, place, value):
        raise NotImplementedError("__setitem__: put your own code here")

    def __contains__(self, value):
        raise NotImplementedError("__contains__: put your own code here")

    def __iter__(self):
        raise NotImplementedError("__iter__: put your own code here")

    def __eq__(self, other):
        raise NotImplementedError("__eq__: put your own code here")

    def __str__(self):
        raise NotImplementedError("__str__: put your own code here")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        raise NotImplementedError("__exit__: put your own code here")


class Shape:
    """Something with an area."""

    @property
    def area(self):
        """How large it is."""
        raise NotImplementedError


class Square(Shape):
    """A shape of four sides that are as long as each other."""

    def __init__(self, side):
        raise NotImplementedError("__init__: put your own code here")

    @property
    def area(self):
        """How large it is."""
        raise NotImplementedError("area: put your own code here")


class LinearRegression:
    """A polynomial through points."""

    def __init__(self, degree):
        raise NotImplementedError("__init__: put your own code here")

    def fit(self, x, y):
        """Find the coefficients, from the constant on."""
        raise NotImplementedError("fit: put your own code here")

    def predict(self, x):
        """Return the polynomial's values."""
        raise NotImplementedError("predict: put your own code here")

    def score(self, x, y):
        """Return the mean squared error."""
        raise NotImplementedError("score: put your own code here")


def mean(values):
    """Return the mean of a list."""
    raise NotImplementedError("mean: put your own code here")


def primes():
    """Give all primes in their order."""
    raise NotImplementedError("primes: put your own code here")


def scaled(factor):
    """Return the function that multiplies by a factor."""
    raise NotImplementedError("scaled: put your own code here")
