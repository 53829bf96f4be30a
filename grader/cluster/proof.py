"""The proof, on a worker, that a submission there cannot reach the course, or anything else."""

from __future__ import annotations

from pathlib import Path

from grader.errors import IsolationError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.sandbox.isolation import resolve
from grader.sandbox.isolation_selftest import reach_out


def prove(level: str, secret: Path) -> None:
    """Have a submission in the sandbox of this machine reach for the course's files.

    Parameters
    ----------
    level : str
        How far submissions are to be confined.
    secret : Path
        A file of the course.

    Raises
    ------
    IsolationError
        It cannot be confined, or something did not stop it.
    """
    passed = [trial for trial in reach_out(resolve(level), secret) if not trial.stopped]
    if passed:
        attempts = [
            _("{attempt} ({answer})", attempt=trial.attempt, answer=trial.answer)
            for trial in passed
        ]
        raise IsolationError(
            _("a sandboxed submission was not stopped: {attempts}", attempts=enumerated(attempts)),
            _("run `bpgrade doctor` on that machine"),
        )
