"""Files that were handed in together can import each other, and nothing else."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from corpus_case import ROOT, run_bpgrade
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import thorough

from grader.grading.imported_files import MAX_FILES, in_folder, modules
from grader.grading.submission import submission_from_bytes

SIGMOID = """import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))
"""
REST = """

def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    return hidden, sigmoid(hidden @ weight_2 + bias[1])


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)
"""
NUMPY = "import numpy as np\n"
FROM_1 = f"{NUMPY}from exercise1 import sigmoid\n{REST}"


def notebook(*cells: str) -> str:
    made: Any = nbformat.v4
    return nbformat.writes(made.new_notebook(cells=[made.new_code_cell(cell) for cell in cells]))  # type: ignore[no-any-return, no-untyped-call]


def hand_in(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def check(file: Path) -> dict[str, Any]:
    [document] = check_all([file])
    return document


def check_all(files: Iterable[Path], *options: str) -> list[dict[str, Any]]:
    run = run_bpgrade("check", "--json", "--exercise", "exercise2", *options, *files)
    return [json.loads(line) for line in run.lines]


TOGETHER = {
    "another exercise": {"exercise2.py": FROM_1, "exercise1.py": SIGMOID},
    "its demo fails": {"exercise2.py": FROM_1, "exercise1.py": f"{SIGMOID}\nprint(x)\nexit()\n"},
    "a notebook": {"exercise2.py": FROM_1, "exercise1.ipynb": notebook("%pylab", SIGMOID)},
    "from a notebook": {"exercise2.ipynb": notebook(FROM_1), "exercise1.py": SIGMOID},
    "relative": {"exercise2.py": FROM_1.replace("from e", "from .e"), "exercise1.py": SIGMOID},
    "as a module": {
        "exercise2.py": f"{NUMPY}from . import exercise1 as one\nsigmoid = one.sigmoid\n{REST}",
        "exercise1.py": SIGMOID,
    },
    "a package": {
        "exercise2.py": f"{NUMPY}import mylib.layers\nsigmoid = mylib.layers.sigmoid\n{REST}",
        "mylib/layers.py": "from .curves import sigmoid\n",
        "mylib/curves.py": SIGMOID,
    },
    "a package with an __init__": {
        "exercise2.py": f"{NUMPY}from mylib import sigmoid\n{REST}",
        "mylib/__init__.py": "from .curves import *\n",
        "mylib/curves.py": SIGMOID,
    },
    "in a function": {
        "exercise2.py": f"{NUMPY}{REST}".replace(
            "    hidden = sigmoid", "    from exercise1 import sigmoid\n\n    hidden = sigmoid"
        ),
        "exercise1.py": SIGMOID,
    },
    "run in a notebook": {
        "exercise2.ipynb": notebook("%run exercise1.py", REST),
        "exercise1.py": SIGMOID,
    },
    "a notebook run in a notebook": {
        "exercise2.ipynb": notebook('%run "my notes/first part.ipynb"', REST),
        "my notes/first part.ipynb": notebook("!ls", SIGMOID),
    },
    "run in an exported notebook": {
        "exercise2.py": f"get_ipython().run_line_magic('run', 'exercise1.ipynb')\n{REST}",
        "exercise1.ipynb": notebook(SIGMOID),
    },
    "written by a notebook": {
        "exercise2.ipynb": notebook(
            f"%%writefile curves.py\n{SIGMOID}", f"{NUMPY}from curves import sigmoid", REST
        ),
    },
    "written and run": {
        "exercise2.ipynb": notebook(f"%%writefile curves.py\n{SIGMOID}", "%run curves", REST),
    },
    "named like a package that is not there": {
        "exercise2.py": f"{NUMPY}from pandas import sigmoid\n{REST}",
        "pandas.py": SIGMOID,
    },
    "named like Python's own": {
        "exercise2.py": f"import random\n{SIGMOID}\nrandom.seed(0)\n{REST}",
        "random.py": "seed = None\n",
        "numpy.py": "raise SystemExit\n",
    },
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What one command says of them all, each in a folder of its own."""
    folders = [hand_in(tmp_path_factory.mktemp("own"), files) for files in TOGETHER.values()]
    files = [next(folder.glob("exercise2.*")) for folder in folders]
    return dict(zip(TOGETHER, check_all(files, "--isolation", "strict"), strict=True))


@pytest.mark.parametrize("name", TOGETHER)
def test_check_finds_what_lies_beside(name: str, documents: dict[str, dict[str, Any]]) -> None:
    document = documents[name]
    assert document["score"] == 16, document["checks"]


@pytest.mark.parametrize("packed", thorough([False, True], but=[True]))
def test_batch_keeps_to_a_students_own_files(tmp_path: Path, packed: bool) -> None:
    """Equal files with other neighbours are other work: the cache does not mix them up."""
    wrong = SIGMOID.replace("0.5 * np.a", "0.7 * np.a")
    handed = hand_in(
        tmp_path / "handed",
        {
            "ada/exercise1.py": SIGMOID,
            "ada/exercise2.py": FROM_1,
            "bob/exercise1.py": wrong,
            "bob/exercise2.py": FROM_1,
            "eve/exercise2.py": FROM_1,
            "mel/exercise2.py": f"import sys\nsys.path.append('..')\n{FROM_1}",
        },
    )
    if packed:
        with zipfile.ZipFile(tmp_path / "handed.zip", "w") as archive:
            for path in sorted(handed.rglob("*.py")):
                archive.write(path, path.relative_to(handed))
        handed = tmp_path / "handed.zip"
    out = tmp_path / "graded"
    run = run_bpgrade("batch", handed, "-o", out)
    assert run.exit_code in (0, 1), run.errors
    results = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    scores = {
        one["student"]["id"]: one["result"]["score"]
        for one in results
        if one["result"]["exercise"] == "exercise2"
    }
    assert scores["ada"] == 16
    assert scores["bob"] < 16
    assert scores["eve"] == scores["mel"] < 16


def test_a_file_alone_is_told_what_to_do(tmp_path: Path) -> None:
    document = check(hand_in(tmp_path, {"exercise2.py": FROM_1}) / "exercise2.py")
    said = "only exercise2.py is here; copy sigmoid into it"
    assert any(said in check["feedback"] for check in document["checks"])


def test_links_and_paths_outside_are_not_read(tmp_path: Path) -> None:
    hand_in(tmp_path, {"secret.py": SIGMOID, "other/curves.py": SIGMOID})
    mine = hand_in(tmp_path / "mine", {"exercise2.py": FROM_1})
    (mine / "exercise1.py").symlink_to(tmp_path / "secret.py")
    (mine / "linked").symlink_to(tmp_path / "other")
    os.mkfifo(mine / "waiting.py")
    read = in_folder(mine)
    for path in ("exercise1.py", "linked/curves.py", "../secret.py", "/etc/passwd", "waiting.py"):
        assert read(path) is None
    assert read(str(tmp_path / "secret.py")) is None
    assert check(mine / "exercise2.py")["score"] < 16


def test_solutions_are_no_neighbours(tmp_path: Path) -> None:
    """A submission that lies in the course's own folder cannot import the right answers."""
    hand_in(
        tmp_path,
        {"exercises/course.toml": "", "solutions/exercise2.py": FROM_1, "solutions/x.py": ""},
    )
    assert in_folder(tmp_path)("solutions/exercise2.py") is None
    assert in_folder(tmp_path / "solutions")("x.py") is None
    taken = (ROOT / "solutions" / "exercise2.py").read_bytes()
    text = b"from solutions.exercise2 import *\n"
    assert submission_from_bytes("exercise2.py", text, in_folder(ROOT)).modules == ()
    assert taken


def test_what_is_imported_is_bounded() -> None:
    def read(path: str) -> bytes | None:
        number = path.removeprefix("m").removesuffix(".py")
        return f"import m{int(number) + 1}".encode() if number.isdigit() else None

    def large(path: str) -> bytes | None:
        return b"#" * 900_000 if path.endswith(".py") else None

    assert len(submission_from_bytes("a.py", b"import m0", read).modules) == MAX_FILES
    assert len(submission_from_bytes("a.py", b"import x, y, z", large).modules) == 1


@settings(deadline=None)
@given(st.text(), st.dictionaries(st.text(), st.binary(), max_size=3))
def test_no_text_makes_the_search_fail(source: str, files: dict[str, bytes]) -> None:
    found = modules([source], files.get, lambda _, data: data.decode("latin-1"))
    assert {module.label for module in found if module.source} <= files.keys()
