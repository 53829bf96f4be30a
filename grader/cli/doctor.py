"""`bpgrade doctor`: what holds on this machine, found by trying to break it."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from grader.cli.course_option import COURSE, chosen_course

if TYPE_CHECKING:
    from grader.sandbox.isolation_selftest import Escape

_MEANINGS: Final = {
    "process": "a submission runs in a process of its own; what it breaks there, it breaks alone",
    "wall clock": "a call that does not end is stopped",
    "rlimits": "memory, processor time and the size of files are bounded",
    "landlock": "no file can be opened but Python, the course's packages and a scratch folder",
    "seccomp": "no network, no other process, no new program, no rarely used system call",
    "bubblewrap": "no file, network or process of this machine is even there",
}
_BASIC: Final = ("process", "wall clock", "rlimits")


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer: whether it holds, what was tried, and what to do where it does not."""

    name: str
    holds: bool
    meaning: str
    tried: tuple[Escape, ...]
    problem: str
    remedy: str


@click.command("doctor", epilog="Example: bpgrade doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@COURSE
def command(as_json: bool, course_folder: Path | None) -> int:
    """See what holds on this machine: each layer of isolation is attacked from inside.

    Exit code: 0 if submissions can be graded (basic isolation), 2 an option is wrong, 3 if not.
    """
    about = _course(course_folder)
    layers = [_examine(name) for name in _MEANINGS]
    found = {layer.name for layer in layers if layer.holds}
    document = {
        "schema": "bpgrade-doctor/1",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "versions": _versions(),
        "course": about,
        "basic": found.issuperset(_needed()),
        "strict": "bubblewrap" in found or found >= {"landlock", "seccomp"},
        "layers": [asdict(layer) for layer in layers],
    }
    if as_json:
        click.echo(json.dumps(document))
    else:
        _show(document, layers)
    return 0 if document["basic"] else 3


def _needed() -> tuple[str, ...]:
    return _BASIC if sys.platform != "win32" else _BASIC[:2]


def _examine(name: str) -> LayerReport:
    from grader.sandbox import isolation_selftest

    problem = remedy = ""
    if name not in _BASIC:
        problem, remedy = _missing(name)
    tried: tuple[Escape, ...] = ()
    if not problem:
        tried, problem = isolation_selftest.attempt_or_explain(name)
    through = [trial.attempt for trial in tried if not trial.stopped]
    if through:
        problem = f"not stopped: {', '.join(through)}"
    return LayerReport(name, not problem, _MEANINGS[name], tried, problem, remedy)


def _missing(name: str) -> tuple[str, str]:
    """Return what keeps a kernel's layer from being tried, and the remedy."""
    if sys.platform != "linux":
        return f"this is {sys.platform}, not Linux", "grade strangers' code on Linux"
    from grader.sandbox import layer_probe

    [layer] = [layer for layer in layer_probe.survey() if layer.name == name]
    return layer.problem, layer.remedy


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("bpgrade", "numpy", "pytest")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _course(folder: Path | None) -> dict[str, Any]:
    from grader.errors import BpgradeError, UsageError

    try:
        found = chosen_course(folder)
    except UsageError:
        raise
    except BpgradeError as error:
        return {"problem": error.message, "remedy": error.remedy}
    return {"name": found.name, "title": found.title, "folder": str(found.folder)}


def _show(document: dict[str, Any], layers: list[LayerReport]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from grader.report.page import can_draw

    console = Console()
    drawn = can_draw(console)
    table = Table("layer", "holds", "tried", "what it means")
    for layer in layers:
        tried = ", ".join(trial.attempt for trial in layer.tried) or "-"
        table.add_row(
            layer.name,
            "[green]yes[/]" if layer.holds else "[red]no[/]",
            tried,
            layer.meaning if layer.holds else escape(_advice(layer)),
        )
    versions = ", ".join(f"{name} {number}" for name, number in document["versions"].items())
    console.print(f"{document['system']}; {versions}", highlight=False)
    console.print(f"course: {escape(_course_line(document['course']))}", highlight=False)
    if drawn:
        console.print(table)
    else:
        for layer in layers:
            click.echo(_in_words(layer))
    for level, purpose in (("basic", "your own code"), ("strict", "strangers' code")):
        holds = "[green]holds[/]" if document[level] else "[red]does not hold[/]"
        console.print(f"--isolation {level} ({purpose}) {holds}", highlight=False)


def _in_words(layer: LayerReport) -> str:
    told = layer.meaning if layer.holds else _advice(layer)
    tried = ", ".join(trial.attempt for trial in layer.tried) or "nothing"
    return f"{layer.name}: {'holds' if layer.holds else 'does not hold'}. {told}. Tried: {tried}"


def _advice(layer: LayerReport) -> str:
    return layer.problem + (f" -> {layer.remedy}" if layer.remedy else "")


def _course_line(course: dict[str, str]) -> str:
    if "problem" in course:
        return f"{course['problem']} -> {course['remedy']}"
    return f"{course['title']} ({course['folder']})"
