"""The journal of a batch: each result in SQLite as soon as it is known, found again by its key.

A row is trusted only where the digest beside it fits, so a damaged file loses what is damaged
and no more. It is opened by one batch at a time (`lock`).

A result that `put` has returned from outlives the process, however it ends. Against a loss of
power the file is brought to the disk once a second, with the first result that comes after it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.batch.executor import Done
from grader.language import gettext_lazy as _

NAME: Final = "journal.sqlite"
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY,
    exercise TEXT NOT NULL,
    status TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    stale INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID
"""
_COLUMNS: Final = "key, exercise, status, score, max_score, document, digest, stale"
_INSERT: Final = f"INSERT OR REPLACE INTO results ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_FORMAT: Final = 1
_SYNC_SECONDS: Final = 1.0


class Journal:
    """The results known so far.

    Attributes
    ----------
    notice : str
        What the user should know of how it was opened; empty where all was well.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.notice = ""
        self._synced = 0.0
        try:
            self._database = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                raise
            self._rebuild()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, isolation_level=None)
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("malformed")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _FORMAT):
                raise sqlite3.DatabaseError(f"of format {version}")
            database.execute(_TABLE)
            database.execute(f"SELECT {_COLUMNS} FROM results LIMIT 1")
            database.execute(f"PRAGMA user_version = {_FORMAT}")
        except BaseException:
            database.close()
            raise
        return database

    def _rebuild(self) -> None:
        """Set the damaged file aside and keep what in it can still be read and trusted."""
        number = 1
        while (aside := self.path.with_name(f"{NAME}.damaged-{number}")).exists():
            number += 1
        self.path.rename(aside)
        for suffix in ("-wal", "-shm"):
            part = self.path.with_name(NAME + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        self._database = self._open()
        saved = 0
        for row in _salvage(aside):
            self.put(row)
            saved += 1
        self.notice = _(
            "the journal was damaged: it is kept as {name}, {count} of its results could be"
            " read, the rest is graded again",
            name=aside.name,
            count=saved,
        )

    def find(self, key: str) -> Done | None:
        """Return the result under a key; None where there is none that may be used."""
        found = self._database.execute(
            f"SELECT {_COLUMNS} FROM results WHERE key = ? AND stale = 0",
            (key,),
        ).fetchone()
        return _row(found) if found else None

    def put(self, row: Done) -> None:
        """Commit a result: when this returns, the batch may be killed."""
        now = time.monotonic()
        due = now - self._synced > _SYNC_SECONDS
        if due:
            self._synced = now
            self._database.execute("PRAGMA synchronous = FULL")
        self._insert(row)
        if due:
            self._database.execute("PRAGMA synchronous = NORMAL")

    def _insert(self, row: Done) -> None:
        self._database.execute(
            _INSERT,
            (
                row.key, row.exercise, row.status, row.score, row.max_score,
                row.document, _digest(row), 0,
            ),
        )  # fmt: skip

    def forget(self, key: str) -> None:
        """Keep the result but do not use it again; what is graded next takes its place."""
        self._database.execute("UPDATE results SET stale = 1 WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file, with all that was written in one piece."""
        with contextlib.suppress(sqlite3.Error):  # a full disk: the next run takes in the rest
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close()


def _row(values: tuple[str, str, str, float, float, str, str, int]) -> Done | None:
    try:
        row = Done(*values[:6])
        return row if _digest(row) == values[6] else None
    except (TypeError, AttributeError):  # a damaged row may hold any type
        return None


def _salvage(path: Path) -> Iterator[Done]:
    """Give the rows of a damaged file, up to where it cannot be read."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        with contextlib.suppress(sqlite3.Error):
            for values in database.execute(f"SELECT {_COLUMNS} FROM results"):
                row = _row(values)
                if row is not None and not values[7]:
                    yield row


def _is_damage(error: sqlite3.OperationalError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _digest(row: Done) -> str:
    """Return what tells a damaged row."""
    numbers = repr(row.score), repr(row.max_score)
    fields = (row.key, row.exercise, row.status, *numbers, row.document)
    return hashlib.sha256("\0".join(fields).encode("utf-8", "surrogatepass")).hexdigest()
