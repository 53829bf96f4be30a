"""The engine: a document whatever happens, and which file it takes for the submission."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import junitparser
import pytest
from platform_cases import CORPUS, EXERCISE
from waiting import wait_for

from grader.course import load_course
from grader.errors import SubmissionError
from grader.language import reading
from grader.platforms.handed_in_file import find
from grader.platforms.packaging.build import PackageOptions, build, write
from grader.platforms.platform import Surroundings
from grader.platforms.registry import platform
from grader.platforms.trial import Ran, start

ROOT = Path(__file__).parent.parent
RIGHT = (CORPUS / "right_plain.py").read_text("utf-8")
COURSE = load_course(ROOT)


def command(folder: Path, *words: str) -> list[str]:
    start = [sys.executable, "-P", "-m", "grader", "autograde", "--platform", "junit"]
    places = ["--submission", str(folder / "submission"), "--output", str(folder / "out")]
    return [*start, "--course", str(ROOT), "--exercise", EXERCISE, *places, *words]


def autograde(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *words),
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def submission(folder: Path, source: str = RIGHT) -> Path:
    path = folder / "submission" / f"{EXERCISE}.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    return folder


def message(folder: Path) -> str:
    """The reason in the report why nothing was graded."""
    [suite] = junitparser.JUnitXml.fromfile(str(folder / "out" / "bpgrade.xml"))
    [case] = suite
    assert case.name in ("Not graded", "未评分")
    assert not list((folder / "out").glob(".*")), "a half-written file is left"
    return case.result[0].message


LOOP = """
def forward(*arguments):
    while True:
        pass


gradient = update = train = forward
"""


def test_grading_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    done = autograde(submission(tmp_path, LOOP), "--time-limit", "1")
    assert done.returncode == 1
    assert "took longer than 1 seconds" in message(tmp_path)
    assert "raise the platform's time limit" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
def test_a_platform_that_ends_it_gets_a_document_first(tmp_path: Path) -> None:
    folder = submission(tmp_path, LOOP)
    with subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: _children(process.pid), "grading has begun")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert "The grader failed" in message(folder)
    assert "stopped it before it had finished" in errors


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
def test_a_grader_that_is_killed_is_noticed(tmp_path: Path) -> None:
    folder = submission(tmp_path, LOOP)
    with subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: _children(process.pid), "grading has begun")
        os.kill(int(_children(process.pid)[0]), signal.SIGKILL)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert "The grader failed" in message(folder)
    assert "SIGKILL" in errors


def test_nothing_is_imported_from_where_a_student_has_been(tmp_path: Path) -> None:
    folder = submission(tmp_path)
    for place in (folder, folder / "submission"):
        for name in ("numpy", "grader", "click", "json"):
            (place / f"{name}.py").write_text("raise SystemExit('imported')\n", "utf-8")
    (folder / "submission" / "exercises").mkdir()
    (folder / "submission" / "exercises" / "course.toml").write_text("name = [", "utf-8")
    done = autograde(folder)
    assert done.returncode == 0, done.stderr
    [suite] = junitparser.JUnitXml.fromfile(str(folder / "out" / "bpgrade.xml"))
    assert suite.failures + suite.errors == 0


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    folder = submission(tmp_path)
    (folder / "out").write_text("a file", "utf-8")
    done = autograde(folder)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_language_of_a_document_is_asked_for_or_the_environments(tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    autograde(tmp_path, "--lang", "zh", BPGRADE_LANG="en")
    assert message(tmp_path) == f"没有提交任何文件。请提交 {EXERCISE}.py 或 {EXERCISE}.ipynb。"
    autograde(tmp_path, BPGRADE_LANG="zh")
    assert message(tmp_path).startswith("没有提交任何文件。")
    autograde(tmp_path, BPGRADE_LANG="en")
    assert message(tmp_path).startswith("Nothing was submitted. ")


def test_a_package_made_in_chinese_tells_students_in_chinese(tmp_path: Path) -> None:
    asked = platform("inginious")
    with reading("zh_CN"):
        files = build(asked, COURSE, PackageOptions(COURSE.exercise(EXERCISE)))
    write(files, tmp_path / "package")
    task = (tmp_path / "package" / "tasks" / EXERCISE / "task.yaml").read_text("utf-8")
    context = next(line for line in task.splitlines() if line.startswith("context: "))
    said = json.loads(context.removeprefix("context: "))
    assert said == f"请提交 {EXERCISE}.py 或 {EXERCISE}.ipynb。"
    (tmp_path / "root").mkdir()
    run = asked.lay(tmp_path / "root", tmp_path / "package", None, EXERCISE)
    ran = start(run, tmp_path / "root")
    told = json.loads(next(iter(ran.documents.values())))
    assert "未评分。没有提交任何文件。" in told["text"]
    assert asked.share(ran.documents) is None


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    return folder


def test_the_named_file_is_found_among_others(tmp_path: Path) -> None:
    names = ("a/helper.py", "exercise1.py", "a/exercise3.py", "exercise3 (1).py", "exercise3.ipynb")
    found = find(tree(tmp_path, *names), COURSE, EXERCISE)
    assert found.path.name == "exercise3.ipynb"
    assert found.exercise.name == EXERCISE
    assert "a/exercise3.py" in found.notes[0]


def test_a_single_file_may_have_any_name(tmp_path: Path) -> None:
    found = find(tree(tmp_path, "my homework.py", "notes.txt"), COURSE, EXERCISE)
    assert found.path.name == "my homework.py"
    assert "was graded as exercise3" in found.notes[0]


def test_the_title_of_the_assignment_says_which_exercise_it_is(tmp_path: Path) -> None:
    folder = tree(tmp_path, "exercise1.py", "exercise2.py")
    assert find(folder, COURSE, None, "Exercise 2: the gradients").exercise.name == "exercise2"
    with pytest.raises(SubmissionError, match="several exercises"):
        find(folder, COURSE, None, "Homework")


@pytest.mark.parametrize(
    "names",
    [
        (),
        (".exercise3.py",),
        ("__MACOSX/exercise3.py",),
        ("exercise3.txt", "a.docx"),
        ("exercise1.py", "exercise2.py"),
    ],
)
def test_what_is_no_submission_is_told_apart(names: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(SubmissionError):
        find(tree(tmp_path, *names), COURSE, EXERCISE)


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    target = ROOT / "solutions" / f"{EXERCISE}.py"
    (tmp_path / f"{EXERCISE}.py").symlink_to(target)
    (tmp_path / "folder").symlink_to(target.parent)
    os.mkfifo(tmp_path / f"{EXERCISE}.ipynb")
    for place in (tmp_path, tmp_path / f"{EXERCISE}.py", tmp_path / "folder", tmp_path / "no"):
        with pytest.raises(SubmissionError):
            find(place, COURSE, EXERCISE)


def surroundings(folder: Path, told: str = "", **environment: str) -> Surroundings:
    return Surroundings(environment, folder, folder, lambda: told)


def test_what_each_platform_says_of_a_submission(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"repository": {"pushed_at": 1795305600}}', "utf-8")
    pushed = platform("github").locate(surroundings(tmp_path, GITHUB_EVENT_PATH=str(event)))
    assert pushed.submitted == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    done = '{"completedDate": "2026-11-22T09:47:54.471Z"}'
    place = platform("codio").locate(surroundings(tmp_path, CODIO_AUTOGRADE_ENV=done))
    assert place.submitted == datetime(2026, 11, 22, 9, 47, 54, 471000, UTC)
    scale = {"VPL_GRADEMIN": "1", "VPL_GRADEMAX": "7.5", "VPL_MAXTIME": "30"}
    place = platform("vpl").locate(surroundings(tmp_path, **scale))
    assert (place.facts["low"], place.facts["high"], place.seconds) == (1, Fraction(15, 2), 27)
    told = '{"source": "/mnt/exercise3.py", "time_limit": 42}'
    place = platform("dodona").locate(surroundings(tmp_path, told))
    assert (place.submission, place.seconds) == (Path("/mnt/exercise3.py"), 37)
    named = {"SUBMISSION_TAG": "submit/2026-11-24T03-00-00Z-a1b2c3d", "MODE": "group"}
    facts = platform("classroom50").locate(surroundings(tmp_path, OWNER="ada", **named)).facts
    assert facts["datetime"] == "2026-11-24T03:00:00Z"
    assert (facts["owner"], facts["assignment_type"]) == ("ada", "group")


def test_gradescope_knows_the_dates_of_students_with_extensions(tmp_path: Path) -> None:
    metadata = {
        "created_at": "2026-11-22T03:00:00.000000-07:00",
        "assignment": {"title": "Exercise 3", "due_date": "2026-11-20T23:00:00.000000-07:00"},
        "users": [{"assignment": {"due_date": "2026-11-23T23:00:00.000000-07:00"}}],
    }
    path = tmp_path / "autograder" / "submission_metadata.json"
    path.parent.mkdir()
    path.write_text(json.dumps(metadata), "utf-8")
    place = platform("gradescope").locate(surroundings(tmp_path))
    assert place.due is not None
    assert place.submitted is not None
    assert (place.due.day, place.submitted.day, place.title) == (23, 22, "Exercise 3")


class Receiver(BaseHTTPRequestHandler):
    """Keeps the forms that are posted to it."""

    got: ClassVar[list[dict[str, list[str]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(parse_qs(body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def codio(folder: Path, package: Path, submission: Path | None, **addresses: str) -> Ran:
    root = folder / "root"
    root.mkdir(parents=True)
    run = platform("codio").lay(root, package, submission, EXERCISE)
    return start(replace(run, environment=addresses), root)


def test_codio_is_sent_a_score_and_none_where_nothing_was_graded(tmp_path: Path) -> None:
    package = tmp_path / "package"
    write(build(platform("codio"), COURSE, PackageOptions(COURSE.exercise(EXERCISE))), package)
    file = tmp_path / f"{EXERCISE}.py"
    file.write_text(RIGHT, "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/?key=1"
        assignment = {"CODIO_AUTOGRADE_V2_URL": address}
        assessment = {"CODIO_PARTIAL_POINTS_V2_URL": address}
        assert codio(tmp_path / "a", package, file, **assignment).exit_code == 0
        assert codio(tmp_path / "b", package, None, **assignment).exit_code == 1
        assert codio(tmp_path / "c", package, None, **assessment).exit_code == 1
        server.shutdown()
    right, missing = Receiver.got
    assert right["score"] == ["100.0"]
    assert missing["score"] == ["0"]
    assert "Not graded" in missing["feedback"][0]
