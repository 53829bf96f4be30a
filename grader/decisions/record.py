"""The record of decisions: decisions.jsonl in a batch's output folder, only ever added to.

A line is what one command has decided, all of it or nothing:

    {"decisions": [{"kind", "student", "exercise", "value", "check", "reason", "name", "by",
                    "at": ISO 8601, "number", "basis": {...} or null}], "digest"}

It is on the disk before the command says so. A last line without its end is of a command that was
stopped before: nobody was told of it, so it is set aside. Any other line that does not fit its
digest stops whoever reads, for a decision must not be lost in silence.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grader.decisions.decision import KINDS, Basis, Decision
from grader.errors import UsageError, reason_of, unreadable
from grader.language import gettext_lazy as _

NAME: Final = "decisions.jsonl"


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """Return all that was ever decided, in order.

    Raises
    ------
    UsageError
        The record is damaged, or cannot be read.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise unreadable(path, error) from None
    found: list[Decision] = []
    for number, line in enumerate(data[: _whole_lines(data)].splitlines(), start=1):
        try:
            found += _decisions(line)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                _(
                    "line {number} of {path} is damaged: {reason}",
                    number=number,
                    path=path,
                    reason=reason_of(error),
                ),
                _("put back a copy of the file, or delete the line and decide again what it held"),
            ) from None
    return tuple(found)


def append(folder: Path, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Add what one command has decided; when this returns, it is on the disk.

    Call it with the writing lock held.

    Returns
    -------
    tuple of Decision
        The decisions with their numbers.

    Raises
    ------
    UsageError
        The record is damaged.
    OSError
        It cannot be written; it is as it was.
    """
    repair(folder)
    known = read_decisions(folder)
    first = max((one.number for one in known), default=0) + 1
    new = tuple(replace(one, number=number) for number, one in enumerate(decisions, start=first))
    path = folder / NAME
    is_new = not path.exists()
    with path.open("ab") as file:
        size = file.tell()
        try:
            file.write(_line(new))
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.truncate(path, size)
            raise
    if is_new:
        _sync_folder(folder)
    return new


def repair(folder: Path) -> str:
    """Set aside a last line that was cut off, and say so; nothing where all is whole.

    Call it with the writing lock held.
    """
    path = folder / NAME
    data = path.read_bytes() if path.exists() else b""
    whole = _whole_lines(data)
    if whole == len(data):
        return ""
    number = 1
    while (aside := folder / f"{NAME}.cut-off-{number}").exists():
        number += 1
    aside.write_bytes(data[whole:])
    with path.open("r+b") as file:
        file.truncate(whole)
        os.fsync(file.fileno())
    return _(
        "the last line of {name} was cut off when a command was stopped: what there is of it is in"
        " {kept}; all decisions that a command has reported are kept",
        name=NAME,
        kept=aside.name,
    )


def _whole_lines(data: bytes) -> int:
    """Return how many bytes the lines have that have an end."""
    return data.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _line(decisions: Sequence[Decision]) -> bytes:
    rows = [row_of(one) for one in decisions]
    return f"{json.dumps({'decisions': rows, 'digest': _digest(rows)})}\n".encode()


def row_of(one: Decision) -> dict[str, Any]:
    """Return a decision as plain data."""
    return {**asdict(one), "at": one.at.isoformat() if one.at else None}


def _digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _decisions(line: bytes) -> list[Decision]:
    document = json.loads(line)
    if _digest(document["decisions"]) != document["digest"]:
        raise ValueError(_("its digest does not fit"))
    return [decision_of(row) for row in document["decisions"]]


def decision_of(row: dict[str, Any]) -> Decision:
    """Return the decision of a row.

    Raises
    ------
    ValueError
        A later version has written it.
    """
    if row["kind"] not in KINDS:
        raise ValueError(_("a later bpgrade has written {kind!r}", kind=row["kind"]))
    at, basis = row["at"], row["basis"]
    own = {
        "at": datetime.fromisoformat(at) if at else None,
        "basis": Basis(**basis) if basis else None,
    }
    return Decision(**{**row, **own})
