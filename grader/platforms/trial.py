"""Trying a package on this machine: its entry script, in a folder laid out as the platform's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.errors import IsolationError, UsageError
from grader.language import enumerated, gettext
from grader.language import gettext_lazy as _
from grader.platforms.packaging.build import MANIFEST
from grader.platforms.platform import STANDARD_OUTPUT, Platform, Run
from grader.quick_dataclass import dataclass
from grader.sandbox.isolation import resolve

_SECONDS: Final = 900.0
LATE: Final = _("late")
LONG_MESSAGES: Final = _("long messages")
HOSTILE: Final = _("hostile")
_HOSTILE: Final = """
import ctypes, glob, json, os, sys

FORGED = {forged!r}


def attack(*arguments, **named):
    for path in glob.glob("/**/solutions/*.py", recursive=True) + ["/etc/passwd"]:
        try:
            print(open(path).read())
        except OSError:
            pass
    for path in {targets!r}:
        try:
            with open(path, "w") as file:
                file.write(FORGED)
        except OSError:
            pass
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, FORGED.encode())
        except OSError:
            pass
    print(FORGED, flush=True)
    print(FORGED, file=sys.stderr, flush=True)
    os._exit(0)


{functions}
"""
# what would be full marks to one platform or another, if it stood where the platform looks
_FORGED: Final = """
--|>
Grade :=>> 1000
{"score": 1000, "fraction": 1, "fractionalScore": 1, "tests": []}
{"tag":"points","points":"1"}
{"scores": {"all": 1000}}
{"command": "close-judgement", "accepted": true}
</pre></td></tr><script>alert(1)</script>]]><testcase name="x"/>
::set-output name=result::e30=
"""

# each call fails in a way of its own: a cause that was told before would only be named
_LONG: Final = """
import itertools

NUMBERS = itertools.count()


def talk(*arguments, **named):
    raise type(f"Error{{next(NUMBERS)}}x", (ValueError,), {{}})("\\u2603" * 100_000)


{functions}
"""


@dataclass(frozen=True, slots=True)
class TrialSubmission:
    """One submission that goes through a package, and what must come of it.

    `least` and `most` bound the share of the points; None where nothing must be graded.
    """

    name: str
    source: str | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class PackageTrial:
    """What came of a case: the share of the points that the platform sees, and the exit code."""

    case: str
    share: float | None
    exit_code: int
    good: bool
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """How an entry script ended, and the documents that it left by their places."""

    exit_code: int
    documents: Mapping[str, str]
    output: str
    errors: str


def hostile(functions: Sequence[str], targets: Sequence[str]) -> str:
    """Return a submission whose every function reads, writes, forges and then ends the process."""
    lines = "\n".join(f"{name} = attack" for name in functions)
    return _HOSTILE.format(forged=_FORGED, targets=list(targets), functions=lines)


def cases(
    package: Path, exercise: str, functions: Sequence[str], checked: float = 1.0
) -> list[TrialSubmission]:
    """Return the submissions that every package has to deal with.

    `checked` is the share of the points that checks give: a person gives the others, which count
    on some platforms and are left out on others.
    """
    folder = package / "selftest" / exercise
    return [
        TrialSubmission(_("reference"), (folder / "reference.py").read_text("utf-8"), checked, 1.0),
        TrialSubmission(_("stub"), (folder / "stub.py").read_text("utf-8"), 0.0, 0.99),
        TrialSubmission(HOSTILE, hostile(functions, ()), 0.0, 0.5),
        TrialSubmission(_("nothing submitted"), None, None, None),
    ]


def further_cases(
    platform: Platform, package: Path, exercise: str, functions: Sequence[str]
) -> Iterator[TrialSubmission]:
    """Yield the submissions that only some platforms stumble over."""
    if platform.long_messages:
        lines = "\n".join(f"{name} = talk" for name in functions)
        yield TrialSubmission(LONG_MESSAGES, _LONG.format(functions=lines), 0.0, 0.5)
    if platform.make_late is not None:
        reference = package / "selftest" / exercise / "reference.py"
        yield TrialSubmission(LATE, reference.read_text("utf-8"), 1.0, 1.0)


def isolation_here() -> str:
    """Return "strict" where it can be had, as on the platforms; else "basic"."""
    try:
        return resolve("strict").level
    except IsolationError:
        return "basic"


def try_package(
    platform: Platform, package: Path, exercise: str | None, isolation: str
) -> Iterator[PackageTrial]:
    """Run the cases through a package, a zip or a folder, one after another.

    Raises
    ------
    UsageError
        It is no package for this platform.
    """
    with _unpacked(package) as folder:
        exercises = _exercises(folder, platform, package)
        checked = _checked(folder)
        name = exercise or next(iter(exercises))
        if name not in exercises:
            raise UsageError(
                _("{package} does not grade {exercise}", package=package, exercise=name),
                _("it grades: {exercises}", exercises=enumerated(list(exercises))),
            )
        for case in (
            *cases(folder, name, exercises[name], checked.get(name, 1.0)),
            *further_cases(platform, folder, name, exercises[name]),
        ):
            yield _try(
                platform, folder, name, exercises[name], case, isolation, checked.get(name, 1.0)
            )


def _try(
    platform: Platform,
    package: Path,
    exercise: str,
    functions: Sequence[str],
    case: TrialSubmission,
    isolation: str,
    checked: float,
) -> PackageTrial:
    with tempfile.TemporaryDirectory(prefix="bpgrade-selftest-") as folder:
        place = Path(folder).resolve()
        source = case.source
        if case.name == HOSTILE:  # it is told where the documents will be
            run = platform.lay(_new(place / "scratch"), package, None, exercise)
            targets = [str(place / "root" / name) for name in run.documents if name]
            source = hostile(functions, targets)
        submission = None
        if source is not None:
            submission = place / f"{exercise}.py"
            submission.write_text(source, encoding="utf-8")
        root = _new(place / "root")
        run = platform.lay(root, package, submission, exercise)
        if case.name == LATE and platform.make_late is not None:
            run, left = platform.make_late(root, run)
            case = replace(case, least=left * checked, most=left)
        return _judge(platform, case, start(run, root, isolation))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _judge(platform: Platform, case: TrialSubmission, ran: Ran) -> PackageTrial:
    if not ran.documents:
        problem = _("no result: {reason}", reason=_said(ran))
        return PackageTrial(case.name, None, ran.exit_code, False, problem)
    try:
        share = platform.share(ran.documents)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        problem = _("no valid result: {reason}", reason=_said(ran) or repr(error))
        return PackageTrial(case.name, None, ran.exit_code, False, problem)
    wrong = _fault(case, share)
    said = _said(ran)
    remark = _("{fault}: {reason}", fault=wrong, reason=said) if wrong and said else wrong
    return PackageTrial(case.name, share, ran.exit_code, not wrong, remark)


def _fault(case: TrialSubmission, share: float | None) -> str:
    """Return what is wrong with the share of the points that the platform sees."""
    if case.least is None or case.most is None:
        if share is None:
            return ""
        percent = f"{share * 100:.4g}"
        return _("{percent} % is stored where nothing was graded", percent=percent)
    if share is None:
        return _("no score is stored")
    if case.least - 1e-9 <= share <= case.most + 1e-9:
        return ""
    return _("the score is not what it should be")


def _said(ran: Ran) -> str:
    lines = (ran.errors.strip() or ran.output.strip()).splitlines()
    return next((line for line in lines if line.startswith("bpgrade:")), lines[-1] if lines else "")


def start(run: Run, root: Path, isolation: str = "strict") -> Ran:
    """Start an entry script and wait for its end."""
    install(root / run.venv, isolation)
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        done = subprocess.run(
            list(run.command),
            cwd=root / run.working,
            env={**kept, "LANG": "C.UTF-8", **run.environment, "BPGRADE_ROOT": str(root)},
            input=run.input.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if run.joined else subprocess.PIPE,
            check=False,
            timeout=_SECONDS,
        )
    except OSError as error:
        name = str(run.command[0]).removeprefix(str(root))
        told = gettext("{name} cannot be started: {reason}", name=name, reason=error.strerror)
        return Ran(127, {}, "", f"bpgrade: {told}")
    output = done.stdout.decode("utf-8", "replace")
    errors = (done.stderr or b"").decode("utf-8", "replace")
    return Ran(done.returncode, read_documents(run, root, output), output, errors)


def read_documents(run: Run, root: Path, output: str) -> dict[str, str]:
    """Return the documents that a run has left, by their places."""
    documents = {}
    for name in run.documents:
        if name == STANDARD_OUTPUT:
            documents[name] = output
        elif (root / name).is_file():
            documents[name] = (root / name).read_text("utf-8")
    return documents


def install(venv: Path, isolation: str = "strict") -> None:
    """Put the bpgrade that runs now where a package's install.sh would install it."""
    (venv / "bin").mkdir(parents=True)
    own = f'-P -m grader "$@" --isolation={isolation}'
    for name, command in (("bpgrade", own), ("python", '-P "$@"')):
        program = venv / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command}\n', "utf-8")
        program.chmod(0o755)


@contextmanager
def _unpacked(package: Path) -> Iterator[Path]:
    """Give the folder of a package; that of a zip archive for the time being."""
    if package.is_dir():
        yield package.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="bpgrade-package-") as folder:
        try:
            with zipfile.ZipFile(package) as archive:
                for entry in archive.infolist():
                    path = Path(archive.extract(entry, folder))
                    if path.is_file():
                        path.chmod((entry.external_attr >> 16) & 0o777 or 0o644)
        except FileNotFoundError:
            raise UsageError(
                _("no such package: {package}", package=package),
                _("make one: bpgrade package {platform} -o OUT.zip", platform="PLATFORM"),
            ) from None
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(
                _(
                    "{package} cannot be read as a package: {reason}",
                    package=package,
                    reason=error,
                ),
                _("give the .zip file or folder that `bpgrade package` wrote"),
            ) from None
        yield Path(folder).resolve()


def _checked(folder: Path) -> Mapping[str, float]:
    """Return the share of each exercise's points that checks give; packages may not say it."""
    shares: Mapping[str, float] = json.loads((folder / MANIFEST).read_text("utf-8")).get(
        "checked", {}
    )
    return shares


def _exercises(folder: Path, platform: Platform, package: Path) -> Mapping[str, Sequence[str]]:
    """Return the functions of the exercises that a package grades, by the exercises' names."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        name, exercises = manifest["platform"], manifest["exercises"]
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            _(
                "{package} is not a bpgrade package: it has no valid {file}",
                package=package,
                file=MANIFEST,
            ),
            _("make one: bpgrade package {platform} -o OUT.zip", platform=platform.name),
        ) from None
    if name != platform.name:
        raise UsageError(
            _(
                "{package} is a package for {platform}, not for {wanted}",
                package=package,
                platform=name,
                wanted=platform.name,
            ),
            _(
                "try it as one: bpgrade selftest {platform} {package}",
                platform=name,
                package=package,
            ),
        )
    found: Mapping[str, Sequence[str]] = exercises
    return found
