"""Whether the tables of the course that ships are the same with other versions of Python and NumPy.

    python benchmarks/shipped_tables.py OTHER_PYTHON...

Makes them with this Python and with each of the others, which need bpgrade's requirements
installed and not bpgrade itself. They must have the same classes of the same programs in the same
order, wrong in the same entries, and values that agree. Exits with 1 where they differ.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from grader.comparison.values import agree
from grader.diagnosis.cache import load_table
from grader.diagnosis.fault_dictionary import FaultDictionary

ROOT = Path(__file__).resolve().parent.parent
MAKE = """
import sys
from pathlib import Path

import numpy

from grader.course.load import load_course
from grader.diagnosis.making_tables import make_tables

course = load_course(Path(sys.argv[1]))
make_tables(course, course.exercises, Path(sys.argv[2]))
print("Python", sys.version.split()[0] + ", NumPy", numpy.__version__)
"""


def made_by(python: str, folder: Path) -> str:
    """Have a Python make the tables in a folder; return its versions."""
    command = [python, "-c", MAKE, str(ROOT), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def read(path: Path) -> FaultDictionary:
    """Return a table; its probes are not compared, since they are drawn again for some."""
    stored = load_table(path, lambda _count: ())
    if stored is None:
        raise SystemExit(f"{path.name} is no table")
    return stored[0]


def differences(one: FaultDictionary, other: FaultDictionary) -> list[str]:
    """Return in what two tables of a function differ."""
    if one.values.shape != other.values.shape:
        return ["the number of classes or of entries"]
    pairs = {
        "programs": (list(one.classes), list(other.classes)),
        "misconceptions": (one.authored, other.authored),
        "entries": (one.layout.entries, other.layout.entries),
        "wrong entries": (one.wrong.tolist(), other.wrong.tolist()),
        "inputs that entries move with": (one.moving.tolist(), other.moving.tolist()),
        "programs of another structure": (
            [each.candidates for each in one.odd],
            [each.candidates for each in other.odd],
        ),
    }
    found = [name for name, (left, right) in pairs.items() if left != right]
    for name in ("right", "values"):
        if not agree(getattr(one, name), getattr(other, name)).all():
            found.append(name)
    return found


def main() -> int:
    """Print what differs and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pythons", nargs="+", metavar="OTHER_PYTHON")
    pythons = [sys.executable, *parser.parse_args().pythons]
    differ = False
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / str(number) for number in range(len(pythons))]
        for python, folder in zip(pythons, folders, strict=True):
            print(made_by(python, folder))
            largest, same = 0.0, 0
            for path in sorted(folders[0].iterdir()):
                one, other = read(path), read(folder / path.name)
                found = differences(one, other)
                differ |= bool(found)
                same += not found
                if found:
                    print(f"  {path.name}: other {', '.join(found)}")
                apart = np.abs(one.values - other.values) / np.maximum(1e-300, np.abs(one.values))
                largest = max(largest, float(np.max(apart[np.isfinite(apart)], initial=0.0)))
            print(f"  {same} tables are the same; values differ by at most {largest:.1e}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
