"""The answers that a person grades: what is written in a submission, and what it draws."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from grader.course import Exercise
from grader.course.by_hand import Part, without_given
from grader.course.syntax_tree import syntax_tree
from grader.grading.submission import Submission
from grader.language import gettext_lazy as _
from grader.result import PartResult, Picture, RubricItemResult

if TYPE_CHECKING:  # whoever only reads a file needs no sandbox
    from grader.sandbox.submission_session import SubmissionSession

NOTHING_WRITTEN: Final = _("nothing is written")
NO_PLACE: Final = _("the place for the answer is not there")
_RUNNING: Final = _("it is read from the notebook's file, once that is handed in")
_NOT_READ: Final = _("the file could not be run")
_LONGEST: Final = 15_000
_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)


def answers(
    exercise: Exercise, submission: Submission, session: SubmissionSession | None
) -> tuple[PartResult, ...]:
    """Return the parts that a person grades, with the answers, and nothing graded yet.

    Parameters
    ----------
    exercise : Exercise
    submission : Submission
    session : SubmissionSession or None
        Draws the plots; None where there is nothing to run.
    """
    return tuple(_part(part, submission, session) for part in exercise.by_hand)


def _part(part: Part, submission: Submission, session: SubmissionSession | None) -> PartResult:
    pictures: tuple[Picture, ...] = ()
    if part.answer == "plot":
        answer, (pictures, note) = "", _drawn(part, session)
    elif part.answer == "code":
        answer, note = _cut(_code(part.id, submission.source)), submission.problem
    else:
        answer, note = written(part, submission)
    return PartResult(
        id=part.id,
        title=part.title,
        points=None,
        max_points=part.points,
        answer=answer,
        note=note,
        pictures=pictures,
        rubric=tuple(RubricItemResult(one.id, one.text, one.points) for one in part.rubric),
    )


def written(part: Part, submission: Submission) -> tuple[str, str]:
    """Return the answer to a part, and where there is none, why."""
    found = [text for name, text in submission.answers if name == part.id]
    if not found:
        found = _set_in_code(part.id, submission)
    if not found and submission.session:
        return "", _RUNNING
    if not found:
        return "", NO_PLACE if submission.source else submission.problem or NO_PLACE
    # a cell that was copied stands there twice
    texts = dict.fromkeys(filter(None, map(without_given, found)))
    answer = "\n\n".join(texts)
    return _cut(answer), "" if answer else NOTHING_WRITTEN


def _cut(answer: str) -> str:
    rest = len(answer) - _LONGEST
    return f"{answer[:_LONGEST]} ... ({rest:,} more characters)" if rest > 0 else answer


def _code(name: str, source: str) -> str:
    """Return the code of a function or class; all of it where there is none of that name."""
    try:
        tree = syntax_tree(source)
    except _UNREADABLE:
        return source.strip()
    own = [
        ast.get_source_segment(source, node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name == name
    ]
    return own[-1] if own else source.strip()


def _set_in_code(name: str, submission: Submission) -> list[str]:
    """Return what is last assigned to a name at the top level, as text."""
    sources = [cell.source for cell in submission.cells] or [submission.source]
    found = [text for source in sources for text in _assigned(name, source)]
    return found[-1:]


def _assigned(name: str, source: str) -> list[str]:
    try:
        tree = syntax_tree(source)
    except _UNREADABLE:  # what stands elsewhere in the file is no reason to lose an answer
        pattern = rf"^{name}\s*=\s*(\"\"\"|'''|\"|')(.*?)\1"
        return [each[2] for each in re.finditer(pattern, source, re.MULTILINE | re.DOTALL)]
    return [
        _text_of(node.value, source)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]


def _text_of(value: ast.expr, source: str) -> str:
    """Return a text; of whatever else was written there, the code."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    return ast.get_source_segment(source, value) or ""


def _drawn(part: Part, session: SubmissionSession | None) -> tuple[tuple[Picture, ...], str]:
    """Return the pictures that a function draws, or the file where it has no such function."""
    from grader.checking.pictures import pictures_of
    from grader.checking.student.student_proxy import StudentProxy
    from grader.comparison.check_failure import CheckFailure
    from grader.sandbox.failures import CallFailure
    from grader.sandbox.pipeline import Pipeline

    if session is None or session.loaded is None:
        return (), _NOT_READ
    student = StudentProxy(Pipeline(session), lambda _function: ())
    function = part.id if part.id in session.loaded.functions else None
    try:
        return pictures_of(student.figures(function)), ""
    except CallFailure as failure:
        return (), failure.cause or failure.feedback.partition("\n")[0]
    except CheckFailure as failure:
        return (), failure.text
