"""What a course's author says of an exercise's functions, read from the misconceptions file."""

from __future__ import annotations

import importlib.util
import string
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any

from grader.authoring import (
    Combination,
    Consistent,
    Misconception,
    Notes,
    Probe,
    Together,
    Variant,
    collecting,
)
from grader.course import Course, Exercise
from grader.course.shared import importing_shared
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.language import joined, ngettext_lazy
from grader.quick_dataclass import dataclass

FIELDS = frozenset({"entries", "function", "s"})


@dataclass(slots=True)
class Book:
    """The notes on each function, with what was included from other exercises."""

    probes: dict[str, list[Probe]] = field(default_factory=dict)
    variants: dict[str, list[Variant]] = field(default_factory=dict)
    misconceptions: dict[str, list[Misconception]] = field(default_factory=dict)
    combinations: dict[str, list[Combination]] = field(default_factory=dict)
    together: dict[str, list[Together]] = field(default_factory=dict)
    consistent: dict[str, list[Consistent]] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)


def read_book(course: Course, exercise: Exercise) -> Book:
    """Run an exercise's misconceptions file and return what it says.

    Raises
    ------
    CourseError
        The file cannot be run, or says something that cannot be.
    """
    book = Book()
    _add(book, course, exercise, None, ())
    return book


def files_of(course: Course) -> list[Path]:
    """Return the course's misconceptions files, each of which another one may include."""
    paths = [course.misconceptions(exercise) for exercise in course.exercises]
    return [path for path in paths if path.is_file()]


def authored_texts(course: Course) -> list[str]:
    """Return all texts of a course's misconceptions files, each once, in their order."""
    found: dict[str, None] = {}
    for path in files_of(course):
        notes = _run(path)
        found |= dict.fromkeys(notes.meanings.values())
        for item in notes.misconceptions:
            found |= dict.fromkeys(item.texts)
    return [text for text in found if text]


def _add(
    book: Book,
    course: Course,
    exercise: Exercise,
    functions: tuple[str, ...] | None,
    above: tuple[str, ...],
) -> None:
    path = course.misconceptions(exercise)
    if exercise.name in above:
        raise CourseError(
            _(
                "{file}: includes itself, by way of {exercises}",
                file=path.name,
                exercises=joined(*above, separator=_(", ")),
            ),
            _("remove one of the include lines"),
        )
    if not path.is_file():
        return
    notes = _run(path)
    for inclusion in notes.inclusions:
        wanted = inclusion.functions
        if functions is not None:
            wanted = tuple(name for name in wanted if name in functions)
        other = course.exercise(inclusion.exercise)
        _add(book, course, other, wanted, (*above, exercise.name))
    _take(book, notes, functions, path)


def _run(path: Path) -> Notes:
    name = f"bpgrade_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with collecting() as notes, importing_shared(path.parent):
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise CourseError(
                _(
                    "{file} cannot be run: {error}",
                    file=path.name,
                    error=f"{type(error).__name__}: {error}",
                ),
                _("fix {path}", path=path),
            ) from error
    return notes


def _take(book: Book, notes: Notes, functions: tuple[str, ...] | None, path: Path) -> None:
    def wanted(function: str) -> bool:
        return functions is None or function in functions

    book.meanings |= notes.meanings
    for probe in filter(lambda item: wanted(item.function), notes.probes):
        book.probes.setdefault(probe.function, []).append(probe)
    for variant in filter(lambda item: wanted(item.function), notes.variants):
        book.variants.setdefault(variant.function, []).append(variant)
    for combination in filter(lambda item: wanted(item.function), notes.combinations):
        book.combinations.setdefault(combination.function, []).append(combination)
    for hook in filter(lambda item: wanted(item.function), notes.consistent):
        book.consistent.setdefault(hook.function, []).append(hook)
    known = {item.id for items in book.misconceptions.values() for item in items}
    for item in filter(lambda item: wanted(item.function), notes.misconceptions):
        if item.id in known:
            raise CourseError(
                _("{file}: there are two misconceptions {id}", file=path.name, id=item.id),
                _("rename one of them"),
            )
        known.add(item.id)
        _verify(item, path)
        book.misconceptions.setdefault(item.function, []).append(item)
    for several in filter(lambda item: wanted(item.function), notes.together):
        with_edits = {
            item.id for item in book.misconceptions.get(several.function, ()) if item.edits
        }
        for name in several.misconceptions:
            if name not in with_edits:
                raise CourseError(
                    _(
                        "{file}: together names {name}, but {function} has no such mistake that is"
                        " written as edits",
                        file=path.name,
                        name=name,
                        function=several.function,
                    ),
                    _(
                        "name mistakes of this function that are marked with"
                        " @mistake(..., edit=...)"
                    ),
                )
        book.together.setdefault(several.function, []).append(several)


def _verify(item: Misconception, path: Path) -> None:
    about = {"file": path.name, "id": item.id}
    if not 2 <= len(item.texts) <= 3:
        raise CourseError(
            ngettext_lazy(
                "{file}: the docstring of {id} has {count} paragraph: it needs a title and an"
                " explanation, and may have advice",
                "{file}: the docstring of {id} has {count} paragraphs: it needs a title and an"
                " explanation, and may have advice",
                len(item.texts),
                **about,
            ),
            _("write two or three paragraphs with an empty line between them"),
        )
    if item.edits and not _has_docstring_alone(item.program):
        raise CourseError(
            _("{file}: {id} has edits, but code of its own as well", **about),
            _("leave nothing but the docstring in it, or remove the edits"),
        )
    for word in item.words:
        if f"{{{word}}}" not in (item.program.__doc__ or ""):
            raise CourseError(
                _(
                    "{file}: {id} gives {word}=, but its docstring has no {{{word}}}",
                    word=word,
                    **about,
                ),
                _("write {{{word}}} where it belongs, or remove {word}=", word=word),
            )
    for text in item.texts:
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise CourseError(
                _("{file}: the docstring of {id}: {reason}", reason=error, **about),
                _("double braces that are meant"),
            ) from None
        fields = {part[1] for part in parts if part[1] is not None}
        if unknown := sorted(fields - FIELDS):
            raise CourseError(
                _("{file}: the docstring of {id} uses {{{word}}}", word=unknown[0], **about),
                _(
                    "use {{entries}}, {{s}} or {{function}}, give the mistake {word}=, or double"
                    " braces that are meant as such",
                    word=unknown[0],
                ),
            )


def _has_docstring_alone(function: Callable[..., Any]) -> bool:
    code, plain = function.__code__, _with_docstring_alone.__code__
    return code.co_code == plain.co_code and set(code.co_consts) <= {function.__doc__, None}


def _with_docstring_alone() -> None:
    """Show what such a function is compiled to."""
