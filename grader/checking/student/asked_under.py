"""The student of a check under other conditions: other names, answers, another time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from grader.checking.student.known_answers import Answer, KnownAnswers
from grader.checking.student.student_function import StudentFunction
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.sandbox.replies import no_cell
from grader.sandbox.requests import PROGRAM


class AsksUnderConditions:
    """The part of `student` that gives the student under other conditions.

    What is asked of that counts as asked of `student`.
    """

    def given(self, **answers: Sequence[Answer]) -> Any:
        """Return the student with right answers to the calls that their functions make.

        A check uses it to see whether a function is right apart from those that it calls. Only
        calls with just these arguments are answered so; any other goes to the student's own
        function, as does every call that a check makes.

        Parameters
        ----------
        **answers : sequence of (arguments, value)
            For each function's name the calls that are known: a tuple of the arguments, and what
            is returned. Nothing of them reaches a submission that does not ask with them.

        Examples
        --------
        `student.given(area=[((2.0, 3.0), 6.0)]).volume(2.0, 3.0, 4.0)`
        """
        student: Any = self  # what it has beside this part
        known = {name: KnownAnswers(tuple(calls)) for name, calls in answers.items()}
        return student._other(student._under._replace(known=known))

    def answering(self, answers: Iterable[object]) -> Any:
        """Return the student with somebody at the keyboard, who answers `input()` from a list.

        Each call begins with the first answer. One more `input()` than there are answers raises
        EOFError, as it does at the end of a file; `sys.stdin` gives the same lines. A prompt is
        printed as a line of its own.

        Examples
        --------
        `student.answering(["3", "4"]).main()`, then `student.printed`
        """
        student: Any = self  # what it has beside this part
        return student._other(student._under._replace(answers=tuple(map(str, answers))))

    def replaced(self, **names: Any) -> Any:
        """Return the student with other values, or functions, for names of their module.

        The names stand for these during each call that is made of what is returned, and not
        beyond: so a check sees whether a function uses another, or reads what it should be given.
        A function of the check's is asked as one that is passed is. `student.f` itself puts back
        the student's own.

        Parameters
        ----------
        **names : values, functions, or objects of the submission's
            What each name stands for.

        Examples
        --------
        `student.replaced(rate=0.5).step(2.0)`
        """
        student: Any = self  # what it has beside this part
        own = {n for n, v in names.items() if isinstance(v, StudentFunction) and v._name == n}
        under = student._under
        known = {**under.names, **names}
        hidden = tuple(name for name in under.hidden if name not in names)
        kept = {name: value for name, value in known.items() if name not in own}
        return student._other(under._replace(names=kept, hidden=hidden))

    def without(self, *names: str) -> Any:
        """Return the student without names of their module, or without packages.

        During each call that is made of what is returned these are not defined. Of a package, as
        `numpy`, nothing can be used that the file has imported of it, and it cannot be imported.

        Examples
        --------
        `with student.raises("NameError"): student.without("squares").sum_of_squares(2)`
        """
        student: Any = self  # what it has beside this part
        under = student._under
        kept = {name: value for name, value in under.names.items() if name not in names}
        hidden = tuple(dict.fromkeys((*under.hidden, *names)))
        return student._other(under._replace(names=kept, hidden=hidden))

    def after(self, cell: str) -> Any:
        """Return the student as they were after a cell, before those below it have been run.

        Values are those of that time, and calls find their module as it was then.

        Parameters
        ----------
        cell : str
            One of a notebook's cells by its id, a tag, or nbgrader's `grade_id`; in a .py the name
            behind its `# %%`.

        Examples
        --------
        `assert student.after("load").prices.shape == (120, 4)`
        """
        student: Any = self  # what it has beside this part
        loaded = student._submission.load()
        if student._submission.source.end_of(cell) is None:
            raise no_cell(cell, student._submission.source, loaded)
        return student._other(student._under._replace(after=cell))

    def rerun(self, answers: Iterable[object] = ()) -> Any:
        """Run the file anew, as a program, and return the student as they are after that.

        What stands under `if __name__ == "__main__":` is run too. What it raises ends the check,
        as with a call; what it prints is `printed`.

        Parameters
        ----------
        answers : iterable
            What `input()` gives, one after another, as in `answering`.

        Examples
        --------
        `assert student.rerun(["3", "4"]).total == 7`, then `student.printed`
        """
        student: Any = self  # what it has beside this part
        given = tuple(map(str, answers))
        text = PROGRAM
        if given:
            text = _("the program, answered {answers},", answers=enumerated([*map(repr, given)]))
        student._last[:] = [lambda: text]
        student._submission.run(given, text)
        return student._other(student._under._replace(run=given, after=""))
