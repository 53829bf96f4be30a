"""A course's own catalogues: what they should hold, and bringing them up to date."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.author.translation import as_mo, as_po, problems, updated
from grader.checking.checks import collected
from grader.course import Course, make_stub
from grader.course.data_files import working_folder, working_in
from grader.course.files import read_text, write_texts
from grader.course.translations import stub_texts, translated_path, translations_of
from grader.diagnosis.bug_library import authored_texts
from grader.errors import UsageError, no_such_language
from grader.language import as_written, find_language, languages_of
from grader.language import gettext_lazy as _
from grader.language.catalogue import COURSE_DOMAIN, lacking, read_again
from grader.quick_dataclass import dataclass

_NAMES: Final = ("name", "names")  # what `compare` calls values
_MARK: Final = "message"  # what authors put around other texts; see grader.authoring


@dataclass(frozen=True, slots=True)
class Translated:
    """What was written, and what is not translated yet: a file, and a text of it."""

    written: tuple[Path, ...]
    untranslated: tuple[tuple[Path, str], ...]


def course_messages(course: Course) -> list[str]:
    """Return all that a course says in words, but for its task texts: each text once.

    Raises
    ------
    CourseError
        The checks, the references or the misconceptions cannot be read.
    """
    texts = [*public_messages(course), *_of_checks(course, hidden=True), *authored_texts(course)]
    for path in sorted((course.folder / "solutions").glob("*.py")):
        texts += _texts_in(read_text(path, ""), is_check=path.name.startswith("check_"))
    return list(dict.fromkeys(text for text in texts if text))


def public_messages(course: Course) -> list[str]:
    """Return those texts that students get with a handout.

    Raises
    ------
    CourseError
        As `course_messages`.
    """
    texts = [course.title]
    for exercise in course.exercises:
        texts.append(exercise.title)
        for part in exercise.by_hand:
            texts += [part.title, *(item.text for item in part.rubric)]
        path = course.reference(exercise)
        remedy = _("Write the reference solution of {exercise} there.", exercise=exercise.name)
        texts += stub_texts(make_stub(read_text(path, remedy), path, exercise, course.language))
    texts += _of_checks(course, hidden=False)
    return list(dict.fromkeys(as_written(text) for text in texts if text))


def untranslated(course: Course, language: str) -> list[tuple[Path, str]]:
    """Return what a course lacks in a language that it has: a file, and the text's first line.

    Raises
    ------
    CourseError
        As `course_messages`.
    """
    path = catalogue_path(course, language)
    missing = lacking(course.folder, language, course_messages(course))
    found = [(path, text.partition("\n")[0]) for text in missing]
    for exercise in course.exercises:
        task = course.task(exercise)
        if language not in translations_of(task):
            found.append((translated_path(task, language), str(_("no such file"))))
    return found


def catalogue_path(course: Course, language: str) -> Path:
    """Return where a course's catalogue of a language is."""
    folder = course.folder / "solutions" / "locale" / language / "LC_MESSAGES"
    return folder / f"{COURSE_DOMAIN}.po"


def translate_course(course: Course, language: str = "") -> Translated:
    """Bring a course's catalogue of a language up to date, or all of them.

    Raises
    ------
    CourseError
        As `course_messages`.
    UsageError
        There is no catalogue yet and no language is named, or a catalogue cannot be written.
    """
    wanted = (_known(language),) if language else languages_of(course.folder)
    if not wanted:
        raise UsageError(
            _("the course {name} has no catalogue yet", name=course.name),
            _("name a language: bpgrade author translate zh"),
        )
    messages = course_messages(course)
    written: list[Path] = []
    missing: list[tuple[Path, str]] = []
    for each in wanted:
        path = catalogue_path(course, each)
        catalogue = updated(path, each, messages)
        path.parent.mkdir(parents=True, exist_ok=True)
        missing += [(path, problem) for problem in problems(catalogue)]
        files = {path: as_po(catalogue), path.with_suffix(".mo"): as_mo([catalogue])}
        write_texts(files)
        written += files
    read_again()
    for each in wanted:
        missing += [found for found in untranslated(course, each) if found[0].suffix != ".po"]
    return Translated(tuple(written), tuple(missing))


def _known(language: str) -> str:
    """Return the language that is meant: a reader can only choose what the product itself has."""
    found = find_language(language)
    if found is None:
        raise no_such_language(language)
    return found


def _of_checks(course: Course, *, hidden: bool) -> Iterator[str]:
    with (
        working_folder(course) as folder,
        working_in(folder),
        collected(course, course.exercises) as checks,
    ):
        for exercise in course.exercises:
            for check in checks.of(exercise):
                if check.visible or hidden:
                    yield from (as_written(check.title), as_written(check.hint))


def _texts_in(source: str, *, is_check: bool) -> Iterator[str]:
    """Yield the texts in `message("...")`; of checks those that a failure tells, too."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name),
                args=[ast.Constant(value=str(text)), *_],
            ) if name == _MARK:
                yield text
            case ast.Call() | ast.Assert() if is_check:
                yield from _told_by(node)


def _told_by(node: ast.Call | ast.Assert) -> Iterator[str]:
    """Yield what an assertion, or a comparison, of a check says, where it is the same each time."""
    match node:
        case ast.Assert(msg=ast.Constant(value=str(text))):
            yield text
        case ast.Call(
            func=ast.Attribute(attr="that"), args=[_condition, ast.Constant(value=str(text))]
        ):
            yield text
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="pytest"), attr="fail" | "skip"),
            args=[ast.Constant(value=str(text)), *_rest],
        ):
            yield text
    for keyword in node.keywords if isinstance(node, ast.Call) else ():
        if keyword.arg in _NAMES and isinstance(keyword.value, ast.Constant):
            text = str(keyword.value.value)
            if not text.isidentifier() and " " in text:  # words, and no name of Python's
                yield text
