"""Every command in Chinese: its help and what it says fit the terminal, in aligned columns."""

from __future__ import annotations

import importlib
import json
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest
from command import run_command
from rich.cells import cell_len
from thoroughness import thorough

from grader.cli.group import bpgrade
from grader.report.line_breaks import break_offsets

ROOT = Path(__file__).resolve().parent.parent
WRONG = ROOT / "tests" / "corpus" / "exercise2" / "wrong_sign.py"
WIDTHS = (60, 80, 120)
CHINESE = re.compile("[\u4e00-\u9fff]")
STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CHOICES = re.compile(r"  --\S+ \[\S+\]")  # which are in one piece, however long
NO_BEGINNING = tuple("，。、：；！？）”")


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words that each command is called by."""

    def below(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        if isinstance(command, click.Group):
            for name, each in command.commands.items():
                yield from below(each, (*words, name))

    yield ()
    for name in bpgrade.list_commands(click.Context(bpgrade)):
        yield from below(importlib.import_module(f"grader.cli.{name}").command, (name,))


def said(*words: object, width: int = 80, folder: Path | None = None, code: int = 0) -> list[str]:
    """Return the lines that a command shows on a terminal of a width."""
    terminal = {"COLUMNS": str(width), "FORCE_COLOR": "1", "TERM": "xterm"}
    variables = {**os.environ, **terminal}
    variables.pop("NO_COLOR", None)
    ended = run_command("--lang", "zh", *words, folder=folder, variables=variables)
    assert ended.returncode == code, ended.stderr
    lines = STYLE.sub("", ended.stdout + ended.stderr).split("\n")
    assert any(CHINESE.search(line) for line in lines)
    return lines


def assert_fits(lines: list[str], width: int) -> None:
    assert [line for line in lines if cell_len(line.rstrip()) > width] == []
    assert [line for line in lines if line.strip(" ┃│").startswith(NO_BEGINNING)] == []


@pytest.mark.parametrize("width", thorough(WIDTHS, but=WIDTHS[:1]))
@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_help_fits_in_aligned_columns(words: tuple[str, ...], width: int) -> None:
    lines = said(*words, "--help", width=width)
    assert_fits([line for line in lines if not CHOICES.fullmatch(line)], min(width, 80))
    for title in ("选项：", "命令："):
        if title not in lines:
            continue
        begin = lines.index(title) + 1
        rows = lines[begin : [*lines, ""].index("", begin)]
        assert sum(bool(CHINESE.search(row)) for row in rows) > len(rows) / 2
        assert len({column(row) for row in rows} - {None}) == 1


def column(row: str) -> int | None:
    """Return the cell in which the text of an option or a command begins."""
    if row.startswith("   "):  # its text goes on, or begins below a long option
        return len(row) - len(row.lstrip())
    found = re.match(r"  \S.*?  +(?=\S)", row)
    return cell_len(found[0]) if found else None


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course, a class of two, and its graded batch, all made in Chinese."""
    folder = tmp_path_factory.mktemp("term")
    said("author", "new", "kecheng", folder=folder)
    handed = {"ada": "solutions", "bob": "exercises"}
    for who, source in handed.items():
        (folder / "handed" / who).mkdir(parents=True)
        text = (folder / "kecheng" / source / "exercise1.py").read_text("utf-8")
        (folder / "handed" / who / "exercise1.py").write_text(text, "utf-8")
    (folder / "handed" / "notes.txt").write_text("?", "utf-8")
    graded = ["batch", "handed", "--course", "kecheng", "--isolation", "basic"]
    lines = said(*graded, "-o", "graded", folder=folder, code=0)
    assert any(line.startswith("2 名学生的 2 份作业（") for line in lines)
    decision = ["--score", "1", "--by", "老师", "--reason", "写在纸上"]
    decided = said("decide", "graded", "bob", "exercise1", *decision, folder=folder)
    assert any("bob" in line for line in decided)
    said(*graded, "-o", "again", "--no-pages", "--no-similar", folder=folder)
    return folder


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_of_a_check_fits(width: int) -> None:
    lines = said("check", WRONG, "--exercise", "exercise2", width=width, code=1)
    assert_fits(lines, width)
    rows = [line for line in lines if "━" in line]
    assert len({cell_len(row[: row.index("━")]) for row in rows}) == 1
    assert any("第 16 行" in line for line in lines)
    assert any("得分" in line or "11 / 16" in line for line in lines)


@pytest.mark.parametrize("width", thorough(WIDTHS, but=WIDTHS[:1]))
def test_doctor_draws_a_table_of_the_width(width: int) -> None:
    lines = said("doctor", "--course", ROOT, width=width)
    assert_fits(lines, width)
    rows = [line for line in lines if line.startswith(("│", "┃", "┏", "└"))]
    assert len({cell_len(row) for row in rows}) == 1
    assert any("含义" in row for row in rows)


@pytest.mark.parametrize("width", thorough(WIDTHS, but=WIDTHS[:1]))
def test_verify_fits_in_aligned_columns(term: Path, width: int) -> None:
    lines = said("author", "verify", "--course", "kecheng", width=width, folder=term)
    assert_fits(lines, width)
    head = next(line for line in lines if line.startswith("函数"))
    row = lines[lines.index(head) + 1]
    assert cell_len(head.rstrip()) == cell_len(row.rstrip())
    assert "变异体" in head


@pytest.mark.thorough
def test_verify_tells_faults(term: Path, tmp_path: Path) -> None:
    said("author", "new", "mine", folder=tmp_path)
    stub = tmp_path / "mine" / "exercises" / "exercise1.py"
    stub.write_text("# another\n", "utf-8")
    lines = said("author", "verify", "--course", "mine", folder=tmp_path, width=60, code=1)
    assert_fits(lines, 60)
    told = "".join(map(str.strip, lines))
    assert "缺陷" in told
    assert "与参考答案中的标记所生成的内容不一致" in told


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["init", "new", "--course", "kecheng"], "下一步：阅读 new/exercise1.md"),
        (["show", "exercise1", "--course", "kecheng"], "返回平均值"),
        (["check", "handed/ada/exercise1.py", "--course", "kecheng", "--plain"], "全部正确"),
        (["decide", "graded", "--list"], "老师"),
        (["report", "graded"], "网页："),
        (["export", "csv", "graded"], "成绩"),
        (["author", "stubs", "--course", "kecheng"], ""),
        (["author", "release", "--course", "kecheng", "-o", "out.zip"], "已写入 out.zip："),
        (["package", "gradescope", "-o", "g.zip", "--course", "kecheng"], "在本机试运行："),
        (["trust", "kecheng"], "已信任："),
        (["trust", "--list"], "受信任"),
    ],
    ids=lambda each: " ".join(each[:2]) if isinstance(each, list) else "",
)
def test_a_command_speaks_chinese(term: Path, words: list[str], expected: str) -> None:
    variables = {**os.environ, "COLUMNS": "80"}
    ended = run_command("--lang", "zh", *words, folder=term, variables=variables)
    assert ended.returncode == 0, ended.stderr
    assert expected in ended.stdout


def test_diff_speaks_chinese(term: Path) -> None:
    lines = said("diff", "again", "graded", folder=term, code=1)
    assert lines[0] == "共比较 2 个成绩，1 个不同：1 个升高，0 个降低。"
    assert any("按决定" in line for line in lines)


def test_selftest_draws_a_table(term: Path) -> None:
    said("package", "gradescope", "-o", "g", "--course", "kecheng", folder=term)
    lines = [line for line in said("selftest", "gradescope", "g", folder=term) if line[:1] != "b"]
    assert_fits(lines, 80)
    rows = [line for line in lines if line.startswith(("│", "┃", "┏", "└"))]
    assert len({cell_len(row) for row in rows}) == 1
    assert any("平台看到" in row for row in rows)


def test_errors_speak_chinese() -> None:
    ended = run_command("--lang", "zh", "chek")
    assert ended.returncode == 2
    assert ended.stderr.startswith("bpgrade: 没有这个命令：chek\n  -> 你是不是想写 check？")
    ended = run_command("--lang", "zh", "check", "--nope")
    assert "错误：没有这个选项：'--nope'。" in ended.stderr
    assert ended.stderr.startswith("用法：bpgrade check")


def test_shell_completion_is_the_same_in_each_language() -> None:
    def offered(language: str) -> str:
        asked = {"_BPGRADE_COMPLETE": "bash_complete", "COMP_WORDS": "bpgrade ", "COMP_CWORD": "1"}
        variables = {**os.environ, **asked, "BPGRADE_LANG": language}
        return run_command(variables=variables).stdout

    names = [line.partition(",")[2] for line in offered("en").splitlines()]
    assert set(bpgrade.list_commands(click.Context(bpgrade))) <= set(names)
    assert offered("zh") == offered("en")


def test_json_is_the_same_in_each_language() -> None:
    def document(language: str) -> dict[str, object]:
        ended = run_command("--lang", language, "check", WRONG, "--exercise", "exercise2", "--json")
        found: dict[str, object] = json.loads(ended.stdout)
        return {key: value for key, value in found.items() if key != "checks"}

    assert document("zh").keys() == document("en").keys()


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五，六七", 10, ["一二三四", "五，六七"]),
        ("一二三四（五）六", 10, ["一二三四", "（五）六"]),
        ("用 float32 计算，少了位数", 12, ["用 float32 ", "计算，少了位", "数"]),
        ("abcdefghijklmnop", 6, ["abcdef", "ghijkl", "mnop"]),
    ],
)
def test_lines_are_broken_where_chinese_allows_it(text: str, width: int, lines: list[str]) -> None:
    places = [0, *break_offsets(text, width), len(text)]
    assert [text[start:end] for start, end in pairwise(places)] == lines
    assert all(cell_len(line.rstrip()) <= width for line in lines)
