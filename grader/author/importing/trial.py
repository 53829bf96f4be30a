"""Trying an exercise that was brought over: what its reference and its stub get.

The reference runs in the grader's own process, as in every grading. So a trial is a process of its
own, whose time is limited, and whose output nobody reads.
"""

from __future__ import annotations

import ast
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any, Final

from grader.checking.reference import load_reference
from grader.course import Course, Exercise, load_course
from grader.course.data_files import working_folder, working_in
from grader.errors import BpgradeError, CourseError
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.interpreter import variables
from grader.language import current_language, translated
from grader.language import gettext_lazy as _
from grader.language.reader import VARIABLE
from grader.quick_dataclass import dataclass
from grader.result import Result
from grader.sandbox.isolation import resolve

_SECONDS: Final = 300
_LONGEST: Final = 200
_NOT_THE_STUDENTS: Final = "The check itself failed, not your code: "


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement of the reference that raises: its first and last line, and what it raises."""

    first: int
    last: int
    error: str


@dataclass(frozen=True, slots=True)
class ImportTrial:
    """What a trial has shown.

    Attributes
    ----------
    problem : str
        Why it could not be tried; empty where it was.
    broken : tuple of Broken
        Statements of the reference that raise; where there are some, nothing was graded.
    failed : mapping
        For each check that the reference does not pass: why.
    free : tuple of str
        Checks worth points that students pass without doing anything, or that end in an error
        of the check there.
    """

    problem: str = ""
    broken: tuple[Broken, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    free: tuple[str, ...] = ()


def tried(folder: Path, name: str, seconds: float = _SECONDS) -> ImportTrial:
    """Return what the reference and the stub of an exercise get, within so many seconds."""
    with tempfile.TemporaryDirectory(prefix="bpgrade-") as made:
        answer = Path(made) / "trial.json"
        command = [sys.executable, "-P", "-m", __name__, str(folder), name, str(answer)]
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                env={**variables(), VARIABLE: current_language()},
                check=False,
            )
            found = json.loads(answer.read_text("utf-8"))
        except subprocess.TimeoutExpired:
            return ImportTrial(
                _(
                    "its reference and stub were not graded within {seconds} seconds",
                    seconds=f"{seconds:g}",
                )
            )
        except (OSError, ValueError):
            return ImportTrial(_("its reference ends the process that it runs in"))
    broken = tuple(Broken(**each) for each in found.pop("broken"))
    return ImportTrial(**{**found, "broken": broken, "free": tuple(found["free"])})


def _trial(folder: Path, name: str) -> ImportTrial:
    try:
        course = load_course(folder)
        exercise = next(each for each in course.exercises if each.name == name)
        broken = _broken(course, exercise)
        if broken:
            return ImportTrial(broken=broken)
        with Grader(course, resolve("basic")) as grader:
            results = [
                grader.grade(submission_from_bytes(path.name, path.read_bytes()), exercise, 0)
                for path in (course.reference(exercise), course.stub(exercise))
            ]
    except BpgradeError as error:
        return ImportTrial(translated(_("it cannot be graded: {reason}", reason=error.message)))
    right, stub = results
    return ImportTrial(failed=_failed(right), free=_free(stub))


def _broken(course: Course, exercise: Exercise) -> tuple[Broken, ...]:
    """Return the statements of the reference that raise, where it cannot be loaded as it is."""
    path = course.reference(exercise)
    with working_folder(course) as folder, working_in(folder):
        try:
            load_reference(course, exercise)
        except CourseError:
            return _raising(path)
    return ()


def _raising(path: Path) -> tuple[Broken, ...]:
    namespace: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    found = []
    for node in ast.parse(path.read_bytes()).body:
        try:
            exec(compile(ast.Module([node], []), str(path), "exec"), namespace)
        except Exception as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST]
            found.append(Broken(_first_line(node), node.end_lineno or node.lineno, text))
    return tuple(found)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _failed(result: Result) -> dict[str, str]:
    return {
        check.id: " ".join(translated(check.feedback or check.cause).split())
        .removeprefix(_NOT_THE_STUDENTS)[:_LONGEST]
        .rstrip("。. ")
        for check in result.checks
        if check.outcome != "passed"
    }


def _free(result: Result) -> tuple[str, ...]:
    return tuple(
        check.id
        for check in result.checks
        if check.outcome == "grader_error" or (check.outcome == "passed" and check.max_points)
    )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        shown = asdict(_trial(Path(sys.argv[1]), sys.argv[2]))
        Path(sys.argv[3]).write_text(json.dumps(shown), "utf-8")
