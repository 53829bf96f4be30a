"""`bpgrade batch`: what it writes, what it does again and what not, whatever has ended it."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from batch_course import RIGHT, SOURCES, batch, command, make_class, make_course, results, untimed
from click.testing import CliRunner

import grader
from grader.batch import pool
from grader.batch.archive import Hand
from grader.batch.cache_key import Identity
from grader.batch.executor import BatchJob, Done, Task
from grader.batch.journal import Journal
from grader.batch.lock import Lock
from grader.batch.planning import make_plan
from grader.batch.pool import LocalPool, stuck_seconds
from grader.batch.run import Batch, Counts, explained
from grader.cli.batch import command as batch_command
from grader.course import Course, load_course
from grader.errors import BpgradeError
from grader.result import Result
from grader.sandbox.child.processes import descendants

NUMBER = 12
KILLS = int(os.environ.get("BPGRADE_KILLS", "2"))  # 20 for the stress test


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_class(tmp_path_factory.mktemp("class"), NUMBER)


@pytest.fixture(scope="module")
def done(
    tmp_path_factory: pytest.TempPathFactory, course: Path, submissions: Path
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A batch that nothing has disturbed, by one worker."""
    out = tmp_path_factory.mktemp("out")
    return out, batch(course, submissions, out, "--workers", 1)


@pytest.fixture
def out(done: tuple[Path, object], tmp_path: Path) -> Path:
    """A copy of its output folder."""
    return shutil.copytree(done[0], tmp_path / "out")


class Pretended:
    """An executor that grades nothing: full marks for all, in an order of its own."""

    def __init__(self, ended_by: type[BaseException] | None = None, after: int = 0) -> None:
        self.graded: list[Task] = []
        self.ended_by = ended_by
        self.after = after

    def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
        taken = list(tasks)
        random.Random(len(taken)).shuffle(taken)
        for task in taken:
            if self.ended_by and len(self.graded) == self.after:
                raise self.ended_by
            self.graded.append(task)
            document = json.dumps({"checks": [{"id": "check_one"}], "name": task.name})
            yield Done(task.key, task.exercise, "graded", 3.0, 3.0, document)


def run_pretended(
    course: Path | Course, submissions: Path, out: Path, executor: Pretended, **options: object
) -> Batch:
    """Run a batch in this process with an executor that grades nothing."""
    found = course if isinstance(course, Course) else load_course(course)
    out.mkdir(exist_ok=True)
    hand = Hand(submissions)
    seed = int(str(options.pop("seed", 0)))
    isolation = str(options.pop("isolation", "basic"))
    journal = Journal(out)
    try:
        plan = make_plan(hand, found, None, None, "latest")
        identity = Identity(found, seed, isolation)
        done = Batch(found, hand, plan, journal, identity, **options)  # type: ignore[arg-type]
        done.run(executor, lambda _: None)
        done.write(out)
        return done
    finally:
        journal.close()
        hand.close()


def test_a_class(done: tuple[Path, subprocess.CompletedProcess[str]], course: Path) -> None:
    out, ended = done
    assert ended.returncode == 0, ended.stderr
    assert f"{NUMBER} submissions of {NUMBER} students (folder): 6 full marks" in ended.stdout
    lines = results(out)
    assert [line["student"]["id"] for line in lines] == [f"s{index:03d}" for index in range(NUMBER)]
    for line in lines:
        result = Result.from_json(json.dumps(line["result"]))
        assert result.status == line["status"] == "graded"
        assert result.score == line["automatic_score"]
        assert line["attempt"]["kept"]
    scores = [line["automatic_score"] for line in lines]
    assert scores == [3, 3, 1, 0, 0, 3] * 2
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["final_score"]) for row in rows] == scores
    assert rows[0]["file"] == "s000/double.ipynb"
    assert (out / "left_over.csv").read_text("utf-8-sig") == "file,student,exercise,reason\n"


def test_again_grades_nothing(out: Path, course: Path, submissions: Path) -> None:
    before = [(out / name).read_bytes() for name in ("results.jsonl", "grades.csv")]
    ended = batch(course, submissions, out, "--json")
    assert ended.returncode == 0
    assert [(out / name).read_bytes() for name in ("results.jsonl", "grades.csv")] == before
    assert ended.stdout == before[0].decode()


def test_the_number_of_workers_changes_nothing(
    done: tuple[Path, object], course: Path, submissions: Path, tmp_path: Path
) -> None:
    batch(course, submissions, tmp_path / "out", "--workers", 4, "--quiet")
    assert untimed(tmp_path / "out") == untimed(done[0])


@pytest.mark.thorough
def test_the_order_changes_nothing(course: Path) -> None:
    found = load_course(course)
    sources = [f"{source}\n# order\n".encode() for source in SOURCES]
    tasks = [Task(str(index), "double", "double.py", data) for index, data in enumerate(sources)]
    pool = LocalPool(found, BatchJob(str(course), ("double",), 0, "basic"), 1, 60.0, renew_after=3)
    one = {result.key: untimed_document(result) for result in pool.run(iter(tasks))}
    other = {result.key: untimed_document(result) for result in pool.run(iter(tasks[::-1]))}
    assert one == other
    assert len(one) == len(tasks)


def untimed_document(done: Done) -> Result:
    result = Result.from_json(done.document)
    checks = tuple(replace(check, seconds=0.0) for check in result.checks)
    return replace(result, checks=checks, seconds=0.0)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nothing keeps to a core here")
@pytest.mark.parametrize("spare", [False, True])
def test_processes_keep_to_their_cores_where_none_is_spare(
    course: Path, monkeypatch: pytest.MonkeyPatch, spare: bool
) -> None:
    all_cores = os.sched_getaffinity(0)
    mine = frozenset([min(all_cores)])
    monkeypatch.setattr(pool, "usable_cores", lambda: mine | {-1} if spare else mine)
    local = LocalPool(load_course(course), BatchJob(str(course), ("double",), 0, "basic"), 1, 60.0)
    tasks = (Task(str(x), "double", "double.py", RIGHT.encode()) for x in range(3))
    seen = []
    others = set(descendants(os.getpid()))  # the tests' own command server
    for _ in local.run(tasks):
        below = set(descendants(os.getpid())) - others
        seen += [os.sched_getaffinity(process) for process in below]
    assert seen
    assert all(cores == (all_cores if spare else mine) for cores in seen)


def test_a_slow_one_holds_up_nobody(course: Path) -> None:
    slow = "import time\ndef double(x):\n    time.sleep(60)\n"
    tasks = [Task("slow", "double", "double.py", slow.encode())]
    tasks += [Task(str(index), "double", "double.py", RIGHT.encode()) for index in range(4)]
    pool = LocalPool(load_course(course), BatchJob(str(course), ("double",), 0, "basic"), 1, 60.0)
    ended = [done.key for done in pool.run(iter(tasks))]
    assert ended[-1] == "slow"
    assert sorted(ended) == ["0", "1", "2", "3", "slow"]


def test_equal_files_are_graded_once(course: Path, tmp_path: Path) -> None:
    for who in ("ada", "bob", "cem"):
        (tmp_path / "in" / who).mkdir(parents=True)
        (tmp_path / "in" / who / "double.py").write_text(RIGHT)
    executor = Pretended()
    done = run_pretended(course, tmp_path / "in", tmp_path / "out", executor)
    assert len(executor.graded) == 1
    assert done.counts.full_marks == 3
    assert len(results(tmp_path / "out")) == 3


def test_what_makes_work_new(
    course: Path, submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def graded(**options: object) -> int:
        executor = Pretended()
        run_pretended(options.pop("course", course), submissions, out, executor, **options)  # type: ignore[arg-type]
        return len(executor.graded)

    submissions = shutil.copytree(submissions, tmp_path / "in")
    own = shutil.copytree(course, tmp_path / "course")
    out = tmp_path / "out"
    assert graded(course=own) == NUMBER
    assert graded(course=own) == 0
    (submissions / "s001" / "double.py").write_text(RIGHT + "# once more")
    assert graded(course=own) == 1
    assert graded(course=own, seed=1) == NUMBER
    assert graded(course=own, isolation="strict") == NUMBER
    for name in ("check_double.py", "double.py", "misconceptions_double.py"):
        with (own / "solutions" / name).open("a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        assert graded(course=own) == NUMBER, name
    late = own / "exercises" / "course.toml"
    late.write_text(late.read_text() + "\n[late]\npenalty_per_day = 10\n")
    assert graded(course=own) == 0, "a late policy changes no result"
    late.write_text(late.read_text().replace("call_seconds = 8.0", "call_seconds = 7.0"))
    assert graded(course=own) == NUMBER
    monkeypatch.setattr(grader, "__version__", "0.0.0")
    assert graded(course=own) == NUMBER


@pytest.mark.parametrize(("what", "many"), [("s003", 1), ("check_one", NUMBER), ("double", NUMBER)])
def test_regrade(course: Path, submissions: Path, tmp_path: Path, what: str, many: int) -> None:
    run_pretended(course, submissions, tmp_path / "out", Pretended())
    stopped = Pretended(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        run_pretended(course, submissions, tmp_path / "out", stopped, regrade=what)
    executor = Pretended()  # the same without the option: it goes on with what was asked for
    run_pretended(course, submissions, tmp_path / "out", executor)
    assert len(executor.graded) == many


def test_regrade_of_nobody(course: Path, submissions: Path, tmp_path: Path) -> None:
    run_pretended(course, submissions, tmp_path / "out", Pretended())
    with pytest.raises(BpgradeError, match="nothing here is called nobody"):
        run_pretended(course, submissions, tmp_path / "out", Pretended(), regrade="nobody")


def test_retry_ungraded(course: Path, submissions: Path, out: Path) -> None:
    with sqlite3.connect(out / "journal.sqlite") as database:
        key = database.execute("SELECT key FROM results ORDER BY key LIMIT 1").fetchone()[0]
    database.close()
    journal = Journal(out)
    row = journal.find(key)
    assert row is not None
    journal.put(replace(row, status="ungraded"))
    journal.close()
    ended = batch(course, submissions, out)
    assert ended.returncode == 3
    assert f"1 of {NUMBER} submissions could not be graded: s" in ended.stderr
    assert "--retry-ungraded" in ended.stderr
    ended = batch(course, submissions, out, "--retry-ungraded")
    assert ended.returncode == 0
    assert f"{NUMBER - 1} were graded before" in ended.stdout


def test_the_second_batch_is_refused(course: Path, submissions: Path, tmp_path: Path) -> None:
    with Lock(tmp_path):
        ended = batch(course, submissions, tmp_path)
    assert ended.returncode == 2
    assert f"another batch is running in {tmp_path}: process {os.getpid()} on " in ended.stderr
    with Lock(tmp_path):  # let go of by the first
        pass


def kept(out: Path) -> int:
    """Return how many results a journal holds."""
    if not (out / "journal.sqlite").exists():
        return 0
    database = sqlite3.connect(out / "journal.sqlite")
    try:
        found: int = database.execute("SELECT count(*) FROM results").fetchone()[0]
        return found
    except sqlite3.OperationalError:  # killed before it made the table
        return 0
    finally:
        database.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_at_any_moment(
    done: tuple[Path, object],
    course: Path,
    submissions: Path,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    """The same command goes on, and no finished work is done again"""
    out = tmp_path / "out"
    words = command(course, submissions, out, "--workers", 2)
    rng = random.Random(number)
    for _ in range(KILLS if number is signal.SIGKILL else 1):
        before = kept(out)
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        limit, more = time.monotonic() + 60, rng.randrange(1, 5)
        while process.poll() is None and time.monotonic() < limit and kept(out) < before + more:
            time.sleep(rng.uniform(0.0, 0.05))
        below = descendants(process.pid)
        process.send_signal(number)
        told = process.communicate(timeout=60)[1].decode()
        if number is signal.SIGINT and process.returncode == 130:
            assert "rerun the same command to resume" in told
        assert kept(out) >= before
        assert ended(below), "it has left processes behind"
    before = kept(out)
    last = batch(course, submissions, out)
    assert last.returncode == 0
    assert f"; {before} were graded before" in last.stdout
    assert untimed(out) == untimed(done[0])


@pytest.mark.parametrize("at", ["run.Batch.write", "run.Batch.similar"])
def test_stopped_while_it_writes_it_says_how_to_go_on(
    course: Path, submissions: Path, out: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"grader.batch.{at}", stopped)
    words = [str(word) for word in (submissions, "-o", out, "--course", course)]
    told = CliRunner().invoke(batch_command, [*words, "--isolation=basic"], standalone_mode=False)
    assert told.return_value == 130
    assert f"{NUMBER} of {NUMBER} submissions are graded, rerun the same command" in told.stderr


def ended(processes: list[int]) -> bool:
    """Wait until these processes have ended."""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if not any(Path(f"/proc/{process}").exists() for process in processes):
            return True
        time.sleep(0.05)
    return False


def test_grading_processes_and_hosts_are_killed(course: Path) -> None:
    """Each submission has its one right grade all the same"""
    tasks = [
        Task(f"{index}", "double", "double.py", f"{SOURCES[index % 6]}\n# {index}\n".encode())
        for index in range(18)
    ]
    pool = LocalPool(load_course(course), BatchJob(str(course), ("double",), 0, "basic"), 2, 60.0)
    scores = {}
    rng = random.Random(4)
    others = set(descendants(os.getpid()))  # the tests' own command server
    for number, done in enumerate(pool.run(iter(tasks))):
        scores[int(done.key)] = done.score
        assert done.status == "graded"
        if number in (2, 7, 12):
            below = [one for one in descendants(os.getpid()) if one not in others]
            os.kill(below[0] if number == 2 else rng.choice(below), signal.SIGKILL)
    assert [scores[index] for index in range(18)] == [3, 3, 1, 0, 0, 3] * 3


@pytest.mark.parametrize("damage", ["overwritten", "cut", "emptied", "garbage", "one result"])
def test_damaged_journal(
    done: tuple[Path, object], course: Path, submissions: Path, out: Path, damage: str
) -> None:
    path = out / "journal.sqlite"
    data = path.read_bytes()
    if damage == "one result":  # a bit of a document, which no check of the file's form notices
        place = data.index(b"Twice two is four")
        path.write_bytes(data[:place] + b"Never" + data[place + 5 :])
    else:
        middle = len(data) // 2
        overwritten = data[:middle] + b"\xff" * 5000 + data[middle + 5000 :]
        new = {"overwritten": overwritten, "cut": data[:middle], "emptied": b"", "garbage": b"no"}
        path.write_bytes(new[damage])
    again = batch(course, submissions, out)
    assert again.returncode == 0, again.stderr
    assert untimed(out) == untimed(done[0])
    if damage in ("overwritten", "cut", "garbage"):
        assert "the journal was damaged: it is kept as journal.sqlite.damaged-1" in again.stderr
        assert (out / "journal.sqlite.damaged-1").exists()
    if damage == "one result":
        assert f"; {NUMBER - 1} were graded before" in again.stdout


def in_small_space(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount; skip where this machine lets nobody do so."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    shell = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc"]
    if subprocess.run([*shell, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    return subprocess.run(
        [*shell, script, "sh", *words], capture_output=True, text=True, timeout=300
    )


def test_full_disk(
    done: tuple[Path, object], course: Path, submissions: Path, tmp_path: Path
) -> None:
    """All that was graded is kept, and with more room the same command goes on"""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = command(course, submissions, disk / "out", "--workers", 1)
    ended = in_small_space(
        'mount -t tmpfs -o size=96k none "$0"; shift 0;'
        ' code=0; "$@" || code=$?; echo "first $code";'
        ' mount -o remount,size=50m "$0"; "$@"; cp -r "$0/out" "$0.copy"'.replace("$0", str(disk)),
        *words,
    )
    assert "first 3" in ended.stdout, ended.stderr
    assert "is full; all results so far are kept" in ended.stderr
    assert ended.returncode == 0, ended.stderr
    assert "were graded before" in ended.stdout
    assert untimed(Path(f"{disk}.copy")) == untimed(done[0])


def test_read_only_output(course: Path, submissions: Path, out: Path) -> None:
    words = command(course, submissions, out)
    place = str(out)
    ended = in_small_space(
        f'mount --bind "{place}" "{place}"; mount -o remount,bind,ro "{place}"; "$@"', *words
    )
    assert ended.returncode == 3
    assert f"{out} cannot be written: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_files_change_while_they_are_read(course: Path, tmp_path: Path) -> None:
    """Each file is what it was when it was read; one that has gone is listed, and no zero"""
    folder = make_class(tmp_path / "in", 6)

    class Changing(Pretended):
        def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
            (folder / "s001" / "double.py").unlink()
            (folder / "s002" / "double.py").write_text("changed")
            (folder / "s004" / "double.py").unlink()
            (folder / "s004" / "double.py").symlink_to(folder / "s005" / "double.py")
            (folder / "s005" / "more.py").write_text("new")
            return super().run(tasks)

    executor = Changing()
    done = run_pretended(course, folder, tmp_path / "out", executor)
    assert b"changed" in {task.data for task in executor.graded}
    assert (done.counts.unreadable, done.counts.full_marks) == (2, 4)
    status = {line["student"]["id"]: line["status"] for line in results(tmp_path / "out")}
    assert [name for name in status if status[name] == "unreadable"] == ["s001", "s004"]
    told = (tmp_path / "out" / "left_over.csv").read_text("utf-8")
    assert "s001/double.py,,double,not graded: No such file or directory" in told
    assert "s004/double.py,,double,not graded: " in told


def test_a_text_is_no_formula(course: Path, tmp_path: Path) -> None:
    for who in ("=1+1", "@sum", "+ada", "-bob", "\tcem", "dot.=1"):
        (tmp_path / "in" / who).mkdir(parents=True)
        (tmp_path / "in" / who / "double.py").write_text(RIGHT)
    assert batch(course, tmp_path / "in", tmp_path / "out").returncode == 0
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {row["student_id"] for row in rows}
    assert ids == {"'=1+1", "'@sum", "'+ada", "'-bob", "'\tcem", "dot.=1"}
    assert {line["student"]["id"] for line in results(tmp_path / "out")} >= {"=1+1", "-bob"}


def test_errors_of_the_output_folder(course: Path, tmp_path: Path) -> None:
    for error, text in (
        (OSError(28, "No space left on device"), "is full"),
        (sqlite3.OperationalError("disk I/O error"), "cannot be written"),
    ):
        with pytest.raises(BpgradeError, match=text), explained(tmp_path):
            raise error


@pytest.mark.parametrize(
    ("place", "text"),
    [("in/s000/out", "would be taken for a submission"), ("file", "is a file")],
)
def test_careless_output(
    course: Path, submissions: Path, tmp_path: Path, place: str, text: str
) -> None:
    shutil.copytree(submissions, tmp_path / "in")
    (tmp_path / "file").write_text("")
    ended = batch(course, tmp_path / "in", tmp_path / place)
    assert ended.returncode == 2
    assert text in ended.stderr


def test_counts_and_stuck_seconds(course: Path) -> None:
    counts = Counts(3)
    counts.add(Done("a", "double", "graded", 3.0, 3.0, ""), 2)
    counts.add(Done("b", "double", "ungraded", 3.0, 3.0, ""))
    assert (counts.full_marks, counts.ungraded, counts.ended) == (2, 1, 3)
    assert stuck_seconds(load_course(course)) > 8.0


def test_what_the_grader_failed_at_is_said(course: Path, submissions: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(course, tmp_path / "broken")
    [checks] = (broken / "solutions").glob("check_*.py")
    checks.write_text(checks.read_text("utf-8").replace("compare.", "nonsense."), "utf-8")
    ended = batch(broken, submissions, tmp_path / "out")
    assert ended.returncode == 3
    assert "could not be graded: s000/double.ipynb (The check itself failed" in ended.stderr
    assert "'nonsense' is not defined" in ended.stderr
    assert "Traceback" not in ended.stderr
