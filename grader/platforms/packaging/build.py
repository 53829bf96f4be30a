"""A package: a platform's scripts filled in, with the course, the wheels and the pins."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import tarfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from grader.course import Course, Exercise
from grader.course.files import replacing
from grader.course.translations import in_language
from grader.errors import UsageError
from grader.language import current_language, gettext, html_tag, translated
from grader.language import gettext_lazy as _
from grader.language.catalogue import SOURCE
from grader.platforms.assessment import Hidden
from grader.platforms.packaging import requirements
from grader.platforms.packaging.wheel import installed, mode, tree, wheel, zipped
from grader.platforms.platform import Platform
from grader.quick_dataclass import dataclass


def _in_quotes(text: str) -> str:
    """Return text for the inside of quotes, in JSON and in YAML."""
    return json.dumps(text)[1:-1]


def _in_mustache(text: str) -> str:
    """Return text for HTML that is a Mustache template too."""
    return html.escape(text).replace("{{", "&#123;&#123;")


TEMPLATES: Final = Path(__file__).parent.parent / "templates"
MANIFEST: Final = "bpgrade-package.json"
_SHARED: Final = TEMPLATES / "shared"
_ESCAPES: Final[dict[str, Callable[[str], str]]] = {
    ".xml": html.escape,
    ".html": _in_mustache,
    ".json": _in_quotes,
    ".yaml": _in_quotes,
}
_BLANK: Final = re.compile(r"@([A-Z0-9_]+)@")


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """What the instructor wants in a package.

    Attributes
    ----------
    exercise : Exercise or None
        None where the submission's file says which it is.
    hidden : {"visible", "after_due_date", "after_published", "hidden"} or None
    leaderboard : bool
    seed : int
    bundle : bool
        Whether the wheels of all requirements are in it.
    python : str
        The Python there, as `3.12`.
    """

    exercise: Exercise | None
    hidden: Hidden | None = None
    leaderboard: bool = False
    seed: int = 0
    bundle: bool = False
    python: str = "3.12"


def build(platform: Platform, course: Course, choice: PackageOptions) -> dict[str, bytes]:
    """Return the files of a package by their names.

    Raises
    ------
    UsageError
        The course has no solutions, the exercise must be said, or wheels cannot be had.
    """
    exercises = [choice.exercise] if choice.exercise else list(course.exercises)
    for exercise in exercises:
        if not course.checks(exercise).is_file():
            raise UsageError(
                _(
                    "{folder} has no checks for {exercise}, so nothing could be graded",
                    folder=course.folder,
                    exercise=exercise.name,
                ),
                _("give the full course, with its solutions: --course DIR"),
            )
    own = _course_files(course)
    blanks = _blanks(course, choice, own)
    files: dict[str, bytes] = {}
    for name, path in tree(TEMPLATES / platform.name, "").items():
        place = _filled(name.lstrip("/"), blanks)
        escape = _ESCAPES.get(PurePosixPath(place).suffix, str)
        escaped = {key: escape(text) for key, text in blanks.items()}
        files[place.removesuffix(".txt") if place.endswith(".py.txt") else place] = _filled(
            path.read_text("utf-8"), escaped
        ).encode()
    for folder in platform.courses:
        files |= _below(_filled(folder, blanks), own)
    installer = _installer(course, choice)
    for folder in platform.installers:
        files |= _below(_filled(folder, blanks), installer)
    if platform.tar:
        files = _packed(files, platform.tar)
    for exercise in exercises:
        for name, path in {
            "reference": course.reference(exercise),
            "stub": course.stub(exercise),
        }.items():
            files[f"selftest/{exercise.name}/{name}.py"] = path.read_bytes()
    files[MANIFEST] = _manifest(platform, course, exercises, choice)
    return dict(sorted(files.items()))


def _manifest(
    platform: Platform, course: Course, exercises: Sequence[Exercise], choice: PackageOptions
) -> bytes:
    """Return what `bpgrade selftest` has to know of a package."""
    manifest = {
        "platform": platform.name,
        "course": course.name,
        "exercises": {exercise.name: list(exercise.functions) for exercise in exercises},
        "checked": {
            exercise.name: exercise.checked_points / exercise.max_score for exercise in exercises
        },
        "bpgrade": installed().version,
        "python": choice.python,
        "bundle": choice.bundle,
    }
    return f"{json.dumps(manifest, indent=1)}\n".encode()


def write(files: Mapping[str, bytes], out: Path) -> None:
    """Write a package: a zip archive where the name says so, else a folder that is not there yet.

    Raises
    ------
    UsageError
        It cannot be written.
    """
    try:
        if out.suffix.lower() == ".zip":
            with replacing(out) as new:
                new.write_bytes(zipped(files))
            return
        out.mkdir(parents=True)
        for name, data in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(mode(data))
    except FileExistsError:
        raise UsageError(
            _("{path} already exists", path=out), _("choose a new folder or .zip file")
        ) from None
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {reason}", path=out, reason=error.strerror),
            _("choose a place you can write to"),
        ) from None


def _below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {str(PurePosixPath(folder, name)): data for name, data in files.items()}


def _packed(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Return files with a folder of them packed into a tar archive of its name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in sorted(files.items()):
            if name.startswith(f"{folder}/"):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), mode(data)
                archive.addfile(entry, io.BytesIO(data))
    rest = {name: data for name, data in files.items() if not name.startswith(f"{folder}/")}
    return {**rest, f"{folder}.tar": buffer.getvalue()}


def _course_files(course: Course) -> dict[str, bytes]:
    paths = tree(course.folder / "exercises", "course/exercises")
    paths |= tree(course.folder / "solutions", "course/solutions")
    return {name: path.read_bytes() for name, path in paths.items()}


def _installer(course: Course, choice: PackageOptions) -> dict[str, bytes]:
    """Return bpgrade's wheel, the pins, the other wheels if bundled, and what installs them."""
    pinned = requirements.pins(course.packages, choice.python)
    name, data = wheel()
    files = {
        "requirements.txt": "".join(f"{line}\n" for line in pinned).encode(),
        f"wheels/{name}": data,
    }
    if choice.bundle:
        found = requirements.download(pinned, choice.python)
        files |= {f"wheels/{name}": data for name, data in found.items()}
    blanks = {
        "PYTHON": choice.python,
        "OFFLINE": "--no-index" if choice.bundle else "",
        "NO_PYTHON": gettext(
            "install.sh: this system offers no Python {python}. Make the package again, with the"
            " Python that it has: bpgrade package ... --python VERSION",
            python=choice.python,
        ),
    }
    for path in sorted(_SHARED.iterdir()):
        files[path.name] = _filled(path.read_text("utf-8"), blanks).encode()
    return files


def _blanks(course: Course, choice: PackageOptions, own: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the scripts' blanks are filled with."""
    language = current_language()
    options = [f"--seed={choice.seed}"]
    if language != SOURCE:
        options.append(f"--lang={html_tag(language)}")
    if choice.exercise:
        options.append(f"--exercise={choice.exercise.name}")
    if choice.hidden:
        options.append(f"--hidden-checks={choice.hidden}")
    if choice.leaderboard:
        options.append("--leaderboard")
    exercise = choice.exercise
    name = exercise.name if exercise else course.name
    return {
        "OPTIONS": " ".join(options),
        "EXERCISE": name,
        "TITLE": translated(exercise.title if exercise else course.title),
        "COURSE": course.name,
        "POINTS": f"{exercise.max_score:g}" if exercise else "",
        "TASK": _text(in_language(course.task(exercise), language)) if exercise else "",
        "STUB": _text(in_language(course.stub(exercise), language)) if exercise else "",
        "NO_SCORES": json.dumps(dict.fromkeys(exercise.functions))[1:-1] if exercise else "",
        "PYTHON": choice.python,
        "UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"bpgrade:{course.name}:{name}")),
        "DOT": ".",
        **_words(name),
        "COURSE_BASE64": base64.encodebytes(zipped(own)).decode("ascii"),
    }


def _words(exercise: str) -> dict[str, str]:
    """Return what the scripts and their documents say to people."""
    return {
        "ABOUT": gettext("Grades {exercise} with bpgrade.", exercise=exercise),
        "ALL_CHECKS": gettext("all checks of {exercise}", exercise=exercise),
        "HAND_IN": gettext("Hand in {exercise}.py or {exercise}.ipynb.", exercise=exercise),
        "WITHOUT_A_WORD": gettext("Not graded: the grader has ended without a word."),
        "JAIL_SERVER": gettext(
            "Copy this folder to /opt/bpgrade on the VPL execution server, or into its chroot, and"
            " run `bash /opt/bpgrade/install.sh` there once, as root."
        ),
    }


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _filled(text: str, blanks: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda match: blanks.get(match[1], match[0]), text)
