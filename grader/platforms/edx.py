"""Open edX: what an external grader replies to the queue.

Sources: xqueue_watcher/client.py and docs/grader-interface.md of
github.com/openedx/xqueue-watcher; CodeResponse of edx-platform. The message has to be XML with
one root; anything else is "Invalid grader reply".
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from grader.language import gettext_lazy as _
from grader.platforms import check_text, layout
from grader.platforms.assessment import Assessment
from grader.platforms.metadata import as_object
from grader.platforms.platform import Platform, PlatformPaths, Run, Surroundings

_SECONDS: Final = 50.0  # after 60, xqueue hands the item out again and takes no reply to it


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the reply's body; it has to have a score, so a message says that it does not count."""
    result = assessment.graded
    text = f"<pre>{check_text.escaped(check_text.report(assessment), longest=50_000)}</pre>"
    if result is None:
        told = check_text.escaped(_("Not graded. This score does not count."))
        message = f"<div><p><b>{told}</b></p>{text}</div>"
        return {"correct": False, "score": 0, "msg": message}
    full = assessment.share == 1
    return {"correct": full, "score": float(assessment.share), "msg": f"<div>{text}</div>"}


def documents(assessment: Assessment, _place: PlatformPaths) -> Mapping[str, str]:
    """Return the body, for standard output."""
    return {"": json.dumps(document(assessment), allow_nan=False) + "\n"}


def locate(surroundings: Surroundings) -> PlatformPaths:
    """Return what the queue's work item says, read from standard input.

    The response is written to a folder of its own, under the name of the exercise that the
    problem's payload says, as `{"exercise": "exercise3"}`.
    """
    item = as_object(surroundings.read_input())
    body = item.get("xqueue_body")
    body = as_object(body) if isinstance(body, str) else body if isinstance(body, dict) else {}
    payload = as_object(str(body.get("grader_payload") or ""))
    student = as_object(str(body.get("student_info") or ""))
    name = Path(str(payload.get("exercise") or "submission")).name
    folder = Path(tempfile.mkdtemp(prefix="bpgrade-edx-"))
    response = body.get("student_response")
    if isinstance(response, str) and response.strip():
        (folder / f"{name}.py").write_text(response, "utf-8", "backslashreplace")
    return PlatformPaths(
        submission=folder,
        output=surroundings.working,
        submitted=_submission_time(str(student.get("submission_time") or "")),
        title=str(payload.get("exercise") or ""),
        seconds=_SECONDS,
        temporary=folder,
    )


def _submission_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def share(texts: Mapping[str, str]) -> float | None:
    """Return the score, of 1."""
    document = as_object(next(iter(texts.values())))
    message = ElementTree.fromstring(document["msg"])
    heading = message.findtext("p/b") or ""
    return None if check_text.says_not_graded(heading) else float(document["score"])


def lay(root: Path, package: Path, submission: Path | None, exercise: str) -> Run:
    """Lay out the watcher's folder; a work item comes on standard input."""
    layout.unpack(package, root / "edx/bpgrade", "watcher")
    body = {
        "student_response": submission.read_text("utf-8") if submission else "",
        "grader_payload": json.dumps({"exercise": exercise}),
        "student_info": json.dumps({"submission_time": "20261119100000"}),
    }
    item = {"xqueue_header": "{}", "xqueue_body": json.dumps(body), "xqueue_files": "{}"}
    return Run(
        command=["python3", f"{root}/edx/bpgrade/bpgrade_handler.py"],
        working="edx",
        venv="edx/bpgrade/venv",
        input=json.dumps(item),
    )


PLATFORM: Final = Platform(
    name="edx",
    title="Open edX",
    write=documents,
    locate=locate,
    share=share,
    lay=lay,
    installers=("watcher",),
    courses=("watcher",),
)
