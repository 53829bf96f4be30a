"""Similar work with both sources side by side: for who teaches, and on no student's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grader.batch.similar_work import SimilarGroup, SimilarPair, SimilarSubmission
from grader.language import gettext_lazy as _
from grader.language import joined, sentences
from grader.quick_dataclass import dataclass
from grader.report.pages import code
from grader.report.pages.environment import render
from grader.result import Listing

_MOST_LINES: Final = 600


@dataclass(frozen=True, slots=True)
class Side:
    """One of two sources: whose it is, and its lines, each with whether the other has it too."""

    member: SimilarSubmission
    lines: tuple[tuple[code.CodeLine, bool], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two sources, and what they have in common in words."""

    told: str
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as the pages show it; `told` says of its first pair what is alike."""

    anchor: str
    group: SimilarGroup
    told: str
    pairs: tuple[ShownPair, ...]


def shown_groups(groups: Sequence[SimilarGroup]) -> tuple[ShownGroup, ...]:
    """Return groups as the class page lists them, and the page of similar work shows them."""
    return tuple(
        ShownGroup(
            anchor=f"g{number}",
            group=group,
            told=told(group.pairs[0]) if group.pairs else "",
            pairs=tuple(_pair(group, pair) for pair in group.pairs),
        )
        for number, group in enumerate(groups, start=1)
    )


def similar_page(
    groups: Sequence[ShownGroup],
    course: str,
    pages: Mapping[tuple[str, str], str],
    languages: Sequence[str] = (),
    *,
    live: bool = False,
) -> str:
    """Return the page; `pages` are those of students, by id and name; `live` as in `class_page`."""
    return render("similar.html", languages, groups=groups, course=course, pages=pages, live=live)


def told(pair: SimilarPair) -> str:
    """Return what two submissions have in common, in a sentence or two, and no more than that."""
    if pair.same_file:
        said = _("The files are equal.")
    else:
        low, high = sorted(round(100 * share) for share in pair.shares)
        some = f"{low} %" if low == high else _("{low} to {high} %", low=low, high=high)
        with_names = _("{share} of what each has written, the other has too, names included.")
        without = _("{share} of what each has written, the other has too, apart from names.")
        said = (with_names if pair.same_names else without).format(share=some)
    if not pair.mistakes:
        return said
    mistakes = joined(*(_("“{mistake}”", mistake=one) for one in pair.mistakes), separator=_(", "))
    return sentences([said, _("Both have a rare mistake: {mistakes}.", mistakes=mistakes)])


def _pair(group: SimilarGroup, pair: SimilarPair) -> ShownPair:
    first, second = group.members[pair.first], group.members[pair.second]
    return ShownPair(told(pair), (_side(first, pair.lines[0]), _side(second, pair.lines[1])))


def _side(member: SimilarSubmission, shared: Sequence[int]) -> Side:
    rows = member.source.split("\n")
    text = "\n".join(rows[:_MOST_LINES])
    wanted = frozenset(shared)
    lines = code.lines(Listing("", "", 1, text), ())
    return Side(
        member,
        tuple((line, line.number in wanted) for line in lines),
        max(0, len(rows) - _MOST_LINES),
    )
