"""What the engine uses of pytest's insides is still there, and does what it did."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest import config
from packaging.requirements import Requirement
from packaging.version import Version

from grader.checking import pytest_adapter
from grader.checking.direct import direct
from grader.checking.pytest_adapter import (
    TRIED,
    collected_session,
    fixtures_of,
    passes_parameter,
    run_item,
)

ROOT = Path(__file__).resolve().parent.parent
TESTS = """
import pytest


@pytest.fixture(scope="session")
def shared():
    EVENTS.append("shared up")
    yield 1
    EVENTS.append("shared down")


@pytest.fixture
def doubled(value):
    return 2 * value


@pytest.fixture
def indirect(request):
    return request.param


@pytest.mark.parametrize("value", [3])
def test_plain(value, doubled):
    EVENTS.append(f"plain {value} {doubled}")


@pytest.mark.parametrize("indirect", [3], indirect=True)
def test_indirect(indirect):
    EVENTS.append(f"indirect {indirect}")


def test_sharing(shared):
    EVENTS.append("sharing")


def test_request(request):
    EVENTS.append(request.node.name)


EVENTS = []
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[pytest.Session]:
    file = tmp_path / "test_some.py"
    file.write_text(TESTS)
    arguments = [str(file), f"--rootdir={tmp_path}", "--config-file=/dev/null", "-pno:terminal"]
    arguments += ["--import-mode=importlib", "--disable-plugin-autoload", "--capture=no"]
    with collected_session(arguments, []) as session:
        yield session


def test_this_version_of_pytest_has_been_tried() -> None:
    installed = Version(pytest.__version__).release[:2]
    oldest, newest = TRIED
    assert oldest <= installed <= newest, (
        f"pytest {pytest.__version__} is new to grader/checking/pytest_adapter.py. Run"
        " tests/test_pytest_adapter.py, test_check.py and test_replay.py with it; where they"
        " pass, name it in TRIED."
    )


def test_the_bounds_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    [bounds] = [
        requirement.specifier
        for requirement in map(Requirement, project["dependencies"])
        if requirement.name == "pytest"
    ]
    oldest, newest = (".".join(map(str, version)) for version in TRIED)
    assert oldest in bounds
    assert newest in bounds
    assert f"{TRIED[0][0]}.{TRIED[0][1] - 1}" not in bounds
    assert f"{TRIED[1][0] + 1}.0" not in bounds


def test_nothing_else_of_the_package_uses_what_is_private() -> None:
    private = ("_pytest", "_fixtureinfo", "_setupstate", "_do_configure", "_ensure_unconfigure")
    users = {
        path.name
        for path in (ROOT / "grader").rglob("*.py")
        if any(name in path.read_text("utf-8") for name in private)
    }
    assert users == {"pytest_adapter.py"}


def test_the_private_names_are_there(session: pytest.Session) -> None:
    assert callable(config._prepareconfig)
    assert callable(session.config._do_configure)
    assert callable(session.config._ensure_unconfigure)
    assert callable(session._setupstate.teardown_exact)
    assert isinstance(session.items[0], pytest.Function)
    assert session.items[0]._fixtureinfo.names_closure


def test_what_a_test_takes_is_known_before_it_runs(session: pytest.Session) -> None:
    plain, indirect = session.items[:2]
    assert isinstance(plain, pytest.Function)
    assert isinstance(indirect, pytest.Function)
    found = fixtures_of(plain)
    assert found.arguments == ("value", "doubled")
    assert set(found.needed) == {"value", "doubled"}
    assert found.parameters == {"value": 3}
    assert all(map(passes_parameter, found.definitions["value"]))
    assert not any(map(passes_parameter, found.definitions["doubled"]))
    assert not any(map(passes_parameter, fixtures_of(indirect).definitions["indirect"]))


def test_only_plain_checks_are_called_without_pytest(session: pytest.Session) -> None:
    by_name = {item.name: direct(item) is not None for item in session.items}
    assert by_name == {
        "test_plain[3]": True,
        "test_indirect[3]": False,
        "test_sharing": False,
        "test_request": False,
    }


def test_tests_run_as_often_as_one_likes_and_fixtures_end_with_the_session(tmp_path: Path) -> None:
    file = tmp_path / "test_some.py"
    file.write_text(TESTS)
    arguments = [str(file), f"--rootdir={tmp_path}", "--config-file=/dev/null", "-pno:terminal"]
    arguments += ["--import-mode=importlib", "--disable-plugin-autoload", "--capture=no"]
    with pytest_adapter.collected_session(arguments, []) as session:
        plain, indirect, sharing, _ = session.items
        events = plain.function.__globals__["EVENTS"]  # type: ignore[attr-defined]
        for _ in range(2):
            run_item(plain, sharing)
            run_item(sharing, sharing)
            run_item(indirect, sharing)
        assert events.count("plain 3 6") == events.count("indirect 3") == 2
        assert events.count("sharing") == 2
        assert events.count("shared up") == 1
        assert "shared down" not in events
    assert events[-1] == "shared down"
