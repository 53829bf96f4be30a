"""`bpgrade author verify`: courses that hold, and what is said of those that do not."""

from __future__ import annotations

import ast
import functools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from thoroughness import thorough

from grader.author.new import new_course
from grader.author.verify import Effort, verify
from grader.cli.author import command as author
from grader.course import Course, Exercise, load_course
from grader.course.stubs import write_stubs
from grader.errors import BpgradeError
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "tests" / "courses" / "integration"
SHIPPED: Course = load_course(ROOT)


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(author, [str(part) for part in ("verify", *arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def verified(course: Path, *arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(
        author, ["verify", "--course", str(course), "--json", *arguments], standalone_mode=False
    )
    if result.exception:
        raise result.exception
    document: dict[str, Any] = json.loads(result.stdout)
    assert result.return_value == (0 if document["ok"] else 1)
    return document


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new course, to be verified without a search for the places of mistakes."""
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)
    return new_course(tmp_path / "mine").folder


def try_few(monkeypatch: pytest.MonkeyPatch, seeds: int, mutants: int | None = None) -> None:
    """Have `author verify` try no more than a test needs."""
    few = Effort(seeds=seeds, misconception_seeds=1, mutants=mutants, misconceptions=None)
    monkeypatch.setattr("grader.author.verify.verify", functools.partial(verify, effort=few))


def faults(document: dict[str, Any]) -> list[str]:
    found = [fault for exercise in document["exercises"] for fault in exercise["faults"]]
    assert all(fault["remedy"] for fault in found)
    return [fault["message"] for fault in found]


# Courses that hold


def test_a_new_course_passes(course: Path) -> None:
    document = verified(course)
    assert document["schema"] == "bpgrade-verify/1"
    assert (document["ok"], faults(document)) == (True, [])
    [exercise] = document["exercises"]
    assert exercise["reference"]["scores"] == [10.0] * 20
    assert exercise["stub"]["scores"] == [0.0] * 20
    assert all(check["failed_by"] for check in exercise["checks"])
    assert [entry["score"] for entry in exercise["mutation"]] == [1.0, 1.0]
    assert all(entry["id"] in entry["named"] for entry in exercise["misconceptions"])
    assert 0 < exercise["seconds"] < 1


@pytest.mark.thorough
def test_a_course_of_another_subject_passes() -> None:
    document = verified(INTEGRATION)
    assert faults(document) == []
    assert [exercise["name"] for exercise in document["exercises"]] == ["samples", "curves"]
    assert all(
        entry["mutants"] > 30 for each in document["exercises"] for entry in each["mutation"]
    )


def test_one_mutant_stands_for_all_that_show_the_same(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_few(monkeypatch, 3)
    with_probes = verified(course)["exercises"][0]["mutation"]
    path = course / MISCONCEPTIONS
    path.write_text(re.sub(r"@probe\(.*\)\n", "", path.read_text()))
    without = verified(course)["exercises"][0]["mutation"]
    assert all(entry["probed"] for entry in with_probes)
    assert not any(entry["probed"] or entry["equivalent"] for entry in without)
    for entry, other in zip(with_probes, without, strict=True):
        # without probes the same text counts once, and what is equivalent survives
        assert entry["mutants"] - entry["equivalent"] >= other["killed"] > 0


@pytest.mark.parametrize(
    "exercise",
    thorough(
        SHIPPED.exercises,
        but=lambda exercise: exercise.name == "exercise3",
    ),
    ids=lambda exercise: exercise.name,
)
def test_the_shipped_course_holds(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bpgrade author verify` tries all programs, and test_misconceptions.py all mistakes."""
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)
    effort = Effort(seeds=2, misconception_seeds=1, mutants=6, misconceptions=1)
    found = verify(SHIPPED, [exercise], resolve("basic"), effort)
    [exercise_found] = found.exercises
    assert exercise_found.faults == ()
    assert exercise_found.mutation
    assert all(entry.probed and entry.score >= 0.98 for entry in exercise_found.mutation)
    assert exercise_found.misconceptions


def test_one_exercise_only(monkeypatch: pytest.MonkeyPatch) -> None:
    try_few(monkeypatch, 3, mutants=3)
    document = verified(INTEGRATION, "--exercise", "curves")
    assert [exercise["name"] for exercise in document["exercises"]] == ["curves"]


def test_the_table_shows_the_same(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try_few(monkeypatch, 20)
    output = run("--course", course).output
    assert "reference 10 / 10, 20 seeds   stub 0 / 10, 20 seeds" in output
    assert re.search(r"mean +2 +\d+ +\d+ +\d+ +100.0 %", output)
    assert "misconceptions: 3, 3 lose points, 3 named" in output
    assert "mine: everything holds" in output


# Courses that do not: one clear line each


def edit(file: str, old: str, new: str, *, stubs: bool = False) -> Callable[[Path], None]:
    def change(course: Path) -> None:
        path = course / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        if stubs:
            write_stubs(load_course(course))

    return change


def remove(file: str) -> Callable[[Path], None]:
    return lambda course: (course / file).unlink()


CHECKS = "solutions/check_exercise1.py"
REFERENCE = "solutions/exercise1.py"
MISCONCEPTIONS = "solutions/misconceptions_exercise1.py"
TITLE = '    """The mean is right for any numbers"""\n'
FIRST = '@pytest.mark.function("mean")  # the function that it is about\n'

BROKEN = {
    "no title": (
        edit(CHECKS, TITLE, ""),
        "check_exercise1.py: the check test_mean has no title",
    ),
    "wrong points": (
        edit(CHECKS, "points(3)", "points(4)"),
        "check_exercise1.py: the checks of mean add up to 5 points, but course.toml gives it 4",
    ),
    "unknown function": (
        edit(CHECKS, 'function("mean")', 'function("maen")'),
        "names the function 'maen', which exercise1 has not",
    ),
    "no function": (edit(CHECKS, FIRST, ""), "test_mean_of_the_example lacks its function"),
    "unknown mark": (
        edit(CHECKS, "@pytest.mark.visible", "@pytest.mark.visibel"),
        "check_exercise1.py cannot be loaded",
    ),
    "syntax error in the checks": (
        edit(CHECKS, "def draw(rng):", "def draw(rng:"),
        "check_exercise1.py cannot be loaded",
    ),
    "syntax error in the reference": (
        edit(REFERENCE, "def mean(numbers):", "def mean(numbers:"),
        "exercise1.py",
    ),
    "function missing in the reference": (
        edit(REFERENCE, "def mean(", "def average("),
        "exercise1.py, the reference, defines no function mean",
    ),
    "import that fails": (
        edit(REFERENCE, "import math", "import maths"),
        "exercise1.py, the reference, cannot be run: ModuleNotFoundError",
    ),
    "unknown fixture": (
        edit(CHECKS, "(student, reference, rng, compare)", "(student, referenz, rng, compare)"),
        "fixture 'referenz' not found",
    ),
    "a bug in a check": (
        edit(CHECKS, "reference.mean(numbers)", "reference.average(numbers)"),
        "check_exercise1.py: the check test_mean breaks: AttributeError",
    ),
    "a print in a check": (
        edit(CHECKS, "    for _ in range(5):\n", "    print('here')\n    for _ in range(5):\n"),
        "check_exercise1.py: the check test_mean prints: here",
    ),
    "no checks": (remove(CHECKS), "has no checks for exercise1"),
    "no reference": (remove(REFERENCE), "exercise1.py"),
    "no task": (remove("exercises/exercise1.md"), "exercise1.md: no such file"),
    "no stub": (remove("exercises/exercise1.py"), "exercise1.py: no such file"),
    "an old stub": (
        edit("exercises/exercise1.py", "import math", "import  math"),
        "is not what the markers in the reference produce",
    ),
    "a marker left open": (
        edit(REFERENCE, "    # END SOLUTION\n", ""),
        "# BEGIN SOLUTION inside the block",
    ),
    "a reference that is wrong": (
        edit(CHECKS, "5.0, names", "5.5, names"),
        "test_mean_of_the_example does not let the reference pass",
    ),
    "a check that cannot fail": (
        edit(CHECKS, "student.spread([rng.uniform(1.0, 9.0)])", "0.0"),
        "no wrong program fails the check test_spread_of_one_number",
    ),
    "weak hidden checks": (
        edit(CHECKS, "reference.mean(numbers), names", "reference.mean(numbers), rtol=1e3, names"),
        "the hidden checks of mean let",
    ),
    "a harmless misconception": (
        edit(
            MISCONCEPTIONS,
            "    ordered = sorted(numbers)\n",
            "    return sum(numbers) / len(numbers)\n",
        ),
        "the misconception median_returned loses no points in mean",
    ),
    "the same misconception twice": (
        edit(
            MISCONCEPTIONS,
            " / (len(numbers) - 1)) if len(numbers) > 1 else 0.0",
            " / len(numbers)) ** 2",
        ),
        "the misconception root_missing is not named by the diagnosis, which is reported as div",
    ),
    "misconceptions that cannot be run": (
        edit(MISCONCEPTIONS, "import math", "import maths"),
        "misconceptions_exercise1.py cannot be run: ModuleNotFoundError",
    ),
    "an edit of what is not there": (
        edit(MISCONCEPTIONS, 'edit={"math.sqrt(', 'edit={"math.cbrt('),
        "misconceptions_exercise1.py: root_missing: the reference's spread has no expression"
        " 'math.cbrt(math.fsum(squares) / len(numbers))'",
    ),
    "an edit of what is there twice": (
        edit(
            MISCONCEPTIONS,
            'edit={"math.sqrt(math.fsum(squares) / len(numbers))"',
            'edit={"squares"',
        ),
        "root_missing: 'squares' stands in spread 2 times",
    ),
    "edits that overlap": (
        edit(MISCONCEPTIONS, 'edit={"math.sqrt(', 'edit={"len(numbers)": "2", "math.sqrt('),
        "root_missing: 'len(numbers)' and 'math.sqrt(math.fsum(squares) / len(numbers))' overlap",
    ),
    "an edit that is no Python": (
        edit(MISCONCEPTIONS, '"math.fsum(squares) / len(numbers)"}', '"math.fsum(squares) /"}'),
        "root_missing: 'math.fsum(squares) /' is not valid Python",
    ),
    "an edit that leaves no valid function": (
        edit(
            MISCONCEPTIONS,
            '"math.fsum(squares) / len(numbers)"}',
            '"1", "middle = mean(numbers)": "break"}',
        ),
        "root_missing: with these edits spread is not valid Python",
    ),
    "a statement in place of an expression": (
        edit(MISCONCEPTIONS, '"math.fsum(squares) / len(numbers)"}', '"squares = 1"}'),
        "is not a whole statement of spread, but 'squares = 1' cannot stand inside one",
    ),
    "an edit with code of its own": (
        edit(
            MISCONCEPTIONS,
            "    The spread is measured like the numbers themselves, so the root comes last.\n"
            '    """\n',
            '    """\n    return 0.0\n',
        ),
        "root_missing has edits, but code of its own as well",
    ),
    "a mistake without an explanation": (
        edit(
            MISCONCEPTIONS,
            "    {function} returns the median: it sorts the numbers and takes the middle.\n\n"
            "    The mean is the sum of the numbers, divided by how many there are.\n",
            "",
        ),
        "the docstring of median_returned has 1 paragraph:",
    ),
    "a word that is told nowhere": (
        edit(MISCONCEPTIONS, '@mistake("mean"', '@mistake("mean", unit="number"'),
        "median_returned gives unit=, but its docstring has no {unit}",
    ),
    "a mistake charged twice": (
        edit(
            CHECKS,
            "reference.spread(numbers))",
            "reference.spread(numbers))\n"
            "        compare.close(student.mean(numbers), reference.mean(numbers))",
        ),
        "the misconception median_returned of mean also costs points in checks of other functions",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_course(course: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    try_few(monkeypatch, 2, mutants=4)
    change, problem = BROKEN[name]
    change(course)
    document = verified(course)
    assert not document["ok"]
    found = faults(document)
    assert any(problem in message for message in found), found
    assert len(found) <= 3, found
    assert all("Traceback" not in message for message in found)


def test_checks_that_require_each_other(course: Path) -> None:
    path = course / CHECKS
    text = path.read_text()
    text = text.replace('.function("mean")', '.requires("spread")\n@pytest.mark.function("mean")')
    text = text.replace('.function("spread")', '.requires("mean")\n@pytest.mark.function("spread")')
    path.write_text(text)
    assert "the checks of mean, spread require each other" in faults(verified(course))[0]


def test_a_stub_that_earns_points(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try_few(monkeypatch, 20, mutants=3)
    marker = "    # BEGIN SOLUTION\n    return"
    edit(
        REFERENCE,
        marker,
        marker.replace("\n", "\n    # STUB: return sum(numbers) / len(numbers)\n"),
        stubs=True,
    )(course)
    [message] = faults(verified(course))
    assert "With the seed 0 the stub gets 4 points instead of 0 (20 of 20 seeds)" in message


def test_checks_that_depend_on_the_draw(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try_few(monkeypatch, 20, mutants=3)
    change = "    compare.that(rng.uniform() < 0.7, 'bad luck')\n"
    edit(CHECKS, TITLE, TITLE + change)(course)
    found = faults(verified(course))
    assert any("the reference gets 7 points instead of 10" in message for message in found)


def test_a_check_that_breaks_on_a_wrong_program(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_few(monkeypatch, 3)
    opened = "open('/nowhere' if student.mean([2, 4, 9]) > 6 else '/dev/null').close()"
    edit(CHECKS, TITLE, f"{TITLE}    {opened}\n")(course)
    found = faults(verified(course))
    assert any("the check test_mean breaks on a wrong program" in message for message in found)


def test_a_check_that_stumbles_over_wrong_answers_is_in_order(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_few(monkeypatch, 3)
    edit(CHECKS, TITLE, TITLE + "    assert [1][int(abs(student.mean([2, 4, 9])) > 6)]\n")(course)
    assert faults(verified(course)) == []


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(BpgradeError, match="is not a course") as caught:
        run("--course", tmp_path)
    assert caught.value.exit_code == 2


def test_the_faults_of_one_exercise_leave_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_few(monkeypatch, 3, mutants=12)
    shutil.copytree(INTEGRATION, tmp_path / "two")
    (tmp_path / "two" / "solutions" / "check_samples.py").write_text("(")
    first, second = verified(tmp_path / "two")["exercises"]
    assert first["faults"]
    assert not second["faults"]


# The engine knows nothing of the course that ships

COURSE_WORDS = re.compile(
    r"weight|gradient|sigmoid|back.?prop|neural|hidden_\d|learning.?rate|\bbias\b|\bloss\b", re.I
)
NAME = "backpropagation"  # its name may be said: it is the one that is meant by default
FORMAT_WORDS = frozenset(["weight", "font-weight"])  # of CodeGrade's documents, and of CSS


ENGINE = ROOT / "grader"
FOLDERS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ENGINE, *ENGINE.rglob("*"))
    if path.is_dir() and "backpropagation" not in path.parts and any(path.glob("*.py"))
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_engine_does_not_know_the_course(folder: str) -> None:
    found = {path.name: words_of_the_course(path) for path in (ROOT / folder).glob("*.py")}
    assert {name: words for name, words in found.items() if words} == {}


def words_of_the_course(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    words: set[str] = set()
    for node in ast.walk(tree):
        names = [getattr(node, field, None) for field in ("id", "attr", "arg", "name", "value")]
        words |= {name for name in names if isinstance(name, str)}
    texts = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    others = texts | FORMAT_WORDS
    return {word for word in words - others if COURSE_WORDS.search(word.replace(NAME, ""))}
