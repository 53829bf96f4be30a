"""The handout of a course: what students get, and a proof that it holds nothing else."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.author.course_catalogues import catalogue_path, public_messages
from grader.author.translation import compiled
from grader.author.visible_checks import visible_checks
from grader.checking.checks import collected
from grader.checking.specification import Check
from grader.course import Course, Exercise, load_course, make_stub
from grader.course.data_files import data_files, working_folder, working_in
from grader.course.files import read_text, replacing
from grader.course.load import course_file
from grader.course.notebook import make_notebook
from grader.course.translations import in_language, stub_in, translated_path
from grader.errors import CourseError, UsageError
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.language import authored, languages_of, reading
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.isolation import Isolation

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_TELLING: Final = 12  # shorter lines say nothing about where they are from

Checks = Mapping[str, tuple[Check, ...]]


@dataclass(frozen=True, slots=True)
class Release:
    """What was written: the archive, and the names in it."""

    path: Path
    names: tuple[str, ...]


def release(course: Course, path: Path, isolation: Isolation) -> Release:
    """Write the handout of `course` as a zip that is the same, byte for byte, each time.

    Parameters
    ----------
    course : Course
        A course with its solutions.
    path : Path
        Of the archive; one that is there is replaced.
    isolation : Isolation
        How the references are confined that are run against the checks that are handed out.

    Raises
    ------
    CourseError
        The course is not fit to be handed out.
    UsageError
        The archive cannot be written.
    """
    texts = _texts(course)
    checks = _checks_of(course)
    _refuse_traces(course, texts, checks)
    _prove(course, texts, checks, isolation)
    files = {name: text.encode() for name, text in texts.items()}
    files |= _data(course) | _catalogues(course)
    members = {f"{course.name}/{name}": data for name, data in sorted(files.items())}
    _write_zip(path, members)
    return Release(path, tuple(members))


def _texts(course: Course) -> dict[str, str]:
    """Return the texts of the handout by their names in the course's folder."""
    texts = {"exercises/course.toml": read_text(course_file(course.folder), "")}
    for exercise in course.exercises:
        name = exercise.name
        reference = course.reference(exercise)
        source = read_text(
            reference, _("Write the reference solution of {exercise} there.", exercise=name)
        )
        texts[f"exercises/{name}.py"] = make_stub(source, reference, exercise, course.language)
        texts[f"exercises/{name}.md"] = read_text(course.task(exercise), _("Write the task there."))
        checks = course.checks(exercise)
        text = read_text(checks, _("Write the checks of {exercise} there.", exercise=name))
        texts[f"exercises/{checks.name}"] = visible_checks(text, _parsed(text, checks))
        notebook = course.notebook(exercise)
        if notebook.is_file():
            texts[f"exercises/{notebook.name}"] = _bare(read_text(notebook, ""), notebook)
        texts |= _translated(course, exercise, texts[f"exercises/{name}.py"])
    return texts


def _translated(course: Course, exercise: Exercise, stub: str) -> dict[str, str]:
    """Return the stub, the notebook and the task text in the course's other languages."""
    texts = {}
    has_notebook = course.notebook(exercise).is_file()
    for language in languages_of(course.folder):
        own = stub_in(course, stub, language)
        task = read_text(in_language(course.task(exercise), language), "")
        texts[translated_path(course.stub(exercise), language).name] = own
        texts[translated_path(course.task(exercise), language).name] = task
        if has_notebook:
            path = translated_path(course.notebook(exercise), language)
            with reading(language):
                texts[path.name] = _bare(make_notebook(own, exercise, task), path)
    return {f"exercises/{name}": text for name, text in texts.items()}


def _catalogues(course: Course) -> dict[str, bytes]:
    """Return what the course's catalogues say for the texts of the handout, and for no other."""
    if not languages_of(course.folder):
        return {}
    messages = public_messages(course)
    found = {}
    for language in languages_of(course.folder):
        said = {
            text: other
            for text in messages
            if (other := authored(course.folder, text).said(language)) != text
        }
        path = catalogue_path(course, language).with_suffix(".mo")
        name = path.relative_to(course.folder / "solutions").as_posix()
        found[f"exercises/{name}"] = compiled(language, said)
    return found


def _data(course: Course) -> dict[str, bytes]:
    return {f"exercises/{name}": path.read_bytes() for name, path in data_files(course).items()}


def _parsed(text: str, path: Path) -> Path:
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CourseError(
            _(
                "{path}: line {line}: {reason}.",
                path=path,
                line=line,
                reason=getattr(error, "msg", error),
            ),
            _("Correct the Python there."),
        ) from None
    return path


def _bare(text: str, path: Path) -> str:
    """Return a notebook without outputs, counts and metadata of its cells."""
    try:
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            cell["metadata"] = {}
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        metadata = notebook["metadata"]
        notebook["metadata"] = {"kernelspec": metadata.get("kernelspec", {})}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            _(
                "{path}: is not a notebook in format 4 ({reason}).",
                path=path,
                reason=f"{type(error).__name__}: {error}",
            ),
            _("Make the notebooks again from the solutions."),
        ) from None
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _checks_of(course: Course) -> Checks:
    with (
        working_folder(course) as folder,
        working_in(folder),
        collected(course, course.exercises) as checks,
    ):
        return {exercise.name: checks.of(exercise) for exercise in course.exercises}


def _refuse_traces(course: Course, texts: Mapping[str, str], checks: Checks) -> None:
    """Raise where a text of the handout names a hidden check, or a notebook holds a solution."""
    for exercise in course.exercises:
        visible = {_function(check) for check in checks[exercise.name] if check.visible}
        for check in checks[exercise.name]:
            name = _function(check)
            pattern = re.compile(rf"\b{re.escape(name)}\b")
            for file, text in texts.items():
                if name not in visible and pattern.search(text):
                    raise CourseError(
                        _(
                            "{path}: the handout would name the hidden check {check}.",
                            path=course.folder / file,
                            check=name,
                        ),
                        _("Remove its name from what students get."),
                    )
        _refuse_solution(course, exercise, texts)


def _refuse_solution(course: Course, exercise: Exercise, texts: Mapping[str, str]) -> None:
    notebook = texts.get(f"exercises/{exercise.name}.ipynb")
    if notebook is None:
        return
    stub = {line.strip() for line in texts[f"exercises/{exercise.name}.py"].split("\n")}
    solution = read_text(course.reference(exercise), "").split("\n")
    for line in map(str.strip, solution):
        if line not in stub and len(line) >= _TELLING and json.dumps(line)[1:-1] in notebook:
            raise CourseError(
                _(
                    "{path} holds a line of the solution: {line}",
                    path=f"{course.folder}/exercises/{exercise.name}.ipynb",
                    line=line,
                ),
                _("Make the notebooks again from the solutions."),
            )


def _function(check: Check) -> str:
    return check.id.partition("[")[0].rpartition("::")[2]


def _prove(course: Course, texts: Mapping[str, str], checks: Checks, isolation: Isolation) -> None:
    """Unpack the handout elsewhere and run the references against its checks."""
    with tempfile.TemporaryDirectory(prefix="bpgrade-release-") as name:
        folder = Path(name)
        files = {file: text.encode() for file, text in texts.items()} | _data(course)
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        handout = load_course(folder)
        with Grader(handout, isolation) as grader:
            grader.collect(handout.exercises)
            for exercise in handout.exercises:
                _prove_exercise(course, exercise, checks[exercise.name], grader)


def _prove_exercise(
    course: Course, exercise: Exercise, checks: tuple[Check, ...], grader: Grader
) -> None:
    path = course.reference(exercise)
    submission = submission_from_bytes(path.name, read_text(path, "").encode())
    result = grader.grade(submission, exercise, 0)
    file = course.checks(exercise)
    wanted = sorted(check.id for check in checks if check.visible)
    found = sorted(check.id for check in result.checks)
    if found != wanted:
        raise CourseError(
            _(
                "{path}: the handout would have the visible checks {found}, not {wanted}.",
                path=file,
                found=found,
                wanted=wanted,
            ),
            _("Write @pytest.mark.visible directly above each visible check."),
        )
    for check in result.checks:
        if check.outcome is not Outcome.PASSED:
            raise CourseError(
                _(
                    "{path}: handed out by itself, the visible check {check} fails for the"
                    " reference: {feedback}",
                    path=file,
                    check=check.id,
                    feedback=check.feedback,
                ),
                _("Let it use nothing but the check file, `student`, `compare` and `rng`."),
            )


def _write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    try:
        with (
            replacing(path) as new,
            zipfile.ZipFile(new, "x", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        ):
            for name, data in members.items():
                member = zipfile.ZipInfo(name, _DATE)
                member.create_system = 3  # Unix, wherever it is written
                member.external_attr = 0o100644 << 16
                archive.writestr(member, data, zipfile.ZIP_DEFLATED, 9)
    except OSError as error:
        raise UsageError(
            _("Cannot write {path}: {reason}.", path=path, reason=error.strerror or error),
            _("Choose a file you can write to."),
        ) from error
