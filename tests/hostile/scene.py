"""What lies around the sandbox for attacks to reach for, and what has come of an attack."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy

from grader.course import Course, load_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.result import Outcome, Result
from grader.sandbox.child import processes
from grader.sandbox.host import SandboxHost

HOSTILE: Final = Path(__file__).parent
ROOT: Final = os.geteuid() == 0
_NEW_SESSION, _ADD_KEY, _KEYCTL = 1, 248, 250  # of x86-64
_OUTPUT: Final = 100_000
PATIENCE: Final = 2.0  # seconds, twice what a call of the impatient exercise may take


@dataclass(frozen=True)
class Attack:
    """A submission, the layer that stops it, and what it attains without that layer."""

    kind: str
    name: str
    layer: str
    attains: str
    notes: tuple[str, ...]

    @property
    def exercise(self) -> str:
        return "impatient" if self.layer == "clock" else "patient"

    @property
    def source(self) -> str:
        parts = [
            HOSTILE / "kit.py",
            HOSTILE / "honest.py",
            HOSTILE / "submissions" / self.kind / f"{self.name}.py",
        ]
        return "\n\n".join(part.read_text(encoding="utf-8") for part in parts)

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@functools.cache
def attacks() -> tuple[Attack, ...]:
    """Return all attacks, as attacks.toml lists them."""
    table = tomllib.loads((HOSTILE / "attacks.toml").read_text(encoding="utf-8"))
    return tuple(
        Attack(kind, name, layer, attains, tuple(notes))
        for kind, members in table.items()
        for name, (layer, attains, *notes) in members.items()
    )


class Scene:
    """Secrets, files, sockets and a process that belong to others; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.secret = f"secret-{secrets.token_hex(16)}"
        self.won = f"won-{secrets.token_hex(8)}"
        self.mark = f"bpgrade-hostile-{secrets.token_hex(8)}"
        self.folder = folder
        self._opened = contextlib.ExitStack()
        self._listening: dict[str, socket.socket] = {}
        self.given: dict[str, Any] = {"won": self.won, "mark": self.mark}

    def __enter__(self) -> Scene:
        self.course = self._make_course()
        self._make_files()
        self._make_memory()
        self._make_sockets()
        self._start_victim()
        self._opened.callback(self._end_victim)
        self._before = self._files()
        os.environ["HOSTILE_SECRET"] = self.secret
        self._opened.callback(os.environ.pop, "HOSTILE_SECRET")
        self._opened.callback(os.environ.pop, "HOSTILE_SCENE", None)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _make_course(self) -> Course:
        course = self.folder / "course"
        shutil.copytree(HOSTILE / "course", course)
        solutions = course / "solutions"
        for path in solutions.iterdir():
            text = path.read_text(encoding="utf-8").replace("@SECRET@", self.secret)
            path.write_text(text, encoding="utf-8")
            path.with_name(path.name.replace("patient", "impatient")).write_text(text)
        self.given |= {
            "course": str(course),
            "solutions": str(solutions),
            "reference": str(solutions / "patient.py"),
            "checks": str(solutions / "check_patient.py"),
        }
        return load_course(course)

    def _make_files(self) -> None:
        for name, path in {
            "neighbour": self.folder / "submissions" / "neighbour.py",
            "results": self.folder / "results" / "results.json",
            "home": self.folder / "home" / "notes.txt",
        }.items():
            path.parent.mkdir()
            path.write_text(f"# {self.secret}\n", encoding="utf-8")
            self.given[name] = str(path.parent if name == "home" else path)
        self.given["outcome"] = str(self.folder / "outcome")
        self.given["site_packages"] = sysconfig.get_path("purelib")
        held = os.open(self.given["neighbour"], os.O_RDONLY)
        self._opened.callback(os.close, held)
        self.given["descriptor"] = held
        for _ in range(80):  # so that the hosts' own get numbers that no submission can use
            self._opened.callback(os.close, os.dup(held))

    def _make_memory(self) -> None:
        """Put the secret into this process's memory, and into all kinds of shared memory."""
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        text = self.secret.encode()
        self._buffer = ctypes.create_string_buffer(text)
        key = secrets.randbelow(1 << 30) << 4
        segment = libc.shmget(key, 4096, 0o1600)
        place = libc.shmat(segment, None, 0)
        ctypes.memmove(place, text, len(text))
        libc.shmdt(ctypes.c_void_p(place))
        self._opened.callback(self._remove_segments, key)
        shared = Path("/dev/shm", f"{self.mark}-shared")
        shared.write_bytes(text)
        self._opened.callback(shared.unlink)
        queues, name = ctypes.CDLL("librt.so.1"), f"/{self.mark}".encode()
        flags = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK
        self._queue = queues.mq_open(name, flags, 0o600, None)
        assert self._queue >= 0, "no message queue could be made"
        self._opened.callback(queues.mq_unlink, name)
        self._opened.callback(queues.mq_close, self._queue)
        libc.syscall(_KEYCTL, _NEW_SESSION, None)
        libc.syscall(_ADD_KEY, b"user", self.mark.encode(), text, len(text), ctypes.c_int(-3))
        self.given |= {
            "grader": os.getpid(),
            "address": ctypes.addressof(self._buffer),
            "segment": key,
            "shared": shared.name,
            "queue": f"/{self.mark}",
            "key": self.mark,
        }

    def _remove_segments(self, key: int) -> None:
        libc = ctypes.CDLL(None)
        for number in range(11):
            libc.shmctl(libc.shmget(key + number, 0, 0), 0, None)
        libc.msgctl(libc.msgget(key + 10, 0), 0, None)

    def _make_sockets(self) -> None:
        path, abstract = str(self.folder / "socket"), self.mark
        made = {
            "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "unix": (socket.AF_UNIX, socket.SOCK_STREAM, path),
            "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}"),
        }
        for name, (family, kind, address) in made.items():
            server = self._opened.enter_context(socket.socket(family, kind))
            server.bind(address)
            if kind == socket.SOCK_STREAM:
                server.listen()
            server.setblocking(False)
            self._listening[name] = server
            self.given[name] = server.getsockname()[1] if isinstance(address, tuple) else address
        self.given["abstract"] = abstract
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.given["free_port"] = free.getsockname()[1]
        done = threading.Event()
        visitor = threading.Thread(target=self._visit, args=(done,))
        visitor.start()
        self._opened.callback(visitor.join)
        self._opened.callback(done.set)

    def _visit(self, done: threading.Event) -> None:
        """Connect to the port that an attack may listen on, again and again."""
        while not done.wait(0.05):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.given["free_port"]), 0.2).close()

    def _start_victim(self) -> None:
        environment = {"PATH": os.environ["PATH"], "PASSWORD": self.secret}
        self.victim = subprocess.Popen(["sleep", "600"], env=environment)
        self.given["victim"] = self.victim.pid

    def _end_victim(self) -> None:
        self.victim.kill()
        self.victim.wait()

    def set(self, **more: float) -> None:
        """Tell the checks what the next attacks are given."""
        text = ctypes.create_string_buffer(self.secret.encode())
        ctypes.CDLL("librt.so.1").mq_send(self._queue, text, len(text), 0)
        prizes = [self.won]
        for path in ("/etc/shadow", "/etc/passwd"):
            with contextlib.suppress(OSError):
                prizes.append(Path(path).read_text(encoding="utf-8").splitlines()[0])
        scene = {"given": self.given | more, "prizes": prizes}
        os.environ["HOSTILE_SCENE"] = json.dumps(scene)

    def _files(self) -> dict[str, Any]:
        """Return the state of every file that an attack may want to write."""
        found: dict[str, Any] = {}
        for folder in ("submissions", "results", "home", "course"):
            for path in sorted((self.folder / folder).rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    state = path.stat()
                    meta = (state.st_mode, state.st_uid, state.st_mtime_ns)
                    found[str(path)] = (path.read_bytes(), *meta)
        for path in self._strewn():
            found[str(path)] = path.exists()
        return found

    def _strewn(self) -> tuple[Path, ...]:
        return (
            Path("/dev/shm", self.mark),
            Path(self.given["site_packages"], f"{self.mark}.pth"),
            Path(numpy.__file__).parent / "__pycache__" / f"{self.mark}.pyc",
        )

    def harm(self) -> set[str]:
        """Return what has come to others since the last look, and undo it."""
        found = set()
        if self._files() != self._before:
            found.add("written")
            self._restore()
        received = [self._received(server) for server in self._listening.values()]
        if any(received):
            found.add("network")
        if self._victim_is_harmed():
            found.add("victim")
            self._end_victim()
            self._start_victim()
        return found

    def _restore(self) -> None:
        for path in self._strewn():
            path.unlink(missing_ok=True)
        for folder in ("submissions", "results", "home"):
            shutil.rmtree(self.folder / folder)
        for name, state in self._before.items():
            if isinstance(state, tuple):
                path = Path(name)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(state[0])
                path.chmod(state[1])
                os.utime(path, ns=(state[3], state[3]))
        self._before = self._files()

    def _received(self, server: socket.socket) -> bool:
        try:
            if server.type == socket.SOCK_DGRAM:
                server.recv(1)
            else:
                server.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def _victim_is_harmed(self) -> bool:
        time.sleep(0.002)  # a signal takes its time
        if self.victim.poll() is not None:
            return True
        stat = Path(f"/proc/{self.victim.pid}/stat").read_text()
        score = Path(f"/proc/{self.victim.pid}/oom_score_adj").read_text()
        return stat.rpartition(")")[2].split()[0] in "Tt" or score.strip() == "500"


@contextlib.contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Set up a scene below `folder`."""
    with Scene(folder) as made:
        yield made


def attained(attack: Attack, scene: Scene, grader: Grader, wait: float) -> set[str]:
    """Grade an attack and return all that it has attained.

    `wait` is for how many seconds it gives what watches it time to notice.
    """
    path = scene.folder / "attack.py"
    path.write_text(attack.source, encoding="utf-8")
    host = grader.host
    losses = host.losses
    submission, exercise = read_submission(path), scene.course.exercise(attack.exercise)
    for _ in range(2 if "twice" in attack.notes else 1):
        scene.set(wait=wait, patience=PATIENCE)
        result = grader.grade(submission, exercise, 0)
    found = judge(result) | scene.harm()
    if host.losses > losses:
        found.add("host")
    if list(host._scratch.iterdir()) or _processes_left(host):
        found.add("left")
    return found


def judge(result: Result) -> set[str]:
    """Return what a result says an attack has attained."""
    found = set()
    by_function = {check.function: check for check in result.checks}
    if result.status != "graded":
        found.add("ungraded")
    if by_function["attack"].outcome is Outcome.PASSED:
        found.add("earned")
    if not all(by_function[name].outcome is Outcome.PASSED for name in ("double", "total")):
        found.add("honest")
    if len(result.to_json()) > _OUTPUT:
        found.add("output")
    return found


def _processes_left(host: SandboxHost) -> bool:
    """Return whether there are processes below the host's own, and end them."""
    top = getattr(host._processes, "_process", None)
    if top is None:
        return False
    most = 1 if "bubblewrap" in host.isolation.layers else 0
    for _ in range(100):
        below = processes.descendants(top.pid)
        if len(below) <= most:
            return False
        time.sleep(0.02)
    for process in below:
        processes.send(process, signal.SIGKILL)
    return True
