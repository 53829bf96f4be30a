"""The files that were handed in with a submission: how it can import them, and which it does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, TypeVar

from grader.course import Course
from grader.grading.file_names import exercises_named
from grader.grading.imported_files import most_of
from grader.grading.submission import modules_of, submission_from_bytes

LONGEST_PATH: Final = 255
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_ENDINGS: Final = (".py", ".ipynb")

File = TypeVar("File")


def import_paths(
    course: Course, folder: str, others: Sequence[tuple[str, str, File]]
) -> tuple[tuple[str, File], ...]:
    """Return the other files of a student by the paths that a submission would import them by.

    That is as seen from its own folder, by the student's own names for them; else by that name
    alone, or by the exercise's.

    Parameters
    ----------
    course : Course
    folder : str
        Where the submission lies; empty at the top.
    others : sequence of (str, str, File)
        Where each lies, what the student called it, and what is returned for it.
    """
    found: dict[str, File] = {}
    for path, own_name, other in others:
        if not folder or path.startswith(f"{folder}/"):
            inside = path.removeprefix(f"{folder}/" if folder else "")
            found.setdefault(str(PurePosixPath(inside).with_name(own_name)), other)
    for _path, own_name, other in others:
        found.setdefault(own_name, other)
    for _path, own_name, other in others:
        fitting = exercises_named(course, own_name)
        if len(fitting) == 1:
            ending = PurePosixPath(own_name).suffix.lower()
            found.setdefault(f"{fitting[0].name}{ending}", other)
    return tuple(found.items())


def imported_by(
    name: str, data: bytes, read: Callable[[str], bytes | None]
) -> tuple[tuple[str, bytes], ...]:
    """Return the files that a submission imports, with what these import, by their paths.

    Parameters
    ----------
    name, data
        The submission.
    read : callable
        Gives what lies at a path, seen from the submission; None where nothing does.
    """
    taken: dict[str, bytes] = {}

    def noted(path: str) -> bytes | None:
        content = read(path) if is_import_path(path) else None
        if content is None or len(content) > most_of(path):
            return None
        taken[path] = content
        return content

    submission = submission_from_bytes(name, data)
    modules = () if submission.problem else modules_of(submission, noted)
    return tuple((one.label, taken[one.label]) for one in modules if one.label in taken)


def mentions(data: bytes, paths: Iterable[str]) -> bool:
    """Return whether a file may import one of these: a look at its bytes, which runs no parser."""
    return any(_mentions(data, path) for path in paths)


def mentioned(data: bytes, files: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """Return the files that a submission may import, with what these may, as `mentions` tells."""
    found: dict[str, bytes] = {}
    waiting = [data]
    while waiting and len(found) < len(files):
        source = waiting.pop()
        for path, content in files.items():
            if path not in found and _mentions(source, path):
                found[path] = content
                waiting.append(content)
    return tuple((path, files[path]) for path in files if path in found)


def _mentions(data: bytes, path: str) -> bool:
    name = path.partition("/")[0].partition(".")[0]
    if not name.isascii() or data.startswith(_UTF_16):  # a file has many ways to write it
        return True
    return name.encode() in data


def is_import_path(path: str) -> bool:
    """Return whether a file may have this path: inside a folder, on every system, and Python's."""
    return (
        len(path) <= LONGEST_PATH
        and path.isprintable()
        and "\\" not in path
        and path.endswith(_ENDINGS)
        and _are_inside(path.split("/"))
    )


def _are_inside(parts: Collection[str]) -> bool:
    return not any(part in ("", ".", "..") or ":" in part for part in parts)
