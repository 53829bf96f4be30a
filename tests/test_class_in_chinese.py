"""What instructors and students are told of a class, in Chinese: tables, decisions, feedback."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from batch_course import SOURCES, make_course, results
from command import run_command
from made_results import check, result

from grader.batch.grading_process import error_of, told
from grader.batch.results_reader import read_records
from grader.batch.similar_work import (
    SimilarGroup,
    SimilarPair,
    SimilarStudent,
    SimilarSubmission,
    read_similar,
    write_similar,
)
from grader.errors import IsolationError
from grader.language import gettext_lazy, reading, recorded, translated
from grader.result import Diagnosis, Outcome
from grader.similarity.likeness import likenesses

ROSTER = "id,name,group\ns1,Ada,\ns2,Bo,Red\ns3,李明,Red\ns4,Dee,\n"
UNKNOWN = "nobody in the roster has this id or name"


def bpgrade(*words: object, language: str = "zh") -> subprocess.CompletedProcess[str]:
    return run_command(*words, variables={**os.environ, "BPGRADE_LANG": language}, seconds=300)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a batch's folder: one right, a group's file, one unknown, and a text."""
    folder = tmp_path_factory.mktemp("chinese")
    course = make_course(folder / "course")
    handed = {"s1": SOURCES[2], "s2": SOURCES[0], "stranger": SOURCES[0]}
    for name, source in handed.items():
        path = folder / "class" / name / "double.py"
        path.parent.mkdir(parents=True)
        path.write_text(source, "utf-8")
    (folder / "class" / "s1" / "notes.txt").write_text("-", "utf-8")
    (folder / "roster.csv").write_text(ROSTER, "utf-8")
    done = bpgrade(
        "batch", folder / "class", "-o", folder / "out", "--course", course, "--no-pages",
        "--isolation", "basic", "--roster", folder / "roster.csv",
        "--groups", folder / "roster.csv", "--workers", 1,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    return folder / "out"


def test_what_became_of_each_file_is_told_in_chinese(out: Path) -> None:
    reasons = {row["file"]: row["reason"] for row in rows(out / "left_over.csv")}
    assert reasons["s1/notes.txt"] == "不是 .py 或 .ipynb 文件"
    assert reasons["stranger/double.py"].startswith("已评分，但无法确定是谁的：名单中没有人")


def test_a_note_on_an_attempt_is_kept_in_both_languages(out: Path) -> None:
    line = next(line for line in results(out) if line["student"]["id"] == "s3")
    assert line["attempt"]["note"] == "One submission of Bo, 李明."
    assert line["translations"] == {"zh_CN": "由 Bo、李明共同提交。"}
    record = next(one for one in read_records(out) if one.student.id == "s3")
    assert translated(record.note, "zh_CN") == "由 Bo、李明共同提交。"
    assert "translations" not in next(line for line in results(out) if not line["attempt"]["note"])


def test_decisions_and_feedback_are_told_in_chinese(out: Path, tmp_path: Path) -> None:
    refused = bpgrade("decide", out, "s9", "double", "--score", "2", "--reason", "why")
    assert refused.returncode == 2
    assert "班级中没有叫 s9 的人" in refused.stderr
    words = ("s1", "double", "--score", "2", "--reason", "why", "--by", "kim")
    assert bpgrade("decide", out, *words).returncode == 0
    assert bpgrade("decide", out, "s1", "double", "--comment", "Well.").returncode == 0
    assert "得分定为 2，理由：why" in bpgrade("decide", out, "--list").stdout
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_text(
        "Identifier,Full name,ID number,Grade,Maximum grade,Feedback comments\n"
        "Participant 1,Ada,s1,,3,\nParticipant 2,Bo,s2,,3,\n",
        "utf-8",
    )
    done = bpgrade("export", "moodle", out, "--into", worksheet, "-o", tmp_path / "grades.csv")
    assert done.returncode == 1
    comments = [row["Feedback comments"] for row in rows(tmp_path / "grades.csv")]
    assert comments[0].startswith("bpgrade: Well.教师决定为 2 / 3；检查：1 / 3 分。")
    assert comments[1] == "bpgrade: 3 / 3 分。"
    assert "没有哪一行有这个学号" in done.stderr


def test_the_feedback_under_canvas_names_is_in_chinese(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    name = "lovelaceada_101_2001_double.py"
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / name).write_text(SOURCES[2], "utf-8")
    out = tmp_path / "out"
    done = bpgrade(
        "batch", tmp_path / "class", "-o", out, "--course", course, "--no-pages",
        "--isolation", "basic", "--workers", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    words = ("101", "double", "--score", "2", "--reason", "why", "--by", "kim")
    assert bpgrade("decide", out, *words).returncode == 0
    bpgrade("export", "canvas", out, "--feedback-zip")
    with zipfile.ZipFile(out / "canvas-feedback.zip") as archive:
        assert archive.read(name).decode().startswith("# 教师决定：按 2 / 3 分计。\n")


def test_a_table_that_does_not_hold_is_refused_in_chinese(out: Path, tmp_path: Path) -> None:
    table = tmp_path / "decisions.csv"
    table.write_text("student_id,exercise,decision\ns1,double,praise\ns1,double,\n", "utf-8")
    done = bpgrade("decide", out, "--read", table, "--reason", "why")
    assert done.returncode == 2
    assert f"{table} 中有 2 行有问题；没有记录其中任何决定：" in done.stderr
    assert "第 2 行：'praise' 不是一种决定（请写其中之一：score、points、" in done.stderr
    table.write_text("student_id,exercise\n", "utf-8")
    assert "没有列 decision" in bpgrade("decide", out, "--read", table, "--reason", "why").stderr


def test_what_two_share_is_told_in_both_languages(tmp_path: Path) -> None:
    called = "\nCalled: half(\n    4)"
    feedback = {"zh_CN": f"差了一半{called.replace('Called: ', '调用：')}"}
    one = check(
        "half", "off", Outcome.FAILED, feedback=recorded(f"It is half of it{called}", feedback)
    )
    named = Diagnosis("x", recorded("Halved", {"zh_CN": "减半"}), "why", "exact")
    two = check("third", "named", Outcome.FAILED, diagnosis=(named, named))
    [off, halved] = likenesses(result(one, two))
    assert [translated(off.told, each) for each in ("en", "zh_CN")] == [
        "It is half of it",
        "差了一半",
    ]
    pair = SimilarPair(0, 1, (1.0, 1.0), ((1,), (1,)), False, True, (off.told, halved.told))
    member = SimilarSubmission((SimilarStudent("s1", "Ada"),), "a.py", "1")
    write_similar(tmp_path, [SimilarGroup("double", 9, (member, member), (pair,))])
    [group] = read_similar(tmp_path)
    assert group.pairs[0].mistakes == ("It is half of it", "Halved")
    assert [translated(each, "zh_CN") for each in group.pairs[0].mistakes] == ["差了一半", "减半"]


def test_a_grading_processs_error_crosses_in_every_language() -> None:
    error = IsolationError(gettext_lazy(UNKNOWN), "as it is")
    data = json.loads(json.dumps(told(error)))
    received = error_of(data)
    assert isinstance(received, IsolationError)
    assert received.message == UNKNOWN
    with reading("zh_CN"):
        assert str(received) == "名单中没有人用这个学号或姓名\nas it is"
