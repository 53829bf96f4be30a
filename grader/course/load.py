"""Reading a course from its folder, with every mistake in course.toml named at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from grader.course.by_hand import Part, read_parts
from grader.course.files import read_text
from grader.course.model import Course, Diagnoses, Exercise, LatePolicy, Limits
from grader.course.naming import FILE_PREFIXES, LONGEST, SHARED, is_file_name, is_python_name
from grader.course.server_rules import Serving, expect_reachable, read_serving
from grader.course.tables import Mistakes, TomlTable
from grader.errors import CourseError
from grader.language import authored, enumerated, find_language, html_tag, joined, languages
from grader.language import gettext_lazy as _
from grader.language.catalogue import SOURCE

MAX_POINTS = 1_000_000.0

LIMIT_RANGES: dict[str, tuple[float, float] | tuple[int, int]] = {
    "call_seconds": (0.01, 3600.0),
    "load_seconds": (0.01, 3600.0),
    "cpu_seconds": (1.0, 86_400.0),
    "memory_megabytes": (64, 1_048_576),
    "file_megabytes": (1, 65_536),
    "processes": (1, 4096),
    "output_bytes": (1, 1 << 30),
    "value_bytes": (1024, 1 << 30),
}

LATE_RANGES: dict[str, tuple[float, float]] = {
    "grace_minutes": (0.0, 525_600.0),
    "penalty_per_day": (0.0, 100.0),
    "max_penalty": (0.0, 100.0),
}

COURSE_KEYS = {
    "name": 'name = "my_course"',
    "title": 'title = "My course"',
    "exercises": _("a table [exercises.exercise1] for each exercise"),
}
EXERCISE_KEYS = {
    "title": 'title = "My exercise"',
    "points": _("it as a table of lines: function = points"),
}

FILE_NAME = _(
    "ASCII letters, digits and underscores, no leading digit, {count} at most", count=LONGEST
)
_BAD_NAME = _("bad name")


def course_file(folder: Path) -> Path:
    """Return where the description of the course in `folder` is."""
    return folder / "exercises" / "course.toml"


def load_course(folder: Path) -> Course:
    """Read the course in `folder`. Only `exercises/course.toml` has to be there.

    Parameters
    ----------
    folder : Path
        The folder that holds `exercises/` and, for those who grade, `solutions/`.

    Raises
    ------
    CourseError
        course.toml is missing, unreadable or wrong; every mistake has a line of its own with
        the file, the key, what was found and what to write.
    """
    path = course_file(folder)
    mistakes = Mistakes(path)
    top = TomlTable(_toml(path), mistakes)
    top.expect(COURSE_KEYS, ("packages", "time_zone", "language", "limits", "late", "server"))
    name = top.text("name")
    if name and not is_file_name(name):
        top.reject("name", _("write a name of {characters}", characters=FILE_NAME))
    limits = _limits(top, Limits())
    zone = top.time_zone("time_zone")
    course = Course(
        name=name,
        title=top.text("title"),
        folder=folder.resolve(),
        packages=_packages(top),
        exercises=_exercises(top, limits, read_serving(top, Serving()), zone),
        late=_late(top),
        time_zone=zone,
        language=_language(top),
    )
    mistakes.raise_any()
    return _told(course)


def _told(course: Course) -> Course:
    """Return a course whose titles and rubrics can be said in the languages of its catalogues."""

    def said(text: str) -> str:
        return authored(course.folder, text)

    def part(one: Part) -> Part:
        rubric = tuple(replace(item, text=said(item.text)) for item in one.rubric)
        return replace(one, title=said(one.title), rubric=rubric)

    exercises = tuple(
        replace(each, title=said(each.title), by_hand=tuple(map(part, each.by_hand)))
        for each in course.exercises
    )
    return replace(course, title=said(course.title), exercises=exercises)


def _language(top: TomlTable) -> str:
    if "language" not in top:
        return SOURCE
    tag = top.text("language")
    language = find_language(tag) if tag else None
    if language is None:
        known = enumerated(list(map(html_tag, languages())))
        found = _("found {value}", value=repr(tag[:LONGEST]))
        top.reject("language", _("write one of {names}", names=known), found)
    return language or SOURCE


def _toml(path: Path) -> dict[str, Any]:
    text = read_text(path, _("A course is a folder that contains exercises/course.toml."))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise CourseError(
            _("{path}: nested too deeply.", path=path), _("Use fewer brackets.")
        ) from None
    except ValueError as error:
        raise CourseError(
            joined(f"{path}: ", _syntax_mistake(text, error)),
            _("Write it as TOML: text in quotes, one key = value a line, each key and table once."),
        ) from error


def _syntax_mistake(text: str, error: ValueError) -> str:
    # tomllib gives the place in its message only: "Invalid value (at line 3, column 8)".
    what, place = ("", *str(error).rsplit(" (at ", 1))[-2:]
    if not what:
        return str(error)
    numbers = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    line = int(numbers[1]) if numbers else text.rstrip().count("\n") + 1
    shown = _("line {line}, where the file ends: {what}, found {found}")
    if numbers:
        shown = _("line {line}, column {column}: {what}, found {found}")
    found = text.split("\n")[line - 1].strip()
    column = numbers[2] if numbers else ""
    return shown.format(line=line, column=column, what=what, found=repr(found[:LONGEST]))


def _limits(table: TomlTable, base: Limits) -> Limits:
    own = table.table("limits")
    own.expect({}, tuple(LIMIT_RANGES))
    given = {name: own.number(name, *LIMIT_RANGES[name]) for name in LIMIT_RANGES if name in own}
    values: dict[str, Any] = given
    return replace(base, **values)


def _late(top: TomlTable) -> LatePolicy:
    own = top.table("late")
    own.expect({}, tuple(LATE_RANGES))
    given = {name: own.number(name, *LATE_RANGES[name]) for name in LATE_RANGES if name in own}
    return replace(LatePolicy(), **given)


def _packages(top: TomlTable) -> tuple[str, ...]:
    packages = top.texts("packages")
    for number, package in enumerate(packages):
        shown = repr(package[:LONGEST])
        found = _("found {value}", value=shown)
        if not is_python_name(package):
            top.reject("packages", _("write names as in `import name`"), found)
        elif package == "grader":
            top.reject("packages", _("remove it: submissions must never see the grader"), found)
        elif package in packages[:number]:
            top.reject("packages", _("write it once"), _("found {value} again", value=shown))
    return packages


def _exercises(
    top: TomlTable, limits: Limits, serving: Serving, zone: ZoneInfo | None
) -> tuple[Exercise, ...]:
    table = top.table("exercises")
    if top.holds_table("exercises") and not table.names():
        top.reject("exercises", _("describe at least one exercise, as [exercises.exercise1]"))
    folded: set[str] = set()
    exercises = []
    for name in table.names():
        if not is_file_name(name):
            table.reject(name, _("name it with {characters}", characters=FILE_NAME), _BAD_NAME)
        elif name.startswith(FILE_PREFIXES):
            prefixes = joined(*FILE_PREFIXES, separator=_(" or "))
            remedy = _("do not start it with {prefixes}", prefixes=prefixes)
            table.reject(name, remedy, _BAD_NAME)
        elif name.casefold() == SHARED:
            table.reject(
                name, _("{file} is for shared code", file=f"solutions/{SHARED}.py"), _BAD_NAME
            )
        elif name.casefold() in folded:
            table.reject(name, _("names must differ in more than case"), _BAD_NAME)
        folded.add(name.casefold())
        exercises.append(_exercise(name, table.table(name), limits, serving, zone))
    return tuple(exercises)


def _exercise(
    name: str, table: TomlTable, limits: Limits, serving: Serving, zone: ZoneInfo | None
) -> Exercise:
    table.expect(EXERCISE_KEYS, ("limits", "deadline", "diagnoses", "by_hand", "server"))
    own = table.table("points")
    points = {}
    for function in own.names():
        if not is_python_name(function) or function.startswith("_"):
            own.reject(function, _("write the name of a public Python function"), _BAD_NAME)
        points[function] = own.number(function, 0.0, MAX_POINTS)
    if table.holds_table("points") and not any(points.values()):
        remedy = _("give at least one function more than 0 points")
        table.reject("points", remedy, _("no points"))
    own_serving = read_serving(table, serving)
    expect_reachable(table, own_serving)
    return Exercise(
        name=name,
        title=table.text("title"),
        points=points,
        limits=_limits(table, limits),
        deadline=table.deadline("deadline", zone),
        diagnoses=table.word("diagnoses", get_args(Diagnoses)),
        by_hand=read_parts(table.table("by_hand"), points),
        serving=own_serving,
    )
