"""Comparisons whose failures are written for students.

A hidden check's failure says which entries are wrong and by what share; only a visible
check's failure shows the expected values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from grader.checking.inner_calls import called_over, calls_within, is_telling
from grader.checking.student.objects_within import copied_here
from grader.checking.student.student_proxy import StudentProxy, answered_calls
from grader.checking.value_kinds import shape_in_words
from grader.comparison import values
from grader.comparison.check_failure import CheckFailure
from grader.comparison.figure_comparer import FigureComparer
from grader.comparison.number_words import not_finite, number, odd, off
from grader.comparison.set_comparison import set_differences
from grader.comparison.table_comparer import TableComparer
from grader.comparison.value_words import kind_in_words
from grader.result import Outcome
from grader.sandbox.child.tables.table import form_of
from grader.sandbox.failures import CallFailure

_MAX_ENTRIES: Final = 6
_MAX_NAMED: Final = 64
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is told of a value, and the entries that are wrong in it."""

    text: str
    entries: tuple[str, ...] = ()


class Compare(TableComparer, FigureComparer):
    """The `compare` of a check: each method passes in silence or raises CheckFailure."""

    def close(
        self,
        actual: Any,
        expected: Any,
        names: str | Sequence[str] | None = None,
        labels: Any = None,
        rtol: float = 1e-9,
        atol: float = 1e-12,
    ) -> None:
        """Hold what the student returned against what is right, every entry.

        Parameters
        ----------
        actual : object
            Whatever came out of the sandbox.
        expected : number, array, set, or tuple or list of them
            A tuple or list expects that many values. Of a set, feedback says what is missing and
            what does not belong to it.
        names : str or sequence of str, optional
            What the value, or each of the values, is called.
        labels : nested sequence of str, optional
            A name for each entry, of the shape of `expected`; for several values a sequence
            of such, None for values without.
        rtol, atol : float
            An entry is right where ``|actual - expected| <= atol + rtol * |expected|``.
        """
        tolerance = values.Tolerance(rtol, atol)
        problems = list(self._differences(actual, expected, names, labels, tolerance))
        if problems:
            raise CheckFailure(
                "\n".join(problem.text for problem in problems),
                [entry for problem in problems for entry in problem.entries],
            )

    def matches_any(self, actual: Any, *expecteds: Any, **options: Any) -> None:
        """Pass where `actual` is close to any of `expecteds`; else tell about the first."""
        for expected in expecteds:
            try:
                self.close(actual, expected, **options)
                return
            except CheckFailure:
                continue
        self.close(actual, expecteds[0], **options)

    def passes_any(self, *attempts: Callable[[], None]) -> None:
        """Pass where any of `attempts` passes; else fail as the first did.

        An attempt fails by a comparison, by an exception in the student's code, or by a value
        that may not be passed. Anything else that a call can end with ends the check at once.
        """
        failures: list[CheckFailure | CallFailure] = []
        for attempt in attempts:
            try:
                attempt()
                return
            except CheckFailure as failure:
                failures.append(failure)
            except CallFailure as failure:
                if failure.outcome not in (Outcome.ERROR, Outcome.FORBIDDEN_VALUE):
                    raise
                failures.append(failure)
        raise failures[0]

    def follows(
        self,
        check: Callable[[StudentProxy, Any], None],
        student: StudentProxy,
        right: Callable[..., Any],
        *arguments: Any,
    ) -> None:
        """Pass where `check` passes, but for what is wrong in other functions of the student's.

        So a mistake in one of those is charged there, and not again in the function that calls it.
        That one is right where it gives the right value, where it would if the functions that it
        calls were right, and where its value is right for what the student's others return.

        Parameters
        ----------
        check : callable
            ``check(student, expected)`` calls the function that is checked, and compares what it
            returns with what is expected. Where all fails, it fails as at first.
        student : StudentProxy
            The `student` of the check.
        right : callable
            The reference's version of the function.
        *arguments
            What the function is called with. They stay as they are, generators too.

        Examples
        --------
        `compare.follows(check_train, student, reference.train, *case)`
        """
        expected = right(*copied_here(arguments))

        def check_alone() -> None:
            check(student.given(**calls_within(right, arguments)), expected)

        def check_own() -> None:
            check(student, _own(student, right, arguments))

        self.passes_any(lambda: check(student, expected), check_alone, check_own)

    def unpack(self, value: Any, *names: str) -> tuple[Any, ...]:
        """Return the values that a function returned together, exactly as many as `names`."""
        parts = values.parts(value)
        if parts is None or len(parts) != len(names):
            raise CheckFailure(_wrong_count(value, names))
        return tuple(parts)

    def array(self, value: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
        """Return `value` as finite float64 numbers of `shape`."""
        found, problem = _as_numbers(value, name)
        if found is None:
            raise CheckFailure(problem, [name])
        if found.shape != shape:
            raise CheckFailure(_wrong_shape(name, found.shape, shape), [name])
        if np.iscomplexobj(found) or not np.isfinite(found).all():
            text = f"{name} holds {odd(found)}; finite real numbers are expected."
            raise CheckFailure(text, [name])
        return found.astype(np.float64)

    def kept_arguments(self, student: StudentProxy) -> None:
        """Fail where the student's last call changed any of its arguments in place."""
        changed = student.changed_arguments
        if changed:
            text = f"The call changed its own {' and '.join(changed)} in place. The caller's "
            arguments = answered_calls(student)[-1].arguments or ()
            if any(map(form_of, arguments)):
                text += "tables must stay as they are: work on a `.copy()`, or use `.assign(...)`."
            else:
                text += "arrays must stay as they are: work on new arrays, as in `new = old - ...`,"
                text += " not `old -= ...`."
            raise CheckFailure(text)

    def that(self, condition: object, message: str) -> None:
        """Fail with `message`, which the student reads, unless `condition` is true."""
        if not condition:
            raise CheckFailure(message)

    def _differences(
        self, actual: Any, expected: Any, names: Any, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        if isinstance(expected, set | frozenset):
            name = names if isinstance(names, str) else "the result"
            for text in set_differences(actual, expected, name, tolerance, self._visible):
                yield _Problem(text, (name,))
            return
        if not values.is_group(expected):
            name = names if isinstance(names, str) else "the result"
            yield from self._leaf(actual, np.asarray(expected), name, labels, tolerance)
            return
        wanted = _names_for(expected, names)
        parts = values.parts(actual)
        if parts is None or len(parts) != len(expected):
            yield _Problem(_wrong_count(actual, wanted), wanted)
            return
        for index, part in enumerate(expected):
            label = labels[index] if labels is not None else None
            yield from self._differences(parts[index], part, wanted[index], label, tolerance)

    def _leaf(
        self, actual: Any, expected: _Array, name: str, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        if expected.dtype == bool or expected.dtype.kind in "US":
            if not _same_word(actual, expected):
                shown = f" It should be {expected.tolist()!r}." if self._visible else ""
                text = f"{name} is {kind_in_words(actual)}, which is not right.{shown}"
                yield _Problem(text, (name,))
            return
        found, problem = _as_numbers(actual, name)
        if found is None:
            yield _Problem(problem, (name,))
            return
        if found.shape != expected.shape:
            yield _Problem(_wrong_shape(name, found.shape, expected.shape), (name,))
            return
        if np.iscomplexobj(found) and not np.iscomplexobj(expected):
            if np.any(found.imag != 0):
                text = f"{name} contains complex numbers; real ones are expected (use `.real`?)."
                yield _Problem(text, (name,))
                return
            found = found.real
        yield from self._entries(found, expected, name, labels, tolerance)

    def _entries(
        self, found: _Array, expected: _Array, name: str, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        with np.errstate(all="ignore"):
            wide = found.astype(np.complex128 if np.iscomplexobj(found) else np.float64)
        right = tolerance.agree(wide, expected)
        if right.all():
            return
        wrong = np.argwhere(~right)
        named = tuple(_place(name, index) for index in wrong[:_MAX_NAMED].tolist())
        lines = [
            self._entry(tuple(index), found, expected, name, labels)
            for index in wrong[:_MAX_ENTRIES].tolist()
        ]
        if expected.ndim == 0:
            yield _Problem(lines[0], named)
            return
        lines = [f"  {line}" for line in lines]
        lines.insert(0, f"{name}: {len(wrong)} of {expected.size} entries are wrong.")
        if len(wrong) > _MAX_ENTRIES:
            lines.append(f"  and {len(wrong) - _MAX_ENTRIES} more")
        if found.dtype.kind in "fc" and found.dtype.itemsize < expected.dtype.itemsize:
            lines.append(f"  ({name} was computed in {found.dtype}, which keeps too few digits.)")
        yield _Problem("\n".join(lines), named)

    def _entry(
        self, index: tuple[int, ...], found: _Array, expected: _Array, name: str, labels: Any
    ) -> str:
        place = _place(name, index)
        if labels is not None and index:
            place += f" ({np.asarray(labels, dtype=object)[index]})"
        value, right = found[index], expected[index]
        if self._visible:
            return f"{place} is {number(value)}, expected {number(right)}"
        if not np.isfinite(value):
            return f"{place} is {not_finite(value)}"
        return f"{place} is {off(value, right)}"


def _own(student: StudentProxy, right: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return what is right for what the student's other functions return."""
    try:
        value = called_over(student, right, arguments)
    except (CallFailure, Exception) as error:  # no value, or none that the reference can work with
        raise CheckFailure("Nothing follows from what the other functions return.") from error
    if not is_telling(value, arguments):
        raise CheckFailure("What follows from the other functions says nothing.")
    return value


def _place(name: str, index: Sequence[int]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _names_for(expected: Sequence[Any], names: Any) -> tuple[str, ...]:
    if isinstance(names, str):
        return tuple(f"{names}[{index}]" for index in range(len(expected)))
    if names is None:
        return tuple(f"value {index + 1}" for index in range(len(expected)))
    return tuple(names)


def _as_numbers(value: Any, name: str) -> tuple[_Array | None, str]:
    """Return `value` as an array of numbers, or None and what is wrong with it."""
    found = values.numbers(value)
    if found is not None:
        return found, ""
    if values.as_array(value) is None:
        return None, f"{name} is a nested list whose rows have different lengths."
    order = ", which has no order" if isinstance(value, set | frozenset) else ""
    return None, f"{name} is {kind_in_words(value)}{order}; numbers are expected."


def _wrong_shape(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if found and expected:
        return f"{name} has shape {found}; expected shape {expected}."
    return f"{name} is {shape_in_words(found)}; expected {shape_in_words(expected)}."


def _wrong_count(value: Any, names: Sequence[str]) -> str:
    wanted = f"{len(names)} values ({', '.join(names)})"
    if value is None:
        return f"{wanted} should be returned, but it is None: is a `return` missing?"
    parts = values.parts(value)
    if isinstance(value, (list, tuple)) and parts is not None:
        return f"{wanted} should be returned, but there are {len(parts)}."
    return f"{wanted} should be returned, but it is {kind_in_words(value)}."


def _same_word(actual: Any, expected: _Array) -> bool:
    """Return whether a value is the text or the bool, or the array of these, that is expected."""
    found = values.as_array(actual)
    if found is None or found.dtype.kind != expected.dtype.kind or found.shape != expected.shape:
        return False
    return bool((found == expected).all())
