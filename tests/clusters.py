"""Real dask clusters for tests: a scheduler and workers, each a command of its own.

They are forks of a process that has imported dask, but for those whose environment differs."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from command import begin_dask
from warm_server import WarmCommand

Process = subprocess.Popen[bytes] | WarmCommand
DASK = [sys.executable, "-W", "ignore", "-m", "dask"]


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@dataclass
class LocalCluster:
    """A scheduler on a port that stays the same, and workers by name.

    Each worker has a folder for its temporary files, and its log beside it.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    scheduler: Process | None = None
    workers: dict[str, Process] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    def start_scheduler(self, *more: str) -> None:
        self.port = self.port or free_port(self.host)
        words = ["scheduler", "--host", self.host, "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._start("scheduler", [*DASK, *words, *more])

    def start_worker(
        self,
        name: str,
        *,
        threads: int = 1,
        preload: str = "",
        environment: dict[str, str] | None = None,
        inside: tuple[str, ...] = (),
    ) -> None:
        words = ["worker", self.address, "--nthreads", str(threads), "--no-dashboard"]
        words += ["--no-nanny", "--name", name]
        if preload:
            path = self.folder / f"{name}_preload.py"
            path.write_text(preload, encoding="utf-8")
            words += ["--preload", str(path)]
        is_usual = not (preload or inside or environment)
        words = [*inside, *DASK, *words]
        self.workers[name] = self._start(name, words, environment, is_usual=is_usual)

    def _start(
        self,
        name: str,
        words: list[str],
        environment: dict[str, str] | None = None,
        *,
        is_usual: bool = True,
    ) -> Process:
        temporary = self.temporary(name)
        temporary.mkdir(parents=True, exist_ok=True)
        variables = {**os.environ, "TMPDIR": str(temporary), **(environment or {})}
        with (self.folder / f"{name}.log").open("ab") as log:
            if is_usual:
                return begin_dask(*words[len(DASK) :], log=log, variables=variables)
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=variables,
                start_new_session=True,
            )

    def temporary(self, name: str) -> Path:
        return self.folder / f"{name}_tmp"

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def courses(self) -> list[Path]:
        """Return the private folders that there are on all workers."""
        return list(self.folder.glob("*_tmp/bpgrade-course-*"))

    def kill_worker(self, name: str) -> None:
        _kill(self.workers.pop(name))

    def kill_scheduler(self) -> None:
        assert self.scheduler is not None
        _kill(self.scheduler)

    def stop(self) -> None:
        for process in [*self.workers.values(), *filter(None, [self.scheduler])]:
            _kill(process)


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def running(folder: Path, *workers: str, host: str = "127.0.0.1") -> Iterator[LocalCluster]:
    """Give a cluster with so many workers; kill all that is left of it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = LocalCluster(folder, host)
    cluster.start_scheduler()
    try:
        for name in workers:
            cluster.start_worker(name)
        yield cluster
    finally:
        cluster.stop()


class Namespaces:
    """A bridge on this machine, and network namespaces with an address each behind it."""

    def __init__(self) -> None:
        mark = f"{os.getpid() % 100_000}"
        self.bridge = f"bp{mark}"
        self._prefix = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
        self._made: list[str] = []

    @property
    def host(self) -> str:
        return f"{self._prefix}.1"

    def make(self, number: int) -> None:
        """Raises OSError or CalledProcessError where this machine does not allow it."""
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("address", "add", f"{self.host}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        for index in range(number):
            name = f"{self.bridge}n{index}"
            _ip("netns", "add", name)
            self._made.append(name)
            outer = f"{self.bridge}v{index}"
            _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", outer, "master", self.bridge, "up")
            _ip("-n", name, "address", "add", f"{self._prefix}.{index + 2}/24", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")

    def inside(self, index: int) -> tuple[str, ...]:
        """Return the words before a command that is to run in a namespace."""
        return (str(shutil.which("ip")), "netns", "exec", self._made[index])

    def address(self, index: int) -> str:
        return f"{self._prefix}.{index + 2}"

    def remove(self) -> None:
        for name in self._made:
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                _ip("netns", "delete", name)
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            _ip("link", "delete", self.bridge)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)
