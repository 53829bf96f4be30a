"""The kinds of series that a chart can show, and what is said of each, whole sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grader.language import Message, ngettext_lazy
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class KindOfSeries:
    """What is said of one kind of series; `right` is how many there should be.

    `counted` takes how many there are and how many there should be.
    """

    none: Message
    others: Message
    no_label: Message
    other_label: Message
    called: Message
    unnamed: Message
    counted: Callable[[int, int], str]


LINES: Final = KindOfSeries(
    none=_("The chart has no lines. Expected: {right}."),
    others=_("The chart has no lines; {others}. Expected: {right}."),
    no_label=_("The line for {name} has no label (`label={name}`)."),
    other_label=_("The line for {name} is called {found} (`label={name}`)."),
    called=_("The line {name}"),
    unnamed=_("The line"),
    counted=lambda found, right: ngettext_lazy(
        "The chart has {count} line; expected {right}.",
        "The chart has {count} lines; expected {right}.",
        found,
        right=right,
    ),
)
SCATTER_PLOTS: Final = KindOfSeries(
    none=_("The chart has no scatter plots. Expected: {right}."),
    others=_("The chart has no scatter plots; {others}. Expected: {right}."),
    no_label=_("The scatter plot for {name} has no label (`label={name}`)."),
    other_label=_("The scatter plot for {name} is called {found} (`label={name}`)."),
    called=_("The scatter plot {name}"),
    unnamed=_("The scatter plot"),
    counted=lambda found, right: ngettext_lazy(
        "The chart has {count} scatter plot; expected {right}.",
        "The chart has {count} scatter plots; expected {right}.",
        found,
        right=right,
    ),
)
BARS: Final = KindOfSeries(
    none=_("The chart has no sets of bars. Expected: {right}."),
    others=_("The chart has no sets of bars; {others}. Expected: {right}."),
    no_label=_("The set of bars for {name} has no label (`label={name}`)."),
    other_label=_("The set of bars for {name} is called {found} (`label={name}`)."),
    called=_("The set of bars {name}"),
    unnamed=_("The set of bars"),
    counted=lambda found, right: ngettext_lazy(
        "The chart has {count} set of bars; expected {right}.",
        "The chart has {count} sets of bars; expected {right}.",
        found,
        right=right,
    ),
)
