"""PyTorch where it is installed: modules stay there, and tensors cross as arrays, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Result
from grader.sandbox.isolation import resolve

torch = pytest.importorskip("torch")

REFERENCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, 1)
        nn.init.ones_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)
    def forward(self, x):
        return self.layer(torch.as_tensor(x, dtype=torch.float32))

def gradient(x):
    t = torch.tensor(x, requires_grad=True)
    (t**2).sum().backward()
    return t.grad

def shape(t):
    return tuple(t.shape)
"""
CHECKS = '''
import numpy as np
import pytest
import torch

@pytest.mark.function("Net")
@pytest.mark.points(1)
def test_net(student, reference, compare):
    """The net is linear"""
    net = student.Net(3)
    assert "Module" in student.kind(net)
    compare.close(net.layer.weight, reference.Net(3).layer.weight.detach().numpy(), rtol=1e-5)
    compare.close(net(np.ones((2, 3))), [[3.0], [3.0]], rtol=1e-5)
    assert len(list(net.parameters())) == 2
    with student.raises("RuntimeError"):
        net(np.ones((2, 4)))

@pytest.mark.function("gradient")
@pytest.mark.points(1)
def test_gradient(student, compare):
    """The gradient of a sum of squares"""
    compare.close(student.gradient([1.0, 2.0]), [2.0, 4.0], rtol=1e-5)

@pytest.mark.function("shape")
@pytest.mark.points(1)
def test_shape(student):
    """The shape of a tensor"""
    assert student.shape(torch.ones(2, 3)) == (2, 3)
'''


@pytest.fixture
def grader(tmp_path: Path):
    for part in ("exercises", "solutions"):
        (tmp_path / part).mkdir()
    (tmp_path / "exercises" / "course.toml").write_text(
        'name = "nets"\ntitle = "Nets"\npackages = ["numpy", "torch"]\n'
        '[exercises.one]\ntitle = "One"\n[exercises.one.points]\nNet = 1\ngradient = 1\nshape = 1\n'
    )
    (tmp_path / "solutions" / "one.py").write_text(REFERENCE)
    (tmp_path / "solutions" / "check_one.py").write_text(CHECKS)
    with Grader(load_course(tmp_path), resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, text: str) -> Result:
    submission = submission_from_bytes("one.py", text.encode())
    return grader.grade(submission, grader.course.exercise("one"), 0)


def test_modules_and_tensors_are_graded(grader: Grader) -> None:
    assert graded(grader, REFERENCE).score == 3
    wrong = REFERENCE.replace("ones_", "zeros_").replace("return t.grad", "return t")
    result = graded(grader, wrong)
    assert [check.outcome.value for check in result.checks] == ["failed", "failed", "passed"]
    assert "computed in" not in result.checks[0].feedback
