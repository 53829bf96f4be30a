"""Hostile submissions: none attains what it is after; without the layer that stops it, it does.

The attacks are tests/hostile/submissions, listed in attacks.toml with the layer that stops each.
They know all that there is to know: paths, process numbers, addresses, ports, the wire's format.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hostile.bare import attained_naively, without
from hostile.scene import HOSTILE, ROOT, Attack, Scene, attacks, attained, scene
from sandboxes import WITHOUT, isolation
from thoroughness import thorough

from grader.course import Course
from grader.grading.grade import Grader
from grader.sandbox.isolation import Isolation

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation needs Linux")

KINDS = sorted({attack.kind for attack in attacks()})
LAYERS = sorted({attack.layer for attack in attacks()})
LONG = 8.0  # seconds that an attack waits for what it fears
SHORT = 0.5
DIFFER_BY_THE_KERNEL = {"bubblewrap and landlock", "bubblewrap and seccomp"}
"""What these do to attacks that no layer of the kernel stops, the others do as well."""
FRESH_FOR_EACH = {"bubblewrap alone", "single"}
"""Here each submission has a process started afresh, so no attack meets what another has left."""
NEEDS_A_HOST = ("kernel", "watch", "cleaning", "links", "keyring", "descriptors")
"""Layers that basic isolation has not got, or not where each submission is started afresh."""


def grade_all(
    chosen: Iterable[Attack], place: Scene, level: Isolation, wait: float
) -> dict[str, set[str]]:
    """Grade attacks one after another on one host; return what each has attained."""
    with Grader(place.course, level) as grader:
        grader.collect(place.course.exercises)
        return {str(attack): attained(attack, place, grader, wait) for attack in chosen}


def behind(name: str, kind: str) -> list[Attack]:
    """Return the attacks of a kind that are tried behind a combination of layers."""
    chosen = [attack for attack in attacks() if attack.kind == kind]
    if name in DIFFER_BY_THE_KERNEL:
        return [attack for attack in chosen if attack.layer == "kernel"]
    return one_of_each(chosen) if name in FRESH_FOR_EACH else chosen


def one_of_each(chosen: Iterable[Attack]) -> list[Attack]:
    """Return all attacks on the kernel's layers, and one of each kind on each other layer."""
    first = {(each.kind, each.layer): each for each in reversed(list(chosen))}
    return [
        each for each in chosen if each.layer == "kernel" or first[each.kind, each.layer] is each
    ]


def test_every_submission_is_listed() -> None:
    files = {
        str(path.relative_to(HOSTILE / "submissions").with_suffix(""))
        for path in (HOSTILE / "submissions").rglob("*.py")
    }
    assert files == {str(attack) for attack in attacks()}
    assert len(files) >= 60


def by_default(case: tuple[str, str]) -> bool:
    """Say whether a kind is tried behind a combination by default: those that machines have, and
    the network also where bubblewrap alone closes it: for files tests/test_isolation.py does.
    """
    kind, name = case
    return name == "strict" or (
        (name, kind)
        in (
            ("landlock and seccomp", "reading"),
            ("landlock and seccomp", "tampering"),
            ("bubblewrap alone", "network"),
        )
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    thorough(
        ((kind, name) for kind in KINDS for name in WITHOUT if behind(name, kind)), but=by_default
    ),
)
def test_attacks_attain_nothing(kind: str, name: str, tmp_path: Path) -> None:
    """No secret, no harm, no point; the honest functions keep theirs; nothing is left behind."""
    level = isolation(name)
    chosen = behind(name, kind)
    with scene(tmp_path) as place:
        found = grade_all(chosen, place, level, LONG)
    assert {attack: goals for attack, goals in found.items() if goals} == {}
    assert len(found) == len(chosen)


@pytest.mark.parametrize("name", thorough(["basic", "single"], but=["basic"]))
def test_attacks_on_the_grader_attain_nothing_in_basic_isolation(name: str, tmp_path: Path) -> None:
    """Where it is the student's own machine, the points are safe all the same."""
    with scene(tmp_path) as place:
        chosen = [attack for attack in attacks() if attack.layer not in NEEDS_A_HOST]
        if name in FRESH_FOR_EACH:
            chosen = one_of_each(chosen)
        found = grade_all(chosen, place, isolation(name), LONG)
    assert {attack: goals for attack, goals in found.items() if goals} == {}


@pytest.mark.parametrize(
    ("layer", "which"),
    thorough(product(LAYERS, ["one of each kind", "all"]), but=lambda case: case[1] != "all"),
)
def test_attacks_attain_what_they_are_after_without_the_layer(
    layer: str, which: str, tmp_path: Path
) -> None:
    """What shows that the tests above can fail."""
    chosen = [
        attack
        for attack in attacks()
        if attack.layer == layer
        and (ROOT or "root" not in attack.notes)
        and (sys.version_info < (3, 12) or "until 3.11" not in attack.notes)
    ]
    if which != "all":
        chosen = one_of_each(chosen)
    with scene(tmp_path) as place:
        if layer == "process":
            found = {str(attack): attained_naively(attack, place) for attack in chosen}
        else:
            if layer in ("clock", "output"):
                place.course = generous(place.course)
            with without(layer, tmp_path):
                found = grade_all(chosen, place, isolation("basic"), SHORT)
    missed = {
        str(attack): found[str(attack)]
        for attack in chosen
        if attack.attains not in found[str(attack)]
    }
    assert missed == {}


def generous(course: Course) -> Course:
    """Return a course that sets no limit to a call's time, and to what is printed."""
    return replace(
        course,
        exercises=tuple(
            replace(each, limits=replace(each.limits, call_seconds=60.0, output_bytes=1 << 30))
            for each in course.exercises
        ),
    )


def test_attacks_by_the_command(tmp_path: Path) -> None:
    """`bpgrade check --isolation strict`: a document for each, no point, no word on stderr."""
    isolation("landlock and seccomp")
    chosen = [
        each
        for each in attacks()
        if each.kind in ("tampering", "writing") and each.exercise == "patient"
    ]
    with scene(tmp_path) as place:
        place.set(wait=LONG, patience=0.0)
        paths = []
        for attack in chosen:
            path = tmp_path / "handed-in" / attack.kind / f"{attack.name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(attack.source, encoding="utf-8")
            paths.append(str(path))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "grader",
                "check",
                "--json",
                "--isolation=strict",
                "--exercise=patient",
                f"--course={place.course.folder}",
                *paths,
            ],
            capture_output=True,
            text=True,
            timeout=300,
            env=dict(os.environ),
            check=False,
        )
        harm = place.harm()
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    scores = {
        str(attack): document["score"] for attack, document in zip(chosen, documents, strict=True)
    }
    assert {name: score for name, score in scores.items() if score != 3.0} == {}
    assert {document["status"] for document in documents} == {"graded"}
    assert (done.returncode, done.stderr, harm) == (1, "", set())
