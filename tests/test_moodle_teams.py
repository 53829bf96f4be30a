"""Teams in Moodle: their number is a group's, and is some participant's too.

The worksheet's column Group is `col_team` of mod/assign/gradingtable.php, the folders' names are
`get_student_prefix` of mod/assign/classes/downloader.php (Moodle 4.x).
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from made_batch import BLOG, RIGHT, MadeAttempt, write_batch
from moodle_import import receiver

from grader.batch.archive import Hand
from grader.batch.person_names import groups_called, moodle_name
from grader.batch.planning import make_plan
from grader.batch.roster import read_roster
from grader.cli.group import bpgrade
from grader.course import find_course
from grader.gradebook.feedback_zip import moodle_place

ROOT = Path(__file__).parent.parent
WORKSHEET = """\
Identifier,Full name,Email address,Status,Group,Grade,Maximum grade,Grade can be changed,\
Last modified (grade),Feedback comments
Participant 17,Stella Stranger,stella@example.org,No submission,Team Blue,,20.00,Yes,-,
Participant 18,Red,red@example.org,No submission,Default group,,20.00,Yes,-,
Participant 21,Ada Lovelace,ada@example.org,Submitted for grading,Team Red,,20.00,Yes,-,
Participant 22,Alan Turing,alan@example.org,Submitted for grading,Team Red,,20.00,Yes,-,
Participant 23,Bo_5 O'Hara,bo@example.org,Submitted for grading,Default group,,20.00,Yes,-,
Participant 24,Kim,kim@example.org,Submitted for grading,A & B_1/2,,20.00,Yes,-,
"""
RED = "Team Red_17_assignsubmission_file/exercise3.py"
DEFAULT = "Default group_assignsubmission_file/exercise3.py"
SIGNS = "A amp; B 12_18_assignsubmission_file_exercise3.py"
NUMBERS = [17, 18, 21, 22, 23, 24]


@pytest.fixture
def worksheet(tmp_path: Path) -> Path:
    path = tmp_path / "worksheet.csv"
    path.write_text(WORKSHEET, "utf-8")
    return path


def without_groups(worksheet: Path) -> Path:
    rows = list(csv.reader(io.StringIO(WORKSHEET)))
    lines = (",".join(cell for place, cell in enumerate(row) if place != 4) for row in rows)
    worksheet.write_text("\n".join(lines) + "\n", "utf-8")
    return worksheet


def plan(folder: Path, roster: Path, *files: str):
    for file in files:
        (folder / "in" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / file).write_text("pass\n", "utf-8")
    course = find_course(ROOT, ROOT)
    return make_plan(Hand(folder / "in"), course, None, read_roster(roster), "latest")


def owners(found) -> dict[str, set[tuple[str, str]]]:
    by_file: dict[str, set[tuple[str, str]]] = {}
    for one in found.attempts:
        by_file.setdefault(one.entry.path, set()).add((one.student.name, one.student.matched))
    return by_file


def export(out: Path, worksheet: Path | None, *more: str):
    into = ["--into", str(worksheet)] if worksheet else []
    arguments = ["export", "moodle", str(out), *into, "-o", str(out / "filled.csv"), *more]
    done = CliRunner().invoke(bpgrade, arguments, standalone_mode=False)
    assert done.exception is None, done.exception
    return done


def grades(out: Path) -> dict[str, str]:
    rows = list(csv.DictReader(io.StringIO((out / "filled.csv").read_text("utf-8"))))
    return {row["Full name"]: row["Grade"] for row in rows if row["Grade"]}


def receivers(out: Path) -> dict[int, str]:
    """Return who gets which page, as Moodle imports the zip."""
    with zipfile.ZipFile(out / "moodle-feedback.zip") as archive:
        found = [(receiver(name, NUMBERS), name) for name in archive.namelist()]
        assert all(where for where, _ in found), archive.namelist()
        texts = {where[0]: archive.read(name).decode() for where, name in found if where}
    assert len(texts) == len(found)
    return texts


def batch(folder: Path, matched: str = "file") -> Path:
    """A batch over the download, whose numbers nobody has explained."""
    return write_batch(
        folder / "out",
        [
            MadeAttempt("17", BLOG, "Team Red", file=RED, matched=matched),
            MadeAttempt("Default group", RIGHT, "Default group", file=DEFAULT, matched=matched),
            MadeAttempt("18", BLOG, "A amp; B 12", file=SIGNS, matched=matched),
        ],
    )


def test_the_worksheet_as_roster_gives_a_team_s_file_to_its_members(tmp_path, worksheet) -> None:
    found = plan(tmp_path, worksheet, RED, DEFAULT, SIGNS)
    assert owners(found) == {
        RED: {("Ada Lovelace", "group"), ("Alan Turing", "group")},
        DEFAULT: {("Red", "group"), ("Bo_5 O'Hara", "group")},
        SIGNS: {("Kim", "group")},
    }
    assert found.left_over == ()
    assert [student.name for student, _ in found.missing] == ["Stella Stranger"]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("Team Green_17_assignsubmission_file/exercise3.py", "has no Team Green"),
        ("Team-Red_17_assignsubmission_file/exercise3.py", "has no Team-Red"),
        ("Red_18_assignsubmission_file/exercise3.py", "has no Red"),  # a person's name and number
        ("Stella Stranger_17_assignsubmission_file/exercise3.py", "has no Stella Stranger"),
    ],
)
def test_a_team_that_the_worksheet_does_not_have_is_nobody_s(tmp_path, worksheet, file, told):
    found = plan(tmp_path, worksheet, file)
    ((_, matched),) = owners(found)[file]
    assert matched == "unlisted"
    assert told in found.left_over[0].reason


def test_two_folders_of_one_name_are_nobody_s(tmp_path, worksheet) -> None:
    other = "Default group_5_assignsubmission_file/exercise3.py"
    found = plan(tmp_path, worksheet, DEFAULT, other)
    assert {matched for one in owners(found).values() for _, matched in one} == {"unlisted"}
    assert all("another folder is called" in one.reason for one in found.left_over)


def test_without_groups_a_number_needs_its_own_name(tmp_path, worksheet) -> None:
    own = "Ada Lovelace_21_assignsubmission_file_/exercise3.py"
    blind = "Participant_22_assignsubmission_file/exercise3.py"
    fork = "kim@example.org Kim_24_assignsubmission_file/exercise3.py"
    strangers = (RED, DEFAULT, "Red_99_assignsubmission_file/exercise3.py",
                 "Team Red_18_assignsubmission_file_exercise3.py")  # fmt: skip
    found = plan(tmp_path, without_groups(worksheet), own, blind, fork, *strangers)
    assert owners(found)[own] == {("Ada Lovelace", "id")}
    assert owners(found)[blind] == {("Alan Turing", "id")}
    assert owners(found)[fork] == {("Kim", "id")}
    for file in strangers:
        assert {matched for _, matched in owners(found)[file]} == {"unlisted"}, file
    assert {one.path for one in found.left_over} == set(strangers)


def test_a_number_is_no_id_of_another_table(tmp_path) -> None:
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\n17,Stella Stranger\n18,Red\n21,Ada Lovelace\n", "utf-8")
    ada = "Ada Lovelace_17_assignsubmission_file/exercise3.py"
    found = plan(tmp_path, roster, RED, ada)
    assert owners(found)[RED] == {("Team Red", "unlisted")}
    assert owners(found)[ada] == {("Ada Lovelace", "name")}


@pytest.mark.parametrize("matched", ["file", "unlisted"])
def test_a_team_s_grade_and_page_go_to_its_members(tmp_path, worksheet, matched) -> None:
    out = batch(tmp_path, matched)
    done = export(out, worksheet, "--feedback-zip")
    assert done.return_value == 0, done.stderr
    assert grades(out) == {
        "Ada Lovelace": "13", "Alan Turing": "13", "Red": "20", "Bo_5 O'Hara": "20", "Kim": "13"
    }  # fmt: skip
    pages = receivers(out)
    assert set(pages) == {18, 21, 22, 23, 24}
    assert "13 / 20" in pages[21]
    assert "20 / 20" in pages[18]


def test_members_that_a_roster_has_found_get_the_same(tmp_path, worksheet) -> None:
    handed = [
        MadeAttempt("ada@example.org", BLOG, "Ada Lovelace", file=RED, matched="group"),
        MadeAttempt("Participant 22", BLOG, "Alan Turing", file=RED, matched="group"),
    ]
    out = write_batch(tmp_path / "out", handed)
    assert export(out, worksheet, "--feedback-zip").return_value == 0
    assert grades(out) == {"Ada Lovelace": "13", "Alan Turing": "13"}
    assert set(receivers(out)) == {21, 22}


def test_without_a_worksheet_nothing_goes_by_a_number_alone(tmp_path, worksheet) -> None:
    out = batch(tmp_path)
    done = export(out, None, "--feedback-zip")
    assert done.return_value == 1
    assert receivers(out) == {}
    assert done.stderr.count("add --into WORKSHEET.csv") == 2
    done = export(out, without_groups(worksheet), "--feedback-zip")
    assert done.return_value == 1
    assert grades(out) == {}
    assert receivers(out) == {}
    assert "the number 17 is that of Stella Stranger there" in done.stderr
    assert "no column Group" in done.stderr


def test_two_submissions_of_one_team_s_name_are_told(tmp_path, worksheet) -> None:
    twice = "Team Red_30_assignsubmission_file/exercise3.py"
    handed = [
        MadeAttempt("17", BLOG, "Team Red", file=RED, matched="file"),
        MadeAttempt("30", RIGHT, "Team Red", file=twice, matched="file"),
    ]
    out = write_batch(tmp_path / "out", handed)
    done = export(out, worksheet)
    assert done.return_value == 1
    assert grades(out) == {}
    assert "another submission is called Team Red too" in done.stderr


@pytest.mark.parametrize("format", ["moodle", "csv", "canvas"])
def test_no_other_gradebook_takes_the_number_for_an_id(tmp_path, format) -> None:
    tables = {
        "moodle": "First name,Last name,ID number,Email address,Assignment: exercise3 (Real)\n"
        "Ann,Red,17,ann@example.org,-\n",
        "csv": "id,exercise3\n17,\n",
        "canvas": 'Student,ID,SIS Login ID,Section,exercise3 (4)\n    Points Possible,,,,20\n'
        '"Red, Ann",17,ann,A,\n',
    }  # fmt: skip
    table = tmp_path / "table.csv"
    table.write_text(tables[format], "utf-8")
    out = batch(tmp_path)
    arguments = ["export", format, str(out), "--into", str(table), "-o", str(out / "filled.csv")]
    done = CliRunner().invoke(bpgrade, arguments, standalone_mode=False)
    assert done.return_value == 1, done.exception
    assert (out / "filled.csv").read_text("utf-8") == tables[format]


def test_a_canvas_group_is_its_members_with_a_roster_and_told_without(tmp_path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text(
        "name,canvas_user_id,login_id,group_name\n"
        "Ann Red,101,ann,Team Red\nBo Blue,102,bo,Team Red\n", "utf-8"
    )  # fmt: skip
    file = "teamred_101_5001_exercise3.py"
    found = plan(tmp_path, groups, file)
    assert {name for name, _ in owners(found)[file]} == {"Ann Red", "Bo Blue"}
    out = write_batch(
        tmp_path / "out", [MadeAttempt("101", BLOG, "teamred", file=file, matched="file")]
    )
    table = tmp_path / "gradebook.csv"
    table.write_text(
        "Student,ID,SIS Login ID,Section,exercise3 (4)\n    Points Possible,,,,20\n"
        '"Red, Ann",101,ann,A,\n"Blue, Bo",102,bo,A,\n',
        "utf-8",
    )
    arguments = ["export", "canvas", str(out), "--into", str(table), "-o", str(out / "up.csv")]
    done = CliRunner().invoke(bpgrade, arguments, standalone_mode=False)
    assert done.return_value == 1
    assert "may be a group's" in done.stderr
    handed = [
        MadeAttempt("ann", BLOG, "Ann Red", file=file, matched="group"),
        MadeAttempt("bo", BLOG, "Bo Blue", file=file, matched="group"),
    ]
    out = write_batch(tmp_path / "members", handed)
    arguments = ["export", "canvas", str(out), "--into", str(table), "-o", str(out / "up.csv")]
    done = CliRunner().invoke(bpgrade, [*arguments, "--feedback-zip"], standalone_mode=False)
    assert done.return_value == 0
    assert (out / "up.csv").read_text("utf-8").count(",13\n") == 2
    with zipfile.ZipFile(out / "canvas-feedback.zip") as archive:
        assert archive.namelist() == [file]


NAMES = st.text(st.sampled_from("AbÉ_ 0123.~-&'/李"), min_size=1, max_size=12)


@given(NAMES, st.sampled_from(NUMBERS), st.sampled_from(["", "_"]), st.booleans())
def test_any_name_leaves_the_number_where_moodle_reads_it(name, number, ending, flat) -> None:
    folder = f"{moodle_name(name)}_{number}_assignsubmission_file{ending}"
    path = f"{folder}_exercise3.py" if flat else f"{folder}/exercise3.py"
    where = receiver(moodle_place(path), NUMBERS)
    assert where == (number, "feedback.html") or where == (number, "/feedback.html")


@given(NAMES)
def test_a_group_is_found_by_the_name_that_moodle_writes(name) -> None:
    if moodle_name(name):
        assert groups_called(moodle_name(name), [name, "another"], exactly=True) == (name,)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Ada_17_assignsubmission_file/a/b.html", (17, "/a/b.html")),
        ("Ada_17_assignsubmission_file_/b.html", (17, "/b.html")),
        ("Ada_17_assignsubmission_file_b_c.html", (17, "b_c.html")),
        ("out/Ada_17_assignsubmission_file/b.html", (17, "/b.html")),
        ("al_12_Grace_17_assignsubmission_file/b.html", None),
        ("Ada_99_assignsubmission_file/b.html", None),
        ("Ada_17_assignsubmission_file/.b.html", None),
        ("Default group_assignsubmission_file/b.html", None),
    ],
)
def test_the_rule_of_moodle_s_import(path, expected) -> None:
    assert receiver(path, NUMBERS) == expected
