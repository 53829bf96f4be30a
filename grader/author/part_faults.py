"""What an author has to fix in the parts that a person grades."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grader.author.proof_record import Fault
from grader.course import Course, Exercise
from grader.course.by_hand import Part
from grader.grading.answers import NO_PLACE
from grader.language import gettext_lazy as _
from grader.result import PartResult


def part_faults(
    course: Course,
    exercise: Exercise,
    reference: Collection[PartResult],
    stub: Collection[PartResult],
    checks: Collection[str],
) -> Iterator[Fault]:
    """Yield what does not hold of the parts.

    Parameters
    ----------
    course, exercise
        Where the files lie.
    reference, stub : collection of PartResult
        The answers that stand in the reference, and in its stub.
    checks : collection of str
        The names of the checks.
    """
    file = course.reference(exercise)
    right = {each.id: each for each in reference}
    given = {each.id: each for each in stub}
    for part in exercise.by_hand:
        if part.id in checks:
            yield Fault(
                _(
                    "course.toml: the part {part} of {exercise} is called as a check is.",
                    part=part.id,
                    exercise=exercise.name,
                ),
                _("Choose another name for one of both."),
            )
        if part.answer == "plot":
            if not right[part.id].pictures:
                told = _(
                    "{file}: the part {part} asks for a plot, and there is none: {reason}",
                    file=file,
                    part=part.id,
                    reason=right[part.id].note,
                )
                yield Fault(
                    told if told.endswith(".") else _("{sentence}.", sentence=told),
                    _(
                        "Let a function {part}(), or the file itself, draw one in the reference.",
                        part=part.id,
                    ),
                )
        elif part.answer == "text":
            yield from _of_text(f"{file}", part, right[part.id], given[part.id])


def _of_text(file: str, part: Part, right: PartResult, given: PartResult) -> Iterator[Fault]:
    fields = {"file": file, "part": part.id}
    if not right.answer:
        yield Fault(
            _("{file}: there is no answer to {part}.", **fields),
            _(
                'Write {part} = "..." at the top level, between the markers of a solution: its'
                " place is where students write theirs.",
                **fields,
            ),
        )
    elif given.answer:
        yield Fault(
            _("{file}: the stub hands out the answer to {part}.", **fields),
            _("Put it between # BEGIN SOLUTION and # END SOLUTION."),
        )
    elif given.note == NO_PLACE:
        yield Fault(
            _("{file}: the stub has no place for the answer to {part}.", **fields),
            _(
                "Assign to {part} alone, in a block at the top level and with no # STUB: in it.",
                **fields,
            ),
        )
