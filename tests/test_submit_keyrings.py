"""`bpgrade submit` and the keyrings that there are: those that keep, are locked, refuse."""

from __future__ import annotations

import getpass
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import keyring
import keyring.core
import pytest
from command import run_command
from laptops import CODE, Laptop, member
from serving import RIGHT, Served, first_instructor, served
from waiting import wait_for

from grader.handing_in import tokens

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
SERVER = "https://grade.example.org"
DAEMON = "gnome-keyring-daemon"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where private files are; forget which keyring was chosen before and after."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    return tmp_path / "XDG_CONFIG_HOME" / "bpgrade" / "tokens"


def choose(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ("nowhere.Keyring", "No module named 'nowhere'"),
        ("keyring.backends.nothing", "module 'keyring.backends' has no attribute 'nothing'"),
        ("keyring.backends.kwallet.DBusKeyring", "not installed"),
        ("keyring.backends.SecretService.Keyring", ""),
        ("keyring.backends.macOS.Keyring", ""),
        ("keyring.backends.Windows.WinVaultKeyring", ""),
    ],
)
def test_a_keyring_that_was_chosen_and_cannot_be_used_is_told_and_done_without(
    backend: str, reason: str, kept: Path, monkeypatch: pytest.MonkeyPatch
):
    choose(monkeypatch, backend)
    told: list[str] = []
    assert tokens.token_of(SERVER, told.append) == ""
    tokens.keep(SERVER, "secret", told.append)
    assert tokens.token_of(SERVER, told.append) == "secret"
    if len(told) != 2:
        pytest.skip(f"{backend} can be used here")
    assert told[0].startswith("the keyring cannot be read: ")
    assert told[1].startswith("the keyring has kept nothing (")
    assert all(reason in line and line.isprintable() for line in told)
    [path] = kept.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    tokens.forget(SERVER)
    assert list(kept.iterdir()) == []


def test_a_keyring_in_an_encrypted_file(kept: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("keyrings.alt.file")
    backend = "keyrings.alt.file.EncryptedKeyring"
    typed = ["of the keyring"] * 3
    told: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda *_prompt: typed.pop(0))
    choose(monkeypatch, backend)
    assert tokens.token_of(SERVER, told.append) == ""
    tokens.keep(SERVER, "secret", told.append)
    choose(monkeypatch, backend)  # as another process that asks for the password anew
    assert tokens.token_of(SERVER, told.append) == "secret"
    assert (told, typed, kept.exists()) == ([], [], False)

    choose(monkeypatch, backend)
    typed += ["mistyped"] * 2
    assert tokens.token_of(SERVER, told.append) == ""
    assert told == ["the keyring cannot be read: Incorrect Password"]

    choose(monkeypatch, backend)  # there is no terminal to type at
    monkeypatch.setattr(getpass, "getpass", lambda *_prompt: input())
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    tokens.keep(SERVER, "newer", told.append)
    assert "EOF when reading a line" in told[1]
    [path] = kept.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert tokens.token_of(SERVER, told.append) == "newer"
    assert len(told) == 2


@dataclass(frozen=True)
class Session:
    """A desktop session's message bus with a keyring that is open, and can be locked."""

    variables: dict[str, str]

    def run(self, words: str) -> int:
        program = [sys.executable, "-c", f"import secretstorage as s; {words}"]
        return subprocess.run(program, env=self.variables, stderr=subprocess.DEVNULL).returncode

    def lock(self) -> None:
        assert self.run("s.get_default_collection(s.dbus_init()).lock()") == 0


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    if not (shutil.which("dbus-daemon") and shutil.which(DAEMON)):
        pytest.skip("there is no keyring here: apt-get install dbus gnome-keyring")
    pytest.importorskip("secretstorage")
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS")
    variables = {name: value for name, value in os.environ.items() if name not in screens}
    for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        variables[name] = str(folder)
    with tempfile.TemporaryDirectory() as short, ExitStack() as started:  # a socket's path is short
        address = f"unix:path={short}/bus"
        bus = ["dbus-daemon", "--session", "--nofork", "--address", address]
        started.enter_context(running(bus, variables))
        wait_for(Path(short, "bus").exists, "the bus is there")
        variables["DBUS_SESSION_BUS_ADDRESS"] = address
        ring = [DAEMON, "--foreground", "--unlock", "--components=secrets"]
        started.enter_context(running(ring, variables, "of the keyring"))
        made = Session(variables)
        wait_for(lambda: made.run("s.get_default_collection(s.dbus_init())") == 0, "it is open")
        yield made


@contextmanager
def running(words: list[str], variables: dict[str, str], told: str = "") -> Iterator[None]:
    """Have a program run, and end it."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=variables, text=True, **quiet)
    try:
        assert process.stdin is not None
        process.stdin.write(told)
        process.stdin.close()
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("keyrings")
    assert run_command("author", "new", folder / "course").returncode == 0
    with served(folder / "course", folder / "data") as running_server:
        yield running_server


def test_a_login_is_kept_in_a_desktops_keyring_and_in_a_file_while_that_is_locked(
    site: Served, session: Session, tmp_path: Path
):
    laptop = Laptop(tmp_path / "laptop", member(first_instructor(site), "ada", "course"))
    laptop.variables = {**laptop.variables, **session.variables}
    del laptop.variables["PYTHON_KEYRING_BACKEND"]
    laptop.write(RIGHT)

    def told(code_is_asked: bool) -> str:
        process = laptop.begin("exercise1.py", "--server", site.address)
        assert process.stderr is not None
        lines = ""
        if code_is_asked:
            for line in process.stderr:
                lines += line
                if found := CODE.search(line):
                    laptop.person.post("/device/", code=found[1], answer="allow")
                    break
        shown, rest = process.communicate(timeout=120)
        assert "10 / 10" in shown, lines + rest
        return lines + rest

    def tokens_in_files() -> list[Path]:
        return [path for path in laptop.kept() if path.parent.name == "tokens"]

    assert "keyring" not in told(code_is_asked=True)
    assert tokens_in_files() == []
    assert "code" not in told(code_is_asked=False)
    session.lock()
    lines = told(code_is_asked=True)
    assert lines.startswith("bpgrade: the keyring cannot be read: ")
    assert "bpgrade: the keyring has kept nothing (" in lines
    assert lines.count("\n") == 5
    [path] = tokens_in_files()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "keyring" not in told(code_is_asked=False)
