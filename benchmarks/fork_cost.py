"""What confining a submission costs over forking it unconfined: `python benchmarks/fork_cost.py`.

Measures, over 100 rounds each taken in turn, the time from asking the warm host for a
process to its word that it is ready for a submission, sandboxes up. Prints the medians, and
exits with 1 where strict isolation adds more than 5 ms.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import ExitStack

from grader.course import Limits
from grader.errors import IsolationError
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import Isolation, resolve

ROUNDS = 100
MAX_ADDED = 0.005
VARIANTS = {
    "strict": (),
    "strict without bubblewrap": ("bubblewrap",),
    "strict without landlock": ("landlock",),
}


def fork(host: SandboxHost) -> float:
    """Return the seconds until a process of this host is ready; it is ended again."""
    start = time.perf_counter()
    wire = host.fork(Limits())
    wire.receive(time.monotonic() + 20)
    seconds = time.perf_counter() - start
    host.end()
    wire.close()
    return seconds


def isolations() -> dict[str, Isolation]:
    """Return the variants that can be had here, by name."""
    found = {"unconfined (basic)": resolve("basic")}
    for name, without in VARIANTS.items():
        try:
            found[name] = resolve("strict", without=without)
        except IsolationError as error:
            print(f"{name}: {error.message}")
    return found


def main() -> int:
    """Measure all variants and return the exit code."""
    with ExitStack() as stack:
        hosts = {
            name: stack.enter_context(SandboxHost(isolation, ["numpy"]))
            for name, isolation in isolations().items()
        }
        times: dict[str, list[float]] = {name: [] for name in hosts}
        for host in hosts.values():
            fork(host)
        for _ in range(ROUNDS):
            for name, host in hosts.items():
                times[name].append(fork(host))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    base = medians["unconfined (basic)"]
    for name, median in medians.items():
        added = (median - base) * 1000
        print(f"{name:28} {median * 1000:6.2f} ms  {added:+6.2f} ms  x{median / base:.2f}")
    return int(any(median - base > MAX_ADDED for median in medians.values()))


if __name__ == "__main__":
    sys.exit(main())
