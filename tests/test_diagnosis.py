"""Diagnoses in a small course of its own: right, or silent."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.checking.reference import load_reference
from grader.course import load_course
from grader.diagnosis import table_files
from grader.diagnosis.cache import cache_key, source_key
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.making_tables import make_tables
from grader.diagnosis.observation import Layout
from grader.diagnosis.options import Options
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import CheckResult, Result
from grader.sandbox.isolation import resolve

COURSE = """
name = "mini"
title = "Mini"
packages = ["numpy"]
[exercises.exercise1]
title = "One"
[exercises.exercise1.points]
table = 1
shrunk = 1
both = 1
"""
REFERENCE = """
import numpy as np


def table(a, b):
    return a[:, None] * b


def shrunk(x, rate):
    return x - rate * x**2


def both(a, b, rate):
    return shrunk(table(a, b), rate) + 1
"""
CHECKS = """
import pytest


@pytest.mark.function("table")
@pytest.mark.points(1)
def test_table(student, reference, rng, compare):
    \"\"\"The table is right\"\"\"
    case = rng.uniform(1, 2, 2), rng.uniform(1, 2, 2)
    compare.close(student.table(*case), reference.table(*case))


@pytest.mark.function("shrunk")
@pytest.mark.points(1)
def test_shrunk(student, reference, rng, compare):
    \"\"\"The shrunk values are right\"\"\"
    case = rng.uniform(1, 2, 3), 0.3
    compare.close(student.shrunk(*case), reference.shrunk(*case))
    compare.kept_arguments(student)


@pytest.mark.function("both")
@pytest.mark.points(1)
def test_both(student, reference, rng, compare):
    \"\"\"Both are right\"\"\"
    case = rng.uniform(1, 2, 2), rng.uniform(1, 2, 2), 0.3
    compare.close(student.both(*case), reference.both(*case))
"""
MISCONCEPTIONS = """
from grader.authoring import combine, meaning, mistake, probe

meaning("a", "the side {0}")


@probe("table", returns="table")
def table_inputs(rng):
    return rng.uniform(0.5, 2.0, 2), rng.uniform(0.5, 2.0, 2)


@probe("shrunk", returns="shrunk")
def shrunk_inputs(rng):
    return rng.uniform(0.5, 2.0, 3), rng.uniform(0.2, 0.9)


@probe("both", returns="both")
def both_inputs(rng):
    return rng.uniform(0.5, 2.0, 2), rng.uniform(0.5, 2.0, 2), rng.uniform(0.2, 0.9)


def _with(a, b, index, value):
    table = a[:, None] * b
    table[index] = value
    return table


@mistake("table", finds=("a[0] + b[1]",))
def upper_summed(a, b):
    \"\"\"Sums

    {entries} add{s} up.
    \"\"\"
    return _with(a, b, (0, 1), a[0] + b[1])


@mistake("table")
def lower_subtracted(a, b):
    \"\"\"Differences

    {entries} subtract{s}.
    \"\"\"
    return _with(a, b, (1, 0), a[1] - b[0])


@mistake("table", edit={"a[:, None] * b": "a[:, None] ** b"})
def powers():
    \"\"\"Powers

    All is a power.
    \"\"\"


@mistake("both", edit={"shrunk(table(a, b), rate)": "table(a, b)"})
def both_not_shrunk():
    \"\"\"Not shrunk

    {function} leaves a step out.
    \"\"\"


combine("table", "upper_summed", "lower_subtracted")
combine("shrunk", "sign", "constant")
"""

# what a student writes -> the diagnoses that may be told of it, as patterns of id and certainty
TOLD: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
    "an author's mistake": (
        "def table(a, b): return a[:, None] ** b",
        [("powers", "exact")],
    ),
    "some entries only": (
        "def table(a, b):\n    t = a[:, None] * b\n    t[0, 1] = a[0] + b[1]\n    return t",
        [("upper_summed", "exact")],
    ),
    "two mistakes at once": (
        "def table(a, b):\n    t = a[:, None] * b\n    t[0, 1] = a[0] + b[1]\n"
        "    t[1, 0] = a[1] - b[0]\n    return t",
        [("upper_summed", "exact"), ("lower_subtracted", "exact")],
    ),
    "the author's words are not said of a part": (
        "def table(a, b):\n    t = a[:, None] * b\n    t[0] = a[0] ** b\n    return t",
        [("repair: operator", "exact")],
    ),
    "a mutant": (
        "def shrunk(x, rate): return x + rate * x**2",
        [("shrunk: sign: .*", "exact")],
    ),
    "two mutants that the author pairs": (
        "def shrunk(x, rate): return x + rate * x**3",
        [("shrunk: .*sign.*constant.*", "exact")],
    ),
    "in place": (
        "def shrunk(x, rate):\n    x -= rate * x**2\n    return x",
        [("shrunk: in_place: x", "exact")],
    ),
    "transposed": (
        "def table(a, b): return (a[:, None] * b).T",  # the diagonal is right
        [("relation: transposed: table", "likely")],
    ),
    "entries in each other's place": (
        "def table(a, b): return (a[:, None] * b)[::-1]",
        [("relation: permuted: table", "exact")],
    ),
    "a constant factor": (
        "def table(a, b): return 2 * (a[:, None] * b)",
        [("relation: multiple: table", "exact")],
    ),
    "a factor that is an argument": (
        "def shrunk(x, rate): return (x - rate * x**2) * rate",
        [("relation: multiple: shrunk", "exact")],
    ),
    "negated": (
        "def table(a, b): return -a[:, None] * b",
        [("relation: negated: table|table: .*", "exact")],
    ),
    "zero": (
        "def table(a, b): return np.zeros((2, 2))",
        [("relation: zero: table", "exact")],
    ),
    "constant": (
        "def table(a, b): return np.ones((2, 2))",
        [("relation: constant: table", "exact")],
    ),
    "an argument as it is": (
        "def shrunk(x, rate): return x",
        [("shrunk: term: .*|relation: unchanged: shrunk", "exact")],
    ),
    "float32": (
        "def table(a, b): return (a[:, None] * b).astype(np.float32)",
        [("relation: float32: table", "exact")],
    ),
    "rounded": (
        "def table(a, b): return np.round(a[:, None] * b, 4)",
        [("relation: rounded: table", "exact")],
    ),
    "an approximation": (
        "def table(a, b): return a[:, None] * b * (1 + 1e-7 * a[0])",
        [("relation: imprecise: table", "exact")],
    ),
    "an entry that depends on another input": (
        "def table(a, b):\n    t = a[:, None] * b\n    t[0, 0] += np.sin(7 * a[1])\n    return t",
        [("repair: extra_step", "exact")],
    ),
    "nothing that is known": (
        "def table(a, b): return np.sin(7 * a[:, None] * b)",
        [],
    ),
    "another value each time": (
        "def table(a, b): return a[:, None] * b + np.random.rand(2, 2)",
        [("repair: extra_term", "exact")],
    ),
    "another structure": (
        "def table(a, b): return [[a[0] * b[0]], [1.0, 2.0]]",
        [],
    ),
    "a slow function": (
        "import time\n\n\ndef table(a, b):\n    time.sleep(0.21)\n    return a[:, None] ** b",
        [],
    ),
    "right for a wrong function that it calls": (
        "def table(a, b): return np.cos(a[:, None] * b)",
        [("follows from table", "exact")],
    ),
    "wrong by itself as well": (
        "def table(a, b): return np.cos(a[:, None] * b)\n\n\n"
        "def both(a, b, rate): return table(a, b) + 1",
        [("both_not_shrunk", "exact")],
    ),
    "a mistake that has been told": (
        "def table(a, b): return a[:, None] ** b\n\n\n"
        "def both(u, v, w): return shrunk(table(u, v), w) + 1",
        [("powers", "exact"), ("follows from table", "exact")],
    ),
}


def write_course(folder: Path) -> Path:
    (folder / "exercises").mkdir(parents=True)
    (folder / "solutions").mkdir()
    (folder / "exercises" / "course.toml").write_text(COURSE)
    for name, text in (
        ("exercise1.py", REFERENCE),
        ("check_exercise1.py", CHECKS),
        ("misconceptions_exercise1.py", MISCONCEPTIONS),
    ):
        (folder / "solutions" / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course; it keeps its tables in a folder of its own."""
    return write_course(tmp_path_factory.mktemp("mini") / "course")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def grade(course: Path, texts: Mapping[str, str], explained: list[str]) -> dict[str, Result]:
    found = load_course(course)
    results = {}
    with Grader(found, resolve("basic"), Options(explained.append)) as grader:
        for name, text in texts.items():
            whole = f"{REFERENCE}\n\n{text}\n".encode()
            submission = submission_from_bytes("exercise1.py", whole)
            results[name] = grader.grade(submission, found.exercises[0], 0)
    return results


def told(result: Result) -> list[tuple[CheckResult, str, str]]:
    return [(check, d.id, d.certainty) for check in result.checks for d in check.diagnosis]


@pytest.fixture(scope="module")
def results(course: Path) -> dict[str, Result]:
    slow = "a slow function"
    found = grade(course, {name: text for name, (text, _) in TOLD.items() if name != slow}, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.diagnosis.diagnose._LONGEST_SECONDS", 0.6)  # a tenth, as the sleep
        patch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.3)
        patch.setattr("grader.diagnosis.repair.trials.SLOWEST", 1.5)
        return found | grade(course, {slow: TOLD[slow][0]}, [])


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told(name: str, results: dict[str, Result]) -> None:
    expected = TOLD[name][1]
    found = told(results[name])
    if expected and expected[-1][0] in ("follows from table", "both_not_shrunk"):
        wanted = "both" if len(expected) == 1 else ""
        found = [item for item in found if item[0].function.startswith(wanted)]
    else:
        found = [item for item in found if item[0].function != "both"]
    assert len(found) == len(expected), found
    for (_, id, certainty), (pattern, wanted) in zip(found, expected, strict=True):
        assert re.fullmatch(pattern, id)
        assert certainty == wanted


def test_a_diagnosis_names_the_entries_that_are_wrong_and_the_line(
    results: dict[str, Result],
) -> None:
    [check] = [c for c in results["some entries only"].checks if c.function == "table"]
    [found] = check.diagnosis
    assert found.message == "table[0, 1] adds up."
    text = f"{REFERENCE}\n\n{TOLD['some entries only'][0]}"
    assert "a[0] + b[1]" in text.splitlines()[found.line - 1]


def test_a_cache_that_is_damaged_is_made_anew(course: Path) -> None:
    found = load_course(course)
    exercise = found.exercises[0]

    def shelf() -> Shelf:
        return Shelf(found, lambda each: load_reference(found, each))

    first = shelf()
    stored = first.table(exercise, "table")
    assert stored is not None
    path = table_files.cache_file(cache_key(found, exercise), "table")
    assert path is not None
    whole = path.read_bytes()
    for damaged in (b"", whole[:100], whole[:-1], whole[:-9] + b"\0" + whole[-8:], b"x" * 500):
        path.write_bytes(damaged)
        again = shelf()
        rebuilt = again.table(exercise, "table")
        assert again.told.startswith("table built")
        assert rebuilt is not None
        assert (rebuilt[0].values == stored[0].values).all()
        assert path.read_bytes() == whole
    again = shelf()
    assert again.table(exercise, "table") is not None
    assert again.told == "table from the cache"


@pytest.fixture
def shipped(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of tables of the course, as if they had come with bpgrade; no cache."""
    folder = tmp_path / "shipped"
    found = load_course(course)
    assert make_tables(found, found.exercises, folder) == 3
    monkeypatch.setattr(table_files, "SHIPPED", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def told_of_table(course: Path) -> str:
    found = load_course(course)
    shelf = Shelf(found, lambda each: load_reference(found, each))
    assert shelf.table(found.exercises[0], "table") is not None
    return shelf.told


def test_tables_that_ship_are_taken_and_nothing_is_kept_beside_them(
    course: Path, shipped: Path, tmp_path: Path, results: dict[str, Result]
) -> None:
    assert told_of_table(course) == "table that ships"
    names = ["two mistakes at once", "wrong by itself as well"]
    again = grade(course, {name: TOLD[name][0] for name in names}, [])
    for name in names:
        assert [each[1:] for each in told(again[name])] == [
            each[1:] for each in told(results[name])
        ]
    assert not (tmp_path / "cache").exists()


def test_a_table_that_ships_is_not_taken_where_it_is_damaged_or_of_other_code(
    course: Path, shipped: Path, tmp_path: Path
) -> None:
    found = load_course(course)
    path = shipped / f"table-{source_key(found, found.exercises[0])}.bin"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + b"\0" + whole[-8:])
    assert told_of_table(course).startswith("table built")
    assert told_of_table(course) == "table from the cache"
    path.write_bytes(whole)
    assert told_of_table(course) == "table that ships"
    other = write_course(tmp_path / "other")
    (other / "solutions" / "exercise1.py").write_text(REFERENCE + "\n# another one\n")
    assert told_of_table(other).startswith("table built")


@pytest.mark.parametrize(
    ("version", "taken"), [("1.25.2", False), ("1.26.0", True), ("2.0.0rc1", True), ("3.0", False)]
)
def test_tables_that_ship_are_for_the_versions_that_were_tried(
    version: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "version", lambda _name: version)
    assert (table_files.shipped_file("key", "table") is not None) == taken


def test_programs_of_another_structure_that_differ_by_rounding_are_one_class(
    tmp_path: Path,
) -> None:
    folder = write_course(tmp_path / "course")
    wrong = [
        f"""

@mistake("shrunk")
def {name}(x, rate):
    \"\"\"{name}

    The rate comes too.
    \"\"\"
    return {value}, rate
"""
        for name, value in {"first": "x * 0.1 * 3", "second": "x * 3 * 0.1"}.items()
    ]
    (folder / "solutions" / "misconceptions_exercise1.py").write_text(
        MISCONCEPTIONS + "".join(wrong)
    )
    found = load_course(folder)
    shelf = Shelf(found, lambda each: load_reference(found, each))
    stored = shelf.table(found.exercises[0], "shrunk")
    assert stored is not None
    classes = [{each.id for each in odd.candidates} for odd in stored[0].odd]
    assert {"first", "second"} in classes


def test_the_cache_goes_by_the_content_of_the_reference(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course")
    before = cache_key(load_course(folder), load_course(folder).exercises[0])
    (folder / "solutions" / "exercise1.py").write_text(REFERENCE + "\n# another one\n")
    assert cache_key(load_course(folder), load_course(folder).exercises[0]) != before
    (folder / "solutions" / "exercise1.py").write_text(REFERENCE)
    assert cache_key(load_course(folder), load_course(folder).exercises[0]) == before


def test_the_cache_goes_by_the_versions_of_the_packages_of_the_course(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_course(course)
    before = cache_key(found, found.exercises[0])
    source = source_key(found, found.exercises[0])
    monkeypatch.setattr("grader.diagnosis.cache.versions", lambda names: dict.fromkeys(names, "99"))
    assert cache_key(found, found.exercises[0]) != before
    assert source_key(found, found.exercises[0]) == source


def test_writers_at_the_same_time_leave_a_whole_cache(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from grader.checking.reference import load_reference
        from grader.course import load_course
        from grader.diagnosis.dictionary_store import Shelf
        course = load_course(Path({str(course)!r}))
        for _ in range(3):
            shelf = Shelf(course, lambda each: load_reference(course, each))
            for function in ("table", "shrunk"):
                assert shelf.table(course.exercises[0], function) is not None
        print(shelf.told)
        """
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [writer.communicate(timeout=120)[0] for writer in writers] == [
        "table from the cache\n"
    ] * 3
    assert all(path.suffix == ".bin" for path in (tmp_path / "bpgrade" / "diagnosis").iterdir())


def test_a_cache_that_cannot_be_written_costs_no_diagnosis(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bpgrade").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    [(_, id, _)] = told(grade(course, {"": TOLD["a mutant"][0]}, [])[""])[:1]
    assert id.startswith("shrunk: sign")


def test_a_diagnosis_is_the_same_each_time(course: Path, results: dict[str, Result]) -> None:
    names = ["two mistakes at once", "wrong by itself as well", "a mistake that has been told"]
    again = grade(course, {name: TOLD[name][0] for name in names}, [])
    for name in names:
        assert [each[1:] for each in told(again[name])] == [
            each[1:] for each in told(results[name])
        ]


def test_explain_shows_candidates_and_probes_to_who_has_the_solutions(
    course: Path, tmp_path: Path
) -> None:
    file = tmp_path / "exercise1.py"
    file.write_text(f"{REFERENCE}\n\n{TOLD['a mutant'][0]}\n")
    public = tmp_path / "public"
    shutil.copytree(course / "exercises", public / "exercises")
    words = [sys.executable, "-m", "grader", "check", "--explain", "--json", "--course"]
    options = {"capture_output": True, "text": True, "timeout": 120, "check": False}
    done = subprocess.run([*words, str(course), str(file)], **options)
    assert done.returncode == 1
    assert re.search(r"shrunk: table (from the cache|built)", done.stderr)
    assert re.search(r"\d+ candidates in \d+ classes, \d+ probes; wrong: shrunk", done.stderr)
    assert "candidates" not in done.stdout
    refused = subprocess.run([*words, str(public), str(file)], **options)
    assert refused.returncode == 2
    assert "instructors" in refused.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("w[1][0] w[1][1]", "w[1]"),
        ("w[0] w[1][0] w[1][1]", "w"),
        ("w[0] w[1][1] b", "w[0], w[1][1], b"),
        ("w[1][1] b x", "w[1][1], b, x"),
    ],
)
def test_a_part_that_is_wrong_as_a_whole_is_called_by_its_name(wrong: str, said: str):
    entries = ("w[0]", "w[1][0]", "w[1][1]", "b")
    layout = Layout(entries, ("x",), (), ())
    columns = [(*entries, "x").index(name) for name in wrong.split()]
    assert layout.summary(columns) == said.split(", ")
