"""Which of a student's files for an exercise is graded, and what to say of the others.

One rule for batches, learning platforms and every kind of file: a file with something in it wins
over an untouched stub; then the exercise's own name over a longer one; what a browser or a system
marked as a copy is a further attempt. Where more than one could be meant, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from os.path import commonprefix
from pathlib import PurePosixPath
from typing import Final

from grader.course import Course, Exercise
from grader.grading.file_names import (
    ATTEMPT,
    around,
    exercises_named,
    folded,
    parts_of,
    stem_of,
    without_copy_marks,
)
from grader.grading.progress import Completion, Written, progress
from grader.grading.submission import is_notebook
from grader.language import enumerated, sentences
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

# beside the exercise's name they say that this is something else, or something older
ASIDE: Final = frozenset(
    {
        "test", "tests", "util", "utils", "helper", "helpers", "old", "backup", "bak", "draft",
        "tmp", "checkpoint", "template", "stub", "starter", "original", "orig", "scratch", "debug",
        "archive", "previous",
    }
)  # fmt: skip
# beside the exercise's name they say nothing of whose it is
ABOUT_THE_FILE: Final = ASIDE | frozenset(
    {"new", "final", "fixed", "corrected", "solution", "solutions", "submission"}
)
_LISTED: Final = 10
_EXACT, _NUMBERED, _LONGER, _ASIDE, _UNNAMED, _ANOTHER = range(6)
_WHY: Final = {
    _NUMBERED: _("its name is longer"),
    _LONGER: _("its name is longer"),
    _ASIDE: _("its name or folder says that it is something else"),
    _UNNAMED: _("its name does not say which exercise it is"),
    _ANOTHER: _("its name is that of another exercise"),
}


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A file that may be what is to be graded.

    Attributes
    ----------
    path : str
        Where it lay, with forward slashes.
    name : str
        What the student called it.
    read : callable
        Gives its bytes; may raise OSError.
    """

    path: str
    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class FileChoice:
    """What is graded of several files.

    Attributes
    ----------
    attempts : tuple of CandidateFile
        The student's attempts, the latest last, which is the one to grade.
    passed_over : tuple of (CandidateFile, str)
        What is no attempt, and why.
    unclear : tuple of CandidateFile
        Those passed over that could have been meant as well.
    """

    attempts: tuple[CandidateFile, ...]
    passed_over: tuple[tuple[CandidateFile, str], ...] = ()
    unclear: tuple[CandidateFile, ...] = ()

    @property
    def chosen(self) -> CandidateFile:
        """The file to grade."""
        return self.attempts[-1]

    def told(self, every_attempt: bool = False) -> str:
        """Return what the student should know of the choice; nothing where there was none.

        Parameters
        ----------
        every_attempt : bool
            Whether all attempts are graded, and not the latest alone.
        """
        name = self.chosen.name
        parts: list[str] = []
        if len(self.attempts) > 1 and not every_attempt:
            earlier = enumerated([one.name for one in self.attempts[:-1][-_LISTED:]])
            text = _("{name} was graded, the latest by its name; earlier: {names}.")
            parts.append(text.format(name=name, names=earlier))
        elif self.passed_over:
            parts.append(_("{name} was graded.", name=name))
        if self.passed_over:
            base = _shared([self.chosen, *(one for one, _ in self.passed_over)])
            others = [
                f"{PurePosixPath(one.path[base:]).parent / one.name} (" + why + ")"
                for one, why in self.passed_over[:_LISTED]
            ]
            more = len(self.passed_over) - _LISTED
            parts.append(_("Not graded: {files}.", files=enumerated(others, more)))
        if self.unclear:
            parts.append(_("To be sure, hand in only one."))
        return sentences(parts)


@dataclass(frozen=True, slots=True)
class _Judged:
    candidate: CandidateFile
    rank: int
    version: tuple[tuple[int, ...], ...]
    depth: int
    progress: Completion


def choose(
    candidates: Sequence[CandidateFile],
    course: Course,
    exercise: Exercise,
    own: Collection[str] = (),
) -> FileChoice:
    """Return which file is graded.

    Parameters
    ----------
    candidates : sequence of CandidateFile
        What one student handed in at one time for one exercise; one at least.
    course : Course
        Its stubs tell what is untouched.
    exercise : Exercise
    own : collection of str
        The student's ids and names, which may stand in the names of their files.
    """
    if len(candidates) == 1:
        return FileChoice(tuple(candidates))
    base = _shared(candidates)
    words = {word for text in own for word in (folded(text), *map(folded, parts_of(text)))}
    judged = [_judged(one, course, exercise, words, base) for one in candidates]
    passed: list[tuple[CandidateFile, str]] = []
    best = max(one.progress.written for one in judged)
    kept = [one for one in judged if one.progress.written == best]
    for one in judged:
        if one.progress.written < best:
            passed.append((one.candidate, _unwritten(one.progress)))
    rank = min(one.rank for one in kept)
    passed += [(one.candidate, _WHY[one.rank]) for one in kept if one.rank > rank]
    kept = [one for one in kept if one.rank == rank]
    if best is Written.NOTHING:  # copies of nothing are no attempts
        kept.sort(key=lambda one: (any(one.version), one.depth, one.candidate.path))
        passed += [(one.candidate, _("it has no code")) for one in kept[1:]]
        return FileChoice((kept[0].candidate,), tuple(passed))
    attempts: list[CandidateFile] = []
    unclear: list[CandidateFile] = []
    for version in sorted({one.version for one in kept}):
        alike = sorted((one for one in kept if one.version == version), key=_preference)
        attempts.append(alike[0].candidate)
        passed += [(one.candidate, _("it was submitted too")) for one in alike[1:]]
        unclear += [one.candidate for one in alike[1:]]
    return FileChoice(tuple(attempts), tuple(passed), tuple(unclear))


def _judged(
    one: CandidateFile, course: Course, exercise: Exercise, own: Collection[str], base: int
) -> _Judged:
    try:
        how_far = progress(one.name, one.read(), course, exercise)
    except OSError:
        how_far = Completion(Written.NOTHING)
    folders = PurePosixPath(one.path[base:]).parts[:-1]
    rank, version = _named(one.name, course, exercise, own)
    if rank < _ASIDE and any(folded(w) in ASIDE for part in folders for w in parts_of(part)):
        rank = _ASIDE
    copies = tuple(mark for part in folders for mark in without_copy_marks(part)[1])
    return _Judged(one, rank, (copies, version), len(folders), how_far)


def _named(
    name: str, course: Course, exercise: Exercise, own: Collection[str]
) -> tuple[int, tuple[int, ...]]:
    """Return how well a name fits the exercise's, and which attempt it says it is."""
    stem, marks = without_copy_marks(stem_of(name))
    beside = around((exercise,), stem) if exercise in exercises_named(course, stem) else None
    if beside is None:
        return (_ANOTHER if exercises_named(course, stem) else _UNNAMED), marks
    before, behind = beside
    attempts = tuple(int(found[1]) for found in ATTEMPT.finditer(f"{before} {behind}"))
    before, behind = ATTEMPT.sub(" ", before), ATTEMPT.sub(" ", behind)
    number = re.fullmatch(r"[\s_\-.]*(\d{1,2})", behind)
    if number:
        attempts, behind = (*attempts, int(number[1])), ""
    words = [folded(word) for word in (*parts_of(before), *parts_of(behind))]
    others = [word for word in words if word not in own and not word.isdigit()]
    if any(word in ASIDE for word in others):
        rank = _ASIDE
    elif others:
        rank = _LONGER
    else:
        rank = _NUMBERED if words else _EXACT
    return rank, (*attempts, *marks)


def _preference(one: _Judged) -> tuple[int, int, bool, str]:
    """Return what sorts the likeliest first, among files that are named alike."""
    return (
        -one.progress.functions,
        one.depth,
        is_notebook(one.candidate.name),
        one.candidate.path,
    )


def _unwritten(progress: Completion) -> str:
    if progress.written is Written.NOTHING:
        return _("it has no readable code")
    if progress.given:
        return _("it is the untouched stub")
    return _("it defines none of the exercise's functions")


def _shared(candidates: Sequence[CandidateFile]) -> int:
    """Return how many characters of the paths are the folder that holds all of them."""
    return commonprefix([one.path for one in candidates]).rfind("/") + 1  # noqa: RUF071
