"""A server that can't start: one line on why, one on what to do, and all stays as it was."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from command import run_command
from serving import PASSWORD, RIGHT, Visitor, answers, first_instructor, free_port, served
from thoroughness import thorough
from waiting import wait_for

from grader.errors import UsageError
from grader.server import addresses

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "course"
    assert run_command("author", "new", folder).returncode == 0
    return folder


def refused(code: int, told: str, *words: object) -> str:
    """Have a command refused with a code, in two lines that have this in them; return them."""
    done = run_command(*words)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert told in done.stderr
    assert done.stderr.count("\n") == 2, done.stderr
    assert "\n  -> " in done.stderr
    return done.stderr


WRONG_WORDS = {
    "no course": ("--data {tmp}/d/e", "no course is named"),
    "no folder": ("--course {course}", "no folder for the server is named"),
    "a course that is not there": ("--course {tmp}/none --data {tmp}/d/e", "is not a course"),
    "what students get": ("--course {tmp}/handout --data {tmp}/d/e", "is not a course"),
    "two courses of a name": (
        "--course {course} --course {tmp}/copy --data {tmp}/d/e",
        "are both courses of the name course",
    ),
    "a worker without a server": ("--worker --data {tmp}/d/e", "no server has been started"),
    "data in a file": ("--course {course} --data {tmp}/file/d", "cannot be written to"),
    "another database": (
        "--course {course} --data {tmp}/d/e --database mysql://u:geheim@127.0.0.1/x",
        "mysql://u:***@127.0.0.1/x is not the address of a database",
    ),
    "a password with a slash": (
        "--course {course} --data {tmp}/d/e --database postgresql://u:ge/heim@127.0.0.1/x",
        "postgresql://u:***@127.0.0.1/x is not the address of a database",
    ),
    "a database's port": (
        "--course {course} --data {tmp}/d/e --database postgresql://127.0.0.1:99999/x",
        "is not the address of a database",
    ),
    "a database's host": (
        "--course {course} --data {tmp}/d/e --database postgresql://[::1/x",
        "is not the address of a database",
    ),
    "a database that is away": (
        "--course {course} --data {tmp}/d/e --database postgresql://u:geheim@127.0.0.1:1/y",
        "the database cannot be used",
    ),
    "an unknown option of a database": (
        "--course {course} --data {tmp}/d/e --database postgresql://u@127.0.0.1:1/y?mode=x",
        "the database cannot be used",
    ),
    "an address without https": (
        "--course {course} --data {tmp}/d/e --address grade.example.org",
        "'grade.example.org' is not an address that browsers can use",
    ),
    "an address with a path": (
        "--course {course} --data {tmp}/d/e --address https://example.org/grade",
        "without a path",
    ),
    "a host of nobody": (
        "--course {course} --data {tmp}/d/e --host nowhere.invalid",
        "cannot listen at http://nowhere.invalid:8000",
    ),
    "a host of others": (
        "--course {course} --data {tmp}/d/e --host 192.0.2.1",
        "cannot listen at http://192.0.2.1:8000: Cannot assign requested address",
    ),
}


@pytest.mark.parametrize("name", WRONG_WORDS)
def test_wrong_words_are_refused_and_not_kept(name: str, course: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    (tmp_path / "handout").mkdir()
    shutil.copytree(course, tmp_path / "copy")
    words, told = WRONG_WORDS[name]
    filled = [word.format(tmp=tmp_path, course=course) for word in words.split()]
    said = refused(2, told, "serve", *filled)
    assert "heim" not in said
    assert not (tmp_path / "d").exists()


def test_a_port_that_is_taken_is_told(course: Path, tmp_path: Path):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as another server has it
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        words = ["serve", "--course", course, "--data", tmp_path / "d", "--port", port]
        refused(2, f"127.0.0.1:{port}: Address already in use", *words)
    assert not (tmp_path / "d").exists()


def test_a_port_is_kept_from_the_first_look_at_it():
    port = free_port()

    def another(*options: int) -> bool:
        """Return whether another program, with these options, can have the port."""
        with socket.socket() as other:
            for option in options:
                other.setsockopt(socket.SOL_SOCKET, option, 1)
            try:
                other.bind(("127.0.0.1", port))
                other.listen()
            except OSError:
                return False
        return True

    with addresses.claimed("localhost", port) as number:
        assert number == "127.0.0.1"
        assert not another()
        assert not another(socket.SO_REUSEADDR)
        assert another(socket.SO_REUSEADDR, socket.SO_REUSEPORT)  # as our own web server asks
        with (
            pytest.raises(UsageError, match="Address already in use"),
            addresses.claimed("127.0.0.1", port),
        ):
            pass
    assert another()


def test_a_port_that_is_taken_after_all_is_told(begun: Path):
    code = """
import sys
from pathlib import Path
from grader.cli.group import report
from grader.errors import BpgradeError
from grader.server import configuration, serving
try:
    place = "127.0.0.1", int(sys.argv[2])
    serving.run(configuration.read(Path(sys.argv[1])), *place, 1, lambda: None)
except BpgradeError as error:
    report(error)
    sys.exit(error.exit_code)
"""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", code, str(begun), str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 2
    place = f"http://127.0.0.1:{port}"
    assert done.stderr.splitlines() == [
        f"bpgrade: cannot listen at {place}: Address already in use",
        "  -> choose another place with --port and --host",
    ]


def test_a_second_server_leaves_the_first_one_alone_which_makes_a_key_that_is_empty_anew(
    course: Path, tmp_path: Path
):
    data = tmp_path / "data"
    words = ["serve", "--course", course, "--data", data]
    with served(course, data) as running:
        kept = (data / "server.json").read_bytes()
        refused(2, "is running in", *words, "--port", free_port())
        assert (data / "server.json").read_bytes() == kept
        first_instructor(running)  # by the link that the first one has printed
        away = "postgresql://nobody@127.0.0.1:1/none"
    said = refused(2, "keeps its data in SQLite", *words, "--database", away, "--port", free_port())
    assert "bpgrade serve backup and restore --database" in said
    assert (data / "server.json").read_bytes() == kept
    (data / "secret").write_bytes(b"")  # as a full disk may have left it
    with served(course, data) as again:
        assert again.link == ""
        back = Visitor(again.address)
        assert back.post("/login/", username="instructor", password=PASSWORD).status == 200
        assert len((data / "secret").read_text("ascii")) > 80
        assert (data / "secret").stat().st_mode & 0o077 == 0
    assert json.loads((data / "server.json").read_text("utf-8"))["courses"] == [str(course)]


@pytest.mark.parametrize("host", thorough(["localhost", "::1"], but=["::1"]))
def test_a_host_has_a_name_or_a_number_of_either_kind(host: str, course: Path, tmp_path: Path):
    with served(course, tmp_path / "data", host=host) as running:
        assert running.link.startswith(f"{running.address}/link/")
        first_instructor(running)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGE = {
    "settings cut short": (
        lambda data: (data / "server.json").write_text("{", "utf-8"),
        "server.json is damaged",
    ),
    "settings of a later version": (
        lambda data: (data / "server.json").write_text('{"courses": [], "colour": 1}', "utf-8"),
        "a newer bpgrade has written",
    ),
    "a database that is none": (
        lambda data: (data / "server.sqlite3").write_bytes(b"nothing of the kind" * 100),
        "the database cannot be used: file is not a database",
    ),
    "a folder for a database": (
        lambda data: ((data / "server.sqlite3").unlink(), (data / "server.sqlite3").mkdir()),
        "the database cannot be used: unable to open database file",
    ),
}


@pytest.fixture(scope="module")
def begun(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("begun") / "data"
    with served(course, data):
        wait_for((data / "server.json").exists, "it has started")
    return data


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_damaged_is_named_and_left_alone(
    name: str, course: Path, begun: Path, tmp_path: Path
):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    for left in data.glob("server.sqlite3-*"):
        left.unlink()
    spoil, told = DAMAGE[name]
    spoil(data)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    said = refused(2, told, "serve", "--course", course, "--data", data, "--port", free_port())
    assert "after --database" not in said
    assert "DIR" not in said
    after = {name: (data / name).read_bytes() for name in before}
    assert after == before


@pytest.mark.parametrize("command", ["backup {tmp}/a.zip", "export-person ada {tmp}/ada.zip"])
def test_settings_that_cannot_be_read_are_not_taken_for_none(
    command: str, begun: Path, tmp_path: Path
):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    (data / "server.json").unlink()
    (data / "server.json").mkdir()  # root, too, may not read it as a file
    words = [word.format(tmp=tmp_path) for word in command.split()]
    refused(2, "server.json cannot be read: Is a directory", "serve", *words, "--data", data)


def changed(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "server.sqlite3")) as database, database:
        database.execute(statement)


OTHERS = {
    "none": (lambda data: (data / "server.sqlite3").unlink(), "no such database: {data}"),
    "newer": (
        lambda data: changed(
            data,
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('server', '9999_later', '2030-01-01')",
        ),
        "the database is from a newer bpgrade: 9999_later",
    ),
    "older": (
        lambda data: changed(
            data, "DELETE FROM django_migrations WHERE app = 'server' AND name > '0003'"
        ),
        "the database is from an older bpgrade",
    ),
}


@pytest.mark.parametrize(
    ("command", "name"),
    thorough(
        itertools.product(["--worker", "export-person instructor {tmp}/a.zip", "sync"], OTHERS),
        but=lambda case: case[0] == "--worker",
    ),
)
def test_no_other_database_is_used_or_made(name: str, command: str, begun: Path, tmp_path: Path):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    spoil, told = OTHERS[name]
    spoil(data)
    words = [word.format(tmp=tmp_path) for word in command.split()]
    refused(2, told.format(data=data), "serve", *words, "--data", data)
    assert (data / "server.sqlite3").exists() is (name != "none")


def test_a_copy_of_a_folder_has_its_own_database(begun: Path, tmp_path: Path):
    data = tmp_path / "copy"
    shutil.copytree(begun, data)
    words = ("delete-person", "instructor", "--yes", "--data", data)
    assert run_command("serve", *words).returncode == 0
    refused(2, "instructor", "serve", "export-person", "instructor", tmp_path / "a", "--data", data)
    words = ("export-person", "instructor", tmp_path / "b.zip", "--data", begun)
    assert run_command("serve", *words).returncode == 0


@pytest.mark.parametrize(
    "command",
    thorough(
        ["backup {tmp}/a.zip", "export-person ada {tmp}/a.zip", "delete-person ada --yes", "sync"],
        but=["backup {tmp}/a.zip"],
    ),
)
def test_a_command_tells_that_the_database_is_away(command: str, begun: Path, tmp_path: Path):
    data = tmp_path / "data"
    shutil.copytree(begun, data)
    known = json.loads((data / "server.json").read_text("utf-8"))
    known["database"] = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    (data / "server.json").write_text(json.dumps(known), encoding="utf-8")
    words = [word.format(tmp=tmp_path) for word in command.split()]
    refused(2, "the database cannot be used: connection failed", "serve", *words, "--data", data)
    assert list(tmp_path.iterdir()) == [data]


@pytest.mark.parametrize("number", thorough([signal.SIGINT, signal.SIGTERM], but=[signal.SIGINT]))
def test_one_that_a_script_starts_in_the_background_is_stopped_and_takes_no_code_of_its_folder(
    number: signal.Signals, course: Path, tmp_path: Path
):
    """A shell has such a program ignore Ctrl-C, which is meant for what is in front."""
    marker = tmp_path / "imported"
    started_in = tmp_path / "a clone"
    for name in ("grader", "django", "granian", "csp"):
        package = started_in / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"open({str(marker)!r}, 'w')\nraise SystemExit(1)\n")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-P", "-m", "grader", "serve", "--course", str(course)]
    words += ["--data", str(tmp_path / "data"), "--port", str(port)]
    command = 'trap "" INT; "$@" & echo $!; wait $!'
    with subprocess.Popen(
        ["sh", "-c", command, "sh", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=started_in,
        env={**os.environ, "BPGRADE_LANG": "en"},
    ) as shell:
        assert shell.stdout is not None
        process = int(shell.stdout.readline())
        told = ""
        while "Ctrl-C" not in told:
            line = shell.stdout.readline()
            assert line, f"the server ended: {told}"
            told += line
        [link] = re.findall(r"/link/\S+/", told)
        wait_for(lambda: answers(address), "the server answers")
        visitor = Visitor(address)
        assert visitor.post(link, password=PASSWORD).status == 200
        page = "/c/course/e/exercise1/"
        handed_in = visitor.post(f"{page}submit/", page=page, code=RIGHT)
        state = handed_in.address.removeprefix(address) + "state/"
        wait_for(lambda: '"ended": true' in visitor.get(state).text, "it is graded")
        os.kill(process, number)
        assert shell.wait(60) == 0
    assert not answers(address)
    assert not marker.exists()


def test_the_readme_serves_a_course(tmp_path: Path):
    words = [
        re.findall(r"^bpgrade serve --course (\S+)", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        for page in ("README.md", "README.zh.md")
    ]
    assert words == [["."], ["."]]
    with served(ROOT / words[0][0], tmp_path / "data") as running:
        assert "/c/backpropagation/" in first_instructor(running).get("/").text
