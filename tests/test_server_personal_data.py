"""One person's data: taken out, and deleted with all that names them."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import old_server
import pytest
from command import run_command
from old_server import checked, old_data
from serving import PASSWORD, RIGHT, Visitor, served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
TASK = "/c/course/e/exercise1/"


def mentions(database: Path, word: str) -> list[str]:
    """Return the tables and columns of a database in which a word stands."""
    found = set()
    with closing(sqlite3.connect(database)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        for table in tables:
            if not table.startswith("sqlite_autoindex") and is_table(connection, table):
                cursor = connection.execute(f'SELECT * FROM "{table}"')
                for row in cursor:
                    for column, value in zip(cursor.description, row, strict=True):
                        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                        if re.search(rf"\b{word}\b", text):
                            found.add(f"{table}.{column[0]}")
    return sorted(found)


def is_table(connection: sqlite3.Connection, name: str) -> bool:
    kind = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", [name]).fetchone()
    return kind == ("table",)


def test_a_persons_data_is_taken_out_and_deleted_while_the_server_runs(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    data = old_data(tmp_path / "data", "", course, checked(tmp_path, course))
    words = ["--data", data]
    early = run_command("serve", "export-person", "ada", tmp_path / "early.zip", *words)
    assert "start the server once" in early.stderr
    with served(course, data) as running:
        ada, grace, instructor = (Visitor(running.address) for _ in range(3))
        for visitor, name in ((ada, "ada"), (grace, "grace"), (instructor, "instructor")):
            assert visitor.post("/login/", username=name, password=PASSWORD).status == 200
        assert (
            "/attempt/"
            in ada.post(TASK + "submit/", page=TASK, code="x = 1  # ada was here").address
        )
        assert len(mentions(data / "server.sqlite3", "ada")) >= 5
        for name, role in (("kim", "instructor"), ("ada", "assistant")):
            roster = ("roster", "people.csv", f"id,name\n{name},\n")
            assert instructor.upload("/c/course/desk/people/", roster, role=role).status == 200

        nobody = run_command("serve", "export-person", "nobody", tmp_path / "n.zip", *words)
        assert (nobody.returncode, "nobody logs in as" in nobody.stderr) == (2, True)
        taken = run_command("serve", "export-person", "ada", tmp_path / "ada.zip", *words)
        assert taken.returncode == 0, taken.stderr
        assert (tmp_path / "ada.zip").stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
            assert not any("\\" in name or ".." in name for name in archive.namelist())
            files = {name: archive.read(name) for name in archive.namelist()}
        assert files["Attempt/1-exercise1.py"] == old_server.CODE
        assert b"x = 1  # ada was here" in files.values()
        [person] = json.loads(files["Person.json"])
        assert (person["username"], person["name"], "password" in person) == (
            "ada",
            "ada N.",
            False,
        )
        assert json.loads(files["RecordedDecision.json"])[0]["student"] == "ada"
        assert len(json.loads(files["GradedResult.json"])) >= 1
        assert "grace" not in "".join(text.decode() for text in files.values())

        asked = run_command("serve", "delete-person", "ada", *words)  # nobody answers
        assert asked.returncode != 0
        assert "\n  attempt: 2\n" in asked.stdout
        assert ada.get(TASK).address.endswith(TASK)
        gone = run_command("serve", "delete-person", "ada", "--yes", *words)
        assert gone.returncode == 0, gone.stderr
        assert ada.get(TASK).address.endswith(f"/login/?next={TASK}")
        assert ada.post("/login/", username="ada", password=PASSWORD).status == 403
        assert instructor.get("/c/course/attempt/1/").status == 404
        audit = instructor.get("/c/course/desk/audit/").text
        assert "deleted person 1" in audit  # what was decided is there, on whom is not
        assert "score 7" in audit
        assert "grace" in instructor.get("/c/course/desk/").text
        assert "/attempt/" in grace.post(TASK + "submit/", page=TASK, code=RIGHT).address
        assert run_command("serve", "delete-person", "instructor", "--yes", *words).returncode == 0
        log = running.log()
    assert "ada" not in log
    with closing(sqlite3.connect(data / "server.sqlite3")) as database:
        said = database.execute("SELECT about FROM server_auditentry").fetchall()
    assert ("deleted person 1",) in said
    assert {("kim: instructor",), ("deleted person 1: student -> assistant",)} <= set(said)
    assert mentions(data / "server.sqlite3", "ada") == []
    told = mentions(data / "server.sqlite3", "instructor")  # as a role alone
    assert told == ["server_auditentry.about", "server_membership.role"]
    assert mentions(data / "server.sqlite3", "grace") != []


def test_of_every_model_somebody_has_said_what_becomes_of_a_persons_rows(tmp_path: Path):
    code = (
        "import sys\n"
        "from grader.server.configuration import *\n"
        "c = Configuration(sys.argv[1], ())\n"
        "write(c); set_up(c)\n"
        "from django.apps import apps\n"
        "from grader.server.operations import personal_data as p\n"
        "labels = {m._meta.label for m in apps.get_models(include_auto_created=True)}\n"
        "owned = {m._meta.label for m in p.owned()}\n"
        "print(p.undecided(), sorted({*p.BY_NAME, *p.NOBODYS} - labels),\n"
        "      sorted(owned & {*p.BY_NAME, *p.NOBODYS}), 'server.GradedResult' in owned)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "data")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[] [] [] True\n", "say it in grader/server/operations/personal_data.py"
