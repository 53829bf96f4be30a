"""Our own connection to PostgreSQL: statements that are planned once, and whether it is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from serving import POSTGRESQL, database

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's"),
    pytest.mark.skipif(POSTGRESQL is None, reason="there is no PostgreSQL here"),
]
ALIAS = "here"
PREPARED = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time"
ODD = "100 %s; -- '"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Connect this process to a PostgreSQL as a server connects."""
    from grader.server import configuration
    from grader.server.configuration import Configuration

    folder = str(tmp_path_factory.mktemp("postgresql"))
    own = Configuration(folder, (), "", "http://testserver")
    configuration.set_up(own)  # as the first test here that needs it, for all of them
    from django.db import connections

    from grader.server.operations.databases import another

    with database() as found:
        settings = configuration.database_settings(replace(own, database=found.address))
        with another(ALIAS, settings):
            yield connections[ALIAS]


@pytest.fixture
def connection(opened: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Have prepared queries go there, by a connection that is new."""
    from grader.server import prepared

    monkeypatch.setattr(prepared, "connection", opened)
    monkeypatch.setattr(prepared, "DEFAULT_DB_ALIAS", ALIAS)
    yield opened
    opened.close()


def test_a_query_is_prepared_once_with_its_constants_and_all_else_never(connection: Any):
    from django.contrib.sessions.models import Session

    from grader.server.prepared import PreparedQuery

    with connection.schema_editor() as editor:
        editor.create_model(Session)
    sessions = Session.objects.using(ALIAS)
    for key in ("a", "b"):
        sessions.create(session_key=key, session_data=ODD, expire_date=datetime.now(UTC))
    query = PreparedQuery(
        lambda: sessions.filter(session_key="-1", session_data=ODD).exclude(session_key="%")
    )
    for key in ("a", "b") * 5:  # a plain cursor prepares what it has been asked five times
        assert [each.session_key for each in query.rows(key)] == [key]
        assert query.count(key) == 1
        assert sessions.filter(session_key=key).exists()
    assert query.rows("'; DROP TABLE django_session; --") == []
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        [rows], [counted] = cursor.fetchall()
    assert "COUNT" in counted
    for statement in (rows, counted):
        assert statement.count("$") == 1, statement
        assert "'100 %s; -- '''" in statement  # where the planner sees it


def test_a_connection_is_asked_where_something_can_be_read_from_it_or_it_was_not_used(
    connection: Any, monkeypatch: pytest.MonkeyPatch
):
    from grader.server.postgresql import base

    answers: list[bool] = []
    is_usable = type(connection).is_usable

    def noted(self: Any) -> bool:
        answers.append(is_usable(self))
        return answers[-1]

    monkeypatch.setattr(type(connection), "is_usable", noted)

    def request() -> int:
        """Ask as a request does; return which of the database's processes has answered."""
        connection.close_if_unusable_or_obsolete()
        [[number]] = connection.prepared("SELECT pg_backend_pid()", [])
        return int(number)

    first = request()
    assert request() == first
    answers.clear()
    assert [request(), request(), answers] == [first, first, []]
    with monkeypatch.context() as patch:
        patch.setattr(base, "_SURE_SECONDS", 0.0)
        assert (request(), answers) == (first, [True])
    end_from_elsewhere(connection, first)
    second = request()
    assert (second == first, answers) == (False, [True, False])
    assert (request(), len(answers)) == (second, 2)


def end_from_elsewhere(connection: Any, process: int) -> None:
    """End a process of the database, and wait until it has ended."""
    import psycopg

    with psycopg.connect(connection.connection.info.dsn) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [process]).fetchone()
