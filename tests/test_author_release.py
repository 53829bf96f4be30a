"""`bpgrade author new` and `release`: a course to start from, a handout that gives nothing away."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.author.visible_checks import visible_checks
from grader.cli.author import command as author
from grader.cli.check import command as check
from grader.course import load_course, trust
from grader.course.stubs import write_stubs
from grader.errors import CourseError, UsageError

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "tests" / "courses" / "integration"
FILE = Path("course/solutions/check_one.py")


def run(*arguments: str | Path, command: object = author) -> Result:
    result = CliRunner().invoke(  # the code that a command returns is the exit code
        command,  # type: ignore[arg-type]
        [str(part) for part in arguments],
        standalone_mode=False,
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Starting a course


def test_a_new_course_takes_its_name(folder: Path) -> None:
    output = run("new", "statistics").output
    course = load_course(folder / "statistics")
    assert (course.name, course.title) == ("statistics", "statistics")
    assert "bpgrade author verify --course statistics" in output
    assert "COURSE_NAME" not in "".join(path.read_text() for path in folder.rglob("*.*"))


def test_a_new_course_hands_out_stubs_of_its_reference(folder: Path) -> None:
    run("new", "statistics")
    stub = folder / "statistics" / "exercises" / "exercise1.py"
    before = stub.read_text()
    write_stubs(load_course(folder / "statistics"))
    assert stub.read_text() == before
    assert "SOLUTION" not in before
    assert before.count("NotImplementedError") == 2


@pytest.mark.parametrize("there", ["file", "folder"])
def test_nothing_is_overwritten(folder: Path, there: str) -> None:
    own = folder / "mine" if there == "file" else folder / "mine" / "notes.txt"
    own.parent.mkdir(exist_ok=True)
    own.write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        run("new", "mine")
    assert own.read_text() == "mine"
    assert [path for path in folder.rglob("*") if path.is_file()] == [own]


@pytest.mark.parametrize("name", ["1st", "my course", "a-b", "class", "über"])
def test_a_name_that_no_course_can_have(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be named"):
        run("new", name)
    assert list(folder.iterdir()) == []


# Visible checks


def extracted(source: str) -> str:
    return visible_checks(source, FILE)


SOURCE = '''\
"""Checks; the hidden ones look at secret_thing."""

from __future__ import annotations

import math, random
from os import path, sep  # secret_import
import pytest

A = 1; B = 2
START = [1, 2]  # secret_comment
TABLE = {}
TABLE["one"] = START
OTHER = {}
OTHER["secret_key"] = 3


def used(value):
    """Doubles."""
    # secret_comment again
    return "# no comment", math.sqrt(value) * A


def secret_helper(value):
    return B


class Judge:
    """Judges."""

    def __init__(self, student):
        self.student = student

    # secret_comment
    def seen(self):
        return self.inner()

    def secret_method(self):
        return random.random()

    def inner(self):
        return self.student.f(TABLE)


@pytest.fixture(name="judge")
def make_judge(student):
    return Judge(student)


@pytest.fixture(autouse=True)
def prepared():
    random.seed(1)


@pytest.mark.function("f")
@pytest.mark.points(1)
@pytest.mark.visible
def test_seen(judge, compare):
    """Seen"""
    # secret_comment
    compare.close(judge.seen(), used(4))  # secret_comment


@pytest.mark.function("f")
@pytest.mark.points(1)
def test_secret(student, reference):
    """secret_title"""
    secret_helper(path)
'''


def test_only_what_visible_checks_use_is_kept() -> None:
    text = extracted(SOURCE)
    names = {node.name for node in ast.walk(ast.parse(text)) if hasattr(node, "name")}
    assert "secret" not in text
    assert names >= {"used", "Judge", "seen", "inner", "make_judge", "prepared", "test_seen"}
    assert "import math, random" in text
    assert 'TABLE["one"] = START' in text
    assert '"# no comment"' in text
    assert "A = 1" in text
    assert "B = 2" not in text
    assert "OTHER" not in text
    assert "os" not in re.findall(r"\w+", text)


def test_no_comment_is_kept() -> None:
    tokens = tokenize.generate_tokens(io.StringIO(extracted(SOURCE)).readline)
    assert all(token.type != tokenize.COMMENT for token in tokens)


VISIBLE = "import pytest\n\n\n@pytest.mark.visible\ndef test_one({}):\n    {}\n"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (VISIBLE.format("student, reference", "pass"), "uses the fixture reference"),
        (
            "@pytest.fixture\ndef right(reference):\n    return 1\n\n\n"
            + VISIBLE.format("right", "pass"),
            "through the fixture right",
        ),
        (
            "from check_one import secret\n" + VISIBLE.format("", "secret()"),
            "imported from check_one, a file of solutions/",
        ),
        ("from . import secret\n" + VISIBLE.format("", "secret()"), "imported from beside it"),
        (
            "class TestOne:\n    @pytest.mark.visible\n    def test_one(self):\n        pass\n",
            "the class TestOne holds visible checks",
        ),
    ],
)
def test_visible_checks_must_stand_alone(tmp_path: Path, source: str, problem: str) -> None:
    file = tmp_path / "check_one.py"
    file.write_text(source)
    with pytest.raises(CourseError, match=problem) as caught:
        visible_checks(source, file)
    assert "line " in caught.value.message
    assert caught.value.remedy


# The handout


def hidden_words(course_folder: Path) -> set[str]:
    """Return what betrays a solution or a hidden check: lines, names, titles, hints."""
    words: set[str] = set()
    public = "\n".join(path.read_text() for path in (course_folder / "exercises").glob("*.*"))
    for path in (course_folder / "solutions").glob("check_*.py"):
        public += visible_checks(path.read_text(), path)
    for path in (course_folder / "solutions").glob("*.py"):
        source = path.read_text()
        if path.name.startswith("check_"):
            shown = visible_checks(source, path)
            for node in ast.parse(source).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    texts = {node.name, *strings(node)}
                    words |= {text for text in texts if text not in shown}
        elif not path.name.startswith("misconceptions_"):
            lines = {line.strip() for line in source.split("\n")}
            words |= {line for line in lines if len(line) > 12 and line not in public}
        else:
            tree = ast.parse(source)
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            words |= {name for name in names if "_" in name and name not in public}
            told = {text for text in strings(tree) - searched_for(tree) if len(text) > 20}
            # an edit may hold a line of what students are given, or a part of one
            words |= {text for text in told if not (text in public and is_python(text))}
    return words - {"__main__"}


def is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def searched_for(tree: ast.AST) -> set[str]:
    """Return the expressions by which a mistake's line is found.

    They may be part of a formula that a task text gives, used in the wrong place.
    """
    return {
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "finds"
        for text in strings(node)
    }


def strings(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 8
    }


@pytest.fixture(scope="module", params=["new", "integration", "shipped"])
def handout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive, beside the folder `course` (a link) that it was made of."""
    folder = tmp_path_factory.mktemp("handout")
    course = folder / "course"
    if request.param == "new":
        run("new", course)
    else:
        course.symlink_to(INTEGRATION if request.param == "integration" else ROOT)
    run("release", "--course", course, "-o", folder / "handout.zip")
    return folder / "handout.zip"


def test_no_trace_of_solutions_or_hidden_checks(handout: Path) -> None:
    words = hidden_words(handout.parent / "course")
    assert len(words) > 10
    with zipfile.ZipFile(handout) as archive:
        names = archive.namelist()
        # a compiled catalogue holds its texts in UTF-8, between numbers
        texts = {name: archive.read(name).decode("utf-8", "replace") for name in names}
    for name, text in texts.items():
        assert name.split("/")[1] == "exercises"
        assert Path(name).suffix in {".py", ".md", ".toml", ".ipynb", ".mo"}
        assert "misconception" not in name
        assert "SOLUTION" not in text
        for word in words:
            # a hidden test's name may begin like a visible one's
            found = word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
            assert not found, f"{name} holds {word!r}"
            assert json.dumps(word)[1:-1] not in text or len(word) < 30
    raw = handout.read_bytes()
    assert b"solutions/" not in raw
    assert str(ROOT).encode() not in raw


def test_the_archive_is_the_same_each_time(handout: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    run("release", "--course", handout.parent / "course", "-o", again)
    assert again.read_bytes() == handout.read_bytes()
    with zipfile.ZipFile(again) as archive:
        assert archive.namelist() == sorted(archive.namelist())


def test_a_student_sees_that_not_everything_was_run(
    handout: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(handout) as archive:
        archive.extractall(folder)
    [unpacked] = [path for path in folder.iterdir() if path.is_dir()]
    monkeypatch.chdir(unpacked)
    trust.remember(unpacked, True)
    course = load_course(unpacked)
    for exercise in course.exercises:
        solution = handout.parent / "course" / "solutions" / f"{exercise.name}.py"
        (unpacked / solution.name).write_text(solution.read_text())
        result = run(solution.name, "--json", command=check)
        document = json.loads(result.stdout)
        assert all(each["visible"] for each in document["checks"])
        assert all(each["outcome"] == "passed" for each in document["checks"])
        hidden = exercise.max_score - sum(each["max_points"] for each in document["checks"])
        if hidden:
            assert document["score"] < document["max_score"]
            assert "hidden checks" in document["not_run"][0]
            assert result.return_value == 1
            assert "everything is right" not in run(solution.name, command=check).output


def test_a_visible_check_must_hold_by_itself(folder: Path) -> None:
    run("new", "mine")
    checks = folder / "mine" / "solutions" / "check_exercise1.py"
    text = checks.read_text()
    checks.write_text(text.replace("5.0, names", "float(__file__.count('solutions')) * 5, names"))
    with pytest.raises(CourseError, match="handed out by itself") as caught:
        run("release", "--course", "mine")
    assert "check_exercise1.py" in caught.value.message
    assert not (folder / "mine.zip").exists()


def test_a_visible_mark_that_the_tree_does_not_show(folder: Path) -> None:
    run("new", "mine")
    checks = folder / "mine" / "solutions" / "check_exercise1.py"
    checks.write_text(checks.read_text() + "\n\ntest_mean = pytest.mark.visible(test_mean)\n")
    with pytest.raises(CourseError, match="directly above") as caught:
        run("release", "--course", "mine")
    assert "test_mean" in caught.value.message


def test_a_solution_in_a_notebook_is_found(folder: Path) -> None:
    run("new", "mine")
    line = "squares = [(number - middle) ** 2 for number in numbers]"
    cell = {"cell_type": "code", "source": [line], "metadata": {}}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "mine" / "exercises" / "exercise1.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match="holds a line of the solution"):
        run("release", "--course", "mine")


def test_notebooks_are_handed_out_bare(folder: Path) -> None:
    run("new", "mine")
    cell = {
        "cell_type": "code",
        "id": "first",
        "source": ["1 + 1"],
        "metadata": {"secret": 1},
        "outputs": ["secret"],
        "execution_count": 3,
    }
    notebook = {"cells": [cell], "metadata": {"secret": 1}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "mine" / "exercises" / "exercise1.ipynb").write_text(json.dumps(notebook))
    run("release", "--course", "mine")
    with zipfile.ZipFile("mine.zip") as archive:
        text = archive.read("mine/exercises/exercise1.ipynb").decode()
    assert "secret" not in text
    assert json.loads(text)["cells"][0]["source"] == ["1 + 1"]


def test_an_archive_that_cannot_be_written(folder: Path) -> None:
    run("new", "mine")
    with pytest.raises(UsageError, match="Cannot write"):
        run("release", "--course", "mine", "-o", "nowhere/handout.zip")


SHARED = '''"""Shared."""

EXAMPLE = [2, 4, 9]
SECRET = "only a hidden check uses this"


def mean_of_example(student):
    """Ask for the mean of the example."""
    return student.mean(EXAMPLE)
'''


def test_what_visible_checks_take_from_shared_is_written_into_them(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(SHARED)
    path = tmp_path / "check_one.py"
    source = (
        '"""Checks."""\n\nimport pytest\nfrom shared import SECRET, mean_of_example\n\n\n'
        '@pytest.mark.function("mean")\n@pytest.mark.points(1)\n@pytest.mark.visible\n'
        "def test_seen(student):\n"
        '    """Seen"""\n    assert mean_of_example(student) == 5\n\n\n'
        '@pytest.mark.function("mean")\n@pytest.mark.points(1)\n'
        "def test_hidden(student):\n"
        '    """Hidden"""\n    assert SECRET\n'
    )
    text = visible_checks(source, path)
    assert "shared" not in text.lower()
    assert "EXAMPLE = [2, 4, 9]" in text
    assert "def mean_of_example" in text
    assert "SECRET" not in text
    compile(text, "check_one.py", "exec")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("from shared import nothing", "shared.py has no nothing"),
        ("from shared import EXAMPLE\n\nEXAMPLE = 1", "both define EXAMPLE"),
        ("import shared", "from shared import"),
    ],
)
def test_a_wrong_import_from_shared_says_so(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "shared.py").write_text(SHARED)
    source = (
        f"import pytest\n{line}\n\n\n"
        '@pytest.mark.function("mean")\n@pytest.mark.points(1)\n@pytest.mark.visible\n'
        "def test_seen(student):\n"
        '    """Seen"""\n    assert shared.EXAMPLE\n'
    )
    with pytest.raises(CourseError) as raised:
        visible_checks(source, tmp_path / "check_one.py")
    assert problem in f"{raised.value.message} {raised.value.remedy}"
