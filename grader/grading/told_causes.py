"""What several checks failed for alike: a name spelt otherwise, parameters that are others."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from grader.course import Exercise
from grader.course.syntax_tree import definition, definition_in
from grader.language import gettext_lazy as _
from grader.language import joined, listed, ngettext_lazy
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, Outcome
from grader.sandbox.causes import misspelt
from grader.sandbox.replies import Loaded, SubmissionSource, near_definition

_UNKNOWN: Final = re.compile(r"`(\w+)` is not defined: define it")
_MAX_SOURCE: Final = 200_000
_CALLED_WRONGLY: Final = r"\b{}(\.__init__)?\(\) (takes|missing|got) "
_WRONG_NAME: Final = (
    r"\b{}(\.__init__)?\(\) (got an unexpected keyword|missing \d+ required keyword)"
)
_NO_RIGHT_VALUE: Final = (Outcome.FAILED, Outcome.ERROR, Outcome.FORBIDDEN_VALUE)


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function that can be given by position, and how many have to be."""

    function: str
    names: tuple[str, ...]
    required: int
    open_ended: bool
    by_name: tuple[str, ...] = ()

    def __str__(self) -> str:
        star = ("*args",) if self.open_ended else ("*",) if self.by_name else ()
        return f"{self.function}({', '.join((*self.names, *star, *self.by_name))})"


def with_causes(
    exercise: Exercise,
    source: SubmissionSource,
    loaded: Loaded,
    checks: tuple[CheckResult, ...],
    given: Callable[[], str],
) -> tuple[CheckResult, ...]:
    """Return the checks, with the cause of those that failed for a name or for parameters.

    Parameters
    ----------
    source, loaded : SubmissionSource, Loaded
        The submission, and what loading it found.
    given : callable
        Returns code of the course that has the right signatures.
    """
    if not any(check.outcome in (*_NO_RIGHT_VALUE, Outcome.NOT_IMPLEMENTED) for check in checks):
        return checks
    checks = tuple(_spelling(exercise, check, loaded) for check in checks)
    for own, wanted in _signatures(exercise, source, checks, given):
        if mistake := parameter_mistake(own, wanted):
            swapped = sorted(own.names) == sorted(wanted.names)
            checks = tuple(_with_signature(one, own.function, mistake, swapped) for one in checks)
        elif mistake := name_mistake(own, wanted):
            checks = tuple(_with_names(one, own.function, mistake) for one in checks)
    return checks


def parameter_mistake(own: Signature, wanted: Signature) -> str:
    """Return what is wrong with a function's parameters, or nothing.

    Other names are no mistake, nor are parameters that need not be given.

    Examples
    --------
    >>> wanted = Signature("area", ("width", "height"), 2, False)
    >>> parameter_mistake(Signature("area", ("height", "width"), 2, False), wanted)
    'the parameters are in a different order: `area(height, width)` should be `area(width, height)`'
    >>> parameter_mistake(Signature("area", ("width",), 1, False), wanted)
    '`height` is missing: `area(width)` should be `area(width, height)`'
    """
    count = len(wanted.names)
    if len(own.names) < wanted.required and not own.open_ended:
        missing = [name for name in wanted.names if name not in own.names]
        few = wanted.required - len(own.names)
        return ngettext_lazy(
            "{names} is missing: `{own}` should be `{wanted}`",
            "{names} are missing: `{own}` should be `{wanted}`",
            few,
            names=_called(missing, few),
            own=own,
            wanted=wanted,
        )
    if own.required > count:
        extra = [name for name in own.names[: own.required] if name not in wanted.names]
        many = own.required - count
        return ngettext_lazy(
            "{names} is too many: `{own}` should be `{wanted}`",
            "{names} are too many: `{own}` should be `{wanted}`",
            many,
            names=_called(extra, many),
            own=own,
            wanted=wanted,
        )
    places = {name: place for place, name in enumerate(own.names[:count])}
    if any(places.get(name, place) != place for place, name in enumerate(wanted.names)):
        text = _("the parameters are in a different order: `{own}` should be `{wanted}`")
        return text.format(own=own, wanted=wanted)
    return ""


def _called(names: Sequence[str], count: int) -> str:
    """Return parameters by their names, or how many they are where these do not tell."""
    if len(names) == count:
        return listed([f"`{name}`" for name in names])
    return ngettext_lazy("{count} parameter", "{count} parameters", count)


def name_mistake(own: Signature, wanted: Signature) -> str:
    """Return what is wrong with the names of a function's parameters, or nothing.

    It is a mistake only where a call passes arguments by name.

    Examples
    --------
    >>> wanted = Signature("root", ("x", "eps"), 1, False)
    >>> name_mistake(Signature("root", ("x", "accuracy"), 1, False), wanted)
    'no parameter is called `eps`: `root(x, accuracy)` should be `root(x, eps)`'
    """
    known = (*own.names, *own.by_name)
    missing = [f"`{name}`" for name in (*wanted.names, *wanted.by_name) if name not in known]
    if not missing:
        return ""
    text = _("no parameter is called {names}: `{own}` should be `{wanted}`")
    return text.format(names=joined(*missing, separator=_(" or ")), own=own, wanted=wanted)


def signature_in(text: str, function: str) -> Signature | None:
    """Return the signature of a function's last definition; None where it cannot be told."""
    if len(text) > _MAX_SOURCE or function not in text:
        return None
    try:
        node = definition_in(text, function)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    own = 0
    if isinstance(node, ast.ClassDef):
        node, own = definition(ast.Module(node.body, []), "__init__"), 1
    if node is None or (isinstance(node, ast.FunctionDef) and node.decorator_list):
        return None
    arguments = node.args if isinstance(node, ast.FunctionDef) else None
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        arguments = node.value.args
    if arguments is None or arguments.kwarg is not None:
        return None
    names = tuple(each.arg for each in (*arguments.posonlyargs, *arguments.args))[own:]
    required = max(len(names) - len(arguments.defaults), 0)
    by_name = tuple(each.arg for each in arguments.kwonlyargs)
    return Signature(function, names, required, arguments.vararg is not None, by_name)


def _spelling(exercise: Exercise, check: CheckResult, loaded: Loaded) -> CheckResult:
    """Return the check with the spelling that a NameError comes from, where there is one."""
    unknown = _UNKNOWN.match(check.cause)
    if unknown is None:
        return check
    name = unknown[1]
    asked = name in exercise.functions
    near = near_definition(name, loaded, exercise.functions if asked else ())
    if not near:
        return check
    if asked:
        return replace(check, cause=misspelt(name, near))
    text = _("`{name}` is not defined: is `{other}` meant?")
    return replace(check, cause=text.format(name=name, other=near))


def _signatures(
    exercise: Exercise,
    source: SubmissionSource,
    checks: tuple[CheckResult, ...],
    given: Callable[[], str],
) -> Iterator[tuple[Signature, Signature]]:
    """Yield the student's and the right signature of each function that gave no right value."""
    failed = {check.function for check in checks if check.outcome in _NO_RIGHT_VALUE}
    for function in exercise.functions:
        if function in failed:
            own = signature_in(source.defining(function), function)
            wanted = signature_in(given(), function)
            if own is not None and wanted is not None and not wanted.open_ended:
                yield own, wanted


def _with_names(check: CheckResult, function: str, mistake: str) -> CheckResult:
    called = re.search(_WRONG_NAME.format(re.escape(function)), check.feedback)
    if check.outcome is Outcome.ERROR and called:
        return replace(check, cause=mistake)
    return check


def _with_signature(check: CheckResult, function: str, mistake: str, swapped: bool) -> CheckResult:
    if check.outcome not in _NO_RIGHT_VALUE:
        return check
    own = check.function == function
    called = re.search(_CALLED_WRONGLY.format(re.escape(function)), check.feedback)
    if (own and swapped) or (check.outcome is Outcome.ERROR and called):
        return replace(check, cause=mistake)
    return check
