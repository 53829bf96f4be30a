"""What is done with the classes of objects.py to tell programs apart, and known mistakes."""

from itertools import islice

import numpy as np

from grader.authoring import mistake, probe


def pushed_and_popped(Stack, values):
    stack = Stack.of(values)
    stack.push(3)
    stack.push(4)
    taken = stack.pop()
    stack[1] = 7
    numbers = [taken, len(stack), *stack, stack[0], 7 in stack, 99 in stack]
    same = [stack == Stack(list(stack)), stack == Stack(values), len(str(Stack(values)))]
    with stack:
        pass
    return np.array([*numbers, *same, len(stack)], dtype=float)


@probe("Stack", returns="what is on the stack", use=pushed_and_popped)
def values(rng):
    return (rng.integers(10, 90, size=4).tolist(),)


def measured(Square, side):
    square = Square(side)
    area = square.area
    square.side = 2 * side
    return np.array([area, square.area, square.side])


@probe("Square", returns="the area", use=measured)
def side(rng):
    return (rng.uniform(0.1, 3.0),)


def fitted(LinearRegression, x, y):
    model = LinearRegression(2).fit(x, y)
    return model.coef_, model.predict(y), float(model.score(x, -y))


@probe("LinearRegression", returns=("coef_", "the prediction", "the score"), use=fitted)
def points(rng):
    return rng.normal(size=6), rng.normal(size=6)


@probe("mean", returns="the mean")
def numbers(rng):
    return (rng.normal(size=3).tolist(),)


def first(primes, count):
    return np.array(list(islice(primes(), count)))


@probe("primes", returns="the primes", use=first)
def count(rng):
    return (int(rng.integers(8, 12)),)


@mistake("Stack", edit={"self._values == other._values": "self is other"})
def same_stack():
    """Two stacks are equal only where they are one

    {function} compares the stacks themselves. It is to compare what is on them.
    """


@mistake("Stack", edit={"self._values.pop()": "self._values.pop(0)"})
def queue():
    """The oldest value comes off

    {function} takes the value from the bottom. It is to take the one from the top.
    """
