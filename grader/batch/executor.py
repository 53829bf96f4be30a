"""Where submissions are graded: the interface that the local pool and a cluster both have."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.course import Course
from grader.result import Result, SubmissionInfo


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade. Equal keys mean equal work."""

    key: str
    exercise: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """A task's result: the document as JSON, and its gist."""

    key: str
    exercise: str
    status: str
    score: float
    max_score: float
    document: str


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a batch share, in plain values that any process can be told."""

    course: str
    exercises: tuple[str, ...]
    seed: int
    isolation: str


def done(key: str, result: Result) -> Done:
    """Return what is handed back of a result."""
    return Done(
        key, result.exercise, result.status, result.score, result.max_score, result.to_json()
    )


def ungraded(task: Task, course: Course, job: Job, reason: str) -> Done:
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
