"""The proof of a course: what it holds to be right earns full marks, and nothing else does."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from grader.author.course_catalogues import untranslated
from grader.author.faults import exercise_faults
from grader.author.mutation import Mutations, spread
from grader.author.part_faults import part_faults
from grader.author.programs import as_submission
from grader.author.proof_record import (
    CheckFinding,
    ExerciseFinding,
    Fault,
    MisconceptionFinding,
    Mutation,
    Scores,
    Untranslated,
    Verification,
)
from grader.author.trial_bench import Bench, failed
from grader.authoring import Misconception
from grader.course import Course, Exercise, make_stub
from grader.course.files import read_text
from grader.diagnosis.bug_library import Book, read_book
from grader.diagnosis.program_factory import Workshop
from grader.errors import CourseError
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.language import gettext_lazy as _
from grader.language import languages_of
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, PartResult
from grader.sandbox.isolation import Isolation


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried.

    Attributes
    ----------
    seeds : int
        For how many seeds the reference and the stub are graded.
    misconception_seeds : int
        For how many seeds each misconception is.
    mutants, misconceptions : int or None
        How many of a function's are run at most; None for all that differ.
    """

    seeds: int
    misconception_seeds: int
    mutants: int | None
    misconceptions: int | None


WHOLE: Final = Effort(seeds=20, misconception_seeds=3, mutants=None, misconceptions=None)


def verify(
    course: Course, exercises: Sequence[Exercise], isolation: Isolation, effort: Effort = WHOLE
) -> Verification:
    """Prove `exercises` of a course.

    Raises
    ------
    IsolationError
        Nothing can be run on this machine. The course's own mistakes are findings.
    """
    start = time.perf_counter()
    with Grader(course, isolation) as grader:
        found = tuple(_exercise(grader, exercise, effort) for exercise in exercises)
        missing = tuple(_untranslated(course)) if not any(each.faults for each in found) else ()
    seconds = round(time.perf_counter() - start, 3)
    return Verification(course.name, found, effort.seeds, seconds, missing)


def _untranslated(course: Course) -> Iterator[Untranslated]:
    for language in languages_of(course.folder):
        for path, text in untranslated(course, language):
            yield Untranslated(language, path.relative_to(course.folder).as_posix(), text)


def _exercise(grader: Grader, exercise: Exercise, effort: Effort) -> ExerciseFinding:
    task = grader.course.task(exercise)
    try:
        read_text(
            task, _("Write the task of {exercise} there, in Markdown.", exercise=exercise.name)
        )
        with grader.working(), contextlib.redirect_stdout(io.StringIO()):
            return _Proof(grader, exercise, effort).finding()
    except CourseError as error:
        return _unfit(exercise, [error])


def _unfit(exercise: Exercise, errors: Sequence[CourseError]) -> ExerciseFinding:
    faults = tuple(Fault(error.message, error.remedy) for error in errors)
    return ExerciseFinding(exercise.name, exercise.title, exercise.checked_points, faults)


class _Proof:
    """The proof of one exercise."""

    def __init__(self, grader: Grader, exercise: Exercise, effort: Effort) -> None:
        self._grader = grader
        self._checks = grader.collect([exercise])
        self._bench = Bench(exercise, grader.host, self._checks)
        self._effort = effort
        self._course = grader.course
        self._exercise = exercise
        path = self._course.reference(self._exercise)
        remedy = _("Write the reference solution of {exercise} there.", exercise=exercise.name)
        self._source = read_text(path, remedy)
        self._stub = make_stub(self._source, path, exercise, self._course.language)
        self._failed_by: dict[str, str] = {}

    def finding(self) -> ExerciseFinding:
        """Return all that is found."""
        module = self._checks.reference(self._exercise)
        book = read_book(self._course, self._exercise)
        if module is not None and (errors := Workshop(module, book).edit_errors()):
            return _unfit(self._exercise, errors)
        results, scores = self._scores(self._source)
        stub_scores = self._scores(self._stub)[1]
        mutation: tuple[Mutation, ...] = ()
        wrong: tuple[MisconceptionFinding, ...] = ()
        crashed: dict[str, str] = {}
        if not any(map(failed, results)) and module is not None:
            slowest = max((result.seconds for result in results), default=0.0)
            workshop, most = Workshop(module, book), self._effort.mutants
            mutations = Mutations(self._bench, workshop, self._source, slowest, most)
            mutation = tuple(mutations.of(name) for name in self._checked())
            mutations.try_top_level()
            self._failed_by.update(mutations.failed_by)
            crashed = mutations.crashed
            wrong = tuple(self._misconceptions(book))
        found = ExerciseFinding(
            name=self._exercise.name,
            title=self._exercise.title,
            points=self._exercise.checked_points,
            faults=(),
            by_hand=len(self._exercise.by_hand),
            points_by_hand=self._exercise.max_score - self._exercise.checked_points,
            reference=scores,
            stub=stub_scores,
            seconds=self._seconds(),
            checks=tuple(self._check_findings()),
            mutation=mutation,
            misconceptions=wrong,
        )
        found = exercise_faults(
            self._course, self._exercise, found, results, self._stub, self._bench.printed, crashed
        )
        return replace(found, faults=(*found.faults, *self._part_faults()))

    def _part_faults(self) -> tuple[Fault, ...]:
        if not self._exercise.by_hand:
            return ()
        right, given = (self._answers(source) for source in (self._source, self._stub))
        checks = [check.id for check in self._bench.checks]
        return tuple(part_faults(self._course, self._exercise, right, given, checks))

    def _answers(self, source: str) -> tuple[PartResult, ...]:
        submission = submission_from_bytes(f"{self._exercise.name}.py", source.encode())
        return self._grader.grade(submission, self._exercise, 0).by_hand

    def _scores(self, source: str) -> tuple[tuple[CheckResult, ...], Scores]:
        first = self._bench.run(source, 0)
        rest = [self._bench.run(source, seed) for seed in range(1, self._effort.seeds)]
        return first, Scores(tuple(_score(results) for results in (first, *rest)))

    def _checked(self) -> list[str]:
        """Return the functions that have hidden checks."""
        with_checks = {check.function for check in self._bench.checks if not check.visible}
        return [name for name in self._exercise.functions if name in with_checks]

    def _check_findings(self) -> Iterator[CheckFinding]:
        for check in self._bench.checks:
            by = self._failed_by.get(check.id, "")
            yield CheckFinding(check.id, check.function, check.points, check.visible, by)

    def _misconceptions(self, book: Book) -> Iterator[MisconceptionFinding]:
        for items in book.misconceptions.values():
            for item in spread(items, self._effort.misconceptions):
                yield self._misconception(item)

    def _misconception(self, item: Misconception) -> MisconceptionFinding:
        source = as_submission(self._source, item)
        submission = submission_from_bytes(f"{self._exercise.name}.py", source.encode())
        results = self._grader.grade(submission, self._exercise, 0).checks
        others = [
            self._bench.run(source, seed) for seed in range(1, self._effort.misconception_seeds)
        ]
        lost = [result for result in results if failed(result)]
        for result in lost:
            self._failed_by.setdefault(result.id, item.id)
        named = {diagnosis.id: None for result in results for diagnosis in result.diagnosis}
        own = [result for result in lost if result.function == item.function]
        return MisconceptionFinding(
            id=item.id,
            function=item.function,
            lost=round(sum(result.max_points for result in own), 9),
            elsewhere=tuple(result.id for result in lost if result not in own),
            named=tuple(named),
            steady=len({_score(some) for some in (results, *others)}) == 1,
        )

    def _seconds(self) -> float:
        times = []
        for _time in range(5):
            start = time.perf_counter()
            self._bench.run(self._source, 0)
            times.append(time.perf_counter() - start)
        return round(median(times), 4)


def _score(results: Sequence[CheckResult]) -> float:
    return round(sum(result.points for result in results), 9)
