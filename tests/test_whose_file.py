"""Whose a file is: by names as people write them, by a table of files, in groups."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest
from batch_course import RIGHT, batch, make_course
from command import run_command
from handed_zips import unflagged
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.archive import Hand
from grader.batch.file_table import read_file_table
from grader.batch.named_people import NamedPeople
from grader.batch.planning import make_plan
from grader.batch.records import Plan, RosterEntry
from grader.batch.roster import Roster, read_roster
from grader.batch.team_table import read_teams
from grader.course import Course, find_course
from grader.errors import UsageError
from grader.text.tables import table_text

ROOT = Path(__file__).parent.parent
CLASS = """id,name,email,group
s1000,Ada Lovelace,ada@example.org,Red
s1001,Alan Turing,alan@example.org,Red
2026002,李小明,,Blue
2026003,王芳,,Blue
12,Grace Hopper,,
b-7,Juan García,,
b-7-2,Juan García López,,
"""


@pytest.fixture(scope="module")
def course() -> Course:
    return find_course(ROOT, ROOT)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roster") / "class.csv"
    path.write_text(CLASS, "utf-8")
    return path


def planned(
    folder: Path, course: Course, people: Roster | None, files: list[str], table: str = ""
) -> Plan:
    for file in files:
        (folder / "in" / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / file).write_text(RIGHT, "utf-8")
    path = None
    if table:
        path = folder / "files.csv"
        path.write_text(table, "utf-8")
    return make_plan(Hand(folder / "in"), course, None, people, "latest", path)


def owners(found: Plan) -> dict[str, set[str]]:
    by_file: dict[str, set[str]] = {}
    for one in found.attempts:
        unlisted = one.student.matched == "unlisted"
        by_file.setdefault(one.entry.path, set()).add("nobody" if unlisted else one.student.id)
    return by_file


@pytest.mark.parametrize(
    ("file", "who"),
    [
        ("s1000_lovelace_exercise1.py", "s1000"),
        ("lovelace_s1000/exercise1.py", "s1000"),
        ("Ada Lovelace (s1000)/exercise1.py", "s1000"),
        ("week 3/exercise1/S1000.py", "s1000"),
        ("s1000exercise1.py", "s1000"),
        ("exercise1s1000.py", "s1000"),
        ("exercise1-ada-s1000 (1).py", "s1000"),
        ("ada@example.org_exercise1_v2.py", "s1000"),
        ("李小明_2026002/exercise1.py", "2026002"),
        ("2026002李小明-exercise1.py", "2026002"),
        ("exercise1_2026002.py", "2026002"),
        ("第一次作业_李小明_exercise1.py", "2026002"),
        ("exercise1 李小明 ２０２６００２.py", "2026002"),
        ("Lovelace, Ada/exercise1.py", "s1000"),
        ("lovelace_ada_final_exercise1.py", "s1000"),
        ("12_exercise1.py", "12"),
        ("exercise1_12.py", "12"),
        ("b-7-2_exercise1.py", "b-7-2"),
        ("Juan García López/exercise1.py", "b-7-2"),
        ("juan b-7/exercise1.py", "b-7"),
        # part of a longer id, or of a longer name
        ("xs1000_exercise1.py", "nobody"),
        ("s10001_exercise1.py", "nobody"),
        ("s1000-2_exercise1.py", "nobody"),
        ("s1000@other.example_exercise1.py", "nobody"),
        ("120_exercise1.py", "nobody"),
        ("b-7-3_exercise1.py", "nobody"),
        ("Mary Ada Lovelace/exercise1.py", "nobody"),
        ("小明_exercise1.py", "nobody"),
        ("李小明明_exercise1.py", "nobody"),
        # an attempt, no id
        ("lee_exercise1_12.py", "nobody"),
        # two could be meant
        ("s1000_s1001_exercise1.py", "nobody"),
        ("s1000_alan_exercise1.py", "nobody"),
        ("Ada Lovelace/exercise1_s1001.py", "nobody"),
        ("李小明 王芳/exercise1.py", "nobody"),
        ("李小明_2026003/exercise1.py", "nobody"),
        ("Ada Lovelace s9999/exercise1.py", "nobody"),
    ],
)
def test_names_as_people_write_them(tmp_path, course, roster, file: str, who: str) -> None:
    found = planned(tmp_path, course, read_roster(roster), [file, "zed_exercise1.py"])
    assert owners(found)[file] == {who}
    assert any(one.path == file and one.is_nobodys for one in found.left_over) == (who == "nobody")


IDS = st.text("ab01-.", min_size=1, max_size=5).filter(lambda text: text.strip("-.") == text)
SIGNS = st.sampled_from(["_", " ", " (", ") ", "-", ".", ", ", "李", "", "@"])


@given(st.sets(IDS, min_size=1, max_size=4), st.lists(st.tuples(IDS, SIGNS), max_size=4))
def test_nobody_is_found_by_a_part_of_a_longer_id(ids: set[str], pieces) -> None:
    text = "".join(piece + sign for piece, sign in pieces)
    people = [RosterEntry(one, f"Person {one}", (one,)) for one in sorted(ids)]
    for person in NamedPeople(people).in_text(text).by_id:
        places = [found.span() for found in re.finditer(re.escape(person.id), text)]
        assert any(
            not text[:start][-1:].isascii() or not text[:start][-1:].isalnum()
            if not (text[end : end + 1].isascii() and text[end : end + 1].isalnum())
            else False
            for start, end in places
        ), (person.id, text)


@given(st.text("ab01-.@_ 李(", max_size=12), st.sampled_from(["s1000", "2026002", "ada", "a-1"]))
def test_an_id_alone_is_found_and_one_letter_more_is_not(around: str, own: str) -> None:
    people = NamedPeople([RosterEntry(own, "Somebody Else", (own,))])
    assert {one.id for one in people.in_text(f"_{own}_").by_id} == {own}
    assert not people.in_text(f"x{own}").by_id
    assert not people.in_text(f"{own}0").by_id
    found = people.in_text(around).by_id
    assert not found or re.search(rf"(?<![a-z0-9]){re.escape(own)}(?![a-z0-9])", around)


@given(st.lists(st.sampled_from(["s1000", "s1001", "Ada Lovelace", "Alan Turing", "x", "3"])))
def test_two_are_never_guessed(pieces: list[str]) -> None:
    ada = RosterEntry("s1000", "Ada Lovelace", ("s1000",))
    alan = RosterEntry("s1001", "Alan Turing", ("s1001",))
    found = NamedPeople([ada, alan]).in_text("_".join(pieces))
    named = {ada} & {ada for one in pieces if one == "s1000"}
    named |= {alan for one in pieces if one == "s1001"}
    assert named <= found.by_id | found.by_name
    if {"s1000", "Alan Turing"} <= set(pieces) and "Ada Lovelace" not in pieces:
        assert {ada, alan} <= found.by_id | found.by_name


def test_whose_file_it_may_be_is_said(tmp_path, course, roster) -> None:
    files = ["李小明_2026999_exercise1.py", "turing_exercise1.py", "s1000 s1001_exercise1.py",
             "2026003.docx"]  # fmt: skip
    found = planned(tmp_path, course, read_roster(roster), [*files, "12_exercise1.py"])
    reasons = {one.path: one.reason for one in found.left_over}
    assert reasons[files[0]].endswith("; 李小明 (2026002) has no file")
    assert reasons[files[1]].endswith("; Alan Turing (s1001) has no file")
    assert reasons[files[2]].endswith("; Ada Lovelace (s1000) and Alan Turing (s1001) have no file")
    assert reasons[files[3]] == "not a .py or .ipynb file; 王芳 (2026003) has no file"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("file,student,exercise\na.py,s1000,exercise1\n", {"a.py": {"s1000"}}),
        ("file;student_id\r\nin/b exercise3.py;王芳\r\n", {"in/b exercise3.py": {"2026003"}}),
        ("File,Student\nb exercise3.py,12\n", {"in/b exercise3.py": {"12"}}),
        ("file,student\nin,s1001\n", {"in/b exercise3.py": {"s1001"}}),
        ("file,student,exercise\n./a.py,Blue,exercise1\n", {"a.py": {"2026002", "2026003"}}),
        (
            "file,student,exercise\na.py,12,exercise1\na.py,12,exercise2\na.py,12,exercise1\n",
            {"a.py": {"12"}},
        ),
        ("file,student\nin,nobody\na.docx,nobody\n,\n\n", {}),
        ("file,student\nin,s1001\nin/b exercise3.py,s1000\n", {"in/b exercise3.py": {"s1000"}}),
    ],
)
def test_a_table_says_whose_files_are(tmp_path, course, roster, table: str, expected) -> None:
    people = read_roster(roster)
    files = ["a.py", "a.docx", "in/b exercise3.py", "s1000_exercise1.py"]
    found = owners(planned(tmp_path, course, people, files, table))
    found.pop("s1000_exercise1.py", None)
    assert {file: who for file, who in found.items() if who != {"nobody"}} == expected


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("file,student\na.py,s1002\n", "line 2: nobody in the roster is called s1002"),
        ("file,student\na.py,2.026E+06\n", "has cut a long number short"),
        ("file,student,exercise\na.py,12,exercise9\n", "line 2: The course"),
        ("file,student\nb.py,12\n", "line 2: there is no file b.py (did you mean a.py?)"),
        ("file,student\na.py,12\na.py,s1000\n", "line 3: line 2 gives a.py to 12"),
        ("file,student\na.docx,12\n", "line 2: a.docx cannot be graded: only .py and .ipynb"),
        ("file,student\n,12\n", "the column `file` is empty"),
        ("file,student\nexercise1.py,12\n", "fits 2 files, x/exercise1.py and y/exercise1.py"),
        ("name,points\na,1\n", "has no column file and no column student"),
        ("file\na.py\n", "has no column student"),
        ("", "is empty"),
        ("PK\x03\x04", "a spreadsheet or a zip"),
        ("\x00\x01\x02\udc80\udc81", "not text in any known encoding"),
    ],
)
def test_a_table_that_is_not_right_is_told(tmp_path, course, roster, table, told: str) -> None:
    path = tmp_path / "files.csv"
    path.write_bytes(table.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as error:
        read_file_table(
            path,
            ["a.py", "a.docx", "x/exercise1.py", "y/exercise1.py"],
            course,
            read_roster(roster),
        )
    assert told in str(error.value)


def test_without_a_roster_a_table_names_whom_it_likes(tmp_path, course) -> None:
    table = "file,student,exercise\na.py,ada,exercise1\nb.py,Kim,exercise1\n"
    found = planned(tmp_path, course, None, ["ADA/exercise3.py", "a.py", "b.py"], table)
    assert {(one.student.id, one.exercise.name) for one in found.attempts} == {
        ("ADA", "exercise1"),
        ("ADA", "exercise3"),
        ("Kim", "exercise1"),
    }


def test_what_was_left_over_can_be_handed_back_as_often_as_one_likes(
    tmp_path, course, roster
) -> None:
    files = ["in/a.py", "in/notes.docx", "x.docx", "s1000_exercise1.py"]
    table = "file,student,exercise\nin,s1001,exercise1\nx.docx,nobody,\n"
    for _ in range(2):
        found = planned(tmp_path, course, read_roster(roster), files, table)
        assert owners(found) == {"in/a.py": {"s1001"}, "s1000_exercise1.py": {"s1000"}}
        lines = [(one.path, one.student, one.exercise) for one in found.left_over]
        table = table_text(("file", "student", "exercise"), lines)
    assert ("x.docx", "nobody", "") in lines


def test_a_file_in_the_table_goes_before_the_student_s_others(tmp_path, course, roster) -> None:
    table = "file,student,exercise\nlast.py,s1000,exercise1\n"
    files = ["s1000_exercise1.py", "last.py"]
    found = planned(tmp_path, course, read_roster(roster), files, table)
    assert owners(found) == {"last.py": {"s1000"}}
    reasons = {one.path: one.reason for one in found.left_over}
    assert reasons["s1000_exercise1.py"] == "not graded: the table of files names last.py"


def test_an_id_and_a_name_are_one_student(tmp_path, course, roster) -> None:
    files = ["s1000_exercise1.py", "Ada Lovelace_exercise1_v2.py"]
    found = planned(tmp_path, course, read_roster(roster), files)
    assert len(found.attempts) == 1
    assert found.attempts[0].attempts == 2


def test_what_lies_beside_a_submission_is_not_nobody_s(tmp_path, course, roster) -> None:
    files = ["s1000/exercise1.py", "s1000/layers.py", "s1001/layers.py"]
    for people in (None, read_roster(roster)):
        found = planned(tmp_path, course, people, files)
        told = {one.path: one.is_nobodys for one in found.left_over}
        assert told == {"s1000/layers.py": False, "s1001/layers.py": True}


def teams(folder: Path, people: Roster, course: Course, text: str) -> Roster:
    path = folder / "groups.csv"
    path.write_text(text, "utf-8")
    return people.with_teams(read_teams(path, people, course))


def test_what_a_member_hands_in_is_the_group_s(tmp_path, course, roster) -> None:
    people = read_roster(roster)
    together = people.with_teams(read_teams(roster, people, course))
    files = ["s1000_exercise1.py", "Blue_exercise1.py", "12_exercise1.py"]
    found = planned(tmp_path, course, together, files)
    assert owners(found) == {
        "s1000_exercise1.py": {"s1000", "s1001"},
        "Blue_exercise1.py": {"2026002", "2026003"},
        "12_exercise1.py": {"12"},
    }
    notes = {one.student.id: one.note for one in found.attempts}
    assert notes["s1001"] == "One submission of Ada Lovelace, Alan Turing."
    assert notes["12"] == ""
    assert not found.left_over


def test_a_column_of_groups_alone_shares_nothing(tmp_path, course, roster) -> None:
    found = planned(tmp_path, course, read_roster(roster), ["s1000_exercise1.py"])
    assert owners(found) == {"s1000_exercise1.py": {"s1000"}}


def test_the_latest_of_a_group_counts_for_all(tmp_path, course, roster) -> None:
    people = read_roster(roster)
    together = people.with_teams(read_teams(roster, people, course))
    files = ["s1000/exercise1.py", "s1001/exercise1_v2.py"]
    found = planned(tmp_path, course, together, files)
    assert owners(found) == {"s1001/exercise1_v2.py": {"s1000", "s1001"}}
    assert {one.attempts for one in found.attempts} == {2}


def test_groups_may_differ_by_exercise(tmp_path, course, roster) -> None:
    text = "student,group,exercise\ns1000,A,\ns1001,A,\ns1001,B,exercise3\n12,B,exercise3\n"
    together = teams(tmp_path, read_roster(roster), course, text)
    files = ["s1000_exercise1.py", "s1000_exercise3.py", "12_exercise3.py", "A_exercise2.py"]
    assert owners(planned(tmp_path, course, together, files)) == {
        "s1000_exercise1.py": {"s1000", "s1001"},
        "s1000_exercise3.py": {"s1000"},
        "12_exercise3.py": {"s1001", "12"},
        "A_exercise2.py": {"s1000", "s1001"},
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("student,group\ns1000,A\nada lovelace,B\n", "line 3: line 2 has Ada Lovelace in A"),
        ("student,group\ns100,A\n", "line 2: nobody in the roster is called s100 (did you mean"),
        ("student,group,exercise\ns1000,A,exercise9\n", "has no exercise 'exercise9'"),
        ("student,team\n", "has nobody in a group"),
        ("student,size\ns1000,3\n", "has no column of groups: its columns are student, size"),
    ],
)
def test_groups_that_are_not_right_are_told(tmp_path, course, roster, text, told: str) -> None:
    with pytest.raises(UsageError) as error:
        teams(tmp_path, read_roster(roster), course, text)
    assert told in str(error.value)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_batch_from_left_over_files_to_a_decision_for_one_member(tmp_path, roster) -> None:
    mini, hand, out = make_course(tmp_path / "course"), tmp_path / "in", tmp_path / "out"
    hand.mkdir()
    for number, name in enumerate(["s1000 s1001_double", "2026002_double", "=stray;=1_double"]):
        (hand / f"{name}.py").write_text(f"{RIGHT}# {number}\n", "utf-8")
    done = batch(mini, hand, out, "--roster", roster)
    assert done.returncode == 2, done.stderr
    assert "2 files are nobody's" in done.stderr
    assert f"--files {out / 'left_over.csv'}" in done.stderr
    left_over = rows(out / "left_over.csv")
    assert {row["exercise"] for row in left_over} == {"double"}
    text = (out / "left_over.csv").read_text("utf-8-sig")
    # as Excel saves it in China, filled in
    text = re.sub(r"(?m)^(s1000 s1001_double.py),", r"\1,Red", text)
    text = re.sub(r"(?m)^('=stray.*?py\"?),", r"\1,nobody", text)
    (out / "left_over.csv").write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    done = batch(mini, hand, out, "--roster", roster)
    assert done.returncode == 2
    aside = out / "left_over-filled-in-1.csv"
    assert f"was filled in, and not used: it is kept as {aside}" in done.stderr
    for table in (aside, out / "left_over.csv"):  # what was used stands in the new one too
        done = batch(mini, hand, out, "--roster", roster, "--groups", roster, "--files", table)
        assert done.returncode == 0, done.stderr
        assert "2 submissions of 4 students" in done.stdout
        assert "equal to another" not in done.stdout
    grades = {row["student_id"]: row for row in rows(out / "grades.csv")}
    assert grades["s1000"]["file"] == grades["s1001"]["file"] == "s1000 s1001_double.py"
    assert {who: row["final_score"] for who, row in grades.items() if row["final_score"]} == {
        "s1000": "3", "s1001": "3", "2026002": "3", "2026003": "3"
    }  # fmt: skip
    why = ("--score", 1, "--reason", "wrote none of it", "--by", "kim")
    done = run_command("decide", out, "s1001", "double", *why)
    assert done.returncode == 0, done.stderr
    grades = {row["student_id"]: row["final_score"] for row in rows(out / "grades.csv")}
    assert (grades["s1000"], grades["s1001"]) == ("3", "1")


def test_a_class_in_chinese_goes_to_canvas_and_moodle(tmp_path) -> None:
    mini, out, hand = make_course(tmp_path / "course"), tmp_path / "out", tmp_path / "hand.zip"
    people = {"2026001": "王芳", "2026002": "李小明", "2026003": "张伟"}
    roster = tmp_path / "名单.csv"
    lines = ["学号;姓名;邮箱;班级", *(f"{one};{name};;1班" for one, name in people.items())]
    roster.write_bytes("\r\n".join(lines).encode("gb18030"))
    with zipfile.ZipFile(hand, "w") as archive:
        for number, name in enumerate(("王芳", "李小明_2026002", "2026003张伟")):
            source = f"# 第{number}份\n{RIGHT}".encode("gb18030")
            archive.writestr(unflagged(f"{name}/double.py", "gb18030"), source)
    done = batch(mini, hand, out, "--roster", roster)
    assert done.returncode == 0, done.stderr
    found = {
        row["student_id"]: (row["name"], row["final_score"]) for row in rows(out / "grades.csv")
    }
    assert found == {one: (name, "3") for one, name in people.items()}
    canvas = tmp_path / "canvas.csv"
    body = "".join(f"{name},{one},{one},1班,\n" for one, name in people.items())
    canvas.write_text(
        f"Student,ID,SIS Login ID,Section,double (4)\n    Points Possible,,,,3\n{body}", "utf-8"
    )
    done = run_command("export", "canvas", out, "--into", canvas, "-o", tmp_path / "up.csv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "up.csv").read_text("utf-8").count("1班,3\n") == 3
    done = run_command("export", "moodle", out)
    assert done.returncode == 0, done.stderr
    assert [(row["ID number"], row["double"]) for row in rows(out / "moodle.csv")] == [
        (one, "3") for one in people
    ]


def test_a_careless_user_is_told_what_is_wrong(tmp_path, roster) -> None:
    mini, hand = make_course(tmp_path / "course"), tmp_path / "in"
    (hand / "s1000").mkdir(parents=True)
    (hand / "s1000" / "double.py").write_text(RIGHT, "utf-8")
    table = tmp_path / "table.csv"
    table.write_text("file,student\ns1000/doubel.py,s1000\nx.py,s1\n", "utf-8")
    for option, path, told in [
        ("--files", tmp_path / "none.csv", "No such file"),
        ("--files", hand, "Is a directory"),
        ("--files", table, "line 2: there is no file s1000/doubel.py"),
        ("--groups", tmp_path / "none.csv", "No such file"),
        ("--groups", table, "has no column of groups"),
    ]:
        done = batch(mini, hand, tmp_path / "out", "--roster", roster, option, path)
        assert done.returncode == 2, (option, path)
        assert told in done.stderr
        assert "Traceback" not in done.stderr
