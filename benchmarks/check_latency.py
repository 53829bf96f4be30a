"""How long a student waits: `bpgrade check` and `bpgrade --help`, as ratios of one run.

    python benchmarks/check_latency.py [--runs 10]

Compares, by the median of wall-clock times taken in turn on this machine, `bpgrade check` of a
finished exercise 3 with `python -c "import numpy, pytest"` (at most 3 times as long) and
`bpgrade --help` with `python -c pass` (at most 6 times). Exits with 1 where a ratio is larger.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
LIMITS = {"check": 3.0, "help": 6.0}


def seconds(command: list[str], folder: str) -> float:
    """Return the wall-clock time of one run of a command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def medians(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """Return each command's median time; the commands take turns, so that all share the load."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(COURSE / "solutions" / "exercise3.py", folder)
        for command in commands.values():
            seconds(command, folder)  # fills the caches of bytecode and of the disk
        for _ in range(runs):
            for name, command in commands.items():
                taken[name].append(seconds(command, folder))
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    bpgrade = str(Path(sys.executable).with_name("bpgrade"))
    found = medians(
        {
            "imports": [sys.executable, "-c", "import numpy, pytest"],
            "check": [bpgrade, "check", "exercise3.py"],
            "pass": [sys.executable, "-c", "pass"],
            "help": [bpgrade, "--help"],
        },
        runs,
    )
    print(f"Python {platform.python_version()}, {platform.machine()}, median of {runs}")
    slow = False
    for name, base in (("check", "imports"), ("help", "pass")):
        ratio = found[name] / found[base]
        slow |= ratio > LIMITS[name]
        print(
            f"{name:6}{found[name] * 1000:7.0f} ms ={ratio:5.2f} x {base}"
            f" ({found[base] * 1000:.0f} ms; at most {LIMITS[name]:g} x)"
        )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
