"""Makes a server as an older version has left it: its tables, with something in each of them.

    python tests/old_server.py DATA DATABASE COURSE RESULT

RESULT is a result document of exercise1. DATABASE may be empty, for SQLite.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from command import run_command

from grader.server import configuration
from grader.server.configuration import Configuration

LAST = ("server", "0002_recorded_decisions")
PASSWORD = "a long enough password"
CODE = b"def mean(numbers):\n    return 1\n"
TOKEN = "a-link-of-the-old-server"
HANDED_IN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def checked(folder: Path, course: Path) -> Path:
    """Return a result document, in a folder, of what was handed in."""
    (folder / "exercise1.py").write_bytes(CODE)
    found = run_command("check", "--json", "--course", course, folder / "exercise1.py")
    path = folder / "result.json"
    path.write_text(found.stdout, encoding="utf-8")
    return path


def old_data(folder: Path, address: str, course: Path, result: Path) -> Path:
    """Return the folder of a server as an older version has left it."""
    words = [sys.executable, __file__, str(folder), address, str(course), str(result)]
    subprocess.run(words, check=True, timeout=120)
    return folder


def main(data: str, database: str, course: str, result: str) -> None:
    made = Configuration(data, (course,), database, "http://127.0.0.1:8000")
    configuration.write(made)
    configuration.set_up(made)
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] != "server"]
    executor.migrate([LAST, *others])
    apps = executor.loader.project_state([LAST, *others]).apps
    fill(lambda name: apps.get_model("server", name), course, Path(result).read_text("utf-8"))


def fill(model: Any, course: str, result: str) -> None:
    from django.contrib.auth.hashers import make_password

    known = make_password(PASSWORD)
    people = {
        name: model("Person").objects.create(
            username=name, name=f"{name} N.", password=known, is_administrator=name == "instructor"
        )
        for name in ("ada", "grace", "instructor", "kurt")
    }
    served = model("ServedCourse").objects.create(name=Path(course).name, folder=course)
    for name, role in (("ada", "student"), ("grace", "student"), ("kurt", "assistant")):
        model("Membership").objects.create(
            person=people[name], course=served, role=role, section="A"
        )
    document = json.loads(result)
    for number, name in enumerate(("ada", "grace"), start=1):
        attempt = model("Attempt").objects.create(
            person=people[name], course=served, exercise="exercise1", number=1,
            file_name="exercise1.py", content=CODE, sha256=hashlib.sha256(CODE).hexdigest(),
        )  # fmt: skip
        model("Attempt").objects.filter(pk=attempt.pk).update(handed_in=HANDED_IN)
        is_graded = name == "ada"
        state = "graded" if is_graded else "waiting"
        model("Job").objects.create(attempt=attempt, state=state)
        if is_graded:
            model("GradedResult").objects.create(
                attempt=attempt, version="v1", status="graded", score=document["score"],
                max_score=document["max_score"], document=result,
            )  # fmt: skip
            decide(model, served, number)
    model("Invitation").objects.create(
        token_digest=hashlib.sha256(TOKEN.encode()).hexdigest(), person=people["kurt"],
        expires=datetime.now(UTC) + timedelta(days=3),
    )  # fmt: skip
    model("AuditEntry").objects.create(
        person=people["instructor"], course=served, action="decide", about="ada N. (ada): score 7"
    )


def decide(model: Any, served: Any, number: int) -> None:
    row = {
        "kind": "score", "student": "ada", "exercise": "exercise1", "value": "7", "check": "",
        "reason": "seen in class", "remark": "", "name": "ada N.", "by": "instructor",
        "at": HANDED_IN.isoformat(), "number": number, "basis": None,
    }  # fmt: skip
    model("RecordedDecision").objects.create(
        course=served, number=number, student="ada", row=json.dumps(row)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
