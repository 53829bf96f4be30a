"""`bpgrade doctor`: what holds on this machine, found by trying to break it."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from grader.cli.course_option import COURSE, chosen_course
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import joined, translated
from grader.quick_dataclass import dataclass

if TYPE_CHECKING:
    from grader.sandbox.isolation_selftest import Escape

_MEANINGS: Final = {
    "process": lazy(
        "a submission runs in a process of its own; what it breaks there, it breaks alone"
    ),
    "wall clock": lazy("a call that does not end is stopped"),
    "rlimits": lazy("memory, processor time and the size of files are bounded"),
    "landlock": lazy(
        "no file can be opened but Python, the course's packages and a scratch folder"
    ),
    "seccomp": lazy("no network, no other process, no new program, no rarely used system call"),
    "bubblewrap": lazy("no file, network or process of this machine is even there"),
}
_WORDS: Final = {"process": lazy("process"), "wall clock": lazy("wall clock")}
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
@click.option("--server", is_flag=True, help="See whether a server can run here, and does.")
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --server: the server's own folder.",
)
@COURSE
def command(as_json: bool, server: bool, data: Path | None, course_folder: Path | None) -> int:
    """See what holds on this machine: each layer of isolation is attacked from inside.

    With --server: isolation, packages, the data folder, the courses, the address, the database,
    the clock, the worker; a line each, with what to do.

    Exit code: 0 if submissions can be graded (basic isolation), or if a server can run; 2 an option
    is wrong; 3 if not.
    """
    if server or data:
        from grader.cli.doctor_server import look_over

        return look_over(data, as_json=as_json)
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
        problem = lazy("not stopped: {attempts}", attempts=joined(*through, separator=lazy(", ")))
    return LayerReport(name, not problem, _MEANINGS[name], tried, problem, remedy)


def _missing(name: str) -> tuple[str, str]:
    """Return what keeps a kernel's layer from being tried, and the remedy."""
    if sys.platform != "linux":
        return (
            lazy("this is {system}, not Linux", system=sys.platform),
            lazy("grade strangers' code on Linux"),
        )
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
    from rich.table import Table
    from rich.text import Text

    from grader.report.flowing import Flowing
    from grader.report.page import can_draw

    console = Console()
    drawn = can_draw(console)
    table = Table(_("layer"), _("holds"), _("tried"), _("what it means"))
    for layer in layers:
        holds = Text(_("yes"), "green") if layer.holds else Text(_("no"), "red")
        told = translated(layer.meaning) if layer.holds else _advice(layer)
        table.add_row(Flowing(_name(layer)), holds, Flowing(_tried(layer) or "-"), Flowing(told))
    versions = ", ".join(f"{name} {number}" for name, number in document["versions"].items())
    console.print(Text(f"{document['system']}; {versions}"))
    course = _course_line(document["course"])
    console.print(Flowing(_("course: {course}", course=course)))
    if drawn:
        console.print(table)
    else:
        for layer in layers:
            click.echo(_in_words(layer))
    for level, purpose in (("basic", _("your own code")), ("strict", _("strangers' code"))):
        about = Flowing(_("--isolation {level} ({purpose})", level=level, purpose=purpose) + " ")
        if document[level]:
            about.append(_("holds"), "green")
        else:
            about.append(_("does not hold"), "red")
        console.print(about)


def _in_words(layer: LayerReport) -> str:
    fields = {"layer": _name(layer), "tried": _tried(layer) or _("nothing")}
    if layer.holds:
        told = translated(layer.meaning)
        return _("{layer}: holds. {meaning}. Tried: {tried}", meaning=told, **fields)
    advice = _advice(layer)
    return _("{layer}: does not hold. {advice}. Tried: {tried}", advice=advice, **fields)


def _name(layer: LayerReport) -> str:
    return translated(_WORDS.get(layer.name, layer.name))


def _tried(layer: LayerReport) -> str:
    return _(", ").join(translated(trial.attempt) for trial in layer.tried)


def _advice(layer: LayerReport) -> str:
    return " -> ".join(translated(text) for text in (layer.problem, layer.remedy) if text)


def _course_line(course: dict[str, str]) -> str:
    if "problem" in course:
        return f"{translated(course['problem'])} -> {translated(course['remedy'])}"
    return _("{title} ({folder})", title=course["title"], folder=course["folder"])
