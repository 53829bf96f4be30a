"""Repairs that recur: grouped over students, with a draft of a misconception that holds."""

from __future__ import annotations

import ast

import pytest
from batch_course import make_course
from command import run_command
from made_batch import COURSE, RIGHT, MadeAttempt, ParsedPage, write_batch
from made_results import check, result

from grader.author.draft import draft
from grader.report.pages.folder import write_pages
from grader.result import Diagnosis, Listing, Outcome, Place

REFERENCE = """
import numpy as np

def area(width, height, *, scale=1):
    half = width / 2
    other = width / 4
    total = half * height + other
    for turn in range(3):
        total = total + half * turn
    return np.sum(total), half
"""


def place(text: str, part: str, first_line: int = 1) -> Place:
    """The first line of a function in which a part stands."""
    for number, line in enumerate(text.split("\n")):
        if part in line:
            column = line.index(part)
            return Place("a.py", first_line + number, column, column + len(part), line)
    raise AssertionError(part)


def drafted(text: str, *parts: str, function: str = "area", title: str = "A wrong number"):
    listing = Listing(function, "a.py", 7, text)
    return draft(REFERENCE, listing, [place(text, part, 7) for part in parts], title)


@pytest.mark.parametrize(
    ("text", "parts", "edit"),
    [
        (  # in the student's own names
            "def area(w, h):\n    m = w / 3\n    return m",
            ["3"],
            None,  # width / 2 or width / 4: it could be either
        ),
        (
            "def area(w, h):\n    o = w / 4\n    m = w / 2\n    t = m * h - o\n    return t",
            ["m * h - o"],
            {"half * height + other": "half * height - other"},
        ),
        (
            "def area(w, h):\n    for k in range(5):\n        pass\n    return k",
            ["5"],
            {"3": "5"},
        ),
        (
            "def area(w, h):\n    o = w / 4\n    h2 = w / 2\n    é = h2 * h + o\n"
            "    return np.sum(é * 2), h2",
            ["é * 2"],
            {"np.sum(total)": "np.sum(total * 2)"},
        ),
        ("def area(w, h):\n    return own(w)", ["own(w)"], None),
        ("def area(w, h:\n    return 3", ["3"], None),
        ("def other(w, h):\n    return 3", ["3"], None),
    ],
)
def test_an_edit_of_the_reference_says_what_a_student_wrote(text, parts, edit):
    made = drafted(text, *parts)
    if edit is None:
        assert made is None
    else:
        assert made is not None
        assert made.edit == edit


WRONG = "def double(y):\n    twice = y * 2\n    return twice + 1\n"
REPAIR = Diagnosis(
    "repair: extra_term", "A term too many", "`twice + 1` holds it.", "exact", 3,
    (Place("double.py", 3, 11, 20, "    return twice + 1"),),
)  # fmt: skip


def test_author_verify_takes_the_draft(tmp_path):
    course = make_course(tmp_path / "course")
    reference = "def double(x):\n    value = x * 2\n    return value\n"
    (course / "solutions" / "double.py").write_text(
        reference.replace("    value", "    # BEGIN SOLUTION\n    value") + "    # END SOLUTION\n"
    )
    (course / "exercises" / "double.py").write_text(
        'def double(x):\n    raise NotImplementedError("double: put your own code here")\n'
    )
    listing = Listing("double", "double.py", 1, WRONG)
    made = draft(reference, listing, REPAIR.places, 'A term "too" {many}')
    assert made is not None
    assert made.edit == {"return value": "return value + 1"}
    ast.parse(made.code)
    (course / "exercises" / "double.md").write_text("# Twice\n\nDouble it with `double`.\n")
    probes = '@probe("double", returns="twice")\ndef one(rng):\n    return (rng.normal(),)\n'
    text = f"from grader.authoring import mistake, probe\n\n\n{probes}\n\n{made.code}"
    (course / "solutions" / "misconceptions_double.py").write_text(text)
    done = run_command("author", "verify", "--course", course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "misconception" in done.stdout


def test_the_class_page_tells_of_a_repair_that_recurs_and_of_no_other(tmp_path):
    text = "def update(w1, w2, g1, g2, rate):\n    return w1 - rate * g1, w2 - rate * g2 * 3"
    line = text.split("\n")[1]
    column = len(line) - 1
    found = Diagnosis(
        "repair: constant", "A wrong number", "The number `3` is wrong.", "exact", 2,
        (Place("exercise3.py", 2, column, column + 1, line),),
    )  # fmt: skip
    made = result(
        check("update", "Both layers", Outcome.FAILED, diagnosis=(found,)),
        listings=(Listing("update", "exercise3.py", 1, text),),
    )
    out = write_batch(
        tmp_path, [MadeAttempt("a", made), MadeAttempt("b", made), MadeAttempt("c", RIGHT)]
    )
    page = ParsedPage(write_pages(out, COURSE).read_text("utf-8"))
    assert "Mistakes to name" in page.text
    assert '{"learning_rate * gradient_2": "learning_rate * gradient_2 * 3"}' in page.text
    for path in (out / "report" / "students").iterdir():
        assert "@mistake" not in path.read_text("utf-8")
    once = write_batch(tmp_path / "once", [MadeAttempt("a", made), MadeAttempt("c", RIGHT)])
    assert "Mistakes to name" not in write_pages(once, COURSE).read_text("utf-8")
    without = ParsedPage(write_pages(out, None).read_text("utf-8"))
    assert "write it as a short program" in without.text
