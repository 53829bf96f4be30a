"""Makes a class: distinct submissions of exercise 3, right, wrong, broken and looping.

Right ones are put together from functions in several styles (formulations.py), wrong ones get a
blind edit (wrong_programs.py). Every second one is a notebook. The same number and seed give the
same class.
"""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wrong_programs import right_programs, wrong_program

from grader.course.load import load_course
from grader.diagnosis.making_tables import make_lacking

FUNCTIONS: Final = ("forward", "gradient", "update", "train")
KINDS: Final = {"right": 0.55, "wrong": 0.33, "broken": 0.10, "looping": 0.02}
SIGMOIDS: Final = (
    "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n",
    "def sigmoid(z):\n    z = np.asarray(z)\n    return 1.0 / (1.0 + np.exp(-z))\n",
    "def sigmoid(value):\n    e = np.exp(-value)\n    return 1 / (1 + e)\n",
    "sigmoid = lambda z: 0.5 * (1 + np.tanh(z / 2))\n",
)
BROKEN: Final = (
    "def forward(x, weight_1, weight_2, bias)\n    return x\n",
    "import torch\n",
    "raise SystemExit\n",
    "print(learning_rate)\n",
    "def update(*weights_and_gradients):\n    return undefined\n",
    "def gradient(x, target, weight_1, weight_2, bias):\n    pass  # TODO\n",
    "del train\n",
    "def forward(x, weight_1, weight_2, bias):\n    return forward(x, weight_1, weight_2, bias)\n",
    "open('/etc/passwd')\n",
    "def train(*all):\n    import os\n    os._exit(0)\n",
)
LOOPING: Final = (
    "def train(x, target, weight_1, weight_2, bias, learning_rate, steps):\n"
    "    while steps:\n        losses = []\n",
    "def forward(x, weight_1, weight_2, bias):\n    while True:\n        pass\n",
)


@dataclass(frozen=True)
class Made:
    """One submission: whose, of which kind, and its file."""

    student: str
    kind: str
    name: str
    data: bytes


def make_class(number: int, kinds: Mapping[str, float] = KINDS, seed: int = 1) -> Iterator[Made]:
    """Yield a class of some kinds of submissions, with the share of each."""
    rng = random.Random(seed)
    programs = right_programs()
    for index in range(number):
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        parts = _parts(kind, programs, rng)
        student = f"s{index:05d}"
        mark = f"# {student}, {rng.randrange(10**9)}\nimport numpy as np\n"
        if index % 2:
            yield Made(student, kind, "exercise3.ipynb", _notebook([mark, *parts]))
        else:
            yield Made(student, kind, "exercise3.py", "\n\n".join([mark, *parts]).encode())


def have_tables() -> None:
    """Have the tables made that the wheel brings, where bpgrade is installed in place.

    Elsewhere than in a benchmark they are made in idle time.
    """
    make_lacking(load_course(Path(__file__).resolve().parent.parent))


def write_class(folder: Path, made: Iterator[Made]) -> dict[str, int]:
    """Write one folder a student, and return how many there are of each kind."""
    counts: dict[str, int] = dict.fromkeys(KINDS, 0)
    for one in made:
        (folder / one.student).mkdir(parents=True)
        (folder / one.student / one.name).write_bytes(one.data)
        counts[one.kind] += 1
    return counts


def _parts(
    kind: str, programs: dict[tuple[str, str], ast.FunctionDef], rng: random.Random
) -> list[str]:
    """Return the source, function by function."""
    at_fault = rng.choice(FUNCTIONS) if kind == "wrong" else ""
    parts = [rng.choice(SIGMOIDS)]
    for function in FUNCTIONS:
        tree = programs[rng.choice([key for key in programs if key[0] == function])]
        if function == at_fault:
            _, tree = wrong_program(tree, 1, rng)
        parts.append(ast.unparse(tree) + "\n")
    if kind in ("broken", "looping"):
        parts.append(rng.choice(BROKEN if kind == "broken" else LOOPING))
    return parts


def _notebook(parts: list[str]) -> bytes:
    """Return a notebook of a cell a part, run once, with text between and a printed output."""
    cells: list[dict[str, object]] = []
    for count, part in enumerate(parts, start=1):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [f"## Part {count}\n"]})
        output = {"output_type": "stream", "name": "stdout", "text": ["0.2906\n"]}
        cells.append(
            {
                "cell_type": "code",
                "execution_count": count,
                "metadata": {},
                "outputs": [output],
                "source": part.splitlines(keepends=True),
            }
        )
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document, indent=1).encode()
