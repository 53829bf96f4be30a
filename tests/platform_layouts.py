"""Running a package's entry script as a platform does: its paths, its environment, its user.

bubblewrap gives a file system in which /autograder, /grade, /shared, ... are where the platform
has them, and lets no further namespaces be made, as most containers do.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.platforms.platform import Platform, Run
from grader.platforms.trial import Ran, install, read_documents

ROOT = Path(__file__).parent.parent
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc")
USERS = {"root": 0, "ordinary": 1000}
SECONDS = 600


@functools.cache
def lacking() -> str:
    """Why such a file system cannot be had here; nothing where it can."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    words = [*outer(1000), "--ro-bind", "/", "/", "true"]
    done = subprocess.run(words, capture_output=True, check=False)
    return "" if done.returncode == 0 else done.stderr.decode()


def outer(user: int) -> list[str]:
    """The words that set up the container: a user, and no namespaces within."""
    namespaces = ["--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc"]
    ids = ["--uid", str(user), "--gid", str(user), "--cap-drop", "ALL"]
    return ["bwrap", *namespaces, "--die-with-parent", *ids]


def run_inside(
    platform: Platform,
    package: Path,
    submission: Path | None,
    exercise: str,
    user: str,
    cache: Path | None = None,
) -> Ran:
    """Lay out a package and a submission, and start the entry script in it.

    `cache` is a folder in which what was worked out for the course by others is found, and kept:
    without one the container is as on its first day.
    """
    if lacking():
        pytest.skip(lacking())
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root").resolve()
        root.mkdir()
        run = platform.lay(root, package, submission, exercise)
        install(root / run.venv)
        relocate(root)
        return start(run, root, user, cache)


def relocate(root: Path) -> None:
    """Take the folder's own path out of what was laid out: inside, it is the root."""
    for path in root.rglob("*"):
        if path.is_file() and path.stat().st_size < 10_000 and "course" not in path.parts:
            data = path.read_bytes()
            if os.fsencode(root) in data and "venv" not in path.parts:
                path.write_bytes(data.replace(os.fsencode(root), b""))


def start(run: Run, root: Path, user: str, cache: Path | None = None) -> Ran:
    words = outer(USERS[user])
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    words += bound("--ro-bind", [Path(name) for name in SYSTEM if Path(name).exists()])
    for path in sorted(root.iterdir()):
        words += ["--bind", str(path), f"/{path.name}"]
    words += bound("--ro-bind", sorted({Path(sys.prefix), Path(sys.base_prefix), ROOT}))
    path = f"{sys.base_prefix}/bin:/usr/bin:/bin"
    environment = {"PATH": path, "LANG": "C.UTF-8", **run.environment}
    if cache is not None:
        words += ["--bind", str(cache), "/cache"]
        environment["XDG_CACHE_HOME"] = "/cache"
    words += ["--clearenv"]
    for name, value in environment.items():
        words += ["--setenv", name, value.replace(str(root), "")]
    words += ["--chdir", f"/{run.working}"]
    command = [word.replace(str(root), "") for word in run.command]
    done = subprocess.run(
        [*words, *command],
        input=run.input.replace(str(root), "").encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if run.joined else subprocess.PIPE,
        check=False,
        timeout=SECONDS,
    )
    output = done.stdout.decode("utf-8", "replace")
    errors = (done.stderr or b"").decode("utf-8", "replace")
    return Ran(done.returncode, read_documents(run, root, output), output, errors)


def bound(how: str, paths: list[Path]) -> list[str]:
    return [word for path in paths for word in (how, str(path), str(path))]
