"""A server of an older version, brought up to date; backups while it runs, and back from them."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import old_server
import pytest
from command import run_command
from old_server import checked, old_data
from serving import PASSWORD, POSTGRESQL, RIGHT, Served, Visitor, database, served
from thoroughness import thorough
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
TASK = "/c/course/e/exercise1/"
OLD = "/c/course/attempt/1/"
KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup") / "course"
    assert run_command("author", "new", folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Run a PostgreSQL for all tests here; return its address without a database."""
    if POSTGRESQL is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    with database() as found:
        yield found.address.rpartition("/")[0]


def empty_database(cluster: str, name: str) -> str:
    import psycopg

    with psycopg.connect(f"{cluster}/bp", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{cluster}/{name}"


@pytest.fixture(scope="module")
def result(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checked(tmp_path_factory.mktemp("result"), course)


def logged_in(running: Served, name: str) -> Visitor:
    visitor = Visitor(running.address)
    assert visitor.post("/login/", username=name, password=PASSWORD).status == 200
    return visitor


def graded(visitor: Visitor, attempt: str) -> str:
    wait_for(lambda: '"ended": true' in visitor.get(attempt + "state/").text, "it is graded")
    return visitor.get(attempt).text


def looked_over(running: Served) -> None:
    """Read what the old version has left, and go on with it."""
    ada, instructor = (logged_in(running, name) for name in ("ada", "instructor"))
    assert "7 / 10" in ada.get("/c/course/").text  # as was decided
    assert "mean" in ada.get(OLD + "report/").text
    assert "2026-03-01 12:00" in ada.get(TASK).text
    assert ada.get(OLD + "file/").text == old_server.CODE.decode()
    assert graded(logged_in(running, "grace"), "/c/course/attempt/2/")  # which was waiting
    assert "seen in class" in instructor.get("/c/course/desk/decisions/").text
    assert "score 7" in instructor.get("/c/course/desk/audit/").text
    assert "grace" in instructor.get("/c/course/desk/grades.csv").text
    link = f"/link/{old_server.TOKEN}/"
    assert Visitor(running.address).post(link, password=PASSWORD).status == 200
    new = ada.post(TASK + "submit/", page=TASK, code=RIGHT).address
    assert "10 / 10" in graded(ada, new.removeprefix(running.address))


@pytest.mark.parametrize("kind", thorough(KINDS, but=["sqlite"]))
def test_an_older_server_is_brought_up_to_date_backed_up_and_restored(
    kind: str, course: Path, result: Path, cluster: str, tmp_path: Path
):
    address = "" if kind == "sqlite" else empty_database(cluster, "old")
    data = old_data(tmp_path / "data", address, course, result)
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    assert run_command("serve", "backup", before, "--data", data).returncode == 0
    with served(course, data) as running:  # which knows its database from the last time
        looked_over(running)
        ada = logged_in(running, "ada")
        with ThreadPoolExecutor(1) as beside:
            posts = beside.map(
                lambda _: ada.post(TASK + "submit/", page=TASK, code=RIGHT).status, range(5)
            )
            saved = run_command("serve", "backup", after, "--data", data)
            assert list(posts) == [200] * 5
        assert saved.returncode == 0, saved.stderr
        well = run_command("doctor", "--server", "--data", data)  # with the port of another start
        assert "up to date" in well.stdout, well.stdout
        assert ("PostgreSQL" if address else "SQLite") in well.stdout
        cookies = ada.cookies()
    assert after.stat().st_mode & 0o777 == 0o600
    assert "already exists" in run_command("serve", "backup", after, "--data", data).stderr
    assert not list(tmp_path.glob(".bpgrade*"))

    backup, name = (before, "before") if kind == "sqlite" else (after, "after")
    other = empty_database(cluster, "restored") if kind == "sqlite" else ""
    words = ["--data", tmp_path / name, *(["--database", other] if other else [])]
    restored = run_command("serve", "restore", backup, *words)
    assert restored.returncode == 0, restored.stderr
    assert "4 people" in restored.stdout
    again = run_command("serve", "restore", backup, *words)
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
    (tmp_path / "second").mkdir()
    if kind == "sqlite":
        into = run_command(
            "serve", "restore", before, "--data", tmp_path / "second", "--database", other
        )
        assert (into.returncode, "is not empty" in into.stderr) == (2, True)
        assert not list((tmp_path / "second").iterdir())
    if kind == "sqlite":
        with served(course, tmp_path / name) as running:
            looked_over(running)
        return
    with served(course, tmp_path / name) as running:
        known = Visitor(running.address)
        for cookie in cookies.split("; "):
            known.keep(*cookie.split("=", 1))
        assert known.get(TASK).text.count("/attempt/") >= 2  # the session goes on
        new = known.post(TASK + "submit/", page=TASK, code=RIGHT).address
        assert "10 / 10" in graded(known, new.removeprefix(running.address))


@pytest.fixture(scope="module")
def whole(course: Path, result: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a server's data and a backup of it."""
    folder = tmp_path_factory.mktemp("whole")
    old_data(folder / "data", "", course, result)
    assert run_command("serve", "backup", folder / "a.zip", "--data", folder / "data").stderr == ""
    return folder


def test_a_damaged_or_newer_backup_changes_nothing(whole: Path, tmp_path: Path):
    backup = (whole / "a.zip").read_bytes()
    newer = tmp_path / "data"
    shutil.copytree(whole / "data", newer)
    with closing(sqlite3.connect(newer / "server.sqlite3")) as changed, changed:
        changed.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('server', '9999_later', '2030-01-01')"
        )
    assert run_command("serve", "backup", tmp_path / "newer.zip", "--data", newer).returncode == 0
    cases = {
        "cut": (backup[: len(backup) // 2], "is damaged or not a backup"),
        "changed": (changed_inside(whole / "a.zip", tmp_path), "is damaged or not a backup"),
        "no zip": (b"not a zip", "is damaged or not a backup"),
        "newer": ((tmp_path / "newer.zip").read_bytes(), "the database is from a newer bpgrade"),
    }
    for name, (content, told) in cases.items():
        file, data = tmp_path / f"{name}.backup", tmp_path / f"{name} data"
        file.write_bytes(content)
        done = run_command("serve", "restore", file, "--data", data)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
        assert not data.exists()
    started = run_command("serve", "--course", whole.parent, "--data", newer)
    assert started.returncode != 0
    for file in (tmp_path / "none.zip", Path("/dev/zero")):
        missing = run_command("serve", "restore", file, "--data", tmp_path / "none")
        assert f"{file} cannot be read" in missing.stderr


def changed_inside(backup: Path, folder: Path) -> bytes:
    """Return a backup that is a whole zip, but whose key is not the one that was backed up."""
    path = folder / "changed.zip"
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"guessed" if name == "secret" else old.read(name))
    return path.read_bytes()


def test_a_full_disk_or_ctrl_c_leaves_nothing_half(whole: Path, tmp_path: Path):
    words = [sys.executable, "-m", "grader", "serve"]
    data = tmp_path / "data"
    for command in (
        [*words, "backup", str(tmp_path / "b.zip"), "--data", str(whole / "data")],
        [*words, "restore", str(whole / "a.zip"), "--data", str(data)],
    ):
        full = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        )  # fmt: skip
        assert full.returncode != 0
        assert "is full: not everything could be written" in full.stderr, full.stderr
        assert "Traceback" not in full.stderr, full.stderr
        assert not list(tmp_path.glob("*.zip"))
        assert not list(tmp_path.glob(".bpgrade*"))
        assert not data.exists()
    large = tmp_path / "large"
    shutil.copytree(whole / "data", large)
    with closing(sqlite3.connect(large / "server.sqlite3")) as changed, changed:
        changed.execute("CREATE TABLE large AS SELECT randomblob(40000000) AS content")
    assert run_command("serve", "backup", tmp_path / "large.zip", "--data", large).returncode == 0
    for command, begun in (
        ([*words, "backup", str(tmp_path / "b.zip"), "--data", str(large)], ".bpgrade-*/*.sqlite3"),
        ([*words, "restore", str(tmp_path / "large.zip"), "--data", str(data)], "data/.rest*/*"),
    ):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        wait_for(lambda begun=begun: list(tmp_path.glob(begun)), "it is at it")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1].strip() == "bpgrade: stopped"
        assert process.returncode == 130
        assert not (tmp_path / "b.zip").exists()
        assert not list(tmp_path.glob(".bpgrade*"))
        assert not data.exists()
