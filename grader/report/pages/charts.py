"""The class page's charts, each with a sentence that says what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from statistics import mean
from typing import TYPE_CHECKING

from grader.language import gettext_lazy as _
from grader.language import joined, ngettext_lazy
from grader.report.arrangement import amount
from grader.report.pages.counting import ExerciseCount
from grader.report.pages.dates import date_text, day_text, short_day_text
from grader.report.pages.drawing import PLAIN, RIGHT, Drawing, drawn
from grader.report.pages.rows import Handing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (5.2, 2.5)
_MAX_BARS = 20
_MAX_TRIES = 10


def distribution(exercise: ExerciseCount, name: str) -> Drawing:
    """Return how many have how many points."""
    from matplotlib.ticker import MaxNLocator

    labels = (_("points"), _("submissions"))

    def draw(figure: Figure) -> str:
        figure.set_size_inches(*_SIZE)
        axes = figure.subplots()
        bars = max(1, min(_MAX_BARS, round(exercise.max_score)))
        most = exercise.max_score or 1.0
        heights = [0] * bars
        for score in exercise.scores:
            heights[min(int(min(score / most, 1.0) * bars), bars - 1)] += 1
        width = most / bars
        middles = [width * (index + 0.5) for index in range(bars)]
        axes.bar(middles, heights, width=0.86 * width, color=RIGHT)
        axes.axvline(exercise.middle, color=PLAIN, linewidth=1, linestyle=":")
        axes.set_xlim(0, most)
        _plain(axes, *labels)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=most >= 6))
        return ngettext_lazy(
            "{count} score of at most {most}."
            " The median, dotted, is {median}, the mean {mean}; {full} have full marks.",
            "{count} scores of at most {most}."
            " The median, dotted, is {median}, the mean {mean}; {full} have full marks.",
            len(exercise.scores),
            most=amount(exercise.max_score),
            median=amount(exercise.middle),
            mean=amount(exercise.average),
            full=exercise.full,
        )

    return drawn(draw, name, labels)


def over_time(handings: Sequence[Handing], name: str) -> Drawing:
    """Return on which days how many attempts were handed in."""
    dates = Counter(one.submitted.date() for one in handings)
    first, final = min(dates), max(dates)
    step = max(1, -(-(final - first).days // 4))
    ticks = {
        tick: short_day_text(first + timedelta(days=tick))
        for tick in range(0, (final - first).days + 1, step)
    }
    labels = (_("day"), _("attempts"))

    def draw(figure: Figure) -> str:
        figure.set_size_inches(*_SIZE)
        axes = figure.subplots()
        axes.bar([(day - first).days for day in dates], list(dates.values()), 0.86, color=RIGHT)
        _plain(axes, *labels)
        axes.set_xticks(list(ticks), list(ticks.values()))
        busiest = max(dates, key=lambda day: (dates[day], day))
        return ngettext_lazy(
            "{count} attempt from {first} to {last}, most of them on {day}: {number}.",
            "{count} attempts from {first} to {last}, most of them on {day}: {number}.",
            len(handings),
            first=day_text(first),
            last=date_text(final),
            day=day_text(busiest),
            number=dates[busiest],
        )

    return drawn(draw, name, (*labels, *ticks.values()))


def by_attempt(handings: Sequence[Handing], name: str) -> Drawing:
    """Return what share of the points the first, second, ... attempts got."""
    labels = (_("attempt"), _("mean points in %"))

    def draw(figure: Figure) -> str:
        figure.set_size_inches(*_SIZE)
        axes = figure.subplots()
        means = _means(handings)
        axes.plot(list(means), [100 * share for share in means.values()], "o-", color=RIGHT)
        _plain(axes, *labels)
        axes.set_ylim(0, 105)
        axes.set_xlim(0.7, max(means, default=1) + 0.3)
        axes.set_xticks(list(means))
        shares = [
            _("{percent:.0f} % on attempt {number}", percent=100 * share, number=number)
            for number, share in means.items()
        ]
        return _("Mean points: {shares}.", shares=joined(*shares, separator=_(", ")))

    return drawn(draw, name, labels)


def _means(handings: Sequence[Handing]) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for one in handings:
        if one.share is not None and one.number <= _MAX_TRIES:
            found.setdefault(one.number, []).append(one.share)
    return {number: mean(found[number]) for number in sorted(found)}


def _plain(axes: Axes, across: str, up: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(across, color=PLAIN)
    axes.set_ylabel(up, color=PLAIN)
    axes.tick_params(colors=PLAIN, length=0, pad=6)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.spines["bottom"].set_color(PLAIN)
    axes.spines["left"].set_visible(False)
