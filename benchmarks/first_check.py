"""How much longer a wrong answer takes in a fresh install than afterwards: the first diagnosis.

    python benchmarks/first_check.py [--bpgrade .../bin/bpgrade] [--runs 5]

Grades wrong files of several exercises, each with an empty cache and then again, by turns, and
gives the medians of the processor time and of their ratios. Exits with 1 where a first check takes
more than 1.25 times as much as the second. Tables ship with the wheel, and not with the source:
name a bpgrade that was installed from a wheel.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
FILES = (
    "exercise1/wrong_bias_forgotten.py",
    "exercise2/wrong_gradient_2_transposed.py",
    "exercise3/blog_fault_2.py",
)
MOST = 1.25


def processor_seconds(command: list[str], cache: str) -> float:
    """Return what one check of a wrong file takes, its processes included."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 1:
        raise SystemExit(f"{' '.join(command)} must find points lost, not exit {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bpgrade", default=str(Path(sys.executable).with_name("bpgrade")))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"{platform.machine()}, median of {options.runs}")
    slow = False
    for name in FILES:
        exercise = Path(name).parts[0]
        command = [options.bpgrade, "check", str(CORPUS / name), "--exercise", exercise]
        firsts, seconds = [], []
        for turn in range(options.runs + 1):
            with tempfile.TemporaryDirectory() as cache:
                pair = [processor_seconds(command, cache) for _ in range(2)]
            if turn:  # the first of all fills the caches of bytecode and of the disk
                firsts.append(pair[0])
                seconds.append(pair[1])
        ratio = statistics.median(a / b for a, b in zip(firsts, seconds, strict=True))
        slow |= ratio > MOST
        print(
            f"{name:45}{statistics.median(firsts):6.2f} s, then"
            f"{statistics.median(seconds):6.2f} s: {ratio:.2f} x"
        )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
