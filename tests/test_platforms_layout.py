"""Each package's own entry script, in a folder laid out as the platform lays it."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import platform_layouts
import pytest
from platform_cases import EXERCISE, LATE, SHARES, SUBMISSIONS, make_course
from platform_validity import VALID
from thoroughness import thorough

from grader.course import load_course
from grader.platforms.packaging.build import PackageOptions, build, write
from grader.platforms.platform import Platform
from grader.platforms.registry import NAMES, platform
from grader.platforms.trial import Ran

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
WITHOUT_POINTS = {"dodona", "junit", "artemis"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("platforms") / "course")


@pytest.fixture(scope="module")
def packages(course: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("packages")
    found = load_course(course)

    def package(name: str) -> Path:
        out = folder / name
        if not out.exists():
            write(build(platform(name), found, PackageOptions(found.exercise(EXERCISE))), out)
        return out

    return package


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one container works out of the course's wrong programs, the next ones find."""
    return tmp_path_factory.mktemp("cache")


def hand_in(case: str, folder: Path) -> Path | None:
    source = SUBMISSIONS[case]
    if source is None:
        return None
    return Path(shutil.copy(source, folder / f"{EXERCISE}.py"))


def judge(name: str, case: str, ran: Ran, folder: Path) -> None:
    """Assert that a run has left what the platform takes, with the right share and exit code."""
    assert "Traceback" not in ran.errors, ran.errors
    one = platform(name)
    texts = {
        Path(place).name if name != "artemis" else place: text
        for place, text in ran.documents.items()
    }
    assert texts, f"no result: {ran.errors}"
    if name == "coursera" and sys.version_info >= (3, 12):
        pytest.skip("coursera_autograder runs on Python 3.11 and earlier")
    VALID[name](texts, folder)
    share = one.share(ran.documents)
    if SHARES[case] is None:
        assert share is None
        assert ran.exit_code == one.ungraded_exit, ran.errors
        return
    if name not in WITHOUT_POINTS or SHARES[case] in (0, 1):
        assert share == pytest.approx(SHARES[case]), ran.errors
    else:
        assert share is not None
    assert ran.exit_code == 0, ran.errors
    assert ran.errors == ""


# the diagnosis takes longest, and does not depend on who reads it
DIAGNOSED = ("gradescope", "classroom50", "coderunner")
# where a document shares a channel or a folder with more than itself, a hostile file goes as root
SHARED = ("gradescope", "coderunner", "vpl", "autolab", "dodona", "inginious", "okpy", "edx")
RUNS = [
    (name, case, user)
    for name in NAMES
    for case, user in (
        *([("hostile", "root")] if name in SHARED else []),
        ("missing", "root"),
        ("right", "ordinary"),
        *([("blog", "ordinary")] if name in DIAGNOSED else []),
    )
]


def by_default(run: tuple[str, str, str]) -> bool:
    """Say whether a platform has a case by default.

    Each has what is missing. What is right goes where the course is unpacked in another way: what
    each platform is told of it is in tests/test_platforms.py. What is hostile goes where one
    platform reads a file, one all that is printed, and one its last line.
    """
    name, case, _user = run
    chosen = {
        "missing": NAMES,
        "right": ("gradescope", "coderunner", "autolab"),  # edX has what is late
        "hostile": ("gradescope", "vpl", "autolab"),
        "blog": ("gradescope",),
    }
    return name in chosen[case]


@pytest.mark.parametrize(("name", "case", "user"), thorough(RUNS, but=by_default))
def test_the_entry_script(
    name: str, case: str, user: str, packages, cache: Path, tmp_path: Path
) -> None:
    submission = hand_in(case, tmp_path)
    first = (name, case) == (DIAGNOSED[0], "blog")  # it finds nothing that others have worked out
    ran = platform_layouts.run_inside(
        platform(name), packages(name), submission, EXERCISE, user, None if first else cache
    )
    judge(name, case, ran, tmp_path)


def with_metadata(one: Platform, **metadata) -> Platform:
    """The platform with a submission_metadata.json in its layout."""

    def lay(root, package, submission, exercise):
        run = one.lay(root, package, submission, exercise)
        path = root / "autograder" / "submission_metadata.json"
        path.write_text(json.dumps(metadata), "utf-8")
        return run

    return replace(one, lay=lay)


def test_gradescope_tells_what_is_late(packages, tmp_path: Path) -> None:
    one = with_metadata(
        platform("gradescope"),
        id=1,
        created_at=LATE.isoformat(),
        assignment={"title": "Homework", "due_date": LATE.isoformat(), "total_points": "20.0"},
        users=[{"id": 1, "name": "Ada", "email": "ada@example.org"}],
        previous_submissions=[],
    )
    submission = hand_in("late", tmp_path)
    ran = platform_layouts.run_inside(one, packages("gradescope"), submission, EXERCISE, "root")
    judge("gradescope", "late", ran, tmp_path)
    [text] = ran.documents.values()
    document = json.loads(text)
    assert document["score"] == 16
    assert "Submitted 2 days late" in document["output"]
    isolation = document["extra_data"]["isolation"]
    assert {"landlock", "seccomp"} <= set(isolation)
    assert "bubblewrap" not in isolation, "the layout lets no namespaces be made"


def test_the_edx_queue_says_when_it_was_handed_in(packages, tmp_path: Path) -> None:
    one = platform("edx")

    def lay(root, package, submission, exercise):
        run = one.lay(root, package, submission, exercise)
        return replace(run, input=run.input.replace("20261119100000", "20261122100000"))

    submission = hand_in("late", tmp_path)
    ran = platform_layouts.run_inside(
        replace(one, lay=lay), packages("edx"), submission, EXERCISE, "ordinary"
    )
    judge("edx", "late", ran, tmp_path)


def test_a_link_to_the_solution_is_not_graded(packages, tmp_path: Path) -> None:
    one = platform("gradescope")

    def lay(root, package, submission, exercise):
        run = one.lay(root, package, submission, exercise)
        target = f"/autograder/source/course/solutions/{EXERCISE}.py"
        (root / "autograder/submission" / f"{EXERCISE}.py").symlink_to(target)
        return run

    ran = platform_layouts.run_inside(
        replace(one, lay=lay), packages("gradescope"), None, EXERCISE, "root"
    )
    judge("gradescope", "missing", ran, tmp_path)


READER = """
import os


def forward(*arguments):
    open_ones = []
    for path in {paths!r}:
        for mode in "rb", "ab":
            try:
                open(path, mode).close()
                open_ones.append((path, mode))
            except OSError:
                pass
    for folder in {folders!r}:
        try:
            with open(os.path.join(folder, "results.json"), "w") as file:
                file.write('{{"score": 20}}')
            os.listdir(folder)
            open_ones.append(folder)
        except OSError:
            pass
    raise ValueError(open_ones)


gradient = update = train = forward
"""
PRIVATE = {
    ("gradescope", "root"): "autograder/source/course/solutions/exercise3.py",
    ("gradescope", "ordinary"): "autograder/source/course/solutions/exercise3.py",
    ("coderunner", "ordinary"): "home/jobe/run/bpgrade_course.zip",
    ("vpl", "root"): "home/p1/vpl_execution",
}


@pytest.mark.parametrize(
    ("name", "user"), thorough(PRIVATE, but=[("gradescope", "root"), ("vpl", "root")])
)
def test_a_submission_reads_no_solutions_and_writes_no_results(
    name: str, user: str, packages, cache: Path, tmp_path: Path
) -> None:
    one = platform(name)
    private = PRIVATE[name, user]

    def lay(root, package, submission, exercise):
        run = one.lay(root, package, submission, exercise)
        assert (root / private).is_file() or name == "vpl"  # vpl_execution is made there
        return run

    submission = tmp_path / f"{EXERCISE}.py"
    paths = [f"/{private}", "/etc/passwd", "/proc/1/environ", "/proc/self/environ"]
    folders = [str(Path(f"/{private}").parent), "/autograder/results", "/autograder", "/", "/opt"]
    submission.write_text(READER.format(paths=paths, folders=folders), "utf-8")
    ran = platform_layouts.run_inside(
        replace(one, lay=lay), packages(name), submission, EXERCISE, user, cache
    )
    judge(name, "hostile", ran, tmp_path)
    [text] = ran.documents.values()
    assert "ValueError: []" in text


BROKEN = {
    "a mistake in the course": ("course/exercises/course.toml", "name = [\n"),
    "checks that cannot be run": (f"course/solutions/check_{EXERCISE}.py", "import nothing_at_all"),
    "a check that fails by itself": (
        f"course/solutions/check_{EXERCISE}.py",
        "def test_forward(student):\n    1 / 0\n",
    ),
}


@pytest.mark.parametrize("what", thorough(BROKEN, but=list(BROKEN)[::2]))
def test_a_grader_that_fails_says_so_and_gives_no_score(
    what: str, packages, tmp_path: Path
) -> None:
    one = platform("gradescope")
    file, text = BROKEN[what]

    def lay(root, package, submission, exercise):
        run = one.lay(root, package, submission, exercise)
        (root / "autograder/source" / file).write_text(text, "utf-8")
        return run

    submission = hand_in("right", tmp_path)
    ran = platform_layouts.run_inside(
        replace(one, lay=lay), packages("gradescope"), submission, EXERCISE, "root"
    )
    judge("gradescope", "missing", replace(ran, errors=""), tmp_path)
    [document] = ran.documents.values()
    assert "This is not your fault" in document
    assert "solutions" not in document
    assert "bpgrade: not graded: " in ran.errors
