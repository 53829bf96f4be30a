"""The terminal report: what it says, and that nothing in a submission can act on the terminal."""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_results import BLOG, SWAPPED, check, result, results
from rich.cells import cell_len
from rich.console import Console

from grader.language import reading
from grader.report.arrangement import findings, score_text, sentence
from grader.report.page import Page
from grader.report.safe_text import visible
from grader.report.terminal import render, render_text
from grader.result import Outcome, Result, SubmissionInfo

WIDTHS = (40, 60, 80, 120)
AMOUNTS = st.floats(0, 100) | st.floats(0, 1e9) | st.integers(0, 20).map(float)

# What a hostile submission would print: sequences that clear, colour, move and reorder.
HOSTILE = st.text(
    st.characters(exclude_categories=())
    | st.sampled_from("\x1b\r\n\t\x00\x07\x7f\x9b\u202e\u2066\u2028\ufeff\ud800界é[]/ 20")
) | st.sampled_from(
    ["\x1b[2J\x1b[H20 / 20", "\r20 / 20", "20 / 20", "\n20 / 20\n", "[bold red]20 / 20[/]", "[/]"]
)
SCORE_LINE = re.compile(r"^\d[\d.]* / \d", re.MULTILINE)


def on_terminal(made: Result, width: int = 80, **options: object) -> str:
    file = io.StringIO()
    settings = {"force_terminal": True, "color_system": "standard", "legacy_windows": False}
    render(made, Console(file=file, width=width, **{**settings, **options}))
    return file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        ("the file cannot be loaded", "The file cannot be loaded."),
        ("train ended the whole process", "train ended the whole process."),
        ("exercise1.py: line 3 is no Python", "exercise1.py: line 3 is no Python."),
        ("line 3: x is not defined", "Line 3: x is not defined."),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_it_begins_with_a_name(cause: str, shown: str):
    assert sentence(cause, "train") == shown


def test_the_first_ten_rows_say_what_is_wrong():
    for width in WIDTHS:
        top = words("\n".join(render_text(BLOG, width).splitlines()[:10]).replace("┃", ""))
        assert "exercise3.py" in top
        assert "exercise3 of backpropagation" in top
        assert "Index swapp" in top
        assert "✗ gradient: The gradient of the hidden" in top
    top = words("\n".join(render_text(BLOG, 80).splitlines()[:10]))
    assert "Index swapped line 31" in top
    assert "gradient_1[0, 0] uses weight_2[1, 0]; the path from hidden 0 to output 1" in top


def test_the_whole_report_of_the_blogs_mistakes():
    text = render_text(BLOG, 84)
    assert text.splitlines()[1:5] == [
        " ✓ forward   ━━━━━━━━━━━━  4 / 4",
        " ✗ gradient  ━━━━────────  3 / 8  Index swapped",
        " ✗ update    ━━━━━━──────  2 / 4  The update reads the transposed entry",
        " ✓ train     ━━━━━━━━━━━━  4 / 4",
    ]
    assert "isolation" not in text  # it is no student's business, and stands in the document
    assert text.count(words(SWAPPED.message)[:40]) == 1
    assert text.count("Index swapped") == 2  # in the table, and where it is explained
    assert "The same mistake shows in" in text
    assert "Hint: Which two paths lead from hidden unit 0 to the loss?" in text
    assert "  │ loss 0.29065086742565893" in text
    assert text.splitlines()[-1] == "13 / 20"
    assert text.index("Index swapped  line 31") < text.index("gradient_1: 4 of 4 entries differ.")


def test_a_line_number_stays_with_its_word():
    located = replace(SWAPPED, title="Index swapped in the sum", line=40)
    made = result(check("forward", "Right", Outcome.FAILED, diagnosis=(located,)))
    for width in range(24, 60):
        assert "line 40" in render_text(made, width)
        with reading("zh_CN"):
            rows = render_text(made, width).splitlines()
        assert any("第 40 行" in row for row in rows)
        assert all(cell_len(row) <= width for row in rows)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_index_is_never_broken_across_rows(width: int):
    rows = render_text(BLOG, width).splitlines()
    assert not [row for row in rows if row.count("[") != row.count("]") and "0.86" not in row]


def test_a_likely_diagnosis_is_said_to_be_one():
    likely = replace(SWAPPED, certainty="likely", line=None)
    made = result(check("forward", "Right", Outcome.FAILED, diagnosis=(likely,)))
    assert "Probably: Index swapped\n" in render_text(made)


def test_stubs_get_kind_words_and_no_wall_of_failures():
    names = {"forward": 4, "gradient": 8, "update": 4, "train": 1}
    made = result(
        *(
            check(name, f"check {i} of {name}", Outcome.NOT_IMPLEMENTED, points=points / 4)
            for name, points in names.items()
            for i in range(4)
        )
    )
    text = render_text(made)
    assert "gradient: not written yet, it is worth 8 points\n" in text
    assert "train: not written yet, it is worth 1 point\n" in text
    assert "A good start is forward" in text
    assert "✗" not in text
    assert "lost" not in text
    assert "check 1" not in text
    assert text.splitlines()[-1] == "0 / 17"
    assert len(text.splitlines()) < 16


def test_a_function_that_is_written_in_part_says_so():
    made = result(
        check("gradient", "Output weights"),
        check("gradient", "Hidden weights", Outcome.NOT_IMPLEMENTED, points=3),
    )
    assert "gradient: a part is not written yet, it is worth 3 points" in render_text(made)


def test_a_file_that_cannot_be_loaded_is_told_once():
    reason = "exercise3.py, line 12: '(' was never closed\n\n    forward(x\n           ^"
    made = result(
        *(
            check(name, f"Check {i}", Outcome.ERROR, feedback=reason, hint=f"hint {i}")
            for i, name in enumerate(["forward", "forward", "gradient", "update"])
        )
    )
    text = render_text(made)
    assert text.count("'(' was never closed") == 1
    assert "      forward(x\n             ^\n" in text
    assert "None of the 4 checks could be made" in text
    assert "8 points lost" in text
    assert "hint" not in text


def test_checks_that_end_alike_are_told_once_with_all_their_titles():
    made = result(
        check("forward", "Fine"),
        check("gradient", "First", Outcome.TIMEOUT, feedback="no answer within 3 s"),
        check("gradient", "Second", Outcome.TIMEOUT, feedback="no answer within 3 s"),
        check("update", "Third", Outcome.DIED, feedback="the process ended"),
        check("train", "Fourth", Outcome.DIED, feedback="the process ended"),
    )
    text = render_text(made)
    assert text.count("no answer within 3 s") == text.count("the process ended") == 1
    assert "✗ gradient  " in text
    assert "✗ update, train  " in text
    assert all(title in text for title in ("First", "Second", "Third", "Fourth"))


def test_wrong_values_of_two_functions_are_never_merged():
    made = result(
        check("forward", "First", Outcome.FAILED, feedback="The check failed."),
        check("gradient", "Second", Outcome.FAILED, feedback="The check failed."),
    )
    assert [one.functions for one in findings(made)] == [("forward",), ("gradient",)]


def test_ungraded_says_whose_fault_it_is_not_and_shows_no_score():
    made = result(
        check("forward", "Right"),
        check("gradient", "Left", Outcome.GRADER_ERROR, feedback="KeyError in the check"),
        check("gradient", "Wrong", Outcome.FAILED, feedback="off by 3 %"),
        status="ungraded",
    )
    text = render_text(made)
    assert "The grader failed. This is not your fault and does not count." in words(text)
    assert "KeyError in the check" in text
    assert "off by 3 %" in text
    assert text.splitlines()[-1] == "No score: the grader failed"
    assert not re.search(r"\d / \d|lost", text)


def test_a_partial_run_never_reads_as_full_marks():
    right = result(check("forward", "Right", points=20))
    whole = render_text(right).splitlines()[-1]
    part = render_text(replace(right, not_run=("hidden checks",)))
    assert whole == "20 / 20  everything is right"
    assert part.splitlines()[-1] == "Not everything is counted yet: 20 / 20 so far"
    assert "Left out\n  · hidden checks\n" in part
    assert "everything is right" not in part


@pytest.mark.parametrize(
    ("score", "maximum", "text"),
    [
        (14, 20, "14 / 20"),
        (4 / 3, 4, "1.33 / 4"),
        (12.5, 20, "12.5 / 20"),
        (0, 0, "0 / 0"),
        (19.999, 20, "19.99 / 20"),
        (20, 20, "20 / 20"),
        (100, 1000, "100 / 1000"),
    ],
)
def test_scores_are_short_and_never_rounded_up_to_full_marks(score, maximum, text):
    assert score_text(score, maximum) == text


def test_output_is_cut_to_its_last_rows():
    text = render_text(replace(BLOG, output="".join(f"line {i}\n" for i in range(5000))))
    assert "Your code printed, the last 20 lines" in text
    assert "  │ line 4999\n" in text
    assert "line 4980\n" in text
    assert "line 4979\n" not in text
    endless = render_text(replace(BLOG, output="x" * 65536))
    assert len(endless.splitlines()) < 60


def test_long_feedback_and_long_lists_are_cut():
    made = result(
        check("forward", "Right", Outcome.FAILED, feedback="row\n" * 9000),
        warnings=tuple(f"warning {i}" for i in range(500)),
    )
    text = render_text(made)
    assert "and 490 more" in text
    assert len(text.splitlines()) < 70


def test_a_result_without_checks_is_drawn():
    assert render_text(result(status="ungraded")).endswith("No score: the grader failed\n")
    assert render_text(result())


@given(results(HOSTILE, AMOUNTS), st.sampled_from(WIDTHS))
@settings(deadline=None)
def test_nothing_gets_out_but_plain_rows_that_fit(made: Result, width: int):
    text = render_text(made, width)
    assert text.endswith("\n")
    assert all(character == "\n" or character.isprintable() for character in text)
    assert max(map(cell_len, text.split("\n"))) <= width
    text.encode("utf-8")


@given(results(HOSTILE, AMOUNTS))
@settings(deadline=None)
def test_on_a_terminal_only_our_own_styles_get_out(made: Result):
    text = re.sub(r"\x1b\[[\d;]*m", "", on_terminal(made))
    assert text == render_text(made)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@settings(deadline=None)
def test_no_text_of_a_submission_forges_the_score_line(name, output, feedback, message):
    wrong = check(
        "forward",
        "Right",
        Outcome.FAILED,
        feedback=feedback,
        diagnosis=(replace(SWAPPED, message=message, title=feedback),),
    )
    submission = SubmissionInfo(name=name, sha256="", size=0)
    made = result(wrong, output=output, submission=submission, warnings=(message,))
    text = render_text(made)
    assert SCORE_LINE.findall(text) == ["0 / 2"]
    assert text.endswith("\n0 / 2\n")


TITLES = st.lists(st.sampled_from(["alpha", "beta", "gamma", "[bold]", "[/]", "δ"]), min_size=1)


@given(st.lists(st.tuples(TITLES, st.sampled_from(Outcome)), min_size=1), st.sampled_from(WIDTHS))
@settings(deadline=None)
def test_every_failed_check_has_its_title_in_the_report(checks, width: int):
    made = result(*(check("forward", " ".join(title), outcome) for title, outcome in checks))
    text = words(render_text(made, width))
    told_once = "checks could be made" in text
    for title, outcome in checks:
        if outcome not in (Outcome.PASSED, Outcome.NOT_IMPLEMENTED) and not told_once:
            assert words(" ".join(title)) in re.sub(r" \d+ points (lost|waiting)", "", text)


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(["utf-8", "cp1252", "ascii"]))
@settings(deadline=None)
def test_visible_text_is_printable_and_encodable(text: str, encoding: str):
    shown = visible(text, encoding, lines=False)
    assert shown.isprintable()
    shown.encode(encoding)
    if text.isascii() and text.isprintable():
        assert shown == text


def test_markup_is_shown_as_it_was_written():
    text = on_terminal(replace(BLOG, output="[red]no[/red] [link=http://x]y[/link] :smile:"))
    assert "[red]no[/red] [link=http://x]y[/link] :smile:" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_console_without_box_characters_gets_ascii(encoding: str):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    render(replace(BLOG, output="naïve 界\n"), Console(file=file, width=80, legacy_windows=False))
    file.flush()
    text = raw.getvalue().decode(encoding)
    assert " x gradient  ####........  3 / 8  Index swapped" in text
    assert r"\u754c" in text
    assert ("ï" in text) is (encoding != "ascii")


def test_no_styles_where_there_is_no_terminal(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    file = io.StringIO()
    render(BLOG, Console(file=file, width=80, legacy_windows=False))
    assert file.getvalue() == render_text(BLOG)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render_text(BLOG)


def test_no_colour_is_honoured_on_a_terminal(monkeypatch):
    coloured = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d)(?:;\d+)*m")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured.search(on_terminal(BLOG))
    assert coloured.search(render_text(BLOG, color=True))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured.search(on_terminal(BLOG))


def test_a_page_narrower_than_any_terminal_is_drawn():
    assert Page(Console(file=io.StringIO(), width=3)).width == 20
    assert "exercise3" in render_text(BLOG, 20)


def test_importing_the_package_does_not_import_rich():
    code = "import sys, grader.report; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_drawing_imports_no_heavy_part_of_rich():
    code = (
        "import sys; from grader.report.terminal import render_text\n"
        "heavy = {'rich.markdown', 'rich.syntax', 'rich.progress', 'rich.table', 'pygments'}\n"
        "sys.exit(' '.join(heavy & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert run.stderr.strip() == ""


def test_the_picture_for_the_readme_loads_nothing_from_elsewhere():
    path = Path(__file__).parent.parent / "docs" / "make_terminal_svg.py"
    spec = importlib.util.spec_from_file_location("make_terminal_svg", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    svg = module.picture([BLOG, replace(BLOG, output="</text><script>\x1b]0;x\x07")])
    ElementTree.fromstring(svg)
    assert "@font-face" not in svg
    assert not re.search(r"url\((?!#)|href|<script|@import", svg)
    assert "Index" in svg
    assert module.picture([BLOG]) == module.picture([BLOG])
