"""Writing a course from assignments, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from grader.author.importing.assignment import Assignment, ImportFinding, ImportPlace
from grader.author.importing.beside import DataFile, with_data, with_modules
from grader.author.importing.exercise import Converted, convert
from grader.author.importing.report import Imported, markdown
from grader.author.importing.settling import settled
from grader.author.importing.trial import ImportTrial, tried
from grader.course import load_course
from grader.course.files import write_texts
from grader.course.naming import DATA, FILE_PREFIXES, LONGEST, SHARED, is_file_name
from grader.course.stubs import write_stubs
from grader.errors import UsageError, reason_of
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy
from grader.quick_dataclass import dataclass


def write_course(
    assignments: Sequence[Assignment], findings: Sequence[ImportFinding], source: Path, folder: Path
) -> Imported:
    """Write a course of `assignments` into `folder`, and return what became of them.

    Raises
    ------
    UsageError
        There is something in the folder already, it cannot be written to, or no assignment has
        a test that can be carried over.
    """
    _refuse_existing(folder)
    found = [convert(one, name) for one, name in _named(assignments)]
    graded = [one for one in found if any(one.points.values())]
    more = list(findings)
    for one in found:
        if one not in graded:
            text = _("it has no test that can be carried over, and is left out of the course")
            more.append(ImportFinding("cannot", ImportPlace(one.notebook), text))
    if not graded:
        raise UsageError(
            _none_of(sum(len(one.tests) for one in found), source),
            next((_first(each) for one in found for each in one.findings), "")
            or _("Name notebooks with test cells in them."),
        )
    base = source if source.is_dir() else source.parent
    rest = [one for one in found if one not in graded]
    graded, data = with_data([with_modules(one, base) for one in graded], base)
    packages = _packages(graded, base, more)
    with _staging(folder) as staging:
        course = _Course(staging, _file_name(folder.resolve().name, "course"), tuple(packages))
        _copy(data, staging)
        course.write(graded)
        if not any(find_spec(package) is None for package in packages):
            graded = [_settled(course, graded, number) for number in range(len(graded))]
            course.write(graded)
        order = {one.name: number for number, one in enumerate(found)}
        every = sorted([*graded, *rest], key=lambda one: order[one.name])
        imported = Imported(source.name, tuple(every), tuple(more))
        write_texts({staging / "report.md": markdown(imported)})
    return imported


@dataclass(frozen=True, slots=True)
class _Course:
    """A course that is being written: where, its name and packages."""

    folder: Path
    name: str
    packages: tuple[str, ...]

    def write(self, found: Sequence[Converted]) -> None:
        """Write all of its files but data and report."""
        texts = _texts(found, self.name, self.packages)
        write_texts({self.folder / name: text for name, text in texts.items()})
        write_stubs(load_course(self.folder))


def _settled(course: _Course, found: list[Converted], number: int) -> Converted:
    """Return an exercise as it holds when it is tried in its course; one without solution as is."""

    def write_and_try(one: Converted) -> ImportTrial:
        course.write([*found[:number], one, *found[number + 1 :]])
        return tried(course.folder, one.name)

    one = found[number]
    if not one.released:
        found[number] = settled(one, write_and_try)
    return found[number]


def _none_of(tests: int, source: Path) -> str:
    if not tests:
        return _("No test in {path} can be carried over.", path=source)
    return ngettext_lazy(
        "None of {count} test in {path} can be carried over.",
        "None of {count} tests in {path} can be carried over.",
        tests,
        path=source,
    )


def _first(finding: ImportFinding) -> str:
    return _("{place}: {text}.", place=finding.place.words, text=finding.text)


def _refuse_existing(folder: Path) -> None:
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise UsageError(
            _("Cannot read {path}: {reason}.", path=folder, reason=error.strerror),
            _("Name another folder."),
        ) from None
    if taken:
        raise UsageError(
            _("{path} is there already, and not empty.", path=folder),
            _("Name a folder that is not there yet: nothing is overwritten."),
        )


@contextlib.contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Give a folder that becomes `folder` at the end, and is removed after an error."""
    staging = folder.parent / f".{folder.name}.{os.urandom(4).hex()}.tmp"
    try:
        for part in ("exercises", "solutions"):
            (staging / part).mkdir(parents=True)
        yield staging
        if folder.is_dir():
            folder.rmdir()
        staging.rename(folder)
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        raise UsageError(
            _("The course cannot be written to {folder}: {reason}.", folder=folder, reason=reason),
            _("Name a folder that you may write to."),
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(staging)


def _copy(data: Sequence[DataFile], staging: Path) -> None:
    for one in data:
        target = staging / "exercises" / DATA / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one.path, target)


def _named(assignments: Sequence[Assignment]) -> list[tuple[Assignment, str]]:
    taken: set[str] = set()
    found = []
    for one in assignments:
        base = name = _file_name(one.name, "exercise")
        number = 2
        while name.casefold() in taken:
            name, number = f"{base[: LONGEST - 4]}_{number}", number + 1
        taken.add(name.casefold())
        found.append((one, name))
    return found


def _file_name(text: str, kind: str) -> str:
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")[: LONGEST - 10]
    if not is_file_name(name) or name.startswith(FILE_PREFIXES) or name.casefold() == SHARED:
        name = f"{kind}_{name}".rstrip("_")
    return name if is_file_name(name) else kind


def _packages(found: Sequence[Converted], base: Path, findings: list[ImportFinding]) -> list[str]:
    packages: dict[str, None] = {}
    for one in found:
        beside = (base / one.notebook).parent if one.notebook else base
        for package in one.packages:
            place = ImportPlace(one.notebook)
            if (beside / f"{package}.py").is_file() or (beside / package).is_dir():
                text = _(
                    "it imports {package}, which lies beside it: students need that file too",
                    package=package,
                )
                findings.append(ImportFinding("look", place, text))
            elif package not in packages:
                packages[package] = None
                if find_spec(package) is None:
                    text = _(
                        "{package} is not installed here: pip install {package}", package=package
                    )
                    findings.append(ImportFinding("look", place, text))
    return list(packages)


def _texts(found: Sequence[Converted], name: str, packages: Sequence[str]) -> dict[str, str]:
    texts = {"exercises/course.toml": _course_toml(found, name, packages)}
    for one in found:
        texts[f"exercises/{one.name}.md"] = one.task
        texts[f"solutions/{one.name}.py"] = one.reference
        texts[f"solutions/check_{one.name}.py"] = one.check_file
        if one.by_hand:
            texts[f"solutions/by_hand_{one.name}.md"] = one.by_hand
    return texts


def _course_toml(found: Sequence[Converted], name: str, packages: Sequence[str]) -> str:
    listed = ", ".join(f'"{package}"' for package in packages)
    title = found[0].title if len(found) == 1 else name.replace("_", " ")
    lines = [f'name = "{name}"', f"title = {_quoted(title)}", f"packages = [{listed}]"]
    for one in found:
        lines += ["", f"[exercises.{one.name}]", f"title = {_quoted(one.title)}"]
        lines.append(f"[exercises.{one.name}.points]")
        lines += [f"{_key(each)} = {points:.12g}" for each, points in one.points.items()]
        for part in one.parts:
            lines += [f"[exercises.{one.name}.by_hand.{part.id}]", f"title = {_quoted(part.title)}"]
            lines += [f"points = {part.points:.12g}", f'answer = "{part.answer}"']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(name: str) -> str:
    return name if name.isascii() else f'"{name}"'
