"""Tables that a check hands over though the course does not name the library that has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.sandbox.child.tables.table import LIBRARIES, library_of

_MOST_PARTS: Final = 8  # more would cost time with each call


def unnamed(packages: Collection[str]) -> tuple[str, ...]:
    """Return the libraries of tables that are none of the packages which a course names."""
    return tuple(name for name in LIBRARIES if name not in packages)


def refuse_unnamed(value: Any, library: str) -> None:
    """Refuse a table, or a list that begins with some, of a library that the course does not name.

    Raises
    ------
    CourseError
        It is one: the submission's process could not build it.
    """
    if isinstance(value, list | tuple):
        for part in value[:_MOST_PARTS]:
            refuse_unnamed(part, library)
    elif library_of(value) == library:
        raise CourseError(
            _(
                "a check hands over a table of {library}, which the course does not name",
                library=library,
            ),
            _(
                'add "{library}" to packages in course.toml, and install it: pip install {library}',
                library=library,
            ),
        )
