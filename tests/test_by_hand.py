"""Parts that a person grades: where answers are found, what waits, and what a decision gives."""

from __future__ import annotations

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from batch_course import RIGHT, batch, make_course
from command import run_command

from grader.author.part_faults import part_faults
from grader.course import load_course, make_stub
from grader.course.by_hand import Part, RubricItem
from grader.course.notebook import make_notebook
from grader.decisions.decision import Basis, Decision
from grader.decisions.parts import part_points
from grader.errors import CourseError
from grader.grading.answers import NO_PLACE, NOTHING_WRITTEN, written
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.platforms.assessment import Assessment
from grader.platforms.dodona import commands as dodona
from grader.platforms.gradescope import document as gradescope
from grader.result import PartResult
from grader.sandbox.isolation import resolve

RUBRIC = (RubricItem("reason", "Says why", 1.5), RubricItem("example", "Gives one", 0.5))
WHY = Part("why", "Why does it double?", 2.0, rubric=RUBRIC)
PART = """[exercises.double.by_hand.why]
title = "Why does it double?"
points = 2
[exercises.double.by_hand.why.rubric]
reason = { points = 1.5, text = "Says why" }
example = { points = 0.5, text = "Gives one" }
"""
MARK = "<!-- answer: why -->\n"


def course_with(folder: Path, parts: str) -> Path:
    course = make_course(folder)
    with (course / "exercises" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(parts)
    return course


def answer(name: str, data: str | bytes) -> tuple[str, str]:
    raw = data if isinstance(data, bytes) else data.encode()
    return written(WHY, submission_from_bytes(name, raw))


def notebook(*cells: str) -> bytes:
    """Return a notebook; a cell that begins with `code:` is one of code."""
    found = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": each,
        }
        if each.startswith("code:")
        else {"cell_type": "markdown", "metadata": {}, "source": each}
        for each in ("code: int = 1", *cells)
    ]
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([f"{MARK}It is so."], ("It is so.", "")),
        ([f"{MARK}*Write your answer here.*"], ("", NOTHING_WRITTEN)),
        ([f"{MARK}*Write your answer here.*\nIt is so."], ("It is so.", "")),
        (["It is so.\n" + MARK], ("It is so.", "")),
        ([f"<!--answer:why-->{' '}\nIt is so."], ("It is so.", "")),
        ([f"{MARK}It is", "so."], ("It is\n\nso.", "")),
        ([f"{MARK}It is", "<!-- question: how -->\nHow?"], ("It is", "")),
        ([f"{MARK}It is", "code: int = 2", "no more"], ("It is", "")),
        ([f"{MARK}It is so.", f"{MARK}It is so."], ("It is so.", "")),
        ([f"{MARK}One", f"{MARK}Two"], ("One\n\nTwo", "")),
        ([f"{MARK}One\n<!-- answer: how -->\nTwo"], ("One", "")),
        (["It is so."], ("", NO_PLACE)),
        (["code: int = 3\nwhy = 'In code.'"], ("In code.", "")),
    ],
)
def test_an_answer_in_a_notebook_is_below_its_mark(cells: list[str], found: tuple[str, str]):
    assert answer("double.ipynb", notebook(*cells)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("why = 'It is so.'", ("It is so.", "")),
        ('why = """\nIt is\nso.\n"""', ("It is\nso.", "")),
        ("why: str = ('It is '\n 'so.')", ("It is so.", "")),
        ("why = 'First'\nwhy = 'Second'", ("Second", "")),
        ("why = 'It' + ' is'", ("'It' + ' is'", "")),
        ("why = None", ("", NOTHING_WRITTEN)),
        ("def f():\n    why = 'Not here'", ("", NO_PLACE)),
        ("def f(\nwhy = 'It is so.'", ("It is so.", "")),
    ],
)
def test_an_answer_in_a_file_is_a_text_at_the_top_level(source: str, found: tuple[str, str]):
    assert answer("double.py", f"{source}\n") == found


def test_a_stub_and_its_notebook_have_a_place_and_no_answer(tmp_path: Path):
    exercise = load_course(course_with(tmp_path, PART)).exercise("double")
    source = f'{RIGHT}\n\n# Why, in a word?\n# BEGIN SOLUTION\nwhy = "Secret."\n# END SOLUTION\n'
    stub = make_stub(source, "double.py", exercise)
    assert "# Why, in a word?\nwhy = " in stub
    for name, text in (("a.py", stub), ("a.ipynb", make_notebook(stub, exercise, "# Task"))):
        assert "Secret" not in text
        assert "Why, in a word?" in text
        assert answer(name, text) == ("", NOTHING_WRITTEN)
    filled = json.loads(make_notebook(stub, exercise, "# Task"))
    for cell in filled["cells"]:
        cell["source"] = "".join(cell["source"]).replace("*Write your answer here.*", "Yes.")
        cell["metadata"] = {}
    assert answer("a.ipynb", json.dumps(filled)) == ("Yes.", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 2\n", "points = 3\n", "what the items of its rubric add up to, 2"),
        ("points = 2\n", "", "write points = 3"),
        ("reason = {", "all = {", "not all or none"),
        ("by_hand.why", "by_hand.double", "checks give it points already"),
        ('title = "Why', 'answer = "picture"\ntitle = "Why', '"text" or "plot" or "code"'),
        (", text = ", ", txt = ", "did you mean text?"),
    ],
)
def test_a_wrong_part_in_the_course_is_told(tmp_path: Path, old: str, new: str, message: str):
    assert old in PART
    with pytest.raises(CourseError) as caught:
        load_course(course_with(tmp_path, PART.replace(old, new)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("value", "rubric", "points"),
    [
        ("reason, example", RUBRIC, 2.0),
        ("example", RUBRIC, 0.5),
        ("none", RUBRIC, 0.0),
        ("1.25", RUBRIC, 1.25),
        ("reason", (RubricItem("reason", "Says why", 1.0),), 1.0),  # worth less now
        ("reason", (RubricItem("other", "Else", 2.0),), 1.5),  # gone: as it was decided
    ],
)
def test_items_are_worth_what_the_rubric_says(value, rubric, points):
    part = Part("why", "Why?", 2.0, rubric=rubric)
    basis = Basis("", "", None, 5.0, check=1.5)
    assert part_points(part, Decision("graded", "a", "double", value, "why", basis=basis)) == points


PLOTS = """[exercises.double.by_hand.draw]
title = "A plot"
points = 1
answer = "plot"
[exercises.double.by_hand.double_code]
title = "Style"
points = 1
answer = "code"
"""
DRAWS = """import matplotlib.pyplot as plt
def draw():
    plt.plot([1, 2])
"""


def test_a_plot_is_drawn_and_code_is_shown(tmp_path: Path):
    course = course_with(tmp_path, PLOTS)
    toml = course / "exercises" / "course.toml"
    toml.write_text(toml.read_text("utf-8").replace("[]", '["matplotlib"]'), "utf-8")
    loaded = load_course(course)
    with Grader(loaded, resolve("basic")) as grader:
        drawn, none, lost = (
            grader.grade(submission_from_bytes("double.py", text.encode()), loaded.exercises[0])
            for text in (RIGHT + DRAWS, RIGHT, "raise ValueError\n")
        )
    assert drawn.by_hand[0].pictures[0].text == "a chart with 1 line"
    assert drawn.by_hand[1].answer == (RIGHT + DRAWS).strip()
    assert none.by_hand[0].note == "the program draws no figure."
    assert (drawn.score, none.score, drawn.max_score) == (3.0, 3.0, 5.0)
    assert not drawn.full_marks
    assert lost.by_hand[0].note


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    """A class of three: one with an answer, one with none, one with nothing right."""
    folder = tmp_path_factory.mktemp("by_hand")
    course = course_with(folder / "course", PART)
    for who, text in {
        "ada": f"{RIGHT}why = '=1+1 <b>is</b> two'\n",
        "alan": f"{RIGHT}why = ''\n",
        "grace": "def double(x):\n    return 0\nwhy = 'So.'\n",
    }.items():
        (folder / "class" / who).mkdir(parents=True)
        (folder / "class" / who / "double.py").write_text(text, "utf-8")
    done = batch(course, folder / "class", folder / "out")
    assert "3 parts to be graded by hand" in done.stderr
    return folder


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded, tmp_path / "copy")


def finals(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["student_id"]: (row["final_score"], row["to_grade"]) for row in csv.DictReader(file)
        }


def test_nothing_is_final_until_a_person_has_graded(folder: Path):
    out = folder / "out"
    assert set(finals(folder).values()) == {("", "1")}
    assert run_command("report", out, "--course", folder / "course").returncode == 0
    index = (out / "report" / "index.html").read_text("utf-8")
    assert "to be graded by hand" in index
    pages = {page.name[:3]: page.read_text("utf-8") for page in out.rglob("students/*.html")}
    assert "3 / 5 so far, 1 part to be graded by hand" in pages["ada"]
    assert "=1+1 &lt;b&gt;is&lt;/b&gt; two" in pages["ada"]
    assert "0 / 5 so far, 1 part to be graded by hand" in pages["gra"]
    assert "Everything is right" not in pages["ada"]
    done = run_command("export", "csv", out, "-o", folder / "grades.csv")
    assert "3 not graded by hand yet: no grade written" in done.stdout
    again = shutil.copytree(out, folder / "again")
    words = ("--grade", "why=example+reason", "--remark", "Well put.", "--by", "kim")
    done = run_command("decide", again, "ada", "double", *words)
    assert "3 so far, 1 part to be graded by hand -> 5" in done.stdout
    told = run_command("diff", out, again).stdout
    assert "double: to be graded by hand -> 5, as decided" in told
    assert run_command("report", again, "--course", folder / "course").returncode == 0
    [page] = again.rglob("students/ada*.html")
    text = page.read_text("utf-8")
    for part in ("5 / 5", "Well put.", "Gives one", "Says why", "Everything is right"):
        assert part in text


def test_a_table_graded_before_another_answer_came_is_refused_for_it(folder: Path):
    out, table = folder / "out", folder / "to_grade.csv"
    assert run_command("decide", out, "--write", table, "--to-grade").returncode == 0
    (folder / "class" / "ada" / "double.py").write_text(f"{RIGHT}why = 'Other.'\n", "utf-8")
    batch(folder / "course", folder / "class", out)
    text = table.read_text("utf-8-sig")
    assert "'=1+1" in text  # no formula
    table.write_text(text.replace("graded,why,,", "graded,why,all,"), "utf-8")
    done = run_command("decide", out, "--read", table, "--by", "kim")
    assert done.returncode == 2
    assert "ada has handed in another answer to why since" in done.stderr
    assert set(finals(folder).values()) == {("", "1")}
    run_command("decide", out, "--write", table, "--to-grade")
    text = table.read_text("utf-8-sig").replace("graded,why,,", "graded,why,reason,")
    table.write_text(text, "utf-8")
    assert run_command("decide", out, "--read", table, "--by", "kim").returncode == 0
    assert finals(folder) == {"ada": ("4.5", ""), "alan": ("3", ""), "grace": ("1.5", "")}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--grade", "why=exmple"), "did you mean example?"),
        (("--grade", "wy=all"), "did you mean why?"),
        (("--grade", "why=2.5"), "more than why has: 2"),
        (("--grade", "why="), "nothing is said of why"),
        (("--grade", "why"), "gives no part points"),
        (("--remark", "x"), "--remark is on one part"),
        (("--to-grade",), "add --write CSV"),
        (("--grade", "why=all", "--grade", "why=none"), "answer one question"),
    ],
)
def test_what_cannot_be_graded_is_told(graded: Path, words: tuple[str, ...], message: str):
    done = run_command("decide", graded / "out", "ada", "double", *words, "--by", "kim")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def answered(part: Part, text: str, note: str = "") -> PartResult:
    return PartResult(part.id, part.title, None, part.points, text, note)


@pytest.mark.parametrize(
    ("right", "given", "checks", "message"),
    [
        ("Yes.", ("", NOTHING_WRITTEN), (), ""),
        ("", ("", NOTHING_WRITTEN), (), "there is no answer to why"),
        ("Yes.", ("Yes.", ""), (), "the stub hands out the answer to why"),
        ("Yes.", ("", NO_PLACE), (), "the stub has no place for the answer to why"),
        ("Yes.", ("", NOTHING_WRITTEN), ("why",), "is called as a check is"),
    ],
)
def test_verify_says_what_is_wrong_with_a_part(tmp_path: Path, right, given, checks, message):
    course = load_course(course_with(tmp_path, PART))
    [exercise] = course.exercises
    faults = list(
        part_faults(course, exercise, [answered(WHY, right)], [answered(WHY, *given)], checks)
    )
    assert [message in fault.message for fault in faults] == [True] * bool(message)
    assert all(fault.remedy for fault in faults)


def test_a_platform_is_told_what_waits_for_a_person(tmp_path: Path):
    loaded = load_course(course_with(tmp_path, PART))
    submission = submission_from_bytes("double.py", f"{RIGHT}why = 'So.'\n".encode())
    with Grader(loaded, resolve("basic")) as grader:
        result = grader.grade(submission, loaded.exercises[0])
    assessment = Assessment(result, exercise="double")
    assert assessment.score_text == "3 / 5"
    assert assessment.share == Fraction(3, 5)
    told = "1 part to be graded by hand, worth 2 points: the score is without."
    assert assessment.remarks()[0] == told
    assert "to be graded, 2 points: Why does it double?" in gradescope(assessment)["output"]
    assert list(dodona(assessment))[-1]["accepted"] is False


def test_a_changed_rubric_is_pointed_out_until_it_is_confirmed(folder: Path):
    def look() -> str:
        assert batch(folder / "course", folder / "class", out).returncode == 0
        return run_command("decide", out, "--list").stdout

    out, toml = folder / "out", folder / "course" / "exercises" / "course.toml"
    run_command("decide", out, "ada", "double", "--grade", "why=all", "--by", "kim")
    text = toml.read_text("utf-8")
    toml.write_text(text.replace("points = 2\n", "points = 1\n").replace("1.5", "0.5"), "utf-8")
    assert "why graded: reason, example, which is now 1 point (2 when graded)" in look()
    assert finals(folder)["ada"] == ("4", "")
    run_command("decide", out, "ada", "double", "--confirm", "--by", "kim")
    toml.write_text(toml.read_text("utf-8").replace("example =", "sample ="), "utf-8")
    assert "why graded: reason, example; its rubric has changed since" in look()
    assert finals(folder)["ada"] == ("4", "")  # an item that is gone counts as it did
    run_command("decide", out, "ada", "double", "--confirm", "--by", "kim")
    assert "To look at" not in look()
    toml.write_text(text.partition("[exercises.double.by_hand")[0], "utf-8")
    assert "that part is gone, and counts no more" in look()
    assert finals(folder)["ada"] == ("3", "")
