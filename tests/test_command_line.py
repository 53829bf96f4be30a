"""The command as a whole, and what a careless user meets before any command is at work."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command import run_command

from grader.cli import machine_errors
from grader.cli.streams import make_streams_last

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="uses Linux's devices and shell")

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return run_command(*arguments, folder=folder)


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell, in which "bpgrade" is the command."""
    line = f'bpgrade() {{ "{sys.executable}" -m grader "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "--norc", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def said_in_one_line(ended: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Return whether standard error is one line and its remedy, and holds all `words`."""
    lines = ended.stderr.splitlines()
    told = len(lines) == 2 and lines[0].startswith("bpgrade: ") and lines[1].startswith("  -> ")
    return told and all(word in ended.stderr for word in words)


def test_a_mistyped_command_is_guessed(tmp_path: Path):
    ended = run("chekc", "exercise1.py", folder=tmp_path)
    assert ended.returncode == 2
    assert said_in_one_line(ended, "chekc", "did you mean check?")


def test_an_unknown_command_is_answered_with_all_there_are(tmp_path: Path):
    ended = run("frobnicate", folder=tmp_path)
    assert ended.returncode == 2
    assert said_in_one_line(ended, "init", "check", "doctor")
    assert "did you mean" not in ended.stderr


@pytest.mark.parametrize("words", [(), ("author",)])
def test_without_a_command_there_is_help(words: tuple[str, ...], tmp_path: Path):
    ended = run(*words, folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == run(*words, "--help", folder=tmp_path).stdout


@on_linux
@pytest.mark.parametrize(
    "line",
    [
        "bpgrade --help > /dev/full",
        "bpgrade show exercise1 > /dev/full",
        "bpgrade init somewhere > /dev/full",
        "bpgrade init . && bpgrade check exercise1.py > /dev/full",
        "bpgrade init . && bpgrade check exercise1.py --json > /dev/full",
    ],
)
def test_output_that_fits_on_no_disk(line: str, tmp_path: Path):
    ended = shell(line, tmp_path)
    assert ended.returncode == 3
    assert said_in_one_line(ended, "full", "free some space")


@on_linux
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("bpgrade show exercise1 >&-", 0),
        ("bpgrade init . >&- 2>&-", 0),
        ("bpgrade init . > init.txt; bpgrade check exercise1.py >&- 2>&-", 1),
    ],
)
def test_no_standard_output_at_all(line: str, code: int, tmp_path: Path):
    ended = shell(line, tmp_path)
    assert ended.returncode == code
    assert ended.stderr == ""


@on_linux
@pytest.mark.parametrize("command", ["show exercise1", "check {0}/exercise1.py", "--help"])
def test_a_reader_that_goes_away_gets_no_traceback(command: str, tmp_path: Path):
    run("init", folder=tmp_path)
    ended = shell(f"bpgrade {command.format(tmp_path)} | head -n 1", tmp_path)
    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == ""


@on_linux
@pytest.mark.parametrize("command", ["author new course", "init", "batch {0} -o graded"])
def test_a_working_folder_that_is_gone(command: str, tmp_path: Path):
    run("init", folder=tmp_path)
    line = f"mkdir gone && cd gone && rmdir ../gone && bpgrade {command.format(tmp_path)}"
    ended = shell(line, tmp_path)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("  -> ")


@on_linux
def test_a_file_elsewhere_is_graded_where_the_working_folder_is_gone(tmp_path: Path):
    run("init", folder=tmp_path)
    line = f"mkdir gone && cd gone && rmdir ../gone && bpgrade check {tmp_path}/exercise1.py"
    ended = shell(line, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[-1] == "Score: 0 / 10"


@pytest.mark.parametrize(
    "name",
    [
        *("exercise1.md", "exercise1.txt", "exercise1.html", "exercise1.pdf", "exercise1.zip"),
        *("exercise1.py.bak", "exercise1.pyc", "exercise1.json", "exercise1.ipynb.md"),
    ],
)
def test_a_file_of_another_kind_is_a_usage_error(name: str, tmp_path: Path):
    (tmp_path / name).write_text((ROOT / "solutions" / "exercise1.py").read_text("utf-8"))
    ended = run("check", name, "--json", folder=tmp_path)
    assert ended.returncode == 2
    assert said_in_one_line(ended, name)
    assert ended.stdout == ""


def test_the_python_file_beside_one_of_another_kind_is_named(tmp_path: Path):
    run("init", folder=tmp_path)
    ended = run("check", "exercise1.md", folder=tmp_path)
    assert ended.returncode == 2
    assert said_in_one_line(ended, "did you mean exercise1.py?")


@pytest.mark.parametrize("name", ["exercise1.PY", "exercise1.py.txt"])
def test_what_a_browser_or_system_makes_of_a_name_is_graded(name: str, tmp_path: Path):
    (tmp_path / name).write_text((ROOT / "solutions" / "exercise1.py").read_text("utf-8"))
    assert run("check", name, folder=tmp_path).returncode == 0


def test_doctor_refuses_a_folder_that_is_no_course(tmp_path: Path):
    ended = run("doctor", "--course", "nowhere", folder=tmp_path)
    assert ended.returncode == 2
    assert said_in_one_line(ended, "nowhere")
    assert ended.stdout == ""


@on_linux
def test_a_report_in_plain_ascii_where_the_locale_holds_no_more(tmp_path: Path):
    run("init", folder=tmp_path)
    plain = "env -i LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
    ended = shell(f'{plain} "{sys.executable}" -m grader check exercise1.py', tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.isascii()
    assert "0 / 10" in ended.stdout


@pytest.mark.parametrize("command", ["check", "submit"])
def test_what_is_no_submission_is_answered_by_what_may_have_been_meant(
    command: str, tmp_path: Path
):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "work.zip").touch()

    def told(name: str) -> str:
        ended = run_command(command, name, folder=tmp_path)
        assert ended.returncode == 2
        assert "bpgrade batch" not in ended.stderr
        return ended.stderr.partition("-> ")[2].rstrip("\n")

    assert told("mine") == "give a .py or .ipynb file"
    (folder / "exercise1.py").touch()
    assert told("mine") == "did you mean mine/exercise1.py?"
    assert told("mine/exercise1") == "did you mean mine/exercise1.py?"
    (folder / "exercise2.ipynb").touch()
    assert told("mine") == "give the files in it that you mean, as in mine/exercise1.py"
    assert told("mine/exercise2") == "did you mean mine/exercise2.ipynb?"
    assert told("mine/work.zip") == "unpack it and name the .py or .ipynb file in it"


def test_a_module_that_is_named_with_the_file_that_imports_it_is_no_mistake(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "exercise1.py").write_text(
        "import helpers\nmean, spread = helpers.mean, helpers.spread\n", "utf-8"
    )
    (folder / "helpers.py").write_text(
        "import statistics\nmean, spread = statistics.fmean, statistics.pstdev\n", "utf-8"
    )

    def check(*names: str) -> tuple[int, list[str], str]:
        ended = run_command("check", *names, "--course", course, "--plain", folder=folder)
        return ended.returncode, ended.stdout.splitlines()[-1:], ended.stderr

    code, last, told = check("exercise1.py", "helpers.py")
    assert (code, last, told) == (0, ["Score: 10 / 10, everything is right"], "")
    assert check("helpers.py", "exercise1.py") == (code, last, told)
    code, last, told = check("helpers.py")
    assert (code, last) == (2, [])
    assert "the name helpers.py does not say which exercise it is" in told
    (folder / "notes.py").touch()
    code, last, told = check("exercise1.py", "helpers.py", "notes.py")
    assert (code, last) == (2, ["Altogether: 10 / 10 in 1 of 2 files"])
    assert told.count("which exercise") == 1
    assert "the name notes.py" in told


@on_linux
@pytest.mark.parametrize("command", ["author new loop", "serve --course loop --data data"])
def test_symbolic_links_in_a_circle(command: str, tmp_path: Path):
    (tmp_path / "loop").symlink_to("loop")
    ended = run(*command.split(), folder=tmp_path)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("  -> ")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EMFILE, "many"), "no more files can be opened"),
        (BlockingIOError(errno.EAGAIN, "again"), "no more processes can be started"),
        (MemoryError(), "there is not enough memory"),
        (RuntimeError("Symlink loop from 'a'"), "symbolic links lead in a circle"),
        (OSError(errno.EINVAL, "invalid"), None),
        (RuntimeError("a fault of ours"), None),
    ],
)
def test_what_a_machine_refuses_is_said_in_words(error: Exception, told: str | None):
    known = machine_errors.in_words(error)
    assert (known is None) == (told is None)
    assert known is None or known.message.startswith(str(told))
    assert known is None or known.remedy


@on_linux
def test_a_pipe_that_does_not_wait_loses_nothing(monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    text = "a line of a result\n" * 20_000
    with os.fdopen(reading) as read, ThreadPoolExecutor() as threads:
        with os.fdopen(writing, "w") as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", io.StringIO())
            make_streams_last()
            got = threads.submit(read.read)
            sys.stdout.write(text)
            sys.stdout.flush()
        assert got.result(30) == text
