"""The catalogues of messages: nothing is left in English, and nothing is filled in otherwise."""

from __future__ import annotations

import gettext
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from grader.course import load_course
from grader.diagnosis.catalogue import Catalogue, default_language

ROOT = Path(__file__).resolve().parent.parent
WRONG = ROOT / "tests" / "corpus" / "exercise2" / "wrong_sign.py"


def make_catalogues() -> ModuleType:
    path = ROOT / "docs" / "make_catalogues.py"
    spec = importlib.util.spec_from_file_location("make_catalogues", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = make_catalogues()
CATALOGUES = dict(MAKE.catalogues())
REMEDY = "translate it in the .po file, then run: python docs/make_catalogues.py"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_is_translated_and_filled_in_alike(path: Path) -> None:
    assert len(CATALOGUES[path]) > 50
    assert list(MAKE.problems(MAKE.updated(path, CATALOGUES[path]))) == [], REMEDY


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_the_compiled_catalogue_says_what_the_text_says(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in MAKE.updated(path, CATALOGUES[path]):
        if message.id:
            assert compiled.gettext(message.id) == message.string, REMEDY


def test_a_missing_translation_and_another_field_are_noticed() -> None:
    catalogue = MAKE.Catalog()
    catalogue.add("{entry} is wrong.", "")
    catalogue.add("{entries} use{s} it.", "用了它")
    catalogue.add("{entries} move{s}.", "{entries} 移动")
    assert len(list(MAKE.problems(catalogue))) == 2


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW"}, "zh"),
    ],
)
def test_the_environment_says_which_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language


def test_a_catalogue_that_is_damaged_or_not_there_is_english(tmp_path: Path) -> None:
    folder = tmp_path / "solutions" / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "course.mo").write_bytes(b"no catalogue")
    assert Catalogue("zh", tmp_path).authored("The half is forgotten") == "The half is forgotten"
    assert Catalogue("zh", tmp_path / "none").authored("Nothing") == "Nothing"
    assert Catalogue("zh", load_course(ROOT).folder).authored("The half is forgotten") != (
        "The half is forgotten"
    )


def test_check_tells_a_mistake_in_the_language_that_is_asked_for() -> None:
    told = {}
    for language in ("en", "zh"):
        words = [sys.executable, "-m", "grader", "check", "--json", "--lang", language]
        done = subprocess.run(
            [*words, "--exercise", "exercise2", str(WRONG)],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        checks = json.loads(done.stdout)["checks"]
        [told[language]] = [found for check in checks for found in check["diagnosis"]]
    assert told["en"]["id"] == told["zh"]["id"] == "target_minus_output"
    assert told["en"]["message"].isascii()
    assert "误差" in told["zh"]["message"]
