"""A second database beside the server's own, and all rows of one written to the other."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.server.full_disk import causes, is_full

OWN: Final = "default"
_AT_ONCE: Final = 20  # a file that was handed in may have megabytes


@contextmanager
def another(alias: str, settings: dict[str, Any]) -> Iterator[None]:
    """Have another database under a name, beside the server's own."""
    connections.databases[alias] = {**connections.databases[OWN], **_NOWHERE, **settings}
    try:
        yield
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


_NOWHERE: Final = {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}}


@contextmanager
def failures_told() -> Iterator[None]:
    """Say in words that a database can't be used, and as the system does that a disk is full."""
    try:
        yield
    except DatabaseError as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, "full") from error
        reason = str(error).partition("\n")[0]
        in_a_file = any(isinstance(each, sqlite3.Error) for each in causes(error))
        raise UsageError(
            _("the database cannot be used: {reason}", reason=reason),
            _("look at the folder after --data; if it is damaged, use bpgrade serve restore")
            if in_a_file
            else _("start it, or check the address after --database"),
        ) from None


def refuse_newer(alias: str) -> None:
    """Do nothing but where a later version has changed a database's tables: we can't know how.

    Raises
    ------
    UsageError
        One has.
    """
    loader = MigrationExecutor(connections[alias]).loader
    unknown = set(loader.applied_migrations) - set(loader.graph.nodes)
    if unknown:
        changes = ", ".join(sorted(name for _app, name in unknown))
        raise UsageError(
            _("the database is from a newer bpgrade: {changes}", changes=changes),
            "pip install --upgrade 'bpgrade[server]'",
        )


def is_current(alias: str) -> bool:
    """Return whether a database's tables are as this version has them."""
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_empty(alias: str) -> bool:
    """Return whether a database has no tables."""
    return not connections[alias].introspection.table_names()


def migrate(alias: str, *, as_is: str = "") -> None:
    """Bring a database's tables up to date, or to where those of the database `as_is` are."""
    executor = MigrationExecutor(connections[alias])
    if not as_is:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
        return
    executor.migrate(_state_of(as_is)[0])


def copy_rows(source: str, target: str) -> None:
    """Write all rows of a database to another one with the same tables, whose own rows go.

    Both are read and written as their tables are, whichever version has made them. Call it with a
    transaction open on both: keys to other rows are looked at when it ends.
    """
    connections[target].check_constraints()  # after tables were made in the same transaction
    models = _state_of(source)[1].get_models(include_auto_created=True)
    for model in models:
        model._base_manager.using(target).all().delete()
    for model in models:
        for row in model._base_manager.using(source).order_by("pk").iterator(_AT_ONCE):
            # as it is: a time that is set when a row is made stays what it was
            row.save_base(raw=True, force_insert=True, using=target)
    with connections[target].cursor() as cursor:
        for statement in connections[target].ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def rows_of(model: type[Model], alias: str) -> int:
    """Return how many rows a table has."""
    return int(model._base_manager.using(alias).count())


@contextmanager
def unchanging(alias: str) -> Iterator[None]:
    """Read a PostgreSQL as it is at one moment, while others write to it."""
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _state_of(alias: str) -> tuple[list[tuple[str, str]], Apps]:
    """Return the last migrations of a database, and the models as they were then."""
    loader = MigrationExecutor(connections[alias]).loader
    applied = set(loader.applied_migrations) & set(loader.graph.nodes)
    last = [each for each in applied if not applied & set(loader.graph.node_map[each].children)]
    state = loader.project_state([(app, name) for app, name in last])
    return last, state.apps
