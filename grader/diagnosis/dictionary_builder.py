"""Builds the table of a function's wrong programs: run them all, keep what tells them apart."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

import numpy as np

from grader.authoring import Probe
from grader.comparison.values import agree
from grader.diagnosis.candidates import (
    Candidate,
    Made,
    candidates,
    own_candidates,
    reference_mutants,
)
from grader.diagnosis.fault_dictionary import FaultDictionary, Mask, OddStructure, Rows
from grader.diagnosis.indexmap import index_map
from grader.diagnosis.observation import (
    Inputs,
    Layout,
    Vector,
    agree_always,
    layout_of,
    make_call,
    odd_shape,
)
from grader.diagnosis.program_factory import Maker, Program, Workshop
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

STORED: Final = 4
_DRAWN: Final = 6
_ALTERNATIVES: Final = 4


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a program showed on all probes: rows, or values of another structure."""

    rows: Rows | None
    odd: tuple[tuple[str, Vector], ...] = ()


def build_table(workshop: Workshop, function: str) -> FaultDictionary | None:
    """Run all wrong programs for `function`; None where its author gave no probes.

    Raises
    ------
    CourseError
        A probe raises, or the reference on its inputs.
    """
    probes = workshop.book.probes.get(function)
    if not probes or not workshop.has(function):
        return None
    if function in workshop.classes and workshop.use_of(function) is None:
        return None
    inputs = draw_inputs(probes, drawn_from(probes))
    reference = workshop.program(function, {})
    try:
        calls = [make_call(reference, each) for each in inputs]
    except Exception as error:
        raise CourseError(
            _(
                "the probe of {function}: the reference raises {error}",
                function=function,
                error=f"{type(error).__name__}: {error}",
            ),
            _("let {probe} return a tuple of valid arguments", probe=probes[0].draw.__name__),
        ) from error
    parameters = parameters_of(workshop, function)
    layout = layout_of([call.value for call in calls], probes[0].returns, parameters)
    if layout is None:
        return None
    rows = [layout.row(number, call) for number, call in enumerate(calls)]
    assert all(row is not None for row in rows)
    right = np.array(rows)
    found = candidates(workshop, function, inputs[0])
    made = list(_run_all(workshop, function, {}, found, inputs, layout))
    table = _table(function, layout, inputs, right, made, max(STORED, len(probes)))
    table.moving = _moving(reference, table)
    return table


def parameters_of(workshop: Workshop, function: str) -> tuple[str, ...]:
    """Return what a function's arguments are called, or those of what is done with a class."""
    use = workshop.use_of(function)
    if use is not None:
        return tuple(inspect.signature(use).parameters)[1:]
    code = workshop.functions[function].__code__
    return code.co_varnames[: code.co_argcount]


def narrow_tables(
    workshop: Workshop,
    function: str,
    makers: Mapping[str, Maker],
    table: FaultDictionary,
    right: Rows,
    seen: Rows,
    go_on: Callable[[], bool],
) -> Iterator[FaultDictionary]:
    """Yield tables of wrong programs whose other functions are `makers`: the author's first.

    Only programs are in them that are wrong in an entry as `seen` is. They end where `go_on`
    says no.
    """
    inputs, layout = table.inputs, table.layout

    def alike(candidate: Candidate, maker: Maker | None) -> bool:
        if maker is None:
            return False
        program = workshop.program(function, {**makers, candidate.function: maker})
        try:
            row = layout.row(0, make_call(program, inputs[0]))
        except Exception:
            return False
        return row is not None and bool((agree(row, seen[0]) & ~agree(row, right[0])).any())

    for found in (
        own_candidates(workshop, function),
        reference_mutants(workshop, function, inputs[0]),
    ):
        going = (each for each in takewhile(lambda _: go_on(), found) if alike(*each))
        made = list(_run_all(workshop, function, makers, going, inputs, layout))
        if not go_on():
            return
        yield _table(function, layout, inputs, right, made, len(inputs))


def _moving(reference: Program, table: FaultDictionary) -> Mask:
    def show(several: Sequence[Inputs]) -> list[Rows | None]:
        return [table.layout.row(0, make_call(reference, inputs)) for inputs in several]

    found = index_map(show, table.inputs[0], table.layout.parameters)
    return found if found is not None else np.zeros((0, table.layout.width), bool)


def drawn_from(probes: Sequence[Probe]) -> int:
    """Return how many inputs are drawn: each probe's at least once."""
    return max(_DRAWN, len(probes))


def draw_inputs(probes: Sequence[Probe], count: int, first: int = 0) -> tuple[Inputs, ...]:
    """Return the arguments of `count` probes, from number `first` on, the same each time.

    Raises
    ------
    CourseError
        A probe raises.
    """
    drawn = []
    for number in range(first, first + count):
        probe = probes[number % len(probes)]
        digest = hashlib.sha256(probe.function.encode()).digest()
        rng = np.random.default_rng([number, *digest[:8]])
        try:
            found = probe.draw(rng)
        except Exception as error:
            raise CourseError(
                _(
                    "the probe {probe} of {function} raises {error}",
                    probe=probe.draw.__name__,
                    function=probe.function,
                    error=f"{type(error).__name__}: {error}",
                ),
                _("make it return a tuple of valid arguments"),
            ) from error
        drawn.append(found if isinstance(found, tuple) else (found,))
    return tuple(drawn)


def _run_all(
    workshop: Workshop,
    function: str,
    others: Mapping[str, Maker],
    found: Iterable[Made],
    inputs: tuple[Inputs, ...],
    layout: Layout,
) -> Iterable[tuple[Candidate, _Shown | None]]:
    for candidate, maker in found:
        if maker is None:
            yield candidate, None
            continue
        shown = _run(workshop, function, {**others, candidate.function: maker}, inputs, layout)
        if shown is not None:
            yield candidate, shown


def _run(
    workshop: Workshop,
    function: str,
    makers: dict[str, Maker],
    inputs: tuple[Inputs, ...],
    layout: Layout,
) -> _Shown | None:
    """Return what a program shows; None where it raises."""
    try:
        program = workshop.program(function, makers)
        rows = run_program(program, inputs, layout)
        return _Shown(rows) if rows is not None else _Shown(None, _odd(program, inputs))
    except Exception:
        return None


def run_program(program: Program, inputs: Sequence[Inputs], layout: Layout) -> Rows | None:
    """Return what a program shows on the probes; None where a value has another structure."""
    rows = []
    for number, each in enumerate(inputs):
        row = layout.row(number, make_call(program, each))
        if row is None:
            return None
        rows.append(row)
    return np.array(rows)


def _odd(program: Program, inputs: Sequence[Inputs]) -> tuple[tuple[str, Vector], ...]:
    found = [odd_shape(make_call(program, each).value) for each in inputs]
    return tuple(item for item in found if item is not None)


def _table(
    function: str,
    layout: Layout,
    inputs: tuple[Inputs, ...],
    right: Rows,
    made: list[tuple[Candidate, _Shown | None]],
    least: int,
) -> FaultDictionary:
    shown = [(c, s.rows) for c, s in made if s is not None and s.rows is not None]
    shown += _merged([c for c, s in made if s is None], {c.id: r for c, r in shown}, right)
    entries = len(layout.entries)
    telling = [
        (candidate, rows)
        for candidate, rows in shown
        if _is_authors(candidate, function) or not _says_nothing(rows, right, entries)
    ]
    groups = _classes(telling, right)
    stored = _fewest(list(groups), len(inputs), least)
    values = np.array([rows[:stored] for rows, _ in groups.values()])
    values = values.reshape(len(groups), stored, layout.width)
    wrong = ~agree_always(values, right[:stored], axis=1)
    wrong[:, -1] &= ~wrong[:, :-1].any(axis=1)
    kept = replace(layout, places=layout.places[:stored], expected=layout.expected[:stored])
    return FaultDictionary(
        layout=kept,
        inputs=inputs[:stored],
        right=right[:stored],
        values=values,
        wrong=wrong,
        classes=[_plainest(members) for _, members in groups.values()],
        odd=_odd_classes(function, made, len(inputs), stored),
        moving=np.zeros((0, layout.width), bool),
        authored=_authored([members for _, members in groups.values()]),
        tried=len(made),
    )


def _merged(
    combinations: list[Candidate], rows: dict[str, Rows], right: Rows
) -> list[tuple[Candidate, Rows]]:
    """Return misconceptions merged entry by entry, where they touch different entries."""
    found = []
    for candidate in combinations:
        parts = [rows.get(part) for part in candidate.parts]
        if any(part is None for part in parts):
            continue
        merged = right.copy()
        touched = np.zeros(right.shape[1], int)
        for part in parts:
            assert part is not None
            columns = ~agree_always(part, right)
            merged[:, columns] = part[:, columns]
            touched += columns
        if touched.max() == 1:
            found.append((candidate, merged))
    return found


Groups = dict[bytes, tuple[Rows, list[Candidate]]]


def _says_nothing(rows: Rows, right: Rows, entries: int) -> bool:
    """Return whether a program's wrong values are the same on all probes.

    Many other programs show just that, such as a constant or an array that stays 0.
    """
    wrong = ~agree_always(rows, right)
    if wrong[entries:-1].any() or not wrong[:entries].any():
        return False
    shown = rows[:, :entries][:, wrong[:entries]]
    return len(rows) > 1 and bool(agree_always(shown, shown[0]).all())


def _is_authors(candidate: Candidate, function: str) -> bool:
    """Return whether the author says it of this function, and knows what else shows the same."""
    return bool(candidate.texts) and not candidate.faults and candidate.function == function


def _classes(shown: list[tuple[Candidate, Rows]], right: Rows) -> Groups:
    """Return the programs that show the same, but for rounding; what is right is left out."""
    groups: Groups = {}
    for candidate, rows in shown:
        if agree(rows, right).all():
            continue
        key = rounded(rows).tobytes()
        groups.setdefault(key, (rows, []))[1].append(candidate)
    return groups


def rounded(rows: Rows) -> Rows:
    """Return values to ten digits; -0 and 0, and all kinds of NaN, become one."""
    fraction, exponent = np.frexp(rows)
    result: Rows = np.ldexp(np.round(fraction, 10), exponent) + 0.0
    result[np.isnan(result)] = np.nan
    result[np.abs(result) < 1e-13] = 0.0
    return result


def _fewest(keys: list[bytes], drawn: int, least: int) -> int:
    """Return how many of the probes tell all classes apart, at least so many."""
    for count in range(min(least, drawn), drawn):
        if len({key[: len(key) * count // drawn] for key in keys}) == len(keys):
            return count
    return drawn


def _authored(classes: list[list[Candidate]]) -> dict[str, int]:
    return {
        candidate.id: number
        for number, members in enumerate(classes)
        for candidate in members
        if candidate.texts and not candidate.faults
    }


def _plainest(members: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(members, key=lambda candidate: candidate.rank)[:_ALTERNATIVES])


def _odd_classes(
    function: str, made: list[tuple[Candidate, _Shown | None]], drawn: int, stored: int
) -> tuple[OddStructure, ...]:
    groups: dict[Any, tuple[_Shown, list[Candidate]]] = {}
    for candidate, shown in made:
        if shown is None or len(shown.odd) != drawn:
            continue
        same = len({rounded(vector).tobytes() for _, vector in shown.odd}) == 1
        if same and not _is_authors(candidate, function):
            continue  # the same whatever the arguments are: it may be anything
        key = tuple((shape, rounded(vector).tobytes()) for shape, vector in shown.odd[:stored])
        groups.setdefault(key, (shown, []))[1].append(candidate)
    return tuple(
        OddStructure(first.odd[:stored], _plainest(members)) for first, members in groups.values()
    )
