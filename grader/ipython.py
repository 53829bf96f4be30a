"""Grading from within a running notebook: what has been defined so far, in the sandbox."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Final

from grader.course import find_course
from grader.course.locate import UntrustedCourse
from grader.errors import BpgradeError, UsageError, no_such_language
from grader.extras import check_installed
from grader.grading.grade import DEFAULT_SEED, Grader
from grader.grading.imported_files import in_folder
from grader.grading.submission import MAX_SOURCE_BYTES, Submission, modules_of
from grader.language import current_language, find_language, reading, translated
from grader.language import gettext_lazy as _
from grader.notebooks.code_cells import plain_blocks
from grader.quick_dataclass import dataclass
from grader.result import Result, SubmissionInfo
from grader.sandbox.isolation import resolve

_NAME: Final = _("this notebook")
_MAX_CELLS: Final = 500
_OPTIONS: Final = ("--lang", "--server", "--course")


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What `check` returns: a table where it is shown in a notebook, else text.

    Attributes
    ----------
    result : Result
        The result record.
    """

    result: Result
    _language: str = field(default_factory=current_language)

    @property
    def score(self) -> float:
        """The points reached."""
        return self.result.score

    @property
    def max_score(self) -> float:
        """The points that could be reached."""
        return self.result.max_score

    def __repr__(self) -> str:
        from grader.report.terminal import render_text

        with reading(self._language):
            return render_text(self.result)

    def _repr_html_(self) -> str:
        from grader.report.notebook_table import html_of

        with reading(self._language):
            return html_of(self.result)


def check(
    exercise: str,
    *,
    course: str | Path | None = None,
    seed: int = DEFAULT_SEED,
    lang: str | None = None,
) -> Report:
    """Grade the functions that a running notebook has defined so far.

    The cells that have been run are run again in the sandbox, in the order in which they were
    run, and their functions are graded. The notebook itself stays as it is.

    Parameters
    ----------
    exercise : str
        Its name, as in "exercise3".
    course : str or Path, optional
        The course's folder; else the nearest trusted one in the working folder or above it, else
        the one that ships.
    seed : int, optional
        Seeds the checks' random inputs.
    lang : str, optional
        The language of the report, such as "zh"; else that of the environment.

    Raises
    ------
    UsageError
        It is not called from IPython or a notebook, or there is no such exercise or language.
    CourseError, IsolationError
        See `grader.errors`.
    """
    with _told_in(lang):
        submission = running_submission()
        found = find_course(Path(course) if course is not None else None, Path(), decide=_tell)
        wanted = found.exercise(exercise)
        with Grader(found, resolve("basic"), for_many=False) as grader:
            return Report(grader.grade(submission, wanted, seed))


def running_submission() -> Submission:
    """Return what the running shell has been given, cell by cell.

    Raises
    ------
    UsageError
        There is no IPython shell.
    """
    blocks = plain_blocks(_cells())[0]
    source = "\n\n".join(block.source for block in blocks)
    data = source.encode("utf-8", "surrogatepass")
    info = SubmissionInfo(_NAME, hashlib.sha256(data).hexdigest(), len(data))
    if len(data) > MAX_SOURCE_BYTES:
        problem = _("This notebook has run too much code. Restart its kernel and run all cells.")
        return Submission(info, "", problem)
    submission = Submission(info, source, cells=blocks, session=True)
    return replace(submission, modules=modules_of(submission, in_folder(Path())))


def _cells() -> list[tuple[str, str]]:
    """Return the cells that were run in the running shell, each with its label."""
    shell = running_shell()
    if shell is None:
        raise UsageError(
            _("check() grades what a notebook has defined, but there is no notebook here"),
            _('call it in Jupyter or IPython, or grade a file: grader.grade("exercise3.py")'),
        )
    return _history(list(shell.history_manager.input_hist_raw))


def running_shell() -> Any:
    """Return IPython's running shell, or None; IPython is not imported for that."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None


def submit(
    exercise: str, *, server: str = "", course: str = "", lang: str | None = None
) -> Report | None:
    """Hand in what a running notebook has defined so far: the cells that `check` grades.

    They are handed in as a notebook, as they were typed, with what they import of the folder.

    Parameters
    ----------
    exercise : str
        Its name, as in "exercise3".
    server : str, optional
        The server's address; else the one that this folder was handed in to last.
    course : str, optional
        The course on the server, where there are several.
    lang : str, optional
        As for `check`.

    Returns
    -------
    Report or None
        None where the result is not shown yet, or nobody waited for it.

    Raises
    ------
    UsageError
        As for `check`; or it is not known where to hand in, or the extra `submit` is not installed.
    ServerError
        The server can't be reached, or refuses.
    """
    with _told_in(lang):
        check_installed("submit", _("handing in"))
        from grader.handing_in import submitting

        content = _as_notebook([source for _label, source in _cells()])
        file = submitting.outgoing(f"{exercise}.ipynb", content, Path(), exercise)
        with submitting.Submitter(_say, server, course) as submitter:
            accepted = submitter.hand_in(file)
            _say(submitting.where_to_read(accepted.attempt))
            try:
                attempt, result = submitting.result_of(accepted, lambda _attempt: None)
            except KeyboardInterrupt:
                return None
        if attempt.late:
            _say(attempt.late)
        return Report(result) if result is not None else None


def magic(line: str) -> Report | None:
    """Grade an exercise, as in `%bpgrade exercise3`, or hand it in: `%bpgrade submit exercise3`."""
    words, options = _parsed(line)
    if len(words) == 2 and words[0] == "submit":
        return submit(words[1], **options)
    if len(words) != 1 or words == ["submit"] or options.keys() - {"lang"}:
        raise UsageError(
            _("%bpgrade takes one exercise name"),
            _("as in %bpgrade exercise3, or %bpgrade submit exercise3"),
        )
    return check(words[0], lang=options.get("lang"))


def _parsed(line: str) -> tuple[list[str], dict[str, str]]:
    """Return the words of a magic's line, and its options."""
    words: list[str] = []
    options: dict[str, str] = {}
    waiting = iter(line.split())
    for word in waiting:
        name, _equals, value = word.partition("=")
        if name in _OPTIONS and (value := value or next(waiting, "")):
            options[name.removeprefix("--")] = value
        else:
            words.append(word)
    return words, options


@contextmanager
def _told_in(name: str | None) -> Iterator[None]:
    """Show everything in a language until the block ends, and what is raised in it, too."""
    language = find_language(name) if name else current_language()
    if language is None:
        raise no_such_language(str(name))
    with reading(language):
        try:
            yield
        except BpgradeError as error:  # which is shown after the block
            error.message, error.remedy = translated(error.message), translated(error.remedy)
            raise


def _as_notebook(sources: list[str]) -> bytes:
    """Return cells as a notebook's file, without those that only called us."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for source in sources
        if not source.lstrip().startswith("%bpgrade")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(notebook).encode()


def _tell(found: UntrustedCourse) -> bool:
    _say(found.notice)
    return False


def _say(line: str) -> None:
    sys.stderr.write(f"bpgrade: {translated(line)}\n")


def _history(sources: list[str]) -> list[tuple[str, str]]:
    """Return what was run, labelled by its number; of what was run again, first and last time."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for number, source in enumerate(sources):
        if source.strip():
            first.setdefault(source, number)
            last[source] = number
    kept = sorted({*first.values(), *last.values()})[-_MAX_CELLS:]
    return [(f"In [{number}]", _encodable(sources[number])) for number in kept]


def _encodable(source: str) -> str:
    return source.encode("utf-8", "replace").decode().replace("\r\n", "\n")
