"""Starting a server: its folder, its database, its first instructor, its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.batch.cache_key import content_of
from grader.course import load_course
from grader.course.locate import course_folder
from grader.errors import UsageError
from grader.interpreter import variables
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.isolation import resolve
from grader.server import addresses
from grader.server.configuration import Configuration, set_up, write

if TYPE_CHECKING:
    from grader.cluster.address import Cluster

_STOP_SECONDS: Final = 30.0
_FIRST_LOOK_SECONDS: Final = 0.05
_LOOK_SECONDS: Final = 0.2
_WAIT_FOR_WORKERS_SECONDS: Final = 300.0
_BEHIND_THE_PAGES: Final = 5  # who hands in is answered first, then graded


@dataclass(frozen=True, slots=True)
class PreparedServer:
    """A server that can be started, and the link for its first instructor, if it needs one."""

    configuration: Configuration
    first_link: str


def prepare(configuration: Configuration) -> PreparedServer:
    """Make a server's folder and database, or bring them up to date, and take its courses in.

    Raises
    ------
    IsolationError
        Submissions can't be confined strictly on this machine.
    CourseError, UsageError
        A course, the folder or the database can't be used.
    """
    resolve("strict")
    courses = _named(configuration.courses)
    set_up(configuration)
    _migrate()
    _take_in(courses)
    write(configuration)  # only now: a database that can't be used is none for the next start
    return PreparedServer(configuration, _first_link(configuration.address))


def _named(folders: Iterable[str]) -> dict[str, str]:
    """Return the folders of courses by their names."""
    found: dict[str, str] = {}
    for folder in folders:
        course = load_course(course_folder(Path(folder)))
        content_of(course)  # which the server's user can read, then
        name = course.name
        if found.setdefault(name, folder) != folder:
            raise UsageError(
                _(
                    "{first} and {second} are both courses of the name {name}",
                    first=found[name],
                    second=folder,
                    name=name,
                ),
                _("give one of them another name in its course.toml"),
            )
    return found


def _migrate() -> None:
    from grader.server.operations import databases

    with databases.failures_told():
        databases.refuse_newer(databases.OWN)
        databases.migrate(databases.OWN)


def _take_in(courses: Mapping[str, str]) -> None:
    from grader.server.models import ServedCourse

    for name, folder in courses.items():
        ServedCourse.objects.update_or_create(name=name, defaults={"folder": folder})


def _first_link(address: str) -> str:
    """Return a link that makes the first administrator; nothing where there is one."""
    from grader.server.models import Person
    from grader.server.views.accounts import invite

    if Person.objects.filter(is_administrator=True).exclude(password="").exists():
        return ""
    person, _new = Person.objects.get_or_create(
        username="instructor", defaults={"is_administrator": True}
    )
    return f"{address}/link/{invite(person)}/"


def run(
    configuration: Configuration,
    host: str,
    port: int,
    workers: int,
    tell: Callable[[], None],
    scheduler: str = "",
) -> int:
    """Run the web server and a worker until they are stopped; return the exit code.

    `tell` is called once, when the web server listens.

    Raises
    ------
    UsageError
        Another program has taken the port meanwhile.
    """
    environment = {**variables(), "BPGRADE_SERVER_DATA": configuration.data}
    web = [
        *(sys.executable, "-P", "-m", "grader.server.web_main", str(os.getpid())),
        *("--interface", "asginl", "--host", host),
        *("--port", str(port), "--http", "1", "--no-ws", "--log-level", "warning"),
        *("--backlog", "2048", "--workers-kill-timeout", "10"),
        "grader.server.application:application",
    ]
    worker = [
        *(sys.executable, "-P", "-m", "grader.server.worker_main", str(os.getpid())),
        *(configuration.data, str(workers), *([scheduler] if scheduler else [])),
    ]
    commands = [web, worker] if workers else [web]
    code = _watch(commands, environment, configuration.data, _once_it_listens(host, port, tell))
    if code == addresses.TAKEN:
        raise addresses.cannot_listen(host, port, os.strerror(code))
    return code


def _once_it_listens(host: str, port: int, tell: Callable[[], None]) -> Callable[[], float]:
    """Return what looks whether a server listens, and then tells; it returns how long to wait."""
    told = False

    def look() -> float:
        nonlocal told
        if not told and addresses.is_served(host, port):
            told = True
            tell()
        return _LOOK_SECONDS if told else _FIRST_LOOK_SECONDS

    return look


def _watch(
    commands: list[list[str]], environment: dict[str, str], folder: str, look: Callable[[], float]
) -> int:
    """Run the commands, each again when it has died, until somebody stops all of them.

    `look` is called again and again, and returns for how many seconds there is nothing to do.

    Return 0, or `addresses.TAKEN` where one has ended with it: it would do so again.
    """

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        # granian imports from the current folder first: from one that holds no code
        return subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True)

    children = list(map(start, commands))
    stopped = False
    code = 0

    def stop(*_signal: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopped:
        for place, child in enumerate(children):
            if child.poll() == addresses.TAKEN:
                stopped, code = True, addresses.TAKEN
            elif child.returncode is not None and not stopped:
                time.sleep(1.0)
                children[place] = start(commands[place])
        time.sleep(look())
    for child in children:
        child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return code


def cluster_at(scheduler: str) -> Cluster | None:
    """Return the cluster of a scheduler; None where no address is given.

    Raises
    ------
    UsageError
        The address can't be right, or the extra `cluster` is not installed.
    """
    if not scheduler:
        return None
    from grader.cluster.address import cluster_of

    return cluster_of(scheduler, None, {}, _WAIT_FOR_WORKERS_SECONDS)


def work(
    configuration: Configuration, threads: int, say: Callable[[str], None], scheduler: str = ""
) -> None:
    """Grade what is handed in until the process is told to stop, here or on a dask cluster.

    Raises
    ------
    IsolationError
        Submissions can't be confined strictly on this machine.
    UsageError
        The scheduler's address can't be right, or the extra `cluster` is not installed; the
        database is not there, or of another version.
    """
    resolve("strict")
    cluster = cluster_at(scheduler)
    set_up(configuration)
    from grader.server import queue
    from grader.server.operations.opening import expect_current

    with suppress(*queue.AWAY):  # a worker waits for it
        expect_current(configuration)
    os.nice(_BEHIND_THE_PAGES)
    from grader.server.worker import Worker

    worker = Worker(threads, say, cluster)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: worker.stop())
    worker.run()
