"""Which layers stand between a submission and everything else."""

from __future__ import annotations

import functools
import sys
from collections.abc import Collection, Iterable
from typing import Final, Literal

from grader.errors import IsolationError, UsageError
from grader.language import enumerated, joined
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

Level = Literal["basic", "strict"]
LEVELS: Final[tuple[Level, ...]] = ("basic", "strict")


@dataclass(frozen=True, slots=True)
class Isolation:
    """A level and what it means on this machine.

    Attributes
    ----------
    level : {"basic", "strict"}
        What was asked for.
    layers : frozenset of str
        Of "bubblewrap", "landlock" and "seccomp", those that each submission's process must
        report before the submission is read.
    fork : bool
        Whether a warm host forks the processes; else each is started afresh.
    """

    level: Level
    layers: frozenset[str] = frozenset()
    fork: bool = True

    @property
    def as_told(self) -> tuple[str, list[str], bool]:
        """What another process of ours on this machine is told, for `as_it_was_told`."""
        return self.level, sorted(self.layers), self.fork

    @classmethod
    def as_it_was_told(cls, level: Level, layers: Iterable[str], fork: bool) -> Isolation:
        """Return what the process that started this one has found to hold here.

        Whoever relies on it finds out: each submission's process must report these layers.
        """
        return cls(level, frozenset(layers), fork)

    @property
    def fresh_host(self) -> bool:
        """Whether each submission needs a host of its own.

        Namespaces alone leave what lies between the processes in them: shared memory,
        message queues, signals. A new host has new ones.
        """
        return "bubblewrap" in self.layers and "seccomp" not in self.layers


def resolve(level: str, *, without: Collection[str] = (), fork: bool | None = None) -> Isolation:
    """Return what `level` means here.

    Parameters
    ----------
    level : str
        "basic" or "strict".
    without : collection of str
        Layers to do without, as on a machine that lacks them.
    fork : bool, optional
        Force or forbid forking in basic isolation; else this system decides.

    Raises
    ------
    UsageError
        There is no such level.
    IsolationError
        The level cannot be had on this machine.
    """
    if level == "basic":
        return Isolation("basic", fork=sys.platform == "linux" if fork is None else fork)
    if level == "strict":
        return _strict(frozenset(without))
    raise UsageError(
        _("unknown isolation {name}", name=repr(level)),
        _("choose one of: {names}", names=enumerated(LEVELS)),
    )


@functools.cache
def _strict(without: frozenset[str]) -> Isolation:
    if sys.platform != "linux":
        raise IsolationError(
            _("strict isolation needs Linux, this is {platform}", platform=sys.platform),
            _(
                "use Linux (a virtual machine or a container will do), or --isolation basic for"
                " code that you trust"
            ),
        )
    from grader.sandbox import layer_probe

    found = layer_probe.survey(without)
    held = frozenset(layer.name for layer in found if layer.holds)
    if "bubblewrap" not in held and not {"landlock", "seccomp"} <= held:
        missing = [layer for layer in found if not layer.holds]
        raise IsolationError(
            _(
                "strict isolation cannot be had here: it needs Landlock and seccomp, or bubblewrap;"
                " {reasons}",
                reasons=joined(
                    *(f"{layer.name}: " + layer.problem for layer in missing), separator="; "
                ),
            ),
            joined(
                *(f"{layer.name}: " + layer.remedy for layer in missing if layer.remedy),
                separator=_(" or "),
            ),
        )
    return Isolation("strict", held)
