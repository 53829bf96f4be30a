"""Tables as files: in the user's cache folder, where they are kept between runs, and elsewhere.

A file holds a digest and msgpack of the closed set of values, as the channel carries it: it is only
ever data. One that is damaged, of another version or not readable counts as not there.
Probes whose arguments are no data, such as functions, are drawn again when a table is loaded.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, overload

from grader import __version__
from grader.comparison import values
from grader.course import Course, Exercise
from grader.course.files import replacing
from grader.course.naming import SHARED
from grader.diagnosis.bug_library import files_of
from grader.diagnosis.candidates import Candidate
from grader.diagnosis.fault_dictionary import FaultDictionary, OddStructure
from grader.diagnosis.observation import Inputs, Layout
from grader.sandbox.child.codec import ForbiddenValueError, decode, encode
from grader.sandbox.child.framing import WireError
from grader.sandbox.packages import versions

_FORMAT: Final = 2
_MAX_BYTES: Final = 64_000_000
_DIGEST: Final = 32


def source_key(course: Course, exercise: Exercise) -> str:
    """Return a key that changes with the code that an exercise's tables are made by and of."""
    digest = hashlib.sha256(f"{_FORMAT} {__version__}".encode())
    engine = Path(__file__).parent
    own = [*sorted(engine.glob("*.py")), *sorted(engine.glob("operators/*.py"))]
    own.append(Path(values.__file__))
    shared = course.folder / "solutions" / f"{SHARED}.py"
    of_course = [course.reference(exercise), *files_of(course)]
    for path in (*own, *of_course, *([shared] if shared.is_file() else ())):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    digest.update(exercise.name.encode())
    return digest.hexdigest()[:40]


def cache_key(course: Course, exercise: Exercise) -> str:
    """Return a key that changes with all that tables made here depend on.

    These are the code, this Python, and the packages that the course's code may use.
    """
    libraries = sorted(versions((*course.packages, "numpy")).items())
    here = f"{source_key(course, exercise)} {libraries} {sys.version}"
    return hashlib.sha256(here.encode()).hexdigest()[:40]


def load_table(
    path: Path, draw: Callable[[int], tuple[Inputs, ...]]
) -> tuple[FaultDictionary, dict[str, str]] | None:
    """Return a table and the meanings of names; None where the file holds no valid one.

    `draw` makes the arguments of so many probes anew, where they could not be kept.
    """
    try:
        data = path.read_bytes()
        if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        return _unpacked(decode(data[_DIGEST:]), draw)
    except (OSError, WireError, ValueError, TypeError, KeyError, IndexError):
        return None


def keep_table(path: Path, table: FaultDictionary, meanings: dict[str, str]) -> None:
    """Keep a table, where that is possible."""
    try:
        write_table(path, table, meanings)
    except (ForbiddenValueError, OSError):
        return  # it is too large, or there is no room: it is built again next time


def write_table(path: Path, table: FaultDictionary, meanings: dict[str, str]) -> None:
    """Write a table into a file.

    Raises
    ------
    ForbiddenValueError
        It is too large.
    OSError
        The file cannot be written.
    """
    data = _encoded(table, meanings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as new:
        new.write_bytes(hashlib.sha256(data).digest() + data)


def _encoded(table: FaultDictionary, meanings: dict[str, str]) -> bytes:
    packed = _packed(table, meanings)
    try:
        return encode(packed, max_bytes=_MAX_BYTES)
    except ForbiddenValueError:  # the probes' inputs hold what is no data
        return encode(packed | {"inputs": None}, max_bytes=_MAX_BYTES)


def _packed(table: FaultDictionary, meanings: dict[str, str]) -> dict[str, Any]:
    layout = table.layout
    return {
        "entries": layout.entries,
        "parameters": layout.parameters,
        "places": list(layout.places),
        "expected": list(layout.expected),
        "inputs": list(table.inputs),
        "right": table.right,
        "values": table.values,
        "wrong": table.wrong,
        "classes": [_packed_class(members) for members in table.classes],
        "authored": dict(table.authored),
        "odd": [[list(odd.values), _plain(odd.candidates)] for odd in table.odd],
        "moving": table.moving,
        "tried": table.tried,
        "meanings": meanings,
    }


def _packed_class(members: Sequence[Candidate]) -> bytes:
    return encode(_plain(members), max_bytes=_MAX_BYTES)


class _Classes(Sequence[tuple[Candidate, ...]]):
    """Classes whose candidates are read only when they are asked for."""

    def __init__(self, packed: list[bytes]) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, number: int) -> tuple[Candidate, ...]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[tuple[Candidate, ...]]: ...
    def __getitem__(self, number: int | slice) -> Any:
        if isinstance(number, slice):
            return [_candidates(decode(data)) for data in self._packed[number]]
        return _candidates(decode(self._packed[number]))


def _plain(members: Sequence[Candidate]) -> list[Any]:
    return [candidate.plain() for candidate in members]


def _unpacked(
    data: dict[str, Any], draw: Callable[[int], tuple[Inputs, ...]]
) -> tuple[FaultDictionary, dict[str, str]]:
    layout = Layout(
        data["entries"], data["parameters"], tuple(data["places"]), tuple(data["expected"])
    )
    odd = tuple(
        OddStructure(tuple((shape, vector) for shape, vector in values), _candidates(members))
        for values, members in data["odd"]
    )
    table = FaultDictionary(
        layout=layout,
        inputs=draw(len(data["right"])) if data["inputs"] is None else tuple(data["inputs"]),
        right=data["right"],
        values=data["values"],
        wrong=data["wrong"],
        classes=_Classes(data["classes"]),
        authored=data["authored"],
        odd=odd,
        moving=data["moving"],
        tried=data["tried"],
    )
    return table, data["meanings"]


def _candidates(members: list[Any]) -> tuple[Candidate, ...]:
    return tuple(Candidate.from_plain(values) for values in members)
