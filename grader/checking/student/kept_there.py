"""What Python answers about an object by itself, though the object is in another process.

`isinstance(model, Model)` and `model.__class__` ask what a check holds, which is a number. Their
answer would be wrong, and the student would be charged for it. So a check that asks is refused.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import CourseError
from grader.language import gettext_lazy as _


def asked_by_check(folder: str) -> str:
    """Return the file and line of the code that asks, where it lies in a folder; else nothing.

    It is for the method that is asked to call: pytest, NumPy and the like may ask on.
    """
    frame = sys._getframe(2)
    file = frame.f_code.co_filename
    if not folder or not file.startswith(folder):
        return ""
    return _("{file}, line {line}", file=Path(file).name, line=frame.f_lineno)


def no_answer_here(place: str, expression: str) -> CourseError:
    """Return the mistake of asking here for a class that only the other process could say."""
    return CourseError(
        _(
            "{place}, asks Python for the class of {object}, which is in the student's process",
            place=place,
            object=expression,
        ),
        _(
            'ask for it by name, as in "Model" in student.kind(model), or'
            " isinstance(model, student.Model)"
        ),
    )
