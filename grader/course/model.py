"""A course as frozen records. What they hold has been validated by `load_course`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from grader.course.by_hand import Part
from grader.course.naming import DATA, nearest
from grader.course.server_rules import Serving
from grader.errors import UsageError
from grader.language import enumerated, sentences
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

Diagnoses = Literal["always", "after_change", "never"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    call_seconds, load_seconds : float
        Wall clock for one call, and for loading the submission, less the time that other processes
        kept it waiting for a processor.
    cpu_seconds : float
        All calls of one function together, and the processor time of each process.
    memory_megabytes, file_megabytes : int
        Address space, and the size of any file it writes.
    processes : int
        Threads and processes that it may have.
    output_bytes : int
        How much of what it prints is kept.
    value_bytes : int
        The size of one value that crosses between the grader and the submission.
    """

    call_seconds: float = 3.0
    load_seconds: float = 5.0
    cpu_seconds: float = 60.0
    memory_megabytes: int = 1024
    file_megabytes: int = 16
    processes: int = 16
    output_bytes: int = 65_536
    value_bytes: int = 8_388_608


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What lateness costs.

    Attributes
    ----------
    grace_minutes : float
        How long after the deadline nothing is late yet.
    penalty_per_day : float
        Percent of the score that each day begun after the deadline takes off. A day ends at the
        deadline's time by the clock of its time zone, however many hours the day has.
    max_penalty : float
        Percent of the score that lateness takes off at most.
    """

    grace_minutes: float = 0.0
    penalty_per_day: float = 0.0
    max_penalty: float = 100.0


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: the functions that it asks for, in order, and the points for each.

    A function with 0 points is called by the checks but never charged. `deadline` is in the
    course's time zone; None where the exercise may be handed in at any time. `diagnoses` says
    when mistakes are named: always, once the code is no longer the stub's, or never. `by_hand`
    are the parts that a person grades. `serving` is read by the server alone.
    """

    name: str
    title: str
    points: Mapping[str, float] = field(hash=False)
    limits: Limits = field(default_factory=Limits)
    deadline: datetime | None = None
    diagnoses: Diagnoses = "always"
    by_hand: tuple[Part, ...] = ()
    serving: Serving = field(default_factory=Serving)

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the exercise asks for, in the order of course.toml."""
        return tuple(self.points)

    @property
    def checked_points(self) -> float:
        """The points that checks give at most."""
        return float(sum(self.points.values()))

    @property
    def max_score(self) -> float:
        """The points that a right submission gets: of the checks, and of what a person grades."""
        return self.checked_points + sum(part.points for part in self.by_hand)


@dataclass(frozen=True, slots=True)
class Course:
    """A course: one folder with `exercises/` and, for those who grade, `solutions/`.

    `time_zone` is the one whose calendar lateness is counted by; None where course.toml names
    none, and each deadline has an offset of its own. `language` is the one that its texts are
    written in; catalogues beside it hold the others.
    """

    name: str
    title: str
    folder: Path
    packages: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    late: LatePolicy = field(default_factory=LatePolicy)
    time_zone: ZoneInfo | None = None
    language: str = "en"

    def exercise(self, name: str) -> Exercise:
        """Return the exercise of that name.

        Raises
        ------
        UsageError
            There is none; the remedy lists those there are.
        """
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = [exercise.name for exercise in self.exercises]
        guess = nearest(name, names)
        raise UsageError(
            _(
                "The course {course} has no exercise {name}.",
                course=repr(self.name),
                name=repr(name),
            ),
            sentences(
                [
                    _("Did you mean {name}?", name=guess) if guess else "",
                    _("It has: {names}.", names=enumerated(names)),
                ]
            ),
        )

    def stub(self, exercise: Exercise) -> Path:
        """Return where the file is that students fill in."""
        return self.folder / "exercises" / f"{exercise.name}.py"

    def notebook(self, exercise: Exercise) -> Path:
        """Return where the notebook is that students may fill in instead."""
        return self.folder / "exercises" / f"{exercise.name}.ipynb"

    def task(self, exercise: Exercise) -> Path:
        """Return where the task text is."""
        return self.folder / "exercises" / f"{exercise.name}.md"

    def reference(self, exercise: Exercise) -> Path:
        """Return where the reference solution is."""
        return self.folder / "solutions" / f"{exercise.name}.py"

    def checks(self, exercise: Exercise) -> Path:
        """Return where the checks are."""
        return self.folder / "solutions" / f"check_{exercise.name}.py"

    @property
    def data(self) -> Path | None:
        """The folder of the files that submissions may read, as `data/...`; None without one."""
        folder = self.folder / "exercises" / DATA
        return folder if folder.is_dir() else None

    def figure(self, exercise: Exercise) -> Path:
        """Return where the file is that draws what a submission does; it is optional."""
        return self.folder / "solutions" / f"figure_{exercise.name}.py"

    def misconceptions(self, exercise: Exercise) -> Path:
        """Return where the author's misconceptions are; the file is optional."""
        return self.folder / "solutions" / f"misconceptions_{exercise.name}.py"
