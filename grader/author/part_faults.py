"""What an author has to fix in the parts that a person grades."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grader.author.proof_record import Fault
from grader.course import Course, Exercise
from grader.course.by_hand import Part
from grader.grading.answers import NO_PLACE
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
                f"course.toml: the part {part.id} of {exercise.name} is called as a check is.",
                "Choose another name for one of both.",
            )
        if part.answer == "plot":
            if not right[part.id].pictures:
                yield Fault(
                    f"{file}: the part {part.id} asks for a plot, and there is none:"
                    f" {right[part.id].note.rstrip('.')}.",
                    f"Let a function {part.id}(), or the file itself, draw one in the reference.",
                )
        elif part.answer == "text":
            yield from _of_text(f"{file}", part, right[part.id], given[part.id])


def _of_text(file: str, part: Part, right: PartResult, given: PartResult) -> Iterator[Fault]:
    if not right.answer:
        yield Fault(
            f"{file}: there is no answer to {part.id}.",
            f'Write {part.id} = "..." at the top level, between the markers of a solution: its'
            " place is where students write theirs.",
        )
    elif given.answer:
        yield Fault(
            f"{file}: the stub hands out the answer to {part.id}.",
            "Put it between # BEGIN SOLUTION and # END SOLUTION.",
        )
    elif given.note == NO_PLACE:
        yield Fault(
            f"{file}: the stub has no place for the answer to {part.id}.",
            f"Assign to {part.id} alone, in a block at the top level and with no # STUB: in it.",
        )
