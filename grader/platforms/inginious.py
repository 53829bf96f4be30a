"""INGInious: what its functions for feedback are called with, as `feedback.json`.

The task's `run` hands it to `inginious_container_api.feedback`. Sources: that module and
doc/teacher_doc/run_file.rst of github.com/INGInious/INGInious. The result "crash" says that the
task failed, not the student.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_SECONDS: Final = 110.0  # less than the time limit in task.yaml
_STAND_INS: Final = Path(__file__).parent / "templates" / "stand-ins"


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the result, the grade in percent and the text in reStructuredText."""
    text = _literal(check_text.report(assessment))
    if assessment.graded is None:
        return {"result": "crash", "text": text}
    full = assessment.graded.full_marks and not assessment.lateness.percent
    return {
        "result": "success" if full else "failed",
        "grade": float(assessment.share * 100),
        "text": text,
        "custom": {"points": assessment.score_text},
    }


def _literal(text: str) -> str:
    """Return text as a literal block, in which nothing is markup."""
    lines = [f"    {line}".rstrip() for line in text.splitlines()]
    return "\n".join(["::", "", *lines, ""])


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return feedback.json."""
    return {"feedback.json": json.dumps(document(assessment), allow_nan=False, indent=1) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return where `run` has put the answer; it says when that was handed in."""
    folder = surroundings.working / "answer"
    return PlatformPaths(submission=folder, output=surroundings.working, seconds=_SECONDS)


def share(texts: Mapping[str, str]) -> float | None:
    """Return the grade, of 100."""
    document = as_object(next(iter(texts.values())))
    return None if document["result"] == "crash" else document["grade"] / 100


def lay(root: Path, package: Path, submission: Path | None, exercise: str) -> Run:
    """Lay out the task, the input and a stand-in for the container's Python module."""
    layout.unpack(package, root / "task", f"tasks/{exercise}")
    for name in (".__input", ".__output"):
        (root / name).mkdir()
    answer: dict[str, Any] = {"@time": "2026-11-19 10:00:00.000000", "@username": "ada"}
    if submission is not None:
        layout.hand_in(submission, root / ".__input")
        value = f"{root}/.__input/{submission.name}"
        answer["submission"] = {"filename": submission.name, "value": value}
    told = json.dumps({"input": answer})
    (root / ".__input/__inputdata.json").write_text(told, "utf-8")
    api = root / "opt/api/inginious_container_api"
    api.mkdir(parents=True)
    for name in ("__init__", "feedback", "input"):
        shutil.copy(_STAND_INS / f"inginious_{name}.py.txt", api / f"{name}.py")
    return Run(
        command=[f"{root}/task/run"],
        working="task",
        venv="opt/bpgrade/venv",
        documents=[".__output/__feedback.json"],
        environment={
            "PYTHONPATH": f"{root}/opt/api",
        },
    )


PLATFORM: Final = Platform(
    name="inginious",
    title="INGInious",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("image",),
    courses=("tasks/@EXERCISE@/grader",),
    one_exercise=True,
)
