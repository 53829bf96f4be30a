"""From what was found in an exercise to what its author has to fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from grader.author.proof_record import (
    ExerciseFinding,
    Fault,
    MisconceptionFinding,
    Mutation,
    Scores,
)
from grader.course import Course, Exercise
from grader.course.files import read_text
from grader.course.stubs import stubs_of
from grader.course.translations import translated_path
from grader.language import gettext_lazy as _
from grader.result import CheckResult, Outcome

LEAST_SCORE: Final = 0.98
_SHOWN: Final = 200
_LIMITS: Final = {
    Outcome.TIMEOUT: ", or raise call_seconds, load_seconds or cpu_seconds in course.toml",
    Outcome.OUT_OF_MEMORY: ", or raise memory_megabytes in course.toml",
    Outcome.DIED: ", or raise processes or file_megabytes in course.toml",
}


def exercise_faults(
    course: Course,
    exercise: Exercise,
    found: ExerciseFinding,
    results: Sequence[CheckResult],
    stub: str,
    printed: Mapping[str, str],
    crashed: Mapping[str, str],
) -> ExerciseFinding:
    """Return `found` with its faults.

    Parameters
    ----------
    course, exercise
        Where the files lie.
    found : ExerciseFinding
        What has been found.
    results : sequence of CheckResult
        The checks of the reference.
    stub : str
        What the reference's stub should be.
    printed, crashed : mapping
        For checks that print what they print; for those that broke on a wrong program why.
    """
    checks = course.checks(exercise).name
    faults = [*_of_stub(course, exercise, stub), *_of_reference(checks, results)]
    if not faults or found.mutation:
        faults += _of_scores(found.reference, "the reference", found.points)
    faults += _of_scores(found.stub, "the stub", 0.0)
    for id, text in printed.items():
        shown = text.partition("\n")[0][:_SHOWN]
        faults.append(Fault(f"{checks}: the check {id} prints: {shown}", "Remove the print."))
    for id, text in crashed.items():
        faults.append(
            Fault(
                f"{checks}: the check {id} breaks on a wrong program. {text}",
                "Let it fail through `compare`, whatever the student's function returns.",
            )
        )
    if found.mutation:
        faults += _of_checks(checks, found, crashed)
        faults += [fault for entry in found.mutation for fault in _of_mutation(checks, entry)]
    own = course.misconceptions(exercise).name
    graded = {name for name, points in exercise.points.items() if points}
    for entry in found.misconceptions:
        faults += _of_misconception(own, entry, entry.function in graded)
    return replace(found, faults=tuple(faults))


def _of_stub(course: Course, exercise: Exercise, stub: str) -> Iterator[Fault]:
    remedy = f"Run bpgrade author stubs --course {course.folder}"
    path = course.stub(exercise)
    if not path.is_file():
        yield Fault(f"{path}: no such file.", remedy)
    elif read_text(path, "") != stub:
        yield Fault(f"{path}: is not what the markers in the reference produce.", remedy)
    for language, text in stubs_of(course, exercise).items():
        other = translated_path(path, language)
        if language != course.language and (not other.is_file() or read_text(other, "") != text):
            yield Fault(
                _("{path}: is not what the reference and the catalogue produce.", path=other),
                remedy,
            )


def _of_reference(file: str, results: Sequence[CheckResult]) -> Iterator[Fault]:
    for result in results:
        feedback = result.feedback[: 2 * _SHOWN]
        if result.outcome is Outcome.GRADER_ERROR:
            reason = feedback.removeprefix("The check itself failed, not your code: ")
            yield Fault(f"{file}: the check {result.id} breaks: {reason}", "Correct the check.")
        elif result.outcome is not Outcome.PASSED:
            limit = _LIMITS.get(result.outcome, "")
            yield Fault(
                f"{file}: the check {result.id} does not let the reference pass: {feedback}",
                f"Correct the check or the reference{limit}.",
            )


def _of_scores(scores: Scores | None, program: str, right: float) -> Iterator[Fault]:
    if scores is None:
        return
    wrong = [seed for seed, score in enumerate(scores.scores) if abs(score - right) > 1e-9]
    if wrong:
        score = scores.scores[wrong[0]]
        yield Fault(
            f"With the seed {wrong[0]} {program} gets {score:g} points instead of {right:g}"
            f" ({len(wrong)} of {len(scores.scores)} seeds).",
            "Make the checks hold for every draw."
            if right
            else "Make every check require work by the student.",
        )


def _of_checks(file: str, found: ExerciseFinding, crashed: Mapping[str, str]) -> Iterator[Fault]:
    for check in found.checks:
        if not check.failed_by and check.id not in crashed:
            yield Fault(
                f"{file}: no wrong program fails the check {check.id}.",
                "Compare more in it, or add the misconception that it should catch.",
            )


def _of_mutation(file: str, entry: Mutation) -> Iterator[Fault]:
    if entry.score < LEAST_SCORE:
        least = f"{100 * LEAST_SCORE:g} %"
        remedy = "Check what distinguishes them from the reference."
        if not entry.probed:
            remedy += f" Write a @probe for {entry.function}: equivalent ones are then left out."
        yield Fault(
            f"{file}: the hidden checks of {entry.function} let {len(entry.survivors)} of"
            f" {entry.mutants - entry.equivalent} mutants pass; at least {least} should fail.",
            remedy,
        )


def _of_misconception(file: str, entry: MisconceptionFinding, graded: bool) -> Iterator[Fault]:
    which = f"{file}: the misconception {entry.id}"
    if graded and not entry.lost:
        yield Fault(
            f"{which} loses no points in {entry.function}.", "Check there what it does wrong."
        )
    if graded and entry.elsewhere:
        yield Fault(
            f"{which} of {entry.function} also costs points in checks of other functions:"
            f" {', '.join(entry.elsewhere)}.",
            "Let these take what follows from the student's own values, so that one mistake is"
            " charged once.",
        )
    if entry.id not in entry.named and (graded or entry.elsewhere):
        instead = f", which is reported as {', '.join(entry.named)}" if entry.named else ""
        yield Fault(
            f"{which} is not named by the diagnosis{instead}.",
            f"Write a @probe for {entry.function} that shows it, and take out what is the same.",
        )
    if graded and not entry.steady:
        yield Fault(
            f"{which} gets a different score with other seeds.", "Draw more inputs per check."
        )
