"""`bpgrade doctor --server`: what is said of a server that is well, and of each thing amiss."""

from __future__ import annotations

import http.server
import json
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from command import run_command
from old_server import checked, old_data
from serving import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of a server that has been restored, and doesn't run."""
    folder = tmp_path_factory.mktemp("doctor")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    old = old_data(folder / "old", "", course, checked(folder, course))
    assert run_command("serve", "backup", folder / "a.zip", "--data", old).returncode == 0
    data = folder / "data"
    assert run_command("serve", "restore", folder / "a.zip", "--data", data).returncode == 0
    change(data, lambda known: known.update(address=f"http://127.0.0.1:{free_port()}"))
    return data


def change(data: Path, how: Callable[[dict[str, object]], None]) -> None:
    path = data / "server.json"
    known = json.loads(path.read_text("utf-8"))
    how(known)
    path.write_text(json.dumps(known), encoding="utf-8")


def asked(data: Path) -> tuple[int, str]:
    done = run_command("doctor", "--server", "--data", data)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_server_that_is_well(kept: Path, tmp_path: Path):
    code, told = asked(kept)
    assert code == 0, told
    for name in ("strict isolation", "packages", "data folder", "disk", "course", "address",
                 "database", "clock", "worker"):  # fmt: skip
        assert f"yes  {name}" in told, told
    assert "SQLite" in told
    assert "1 waiting, 0 being graded" in told
    document = json.loads(run_command("doctor", "--server", "--data", kept, "--json").stdout)
    assert (document["schema"], document["holds"]) == ("bpgrade-doctor-server/1", True)
    assert not [*kept.glob("*.new"), *kept.glob(".*.tmp")]
    code, told = asked(tmp_path / "none")
    assert (code, "no server has been started" in told) == (3, True)
    unnamed = run_command("doctor", "--server")
    assert (unnamed.returncode, "--data DIR" in unnamed.stderr) == (2, True)


def test_what_is_amiss_is_told_with_what_to_do(kept: Path, tmp_path: Path):
    def without_zone(data: Path) -> None:
        course = tmp_path / "no zone"
        shutil.copytree(kept.parent / "course", course)
        path = course / "exercises" / "course.toml"
        lines = path.read_text("utf-8").splitlines()
        kept_lines = [line for line in lines if not line.startswith(("time_zone", "deadline"))]
        place = kept_lines.index("[exercises.exercise1]") + 1
        kept_lines.insert(place, "deadline = 2030-01-01T00:00:00Z")
        path.write_text("\n".join(kept_lines), encoding="utf-8")
        change(data, lambda known: known.update(courses=[str(course)]))

    def from_the_future(data: Path) -> None:
        with closing(sqlite3.connect(data / "server.sqlite3")) as database, database:
            database.execute("UPDATE server_attempt SET handed_in = '2090-01-01 00:00:00'")

    def newer(data: Path) -> None:
        with closing(sqlite3.connect(data / "server.sqlite3")) as database, database:
            database.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('server', '9999_later', '2030-01-01')"
            )

    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    taken = f"http://127.0.0.1:{other.server_port}"
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    cases: dict[str, tuple[Callable[[Path], object], str]] = {
        "open": (lambda data: data.chmod(0o755), "chmod 700"),
        "clear": (
            lambda data: change(data, lambda known: known.update(address="http://192.0.2.1:1")),
            "--address https://",
        ),
        "taken": (
            lambda data: change(data, lambda known: known.update(address=taken)),
            "choose --port",
        ),
        "no database": (lambda data: (data / "server.sqlite3").unlink(), "bpgrade serve restore"),
        "away": (
            lambda data: change(data, lambda known: known.update(database=nowhere)),
            "check the address after --database",
        ),
        "newer": (newer, "pip install --upgrade"),
        "no course": (
            lambda data: change(data, lambda known: known.update(courses=["/nowhere"])),
            "no  course /nowhere",
        ),
        "zone": (without_zone, "write time_zone ="),
        "clock": (from_the_future, "set both by NTP"),
    }
    for name, (spoil, remedy) in cases.items():
        data = tmp_path / name
        shutil.copytree(kept, data)
        change(data, lambda known, data=data: known.update(data=str(data)))
        spoil(data)
        code, told = asked(data)
        assert (code, remedy in told) == (3, True), f"{name}: {told}"
    other.shutdown()
    other.server_close()
