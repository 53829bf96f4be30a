"""What the README and the folder list promise of the project as a whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {"cli"},
    {"server"},
    {"cluster", "gradebook", "lti"},
    {"author", "batch", "decisions", "ipython", "platforms", "report"},
    {"handing_in"},
    {"grading"},
    {"diagnosis", "notebooks", "similarity"},
    {"checking"},
    {"comparison"},
    {"sandbox"},
    {"authoring", "course", "result"},
    {"extras", "interpreter", "text"},
    {"errors"},
    {"language"},
    {"quick_dataclass"},
]


def imported(path: Path) -> set[str]:
    """Return the parts of the package that a module imports, at any depth."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        parts |= {name.split(".")[1] for name in names if name.startswith("grader.")}
    return parts


def test_the_untrusted_side_imports_nothing_of_the_trusted_side():
    for path in (ROOT / "grader" / "sandbox" / "child").glob("*.py"):
        assert imported(path) == set(), path


def test_every_part_has_its_layer_and_its_row_in_the_design():
    parts = {
        path.name.removesuffix(".py")
        for path in (ROOT / "grader").iterdir()
        if path.suffix == ".py" or list(path.glob("*.py"))
    }
    assert parts - {"__init__", "__main__"} == set().union(*LAYERS)
    design = (ROOT / "docs" / "design.md").read_text("utf-8")
    table = design.partition("| folder of `grader/` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|[^|]*", table, re.M)))) == {
        *set().union(*LAYERS),
        "locale",
    }


def test_dataclasses_are_made_in_one_way():
    usual = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "grader").rglob("*.py")
        if re.search(r"^from dataclasses import .*\bdataclass\b", path.read_text("utf-8"), re.M)
        and "child" not in path.parts
    }
    assert usual == {"grader/author/importing/assignment.py"}  # its class has an order


@pytest.mark.parametrize("position", range(1, len(LAYERS)))
def test_imports_run_one_way(position: int):
    above = set().union(*LAYERS[:position])
    for part in LAYERS[position]:
        for path in [
            *(ROOT / "grader" / part).rglob("*.py"),
            *(ROOT / "grader").glob(f"{part}.py"),
        ]:
            assert not imported(path) & above, f"{path} imports what lies above it"


def test_modules_are_short_enough_to_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "grader").rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_a_class_has_a_name_of_its_own():
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    del found["Migration"]  # Django asks for that name
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_the_readme_has_its_two_commands_each_on_one_line():
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^python3 -m venv \.venv && .+$", readme, re.MULTILINE)
    assert len(commands) == 2
    assert "bpgrade check docs/examples/exercise3.py" in commands[0]
    assert ".venv/bin/pytest" in commands[1]


def test_the_lowest_versions_are_those_that_were_tried():
    tried = re.findall(r"^([\w-]+)==([\d.]+)", (ROOT / "constraints-lowest.txt").read_text(), re.M)
    project = (ROOT / "pyproject.toml").read_text()
    asked = dict(re.findall(r'"([\w-]+)>=([\d.]+)', project))
    assert {"matplotlib", "numpy", "pandas", "polars", "pytest", "scikit-learn"} <= asked.keys()
    for name, version in tried:
        if name in asked:
            assert re.fullmatch(rf"{re.escape(asked[name])}(\.0)*", version), name
