"""Grading task after task in one process: one pytest session, one warm host."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.batch.executor import Done, Job, Task, done
from grader.course import Exercise, load_course
from grader.diagnosis.options import Options
from grader.grading.grade import Grader, with_grader
from grader.grading.submission import submission_from_bytes
from grader.sandbox.host import WorkerHost
from grader.sandbox.isolation import resolve


def serve(job: Job, tasks: Iterator[Task], give: Callable[[Done], None]) -> None:
    """Grade the tasks as they come and give each result as soon as it is known.

    Raises
    ------
    CourseError, IsolationError
        Nothing can be graded, or nothing any more.
    """
    course = load_course(Path(job.course))
    exercises = [course.exercise(name) for name in job.exercises]

    def drive(grader: Grader) -> None:
        gc.freeze()  # what is there now stays, and need not be looked through again and again
        for task in tasks:
            give(_grade(grader, host, task, course.exercise(task.exercise), job.seed))

    with WorkerHost(resolve(job.isolation), course.packages) as host:
        with_grader(course, exercises, host, drive, Options(job.language))


def _grade(grader: Grader, host: WorkerHost, task: Task, exercise: Exercise, seed: int) -> Done:
    submission = submission_from_bytes(task.name, task.data)
    losses = host.losses
    result = grader.grade(submission, exercise, seed)
    if host.losses > losses:  # killed from outside, it may be: that must not cost the student
        result = grader.grade(submission, exercise, seed)
    return done(task.key, result)
