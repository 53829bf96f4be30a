"""What a platform allows: time, memory, and that nothing of ours is lost when it is little."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import command_client
import pytest
from command import server
from made_results import check, result
from platform_cases import CORPUS, EXERCISE, PLACE, ROOT
from platform_validity import PROBLEMS, VALID, artemis_build_failed, autolab_scores
from thoroughness import thorough

from grader.platforms.assessment import Assessment
from grader.platforms.platform import Surroundings
from grader.platforms.registry import NAMES, platform
from grader.result import Outcome

HERE = Path(__file__).parent.parent / "grader" / "platforms" / "templates"
SUBMISSION = CORPUS / "right_plain.py"
LITTLE = 100 * 1024 * 1024
MODULES = """
import json, sys
from grader.cli.group import run
from grader.platforms import grading
usual = grading._command
grading._command = lambda *arguments: [*WARM, *usual(*arguments)[4:]]  # which is not looked at here
code = run(sys.argv[1:])
heavy = [name for name in ("numpy", "pytest", "_pytest", "matplotlib") if name in sys.modules]
sys.stderr.write(json.dumps([code, heavy]))
"""


def told(name: str) -> str:
    """What comes on standard input, where a platform says there what was handed in."""
    if name == "dodona":
        return json.dumps({"source": str(SUBMISSION), "time_limit": 60})
    body = {"student_response": SUBMISSION.read_text("utf-8"), "grader_payload": ""}
    return json.dumps({"xqueue_body": json.dumps(body)}) if name == "edx" else ""


def words(name: str, folder: Path) -> list[str]:
    found = ["autograde", "--platform", name, "--course", str(ROOT), "--exercise", EXERCISE]
    places = ["--output", str(folder)]
    if not told(name):
        places += ["--submission", str(SUBMISSION)]
    return [*found, *places]


def documents(name: str, folder: Path, printed: str) -> dict[str, str]:
    """The platform's documents, by the names that it gives them."""
    found = {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {**found, "": printed} if printed else found


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
@pytest.mark.parametrize("name", thorough(NAMES, but=NAMES[::4]))
def test_with_little_memory_the_document_says_not_graded(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", *words(name, tmp_path)],
        input=told(name).encode(),
        capture_output=True,
        check=False,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LITTLE, LITTLE)),
    )
    errors = done.stderr.decode()
    assert done.returncode == platform(name).ungraded_exit, errors
    assert "Traceback" not in errors
    texts = documents(name, tmp_path, done.stdout.decode())
    if name != "coursera" or sys.version_info < (3, 12):
        assert VALID[name](texts, tmp_path) in ([], ["Not graded"])
    assert platform(name).share(texts) is None
    text = "\n".join(texts.values())
    assert "ot graded" in text
    assert "This is not your fault" in text.replace("\\", "")


@pytest.mark.parametrize("name", thorough(NAMES, but=NAMES[1::4]))
def test_what_has_promised_the_document_imports_neither_numpy_nor_pytest(
    name: str, tmp_path: Path
) -> None:
    modules = MODULES.replace("WARM", repr(command_client.words(server())))
    done = subprocess.run(
        [sys.executable, "-P", "-c", modules, *words(name, tmp_path)],
        input=told(name),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert json.loads(done.stderr.splitlines()[-1]) == [0, []]


# seconds, where the instructor says nothing, and where that is read
DEFAULT_LIMITS = {
    "gradescope": (600, "the timeout of 10 minutes in Gradescope's documentation"),
    "github": (15 * 60, "timeout-minutes in our workflow"),
    "prairielearn": (120, "timeout in our info.json"),
    "coderunner": (60, "cputimelimitsecs in our question.xml"),
    "vpl": (240, "defaultexetime in VPL's settings.php"),
    "autolab": (180, "autograders_controller.rb of Autolab"),
    "dodona": (42, "app/runners/config.json of Dodona"),
    "inginious": (120, "time in our task.yaml"),
    "codio": (180, "Codio's documentation"),
    "artemis": (120, "the default in application-localci.yml of Artemis"),
    "edx": (60, "SUBMISSION_PROCESSING_DELAY of xqueue"),
    "coursera": (300, "the least in commands/grade.py of coursera_autograder"),
}


@pytest.mark.parametrize("name", DEFAULT_LIMITS)
def test_we_give_up_before_the_platform_does(name: str, tmp_path: Path) -> None:
    limit, _where = DEFAULT_LIMITS[name]
    told = {"dodona": json.dumps({"time_limit": limit})}.get(name, "")
    environment = {"VPL_MAXTIME": str(limit)} if name == "vpl" else {}
    place = platform(name).locate(Surroundings(environment, tmp_path, tmp_path, lambda: told))
    if place.temporary:
        place.temporary.rmdir()
    assert 30 <= place.seconds <= limit - 3


def test_the_limits_in_our_own_files_are_those_compared() -> None:
    texts = {
        "github": '"student-repository/@DOT@github/workflows/autograde.yml" timeout-minutes: 15',
        "prairielearn": '"course/questions/@EXERCISE@/info.json" "timeout": 120',
        "coderunner": '"question.xml" <cputimelimitsecs>60</cputimelimitsecs>',
        "inginious": '"tasks/@EXERCISE@/task.yaml" time: "120"',
    }
    for name, text in texts.items():
        _, file, line = text.split('"', 2)
        assert line.strip() in (HERE / name / file).read_text("utf-8")


ALIKE = [
    "is right",
    "is right",
    "is right (2)",
    "is right",
    "x" * 5000,
    "x" * 5001,
    "\x1b",
    "\\x1b",
]


@pytest.mark.parametrize("name", NAMES)
def test_checks_of_equal_titles_stay_apart(name: str, tmp_path: Path) -> None:
    checks = [check("forward", title) for title in ALIKE]
    checks += [check(function, "is right") for function in ("gradient", "update", "train")]
    checks += [check("", "forward: is right", Outcome.FAILED)]
    checks = [one for one in checks if one.function or name not in ("autolab", "okpy")]
    found = Assessment(result(*checks), exercise=EXERCISE, functions=PROBLEMS)
    texts = platform(name).documents(found, PLACE)
    if name == "coursera" and sys.version_info >= (3, 12):
        pytest.skip("coursera_autograder runs on Python 3.11 and earlier")
    names = VALID[name](texts, tmp_path)
    assert len(set(names)) == len(names)
    assert len(names) in (0, len(checks))


def test_a_function_may_have_the_name_of_a_key_of_autolabs() -> None:
    checks = [check("stages", "first"), check("_presentation", "second")]
    text = platform("autolab").documents(Assessment(result(*checks)), PLACE)[""]
    stages = json.loads(text.splitlines()[-2])
    assert stages["_presentation"] == "semantic"
    assert stages["stages"] == ["stages()", "_presentation()"]
    assert stages["stages()"] == {"first": {"passed": True}}


@pytest.mark.parametrize(
    "feedback",
    [
        "",
        "Autodriver: Job timed out after 180 seconds",
        "Not graded: no scores are posted.",
        '{"scores": {}}',
        '{"scores": {"forward": null}}\nbpgrade: not graded: why',
    ],
)
def test_autolab_stores_0_for_what_it_cannot_read(feedback: str) -> None:
    assert set(autolab_scores(feedback, PROBLEMS).values()) == {0.0}
    assert platform("autolab").share({"": f"| 1 of 1 points\n\n{feedback}"}) == 0.0


def test_autolab_stores_no_score_for_null() -> None:
    nothing = Assessment(None, problem="why", exercise=EXERCISE, functions=PROBLEMS)
    text = platform("autolab").documents(nothing, PLACE)[""]
    assert autolab_scores(text, PROBLEMS) == dict.fromkeys(PROBLEMS)
    assert "| Not graded. why" in text


def test_artemis_scores_any_test_case_so_there_is_none() -> None:
    nothing = Assessment(None, problem="why", exercise=EXERCISE)
    texts = platform("artemis").documents(nothing, PLACE)
    assert artemis_build_failed(texts)
    assert texts == {"": "Not graded. why\n"}
    case = '<testsuite><testcase name="Not graded"><error/></testcase></testsuite>'
    assert not artemis_build_failed({"results/a.xml": f"<testsuites>{case}</testsuites>"})
    graded = platform("artemis").documents(Assessment(result(check("forward", "one"))), PLACE)
    assert not artemis_build_failed(graded)


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
def test_dodonas_source_is_told_of_under_the_exercises_name(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("def forward(:\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", *words("dodona", tmp_path)],
        input=json.dumps({"source": str(source), "time_limit": 120}),
        env={**os.environ, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert f"{EXERCISE}.py" in done.stdout
    assert '"source' not in done.stdout
    assert "source " not in done.stdout
