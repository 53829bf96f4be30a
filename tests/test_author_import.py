"""`bpgrade author import`: courses made of nbgrader's and otter's notebooks."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.author.importing import trial, writing
from grader.author.importing.markers import from_nbgrader, from_otter, without_ignored
from grader.author.importing.name_rewriting import translate
from grader.author.importing.naming import names_of
from grader.author.importing.source_edits import indented
from grader.cli import main
from grader.cli.author import command as author
from grader.course import load_course
from grader.course.by_hand import Part
from grader.course.stubs import make_stub
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.sandbox.isolation import resolve

SQUARES = """def squares(n):
    \"\"\"Return the squares up to n.\"\"\"
    ### BEGIN SOLUTION
    return [i**2 for i in range(1, n + 1)]
    ### END SOLUTION
"""
TEST_SQUARES = '''"""The squares are right"""
assert squares(1) == [1]
### BEGIN HIDDEN TESTS
for n in range(4):  # not only one
    assert squares(n) == [i * i for i in range(1, n + 1)], f"wrong for {n}"
### END HIDDEN TESTS
'''


@pytest.fixture(autouse=True)
def _untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the trial, but where it is tested: these tests grade what they need themselves."""
    monkeypatch.setattr(writing, "tried", lambda folder, name: trial.ImportTrial())


def code(source: str, marks: dict[str, Any] | None = None, output: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "execute_result", "data": {"text/plain": output}}] if output else []
    metadata = {} if marks is None else {"nbgrader": marks}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": outputs,
        "execution_count": None,
    }


def text(
    source: str, marks: dict[str, Any] | None = None, kind: str = "markdown"
) -> dict[str, Any]:
    metadata = {} if marks is None else {"nbgrader": marks}
    return {"cell_type": kind, "source": source, "metadata": metadata}


def raw(source: str) -> dict[str, Any]:
    return text(source, kind="raw")


def write(path: Path, cells: Sequence[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)}
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def run(form: str, source: Path, course: Path) -> Result:
    result = CliRunner().invoke(author, ["import", form, str(source), "-o", str(course)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def scores(course: Path, source: str | None = None) -> tuple[float, float, float]:
    """Return what the reference gets (or `source`), what the stub gets, and the most."""
    loaded = load_course(course)
    (exercise,) = loaded.exercises
    name = f"{exercise.name}.py"
    right = source or (course / "solutions" / name).read_text("utf-8")
    with Grader(loaded, resolve("basic")) as grader:
        found = [
            grader.grade(submission_from_bytes(name, one.encode()), exercise, 0).score or 0.0
            for one in (right, (course / "exercises" / name).read_text("utf-8"))
        ]
    return found[0], found[1], exercise.checked_points


def schema(version: int, **marks: Any) -> dict[str, Any]:
    """Return cell metadata as nbgrader wrote it in that schema version."""
    if version == 0:  # no version, points as text, what is false left out
        marks = {name: value for name, value in marks.items() if value is not False}
        return {**marks, "points": str(marks["points"])} if "points" in marks else marks
    full = {"grade": False, "solution": False, "locked": False, **marks}
    if version == 3:
        full.setdefault("task", False)
    return {**full, "schema_version": version}


@pytest.mark.parametrize("version", range(4))
def test_nbgrader_cells_of_every_schema_become_a_course_that_grades(tmp_path: Path, version: int):
    source = write(
        tmp_path / "source" / "ps1" / "problem 1.ipynb",
        [
            text("# Squares"),
            code(SQUARES, schema(version, solution=True, grade_id="squares")),
            code("squares(3)"),
            code(TEST_SQUARES, schema(version, grade=True, points=2, grade_id="right")),
            text("because", schema(version, grade=True, solution=True, points=3, grade_id="why")),
        ],
    )
    course = tmp_path / "course"
    result = run("nbgrader", source.parent.parent, course)
    assert "1 test cell: 1 carried over whole" in result.output
    assert "cell 5, line 1: why (3 points) is graded by hand" in result.output
    assert scores(course) == (2.0, 0.0, 2.0)
    checks = (course / "solutions/check_problem_1.py").read_text("utf-8")
    assert "assert student.squares(n) == [i * i for i in range(1, n + 1)]" in checks
    assert "# not only one" in checks
    assert checks.count("@pytest.mark.visible") == 1
    assert "because" in (course / "solutions/by_hand_problem_1.md").read_text("utf-8")
    task = (course / "exercises/problem_1.md").read_text("utf-8")
    assert "because" not in task
    assert "squares(3)" in task
    assert "range(1, n + 1)" not in (course / "exercises/problem_1.ipynb").read_text("utf-8")
    assert "graded by hand" in (course / "report.md").read_text("utf-8")
    (exercise,) = load_course(course).exercises
    assert exercise.by_hand == (Part("why", "Why", 3.0),)
    assert 'why = """because"""' in (course / "solutions/problem_1.py").read_text("utf-8")
    assert "because" not in (course / "exercises/problem_1.py").read_text("utf-8")
    assert "answer: why" in (course / "exercises/problem_1.ipynb").read_text("utf-8")


def test_a_wrong_submission_loses_the_points_of_an_imported_check(tmp_path: Path):
    marks = schema(3, grade=True, points=2, grade_id="right")
    source = write(
        tmp_path / "a.ipynb", [code(SQUARES, schema(3, solution=True)), code(TEST_SQUARES, marks)]
    )
    run("nbgrader", source, tmp_path / "course")
    wrong = "def squares(n):\n    return [1]\n"
    assert scores(tmp_path / "course", wrong) == (0.0, 0.0, 2.0)


def test_a_released_notebook_says_that_its_solution_is_missing(tmp_path: Path):
    released = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    cells = [
        code(released, schema(3, solution=True, grade_id="f")),
        code("assert f(1) == 2", schema(3, grade=True, points=1, grade_id="t")),
    ]
    result = run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert "a.ipynb, cell 1, line 1: a released notebook has no solution" in result.output
    assert scores(tmp_path / "course")[0] == 0.0


def test_a_task_keeps_its_mark_scheme_from_students(tmp_path: Path):
    task = "Explain.\n### BEGIN MARK SCHEME\nTwo points for the proof.\n### END MARK SCHEME"
    cells = [
        text(task, schema(3, task=True, points=4, grade_id="explain")),
        code(SQUARES, schema(3, solution=True)),
        code("assert squares(1) == [1]", schema(3, grade=True, points=1, grade_id="t")),
    ]
    run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert "proof" not in (tmp_path / "course/exercises/a.md").read_text("utf-8")
    assert "proof" in (tmp_path / "course/solutions/by_hand_a.md").read_text("utf-8")


def test_parts_that_otter_leaves_to_a_person_become_parts_graded_by_hand(tmp_path: Path):
    def block(mark: str, more: str = "") -> dict[str, Any]:
        return {"cell_type": "raw", "metadata": {}, "source": f"# {mark}\n{more}"}

    cells = [
        block("BEGIN QUESTION", "name: q1\npoints: 2\nmanual: true"),
        text("Why?"),
        block("BEGIN SOLUTION"),
        text("Since it is so."),
        block("END SOLUTION"),
        block("END QUESTION"),
        block("BEGIN QUESTION", "name: q2\npoints: 1\nmanual: true"),
        block("BEGIN SOLUTION"),
        code("marks = [1, 2]\nplt.plot(marks)"),
        block("END SOLUTION"),
        block("END QUESTION"),
        block("BEGIN QUESTION", "name: q3\npoints: 1"),
        block("BEGIN SOLUTION"),
        code("def f(x):\n    return 2 * x # SOLUTION"),
        block("END SOLUTION"),
        block("BEGIN TESTS"),
        code("assert f(1) == 2"),
        block("END TESTS"),
        block("END QUESTION"),
    ]
    run("otter", write(tmp_path / "hw.ipynb", cells), tmp_path / "course")
    (exercise,) = load_course(tmp_path / "course").exercises
    assert exercise.by_hand == (Part("q1", "Q1", 2.0), Part("q2", "Q2", 1.0, "plot"))
    assert "Since it is so" in (tmp_path / "course/solutions/hw.py").read_text("utf-8")
    assert "Since it is so" not in (tmp_path / "course/exercises/hw.ipynb").read_text("utf-8")


def test_a_test_that_hides_and_sets_names_of_the_students_is_carried_over(tmp_path: Path):
    total = (
        "def total(n):\n    ### BEGIN SOLUTION\n    return sum(squares(n))\n    ### END SOLUTION"
    )
    both = f"{SQUARES}\n\n{total}"
    steals = (
        "kept = squares\ndel squares\ntry:\n    total(1)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('it does not use squares')\nfinally:\n    squares = kept\n"
        "assert total(2) == 5"
    )
    sets = "squares = lambda n: [n, n]\nassert total(3) == 6"
    cells = [
        code(both, schema(3, solution=True)),
        code("assert total(2) == 5", schema(3, grade=True, points=1, grade_id="t")),
        code(steals, schema(3, grade=True, points=1, grade_id="uses_squares")),
        code(sets, schema(3, grade=True, points=1, grade_id="another")),
    ]
    result = run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert "3 test cells: 3 carried over whole" in result.output
    assert scores(tmp_path / "course") == (3.0, 0.0, 3.0)


def test_a_test_asks_for_what_there_is_where_it_stands(tmp_path: Path):
    solution = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
    cells = [
        code(f"items = None\n{solution.format('items = [1]')}", schema(3, solution=True)),
        code("assert items == [1]", schema(3, grade=True, points=1, grade_id="first")),
        code(
            f"def size():\n    {solution.format('    return len(items)').strip()}",
            schema(3, solution=True),
        ),
        code("assert size() == 1", schema(3, grade=True, points=1, grade_id="called")),
        code(solution.format("items.append(2)"), schema(3, solution=True)),
        code("assert items == [1, 2]", schema(3, grade=True, points=1, grade_id="changed")),
        code("items = 'sold'"),
    ]
    result = run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert "3 test cells: 3 carried over whole" in result.output
    assert scores(tmp_path / "course") == (3.0, 0.0, 3.0)
    checks = (tmp_path / "course" / "solutions" / "check_a.py").read_text()
    assert "student = student.after('cell-1')" in checks
    stub = (tmp_path / "course" / "exercises" / "a.ipynb").read_text()
    assert '"cell-1"' in stub


OTTER = [
    raw("# ASSIGNMENT CONFIG\ngenerate: true"),
    text("# Areas"),
    code("import otter\ngrader = otter.Notebook()"),
    text("```otter\n# BEGIN QUESTION\nname: q1\npoints: 3\n```"),
    text("Write `area`."),
    raw("# BEGIN SOLUTION"),
    code("def area(r):\n    square = r * r # SOLUTION\n    return 3 * square # SOLUTION"),
    raw("# END SOLUTION"),
    raw("# BEGIN TESTS"),
    code("area(2)", output="12"),
    code(
        '""" # BEGIN TEST CONFIG\nhidden: true\npoints: 2\nfailure_message: Square the radius.\n'
        '""" # END TEST CONFIG\ndef test_zero(area):\n    assert area(0) == 0\n'
        "    assert area(3) == 27\n\ntest_zero(area)  # IGNORE"
    ),
    raw("# END TESTS"),
    raw("# END QUESTION"),
]


def test_an_otter_master_notebook_becomes_a_course_that_grades(tmp_path: Path):
    result = run("otter", write(tmp_path / "hw.ipynb", OTTER), tmp_path / "course")
    assert "2 test cells: 2 carried over whole" in result.output
    assert scores(tmp_path / "course") == (3.0, 0.0, 3.0)
    checks = (tmp_path / "course/solutions/check_hw.py").read_text("utf-8")
    assert "assert student.area(2) == 12" in checks
    assert "Square the radius." in checks
    assert "test_zero(student.area)" in checks
    assert checks.count("@pytest.mark.visible") == 1
    assert "otter" not in (tmp_path / "course/solutions/hw.py").read_text("utf-8")


def test_otters_old_fenced_questions_are_read(tmp_path: Path):
    cells = [
        text("Write it.\n\n```\nBEGIN QUESTION\nname: q1\npoints: 2\n```"),
        code("def double(x):\n    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION"),
        code("## Test ##\ndouble(4)", output="8"),
        code("## HIDDEN TEST ##\ndouble(-1)", output="-2"),
    ]
    result = run("otter", write(tmp_path / "hw.ipynb", cells), tmp_path / "course")
    assert "2 test cells: 2 carried over whole" in result.output
    assert scores(tmp_path / "course") == (2.0, 0.0, 2.0)


OK_TEST = """OK_FORMAT = True
test = {'name': 'q1', 'points': [1, 2], 'suites': [{'cases': [
    {'code': '>>> double(2) == 4\\nTrue', 'hidden': False},
    {'code': '>>> n = 5\\n>>> double(n)\\n10', 'hidden': True}],
    'scored': True, 'setup': '', 'teardown': '', 'type': 'doctest'}]}
"""
EXCEPTION_TEST = """from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 3

@test_case(points=1, hidden=False)
def test_two(double):
    assert double(2) == 4

@test_case(points=2, hidden=True, failure_message="Any number.")
def test_five(double, n=5):
    assert double(n) == 10
"""


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("tests", [OK_TEST, EXCEPTION_TEST])
def test_generated_tests_beside_a_notebook_are_read_and_never_run(
    tmp_path: Path, tests: str, inside: bool
):
    mark = tmp_path / "run"
    cells = [code("def double(x):\n    return 2 * x"), code('grader.check("q1")')]
    source = write(tmp_path / "hw" / "hw.ipynb", cells)
    written = f"open({str(mark)!r}, 'w')\n{tests}"
    if inside:  # as otter does today
        notebook = json.loads(source.read_text("utf-8"))
        found = ast.parse(tests).body[-1]
        one = ast.literal_eval(found.value) if isinstance(found, ast.Assign) else written
        notebook["metadata"] = {"otter": {"tests": {"q1": one}}}
        source.write_text(json.dumps(notebook), "utf-8")
    else:
        (source.parent / "tests").mkdir()
        (source.parent / "tests/q1.py").write_text(written)
    result = run("otter", source, tmp_path / "course")
    assert "2 test cells: 2 carried over whole" in result.output
    assert not mark.exists()
    assert scores(tmp_path / "course") == (3.0, 0.0, 3.0)


# What an import finds when it grades what it has made


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "tried", trial.tried)


@pytest.mark.usefixtures("tries")
def test_what_does_not_hold_is_set_aside_and_the_rest_is_graded(tmp_path: Path):
    double = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    marks = [schema(3, grade=True, points=n, grade_id=f"t{n}") for n in range(5)]
    cells = [
        code(double, schema(3, solution=True, grade_id="double")),
        code("letters = list('ab')\nshown = 1 / 0\nkept = double(2)"),
        code("### BEGIN SOLUTION\nlost = 1 / 0\n### END SOLUTION", schema(3, solution=True)),
        code("assert double(2) == 4", marks[1]),
        code("assert double(2) == 5  # a slip of the author's", marks[2]),
        code("assert double({1, 2}) is None", marks[3]),
        code("assert letters == ['a', 'b']", marks[4]),
        code("assert lost == 1", schema(3, grade=True, points=1, grade_id="lost")),
    ]
    result = run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert "5 test cells: 1 carried over whole, 0 to look at, 4 not carried over" in result.output
    assert "cell 5, line 1: test_t2 is set aside: the reference does not pass it" in result.output
    assert "cell 7, line 1: test_t4 is set aside: students pass it" in result.output
    assert "test_lost is set aside: the reference does not define lost" in result.output
    assert "`shown = 1 / 0` raises ZeroDivisionError" in result.output
    checks = (tmp_path / "course/solutions/check_a.py").read_text("utf-8")
    assert "#     assert student.double(2) == 5  # a slip of the author's" in checks
    assert "# shown = 1 / 0\nkept = double(2)" in (tmp_path / "course/solutions/a.py").read_text()
    assert scores(tmp_path / "course") == (1.0, 0.0, 1.0)


@pytest.mark.usefixtures("tries")
@pytest.mark.parametrize(
    ("solution", "said"),
    [
        ("return 3 * x", "the reference passes none of the checks. The first: "),
        ("import os; os._exit(1)", "the reference passes none of the checks. The first: "),
        ("return 2 * x\n\n\nimport os; os._exit(1)", "its reference ends the process"),
        ("return 2 * x\n\n\nwhile True: pass", "were not graded within 5 seconds"),
    ],
)
def test_a_reference_that_does_not_hold_is_said_and_the_course_is_written_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solution: str, said: str
):
    limit = 5 if "while" in solution else 300
    monkeypatch.setattr(writing, "tried", lambda *which: trial.tried(*which, limit))
    double = f"def double(x):\n    ### BEGIN SOLUTION\n    {solution}\n    ### END SOLUTION"
    cells = [
        code(double.replace("\n    ### END", "\n### END"), schema(3, solution=True)),
        code("assert double(2) == 4", schema(3, grade=True, points=1, grade_id="t")),
    ]
    result = run("nbgrader", write(tmp_path / "a.ipynb", cells), tmp_path / "course")
    assert said in result.output
    checks = (tmp_path / "course/solutions/check_a.py").read_text("utf-8")
    assert "assert student.double(2) == 4" in checks


def test_files_and_modules_beside_a_notebook_come_along_and_clients_do_not(tmp_path: Path):
    cells = [
        code("from client.api.notebook import Notebook\nok = Notebook('hw.ok')\nok.auth()"),
        code("from helpers import twice\nimport otter; from pathlib import Path"),
        code("total = twice(sum(map(int, Path('numbers.txt').read_text().split())))"),
        code("def first(folder='sums'):\n    return Path(f'{folder}/a.txt').read_text()"),
        code("ok.grade('q1')"),
    ]
    source = write(tmp_path / "hw" / "hw.ipynb", cells)
    for name, content in {
        "numbers.txt": "1\n2\n",
        "sums/a.txt": "3",
        "hw.ok": "{}",
        "helpers.py": "import math\n\ndef twice(x):\n    return math.floor(2 * x)\n",
        "tests/q1.py": "test = {'name': 'q1', 'points': 2, 'suites': [{'cases': ["
        "{'code': '>>> total == 2 * len(Path(\\'numbers.txt\\').read_text()) - 2\\nTrue'},\n"
        "{'code': '>>> first()\\n\\'3\\''}]}]}",
    }.items():
        (source.parent / name).parent.mkdir(exist_ok=True)
        (source.parent / name).write_text(content)
    result = run("otter", source, tmp_path / "course")
    assert "2 test cells: 2 carried over whole" in result.output
    assert "what it reads as numbers.txt is data/numbers.txt now" in result.output
    reference = (tmp_path / "course/solutions/hw.py").read_text("utf-8")
    assert "client" not in reference
    assert "ok." not in reference
    data = tmp_path / "course/exercises/data"
    assert {p.relative_to(data).as_posix() for p in data.rglob("*.*")} == {
        "numbers.txt",
        "sums/a.txt",
    }
    assert scores(tmp_path / "course") == (2.0, 0.0, 2.0)


def test_what_is_printed_is_asked_for(tmp_path: Path):
    said = code("greet('Ada')")
    said["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["Hello Ada\n"]}]
    shows = code("str(print(answer))")
    shows["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "42\n"},
        {"output_type": "execute_result", "data": {"text/plain": "'None'"}},
    ]
    cells = [
        raw("# BEGIN QUESTION\nname: q1\npoints: 2"),
        raw("# BEGIN SOLUTION"),
        code("def greet(name):\n    print('Hello', name) # SOLUTION\nanswer = 42 # SOLUTION"),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        said,
        shows,
        raw("# END TESTS"),
        raw("# END QUESTION"),
    ]
    result = run("otter", write(tmp_path / "hw.ipynb", cells), tmp_path / "course")
    assert "2 test cells: 2 carried over whole" in result.output
    checks = (tmp_path / "course/solutions/check_hw.py").read_text("utf-8")
    assert "assert student.printed.rstrip() == 'Hello Ada'" in checks
    assert scores(tmp_path / "course") == (2.0, 0.0, 2.0)


# What a careless user meets


@pytest.mark.parametrize("form", ["nbgrader", "otter"])
@pytest.mark.parametrize("damage", ["missing", "empty", "broken", "cut", "no tests", "R", "text"])
def test_a_source_that_cannot_be_read_gives_one_line_and_writes_nothing(
    tmp_path: Path, form: str, damage: str, capsys: pytest.CaptureFixture[str]
):
    source = tmp_path / "source"
    if damage != "missing":
        source.mkdir()
    if damage == "broken":
        (source / "a.ipynb").write_text("{")
    elif damage == "cut":
        whole = write(source / "a.ipynb", OTTER).read_text()
        (source / "a.ipynb").write_text(whole[: len(whole) // 2])
    elif damage == "no tests":
        write(source / "a.ipynb", [code("x = 1")])
    elif damage == "R":
        write(source / "a.ipynb", [code("x <- 1")])
        notebook = json.loads((source / "a.ipynb").read_text())
        notebook["metadata"] = {"kernelspec": {"language": "R", "name": "ir"}}
        (source / "a.ipynb").write_text(json.dumps(notebook))
    elif damage == "text":
        source = source / "a.txt"
        source.write_text("hello")
    with pytest.raises(SystemExit) as ended:
        main(["author", "import", form, str(source), "-o", str(tmp_path / "course")])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("bpgrade: ")
    assert "Traceback" not in said
    assert not (tmp_path / "course").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source = write(tmp_path / "hw.ipynb", OTTER)
    (tmp_path / "course").mkdir()
    (tmp_path / "course/mine.txt").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        main(["author", "import", "otter", str(source), "-o", str(tmp_path / "course")])
    assert ended.value.code == 2
    assert "is there already, and not empty" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "course").iterdir()] == ["mine.txt"]


def test_a_broken_notebook_among_others_is_named_and_the_others_brought_over(tmp_path: Path):
    write(tmp_path / "source/hw.ipynb", OTTER)
    (tmp_path / "source/bad.ipynb").write_text("{")
    result = run("otter", tmp_path / "source", tmp_path / "course")
    assert "bad.ipynb, line 1: bad.ipynb is" in result.output
    assert scores(tmp_path / "course") == (3.0, 0.0, 3.0)


# Markers


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LINES = st.lists(
    st.sampled_from(
        ["x = 1", "y = x + 1", "if x:", "    z = 2", "", "# a comment", "text = '# SOLUTION?'"]
    ),
    min_size=1,
    max_size=6,
)


@SLOW
@given(LINES, LINES, LINES)
def test_a_solution_never_reaches_a_stub(before: list[str], inside: list[str], after: list[str]):
    secret = "secret = 12345"
    for begin, end, convert in (
        ("### BEGIN SOLUTION", "### END SOLUTION", from_nbgrader),
        ("# BEGIN SOLUTION", "# END SOLUTION", from_otter),
    ):
        lines = [*before, begin, secret, *inside, end, *after]
        found = convert("\n".join(lines), whole=True)
        assert found.has_solution
        assert secret in found.source
        try:
            ast.parse(found.source)
        except SyntaxError:
            continue  # the cell itself is no Python
        assert "12345" not in make_stub(found.source, "cell")


@SLOW
@given(st.lists(st.sampled_from(["### BEGIN SOLUTION", "### END SOLUTION", "x = 1"]), max_size=8))
def test_markers_in_any_order_are_read_without_an_error(lines: list[str]):
    found = from_nbgrader("\n".join(lines), whole=False)
    if ast.parse(found.source).body:
        make_stub(found.source, "cell")


def test_lines_that_are_solutions_are_one_block_with_their_prompts():
    found = from_otter("x = 2 # SOLUTION\ny = 3 # SOLUTION\nprint(x)", whole=True)
    assert make_stub(found.source, "cell") == "x = ...\ny = ...\nprint(x)"
    found = from_otter("plt.plot(x) # SOLUTION NO PROMPT\ny = 1", whole=True)
    assert make_stub(found.source, "cell") == "y = 1"
    assert without_ignored("a\n# BEGIN IGNORE\nb\n# END IGNORE\nc # IGNORE\nd") == "a\nd"


# Rewriting


@pytest.mark.parametrize(
    ("test", "check"),
    [
        ("assert f(x) == 2", "assert student.f(student.x) == 2"),
        ("x = 3\nassert f(x) == 2", "x = 3\nassert student.f(x) == 2"),
        ("x = x + 1\nassert x == 2", "x = student.x + 1\nassert x == 2"),
        ("assert [f(f) for f in [1]]", "assert [f(f) for f in [1]]"),
        ("g = lambda f: f(x)\nassert g", "g = lambda f: f(student.x)\nassert g"),
        ("def g(x):\n    return f(x)\ng(x)", "def g(x):\n    return student.f(x)\ng(student.x)"),
        ("assert f(1) == 2, f'is {f(1)}'", "assert student.f(1) == 2, f'is {student.f(1)}'"),
        ("assert a.f(x=1)", "assert a.f(x=1)"),
        ("try:\n    f(0)\nexcept ValueError:\n    pass\nelse:\n    assert False",
         "with student.raises('ValueError'):\n    student.f(0)"),
        ("assert_equal(f(1), 2)", "assert student.f(1) == 2"),
        ("assert_raises(ValueError, f, 0)", "with student.raises('ValueError'):\n    student.f(0)"),
        ("with pytest.raises(ValueError, match='no'):\n    f(0)",
         "with student.raises('ValueError', match='no'):\n    student.f(0)"),
        ("try:\n    y = f(0)\nexcept:\n    pass", "try:\n    y = student.f(0)\nexcept:\n    pass"),
        (
            "math.pi = 3\nassert f(0) == 3",
            "student = student.replaced(**{'math.pi': 3})\nassert student.f(0) == 3",
        ),
        ("del f", "student = student.without('f')"),
        ("assert f('é') == f(x)", "assert student.f('é') == student.f(student.x)"),
    ],
)  # fmt: skip
def test_bare_names_become_the_students(test: str, check: str):
    names = names_of([(ast.parse("import math\ndef f(a):\n    return a\nx = [f]"), True)], [])
    assert translate(test, names).code == check


def test_whether_a_model_is_of_a_librarys_class_is_asked_by_name():
    source = "from sklearn import linear_model as lm\nimport numpy as np\nx = lm.Lasso()"
    names = names_of([(ast.parse(source), True)], [])
    found = translate("assert isinstance(x, lm.Lasso) is True", names).code
    assert found == "assert ('Lasso' in student.kind(student.x)) is True"
    found = translate("assert isinstance(x, np.ndarray)", names).code
    assert found == "assert isinstance(student.x, np.ndarray)"


@pytest.mark.parametrize(
    ("test", "check"),
    [
        ("a = 1\nassert f(1)", "a = 1\n{a}\nassert student.f(1)"),
        ("a = 1; f(1)  # so", "a = 1; {a}; student.f(1)  # so"),
        ("a = 1  # so", "a = 1\n{a}  # so"),
        ("a, b = 1, 2", "a, b = 1, 2\nstudent = student.replaced(a=a, b=b)"),
        ("for a in x:\n    f(1)", "for a in x:\n    {a}\n    student.f(1)"),
        ("for a in x: f(1)", "for a in x: {a}; student.f(1)"),
        ("if x:\n    a = 1", "if x:\n    a = 1\n    {a}"),
        ("if x: a = 1", "if x: a = 1; {a}"),
        ("def a():\n    return 1", "def a():\n    return 1\n{a}"),
        ("c += 1", "c = student.c\nc += 1\nstudent = student.replaced(c=c)"),
        ("a = f(1)", "a = student.f(1)\n{a}"),
        ("def own():\n    a = 1\n    return a", "def own():\n    a = 1\n    return a"),
    ],
)
def test_what_a_test_sets_is_what_the_students_functions_read(test: str, check: str):
    source = "c = sum([1])\ndef f(x):\n    return a + b + c + x"
    names = names_of([(ast.parse(source), True)], [])
    expected = check.replace("{a}", "student = student.replaced(a=a)")
    assert translate(test, names).code == expected


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("if (a := 1): f(1)", "it sets a in the student's own module"),
        ("x = [1]\ndel f, x[0]", "it deletes f"),
        ("with patch('builtins.print'):\n    f(1)", "it patches names"),
        ("exec('f(1)')", "it uses exec()"),
    ],
)
def test_what_a_check_cannot_do_is_said(test: str, why: str):
    names = names_of([(ast.parse("def f(x):\n    return a + x"), True)], [])
    assert why in translate(test, names).impossible[0][1]


def test_only_a_try_around_the_students_code_needs_a_look():
    names = names_of([(ast.parse("def f(a):\n    return a"), True)], [])
    around = "try:\n    {}\nexcept ValueError:\n    g = 1"
    assert translate(f"f(1)\n{around.format('int(2)')}", names).problems == []
    assert "student.raises" in translate(around.format("f(2)"), names).problems[0][1]


def test_texts_of_several_lines_are_not_indented():
    source = 'text = """a\n  b"""\nif text:\n    c = 1'
    assert indented(source) == '    text = """a\n  b"""\n    if text:\n        c = 1'
