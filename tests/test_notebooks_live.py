"""`check("exercise3")` and `%bpgrade exercise3` in a running notebook."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_files import REFERENCE

import grader
from grader.errors import UsageError
from grader.report.notebook_table import html_of
from grader.result import CheckResult, Diagnosis, Outcome, Result, SubmissionInfo

CODE = REFERENCE.partition('\n\n\nif __name__ == "__main__"')[0]


class LiveShell:
    """A real IPython shell in this process."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def run(self, cell: str) -> Any:
        return self.shell.run_cell(cell, store_history=True)


@pytest.fixture
def shell() -> Iterator[LiveShell]:
    module = pytest.importorskip("IPython.core.interactiveshell")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = module.InteractiveShell.instance()
        made.history_manager.enabled = False
        yield LiveShell(made)
        module.InteractiveShell.clear_instance()


def test_the_functions_defined_so_far_are_graded(shell: LiveShell) -> None:
    shell.run("def forward(")
    shell.run(CODE)
    shell.run("%matplotlib --list\nx = 1/0")
    report = shell.run("from grader import check\ncheck('exercise3')").result
    assert (report.result.score, report.result.warnings) == (20, ())
    assert report.result.submission.name == "this notebook"
    assert "20 / 20" in repr(report)
    assert "20 / 20" in report._repr_html_()
    shell.run("def update(*a):\n    return '<b>'")
    report = shell.run("check('exercise3')").result
    assert report.result.score < 20
    shell.run(CODE)
    assert shell.run("check('exercise3')").result.result.score == 20


def test_the_magic(shell: LiveShell) -> None:
    shell.run(CODE)
    shell.run("%load_ext grader")
    assert shell.run("%bpgrade exercise3").result.result.score == 20
    for line in ("%bpgrade", "%bpgrade submit"):
        lacking = shell.run(line).error_in_exec
        assert isinstance(lacking, UsageError)
        assert lacking.message == "%bpgrade takes one exercise name"
    wrong = shell.run("%bpgrade exercise33").error_in_exec
    assert wrong._render_traceback_()[0].startswith("bpgrade: The course")


@pytest.mark.parametrize("option", ["--lang zh", "--lang=zh-CN"])
def test_the_magic_speaks_the_language_that_is_asked_for(shell: LiveShell, option: str) -> None:
    shell.run("%load_ext grader\ndef forward(*a): return 1")
    report = shell.run(f"%bpgrade exercise3 {option}").result
    assert "当前笔记本" in repr(report)
    assert "还没有写" in repr(report)
    assert '<div class="bpgrade" lang="zh-CN">' in report._repr_html_()
    assert "还没有写" in report._repr_html_()
    report = shell.run("from grader import check\ncheck('exercise3', lang='zh')").result
    assert "还没有写" in repr(report)
    assert "not written yet" in repr(shell.run("%bpgrade exercise3").result)
    wrong = shell.run(f"%bpgrade exercise3 exercise4 {option}").error_in_exec
    assert "not written" not in wrong._render_traceback_()[0]
    wrong = shell.run("%bpgrade exercise3 --lang tlh").error_in_exec
    assert wrong._render_traceback_() == ["bpgrade: no such language: tlh\nthere are: en, zh-CN"]


def test_what_is_missing_is_said(shell: LiveShell) -> None:
    shell.run("def forwards(*a): pass")
    result = shell.run("import grader\ngrader.check('exercise3')").result.result
    assert {check.outcome for check in result.checks} == {Outcome.NOT_IMPLEMENTED}
    assert "this notebook defines no function `forward`" in result.checks[0].feedback


def test_outside_a_notebook_it_says_so() -> None:
    run = "import grader; grader.check('exercise3')"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "there is no notebook here" in done.stderr


def test_the_table_is_escaped() -> None:
    text = "<script>alert(1)</script> $x$ & \udcff"
    diagnosis = Diagnosis("d", text, text, "likely")
    check = CheckResult(text, text, text, Outcome.FAILED, 0.0, 1.0, True, text, text, (diagnosis,))
    result = Result(
        SubmissionInfo(text, "0", 1), text, text, 0, "graded", 0.0, 1.0, (), text, (check,),
        (text,), (text,),
    )  # fmt: skip
    page = html_of(result)
    assert "<script" not in page
    assert "$" not in page
    assert page.count("&lt;script&gt;") >= 8
    page.encode()


@pytest.mark.filterwarnings("ignore")
def test_in_a_real_kernel(tmp_path: Path) -> None:
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    cells = [CODE, "import grader\ngrader.check('exercise3')"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    settings = {"metadata": {"path": str(tmp_path)}}
    client.NotebookClient(notebook, timeout=60, kernel_name="python3", resources=settings).execute()
    [output] = notebook.cells[1].outputs
    assert "exercise3: 20 / 20" in output.data["text/html"]
    assert "everything is right" in output.data["text/plain"]


def test_the_public_names() -> None:
    assert grader.check.__module__ == "grader.ipython"
    assert sorted(grader.__all__) == grader.__all__
    assert all(getattr(grader, name) for name in grader.__all__)
