"""PrairieLearn's external grader: `/grade/results/results.json`.

Sources: docs/externalGrading.md and apps/prairielearn/src/lib/externalGraderCommon.ts of
github.com/PrairieLearn/PrairieLearn.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.language import translated
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment, Test, addends, number
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_HOME: Final = "grade"
_LARGEST_FIGURE: Final = 500_000  # the whole file may have 1 MiB
_SECONDS: Final = 100.0  # less than the time limit in the question's info.json


def document(assessment: Assessment) -> dict[str, Any]:
    """Return results.json; the attempt is not used up where nothing was graded."""
    if assessment.graded is None:
        problem = check_text.not_graded(assessment.problem)
        test = _entry(translated(check_text.NOT_GRADED), 0, 0, problem)
        return {"gradable": False, "format_errors": [problem], "message": problem, "tests": [test]}
    shown = assessment.shown()
    scores = addends([shown.reduced(test.points) for test in shown.tests], shown.score)
    tests = [_test(test, score) for test, score in zip(shown.tests, scores, strict=True)]
    remarks = [check_text.plain(remark, lines=False) for remark in assessment.remarks()]
    return {
        "gradable": True,
        "score": float(assessment.share),
        "message": "\n".join([check_text.points_in_all(assessment), *remarks]),
        "output": check_text.printed(shown),
        "images": _images(assessment),
        "tests": tests,
    }


def _test(test: Test, points: float) -> dict[str, Any]:
    name = check_text.plain(test.name, lines=False)
    return _entry(name, points, number(test.max_points), check_text.message(test))


def _entry(name: str, points: float, most: float, message: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": "",
        "points": points,
        "max_points": most,
        "message": message,
        "output": "",
    }


def _images(assessment: Assessment) -> list[dict[str, str]]:
    if not assessment.figure or len(assessment.figure) > _LARGEST_FIGURE:
        return []
    encoded = base64.b64encode(assessment.figure).decode("ascii")
    return [{"label": check_text.figure_title(), "url": f"data:image/png;base64,{encoded}"}]


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return results.json."""
    return {"results.json": json.dumps(document(assessment), allow_nan=False, indent=1) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return /grade; PrairieLearn itself knows what is late."""
    home = surroundings.root / _HOME
    return PlatformPaths(
        submission=home / "student",
        output=home / "results",
        seconds=_SECONDS,
        course=layout.packed_course(home / "tests"),
    )


def share(texts: Mapping[str, str]) -> float | None:
    """Return the score in results.json."""
    document = as_object(next(iter(texts.values())))
    return float(document["score"]) if document["gradable"] else None


def lay(root: Path, package: Path, submission: Path | None, exercise: str) -> Run:
    """Lay out /grade, and what the question's image has."""
    home = root / _HOME
    layout.hand_in(submission, home / "student")
    layout.unpack(package, home / "tests", f"course/questions/{exercise}/tests")
    for name in ("serverFilesCourse", "data"):
        (home / name).mkdir()
    (home / "data" / "data.json").write_text('{"params": {}, "gradable": true}', "utf-8")
    return Run(
        command=["bash", f"{root}/grade/tests/grade.sh"],
        working=_HOME,
        venv="opt/bpgrade/venv",
        documents=["grade/results/results.json"],
    )


PLATFORM: Final = Platform(
    name="prairielearn",
    title="PrairieLearn",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("course/questions/@EXERCISE@/tests",),
    one_exercise=True,
    figure=True,
)
