"""Whose file a batch grades, and which of several: through the command, on files as they come."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from batch_course import RIGHT, batch, command, make_course, notebook, results
from made_batch import ParsedPage
from thoroughness import thorough

from grader.course import load_course
from grader.grading.file_names import stem_of, without_copy_marks
from grader.platforms.handed_in_file import find

STUB = "def double(x):\n    raise NotImplementedError\n"
COMMENTED = 'def double(x):\n    """Twice x."""\n    # here\n\n    raise NotImplementedError\n'
WRONG = "def double(x):\n    return x\n"
TEST = "from double import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
UTILS = "def helper(x):\n    return x\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One exercise `double1`, beside another one, so that names matter."""
    folder = make_course(tmp_path_factory.mktemp("course"))
    text = (folder / "exercises" / "course.toml").read_text("utf-8")
    other = '[exercises.other2]\ntitle = "Other"\n[exercises.other2.points]\ndouble = 3\n'
    text = text.replace("exercises.double]", "exercises.double1]")
    text = text.replace("exercises.double.points]", "exercises.double1.points]")
    (folder / "exercises" / "course.toml").write_text(text + other, "utf-8")
    for place in ("exercises/{}.py", "solutions/{}.py", "solutions/check_{}.py"):
        source = (folder / place.format("double")).read_text("utf-8")
        for name in ("double1", "other2"):
            (folder / place.format(name)).write_text(source, "utf-8")
        (folder / place.format("double")).unlink()
    return folder


def put(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(notebook(data.decode()) if name.endswith(".ipynb") else data)
    return folder


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            archive.writestr(name, notebook(data.decode()) if name.endswith(".ipynb") else data)
    return path


def scores(out: Path) -> dict[str, tuple[str, str]]:
    """Return by student the score, and the file that was graded."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student_id"]: (row["score"], row["file"]) for row in csv.DictReader(file)}


def left_over(out: Path) -> dict[str, str]:
    with (out / "left_over.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["file"]: row["reason"] for row in csv.DictReader(file)}


def graded(course: Path, hand: Path, out: Path, *more: object) -> dict[str, tuple[str, str]]:
    done = batch(course, hand, out, "--seed", 3, *more)
    assert done.returncode == 0, done.stderr
    return scores(out)


JUNK = (
    "._123456_double1.py", "__MACOSX/._double1.py", "__MACOSX/double1.py",
    ".ipynb_checkpoints/double1-checkpoint.py", "__pycache__/double1.py", ".git/double1.py",
    ".venv/lib/double1.py", "venv/lib/double1.py", "env/Lib/site-packages/double1.py",
    "node_modules/double1.py", ".idea/double1.py", "Thumbs.db", "thumbs.db", "desktop.ini",
    ".DS_Store", "double1.py~", "#double1.py#", ".double1.py.swp", "double1.py.bak",
    "double1.py.orig", ".#double1.py", "123456_double1.py~",
)  # fmt: skip


def test_what_systems_and_editors_leave_is_skipped_at_every_depth(
    course: Path, tmp_path: Path
) -> None:
    work: dict[str, str | bytes] = {"123456_double1.py": RIGHT, "double1.py": RIGHT}
    junk: dict[str, str | bytes] = dict.fromkeys(JUNK, WRONG)
    hand = tmp_path / "in"
    put(hand / "ada", {**junk, **work})
    zipped(hand / "bob.zip", {**junk, **work})
    zipped(hand / "cem.zip", {f"cem/work/{name}": text for name, text in {**junk, **work}.items()})
    zipped(
        hand / "dan" / "dan.zip",
        {f"dan\\work\\{n}".replace("/", "\\"): t for n, t in {**junk, **work}.items()},
    )
    found = graded(course, hand, tmp_path / "out")
    assert {who: score for who, (score, _) in found.items()} == dict.fromkeys(
        ("ada", "bob", "cem", "dan"), "3"
    )
    assert set(left_over(tmp_path / "out").values()) == {
        f"not graded, its name is longer: {path} was taken" for _, path in found.values()
    }


@pytest.mark.parametrize(
    "prefix",
    [
        "lovelaceada_101_2001_{}",
        "Ada Lovelace_101_assignsubmission_file_/{}",
        "Ada Lovelace_101_assignsubmission_file_{}",
    ],
)
def test_what_is_skipped_is_skipped_behind_the_names_of_platforms(
    course: Path, tmp_path: Path, prefix: str
) -> None:
    names = {
        "double1.py": RIGHT, "._double1.py": WRONG, ".double1.py.swp": WRONG, "double1.py~": WRONG
    }  # fmt: skip
    hand = zipped(tmp_path / "in.zip", {prefix.format(name): text for name, text in names.items()})
    assert graded(course, hand, tmp_path / "out") == {"101": ("3", prefix.format("double1.py"))}


def test_a_backup_that_is_all_there_is_is_told(course: Path, tmp_path: Path) -> None:
    hand = put(
        tmp_path / "in",
        {"ada/double1.py": RIGHT, "bob/double1.py~": RIGHT, "cem/.double1.py": RIGHT},
    )
    assert set(graded(course, hand, tmp_path / "out")) == {"ada"}
    told = left_over(tmp_path / "out")
    assert "there is no double1.py beside it" in told["bob/double1.py~"]
    assert "hidden" in told["cem/.double1.py"]


CHOICES: tuple[tuple[dict[str, str], str], ...] = (
    ({"double1.py": RIGHT, "test_double1.py": TEST}, "double1.py"),
    ({"double1.py": RIGHT, "double1_test.py": TEST, "tests/double1.py": WRONG}, "double1.py"),
    ({"double1.py": RIGHT, "double1_utils.py": UTILS}, "double1.py"),
    ({"double1.py": RIGHT, "double1_old.py": WRONG}, "double1.py"),
    ({"double1.py": RIGHT, "old/double1.py": WRONG}, "double1.py"),
    ({"double1.py": RIGHT, "double1_solution_draft.py": WRONG}, "double1.py"),
    ({"double1.py": RIGHT, "my_double1.py": WRONG}, "double1.py"),
    ({"Double 1.py": RIGHT, "zz_double1.py": WRONG}, "Double 1.py"),
    ({"double1.ipynb": RIGHT, "double1_old.py": WRONG, "a_test_double1.py": TEST}, "double1.ipynb"),
    ({"double1/main.py": WRONG, "double1/double1.py": RIGHT}, "double1/double1.py"),
    ({"double1.py": STUB, "double1.ipynb": RIGHT}, "double1.ipynb"),
    ({"double1.py": RIGHT, "double1.ipynb": STUB}, "double1.py"),
    ({"double1.py": COMMENTED, "double1.ipynb": RIGHT}, "double1.ipynb"),
    ({"double1.py": "", "double1.ipynb": RIGHT}, "double1.ipynb"),
    ({"double1.py": STUB, "my_double1.py": RIGHT}, "my_double1.py"),
    ({"double1.py": STUB.replace("\n", "\r\n"), "work/double1.py": RIGHT}, "work/double1.py"),
    ({"double1.py": RIGHT, "double1 (1).py": STUB}, "double1.py"),
    ({"double1.py": WRONG, "double1 (1).py": RIGHT}, "double1 (1).py"),
    ({"double1 (1).py": WRONG, "double1 (2).py": RIGHT}, "double1 (2).py"),
    ({"double1 (9).py": WRONG, "double1 (10).py": RIGHT}, "double1 (10).py"),
    ({"double1.py": WRONG, "double1 - Copy.py": RIGHT}, "double1 - Copy.py"),
    ({"double1_v1.py": WRONG, "double1_v2.py": RIGHT}, "double1_v2.py"),
)  # fmt: skip


def test_which_of_several_files_is_graded(course: Path, tmp_path: Path) -> None:
    """The exact name, the file with something in it, the latest copy; in folders and zips."""
    hand = tmp_path / "in"
    for number, (files, _) in enumerate(CHOICES):
        put(hand / f"s{number:02d}", {**files})
        zipped(hand / f"z{number:02d}.zip", {**files})
    found = graded(course, hand, tmp_path / "out")
    for number, (files, expected) in enumerate(CHOICES):
        assert found[f"s{number:02d}"] == ("3", f"s{number:02d}/{expected}"), files
        assert found[f"z{number:02d}"] == ("3", f"z{number:02d}.zip/{expected}"), files


@pytest.mark.parametrize(("files", "expected"), CHOICES)
def test_platforms_choose_as_batches_do(
    course: Path, tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    found = find(put(tmp_path, {**files}), load_course(course), "double1")
    assert found.path == tmp_path / expected
    named = [name for name in files if "double1" in Path(name).name.replace(" ", "").lower()]
    others = [Path(name).name for name in named if name != expected]
    assert all(other in found.notes[0] for other in others)


def test_the_choice_is_said_where_two_could_be_meant(course: Path, tmp_path: Path) -> None:
    hand = put(
        tmp_path / "in",
        {
            "ada/double1.py": RIGHT, "ada/double1.ipynb": WRONG,
            "bob/double1.py": RIGHT, "bob/test_double1.py": TEST, "cem/double1.py": RIGHT,
            "dan/double1.py": RIGHT, "dan/double1.ipynb": STUB,
        },
    )  # fmt: skip
    out = tmp_path / "out"
    done = subprocess.run(
        [word for word in command(course, hand, out) if word != "--no-pages"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = left_over(out)
    assert "ada/double1.ipynb could have been meant as well" in told["ada/double1.py"]
    assert "says that it is something else" in told["bob/test_double1.py"]
    assert told["dan/double1.ipynb"].startswith("not graded, it is the untouched stub")
    notes = {one["student"]["id"]: one["attempt"]["note"] for one in results(out)}
    assert notes["ada"].startswith("double1.py was graded. Not graded: double1.ipynb")
    assert "test_double1.py" in notes["bob"]
    assert notes["cem"] == ""
    pages = {
        path.name.partition("-")[0]: ParsedPage(path.read_text("utf-8")).text
        for path in (out / "report" / "students").iterdir()
    }
    assert "To be sure, hand in only one" in pages["ada"]
    assert "double1.ipynb" in pages["ada"]
    assert "Not graded: test_double1.py" in pages["bob"]
    assert "Not graded" not in pages["cem"]
    assert (
        "could have been meant" in ParsedPage((out / "report/index.html").read_text("utf-8")).text
    )


COPIES = (
    "{} (1)", "{}(1)", "{}[1]", "{} (2)", "{} - Copy", "{} - Copy (2)", "{} copy", "{} copy 2",
    "{}_copy", "{}-copy", "Copy of {}", "Copy_of_{}", "Copy%20of%20{}", "Copy of Copy of {}",
    "{} (copy)", "{} (another copy)", "{} (3rd copy)", "Kopie von {}", "{} - Kopie", "{} Kopie 2",
    "{} \u2013 Kopie (3)", "Copie de {}", "{} - Copie", "Copia de {}", "{} - copia", "Copia di {}",
    "C\u00f3pia de {}", "Kopia {}", "{} \u2014 kopia", "{} \u2014 \u043a\u043e\u043f\u0438\u044f",
    "{} - \u526f\u672c", "{} \u526f\u672c", "\u201c{}\u201d\u7684\u526f\u672c",
    "{} - \u30b3\u30d4\u30fc", "{} \u306e\u30b3\u30d4\u30fc", "{} - \ubcf5\uc0ac\ubcf8",
    "{} (Ada's conflicted copy 2026-11-20)", "{} (1) - Copy", "{}.py", "{} (1).py", "{}.py (1)",
)  # fmt: skip


@pytest.mark.parametrize("form", COPIES)
def test_marks_of_copies_are_known(form: str) -> None:
    stem, marks = without_copy_marks(stem_of(form.format("jan_double1")))
    assert stem == "jan_double1"
    assert marks or form == "{}.py"


@pytest.mark.parametrize("name", ["hardcopy", "copy", "kopi", "ada_lovelace", "x (2024)", "carbon"])
def test_what_is_no_mark_of_a_copy_stays(name: str) -> None:
    assert without_copy_marks(name) == (name, ())


def test_copies_make_no_students(course: Path, tmp_path: Path) -> None:
    forms = [form for form in COPIES if form != "{}.py (1)"]
    files: dict[str, str | bytes] = {
        "ada_double1 (1).py": RIGHT, "double1_bob_copy.py": RIGHT, "Copy_of_jan_double1.py": RIGHT,
        "lee.double1.py": RIGHT, "j.doe_double1.py": RIGHT, "double1-mia.py": RIGHT,
        "team_1_double1.py": RIGHT, "team_2_double1.py": RIGHT, "kim_double1.py": WRONG,
        "kim_double1 (1).py": RIGHT, "kim_double1_old.py": WRONG, "nat_double1_2.py": RIGHT,
        "double1_roy.py.txt": RIGHT,
    }  # fmt: skip
    files |= {f"{form.format('max_double1')}.py": RIGHT for form in forms}
    found = graded(course, put(tmp_path / "in", files), tmp_path / "out")
    assert set(found) == {
        "ada", "bob", "jan", "lee", "j.doe", "mia", "team_1", "team_2", "kim", "nat", "roy", "max"
    }  # fmt: skip
    assert {score for score, _ in found.values()} == {"3"}


def test_a_roster_knows_who_is_called_like_a_file(course: Path, tmp_path: Path) -> None:
    hand = put(
        tmp_path / "in",
        {
            "john_old_double1.py": RIGHT, "my_nguyen_double1_final.py": RIGHT,
            "ada_double1_old.py": WRONG, "ada_double1.py": RIGHT,
        },
    )  # fmt: skip
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\n1,John Old\n2,My Nguyen\nada,Ada\n", "utf-8")
    found = graded(course, hand, tmp_path / "out", "--roster", roster)
    assert {who: score for who, (score, _) in found.items()} == {"1": "3", "2": "3", "ada": "3"}


def test_copies_of_folders_are_attempts_and_numbers_may_be_people(
    course: Path, tmp_path: Path
) -> None:
    hand = put(
        tmp_path / "in",
        {
            "ada/double1.py": WRONG, "ada (1)/double1.py": RIGHT, "bob - Copy/double1.py": RIGHT,
            "student (1)/double1.py": RIGHT, "student (2)/double1.py": RIGHT,
        },
    )  # fmt: skip
    zipped(hand / "cem.zip", {"double1.py": WRONG})
    zipped(hand / "cem (1).zip", {"double1.py": RIGHT})
    found = graded(course, hand, tmp_path / "out")
    assert set(found) == {"ada", "bob", "cem", "student (1)", "student (2)"}
    assert {score for score, _ in found.values()} == {"3"}


def test_both_spellings_of_an_accent_are_one_person(course: Path, tmp_path: Path) -> None:
    apart, together = "Zoe\u0308 Mu\u0308ller", "Zo\u00eb M\u00fcller"
    hand = put(tmp_path / "in", {f"{together}/other2.py": RIGHT})
    zipped(hand / f"{apart}.zip", {"double1.py": RIGHT})
    put(hand, {f"{apart}/other2 (1).py": RIGHT})
    out = tmp_path / "out"
    assert set(graded(course, hand, out)) == {together}
    roster = tmp_path / "class.csv"
    for spelling in (apart, together):
        roster.write_text(f"id\n{spelling}\n", "utf-8")
        graded(course, hand, tmp_path / "again", "--roster", roster, "--regrade", spelling)
        assert {one["student"]["matched"] for one in results(tmp_path / "again")} == {"id"}
    assert {one["attempt"]["of"] for one in results(out)} == {1, 2}


def test_a_folder_of_one_student_with_folders_in_it(course: Path, tmp_path: Path) -> None:
    hand = put(tmp_path / "in", {"ada/double1.py": RIGHT, "ada/tests/test_double1.py": TEST})
    assert graded(course, hand, tmp_path / "out") == {"ada": ("3", "ada/double1.py")}
    found = graded(course, hand / "ada", tmp_path / "flat")
    assert found["double1"] == ("3", "double1.py")


def test_equal_files_were_not_graded_before(course: Path, tmp_path: Path) -> None:
    hand = put(tmp_path / "in", {f"{who}/double1.py": RIGHT for who in ("ada", "bob", "cem")})
    first = batch(course, hand, tmp_path / "out")
    assert "; 2 are equal to another file" in first.stdout
    assert "before" not in first.stdout
    again = batch(course, hand, tmp_path / "out")
    assert "; 3 were graded before" in again.stdout
    assert "are equal" not in again.stdout


@pytest.mark.parametrize("more", thorough(["", "--json"], but=["--json"]))
def test_a_reader_that_leaves_costs_nothing(course: Path, tmp_path: Path, more: str) -> None:
    hand = put(tmp_path / "in", {f"s{n}/double1.py": f"{RIGHT}# {n}\n" for n in range(3)})
    out = tmp_path / "out"
    with subprocess.Popen(
        command(course, hand, out, *more.split()), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(timeout=300) == 0
    assert errors == b""
    assert len(scores(out)) == 3
    assert len(results(out)) == 3


READ = (
    "check {}/in/s0/double1.py --course {course}",
    "check --json {}/in/s0/double1.py --course {course}",
    "report {}/out",
    "diff {0}/out {0}/out",
    "export csv {}/out",
    "show exercise1",
    "--help",
)


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory, course: Path) -> Path:
    """A folder in which one submission has been graded."""
    folder = tmp_path_factory.mktemp("read")
    graded(course, put(folder / "in", {"s0/double1.py": RIGHT}), folder / "out")
    return folder


@pytest.mark.parametrize("words", thorough(READ, but=[READ[0], READ[2], READ[-1]]))
def test_every_command_ends_as_it_would_have(course: Path, graded_once: Path, words: str) -> None:
    line = words.format(graded_once, course=course).split()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", *line], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read().decode()
        assert process.wait(timeout=300) == 0
    assert "Traceback" not in errors
    assert "roken" not in errors
