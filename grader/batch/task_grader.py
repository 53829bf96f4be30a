"""Grading task after task in one process: one pytest session, one warm host."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.batch.executor import BatchJob, Done, Task, done
from grader.course import Exercise, load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.language import reading
from grader.sandbox.isolation import Isolation


def serve(
    job: BatchJob, isolation: Isolation, tasks: Iterator[Task], give: Callable[[Done], None]
) -> None:
    """Grade the tasks as they come and give each result as soon as it is known.

    Raises
    ------
    CourseError, IsolationError
        Nothing can be graded, or nothing any more.
    """
    course = load_course(Path(job.course))
    exercises = [course.exercise(name) for name in job.exercises]

    with reading(job.language), Grader(course, isolation) as grader:
        grader.collect(exercises)
        gc.freeze()  # what is there now stays, and need not be looked through again and again
        for task in tasks:
            give(_grade(grader, task, course.exercise(task.exercise), job.seed))


def _grade(grader: Grader, task: Task, exercise: Exercise, seed: int) -> Done:
    submission = submission_from_bytes(task.name, task.data, dict(task.files).get)
    losses = grader.host.losses
    result = grader.grade(submission, exercise, seed)
    if grader.host.losses > losses:
        # it may have been killed from outside, and that must not cost the student
        result = grader.grade(submission, exercise, seed)
    return done(task.key, result)
