"""Two batches compared: whose grade is another one, and by which checks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_batch import BLOG, RIGHT, UNGRADED, MadeAttempt, write_batch

from grader.cli.group import bpgrade
from grader.errors import UsageError
from grader.result import Outcome


def run(*arguments: object):
    return CliRunner().invoke(bpgrade, ["diff", *map(str, arguments)], standalone_mode=False)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    easier = replace(
        BLOG,
        checks=tuple(
            replace(one, outcome=Outcome.PASSED, points=one.max_points, diagnosis=())
            if one.function == "update"
            else one
            for one in BLOG.checks
        ),
        score=BLOG.score + 2,
    )
    before = [
        MadeAttempt("a", BLOG, "Ada"),
        MadeAttempt("b", RIGHT, "Bo"),
        MadeAttempt("c", UNGRADED, "Cy"),
        MadeAttempt("d", RIGHT, "Di"),
        MadeAttempt("e", BLOG, "Ed \x1b[2J"),
    ]
    other = replace(RIGHT, submission=replace(RIGHT.submission, sha256="1" * 64))
    after = [
        MadeAttempt("a", easier, "Ada"),
        MadeAttempt("b", RIGHT, "Bo"),
        MadeAttempt("c", RIGHT, "Cy"),
        MadeAttempt("e", other, "Ed \x1b[2J"),
        MadeAttempt("f", RIGHT, "Flo"),
    ]
    folder = tmp_path_factory.mktemp("diff")
    return write_batch(folder / "before", before), write_batch(folder / "after", after)


def test_what_changed_is_told_by_check_and_by_student(folders):
    done = run(*folders)
    assert done.return_value == 1
    text = done.stdout
    assert "4 grades compared, 5 different: 2 up, 0 down, 3 new, gone or ungraded." in text
    assert "2  failed -> passed: update: Both layers take one step downhill" in text
    assert "Ada (a), exercise3: 13 -> 15 (+2)\n" in text
    assert "Cy (c), exercise3: ungraded -> 20\n" in text
    assert "Di (d), exercise3: 20 -> absent\n" in text
    assert "Flo (f), exercise3: absent -> 20\n" in text
    assert "Ed \\x1b[2J (e), exercise3: 13 -> 20 (+7), another file\n" in text
    assert text.index("Ed ") < text.index("Ada ")  # the largest first
    assert "Bo (b)" not in text
    assert "\x1b" not in text


def test_programs_get_one_document(folders):
    done = run(*folders, "--json")
    document = json.loads(done.stdout)
    assert document["schema"] == "bpgrade-diff/1"
    assert document["compared"] == 4
    by_id = {one["student"]["id"]: one for one in document["differences"]}
    assert set(by_id) == {"a", "c", "d", "e", "f"}
    assert by_id["a"]["before"] == {"status": "graded", "score": 13.0}
    assert by_id["a"]["after"] == {"status": "graded", "score": 15.0}
    (check,) = by_id["a"]["checks"]
    assert (check["before"], check["after"]) == ("failed", "passed")
    assert (check["points_before"], check["points_after"]) == (0.0, 2.0)
    assert by_id["e"]["resubmitted"] is True
    assert by_id["a"]["resubmitted"] is False


def test_a_batch_is_no_different_from_itself(folders):
    done = run(folders[0], folders[0])
    assert done.return_value == 0
    assert done.stdout == "5 grades compared, no grade changed.\n"


def test_checks_that_came_and_went_are_told(tmp_path):
    fewer = replace(RIGHT, checks=RIGHT.checks[1:], score=18.0, max_score=18.0)
    before = write_batch(tmp_path / "1", [MadeAttempt("a", RIGHT)])
    after = write_batch(tmp_path / "2", [MadeAttempt("a", fewer)])
    done = run(before, after)
    assert "1  passed -> gone: forward: The hidden units are right" in done.stdout
    assert "a, exercise3: 20 -> 18 (-2)" in done.stdout
    assert "passed" in run(after, before).stdout


def test_a_long_list_is_cut_unless_asked_for(tmp_path):
    before = write_batch(tmp_path / "1", [MadeAttempt(f"{n:03d}", BLOG) for n in range(60)])
    after = write_batch(tmp_path / "2", [MadeAttempt(f"{n:03d}", RIGHT) for n in range(60)])
    assert "and 10 more; --all shows them" in run(before, after).stdout
    assert run(before, after, "--all").stdout.count("13 -> 20") == 60


def test_a_folder_of_no_batch_is_told(folders, tmp_path):
    done = run(folders[0], tmp_path)
    assert isinstance(done.exception, UsageError)
    assert "not the output folder of a batch" in done.exception.message
