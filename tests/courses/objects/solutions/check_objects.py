"""Checks of objects: what is asked of them is answered in the student's process."""

import itertools

import numpy as np
import pytest


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_push_and_pop(student):
    """What was put on the stack last comes off first"""
    stack = student.Stack()
    for value in (1, 2.5, "three"):
        stack.push(value)
    assert len(stack) == 3
    assert [stack.pop() for _ in range(3)] == ["three", 2.5, 1]
    assert len(stack) == 0


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_places(student):
    """Values are found by their place, and changed there"""
    stack = student.Stack.of([4, 5, 6])
    assert student.kind(stack)[0] == "Stack"
    assert stack[0] == 4
    assert stack[-1] == 6
    stack[1] = 7
    assert list(stack) == [4, 7, 6]
    assert stack[1:] == [7, 6]
    assert 7 in stack
    assert 5 not in stack


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_texts(student):
    """A stack is printed with what is on it"""
    assert str(student.Stack([1, 2])) == "Stack(1, 2)"
    assert f"{student.Stack()}" == "Stack()"


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_equal(student):
    """Two stacks are equal where the same is on them"""
    assert student.Stack([1, 2]) == student.Stack([1, 2])
    assert student.Stack([1, 2]) != student.Stack([2, 1])


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_empty(student):
    """Nothing comes off an empty stack"""
    with student.raises("EmptyStackError") as caught:
        student.Stack().pop()
    assert caught.type == "EmptyStackError"
    with student.raises("LookupError"):
        student.Stack().pop()
    with pytest.raises(LookupError):
        student.Stack([]).pop()


@pytest.mark.function("Stack")
@pytest.mark.points(1)
def test_context(student):
    """A stack is empty after its context"""
    with student.Stack([1]) as stack:
        assert len(stack) == 1
    assert len(stack) == 0


@pytest.mark.function("Square")
@pytest.mark.points(2)
def test_area(student):
    """The area is the square of the side"""
    square = student.Square(3)
    assert square.area == 9
    square.side = 0.5
    assert square.area == 0.25
    assert square.side == 0.5


@pytest.mark.function("Square")
@pytest.mark.points(1)
def test_shape(student):
    """A square is a shape, which has an area"""
    assert "Shape" in student.kind(student.Square)
    assert isinstance(student.Square(1), student.Shape)
    assert not isinstance(student.Shape(), student.Square)
    assert not isinstance(2, student.Square)
    assert student.kind(student.Square(1)) == ("Square", "Shape")
    assert student.Square(2).area == 4


@pytest.mark.function("Square")
@pytest.mark.points(1)
def test_no_side(student):
    """A side below 0 is refused"""
    with pytest.raises(ValueError, match="negative"):
        student.Square(-1)
    assert student.Square(0).area == 0


@pytest.mark.function("LinearRegression")
@pytest.mark.points(2)
def test_fit(student, reference, compare, rng):
    """The coefficients fit best"""
    x, y = np.arange(6.0), rng.normal(size=6)
    model = student.LinearRegression(2)
    model.fit(x, y)
    compare.close(model.coef_, reference.LinearRegression(2).fit(x, y).coef_, names="coef_")
    compare.kept_arguments(student)


@pytest.mark.function("LinearRegression")
@pytest.mark.points(1)
def test_chain(student):
    """Fit returns the model"""
    model = student.LinearRegression(degree=0)
    assert model.fit(np.arange(2.0), np.ones(2)) is model


@pytest.mark.function("LinearRegression")
@pytest.mark.points(1)
def test_predict(student, compare, rng):
    """Values are predicted, whoever has found the coefficients"""
    model = student.LinearRegression(1)
    model.coef_ = np.array([1.0, 2.0])
    x = rng.normal(size=4)
    compare.close(model.predict(x), 1.0 + 2.0 * x, names="the prediction")


@pytest.mark.function("LinearRegression")
@pytest.mark.points(1)
def test_score(student, reference, compare):
    """The score is the mean squared error, whatever is predicted"""
    coefficients, x, y = np.array([1.0, 0.5]), np.array([0.0, 2.0]), np.array([2.0, 5.0])
    model = reference.LinearRegression(1)
    model.coef_ = coefficients

    def check_score(student, expected):
        own = student.LinearRegression(1)
        own.coef_ = coefficients
        compare.close(own.score(x, y), expected, names="the score")

    compare.follows(check_score, student, model.score, x, y)


@pytest.fixture(scope="module")
def numbers():
    """Give some numbers; pytest runs what takes them."""
    return [1.0, 2.0, 9.0]


@pytest.mark.function("mean")
@pytest.mark.points(0.5)
def test_mean(student):
    """The mean of some numbers"""
    assert abs(student.mean([1.0, 2.0, 9.0]) - 4.0) < 1e-12


@pytest.mark.function("mean")
@pytest.mark.points(0.5)
def test_mean_again(student, numbers):
    """The mean of the same numbers"""
    assert student.mean(numbers) == 4.0


@pytest.mark.function("mean")
@pytest.mark.points(1)
def test_mean_of_none(student):
    """A mean of nothing is refused"""
    with student.raises("ValueError"):
        student.mean([])


@pytest.mark.function("mean")
@pytest.mark.points(1)
def test_mean_says(student):
    """The error says that the list is empty"""
    with student.raises("ValueError", match="empty") as caught:
        student.mean([])
    assert "list" in caught.message


@pytest.mark.function("primes")
@pytest.mark.points(2)
def test_primes(student):
    """The first ten primes"""
    found = list(itertools.islice(student.primes(), 10))
    assert found == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


@pytest.mark.function("scaled")
@pytest.mark.points(1)
def test_scaled(student):
    """The function that is returned multiplies"""
    double, half = student.scaled(2), student.scaled(0.5)
    assert double(3) == 6
    assert half(double(5)) == 5
