"""How late, by the clock and the calendar of the course's own time zone: through the command."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from batch_course import RIGHT, HandIn, batch, gradescope_download, make_course
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.late import overdue
from grader.course import LatePolicy, load_course
from grader.course.moments import last_moment
from grader.errors import CourseError

LATE = "[late]\npenalty_per_day = 10\n"


def course_with(folder: Path, deadline: str, zone: str = "", late: str = LATE) -> Path:
    """Make a course whose exercise has a deadline, as it stands in course.toml."""
    make_course(folder, f'time_zone = "{zone}"\n{late}' if zone else late)
    file = folder / "exercises" / "course.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace('title = "Twice"\n', f'title = "Twice"\ndeadline = {deadline}\n'), "utf-8"
    )
    return folder


def gradescope(folder: Path, times: dict[str, str]) -> Path:
    """Write a download with a submission of each person at a time."""
    files = {"double.py": RIGHT}
    return gradescope_download(
        folder, [HandIn(who, who, moment, files) for who, moment in times.items()]
    )


def days(course: Path, hand: Path, out: Path) -> dict[str, tuple[str, str]]:
    """Return by student how many days late it is, and what it costs."""
    done = batch(course, hand, out)
    assert done.returncode == 0, done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["student_id"]: (row["late_days"], row["penalty_percent"]) for row in rows}


# summer time ends in Berlin on 2026-10-25 at 3:00, which becomes 2:00
AUTUMN = {
    "in_time": "2026-10-24 21:59:00 Z",  # 23:59 there
    "next_morning": "2026-10-25 08:00:00 Z",
    "after_24_hours": "2026-10-25 21:59:00 Z",  # 22:59 there
    "half_an_hour_left": "2026-10-25 22:30:00 Z",  # 23:30 there, 24.5 hours later
    "last_minute": "2026-10-25 22:59:00 Z",  # 23:59 there, 25 hours later
    "second_day": "2026-10-25 22:59:01 Z",
    "third_day": "2026-10-26 23:00:00 Z",
}
LATER = {
    "in_time": "0", "next_morning": "1", "after_24_hours": "1", "half_an_hour_left": "1",
    "last_minute": "1", "second_day": "2", "third_day": "3",
}  # fmt: skip


@pytest.mark.parametrize(
    "deadline", ["2026-10-24T23:59:00", "2026-10-24T23:59:00+02:00", "2026-10-24T21:59:00Z"]
)
def test_days_are_those_of_the_calendar_when_summer_time_ends(
    tmp_path: Path, deadline: str
) -> None:
    course = course_with(tmp_path / "course", deadline, "Europe/Berlin")
    found = days(course, gradescope(tmp_path / "in", AUTUMN), tmp_path / "out")
    assert found == {who: (number, str(10 * int(number))) for who, number in LATER.items()}


def test_days_are_those_of_the_calendar_when_summer_time_begins(tmp_path: Path) -> None:
    course = course_with(tmp_path / "course", "2026-03-28T23:59:00", "Europe/Berlin")
    times = {
        "one": "2026-03-29 21:59:00 Z",  # 23:59 there, 23 hours later
        "two": "2026-03-29 22:00:00 Z",
    }
    found = days(course, gradescope(tmp_path / "in", times), tmp_path / "out")
    assert {who: number for who, (number, _) in found.items()} == {"one": "1", "two": "2"}


def test_a_date_alone_means_the_end_of_the_day(tmp_path: Path) -> None:
    course = course_with(tmp_path / "course", "2026-11-20", "America/New_York")
    times = {
        "in_time": "2026-11-21 04:59:59 Z", "late": "2026-11-21 05:00:00 Z",
        "late_too": "2026-11-22 04:59:59 Z", "later": "2026-11-22 05:00:00 Z",
    }  # fmt: skip
    found = days(course, gradescope(tmp_path / "in", times), tmp_path / "out")
    numbers = {"in_time": "0", "late": "1", "late_too": "1", "later": "2"}
    assert {who: number for who, (number, _) in found.items()} == numbers


@pytest.mark.parametrize(("zone", "late"), [("Asia/Tokyo", "0"), ("", "1")])
def test_times_without_a_zone_are_those_of_the_course(tmp_path: Path, zone: str, late: str) -> None:
    """Blackboard's times have no zone; 23:30 UTC is after 20:00 UTC, 23:30 in Tokyo is before."""
    course = course_with(tmp_path / "course", "2026-11-20T20:00:00Z", zone)
    hand = tmp_path / "in"
    hand.mkdir()
    stem = "double_al12_attempt_2026-11-20-23-30-00"
    (hand / f"{stem}.txt").write_text("Name: Ada L (al12)\n", "utf-8")
    (hand / f"{stem}_double.py").write_text(RIGHT, "utf-8")
    assert days(course, hand, tmp_path / "out")["al12"][0] == late


@pytest.mark.parametrize(
    ("deadline", "zone", "told"),
    [
        ("2026-10-24", "Europe/Berln", "did you mean Europe/Berlin?"),
        ("2026-10-24", "/etc/passwd", "time_zone"),
        ("2026-10-24", "../../x", "time_zone"),
        ('"tomorrow"', "UTC", "write a date, or a date and a time"),
        ("23:59:00", "UTC", "write a date, or a date and a time"),
        ("9999-12-31", "America/New_York", "write a date, or a date and a time"),
        ("0001-01-01", "Asia/Tokyo", "write a date, or a date and a time"),
    ],
)
def test_what_is_no_deadline_is_told(tmp_path: Path, deadline: str, zone: str, told: str) -> None:
    with pytest.raises(CourseError) as raised:
        load_course(course_with(tmp_path, deadline, zone))
    assert told in str(raised.value)


def test_the_hour_that_comes_twice_is_read_in_favour_of_students(tmp_path: Path) -> None:
    course = load_course(course_with(tmp_path, "2026-10-25T02:30:00", "Europe/Berlin"))
    due = course.exercises[0].deadline
    assert due is not None
    in_the_second = datetime.fromisoformat("2026-10-25T01:30:00+00:00")
    assert overdue(in_the_second, due, course).days == 0
    assert overdue(datetime(2026, 10, 25, 2, 30), due, course).days == 0
    missing = load_course(course_with(tmp_path / "b", "2026-03-29T02:30:00", "Europe/Berlin"))
    due = missing.exercises[0].deadline
    assert due is not None
    assert overdue(datetime.fromisoformat("2026-03-29T01:30:00+00:00"), due, missing).days == 0


@pytest.fixture(scope="module")
def berlin(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("berlin")
    course = load_course(course_with(folder, "2026-10-24T23:59:00", "Europe/Berlin"))
    return replace(course, late=LatePolicy(grace_minutes=5, penalty_per_day=1))


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))


@given(due=MOMENTS, number=st.integers(1, 400), hours=st.integers(0, 22))
def test_every_day_ends_at_the_clock_time_of_the_deadline(berlin, due, number, hours):
    zone = berlin.time_zone
    deadline = last_moment(due, zone)
    end = (due + timedelta(days=number)).replace(tzinfo=zone).astimezone(UTC)
    assert overdue(end - timedelta(hours=hours), deadline, berlin).days == number
    assert overdue(end + timedelta(hours=1, seconds=1), deadline, berlin).days == number + 1
