"""The students of a deadline night: each a browser that is logged in (server.py)."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Final

BASE: Final = "/c/backpropagation/"
TASK: Final = f"{BASE}e/exercise3/"
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class RefusedError(Exception):
    """An answer that is a failure, or none."""


@dataclass
class Night:
    """What was seen, by all students together.

    Of each feedback that is measured: when the file was sent (`time.perf_counter`), of which kind
    it was, and the seconds until the report.
    """

    accepted: list[float] = field(default_factory=list)
    feedback: list[tuple[float, str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    attempts: set[int] = field(default_factory=set)
    memory: list[float] = field(default_factory=list)


class Student:
    """A browser that is logged in, and keeps its connection."""

    def __init__(self, address: str, session: str, night: Night, persists: bool) -> None:
        self._host = address.removeprefix("http://")
        self._cookies = {"bpgrade": session}
        self._night = night
        self._persists = persists
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def _once(self, method: str, path: str, body: bytes) -> tuple[int, str, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise RefusedError(type(error).__name__) from None
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status >= 500:
            raise RefusedError(str(answer.status))
        return answer.status, text, answer.headers.get("Location", "")

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
        """Send a request, again where that is what students do."""
        while True:
            try:
                return self._once(method, path, body)
            except RefusedError as error:
                self._night.errors.append(f"{error} {path if path == TASK else path[-8:]}")
                if not self._persists:
                    raise
                time.sleep(0.5)

    def hand_in(self, code: str, kind: str) -> None:
        """Open the task, hand in, wait for the report, and read it."""
        found = TOKEN.search(self.ask("GET", TASK)[1])
        assert found
        form = {"csrfmiddlewaretoken": found[1], "code": code}
        begun = time.perf_counter()
        status, _, place = self.ask("POST", f"{TASK}submit/", urllib.parse.urlencode(form).encode())
        self._night.accepted.append(time.perf_counter() - begun)
        assert status == 302, (status, place)
        self._night.attempts.add(int(place.strip("/").rpartition("/")[2]))
        self.ask("GET", place)
        while not (told := json.loads(self.ask("GET", f"{place}state/")[1]))["ended"]:
            time.sleep(told["again"])
        self.ask("GET", place)
        self.ask("GET", f"{place}report/")
        if kind != "looping":
            self._night.feedback.append((begun, kind, time.perf_counter() - begun))
