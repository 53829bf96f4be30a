"""The client behind `bpgrade submit`: what it keeps, which addresses it takes, what it tells."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import keyring
import keyring.backends.null
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from standing_in import standing_in

from grader.errors import ServerError, UsageError
from grader.handing_in import tokens
from grader.handing_in.address import server_address
from grader.handing_in.project import Project, project_of, remember
from grader.handing_in.server import Server

SERVER = "https://grade.example.org"
LOCKED = "the keyring cannot be read: it is locked"
NOTHING_KEPT = (
    "the keyring has kept nothing ({}): what lets this computer hand in is in a file that only you"
    " may read"
)


class Ring(KeyringBackend):
    """A keyring in memory, which can be locked."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.passwords.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ring]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "kept"))
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "kept").rglob("*.json") if path.is_file()]


def never(line: str) -> None:
    raise AssertionError(f"there is nothing to tell: {line}")


def test_a_token_is_in_the_keyring(ring: Ring, tmp_path: Path):
    assert tokens.token_of(SERVER, never) == ""
    tokens.keep(SERVER, "secret", never)
    assert ring.passwords == {("bpgrade", SERVER): "secret"}
    assert files(tmp_path) == []
    assert tokens.token_of(SERVER, never) == "secret"
    assert tokens.token_of("https://another.example.org", never) == ""
    tokens.forget(SERVER)
    assert ring.passwords == {}
    tokens.forget(SERVER)


@pytest.mark.parametrize("kind", ["locked", "none"])
def test_a_token_is_in_a_private_file_where_there_is_no_keyring(
    kind: str, ring: Ring, tmp_path: Path
):
    told: list[str] = []
    ring.locked = True
    if kind == "none":
        keyring.set_keyring(keyring.backends.null.Keyring())
    tokens.keep(SERVER, "secret", told.append)
    [path] = files(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert tokens.token_of(SERVER, never) == "secret"
    path.write_text("{", encoding="utf-8")
    assert tokens.token_of(SERVER, told.append) == ""
    assert told == ([] if kind == "none" else [NOTHING_KEPT.format("it is locked"), LOCKED])
    tokens.forget(SERVER)
    assert files(tmp_path) == []


def test_a_token_in_a_file_is_newer_than_that_of_a_keyring_that_was_locked(ring: Ring):
    tokens.keep(SERVER, "old", never)
    ring.locked = True
    tokens.forget(SERVER)
    tokens.keep(SERVER, "new", [].append)
    ring.locked = False
    assert tokens.token_of(SERVER, never) == "new"
    tokens.forget(SERVER)
    assert ring.passwords == {}


def test_where_to_hand_in_is_remembered_by_folder(ring: Ring, tmp_path: Path):
    work = tmp_path / "work"
    (work / "deeper").mkdir(parents=True)
    assert project_of(work) == Project()
    remember(work, Project(SERVER, "algebra"))
    assert project_of(work / "deeper") == Project(SERVER, "algebra")
    remember(work / "deeper", Project(SERVER, "algebra"))  # as it is already
    assert len(files(tmp_path)) == 1
    remember(work / "deeper", Project(SERVER, "analysis"))
    assert project_of(work / "deeper") == Project(SERVER, "analysis")
    assert project_of(work).course == "algebra"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("grade.example.org", SERVER),
        ("https://grade.example.org/c/course/", SERVER),
        (" HTTPS://grade.example.org:8443 ", "https://grade.example.org:8443"),
        ("https://somebody:secret@grade.example.org", SERVER),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_an_address_as_people_type_it(typed: str, address: str):
    assert server_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "https://", "ftp://x", "https://x:port", "https://a b", "http://grade.example.org", "//x",
     "http://127.0.0.1.example.org", "http://localhost@grade.example.org", "http://10.0.0.1"],
)  # fmt: skip
def test_what_is_no_address_or_not_encrypted_is_refused(typed: str):
    with pytest.raises(UsageError):
        server_address(typed)


def test_a_network_that_is_trusted_needs_no_encryption():
    assert server_address("http://10.0.0.1:8000", allow_http=True) == "http://10.0.0.1:8000"


@given(st.text(max_size=40) | st.from_regex(r"(https?://)?[\w.@:\[\]/#?%-]{0,30}", fullmatch=True))
def test_whatever_is_typed_is_an_address_or_refused_in_words(typed: str):
    try:
        address = server_address(typed)
    except UsageError:
        return
    assert server_address(address) == address
    try:
        Server(address)
    except ServerError:
        return


JSON = {"Content-Type": "application/json"}
FAILURES = [
    (200, {}, b"<h1>Welcome</h1>", "there is no bpgrade server at http://127"),
    (200, JSON, b'{"courses": 3}', "there is no bpgrade server at http://127"),
    (302, {"Location": "https://example.org/"}, b"", "redirects to https://example.org/"),
    (404, {}, b"nothing", "there is no bpgrade server at http://127"),
    (413, {}, b"<html>", "the file is too large for the server"),
    (429, JSON, b'{"error": "rate"}', "too many requests in a short time"),
    (500, JSON, b'{"error": "broken"}', "the server at http://127"),
    (502, {}, b"<html>", "the server at http://127"),
    (503, JSON, b'{"error": "course", "error_description": "no \\u001b"}', "at the moment: no  "),
    (507, JSON, b'{"error": "full"}', "the server's disk is full"),
    (418, JSON, b'{"error": "teapot\\u001b"}', "the server refused the file: teapot"),
]


@pytest.mark.parametrize(("status", "headers", "content", "told"), FAILURES)
def test_what_a_server_fails_at_is_told_in_a_line(
    status: int, headers: dict[str, str], content: bytes, told: str
):
    with (
        standing_in(lambda _request, _body: (status, headers, content)) as address,
        Server(address) as server,
        pytest.raises(ServerError) as error,
    ):
        server.me()
    assert told in error.value.message
    assert error.value.remedy
    assert str(error.value).replace("\n", "").isprintable()


def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path):
    listening = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.handle_request)
    thread.start()
    try:
        server = Server(f"https://127.0.0.1:{listening.server_port}")
        with server, pytest.raises(ServerError) as error:
            server.me()
        assert "cannot be verified: self-signed certificate" in str(error.value)
    finally:
        thread.join()
        listening.server_close()


def certificate(folder: Path) -> Path:
    """Make a certificate of our own for this computer, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "ftp://proxy"),
        ("SSL_CERT_FILE", __file__),
    ],
)
def test_a_variable_that_allows_no_connection_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ServerError, match="the connection cannot be set up: ") as told:
        Server("https://127.0.0.1:9")
    assert "SSL_CERT_FILE" in told.value.remedy
