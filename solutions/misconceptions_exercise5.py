"""Mistakes in exercise 5: differences that are none, and checkers that let wrong gradients through.

What a checker lets through tells which mistake it makes: the probes of `check_gradient` are right
and wrong gradients of one kind each, and every mistake below answers them in its own way.
"""

import numpy as np

from grader.authoring import misconception, probe, variant


def curve(rng, shape):
    """Draw a function whose derivative by each entry depends on all entries."""
    cubes, factors = rng.uniform(0.5, 1.5, shape), rng.uniform(0.5, 1.5, shape)
    return lambda a: float(np.sum(cubes * a**3) + np.sum(factors * a) ** 2)


@probe("numerical_gradient", returns="the gradient")
def a_wide_array(rng):
    """Draw a function of an array of shape (2, 3), and a step so large that its width shows."""
    return curve(rng, (2, 3)), rng.uniform(0.5, 1.5, (2, 3)), rng.uniform(0.05, 0.2)


@probe("numerical_gradient", returns="the gradient")
def an_array_of_negative_numbers(rng):
    """Draw a function of negative numbers."""
    return curve(rng, (2, 3)), rng.uniform(-1.5, -0.5, (2, 3)), rng.uniform(0.05, 0.2)


@probe("numerical_gradient", returns="the gradient")
def an_array_of_integers(rng):
    """Draw a function of whole numbers."""
    return curve(rng, (2, 3)), rng.integers(1, 5, (2, 3)), rng.uniform(0.05, 0.2)


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


def _differences(function, array, right, left, width):
    """Return differences over two points, `right` and `left` of each entry, divided by `width`."""
    array = np.array(array, dtype=float)
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[index] += right
        below[index] -= left
        result[index] = (function(above) - function(below)) / width
    return result


@misconception(
    "numerical_gradient",
    title="The difference is taken on one side only",
    explain="The function is taken at the entry + epsilon and at the entry itself. A central"
    " difference takes it at the entry + epsilon and at the entry - epsilon.",
    advice="On one side the error shrinks like epsilon, on both like epsilon squared: at the same"
    " step you gain about five digits.",
)
def forward_difference(function, array, epsilon=1e-5):
    """Take the forward difference."""
    return _differences(function, array, epsilon, 0.0, epsilon)


@misconception(
    "numerical_gradient",
    title="The difference is taken on the lower side only",
    explain="The function is taken at the entry itself and at the entry - epsilon. A central"
    " difference takes it at the entry + epsilon and at the entry - epsilon.",
    advice="On one side the error shrinks like epsilon, on both like epsilon squared.",
)
def backward_difference(function, array, epsilon=1e-5):
    """Take the backward difference."""
    return _differences(function, array, 0.0, epsilon, epsilon)


@misconception(
    "numerical_gradient",
    title="A one-sided difference is divided by the width of a central one",
    explain="The function is taken at the entry + epsilon and at the entry itself, which are"
    " epsilon apart, but the difference is divided by 2 * epsilon.",
    advice="Take it on both sides; then 2 * epsilon is right.",
)
def forward_difference_halved(function, array, epsilon=1e-5):
    """Divide the forward difference by twice the step."""
    return _differences(function, array, epsilon, 0.0, 2 * epsilon)


@misconception(
    "numerical_gradient",
    title="The difference is divided by epsilon, not by 2 * epsilon",
    explain="The two points are 2 * epsilon apart, so everything comes out twice as large as it"
    " should.",
    advice="A slope is the difference of the values divided by the distance of the points.",
    finds=("/ epsilon",),
)
def width_not_doubled(function, array, epsilon=1e-5):
    """Divide by epsilon."""
    return _differences(function, array, epsilon, epsilon, epsilon)


@misconception(
    "numerical_gradient",
    title="The points are only half of epsilon away",
    explain="Each entry is moved by epsilon / 2. It is to be moved by epsilon in both directions.",
    advice="epsilon is how far an entry is moved, not how far the two points are apart.",
    finds=("epsilon / 2", "0.5 * epsilon", "epsilon * 0.5"),
)
def half_a_step(function, array, epsilon=1e-5):
    """Take epsilon for the whole width."""
    return _differences(function, array, epsilon / 2, epsilon / 2, epsilon)


@misconception(
    "numerical_gradient",
    title="Half a step, divided by the width of a whole one",
    explain="Each entry is moved by epsilon / 2 in both directions, but the difference is divided"
    " by 2 * epsilon: everything comes out half as large as it should.",
    advice="Move by epsilon; then 2 * epsilon is the distance of the points.",
    finds=("epsilon / 2", "0.5 * epsilon", "epsilon * 0.5"),
)
def half_a_step_whole_width(function, array, epsilon=1e-5):
    """Move by half of epsilon and divide by twice epsilon."""
    return _differences(function, array, epsilon / 2, epsilon / 2, 2 * epsilon)


@misconception(
    "numerical_gradient",
    title="Multiplied by epsilon: brackets are missing",
    explain="`/ 2 * epsilon` divides by 2 and then multiplies by epsilon. The difference is to be"
    " divided by the product.",
    advice="Write the width in brackets: / (2 * epsilon).",
    finds=("/ 2 * epsilon",),
)
def brackets_missing(function, array, epsilon=1e-5):
    """Divide by 2 and multiply by epsilon."""
    return _differences(function, array, epsilon, epsilon, 2 / epsilon)


@misconception(
    "numerical_gradient",
    title="The difference is not divided by anything",
    explain="{function} returns differences of the values. A slope is the difference divided by"
    " the distance of the points, 2 * epsilon.",
    advice="Try it with the sum of the entries: each slope is 1.",
)
def not_divided(function, array, epsilon=1e-5):
    """Return the differences."""
    return _differences(function, array, epsilon, epsilon, 1.0)


@misconception(
    "numerical_gradient",
    title="The two sides are swapped",
    explain="The value below is taken, and the one above subtracted: all signs are wrong.",
    advice="Try it with the sum of the entries: each slope is +1.",
)
def sides_swapped(function, array, epsilon=1e-5):
    """Subtract the value above from the one below."""
    return _differences(function, array, epsilon, epsilon, -2 * epsilon)


@misconception(
    "numerical_gradient",
    title="The step is a share of the entry",
    explain="Each entry is moved by epsilon times itself. It is to be moved by epsilon, however"
    " large it is.",
    advice="An entry that is 0 would not move at all.",
)
def step_is_a_share(function, array, epsilon=1e-5):
    """Move each entry by a share of itself."""
    array = np.array(array, dtype=float)
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[index] *= 1 + epsilon
        below[index] *= 1 - epsilon
        result[index] = (function(above) - function(below)) / (2 * epsilon * array[index])
    return result


@misconception(
    "numerical_gradient",
    title="epsilon is not used",
    explain="The step is always 0.00001, whatever epsilon says.",
    advice="Who calls {function} chooses the step; the value in the `def` line is used only where"
    " none is given.",
)
def epsilon_ignored(function, array, epsilon=1e-5):
    """Use a step of one's own."""
    return _differences(function, array, 1e-5, 1e-5, 2e-5)


@misconception(
    "numerical_gradient",
    title="All entries are moved at once",
    explain="epsilon is added to the whole array, so every entry of the result is the slope in the"
    " direction of all entries together. Only one entry may move, the others stay.",
    advice="A loop over all indices, and in each turn copies in which one entry is changed.",
    finds=("array + epsilon", "array - epsilon"),
)
def all_entries_moved(function, array, epsilon=1e-5):
    """Add epsilon to the array."""
    array = np.array(array, dtype=float)
    difference = function(array + epsilon) - function(array - epsilon)
    return np.full(array.shape, difference / (2 * epsilon))


@misconception(
    "numerical_gradient",
    title="A whole row is moved at once",
    explain="The loop goes over the rows, and each turn moves all entries of one. Each entry is to"
    " be moved alone.",
    advice="`array[0]` of an array with two dimensions is a row. np.ndindex(array.shape) gives the"
    " index of every entry.",
    finds=("range(len(array))",),
)
def row_moved_at_once(function, array, epsilon=1e-5):
    """Loop over the first index only."""
    array = np.array(array, dtype=float)
    result = np.zeros(array.shape)
    for row in range(len(array)):
        above, below = array.copy(), array.copy()
        above[row] += epsilon
        below[row] -= epsilon
        result[row] = (function(above) - function(below)) / (2 * epsilon)
    return result


@misconception(
    "numerical_gradient",
    title="Only the first entry is worked out",
    explain="All entries but the first stay 0: the loop ends in its first turn.",
    advice="Look at the indentation of `return`: it belongs after the loop.",
)
def first_entry_only(function, array, epsilon=1e-5):
    """Return in the first turn."""
    result = _differences(function, array, epsilon, epsilon, 2 * epsilon)
    result.ravel()[1:] = 0
    return result


@misconception(
    "numerical_gradient",
    title="Only the diagonal is worked out",
    explain="One index is used for rows and columns alike, so all entries off the diagonal stay 0.",
    advice="np.ndindex(array.shape) gives the index of every entry.",
)
def diagonal_only(function, array, epsilon=1e-5):
    """Use one counter for both indices."""
    result = _differences(function, array, epsilon, epsilon, 2 * epsilon)
    kept = np.zeros(result.shape)
    for number in range(min(result.shape, default=1)):
        place = (number,) * result.ndim
        kept[place] = result[place]
    return kept


@misconception(
    "numerical_gradient",
    title="An entry is not put back",
    explain="After its turn each entry stays epsilon lower, so the slopes of the later ones are"
    " taken at another place.",
    advice="Print the array at the end of each turn: it has to be what it was. Or move an entry of"
    " a fresh copy each time.",
)
def copy_not_put_back(function, array, epsilon=1e-5):
    """Work on one copy and leave each entry moved."""
    point = np.array(array, dtype=float)
    result = np.zeros(point.shape)
    for index in np.ndindex(point.shape):
        point[index] += epsilon
        above = function(point)
        point[index] -= 2 * epsilon
        result[index] = (above - function(point)) / (2 * epsilon)
    return result


@misconception(
    "numerical_gradient",
    title="The array that was given is moved, and not put back",
    explain="{function} changes the caller's array, and leaves it changed; the slopes of the later"
    " entries are taken at another place too.",
    advice="Work on a copy: array.copy(). `other = array` is no copy, only a second name.",
    finds=("array",),
)
def array_not_put_back(function, array, epsilon=1e-5):
    """Move the caller's entries and leave them moved."""
    result = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        old = array[index]
        array[index] = old + epsilon
        above = function(array)
        array[index] = old - epsilon
        result[index] = (above - function(array)) / (2 * epsilon)
    return result


@misconception(
    "numerical_gradient",
    title="Whole numbers stay whole numbers",
    explain="An array of whole numbers keeps no fraction: where one is given, an entry plus epsilon"
    " is cut off again, and so are the slopes.",
    advice="Start with np.array(array, dtype=float), and make the result with np.zeros(shape):"
    " np.zeros_like and copy keep the kind of number.",
    finds=("np.zeros_like(array)", "array.copy()"),
)
def integers_kept(function, array, epsilon=1e-5):
    """Keep the kind of number of the array."""
    result = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[index] += epsilon
        below[index] -= epsilon
        result[index] = (function(above) - function(below)) / (2 * epsilon)
    return result


@misconception(
    "numerical_gradient",
    title="The result keeps the kind of number of the array",
    explain="The points are moved rightly, but where whole numbers are given, the slopes are cut"
    " off to whole numbers too.",
    advice="np.zeros_like(array) has the kind of number of `array`: make it of the array of"
    " fractions, or with np.zeros(array.shape).",
    finds=("np.zeros_like(array)", "np.empty_like(array)"),
)
def result_of_integers(function, array, epsilon=1e-5):
    """Store the slopes in an array of the given kind."""
    result = np.zeros_like(array)
    result[...] = _differences(function, array, epsilon, epsilon, 2 * epsilon)
    return result


@misconception(
    "numerical_gradient",
    title="The slopes are rounded",
    explain="The slopes are worked out rightly, and then rounded to a few digits.",
    advice="Round what you print, never what you return.",
    finds=("np.float32",),
)
def rounded_to_float32(function, array, epsilon=1e-5):
    """Keep half of the digits."""
    result = _differences(function, array, epsilon, epsilon, 2 * epsilon)
    return result.astype(np.float32)


@misconception(
    "numerical_gradient",
    title="Rows and columns are swapped",
    explain="Each slope is stored at the transposed index, so the result has the shape of the"
    " transposed array.",
    advice="result[index] and above[index] belong together.",
)
def result_transposed(function, array, epsilon=1e-5):
    """Return the transposed result."""
    return _differences(function, array, epsilon, epsilon, 2 * epsilon).T


@misconception(
    "numerical_gradient",
    title="The result is one long row",
    explain="The slopes are right, but they come as an array with one dimension. The result has to"
    " have the shape of `array`.",
    advice="result.reshape(array.shape)",
    finds=("np.array(result)", "array.ravel()", "array.flatten()"),
)
def result_flat(function, array, epsilon=1e-5):
    """Return the slopes in a row."""
    return _differences(function, array, epsilon, epsilon, 2 * epsilon).ravel()


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


def spoilt(rng, spoil):
    """Draw a case whose gradient has been spoilt."""
    loss_of, gradient_of, at = landscape(rng)
    return loss_of, lambda parameters: spoil(*gradient_of(parameters)), at


def checker_probe(draw):
    """Mark a probe of check_gradient."""
    return probe("check_gradient", returns="the verdict")(draw)


@checker_probe
def a_right_gradient(rng):
    """Draw a right gradient."""
    return landscape(rng)


@checker_probe
def a_large_one(rng):
    """Draw a right gradient that is large."""
    return landscape(rng, 1e4)


@checker_probe
def one_without_rounding(_rng):
    """Draw a right gradient that central differences give without any rounding."""
    factors = np.array([[1.0, 2.0], [4.0, 8.0]])
    at = [np.zeros((2, 2)), np.zeros((2, 2))]
    return lambda p: float(np.sum(factors * p[0])), lambda _: [factors, 0 * factors], at


@checker_probe
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


@checker_probe
def a_wrong_sign(rng):
    """Draw a gradient with the wrong sign."""
    return spoilt(rng, lambda a, b: [-a, -b])


@checker_probe
def twice_the_gradient(rng):
    """Draw a gradient that is twice as large as it should be."""
    return spoilt(rng, lambda a, b: [2 * a, 2 * b])


@checker_probe
def half_the_gradient(rng):
    """Draw a gradient that is half as large as it should be."""
    return spoilt(rng, lambda a, b: [a / 2, b / 2])


@checker_probe
def all_zeros(rng):
    """Draw a gradient of zeros."""
    return spoilt(rng, lambda a, b: [0 * a, 0 * b])


@checker_probe
def one_percent_more(rng):
    """Draw a gradient that is 1 % too large."""
    return spoilt(rng, lambda a, b: [1.01 * a, 1.01 * b])


@checker_probe
def a_small_one_doubled(rng):
    """Draw a small gradient that is twice as large as it should be."""
    loss_of, gradient_of, at = landscape(rng, 1e-7)
    return loss_of, lambda p: [2 * part for part in gradient_of(p)], at


@checker_probe
def a_small_array_doubled(rng):
    """Draw a gradient whose second array is far smaller than the first, and doubled."""
    loss_of, gradient_of, at = landscape(rng, 1.0, 1e-7)

    def wrong(parameters):
        first, second = gradient_of(parameters)
        return [first, 2 * second]

    return loss_of, wrong, at


@checker_probe
def a_transposed_first_array(rng):
    """Draw a gradient whose first array is transposed."""
    return spoilt(rng, lambda a, b: [a.T.copy(), b])


@checker_probe
def a_transposed_second_array(rng):
    """Draw a gradient whose second array is transposed."""
    return spoilt(rng, lambda a, b: [a, b.T.copy()])


@checker_probe
def swapped_rows(rng):
    """Draw a gradient whose first array has its rows in the wrong order."""
    return spoilt(rng, lambda a, b: [a[::-1].copy(), b])


@checker_probe
def swapped_arrays(rng):
    """Draw a gradient whose arrays are swapped."""
    return spoilt(rng, lambda a, b: [b, a])


def with_entry(array, index, value):
    """Return an array in which one entry has been replaced."""
    array = array.copy()
    array[index] = value
    return array


@checker_probe
def a_wrong_first_entry(rng):
    """Draw a gradient whose very first entry is too large."""
    return spoilt(rng, lambda a, b: [with_entry(a, (0, 0), 5 * np.abs(a).max()), b])


@checker_probe
def a_wrong_end_of_the_first_array(rng):
    """Draw a gradient in which the last entry of the first array is too small."""
    return spoilt(rng, lambda a, b: [with_entry(a, (1, 1), a[1, 1] / 2), b])


@checker_probe
def a_wrong_start_of_the_second_array(rng):
    """Draw a gradient in which the first entry of the second array is 0."""
    return spoilt(rng, lambda a, b: [a, with_entry(b, (0, 0), 0.0)])


@checker_probe
def a_wrong_last_entry(rng):
    """Draw a gradient in which the very last entry is too small."""
    return spoilt(rng, lambda a, b: [a, with_entry(b, (1, 1), 0.7 * b[1, 1])])


@checker_probe
def a_little_in_one_entry(rng):
    """Draw a gradient with one entry that is off by three thousandths of the largest one."""
    return spoilt(rng, lambda a, b: [with_entry(a, (0, 1), a[0, 1] + 3e-3 * a.max()), b])


@checker_probe
def wrong_both_ways(rng):
    """Draw a gradient with two wrong entries whose sum is right."""
    move = np.array([[0.1, 0.0], [0.0, -0.1]])
    return spoilt(rng, lambda a, b: [a + move, b - move])


@checker_probe
def not_a_number(rng):
    """Draw a gradient with an entry that is not a number."""
    return spoilt(rng, lambda a, b: [a, with_entry(b, (0, 1), np.nan)])


@checker_probe
def an_infinite_entry(rng):
    """Draw a gradient with an entry that is infinite."""
    return spoilt(rng, lambda a, b: [with_entry(a, (1, 0), np.inf), b])


@checker_probe
def one_dimension_more(rng):
    """Draw a gradient whose second array has one dimension more."""
    return spoilt(rng, lambda a, b: [a, b[np.newaxis]])


@checker_probe
def one_array_more(rng):
    """Draw a gradient with one array too many."""
    return spoilt(rng, lambda a, b: [a, b, b])


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


def _pairs(loss_of, gradient_of, parameters, reference):
    """Return what is claimed and the differences, array by array, as far as both go."""
    found = []
    for place, claimed in enumerate(gradient_of(parameters)[: len(parameters)]):

        def loss_at(array, place=place):
            return loss_of([*parameters[:place], array, *parameters[place + 1 :]])

        found.append(
            (np.asarray(claimed), reference.numerical_gradient(loss_at, parameters[place]))
        )
    return found


def _fits(loss_of, gradient_of, parameters, reference):
    """Return whether number and shapes are right, and all entries are finite."""
    claimed = gradient_of(parameters)
    return len(claimed) == len(parameters) and all(
        np.shape(part) == parameter.shape and bool(np.isfinite(part).all())
        for part, parameter in zip(claimed, parameters, strict=True)
    )


def _allowed(right):
    """Return how far entries may be off."""
    return 1e-5 * np.abs(right).max() + 1e-9


def _verdict(loss_of, gradient_of, parameters, reference):
    """Return the right verdict."""
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= _allowed(found)).all())
        for claimed, found in _pairs(loss_of, gradient_of, parameters, reference)
    )


@misconception(
    "check_gradient",
    title="It says yes to everything",
    explain="{function} returns True for every gradient, right or wrong.",
    advice="A check that cannot fail checks nothing: try yours on a gradient that you know is"
    " wrong.",
    finds=("True",),
)
def always_yes(loss_of, gradient_of, parameters):
    """Return True."""
    return True


@misconception(
    "check_gradient",
    title="It says no to everything",
    explain="{function} returns False for every gradient, right or wrong.",
    advice="Print the largest difference for a right gradient, and compare it with what you allow.",
)
def always_no(loss_of, gradient_of, parameters):
    """Return False."""
    return False


@misconception(
    "check_gradient",
    title="Yes and no are swapped",
    explain="{function} returns False for right gradients, and True for wrong ones.",
    advice="True means that the gradient is right.",
)
def verdict_reversed(loss_of, gradient_of, parameters, *, reference):
    """Return the opposite."""
    return not _verdict(loss_of, gradient_of, parameters, reference)


@misconception(
    "check_gradient",
    title="No difference at all is allowed",
    explain="{function} asks for equal numbers, so it rejects right gradients: central differences"
    " are rounded.",
    advice="Allow a difference of about 1e-5 of the largest entry.",
    finds=("np.array_equal",),
)
def no_rounding_allowed(loss_of, gradient_of, parameters, *, reference):
    """Compare with ==."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((claimed == found).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The difference allowed is a fixed number",
    explain="{function} holds the differences against one number, however large the gradient is."
    " So it lets a small gradient through that is twice as large as it should be.",
    advice="Allow a share of the largest entry of the array: a thousandth is a lot for a gradient"
    " of a thousandth.",
)
def fixed_tolerance(loss_of, gradient_of, parameters, *, reference):
    """Allow 1e-5, whatever the size."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= 1e-5).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The difference allowed is a fixed number, and too small for large gradients",
    explain="{function} holds the differences against one number, however large the gradient is."
    " So it rejects right gradients that are large: their differences are rounded more coarsely.",
    advice="Allow a share of the largest entry of the array.",
)
def fixed_and_tight_tolerance(loss_of, gradient_of, parameters, *, reference):
    """Allow 1e-9, whatever the size."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= 1e-9).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Each entry is held against itself",
    explain="{function} allows each entry a share of that entry. Where the derivative is 0 that is"
    " nothing, and a right gradient is rejected for the rounding of the differences.",
    advice="Divide by the largest entry of the array, not by each entry.",
)
def share_of_each_entry(loss_of, gradient_of, parameters, *, reference):
    """Allow a share of each entry."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= 1e-5 * np.abs(claimed)).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="All arrays are held against the largest one",
    explain="{function} takes one size for all arrays together. So it lets an array through that is"
    " wrong, where another one is far larger.",
    advice="Compare array by array: each has a largest entry of its own.",
    finds=("np.concatenate",),
)
def share_of_the_largest_array(loss_of, gradient_of, parameters, *, reference):
    """Allow a share of the largest entry of all arrays."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    allowed = 1e-5 * max(np.abs(found).max() for _, found in pairs)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= allowed).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Far too much is allowed",
    explain="{function} lets a gradient through that is 1 % off, and so one with a wrong entry that"
    " is small.",
    advice="Central differences are right to about 1e-9: 1e-5 of the largest entry is plenty.",
)
def wide_tolerance(loss_of, gradient_of, parameters, *, reference):
    """Allow a twentieth."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= 0.02 * np.abs(found).max()).all())
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Too much is allowed",
    explain="{function} lets a gradient through in which one entry is off by a few thousandths of"
    " the largest one. A small entry may be entirely wrong by that.",
    advice="Central differences are right to about 1e-9: 1e-5 of the largest entry is plenty.",
)
def loose_tolerance(loss_of, gradient_of, parameters, *, reference):
    """Allow half a hundredth."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= 5e-3 * np.abs(found).max()).all())
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The sign of the difference is forgotten",
    explain="{function} only finds entries that are too large: where the difference is negative it"
    " is below every bound.",
    advice="np.abs of the difference.",
)
def difference_without_abs(loss_of, gradient_of, parameters, *, reference):
    """Leave out abs."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((claimed - found <= _allowed(found)).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The sign of the entries is forgotten",
    explain="{function} compares how large the entries are, without their signs: it lets a gradient"
    " through whose signs are all wrong.",
    advice="abs belongs around the difference, not around each of the two numbers.",
)
def sizes_compared(loss_of, gradient_of, parameters, *, reference):
    """Compare absolute values."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(np.abs(claimed) - np.abs(found)) <= _allowed(found)).all())
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Only the lengths are compared",
    explain="{function} compares the norms of the two arrays. A transposed gradient has the same"
    " norm as the right one, and so has one with the wrong sign.",
    advice="The norm of the difference, not the difference of the norms.",
    finds=("np.linalg.norm",),
)
def norms_compared(loss_of, gradient_of, parameters, *, reference):
    """Compare the norms."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        abs(float(np.linalg.norm(claimed) - np.linalg.norm(found))) <= _allowed(found)
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Only the direction is compared",
    explain="{function} compares where the arrays point to, not how long they are: it lets through"
    " what is a multiple of the right gradient.",
    advice="Compare entry by entry.",
)
def directions_compared(loss_of, gradient_of, parameters, *, reference):
    """Compare the directions."""

    def same(claimed, found):
        lengths = np.linalg.norm(claimed) * np.linalg.norm(found)
        return abs(float(np.sum(claimed * found)) - float(lengths)) <= 1e-7 * lengths

    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    fits = _fits(loss_of, gradient_of, parameters, reference)
    return fits and all(bool(same(*pair)) for pair in pairs)


@misconception(
    "check_gradient",
    title="Only the sums are compared",
    explain="{function} compares the sum, or the mean, of each array. Entries that are wrong in"
    " both directions, or that have changed places, have the right sum.",
    advice="First abs of each difference; then look at the largest one.",
)
def sums_compared(loss_of, gradient_of, parameters, *, reference):
    """Compare the sums."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        abs(float(np.sum(claimed - found))) <= _allowed(found) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Only the largest entries are compared",
    explain="{function} compares the largest entry of one array with the largest of the other. All"
    " other entries may be wrong, or stand in the wrong places.",
    advice="The largest difference, not the difference of the largest entries.",
)
def largest_compared(loss_of, gradient_of, parameters, *, reference):
    """Compare the maxima."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        abs(float(claimed.max() - found.max())) <= _allowed(found) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The places of the entries do not count",
    explain="{function} lets a transposed gradient through: the entries are compared in the order"
    " of their size, or with those of the transposed array.",
    advice="Entry [i, j] belongs to entry [i, j].",
    finds=("np.sort", "sorted"),
)
def places_ignored(loss_of, gradient_of, parameters, *, reference):
    """Sort both before comparing."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(np.sort(claimed.ravel()) - np.sort(found.ravel())) <= _allowed(found)).all())
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="A transposed gradient passes as well",
    explain="{function} is content where an array fits, or its transposed one. A gradient with rows"
    " and columns swapped is wrong.",
    advice="Entry [i, j] belongs to entry [i, j].",
)
def transposed_accepted(loss_of, gradient_of, parameters, *, reference):
    """Accept the transposed array too."""

    def near(claimed, found):
        return bool((np.abs(claimed - found) <= _allowed(found)).all())

    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        near(claimed, found) or (found.T.shape == found.shape and near(claimed.T, found))
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="One right entry is enough",
    explain="{function} is content where any entry of an array is right. All have to be.",
    advice="np.all, not np.any.",
    finds=("np.any",),
)
def any_entry(loss_of, gradient_of, parameters, *, reference):
    """Use any in place of all."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool((np.abs(claimed - found) <= _allowed(found)).any()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Only the shapes are compared",
    explain="{function} looks at the number of arrays and at their shapes, and never at what they"
    " hold.",
    advice="Work out numerical_gradient for each array, and compare entry by entry.",
)
def shapes_only(loss_of, gradient_of, parameters, *, reference):
    """Compare shapes, and refuse what is not finite."""
    return _fits(loss_of, gradient_of, parameters, reference)


@misconception(
    "check_gradient",
    title="Only the first entry is compared",
    explain="{function} returns after the first entry of the first array. All entries of all arrays"
    " have to be right.",
    advice="Inside the loop only `return False` is allowed; `return True` comes after it.",
)
def first_entry_compared(loss_of, gradient_of, parameters, *, reference):
    """Return after one entry."""
    claimed, found = _pairs(loss_of, gradient_of, parameters, reference)[0]
    near = bool(abs(claimed.flat[0] - found.flat[0]) <= _allowed(found))
    return near and _fits(loss_of, gradient_of, parameters, reference)


@misconception(
    "check_gradient",
    title="Only one entry of each array is compared",
    explain="{function} samples one entry of each array. A mistake in any other one is let"
    " through.",
    advice="np.ndindex(array.shape) gives the index of every entry.",
)
def one_entry_sampled(loss_of, gradient_of, parameters, *, reference):
    """Compare the first entry of each array."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return _fits(loss_of, gradient_of, parameters, reference) and all(
        bool(abs(claimed.flat[0] - found.flat[0]) <= _allowed(found)) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Only the first array is compared",
    explain="{function} returns after the first array. All of them have to be right.",
    advice="Inside the loop only `return False` is allowed; `return True` comes after it.",
    finds=("parameters[0]",),
)
def first_array_compared(loss_of, gradient_of, parameters, *, reference):
    """Return after the first array."""
    claimed, found = _pairs(loss_of, gradient_of, parameters, reference)[0]
    near = bool((np.abs(claimed - found) <= _allowed(found)).all())
    return near and _fits(loss_of, gradient_of, parameters, reference)


@misconception(
    "check_gradient",
    title="Only the last array counts",
    explain="Each array's verdict overwrites that of the one before, so {function} returns that of"
    " the last. All of them have to be right.",
    advice="Return False as soon as an array is wrong, or join the verdicts with `and`.",
)
def last_array_counts(loss_of, gradient_of, parameters, *, reference):
    """Overwrite the verdict in each turn."""
    claimed, found = _pairs(loss_of, gradient_of, parameters, reference)[-1]
    near = bool((np.abs(claimed - found) <= _allowed(found)).all())
    return near and _fits(loss_of, gradient_of, parameters, reference)


@misconception(
    "check_gradient",
    title="nan is let through",
    explain="{function} looks for entries that are off by more than is allowed. nan is never more"
    " than anything, so an entry that is not a number passes.",
    advice="Ask whether all differences are small (`<=`), not whether any is large (`>`).",
)
def nan_accepted(loss_of, gradient_of, parameters, *, reference):
    """Reject only what is larger."""
    claimed = gradient_of(parameters)
    return (
        len(claimed) == len(parameters)
        and all(np.shape(a) == b.shape for a, b in zip(claimed, parameters, strict=True))
        and not any(
            bool((np.abs(part - found) > _allowed(found)).any())
            for part, found in _pairs(loss_of, gradient_of, parameters, reference)
        )
    )


@misconception(
    "check_gradient",
    title="An infinite entry is let through",
    explain="{function} holds the difference against the size of what is claimed: against an"
    " infinite entry every difference is small.",
    advice="Hold it against the differences of the loss, which are finite.",
)
def infinity_accepted(loss_of, gradient_of, parameters, *, reference):
    """Allow a share of what is claimed."""
    claimed = gradient_of(parameters)
    return (
        len(claimed) == len(parameters)
        and all(np.shape(a) == b.shape for a, b in zip(claimed, parameters, strict=True))
        and all(
            bool((np.abs(part - found) <= _allowed(part)).all())
            for part, found in _pairs(loss_of, gradient_of, parameters, reference)
        )
    )


@misconception(
    "check_gradient",
    title="Shapes are not compared",
    explain="An array of shape (1, 2, 2) passes for one of shape (2, 2): NumPy repeats the smaller"
    " one without a word.",
    advice="Compare the shapes first.",
)
def shapes_ignored(loss_of, gradient_of, parameters, *, reference):
    """Let NumPy make the shapes fit."""
    return len(gradient_of(parameters)) == len(parameters) and all(
        bool((np.abs(claimed - found) <= _allowed(found)).all())
        for claimed, found in _pairs(loss_of, gradient_of, parameters, reference)
    )


@misconception(
    "check_gradient",
    title="Arrays are not counted",
    explain="A gradient with an array too many is let through: the loop ends with the parameters.",
    advice="Compare the lengths of the two lists first, or use zip(..., strict=True).",
    finds=("zip",),
)
def number_ignored(loss_of, gradient_of, parameters, *, reference):
    """Look at as many arrays as there are parameters."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return len(pairs) == len(parameters) and all(
        claimed.shape == found.shape and bool((np.abs(claimed - found) <= _allowed(found)).all())
        for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Neither shapes nor arrays are counted",
    explain="An array of shape (1, 2, 2) passes for one of shape (2, 2), and an array too many is"
    " never looked at.",
    advice="Compare the lengths of the two lists and the shapes of their arrays first.",
    finds=("zip",),
)
def shapes_and_number_ignored(loss_of, gradient_of, parameters, *, reference):
    """Look at entries only."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return len(pairs) == len(parameters) and all(
        bool((np.abs(claimed - found) <= _allowed(found)).all()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="Entries alone are looked at, and nan passes too",
    explain="nan, an array of shape (1, 2, 2) in place of (2, 2), an array too many: {function}"
    " lets all of them through.",
    advice="Compare lengths and shapes first; then ask whether all differences are small (`<=`),"
    " not whether any is large (`>`).",
)
def only_large_differences_found(loss_of, gradient_of, parameters, *, reference):
    """Reject only what is larger, whatever the shapes."""
    pairs = _pairs(loss_of, gradient_of, parameters, reference)
    return len(pairs) == len(parameters) and not any(
        bool((np.abs(claimed - found) > _allowed(found)).any()) for claimed, found in pairs
    )


@misconception(
    "check_gradient",
    title="The parameters are changed in place",
    explain="The verdicts are right, but {function} moves the caller's own arrays, and leaves them"
    " moved.",
    advice="Move an entry of a copy, or put it back exactly: keep the old value.",
)
def parameters_moved(loss_of, gradient_of, parameters, *, reference):
    """Leave the parameters a little moved."""
    verdict = _verdict(loss_of, gradient_of, parameters, reference)
    for parameter in parameters:
        parameter -= 1e-9
    return verdict
