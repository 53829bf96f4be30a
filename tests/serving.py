"""A server as its users have it: started by the command, on a free port, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command import begin_serving
from waiting import wait_for
from warm_server import WarmCommand

from grader.server.addresses import url

PASSWORD = "a long enough password"
RIGHT = """
import math
def mean(numbers):
    return math.fsum(numbers) / len(numbers)
def spread(numbers):
    middle = mean(numbers)
    return math.sqrt(sum((each - middle) ** 2 for each in numbers) / len(numbers))
"""
"""A right answer to the exercise of a course that `author new` has made."""
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
POSTGRESQL = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)


@dataclass
class Served:
    """A running server: its address, its process, the link for the first instructor."""

    address: str
    process: subprocess.Popen[str] | WarmCommand
    link: str
    data: Path

    def log(self) -> str:
        """Return what the processes have written to stderr."""
        return _log(self.data).read_text("utf-8", "replace")

    def children(self) -> dict[str, int]:
        """Return the processes of the web server and of the worker."""
        found = {}
        for child in children_of(self.process.pid):
            words = Path(f"/proc/{child}/cmdline").read_bytes().decode()
            words += Path(f"/proc/{child}/comm").read_text()
            found |= {name: child for name in ("web", "worker") if f"{name}_main" in words}
        return found


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def served(
    course: Path, data: Path, *options: str, warm: bool = True, host: str = ""
) -> Iterator[Served]:
    """Start `bpgrade serve`, and stop it in the end.

    It is `warm` where its processes are forks; see tests/warm_server.py.
    """
    port = free_port()
    words = ["serve", "--course", str(course), "--data", str(data), "--port", str(port)]
    words += ["--host", host] if host else []
    variables = {**os.environ, "BPGRADE_LANG": "en"}
    with _log(data).open("ab") as log:
        process: subprocess.Popen[str] | WarmCommand
        if warm:
            process = begin_serving(*words, *options, log=log, variables=variables)
        else:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "grader", *words, *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=variables,
            )
    try:
        assert process.stdout is not None
        told = ""
        while "Ctrl-C" not in told:
            line = process.stdout.readline()
            assert line, f"the server ended: {told}"
            told += line
        address = url(host or "127.0.0.1", port)
        found = re.search(r"https?://\S+/link/\S+/", told)
        running = Served(address, process, found[0] if found else "", data)
        with socket.create_connection((host or "127.0.0.1", port)):  # as it has said
            wait_for(lambda: answers(address), "the server answers")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()
        sys.stderr.write(_log(data).read_text("utf-8", "replace"))  # shown where a test fails


def _log(data: Path) -> Path:
    return data.with_name(f"{data.name}.log")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "/login/", timeout=5):
            return True
    except OSError:
        return False


@dataclass(frozen=True)
class ServerResponse:
    """What a server has answered."""

    status: int
    address: str
    text: str
    headers: dict[str, str]


class Visitor:
    """Somebody with a browser that keeps cookies and fills in forms."""

    def __init__(self, address: str, trusted: ssl.SSLContext | None = None) -> None:
        self.address = address
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._jar),
            urllib.request.HTTPSHandler(context=trusted),
        )

    def cookies(self) -> str:
        """Return the cookies as a browser sends them."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)

    def keep(self, name: str, value: str) -> None:
        """Take a cookie in from elsewhere."""
        host = "127.0.0.1"
        self._jar.set_cookie(
            http.cookiejar.Cookie(
                *(0, name, value, None, False, host, True, False, "/", True),
                *(False, None, True, None, None, {}),
            )
        )

    def token(self, page: str) -> str:
        """Return the token of the forms on a page."""
        found = _TOKEN.search(self.get(page).text)
        assert found
        return found[1]

    def get(self, path: str) -> ServerResponse:
        return self.ask(urllib.request.Request(self._full(path)))

    def post(self, path: str, page: str = "", **fields: str) -> ServerResponse:
        """Send a form, with the token of the page that it stands on."""
        found = _TOKEN.search(self.get(page or path).text)
        if found:
            fields["csrfmiddlewaretoken"] = found[1]
        request = urllib.request.Request(
            self._full(path),
            urllib.parse.urlencode(fields).encode(),
            {"Referer": self._full(page or path)},
        )
        return self.ask(request)

    def send(self, path: str, fields: Mapping[str, str]) -> ServerResponse:
        """Send fields as they are, as a page of somebody else's has them sent."""
        body = urllib.parse.urlencode(fields).encode()
        return self.ask(urllib.request.Request(self._full(path), body))

    def upload(
        self, path: str, file: tuple[str, str, str | bytes], page: str = "", **fields: str
    ) -> ServerResponse:
        """Send a form with a file in it: its field, its name, its content."""
        return self.upload_several(path, [file], page, **fields)

    def upload_several(
        self,
        path: str,
        files: Sequence[tuple[str, str, str | bytes]],
        page: str = "",
        **fields: str,
    ) -> ServerResponse:
        """Send a form with files in it."""
        token = self.token(page or path)
        boundary = "----a-boundary-of-a-form"
        begin = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"'
        parts = "".join(
            f"{begin.format(key)}\r\n\r\n{value}\r\n"
            for key, value in {"csrfmiddlewaretoken": token, **fields}.items()
        ).encode()
        for field, name, content in files:
            sent = content.encode() if isinstance(content, str) else content
            parts += f'{begin.format(field)}; filename="{name}"\r\n\r\n'.encode() + sent + b"\r\n"
        return self.ask(
            urllib.request.Request(
                self._full(path),
                parts + f"--{boundary}--\r\n".encode(),
                {
                    "Content-Type": f"multipart/form-data; boundary={boundary}",
                    "Referer": self._full(page or path),
                },
            )
        )

    def _full(self, path: str) -> str:
        return path if path.startswith("http") else self.address + path

    def ask(self, request: urllib.request.Request) -> ServerResponse:
        """Send any request, with the cookies."""
        try:
            with self._opener.open(request, timeout=60) as answer:
                text = answer.read().decode("utf-8", "replace")
                return ServerResponse(answer.status, answer.url, text, _headers(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode("utf-8", "replace")
                return ServerResponse(error.code, error.url, text, _headers(error.headers))


@dataclass(frozen=True)
class Database:
    """A PostgreSQL of our own: the address of an empty database in it, and its switch."""

    address: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextlib.contextmanager
def served_on(
    kind: str, course: Path, data: Path, *, warm: bool = True
) -> Iterator[tuple[Served, Database | None]]:
    """Start a server on `sqlite` or on a `postgresql` of its own; skip where there is none."""
    if kind == "sqlite":
        with served(course, data, warm=warm) as running:
            yield running, None
        return
    if POSTGRESQL is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    with (
        database() as found,
        served(course, data, "--database", found.address, warm=warm) as running,
    ):
        yield running, found


def first_instructor(running: Served) -> Visitor:
    """Return who takes the link that a server prints at its first start."""
    visitor = Visitor(running.address)
    begun = visitor.post(running.link.removeprefix(running.address), password=PASSWORD)
    assert begun.status == 200, begun.text
    return visitor


def posted(address: str, path: str, **fields: str) -> dict[str, Any]:
    """Post to a server's JSON interface, as a program does; return what it answers."""
    data = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(f"{address}/api/1/{path}", data)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            found = json.load(error)
    return found


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """Run a PostgreSQL of our own in a folder of its own."""
    assert POSTGRESQL is not None
    programs = POSTGRESQL.parent
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bpgrade-postgresql-") as name:
        folder = Path(name)  # not in pytest's, which only who runs the tests may enter
        owner: list[str] = []
        if os.geteuid() == 0:  # as whom it refuses to run
            owner = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")

        def run(program: str, *words: str) -> None:
            command = [*owner, str(programs / program), *words]
            subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=120)

        cluster = str(folder / "cluster")
        run("initdb", "-D", cluster, "-A", "trust", "-U", "grader", "-N")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"

        def start() -> None:
            run("pg_ctl", "-D", cluster, "-w", "-o", options, "-l", f"{folder}/log", "start")

        def stop() -> None:
            run("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")

        start()
        try:
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "grader", "bp")
            yield Database(f"postgresql://grader@127.0.0.1:{port}/bp", stop, start)
        finally:
            stop()


def _headers(found: Mapping[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in found.items()}
