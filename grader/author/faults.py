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
from grader.language import gettext_lazy as _
from grader.language import joined, sentences
from grader.result import CheckResult, Outcome

LEAST_SCORE: Final = 0.98
_SHOWN: Final = 200
_LIMITS: Final = {
    Outcome.TIMEOUT: _(
        "Correct the check or the reference, or raise call_seconds, load_seconds or cpu_seconds in"
        " course.toml."
    ),
    Outcome.OUT_OF_MEMORY: _(
        "Correct the check or the reference, or raise memory_megabytes in course.toml."
    ),
    Outcome.DIED: _(
        "Correct the check or the reference, or raise processes or file_megabytes in course.toml."
    ),
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
        faults += _of_scores(found.reference, _("the reference"), found.points)
    faults += _of_scores(found.stub, _("the stub"), 0.0)
    for id, text in printed.items():
        shown = text.partition("\n")[0][:_SHOWN]
        told = _("{file}: the check {check} prints: {text}", file=checks, check=id, text=shown)
        faults.append(Fault(told, _("Remove the print.")))
    for id, text in crashed.items():
        told = _(
            "{file}: the check {check} breaks on a wrong program. {text}",
            file=checks,
            check=id,
            text=text,
        )
        remedy = _("Let it fail through `compare`, whatever the student's function returns.")
        faults.append(Fault(told, remedy))
    if found.mutation:
        faults += _of_checks(checks, found, crashed)
        faults += [fault for entry in found.mutation for fault in _of_mutation(checks, entry)]
    own = course.misconceptions(exercise).name
    graded = {name for name, points in exercise.points.items() if points}
    for entry in found.misconceptions:
        faults += _of_misconception(own, entry, entry.function in graded)
    return replace(found, faults=tuple(faults))


def _of_stub(course: Course, exercise: Exercise, stub: str) -> Iterator[Fault]:
    remedy = _("Run {command}", command=f"bpgrade author stubs --course {course.folder}")
    path = course.stub(exercise)
    if not path.is_file():
        yield Fault(_("{path}: no such file.", path=path), remedy)
    elif read_text(path, "") != stub:
        told = _("{path}: is not what the markers in the reference produce.", path=path)
        yield Fault(told, remedy)


def _of_reference(file: str, results: Sequence[CheckResult]) -> Iterator[Fault]:
    for result in results:
        most = 2 * _SHOWN
        feedback = result.feedback if len(result.feedback) <= most else result.feedback[:most]
        fields = {"file": file, "check": result.id}
        if result.outcome is Outcome.GRADER_ERROR:
            reason = feedback.removeprefix("The check itself failed, not your code: ")
            told = _("{file}: the check {check} breaks: {reason}", reason=reason, **fields)
            yield Fault(told, _("Correct the check."))
        elif result.outcome is not Outcome.PASSED:
            remedy = _LIMITS.get(result.outcome, _("Correct the check or the reference."))
            yield Fault(
                _(
                    "{file}: the check {check} does not let the reference pass: {feedback}",
                    feedback=feedback,
                    **fields,
                ),
                remedy,
            )


def _of_scores(scores: Scores | None, program: str, right: float) -> Iterator[Fault]:
    if scores is None:
        return
    wrong = [seed for seed, score in enumerate(scores.scores) if abs(score - right) > 1e-9]
    if wrong:
        score = scores.scores[wrong[0]]
        told = _(
            "With the seed {seed} {program} gets {score} points instead of {right}"
            " ({wrong} of {count} seeds).",
            seed=wrong[0],
            program=program,
            score=f"{score:g}",
            right=f"{right:g}",
            wrong=len(wrong),
            count=len(scores.scores),
        )
        if right:
            yield Fault(told, _("Make the checks hold for every draw."))
        else:
            yield Fault(told, _("Make every check require work by the student."))


def _of_checks(file: str, found: ExerciseFinding, crashed: Mapping[str, str]) -> Iterator[Fault]:
    for check in found.checks:
        if not check.failed_by and check.id not in crashed:
            yield Fault(
                _("{file}: no wrong program fails the check {check}.", file=file, check=check.id),
                _("Compare more in it, or add the misconception that it should catch."),
            )


def _of_mutation(file: str, entry: Mutation) -> Iterator[Fault]:
    if entry.score < LEAST_SCORE:
        remedies = [_("Check what distinguishes them from the reference.")]
        if not entry.probed:
            advice = _(
                "Write a @probe for {function}: equivalent ones are then left out.",
                function=entry.function,
            )
            remedies.append(advice)
        yield Fault(
            _(
                "{file}: the hidden checks of {function} let {survivors} of {count} mutants pass;"
                " at least {least} % should fail.",
                file=file,
                function=entry.function,
                survivors=len(entry.survivors),
                count=entry.mutants - entry.equivalent,
                least=f"{100 * LEAST_SCORE:g}",
            ),
            sentences(remedies),
        )


def _of_misconception(file: str, entry: MisconceptionFinding, graded: bool) -> Iterator[Fault]:
    which = {"file": file, "id": entry.id, "function": entry.function}
    if graded and not entry.lost:
        yield Fault(
            _("{file}: the misconception {id} loses no points in {function}.", **which),
            _("Check there what it does wrong."),
        )
    if graded and entry.elsewhere:
        yield Fault(
            _(
                "{file}: the misconception {id} of {function} also costs points in checks of other"
                " functions: {checks}.",
                checks=joined(*entry.elsewhere, separator=_(", ")),
                **which,
            ),
            _(
                "Let these take what follows from the student's own values, so that one mistake is"
                " charged once."
            ),
        )
    if entry.id not in entry.named and (graded or entry.elsewhere):
        told = _("{file}: the misconception {id} is not named by the diagnosis.", **which)
        if entry.named:
            told = _(
                "{file}: the misconception {id} is not named by the diagnosis, which is reported as"
                " {others}.",
                others=joined(*entry.named, separator=_(", ")),
                **which,
            )
        yield Fault(
            told,
            _(
                "Write a @probe for {function} that shows it, and take out what is the same.",
                **which,
            ),
        )
    if graded and not entry.steady:
        yield Fault(
            _("{file}: the misconception {id} gets a different score with other seeds.", **which),
            _("Draw more inputs per check."),
        )
