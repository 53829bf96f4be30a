"""Statements that the server plans once, and connections that are not asked whether they are there.

Django sends each value within the text of its statement, which PostgreSQL then parses and plans
anew, and asks `SELECT 1` at the begin of each request: together half of what a page costs there.
"""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base
from psycopg import sql

_SURE_SECONDS: Final = 5.0
_NOT_BY_ITSELF: Final = sys.maxsize


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to PostgreSQL."""

    health_check_done: bool
    _known_at = float("-inf")

    def get_connection_params(self) -> dict[str, Any]:
        """Return how to connect; what is not asked to be planned once never is."""
        return {**super().get_connection_params(), "prepare_threshold": _NOT_BY_ITSELF}

    def close_if_health_check_failed(self) -> None:
        """Close a connection whose server has gone.

        A server that ends says so, or ends the connection: either can be read. Whether it has
        gone without a word is asked where the connection has not been used for a while.
        """
        now = time.monotonic()
        is_new = not self.health_check_done
        if is_new and now - self._known_at < _SURE_SECONDS and self._is_silent():
            self.health_check_done = True
        super().close_if_health_check_failed()
        if is_new:
            self._known_at = now

    def _is_silent(self) -> bool:
        """Return whether the server has said nothing that was not asked for, nor gone."""
        if self.connection is None or self.connection.closed:
            return False
        read = select.poll()
        read.register(self.connection.fileno(), select.POLLIN)
        return not read.poll(0)

    @staticmethod
    def written_out(constant: Any) -> str:
        """Return a constant as a part of a prepared statement.

        There the planner sees it. What is planned for a state of which it does not know that few
        rows have it may look through all of them.
        """
        return sql.quote(constant).replace("%", "%%")

    def prepared(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that is planned once for this connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor = psycopg.Cursor(self.connection)
            return cursor.execute(statement, values, prepare=True).fetchall()
