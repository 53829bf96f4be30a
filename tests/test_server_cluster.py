"""A server that grades on a dask cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from clusters import LocalCluster
from command import run_command
from serving import RIGHT, first_instructor, served
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
TASK = "/c/course/e/exercise1/"
WRONG = RIGHT.replace("/ len(numbers)\ndef", "\ndef")


def test_what_is_handed_in_is_graded_on_the_cluster_whatever_becomes_of_it(tmp_path: Path):
    course = tmp_path / "course"
    assert run_command("author", "new", course).returncode == 0
    wrong = run_command("serve", "--course", course, "--data", tmp_path, "--scheduler", "here")
    assert (wrong.returncode, "not the address of a dask scheduler" in wrong.stderr) == (2, True)
    cluster = LocalCluster(tmp_path)
    try:
        cluster.start_scheduler()
        cluster.start_worker("first")
        with served(course, tmp_path / "data", "--scheduler", cluster.address) as running:
            visitor = first_instructor(running)

            def hand_in(code: str) -> str:
                answer = visitor.post(TASK + "submit/", page=TASK, code=code)
                return answer.address.removeprefix(running.address)

            def ended(attempt: str) -> str:
                state = attempt + "state/"
                wait_for(lambda: '"ended": true' in visitor.get(state).text, f"{attempt} ends")
                return visitor.get(attempt).text

            assert "10 / 10" in ended(hand_in(RIGHT))
            same = [hand_in(f"{WRONG}\n") for _ in range(3)]  # the same work, three times
            for attempt in same:
                assert 'score">10 / 10' not in ended(attempt)
                assert visitor.get(attempt + "report/").status == 200
            cluster.workers["first"].kill()
            cluster.workers["first"].wait()
            waiting = hand_in(f"{RIGHT}\n# later")
            cluster.start_worker("second")
            assert "10 / 10" in ended(waiting)
            assert cluster.scheduler is not None
            cluster.scheduler.kill()
            cluster.scheduler.wait()
            lost = hand_in(f"{RIGHT}\n# lost")
            wait_for(lambda: "scheduler" in running.log(), "the loss is told")
            assert '"ended": false' in visitor.get(lost + "state/").text
            cluster.start_scheduler()
            cluster.start_worker("third")
            assert "10 / 10" in ended(lost)
    finally:
        cluster.stop()
