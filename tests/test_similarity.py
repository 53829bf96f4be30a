"""Similar work: copies are found, what all write is not, and only who teaches is told."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from batch_course import RIGHT, make_course
from command import run_command
from made_batch import RARE_RESULT, ParsedPage

from grader.batch.similar_work import read_similar
from grader.errors import UsageError
from grader.similarity.comparison import ComparedWork, groups, similar_pairs
from grader.similarity.fingerprints import pieces, tokens
from grader.similarity.likeness import likenesses

ROOT = Path(__file__).parent.parent
HANDOUT = (ROOT / "exercises" / "exercise3.py").read_text("utf-8")


@pytest.fixture(scope="module")
def made():
    """The benchmark's module, which makes classes and copies."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import similarity
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    return similarity


@pytest.fixture(scope="module")
def honest(made) -> list:
    rng = random.Random(7)
    return [made.honest(rng) for _ in range(60)]


def found(made, answers, handout=(HANDOUT,)) -> set[frozenset[int]]:
    pairs = similar_pairs(made.works(answers), handout)
    return {frozenset((one.first, one.second)) for one in pairs}


def test_copies_are_found_and_honest_answers_are_not(made, honest):
    assert found(made, honest) == set()
    rng = random.Random(1)
    copies = [honest[3], made.renamed(honest[11], rng), made.reordered(honest[20], rng)]
    assert found(made, [*honest, *copies]) == {
        frozenset((3, 60)),
        frozenset((11, 61)),
        frozenset((20, 62)),
    }


def test_a_pair_says_what_is_alike(made, honest):
    (equal,) = similar_pairs(made.works([*honest, honest[3]]), [HANDOUT])
    assert (equal.same_file, equal.same_names, equal.shares) == (True, True, (1.0, 1.0))
    assert equal.lines[0] == equal.lines[1] != ()
    (other,) = similar_pairs(made.works([*honest, made.renamed(honest[3], random.Random(1))]))
    assert (other.same_file, other.same_names) == (False, False)
    assert min(other.shares) > 0.9


def test_what_the_class_writes_or_the_handout_has_is_no_evidence(made, honest):
    assert found(made, [honest[0]] * 30 + honest[1:31]) == set()  # everybody's answer
    given = honest[5].text
    assert found(made, [*honest, honest[5]], [HANDOUT, given]) == set()
    short = "def double(x):\n    y = x + x\n    return y\n"
    assert (
        similar_pairs(
            [ComparedWork(short, "1")] * 2 + [ComparedWork(one.text, one.text) for one in honest]
        )
        == ()
    )
    assert similar_pairs([]) == similar_pairs([ComparedWork("", "1")] * 3) == ()


def test_a_shared_rare_mistake_counts(made, honest):
    rng = random.Random(2)
    partly = made.rewritten(honest[3], honest[40], rng)
    works = made.works([*honest, partly])
    marks = likenesses(RARE_RESULT)
    wrong = [
        ComparedWork(one.text, one.digest, marks if number in (3, 60) else ())
        for number, one in enumerate(works)
    ]
    strength = {one.strength for one in similar_pairs(works) if {one.first, one.second} == {3, 60}}
    (pair,) = (one for one in similar_pairs(wrong) if {one.first, one.second} == {3, 60})
    assert pair.likenesses == marks
    assert not strength or pair.strength > max(strength)


def test_many_that_are_alike_are_one_group(made, honest):
    rng = random.Random(3)
    copies = [made.renamed(honest[3], rng) for _ in range(2)]
    (group,) = groups(similar_pairs(made.works([*honest, *copies]), [HANDOUT]))
    assert {place for one in group for place in (one.first, one.second)} == {3, 60, 61}
    assert len(group) == 2


def test_tokens_outlast_names_layout_comments_and_broken_code():
    one = [token.alike for token in tokens("def f(a):\n    return (a + 1)  # mine\n")]
    other = [token.alike for token in tokens("def f(b) :\n  # other\n  return b + 1")]
    assert one == other
    assert [token.line for token in tokens("a = '''\n\n'''\nb")] == [1, 1, 1, 4]
    assert len(tokens("def f(:\n  'open\n \ud800 \0 end")) > 5
    assert pieces(["a"] * 3, 4) == ()
    assert len(pieces(["a"] * 5, 4)) == 2


@pytest.fixture(scope="module")
def batch(tmp_path_factory, honest, made) -> Path:
    """A batch of twelve with one renamed copy."""
    folder = tmp_path_factory.mktemp("batch")
    course = make_course(folder / "course")
    rng = random.Random(5)
    answers = [*honest[:11], made.renamed(honest[4], rng)]
    for number, answer in enumerate(answers):
        own = folder / "class" / f"person{number}"
        own.mkdir(parents=True)
        (own / "double.py").write_text("\n".join((RIGHT, *answer.parts)), "utf-8")
    done = run_command(
        "batch", folder / "class", "-o", folder / "out", "--course", course, "--isolation", "basic"
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_who_teaches_sees_both_sources_and_no_student_does(batch):
    report = batch / "out" / "report"
    text = (report / "similar.html").read_text("utf-8")
    page = ParsedPage(text)
    assert "person4" in page.text
    assert "person11" in page.text
    assert "person5" not in page.text
    assert "apart from names" in page.text
    assert len(page.all("code")) > 60
    assert 'class="line shared"' in text
    assert "similar.html#g1" in (report / "index.html").read_text("utf-8")
    for word in ("cheat", "plagiar", "copied", "suspect"):
        assert word not in page.text.lower()
    students = list((report / "students").iterdir())
    assert len(students) == 12
    for path in students:
        own = ParsedPage(path.read_text("utf-8"))
        assert "imilar" not in own.text
        assert not [one for one in own.all("a") if "similar" in str(one.get("href"))]


def test_similar_work_can_be_left_out(batch):
    out = batch / "out"
    assert len(read_similar(out)) == 1
    run_command("report", out, "--course", batch / "course", "--no-similar")
    assert not (out / "report" / "similar.html").exists()
    assert "Similar work" not in (out / "report" / "index.html").read_text("utf-8")
    done = run_command(
        "batch", batch / "class", "-o", out, "--course", batch / "course",
        "--isolation", "basic", "--no-similar",
    )  # fmt: skip
    assert done.returncode == 0
    assert read_similar(out) == ()
    assert not (out / "similar.json").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": 1}', '{"schema": "bpgrade-similar/1", "groups": [{}]}']
)
def test_a_damaged_file_is_told_in_a_line(tmp_path, text):
    (tmp_path / "similar.json").write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        read_similar(tmp_path)
