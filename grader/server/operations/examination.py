"""What `bpgrade doctor --server` looks at: whether a server can run on this machine, and does.

Nothing here needs the extra to be there: that is one of the questions.
"""

from __future__ import annotations

import os
import shutil
import socket
import urllib.request
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from grader.batch.cache_key import content_of
from grader.course import load_course
from grader.errors import BpgradeError, UsageError
from grader.extras import missing_packages
from grader.language import gettext_lazy as _
from grader.language import listed
from grader.quick_dataclass import dataclass
from grader.sandbox.isolation import resolve
from grader.server import configuration
from grader.server.configuration import Configuration

_LEAST_BYTES: Final = 1_000_000_000
_ANSWER_SECONDS: Final = 5.0
_OFF: Final = timedelta(seconds=5)
_LONGEST_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at: whether it is as it should be, what was found, what to do."""

    name: str
    holds: bool
    told: str
    remedy: str = ""


def examine(data: Path) -> Iterator[HealthCheck]:
    """Look a server's folder, database, address and workers over, and what they need.

    What can't be looked at because something before it is missing is left out.
    """
    yield _isolation()
    missing = missing_packages("server")
    yield _finding(
        _("packages"),
        _("not installed: {names}", names=listed(missing)) if missing else "",
        _("all are installed"),
        "pip install 'bpgrade[server]'",
    )
    yield _folder(data)
    yield _space(data)
    try:
        known = configuration.read(data)
    except BpgradeError as error:
        yield HealthCheck(_("settings"), False, error.message, error.remedy)
        return
    for course in known.courses:
        yield _course(course)
    is_there = yield from _addresses(known)
    if not missing:
        yield from _database(known, is_there)


def _finding(name: str, problem: str, well: str, remedy: str) -> HealthCheck:
    return HealthCheck(name, False, problem, remedy) if problem else HealthCheck(name, True, well)


def _isolation() -> HealthCheck:
    try:
        layers = ", ".join(sorted(resolve("strict").layers))
    except BpgradeError as error:
        return HealthCheck(_("strict isolation"), False, error.message, error.remedy)
    return HealthCheck(_("strict isolation"), True, _("by {layers}", layers=layers))


def _folder(data: Path) -> HealthCheck:
    name = _("data folder")
    if not data.is_dir():
        return HealthCheck(
            name, True, _("{path} does not exist yet: the server makes it", path=data.absolute())
        )
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return HealthCheck(
            name,
            False,
            _("{path} cannot be written to by this user", path=data),
            _("run this as the user that the server runs as, or give them the folder"),
        )
    if data.stat().st_mode & 0o077:
        return HealthCheck(
            name, False, _("other users can read {path}", path=data), f"chmod 700 {data}"
        )
    return HealthCheck(name, True, _("only its owner can read {path}", path=data))


def _space(data: Path) -> HealthCheck:
    there = next(path for path in (data.absolute(), *data.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = _("{size} GB free", size=f"{free / 1e9:.1f}")
    if free >= _LEAST_BYTES:
        return HealthCheck(_("disk"), True, told)
    return HealthCheck(_("disk"), False, told, _("free some space: submissions are kept there"))


def _course(folder: str) -> HealthCheck:
    name = _("course {folder}", folder=folder)
    try:
        course = load_course(Path(folder))
        content_of(course)  # as a worker reads it
    except BpgradeError as error:
        return HealthCheck(name, False, error.message, error.remedy)
    has_deadlines = any(exercise.deadline for exercise in course.exercises)
    if has_deadlines and course.time_zone is None:
        return HealthCheck(
            name,
            False,
            _("it has deadlines but no time zone: times are shown in UTC"),
            _('write time_zone = "Europe/Berlin", or yours, at the top of course.toml'),
        )
    zone = course.time_zone.key if course.time_zone else "UTC"
    return HealthCheck(name, True, _("can be used; times are shown in {zone}", zone=zone))


def _addresses(known: Configuration) -> Generator[HealthCheck, None, bool]:
    """Look at the address that browsers use; return whether the server answers there."""
    parts = urlsplit(known.address)
    name = _("address {address}", address=known.address)
    is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not known.is_secure and not is_local:
        yield HealthCheck(
            name,
            False,
            _("passwords would cross the network unencrypted"),
            _(
                "put a proxy with a certificate in front of it, and start with --address https://..."
            ),
        )
    problem = _unanswered(known.address)
    if problem is None:
        yield HealthCheck(name, True, _("the server answers"))
        return True
    if is_local and not _is_taken(parts.hostname or "", parts.port or 80):
        yield HealthCheck(name, True, _("no server is running; the port is free"))
        return False
    yield HealthCheck(
        name,
        False,
        _("no answer from bpgrade: {reason}", reason=problem),
        _("start the server and the proxy; if another program has the port, choose --port"),
    )
    return False


def _unanswered(address: str) -> str | None:
    """Return why no bpgrade answers at an address; None where one does."""
    try:
        with urllib.request.urlopen(f"{address}/login/", timeout=_ANSWER_SECONDS) as answer:
            page = answer.read(_LONGEST_PAGE)
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))
    return None if b"csrfmiddlewaretoken" in page else _("something else answers")


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(_ANSWER_SECONDS)
        return probe.connect_ex((host, port)) == 0


def _database(known: Configuration, is_running: bool) -> Iterator[HealthCheck]:
    name = _("database")
    path = Path(known.data) / configuration.SQLITE
    if not known.database and not path.exists():
        yield HealthCheck(
            name,
            False,
            _("no such database: {path}", path=path),
            _("restore a backup: bpgrade serve restore"),
        )
        return
    try:
        configuration.set_up(known)
        from grader.server.operations import databases

        with databases.failures_told():
            yield _version(name)
            if databases.is_current(databases.OWN):
                yield _clock()
                yield _worker(is_running)
    except BpgradeError as error:
        yield HealthCheck(name, False, error.message, error.remedy)


def _version(name: str) -> HealthCheck:
    from django.db import connection

    from grader.server.operations import databases

    numbers = ".".join(map(str, connection.get_database_version()))
    fields = {"database": connection.display_name, "version": numbers}
    try:
        databases.refuse_newer(databases.OWN)
    except UsageError as error:
        return HealthCheck(name, False, error.message, error.remedy)
    if not databases.is_current(databases.OWN):
        told = _("{database} {version}; it is brought up to date at the next start", **fields)
        return HealthCheck(name, True, told)
    return HealthCheck(name, True, _("{database} {version}, up to date", **fields))


def _clock() -> HealthCheck:
    """Hold this machine's clock against the database's, and what was handed in last."""
    from django.db import connection

    from grader.server.models import Attempt

    now = datetime.now(UTC)
    newest = Attempt.objects.order_by("-handed_in").values_list("handed_in", flat=True).first()
    others = [newest] if newest is not None and newest > now else []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            others += [row[0] for row in cursor.fetchall()]
    off = max((abs(other - now) for other in others), default=timedelta())
    shown = now.isoformat(" ", "seconds")
    if off <= _OFF:
        return HealthCheck(_("clock"), True, shown)
    return HealthCheck(
        _("clock"),
        False,
        _(
            "{moment}; it differs from the database's by {seconds} s",
            moment=shown,
            seconds=round(off.total_seconds()),
        ),
        _("set both by NTP: deadlines depend on it"),
    )


def _worker(is_running: bool) -> HealthCheck:
    """Tell whether somebody grades: only what waits shows that nobody does."""
    from grader.server import queue
    from grader.server.models import Job, JobState

    name = _("worker")
    at_work = Job.objects.filter(state=JobState.LEASED, leased_until__gt=datetime.now(UTC)).count()
    told = _("{waiting} waiting, {graded} being graded", waiting=queue.waiting(), graded=at_work)
    if not is_running or not queue.is_stalled():
        return HealthCheck(name, True, told)
    return HealthCheck(
        name, False, told, _("start one: bpgrade serve --worker, or look at the server's log")
    )
