"""Where the packages are that a course lets a submission import."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from grader.errors import CourseError


def locate(names: Iterable[str]) -> dict[str, str]:
    """Return the folder (or the single file) of each top-level package in `names`.

    Raises
    ------
    CourseError
        A package is not installed.
    """
    found = {}
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise CourseError(
                f"the course needs the package {name}, which is not installed here",
                f"install it beside bpgrade: pip install {name}",
            )
        if spec.submodule_search_locations:
            found[name] = str(Path(next(iter(spec.submodule_search_locations))).resolve())
        else:
            found[name] = str(Path(spec.origin or "").resolve())
    return found
