"""Record anew what is told of the six submissions: `python tests/platforms/record.py`.

Each is graded with strict isolation; timings are left out, and so are the layers of this machine.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from platform_cases import EXERCISE, HERE, PLACE, SUBMISSIONS, make_course, recorded

from grader.platforms.engine import GradingRequest, assess
from grader.platforms.platform import PlatformPaths
from grader.platforms.registry import NAMES, platform


def record_results() -> None:
    """Grade the submissions and keep the result documents."""
    (HERE / "recorded").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder, "course"))
        for case, path in SUBMISSIONS.items():
            if path is None or case == "late":
                continue
            submission = Path(folder, case, f"{EXERCISE}.py")
            submission.parent.mkdir()
            submission.write_bytes(path.read_bytes())
            place = PlatformPaths(submission=submission, output=Path(folder))
            found, detail = assess(platform("junit"), GradingRequest(course=course), place)
            if found.result is None:
                raise SystemExit(f"{case}: {found.problem} {detail}")
            checks = tuple(replace(check, seconds=0.0) for check in found.result.checks)
            layers = ("process", "wall clock", "rlimits", "landlock", "seccomp")
            result = replace(found.result, checks=checks, isolation=layers, seconds=0.0)
            (HERE / "recorded" / f"{case}.json").write_text(f"{result.to_json()}\n", "utf-8")


def record_documents() -> None:
    """Keep what each platform is told of them."""
    for name in NAMES:
        for case in SUBMISSIONS:
            for file, text in platform(name).documents(recorded(case), PLACE).items():
                path = HERE / "expected" / name / case / (file or "stdout")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")


if __name__ == "__main__":
    if "--documents" not in sys.argv:
        record_results()
    record_documents()
