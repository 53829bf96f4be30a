"""What a platform is to the engine: where things lie there, and what it is to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grader.platforms.assessment import Assessment, Hidden
from grader.platforms.size import Fits, fitting, within_a_megabyte
from grader.quick_dataclass import dataclass

STANDARD_OUTPUT: Final = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry script finds: the environment, the file system's root, standard input."""

    environment: Mapping[str, str]
    root: Path
    working: Path
    read_input: Callable[[], str]


@dataclass(frozen=True, slots=True)
class PlatformPaths:
    """What a platform says of one submission.

    Attributes
    ----------
    submission : Path
        The file that was handed in, or the folder it lies in.
    output : Path
        The folder that the platform's files go to.
    submitted, due : datetime or None
        When it was handed in, and by when it was to be.
    title : str
        The assignment's name there, which may say which exercise it is.
    seconds : float
        How long grading may take before it is given up; less than the platform waits.
    facts : mapping
        What the platform's documents need beside the assessment.
    course : Path or None
        Where the package has put the course, if it did.
    temporary : Path or None
        A folder that was made for the submission, to be removed.
    """

    submission: Path
    output: Path
    submitted: datetime | None = None
    due: datetime | None = None
    title: str = ""
    seconds: float = 540.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    course: Path | None = None
    temporary: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """How a package's entry script is started in a folder laid out as the platform's.

    Paths are below the root of the layout. `venv` is where the package's install.sh installs
    bpgrade; `documents` are those that the platform reads. `joined` says that it reads standard
    error as a part of standard output.
    """

    command: Sequence[str]
    working: str
    venv: str
    documents: Sequence[str] = (STANDARD_OUTPUT,)
    environment: Mapping[str, str] = field(default_factory=dict)
    input: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    Attributes
    ----------
    write : callable
        Turns an assessment into the texts of the platform's files by their names, which are
        relative to the place's output folder; `STANDARD_OUTPUT` names no file.
    locate : callable
        Finds out what the platform says of a submission.
    ungraded_exit : int
        How the command ends where nothing was graded, by the platform's convention.
    share : callable
        Reads back from the documents what share of the points the platform will see; None where
        it sees that nothing was graded.
    lay : callable
        Lays out an unpacked package and a submission (or none) below a folder, as the platform
        does; returns how to start the entry script.
    installers, courses : tuple of str
        The folders of the package that hold the wheels and what installs them, and the course.
    tar : str
        A folder of the package that is packed into an archive of its name, or nothing.
    one_exercise : bool
        Whether a package is for one exercise, which the instructor has to name.
    hidden : str
        When students see hidden checks, if the instructor does not say.
    figure : bool
        Whether it shows pictures.
    log_shown : bool
        Whether students may read what goes to standard error.
    make_late : callable or None
        Changes what `lay` has laid out so that the submission is late, for `selftest`; returns how
        to start the entry script, and the share of the points that is left.
    long_messages : bool
        Whether `selftest` also sends a submission that makes its messages as long as it can.
    fits : callable
        Whether the platform takes documents of this length. `documents` cuts them until it does.
    """

    name: str
    title: str
    write: Callable[[Assessment, PlatformPaths], Mapping[str, str]]
    locate: Callable[[Surroundings], PlatformPaths]
    share: Callable[[Mapping[str, str]], float | None]
    lay: Callable[[Path, Path, Path | None, str], Run]
    installers: tuple[str, ...] = ("",)
    courses: tuple[str, ...] = ("",)
    tar: str = ""
    one_exercise: bool = False
    ungraded_exit: int = 0
    hidden: Hidden = "visible"
    figure: bool = False
    log_shown: bool = False
    make_late: Callable[[Path, Run], tuple[Run, float]] | None = None
    long_messages: bool = False
    fits: Fits = within_a_megabyte

    def documents(self, assessment: Assessment, place: PlatformPaths) -> Mapping[str, str]:
        """Return the texts of the platform's files by their names, cut to what it takes."""
        return fitting(lambda one: self.write(one, place), assessment, self.fits, self.title)
