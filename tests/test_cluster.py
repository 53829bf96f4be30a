"""`bpgrade batch` on dask clusters: the same grades, whatever becomes of workers and scheduler."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_course import batch, command, make_class, make_course, results, untimed
from clusters import LocalCluster, Namespaces, running
from waiting import wait_for

from grader.batch.executor import Task
from grader.cluster.chunks import MAX_BYTES, MAX_BYTES_IN_FLIGHT, MAX_SECONDS, Sizing
from grader.course import load_course
from grader.errors import IsolationError
from grader.sandbox.isolation import resolve

pytest.importorskip("distributed", reason="dask.distributed is not installed (extra `cluster`)")

NUMBER = 12
SLOW = "import time\ndef double(x):\n    time.sleep(0.08)\n    return 2 * x\n"
STRICT = ("--isolation", "strict")


@pytest.fixture(scope="module", autouse=True)
def _strict() -> None:
    try:
        resolve("strict")
    except IsolationError as error:
        pytest.skip(f"a cluster grades with strict isolation only: {error.message}")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_class(tmp_path_factory.mktemp("class"), NUMBER)


@pytest.fixture(scope="module")
def local(
    tmp_path_factory: pytest.TempPathFactory, course: Path, submissions: Path
) -> tuple[str, str]:
    """What the local pool says of the class."""
    out = tmp_path_factory.mktemp("local")
    ended = batch(course, submissions, out, *STRICT)
    assert ended.returncode == 0, ended.stderr
    return untimed(out)


def slow_class(folder: Path, number: int) -> Path:
    for index in range(number):
        own = folder / f"s{index:03d}"
        own.mkdir(parents=True)
        (own / "double.py").write_text(f"{SLOW}# {index}\n", encoding="utf-8")
    return folder


def on(cluster: LocalCluster, *more: object) -> tuple[object, ...]:
    return (*STRICT, "--scheduler", cluster.address, *more)


@pytest.mark.thorough
def test_workers_that_may_not_grade_are_named_and_the_others_grade_the_same(
    tmp_path: Path, course: Path, submissions: Path, local: tuple[str, str]
) -> None:
    bare = 'import sys\nsys.modules["landlock"] = sys.modules["pyseccomp"] = None\n'
    with running(tmp_path / "cluster") as cluster:
        cluster.start_worker("old", preload='import grader\ngrader.__version__ = "0.0.1"\n')
        cluster.start_worker("bare", preload=bare, environment={"PATH": "/nowhere"})
        refused = batch(course, submissions, tmp_path / "out", *on(cluster, "--worker-wait", 60))
        assert refused.returncode == 3
        assert "Traceback" not in refused.stderr
        assert results_of_journal(tmp_path / "out") == 0
        cluster.start_worker("good", threads=2)
        wait_for(lambda: "Registered to" in cluster.log("good"), "the scheduler knows the worker")
        ended = batch(course, submissions, tmp_path / "out", *on(cluster))
        assert ended.returncode == 0, ended.stderr
        said = [line for line in ended.stderr.splitlines() if " is refused: " in line]
        assert len(said) == 2
        assert any("bpgrade 0.0.1" in line and "pip install" in line for line in said)
        assert any("strict isolation cannot be had" in line for line in said)
        assert untimed(tmp_path / "out") == local
        assert cluster.courses() == []
        assert "grade_chunk" not in cluster.log("old") + cluster.log("bare")


def results_of_journal(out: Path) -> int:
    from grader.batch.journal import Journal

    journal = Journal(out)
    try:
        count = journal._database.execute("SELECT count(*) FROM results").fetchone()[0]
        return int(count)
    finally:
        journal.close()


def test_workers_and_then_the_scheduler_killed(tmp_path: Path, course: Path) -> None:
    number = 40
    submissions = slow_class(tmp_path / "class", number)
    out = tmp_path / "out"
    moments = random.Random()
    with running(tmp_path / "cluster", "one", "two") as cluster:
        words = command(course, submissions, out, *on(cluster))
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(cluster.courses, "a worker has the course")
        assert all(path.stat().st_mode & 0o777 == 0o700 for path in cluster.courses())
        time.sleep(moments.uniform(0.0, 1.0))
        cluster.kill_worker("one")
        time.sleep(moments.uniform(0.0, 1.0))
        assert process.poll() is None, process.communicate()
        cluster.kill_scheduler()
        _, said = process.communicate(timeout=120)
        assert process.returncode == 3, said
        lines = [line for line in said.splitlines() if "waiting for workers" not in line]
        assert len(lines) == 2, said
        assert "the connection to the scheduler" in lines[0]
        assert "rerun the same command to resume" in lines[1]
        known = results_of_journal(out)
        cluster.stop()
        cluster.workers.clear()
        cluster.start_scheduler()
        cluster.start_worker("four", threads=2)
        ended = batch(course, submissions, out, *on(cluster))
    assert ended.returncode == 0, ended.stderr
    assert f"{number} full marks" in ended.stdout
    assert known == 0 or f"{known} were graded before" in ended.stdout
    assert [line["student"]["id"] for line in results(out)] == [f"s{i:03d}" for i in range(number)]


def test_a_submission_that_kills_its_worker_is_tried_elsewhere_once(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    checks = course / "solutions" / "check_double.py"
    killing = f"""
import os
def test_two(student, compare):
    if student.double(0) == 666:
        with open({str(tmp_path / "deaths")!r}, "a") as file:
            file.write("x")
        os.kill(os.getppid(), 9)
"""
    head, _, rest = checks.read_text("utf-8").partition("def test_two(student, compare):")
    docstring, _, body = rest.lstrip("\n").partition("\n")
    text = killing.replace("import os\n", "").replace(
        "def test_two(student, compare):\n", f"def test_two(student, compare):\n{docstring}\n"
    )
    checks.write_text(f"import os\n{head}{text.lstrip()}{body}", encoding="utf-8")
    submissions = make_class(tmp_path / "class", 8)
    (submissions / "s005" / "double.py").write_text("def double(x):\n    return 666\n")
    out = tmp_path / "out"
    with running(tmp_path / "cluster", "one", "two", "three") as cluster:
        ended = batch(course, submissions, out, *on(cluster))
    assert ended.returncode == 3, ended.stderr
    assert "1 of 8 submissions could not be graded: s005/double.py" in ended.stderr
    found = {line["student"]["id"]: line for line in results(out)}
    assert found["s005"]["status"] == "ungraded"
    assert "ended unexpectedly, twice" in found["s005"]["result"]["warnings"][0]
    others = [line for name, line in found.items() if name != "s005"]
    assert len(others) == 7
    assert all(line["status"] == "graded" for line in others)
    assert (tmp_path / "deaths").read_text() == "xx"


@pytest.fixture
def namespaces() -> Iterator[Namespaces]:
    made = Namespaces()
    try:
        made.make(2)
    except (OSError, subprocess.SubprocessError) as error:
        made.remove()
        pytest.skip(f"this machine makes no network namespaces: {error}")
    yield made
    made.remove()


@pytest.mark.thorough
def test_workers_with_addresses_of_their_own(
    tmp_path: Path,
    course: Path,
    submissions: Path,
    local: tuple[str, str],
    namespaces: Namespaces,
) -> None:
    with running(tmp_path / "cluster", host=namespaces.host) as cluster:
        for index in range(2):
            cluster.start_worker(f"machine{index}", inside=namespaces.inside(index))
        ended = batch(course, submissions, tmp_path / "out", *on(cluster))
        assert ended.returncode == 0, ended.stderr
        assert untimed(tmp_path / "out") == local
        for index in range(2):
            assert f"tcp://{namespaces.address(index)}:" in cluster.log("scheduler")


def test_a_cluster_on_this_machine_grades_the_same(
    tmp_path: Path, course: Path, local: tuple[str, str], submissions: Path
) -> None:
    ended = batch(course, submissions, tmp_path / "out", *STRICT, "--local-cluster", 1)
    assert ended.returncode == 0, ended.stderr
    assert untimed(tmp_path / "out") == local


@pytest.mark.thorough
def test_ctrl_c_leaves_nothing_of_a_cluster_on_this_machine(tmp_path: Path, course: Path) -> None:
    slow = slow_class(tmp_path / "slow", 200)
    words = command(course, slow, tmp_path / "out", *STRICT, "--local-cluster", 1)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    wait_for(lambda: list(temporary.glob("bpgrade-course-*")), "a worker has the course")
    time.sleep(random.uniform(0.0, 1.0))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert len(said.splitlines()) == 1, said
    assert list(temporary.glob("bpgrade-*")) == []


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--scheduler", "localhost:8786"], 2, "is not the address of a dask scheduler"),
        (["--scheduler", "tcp://127.0.0.1:99999"], 2, "is not the address of a dask scheduler"),
        (
            ["--scheduler", "tcp://127.0.0.1:9", "--local-cluster", "2"],
            2,
            "cannot be used together",
        ),
        (["--scheduler", "tls://127.0.0.1:9", "--tls-key", "key.pem"], 2, "--tls-ca-file"),
        (["--tls-key", "key.pem"], 2, "goes with --scheduler"),
        (["--local-cluster", "2", "--workers", "2"], 2, "leave it out"),
        (["--local-cluster", "2", "--isolation", "basic"], 2, "strictly"),
        (["--scheduler", "tcp://127.0.0.1:1"], 3, "no dask scheduler answers"),
    ],
)
def test_options_that_cannot_be_right(
    tmp_path: Path,
    course: Path,
    submissions: Path,
    options: list[str],
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from grader.cli import main

    connection = pytest.importorskip("grader.cluster.connection")
    monkeypatch.setattr(connection, "_CONNECT_SECONDS", 0.5)
    start = ["batch", submissions, "-o", tmp_path / "out", "--course", course, *options]
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in start])
    said = capsys.readouterr().err
    assert ended.value.code == code
    assert words in said
    assert len(said.splitlines()) == 2


def test_nobody_comes_to_work(tmp_path: Path, course: Path, submissions: Path) -> None:
    with running(tmp_path / "cluster") as cluster:
        ended = batch(course, submissions, tmp_path / "out", *on(cluster, "--worker-wait", 4))
    assert ended.returncode == 3
    assert "waiting for workers" in ended.stderr.splitlines()[0]
    assert "no worker has come" in ended.stderr.splitlines()[1]
    assert "--worker-wait" in ended.stderr.splitlines()[2]


def tasks(number: int, size: int = 10) -> list[Task]:
    return [Task(f"k{i}", "double", "double.py", b"x" * size) for i in range(number)]


def test_chunks_cost_a_worker_a_twentieth_of_its_time_at_most() -> None:
    source = iter(tasks(100_000))
    for cost in (0.001, 0.01, 0.1, 0.4):
        sizing = Sizing()
        for _ in range(200):
            sizing.learn_tasks(["double"] * 20, [0.01] * 20)
            sizing.learn_chunk(cost, 0.0001)
        chunk = sizing.take(lambda: next(source, None), 4)
        assert cost <= 0.05 * len(chunk) * 0.01 * 1.1
        assert len(chunk) * 0.01 <= MAX_SECONDS * 1.1


def test_memory_is_bounded_by_chunks_and_by_bytes() -> None:
    sizing = Sizing()
    source = iter(tasks(200, 300_000))
    chunk = sizing.take(lambda: next(source, None), 100)
    assert sum(len(task.data) for task in chunk) < MAX_BYTES + 300_000
    assert sizing.has_room(1, 0, 1)
    assert not sizing.has_room(1_000, 0, 1)
    assert not sizing.has_room(1, MAX_BYTES_IN_FLIGHT, 100)


def test_equal_courses_are_equal_parcels_and_what_the_dead_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.cluster.course_archive import PrivateFolder, digest, pack

    first = pack(load_course(make_course(tmp_path / "a")))
    assert digest(first) == digest(pack(load_course(make_course(tmp_path / "b"))))
    (tmp_path / "b" / "solutions" / "double.py").write_text("def double(x):\n    return x + x\n")
    assert digest(first) != digest(pack(load_course(tmp_path / "b")))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "bpgrade-course-left"
    left.mkdir()
    held, other = PrivateFolder(first), PrivateFolder(first)
    assert not left.exists()
    assert load_course(held.path).name == load_course(other.path).name == "mini"
    assert held.path.stat().st_mode & 0o777 == 0o700
    held.remove()
    other.remove()
    assert list(tmp_path.glob("bpgrade-course-*")) == []
