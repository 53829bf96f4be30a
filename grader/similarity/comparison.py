"""Which submissions of an exercise are more alike than the exercise explains.

How alike two are is the share of their pieces that both have. What the handout has counts nothing,
nor does what much of the class has written. And honest answers are alike too, some kinds of them
very: so two submissions stand out only where they are far more alike than either is with others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from grader.quick_dataclass import dataclass
from grader.similarity.fingerprints import (
    STRUCTURE_PIECE,
    WORDING_PIECE,
    Token,
    pieces,
    tokens,
)
from grader.similarity.likeness import Likeness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRUCTURE_STANDS_OUT: Final = 2.5
_WORDING_STANDS_OUT: Final = 1.6
_COMMON_STRUCTURE: Final = 0.5
_COMMON_WORDING: Final = 0.3
_MOST_OWNERS: Final = 2_000
_FEWEST_PIECES: Final = 25  # a right three-line function is no evidence
_FEWEST_WORKS: Final = 8
_LARGEST_GROUP: Final = 6  # so many may be alike among themselves and still stand out,
_SMALLEST_GROUP: Final = 3  # and in a small class so many
_WORKS_FOR_EACH_MORE: Final = 75
_LEAST_ALIKE: Final = 0.35
_MOST_ALIKE: Final = 50
_CHANCE: Final = 0.03
_RARE_MISTAKE: Final = 1.1
_RARE_SHARE: Final = 0.02
_RARE_AT_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class ComparedWork:
    """One submission: its code, the digest of its file, and how it is wrong."""

    text: str
    digest: str
    likenesses: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two submissions that are alike.

    Attributes
    ----------
    first, second : int
        Their places among those compared.
    strength : float
        How far they stand out: how many times less they differ than each does from others.
    shares : tuple of two floats
        How much of what each has beyond the handout the other has too, whatever the names.
    lines : tuple of two tuples of int
        The lines that hold what they share and much of the class has not.
    same_file, same_names : bool
        Whether their files are equal; whether their names are much the same too.
    likenesses : tuple of Likeness
        The rare mistakes that both have made.
    """

    first: int
    second: int
    strength: float
    shares: tuple[float, float]
    lines: tuple[tuple[int, ...], tuple[int, ...]]
    same_file: bool
    same_names: bool
    likenesses: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class _Code:
    """A submission as it is compared; `own` are the places of tokens that the handout lacks."""

    tokens: tuple[Token, ...]
    structure: tuple[int, ...]
    wording: tuple[int, ...]
    own: frozenset[int]


def similar_pairs(
    works: Sequence[ComparedWork], handout: Iterable[str] = ()
) -> tuple[AlikePair, ...]:
    """Return the pairs that stand out, the most alike first.

    Parameters
    ----------
    works : sequence of ComparedWork
        One for each submission, all of one exercise.
    handout : iterable of str
        What all were given.
    """
    given = [_code(text, frozenset()) for text in handout]
    known = frozenset(digest for code in given for digest in (*code.structure, *code.wording))
    codes = [_code(work.text, known) for work in works]
    structure = _Reading([code.structure for code in codes], known, _COMMON_STRUCTURE)
    wording = _Reading([code.wording for code in codes], known, _COMMON_WORDING)
    marks = _rare_marks(works)
    strengths: dict[tuple[int, int], float] = {}
    if len(works) >= _FEWEST_WORKS:
        for reading, least in (
            (structure, _STRUCTURE_STANDS_OUT),
            (wording, _WORDING_STANDS_OUT),
        ):
            for pair, strength in reading.standing_out().items():
                shared = marks[pair[0]] & marks[pair[1]]
                strength *= _RARE_MISTAKE ** len(shared)
                if strength >= least:
                    strengths[pair] = max(strength, strengths.get(pair, 0.0))
    for pair in _equal_files(works, wording):
        strengths.setdefault(pair, 1 / _CHANCE)
    found = [
        _pair(one, other, strength, works, codes, structure, wording, marks)
        for (one, other), strength in strengths.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.same_file, -one.strength, one.first)))


def _code(text: str, given: frozenset[int]) -> _Code:
    found = tokens(text)
    structure = pieces([token.alike for token in found], STRUCTURE_PIECE)
    known = {
        place
        for first, digest in enumerate(structure)
        if digest in given
        for place in range(first, first + STRUCTURE_PIECE)
    }
    wording = pieces([token.text for token in found], WORDING_PIECE)
    return _Code(found, structure, wording, frozenset(range(len(found))) - known)


class _Reading:
    """All submissions read in one way: which of their pieces tell anything, and who shares them."""

    def __init__(
        self, found: Sequence[Sequence[int]], given: frozenset[int], common: float
    ) -> None:
        most = min(max(2, int(common * len(found))), _MOST_OWNERS)
        owners: dict[int, list[int]] = defaultdict(list)
        for number, some in enumerate(found):
            for digest in set(some) - given:
                owners[digest].append(number)
        self._owners = {digest: own for digest, own in owners.items() if len(own) <= most}
        self.telling = [frozenset(some) & self._owners.keys() for some in found]

    def standing_out(self) -> dict[tuple[int, int], float]:
        """Return the pairs that are much alike, and how far they stand out."""
        import numpy as np  # here, for a batch compares only when all is graded

        owners = {digest: np.array(own) for digest, own in self._owners.items()}
        count = len(self.telling)
        sizes = np.array([len(some) for some in self.telling])
        usual = np.zeros(count)
        group = min(_SMALLEST_GROUP + count // _WORKS_FOR_EACH_MORE, _LARGEST_GROUP)
        alike: dict[tuple[int, int], float] = {}
        for one, some in enumerate(self.telling):
            if len(some) < _FEWEST_PIECES:
                continue
            shared = np.bincount(
                np.concatenate([owners[digest] for digest in sorted(some)]), minlength=count
            )
            shares: NDArray[np.float64] = shared / np.maximum(sizes, sizes[one])
            shares[one] = 0.0
            usual[one] = np.partition(shares, -group)[-group]
            nearest = np.argsort(-shares, kind="stable")[:_MOST_ALIKE]
            for other in nearest[shares[nearest] >= _LEAST_ALIKE]:
                alike[min(one, int(other)), max(one, int(other))] = float(shares[other])
        return {
            pair: (1 - max(usual[pair[0]], usual[pair[1]])) / (1 - share + _CHANCE)
            for pair, share in alike.items()
        }


def _equal_files(works: Sequence[ComparedWork], wording: _Reading) -> list[tuple[int, int]]:
    """Return pairs with equal files, of many the first with each, where they tell anything."""
    owners: dict[str, list[int]] = defaultdict(list)
    for number, work in enumerate(works):
        if len(wording.telling[number]) >= _FEWEST_PIECES:
            owners[work.digest].append(number)
    return [(some[0], other) for some in owners.values() for other in some[1:]]


def _rare_marks(works: Sequence[ComparedWork]) -> list[frozenset[Likeness]]:
    """Return how each is wrong as hardly anybody else is."""
    counts = Counter(mark for work in works for mark in set(work.likenesses))
    most = rare(len(works))
    return [frozenset(mark for mark in work.likenesses if counts[mark] <= most) for work in works]


def rare(size: int) -> int:
    """Return how many of a class may share a mistake for it to be called rare."""
    return min(max(_RARE_AT_LEAST, int(size * _RARE_SHARE)), size // 4)


def _pair(
    first: int,
    second: int,
    strength: float,
    works: Sequence[ComparedWork],
    codes: Sequence[_Code],
    structure: _Reading,
    wording: _Reading,
    marks: Sequence[frozenset[Likeness]],
) -> AlikePair:
    one, other = codes[first], codes[second]
    alike = structure.telling[first] & structure.telling[second]
    worded = wording.telling[first] & wording.telling[second]
    least = min(len(wording.telling[first]), len(wording.telling[second]))
    return AlikePair(
        first=first,
        second=second,
        strength=round(strength, 2),
        shares=(_share(one, other), _share(other, one)),
        lines=(_lines(one, alike, worded), _lines(other, alike, worded)),
        same_file=works[first].digest == works[second].digest,
        same_names=len(worded) >= _LEAST_ALIKE * max(least, 1),
        likenesses=tuple(
            mark for mark in works[first].likenesses if mark in marks[first] & marks[second]
        ),
    )


def _share(one: _Code, other: _Code) -> float:
    """Return how much of one's own tokens stand in pieces that the other has too."""
    covered = _covered(one.structure, STRUCTURE_PIECE, frozenset(other.structure))
    return round(len(covered & one.own) / len(one.own), 3) if one.own else 0.0


def _lines(code: _Code, structure: frozenset[int], wording: frozenset[int]) -> tuple[int, ...]:
    places = _covered(code.structure, STRUCTURE_PIECE, structure)
    places |= _covered(code.wording, WORDING_PIECE, wording)
    return tuple(sorted({code.tokens[place].line for place in places}))


def _covered(digests: Sequence[int], size: int, wanted: frozenset[int]) -> set[int]:
    return {
        place
        for first, digest in enumerate(digests)
        if digest in wanted
        for place in range(first, first + size)
    }


def groups(pairs: Iterable[AlikePair]) -> tuple[tuple[AlikePair, ...], ...]:
    """Return the pairs by groups of submissions, each group held together by as few as will do.

    Those kept are the most alike; the order is that of the pairs given.
    """
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    kept: list[AlikePair] = []
    for pair in pairs:
        for one in (pair.first, pair.second):
            if one not in group_of:
                group_of[one] = one
                members[one] = [one]
        first, second = group_of[pair.first], group_of[pair.second]
        if first == second:
            continue
        kept.append(pair)
        for one in members.pop(second):
            group_of[one] = first
            members[first].append(one)
    found: dict[int, list[AlikePair]] = {}
    for pair in kept:
        found.setdefault(group_of[pair.first], []).append(pair)
    return tuple(map(tuple, found.values()))
