"""Which course is meant: the one given, one around us that is trusted, or the one that ships."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from grader.course import trust
from grader.course.load import course_file, load_course
from grader.course.model import Course
from grader.errors import CourseError, UsageError
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.quick_dataclass import dataclass

PACKAGE: Final = Path(__file__).parent.parent
_WHY: Final = {
    "unknown": _("you have not trusted its code"),
    "refused": _("you chose not to trust its code"),
    "changed": _("the owners of its files have changed since you decided"),
    "submitted": _("it is among the submissions"),
}


@dataclass(frozen=True, slots=True)
class UntrustedCourse:
    """A course that was found by looking upward, and is not used.

    Attributes
    ----------
    folder : Path
    reason : {"unknown", "refused", "changed", "submitted"}
        Nobody was asked about it; the user has refused it; its files have other owners than when
        it was trusted; it is among the submissions that are to be graded.
    instead : Path or None
        The folder of the trusted course that is used instead; None for the one that ships.
    """

    folder: Path
    reason: Literal["unknown", "refused", "changed", "submitted"]
    instead: Path | None

    @property
    def may_be_trusted(self) -> bool:
        """Whether it would be used once it is trusted."""
        return self.reason != "submitted"

    @property
    def message(self) -> str:
        """What was found, and why it is not used."""
        text = _("the course found in {folder} is not used: {reason}")
        return text.format(folder=_shown(self.folder), reason=_WHY[self.reason])

    @property
    def question(self) -> str:
        """What to know before it is decided whether to trust it."""
        text = _("found a course in {folder}: its checks are code that runs with your rights")
        if self.reason == "changed":
            text = _(
                "found a course in {folder}: its checks are code that runs with your rights; the"
                " owners of its files have changed since you decided"
            )
        return text.format(folder=_shown(self.folder))

    @property
    def remedy(self) -> str:
        """The ways to use it."""
        folder = _quoted(self.folder)
        if not self.may_be_trusted:
            return _("to use it, name it with --course {folder}", folder=folder)
        text = _("to use it, name it with --course {folder}, or run once: bpgrade trust {folder}")
        return text.format(folder=folder)

    @property
    def notice(self) -> str:
        """All that is to be said, in one line."""
        if self.instead is None:
            text = _("{message}, the course that ships with bpgrade is used instead; {remedy}")
            return text.format(message=self.message, remedy=self.remedy)
        text = _("{message}, the course in {folder} is used instead; {remedy}")
        folder = _shown(self.instead)
        return text.format(message=self.message, folder=folder, remedy=self.remedy)


Decide = Callable[[UntrustedCourse], bool]


def warn(found: UntrustedCourse) -> bool:
    """Warn that a course is not used."""
    warnings.warn(translated(found.notice), stacklevel=4)
    return False


def refuse(found: UntrustedCourse) -> bool:
    """Raise an error that says how to use the course."""
    raise UsageError(found.message, found.remedy)


def find_course(
    course: Path | None,
    start: Path | None,
    *,
    decide: Decide = warn,
    submissions: Path | None = None,
) -> Course:
    """Load the course that is meant.

    A course's checks are code that runs with the user's rights. One that is named is used. One
    that is found by looking upward is used where the user has trusted it; a copy of the course
    that ships needs no trust, since the original is used in its place.

    Parameters
    ----------
    course : Path or None
        The course's folder, where the user named one.
    start : Path or None
        Where to look for a course otherwise: the nearest trusted one in this folder or above it,
        else the one that ships. None to look nowhere.
    decide : callable
        Told of each course on the way that is not trusted; returns whether the user trusts it
        now. By default it warns.
    submissions : Path, optional
        What is to be graded: a course in there is never found.

    Raises
    ------
    UsageError
        `course` is no course folder.
    CourseError
        There is a mistake in the course's own files.
    """
    if course is not None:
        return load_course(course_folder(course))
    shipped = _shipped()
    if start is None:
        return load_course(shipped)
    passed, trusted = _search(start, shipped, submissions)
    for folder, reason in passed:
        found = UntrustedCourse(folder, reason, trusted)
        if decide(found) and found.may_be_trusted:
            return load_course(folder)
    return load_course(trusted or shipped)


def course_folder(folder: Path) -> Path:
    """Return the folder if it is a course's.

    Raises
    ------
    UsageError
        It is none; the remedy names the course that it lies in, if any.
    """
    if _is_course(folder):
        return folder
    for outer in _upwards(folder):
        if _is_course(outer):
            remedy = _("Did you mean {name}?", name=outer)
            break
    else:
        remedy = _("Give the folder that contains exercises/course.toml.")
    text = _("{folder} is not a course: it has no file exercises/course.toml.", folder=folder)
    raise UsageError(text, remedy)


_Passed = list[tuple[Path, Literal["unknown", "refused", "changed", "submitted"]]]


def _search(start: Path, shipped: Path, submissions: Path | None) -> tuple[_Passed, Path | None]:
    """Return the untrusted courses on the way up, and the first trusted one that ships not."""
    passed: _Passed = []
    for folder in filter(_is_course, _upwards(start)):
        real = folder.resolve()
        if submissions is not None and real.is_relative_to(submissions.resolve()):
            passed.append((real, "submitted"))
        elif real == shipped.resolve() or _is_copy(real, shipped):
            return passed, None
        elif (standing := trust.standing(real)) == "trusted":
            return passed, real
        else:
            passed.append((real, standing))
    return passed, None


def _upwards(start: Path) -> tuple[Path, ...]:
    try:
        # Not absolute(): the parents of a/../b must not include a.
        folder = Path(os.path.abspath(start))  # noqa: PTH100
    except OSError:
        return ()  # the working folder has been deleted: nothing is above it
    return (folder, *folder.parents)


def _is_course(folder: Path) -> bool:
    try:
        return course_file(folder).is_file()
    except OSError:
        return False


def _shipped() -> Path:
    for folder in (PACKAGE / "backpropagation", PACKAGE.parent):
        if _is_course(folder):
            return folder
    raise CourseError(
        _("The course that ships with bpgrade is missing from this installation."),
        _("Install bpgrade again, or choose a course with --course DIR."),
    )


def _is_copy(folder: Path, original: Path) -> bool:
    """Return whether a course has the same files, but for the stubs, which students fill in.

    What students add to exercises/ makes no difference: nothing of the copy is run.
    """
    try:
        if not _same(course_file(folder), course_file(original)):
            return False
        public, private = set(_files(original / "exercises")), set(_files(original / "solutions"))
        stubs = {path for path in public if path.with_suffix(".md") in public}
        stubs -= {path for path in stubs if path.suffix == ".md"}
        compared = {Path("exercises", path) for path in public - stubs}
        compared |= {Path("solutions", path) for path in private}
        return set(_files(folder / "solutions")) == private and all(
            _same(folder / path, original / path) for path in compared
        )
    except OSError:
        return False


def _files(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, relative to it, but for what Python has compiled."""
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if name != "__pycache__"]
        yield from (Path(folder, name).relative_to(root) for name in names)


def _same(path: Path, other: Path) -> bool:
    if not path.is_file() or path.stat().st_size != other.stat().st_size:
        return False
    return path.read_bytes() == other.read_bytes()


def _shown(folder: Path) -> str:
    """Return a path without characters that would steer a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in str(folder))


def _quoted(folder: Path) -> str:
    """Return a path as it is typed into a shell."""
    import shlex

    text = _shown(folder)
    return f'"{text}"' if os.name == "nt" and " " in text else shlex.quote(text)
