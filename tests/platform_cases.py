"""The six submissions that every platform is told of, and the course that they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from shipped_course import copy_of_shipped

from grader.batch.late import Lateness
from grader.platforms.assessment import Assessment
from grader.platforms.platform import PlatformPaths
from grader.result import Result

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent / "platforms"
CORPUS = ROOT / "tests" / "corpus" / "exercise3"
EXERCISE = "exercise3"
FUNCTIONS = ("forward", "gradient", "update", "train")
SUBMISSIONS = {
    "right": CORPUS / "right_plain.py",
    "blog": CORPUS / "blog_faults_all.py",
    "broken": CORPUS / "broken_syntax.py",
    "hostile": HERE / "submissions" / "hostile.py",
    "missing": None,
    "late": CORPUS / "right_plain.py",
}
# by the course below, a tenth for each day begun
DEADLINE = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
IN_TIME = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SHARES = {"right": 1, "blog": 0.7, "broken": 0, "hostile": 0, "missing": None, "late": 0.8}
FIGURE = b"\x89PNG\r\n\x1a\n"
FACTS = {
    "low": Fraction(0),
    "high": Fraction(10),
    "classroom": "ml-2026",
    "assignment": EXERCISE,
    "owner": "ada",
    "submission": "submit/2026-11-24T03-00-00Z-a1b2c3d",
    "commit": "https://example.org/commit",
    "release": "https://example.org/release",
    "review": "https://example.org/review",
    "assignment_type": "individual",
    "datetime": "2026-11-24T03:00:00Z",
}
PLACE = PlatformPaths(submission=Path("/submission"), output=Path("/output"), facts=FACTS)
MISSING = "Nothing was submitted. Hand in exercise3.py or exercise3.ipynb."


def recorded(case: str, **more) -> Assessment:
    """Return what a platform is told of a case."""
    if SUBMISSIONS[case] is None:
        return Assessment(None, problem=MISSING, exercise=EXERCISE, functions=FUNCTIONS)
    name = "right" if case == "late" else case
    text = (HERE / "recorded" / f"{name}.json").read_text("utf-8")
    found = Assessment(Result.from_json(text), exercise=EXERCISE, figure=FIGURE, **more)
    return replace(found, lateness=Lateness(True, 2, 20.0)) if case == "late" else found


def make_course(folder: Path) -> Path:
    """Copy the course, and give the exercise a deadline."""
    copy_of_shipped(folder)
    path = folder / "exercises" / "course.toml"
    text = path.read_text("utf-8").replace(
        f"[exercises.{EXERCISE}]\n", f"[exercises.{EXERCISE}]\ndeadline = {DEADLINE.isoformat()}\n"
    )
    path.write_text(f"{text}\n[late]\npenalty_per_day = 10\n", "utf-8")
    return folder
