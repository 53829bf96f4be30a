"""One folder (or zip) a student, or files whose names hold the student and the exercise.

What the names of copies are marked with is no part of a student's name; a number that may be part
of it (`student (2)`, `team_2`) counts as a mark only where nobody else has the same name beside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from pathlib import PurePosixPath
from typing import Final

from grader.batch.records import Origin
from grader.course import Course
from grader.grading.choice import ABOUT_THE_FILE
from grader.grading.file_names import (
    ATTEMPT,
    around,
    exercises_named,
    folded,
    parts_of,
    stem_of,
    without_copy_marks,
)
from grader.language import gettext_lazy as _

_NUMBER_BEHIND: Final = re.compile(r"[\s_\-.]*(\d{1,2})")
_NUMBERED: Final = re.compile(r"[(\[]\d{1,3}[)\]]$")


class Folders:
    """Reads whose a file is from the first folder that names no exercise, else from its name."""

    layout = _("folder")

    def __init__(
        self, paths: Sequence[str], course: Course, is_person: Callable[[str], bool]
    ) -> None:
        self._course = course
        self._is_person = is_person
        self._prefix = self._wrapper(paths)
        inside = [PurePosixPath(path.removeprefix(self._prefix)).parts for path in paths]
        self._folders = _unmarked(
            {folder for parts in inside if (folder := self._folder(parts)) is not None}
        )
        files = {parts[-1] for parts in inside if self._folder(parts) is None}
        self._numbers: dict[str, set[str]] = defaultdict(set)
        for name in files:
            who, number = self._words(name)
            self._numbers[who].add(number)
        self._bare = next((name for name in sorted(files) if self._is_bare(name)), "")

    def origins(self, path: str) -> tuple[Origin, ...]:
        """Return the one student whose a file is."""
        parts = PurePosixPath(path.removeprefix(self._prefix)).parts
        folder = self._folder(parts)
        who = self._who(parts[-1]) if folder is None else self._folders[folder]
        folders = (self._folders.get(part, part) for part in parts[:-1])
        said = (*map(self._said, folders), self._said(stem_of(parts[-1])))
        return (Origin(parts[-1], who, who, said=said),)

    def is_own(self, _path: str) -> bool:
        """Whether it is the platform's own file: there is no platform."""
        return False

    def _wrapper(self, paths: Sequence[str]) -> str:
        """Return the folder around everything, where it is the class and not its only student."""
        tops = {path.partition("/")[0] for path in paths}
        if len(tops) != 1 or not all("/" in path for path in paths):
            return ""
        prefix = next(iter(tops)) + "/"
        inside = [path.removeprefix(prefix) for path in paths]
        own = any("/" not in path and self._is_bare(path) for path in inside)
        return prefix if any("/" in path for path in inside) and not own else ""

    def _folder(self, parts: Sequence[str]) -> str | None:
        named = (part for part in parts[:-1] if not exercises_named(self._course, part))
        return next(named, None)

    def _is_bare(self, name: str) -> bool:
        """Whether a name is an exercise's alone."""
        stem = stem_of(name)
        beside = around(self._course.exercises, stem)
        return beside is not None and not any(map(parts_of, beside))

    def _words(self, name: str) -> tuple[str, str]:
        """Return what a file's name says beside the exercise and the attempt, and a number.

        The number stands right behind the exercise's name: an attempt, or part of who it is.
        """
        stem, _ = without_copy_marks(stem_of(name))
        before, behind = around(self._course.exercises, stem) or (stem, "")
        words, behind = parts_of(ATTEMPT.sub("", before)), ATTEMPT.sub("", behind)
        number = _NUMBER_BEHIND.fullmatch(behind)
        if number and words:  # ada_exercise1_2
            return "_".join(words), number[1]
        words += parts_of(behind)
        if self._is_person("_".join(words)):  # who may well be called Old, or New
            return "_".join(words), ""
        about = [word for word in words if folded(word) not in ABOUT_THE_FILE]
        return "_".join(about or words), ""

    def _said(self, name: str) -> str:
        """Return what a name says beside the exercise, the attempt and the copy."""
        stem, _ = without_copy_marks(name)
        before, behind = around(self._course.exercises, stem) or (stem, "")
        if _NUMBER_BEHIND.fullmatch(behind) and parts_of(before):  # ada_exercise1_2
            behind = ""
        text = f"{before} {behind}"
        return ATTEMPT.sub(lambda mark: mark[0] if self._is_person(mark[0]) else " ", text).strip()

    def _who(self, name: str) -> str:
        who, number = self._words(name)
        if not who:
            return stem_of(name)
        if self._bare and {folded(word) for word in who.split("_")} <= ABOUT_THE_FILE | {"my"}:
            return stem_of(self._bare)  # test_exercise1.py beside exercise1.py
        numbers = self._numbers[who]
        return f"{who}_{number}" if number and "" not in numbers and len(numbers) > 1 else who


def _unmarked(names: Collection[str]) -> dict[str, str]:
    """Return each folder's name as it was before it was copied, unless numbers tell people apart.

    Examples
    --------
    >>> sorted(_unmarked({"ada", "ada (1)", "bob - Copy"}).values())
    ['ada', 'ada', 'bob']
    >>> sorted(_unmarked({"student (1)", "student (2)"}).values())
    ['student (1)', 'student (2)']
    """
    plain = {name: re.sub(r"(?i)\.zip$", "", name) for name in names}
    before = {name: without_copy_marks(text)[0] for name, text in plain.items()}
    sharing = Counter(before[name] for name in names)
    there = set(plain.values())
    return {
        name: plain[name]
        if _NUMBERED.search(plain[name]) and base not in there and sharing[base] > 1
        else base
        for name, base in before.items()
    }
