"""How long a student waits: `bpgrade check` and `bpgrade --help`, as ratios of one run.

    python benchmarks/check_latency.py [--runs 10]

Compares, by the median of the ratios of runs that took turns on this machine, `bpgrade check` of a
finished exercise 3 with `python -c "import numpy, pytest"` and `bpgrade --help` with
`python -c pass`, in processor time, all processes included, and by the clock. Beside a check stands
what it cannot do without, NumPy a second time, in the sandbox's own process; beside the help what
it does without: click. Exits with 1 where a ratio of processor times is larger than it was: 2.4 for
a check, 3 for the help. Python may keep its bytecode, as it does for users, whatever is set here.
Prints too how long it takes to make a dataclass, of which a check makes a hundred, by the standard
library and by grader/quick_dataclass.py.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import quick_dataclass

COURSE = Path(__file__).resolve().parent.parent
LIMITS = {"check": 2.4, "help": 3.0}
VARIABLES = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
BASES = {"check": "imports", "its floor": "imports", "help": "pass", "click": "pass"}


@dataclass(frozen=True)
class Taken:
    """What one run took, in seconds: of the processor, and by the clock."""

    processor: float
    clock: float

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.processor + other.processor, self.clock + other.clock)


def taken_by(command: list[str], folder: str) -> Taken:
    """Return what one run of a command took, which must succeed."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=VARIABLES, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(processor, time.perf_counter() - start)


def all_taken(commands: dict[str, list[str]], runs: int) -> dict[str, list[Taken]]:
    """Return what each run of each command took; they take turns, so that all share the load."""
    found: dict[str, list[Taken]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(COURSE / "solutions" / "exercise3.py", folder)
        for command in commands.values():
            taken_by(command, folder)  # fills the caches of bytecode and of the disk
        for _ in range(runs):
            for name, command in commands.items():
                found[name].append(taken_by(command, folder))
    return found


def class_seconds(decorator: Callable[[type], type], times: int = 300) -> float:
    """Return the processor time that it takes to make one dataclass of five fields."""
    annotations = dict.fromkeys(("name", "kind", "values", "shape", "words"), "str")
    start = time.process_time()
    for _ in range(times):
        members: dict[str, Any] = {"__annotations__": annotations, "__doc__": "One.", "words": ""}
        decorator(type("One", (), members))
    return (time.process_time() - start) / times


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    bpgrade = str(Path(sys.executable).with_name("bpgrade"))
    found = all_taken(
        {
            "imports": [sys.executable, "-c", "import numpy, pytest"],
            "numpy": [sys.executable, "-c", "import numpy"],
            "check": [bpgrade, "check", "exercise3.py"],
            "pass": [sys.executable, "-c", "pass"],
            "click": [sys.executable, "-c", "import click"],
            "help": [bpgrade, "--help"],
        },
        runs,
    )
    found["its floor"] = [a + b for a, b in zip(found["imports"], found["numpy"], strict=True)]
    print(f"Python {platform.python_version()}, {platform.machine()}, median of {runs}")
    slow = False
    for name, base in BASES.items():
        pairs = list(zip(found[name], found[base], strict=True))
        ratio = statistics.median(one.processor / other.processor for one, other in pairs)
        clock = statistics.median(one.clock / other.clock for one, other in pairs)
        slow |= ratio > LIMITS.get(name, ratio)
        own = statistics.median(one.processor for one in found[name])
        print(
            f"{name:10}{own * 1000:6.0f} ms of the processor ={ratio:5.2f} x {base};"
            f"{clock:5.2f} x by the clock"
        )
    quick = class_seconds(quick_dataclass.dataclass(frozen=True, slots=True))
    usual = class_seconds(dataclasses.dataclass(frozen=True, slots=True))
    print(
        f"a dataclass is made in {quick * 1e6:.0f} us, by the standard library in {usual * 1e6:.0f}"
    )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
