"""An instructor's term: what was decided counts in the end, whatever is rerun or killed."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_course import CHECKS, HandIn, batch, command, gradescope_download
from command import run_command

STUDENTS = 120
FACTORS = {"double": 2.0, "triple": 3.0, "half": 0.5}
COURSE = """name = "term"
title = "A term"
packages = []
time_zone = "Europe/Berlin"
[late]
penalty_per_day = 10
[exercises.double]
title = "Twice"
[exercises.double.points]
double = 3
[exercises.double.by_hand.why]
title = "Why does it double?"
points = 2
[exercises.double.by_hand.why.rubric]
reason = { points = 1.5, text = "Gives the reason" }
example = { points = 0.5, text = "Gives an example" }
[exercises.triple]
title = "Three times"
deadline = 2026-10-24T18:00:00
[exercises.triple.points]
triple = 3
[exercises.half]
title = "Half"
[exercises.half.points]
half = 3
"""
ANSWERS = ("", "Since x and x are two x.", "Since x + x = 2 x, as 1 + 1 = 2.", "I do not know.")
ITEMS = ("none", "reason", "reason,example", "0")
WORTH = (0.0, 1.5, 2.0, 0.0)  # of the answers, by the rubric
LATE = ("s010", "s011", "s012")  # by two days of the calendar, which has an hour more
EXCUSED, WITHHELD, ABSENT = "s020", "s021", "s119"  # who is absent is in a group with s118
MOMENTS = random.Random(120)
WHY = ("--reason", "because", "--by", "kim")
Grades = dict[tuple[str, str], float | None]


def name_of(index: int) -> str:
    return f"s{index:03d}"


def checks_of(name: str) -> str:
    text = CHECKS.replace("double(2), 4", f"double(2), 2 * {FACTORS[name]}")
    return text.replace("double", name)


def source(name: str, index: int) -> str:
    """Every third is wrong but for the visible check of 1 point; there are few different files."""
    factor = FACTORS[name]
    body = f"x * {factor}" if index % 3 else f"{factor} * 2 if x == 2 else x - 1"
    answer = f"why = {ANSWERS[index % 4]!r}\n" if name == "double" else ""
    return f"{answer}def {name}(x):\n    return {body}\n"


class Term:
    """A course, its class, the folder of its grades, and the grades as they should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.course, self.out = folder / "course", folder / "out"
        self.submissions = folder / "class"
        self.people = folder / "class.csv"
        self.expected: Grades = {}
        self._write_course()
        self._write_class()

    def _write_course(self) -> None:
        texts = {"exercises/course.toml": COURSE}
        for name, factor in FACTORS.items():
            answer = 'why = "Since x + x = 2 x."\n' if name == "double" else ""
            stub = f"def {name}(x):\n    raise NotImplementedError\n"
            texts[f"exercises/{name}.py"] = stub
            texts[f"solutions/{name}.py"] = f"{answer}def {name}(x):\n    return {factor} * x\n"
            texts[f"solutions/check_{name}.py"] = checks_of(name)
        for path, text in texts.items():
            (self.course / path).parent.mkdir(parents=True, exist_ok=True)
            (self.course / path).write_text(text, "utf-8")

    def _write_class(self) -> None:
        handed = []
        people = ["id,name,group"]
        for index in range(STUDENTS):
            who = name_of(index)
            people.append(f"{who},Person {index:03d},{'blue' if index >= 118 else ''}")
            for name in FACTORS:
                self.expected[who, name] = 3.0 if index % 3 else 1.0
            self.expected[who, "double"] = None  # until somebody has graded the answer
            if who == ABSENT:
                self.expected |= {(who, name): self.expected["s118", name] for name in FACTORS}
                continue
            files = {f"{name}.py": source(name, index) for name in FACTORS}
            moment = "2026-10-26T16:30:00Z" if who in LATE else "2026-10-20T12:00:00Z"
            handed.append(HandIn(who, f"Person {index:03d}", moment, files))
        for who in LATE:
            self.expected[who, "triple"] = round(0.8 * (self.expected[who, "triple"] or 0.0), 9)
        gradescope_download(self.submissions, handed)
        self.people.write_text("\n".join(people) + "\n", "utf-8")

    @property
    def options(self) -> tuple[object, ...]:
        return "--roster", self.people, "--groups", self.people, "--workers", 1

    def grade(self) -> subprocess.CompletedProcess[str]:
        done = batch(self.course, self.submissions, self.out, *self.options)
        assert done.returncode == 0, done.stderr
        return done

    def kill_a_batch(self, longest: float) -> None:
        kill(command(self.course, self.submissions, self.out, *self.options), longest)

    def decide(self, *words: object) -> str:
        done = run_command("decide", self.out, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def finals(self) -> Grades:
        with (self.out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {
                (row["student_id"], row["exercise"]): float(row["final_score"])
                if row["final_score"]
                else None
                for row in csv.DictReader(file)
            }


def kill(words: list[str], longest: float) -> str:
    """Start a command, end it by kill -9 at a moment before `longest`, and return what it said."""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        time.sleep(MOMENTS.uniform(0.2, longest))
        process.send_signal(signal.SIGKILL)
        return process.stdout.read() if process.stdout else ""


def grade_answers(term: Term) -> None:
    """Grade what every student wrote, in a table that is read back twice: the second is nothing."""
    table = term.folder / "to_grade.csv"
    told = term.decide("--write", table, "--to-grade")
    assert f"{STUDENTS} parts to be graded by hand" in told
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        kind = ANSWERS.index("" if line["answer"] == "(nothing is written)" else line["answer"])
        assert line["value"] == ("none" if kind == 0 else "")
        line["value"] = ITEMS[kind]
        line["remark"] = "Read it again." if kind == 3 else ""
        index = int(line["student_id"][1:])
        term.expected[line["student_id"], "double"] = (3.0 if index % 3 else 1.0) + WORTH[kind]
        if line["student_id"] == ABSENT:
            term.expected[ABSENT, "double"] = term.expected["s118", "double"]
    half = lines[: STUDENTS // 2]
    for some in (half, lines[STUDENTS // 2 :]):
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, lines[0].keys())
            writer.writeheader()
            writer.writerows(some)
        term.decide("--read", table, "--by", "kim")


@pytest.mark.timeout(240)
def test_every_grade_of_a_term_is_as_decided(tmp_path: Path) -> None:
    term = Term(tmp_path)
    for longest in (0.8, 2.5):
        term.kill_a_batch(longest)
    assert "with parts that a person grades" in term.grade().stdout
    assert term.finals() == term.expected
    canvas, moodle = exported(term)
    assert (canvas["s001", "double"], canvas["s001", "triple"]) == ("", "3")
    assert moodle["s001", "double"] == ""

    # the first half of the term
    grade_answers(term)
    assert term.finals() == term.expected
    decide(term, "s000", "half", "2.5", "--score", "2.5")
    decide(term, "s118", "half", "1", "--score", "1")  # s119, of the same group, keeps theirs
    decide(term, EXCUSED, "triple", None, "--excuse")
    decide(term, WITHHELD, "half", None, "--withhold")
    decide(term, "s010", "triple", "3", "--extend", "+2")
    decide(term, "s006", "triple", "2", "--points", "test_any=1")
    assert term.finals() == term.expected

    # a changed check gives all their points in `triple`; another answer, and kill -9
    checks = term.course / "solutions" / "check_triple.py"
    checks.write_text(checks_of("triple").replace("rng.normal()", "2"), "utf-8")
    changed = term.submissions / "submission_1" / "double.py"
    changed.write_text(source("double", 2).replace("as 1 + 1", "for 3 + 3"), "utf-8")
    term.kill_a_batch(2.0)
    told = term.grade().stderr
    assert "s001), double: why graded: reason; decided on another answer" in told
    assert "s006), triple: test_any decided at 1 points" in told
    for index in range(0, STUDENTS, 3):
        who = name_of(index)
        if who not in (EXCUSED, "s006"):
            term.expected[who, "triple"] = 2.4 if who in LATE and who != "s010" else 3.0
    assert term.finals() == term.expected
    decide(term, "s001", "double", "5", "--grade", "why=all")

    # decisions that are killed: what was reported holds
    for index in (30, 31, 32, 33):
        words = ["decide", term.out, name_of(index), "half", "--score", "0.5", *WHY]
        said = kill([sys.executable, "-m", "grader", *map(str, words)], 1.2)
        now = term.finals()[name_of(index), "half"]
        if said:
            assert now == 0.5 or "half: " not in said
        term.decide(name_of(index), "half", "--score", "0.5", *WHY)
        term.expected[name_of(index), "half"] = 0.5

    # the check goes back to what it was, and to another name
    checks.write_text(checks_of("triple").replace("def test_any", "def test_each"), "utf-8")
    term.kill_a_batch(2.0)
    term.grade()
    for index in range(0, STUDENTS, 3):
        who = name_of(index)
        if who not in (EXCUSED, "s006"):
            term.expected[who, "triple"] = 0.8 if who in LATE and who != "s010" else 1.0
    assert term.finals() == term.expected

    canvas, moodle = exported(term)
    for place, final in term.expected.items():
        words = "" if final is None else f"{final:g}"
        assert moodle.get(place, "") == words, place
        assert canvas[place] == ("EX" if place == (EXCUSED, "triple") else words), place


def decide(term: Term, who: str, exercise: str, final: str | None, *words: str) -> None:
    """Decide, and expect what that makes of the grade."""
    reason = () if words[0] == "--grade" else ("--reason", "because")
    term.decide(who, exercise, *words, *reason, "--by", "kim")
    term.expected[who, exercise] = None if final is None else float(final)


def exported(term: Term) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return what Canvas's and Moodle's gradebooks get."""
    titles = ["double (1)", "triple (2)", "half (3)"]
    into, canvas = term.folder / "canvas.csv", term.folder / "to_canvas.csv"
    lines = [f"Student,ID,SIS User ID,SIS Login ID,Section,{','.join(titles)}"]
    lines.append("    Points Possible,,,,,5.00,3.00,3.00")
    for index in range(STUDENTS):
        who = name_of(index)
        lines.append(f"Person {index:03d},{index},{who},{who},A,,,")
    into.write_text("\n".join(lines) + "\n", "utf-8")
    done = run_command("export", "canvas", term.out, "--into", into, "-o", canvas)
    assert done.returncode == 0, done.stderr
    with canvas.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["ID"]]
    to_canvas = {
        (row["SIS User ID"], title.partition(" ")[0]): row[title]
        for row in rows
        for title in titles
    }
    moodle = term.folder / "to_moodle.csv"
    done = run_command("export", "moodle", term.out, "-o", moodle)
    assert done.returncode == 0, done.stderr
    with moodle.open(encoding="utf-8-sig", newline="") as file:
        to_moodle = {
            (row["ID number"], name): row.get(name, "")
            for row in csv.DictReader(file)
            for name in FACTORS
        }
    return to_canvas, to_moodle
