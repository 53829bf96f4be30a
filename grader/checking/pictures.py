"""The pictures of a check, as the result document keeps them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from grader.language import gettext_lazy as _
from grader.language import joined, listed, ngettext_lazy, shortened
from grader.result import CheckResult, Picture
from grader.sandbox.child.figures import png
from grader.sandbox.child.figures.figure import Axes, Figure

_MOST: Final = 2
_LONGEST: Final = 200


def pictures_of(figures: Sequence[Figure]) -> tuple[Picture, ...]:
    """Return the last pictures of some figures, each one once."""
    drawn = {figure.picture: figure for figure in figures if figure.picture}
    return tuple(
        Picture(
            figure_in_words(figure),
            *png.size_of(figure.picture),
            base64.b64encode(figure.picture).decode(),
        )
        for figure in list(drawn.values())[-_MOST:]
    )


def without_known(result: CheckResult, before: Sequence[CheckResult]) -> CheckResult:
    """Return a result without the pictures that an earlier check of the submission has."""
    if not result.pictures:
        return result
    known = {picture.png for each in before for picture in each.pictures}
    left = tuple(picture for picture in result.pictures if picture.png not in known)
    return replace(result, pictures=left)


def figure_in_words(figure: Figure) -> str:
    """Return what a figure shows, for who does not see it."""
    parts = filter(None, (figure.suptitle, *map(_chart_in_words, figure.axes)))
    return shortened(joined(*parts, separator="; "), _LONGEST)


def _chart_in_words(chart: Axes) -> str:
    counts = len(chart.lines), len(chart.bars), len(chart.points), len(chart.images)
    words = (
        ngettext_lazy("{count:,} line", "{count:,} lines", counts[0]),
        ngettext_lazy("{count:,} set of bars", "{count:,} sets of bars", counts[1]),
        ngettext_lazy("{count:,} scatter plot", "{count:,} scatter plots", counts[2]),
        ngettext_lazy("{count:,} image", "{count:,} images", counts[3]),
    )
    drawn = [text for count, text in zip(counts, words, strict=True) if count]
    if len(chart.shares):
        drawn.append(_("a pie"))
    written = [
        f"{name}: {text}" for name, text in (("x", chart.xlabel), ("y", chart.ylabel)) if text
    ]
    nothing = _("a chart with nothing")
    shown = _("a chart with {things}", things=listed(drawn)) if drawn else nothing
    return joined(*filter(None, (chart.title, shown, *written)), separator=", ")
