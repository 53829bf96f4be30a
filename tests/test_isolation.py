"""Strict isolation: what each combination of layers closes, and that right code still runs."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from sandboxes import BY_DEFAULT, LIMITS, WITHOUT, SandboxSessions, isolation, marked
from thoroughness import thorough
from waiting import wait_for

from grader.course import load_course
from grader.errors import IsolationError, UsageError
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.result import Outcome
from grader.sandbox import isolation as isolation_module
from grader.sandbox import isolation_selftest, launch, layer_probe, read_allow_list
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation needs Linux")


@pytest.fixture(params=thorough(WITHOUT, but=BY_DEFAULT), scope="module")
def bench(request: pytest.FixtureRequest) -> Iterator[SandboxSessions]:
    with SandboxHost(isolation(request.param), ["numpy"]) as host:
        yield SandboxSessions(host)


def names(bench: SandboxSessions) -> frozenset[str]:
    return bench.host.isolation.layers


def test_layers_are_reported_before_the_submission_runs(bench: SandboxSessions) -> None:
    session = bench.session("raise SystemExit")
    session.load()
    assert session.layers[0] == "rlimits"
    assert set(session.layers[1:]) == names(bench)
    session.close()


READ = """
def run(path):
    with open(path, "rb") as file:
        return len(file.read(1))
"""


def test_files_of_others_are_closed(bench: SandboxSessions, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    for path in (
        secret,
        ROOT / "solutions" / "exercise3.py",
        ROOT / "grader" / "sandbox" / "submission_session.py",
        ROOT / "grader" / "__init__.py",
        Path(pytest.__file__),
        Path("/etc/passwd"),
        Path("/etc/shadow"),
        Path(f"/proc/{os.getpid()}/environ"),
        Path(f"/proc/{os.getpid()}/cmdline"),
    ):
        assert bench.outcome(READ, str(path)) is Outcome.ERROR, path


LIST = """
import os
def run(path):
    return sorted(os.listdir(path))
"""


def test_folders_of_others_are_closed(bench: SandboxSessions) -> None:
    packages = Path(pytest.__file__).parent.parent
    leading = {part.name for path in read_allow_list.interpreter().paths for part in path.parents}
    for path in (ROOT, ROOT / "solutions", Path.home(), Path("/home"), packages):
        with suppress(CallFailure):  # namespaces show what leads to the allowed folders
            found = set(bench.call(LIST, str(path)))
            described = f"numpy-{np.__version__}.dist-info"  # its METADATA, and nothing else of it
            assert found <= {"numpy", "numpy.libs", described, "msgpack"} | leading, path


WRITE = """
import os
def run(path):
    with open(path, "w") as file:
        file.write("x")
"""


def test_nothing_is_written_but_in_the_scratch_folder(
    bench: SandboxSessions, tmp_path: Path
) -> None:
    import numpy

    library = Path(os.__file__).parent
    for folder in (tmp_path, ROOT, library, Path(numpy.__file__).parent, Path("/dev/shm"), "/"):
        path = Path(folder, "bpgrade-left-behind")
        assert bench.outcome(WRITE, str(path)) is Outcome.ERROR, path
        assert not path.exists()
    assert bench.outcome(WRITE, "mine.txt") is Outcome.PASSED
    assert list(bench.scratch.iterdir()) == []


CHANGE = """
import os
def run(path):
    done = []
    for name, change in {
        "chmod": lambda: os.chmod(path, 0o777),
        "utime": lambda: os.utime(path),
        "truncate": lambda: os.truncate(path, 0),
        "chown": lambda: os.chown(path, 1, 1),
        "unlink": lambda: os.unlink(path),
        "rename": lambda: os.rename(path, path + "x"),
        "link": lambda: os.link(path, "linked"),
        "setxattr": lambda: os.setxattr(path, "user.a", b"b"),
    }.items():
        try:
            change()
            done.append(name)
        except OSError:
            pass
    return done
"""


def test_files_of_others_are_not_changed(bench: SandboxSessions, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text("results", encoding="utf-8")
    os.utime(file, (1e9, 1e9))
    before = file.stat()
    assert bench.call(CHANGE, str(file)) == []
    for path in (os.__file__, "/etc/passwd"):
        assert bench.call(CHANGE, path) == []
    assert file.stat() == before


CONNECT = """
import socket
def run(family, kind, address):
    with socket.socket(family, kind) as sock:
        sock.settimeout(1)
        sock.connect(tuple(address) if isinstance(address, list) else address)
        sock.send(b"x")
"""


def test_no_network(bench: SandboxSessions, tmp_path: Path) -> None:
    path, abstract = str(tmp_path / "socket"), f"\0bpgrade-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as hidden,
    ):
        udp.bind(("127.0.0.1", 0))
        unix.bind(path)
        hidden.bind(abstract)
        for server in (unix, hidden):
            server.listen()
        for server in (tcp, unix, hidden):
            server.setblocking(False)
        udp.setblocking(False)
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, list(tcp.getsockname())),
            (socket.AF_UNIX, socket.SOCK_STREAM, path),
            (socket.AF_UNIX, socket.SOCK_STREAM, abstract),
        ):
            assert bench.outcome(CONNECT, int(family), int(kind), address) is Outcome.ERROR
        bench.outcome(CONNECT, int(socket.AF_INET), int(socket.SOCK_DGRAM), list(udp.getsockname()))
        for server in (tcp, unix, hidden):
            with pytest.raises(BlockingIOError):
                server.accept()
        with pytest.raises(BlockingIOError):
            udp.recv(1)


SIGNAL = """
import ctypes, os, signal
def run(process):
    libc = ctypes.CDLL(None, use_errno=True)
    sent = []
    for target in (process, -1, os.getppid()):
        try:
            os.kill(target, signal.SIGTERM)
            sent.append(target)
        except OSError:
            pass
    if libc.ptrace(16, process, 0, 0) == 0:
        sent.append("ptrace")
    if libc.tgkill(process, process, 15) == 0:
        sent.append("tgkill")
    return sent
"""


def test_no_signal_leaves(bench: SandboxSessions) -> None:
    import signal

    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: got.append(number))
    try:
        sent = bench.call(SIGNAL, os.getpid())
    finally:
        signal.signal(signal.SIGTERM, before)
    assert got == []
    assert not {os.getpid(), "ptrace", "tgkill"} & set(sent)
    if "seccomp" in names(bench):
        assert sent == []
    assert bench.call("def run(): return 1") == 1


BOMB = """
import os
def run():
    while True:
        os.fork()
"""


def test_fork_bomb_is_ended(bench: SandboxSessions) -> None:
    start = time.monotonic()
    assert bench.outcome(BOMB) in (Outcome.DIED, Outcome.ERROR)
    assert time.monotonic() - start < 10
    assert len(marked(f"HOME={bench.scratch}\0", most=1)) <= 1  # the host
    assert bench.call("def run(): return 1") == 1


THREADS = """
import threading, time
threading.stack_size(32768)
def run():
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""


def test_thread_bomb_is_ended(bench: SandboxSessions) -> None:
    session = bench.session(THREADS)
    with pytest.raises(CallFailure, match=r"processes|can't start new thread"):
        session.call("run", [])
    session.close()


FILL = """
def run():
    number = 0
    while True:
        number += 1
        with open(f"{number}", "wb") as file:
            file.write(bytes(1 << 20))
"""


def test_disk_is_not_filled(bench: SandboxSessions) -> None:
    session = bench.session(FILL)
    with pytest.raises(CallFailure, match="too many files, or too large ones"):
        session.call("run", [])
    session.close()
    assert list(bench.scratch.iterdir()) == []


LEFT = """
import ctypes, os, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def run():
    os.makedirs("closed/deep")
    os.mkdir("none", 0)
    open("file", "w").close()
    try:
        os.chmod("closed", 0)
    except OSError:
        pass
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return [libc.shmget(0x5EC, 4096, 0o1666), libc.semget(0x5EC, 1, 0o1666)]
"""
FOUND = """
import ctypes, os, threading
libc = ctypes.CDLL(None, use_errno=True)
def run():
    return [
        libc.shmget(0x5EC, 4096, 0o666), libc.semget(0x5EC, 1, 0o666),
        os.listdir("."), threading.active_count(),
    ]
"""


def test_nothing_is_left_for_the_next(bench: SandboxSessions) -> None:
    bench.call(LEFT)
    assert list(bench.scratch.iterdir()) == []
    assert bench.call(FOUND) == [-1, -1, [], 1]


REACH = """
import gc, os, sys
def run():
    texts = [repr(value) for value in (sys.argv, dict(os.environ), sys.path, sys.modules)]
    frame = sys._getframe()
    while frame:
        texts.append(repr((frame.f_locals, frame.f_globals)))
        frame = frame.f_back
    for value in gc.get_objects():
        if isinstance(value, (str, bytes, list, dict)):
            try:
                texts.append(repr(value))
            except Exception:
                pass
    for name in ("environ", "cmdline", "maps"):
        for process in ("self", "1", str(os.getppid())):
            try:
                texts.append(open(f"/proc/{process}/{name}").read())
            except (OSError, UnicodeDecodeError):
                pass
    open_descriptors = []
    for number in range(256):
        try:
            os.fstat(number)
            open_descriptors.append(number)
        except OSError:
            pass
    words = ("check_exercise", "misconception", "solutions", "exercise3", "SECRET_VARIABLE")
    return [word for word in words if any(word in text for text in texts)], open_descriptors
"""


def test_nothing_of_the_course_is_in_reach(
    bench: SandboxSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_VARIABLE", "secret")
    words = ["check_exercise", "misconception", "solutions", "SECRET_VARIABLE"]
    coded = [word.encode().hex() for word in words]
    source = REACH.replace(
        '("check_exercise", "misconception", "solutions", "exercise3", "SECRET_VARIABLE")',
        f"[bytes.fromhex(code).decode() for code in {coded}]",
    )
    with SandboxHost(bench.host.isolation, ["numpy"]) as host:  # started with the variable set
        found, descriptors = SandboxSessions(host).call(source)
    assert found == []
    assert descriptors == [0, 1, 2, 3]


RIGHT = sorted(
    path
    for path in CORPUS.glob("exercise*/right_*.py")
    if path.name not in ("right_child_left.py", "right_forked_child_left.py")  # start processes
)


FLOODS = {path for path in RIGHT if re.search("_(prints|writes)_(much|without_end)", path.name)}
"""What they print goes through the same pipe whatever confines them, and takes its time."""
ASKING = re.compile(r"^\s*import (os|sys|signal|threading|tkinter|matplotlib)\b", re.MULTILINE)


def is_chosen(path: Path, everything: bool) -> bool:
    """Say whether a file is tried by default: a plain one, and behind all layers what asks
    something of the system.
    """
    asks = everything and path not in FLOODS and ASKING.search(path.read_text("utf-8"))
    return path.name == "right_plain.py" or bool(asks)


@pytest.mark.parametrize(
    ("bench", "which"),
    thorough(
        product(WITHOUT, ["some", "all"]),
        but=lambda case: case[0] in BY_DEFAULT and case[1] != "all",
    ),
    indirect=["bench"],
    scope="module",
)
def test_right_submissions_keep_full_marks(bench: SandboxSessions, which: str) -> None:
    course = load_course(ROOT)
    everything = len(names(bench)) == 3
    others = "bubblewrap" not in names(bench)  # with it what is confined less sees nothing else
    chosen = [
        path
        for path in RIGHT
        if (everything or (others and path not in FLOODS) or path.name == "right_plain.py")
        and (which == "all" or is_chosen(path, everything))
    ]
    assert FLOODS
    scores: dict[str, float] = {}

    exercises = [course.exercise(name) for name in sorted({path.parent.name for path in chosen})]
    with Grader(course, bench.host.isolation) as grader:
        grader.collect(exercises)
        for path in chosen:
            exercise = course.exercise(path.parent.name)
            result = grader.grade(read_submission(path), exercise, 7)
            scores[f"{path.parent.name}/{path.name}"] = result.score / result.max_score
            assert set(result.isolation) >= names(bench) | {"process", "wall clock", "rlimits"}
    assert {name: score for name, score in scores.items() if score < 1} == {}
    assert scores


@pytest.mark.parametrize(
    "name", thorough(["strict", "bubblewrap alone", "landlock and seccomp"], but=["strict"])
)
def test_packages_are_found_wherever_they_are_installed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # as in an environment made below /tmp
    package = tmp_path / "toolbox"
    package.mkdir()
    (package / "__init__.py").write_text("answer = 42\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with SandboxHost(isolation(name), ["toolbox"]) as host:
        assert (
            SandboxSessions(host).call("import toolbox\ndef run():\n    return toolbox.answer\n")
            == 42
        )


def test_unknown_level() -> None:
    with pytest.raises(UsageError, match="basic, strict"):
        resolve("loose")


def test_strict_refuses_where_nothing_closes_files() -> None:
    for without in (
        {"bubblewrap", "landlock", "seccomp"},
        {"bubblewrap", "landlock"},
        {"bubblewrap", "seccomp"},
    ):
        with pytest.raises(IsolationError, match="left out"):
            resolve("strict", without=without)


def test_refusal_names_the_missing_piece_and_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.sandbox import bubblewrap, seccomp_rules

    def no_library() -> bytes:
        raise RuntimeError

    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    monkeypatch.setattr(seccomp_rules, "program", no_library)
    for cached in (layer_probe._survey, isolation_module._strict):
        cached.cache_clear()
    try:
        with pytest.raises(IsolationError) as caught:
            resolve("strict", without={"landlock"})
    finally:
        for cached in (layer_probe._survey, isolation_module._strict):
            cached.cache_clear()
    assert "apt-get install libseccomp2" in caught.value.remedy
    assert "apt-get install bubblewrap" in caught.value.remedy


def test_a_layer_that_does_not_hold_stops_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The submission's process reports what holds; without it nothing is loaded."""
    chosen = isolation("landlock and seccomp")  # found out before it is weakened
    real = launch.confinement_settings

    def weakened(layers: list[str], ruleset: list[int]) -> dict[str, object]:
        return {**real(layers, ruleset), "layers": []}

    monkeypatch.setattr(launch, "confinement_settings", weakened)
    with SandboxHost(chosen, ["numpy"]) as host:
        session = SandboxSessions(host).session("open('ran', 'w').close()")
        with pytest.raises(IsolationError, match="do not hold"):
            session.load()
        session.close()


def test_basic_needs_no_package_of_the_kernel_layers() -> None:
    import subprocess

    code = (
        "import sys; from grader.sandbox.isolation import resolve\n"
        "from grader.sandbox.host import *\n"
        "with SandboxHost(resolve('basic'), ['numpy']) as host: pass\n"
        "assert not {'landlock', 'pyseccomp'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


SINGLE = """
import os
count = 0
def run(what):
    global count
    count += 1
    if what == "leave":
        os._exit(3)
    if what == "print":
        os.write(1, b"to standard output"), os.write(2, b"to standard error")
    if what == "file":
        open("mine.txt", "w").close()
    return count, sorted(os.listdir(".")), "SECRET_VARIABLE" in os.environ
"""


@pytest.fixture(scope="module")
def single() -> Iterator[SandboxSessions]:
    """What macOS and Windows have: no host, a process started afresh for each submission."""
    os.environ["SECRET_VARIABLE"] = "secret"
    try:
        with SandboxHost(isolation("single"), ["numpy"]) as host:
            yield SandboxSessions(host)
    finally:
        del os.environ["SECRET_VARIABLE"]


def test_a_process_of_its_own_where_nothing_can_fork(single: SandboxSessions) -> None:
    for _ in range(2):  # a fresh one for the second
        session = single.session(SINGLE)
        assert session.call("run", ["file"]).value == (1, ["mine.txt"], False)
        assert session.call("run", [""]).value == (2, ["mine.txt"], False)
        with pytest.raises(CallFailure, match="exited with code 3"):
            session.call("run", ["leave"])
        assert session.call("run", [""]).value == (1, [], False)
        session.call("run", ["print"])
        session.close()
        assert "to standard output" in session.output()
        assert "to standard error" in session.output()
    assert list(single.scratch.iterdir()) == []


def test_limits_hold_where_nothing_can_fork(single: SandboxSessions) -> None:
    endless = "def run():\n    while True:\n        pass\n"
    short = replace(LIMITS, call_seconds=0.5)
    assert single.outcome(endless, limits=short) is Outcome.TIMEOUT
    large = "def run():\n    return len(bytearray(1 << 30))\n"
    assert single.outcome(large) is Outcome.OUT_OF_MEMORY
    flood = "import os\ndef run():\n    while True:\n        os.write(3, b'x' * 4096)\n"
    assert single.outcome(flood, limits=short) is not Outcome.PASSED
    assert single.call("def run():\n    return 1\n") == 1


def test_right_submissions_keep_full_marks_where_nothing_can_fork(single: SandboxSessions) -> None:
    course = load_course(ROOT)
    exercise = course.exercise("exercise5")  # functions cross into the sandbox in both directions
    with Grader(course, single.host.isolation) as grader:
        path = ROOT / "solutions" / "exercise5.py"
        found = grader.grade(read_submission(path), exercise, 7)
    assert found.full_marks


SLOW = """
import time
def run(seconds):
    time.sleep(seconds)
    return seconds
def other():
    return 1
"""


LEFT_OVER = """
import linecache, os, sys, warnings

def run():
    try:
        asked = input()
    except EOFError:
        asked = "nobody answers"
    stand_ins = [type(finder).__name__ for finder in sys.meta_path].count("StandIns")
    return [
        asked, stand_ins, sorted(set(linecache.cache) - {"submission.py"}),
        "warmed_up" in globals(), len(os.listdir(".")), len(warnings.filters),
    ]
"""


def test_of_what_a_host_has_rehearsed_nothing_is_left() -> None:
    with SandboxHost(isolation("basic"), ["numpy"]) as host:
        found = [SandboxSessions(host).call(LEFT_OVER) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0][:5] == ["nobody answers", 1, [], False, 0]


def test_the_calls_of_one_function_have_a_limit_together() -> None:
    limits = replace(LIMITS, cpu_seconds=0.5)
    with SandboxHost(resolve("basic"), ["numpy"]) as host:
        session = SandboxSessions(host).session(SLOW, limits)
        session.call("run", [0.3])
        session.call("run", [0.3])
        with pytest.raises(CallFailure, match="together") as caught:
            session.call("run", [0.3])
        assert caught.value.outcome is Outcome.TIMEOUT
        assert session.call("other", []).value == 1
        session.close()


THREAD = """
import os, threading, time
def run():
    threading.Timer(0.2, os._exit, [0]).start()
def other():
    time.sleep(0.4)
    return 1
"""


def test_what_another_function_has_left_is_not_charged_to_this_one() -> None:
    with SandboxHost(resolve("basic"), ["numpy"]) as host:
        session = SandboxSessions(host).session(THREAD)
        session.call("run", [])
        assert session.call("other", []).value == 1
        session.close()


def test_nothing_stays_where_the_grader_is_killed() -> None:
    import subprocess

    code = (
        "import os, time; from grader.sandbox.isolation import resolve\n"
        "from grader.sandbox.host import *\n"
        "from grader.course import Limits\n"
        "host = SandboxHost(resolve('basic'), ['numpy'])\n"
        "host.fork(Limits()).receive(time.monotonic() + 60)\n"
        "print(host._scratch, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    scratch = Path(done.stdout.strip())
    assert scratch.name.startswith("bpgrade-")
    wait_for(lambda: not scratch.exists(), "the scratch folder is gone")
    assert marked(f"HOME={scratch}\0") == []


@pytest.mark.parametrize("whose", ["the grader's", "another's"])
def test_the_trial_of_signals_tells_the_grader_from_who_has_its_number(
    whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, function, _arguments = isolation_selftest._SIGNAL
    if whose == "another's":  # as in a container, where numbers are low, and in a namespace
        monkeypatch.setattr(
            isolation_selftest, "_SIGNAL", (name, function, lambda _out: [os.getpid()])
        )
    attempts = (isolation_selftest._SIGNAL,)
    [escape] = isolation_selftest._try_all(resolve("basic"), tmp_path / "secret", attempts)
    assert escape.stopped is (whose == "another's")
