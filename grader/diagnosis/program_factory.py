"""Makes programs: the reference's function with one or more of its parts replaced."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import field
from pathlib import Path
from typing import Any, Final

import numpy as np

from grader.authoring import Misconception
from grader.diagnosis.bug_library import Book
from grader.diagnosis.observation import Inputs, make_call
from grader.diagnosis.operators import Edit, expression_edits, name_edits, statement_edits
from grader.diagnosis.operators.edits import EditSite, sites
from grader.diagnosis.program_trees import (
    TICK,
    Definition,
    Trees,
    compiled,
    functions_in,
    prepared,
)
from grader.diagnosis.rewriting import rewrite
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.language import listed
from grader.quick_dataclass import dataclass

_MAX_TURNS: Final = 10_000
_WATCH: Final = "bpgrade_watch"
_NONE: Final = ast.Constant(None)

Namespace = dict[str, Any]
Program = Callable[..., Any]
Maker = Callable[[Namespace], Program]


@dataclass(slots=True)
class ProgramSource:
    """A right formulation of a function, and the tree that mutants are made of.

    Attributes
    ----------
    key : str
        `reference:gradient`, `variant:0:gradient` or `misconception:name`.
    function : str
        The function that it stands for.
    tree : ast.FunctionDef or ast.ClassDef
        Its syntax tree, a function's without decorators.
    home : mapping or None
        The globals of a formulation that stands outside the reference.
    """

    key: str
    function: str
    tree: Definition
    home: Mapping[str, Any] | None = None
    edits: list[Edit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Mistaken:
    """The reference's function with an author's edits, and what shows them in a student's code."""

    source: ProgramSource
    maker: Maker
    shows: tuple[str, ...]


class TooLongError(Exception):
    """A wrong program that does not come to an end."""


class Workshop:
    """An exercise's reference and its author's programs, ready to be run with parts replaced."""

    def __init__(self, reference: types.ModuleType, book: Book) -> None:
        self.reference = reference
        self.book = book
        self.turns = 0
        self._watch: Program | None = None
        self._trees = Trees()
        self._own: dict[str, ProgramSource] = {}
        self._kept: dict[tuple[str, int], Maker | None] = {}
        self._mistaken: dict[str, _Mistaken] = {}
        self.functions = {
            name: value
            for name, value in vars(reference).items()
            if isinstance(value, types.FunctionType) and value.__module__ == reference.__name__
        }
        self.classes = {
            name: value
            for name, value in vars(reference).items()
            if isinstance(value, type) and value.__module__ == reference.__name__
        }
        self._class_codes: dict[str, types.CodeType] = {}

    def namespace(self, makers: Mapping[str, Maker]) -> Namespace:
        """Return the reference's names, with the functions of `makers` put in their place."""
        names: Namespace = dict(vars(self.reference))
        names[TICK] = self._tick
        names[_WATCH] = self._watch
        for name, function in self.functions.items():
            names[name] = types.FunctionType(
                function.__code__, names, name, function.__defaults__, function.__closure__
            )
        for name, maker in makers.items():
            if name not in self.classes:
                names[name] = maker(names)
        for name in self.classes:  # in their order, since one may build on another
            if name in makers:
                names[name] = makers[name](names)
            else:
                exec(self._class_code(name), names)
        return names

    def _class_code(self, name: str) -> types.CodeType:
        if name not in self._class_codes:
            code = compiled(prepared(copy.deepcopy(self.plain(name))))
            assert code is not None
            self._class_codes[name] = code
        return self._class_codes[name]

    def has(self, name: str) -> bool:
        """Return whether the reference defines a function or a class of this name."""
        return name in self.functions or name in self.classes

    def plain(self, name: str) -> Definition:
        """Return the tree of a function or class of the reference as it is written."""
        if name in self.functions:
            return self._trees.of_function(self.functions[name])
        return self._trees.at(str(self.reference.__file__), name)

    def use_of(self, function: str) -> Callable[..., Any] | None:
        """Return what the author's probes do with a class; None for a function."""
        probes = self.book.probes.get(function)
        return probes[0].use if probes else None

    def program(self, function: str, makers: Mapping[str, Maker]) -> Program:
        """Return the reference's `function` as it is with the functions of `makers` replaced."""
        found: Program = self.namespace(makers)[function]
        use = self.use_of(function)
        if use is not None:
            found = functools.partial(use, found)

        def bounded(*arguments: Any) -> Any:
            self.turns = 0
            return found(*arguments)

        return bounded

    def _tick(self) -> None:
        self.turns += 1
        if self.turns > _MAX_TURNS:
            raise TooLongError

    def called_by(self, function: str) -> tuple[str, ...]:
        """Return the reference's functions that `function` calls, directly or not."""
        found: dict[str, None] = {}
        waiting = [function] if self.has(function) else []
        while waiting:
            for name in _names_in(self.plain(waiting.pop())):
                if self.has(name) and name != function and name not in found:
                    found[name] = None
                    waiting.append(name)
        return tuple(found)

    def mistaken(self, item: Misconception) -> Maker:
        """Return how to put a mistake of the author's in its function's place.

        Raises
        ------
        CourseError
            Its edits cannot be made in this exercise's reference.
        """
        program = item.program
        if item.edits:
            return self._rewritten(item.id, item, item.edits).maker
        if "reference" not in inspect.signature(program).parameters:
            return lambda _names: program
        return lambda names: functools.partial(program, reference=ReferenceFunctions(names))

    def with_all(self, function: str, ids: Sequence[str]) -> Maker:
        """Return how to put a function with the edits of several mistakes in its place."""
        known = {item.id: item for item in self.book.misconceptions[function]}
        edits: dict[str, str] = {}
        for name in ids:
            for old, new in known[name].edits.items():
                if edits.setdefault(old, new) != new:
                    raise CourseError(
                        _(
                            "{ids} cannot be made together: both replace {text}",
                            ids=listed(ids),
                            text=repr(old),
                        ),
                        _("remove this `together`, or write one of them with other edits"),
                    )
        return self._rewritten(" and ".join(ids), known[ids[0]], edits).maker

    def edit_errors(self) -> list[CourseError]:
        """Return what is wrong with the edits of the author's mistakes, all of it."""
        errors = []
        for items in self.book.misconceptions.values():
            for item in items:
                try:
                    self.mistaken(item)
                except CourseError as error:
                    errors.append(error)
        for function, all_together in self.book.together.items():
            for several in all_together if not errors else ():
                try:
                    self.with_all(function, several.misconceptions)
                except CourseError as error:
                    errors.append(error)
        return errors

    def sources(self, function: str) -> Iterator[ProgramSource]:
        """Yield the right formulations of a function: the reference's, then the variants."""
        yield self.reference_source(function)
        for number, variant in enumerate(self.book.variants.get(function, ())):
            yield self._outside(f"variant:{number}:{function}", function, variant.program)

    def reference_source(self, function: str) -> ProgramSource:
        """Return the reference's formulation; the same object each time."""
        if function not in self._own:
            tree = prepared(copy.deepcopy(self.plain(function)))
            self._own[function] = ProgramSource(f"reference:{function}", function, tree)
        return self._own[function]

    def of_misconception(self, item: Misconception) -> ProgramSource:
        """Return a mistake of the author's as something to make mutants of.

        Raises
        ------
        CourseError
            Its edits cannot be made in this exercise's reference.
        """
        if item.edits:
            return self._rewritten(item.id, item, item.edits).source
        return self._outside(f"misconception:{item.id}", item.function, item.program)

    def finds(self, item: Misconception) -> tuple[str, ...]:
        """Return the expressions that show a mistake: those that the author names, and edits."""
        if not item.edits:
            return item.finds
        return (*item.finds, *self._rewritten(item.id, item, item.edits).shows)

    def _rewritten(self, name: str, item: Misconception, edits: Mapping[str, str]) -> _Mistaken:
        """Return the reference's function with edits made, each time the same object."""
        if name in self._mistaken:
            return self._mistaken[name]
        where = f"{Path(item.program.__code__.co_filename).name}: {name}"
        about = {"place": where, "function": item.function}
        if not self.has(item.function):
            raise CourseError(
                _("{place}: the reference defines no function {function}", **about),
                _("name one of the exercise's functions"),
            )
        made = rewrite(self.plain(item.function), edits, where)
        source = ProgramSource(f"misconception:{name}", item.function, prepared(made.tree))
        code = compiled(source.tree)
        if code is None:
            raise CourseError(
                _("{place}: with these edits {function} is not valid Python", **about),
                _("take care where `return`, `break` and the like are left"),
            )
        self._mistaken[name] = _Mistaken(source, _maker(source, code), made.shows)
        return self._mistaken[name]

    def _outside(self, key: str, function: str, program: Program) -> ProgramSource:
        home = getattr(program, "__globals__", {})
        return ProgramSource(key, function, self._trees.function(program), home)

    def find_edits(self, source: ProgramSource, top: str, inputs: Inputs | None) -> list[Edit]:
        """Return all edits of a source, in an order that is always the same.

        `inputs` are arguments of a call of `top`; without them no shapes are known.
        """
        if not source.edits:
            shapes = {} if inputs is None else self._shapes(source, top, inputs)
            for function in functions_in(source.tree):
                is_method = function is not source.tree
                returns = (function.name,) if is_method else self.returns(source.function)
                places = list(sites(function, returns))
                parameters = [item.arg for item in function.args.args]
                source.edits += [
                    *name_edits(places, shapes),
                    *expression_edits(places),
                    *statement_edits(function, places, parameters),
                ]
        return source.edits

    def returns(self, function: str) -> tuple[str, ...]:
        """Return what a function's values are called."""
        probes = self.book.probes.get(function)
        return probes[0].returns if probes else (function,)

    def edited(self, source: ProgramSource, numbers: Sequence[int]) -> Maker | None:
        """Return how to put a source with some of its edits made in its function's place."""
        with ExitStack() as stack:
            for number in numbers:
                stack.enter_context(source.edits[number].made())
            code = compiled(source.tree)
        if code is None:
            return None
        return _maker(source, code)

    def kept_mutant(self, function: str, number: int) -> Maker | None:
        """Return one edit of the reference's function as `edited` does, each compiled once."""
        if (function, number) not in self._kept:
            source = self.reference_source(function)
            self._kept[function, number] = self.edited(source, [number])
        return self._kept[function, number]

    def _shapes(
        self, source: ProgramSource, top: str, inputs: Inputs
    ) -> dict[str, tuple[int, ...]]:
        """Return the shapes of a source's variables, watched in a call of the function `top`."""
        returned = [node for node in ast.walk(source.tree) if isinstance(node, ast.Return)]
        seen: dict[str, Any] = {}
        with ExitStack() as stack:
            for node in returned:
                watched = ast.Call(
                    ast.Name(_WATCH, ast.Load()),
                    [ast.Call(ast.Name("locals", ast.Load()), [], []), node.value or _NONE],
                    [],
                )
                edit = Edit("", "", {}, "", ((EditSite(node, "value"), watched),))
                stack.enter_context(edit.made())
            code = compiled(source.tree)

        def watch(names: dict[str, Any], value: Any) -> Any:
            seen.update(names)
            return value

        if code is not None:
            self._watch = watch
            # it may ask for what is answered in a check only, or return what cannot be copied
            with suppress(Exception):
                make_call(self.program(top, {source.function: _maker(source, code)}), inputs)
        return {name: np.shape(value) for name, value in seen.items() if _is_real(value)}


class ReferenceFunctions:
    """The `reference` of an author's program: the functions of one namespace."""

    def __init__(self, names: Namespace) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise AttributeError(name) from None


def _maker(source: ProgramSource, code: types.CodeType) -> Maker:
    return lambda names: _defined(source, code, names)


def _defined(source: ProgramSource, code: types.CodeType, names: Namespace) -> Program:
    if source.home is None:
        exec(code, names)
        found: Program = names[source.tree.name]
        return found
    outside = dict(source.home)
    outside |= {TICK: names[TICK], _WATCH: names[_WATCH]}
    exec(code, outside)
    program: Program = outside[source.tree.name]
    parameters = source.tree.args.kwonlyargs if isinstance(source.tree, ast.FunctionDef) else []
    if any(argument.arg == "reference" for argument in parameters):
        return functools.partial(program, reference=ReferenceFunctions(names))
    return program


def _is_real(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _names_in(tree: Definition) -> Iterator[str]:
    """Yield the names that a function or class reads, in their order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
