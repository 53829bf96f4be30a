"""What an instructor decides: a term of it, and that nothing of it is ever lost."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from batch_course import CHECKS, HandIn, batch, command, gradescope_download
from command import run_command
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.description import Description, GradedExercise
from grader.batch.late import Lateness
from grader.batch.records import Student
from grader.course import LatePolicy, load_course
from grader.decisions.decision import Basis, Decision, in_force
from grader.decisions.decisions_table import decisions_table, read_table
from grader.decisions.final_grade import ScoredAttempt, final_grade
from grader.decisions.proposing import DecidedBatch
from grader.decisions.record import NAME, append, read_decisions, repair
from grader.decisions.remarks import remarks
from grader.decisions.results import BatchResults, StudentAttempts
from grader.errors import UsageError

FACTORS = {"double": "2", "triple": "3", "half": "0.5"}
COURSE = """name = "term"
title = "A term"
packages = []
time_zone = "Europe/Berlin"
[late]
penalty_per_day = 10
"""
EXERCISE = """[exercises.{name}]
title = "{name}"
{deadline}
[exercises.{name}.points]
{name} = 3
"""
DEADLINES = {"double": "2026-10-24T18:00:00", "triple": "2026-11-20T18:00:00"}
STUDENTS = 24
LATE_BY_TWO_DAYS = ("s03", "s04")
NOTHING = "s99"


def checks_of(name: str) -> str:
    text = CHECKS.replace("double(2), 4", f"double(2), 2 * {FACTORS[name]}")
    return text.replace("double", name)


def write_course(folder: Path) -> Path:
    """Write three exercises; two have a deadline, one of them where summer time ends."""
    parts = [COURSE]
    for name, factor in FACTORS.items():
        deadline = f"deadline = {DEADLINES[name]}" if name in DEADLINES else ""
        parts.append(EXERCISE.format(name=name, deadline=deadline))
        for path, text in {
            f"exercises/{name}.py": f"def {name}(x):\n    raise NotImplementedError\n",
            f"solutions/{name}.py": f"def {name}(x):\n    return {factor} * x\n",
            f"solutions/check_{name}.py": checks_of(name),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    (folder / "exercises" / "course.toml").write_text("".join(parts), "utf-8")
    return folder


def source(name: str, index: int) -> str:
    """Every third student is wrong but for the visible check of 1 point."""
    factor = FACTORS[name]
    body = f"x * {factor}" if index % 3 else f"{factor} * 2 if x == 2 else x - 1"
    return f"def {name}(x):\n    return {body}\n"


def write_class(folder: Path) -> Path:
    """Write a download of Gradescope: who is late by two days, and who by none."""
    handed = []
    for index in range(STUDENTS):
        who = f"s{index:02d}"
        files = {f"{name}.py": source(name, index) for name in FACTORS}
        # by the clock a half hour less than two days late, and 48.5 hours, for summer time ended
        moment = "2026-10-26T16:30:00Z" if who in LATE_BY_TWO_DAYS else "2026-10-20T12:00:00Z"
        handed.append(HandIn(who, f"Person {index:02d}", moment, files))
    gradescope_download(folder, handed)
    people = [f"s{index:02d},Person {index:02d}" for index in range(STUDENTS)]
    (folder.parent / "class.csv").write_text(
        "\n".join(["id,name", *people, f"{NOTHING},Kurt"]) + "\n", "utf-8"
    )
    return folder


class DecidedTerm:
    """A course, its class, and the folder of its grades."""

    def __init__(self, folder: Path) -> None:
        self.course = write_course(folder / "course")
        self.submissions = write_class(folder / "class")
        self.out = folder / "out"
        self.roster = folder / "class.csv"

    def grade(self, *more: object) -> subprocess.CompletedProcess[str]:
        done = batch(
            self.course, self.submissions, self.out, "--roster", self.roster, "--workers", 1, *more
        )
        assert done.returncode == 0, done.stderr
        return done

    def decide(self, *words: object) -> str:
        done = run_command("decide", self.out, *words, "--by", "kim")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: object) -> str:
        before = decided_bytes(self.out)
        done = run_command("decide", self.out, *words, "--by", "kim")
        assert done.returncode == 2, done.stdout
        assert "Traceback" not in done.stderr
        assert decided_bytes(self.out) == before
        return done.stderr

    def rows(self) -> dict[tuple[str, str], dict[str, str]]:
        return read_grades(self.out)

    def finals(self) -> dict[tuple[str, str], str]:
        return {key: row["final_score"] for key, row in self.rows().items()}


def decided_bytes(out: Path) -> bytes:
    return (out / NAME).read_bytes() if (out / NAME).exists() else b""


def read_grades(out: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["student_id"], row["exercise"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    """A graded class that nothing has been decided on."""
    folder = tmp_path_factory.mktemp("term")
    DecidedTerm(folder).grade()
    return folder


@pytest.fixture
def term(graded: Path, tmp_path: Path) -> DecidedTerm:
    copy = shutil.copytree(graded, tmp_path / "term")
    made = object.__new__(DecidedTerm)
    made.course, made.submissions = copy / "course", copy / "class"
    made.out, made.roster = copy / "out", copy / "class.csv"
    return made


WHY = ("--reason", "because")


@pytest.mark.thorough
def test_a_term_ends_with_every_grade_as_decided(term: DecidedTerm, tmp_path: Path) -> None:
    undecided = term.finals()
    assert undecided["s01", "double"] == "3"
    assert undecided["s03", "double"] == "0.8"  # 1 of 3, and two days late
    assert undecided["s04", "double"] == "2.4"
    assert undecided["s99", "half"] == ""

    told = term.decide("s00", "double", "--score", "2,5", "--reason", "solved on paper")
    assert "Person 00 (s00), double: 1 -> 2.5" in told
    told = term.decide("Person 06", "triple", "--points", "test_any=1.5", *WHY)
    assert "Person 06 (s06), triple: 1 -> 2.5" in told
    term.decide("s04", "double", "--extend", "+2", *WHY)
    term.decide("s03", "all", "--waive-lateness", *WHY)
    term.decide("s05", "half", "--excuse", "--comment", "Get well", *WHY)
    term.decide("s07", "half", "--withhold", *WHY)
    term.decide("s99", "triple", "--score", 2, *WHY)
    told = term.decide("s08", "double", "--score", 0, *WHY)
    number = told.split()[0]
    assert term.finals()["s08", "double"] == "0"
    assert "took back decision" in term.decide("--undo", number)
    expected = {
        **undecided,
        ("s00", "double"): "2.5",
        ("s06", "triple"): "2.5",
        ("s04", "double"): "3",
        ("s03", "double"): "1",
        ("s05", "half"): "",
        ("s07", "half"): "",
        ("s99", "triple"): "2",
    }
    assert term.finals() == expected
    row = term.rows()["s00", "double"]
    assert (row["automatic_score"], row["decided_score"]) == ("1", "2.5")
    assert (row["decision"], row["reason"]) == ("score", "solved on paper")

    # first rerun: another submission, and a check that gives everyone its points
    (term.submissions / "submission_0" / "double.py").write_text(source("double", 1), "utf-8")
    checks = term.course / "solutions" / "check_triple.py"
    checks.write_text(checks_of("triple").replace("rng.normal()", "2"), "utf-8")
    done = term.grade()
    assert "8 decisions hold; 2 to look at" in done.stderr
    assert (
        "Person 00 (s00), double: decided at 2.5 of 3, would now get 3 (1 when it was decided);"
        " another submission counts since" in done.stderr
    )
    now_right = {("s06", "triple"): "3"} | {  # 1.5 is decided for the check that it passes by now
        (f"s{index:02d}", "triple"): "3" for index in range(0, STUDENTS, 3)
    }
    expected |= now_right | {("s06", "triple"): "2.5"}
    assert term.finals() == expected
    listed = run_command("decide", term.out, "--list").stdout
    assert "test_any decided at 1.5 points, would now get 3 (1 when it was decided)" in listed

    assert run_command("report", term.out, "--course", term.course).returncode == 0
    index = (term.out / "report" / "index.html").read_text("utf-8")
    assert "Decided, and changed since" in index
    assert "decided at 2.5 of 3, would now get 3 (1 when it was decided)" in index

    # the instructor looks; second rerun
    term.decide("s00", "double", "--confirm")
    term.decide("--undo", next(line.split()[0] for line in listed.splitlines() if "s06" in line))
    expected["s06", "triple"] = "3"
    checks.write_text(checks_of("triple").replace("def test_any", "def test_each"), "utf-8")
    done = term.grade()
    assert "to look at" not in done.stderr
    expected |= {(f"s{index:02d}", "triple"): "1" for index in range(0, STUDENTS, 3)}
    expected["s03", "triple"] = undecided["s03", "triple"]
    assert term.finals() == expected

    exported(term, expected, tmp_path)
    assert_pages(term)


def exported(term: DecidedTerm, expected: dict[tuple[str, str], str], folder: Path) -> None:
    """Hold the gradebooks against what was decided."""
    people = [*(f"s{index:02d}" for index in range(STUDENTS)), NOTHING]
    lines = ["Student,ID,SIS User ID,SIS Login ID,Section,double (1),triple (2),half (3)"]
    lines.append("    Points Possible,,,,,3.00,3.00,3.00")
    lines += [
        f"{'Kurt' if who == NOTHING else 'Person ' + who[1:]},{who},{who},{who},A,,,"
        for who in people
    ]
    into, canvas = folder / "canvas.csv", folder / "to_canvas.csv"
    into.write_text("\n".join(lines) + "\n", "utf-8")
    done = run_command("export", "canvas", term.out, "--into", into, "-o", canvas)
    assert done.returncode == 0, done.stderr
    assert "1 excused: EX" in done.stdout
    assert "1 withheld: no grade written" in done.stdout
    with canvas.open(encoding="utf-8", newline="") as file:
        table = {row["ID"]: row for row in csv.DictReader(file) if row["ID"]}
    for (who, name), final in expected.items():
        cell = next(value for title, value in table[who].items() if title.startswith(name))
        assert cell == ("EX" if (who, name) == ("s05", "half") else final), (who, name)
    moodle = folder / "to_moodle.csv"
    done = run_command("export", "moodle", term.out, "-o", moodle)
    assert done.returncode == 0, done.stderr
    with moodle.open(encoding="utf-8-sig", newline="") as file:
        table = {row["ID number"]: row for row in csv.DictReader(file)}
    handed = {key: final for key, final in expected.items() if final}
    assert {(who, name): table[who][name] for who, name in handed} == handed
    assert table["s05"]["half"] == table["s07"]["half"] == ""


def assert_pages(term: DecidedTerm) -> None:
    assert run_command("report", term.out, "--course", term.course).returncode == 0
    pages = {path.name[:3]: path.read_text("utf-8") for path in term.out.rglob("students/*.html")}
    assert "Your instructor decided: 2.5 / 3 points count." in pages["s00"]
    assert "solved on paper" not in pages["s00"]  # a reason is for those who teach
    assert "You are excused" in pages["s05"]
    assert "Get well" in pages["s05"]
    withheld = pages["s07"].partition('id="e2"')[0].rpartition('id="e1"')[0] + pages["s07"]
    assert "Your grade is withheld for now" in withheld
    half = pages["s07"].partition('id="e2"')[2].partition('id="e3"')[0]
    assert "def half" not in half
    assert "3 / 3" not in half
    index = (term.out / "report" / "index.html").read_text("utf-8")
    assert "excused" in index
    assert "withheld" in index


def test_an_extension_is_counted_by_the_courses_own_clock(term: DecidedTerm) -> None:
    """From Saturday 18:00 to Monday 17:30 it is 48.5 hours, for summer time ends in between."""
    assert term.rows()["s04", "double"]["late_days"] == "2"
    one_day = term.decide("s04", "double", "--extend", "1 day", *WHY)
    assert "2.4 -> 2.7" in one_day
    term.decide("all", "all", "--extend", "2026-10-26 17:30", *WHY)
    assert term.rows()["s04", "double"]["late"] == "no"
    assert term.finals()["s03", "double"] == "1"
    term.decide("--undo", "2")
    assert term.finals()["s04", "double"] == "2.7"
    assert term.finals()["s03", "double"] == "0.8"
    # an extension to the second is right, and one second less is not
    term.decide("s04", "double", "--extend", "2026-10-26 17:29:59", *WHY)
    assert term.rows()["s04", "double"]["late_days"] == "1"
    term.decide("s04", "double", "--extend", "2026-10-26 17:30:00", *WHY)
    assert term.rows()["s04", "double"]["late"] == "no"
    # a later deadline in course.toml is never undone by an earlier extension
    path = term.course / "exercises" / "course.toml"
    path.write_text(path.read_text("utf-8").replace("2026-10-24T18", "2026-10-30T18"), "utf-8")
    term.grade()
    assert term.rows()["s03", "double"]["late"] == "no"


REFUSED = [
    (("ada", "double", "--score", 1, *WHY), "nobody in this class is called ada"),
    (("s00", "doubel", "--score", 1, *WHY), "did you mean double?"),
    (("s00", "double", "--score", 1), "needs a reason"),
    (("s00", "double", "--score", 4, *WHY), "4 points are more than double has: 3"),
    (("s00", "double", "--score", "-1", *WHY), "is no number of points"),
    (("s00", "double", "--score", "nan", *WHY), "is no number of points"),
    (("all", "double", "--score", 1, *WHY), "is for one student and one exercise"),
    (("s00", "double", "--points", "test_an=1", *WHY), "did you mean test_any?"),
    (("s00", "double", "--points", "1", *WHY), "gives no check points"),
    (("s00", "double", "--points", "test_two=2", *WHY), "more than test_two has: 1"),
    ((NOTHING, "double", "--points", "test_two=1", *WHY), "decide a score"),
    (("s00", "half", "--extend", "+1", *WHY), "no deadline that could be extended"),
    (("s00", "double", "--extend", "2026-10-01", *WHY), "is not after the deadline"),
    (("s00", "double", "--extend", "soon", *WHY), "is no deadline"),
    (("s00", "double", "--score", 1, "--excuse", *WHY), "answer one question"),
    (("s00", "double", "--confirm"), "nothing has been decided"),
    (("s00", "double"), "nothing is decided"),
    (("s00", "--score", 1, *WHY), "whose grade, and for what?"),
    (("--undo", 7), "there is no decision 7"),
    (("--undo", 1, "--list"), "one thing at a time"),
]


def test_what_cannot_be_so_is_refused_in_a_line(term: DecidedTerm) -> None:
    for words, told in REFUSED:
        assert told in term.refused(*words), words
    assert (
        "is not the output folder of a batch"
        in run_command("decide", term.course, "s00", "double", "--excuse", *WHY).stderr
    )
    assert not (term.course / "writing.lock").exists()


def test_a_table_is_written_edited_and_read_back(term: DecidedTerm) -> None:
    term.decide("s00", "double", "--score", 2, "--reason", "=1+1")
    term.decide("s01", "double", "--extend", "2026-11-01 12:00", *WHY)
    term.decide("s02", "double", "--score", 1, *WHY)
    table = term.out.parent / "decisions.csv"
    term.decide("--write", table)
    data = table.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b",'=1+1," in data
    assert "Nothing new" in term.decide("--read", table)
    # as a spreadsheet in German saves it: semicolons, decimal commas, and a line more
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    rows[1][6] = "2,5"
    rows[3][4] = "undo"
    rows.append(["", "Person 09", "", "half", "excused", "", "", "krank, Attest", "", ""])
    german = io.StringIO(newline="")
    csv.writer(german, delimiter=";").writerows(rows)
    table.write_bytes(german.getvalue().encode("utf-16"))
    term.decide("--read", table)
    finals = term.finals()
    assert finals["s00", "double"] == "2.5"
    assert finals["s02", "double"] == "3"
    assert finals["s09", "half"] == ""
    assert term.rows()["s09", "half"]["reason"] == "krank, Attest"
    # nothing holds unless all lines do
    rows[1:] = [
        ["", "s10", "", "double", "score", "", "1", "good", "", ""],
        ["", "s11", "", "double", "score", "", "many", "bad", "", ""],
        [],
        ["", "s12", "", "double", "scored", "", "1", "bad", "", ""],
        ["", "s10", "", "double", "excused", "", "", "bad", "", ""],
        ["77", "s10", "", "double", "withheld", "", "", "bad", "", ""],
        ["3", "s13", "", "double", "score", "", "1", "bad", "", ""],
    ]
    plain = io.StringIO(newline="")
    csv.writer(plain).writerows(rows)
    table.write_text(plain.getvalue(), "utf-8")
    told = term.refused("--read", table)
    assert "5 lines of" in told
    assert "line 3: 'many' is no number of points" in told
    assert "line 5: 'scored' is no decision" in told
    assert "line 6: line 2 decides the same" in told
    assert "line 7: there is no decision 77" in told
    assert "line 8: decision 3 has been taken back already" in told
    table.write_text("id,mark\n1,2\n", "utf-8")
    assert "has no column student_id" in term.refused("--read", table)


def test_an_edited_grades_csv_is_noticed_and_its_scores_can_be_taken_in(term: DecidedTerm) -> None:
    term.decide("s00", "double", "--score", 2, *WHY)
    path = term.out / "grades.csv"
    assert "edited" not in run_command("export", "csv", term.out).stderr
    text = path.read_text("utf-8")
    lines = [edited(line) for line in text.splitlines()]
    path.write_text("\r\n".join(lines) + "\r\n", "utf-8-sig")
    told = run_command("export", "csv", term.out).stderr
    assert "grades.csv was edited; grades are not read from it" in told
    assert f"bpgrade decide {term.out} --read {path} --reason WHY" in told
    told = term.grade("--quiet").stderr
    kept = term.out / "grades-edited-1.csv"
    assert f"--read {kept}" in told
    assert path.read_text("utf-8") == text
    assert "edited" not in term.grade().stderr
    assert "needs a reason" in term.refused("--read", kept)
    term.decide("--read", kept, "--reason", "seen in class")
    assert term.finals()["s00", "double"] == "2.5"
    assert term.finals()["s01", "half"] == "1.25"
    assert term.rows()["s01", "half"]["reason"] == "seen in class"
    assert "Nothing new" in term.decide("--read", kept, *WHY)
    kept.write_text("\n".join(lines).replace("graded,3,3,no,0,0,3,", "graded,2,3,no,0,0,3,", 1))
    assert "put the grade that should count into final_score" in term.refused("--read", kept, *WHY)


def edited(line: str) -> str:
    cells = line.split(",")
    if cells[0] == "s00" and cells[2] == "double":
        cells[11] = "2.5"
    if cells[0] == "s01" and cells[2] == "half":
        cells[11] = "1.25"
    return ",".join(cells)


def test_feedback_and_diff_show_what_was_decided(term: DecidedTerm, tmp_path: Path) -> None:
    before = shutil.copytree(term.out, tmp_path / "before")
    term.decide("s01", "half", "--withhold", "--comment", "Come and see me", *WHY)
    term.decide("s02", "half", "--score", 1, *WHY)
    term.decide("s03", "half", "--excuse", *WHY)
    done = run_command("diff", before, term.out)
    assert done.returncode == 1
    assert "Person 01 (s01), half: 3 -> withheld" in done.stdout
    assert "Person 02 (s02), half: 3 -> 1 (-2), as decided" in done.stdout
    assert "Person 03 (s03), half: 1 -> excused" in done.stdout

    from grader.decisions.results import read_graded
    from grader.gradebook.feedback_zip import pack_canvas

    named = {
        one.grade.student.id: one for one in read_graded(term.out) if one.grade.exercise == "half"
    }
    packed = pack_canvas(
        replace(
            one,
            records=tuple(
                replace(each, file=f"person_{number}_2_half.py", kept=True) for each in one.records
            ),
            grade=replace(
                one.grade, attempt=replace(one.grade.attempt, file=f"person_{number}_2_half.py")
            ),
        )
        for number, one in enumerate(named.values(), start=1)
        if one.records
    )
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts["person_2_2_half.py"] == (
        "# Your grade is withheld for now. Ask your instructor.\n"
        "# Your instructor: Come and see me\n"
    )
    assert texts["person_3_2_half.py"].startswith(
        "# Your instructor decided: 1 / 3 points count.\n"
    )
    assert "You are excused" in texts["person_4_2_half.py"]


def test_nothing_that_was_reported_is_lost_to_kill_9(term: DecidedTerm) -> None:
    """Kill `decide` and `batch` at random moments, which a seed makes the same ones each time."""
    moments = random.Random(17)
    reported: dict[str, str] = {}
    decide = [sys.executable, "-m", "grader", "decide", str(term.out)]
    for turn in range(12):
        who, points = f"s{turn + 1:02d}", f"{turn / 8:g}"
        words = [*decide, who, "half", "--score", points, "--reason", "x", "--by", "kim"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(moments.uniform(0.15, 0.9))
            process.send_signal(signal.SIGKILL)
            output = process.stdout.read() if process.stdout else ""
        if output:
            reported[who] = points
        if turn % 4 == 3:
            with subprocess.Popen(
                command(term.course, term.submissions, term.out, "--roster", term.roster),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                time.sleep(moments.uniform(0.3, 2.0))
                process.send_signal(signal.SIGKILL)
    term.decide("s00", "half", "--score", 1.5, *WHY)
    term.grade()
    finals = term.finals()
    assert {who: finals[who, "half"] for who in reported} == reported
    assert finals["s00", "half"] == "1.5"
    held = {one.student: one.value for one in read_decisions(term.out)}
    for (who, name), final in finals.items():
        if name == "half" and who not in held and who != NOTHING:
            assert final in ("1", "3")


def test_a_line_cut_off_anywhere_costs_no_decision_but_its_own(tmp_path: Path) -> None:
    first = append(tmp_path, [Decision("score", "a", "x", "1", reason="Grüße")])
    kept = (tmp_path / NAME).read_bytes()
    append(tmp_path, [Decision("score", "b", "x", "2"), Decision("excused", "c", "x")])
    whole = (tmp_path / NAME).read_bytes()
    for cut in range(len(kept), len(whole)):
        (tmp_path / NAME).write_bytes(whole[:cut])
        assert read_decisions(tmp_path) == first
        told = repair(tmp_path)
        assert bool(told) is (cut > len(kept))
        assert (tmp_path / NAME).read_bytes() == kept
    asides = sorted(tmp_path.glob(f"{NAME}.cut-off-*"), key=lambda path: path.stat().st_size)
    assert asides[-1].read_bytes() == whole[len(kept) : -1]
    [third] = append(tmp_path, [Decision("score", "d", "x", "3")])
    assert third.number == 2
    damaged = (tmp_path / NAME).read_bytes().replace(b'"value": "1"', b'"value": "9"')
    (tmp_path / NAME).write_bytes(damaged)
    with pytest.raises(UsageError, match=r"line 1 of .* is damaged: its digest does not fit"):
        append(tmp_path, [Decision("score", "d", "x", "3")])
    assert (tmp_path / NAME).read_bytes() == damaged


ONE = ScoredAttempt(
    1, 1, "a.py", "graded", None, Lateness(None, None, 0.0), 1.0, 1.0, "f", {"c": (1.0, 2.0)}, True
)
BATCH = Description(
    "made", LatePolicy(), None, {"x": GradedExercise(3.0, datetime(2026, 1, 1), "v")}, ()
)


@given(st.lists(st.tuples(st.sampled_from(["score", "excused", "undo"]), st.integers(1, 12))))
@settings(max_examples=60)
def test_the_last_answer_that_stands_counts(asked: list[tuple[str, int]]) -> None:
    """Against the plainest reading of the record: the last one that no undo in force names."""
    decisions = [
        Decision(kind, "a", "x", str(value if kind == "undo" else value % 4), number=number)
        for number, (kind, value) in enumerate(asked, start=1)
        if kind != "undo" or value < number
    ]
    standing = {one.number for one in decisions}
    for one in reversed(decisions):
        if one.kind == "undo" and one.number in standing:
            standing.discard(int(one.value))
    answers = [one for one in decisions if one.number in standing and one.kind != "undo"]
    held = in_force(decisions).on("a", "x")
    grade = final_grade(Student("a", "A"), "x", [ONE], BATCH, held)
    if not answers:
        assert (grade.final, grade.decided, grade.standing) == (1.0, None, "counts")
    elif answers[-1].kind == "excused":
        assert (grade.final, grade.standing) == (None, "excused")
    else:
        assert grade.final == grade.decided == answers[-1].points


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
CELLS = st.one_of(
    TEXT, st.sampled_from(["a", "all", "x", "1", "score", "points", "undo", "extension", "c", "+1"])
)


@given(st.lists(st.lists(CELLS, max_size=10), max_size=5), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=150, deadline=None)
def test_whatever_a_table_holds_it_is_decided_or_refused_by_line(
    tmp_path_factory, rows: list[list[str]], separator: str
) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    file = io.StringIO(newline="")
    table = csv.writer(file, delimiter=separator)
    columns = "number,student_id,name,exercise,decision,check,value,reason,by,at"
    table.writerow(columns.split(","))
    table.writerows(rows)
    path.write_bytes(file.getvalue().encode("utf-8-sig"))
    decided = made_bench()
    told = ""
    read: tuple[Decision, ...] = ()
    try:
        read = read_table(path, decided, by="kim", reason="why")
    except UsageError as error:
        told = error.message
    assert not told or "line " in told
    assert all(one.kind == "undo" or one == decided.checked(one) for one in read)


@given(st.lists(TEXT, min_size=2, max_size=2), st.sampled_from([1.0, 0.25, 2.5]))
@settings(max_examples=80, deadline=None)
def test_a_table_is_read_back_as_it_was_written(
    tmp_path_factory, texts: list[str], points: float
) -> None:
    comment, reason = (" ".join(text.split()) or "x" for text in texts)
    held = [
        Decision("score", "a", "x", f"{points:g}", reason=reason, number=1),
        Decision("comment", "a", "x", comment, reason=reason, number=2),
        Decision("extension", "all", "all", "2026-12-05 18:00", reason=reason, number=3),
        Decision("points", "a", "x", "1", "c", reason=reason, number=4),
    ]
    path = tmp_path_factory.mktemp("table") / "t.csv"
    path.write_text(decisions_table(held), encoding="utf-8", newline="")
    assert read_table(path, made_bench(*held), by="kim", reason="") == ()
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


def made_bench(*decisions: Decision) -> DecidedBatch:
    results = BatchResults(BATCH, (StudentAttempts(Student("a", "A", "id"), "x", (ONE,)),))
    held = decisions or (
        Decision("score", "a", "x", "1", reason="r", number=1, basis=Basis("f", "v", 1.0, 3.0)),
    )
    return DecidedBatch(results, held)


def test_points_for_a_check_that_is_gone_still_count_also_once_confirmed() -> None:
    asked = Decision(
        "points", "a", "x", "1.5", "gone", reason="r", number=1,
        basis=Basis("f", "of before", 1.0, 3.0, 0.25),
    )  # fmt: skip
    decided = made_bench(asked)
    grade = decided.grades["a", "x"]
    assert grade.final == 1.0 + 1.5 - 0.25
    [remark] = remarks(grade)
    assert "that check is gone, and what it made up for still counts" in remark
    [confirmed] = decided.confirmed("A", "x", by="kim")
    after = made_bench(asked, replace(confirmed, number=2)).grades["a", "x"]
    assert after.final == grade.final
    assert remarks(after) == ()


def test_the_record_is_one_document_a_line(term: DecidedTerm) -> None:
    term.decide("s00", "double", "--score", 2, "--comment", "Well done", *WHY)
    [line] = decided_bytes(term.out).splitlines()
    first, second = json.loads(line)["decisions"]
    assert (first["number"], first["kind"], first["by"]) == (1, "score", "kim")
    assert (second["number"], second["kind"], second["value"]) == (2, "comment", "Well done")
    assert datetime.fromisoformat(first["at"]).tzinfo
    assert first["basis"]["automatic"] == 1.0
    assert load_course(term.course).time_zone is not None


def test_a_decision_on_who_is_gone_is_said(term: DecidedTerm) -> None:
    term.decide(NOTHING, "double", "--score", 2, *WHY)
    people = term.roster.read_text("utf-8").replace(NOTHING, "s98")
    term.roster.write_text(people, "utf-8")
    assert "decision 1 is about nobody in this batch: Kurt (s99), double: score 2" in (
        term.grade().stderr
    )
    assert "1 is about nobody in this batch" in term.decide("--list")
    (term.out / NAME).write_bytes(decided_bytes(term.out).replace(b'"2"', b'"3"'))
    done = batch(term.course, term.submissions, term.out)
    assert done.returncode == 2
    assert "line 1 of" in done.stderr
    assert "is damaged" in done.stderr


def test_what_was_decided_for_one_of_a_group_is_not_told_to_the_others(term: DecidedTerm) -> None:
    from grader.decisions.results import Graded, read_graded
    from grader.gradebook.feedback_zip import pack_canvas

    def packed() -> tuple[int, str]:
        named = "team_1_2_half.py"
        members: list[Graded] = []
        for one in read_graded(term.out):
            grade = one.grade
            if grade.student.id in ("s01", "s02") and grade.exercise == "half" and grade.attempt:
                attempt = replace(grade.attempt, file=named)
                # the very same file, of which one result is
                shared = members[0].records if members else one.records
                members.append(Graded(replace(grade, attempt=attempt), shared))
        found = pack_canvas(members)
        return found.files, "".join(found.left_out)

    assert packed() == (1, "")
    term.decide("s02", "half", "--withhold", *WHY)
    files, told = packed()
    assert files == 0
    assert "differs between the members" in told
