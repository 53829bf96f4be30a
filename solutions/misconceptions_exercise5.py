"""Mistakes in exercise 5: differences that are none, and checkers that let wrong gradients through.

What a checker lets through tells which mistake it makes: the probes of `check_gradient` are right
and wrong gradients of one kind each, and every mistake below answers them in its own way.
"""

from functools import partial

import numpy as np

from grader.authoring import mistake, probe, variant


def curve(rng, shape):
    """Draw a function whose derivative by each entry depends on all entries."""
    cubes, factors = rng.uniform(0.5, 1.5, shape), rng.uniform(0.5, 1.5, shape)
    return lambda a: float(np.sum(cubes * a**3) + np.sum(factors * a) ** 2)


def slope_probe(draw):
    """Mark a probe of numerical_gradient at a point, with a step so large that its width shows."""

    @probe("numerical_gradient", returns="the gradient")
    def case(rng):
        return curve(rng, (2, 3)), draw(rng), rng.uniform(0.05, 0.2)


slope_probe(lambda rng: rng.uniform(0.5, 1.5, (2, 3)))
slope_probe(lambda rng: rng.uniform(-1.5, -0.5, (2, 3)))
slope_probe(lambda rng: rng.integers(1, 5, (2, 3)))


@variant("numerical_gradient")
def differences_in_place(function, array, epsilon=1e-5):
    """Move the entries of one copy, and put each back."""
    point = np.array(array, dtype=float)
    result = np.zeros(point.shape)
    for index in np.ndindex(point.shape):
        old = point[index]
        point[index] = old + epsilon
        above = function(point)
        point[index] = old - epsilon
        below = function(point)
        point[index] = old
        result[index] = (above - below) / (2 * epsilon)
    return result


wrong_slope = partial(mistake, "numerical_gradient")
FLOATS = "np.asarray(array, dtype=float)"
START, EMPTY = f"array = {FLOATS}", "result = np.empty_like(array)"
ABOVE, BELOW = "above[index] += epsilon", "below[index] -= epsilon"
MOVED = f"{ABOVE}\n{BELOW}"
SLOPE = "(function(above) - function(below)) / (2 * epsilon)"
RESULT = f"result[index] = {SLOPE}"
FROM_ZEROS = {"np.empty_like": "np.zeros_like"}
HALF_A_STEP = {MOVED: "above[index] += epsilon / 2; below[index] -= epsilon / 2"}
HALVES = ("epsilon / 2", "0.5 * epsilon", "epsilon * 0.5")


@wrong_slope(edit={BELOW: "", "2 * epsilon": "epsilon"})
def forward_difference():
    """The difference is taken on one side only

    The function is taken at the entry + epsilon and at the entry itself. A central difference
    takes it at the entry + epsilon and at the entry - epsilon.

    On one side the error shrinks like epsilon, on both like epsilon squared: at the same step you
    gain about five digits.
    """


@wrong_slope(edit={ABOVE: "", "2 * epsilon": "epsilon"})
def backward_difference():
    """The difference is taken on the lower side only

    The function is taken at the entry itself and at the entry - epsilon. A central difference
    takes it at the entry + epsilon and at the entry - epsilon.

    On one side the error shrinks like epsilon, on both like epsilon squared.
    """


@wrong_slope(edit={BELOW: ""})
def forward_difference_halved():
    """A one-sided difference is divided by the width of a central one

    The function is taken at the entry + epsilon and at the entry itself, which are epsilon apart,
    but the difference is divided by 2 * epsilon.

    Take it on both sides; then 2 * epsilon is right.
    """


@wrong_slope(edit={"2 * epsilon": "epsilon"})
def width_not_doubled():
    """The difference is divided by epsilon, not by 2 * epsilon

    The two points are 2 * epsilon apart, so everything comes out twice as large as it should.

    A slope is the difference of the values divided by the distance of the points.
    """


@wrong_slope(edit={**HALF_A_STEP, "2 * epsilon": "epsilon"}, finds=HALVES)
def half_a_step():
    """The points are only half of epsilon away

    Each entry is moved by epsilon / 2. It is to be moved by epsilon in both directions.

    epsilon is how far an entry is moved, not how far the two points are apart.
    """


@wrong_slope(edit=HALF_A_STEP, finds=HALVES)
def half_a_step_whole_width():
    """Half a step, divided by the width of a whole one

    Each entry is moved by epsilon / 2 in both directions, but the difference is divided by 2 *
    epsilon: everything comes out half as large as it should.

    Move by epsilon; then 2 * epsilon is the distance of the points.
    """


@wrong_slope(edit={SLOPE: "(function(above) - function(below)) / 2 * epsilon"})
def brackets_missing():
    """Multiplied by epsilon: brackets are missing

    `/ 2 * epsilon` divides by 2 and then multiplies by epsilon. The difference is to be divided by
    the product.

    Write the width in brackets: / (2 * epsilon).
    """


@wrong_slope(edit={SLOPE: "function(above) - function(below)"})
def not_divided():
    """The difference is not divided by anything

    {function} returns differences of the values. A slope is the difference divided by the distance
    of the points, 2 * epsilon.

    Try it with the sum of the entries: each slope is 1.
    """


@wrong_slope(edit={"function(above) - function(below)": "function(below) - function(above)"})
def sides_swapped():
    """The two sides are swapped

    The value below is taken, and the one above subtracted: all signs are wrong.

    Try it with the sum of the entries: each slope is +1.
    """


@wrong_slope(
    edit={
        MOVED: "above[index] *= 1 + epsilon; below[index] *= 1 - epsilon",
        "2 * epsilon": "2 * epsilon * array[index]",
    }
)
def step_is_a_share():
    """The step is a share of the entry

    Each entry is moved by epsilon times itself. It is to be moved by epsilon, however large it is.

    An entry that is 0 would not move at all.
    """


@wrong_slope(edit={ABOVE: f"epsilon = 1e-5\n{ABOVE}"})
def epsilon_ignored():
    """epsilon is not used

    The step is always 0.00001, whatever epsilon says.

    Who calls {function} chooses the step; the value in the `def` line is used only where none is
    given.
    """


@wrong_slope(
    edit={MOVED: "above += epsilon; below -= epsilon"}, finds=("array + epsilon", "array - epsilon")
)
def all_entries_moved():
    """All entries are moved at once

    epsilon is added to the whole array, so every entry of the result is the slope in the direction
    of all entries together. Only one entry may move, the others stay.

    A loop over all indices, and in each turn copies in which one entry is changed.
    """


@wrong_slope(edit={"np.ndindex(array.shape)": "range(len(array))"})
def row_moved_at_once():
    """A whole row is moved at once

    The loop goes over the rows, and each turn moves all entries of one. Each entry is to be moved
    alone.

    `array[0]` of an array with two dimensions is a row. np.ndindex(array.shape) gives the index of
    every entry.
    """


@wrong_slope(edit={**FROM_ZEROS, RESULT: f"{RESULT}\nbreak"})
def first_entry_only():
    """Only the first entry is worked out

    All entries but the first stay 0: the loop ends in its first turn.

    Look at the indentation of `return`: it belongs after the loop.
    """


@wrong_slope(edit={**FROM_ZEROS, "np.ndindex(array.shape)": "zip(*map(range, array.shape))"})
def diagonal_only():
    """Only the diagonal is worked out

    One index is used for rows and columns alike, so all entries off the diagonal stay 0.

    np.ndindex(array.shape) gives the index of every entry.
    """


@wrong_slope(edit={"np.asarray": "np.array", RESULT: f"{RESULT}\narray[index] -= epsilon"})
def copy_not_put_back():
    """An entry is not put back

    After its turn each entry stays epsilon lower, so the slopes of the later ones are taken at
    another place.

    Print the array at the end of each turn: it has to be what it was. Or move an entry of a fresh
    copy each time.
    """


@wrong_slope(finds="array")
def array_not_put_back(function, array, epsilon=1e-5):
    """The array that was given is moved, and not put back

    {function} changes the caller's array, and leaves it changed; the slopes of the later entries
    are taken at another place too.

    Work on a copy: array.copy(). `other = array` is no copy, only a second name.
    """
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        old = array[index]
        array[index] = old + epsilon
        above = function(array)
        array[index] = old - epsilon
        result[index] = (above - function(array)) / (2 * epsilon)
    return result


@wrong_slope(edit={FLOATS: "np.asarray(array)"}, finds=("np.zeros_like(array)", "array.copy()"))
def integers_kept():
    """Whole numbers stay whole numbers

    An array of whole numbers keeps no fraction: where one is given, an entry plus epsilon is cut
    off again, and so are the slopes.

    Start with np.array(array, dtype=float), and make the result with np.zeros(shape):
    np.zeros_like and copy keep the kind of number.
    """


@wrong_slope(
    edit={START: EMPTY, EMPTY: START}, finds=("np.zeros_like(array)", "np.empty_like(array)")
)
def result_of_integers():
    """The result keeps the kind of number of the array

    The points are moved rightly, but where whole numbers are given, the slopes are cut off to
    whole numbers too.

    np.zeros_like(array) has the kind of number of `array`: make it of the array of fractions, or
    with np.zeros(array.shape).
    """


@wrong_slope(edit={"return result": "return np.float32(result)"}, finds="np.float32")
def rounded_to_float32():
    """The slopes are rounded

    The slopes are worked out rightly, and then rounded to a few digits.

    Round what you print, never what you return.
    """


@wrong_slope(edit={"return result": "return result.T"})
def result_transposed():
    """Rows and columns are swapped

    Each slope is stored at the transposed index, so the result has the shape of the transposed
    array.

    result[index] and above[index] belong together.
    """


@wrong_slope(
    edit={"return result": "return result.ravel()"},
    finds=("np.array(result)", "array.ravel()", "array.flatten()"),
)
def result_flat():
    """The result is one long row

    The slopes are right, but they come as an array with one dimension. The result has to have the
    shape of `array`.

    result.reshape(array.shape)
    """


def landscape(rng, scale=1.0, small=1.0):
    """Draw a loss of two arrays of shape (2, 2), its gradient, and where to check it.

    All entries of the gradient are positive, so that what is too small and what is too large
    shows in the sign of the difference.
    """
    cubes, factors = rng.uniform(0.5, 1.5, (2, 2, 2))
    at = list(rng.uniform(0.5, 1.5, (2, 2, 2)))

    def loss_of(parameters):
        first, second = parameters
        return float(scale * (np.sum(cubes * first**3) + small * np.sum(factors * second) ** 2))

    def gradient_of(parameters):
        first, second = parameters
        of_second = 2 * small * np.sum(factors * second) * factors
        return [scale * 3 * cubes * first**2, scale * of_second]

    return loss_of, gradient_of, at


def checker_probe(spoil=lambda *gradient: gradient, **sizes):
    """Mark a probe of check_gradient: a gradient as `spoil` leaves it."""

    @probe("check_gradient", returns="the verdict")
    def case(rng):
        loss_of, gradient_of, at = landscape(rng, **sizes)
        return loss_of, lambda parameters: list(spoil(*gradient_of(parameters))), at


def with_entry(array, index, value):
    """Return an array in which one entry has been replaced."""
    array = array.copy()
    array[index] = value
    return array


UP_AND_DOWN = np.array([[0.1, 0.0], [0.0, -0.1]])

checker_probe()
checker_probe(scale=1e4)


@probe("check_gradient", returns="the verdict")
def one_without_rounding(_rng):
    """Draw a right gradient that central differences give without any rounding."""
    factors = np.array([[1.0, 2.0], [4.0, 8.0]])
    at = [np.zeros((2, 2)), np.zeros((2, 2))]
    return lambda p: float(np.sum(factors * p[0])), lambda _: [factors, 0 * factors], at


@probe("check_gradient", returns="the verdict")
def one_with_a_zero(rng):
    """Draw a right gradient with an entry that is 0, but whose differences are not."""
    loss_of, gradient_of, at = landscape(rng)
    lowest = at[0][1, 0]

    def loss_with_a_valley(parameters):
        first = parameters[0].copy()
        first[1, 0] = 0.0
        away = parameters[0][1, 0] - lowest
        return loss_of([first, parameters[1]]) + float(away**2 + 100 * away**3)

    def gradient_with_a_zero(parameters):
        first, second = gradient_of(parameters)
        away = parameters[0][1, 0] - lowest
        first[1, 0] = 2 * away + 300 * away**2
        return [first, second]

    return loss_with_a_valley, gradient_with_a_zero, at


checker_probe(lambda a, b: (-a, -b))
checker_probe(lambda a, b: (2 * a, 2 * b))
checker_probe(lambda a, b: (a / 2, b / 2))
checker_probe(lambda a, b: (0 * a, 0 * b))
checker_probe(lambda a, b: (1.01 * a, 1.01 * b))
checker_probe(lambda a, b: (2 * a, 2 * b), scale=1e-7)
checker_probe(lambda a, b: (a, 2 * b), small=1e-7)
checker_probe(lambda a, b: (a.T.copy(), b))
checker_probe(lambda a, b: (a, b.T.copy()))
checker_probe(lambda a, b: (a[::-1].copy(), b))
checker_probe(lambda a, b: (b, a))
checker_probe(lambda a, b: (with_entry(a, (0, 0), 5 * np.abs(a).max()), b))
checker_probe(lambda a, b: (with_entry(a, (1, 1), a[1, 1] / 2), b))
checker_probe(lambda a, b: (a, with_entry(b, (0, 0), 0.0)))
checker_probe(lambda a, b: (a, with_entry(b, (1, 1), 0.7 * b[1, 1])))
checker_probe(lambda a, b: (with_entry(a, (0, 1), a[0, 1] + 3e-3 * a.max()), b))
checker_probe(lambda a, b: (a + UP_AND_DOWN, b - UP_AND_DOWN))
checker_probe(lambda a, b: (a, with_entry(b, (0, 1), np.nan)))
checker_probe(lambda a, b: (with_entry(a, (1, 0), np.inf), b))
checker_probe(lambda a, b: (a, b[np.newaxis]))
checker_probe(lambda a, b: (a, b, b))


@variant("check_gradient")
def checked_entry_by_entry(loss_of, gradient_of, parameters):
    """Go through the entries one by one, without numerical_gradient."""
    claimed = gradient_of(parameters)
    if len(claimed) != len(parameters):
        return False
    for place in range(len(parameters)):
        if np.shape(claimed[place]) != parameters[place].shape:
            return False
        largest, gap = 0.0, 0.0
        for index in np.ndindex(parameters[place].shape):
            above = [parameter.copy() for parameter in parameters]
            below = [parameter.copy() for parameter in parameters]
            above[place][index] += 1e-5
            below[place][index] -= 1e-5
            slope = (loss_of(above) - loss_of(below)) / 2e-5
            largest = max(largest, abs(slope))
            if np.isnan(claimed[place][index]):
                return False
            gap = max(gap, abs(claimed[place][index] - slope))
        if gap > 1e-5 * largest + 1e-9:
            return False
    return True


wrong_checker = partial(mistake, "check_gradient")
CLAIMED = "claimed = gradient_of(parameters)"
GAP = "np.abs(found - right)"
NEAR = f"np.all({GAP} <= allowed)"
FIRST_NEAR = "abs(found.flat[0] - right.flat[0]) <= allowed"
ALLOWED = "1e-5 * np.abs(right).max() + 1e-9"
LENGTHS, SHAPES = "len(claimed) != len(parameters)", "found.shape != right.shape"
TESTS = (LENGTHS, SHAPES, f"not {NEAR}")
REVERSED = {f"if {test}:\n    return False": f"if {test}:\n    return True" for test in TESTS}
REVERSED["return True"] = "return False"
FINITE = {SHAPES: f"{SHAPES} or not np.isfinite(found).all()"}
ANY_NUMBER, ANY_SHAPE = {LENGTHS: "len(claimed) < len(parameters)"}, {SHAPES: "False"}
WITH_NAN = {f"not {NEAR}": f"np.any({GAP} > allowed)"}


@wrong_checker(finds="True")
def always_yes(loss_of, gradient_of, parameters):
    """It says yes to everything

    {function} returns True for every gradient, right or wrong.

    A check that cannot fail checks nothing: try yours on a gradient that you know is wrong.
    """
    return True


@wrong_checker()
def always_no(loss_of, gradient_of, parameters):
    """It says no to everything

    {function} returns False for every gradient, right or wrong.

    Print the largest difference for a right gradient, and compare it with what you allow.
    """
    return False


@wrong_checker(edit=REVERSED)
def verdict_reversed():
    """Yes and no are swapped

    {function} returns False for right gradients, and True for wrong ones.

    True means that the gradient is right.
    """


@wrong_checker(edit={NEAR: "np.all(found == right)"}, finds="np.array_equal")
def no_rounding_allowed():
    """No difference at all is allowed

    {function} asks for equal numbers, so it rejects right gradients: central differences are
    rounded.

    Allow a difference of about 1e-5 of the largest entry.
    """


@wrong_checker(edit={ALLOWED: "1e-5"})
def fixed_tolerance():
    """The difference allowed is a fixed number

    {function} holds the differences against one number, however large the gradient is. So it lets
    a small gradient through that is twice as large as it should be.

    Allow a share of the largest entry of the array: a thousandth is a lot for a gradient of a
    thousandth.
    """


@wrong_checker(edit={ALLOWED: "1e-9"})
def fixed_and_tight_tolerance():
    """The difference allowed is a fixed number, and too small for large gradients

    {function} holds the differences against one number, however large the gradient is. So it
    rejects right gradients that are large: their differences are rounded more coarsely.

    Allow a share of the largest entry of the array.
    """


@wrong_checker(edit={ALLOWED: "1e-5 * np.abs(right)"})
def share_of_each_entry():
    """Each entry is held against itself

    {function} allows each entry a share of that entry. Where the derivative is 0 that is nothing,
    and a right gradient is rejected for the rounding of the differences.

    Divide by the largest entry of the array, not by each entry.
    """


@wrong_checker(
    edit={ALLOWED: "1e-5 * max(np.abs(part).max() for part in claimed)", **FINITE},
    finds="np.concatenate",
)
def share_of_the_largest_array():
    """All arrays are held against the largest one

    {function} takes one size for all arrays together. So it lets an array through that is wrong,
    where another one is far larger.

    Compare array by array: each has a largest entry of its own.
    """


@wrong_checker(edit={ALLOWED: "0.02 * np.abs(right).max()"})
def wide_tolerance():
    """Far too much is allowed

    {function} lets a gradient through that is 1 % off, and so one with a wrong entry that is
    small.

    Central differences are right to about 1e-9: 1e-5 of the largest entry is plenty.
    """


@wrong_checker(edit={ALLOWED: "5e-3 * np.abs(right).max()"})
def loose_tolerance():
    """Too much is allowed

    {function} lets a gradient through in which one entry is off by a few thousandths of the
    largest one. A small entry may be entirely wrong by that.

    Central differences are right to about 1e-9: 1e-5 of the largest entry is plenty.
    """


@wrong_checker(edit={GAP: "found - right"})
def difference_without_abs():
    """The sign of the difference is forgotten

    {function} only finds entries that are too large: where the difference is negative it is below
    every bound.

    np.abs of the difference.
    """


@wrong_checker(edit={GAP: "np.abs(np.abs(found) - np.abs(right))"})
def sizes_compared():
    """The sign of the entries is forgotten

    {function} compares how large the entries are, without their signs: it lets a gradient through
    whose signs are all wrong.

    abs belongs around the difference, not around each of the two numbers.
    """


@wrong_checker(
    edit={GAP: "abs(np.linalg.norm(found) - np.linalg.norm(right))"}, finds="np.linalg.norm"
)
def norms_compared():
    """Only the lengths are compared

    {function} compares the norms of the two arrays. A transposed gradient has the same norm as the
    right one, and so has one with the wrong sign.

    The norm of the difference, not the difference of the norms.
    """


@wrong_checker(
    edit={
        ALLOWED: "np.linalg.norm(found) * np.linalg.norm(right)",
        NEAR: "abs(np.sum(found * right) - allowed) <= 1e-7 * allowed",
        **FINITE,
    }
)
def directions_compared():
    """Only the direction is compared

    {function} compares where the arrays point to, not how long they are: it lets through what is a
    multiple of the right gradient.

    Compare entry by entry.
    """


@wrong_checker(edit={GAP: "np.abs(np.sum(found - right))"})
def sums_compared():
    """Only the sums are compared

    {function} compares the sum, or the mean, of each array. Entries that are wrong in both
    directions, or that have changed places, have the right sum.

    First abs of each difference; then look at the largest one.
    """


@wrong_checker(edit={NEAR: "abs(found.max() - right.max()) <= allowed"})
def largest_compared():
    """Only the largest entries are compared

    {function} compares the largest entry of one array with the largest of the other. All other
    entries may be wrong, or stand in the wrong places.

    The largest difference, not the difference of the largest entries.
    """


@wrong_checker(
    edit={GAP: "np.abs(np.sort(found.ravel()) - np.sort(right.ravel()))"}, finds="np.sort"
)
def places_ignored():
    """The places of the entries do not count

    {function} lets a transposed gradient through: the entries are compared in the order of their
    size, or with those of the transposed array.

    Entry [i, j] belongs to entry [i, j].
    """


@wrong_checker(
    edit={NEAR: f"{NEAR} or found.T.shape == right.shape and {NEAR.replace('found', 'found.T')}"}
)
def transposed_accepted():
    """A transposed gradient passes as well

    {function} is content where an array fits, or its transposed one. A gradient with rows and
    columns swapped is wrong.

    Entry [i, j] belongs to entry [i, j].
    """


@wrong_checker(edit={"np.all": "np.any", **FINITE}, finds="np.any")
def any_entry():
    """One right entry is enough

    {function} is content where any entry of an array is right. All have to be.

    np.all, not np.any.
    """


@wrong_checker(edit={NEAR: "np.isfinite(found).all()"})
def shapes_only():
    """Only the shapes are compared

    {function} looks at the number of arrays and at their shapes, and never at what they hold.

    Work out numerical_gradient for each array, and compare entry by entry.
    """


@wrong_checker(edit={NEAR: f"position > 0 or {FIRST_NEAR}", **FINITE})
def first_entry_compared():
    """Only the first entry is compared

    {function} returns after the first entry of the first array. All entries of all arrays have to
    be right.

    Inside the loop only `return False` is allowed; `return True` comes after it.
    """


@wrong_checker(edit={NEAR: FIRST_NEAR, **FINITE})
def one_entry_sampled():
    """Only one entry of each array is compared

    {function} samples one entry of each array. A mistake in any other one is let through.

    np.ndindex(array.shape) gives the index of every entry.
    """


@wrong_checker(edit={NEAR: f"position > 0 or {NEAR}", **FINITE}, finds="parameters[0]")
def first_array_compared():
    """Only the first array is compared

    {function} returns after the first array. All of them have to be right.

    Inside the loop only `return False` is allowed; `return True` comes after it.
    """


@wrong_checker(edit={NEAR: f"position < len(parameters) - 1 or {NEAR}", **FINITE})
def last_array_counts():
    """Only the last array counts

    Each array's verdict overwrites that of the one before, so {function} returns that of the last.
    All of them have to be right.

    Return False as soon as an array is wrong, or join the verdicts with `and`.
    """


@wrong_checker(edit=WITH_NAN)
def nan_accepted():
    """nan is let through

    {function} looks for entries that are off by more than is allowed. nan is never more than
    anything, so an entry that is not a number passes.

    Ask whether all differences are small (`<=`), not whether any is large (`>`).
    """


@wrong_checker(edit={"np.abs(right).max()": "np.abs(found).max()"})
def infinity_accepted():
    """An infinite entry is let through

    {function} holds the difference against the size of what is claimed: against an infinite entry
    every difference is small.

    Hold it against the differences of the loss, which are finite.
    """


@wrong_checker(edit=ANY_SHAPE)
def shapes_ignored():
    """Shapes are not compared

    An array of shape (1, 2, 2) passes for one of shape (2, 2): NumPy repeats the smaller one
    without a word.

    Compare the shapes first.
    """


@wrong_checker(edit=ANY_NUMBER)
def number_ignored():
    """Arrays are not counted

    A gradient with an array too many is let through: the loop ends with the parameters.

    Compare the lengths of the two lists first, or use zip(..., strict=True).
    """


@wrong_checker(edit=ANY_NUMBER | ANY_SHAPE)
def shapes_and_number_ignored():
    """Neither shapes nor arrays are counted

    An array of shape (1, 2, 2) passes for one of shape (2, 2), and an array too many is never
    looked at.

    Compare the lengths of the two lists and the shapes of their arrays first.
    """


@wrong_checker(edit=ANY_NUMBER | ANY_SHAPE | WITH_NAN)
def only_large_differences_found():
    """Entries alone are looked at, and nan passes too

    nan, an array of shape (1, 2, 2) in place of (2, 2), an array too many: {function} lets all of
    them through.

    Compare lengths and shapes first; then ask whether all differences are small (`<=`), not
    whether any is large (`>`).
    """


@wrong_checker(edit={CLAIMED: f"{CLAIMED}\nfor parameter in parameters:\n    parameter -= 1e-9"})
def parameters_moved():
    """The parameters are changed in place

    The verdicts are right, but {function} moves the caller's own arrays, and leaves them moved.

    Move an entry of a copy, or put it back exactly: keep the old value.
    """
