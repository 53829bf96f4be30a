"""With each message in marks, nothing that people read is left outside of them.

The made-up language en_XA marks every message of the product's catalogue and of the course's. What
a command, a page or a platform's document shows outside of marks is in no catalogue.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from command import run_command
from marked import of_a_document, of_a_page, told_texts, unmarked
from platform_cases import PLACE
from shipped_course import impatient
from thoroughness import thorough

from grader.batch.similar_work import SimilarGroup, SimilarPair, SimilarStudent, SimilarSubmission
from grader.cli.group import bpgrade
from grader.language import PSEUDO, reading
from grader.platforms.assessment import Assessment
from grader.platforms.registry import NAMES as PLATFORMS
from grader.platforms.registry import platform
from grader.report.annotation import function_text, overall_text
from grader.report.notebook_table import html_of
from grader.report.pages.similar_page import shown_groups, similar_page
from grader.report.pages.student_page import Work, student_page
from grader.report.plain_text import plain_report
from grader.report.terminal import render_text
from grader.result import Result

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"


def marked() -> dict[str, str]:
    """Return the environment of a test in the made-up language, with trusted courses of its own."""
    return {**os.environ, "BPGRADE_LANG": PSEUDO, "COLUMNS": "500"}


def paths(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, and those of the groups."""
    yield before
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from paths(command, (*before, name))
        else:
            yield (*before, name)


COMMANDS = list(paths(bpgrade))
# what click says itself: its catalogue is another one
CLICKS = re.compile(
    r"Usage: .*|Options:|Commands:|Show (this message|the version) and exit\.|\[[^]⟦]*\]"
)
NAMES = {
    *(word for words in COMMANDS for word in words),
    *PLATFORMS,
    *("bpgrade", "python", "numpy", "pytest", "Linux", "Moodle", "Canvas", "en", "zh-CN", "xx"),
    *("rlimits", "landlock", "seccomp", "bubblewrap", "process", "basic", "strict"),
    *("backpropagation", "forward", "gradient", "update", "train", "loss", "step", "sigmoid"),
    *("hidden", "output", "bias", "target", "steps", "mean", "spread", "solutions"),
    *("Ada", "Bob", "Cy", "De", "Ef", "ada", "bob", "cy", "de", "ef", "root", "nobody"),
    *("class", "out", "mine", "gone", "statistics"),
}
SYSTEMS_OWN = ("No such file or directory", "Is a directory", "import numpy as np")
# what platforms read as names of a state, a format or a kind
STATES = {
    *("visible", "hidden", "passed", "failed", "pass", "fail", "md", "text", "individual"),
    *("wall", "clock", "iscorrect", "ishidden", "comment", "got", "expected", "html"),
    *("semantic", "student", "plain", "correct", "wrong", "runtime", "error", "code", "points"),
    *("failure", "success", "Grade", "Score", "Total", "Point", "breakdown", "raise"),
    *("start-judgement", "start-tab", "start-context", "start-testcase", "start-test"),
    *("close-judgement", "close-tab", "close-context", "close-testcase", "close-test"),
    *("append-message", "annotate-code", "time", "memory", "limit", "exceeded", "unit-test"),
}
# what a submission's process writes into the text of an exception
STILL_OUTSIDE = re.compile(
    r"\.\.\. \d+ more calls \.\.\.|\(its message could not be read: \w+\)|\([\d,]+ characters\)"
)
# platforms wrap what they tell: for these no line of code and no exception is told
DOCUMENTED = {
    *("blog_faults_all.py", "wrong_sign.py", "wrong_train_generator.py"),
    *("broken_still_the_stub.py", "broken_crash_in_c.py", "broken_train_sleeps.py"),
}


def without_clicks_own(text: str) -> str:
    """Return a help text or an error without what click itself says: its catalogue is its own."""
    return CLICKS.sub(" ", text)


def run(place: Path, *words: object) -> str:
    """Return what a command writes, on both streams."""
    done = run_command(*words, folder=place, variables=marked())
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def own_lines(submission: Path) -> set[str]:
    """Return what is a student's own in what is said of a submission: the lines of its code,
    and the texts in it.
    """
    source = submission.read_text("utf-8", "replace")
    written = [line.strip() for line in source.splitlines()]
    written += re.findall(r"class (\w+)", source)
    for text in re.findall(r'"([^"\n]+)"', source):
        written += [piece.strip() for piece in re.split(r"\{.*?\}", text)]
    return {text for text in written if len(text) > 3}


def own_words(result: Result, place: Path) -> set[str]:
    """Return what is a student's own in a result: the code's lines, and what it printed.

    Of much that was printed the end is shown, which may begin amid a line.
    """
    printed = {
        line.strip()[start:]
        for line in set(result.output.splitlines())
        for start in range(min(len(line.strip()) - 1, 80))
    }
    return (
        own_lines(place / result.exercise / result.submission.name)
        | printed
        | {*SYSTEMS_OWN, "cannot subtr"}
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with submissions of all kinds, and a class that handed in."""
    folder = tmp_path_factory.mktemp("marked")
    for name in ("exercise1", "exercise2", "exercise3"):
        (folder / name).mkdir()
        for path in (CORPUS / name).iterdir():
            shutil.copyfile(path, folder / name / path.name)
    (folder / "shown").mkdir()
    for exercise, (wrong, _) in WRONG.items():
        shutil.copyfile(folder / wrong, folder / "shown" / f"{exercise}.py")
    handed = folder / "class"
    handed.mkdir()
    for student, source in (
        ("ada", "exercise1/right_plain.py"),
        ("bob", "exercise1/broken_syntax.py"),
        ("cy", "exercise1/broken_half_done.py"),
        ("de", "exercise1/right_plain.py"),
    ):
        (handed / student).mkdir()
        shutil.copyfile(folder / source, handed / student / "exercise1.py")
    (handed / "notes.txt").write_text("x")
    (folder / "roster.csv").write_text("id,name\nada,Ada\nbob,Bob\ncy,Cy\nde,De\nef,Ef\n")
    return folder


@pytest.fixture(scope="module")
def graded(place: Path) -> tuple[str, Path]:
    """What a batch says, and the folder that it wrote."""
    told = run(place, "batch", "class", "-o", "out", "--roster", "roster.csv", "--workers", "1")
    return told, place / "out"


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "bpgrade")
def test_the_help_of(words: tuple[str, ...], place: Path) -> None:
    assert unmarked(without_clicks_own(run(place, *words, "--help")), NAMES) == []


def broken(place: Path, exercise: str) -> list[str]:
    """Return the submissions of an exercise that can't run, or stop halfway."""
    return sorted(f"{exercise}/{path.name}" for path in (place / exercise).glob("broken_*.py"))


WRONG = {
    "exercise2": ("exercise2/wrong_sign.py", "exercise2/wrong_float32.py"),
    "exercise3": ("exercise3/blog_faults_all.py", "exercise3/wrong_train_generator.py"),
}
SIMILAR = SimilarGroup(
    "exercise1",
    9,
    tuple(
        SimilarSubmission((SimilarStudent(who, who),), f"{who}.py", "x = 1\n")
        for who in ("ada", "bob")
    ),
    (
        SimilarPair(0, 1, (0.9, 1.0), ((1,), (1,)), False, True, ()),
        SimilarPair(0, 1, (0.9, 0.9), ((1,), (1,)), False, False, ()),
        SimilarPair(0, 1, (1.0, 1.0), ((1,), (1,)), True, True, ()),
    ),
)
SHOWN = ("shown/exercise2.py", "shown/exercise3.py")
AFTER_THE_BATCH = {
    "report": ("report", "out"),
    "decide a score": ("decide", "out", "ada", "exercise1", "--score", "1", "--reason", "x"),
    "decide a comment": ("decide", "out", "bob", "exercise1", "--comment", "x", "--reason", "x"),
    "decide an extension": ("decide", "out", "cy", "exercise1", "--extend", "+3"),
    "decide nobody": ("decide", "out", "nobody", "exercise1", "--excuse"),
    "decide --list": ("decide", "out", "--list"),
    "decide --write": ("decide", "out", "--write", "decisions.csv"),
    "export csv": ("export", "csv", "out"),
    "export moodle": ("export", "moodle", "out", "--feedback-zip"),
    "export canvas": ("export", "canvas", "out"),
    "diff": ("diff", "out", "out"),
    "batch again": ("batch", "class", "-o", "out", "--roster", "roster.csv"),
    "report after decisions": ("report", "out"),
}


@pytest.mark.parametrize(
    "name", thorough(AFTER_THE_BATCH, but=lambda name: name not in ("report", "batch again"))
)
def test_after_a_batch(name: str, place: Path, graded: tuple[str, Path]) -> None:
    assert unmarked(run(place, *AFTER_THE_BATCH[name]), NAMES) == []


def test_pages_of_a_class(graded: tuple[str, Path], place: Path) -> None:
    report = graded[1] / "report"
    pages = [report / "index.html", *sorted((report / "students").iterdir())]
    quoted = set().union(*(own_lines(path) for path in (place / "class").rglob("*.py")))
    found = {
        path.name: unmarked(of_a_page(path.read_text("utf-8")), NAMES, quoted) for path in pages
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("name", ["grades.csv", "left_over.csv"])
def test_what_a_table_tells(name: str, graded: tuple[str, Path]) -> None:
    """Statuses are for programs; reasons and remarks are for people."""
    with (graded[1] / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    told = [row[column] for row in rows for column in row if column in ("reason", "remark")]
    assert unmarked("\n".join(told), NAMES) == []


def test_similar_work(tmp_path: Path) -> None:
    text = similar_page(shown_groups([SIMILAR]), "x", {}, (PSEUDO,))
    assert unmarked(of_a_page(text), NAMES) == []


def test_batch(graded: tuple[str, Path]) -> None:
    assert unmarked(graded[0], NAMES) == []


ALONE = {
    "check": ("check", *SHOWN),
    "check --plain": ("check", "--plain", *SHOWN),
    "doctor": ("doctor",),
    "init": ("init", "mine"),
    "init again": ("init", "mine"),
    "trust": ("trust",),
    "package": ("package", "gradescope", "-o", "autograder.zip"),
    "selftest": ("selftest", "gradescope", "autograder.zip", "--exercise", "exercise1"),
    "author new": ("author", "new", "statistics"),
    "author verify": ("author", "verify", "--course", "statistics"),
    "author release": ("author", "release", "--course", "statistics", "-o", "handout.zip"),
    "author stubs": ("author", "stubs", "--course", "statistics"),
    "no such file": ("check", "gone.py"),
    "no such exercise": ("check", "notes.py", "--exercise", "exercise9"),
    "no such option": ("check", "--gone"),
    "no such command": ("gone",),
    "no files": ("check",),
    "no such choice": ("check", "--isolation", "none", "exercise1/right_plain.py"),
    "not a number": ("check", "--seed", "x", "exercise1/right_plain.py"),
    "no batch": ("report", "class"),
    "no submissions": ("batch", "gone", "-o", "o"),
    "no such course": ("check", "exercise1/right_plain.py", "--course", "gone"),
    "a wrong roster": ("batch", "class", "-o", "o2", "--roster", "class/notes.txt"),
    "a wrong platform": ("package", "gone", "-o", "o.zip"),
    "no such language": ("--lang", "xx", "doctor"),
    "no such page": ("check", SHOWN[0], "--html", "gone/x.html"),
    "no notebook": ("check", SHOWN[0], "--annotate", "x.ipynb"),
}


SHOWN_IN_CHINESE = ("selftest", "check --plain", "doctor", "author verify")
"""What takes long, and what tests/test_chinese_commands.py reads in Chinese."""


@pytest.mark.parametrize("name", thorough(ALONE, but=lambda name: name not in SHOWN_IN_CHINESE))
def test_a_command(name: str, place: Path) -> None:
    told = without_clicks_own(run(place, *ALONE[name]))
    quoted = (*SYSTEMS_OWN, *own_lines(place / SHOWN[0]), *own_lines(place / SHOWN[1]))
    assert unmarked(told, NAMES, quoted) == []


@pytest.fixture(scope="module")
def results(place: Path) -> list[Result]:
    """The results of submissions that fail in all kinds of ways, as they were told in marks."""
    course = impatient(place / "impatient", 0.4)
    lines = []
    for exercise in ("exercise1", "exercise2", "exercise3"):
        files = [*broken(place, exercise), *WRONG.get(exercise, ())]
        done = run_command(
            *("check", "--json", "--course", course, "--exercise", exercise, *files),
            folder=place,
            variables=marked(),
            repair_seconds=0.1,
        )
        lines += done.stdout.splitlines()
    return [Result.from_json(line) for line in lines]


def test_results(results: list[Result], place: Path) -> None:
    found = {}
    for result in results:
        document = json.loads(result.to_json())
        marked = document.pop("translations", {}).get(PSEUDO, {})
        found[result.submission.name] = [
            text for text in told_texts(document) if text not in marked
        ]
    assert {name: texts for name, texts in found.items() if texts} == {}


VIEWS = {
    "plain report": plain_report,
    "terminal report": lambda result: render_text(result, width=2_000),
    "report in a notebook": lambda result: of_a_page(html_of(result)),
    "annotations": lambda result: "\n".join(
        (
            overall_text(result, ()),
            *(function_text(result, name) for name in {one.function for one in result.checks}),
        )
    ),
    "student's page": lambda result: of_a_page(
        student_page([Work(result.exercise, result)], name="x", languages=(PSEUDO,))
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_the_view(name: str, results: list[Result], place: Path) -> None:
    found = {}
    for result in results:
        with reading(PSEUDO):
            text = STILL_OUTSIDE.sub(" ", VIEWS[name](result))
        found[result.submission.name] = unmarked(text, NAMES, own_words(result, place))
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("name", PLATFORMS)
def test_the_documents_of(name: str, results: list[Result], place: Path) -> None:
    found = {}
    for result in (one for one in results if one.submission.name in DOCUMENTED):
        assessment = Assessment(result, exercise=result.exercise, hidden="visible")
        with reading(PSEUDO):
            texts = platform(name).documents(assessment, PLACE).values()
        told = "\n".join(map(of_a_document, texts))
        found[result.submission.name] = unmarked(told, NAMES | STATES, own_words(result, place))
    assert {name: texts for name, texts in found.items() if texts} == {}
