"""Submissions of a batch that are more alike than the exercise explains: similar.json.

    {"schema": "bpgrade-similar/1",
     "groups": [{"exercise", "compared": of how many submissions,
                 "members": [{"people": [{"id", "name"}], "file", "source"}],
                 "pairs": [{"first", "second": members by number, "shares": of what each has,
                            "lines": of each that the other has too,
                            "same_file", "same_names", "mistakes": titles}]}]}

It is for who teaches. The submissions are compared once, where they are at hand; the pages are made
from this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from grader.batch.archive import Hand
from grader.batch.outputs import GradedAttempt, whole
from grader.course import Course, Exercise
from grader.errors import UsageError, reason_of, unreadable
from grader.grading.given import given_submissions
from grader.grading.submission import submission_from_bytes
from grader.language import current_language, languages, recorded, translations_of
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Result
from grader.similarity.comparison import AlikePair, ComparedWork, groups, similar_pairs
from grader.similarity.likeness import likenesses

NAME: Final = "similar.json"
_SCHEMA: Final = "bpgrade-similar/1"
_MOST_GROUPS: Final = 100


@dataclass(frozen=True, slots=True)
class SimilarStudent:
    """A student."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SimilarSubmission:
    """One submission: whose it is (several people's, where they hand in together), and its code."""

    people: tuple[SimilarStudent, ...]
    file: str
    source: str


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two members of a group, by their numbers, and what they share; as `similarity.Pair`."""

    first: int
    second: int
    shares: tuple[float, float]
    lines: tuple[tuple[int, ...], tuple[int, ...]]
    same_file: bool
    same_names: bool
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimilarGroup:
    """Submissions that are alike, with the pairs that show it."""

    exercise: str
    compared: int
    members: tuple[SimilarSubmission, ...]
    pairs: tuple[SimilarPair, ...]


def compare(
    graded: Iterable[GradedAttempt], hand: Hand, course: Course
) -> tuple[SimilarGroup, ...]:
    """Return the groups of submissions that stand out, among those that count.

    Parameters
    ----------
    graded : iterable of GradedAttempt
        Sorted by student and exercise.
    hand : Hand
        What was handed in.
    """
    by_exercise: dict[str, dict[str, tuple[SimilarSubmission, ComparedWork]]] = {}
    exercises: dict[str, Exercise] = {}
    for one in _that_count(graded):
        attempt = one.attempt
        exercises[attempt.exercise.name] = attempt.exercise
        own = by_exercise.setdefault(attempt.exercise.name, {})
        person = SimilarStudent(attempt.student.id, attempt.student.name)
        known = own.get(attempt.entry.path)
        if known is not None:  # handed in together
            member, same = known
            member = SimilarSubmission((*member.people, person), member.file, member.source)
            own[attempt.entry.path] = member, same
        elif (work := _work(one, hand)) is not None:
            own[attempt.entry.path] = (
                SimilarSubmission((person,), attempt.entry.path, work.text),
                work,
            )
    return tuple(
        group
        for name in sorted(by_exercise)
        for group in groups_of(exercises[name], list(by_exercise[name].values()), course)
    )


def _that_count(graded: Iterable[GradedAttempt]) -> Iterator[GradedAttempt]:
    by_student = groupby(graded, key=lambda one: (one.attempt.student, one.attempt.exercise))
    for _whose, attempts in by_student:
        kept = max(attempts, key=lambda one: (one.final, one.attempt.number))
        if kept.done is not None:
            yield kept


def _work(one: GradedAttempt, hand: Hand) -> ComparedWork | None:
    if one.done is None:
        return None
    try:
        data = hand.read(one.attempt.entry)
    except OSError:  # told already, when it was to be graded
        return None
    return work_of(one.attempt.name, data, Result.from_json(one.done.document))


def work_of(name: str, data: bytes, result: Result) -> ComparedWork | None:
    """Return a submission as it is compared; None where its file cannot be read."""
    submission = submission_from_bytes(name, data)
    if submission.problem:
        return None
    return ComparedWork(submission.source, submission.info.sha256, likenesses(result))


def groups_of(
    exercise: Exercise, found: Sequence[tuple[SimilarSubmission, ComparedWork]], course: Course
) -> Iterator[SimilarGroup]:
    """Give the groups of an exercise's submissions that stand out, the most alike first."""
    given = [each.source for each in given_submissions(course, exercise)]
    pairs = similar_pairs([work for _, work in found], given)
    for group in groups(pairs)[:_MOST_GROUPS]:
        numbers = sorted({number for pair in group for number in (pair.first, pair.second)})
        yield SimilarGroup(
            exercise=exercise.name,
            compared=len(found),
            members=tuple(found[number][0] for number in numbers),
            pairs=tuple(_pair(pair, numbers) for pair in group),
        )


def _pair(pair: AlikePair, numbers: list[int]) -> SimilarPair:
    return SimilarPair(
        first=numbers.index(pair.first),
        second=numbers.index(pair.second),
        shares=pair.shares,
        lines=pair.lines,
        same_file=pair.same_file,
        same_names=pair.same_names,
        mistakes=tuple(one.told for one in pair.likenesses),
    )


def write_similar(folder: Path, found: Iterable[SimilarGroup] | None) -> None:
    """Write similar.json, or take it away where nothing was compared.

    Raises
    ------
    OSError
        It cannot be written.
    """
    if found is None:
        (folder / NAME).unlink(missing_ok=True)
        return
    told = list(found)
    mistakes = [one for group in told for pair in group.pairs for one in pair.mistakes]
    wanted = dict.fromkeys((*languages()[1:], current_language()))
    document = {
        "schema": _SCHEMA,
        "groups": [asdict(one) for one in told],
        "translations": translations_of(mistakes, wanted),
    }
    with whole(folder / NAME) as file:
        json.dump(document, file)


def read_similar(folder: Path) -> tuple[SimilarGroup, ...]:
    """Return what a batch found to be alike; nothing where it did not compare.

    Raises
    ------
    UsageError
        The file is damaged, or cannot be read.
    """
    path = folder / NAME
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["schema"] != _SCHEMA:
            raise ValueError(_("its schema is unknown"))
        others = dict(data.get("translations", {}))
        return tuple(_group(one, others) for one in data["groups"])
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise UsageError(
            _("{path} is damaged: {reason}", path=path, reason=reason_of(error)),
            _("rerun the batch with the same folder"),
        ) from None


def _group(data: dict[str, Any], others: dict[str, dict[str, str]]) -> SimilarGroup:
    def said(text: str) -> str:
        return recorded(
            text, {name: texts[text] for name, texts in others.items() if text in texts}
        )

    members = tuple(
        SimilarSubmission(
            tuple(SimilarStudent(str(each["id"]), str(each["name"])) for each in one["people"]),
            str(one["file"]),
            str(one["source"]),
        )
        for one in data["members"]
    )
    pairs = tuple(
        SimilarPair(
            first=int(one["first"]),
            second=int(one["second"]),
            shares=(float(one["shares"][0]), float(one["shares"][1])),
            lines=(tuple(map(int, one["lines"][0])), tuple(map(int, one["lines"][1]))),
            same_file=one["same_file"] is True,
            same_names=one["same_names"] is True,
            mistakes=tuple(said(str(text)) for text in one["mistakes"]),
        )
        for one in data["pairs"]
    )
    if any(not 0 <= place < len(members) for one in pairs for place in (one.first, one.second)):
        raise ValueError(_("a pair names a member that is not there"))
    return SimilarGroup(str(data["exercise"]), int(data["compared"]), members, pairs)
