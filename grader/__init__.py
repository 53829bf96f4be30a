"""Grades exercises safely, in well under a second, and names the mistake.

`grade(path)` returns the `Result` of one submission; the command is `bpgrade`. In a notebook,
`check("exercise3")` grades what has been defined so far, and so does `%bpgrade exercise3` after
`%load_ext grader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.errors import (
        BpgradeError,
        CourseError,
        IsolationError,
        SubmissionError,
        UsageError,
    )
    from grader.grading.grade import grade
    from grader.ipython import check
    from grader.result import CheckResult, Diagnosis, Outcome, Result

__version__ = "0.1.0"

__all__ = [
    "BpgradeError",
    "CheckResult",
    "CourseError",
    "Diagnosis",
    "IsolationError",
    "Outcome",
    "Result",
    "SubmissionError",
    "UsageError",
    "check",
    "grade",
    "load_ipython_extension",
]

_HOMES = {
    "check": "grader.ipython",
    "grade": "grader.grading.grade",
    **dict.fromkeys(("CheckResult", "Diagnosis", "Outcome", "Result"), "grader.result"),
    **dict.fromkeys(
        ("BpgradeError", "CourseError", "IsolationError", "SubmissionError", "UsageError"),
        "grader.errors",
    ),
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that the command starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def load_ipython_extension(ipython: Any) -> None:
    """Give an IPython shell the magic `%bpgrade`; `%load_ext grader` calls this."""
    from grader.ipython import magic

    ipython.register_magic_function(magic, "line", "bpgrade")
