"""The class page's charts, each with a sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import TYPE_CHECKING

from grader.report.findings import amount
from grader.report.pages.drawing import PLAIN, RIGHT, Drawing, drawn
from grader.report.pages.rows import Handing
from grader.report.pages.statistics import ExerciseCount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_BARS = 20
_MOST_TRIES = 10


def distribution(exercise: ExerciseCount, name: str, *, wide: bool = False) -> Drawing:
    """Return how many have how many points; `wide` for one that has the page's whole width."""

    def draw(figure: Figure) -> str:
        figure.set_size_inches(10 if wide else 5.2, 2.6)
        axes = figure.subplots()
        bars = max(1, min(_MOST_BARS, round(exercise.max_score)))
        most = exercise.max_score or 1.0
        heights = [0] * bars
        for score in exercise.scores:
            heights[min(int(score / most * bars), bars - 1)] += 1
        width = most / bars
        middles = [width * (index + 0.5) for index in range(bars)]
        axes.bar(middles, heights, width=0.86 * width, color=RIGHT)
        axes.axvline(exercise.middle, color=PLAIN, linewidth=1, linestyle=":")
        axes.set_xlim(0, most)
        _plain(axes, "points", "submissions")
        return (
            f"{len(exercise.scores)} scores of at most {amount(exercise.max_score)}."
            f" The median, dotted, is {amount(exercise.middle)}, the mean"
            f" {amount(exercise.average)}; {exercise.full} have full marks."
        )

    return drawn(draw, name)


def over_time(handings: Sequence[Handing], name: str) -> Drawing:
    """Return when attempts were handed in, and what the first, second, ... attempts got."""

    def draw(figure: Figure) -> str:
        figure.set_size_inches(10, 2.6)
        days, tries = figure.subplots(1, 2, width_ratios=[1.6, 1])
        dates = [one.submitted.date() for one in handings]
        span = sorted(set(dates))
        days.bar(
            [(day - span[0]).days for day in span],
            [dates.count(day) for day in span],
            width=0.86,
            color=RIGHT,
        )
        step = max(1, (span[-1] - span[0]).days // 4)
        ticks = [day for day in span if (day - span[0]).days % step == 0][:6]
        days.set_xticks([(day - span[0]).days for day in ticks], [f"{day:%d %b}" for day in ticks])
        _plain(days, "day", "attempts")
        means = _means(handings)
        tries.plot(list(means), [100 * share for share in means.values()], "o-", color=RIGHT)
        tries.set_ylim(0, 105)
        tries.set_xticks(list(means))
        _plain(tries, "attempt", "mean points in %")
        busiest = max(span, key=dates.count)
        shares = ", ".join(f"{100 * share:.0f} %" for share in means.values())
        return (
            f"{len(handings)} attempts from {span[0]:%d %B} to {span[-1]:%d %B %Y}, most of them"
            f" on {busiest:%d %B} ({dates.count(busiest)}). The first, second and further attempts"
            f" got {shares} of the points."
        )

    return drawn(draw, name)


def _means(handings: Sequence[Handing]) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for one in handings:
        if one.share is not None and one.number <= _MOST_TRIES:
            found.setdefault(one.number, []).append(one.share)
    return {number: mean(found[number]) for number in sorted(found)}


def _plain(axes: Axes, across: str, up: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(across, color=PLAIN)
    axes.set_ylabel(up, color=PLAIN)
    axes.tick_params(colors=PLAIN, length=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.spines["bottom"].set_color(PLAIN)
    axes.spines["left"].set_visible(False)
