"""`solutions/shared.py`: each course's files import their own, and nobody afterwards."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from grader.course.shared import importing_shared


def solutions(folder: Path, text: str | None) -> Path:
    folder.mkdir()
    if text is not None:
        (folder / "shared.py").write_text(text)
    return folder


def test_each_course_has_its_own(tmp_path: Path) -> None:
    one = solutions(tmp_path / "one", "WHOSE = 1\n")
    two = solutions(tmp_path / "two", "WHOSE = 2\n")
    none = solutions(tmp_path / "none", None)
    path = list(sys.meta_path)
    with importing_shared(one):
        outer = importlib.import_module("shared")
        with importing_shared(two):
            assert importlib.import_module("shared").WHOSE == 2
        with importing_shared(none), pytest.raises(ModuleNotFoundError):
            importlib.import_module("shared")
        assert importlib.import_module("shared") is outer
        assert outer.WHOSE == 1
    assert sys.meta_path == path
    assert "shared" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("shared")


def test_the_name_is_given_back_after_an_error(tmp_path: Path) -> None:
    broken = solutions(tmp_path / "broken", "1 / 0\n")
    path = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), importing_shared(broken):
        importlib.import_module("shared")
    assert sys.meta_path == path
    assert "shared" not in sys.modules
