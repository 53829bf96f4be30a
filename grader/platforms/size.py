"""Documents no longer than a platform takes: texts are cut, then told in one line, never dropped.

Every platform's documents pass through here, so that a limit is one predicate of the platform.
What is cut is the assessment, not the document, so that the document stays valid; points are
never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from grader.language import gettext, ngettext, translated
from grader.platforms.assessment import Assessment, merged
from grader.result import CheckResult, Result

Fits = Callable[[Mapping[str, str]], bool]
# what no platform named here refuses: Codio and PrairieLearn take 1 MiB, most others more
_MAX_BYTES: Final = 1_000_000
_TEXT_LENGTHS: Final = (3_000, 2_000, 1_400, 1_000, 700, 500, 350, 250, 120)
_REMARKS: Final = 20


def within_a_megabyte(texts: Mapping[str, str]) -> bool:
    """Whether the documents have fewer bytes than any platform refuses."""
    return sum(len(text.encode("utf-8", "replace")) for text in texts.values()) < _MAX_BYTES


def fitting(
    write: Callable[[Assessment], Mapping[str, str]],
    assessment: Assessment,
    fits: Fits,
    platform: str,
) -> Mapping[str, str]:
    """Return the documents with as little cut as the platform's limit asks for."""
    texts = write(assessment)
    if fits(texts):
        return texts
    why = gettext("cut here: {platform} accepts no more", platform=platform)
    for one in _shorter(assessment, why):
        texts = write(one)
        if fits(texts):
            return texts
    too_long = gettext(
        "The result is longer than {platform} takes. Tell your instructor.", platform=platform
    )
    return write(replace(assessment, result=None, problem=too_long))


def _shorter(assessment: Assessment, why: str) -> Iterator[Assessment]:
    """Yield the assessment with ever less text in it; in the end in one check a function."""
    for length in _TEXT_LENGTHS:
        short = _cut(assessment, length, why)
        yield short
        if assessment.figure:
            yield replace(short, figure=b"")
    result = short.graded
    kept = len(result.checks) if result else 0
    while result and kept:
        kept //= 2
        yield replace(short, figure=b"", result=_first(result, kept, why))


def _cut(assessment: Assessment, length: int, why: str) -> Assessment:
    def cut(text: str) -> str:
        said = translated(text)
        return text if len(said) <= length else f"{said[:length]} ... [{why}]"

    def few(texts: tuple[str, ...]) -> tuple[str, ...]:
        if len(texts) <= _REMARKS:
            return tuple(map(cut, texts))
        count = len(texts) - _REMARKS
        more = gettext("{count} more [{reason}]", count=count, reason=why)
        return (*map(cut, texts[:_REMARKS]), more)

    result = assessment.result
    return replace(
        assessment,
        problem=cut(assessment.problem),
        notes=few(assessment.notes),
        result=result
        and replace(
            result,
            checks=tuple(_cut_check(check, cut) for check in result.checks),
            output=cut(result.output),
            warnings=few(result.warnings),
            not_run=few(result.not_run),
            by_hand=tuple(replace(one, note=cut(one.note)) for one in result.by_hand),
        ),
    )


def _cut_check(check: CheckResult, cut: Callable[[str], str]) -> CheckResult:
    return replace(
        check,
        title=cut(check.title),
        feedback=cut(check.feedback),
        hint=cut(check.hint),
        diagnosis=tuple(
            replace(one, title=cut(one.title), message=cut(one.message)) for one in check.diagnosis
        ),
    )


def _first(result: Result, kept: int, why: str) -> Result:
    """Return the result in which a function's checks after the first so many are one."""

    def kind(check: CheckResult) -> tuple[str, bool]:
        return check.function, check.visible

    told = gettext("They are not listed individually [{reason}].", reason=why)
    groups = [list(group) for _kind, group in groupby(sorted(result.checks[kept:], key=kind), kind)]
    together = (
        merged(group, ngettext("{count} more check", "{count} more checks", len(group)), told)
        for group in groups
    )
    return replace(result, checks=(*result.checks[:kept], *together))
