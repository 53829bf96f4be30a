"""What each platform is told: of the six recorded submissions, and of any result at all."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_results import check, result, results
from platform_cases import FIGURE, FUNCTIONS, HERE, PLACE, SHARES, SUBMISSIONS, recorded
from platform_validity import VALID
from thoroughness import thorough

from grader.batch.late import Lateness
from grader.language import reading
from grader.platforms.assessment import Assessment, added_up, exact
from grader.platforms.github import encoded_size
from grader.platforms.platform import PlatformPaths, Surroundings
from grader.platforms.registry import NAMES, platform
from grader.result import Diagnosis, Outcome

# they have no points: a part of what is right counts as nothing
WITHOUT_POINTS = {"dodona", "junit", "artemis"}


def valid(name: str, texts, folder: Path) -> list[str]:
    if name == "coursera" and sys.version_info >= (3, 12):
        pytest.skip("coursera_autograder runs on Python 3.11 and earlier")
    return VALID[name](texts, folder)


def documents(name: str, assessment: Assessment):
    return platform(name).documents(assessment, PLACE)


@pytest.mark.parametrize("case", SUBMISSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_documents_of_the_recorded_submissions(name: str, case: str, tmp_path: Path) -> None:
    texts = documents(name, recorded(case))
    folder = HERE / "expected" / name / case
    expected = {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert {file or "stdout": text for file, text in texts.items()} == expected
    names = valid(name, texts, tmp_path)
    assert len(set(names)) == len(names)
    share = platform(name).share(texts)
    if SHARES[case] is None:
        assert share is None
        assert any("ot graded" in text for text in texts.values())
    elif name not in WITHOUT_POINTS or SHARES[case] in (0, 1):
        assert share == pytest.approx(SHARES[case])


@pytest.mark.parametrize("name", NAMES)
def test_the_missing_submission_is_told_why(name: str) -> None:
    text = "\n".join(documents(name, recorded("missing")).values())
    assert "Nothing was submitted" in text


@pytest.mark.parametrize("name", NAMES)
def test_documents_are_in_the_readers_language(name: str) -> None:
    with reading("zh_CN"):
        late, missing = documents(name, recorded("late")), documents(name, recorded("missing"))
        told = _unescaped("\n".join(late.values()))
        nothing = _unescaped("\n".join(missing.values()))
    assert name == "okpy" or "分" in told
    assert "Submitted" not in told
    assert "未评分" in nothing
    assert "ot graded" not in nothing
    # whoever tries a package reads another language
    assert platform(name).share(late) == platform(name).share(documents(name, recorded("late")))
    assert platform(name).share(missing) is None


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("name", NAMES)
def test_the_mistake_is_named(name: str) -> None:
    texts = documents(name, recorded("blog", hidden="visible"))
    text = "\n".join(texts.values()).replace("\\", "")
    assert "read at the transposed index" in text


AWKWARD = st.text(
    st.sampled_from("ab \n\r\t\0\x1b\u202e\ud800\ufffe<>&\"'`|:>-[]{}()$*_#é漢☃%"), max_size=30
)
AMOUNTS = st.sampled_from([0.0, 0.5, 1 / 3, 2 / 3, 1.0, 2.5, 20.0])


@st.composite
def assessments(draw) -> Assessment:
    found = draw(results(AWKWARD, AMOUNTS))
    checks = [
        check(
            draw(st.sampled_from(["forward", "gradient", "update", "train"])),
            one.title,
            one.outcome,
            points=one.max_points,
            feedback=one.feedback,
            hint=one.hint,
            diagnosis=one.diagnosis,
        )
        for one in found.checks
    ]
    # each platform's names of problems are those of the exercise's functions
    for function in ("forward", "gradient", "update", "train"):
        checks.append(check(function, "All of it"))
    made = result(*checks, output=found.output, warnings=found.warnings, not_run=found.not_run)
    return Assessment(
        made,
        problem=draw(st.sampled_from(["", "", "why not"])),
        exercise="exercise3",
        notes=tuple(draw(st.lists(AWKWARD, max_size=2))),
        hidden=draw(st.sampled_from(["visible", "after_due_date", "hidden"])),
        leaderboard=draw(st.booleans()),
        figure=FIGURE,
        functions=FUNCTIONS,
    )


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(assessment=assessments())
def test_any_result_makes_a_valid_document(
    name: str, assessment: Assessment, tmp_path: Path
) -> None:
    texts = documents(name, assessment)
    names = valid(name, texts, tmp_path)
    assert len(set(names)) == len(names)
    share = platform(name).share(texts)
    assert (share is None) == (assessment.graded is None)
    if share is not None and name not in WITHOUT_POINTS:
        assert share == pytest.approx(float(assessment.share), abs=1e-6)
        assert (share == 1) == (assessment.share == 1)


@pytest.mark.parametrize("text", ["::error::x", ":::", "a :::: b", "##[error]x", "###[group]"])
def test_the_runner_of_github_reads_no_command_in_feedback(text: str) -> None:
    lost = check("forward", "one", Outcome.FAILED, points=1.0, feedback=text)
    document = json.loads(documents("github", Assessment(result(lost)))["result.json"])
    message = document["tests"][0]["message"]
    assert "::" not in message
    assert "##[" not in message
    assert message.count(":") >= text.count(":")


def test_amounts_are_exact_and_rounded_once() -> None:
    thirds = [check("forward", f"part {i}", points=1 / 3) for i in range(2)]
    lost = check("forward", "part 2", Outcome.FAILED, points=1 / 3)
    found = Assessment(result(*thirds, lost, score=0.666666667, max_score=1.0))
    assert found.share == Fraction(2, 3)
    assert sum(test.points for test in found.tests) == Fraction(2, 3)
    text = documents("classroom50", found)["result.json"]
    assert '"score": 2,' in text
    assert '"max-score": 3,' in text
    assert exact(0.1) + exact(0.2) == exact(0.3)


def test_what_is_less_than_full_marks_never_reads_like_it() -> None:
    parts = [check("forward", f"{i}", points=1.0) for i in range(999)]
    lost = check("forward", "last", Outcome.FAILED, points=0.01)
    found = Assessment(result(*parts, lost))
    assert platform("vpl").share(documents("vpl", found)) < 1
    assert platform("prairielearn").share(documents("prairielearn", found)) < 1
    assert found.score_text.split(" / ")[0] != found.score_text.split(" / ")[1]


@pytest.mark.parametrize("hidden", ["after_due_date", "after_published", "hidden"])
def test_gradescope_keeps_hidden_checks_until_their_time(hidden: str) -> None:
    seen = check("forward", "a check that is seen")
    unseen = check("gradient", "a secret title", Outcome.FAILED, feedback="a secret reason")
    made = result(replace(seen, visible=True), unseen, output="a secret argument")
    document = json.loads(documents("gradescope", Assessment(made, hidden=hidden))["results.json"])
    first, second = document["tests"]
    assert (first["visibility"], second["visibility"]) == ("visible", hidden)
    assert "secret" not in document["output"]
    assert "2 / 4" not in document["output"]
    assert "leaderboard" not in document
    with_board = Assessment(made, hidden=hidden, leaderboard=True)
    document = json.loads(documents("gradescope", with_board)["results.json"])
    assert document["leaderboard"] == [{"name": "Points", "value": 2, "order": "desc"}]


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"gradescope"}))
def test_elsewhere_hidden_checks_are_one_line(name: str) -> None:
    unseen = check("gradient", "a secret title", Outcome.FAILED, feedback="a secret reason")
    made = result(check("forward", "seen"), unseen)
    made = replace(made, checks=(replace(made.checks[0], visible=True), unseen))
    texts = documents(name, Assessment(made, exercise="exercise3", hidden="hidden"))
    assert "secret" not in "\n".join(texts.values())


def test_every_platform_has_a_page_and_stands_in_the_table() -> None:
    pages = Path(__file__).parent.parent / "docs" / "platforms"
    index = (pages / "index.md").read_text("utf-8")
    for name in NAMES:
        text = (pages / f"{name}.md").read_text("utf-8")
        assert f"bpgrade package {name}" in text
        assert f"bpgrade selftest {name}" in text
        assert f"({name}.md)" in index


@pytest.mark.parametrize(
    "text", ["", "null", "[1]", "{", '{"xqueue_body": 3, "source": 4}', '{"users": [1]}', "\0"]
)
def test_places_are_found_in_poor_surroundings(text: str, tmp_path: Path) -> None:
    (tmp_path / "autograder").mkdir()
    (tmp_path / "autograder" / "submission_metadata.json").write_text(text, "utf-8")
    here = Surroundings({"CODIO_AUTOGRADE_ENV": text}, tmp_path, tmp_path, lambda: text)
    for name in NAMES:
        place = platform(name).locate(here)
        assert isinstance(place, PlatformPaths)
        if place.temporary:
            place.temporary.rmdir()


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2]), AMOUNTS), min_size=1, max_size=12),
    st.integers(0, 1000).map(lambda tenths: tenths / 10),
)
def test_scores_add_up_to_the_total_for_every_penalty(parts, percent: float) -> None:
    """Who adds them does so in doubles, one after the other: src/notify-classroom.js."""
    checks = [
        replace(
            check(f"f{number % 3}", f"{number}", points=most),
            points=most * half / 2,
            outcome=Outcome.PASSED if half == 2 else Outcome.FAILED,
        )
        for number, (half, most) in enumerate(parts)
    ]
    made = Assessment(result(*checks), lateness=Lateness(True, 1, percent))
    total = float(made.score)
    scores = [one["score"] for one in json.loads(documents("github", made)["result.json"])["tests"]]
    points = json.loads(documents("prairielearn", made)["results.json"])["tests"]
    by_function = json.loads(documents("okpy", made)["scores.json"])["scores"]
    posted = json.loads(documents("autolab", made)[""].splitlines()[-1])["scores"]
    for added in (
        scores,
        [one["points"] for one in points],
        [value for name, value in by_function.items() if name != "Total"],
        list(posted.values()),
    ):
        assert all(score >= 0 for score in added)
        assert added_up(added) == total


@pytest.mark.parametrize(
    ("name", "number"),
    thorough(
        product(NAMES, [3, 150]),
        but=lambda case: case[1] == 3,
    ),
)
def test_long_texts_are_cut_to_what_the_platform_takes(
    name: str, number: int, tmp_path: Path
) -> None:
    long = "é☃" * 5_000
    mistake = Diagnosis("one", "A mistake", long, "exact", 3)
    lost = [
        check(
            ("forward", "gradient", "update", "train")[place % 4],
            f"check {place}",
            Outcome.FAILED,
            feedback=long,
            hint=long,
            diagnosis=(mistake,) * 3,
        )
        for place in range(number)
    ]
    kept = [check(one, "All of it") for one in ("forward", "gradient", "update", "train")]
    made = Assessment(
        result(*lost, *kept, output=long * 3, warnings=(long,) * 30),
        exercise="exercise3",
        figure=FIGURE * 100_000,
    )
    found = platform(name)
    texts = documents(name, made)
    assert found.fits(texts)
    names = valid(name, texts, tmp_path)
    assert len(set(names)) == len(names)
    share = found.share(texts)
    assert share is not None
    if name not in WITHOUT_POINTS:
        assert share == pytest.approx(float(made.share))
    if name == "github":
        assert encoded_size(texts["result.json"]) < 120_000
        assert f"cut here: {found.title} accepts no more" in texts["result.json"]


def test_a_result_no_platform_takes_is_not_graded_and_says_so() -> None:
    checks = [check(f"function_{place}" * 20, "A check") for place in range(500)]
    texts = documents("github", Assessment(result(*checks)))
    assert "longer than GitHub Actions takes" in texts["result.json"]
    assert platform("github").share(texts) is None


@pytest.mark.parametrize(
    ("scores", "message", "told"),
    [([1.8] * 7, "", "shows 12.6000"), ([2.0], "x" * 90_000, "has 12"), ([1.5, 2.5], "", "")],
)
def test_the_reporter_s_rules_are_held_by_selftest(scores, message: str, told: str) -> None:
    tests = [{"name": "a", "score": score, "message": message} for score in scores]
    text = json.dumps({"status": "pass", "max_score": 20, "tests": tests})
    share = platform("github").share
    if told:
        with pytest.raises(ValueError, match=told):
            share({"result.json": text})
    else:
        assert share({"result.json": text}) == pytest.approx(0.2)
