"""From a folder or a platform's download to a plan, and reading zips safely."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.archive import Hand
from grader.batch.late import lateness
from grader.batch.planning import make_plan
from grader.batch.records import BatchAttempt, Entry, Plan, Student
from grader.batch.roster import read_roster
from grader.course import Course, LatePolicy, find_course
from grader.errors import UsageError
from grader.grading.file_names import exercises_named
from grader.grading.submission import MAX_SOURCE_BYTES

ROOT = Path(__file__).parent.parent


@pytest.fixture
def course() -> Course:
    return find_course(ROOT, ROOT)


def put(folder: Path, *paths: str, text: str = "pass\n") -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def zipped(path: Path, *names: str, data: bytes = b"pass\n") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, data)
    return path


def plan(path: Path, course: Course, roster: Path | None = None, keep: str = "latest") -> Plan:
    people = read_roster(roster) if roster else None
    return make_plan(Hand(path), course, None, people, keep)  # type: ignore[arg-type]


def placed(found: Plan) -> set[tuple[str, str, str]]:
    return {(one.student.id, one.exercise.name, one.name) for one in found.attempts}


def test_one_folder_a_student_and_several_exercises(tmp_path: Path, course: Course) -> None:
    put(tmp_path, "ada/exercise1.py", "ada/exercise3.ipynb", "bob/work/exercise3.py", "bob/a.txt")
    found = plan(tmp_path, course)
    assert placed(found) == {
        ("ada", "exercise1", "exercise1.py"),
        ("ada", "exercise3", "exercise3.ipynb"),
        ("bob", "exercise3", "exercise3.py"),
    }
    assert [one.path for one in found.left_over] == ["bob/a.txt"]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada_exercise3.py", "ada"),
        ("exercise3_ada_lovelace.py", "ada_lovelace"),
        ("exercise3-ada.py", "ada"),
        ("exercise_3_ada.py", "ada"),
        ("exercise3.py", "exercise3"),
    ],
)
def test_flat_names(tmp_path: Path, course: Course, name: str, student: str) -> None:
    put(tmp_path, name, "zed_exercise3.py")
    assert (student, "exercise3", name) in placed(plan(tmp_path, course))


@pytest.mark.parametrize(
    ("name", "exercises"),
    [
        ("exercise3", ["exercise3"]),
        ("Exercise 3", ["exercise3"]),
        ("exercise_3-final", ["exercise3"]),
        ("exercise3-1", ["exercise3"]),
        ("exercise3 (12)", ["exercise3"]),
        ("exercise3_2", ["exercise3"]),
        ("exercise31", []),
        ("exercise", []),
        ("exercise1_and_exercise3", ["exercise1", "exercise3"]),
        ("101_2001_exercise3", ["exercise3"]),
    ],
)
def test_names_of_exercises(course: Course, name: str, exercises: list[str]) -> None:
    assert [one.name for one in exercises_named(course, name)] == exercises


def test_the_longer_name_of_two_exercises_counts(course: Course) -> None:
    first = course.exercises[0]
    names = ("curves", "curves_2", "more_curves")
    two = replace(course, exercises=tuple(replace(first, name=name) for name in names))
    for name in names:
        assert [one.name for one in exercises_named(two, f"ada_{name}-1")] == [name]


def test_canvas(tmp_path: Path, course: Course) -> None:
    path = zipped(
        tmp_path / "submissions.zip",
        "lovelaceada_101_2001_exercise3.py",
        "turingalan_LATE_102_2002_exercise3-1.py",
        "anon_Ab3x9_2003_exercise3.py",
    )
    found = plan(path, course)
    assert found.layout == "Canvas"
    assert placed(found) == {
        ("101", "exercise3", "exercise3.py"),
        ("102", "exercise3", "exercise3-1.py"),
        ("anon_Ab3x9", "exercise3", "exercise3.py"),
    }
    assert [one.late for one in found.attempts] == [False, True, False]


def test_moodle(tmp_path: Path, course: Course) -> None:
    put(
        tmp_path,
        "Ada Lovelace_771_assignsubmission_file/exercise3.py",
        "Alan Turing_772_assignsubmission_file_/exercise3.py",
        "al12_Grace Hopper_773_assignsubmission_file_exercise3.py",
    )
    found = plan(tmp_path, course)
    assert found.layout == "Moodle"
    assert {one.student.id for one in found.attempts} == {"771", "772", "773"}
    assert {one.name for one in found.attempts} == {"exercise3.py"}


def test_blackboard(tmp_path: Path, course: Course) -> None:
    stem = "exercise3_a_b@example.org_attempt_2026-11-20-10-00-00"
    later = "exercise3_a_b@example.org_attempt_2026-11-21-10-00-00"
    put(tmp_path, f"{stem}_mangled.py", f"{later}_second.py")
    receipt = "Name: Ada B (a_b@example.org)\nOriginal filename: exercise3.py\nFilename: {}\n"
    for one, file in ((stem, f"{stem}_mangled.py"), (later, f"{later}_second.py")):
        put(tmp_path, f"{one}.txt", text=receipt.format(file))
    found = plan(tmp_path, course)
    assert found.layout == "Blackboard"
    (attempt,) = found.attempts
    assert attempt.student.id == "a_b@example.org"
    assert attempt.student.name == "Ada B"
    assert (attempt.number, attempt.attempts) == (2, 2)
    assert attempt.submitted == datetime(2026, 11, 21, 10)
    assert not found.left_over


def test_gradescope_group(tmp_path: Path, course: Course) -> None:
    put(tmp_path, "export/submission_5/exercise3.py")
    metadata = """---
submission_5:
  :submitters:
  - :name: Ada Lovelace
    :sid: '101'
    :email: ada@example.org
  - :name: "Alan Turing"
    :sid:
    :email: alan@example.org
  :created_at: 2026-11-20 10:00:00.123456789 Z
  :score: 3.0
"""
    put(tmp_path, "export/submission_metadata.yml", text=metadata)
    found = plan(tmp_path, course)
    assert found.layout == "Gradescope"
    assert {one.student.id for one in found.attempts} == {"101", "alan@example.org"}
    submitted = found.attempts[0].submitted
    assert submitted is not None
    assert submitted.astimezone(UTC).day == 20


def test_roster_matches_by_id_then_name_and_drops_nothing(tmp_path: Path, course: Course) -> None:
    put(tmp_path / "in", *(f"{who}/exercise3.py" for who in ("7", "Lovelace, Ada", "Kim", "Nemo")))
    roster = tmp_path / "class.csv"
    roster.write_text(
        "id;name\n7;Grace Hopper\n8;Ada Lovelace\n9;Kim\n10;Kim\n11;Sofia\n", encoding="utf-8"
    )
    found = plan(tmp_path / "in", course, roster)
    by_path = {one.entry.path: one.student for one in found.attempts}
    assert by_path["7/exercise3.py"].name == "Grace Hopper"
    assert by_path["Lovelace, Ada/exercise3.py"].id == "8"
    assert {by_path[f"{who}/exercise3.py"].matched for who in ("Kim", "Nemo")} == {"unlisted"}
    reasons = {one.path: one.reason for one in found.left_over}
    assert "Kim (10) and Kim (9)" in reasons["Kim/exercise3.py"]
    assert "nobody" in reasons["Nemo/exercise3.py"]
    assert {student.id for student, _ in found.missing} == {"9", "10", "11"}


def test_attempts(tmp_path: Path, course: Course) -> None:
    put(tmp_path, "ada/exercise3_v2.py", "ada/exercise3_v10.py", "bob/exercise3.py")
    latest = plan(tmp_path, course)
    assert [one.name for one in latest.attempts] == ["exercise3_v10.py", "exercise3.py"]
    assert len(plan(tmp_path, course, keep="best").attempts) == 3


@pytest.mark.parametrize(
    ("submitted", "late", "days", "percent", "final"),
    [
        ("2026-11-20T12:00:00+00:00", False, 0, 0, 8),
        ("2026-11-20T12:10:00+00:00", False, 0, 0, 8),
        ("2026-11-20T12:10:01+00:00", True, 1, 10, 7.2),
        ("2026-11-20T13:00:00+01:00", False, 0, 0, 8),
        ("2026-11-21T12:00:00", True, 1, 10, 7.2),
        ("2026-11-21T12:00:01", True, 2, 20, 6.4),
        ("2026-12-24T12:00:00+00:00", True, 34, 25, 6),
    ],
)
def test_lateness(
    course: Course, submitted: str, late: bool, days: int, percent: float, final: float
) -> None:
    policy = LatePolicy(grace_minutes=10, penalty_per_day=10, max_penalty=25)
    own = replace(course, late=policy)
    deadline = datetime(2026, 11, 20, 12, tzinfo=UTC)
    exercise = replace(course.exercises[0], deadline=deadline)
    attempt = BatchAttempt(
        Student("a", "A"), exercise, Entry("a", "a"), "a.py", 1, 1,
        datetime.fromisoformat(submitted),
    )  # fmt: skip
    found = lateness(attempt, own)
    assert (found.late, found.days, found.percent) == (late, days, percent)
    assert found.final(8.0) == final


@pytest.mark.parametrize(("mark", "days"), [(True, None), (False, 0), (None, None)])
def test_lateness_without_a_date(course: Course, mark: bool | None, days: int | None) -> None:
    exercise = replace(course.exercises[0], deadline=datetime(2026, 11, 20, tzinfo=UTC))
    attempt = BatchAttempt(
        Student("a", "A"), exercise, Entry("a", "a"), "a.py", 1, 1, None, mark
    )  # fmt: skip
    found = lateness(attempt, replace(course, late=LatePolicy(penalty_per_day=10)))
    assert (found.late, found.days, found.percent) == (mark, days, 0)


def test_a_mark_without_a_date_is_told(tmp_path: Path, course: Course) -> None:
    put(tmp_path, "a_LATE_102_2002_exercise3.py", "b_103_2003_exercise3.py")
    strict = replace(course, late=LatePolicy(penalty_per_day=10))
    assert not plan(tmp_path, course).left_over
    (told,) = plan(tmp_path, strict).left_over
    assert told.reason.startswith("graded without a late penalty")


def test_hostile_zip(tmp_path: Path, course: Course) -> None:
    path = tmp_path / "hand.zip"
    link = zipfile.ZipInfo("eve/exercise3_link.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../exercise3_up.py", "x")
        file.writestr("/etc/exercise3.py", "x")
        file.writestr(link, "/etc/passwd")
        file.writestr("eve/exercise3.py", b"#" * 50_000_000)
        file.writestr("eve/broken.zip", b"PK no")
    hand = Hand(path)
    found = make_plan(hand, course, None, None, "latest")
    assert placed(found) == {("eve", "exercise3", "exercise3.py")}
    assert len(hand.read(found.attempts[0].entry)) == MAX_SOURCE_BYTES + 1
    assert len(found.left_over) == 4


def test_zip_in_a_folder_is_one_student(tmp_path: Path, course: Course) -> None:
    put(tmp_path, "bob/exercise3.py")
    zipped(tmp_path / "ada.zip", "exercise3.py")
    assert {one.student.id for one in plan(tmp_path, course).attempts} == {"ada", "bob"}


def test_links_are_not_followed(tmp_path: Path, course: Course) -> None:
    put(tmp_path / "in", "bob/exercise3.py")
    (tmp_path / "in" / "eve").mkdir()
    (tmp_path / "in" / "eve" / "exercise3.py").symlink_to(ROOT / "solutions" / "exercise3.py")
    found = plan(tmp_path / "in", course)
    assert {one.student.id for one in found.attempts} == {"bob"}
    assert "link" in found.left_over[0].reason


@pytest.mark.parametrize("kind", ["missing", "empty", "broken"])
def test_careless_use(tmp_path: Path, course: Course, kind: str) -> None:
    path = tmp_path / "hand"
    if kind == "empty":
        path.mkdir()
    elif kind == "broken":
        path.write_bytes(io.BytesIO(b"PK\x03\x04 cut").read())
    with pytest.raises(UsageError):
        plan(path, course)
