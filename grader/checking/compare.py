"""Comparisons whose failures are written for students.

A hidden check's failure says which entries are wrong and by what share; only a visible
check's failure shows the expected values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.checking.inner_calls import InnerCalls, called_over, is_telling
from grader.checking.student.objects_within import copied_here
from grader.checking.student.shown import name_in_words
from grader.checking.student.student_proxy import StudentProxy, answered_calls
from grader.checking.value_kinds import shape_in_words
from grader.comparison import values
from grader.comparison.check_failure import CheckFailure
from grader.comparison.figure_comparer import FigureComparer
from grader.comparison.number_words import odd, told
from grader.comparison.set_comparison import set_differences
from grader.comparison.table_comparer import RESULT, TableComparer
from grader.comparison.value_words import kind_in_words
from grader.language import Message, enumerated, joined, listed, ngettext_lazy, sentences
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.child.tables.table import form_of
from grader.sandbox.failures import CallFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_ENTRIES: Final = 6
_MAX_NAMED: Final = 64
_MOST_ROUNDING: Final = 1e4  # that many times what the last digit is worth
_FLOAT64: Final = np.dtype(np.float64)
_Array: TypeAlias = "NDArray[Any]"


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is told of a value, and the entries that are wrong in it."""

    text: str
    entries: tuple[str, ...] = ()


class Compare(TableComparer, FigureComparer):
    """The `compare` of a check: each method passes in silence or raises CheckFailure."""

    def __init__(
        self, visible: bool, course: Path | None = None, calls: InnerCalls | None = None
    ) -> None:
        super().__init__(visible, course)
        self._calls = calls or InnerCalls()

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
                joined(*(problem.text for problem in problems), separator="\n"),
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
            check(student.given(**self._calls.within(right, arguments)), expected)

        def check_own() -> None:
            check(student, _own(student, right, arguments))

        self.passes_any(lambda: check(student, expected), check_alone, check_own)

    def unpack(self, value: Any, *names: str) -> tuple[Any, ...]:
        """Return the values that a function returned together, exactly as many as `names`."""
        parts = values.parts(value)
        if parts is None or len(parts) != len(names):
            raise CheckFailure(_wrong_count(value, list(map(self._called, names))))
        return tuple(parts)

    def array(self, value: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
        """Return `value` as finite float64 numbers of `shape`."""
        found = values.numbers(value)
        if found is None:
            raise CheckFailure(_no_numbers(value, self._called(name)), [name])
        if found.shape != shape:
            raise CheckFailure(_wrong_shape(self._called(name), found.shape, shape), [name])
        if np.iscomplexobj(found) or not np.isfinite(found).all():
            text = _("{name} holds {what}; finite real numbers are expected.")
            raise CheckFailure(text.format(name=self._called(name), what=odd(found)), [name])
        return found.astype(np.float64)

    def kept_arguments(self, student: StudentProxy) -> None:
        """Fail where the student's last call changed any of its arguments in place."""
        changed = student.changed_arguments
        if changed:
            text = _(
                "The call changed its own {names} in place.",
                names=listed([*map(name_in_words, changed)]),
            )
            remedy = _(
                "The caller's arrays must stay as they are: work on new arrays, as in"
                " `new = old - ...`, not `old -= ...`."
            )
            arguments = answered_calls(student)[-1].arguments or ()
            if any(map(form_of, arguments)):
                remedy = _(
                    "The caller's tables must stay as they are: work on a `.copy()`, or use"
                    " `.assign(...)`."
                )
            raise CheckFailure(sentences([text, remedy]))

    def that(self, condition: object, message: str) -> None:
        """Fail with `message`, which the student reads, unless `condition` is true."""
        if not condition:
            raise CheckFailure(self._called(message))

    def _differences(
        self, actual: Any, expected: Any, names: Any, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        if isinstance(expected, set | frozenset):
            name = names if isinstance(names, str) else RESULT
            called = self._called(name)
            for text in set_differences(actual, expected, called, tolerance, self._visible):
                yield _Problem(text, (name,))
            return
        if not values.is_group(expected):
            name = names if isinstance(names, str) else RESULT
            yield from self._leaf(actual, np.asarray(expected), name, labels, tolerance)
            return
        wanted = _names_for(expected, names)
        parts = values.parts(actual)
        if parts is None or len(parts) != len(expected):
            yield _Problem(_wrong_count(actual, list(map(self._called, wanted))), wanted)
            return
        for index, part in enumerate(expected):
            label = labels[index] if labels is not None else None
            yield from self._differences(parts[index], part, wanted[index], label, tolerance)

    def _leaf(
        self, actual: Any, expected: _Array, name: str, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        if expected.dtype == bool or expected.dtype.kind in "US":
            if not _same_word(actual, expected):
                text = _("{name} is {kind}, which is not right.")
                text = text.format(name=self._called(name), kind=kind_in_words(actual))
                right = _("It should be {value}.", value=repr(expected.tolist()))
                shown = sentences([text, right]) if self._visible else text
                yield _Problem(shown, (name,))
            return
        found = values.numbers(actual)
        if found is None:
            yield _Problem(_no_numbers(actual, self._called(name)), (name,))
            return
        if found.shape != expected.shape:
            shapes = _wrong_shape(self._called(name), found.shape, expected.shape)
            yield _Problem(shapes, (name,))
            return
        if np.iscomplexobj(found) and not np.iscomplexobj(expected):
            if np.any(found.imag != 0):
                text = _("{name} contains complex numbers; real ones are expected (use `.real`?).")
                yield _Problem(text.format(name=self._called(name)), (name,))
                return
            found = found.real
        yield from self._entries(found, expected, name, labels, tolerance)

    def _entries(
        self, found: _Array, expected: _Array, name: str, labels: Any, tolerance: values.Tolerance
    ) -> Iterator[_Problem]:
        wide = found
        if found.dtype is not _FLOAT64:  # as seldom
            with np.errstate(all="ignore"):
                wide = found.astype(np.complex128 if np.iscomplexobj(found) else np.float64)
        right = tolerance.agree(wide, expected)
        if right.all():
            return
        wrong = np.argwhere(~right)
        named = tuple(_place(name, index) for index in wrong[:_MAX_NAMED].tolist())
        called = self._called(name)
        entries = [
            self._entry(tuple(index), found, expected, called, labels)
            for index in wrong[:_MAX_ENTRIES].tolist()
        ]
        if expected.ndim == 0:
            yield _Problem(entries[0], named)
            return
        lines: list[str] = [
            ngettext_lazy(
                "{name}: {wrong} of {count} entries are wrong.",
                "{name}: {wrong} of {count} entries are wrong.",
                expected.size,
                name=called,
                wrong=len(wrong),
            ),
            *("  " + entry for entry in entries),
        ]
        if len(wrong) > _MAX_ENTRIES:
            further = len(wrong) - _MAX_ENTRIES
            lines.append("  " + ngettext_lazy("and {count:,} more", "and {count:,} more", further))
        if _is_rounded(found, expected):
            text = _("({name} was computed in {dtype}, which keeps too few digits.)")
            lines.append("  " + text.format(name=called, dtype=found.dtype))
        yield _Problem(joined(*lines, separator="\n"), named)

    def _entry(
        self, index: tuple[int, ...], found: _Array, expected: _Array, name: str, labels: Any
    ) -> Message:
        place = _place(name, index)
        if labels is not None and index:
            place += f" ({np.asarray(labels, dtype=object)[index]})"
        what = told(found[index], expected[index], self._visible)
        return _("{entry} {what}", entry=place, what=what)


def _own(student: StudentProxy, right: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return what is right for what the student's other functions return."""
    try:
        value = called_over(student, right, arguments)
    except (CallFailure, Exception) as error:  # no value, or none that the reference can work with
        raise CheckFailure(_("Nothing follows from what the other functions return.")) from error
    if not is_telling(value, arguments):
        raise CheckFailure(_("What follows from the other functions says nothing."))
    return value


def _is_rounded(found: _Array, expected: _Array) -> bool:
    """Return whether values differ by no more than a narrower type of theirs explains."""
    if found.dtype.kind not in "fc" or found.dtype.itemsize >= expected.dtype.itemsize:
        return False
    error = _MOST_ROUNDING * float(np.finfo(found.dtype).eps)
    with np.errstate(all="ignore"):
        return bool(np.allclose(found, expected, rtol=error, atol=error))


def _place(name: str, index: Sequence[int]) -> str:
    return name + f"[{', '.join(map(str, index))}]" if index else name


def _names_for(expected: Sequence[Any], names: Any) -> tuple[str, ...]:
    if isinstance(names, str):
        return tuple(f"{names}[{index}]" for index in range(len(expected)))
    if names is None:
        return tuple(_("value {number}", number=index + 1) for index in range(len(expected)))
    return tuple(names)


def _no_numbers(value: Any, name: str) -> str:
    """Return what is wrong with a value that is not made of numbers."""
    if values.as_array(value) is None:
        return _("{name} is a nested list whose rows have different lengths.", name=name)
    text = _("{name} is {kind}; numbers are expected.")
    if isinstance(value, set | frozenset):
        text = _("{name} is {kind}, which has no order; numbers are expected.")
    return text.format(name=name, kind=kind_in_words(value))


def _wrong_shape(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if found and expected:
        text = _("{name} has shape {found}; expected shape {right}.")
        return text.format(name=name, found=found, right=expected)
    text = _("{name} is {kind}; expected {right}.")
    return text.format(name=name, kind=shape_in_words(found), right=shape_in_words(expected))


def _wrong_count(value: Any, names: Sequence[str]) -> str:
    wanted = ngettext_lazy(
        "{count} values ({names})", "{count} values ({names})", len(names), names=enumerated(names)
    )
    if value is None:
        text = _("{values} should be returned, but it is None: is a `return` missing?")
        return text.format(values=wanted)
    parts = values.parts(value)
    if isinstance(value, (list, tuple)) and parts is not None:
        text = _("{values} should be returned, but there are {count}.")
        return text.format(values=wanted, count=len(parts))
    text = _("{values} should be returned, but it is {kind}.")
    return text.format(values=wanted, kind=kind_in_words(value))


def _same_word(actual: Any, expected: _Array) -> bool:
    """Return whether a value is the text or the bool, or the array of these, that is expected."""
    found = values.as_array(actual)
    if found is None or found.dtype.kind != expected.dtype.kind or found.shape != expected.shape:
        return False
    return bool((found == expected).all())
