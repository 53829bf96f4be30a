"""What of a submission's answers a statement of a check was about, from its source and names."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.student_object import StudentObject
from grader.checking.student.student_proxy import StudentProxy, answered_calls
from grader.course.syntax_tree import own_parts


def answers_asked_about(
    error: BaseException, file: Path, student: StudentProxy
) -> Sequence[AnsweredCall]:
    """Return the answered calls that the statement which raised `error` was about.

    These are the calls in the statement itself; else those whose values its names stand for; else
    the last call. Nothing where no call was answered.

    Parameters
    ----------
    error : BaseException
        What the check raised.
    file : Path
        Where the check is written.
    student : StudentProxy
        Whom it has called.
    """
    answered = answered_calls(student)
    trace = last_in(error.__traceback__, file)
    statement = None if trace is None else _statement(file, trace.tb_lineno)
    if not answered or trace is None or statement is None:
        return answered[-1:]
    names = {**trace.tb_frame.f_globals, **trace.tb_frame.f_locals}
    if not any(isinstance(node, ast.Name) and node.id == "repr" for node in own_parts(statement)):
        # pytest has asked for the texts of what it tells about
        answered = [call for call in answered if not call.function.endswith(".__repr__")]
    return _called_in(statement, names, answered) or _named_in(statement, names, answered)


def exception_asked_for(error: BaseException, file: Path) -> str:
    """Return the name of the exception that `pytest.raises` asks for where `error` was raised.

    Parameters are as for `answers_asked_about`. It is empty where none is asked for.
    """
    trace = last_in(error.__traceback__, file)
    if trace is None:
        return ""
    line = trace.tb_lineno
    found = [
        item.context_expr
        for statement in _statements(file, file.stat().st_mtime_ns)
        if isinstance(statement, ast.With) and _covers(statement, line)
        for item in statement.items
    ]
    for call in reversed(found):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("pytest.raises", "raises"):
            asked = ast.unparse(call.args[0]) if call.args else ""
            return asked.rpartition(".")[2] if asked.replace(".", "").isidentifier() else ""
    return ""


def last_in(trace: TracebackType | None, file: Path) -> TracebackType | None:
    """Return the last step of a traceback that is in a file; None where none is."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            found = trace
        trace = trace.tb_next
    return found


def _statement(file: Path, line: int) -> ast.stmt | None:
    """Return the innermost statement on a line."""
    found = None
    for statement in _statements(file, file.stat().st_mtime_ns):
        if _covers(statement, line):
            found = statement  # those inside of others come later
    return found


def _covers(statement: ast.stmt, line: int) -> bool:
    return statement.lineno <= line <= (statement.end_lineno or statement.lineno)


@functools.lru_cache(maxsize=16)
def _statements(file: Path, _changed: int) -> tuple[ast.stmt, ...]:
    tree = ast.parse(file.read_bytes())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return tuple(found)


def _called_in(
    statement: ast.stmt, names: dict[str, Any], answered: Sequence[AnsweredCall]
) -> list[AnsweredCall]:
    """Return the last calls of the functions of `student` that the statement calls."""
    wanted = Counter(
        node.attr
        for node in own_parts(statement)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and isinstance(names.get(node.value.id), StudentProxy)
    )
    found = []
    for call in reversed(answered):
        if wanted[call.function]:
            wanted[call.function] -= 1
            found.append(_last_of(call, answered))
    return found[::-1]


def _last_of(call: AnsweredCall, answered: Sequence[AnsweredCall]) -> AnsweredCall:
    """Return what was asked last of the object that a call has returned; else the call."""
    if not isinstance(call.value, StudentObject):
        return call
    about = [
        each
        for each in answered
        if each.target is call.value and not isinstance(each.value, StudentObject)
    ]
    return (about or [call])[-1]


def _named_in(
    statement: ast.stmt, names: dict[str, Any], answered: Sequence[AnsweredCall]
) -> Sequence[AnsweredCall]:
    """Return the last calls that have returned what names in the statement stand for."""
    values = [
        names[node.id]
        for node in own_parts(statement)
        if isinstance(node, ast.Name) and node.id in names
    ]
    about = [
        call
        for call in answered
        if call.target is not None and any(call.target is value for value in values)
    ]
    told = [call for call in about if not isinstance(call.value, StudentObject)]
    found = [call for call in answered if any(_is_from(value, call.value) for value in values)]
    return told[-1:] or found[-1:] or answered[-1:]


def _is_from(value: Any, returned: Any) -> bool:
    """Return whether a value is what was returned, or one of several values that were."""
    if value is returned:
        return True
    return isinstance(returned, list | tuple) and any(value is part for part in returned)
