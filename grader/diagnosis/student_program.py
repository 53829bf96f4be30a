"""A student's function as a program that is run on probes, as those of the reference are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from grader.checking.student.objects_within import holds_object
from grader.checking.student.student_proxy import StudentProxy
from grader.diagnosis.observation import Inputs, ObservedCall
from grader.quick_dataclass import dataclass
from grader.sandbox.failures import CallFailure
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.submission_session import SubmissionSession


@dataclass(frozen=True, slots=True)
class StudentProgram:
    """A function or class of a submission.

    Attributes
    ----------
    session : SubmissionSession
        The submission.
    function : str
        Its name.
    parameters : tuple of str
        What the arguments are called.
    use : callable or None
        What is done with it, where that is more than to call it: `use(function, *inputs)`.
    """

    session: SubmissionSession
    function: str
    parameters: tuple[str, ...]
    use: Callable[..., Any] | None

    def all(self, inputs: Sequence[Inputs]) -> Generator[ObservedCall | None, None, None]:
        """Yield what it shows for each of the inputs; None, and no more, where it gives no value.

        From the second on the calls are sent ahead.
        """
        if self.use is not None:
            yield from map(self._used, inputs)
            return
        requests = [self.session.request(self.function, each, self.parameters) for each in inputs]
        pipeline = Pipeline(self.session)
        try:
            for number, request in enumerate(requests):
                reply = pipeline.make(request)
                changed = frozenset(reply.changed)
                yield ObservedCall(reply.value, changed, bool(reply.warnings))
                if number == 0 and all(each.plain for each in requests):
                    pipeline.prefetch([each.call for each in requests[1:]])
        except CallFailure:
            yield None
        finally:
            pipeline.settle()

    def _used(self, inputs: Inputs) -> ObservedCall | None:
        assert self.use is not None
        student = StudentProxy(Pipeline(self.session), lambda _name: ())
        try:
            value = self.use(getattr(student, self.function), *inputs)
        except (CallFailure, Exception):  # what a student returns may be anything
            return None
        return None if holds_object(value) else ObservedCall(value, frozenset(), False)
