"""The `student` of a check: attribute access gives a function of the submission."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from grader.checking.student import left_behind
from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.asked_exception import AskedException
from grader.checking.student.asked_figures import AsksForFigures
from grader.checking.student.asked_objects import Placement
from grader.checking.student.asked_under import AsksUnderConditions
from grader.checking.student.call_target import CallTarget
from grader.checking.student.conditions import AS_IT_IS, AskedUnder
from grader.checking.student.objects_within import holds_object, replaced_in
from grader.checking.student.shown import HOLDS, IS, RETURNED, Asked, names_of, shown_call
from grader.checking.student.student_function import StudentFunction
from grader.checking.student.student_object import (
    Described,
    KnownObjects,
    Operation,
    StudentObject,
)
from grader.checking.student.unnamed import refuse_unnamed, unnamed
from grader.course import Course
from grader.language import gettext_lazy as _
from grader.result import Outcome
from grader.sandbox.child.closed_set import LEAVES
from grader.sandbox.child.codec import Handle
from grader.sandbox.child.figures.figure import Figure
from grader.sandbox.failures import CallFailure, broke_the_channel, signature_of
from grader.sandbox.replies import Loaded, Reply, undefined, unset, with_cause
from grader.sandbox.requests import Objects


class StudentProxy(AsksUnderConditions, AsksForFigures):
    """Calls the submission's functions in the sandbox, and asks for its values.

    `student.forward(x, ...)` returns the decoded value. `student.answer` is the value that the
    submission sets at the top level, where the reference sets one too. What gives no value raises
    an exception which the grader turns into the check's outcome; a check lets it pass.

    Attributes
    ----------
    changed_arguments : tuple of str
        Names of the arguments that the last call changed in place.
    warnings : tuple of str
        Texts of the warnings that the last call raised.
    placement : Placement or None
        Judges the objects that are answered.
    """

    changed_arguments: tuple[str, ...]
    warnings: tuple[str, ...]
    placement: Placement | None

    def __init__(
        self,
        submission: CallTarget,
        parameters: Callable[[str], tuple[str, ...]],
        values: Callable[[], Mapping[str, Any]] = dict,
        unnamed: tuple[str, ...] = (),  # libraries of tables that are not offered
        folder: str = "",  # of the checks, ended by a separator
    ) -> None:
        self._submission = submission
        self._unnamed = unnamed
        self._parameters = parameters
        self._values = values
        self._under = AS_IT_IS
        self.changed_arguments = ()
        self.warnings = ()
        self._calls: dict[str, tuple[tuple[Any, ...], Mapping[str, Any]]] = {}
        self._answered: list[AnsweredCall] = []
        self._objects = KnownObjects(folder=folder)
        self._last: list[Callable[[], str]] = []
        self.placement = None
        self._pictures: list[Figure] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = self._values()
        # at another time the reference may have a value that is known to nobody here; of a
        # function an object comes, which can be called too
        if name in known or (self._under.when() and not self._parameters(name)):
            return self._value(name, known.get(name))
        return StudentFunction(self, name)

    def _other(self, under: AskedUnder) -> StudentProxy:
        """Return the student under other conditions; what is asked of it counts as asked here."""
        other: StudentProxy = object.__new__(StudentProxy)
        vars(other).update(vars(self), _under=under, changed_arguments=(), warnings=())
        return other

    @property
    def printed(self) -> str:
        """What the last call has printed to standard output."""
        return self._said("printed", left_behind.printed(self._submission, False))

    @property
    def printed_while_loading(self) -> str:
        """What the file, or the notebook's cells, have printed while they were run."""
        text = left_behind.printed(self._submission, True)
        return self._said("printed_while_loading", text)

    def file(self, path: str, *, binary: bool = False) -> Any:
        """Return what is in a file that the submission has written, as text or as bytes.

        `path` begins in the folder that its code runs in. Text is UTF-8, with lines ended by a
        newline character. Where there is no such file, or it cannot be read, the check fails with
        that for its feedback.
        """
        content = left_behind.file_content(self._submission, path, binary)
        told = AnsweredCall("file", (path,), content, question=lambda: (path, HOLDS))
        self._answered.append(told)
        return content

    def _said(self, name: str, text: str) -> str:
        self._answered.append(AnsweredCall(name, None, text))
        return text

    def defines(self, function: str) -> bool:
        """Return whether the submission defines this function."""
        return self._submission.defines(function)

    def raises(
        self, exception: str | type[BaseException], match: str | re.Pattern[str] | None = None
    ) -> AskedException:
        """Return a context in which the submission's code has to raise an exception.

        Parameters
        ----------
        exception : str or type
            Its class: the name of one of the submission's, or of Python's; bases count too.
        match : str or compiled pattern, optional
            A regular expression that is searched for in its text.

        Examples
        --------
        `with student.raises("ValueError", match="empty") as caught: student.mean([])`
        """
        name = exception if isinstance(exception, str) else exception.__name__
        before = len(self._answered)

        def returned() -> str:
            return self._answered[-1].told() if len(self._answered) > before else ""

        return AskedException(name, match, lambda: last_asked(self), returned)

    def kind(self, thing: Any) -> tuple[str, ...]:
        """Return the names of an object's class and of its bases, as its process tells them.

        For a class, as `student.Square`, these are its own and those of its bases.
        """
        found = self._held(thing._name) if isinstance(thing, StudentFunction) else thing
        if not isinstance(found, StudentObject):
            return (type(found).__name__,)
        own = found._bpgrade
        names = self.operate(
            Operation(
                ".kind",
                own,
                f"{own.root}.__class__",
                (found,),
                {},
                lambda: (_("the class of {object}", object=own.short()), IS),
            )
        )
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise broke_the_channel(own.root)
        return tuple(names)

    def _value(self, name: str, right: Any) -> Any:
        """Return the submission's value of a name; the reference's is `right`."""
        value = self._read(name)
        if value is None and right is not None and not self._under.when():
            text = _("`{name}` is None: it is not written yet.", name=name)
            raise CallFailure(Outcome.NOT_IMPLEMENTED, text)
        return self._taken(AnsweredCall(name, None, value, by=f"`{name}`"))

    def _read(self, name: str) -> Any:
        loaded = self._submission.load()
        try:
            reply = self._submission.value(name, self._objects.count, self._under.when())
        except CallFailure as failure:
            raise (
                unset(name, loaded, self._submission.source.title) if failure.absent else failure
            ) from None
        self._objects.count = max(self._objects.count, reply.known)
        return self._with_objects(reply.value, name, lambda: name, f"`{name}`")

    def _held(self, name: str) -> Any:
        """Return a function or a class of the submission's as an object."""
        self._see_defined(name)
        return self._read(name)

    def _see_defined(self, function: str) -> Loaded:
        loaded = self._submission.load()
        if function not in loaded.functions and not self._under.when():
            defined = {each.name for each in loaded.definitions}
            taken = {name for name in defined if self._parameters(name)}
            raise undefined(function, loaded, self._submission.source.title, taken)
        return loaded

    def _call(self, function: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        self._calls[function] = arguments, named
        loaded = self._see_defined(function)
        names = self._parameters(function)
        asked = partial(shown_call, function, (), arguments, named)
        under = self._under.words()
        value, by = self._ask(function, arguments, named, names, "", loaded, asked).value, ""
        if self._objects.count:
            by = signature_of(function, names, arguments, named)
            value = self._with_objects(value, function, asked, by)
        told = partial(_returned, asked, under) if under else None
        return self._taken(AnsweredCall(function, arguments, value, named, by, told))

    def _taken(self, call: AnsweredCall) -> Any:
        """Keep what was answered, and return it; an object may not be in place there."""
        self._answered.append(call)
        placement = self.placement
        if placement is not None:
            placement.judge(call)
        return call.value

    def operate(self, operation: Operation) -> Any:
        """Return what an operation on an object of the submission's gives.

        An object that may be out of place is told nothing that it could learn from.
        """
        own, function = operation.target, operation.function
        told = len(operation.arguments) + len(operation.named) > 1 and not operation.attribute
        if told and own.number in own.known.unplaced:
            raise own.no_value()
        loaded = self._submission.load()
        shown = () if operation.attribute else operation.arguments[1:]
        by = signature_of(function, (), shown, operation.named)

        def asked() -> str:
            return operation.told()[0]

        code, arguments = operation.code, operation.arguments
        reply = self._ask(function, arguments, operation.named, (), code, loaded, asked)
        label = function if operation.attribute else f"{own.root}.__call__"
        made = own.made if operation.attribute else by
        owner = own.known.seen[own.number]
        value = self._with_objects(
            reply.value, own.root, asked, made, label, owner if operation.attribute else None
        )
        items = own.known.with_item(own.number, value) if code == ".next" else None
        return self._taken(
            AnsweredCall(
                function,
                None if operation.attribute else arguments[1:],
                value,
                operation.named,
                by,
                operation.told,
                owner if own.owner is None else own.owner,
                items,
            )
        )

    def _ask(
        self,
        function: str,
        arguments: tuple[Any, ...],
        named: Mapping[str, Any],
        names: tuple[str, ...],
        operation: str,
        loaded: Loaded,
        asked: Callable[[], str],
    ) -> Reply:
        """Make a call; `asked` returns it in words."""
        self.changed_arguments = ()
        self.warnings = ()
        self._last[:] = [asked]
        known, under, send = self._objects, self._under, self._passed
        handed = list(known.handed)
        objects = Objects(known.count, handed, operation, under.sent(send))
        passed = [each if type(each) in LEAVES else send(each) for each in arguments]
        by_name = {name: send(argument) for name, argument in named.items()} if named else {}
        try:
            reply = self._submission.call(function, passed, names, under.known, by_name, objects)
        except CallFailure as failure:
            if failure.absent:
                raise unset(function, loaded, self._submission.source.title) from None
            raise under.explained(with_cause(failure, loaded)) from None
        if known.count or reply.known > 0:
            known.count = max(known.count, reply.known)
            known.handed = handed
        if reply.changed:
            every = (*names_of(arguments, names), *named)
            self.changed_arguments = tuple(every[index] for index in reply.changed)
        self.warnings = reply.warnings
        return reply

    def _passed(self, argument: Any) -> Any:
        """Return an argument as it is sent: objects go by their numbers."""
        if isinstance(argument, StudentFunction):
            argument = self._held(argument._name)
        for library in self._unnamed:
            if library in sys.modules:  # seldom, where the course does not name it
                refuse_unnamed(argument, library)
        return (
            replaced_in(argument, StudentObject, self._handle)
            if holds_object(argument)
            else argument
        )

    def _handle(self, thing: StudentObject) -> Handle:
        own = thing._bpgrade
        if own.known is not self._objects:
            raise TypeError(f"{own.expression} was made in another check, and ended with that")
        return Handle(own.number)

    def _with_objects(
        self,
        value: Any,
        root: str,
        expression: Callable[[], str],
        made: str,
        label: str = "",
        owner: StudentObject | None = None,
    ) -> Any:
        """Return a value with the objects in it that its handles name."""
        if not self._objects.count or not holds_object(value):
            return value

        def found(handle: Handle) -> StudentObject:
            seen = self._objects.seen
            if handle.number not in seen:
                seen[handle.number] = StudentObject(
                    Described(
                        self,
                        self._objects,
                        handle.number,
                        handle.words,
                        root,
                        label or f"{root}.__call__",
                        expression(),
                        made,
                        owner,
                    )
                )
            return seen[handle.number]

        return replaced_in(value, Handle, found)


def of_course(course: Course) -> tuple[tuple[str, ...], str]:
    """Return the libraries of tables that a course does not name, and where its checks lie."""
    return unnamed(course.packages), f"{course.folder / 'solutions'}{os.sep}"


def _returned(asked: Callable[[], str], under: str) -> Asked:
    return asked() + under, RETURNED


def own_names() -> frozenset[str]:
    """Return the names that `student` has itself: no function or value can be asked for by one."""
    names = {*dir(StudentProxy), *StudentProxy.__annotations__}
    return frozenset(name for name in names if not name.startswith("_"))


def answered_calls(student: StudentProxy) -> Sequence[AnsweredCall]:
    """Return the calls that were answered with a value, in their order."""
    return student._answered


def last_asked(student: StudentProxy) -> str:
    """Return in words what was asked last of the submission."""
    return student._last[-1]() if student._last else ""


def last_call(student: StudentProxy, function: str) -> str:
    """Return the function's last call with its arguments' values, for checks students may see."""
    if function not in student._calls:
        return ""
    return shown_call(function, student._parameters(function), *student._calls[function])
