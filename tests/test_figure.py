"""`bpgrade check --figure`: what a submission does, drawn beside what is right."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from command import run_command
from thoroughness import thorough

import grader
from grader.course.shared import importing_shared
from grader.grading.figure import Answers
from grader.sandbox.failures import CallFailure

ROOT = Path(__file__).resolve().parent.parent
BLOG = ROOT / "docs" / "examples" / "exercise3.py"


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_command("check", *arguments)


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with importing_shared(path.parent):
        spec.loader.exec_module(module)
    return module


class Module:
    """Answers of a module in this process, as the drawing asks for them."""

    def __init__(self, path: Path) -> None:
        self.module = load("drawn", path)

    def ask(self, function: str, arguments: tuple[object, ...], shapes: object) -> object:
        return getattr(self.module, function)(*arguments)


@pytest.mark.parametrize("ending", thorough(["png", "svg", "pdf"], but=["svg"]))
def test_a_picture_of_the_kind_that_the_name_says(tmp_path: Path, ending: str):
    picture = tmp_path / f"out.{ending}"
    done = check(BLOG, "--figure", picture)
    assert done.returncode == 1
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert picture.read_bytes().startswith(starts[ending])
    assert [path.name for path in tmp_path.iterdir()] == [picture.name]


def test_the_blogs_faults_are_the_ones_that_are_marked():
    drawing = load("figure", ROOT / "solutions" / "figure_exercise3.py")
    reference = load("reference", ROOT / "solutions" / "exercise3.py")
    gradient, update = drawing.wrong_weights(Module(BLOG), reference)
    named = np.array(drawing.WEIGHT_NAMES)
    assert set(named[gradient]) == {"w1", "w2", "w3", "w4"}
    assert set(named[update]) == {"w2", "w3", "w6", "w7"}
    own = drawing.dependence(Module(BLOG).module.gradient, reference)
    right = drawing.dependence(reference.gradient, reference)
    assert right.tolist() == [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 1]]
    assert own.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]


def test_two_losses_fall_while_the_weights_part():
    drawing = load("figure", ROOT / "solutions" / "figure_exercise3.py")
    reference = load("reference", ROOT / "solutions" / "exercise3.py")
    right = drawing.stretches(reference.train)
    own = drawing.stretches(Module(BLOG).module.train)
    for losses, _ in (right, own):
        assert losses[-1] < losses[0] / 100
    assert np.abs(right[1][-1] - own[1][-1]).max() > 0.5


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("out.bmp", "is not an image file"),
        ("missing/out.png", "cannot be written"),
    ],
)
def test_a_picture_that_cannot_be_written_is_one_clear_line(tmp_path: Path, name: str, said: str):
    done = check(BLOG, "--figure", tmp_path / name)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_exercise_without_a_drawing_says_so(tmp_path: Path):
    done = check(ROOT / "solutions" / "exercise1.py", "--figure", tmp_path / "out.png")
    assert done.returncode == 2
    assert "draws no figure for exercise1" in done.stderr
    assert "exercise3" in done.stderr


@pytest.mark.parametrize("text", ["def forward(:\n", "<<<<<<< HEAD\nx = 1\n"])
def test_a_file_that_cannot_be_loaded_is_not_drawn(tmp_path: Path, text: str):
    path = tmp_path / "exercise3.py"
    path.write_text(text)
    done = check(path, "--figure", tmp_path / "out.png")
    assert done.returncode == 1
    assert "is not drawn" in done.stderr
    assert not (tmp_path / "out.png").exists()


def test_a_stub_is_drawn_too(tmp_path: Path):
    done = check(ROOT / "exercises" / "exercise3.py", "--figure", tmp_path / "out.png")
    assert done.returncode == 1
    assert (tmp_path / "out.png").stat().st_size > 1000


@pytest.mark.parametrize(
    "value", [None, 3.0, "ab", [1.0], ([1.0, 2.0], [3.0]), ([np.nan], [1.0]), ({}, {}), object()]
)
def test_answers_are_arrays_of_the_shapes_asked_for_or_none(value: object):
    class Student:
        def forward(self) -> object:
            return value

    answers = Answers(Student())  # type: ignore[arg-type]
    assert answers.ask("forward", (), ((1,), (1,))) is None


def test_a_function_that_failed_is_not_called_again():
    calls = []

    class Student:
        def forward(self) -> object:
            calls.append(1)
            raise CallFailure(grader.Outcome.TIMEOUT, "too slow")

    answers = Answers(Student())  # type: ignore[arg-type]
    assert answers.ask("forward", (), ((1,),)) is None
    assert answers.ask("forward", (), ((1,),)) is None
    assert len(calls) == 1
