"""A course in several languages: what students get, what authors write, and what is missing."""

from __future__ import annotations

import ast
import inspect
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from command import run_command
from hypothesis import given
from hypothesis import strategies as st

from grader.author.course_catalogues import course_messages, public_messages
from grader.course import load_course
from grader.course.translations import in_language, stub_texts, translated_stub
from grader.diagnosis.bug_library import authored_texts
from grader.language import authored

ROOT = Path(__file__).resolve().parent.parent
COURSE = load_course(ROOT)

STUB = '''"""The file."""

class Model:
    """A model.

    Of two lines.
    """

    # a comment
    # of two lines
    def fit(self, x):  # no comment of its own
        """Fit."""
        text = """no docstring"""
        raise NotImplementedError
'''


def code_of(source: str) -> str:
    """Return the code apart from docstrings, comments and what a stub raises."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            del node.body[0]
        if isinstance(node, ast.Raise):
            node.exc = None
    return ast.dump(tree)


@pytest.mark.parametrize("notebooks", [False, True])
def test_a_student_gets_the_exercises_in_the_language(tmp_path: Path, notebooks: bool):
    more = ["--notebooks"] if notebooks else []
    for tag in ("zh", "en"):
        done = run_command("--lang", tag, "init", tmp_path / tag, *more)
        assert done.returncode == 0, done.stderr
    chinese, english = (
        {path.name: path.read_text("utf-8") for path in (tmp_path / tag).iterdir()}
        for tag in ("zh", "en")
    )
    assert chinese.keys() == english.keys()
    for name, text in chinese.items():
        assert text != english[name]
        assert not text.isascii()
        if name.endswith(".py"):
            assert code_of(text) == code_of(english[name])
    ending = ".ipynb" if notebooks else ".py"
    checked = run_command("check", tmp_path / "zh" / f"exercise4{ending}")
    assert "mistakes are named once something in the code has changed" in checked.stdout


def test_show_prints_the_task_in_the_language():
    assert "链式法则" in run_command("--lang", "zh-CN", "show", "exercise2").stdout
    assert "chain rule" in run_command("--lang", "en", "show", "exercise2").stdout


@pytest.mark.parametrize("tag", ["zh", "zh_CN", "zh-CN", "zh-Hans"])
def test_a_translated_file_may_have_any_tag_of_its_language(tmp_path: Path, tag: str):
    own, other = tmp_path / "exercise1.md", tmp_path / f"exercise1.{tag}.md"
    own.write_text("Task")
    assert in_language(own, "zh_CN") == own
    other.write_text("题目")
    (tmp_path / "exercise1.old.md").write_text("no language")
    assert in_language(own, "zh_CN") == other
    assert in_language(own, "en") == own


def test_a_stub_says_its_docstrings_and_comments():
    assert stub_texts(STUB) == [
        "The file.",
        "A model.\n\nOf two lines.",
        "a comment\nof two lines",
        "Fit.",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))))
def test_a_stub_keeps_its_code_whatever_is_said_in_it(text: str):
    said = f"x{text}"
    made = translated_stub(STUB, lambda one: f"{said}\n\n{said}" if "\n" in one else said)
    assert code_of(made) == code_of(STUB)
    tree = ast.parse(made)
    assert inspect.cleandoc(ast.get_docstring(tree, clean=False) or "") == said
    assert ast.get_docstring(tree.body[1]) == f"{said}\n\n{said}"


def test_what_is_handed_out_says_nothing_of_the_mistakes(tmp_path: Path):
    done = run_command("author", "release", "--course", ROOT, "-o", tmp_path / "handout.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "handout.zip") as archive:
        archive.extractall(tmp_path)
    handout = tmp_path / COURSE.name
    private = set(authored_texts(COURSE)) - set(public_messages(COURSE))
    assert len(private) > 500
    assert not any(authored(handout, text).said("zh_CN") != text for text in private)
    title = "The forward pass from the start values is right"
    assert authored(handout, title).said("zh_CN") == authored(ROOT, title).said("zh_CN") != title
    shutil.copy(handout / "exercises" / "exercise1.zh.py", tmp_path / "exercise1.py")
    checked = run_command(
        "--lang", "zh", "check", "--course", handout, "exercise1.py", "--json", folder=tmp_path
    )
    assert authored(ROOT, title).said("zh_CN") in checked.stdout.encode().decode("unicode_escape")


def test_an_author_adds_a_language(tmp_path: Path):
    course = tmp_path / "statistics"
    assert run_command("author", "new", course).returncode == 0
    begun = run_command("author", "translate", "zh", "--course", course)
    assert begun.returncode == 1
    assert "no translation: The mean of 2, 4, 9 is 5" in begun.stdout
    assert "exercise1.zh.md" in begun.stdout
    catalogue = course / "solutions/locale/zh_CN/LC_MESSAGES/course.po"
    proved = run_command("author", "verify", "--course", course)
    assert proved.returncode == 0
    assert "texts are not translated" in proved.stdout
    text = catalogue.read_text("utf-8")
    lines = []
    for line in text.split("\n"):
        if line == 'msgstr ""' and lines[-1].startswith("msgid") and lines[-1] != 'msgid ""':
            line = f'msgstr "中文：{lines[-1][7:-1]}"'
        lines.append(line)
    catalogue.write_text("\n".join(lines), "utf-8")
    (course / "exercises" / "exercise1.zh.md").write_text("# 平均值", "utf-8")
    again = run_command("author", "translate", "--course", course)
    assert "The mean of 2" not in again.stdout
    shown = run_command("--lang", "zh", "init", tmp_path / "given", "--course", course)
    assert "中文：statistics" in shown.stdout
    assert (tmp_path / "given/exercise1.md").read_text("utf-8") == "# 平均值"
    stub = (tmp_path / "given/exercise1.py").read_text("utf-8")
    assert "中文：Return the mean" in stub
    assert "mean：在这里写你的代码" in stub


def test_a_language_that_the_product_lacks_and_a_broken_catalogue_are_said(tmp_path: Path):
    course = tmp_path / "statistics"
    assert run_command("author", "new", course).returncode == 0
    done = run_command("author", "translate", "tlh", "--course", course)
    assert done.returncode == 2
    assert "no such language: tlh" in done.stderr
    done = run_command("author", "translate", "--course", course)
    assert done.returncode == 2
    assert "has no catalogue yet" in done.stderr
    folder = course / "solutions/locale/zh_CN/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "course.po").write_bytes(b"\xff\xfe broken")
    done = run_command("author", "translate", "zh", "--course", course)
    assert done.returncode == 2
    assert "is no catalogue" in done.stderr


def test_a_course_may_be_written_in_another_language(tmp_path: Path):
    course = tmp_path / "tongji"
    made = run_command("--lang", "zh", "author", "new", course)
    assert made.returncode == 0, made.stderr
    assert load_course(course).language == "zh_CN"
    # whoever runs it, in whichever language: the stubs are those of the course
    proved = run_command("author", "verify", "--course", course, variables={**os.environ})
    assert proved.returncode == 0, proved.stdout
    stub = (course / "exercises/exercise1.py").read_text("utf-8")
    assert "在这里写你的代码" in stub
    toml = course / "exercises/course.toml"
    toml.write_text(toml.read_text("utf-8").replace('language = "zh"', 'language = "tlh"'), "utf-8")
    done = run_command("show", "exercise1", "--course", course)
    assert done.returncode == 3
    assert "write one of en, zh-CN" in done.stderr


def test_all_that_the_course_says_is_translated():
    assert len(course_messages(COURSE)) > 850
