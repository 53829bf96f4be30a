"""One function of one submission: from what it shows to the mistakes that are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from grader.diagnosis.candidates import Candidate
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.diagnosis.indexmap import map_differences
from grader.diagnosis.location import LocatedFunction
from grader.diagnosis.observation import Inputs, ObservedCall
from grader.diagnosis.program_matching import Columns, ProgramMatch, match, plainest
from grader.diagnosis.relations import find_relations
from grader.diagnosis.sentences import Wording
from grader.diagnosis.student_program import StudentProgram
from grader.language import gettext_lazy as _
from grader.language import joined, listed
from grader.quick_dataclass import dataclass
from grader.result import Diagnosis
from grader.sandbox.submission_session import SubmissionSession

if TYPE_CHECKING:
    from grader.diagnosis.program_factory import Workshop

FOLLOWS_TITLE: Final = _("It follows from another function")
FOLLOWS: Final = _(
    "{function} is right for what your own {blames} returns: the mistake is in {blames}."
    " Fix that first."
)
MAP_TITLE: Final = _("It depends on the wrong entries")
MAP_EXTRA: Final = _("{entry} changes with {extra}, and should not.")
MAP_MISSING: Final = _("{entry} does not change with {missing}, and should.")
_MAX_NAMES: Final = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnosis and what it is about: entries that are as in a candidate, or so related."""

    diagnosis: Diagnosis
    columns: Columns = frozenset()
    candidate: Candidate | None = None


def follows(function: str, blames: str, line: int | None) -> Told:
    """Return that a function is wrong only since another one that it uses is."""
    message = FOLLOWS.format(function=function, blames=blames)
    return Told(Diagnosis(f"follows from {blames}", FOLLOWS_TITLE, message, "exact", line))


@dataclass(frozen=True, slots=True)
class Explainer:
    """What a student's function showed on the probes, and what to compare it with.

    `failed` are the other functions with failed checks, `before` the ids of the candidates that
    have been told of them already.
    """

    table: FaultDictionary
    calls: Sequence[ObservedCall]
    student: LocatedFunction
    wording: Wording
    say: Callable[[str], None]
    session: SubmissionSession
    ask: StudentProgram
    failed: frozenset[str]
    before: frozenset[str]
    workshop: Callable[[], Workshop | None]

    def diagnose(self) -> tuple[Told, ...]:
        """Return the mistakes that explain what is wrong; nothing where none surely does."""
        found = self._found()
        blamed = [
            candidate.function
            for candidate in (each.candidate for each in found)
            if candidate is not None
            and candidate.function != self.wording.function
            and candidate.id in self.before
        ]
        sure = all(each.diagnosis.certainty == "exact" for each in found)
        if blamed and sure and len(blamed) == len(found):
            own, line = self.wording.function, self.student.line
            return tuple(follows(own, name, line) for name in dict.fromkeys(blamed))
        return found

    def _found(self) -> tuple[Told, ...]:
        rows = [self.table.layout.row(number, call) for number, call in enumerate(self.calls)]
        found = [row for row in rows if row is not None]
        if len(found) < len(rows):
            return self._odd()
        seen = np.array(found)
        wrong = frozenset(self.table.unlike(seen).nonzero()[0].tolist())
        self.say(
            f"  {self.table.tried} candidates in {len(self.table.classes)} classes,"
            f" {len(self.calls)} probes; wrong: {', '.join(self._names(wrong)) or 'nothing'}"
        )
        return self._wrong(seen, wrong) if wrong else ()

    def _odd(self) -> tuple[Told, ...]:
        odd = self.table.matching_odd(self.calls)
        self.say(f"  values of another structure: {'known' if odd else 'unknown'}")
        if odd is None:
            return ()
        candidate, _key = plainest(odd.candidates, self._locate)
        return (self._told(ProgramMatch(candidate, frozenset(), True), True),)

    def _wrong(self, seen: Rows, wrong: Columns) -> tuple[Told, ...]:
        matches, left = match(self.table, seen, wrong, self._locate)
        complete = not left and all(each.whole for each in matches)
        own = self._own(seen) if not complete and self.failed else None
        if own:
            return own
        result = []
        for each in matches:
            self.say(f"  {each.candidate.id}: {', '.join(self._names(each.columns))}")
            result += self._parts(each, complete)
        related, rest = self._related(seen, left, alone=not matches)
        # what depends on the wrong entries may do so through a wrong function that is called
        mapped = self._mapped(rest) if own is None else None
        return (*result, *related, *([] if mapped is None else [mapped]))

    def _own(self, seen: Rows) -> tuple[Told, ...] | None:
        """Return what is wrong in the light of the student's own other functions.

        None where none of those that it calls is wrong.
        """
        from grader.diagnosis.ownership import own_view

        function = self.wording.function
        workshop = self.workshop()
        called = workshop.called_by(function) if workshop is not None else ()
        wrong = [name for name in called if name in self.failed]
        if workshop is None or not wrong:
            return None
        own = own_view(workshop, function, self.table, seen, self.session, wrong)
        self.say(f"  with the student's own {', '.join(wrong)}: {_described(own is not None)}")
        if own is None:
            return ()
        if own.blames:
            return (follows(function, own.blames, self.student.line),)
        for table in own.tables:
            columns = frozenset(table.unlike(seen).nonzero()[0].tolist())
            matches, left = match(table, seen, columns, self._locate)
            if not left and all(each.whole for each in matches):
                return tuple(told for each in matches for told in self._parts(each, True))
        return ()

    def _related(self, seen: Rows, left: Columns, alone: bool) -> tuple[list[Told], Columns]:
        """Return the relations for what is left over, and what is left over then."""
        relations = find_relations(self.table, self.calls, seen, left)
        explained = frozenset().union(*(each.columns for each in relations))
        sure = alone and explained == left and all(r.certainty == "exact" for r in relations)
        result = []
        for each in relations:
            self.say(f"  {each.id}: {', '.join(each.entries)}")
            certainty = each.certainty if sure else "likely"
            line = self.student.line
            diagnosis = Diagnosis(each.id, each.title, each.message, certainty, line)
            result.append(Told(diagnosis, each.columns))
        return result, left - explained

    def _mapped(self, left: Columns) -> Told | None:
        """Return which inputs the left-over entries depend on, and should not, or should."""
        entries = sorted(left & frozenset(range(len(self.table.layout.entries))))
        differences = map_differences(self.table, self._shown) if entries else None
        if differences is None:
            return None
        extra, missing = differences
        differences_told = []
        told = set()
        for column in entries:
            for template, key, inputs in (
                (MAP_EXTRA, "extra", extra.get(column, [])),
                (MAP_MISSING, "missing", missing.get(column, [])),
            ):
                if 0 < len(inputs) <= _MAX_NAMES:
                    words = {"entry": self.table.layout.name(column), key: listed(inputs)}
                    differences_told.append(template.format(**words))
                    told.add(column)
        self.say(f"  index map: {len(differences_told)} differences")
        if not differences_told:
            return None
        message = joined(*differences_told[: 2 * _MAX_NAMES], separator="\n")
        diagnosis = Diagnosis("index map", MAP_TITLE, message, "likely", self.student.line)
        return Told(diagnosis, frozenset(told))

    def _shown(self, inputs: Sequence[Inputs]) -> list[Rows | None]:
        calls = self.ask.all(inputs)
        return [None if call is None else self.table.layout.row(0, call) for call in calls]

    def _parts(self, found: ProgramMatch, complete: bool) -> list[Told]:
        """Return a match's diagnosis; for merged misconceptions that of each of them."""
        parts = self.table.parts_of(found.candidate)
        if not parts:
            return [self._told(found, complete)]
        return [
            self._told(ProgramMatch(part, found.columns & columns, found.whole), complete)
            for part, columns in parts
            if found.columns & columns
        ]

    def _told(self, found: ProgramMatch, complete: bool) -> Told:
        entries = self._names(found.columns)
        candidate = found.candidate
        diagnosis = Diagnosis(
            id=candidate.id,
            title=self.wording.title(candidate, entries),
            message=self.wording.message(candidate, entries, found.whole),
            certainty="exact" if complete else "likely",
            line=self.student.find(candidate.finds, entries) or self.student.line,
        )
        return Told(diagnosis, found.columns, candidate)

    def _locate(self, candidate: Candidate) -> int | None:
        return self.student.find(candidate.finds)

    def _names(self, columns: Columns) -> list[str]:
        """Return what the columns show; a part that is wrong as a whole by its name alone."""
        return self.table.layout.summary(columns)


def _described(possible: bool) -> str:
    return "looked at" if possible else "not possible"
