"""What holds for every test: signals as in a terminal, and trusted courses of its own.

Tests that are marked `thorough` are left out unless `-m` asks for them: tests/thoroughness.py.
"""

from __future__ import annotations

import compileall
import gc
import importlib.util
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key
from hypothesis import HealthCheck, Phase, settings
from xdist.scheduler import LoadFileScheduling

from grader.course import load_course
from grader.diagnosis.cache import source_key
from grader.diagnosis.making_tables import make_tables
from grader.diagnosis.table_files import SHIPPED

pytest_plugins = ["browsing"]

# how long an input takes to make or to try says something of the machine alone
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it takes minutes
)
settings.load_profile("any machine")

_LONGEST: Final = (
    "test_platforms_layout.py",
    "test_server_browser.py",
    "test_cluster.py",
    "test_server.py",
    "test_endless_loops.py",
    "test_isolation.py",
    "test_server_start.py",
    "test_pages_browser.py",
    "test_batch.py",
    "test_untranslated.py",
    "test_platforms_package.py",
    "test_submit.py",
    "test_server_backup.py",
    "test_hostile_tables.py",
    "test_corpus.py",
    "test_lti_browser.py",
    "test_server_class.py",
    "test_batch_files.py",
    "test_hostile_objects.py",
    "test_server_hostile.py",
    "test_notebooks.py",
    "test_chinese_commands.py",
    "test_objects.py",
    "test_repair.py",
    "test_server_cluster.py",
    "test_server_access.py",
    "test_figures.py",
    "test_decisions.py",
    "test_tables.py",
    "test_asked_under.py",
    "test_author_release.py",
    "test_author_import.py",
    "test_server_several.py",
    "test_diagnosis.py",
    "test_deadline.py",
    "test_server_personal_data.py",
    "test_server_api.py",
    "test_handed_in.py",
    "test_translations.py",
    "test_printing.py",
    "test_lti_outbox.py",
    "test_lti_grades.py",
    "test_lti_musts.py",
    "test_server_showing.py",
    "test_server_waiting.py",
    "test_term.py",
    "test_server_doctor.py",
    "test_pages_languages.py",
    "test_notebooks_fuzz.py",
    "test_pipeline.py",
    "test_server_proxy.py",
    "test_server_regrade.py",
    "test_server_desk.py",
    "test_notebooks_annotate.py",
    "test_values.py",
    "test_syntax_errors.py",
    "test_similarity.py",
    "test_server_faults.py",
    "test_server_regrade_faults.py",
    "test_hostile.py",
    "test_author_verify.py",
    "test_docs.py",
    "test_platforms_selftest.py",
    "test_misconceptions.py",
    "test_platforms_limits.py",
    "test_told.py",
    "test_platforms.py",
    "test_packages.py",
    "test_diagnosis_course.py",
    "test_trust.py",
    "test_corpus_alone.py",
    "test_check.py",
    "test_command_line.py",
    "test_platforms_engine.py",
    "test_figure.py",
)
"""Files that take longest: they come first, so that no process is left with one at the end.

First are those that are given to one process whole; single tests fill in what time is left.
"""
_SHARING_NOTHING: Final = {
    "test_author_verify.py",
    "test_check.py",
    "test_command_line.py",
    "test_corpus_alone.py",
    "test_diagnosis_course.py",
    "test_docs.py",
    "test_figure.py",
    "test_hostile.py",
    "test_misconceptions.py",
    "test_packages.py",
    "test_platforms.py",
    "test_platforms_engine.py",
    "test_platforms_limits.py",
    "test_platforms_selftest.py",
    "test_server_faults.py",
    "test_server_regrade_faults.py",
    "test_told.py",
    "test_trust.py",
}
"""Files whose tests have no fixture in common, so that each may run in any process."""


_WITH_HOSTS_OF_THEIR_OWN: Final = {
    "test_deadline.py",
    "test_hostile.py",
    "test_hostile_objects.py",
    "test_hostile_tables.py",
    "test_isolation.py",
    "test_packages.py",
}
"""Files whose tests are about the processes that submissions run in."""


def pytest_configure(config: pytest.Config) -> None:
    """Take Ctrl-C as a terminal would give it, whatever this run was started from.

    A shell ignores SIGINT for what it starts in the background, as nohup and cron do, and
    programs inherit that: a test that stops a command with Ctrl-C would then wait for ever.
    """
    config.option.loadscopereorder = False  # xdist would begin with the files of most tests
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    if not hasattr(config, "workerinput"):
        _compile()
        if config.getoption("numprocesses", None):
            _start_warm_processes()
            _rewrite(config)
            _make_tables()


def _start_warm_processes() -> None:
    """Start what commands and hosts are forks of: once, and not in each process of the run."""
    import command
    import warm_process
    import warm_start

    from grader.sandbox import launch

    if sys.platform == "linux":
        warm_process.share("hosts", warm_start.begin_server(str(launch.child_folder())))
    for kind in ("commands", "servers"):  # clusters are in few tests
        warm_process.share(kind, command.begin_server(kind))


def _rewrite(config: pytest.Config) -> None:
    """Have the tests' bytecode written, with their assertions rewritten by pytest.

    Each process reads it, and would do the same anew where it is not there: a third of the time
    that it takes to collect the tests. So it is done once, by one process for each core.
    """
    state = config.stash[assertstate_key]

    def write(files: list[Path]) -> None:
        for path in files:
            compiled = path.parent / "__pycache__" / f"{path.stem}{rewrite.PYC_TAIL}"
            if rewrite._read_pyc(path, compiled) is None:
                stat, code = rewrite._rewrite_test(path, config)
                rewrite._write_pyc(state, code, stat, compiled)

    folder = Path(__file__).parent
    (folder / "__pycache__").mkdir(exist_ok=True)
    files = sorted(folder.glob("test_*.py"), key=lambda path: path.stat().st_size)
    half = multiprocessing.get_context("fork").Process(target=write, args=(files[::2],))
    half.start()
    write(files[1::2])
    half.join()


def _compile() -> None:
    """Have the grader's bytecode written, as by an installation.

    What submissions run in writes none, nor does anything where PYTHONDONTWRITEBYTECODE is set:
    each of the thousands of processes that the tests start would compile all that it imports.
    """
    found = importlib.util.find_spec("grader")
    assert found is not None
    for folder in found.submodule_search_locations or ():
        compileall.compile_dir(folder, quiet=2)


def _make_tables() -> None:
    """Have the tables of the course that ships made, as by an installation.

    The many users that tests are would each make them anew. They are found by what they are made
    of, so those of an earlier state of the code do no harm.
    """
    course = load_course(Path(__file__).parent.parent)
    keys = [source_key(course, each) for each in course.exercises]
    mark = SHIPPED / "made-of"
    if mark.is_file() and mark.read_text() == str(keys):
        return
    shutil.rmtree(SHIPPED, ignore_errors=True)
    halves = course.exercises[::2], course.exercises[1::2]
    fork = multiprocessing.get_context("fork")
    makers = [fork.Process(target=make_tables, args=(course, half, SHIPPED)) for half in halves]
    for each in makers:
        each.start()
    for each in makers:
        each.join()
        assert each.exitcode == 0, "the tables of the course that ships cannot be made"
    mark.write_text(str(keys))


@pytest.fixture(scope="session", autouse=True)
def _own_trusted_courses() -> Iterator[None]:
    """Keep tests from reading, and from changing, which courses the user has trusted."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", os.path.realpath(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_in_idle_time() -> Iterator[None]:
    """Leave no process behind that makes the tables of a test's course."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BPGRADE_IDLE", "no")
        yield


@pytest.fixture(scope="session", autouse=True)
def _repairs_found_beside_other_tests() -> Iterator[None]:
    """Let the search for repairs take its processor time, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.diagnosis.repair.trials.SLOWEST", 30.0)
        yield


@pytest.fixture(scope="module", autouse=True)
def _warm_hosts(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start the sandbox's hosts as forks of a warm process, where they are like most."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.platform == "linux" and request.path.name not in _WITH_HOSTS_OF_THEIR_OWN:
            import warm_start

            warm_start.hosts(patch)
        yield


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Take two processes for each core: many tests wait for a time limit to be over."""
    del config
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_collection_finish() -> None:
    """Look through the thousands of tests no more whenever unused objects are looked for."""
    gc.collect()
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    """Have the tests that share something run in one process."""
    return _Scheduling(config, log)


class _Scheduling(LoadFileScheduling):
    """Give a file's tests to one process, so that what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if Path(file).name in _SHARING_NOTHING else file
