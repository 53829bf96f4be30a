"""The catalogues of messages: nothing is left in English, and nothing is filled in otherwise."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from command import run_command

from grader.author.translation import as_mo, problems
from grader.language import (
    PSEUDO,
    authored,
    clauses,
    find_language,
    gettext_lazy,
    in_languages,
    joined,
    languages,
    listed,
    ngettext_lazy,
    reading,
    recorded,
    sentences,
    translated,
)
from grader.language.catalogue import read_again
from grader.language.reader import current_language

ROOT = Path(__file__).resolve().parent.parent
WRONG = ROOT / "tests" / "corpus" / "exercise2" / "wrong_sign.py"
REMEDY = "translate it in the .po file, then run: python docs/make_catalogues.py"


def make_catalogues() -> ModuleType:
    path = ROOT / "docs" / "make_catalogues.py"
    spec = importlib.util.spec_from_file_location("make_catalogues", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def compiled() -> dict[Path, dict[Path, Catalog]]:
    """The catalogues as they would be made now: each .mo file, and the .po files it is made of."""
    return dict(make_catalogues().catalogues("zh_CN"))


@pytest.fixture(scope="module")
def sources(compiled: dict[Path, dict[Path, Catalog]]) -> dict[Path, Catalog]:
    return {path: each for sources in compiled.values() for path, each in sources.items()}


def test_every_message_is_translated_and_filled_in_alike(sources: dict[Path, Catalog]) -> None:
    assert len(sources) > 20
    assert [path for path, catalogue in sources.items() if len(catalogue) == 0] == []
    found = {path.stem: list(problems(catalogue)) for path, catalogue in sources.items()}
    assert {name: told for name, told in found.items() if told} == {}, REMEDY


def test_the_compiled_catalogues_say_what_the_texts_say(
    compiled: dict[Path, dict[Path, Catalog]],
) -> None:
    assert len(compiled) >= 3
    for path, made_of in compiled.items():
        assert path.read_bytes() == as_mo(made_of.values()), f"{path.name}: {REMEDY}"


def test_a_message_has_the_same_translation_wherever_it_is_used(
    sources: dict[Path, Catalog],
) -> None:
    said: dict[object, set[object]] = {}
    for path, catalogue in sources.items():
        if path.parent.name == "zh_CN" and path.stem != "click":
            for message in catalogue:
                said.setdefault(message.id, set()).add(message.string)
    assert {text: others for text, others in said.items() if len(others) > 1} == {}


def test_no_message_stands_in_an_f_string_where_it_would_not_be_found() -> None:
    calls = ("_", "lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy")
    for path in (ROOT / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for inner in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
                is_call = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
                assert not (is_call and inner.func.id in calls), f"{path}: {ast.unparse(node)}"


def test_a_third_language_is_one_folder_and_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = make_catalogues()
    monkeypatch.setattr(tool, "LOCALE", tmp_path)
    monkeypatch.setattr(tool, "ROOT", tmp_path.parent)
    monkeypatch.setattr(tool, "product_messages", lambda: {"cli": ["Grade your files now."]})
    monkeypatch.setattr(tool, "course_catalogues", lambda _: iter(()))
    monkeypatch.setattr(sys, "argv", ["make_catalogues.py", "fr"])
    assert tool.main() == 1  # nothing is translated yet
    made = tmp_path / "fr" / "cli.po"
    text = made.read_text("utf-8")
    made.write_text(
        text.replace('now."\nmsgstr ""', 'now."\nmsgstr "Notez vos fichiers."'), "utf-8"
    )
    monkeypatch.setattr(sys, "argv", ["make_catalogues.py"])
    assert tool.main() == 0
    monkeypatch.setattr("grader.language.catalogue.OWN_FOLDER", tmp_path)
    monkeypatch.setattr("grader.language.reader.OWN_FOLDER", tmp_path)
    read_again()
    languages.cache_clear()
    try:
        assert languages() == ("en", "fr")
        assert find_language("fr-CA") == "fr"
        assert gettext_lazy("Grade your files now.").said("fr") == "Notez vos fichiers."
    finally:
        monkeypatch.undo()
        read_again()
        languages.cache_clear()


def test_a_missing_translation_and_another_field_are_noticed() -> None:
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("{entry} is wrong.", "")
    catalogue.add("{entries} use{s} it.", "用了它")
    catalogue.add("{entries} move{s}.", "{entries} 移动")
    catalogue.add(("{count} check", "{count} checks"), ("个检查",))
    assert len(list(problems(catalogue))) == 3


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW"}, "zh_CN"),
        ({"LC_ALL": "en_US.UTF-8", "BPGRADE_LANG": "zh-Hans"}, "zh_CN"),
    ],
)
def test_the_environment_says_which_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "BPGRADE_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert current_language() == language


@pytest.mark.parametrize("tag", ["zh", "zh_CN", "zh-CN", "zh-Hans", "ZH-cn", "zh_CN.UTF-8"])
def test_one_language_has_many_tags(tag: str) -> None:
    assert find_language(tag) == "zh_CN"


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    for asked in (["--lang", "tlh", "doctor"], ["doctor"]):
        done = run_command(*asked, variables={**os.environ, "BPGRADE_LANG": "tlh"})
        assert done.returncode == 2
        assert "no such language: tlh" in done.stderr
        assert "zh-CN" in done.stderr


def test_a_catalogue_that_is_damaged_or_not_there_is_english(tmp_path: Path) -> None:
    folder = tmp_path / "solutions" / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "course.mo").write_bytes(b"no catalogue")
    text = "The half is forgotten"
    assert authored(tmp_path, text).said("zh_CN") == text
    assert authored(tmp_path / "none", text).said("zh_CN") == text
    assert authored(ROOT, text).said("zh_CN") != text


def test_a_message_is_english_and_knows_its_other_languages() -> None:
    several = listed(["a", "b", "c"])
    assert several == "a, b and c"
    assert translated(several, "zh_CN") == "a、b 和 c"
    whole = sentences([gettext_lazy("It stays 0"), "x" + gettext_lazy("It stays 0") + "!"])
    assert whole == "It stays 0 xIt stays 0!"
    assert translated(pickle.loads(pickle.dumps(whole)), "zh_CN") == "始终是 0x始终是 0!"
    parts = clauses(["a", "", gettext_lazy("It stays 0")])
    assert parts == "a, It stays 0"
    assert translated(parts, "zh_CN") == "a，始终是 0"
    with reading("zh_CN"):
        assert translated(joined(several, "d", separator="; ")) == "a、b 和 c; d"
        assert translated("as it is") == "as it is"
    assert json.loads(json.dumps(several)) == "a, b and c"


def test_a_message_crosses_as_plain_data_in_all_languages_or_in_those_that_are_wanted() -> None:
    told = gettext_lazy("It stays 0")
    assert json.loads(json.dumps(in_languages(told))) == ["It stays 0", {"zh_CN": "始终是 0"}]
    assert in_languages(told, ["en"]) == ("It stays 0", {})
    assert in_languages("as it is") == ("as it is", {})
    assert translated(recorded(*in_languages(told)), "zh_CN") == "始终是 0"
    with reading(PSEUDO):
        assert in_languages(told)[1][PSEUDO] == "⟦It stays 0⟧"


def test_a_count_has_its_form() -> None:
    assert [ngettext_lazy("{count} check", "{count} checks", n) for n in (1, 2)] == [
        "1 check",
        "2 checks",
    ]
    assert languages()[0] == "en"


def test_check_tells_a_mistake_in_the_language_that_is_asked_for() -> None:
    words = ["check", "--exercise", "exercise2", str(WRONG)]
    told = json.loads(run_command(*words, "--json").stdout)
    [found] = [found for check in told["checks"] for found in check["diagnosis"]]
    assert found["id"] == "target_minus_output"
    assert found["message"].isascii()
    chinese = told["translations"]["zh_CN"][found["message"]]
    assert "误差" in chinese
    shown = run_command("--lang", "zh", *words).stdout
    assert chinese[:12] in shown
    assert found["message"][:12] not in shown
