"""Gradebooks: recorded exports of each platform's form, awkward names, and round trips."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_batch import BLOG, RIGHT, UNGRADED, MadeAttempt, ParsedPage, write_batch

from grader.batch.downloads import canvas as canvas_names
from grader.batch.downloads import moodle as moodle_names
from grader.batch.late import Lateness
from grader.batch.records import Student
from grader.cli.group import bpgrade
from grader.errors import UsageError
from grader.gradebook.canvas import fill_canvas
from grader.gradebook.filling import choose_columns
from grader.gradebook.grades import Grade, exact, number_of, rounded
from grader.gradebook.moodle import fill_moodle
from grader.gradebook.people import GradebookPerson, contradict, match
from grader.gradebook.plain_csv import fill_table
from grader.gradebook.sheet import Sheet, is_formula, table
from grader.text.tables import guarded

# the forms of real exports: posting policies, read-only totals, the test student, locked grades
RECORDED = Path(__file__).parent / "gradebooks"
CANVAS = (RECORDED / "canvas.csv").read_text("utf-8")
WORKSHEET = (RECORDED / "moodle_worksheet.csv").read_text("utf-8")
GRADEBOOK = (RECORDED / "moodle_gradebook.csv").read_text("utf-8")
SEMICOLONS = (
    '\ufeffStudent;ID;SIS Login ID;Section;"exercise3, all of it (12)"\r\n'
    '"Lovelace, Ada";101;ada;A;\r\n'
)


def rows(data: bytes | str, separator: str = ",") -> list[list[str]]:
    text = data if isinstance(data, str) else data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def run(*arguments: object):
    return CliRunner().invoke(bpgrade, [str(one) for one in arguments], standalone_mode=False)


def grade(id: str, name: str = "", points: str | None = "14", most: int = 20, **more) -> Grade:
    student = Student(id, name or id, more.pop("matched", "id"))
    exact_points = None if points is None else Fraction(points)
    comment = more.get("comment", "")
    return Grade(student, more.get("exercise", "exercise3"), exact_points, Fraction(most), comment)


@pytest.fixture
def export(tmp_path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_canvas_gets_its_own_export_back_with_the_grades_in_it(export):
    grades = [
        grade("101", "lovelaceada"),
        grade("102", "O'Hara Bo", points="12"),
        grade("103", "=cmd|' /C calc'!A0", points="0"),
        grade("104", "李 明", points=None),
        grade("105", "Kurt Gödel"),
        grade("777", "Nobody"),
    ]
    filled = fill_canvas(export(CANVAS), grades, None)
    before, after = rows(CANVAS), rows(filled.data)
    assert [row[6] for row in after] == [
        "MLP exercise3 (4711)", "", "20", "14", "12", "0", "5.50", "EX", ""
    ]  # fmt: skip
    assert [row[:6] + row[7:] for row in after] == [row[:6] + row[7:] for row in before]
    # nothing else in the file is another byte
    changed = CANVAS.replace("A,3,,60", "A,3,14,60").replace(
        "eve@example.org,A,,,", "eve@example.org,A,,0,"
    )
    assert filled.data.decode() == changed
    assert (filled.written, filled.changed, filled.same) == (2, 0, 1)
    assert filled.left_out == ["Nobody (777): no row has this id", "Kurt Gödel: excused in Canvas"]
    assert any("formula" in note for note in filled.notes)


def test_the_scale_of_the_gradebook_is_kept_and_rounded_once(export):
    text = CANVAS.replace(",5,20,", ",5,7,")
    filled = fill_canvas(export(text), [grade("101", points="1/3", most=20)], None)
    assert rows(filled.data)[3][6] == "0.12"  # 7 / 60 = 0.11666...
    assert "scaled to the 7 points" in filled.notes[0]


def test_semicolons_marks_and_line_ends_stay(export):
    filled = fill_canvas(export(SEMICOLONS), [grade("101")], None)
    assert filled.data.decode() == SEMICOLONS.replace("A;\r\n", "A;14\r\n")
    wide = export(SEMICOLONS.removeprefix("\ufeff"), "utf-16")
    data = fill_canvas(wide, [grade("101")], None).data
    assert data.decode("utf-16") == SEMICOLONS.removeprefix("\ufeff").replace("A;\r", "A;14\r")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16", "big5"])
def test_a_table_in_chinese_keeps_its_encoding(export, encoding: str) -> None:
    text = "學號;姓名;exercise3\r\n101;李小明;\r\n102;王芳;7\r\n"
    path = export(text, encoding)
    filled = fill_table(path, [grade("101", "李小明")], None)
    assert filled.data.decode(encoding) == text.replace("李小明;", "李小明;14")
    assert filled.left_out == []


@pytest.mark.parametrize(
    ("separator", "possible", "there", "expected"),
    [
        (";", "20", "", "13,5"),
        (";", "20,00", "7,25", "13,5"),
        (";", "20.00", "", "13.5"),
        (";", "20.00", "7.25", "13.5"),
        (";", "20", "1.234", "13,5"),  # one thousand, and more
        (",", "20", "", "13.5"),
        (",", "20", "1,234", "13.5"),
        (",", '"20,00"', "", '"13,5"'),
        ("\t", "20,00", "", "13,5"),
        ("\t", "20", "", "13.5"),
    ],
)
def test_the_decimal_sign_of_the_gradebook_comes_back(
    graded, tmp_path, separator, possible, there, expected
):
    there = f'"{there}"' if "," in there and separator == "," else there
    lines = (
        ("Student", "ID", "SIS User ID", "exercise3 (7)", "Final"),
        ("    Points Possible", "", "", possible, ""),
        ("Ada", "101", "", "", there),
    )
    export = tmp_path / "export.csv"
    export.write_text("".join(separator.join(line) + "\n" for line in lines), "utf-8")
    filled = fill_canvas(export, [grade("101", "Ada", "27/2", most=20)], None)
    assert filled.data.decode().splitlines()[2].split(separator, 3)[3].startswith(expected)
    export.write_bytes(filled.data)
    again = fill_canvas(export, [grade("101", "Ada", "27/2", most=20)], None)
    assert (again.data, again.same) == (filled.data, 1)


def test_feedback_without_a_gradebook_says_what_it_did_not_write(graded, tmp_path):
    done = run("export", "canvas", graded, "--feedback-zip", "-o", tmp_path / "grades.csv")
    assert done.return_value == 1
    assert f"{tmp_path / 'grades.csv'} was not written" in done.stderr
    assert "--into" in done.stderr
    assert (graded / "canvas-feedback.zip").is_file()
    assert not (tmp_path / "grades.csv").exists()
    assert "not written" not in run("export", "canvas", graded, "--feedback-zip").stderr


def test_the_worksheet_of_moodle_keeps_what_people_wrote_and_what_is_locked(export):
    grades = [
        grade("101", "Ada Lovelace", comment="14 / 20 points. <b>update</b>"),
        grade("Participant 102", "Bo O'Hara", points="20"),
        grade("103", "=cmd|' /C calc'!A0"),
        grade("ming@example.org", "李 明", points="1/3"),
    ]
    filled = fill_moodle(export(WORKSHEET), grades, None)
    before, after = rows(WORKSHEET), rows(filled.data)
    assert [row[4] for row in after] == ["Grade", "70", "100", "", "1.66667"]
    assert after[1][9] == "bpgrade: 14 / 20 points. &lt;b&gt;update&lt;/b&gt;"
    assert after[2][9] == before[2][9]
    assert [row[:4] + row[5:9] for row in after] == [row[:4] + row[5:9] for row in before]
    assert filled.left_out == ["=cmd|' /C calc'!A0: locked in Moodle"]
    again = export(filled.data.decode())
    newer = fill_moodle(again, [grade("101", "Ada Lovelace", "20", comment="all right")], None)
    assert rows(newer.data)[1][9] == "bpgrade: all right"


def test_the_worksheet_in_another_language_takes_a_named_column(export):
    text = WORKSHEET.replace("Identifier", "ID").replace("Participant ", "Teilnehmer/in")
    text = text.replace(",Grade,Maximum grade,", ",Bewertung,Bestwertung,")
    with pytest.raises(UsageError, match="has no column Grade"):
        fill_moodle(export(text), [grade("101")], None)
    filled = fill_moodle(export(text), [grade("101")], "Bewertung")
    assert rows(filled.data)[1][4] == "14"


def test_the_gradebook_of_moodle_is_matched_by_any_of_its_ids(export):
    grades = [grade("s-1", "Ada Lovelace"), grade("bo@example.org", "Bo O'Hara", "13")]
    filled = fill_moodle(export(GRADEBOOK), grades, None)
    assert [row[6] for row in rows(filled.data)[1:]] == ["14", "13"]
    assert (filled.written, filled.changed) == (0, 2)


def test_any_table_gets_a_column(export):
    filled = fill_table(export("id,name,notes\n1,Ada,a\n2,Bo\n"), [grade("2", "Bo")], None)
    assert rows(filled.data) == [
        ["id", "name", "notes", "exercise3"], ["1", "Ada", "a"], ["2", "Bo", "", "14"]
    ]  # fmt: skip


def people(*found: tuple[str, ...]) -> list[GradebookPerson]:
    return [GradebookPerson(row, ids, name) for row, (name, *ids) in enumerate(found)]


@pytest.mark.parametrize(
    ("rows_there", "grades", "expected", "told"),
    [
        ([("Ada", "1"), ("Bo", "2")], [grade("2", "Bo")], {1}, ""),
        ([("Ada", "1")], [grade("Ada", "Ada")], set(), "no row has this id"),  # a name is no id
        ([("Ada", "1"), ("Ada", "9", "1")], [grade("1", "Ada")], set(), "fits several rows"),
        ([("Ada Lovelace", "1"), ("Bo", "9", "1")], [grade("1", "Bo")], {1}, ""),
        ([("Ada Lovelace", "1")], [grade("1", "Bob Ross")], set(), "another name"),
        ([("Ada", "1", "a@x")], [grade("1", "Ada"), grade("a@x", "Ada B")], set(), "both fit"),
        ([("李 明", "1")], [grade("1", "Li Ming")], {0}, ""),  # scripts cannot be compared
        ([("Ada", "A@x.org")], [grade("a@X.ORG", "Ada")], {0}, ""),
        ([("Ada", "a@x"), ("Ada", "A@x")], [grade("a@x", "Ada")], set(), "several rows"),
        ([("Ada", "007")], [grade("7", "Ada")], set(), "no row has this id"),
        ([("Ada", ""), ("Bo", "")], [grade("", "Ada")], set(), "no row has this id"),
    ],
)  # fmt: skip
def test_only_what_is_sure_is_matched(rows_there, grades, expected, told):
    found = match(people(*rows_there), grades)
    assert set(found.rows) == expected
    assert told in " ".join(found.left_out)
    assert bool(found.left_out) is bool(told)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ada Lovelace", "Lovelace, Ada", False),
        ("lovelaceada", "Lovelace, Ada", False),
        ("Zoe Muller", "Müller, Zoë", False),
        ("", "Ada", False),
        ("Ada Lovelace", "Bob Ross", True),
        ("أحمد", "Ahmed", False),
        ("أحمد", "محمود علي", True),
    ],
)
def test_names_speak_against_a_match_only_where_they_share_nothing(one, other, expected):
    assert contradict(one, other) is contradict(other, one) is expected


IDS = st.integers(1, 30).map(str)
NAMES = st.sampled_from(
    ["Ada, L", 'B "o"', "=1+1", "+x", "-y", "@z", "李 明", "أحمد", "a\nb", "", "Ada L", ";,\t"]
) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
CELLS = st.sampled_from(["", "12", "3.50", "EX", "-", "N/A", "7,5"])


@given(
    st.lists(st.tuples(NAMES, IDS, IDS, CELLS), max_size=12),
    st.lists(st.tuples(IDS, NAMES, st.integers(0, 2000)), max_size=12, unique_by=lambda x: x[0]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(deadline=None, max_examples=150)
def test_a_round_trip_changes_one_column_of_sure_rows_and_nothing_else(
    tmp_path_factory, there, graded, separator, line_end, quoting
):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=quoting)
    header = ["Student", "ID", "SIS User ID", "Section", "exercise3 (7)", "Final Score"]
    table = [header, ["    Points Possible", "", "", "", "20", "(read only)"]]
    table += [[name, one, f"s{other}", "A", cell, "1"] for name, one, other, cell in there]
    writer.writerows(table)
    path = tmp_path_factory.mktemp("trip") / "export.csv"
    path.write_bytes(file.getvalue().encode())
    grades = [grade(id, name, f"{points}/100") for id, name, points in graded]
    filled = fill_canvas(path, grades, None)
    after = rows(filled.data, separator)
    before = rows(file.getvalue(), separator)
    assert len(after) == len(before)
    by_id = {one.student.id: one for one in grades}
    for old, new in zip(before, after, strict=True):
        assert new[:4] + new[5:] == old[:4] + old[5:]
        if new[4] != old[4]:
            own = by_id[old[1]]
            known = own.student.name if own.student.name != old[1] else ""
            agreeing = [row for row in before[2:] if row[1] == old[1]]
            agreeing = [row for row in agreeing if not contradict(known, row[0])]
            assert agreeing == [old]
            assert Fraction(new[4].replace(",", ".")) == Fraction(rounded(own.points, 2))
            if separator == ";" and all("." not in cell for row in before[2:] for cell in row):
                assert "." not in new[4]
    written = fill_canvas(path, [], None)
    assert written.data == path.read_bytes()
    path.write_bytes(filled.data)  # a second time there is nothing to do
    again = fill_canvas(path, grades, None)
    assert again.data == filled.data
    assert again.written == again.changed == 0


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=4))
def test_a_new_table_is_read_back_as_it_was(made):
    made = [[guarded(cell) for cell in row] for row in made]
    assert rows(table(made)) == made


@given(st.fractions(0, 1000, max_denominator=9999), st.integers(0, 5))
def test_numbers_are_rounded_once_half_up_and_read_back(number, digits):
    text = rounded(number, digits)
    assert re.fullmatch(r"\d+(\.\d*[1-9])?", text)
    assert abs(Fraction(text) - number) <= Fraction(1, 2 * 10**digits)
    assert number_of(text) == Fraction(text)


def test_a_number_is_no_formula():
    assert not is_formula("-3.5")
    assert is_formula("-cmd()")


@pytest.mark.parametrize("text", ["1/0", "1e999999999", "nan", "", "-", "1.2.3", "١٢", "0x10"])
def test_what_is_no_number_is_none(text):
    assert number_of(text) is None


def test_exact_numbers_come_from_what_was_written():
    assert exact(0.1) == Fraction(1, 10)
    assert rounded(exact(2.675), 2) == "2.68"  # which binary floats would round down


@pytest.mark.parametrize(
    ("titles", "exercises", "wanted", "expected"),
    [
        ({3: "exercise1 (1)", 4: "exercise10 (2)"}, ["exercise1"], None, {"exercise1": 3}),
        ({3: "Exercise 1 (1)", 4: "Exercise 2 (2)"}, ["exercise1", "exercise2"], None,
         {"exercise1": 3, "exercise2": 4}),
        ({3: "MLP (1)"}, ["exercise1"], None, {"exercise1": 3}),
        ({3: "MLP (1)", 4: "CNN (2)"}, ["exercise1"], "mlp", {"exercise1": 3}),
        ({3: "MLP (1)", 4: "CNN (2)"}, ["exercise1"], None, "no column for exercise1"),
        ({3: "exercise1 (1)", 4: "exercise1 (2)"}, ["exercise1"], None, "several columns"),
        ({3: "MLP (1)"}, ["exercise1"], "other", "no one column"),
        ({3: "MLP (1)"}, ["exercise1", "exercise2"], "MLP", "--column names one"),
        ({3: "exercise1 exercise2 (1)"}, ["exercise1", "exercise2"], None, "several exercises"),
    ],
)  # fmt: skip
def test_the_column_is_found_or_asked_for(titles, exercises, wanted, expected):
    if isinstance(expected, dict):
        assert choose_columns(titles, exercises, wanted, "export.csv") == expected
        return
    with pytest.raises(UsageError, match=expected) as raised:
        choose_columns(titles, exercises, wanted, "export.csv")
    assert raised.value.remedy


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    """A batch over downloads of Canvas and Moodle."""
    zipped = "submissions/lovelaceada_LATE_101_5001_exercise3.py"
    return write_batch(
        tmp_path_factory.mktemp("graded"),
        [
            MadeAttempt("101", BLOG, "lovelaceada", file=zipped, lateness=Lateness(True, 1, 10.0)),
            MadeAttempt(
                "102", RIGHT, "oharabo", file="submissions/oharabo_102_5002_exercise3-1.ipynb"
            ),
            MadeAttempt("103", UNGRADED, "eve", file="submissions/eve_103_5003_exercise3.py"),
            MadeAttempt("201", BLOG, "Ada Lovelace",
                   file="Ada Lovelace_201_assignsubmission_file/sub/exercise3.py"),
            MadeAttempt("202", RIGHT, "Bo", file="Bo_202_assignsubmission_file_/exercise3.py"),
            MadeAttempt("203", BLOG, "Kim", file="x/Kim_203_assignsubmission_file_exercise3.py"),
            MadeAttempt("=9", RIGHT, "=cmd|' /C calc'!A0", file="elsewhere.py", matched="file"),
        ],
    )  # fmt: skip


def test_the_command_fills_a_copy_and_tells_what_is_left_out(graded, export, tmp_path):
    path = export(CANVAS)
    out = tmp_path / "up.csv"
    done = run("export", "canvas", graded, "--into", path, "-o", out)
    assert done.return_value == 1
    assert "2 grades written" in done.stdout or "1 grade written" in done.stdout
    assert "no row has this id" in done.stderr
    cells = {row[1]: row[6] for row in rows(out.read_bytes())}
    assert cells["101"] == "11.7"  # 13 less 10 %
    assert cells["103"] == ""
    assert path.read_bytes() == CANVAS.encode()
    refused = run("export", "canvas", graded, "--into", path, "-o", path)
    assert isinstance(refused.exception, UsageError)
    assert path.read_bytes() == CANVAS.encode()


def test_new_tables_hold_no_formula(graded, tmp_path):
    out = tmp_path / "new.csv"
    assert run("export", "csv", graded, "-o", out).return_value == 0
    found = rows(out.read_bytes())
    assert found[0] == ["student_id", "name", "exercise3", "exercise3 maximum"]
    assert ["'=9", "'=cmd|' /C calc'!A0", "20", "20"] in found
    assert ["103", "eve", "", "8"] in found or ["103", "eve", "", "20"] in found
    done = run("export", "moodle", graded, "-o", out)
    assert done.return_value == 1
    found = rows(out.read_bytes())
    assert found[0] == ["ID number", "exercise3", "exercise3 feedback"]
    assert "'=9" not in [row[0] for row in found]  # nobody knows whose id that is
    assert "103" not in [row[0] for row in found]  # a comment without a grade would wipe it
    assert all(row[1] and not is_formula(row[2]) for row in found[1:])


def test_feedback_goes_back_under_the_names_that_moodle_gave(graded):
    done = run("export", "moodle", graded, "--feedback-zip", "-o", graded / "m.csv")
    assert done.return_value == 1
    with zipfile.ZipFile(graded / "moodle-feedback.zip") as archive:
        names = archive.namelist()
        assert names == [
            "Ada Lovelace_201_assignsubmission_file/feedback.html",
            "Bo_202_assignsubmission_file_/feedback.html",
            "Kim_203_assignsubmission_file_feedback.html",
        ]
        for name, id in zip(names, ("201", "202", "203"), strict=True):
            origin = moodle_names.parse(name)
            assert origin is not None
            assert origin.student_id == id
            assert re.split("_", name, maxsplit=4)[1:4][:2] == [id, "assignsubmission"]
        page = ParsedPage(archive.read(names[0]).decode())
    assert "13 / 20" in page.text
    assert "Bo" not in page.text.split()


def test_feedback_goes_back_under_the_very_names_of_canvas(graded):
    done = run("export", "canvas", graded, "--feedback-zip")
    assert done.return_value == 1
    assert not (graded / "canvas.csv").exists()
    with zipfile.ZipFile(graded / "canvas-feedback.zip") as archive:
        names = archive.namelist()
        assert names == [
            "lovelaceada_LATE_101_5001_exercise3.py", "oharabo_102_5002_exercise3-1.ipynb"
        ]  # fmt: skip
        origins = [canvas_names.parse(name) for name in names]
        assert [one.student_id for one in origins if one] == ["101", "102"]
        text = archive.read(names[0]).decode()
        compile(text, "feedback", "exec")
        assert "Index swapped" in text
        import nbformat

        notebook = nbformat.reads(archive.read(names[1]).decode(), as_version=4)
        assert "20 / 20" in notebook.cells[0].source
    before = (graded / "canvas-feedback.zip").read_bytes()
    run("export", "canvas", graded, "--feedback-zip")
    assert (graded / "canvas-feedback.zip").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n1,2\n", "not an export of a Canvas gradebook"),
        ("PK\x03\x04", "spreadsheet"),
        (CANVAS.replace("(4711)", "").replace("(4700)", ""), "no column for exercise3"),
    ],
)
def test_a_file_that_is_no_export_is_told_in_a_line(export, text, told):
    with pytest.raises(UsageError, match=told) as raised:
        fill_canvas(export(text), [grade("101")], None)
    assert raised.value.remedy


def test_the_careless_user_is_told_what_to_do(graded, export, tmp_path):
    path = export(CANVAS)
    for arguments in (
        ("canvas", graded),
        ("canvas", tmp_path / "nowhere", "--into", path),
        ("canvas", graded, "--into", tmp_path / "nowhere.csv"),
        ("canvas", graded, "--into", tmp_path),
        ("csv", graded, "--feedback-zip"),
        ("csv", graded, "--column", "x"),
        ("csv", graded, "--exercise", "exercise9"),
        ("csv", graded, "-o", tmp_path / "no" / "x.csv"),
        ("moodle", graded, "--into", export("a,b\n1,2\n")),
    ):
        done = run("export", *arguments)
        assert isinstance(done.exception, UsageError), arguments
        assert done.exception.remedy
        assert done.exception.exit_code == 2


@given(st.binary(max_size=300))
@example(b"\xfa\\\x89@")  # a character that Shift-JIS has two codes for
@settings(deadline=None)
def test_any_bytes_are_a_sheet_or_told_to_be_none(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "x.csv"
    path.write_bytes(data)
    try:
        sheet = Sheet(path, frozenset({"id"}))
    except UsageError:
        return
    assert sheet.to_bytes() == data
