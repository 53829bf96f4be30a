"""What makes a result a new one: a change anywhere in the grader's own code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import grader
from grader.batch.cache_key import engine

PACKAGE = Path(grader.__file__).parent
FOLDERS = sorted({path.parent.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")})


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engine") / "grader"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_change_in_any_folder_changes_the_engine(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder stands alone in its place: to read all the others each time would take long."""
    copy = tmp_path / "grader"
    (copy / folder).mkdir(parents=True)
    for module in (PACKAGE / folder).glob("*.py"):
        shutil.copyfile(module, copy / folder / module.name)
    monkeypatch.setattr(grader, "__file__", str(copy / "__init__.py"))
    before = engine()
    for module in sorted((copy / folder).glob("*.py")):
        text = module.read_bytes()
        module.write_bytes(text + b"#")
        assert engine() != before, module
        module.write_bytes(text)
    assert engine() == before
    new = copy / folder / "made_up.py"
    new.touch()
    assert engine() != before
    new.unlink()


def test_what_python_has_compiled_makes_no_difference(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grader, "__file__", str(copy / "__init__.py"))
    before = engine()
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "errors.cpython-311.pyc").touch()
    assert engine() == before
