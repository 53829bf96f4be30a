"""Requests that wait for an attempt, and connections that wait for nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import sys
from collections.abc import Collection, Iterator

import pytest
from command import run_command
from serving import RIGHT, Served, answers, first_instructor, served

from grader.server.waiting import Hold, Waiting, WaitOutcome

LONG = 60.0
IDLE = 2_500
TASK = "/c/course/e/exercise1/"


class Attempts:
    """Those that have ended, and how often somebody has looked."""

    def __init__(self) -> None:
        self.ended: set[int] = set()
        self.looks: list[set[int]] = []

    def among(self, attempts: Collection[int]) -> set[int]:
        self.looks.append(set(attempts))
        return self.ended & set(attempts)


def hold(attempt: int, seconds: float = LONG, person: int = 1) -> Hold:
    return Hold(person, attempt, seconds, b"", b"")


async def stays() -> None:
    await asyncio.Event().wait()


async def goes() -> None:
    """Return at once, as for a visitor who has gone."""


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(LONG):
        while not condition():
            await asyncio.sleep(0.01)


def test_all_who_wait_are_told_by_the_same_look_when_their_attempt_has_ended():
    async def night() -> None:
        attempts = Attempts()
        waiting = Waiting(attempts.among)
        asked = [
            asyncio.create_task(waiting.until_ended(hold(number, person=number), stays))
            for number in range(100)
        ]
        await until(lambda: attempts.looks)
        assert attempts.looks[0] == set(range(100))
        attempts.ended = set(range(99))
        assert await asyncio.gather(*asked[:99]) == [WaitOutcome.ENDED] * 99
        await until(lambda: attempts.looks[-1] == {99})
        assert not asked[99].done()
        attempts.ended.add(99)
        assert await asked[99] is WaitOutcome.ENDED
        looks = len(attempts.looks)
        await asyncio.sleep(0.3)
        assert len(attempts.looks) <= looks + 1, "it looks though nobody waits"
        attempts.ended = {5}
        assert await waiting.until_ended(hold(5), stays) is WaitOutcome.ENDED, "it looks again"

    asyncio.run(night())


def test_who_waits_long_is_answered_and_who_has_gone_is_forgotten():
    async def night() -> None:
        waiting = Waiting(Attempts().among)
        assert await waiting.until_ended(hold(1, seconds=0.01), stays) is WaitOutcome.OVER
        assert await waiting.until_ended(hold(1), goes) is WaitOutcome.GONE

    asyncio.run(night())


def test_one_person_cannot_have_any_number_of_requests_waiting():
    async def night() -> None:
        attempts = Attempts()
        waiting = Waiting(attempts.among)
        own = [asyncio.create_task(waiting.until_ended(hold(1), stays)) for _ in range(8)]
        await until(lambda: attempts.looks)
        assert await waiting.until_ended(hold(2), stays) is WaitOutcome.REFUSED
        attempts.ended = {1, 3}
        assert await waiting.until_ended(hold(3, person=2), stays) is WaitOutcome.ENDED
        assert set(await asyncio.gather(*own)) == {WaitOutcome.ENDED}
        assert await waiting.until_ended(hold(3), stays) is WaitOutcome.ENDED

    asyncio.run(night())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if sys.platform != "linux":
        pytest.skip("strict isolation is Linux's")
    folder = tmp_path_factory.mktemp("server")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    with served(course, folder / "data", "--workers", "1") as running:
        yield running


def test_loops_do_not_hold_up_the_others_and_a_request_waits_for_its_report(site: Served):
    visitor = first_instructor(site)

    def hand_in(code: str) -> str:
        answer = visitor.post(TASK + "submit/", page=TASK, code=code)
        assert "/attempt/" in answer.address
        return answer.address.removeprefix(visitor.address) + "state/"

    def told(state: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(visitor.get(state).text)
        assert found["ended"] or found["again"] == 0, "it has waited, and is to ask at once"
        return found

    loop = hand_in("def mean(numbers):\n    while True: pass\nspread = mean\n")
    right, next_one = hand_in(RIGHT), hand_in(RIGHT)
    while ">Being checked" not in visitor.get(next_one.removesuffix("state/")).text:
        pass  # the only worker is at the loop, and another process has the one between
    assert ">Being checked" in visitor.get(loop.removesuffix("state/")).text
    for state in (right, next_one, loop):
        while not told(state)["ended"]:
            pass
    assert "10 / 10" in visitor.get(right.removesuffix("state/")).text


def test_idle_connections_are_ended_and_keep_nobody_out(site: Served):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * IDLE:
        pytest.skip("this system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * IDLE), hard))
    address = site.address.removeprefix("http://").split(":")
    with contextlib.ExitStack() as stack:
        idle = [
            stack.enter_context(socket.create_connection((address[0], int(address[1])), LONG))
            for _ in range(IDLE)
        ]
        assert answers(site.address)
        idle[0].sendall(b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n")  # and never the rest
        for each in (idle[0], idle[-1]):
            assert each.recv(1) == b"", "its time is over"
