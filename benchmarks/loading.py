"""Load the .py and .ipynb files of a folder in strict isolation, and tell what is lost, and why.

    python benchmarks/loading.py FOLDER [--most 200] [--isolation strict]

Each file is loaded as a submission is, with what it imports of the files beside it. It counts as
lost where a function or a class that stands at its top level is not there afterwards. A loss that
has no cause, or an error of the grader's own, is a failure, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import ast
import collections
import hashlib
import os
import platform
import random
import re
import statistics
import sys
import time
import traceback
from pathlib import Path

from grader.course import Limits
from grader.grading.submission import Submission, read_submission
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.submission_session import SubmissionSession

_DEFINED = re.compile(r"^(?:async +def|def|class) +(\w+)", re.MULTILINE)
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ERROR = re.compile(r"^(\w+(?:Error|Exception|Exit|Interrupt|Timeout)\w*)\b", re.MULTILINE)


class Found:
    """What became of the files of one kind."""

    def __init__(self) -> None:
        self.whole = self.remarked = self.lossy = self.unreadable = 0
        self.defined = self.lost = 0
        self.causes: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        self.seconds: list[float] = []

    def load(self, host: SandboxHost, path: Path, verbose: bool) -> None:
        """Load one file and count what it came to."""
        start = time.perf_counter()
        try:
            submission = read_submission(path)
            if submission.problem:
                self.unreadable += 1
                self.causes["no Python text"] += 1
                return
            self._run(host, submission, path, verbose)
        except Exception:  # whatever it is, it is the grader's
            self.failures.append(f"{path}\n{traceback.format_exc()}")
        finally:
            self.seconds.append(time.perf_counter() - start)

    def _run(self, host: SandboxHost, submission: Submission, path: Path, verbose: bool) -> None:
        names = {name for block in submission.to_load.blocks for name in defined(block.source)}
        self.defined += len(names)
        worker = SubmissionSession(host, submission.to_load, Limits())
        try:
            loaded = worker.load()
        except CallFailure as failure:
            self.unreadable += 1
            self.causes[_kind(failure.feedback)] += 1
            if not failure.feedback.strip():
                self.failures.append(f"{path}: refused without a reason")
            if verbose:
                print(path, failure.feedback, sep="\n")
            return
        finally:
            worker.close()
        told = {name: one for one in loaded.problems for name in one.lost}
        # without a process that ran to the end, what was left out has that for its reason
        ended = any(not one.line and not one.failure.unread for one in loaded.problems)
        lost = names - loaded.functions
        for name in sorted(lost):
            if name in told:
                self.causes[_kind(told[name].failure.feedback)] += 1
            elif ended:
                self.causes["the process ended"] += 1
            else:
                self.failures.append(f"{path}: {name} is lost, and nothing says why")
        self.lost += len(lost)
        self.lossy += bool(lost)
        self.remarked += not lost and bool(loaded.problems)
        self.whole += not lost and not loaded.problems
        if verbose and lost:
            print(path, *sorted(lost), *{told[n].failure.feedback for n in lost & told.keys()})


def defined(source: str) -> list[str]:
    """Return the functions and classes at a source's top level, roughly where it is no Python."""
    try:
        return [node.name for node in ast.parse(source).body if isinstance(node, _NAMED)]
    except (SyntaxError, ValueError):
        return _DEFINED.findall(source)


def chosen(folder: Path, ending: str, most: int) -> list[Path]:
    """Return at most so many files of a folder, drawn by chance but always the same; none twice."""
    different = {
        hashlib.sha256(path.read_bytes()).digest(): path
        for path in sorted(folder.rglob(f"*{ending}"))
        if path.is_file()
    }
    files = list(different.values())
    return sorted(random.Random(0).sample(files, min(most, len(files))))


def _kind(feedback: str) -> str:
    """Return the last error that a feedback names, with the module that an import lacks."""
    errors = _ERROR.findall(feedback)
    if module := re.search(r"No module named '(\w+)", feedback):
        return f"no module {module[1]}"
    return errors[-1] if errors else feedback.partition("\n")[0][:60]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=200, help="files of each kind")
    parser.add_argument("--isolation", choices=["basic", "strict"], default="strict")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {given.isolation} isolation"
    )
    kinds: dict[str, Found] = {}
    with SandboxHost(resolve(given.isolation), ["numpy"]) as host:
        for ending in (".ipynb", ".py"):
            found = kinds[ending] = Found()
            for path in chosen(given.folder, ending, given.most):
                found.load(host, path, given.verbose)
    for ending, found in kinds.items():
        show(ending, found)
    return 1 if any(found.failures for found in kinds.values()) else 0


def show(ending: str, found: Found) -> None:
    """Print the figures of one kind."""
    print(f"\n{len(found.seconds)} {ending} files, {found.defined} functions and classes in them")
    print(f"  {found.whole} loaded whole, without a remark")
    print(f"  {found.remarked} loaded whole, with remarks on statements that failed")
    print(f"  {found.lossy} without some of their definitions ({found.lost} definitions)")
    print(f"  {found.unreadable} that Python cannot read, or that ended the process")
    print(f"  {len(found.failures)} failures of the grader")
    if found.seconds:
        middle, most = statistics.median(found.seconds), max(found.seconds)
        print(f"  {middle * 1000:.0f} ms a file in the middle, {most:.1f} s at most")
    for cause, count in found.causes.most_common(12):
        print(f"    {count:4d}  {cause}")
    for failure in found.failures:
        print(failure, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
