"""Who hands in together: groups by their names, for all exercises or for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from grader.batch.records import RosterEntry
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TeamMembership:
    """Somebody's group; `exercise` is empty where it is the same for all exercises."""

    person: RosterEntry
    group: str
    exercise: str = ""


class Teams:
    """The groups of a class.

    `hand_in_together` says that what one member hands in is all members'. Without it, a file is a
    group's only where it is named after the group.
    """

    def __init__(
        self, memberships: Iterable[TeamMembership] = (), *, hand_in_together: bool = False
    ) -> None:
        self.hand_in_together = hand_in_together
        self._members: dict[tuple[str, str], list[RosterEntry]] = defaultdict(list)
        self._groups: dict[tuple[RosterEntry, str], str] = {}
        for one in memberships:
            self._members[one.group, one.exercise].append(one.person)
            self._groups[one.person, one.exercise] = one.group

    @property
    def names(self) -> list[str]:
        """The groups' names, each once."""
        return list(dict.fromkeys(group for group, _ in self._members))

    def members(self, group: str, exercise: str) -> tuple[RosterEntry, ...]:
        """Return a group's members at an exercise."""
        own = self._members.get((group, exercise), ())
        # who has another group for this exercise alone is in that one
        others = [
            person
            for person in self._members.get((group, ""), ())
            if self.group(person, exercise) == group and person not in own
        ]
        return (*own, *others)

    def group(self, person: RosterEntry, exercise: str) -> str:
        """Return somebody's group at an exercise; empty for none."""
        return self._groups.get((person, exercise)) or self._groups.get((person, ""), "")

    def together_with(self, person: RosterEntry, exercise: str) -> tuple[RosterEntry, ...]:
        """Return who hands in together with somebody, and that somebody."""
        group = self.group(person, exercise)
        return self.members(group, exercise) if group and self.hand_in_together else (person,)
