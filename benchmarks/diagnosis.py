"""How well mistakes are named: a generated class of wrong programs, and the time it takes.

    python benchmarks/diagnosis.py [--programs 1000] [--seed 1] [--show wrong|silent|likely]

Right programs in styles of their own (loops, einsum, scalars, renamed; see formulations.py) are
made wrong by one or two blind edits (wrong_programs.py); then the grader says which mistake it
is. Each thing said is held against the program on fresh inputs: where they disagree it counts as
wrong. Exits with 1 where anything is wrong, fewer than 85 % of the programs with one fault are
named, or a warm diagnosis takes more than 15 ms of a submission's grading in the median.
"""

from __future__ import annotations

import argparse
import ast
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from wrong_programs import right_programs, wrong_program

from grader.checking.reference import load_reference
from grader.comparison.values import agree
from grader.course import Course, find_course
from grader.diagnosis import diagnose
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.candidates import candidates
from grader.diagnosis.diagnose import Diagnoser
from grader.diagnosis.dictionary_builder import build_table, draw_inputs, run_program
from grader.diagnosis.explainer import Explainer, Told
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.indexmap import map_differences
from grader.diagnosis.location import LocatedFunction
from grader.diagnosis.observation import agree_always, layout_of, make_call, odd_shape
from grader.diagnosis.program_factory import Workshop
from grader.diagnosis.relations import find_relations
from grader.diagnosis.sentences import Wording
from grader.diagnosis.student_program import StudentProgram
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.language import gettext_lazy
from grader.sandbox.isolation import resolve
from grader.sandbox.replies import Reply

COURSE = Path(__file__).resolve().parent.parent
EXERCISE = "exercise3"
FRESH = 12
SHARE_NAMED = 0.85
MAX_MILLISECONDS = 15.0
Program = Callable[..., Any]


@dataclass(frozen=True)
class Wrong:
    """A wrong program."""

    function: str
    style: str
    faults: int
    edits: str
    source: str
    program: Program


class Standing:
    """Stands for the session: calls the program here."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def call(self, _function: str, arguments: Sequence[Any], _names: object = ()) -> Reply:
        """Return what the program returns."""
        call = make_call(self.program, tuple(arguments))
        return Reply(call.value, tuple(sorted(call.changed)), ("",) if call.warned else ())


class Bench:
    """The tables of an exercise, and the truth to hold diagnoses against."""

    def __init__(self, course: Course) -> None:
        exercise = course.exercise(EXERCISE)
        reference = load_reference(course, exercise)
        assert reference is not None
        self.book = read_book(course, exercise)
        self.workshop = Workshop(reference, self.book)
        self.tables: dict[str, FaultDictionary] = {}
        self.fresh: dict[str, FaultDictionary] = {}
        self.makers: dict[str, dict[str, Any]] = {}
        for function in exercise.functions:
            table = build_table(self.workshop, function)
            assert table is not None
            self.tables[function] = table
            self.fresh[function] = self._fresh(function, table)
            found = candidates(self.workshop, function, table.inputs[0])
            self.makers[function] = {c.id: (c.function, maker) for c, maker in found if maker}

    def _fresh(self, function: str, table: FaultDictionary) -> FaultDictionary:
        probes = self.book.probes[function]
        program = self.workshop.program(function, {})
        inputs = draw_inputs(probes, FRESH, first=1000 * len(probes))
        expected = [make_call(program, each).value for each in inputs]
        returns = self.workshop.returns(function)
        layout = layout_of(expected, returns, table.layout.parameters)
        assert layout is not None
        assert layout.entries == table.layout.entries
        right = run_program(program, inputs, layout)
        assert right is not None
        return replace(table, layout=layout, inputs=inputs, right=right)

    def program(self, function: str, tree: ast.FunctionDef) -> Program:
        """Return a program that calls the right functions, and ends."""
        turns = 0

        def tick() -> None:
            nonlocal turns
            turns += 1
            if turns > 10_000:
                raise TimeoutError

        for node in ast.walk(tree):
            if isinstance(node, ast.While):
                node.body.insert(0, ast.Expr(ast.Call(ast.Name("tick", ast.Load()), [], [])))
        names = {**self.workshop.namespace({}), "tick": tick}
        exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), "wrong", "exec"), names)
        found: Program = names[function]
        return found

    def is_wrong(self, item: Wrong) -> bool:
        """Return whether a program runs and differs from what is right."""
        fresh = self.fresh[item.function]
        try:
            rows = run_program(item.program, fresh.inputs, fresh.layout)
            return rows is None or bool(fresh.unlike(rows).any())
        except Exception:
            return False

    def tell(self, item: Wrong) -> tuple[Told, ...]:
        """Return what the grader says of a program."""
        table = self.tables[item.function]
        calls = [make_call(item.program, each) for each in table.inputs]
        case = Explainer(
            table=table,
            calls=calls,
            student=LocatedFunction(item.source, item.function, table.layout.parameters),
            wording=Wording(item.function, gettext_lazy, self.book.meanings),
            say=lambda _line: None,
            session=Standing(item.program),  # type: ignore[arg-type]
            ask=StudentProgram(
                Standing(item.program),  # type: ignore[arg-type]
                item.function,
                table.layout.parameters,
                None,
            ),
            failed=frozenset(),
            before=frozenset(),
            workshop=lambda: self.workshop,
        )
        return case.diagnose()

    def holds(self, item: Wrong, told: tuple[Told, ...]) -> bool:
        """Return whether all that was said is so on fresh inputs."""
        fresh = self.fresh[item.function]
        rows = run_program(item.program, fresh.inputs, fresh.layout)
        if rows is None:
            return all(self._odd_holds(item, each) for each in told)
        wrong = frozenset(fresh.unlike(rows).nonzero()[0].tolist())
        if all(each.diagnosis.certainty == "exact" for each in told):
            named = frozenset().union(*(each.columns for each in told))
            if named != wrong:
                return False
        return all(self._holds(item, each, rows) for each in told)

    def _holds(self, item: Wrong, told: Told, rows: Any) -> bool:
        fresh = self.fresh[item.function]
        columns = sorted(told.columns)
        if told.candidate is not None:
            where, maker = self.makers[item.function][told.candidate.id]
            program = self.workshop.program(item.function, {where: maker})
            like = run_program(program, fresh.inputs, fresh.layout)
            return like is not None and bool(agree(rows[:, columns], like[:, columns]).all())
        if told.diagnosis.id == "index map":
            return self._map_holds(item, columns)
        calls = [make_call(item.program, each) for each in fresh.inputs]
        found = find_relations(fresh, calls, rows, told.columns)
        return told.diagnosis.id in {each.id for each in found}

    def _map_holds(self, item: Wrong, columns: list[int]) -> bool:
        fresh, table = self.fresh[item.function], self.tables[item.function]

        def show(inputs: Any) -> Any:
            return fresh.layout.row(0, make_call(item.program, inputs))

        before, after = map_differences(table, show), map_differences(fresh, show)
        if before is None or after is None:
            return False
        return all(
            old.get(column) == new.get(column)
            for old, new in zip(before, after, strict=True)
            for column in columns
        )

    def _odd_holds(self, item: Wrong, told: Told) -> bool:
        assert told.candidate is not None
        where, maker = self.makers[item.function][told.candidate.id]
        program = self.workshop.program(item.function, {where: maker})
        for inputs in self.fresh[item.function].inputs:
            own = odd_shape(make_call(item.program, inputs).value)
            other = odd_shape(make_call(program, inputs).value)
            if own is None or other is None or own[0] != other[0]:
                return False
            if not agree_always(own[1], other[1]).all():
                return False
        return True


def generate(bench: Bench, count: int, seed: int) -> list[Wrong]:
    """Return wrong programs, two thirds with one fault, all different."""
    rng = random.Random(seed)
    right = right_programs()
    found: list[Wrong] = []
    seen: set[str] = set()
    while len(found) < count:
        function, style = rng.choice(list(right))
        faults = 1 if len(found) % 3 else 2
        edits, tree = wrong_program(right[function, style], faults, rng)
        source = ast.unparse(tree)
        if source in seen:
            continue
        seen.add(source)
        try:
            program = bench.program(function, tree)
        except SyntaxError:
            continue
        item = Wrong(function, style, faults, edits, source, program)
        with np.errstate(all="ignore"):
            if bench.is_wrong(item):
                found.append(item)
    return found


def verdict(bench: Bench, item: Wrong) -> tuple[str, tuple[Told, ...]]:
    """Return exact, likely, silent or wrong, and what was said."""
    try:
        told = bench.tell(item)
    except Exception as error:
        raise RuntimeError(item.source) from error
    if not told:
        return "silent", told
    if not bench.holds(item, told):
        return "wrong", told
    exact = all(each.diagnosis.certainty == "exact" for each in told)
    return "exact" if exact else "likely", told


def added_time(course: Course, items: list[Wrong]) -> list[float]:
    """Return the milliseconds that naming, warm, takes of each submission's grading.

    What repairs take is told by located.py.
    """
    exercise = course.exercise(EXERCISE)
    reference = course.reference(exercise).read_text("utf-8")
    spent: list[float] = []
    original = Diagnoser.add

    def timed(self: Diagnoser, *arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(self, *arguments)
        finally:
            spent.append(1000 * (time.perf_counter() - start))

    Diagnoser.add = timed  # type: ignore[method-assign]
    diagnose.REPAIR_SECONDS = 0.0  # type: ignore[misc]
    try:
        with Grader(course, resolve("basic")) as grader:
            for item in [*items[:20], *items]:
                data = f"{reference}\n\n{item.source}\n".encode()
                grader.grade(submission_from_bytes("exercise3.py", data), exercise, 0)
    finally:
        Diagnoser.add = original  # type: ignore[method-assign]
    return spent[20:]


def main() -> int:
    """Run the benchmark and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timed", type=int, default=60)
    parser.add_argument("--show", default="")
    options = parser.parse_args()
    course = find_course(COURSE, COURSE)
    start = time.perf_counter()
    bench = Bench(course)
    print(f"tables built in {time.perf_counter() - start:.1f} s")
    items = generate(bench, options.programs, options.seed)
    counts: dict[int, Counter[str]] = {1: Counter(), 2: Counter()}
    for item in items:
        outcome, told = verdict(bench, item)
        counts[item.faults][outcome] += 1
        if outcome in options.show.split(","):
            print(f"--- {outcome}: {item.function} {item.style}: {item.edits}\n{item.source}")
            for each in told:
                print(f"  [{each.diagnosis.certainty}] {each.diagnosis.message}")
    words = ("exact", "likely", "silent", "wrong")
    print(f"{'faults':>8}{'programs':>10}" + "".join(f"{word:>9}" for word in words))
    for faults, counter in counts.items():
        total = max(counter.total(), 1)
        shares = "".join(f"{100 * counter[word] / total:8.1f}%" for word in words)
        print(f"{faults:>8}{counter.total():>10}{shares}")
    first = counts[1]
    named = (first["exact"] + first["likely"]) / max(first.total(), 1)
    spent = added_time(course, items[: options.timed]) if options.timed else [0.0]
    median = statistics.median(spent)
    slowest = sorted(spent)[int(0.95 * (len(spent) - 1))]
    print(f"named of those with one fault: {100 * named:.1f} %")
    print(f"time added: median {median:.1f} ms, 95 % within {slowest:.1f} ms")
    wrong = sum(counter["wrong"] for counter in counts.values())
    return 0 if not wrong and named >= SHARE_NAMED and median <= MAX_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
