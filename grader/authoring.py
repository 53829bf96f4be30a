"""What the author of a course writes a file solutions/misconceptions_NAME.py with, and messages.

Each name notes something about a function of the exercise. The notes are kept while the grader
runs the file; anywhere else (an editor, a test that imports the file) they are dropped.

Examples
--------
An edit of the reference, whose docstring is what the student reads:

>>> from grader.authoring import mistake
>>> @mistake("double", edit={"2 * z": "z * z"})
... def squared():
...     '''The argument is squared
...
...     {function} multiplies z by itself. It is to be multiplied by 2.
...     '''
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from typing import Any, Final, TypeVar

from grader.language import Message, recorded
from grader.quick_dataclass import dataclass

__all__ = [
    "combine",
    "consistent",
    "include",
    "meaning",
    "message",
    "mistake",
    "probe",
    "together",
    "variant",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Probe:
    """Draws inputs of a function, on which programs are compared."""

    function: str
    returns: tuple[str, ...]
    draw: Callable[..., Any]
    use: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """Another right formulation of a function."""

    function: str
    program: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Misconception:
    """A known mistake: edits of the reference, or else a short wrong function.

    Attributes
    ----------
    function : str
        The function that it is a mistake in.
    id : str
        What results call it.
    program : callable
        What the author marked; where there are edits, its docstring is all that counts.
    edits : mapping of str to str
        What to replace in the reference's function, all at once; empty for a program.
    finds : tuple of str
        Expressions that show the mistake in a student's code.
    words : mapping of str to str
        What fills the docstring's own fields.
    """

    function: str
    id: str
    program: Callable[..., Any]
    edits: Mapping[str, str]
    finds: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def texts(self) -> tuple[str, ...]:
        """The paragraphs of its docstring: title, explanation and advice, each on one line."""
        text = (self.program.__doc__ or "").strip()
        for word, by in self.words.items():
            text = text.replace(f"{{{word}}}", by)
        paragraphs = re.split(r"\n[ \t]*\n", text)
        return tuple(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph)


@dataclass(frozen=True, slots=True)
class Combination:
    """Two faults at once: ids of misconceptions, or of mutation operators."""

    function: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Together:
    """Several misconceptions at once: the edits of all of them."""

    function: str
    misconceptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consistent:
    """Tells whether a function's values are right for what the student's others return."""

    function: str
    blames: str
    holds: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What another exercise's file says of some functions."""

    exercise: str
    functions: tuple[str, ...]


@dataclass(slots=True)
class Notes:
    """What one file says, in its order."""

    probes: list[Probe] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    misconceptions: list[Misconception] = field(default_factory=list)
    combinations: list[Combination] = field(default_factory=list)
    together: list[Together] = field(default_factory=list)
    consistent: list[Consistent] = field(default_factory=list)
    inclusions: list[Inclusion] = field(default_factory=list)
    meanings: dict[str, str] = field(default_factory=dict)


_MOST_MADE: Final = 200
_made: dict[str, Message] = {}  # the last ones: pytest makes plain text of what assertions say
_CURRENT: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def collecting() -> Iterator[Notes]:
    """Keep what is noted in the meantime."""
    notes = Notes()
    token = _CURRENT.set(notes)
    try:
        yield notes
    finally:
        _CURRENT.reset(token)


def _notes() -> Notes:
    return _CURRENT.get() or Notes()


def probe(
    function: str, *, returns: str | Sequence[str], use: Callable[..., Any] | None = None
) -> Callable[[_Function], _Function]:
    """Mark `draw(rng)`, which returns a tuple of arguments for `function`.

    Parameters
    ----------
    function : str
        A function or class of the exercise.
    returns : str or sequence of str
        What the value that it returns, or each of its values, is called.
    use : callable, optional
        For a class: takes it and the arguments, makes an object, and returns what that shows.
    """
    names = (returns,) if isinstance(returns, str) else tuple(returns)

    def mark(draw: _Function) -> _Function:
        _notes().probes.append(Probe(function, names, draw, use))
        return draw

    return mark


def variant(function: str) -> Callable[[_Function], _Function]:
    """Mark another right formulation, of whose syntax tree mutants are made as well.

    Like a misconception it may take a keyword-only `reference`, to call the other functions by.
    """

    def mark(program: _Function) -> _Function:
        _notes().variants.append(Variant(function, program))
        return program

    return mark


def mistake(
    function: str,
    *,
    edit: Mapping[str, str] | None = None,
    finds: str | Sequence[str] = (),
    id: str = "",
    **words: str,
) -> Callable[[_Function], _Function]:
    """Mark a known mistake; the name of what is marked is the mistake's id.

    Its docstring is what students read. The first paragraph is the title. The second says what
    the code does now and what it should do. A third, which may be left out, gives advice: what to
    look at, or why it matters.

    Parameters
    ----------
    function : str
        Which function of the exercise it is a mistake in.
    edit : mapping of str to str, optional
        What to replace in the reference's function, and by what. All edits are made at once. Each
        key is an expression, or one or several whole statements, and has to be there exactly once.
        The value may be several statements, or empty, to take statements out. What is marked then
        has no parameters and a docstring alone. Without `edit` it is a short wrong function with
        the parameters of the right one.
    finds : str or sequence of str, optional
        Expressions, in the names of the parameters: the first line of a student's function that
        holds one of them is where the mistake is.
    id : str, optional
        The mistake's id, where one docstring tells several mistakes.
    **words : str
        What stands for ``{word}`` in the docstring.

    Notes
    -----
    The docstring may hold ``{entries}``, the entries that are wrong in this way, ``{s}``, the
    ending of a verb after them (use{s}: "uses" after one, "use" after several), and
    ``{function}``. A program may take a keyword-only `reference` that holds the functions of the
    reference.

    Examples
    --------
    Mistakes that are told alike share a docstring. Each has its own decorator, with an `id` and
    the words in which they differ:

    >>> @mistake("area", edit={"width": "1.0"}, id="width_missing", side="width")
    ... @mistake("area", edit={"height": "1.0"}, id="height_missing", side="height")
    ... def side_missing():
    ...     '''The {side} is missing
    ...
    ...     {function} leaves out the {side}.
    ...     '''
    """
    shown = (finds,) if isinstance(finds, str) else tuple(finds)

    def mark(program: _Function) -> _Function:
        name = id or program.__name__
        _notes().misconceptions.append(
            Misconception(function, name, program, dict(edit or {}), shown, words)
        )
        return program

    return mark


def combine(function: str, first: str, second: str) -> None:
    """Make candidates with two faults at once.

    `first` and `second` are ids of misconceptions (their wrong entries are merged, and both are
    told), or of mutation operators (all pairs of mutants), or one of each (the mutants of the
    misconception).
    """
    _notes().combinations.append(Combination(function, first, second))


def together(function: str, *misconceptions: str) -> None:
    """Make a candidate with several mistakes at once, where they touch the same entries.

    Each of them is told by its own words, of the entries that it makes wrong by itself. Mistakes in
    different entries need no such candidate: they are found side by side.

    Parameters
    ----------
    function : str
        Which function of the exercise the mistakes are in.
    misconceptions : str
        Their ids. All of them are written as edits, and what they replace must not overlap.
    """
    _notes().together.append(Together(function, misconceptions))


def consistent(function: str, *, blames: str) -> Callable[[_Function], _Function]:
    """Mark `holds(student, inputs, finite_difference)`.

    It returns whether what the student's `function` returns for `inputs` is right for what the
    student's own other functions return; then the mistake is that of `blames`.
    """

    def mark(holds: _Function) -> _Function:
        _notes().consistent.append(Consistent(function, blames, holds))
        return holds

    return mark


def include(exercise: str, *functions: str) -> None:
    """Take over all that another exercise's file says of `functions`."""
    _notes().inclusions.append(Inclusion(exercise, functions))


def meaning(name: str, text: str) -> None:
    """Say what the entries of an array stand for.

    Parameters
    ----------
    name : str
        The array's name in the reference and the variants.
    text : str
        ``{0}`` and ``{1}`` are the indices, as in "the path from hidden {0} to output {1}".
    """
    _notes().meanings[name] = text


def message(text: str, /, **values: object) -> str:
    """Return a text of a check with its fields filled, which can be told in other languages.

    Parameters
    ----------
    text : str
        As it stands in the course's catalogues, with `{fields}`.
    **values
        What fills these.

    Examples
    --------
    >>> message("{name} gave {count} warnings.", name="sigmoid", count=2)
    'sigmoid gave 2 warnings.'
    """
    made = recorded(text, {}).format(**values)
    if len(_made) >= _MOST_MADE:
        del _made[next(iter(_made))]
    _made[str(made)] = made
    return made


def made_message(text: str) -> str:
    """Return what `message` has returned for a text, and the text where it has not."""
    return _made.get(text, text)
