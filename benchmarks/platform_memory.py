"""How much memory grading on a platform takes: `python benchmarks/platform_memory.py`.

Grades exercise3's reference with `bpgrade autograde` under ever smaller limits of address space,
as `ulimit -v` sets them, and finds by halving the least that grades, and the least under which the
platform is still told that nothing was graded. Samples what all its processes hold together, each
shared page counted once for all (proportional set size). Linux only.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXERCISE = "exercise3"
STEP = 8
MOST = 1024


def autograde(folder: Path, megabytes: int | None) -> subprocess.Popen[bytes]:
    """Start grading; each of its processes may have so much address space."""
    limit = (megabytes or 0) * 2**20
    submission = ROOT / "solutions" / f"{EXERCISE}.py"
    command = [sys.executable, "-P", "-m", "grader", "autograde", "--platform", "okpy"]
    course = ["--course", str(ROOT), "--exercise", EXERCISE, "--submission", str(submission)]
    return subprocess.Popen(
        [*command, *course, "--output", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        if megabytes
        else None,
    )


def graded(megabytes: int) -> bool | None:
    """Whether it graded under a limit; None where it could not even say that it did not."""
    with tempfile.TemporaryDirectory() as folder:
        autograde(Path(folder), megabytes).wait()
        try:
            found = json.loads(Path(folder, "scores.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return bool(found["graded"])


def least(good: bool) -> int:
    """Return the least limit in MB under which there is a document, and a grade where `good`."""
    low, high = 0, MOST
    while high - low > STEP:
        middle = (low + high) // 2
        outcome = graded(middle)
        if outcome or (outcome is False and not good):
            high = middle
        else:
            low = middle
    return high


def descendants(process: int) -> list[int]:
    """Return a process and all that it has started, as far as they are still there."""
    found = [process]
    for one in found:
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split())
        except OSError:
            continue
    return found


def held(process: int) -> int:
    """Return the bytes that these processes hold together."""
    total = 0
    for one in descendants(process):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def main() -> int:
    """Print the figures."""
    peak = 0
    with tempfile.TemporaryDirectory() as folder:
        process = autograde(Path(folder), None)
        while process.poll() is None:
            peak = max(peak, held(process.pid))
            time.sleep(0.01)
    print(f"held by all processes together, at most: {peak / 2**20:.0f} MB")
    print(f"address space of each process that grades, at least: {least(True)} MB")
    print(f"address space that says that nothing was graded, at least: {least(False)} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
