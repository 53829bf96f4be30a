"""Selftest: a package that would not work on its platform fails here, and the reason is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import command_client
import pytest
import warm_start
from command import server
from platform_cases import EXERCISE, ROOT
from thoroughness import thorough

from grader.course import load_course
from grader.platforms.packaging.build import PackageOptions, build, write
from grader.platforms.registry import platform
from grader.platforms.trial import PackageTrial, isolation_here, try_package


def package(name: str, folder: Path) -> Path:
    course = load_course(ROOT)
    write(
        build(platform(name), course, PackageOptions(course.exercise(EXERCISE))), folder / "package"
    )
    return folder / "package"


def rewritten(path: Path, pattern: str, by: str) -> None:
    """Replace what a pattern matches in a file; it has to be there."""
    text, times = re.subn(pattern, lambda _: by, path.read_text("utf-8"), flags=re.DOTALL)
    assert times, f"{path.name} has no {pattern}"
    path.write_text(text, "utf-8")


def course_beside(folder: Path) -> None:
    """Leave the course in a file, which VPL deletes before vpl_execution runs."""
    script = folder / "execution-files" / "vpl_evaluate.sh"
    [course] = re.findall(r"<<'COURSE'\n(.*)COURSE\n", script.read_text("utf-8"), re.DOTALL)
    (script.parent / "course.b64").write_text(course, "utf-8")
    rewritten(script, r"<<'COURSE'\n.*COURSE\n", "< course.b64\n")


def course_to_keep(folder: Path) -> None:
    """Let vpl_execution be an execution file itself."""
    script = folder / "execution-files" / "vpl_evaluate.sh"
    script.rename(script.with_name("vpl_execution"))
    script.write_text("#!/bin/bash\nchmod +x vpl_execution\n", "utf-8")


def image_without(line: str) -> Callable[[Path], None]:
    return lambda folder: rewritten(folder / "image" / "Dockerfile", line, "")


def main_not_executable(folder: Path) -> None:
    rewritten(folder / "image" / "Dockerfile", "--chmod=755", "--chmod=644")


def judge_wants_a_python_file(folder: Path) -> None:
    """Look for the submission under the exercise's name."""
    rewritten(
        folder / "judge" / "run",
        r'"--platform", "dodona"',
        f'"--platform", "dodona", "--submission", "../submission/{EXERCISE}.py"',
    )


def a_test_case_that_says_so(folder: Path) -> None:
    """Write one failed test case where nothing was graded."""
    report = '<testsuites><testsuite><testcase name="Not graded"><error/></testcase></testsuite>'
    script = folder / "tests-repository" / "build.sh"
    rewritten(script, "exec ", "")
    lines = [
        "[ -f results/bpgrade.xml ] || {",
        f"mkdir -p results; echo '{report}</testsuites>' > results/bpgrade.xml; }}",
    ]
    script.write_text(script.read_text("utf-8") + "\n".join([*lines, ""]), "utf-8")


def no_scores_in_the_end(folder: Path) -> None:
    """Say in words that nothing was graded."""
    change_in_archive(
        folder, r"(?s)printf '%s\\n' \"\$printed\".*", 'echo "$printed" | grep -v null'
    )


def a_word_after_the_scores(folder: Path) -> None:
    change_in_archive(folder, r"(?s)\ncase .*", "\necho bpgrade: done >&2\n")


def change_in_archive(folder: Path, pattern: str, by: str) -> None:
    """Change Autolab's grade.sh, which lies in an archive."""
    import tarfile

    with tarfile.open(folder / "autograde.tar") as archive:
        archive.extractall(folder, filter="data")
    rewritten(folder / "autograde" / "grade.sh", pattern, by)
    with tarfile.open(folder / "autograde.tar", "w") as archive:
        archive.add(folder / "autograde", "autograde")


MISTAKES: list[tuple[str, Callable[[Path], None], str, str]] = [
    ("vpl", course_beside, "reference", "course.b64"),
    ("vpl", course_to_keep, "reference", "vpl_execution"),
    ("dodona", image_without(r"COPY --chmod=755 main.sh /main.sh\n"), "reference", "/main.sh"),
    ("dodona", main_not_executable, "reference", "/main.sh"),
    ("dodona", image_without(r"procps "), "reference", "procps"),
    ("dodona", image_without(r"USER runner\n"), "reference", "user runner"),
    ("dodona", image_without(r"WORKDIR [^\n]*\n"), "reference", "/home/runner/workdir"),
    ("dodona", judge_wants_a_python_file, "reference", "no score is stored"),
    ("artemis", a_test_case_that_says_so, "nothing submitted", "is stored where nothing was"),
    ("autolab", no_scores_in_the_end, "nothing submitted", "is stored where nothing was"),
    ("autolab", a_word_after_the_scores, "reference", "bpgrade: done"),
]


ONE_OF_EACH = (MISTAKES[0], MISTAKES[2], *MISTAKES[7:9], MISTAKES[10])
"""What a file, an image, a judge, a report and a printed line may have wrong."""


@pytest.fixture
def warm_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have packages call a command that has all imported: what they do is tried, not Python."""
    warm_start.platforms(monkeypatch, command_client.words(server()))


@pytest.mark.usefixtures("warm_commands")
@pytest.mark.parametrize(
    ("name", "mistake", "case", "told"),
    thorough(MISTAKES, but=ONE_OF_EACH),
)
def test_a_mistake_that_is_put_back_is_found_and_named(
    name: str, mistake: Callable[[Path], None], case: str, told: str, tmp_path: Path
) -> None:
    folder = package(name, tmp_path)
    mistake(folder)
    trials = try_package(platform(name), folder, EXERCISE, isolation_here())
    trial: PackageTrial = next(one for one in trials if one.case == case)
    assert not trial.good
    assert told in trial.remark


# bpgrade's own rules for GitHub, each without itself; the package's script runs them in a process
# of its own, which takes them from a sitecustomize.py
ROUNDED = """
import grader.platforms.assessment as assessment

assessment.addends = lambda parts, total: [assessment.number(part) for part in parts]
"""
UNCUT = """
import grader.platforms.size as size

size.fitting = lambda write, assessment, fits, platform: write(assessment)
"""


@pytest.mark.thorough  # six trials, each a process that imports all anew
@pytest.mark.parametrize(
    ("mistake", "case", "told"),
    [
        (ROUNDED, "late", "which is a rounding error"),
        (UNCUT, "long messages", "not fewer than"),
    ],
)
def test_selftest_finds_what_github_s_reporter_would_stumble_over(
    mistake: str, case: str, told: str, tmp_path: Path
) -> None:
    folder = package("github", tmp_path)
    one = platform("github")
    (tmp_path / "sitecustomize.py").write_text(mistake, "utf-8")
    with_mistake = replace(
        one,
        lay=lambda *arguments: (
            lambda run: replace(run, environment={**run.environment, "PYTHONPATH": str(tmp_path)})
        )(one.lay(*arguments)),
    )
    trials = list(try_package(with_mistake, folder, EXERCISE, isolation_here()))
    assert [trial.case for trial in trials if not trial.good] == [case]
    [trial] = [trial for trial in trials if not trial.good]
    assert told in trial.remark


@pytest.mark.usefixtures("warm_commands")
@pytest.mark.parametrize(
    "name",
    thorough(["vpl", "dodona", "artemis", "autolab", "github"], but=["autolab"]),
)
def test_the_package_as_it_is_made_is_good(name: str, tmp_path: Path) -> None:
    folder = package(name, tmp_path)
    trials = list(try_package(platform(name), folder, EXERCISE, isolation_here()))
    assert [trial.good for trial in trials] == [True] * (6 if name == "github" else 4), trials
