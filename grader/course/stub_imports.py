"""What the stubs of a course import of its packages: most submissions will, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.course.model import Course


def imported_by_stubs(course: Course) -> tuple[str, ...]:
    """Return the modules inside of the course's packages that its stubs may import.

    `from sklearn import linear_model` gives "sklearn.linear_model"; what is no module but a name
    in one is given as well.
    """
    found: dict[str, None] = {}
    names = b"|".join(re.escape(name.encode()) for name in course.packages)
    likely = re.compile(rb"\bfrom[\s\\]+(%b)\b|\b(%b)[\s\\]*\." % (names, names))
    for stub in map(course.stub, course.exercises):
        try:
            source = stub.read_bytes()
            if not likely.search(source):  # parsing takes a hundred times as long
                continue
            tree = ast.parse(source)
        except (OSError, SyntaxError, ValueError):  # said by whoever needs the stub
            continue
        for name in _imports(tree):
            package, rest, _ = name.partition(".")
            if rest and package in course.packages:
                found[name] = None
    return tuple(found)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")
