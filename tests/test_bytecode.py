"""The bytecode of the untrusted side, which may write none, is kept for it."""

from __future__ import annotations

import os
import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from grader.sandbox import bytecode

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "below").mkdir()
    for name in ("one.py", "below/two.py"):
        (tmp_path / name).write_text("value = 1\n")
    return tmp_path


def compiled(folder: Path) -> list[str]:
    """Return the modules that have bytecode."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if Path(cache_from_source(str(path))).exists()
    )


def test_each_module_is_compiled_once_and_again_when_it_has_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    bytecode.keep(str(folder))
    assert compiled(folder) == ["below/two.py", "one.py"]
    made: list[str] = []
    monkeypatch.setattr(py_compile, "compile", lambda source, *_args, **_more: made.append(source))
    bytecode.keep(str(folder))
    assert made == []
    later = (folder / "one.py").stat().st_mtime + 10
    os.utime(folder / "one.py", (later, later))
    bytecode.keep(str(folder))
    assert made == [str(folder / "one.py")]


def test_none_is_tried_where_python_may_not(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(py_compile, "compile", lambda *_given, **_more: pytest.fail("it was tried"))
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (str(folder), os.W_OK))
    bytecode.keep(str(folder))
    monkeypatch.setattr(os, "access", lambda _path, _mode: True)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    bytecode.keep(str(folder))


def test_a_cache_that_cannot_be_and_a_broken_module_do_no_harm(folder: Path):
    (folder / "one.py").write_text("value =\n")
    (folder / "below" / "__pycache__").write_text("a file, so that nothing can be written there")
    bytecode.keep(str(folder))
    assert compiled(folder) == []
