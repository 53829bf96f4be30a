"""TLS on loopback: certificates of an authority of our own, and a proxy before a server."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Certificates:
    """What a server shows, and the file that those who trust it read."""

    server: ssl.SSLContext
    authority: Path


def certificates(folder: Path) -> Certificates:
    """Make an authority, and a certificate for the names that loopback has."""
    trustme = pytest.importorskip("trustme", reason="there is no trustme here")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return Certificates(context, path)


@contextlib.contextmanager
def trusting(made: Certificates) -> Iterator[None]:
    """Let this process, and those that it starts, trust the certificates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(made.authority))
        # since Python 3.12 `urlopen` goes on trusting whom it trusted when it was first called
        patch.setattr(urllib.request, "_opener", None)
        yield


class TlsServer(http.server.ThreadingHTTPServer):
    """A server that greets each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler], made: Certificates):
        super().__init__(("127.0.0.1", 0), handler)
        self.socket = made.server.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has gone away."""

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """Answer until the end; give the port."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield int(self.server_address[1])
        finally:
            self.shutdown()
            self.server_close()
            thread.join(30)


class TlsProxy:
    """What stands before a served `bpgrade`: it has the certificate, and passes all on."""

    def __init__(self, made: Certificates) -> None:
        self.port = 0  # of the server behind
        self.drops_partitioned = False  # as a browser that keeps no cookies of frames
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                proxy.pass_on(self)

            do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

        self.server = TlsServer(Handler, made)
        self.address = f"https://127.0.0.1:{self.server.server_address[1]}"

    def pass_on(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length) if length else None
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in _HOP_BY_HOP
        }
        headers["X-Forwarded-Proto"] = "https"
        behind = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            behind.request(handler.command, handler.path, body, headers)
            answer = behind.getresponse()
            content = answer.read()
        except OSError:
            handler.send_error(502)
            return
        finally:
            behind.close()
        handler.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() in _HOP_BY_HOP:
                continue
            if self.drops_partitioned and name.lower() == "set-cookie":
                value = value.replace("; Partitioned", "")
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)
