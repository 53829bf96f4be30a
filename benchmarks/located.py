"""How well the line of a mistake is found, in wrong submissions of six styles.

    python benchmarks/located.py [--files 240] [--pairs 60] [--seed 1] [--show wrong,missed]
                                 [--slowest 3]

Right files (styles/) are made wrong by blind edits (wrong_files.py) and graded as a whole. The
line is right where one of those told of is a line that the edit has changed. Files with mistakes of
learners, as found in public questions, are graded too, and counted apart. With a large `--slowest`
a busy machine finds what an idle one does: it gives the search so many times its processor time by
the clock.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from diagnosis import EXERCISE, Bench, Wrong
from wrong_files import WrongFile, learners_files, wrong_files

from grader.course import find_course
from grader.diagnosis import diagnose
from grader.diagnosis.diagnose import Diagnoser
from grader.diagnosis.explainer import Told
from grader.diagnosis.repair import trials
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Diagnosis, Outcome, Result
from grader.sandbox.child.processes import descendants
from grader.sandbox.isolation import resolve

_ELSEWHERE = re.compile(r"Changing line ([\d, and]+) instead would do as well")
COURSE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Verdict:
    """What the grader made of a wrong file."""

    file: WrongFile
    result: Result
    told: dict[str, tuple[Told, ...]]
    milliseconds: float
    processor: float

    @property
    def diagnoses(self) -> list[Diagnosis]:
        """All that was said."""
        return [each for check in self.result.checks for each in check.diagnosis]

    @property
    def located(self) -> set[int]:
        """The lines that were said, without those that only say where a function begins."""
        begin = {
            number
            for number, text in enumerate(self.file.source.split("\n"), 1)
            if text.lstrip().startswith("def ")
        }
        lines = {place.line for each in self.diagnoses for place in each.places}
        lines |= {each.line for each in self.diagnoses if each.line and not each.places} - begin
        return lines | set(self.elsewhere)

    @property
    def elsewhere(self) -> list[int]:
        """The lines that were said to do as well."""
        texts = [found[1] for each in self.diagnoses if (found := _ELSEWHERE.search(each.message))]
        return [int(number) for text in texts for number in re.findall(r"\d+", text)]

    @property
    def found(self) -> list[bool]:
        """For each fault, whether its line was said."""
        return [bool(lines & self.located) for lines in self.file.lines]

    @property
    def is_wrong(self) -> bool:
        """Whether a line was said, and none of them is a fault's."""
        return bool(self.located) and not self.located & frozenset().union(*self.file.lines)


class Grading:
    """Grades files, and keeps what was told of each and how long that took."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.told: dict[str, tuple[Told, ...]] = {}
        self.spent = self.processor = 0.0
        self.host_process = grader.host._processes._process.pid  # type: ignore[attr-defined]
        self._mended, self._add = Diagnoser._mended, Diagnoser.add
        grading = self

        def mended(self: Diagnoser, *arguments: Any) -> Any:
            grading.told = grading._mended(self, *arguments)
            return grading.told

        def add(self: Diagnoser, *arguments: Any) -> Any:
            start, used = time.perf_counter(), grading.used()
            try:
                return grading._add(self, *arguments)
            finally:
                grading.spent = 1000 * (time.perf_counter() - start)
                grading.processor = 1000 * (grading.used() - used)

        Diagnoser._mended, Diagnoser.add = mended, add  # type: ignore[method-assign]

    def used(self) -> float:
        """Return the seconds of processor time that grading has taken, the sandbox's too."""
        total = time.process_time()
        for process in [self.host_process, *descendants(self.host_process)]:
            try:
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        return total

    def _is_wrong(self, source: str) -> bool:
        """Return whether a file gives wrong values, without any diagnosis."""
        exercise = replace(self.grader.course.exercise(EXERCISE), diagnoses="never")
        submission = submission_from_bytes("exercise3.py", source.encode())
        checks = self.grader.grade(submission, exercise, 0).checks
        return any(check.outcome is Outcome.FAILED and not check.cause for check in checks)

    def verdict(self, file: WrongFile) -> Verdict | None:
        """Return what the grader says of a file; None where no value of it is wrong.

        Each fault has to be one by itself.
        """
        if len(file.alone) > 1 and not all(map(self._is_wrong, file.alone)):
            return None
        self.told, self.spent, self.processor = {}, 0.0, 0.0
        submission = submission_from_bytes("exercise3.py", file.source.encode())
        result = self.grader.grade(submission, self.grader.course.exercise(EXERCISE), 0)
        if not any(check.outcome is Outcome.FAILED and not check.cause for check in result.checks):
            return None
        return Verdict(file, result, self.told, self.spent, self.processor)


def named_wrongly(bench: Bench, verdict: Verdict) -> bool:
    """Return whether something was said of a program that does not hold on fresh inputs."""
    names: dict[str, Any] = {}
    exec(compile(verdict.file.source, "wrong", "exec"), names)
    for function, told in verdict.told.items():
        told = tuple(each for each in told if each.candidate or each.columns)
        item = Wrong(function, "", 1, "", verdict.file.source, names[function])
        try:
            with np.errstate(all="ignore"):
                if told and not bench.holds(item, told):
                    return True
        except ArithmeticError:  # math.exp overflows where NumPy's does not: it cannot be told
            continue
    return False


def report(verdicts: list[Verdict], bench: Bench, show: list[str]) -> None:
    """Print the shares."""
    counts: Counter[str] = Counter()
    by_style: dict[str, Counter[str]] = {}
    for each in verdicts:
        words = ["all"]
        if all(each.found):
            words.append("right")
        else:
            words.append("missed")
        if each.is_wrong:
            words.append("wrong")
        if each.diagnoses:
            words.append("named")
        else:
            words.append("silent")
        if not each.located:
            words.append("unlocated")
        if len(each.file.faults) == 1 and named_wrongly(bench, each):
            words.append("misnamed")
        counts.update(words)
        by_style.setdefault(each.file.style, Counter()).update(words)
        if set(words) & set(show):
            print(f"--- {' '.join(words)}: {each.file.style} {each.file.faults}")
            lines = each.file.source.split("\n")
            for fault in each.file.lines:
                for line in sorted(fault):
                    print(f"  truth {line}: {lines[line - 1]}")
            for one in each.diagnoses:
                text = lines[one.line - 1].strip() if one.line else ""
                print(f"  said [{one.certainty}] {one.id} | {one.title} | {one.line}: {text}")
    shown = ("right", "wrong", "named", "misnamed", "silent")
    print(f"{'style':>15}{'files':>7}" + "".join(f"{word:>10}" for word in shown))
    for style, counter in [*by_style.items(), ("all", counts)]:
        total = max(counter["all"], 1)
        shares = "".join(f"{100 * counter[word] / total:9.1f}%" for word in shown)
        print(f"{style:>15}{counter['all']:>7}{shares}")
    for name, spent in (
        ("by the clock", sorted(each.milliseconds for each in verdicts)),
        ("of processors", sorted(each.processor for each in verdicts)),
    ):
        if spent:
            print(
                f"milliseconds {name}: median {statistics.median(spent):.0f},"
                f" 95 % within {spent[int(0.95 * (len(spent) - 1))]:.0f}, most {spent[-1]:.0f}"
            )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=240)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="")
    parser.add_argument("--seconds", type=float, default=diagnose.REPAIR_SECONDS)
    parser.add_argument("--slowest", type=float, default=trials.SLOWEST)
    options = parser.parse_args()
    diagnose.REPAIR_SECONDS, trials.SLOWEST = options.seconds, options.slowest
    course = find_course(COURSE, COURSE)
    bench = Bench(course)
    with Grader(course, resolve("basic")) as grader:
        grading = Grading(grader)
        print("mistakes of learners")
        found = map(grading.verdict, learners_files())
        report([each for each in found if each is not None], bench, options.show.split(","))
        for faults, wanted in ((1, options.files), (2, options.pairs)):
            verdicts: list[Verdict] = []
            for file in wrong_files(options.seed, faults):
                if len(verdicts) >= wanted:
                    break
                verdict = grading.verdict(file)
                if verdict is not None:
                    verdicts.append(verdict)
            print(f"faults: {faults}")
            report(verdicts, bench, options.show.split(","))
    return 0


if __name__ == "__main__":
    sys.exit(main())
