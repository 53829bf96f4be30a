"""What is said of a mistake: titles and sentences, as templates of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from grader.diagnosis.candidates import Candidate
from grader.language import Message, enumerated, listed, sentences
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

TITLES: Final = {
    "index": _("A wrong index"),
    "variable": _("A wrong variable"),
    "factor": _("A factor is missing"),
    "repeated": _("A factor too many"),
    "term": _("A term is missing"),
    "sign": _("A wrong sign"),
    "operator": _("A wrong operator"),
    "constant": _("A wrong number"),
    "transpose": _("Rows and columns are swapped"),
    "arguments": _("Arguments in the wrong order"),
    "call": _("A function call is missing or wrong"),
    "returned": _("Results in the wrong order"),
    "unpacked": _("Values taken apart in the wrong order"),
    "dropped": _("A step is missing"),
    "order": _("Steps in the wrong order"),
    "range": _("A loop runs too often or too seldom"),
    "in_place": _("An argument is changed in place"),
}

SENTENCES: Final = {
    "index": _("{target} uses {wrong} where {right} belongs."),
    "meaning": _("{target} uses {wrong}; {meaning} is {right}."),
    "stored": _("What belongs in {right} is stored in {wrong}."),
    "variable": _("{target} uses {wrong} where {right} belongs."),
    "transpose": _("{target} uses {name} transposed: its rows and columns are swapped."),
    "matmul": _(
        "In {target} the matrix product of {left} and {right} is taken the wrong way round."
    ),
    "factor": _("{target} lacks the factor {part}."),
    "divisor": _("{target} is not divided by {part}."),
    "power": _("{target} is not raised to the power {part}."),
    "repeated": _("{target} holds the factor {part} once too often."),
    "term": _("{target} lacks the term {part}."),
    "sign": _("In {target} the sign of {part} is wrong."),
    "negative": _("{target} has the wrong sign."),
    "swapped": _("{target} uses {wrong}: the two sides of the minus are swapped."),
    "turned": _("{target} uses {wrong} where {right} belongs: the two sides are swapped."),
    "operator": _("{target} uses {wrong}, with the wrong operator between the two sides."),
    "constant": _("{target} uses the number {wrong} where {right} belongs."),
    "call": _("{target} is worked out without {name}."),
    "call_twice": _("In {target}, {name} is applied twice."),
    "copy": _("{target} is worked out on the array itself, not on a copy of it."),
    "function": _("{target} uses {wrong} where {right} belongs."),
    "arguments": _("In {target}, {first} and {second} have changed places in the call of {name}."),
    "returned": _("Result {first} and result {second} are returned in each other's place."),
    "unpacked": _("{first} and {second} have changed places where {value} is taken apart."),
    "dropped": _("{target} is not worked out, or not changed, where it should be."),
    "order": _("{target} is worked out only after {before}; it should come before."),
    "order_early": _("{target} is worked out before {after}; it should come after."),
    "short": _("The loop runs once too few: it ends before the last of {part} turns."),
    "long": _("The loop runs once too often: there should be {part} turns."),
    "late": _("The loop begins at 1 and leaves out the turn 0."),
    "in_place": _("{name} itself is overwritten. The caller's array must stay as it is."),
}

IN_CALLED: Final = _("What {function} works out is as if {called} had this mistake: ")
SHOWS_IN: Final = _("It shows in {entries}.")
ONLY_IN: Final = _("This concerns {entries} only.")


_MAX_ENTRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for the function that is asked about."""

    function: str
    authored: Callable[[str], Message]
    meanings: Mapping[str, str]

    def title(self, candidate: Candidate, entries: Sequence[str]) -> str:
        """Return the mistake in one line."""
        if candidate.texts:
            return self._filled(candidate.texts[0], candidate, entries)
        return TITLES[candidate.faults[0][0]]

    def message(self, candidate: Candidate, entries: Sequence[str], whole: bool) -> str:
        """Return what the code does now and what it should do, and where that shows."""
        parts: list[str] = []
        if candidate.texts:
            parts += [
                self._filled(text, candidate, entries) for text in candidate.texts[1:] if text
            ]
        for _operator, template, words in candidate.faults:
            target = words.get("target") or candidate.function
            parts.append(self._sentence(template, {**words, "target": target}))
        message = sentences(parts)
        if candidate.function != self.function:
            prefix = IN_CALLED.format(function=self.function, called=candidate.function)
            message = prefix + message
        named = _shown(entries)
        told = candidate.texts and "{entries}" in "".join(candidate.texts)
        if named and not told and named not in message:
            added = SHOWS_IN if whole else ONLY_IN
            shown = added.format(entries=named)
            message = sentences([message, shown])
        return message

    def _filled(self, text: str, candidate: Candidate, entries: Sequence[str]) -> str:
        return self.authored(text).format(
            entries=_shown(entries),
            function=candidate.function,
            s="s" if len(entries) == 1 else "",
        )

    def _sentence(self, template: str, words: Mapping[str, str]) -> str:
        meaning = self._meaning(words.get("right", "")) if template == "index" else ""
        if meaning:
            return SENTENCES["meaning"].format(**words, meaning=meaning)
        return SENTENCES[template].format(**words)

    def _meaning(self, entry: str) -> str:
        name, _, rest = entry.partition("[")
        indices = rest.removesuffix("]").split(", ")
        if name not in self.meanings or not all(index.isdigit() for index in indices):
            return ""
        return self.authored(self.meanings[name]).format(*indices)


def _shown(entries: Sequence[str]) -> str:
    """Return the names of entries; where there are many, of the first of them."""
    if len(entries) <= _MAX_ENTRIES:
        return listed(entries)
    return enumerated(entries[:_MAX_ENTRIES], len(entries) - _MAX_ENTRIES)
