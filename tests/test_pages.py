"""The pages as files: what they say, what they never say, and that nothing in them can act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from made_batch import (
    BLOG,
    COURSE,
    LOOPING,
    MARKED,
    NOT_STARTED,
    RARE_RESULT,
    RIGHT,
    START,
    UNGRADED,
    MadeAttempt,
    ParsedPage,
    class_of,
    lines_of,
    write_batch,
)
from made_results import SWAPPED, check, result, results

from grader.batch.description import read_description
from grader.batch.late import Lateness
from grader.batch.records import LeftOver, Student
from grader.batch.results_reader import read_records
from grader.cli.group import bpgrade
from grader.decisions.results import read_graded
from grader.errors import UsageError
from grader.report.pages.class_page import class_page
from grader.report.pages.counting import count
from grader.report.pages.course_drawing import CourseDrawings, wrong_entries
from grader.report.pages.folder import page_name, write_pages
from grader.report.pages.rows import handing, row
from grader.report.pages.student_page import Work, student_page
from grader.result import Listing, Outcome

ACTIVE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><script>", "]]><!--",
    "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "{{ 7 * 7 }}", "{% for x in y %}",
    "\x1b[2J\x1b[31m", "\u202eevil", "\u2066x", "&lt;b&gt;", "javascript:alert(1)", "\ud800", "\0",
    "</template></tr></table><h1>", "=cmd|' /C calc'!A0", "$x$", "\r\n\r", "</textarea><b>",
)  # fmt: skip
HOSTILE = st.text(max_size=60) | st.sampled_from(ACTIVE) | st.text(st.sampled_from("<>&\"'/={}%"))
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
AMOUNTS = st.floats(0, 100)


def page_of(*made, **more) -> ParsedPage:
    works = [Work(one.exercise, one) for one in made]
    return ParsedPage(student_page(works, name=more.pop("name", "exercise3.py"), **more))


def assert_harmless(text: str) -> ParsedPage:
    """Hold a page against what no student's text may bring about."""
    page = ParsedPage(text)
    assert len(page.all("script")) == 1
    assert len(page.all("style")) == 1
    assert not BIDI.search(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    for tag, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], tag
        assert tag not in ("iframe", "object", "embed", "img", "base", "link", "textarea")
        target = attributes.get("href") or ""
        assert re.fullmatch(r"(#[\w-]*|(\.\./)?[\w./-]*\.html)?", target), target
        assert "src" not in attributes
    return page


def assert_policy(text: str) -> None:
    """Hold a page's policy against what is really in it."""
    policy = next(
        meta["content"]
        for meta in ParsedPage(text).all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


@given(results(HOSTILE, AMOUNTS), HOSTILE)
@settings(deadline=None, max_examples=40)
def test_nothing_in_a_result_is_active_in_its_page(made, name: str):
    text = student_page([Work(made.exercise, made, name)], name=name, identity=name + "x")
    text.encode()
    assert_harmless(text)
    assert_policy(text)


@given(st.lists(results(HOSTILE, AMOUNTS), min_size=1, max_size=4), HOSTILE)
@settings(deadline=None, max_examples=10)
def test_nothing_in_a_class_is_active_in_its_page(tmp_path_factory, made, name: str):
    folder = tmp_path_factory.mktemp("hostile")
    handed = [MadeAttempt(f"{number}{name}", one, name) for number, one in enumerate(made)]
    write_batch(folder, handed, [Student(f"m{name}", name)], [LeftOver(name, name)])
    rows = [row(one, f"students/{page_name(one.grade.student)}") for one in read_graded(folder)]
    text = class_page(count(rows), name, [LeftOver(name, name)])
    text.encode()
    assert_harmless(text)
    assert_policy(text)


def test_hostile_words_are_there_to_be_read():
    words = "<script>alert('x')</script> \x1b[31mred \u202egnp.exe"
    made = result(
        check("forward", words, Outcome.ERROR, feedback=words, hint=words),
        output=words,
        warnings=(words,),
    )
    text = page_of(made, name=words).text
    shown = "<script>alert('x')</script> \\x1b[31mred \\u202egnp.exe"
    assert text.count(shown) >= 6


def test_endless_texts_are_cut():
    endless = "x" * 10_000_000
    lines = "y\n" * 1_000_000
    made = result(
        *(check(f"f{n}", endless, Outcome.ERROR, feedback=endless, hint=lines) for n in range(5)),
        output=lines + endless,
        warnings=(endless,) * 100,
    )
    made = replace(made, listings=(Listing("f0", endless, 1, endless),))
    text = student_page([Work(endless, made)], name=endless)
    assert len(text) < 3_000_000
    assert "more characters" in text


def test_the_same_result_gives_the_same_page_and_no_other():
    draw = CourseDrawings(COURSE).draw
    made = replace(
        MARKED,
        checks=tuple(
            replace(one, wrong=("gradient_1[0, 0]",)) if one.function == "gradient" else one
            for one in MARKED.checks
        ),
    )
    first = student_page([Work("exercise3", made)], name="a", draw=draw)
    again = student_page([Work("exercise3", made)], name="a", draw=CourseDrawings(COURSE).draw)
    assert first == again
    other = replace(made, checks=made.checks[:-1])
    assert student_page([Work("exercise3", other)], name="a", draw=draw) != first


def test_the_mistake_stands_at_the_students_own_line():
    page = page_of(MARKED)
    classes = [(attributes.get("class") or "").split() for tag, attributes in page.elements]
    hits = [index for index, found in enumerate(classes) if "hit" in found]
    notes = [index for index, found in enumerate(classes) if "at-line" in found]
    assert len(hits) == len(notes) == 1
    assert hits[0] < notes[0]
    line = page.text.index("back_0 = delta[0] * weight_2[1][0]")
    assert line < page.text.index(SWAPPED.title, line) < page.text.index("return back_0")
    assert page.text.count(SWAPPED.message) == 1
    assert "The update reads the transposed entry" in page.text  # which has no listing here
    assert "13 / 20" in page.text


def test_a_student_never_reads_what_a_check_says_when_it_fails_itself():
    text = page_of(UNGRADED).text
    assert "0.1234" not in text
    assert "KeyError" not in text
    assert "No score yet: the grader failed" in text
    assert "not your fault" in text


def test_full_marks_a_part_and_nothing_read_differently():
    assert "Everything is right." in page_of(RIGHT).text
    partly = replace(RIGHT, not_run=("the hidden checks",))
    assert "Everything is right." not in page_of(partly).text
    assert "20 / 20 so far" in page_of(partly).text
    unread = ParsedPage(student_page([Work("exercise3", None)], name="a"))
    assert "could not be read" in unread.text


def test_lateness_and_attempts_are_told(tmp_path):
    late = Lateness(True, 2, 20.0)
    handed = [
        MadeAttempt("ada", BLOG, "Ada", number=1, of=2, submitted=START),
        MadeAttempt("ada", RIGHT, "Ada", number=2, of=2, submitted=START + timedelta(days=3),
               lateness=late),
    ]  # fmt: skip
    write_pages(write_batch(tmp_path, handed), None)
    (path,) = (tmp_path / "report" / "students").iterdir()
    text = ParsedPage(path.read_text("utf-8")).text
    assert "Handed in 2 days late: 20 % off." in text
    assert "16 points count." in text
    assert "2026-11-05 09:00" in text


def test_the_course_draws_the_wrong_entries_and_equal_ones_once():
    drawings = CourseDrawings(COURSE)
    wrong = check("gradient", "G", Outcome.FAILED, wrong=("gradient_1[0, 0]",))
    other = check("update", "U", Outcome.TIMEOUT)
    first, second = drawings.draw(result(wrong)), drawings.draw(result(wrong, seed=5))
    assert first is second
    assert first is not None
    assert "the gradient of w1." in first.told
    assert "style=" not in first.svg
    both = drawings.draw(result(wrong, other))
    assert both is not None
    assert "the update of w1, w2, w3, w4, w5, w6, w7, w8" in both.told
    assert drawings.draw(RIGHT) is None
    assert drawings.draw(result(wrong, exercise="exercise1")) is None
    assert drawings.draw(result(wrong, course="another")) is None
    unit = check("forward", "F", Outcome.FAILED, wrong=("output[1]",))
    forward = drawings.draw(result(unit, exercise="exercise1"))
    assert forward is not None
    assert "Dashed is what is wrong: output unit 1." in forward.told
    assert wrong_entries(result(check("update", "in place", Outcome.FAILED))) == {}


@pytest.fixture(scope="module")
def made_class(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    missing = [Student("t1", "Nobody, \u0627\u062d\u0645\u062f"), Student("t2", "=cmd()")]
    return write_batch(folder, class_of(40), missing, [LeftOver("a/notes.pdf", "no .py")])


def test_a_class_is_counted_right(made_class):
    records = list(read_records(made_class))
    rows = [row(one, "x.html") for one in read_graded(made_class) if one.records]
    counted = count(rows, [place for one in records if (place := handing(one))])
    (exercise,) = counted.exercises
    assert (counted.students, len(exercise.scores), exercise.without) == (40, 39, 1)
    assert exercise.full == sum(one.standing == "full" for one in rows) == 14
    assert counted.rows[0].standing == "ungraded"
    assert counted.without_grade[0].reason == "The outputs are right: KeyError: secret 0.1234"
    blog = sum(one.standing == "lost" for one in rows) - 2
    assert [(one.title, len(one.rows)) for one in counted.mistakes] == [
        ("Index swapped", blog),
        ("The update reads the transposed entry", blog),
        ("A rare mistake", 2),
    ]
    (group,) = counted.groups
    assert group.likeness.told == "A rare mistake"
    assert {one.student.id for one in group.rows} == {"s00007", "s00008"}
    assert counted.hardest is not None
    assert counted.hardest.share == max(one.share for one in counted.checks)
    lost = sum(one.max_score - one.score for one in rows if one.score is not None)
    assert sum(one.lost for one in counted.checks) == pytest.approx(lost)
    assert len(counted.handings) == len(records)


def test_what_to_reteach_is_what_costs_most_with_the_share_of_that_exercise(tmp_path):
    handed = [MadeAttempt(f"s{n}", MARKED) for n in range(3)] + [MadeAttempt("r", RIGHT)]
    handed += [
        MadeAttempt(f"s{n}", result(check("loss", "L")), exercise="exercise1") for n in range(9)
    ]
    write_batch(tmp_path, handed, [Student("t", "Nobody")])
    counted = count(row(one, "") for one in read_graded(tmp_path))
    swapped, update = counted.costliest
    assert (swapped.title, len(swapped.rows), swapped.handed_in) == ("Index swapped", 3, 4)
    assert (swapped.share, swapped.cost, update.cost) == (0.75, 15.0, 6.0)
    assert swapped.example.excerpt is not None
    assert "back_0 = delta[0]" in swapped.example.excerpt.text
    text = ParsedPage(class_page(counted, "course", [])).text
    assert "3 of the 4 who handed in exercise3 (75 %), 15 points lost in all." in text
    assert "back_0 = delta[0] * weight_2[1][0]" in text
    assert (counted.students, counted.absent) == (11, 1)
    one, three = counted.exercises
    assert (one.handed_in, three.handed_in, three.missing) == (9, 4, 1)
    totals = {each.student.id: (each.points, each.of) for each in counted.totals}
    assert totals == {"t": (0, 22), "r": (20, 22)} | {
        f"s{n}": (13 * (n < 3) + 2, 22) for n in range(9)
    }


def whole_file(outcome: Outcome, cause: str):
    feedback = "running exercise3.py raised an exception:"
    names = ("forward", "gradient")
    return result(*(check(n, n, outcome, cause=cause, feedback=feedback) for n in names))


@pytest.mark.parametrize(
    ("made", "kind", "told"),
    [
        (NOT_STARTED, "not_started", ""),
        (LOOPING, "loops", "gradient took over 3 s"),
        (whole_file(Outcome.ERROR, "SyntaxError in line 3"), "unloadable", "SyntaxError in line 3"),
        (whole_file(Outcome.TIMEOUT, "took over 3 s"), "loops", "forward: took over 3 s"),
        (
            result(check("forward", "F"), check("update", "U", Outcome.DIED)),
            "crashes",
            "update",
        ),
        (
            replace(
                result(
                    check(
                        "loss",
                        "L",
                        Outcome.NOT_IMPLEMENTED,
                        feedback="no loss (These failed, see the warnings: x)",
                    )
                ),
                warnings=("line 1 `import torch`: no module torch",),
            ),
            "crashes",
            "line 1 `import torch`: no module torch",
        ),
        (RARE_RESULT, None, None),
        (RIGHT, None, None),
    ],
)
def test_what_is_not_there_or_breaks_is_told_apart_from_what_is_wrong(tmp_path, made, kind, told):
    write_batch(tmp_path, [MadeAttempt("a", made)])
    (only,) = (row(one, "") for one in read_graded(tmp_path))
    assert (only.trouble and only.trouble.kind, only.trouble and only.trouble.told) == (kind, told)
    text = ParsedPage(class_page(count([only]), "course", [])).text
    assert ("Not there yet" in text) == (kind is not None)


def test_nobody_is_said_to_share_a_mistake_that_many_make(tmp_path):
    graded = list(read_graded(write_batch(tmp_path, [MadeAttempt(f"{n}", BLOG) for n in range(6)])))
    assert count(row(one, "") for one in graded).groups == ()
    unlike = [MadeAttempt(f"s{n}", RIGHT) for n in range(20)] + [MadeAttempt("a", RARE_RESULT)]
    graded = list(read_graded(write_batch(tmp_path, unlike)))
    assert count(row(one, "") for one in graded).groups == ()


def test_the_report_writes_a_page_for_each_and_takes_old_ones_away(made_class):
    students = made_class / "report" / "students"
    students.mkdir(parents=True, exist_ok=True)
    (students / "gone.html").write_text("old")
    (students / "mine.txt").write_text("kept")
    done = CliRunner().invoke(bpgrade, ["report", str(made_class)], standalone_mode=False)
    assert done.exception is None
    index = (made_class / "report" / "index.html").read_text("utf-8")
    page = assert_harmless(index)
    assert_policy(index)
    assert "0.1234" in page.text  # which is for who teaches
    links = {one["href"] for one in page.all("a") if str(one.get("href")).startswith("students/")}
    written = {f"students/{path.name}" for path in students.glob("*.html")}
    assert links == written
    assert len(written) == 40
    assert (students / "mine.txt").exists()
    for path in list(students.glob("*.html"))[:3]:
        assert_policy(path.read_text("utf-8"))
    missing = read_description(made_class).missing
    assert [student.name for student, _ in missing][1] == "=cmd()"
    assert "=cmd()" in page.text


def test_no_page_names_another_student(made_class):
    write_pages(made_class, None)
    for path in (made_class / "report" / "students").glob("*.html"):
        named = set(re.findall(r"Person \d+", path.read_text("utf-8")))
        assert len(named) == 1


def test_rows_beyond_what_is_shown_wait_in_the_page(made_class):
    rows = [row(one, "x.html") for one in read_graded(made_class) if one.records]
    text = class_page(count(rows), "course", [], limit=15)
    outside, inside = text.split("<template")
    assert (outside.count("<tr data-status"), inside.count("<tr data-status")) == (15, 25)


def test_names_of_pages_are_plain_and_never_the_same():
    people = [
        Student(id, name)
        for id in (
            "a",
            "A",
            "a b",
            "a_b",
            "é",
            "\u674e",
            "../../etc",
            "x" * 300,
            "",
            "con",
            "\ud800",
        )
        for name in ("", "Ada", "Bob")
    ]
    names = [page_name(one) for one in people]
    assert len({name.lower() for name in names}) == len(people)
    assert all(re.fullmatch(r"[a-z0-9-]{1,72}\.html", name) for name in names)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / "results.jsonl").unlink(), "not the output folder"),
        (lambda folder: (folder / "results.jsonl").write_text("{}\n"), "line 1 of"),
        (lambda folder: (folder / "results.jsonl").write_text("[" * 99_999), "line 1 of"),
        (lambda folder: (folder / "batch.json").unlink(), "not the output folder"),
        (lambda folder: (folder / "batch.json").write_text("{}"), "damaged"),
        (lambda folder: (folder / "decisions.jsonl").write_text("{}\n"), "line 1 of"),
        (lambda folder: (folder / "left_over.csv").write_text("x\n1\n"), "damaged"),
    ],
)
def test_a_damaged_folder_is_told_in_a_line(tmp_path, damage, told):
    write_batch(tmp_path, [MadeAttempt("a", RIGHT)])
    damage(tmp_path)
    with pytest.raises(UsageError, match=told) as raised:
        write_pages(tmp_path, None)
    assert raised.value.remedy


def test_results_are_read_back_as_they_were_written(made_class):
    kept = lines_of(made_class)
    records = list(read_records(made_class))
    assert [json.loads(one.result.to_json()) for one in records if one.result] == [
        line["result"] for line in kept
    ]
    assert [one.automatic for one in records] == [line["automatic_score"] for line in kept]


def test_check_writes_the_page_of_one_file(tmp_path):
    blog = COURSE.folder / "docs" / "examples" / "exercise3.py"
    page = tmp_path / "feedback.html"
    done = CliRunner().invoke(
        bpgrade, ["check", str(blog), "--html", str(page)], standalone_mode=False
    )
    assert done.return_value == 1
    text = page.read_text("utf-8")
    assert_policy(text)
    shown = assert_harmless(text)
    assert "The network. Dashed is what is wrong" in shown.text
    assert "back_0 = delta[0]" in shown.text
    for wrong in (tmp_path / "a.txt", tmp_path / "no" / "a.html"):
        refused = CliRunner().invoke(
            bpgrade, ["check", str(blog), "--html", str(wrong)], standalone_mode=False
        )
        assert isinstance(refused.exception, UsageError)
    assert {path.name for path in tmp_path.iterdir()} == {"feedback.html"}
