"""What the author of a notebook grades by hand, as parts of this project's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from grader.author.importing.assignment import ByHand, ImportFinding
from grader.author.importing.titles import words
from grader.course.by_hand import AnswerKind, Part
from grader.course.naming import LONGEST, is_file_name
from grader.course.stubs import BEGIN, END
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy

_DRAWS: Final = re.compile(
    r"\.(plot|hist|scatter|barh?|boxplot|imshow|contourf?|pie|fill_between|errorbar)\(|\bplt\."
)
_NO_ANSWER: Final = _("No answer is given.")


def kind_of(source: str) -> AnswerKind:
    """Return whether a cell of code that a person grades is asked to draw."""
    return "plot" if _DRAWS.search(source) else "code"


def together(one: ByHand, other: ByHand) -> ByHand:
    """Return two cells of a question as one part; a text is asked for where one of both is one."""
    answer = "\n\n".join(text for text in (one.answer, other.answer) if text.strip())
    kinds = [each.kind for each in (one, other) if each.answer.strip()]
    kind: AnswerKind = "text" if not kinds or "text" in kinds else kinds[-1]
    return ByHand(one.place, one.title, one.points + other.points, answer, kind)


def parts_of(found: Iterable[ByHand], taken: Collection[str]) -> tuple[tuple[Part, str], ...]:
    """Return the parts that have points, each with the author's answer.

    Parameters
    ----------
    found : iterable of ByHand
    taken : collection of str
        Names that stand for something else in the exercise.
    """
    parts: dict[str, tuple[Part, str]] = {}
    for one in found:
        if one.points > 0:
            name = _name(one.title, {*taken, *parts})
            parts[name] = Part(name, words(one.title), one.points, one.kind), one.answer
    return tuple(parts.values())


def _name(title: str, taken: Collection[str]) -> str:
    plain = re.sub(r"\W+", "_", title, flags=re.ASCII).strip("_")[: LONGEST - 10]
    base = name = plain if is_file_name(plain) else f"part_{plain}".rstrip("_")
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def places_of(parts: Sequence[tuple[Part, str]]) -> Iterator[str]:
    """Yield for each text the lines of the reference that hold the author's answer."""
    for part, answer in parts:
        if part.answer == "text":
            text = _literal(answer.strip() or _NO_ANSWER)
            yield f"# {part.title}\n{BEGIN}\n{part.id} = {text}\n{END}"


def _literal(text: str) -> str:
    plain = text.isprintable() or all(one.isprintable() or one == "\n" for one in text)
    if plain and "\\" not in text and '"""' not in text and not text.endswith('"'):
        return f'"""{text}"""'
    return repr(text)


def finding_on(one: ByHand, name: str) -> ImportFinding:
    """Return what the author has to look at."""
    where = f"solutions/by_hand_{name}.md"
    if not one.points:
        text = _(
            "{part} is graded by hand and gives no points: it is left out."
            " The author's answer is in {path}",
            part=one.title,
            path=where,
        )
        return ImportFinding("look", one.place, text)
    text = ngettext_lazy(
        "{part} ({points} point) is graded by hand: write its rubric in course.toml."
        " The author's answer is in {path}",
        "{part} ({points} points) is graded by hand: write its rubric in course.toml."
        " The author's answer is in {path}",
        1 if one.points == 1 else 2,
        part=one.title,
        points=f"{one.points:g}",
        path=where,
    )
    return ImportFinding("look", one.place, text)


def answers_of(parts: Sequence[ByHand]) -> str:
    """Return the author's answers and mark schemes, in Markdown; nothing without parts."""
    texts = [
        f"## {part.title}, {part.points:g} points\n\n{part.answer.strip() or _NO_ANSWER}"
        for part in parts
    ]
    if not texts:
        return ""
    return "\n\n".join(["# Graded by hand: answers and mark schemes", *texts]) + "\n"
