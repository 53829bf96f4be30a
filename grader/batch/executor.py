"""Where submissions are graded: the interface that the local pool and a cluster both have.

A batch knows nothing of where it is graded. It makes a `BatchJob`, which all tasks share, hands an
`Executor` a stream of `Task`s, and takes in a stream of `Done`s. All of these hold plain values
only, so that they can cross to another process or machine; `session.serve` turns tasks into
results wherever the job's course folder can be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import field
from typing import Protocol

from grader.course import Course
from grader.language import current_language, told_in
from grader.quick_dataclass import dataclass
from grader.result import Result, SubmissionInfo


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade.

    Attributes
    ----------
    key : str
        Says what the work is, see `identity`: equal keys mean equal results.
    exercise : str
        The exercise's name in the course.
    name : str
        What the student calls the file; its ending tells a notebook.
    data : bytes
        The file, cut where it is larger than a submission may be.
    files : sequence of (str, bytes)
        What it imports of the student's other files, by their paths as seen from it.
    """

    key: str
    exercise: str
    name: str
    data: bytes
    files: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A task's result.

    Attributes
    ----------
    key, exercise : str
        Those of the task.
    status : str
        "graded" or "ungraded".
    score, max_score : float
        Points; the score says nothing where ungraded.
    document : str
        The whole result, one line of JSON (docs/result.schema.json).
    """

    key: str
    exercise: str
    status: str
    score: float
    max_score: float
    document: str


@dataclass(frozen=True, slots=True)
class BatchJob:
    """What all tasks of a batch share.

    Attributes
    ----------
    course : str
        The course's folder, as an absolute path.
    exercises : tuple of str
        The names of those that tasks are for.
    seed : int
        Of the checks' random inputs.
    isolation : {"basic", "strict"}
        How far submissions are confined.
    language : str
        The reader's, which results are told in beside those of the course.
    """

    course: str
    exercises: tuple[str, ...]
    seed: int
    isolation: str
    language: str = field(default_factory=current_language)


def done(key: str, result: Result) -> Done:
    """Return what is handed back of a result."""
    return Done(
        key, result.exercise, result.status, result.score, result.max_score, result.to_json()
    )


def ungraded(task: Task, course: Course, job: BatchJob, reason: str) -> Done:
    """Return the result of a task whose grader was lost: no score, and why."""
    info = SubmissionInfo(task.name, hashlib.sha256(task.data).hexdigest(), len(task.data))
    result = Result(
        submission=info,
        course=course.name,
        exercise=task.exercise,
        seed=job.seed,
        status="ungraded",
        score=0.0,
        max_score=course.exercise(task.exercise).max_score,
        isolation=(),
        output="",
        checks=(),
        warnings=(reason,),
        languages=told_in(course.folder, course.language),
    )
    return done(task.key, result)


class Executor(Protocol):
    """Grades tasks somewhere."""

    def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
        """Give one result for each task, in any order, as soon as each is known.

        Tasks are taken from `tasks` only as there is room for them, so that memory stays flat;
        a task whose grader is lost is graded once more, then comes back ungraded. Closing the
        iterator ends all work.

        Raises
        ------
        CourseError, IsolationError
            No submission can be graded at all.
        """
