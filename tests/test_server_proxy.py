"""A server behind nginx and Caddy, set up as docs/server.md says; where they are installed."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import run_command
from guides import blocks
from serving import PASSWORD, RIGHT, Served, Visitor, free_port, served
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
GUIDE = Path(__file__).parent.parent / "docs" / "server.md"
TASK = "/c/course/e/exercise1/"
TITLES = {
    "nginx": "/etc/nginx/sites-available/bpgrade",
    "caddy": "/etc/caddy/Caddyfile",
    "systemd": "/etc/systemd/system/bpgrade.service",
}


@dataclass(frozen=True)
class ProxiedSite:
    """A server behind a proxy, and an echo behind the same rules."""

    running: Served
    address: str
    echo: str
    trusted: ssl.SSLContext

    def visitor(self) -> Visitor:
        return Visitor(self.address, self.trusted)


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that have come."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def block(name: str) -> str:
    """Return a file as the guide shows it."""
    [text] = [
        each.text for each in blocks(GUIDE.read_text("utf-8")) if TITLES[name] in each.attributes
    ]
    return text


def as_nginx(folder: Path, port: int, behind: int) -> str:
    text = block("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    text = text.replace("grade.example.org;", "localhost;")
    text = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {folder}/c.pem;", text)
    return re.sub(r"ssl_certificate_key +\S+;", f"ssl_certificate_key {folder}/c.key;", text)


def nginx(folder: Path, pairs: list[tuple[int, int]]) -> list[str]:
    """Write nginx's settings; return what starts it."""
    places = " ".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    servers = "\n".join(as_nginx(folder, *pair) for pair in pairs)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        + ("user root;\n" if folder.owner() == "root" else "")
        + f"http {{ access_log off; {places}\n{servers} }}\n",
        encoding="utf-8",
    )
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, pairs: list[tuple[int, int]]) -> list[str]:
    """Write Caddy's settings; return what starts it."""
    text = "{\n admin off\n auto_https disable_redirects\n storage file_system {\n"
    text += f"  root {folder}/storage\n }}\n}}\n"
    for port, behind in pairs:
        site = block("caddy").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
        begin = f"https://localhost:{port} {{\n tls {folder}/c.pem {folder}/c.key\n"
        text += site.replace("grade.example.org {\n", begin)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def running_proxy(command: list[str], address: str, trusted: ssl.SSLContext) -> Iterator[None]:
    process = subprocess.Popen(command)

    def is_up() -> bool:
        assert process.poll() is None, "the proxy has ended"
        try:
            with urllib.request.urlopen(address, timeout=5, context=trusted):
                return True
        except OSError:
            return False

    try:
        wait_for(is_up, "the proxy answers")
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProxiedSite]:
    for program in (request.param, "openssl"):
        if not shutil.which(program):
            pytest.skip(f"there is no {program} here: apt-get install {program}")
    folder = tmp_path_factory.mktemp(request.param)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", folder / "c.key", "-out", folder / "c.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    trusted = ssl.create_default_context(cafile=str(folder / "c.pem"))
    assert run_command("author", "new", folder / "course").returncode == 0
    echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    port, echoing = free_port(), free_port()
    address = f"https://localhost:{port}"
    options = ("--address", address)
    with served(folder / "course", folder / "data", *options) as running:
        pairs = [(port, int(running.address.rpartition(":")[2])), (echoing, echo.server_port)]
        command = {"nginx": nginx, "caddy": caddy}[request.param](folder, pairs)
        with running_proxy(command, f"{address}/login/", trusted):
            yield ProxiedSite(running, address, f"https://localhost:{echoing}/", trusted)
    echo.shutdown()
    echo.server_close()


def test_one_logs_in_and_hands_in_through_the_proxy(site: ProxiedSite):
    assert site.running.link.startswith(site.address)
    visitor = site.visitor()
    begun = visitor.post(site.running.link, password=PASSWORD)
    assert begun.status == 200, begun.text
    assert begun.headers["Strict-Transport-Security"].startswith("max-age=")
    again = site.visitor()
    shown = again.get("/login/")
    for cookie in shown.headers["Set-Cookie"].split("\n"):
        assert "Secure" in cookie
    assert again.post("/login/", username="instructor", password=PASSWORD).address.startswith(
        site.address
    )
    assert again.get(TASK).status == 200
    answer = again.post(TASK + "submit/", page=TASK, code=RIGHT)
    attempt = answer.address.removeprefix(site.address)
    wait_for(lambda: '"ended": true' in again.get(attempt + "state/").text, "it is graded")
    assert "10 / 10" in again.get(attempt).text
    by_address = Visitor(site.running.address)  # where nobody but the proxy should come
    assert by_address.post("/login/", username="instructor", password=PASSWORD).status == 403


def test_what_is_too_large_ends_at_the_proxy_and_what_is_less_is_told_by_the_page(
    site: ProxiedSite,
):
    visitor = site.visitor()
    assert visitor.post("/login/", username="instructor", password=PASSWORD).status == 200
    upload = visitor.upload(TASK + "submit/", ("file", "exercise1.py", "#" * 1_500_000), page=TASK)
    assert (upload.status, "too large" in upload.text) == (400, True)
    large = urllib.request.Request(
        f"{site.address}{TASK}submit/", b"x" * 17_000_000, {"Referer": site.address + TASK}
    )
    with contextlib.suppress(OSError):  # it may close on those who go on sending
        assert visitor.ask(large).status == 413


def test_nobody_chooses_the_own_address_or_how_they_come(site: ProxiedSite):
    request = urllib.request.Request(
        site.echo,
        headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http"},
    )
    told = json.loads(site.visitor().ask(request).text)
    assert told["x-forwarded-for"].rpartition(",")[2].strip() == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert told["host"].partition(":")[0] == "localhost"


def test_the_unit_has_a_cache_that_it_may_write_to():
    unit = block("systemd")
    [cache] = re.findall(r"^CacheDirectory=(\w+)$", unit, re.MULTILINE)
    assert f"\nEnvironment=XDG_CACHE_HOME=/var/cache/{cache}\n" in unit


def test_systemd_takes_the_unit(tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze here")
    unit = tmp_path / "bpgrade.service"
    text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", block("systemd"))
    unit.write_text(text.replace("User=grading", "User=daemon"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
