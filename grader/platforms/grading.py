"""Grading in a process of its own, so that whatever becomes of it, there is something to write."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.course import Course
from grader.errors import BpgradeError
from grader.grading.submission import is_notebook
from grader.interpreter import variables
from grader.language import current_language, gettext, translated
from grader.language import gettext_lazy as _
from grader.platforms.handed_in_file import FoundFile
from grader.quick_dataclass import dataclass
from grader.result import Result

NOT_YOURS: Final = _("This is not your fault and does not count; tell your instructor.")
_FAILED: Final = _("the grader failed")


class GradingError(BpgradeError):
    """The grader itself failed: `message` is for the student, `detail` for the instructor."""

    def __init__(self, message: str, detail: str) -> None:
        super().__init__(message, NOT_YOURS)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Grading:
    """What came out: the document, and a drawing where one was asked for."""

    result: Result
    figure: bytes = b""


def grade(
    course: Course, found: FoundFile, *, seed: int, isolation: str, seconds: float, figure: bool
) -> Grading:
    """Return the result of a submission.

    Raises
    ------
    GradingError
        There is none, for whatever reason: no isolation, a mistake in the course, no memory, no
        time.
    """
    with tempfile.TemporaryDirectory(prefix="bpgrade-") as folder:
        picture = Path(folder, "figure.png")
        options = ["--figure", str(picture)] if figure and _draws(course, found) else []
        found = _under_its_name(found, Path(folder))
        written, errors = _run(_command(course, found, seed, isolation, options), course, seconds)
        try:
            result = Result.from_json(written.decode("ascii"))
        except ValueError:
            raise GradingError(_FAILED, errors or _instead(written)) from None
        if result.status == "ungraded":
            raise GradingError(_FAILED, _failures(result))
        return Grading(result, picture.read_bytes() if picture.is_file() else b"")


def _command(
    course: Course, found: FoundFile, seed: int, isolation: str, options: list[str]
) -> list[str]:
    return [
        # -P: nothing is imported from the working folder, which a student may have filled
        *(sys.executable, "-P", "-m", "grader", "--lang", current_language(), "check", "--json"),
        *("--course", str(course.folder), "--exercise", found.exercise.name),
        *("--seed", str(seed), "--isolation", isolation),
        *(*options, "--", str(found.path.absolute())),
    ]


def _draws(course: Course, found: FoundFile) -> bool:
    return course.figure(found.exercise).is_file()


def _under_its_name(found: FoundFile, folder: Path) -> FoundFile:
    """Return the file under the name that students know, where the platform has its own for it."""
    if found.path.suffix.lower() == ".py" or is_notebook(found.path.name):
        return found
    path = folder / f"{found.exercise.name}.py"
    shutil.copyfile(found.path, path)
    return replace(found, path=path)


def _run(command: list[str], course: Course, seconds: float) -> tuple[bytes, str]:
    """Return what a command wrote to its standard output, and to its standard error."""
    with subprocess.Popen(
        command,
        cwd=course.folder,
        env=variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            written, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise GradingError(
                _("grading took longer than {seconds:g} seconds and was stopped", seconds=seconds),
                gettext("raise the platform's time limit, or lower the limits in course.toml"),
            ) from None
        finally:
            _end(process)
    text = errors.decode("utf-8", "replace").strip()
    if process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        killed = gettext("it was killed by {name}: is there enough memory?", name=name)
        text = f"{text}\n{killed}".strip()
    return written, text


def _instead(written: bytes) -> str:
    """Return what a command has left where its document should be."""
    lines = written.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return gettext("it wrote no result")
    return gettext("it wrote no result but: {line}", line=lines[-1][:500])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and those that it has started."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _failures(result: Result) -> str:
    failed = [check for check in result.checks if check.outcome == "grader_error"]
    return "\n".join(f"{check.id}: {translated(check.feedback)}" for check in failed)
