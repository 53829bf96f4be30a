"""A message: its English text, and how it is said in other languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, SupportsIndex

from grader.language.catalogue import SOURCE, own_catalogue, said_by
from grader.language.reader import current_language, languages
from grader.language.spacing import filled


class _Template(NamedTuple):
    """A text of the product's catalogue, with what fills its fields."""

    text: str
    plural: str = ""
    number: int = 1  # which `count` would hide of a tuple
    values: Mapping[str, Any] | None = None

    def said(self, language: str) -> str:
        catalogue = own_catalogue(language)
        if self.plural:
            text = catalogue.ngettext(self.text, self.plural, self.number)
        else:
            text = catalogue.gettext(self.text) if self.text else ""
        return _filled(text, self.values, language)


class _Known(NamedTuple):
    """A text that another catalogue has translated already, with what fills its fields."""

    text: str
    others: Mapping[str, str]
    values: Mapping[str, Any] | None = None

    def said(self, language: str) -> str:
        return _filled(self.others.get(language, self.text), self.values, language)


class _Joined(NamedTuple):
    """Texts one after the other."""

    parts: tuple[str, ...]
    separator: str = ""

    def said(self, language: str) -> str:
        between = translated(self.separator, language)
        return between.join(translated(part, language) for part in self.parts)


class _Cut(NamedTuple):
    """A text that is cut where it is too long, or without what it ends with."""

    text: Message
    longest: int = 0
    ending: str = ""

    def said(self, language: str) -> str:
        text = self.text.said(language)
        if self.ending:
            text = text.rstrip(self.ending)
        return f"{text[: self.longest]}..." if 0 < self.longest < len(text) else text


class Message(str):
    """An English text that can be said in other languages; made by `gettext_lazy` and `recorded`.

    It stays a message when texts are added to it, and is plain English after any other operation.
    """

    __slots__ = ("_how",)
    _how: _How

    @classmethod
    def made(cls, how: _How) -> Message:
        """Return the message that is said in this way."""
        message = cls(how.said(SOURCE))
        message._how = how
        return message

    def said(self, language: str) -> str:
        """Return the text in a language, in English where it isn't translated."""
        return self._how.said(language)

    def format(self, *places: object, **values: object) -> Message:
        """Return the message with its fields filled, by name or, in a course's texts, by number."""
        fields = {**{str(number): value for number, value in enumerate(places)}, **values}
        how = self._how
        if isinstance(how, _Joined | _Cut):
            raise TypeError("texts that were joined or cut have no fields")
        if isinstance(how, _Known):
            return Message.made(_Known(how.text, how.others, fields))
        return Message.made(_Template(how.text, how.plural, how.number, fields))

    def __str__(self) -> str:
        return str.__str__(self)

    def __add__(self, other: str) -> Message:
        return joined(self, other)

    def __radd__(self, other: str) -> Message:
        return joined(other, self)

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[Any, ...]:
        return Message.made, (self._how,)


_How = _Template | _Known | _Joined | _Cut


def gettext_lazy(text: str, /, **values: object) -> Message:
    """Return a message of the product's catalogue, its fields filled where values are given."""
    return Message.made(_Template(text, values=values or None))


def ngettext_lazy(one: str, many: str, count: int, /, **values: object) -> Message:
    """Return the form of a message that fits a count, which is also its field `{count}`."""
    return Message.made(_Template(one, many, count, {"count": count, **values}))


def gettext(text: str, /, **values: object) -> str:
    """Return a message in the reader's language."""
    return _Template(text, values=values or None).said(current_language())


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a message that fits a count, in the reader's language."""
    return _Template(one, many, count, {"count": count, **values}).said(current_language())


def translated(text: object, language: str | None = None) -> str:
    """Return any text in a language, by default the reader's; what is no message stays as it is."""
    if isinstance(text, Message):
        return text.said(language or current_language())
    return str(text)


def recorded(text: str, others: Mapping[str, str]) -> Message:
    """Return a text with its translations by language as a message."""
    return Message.made(_Known(text, dict(others)))


def authored(course: Path, text: str) -> Message:
    """Return a text of a course's author as a message, by the catalogues beside the course.

    What fills the fields of one that `recorded` has made stays.
    """
    if not isinstance(text, Message):
        return recorded(text, said_by(course, text))
    how = text._how
    if not isinstance(how, _Known) or how.others:
        return text
    values = {
        name: authored(course, value) if isinstance(value, Message) else value
        for name, value in (how.values or {}).items()
    }
    return Message.made(_Known(how.text, said_by(course, how.text), values or None))


def as_written(text: str) -> str:
    """Return a course's text as its author wrote it: what its catalogues have it under."""
    how = text._how if isinstance(text, Message) else None
    return how.text if isinstance(how, _Known) else str(text)


def joined(*parts: str, separator: str = "") -> Message:
    """Return texts one after the other as one message."""
    return Message.made(_Joined(parts, separator))


def shortened(text: str, longest: int) -> str:
    """Return a text, cut after so many characters in each language."""
    if isinstance(text, Message):
        return Message.made(_Cut(text, longest))
    return text if len(text) <= longest else f"{text[:longest]}..."


def unended(text: str) -> str:
    """Return a text without the stops or colons at its end."""
    return Message.made(_Cut(text, 0, _STOPS)) if isinstance(text, Message) else text.rstrip(_STOPS)


def sentences(parts: Iterable[str]) -> str:
    """Return sentences as a text, with what stands between two of them in a language."""
    return _in_turn(_TWO_SENTENCES, parts)


def clauses(parts: Iterable[str]) -> str:
    """Return the parts of a sentence as one, with what stands between two of them in a language."""
    return _in_turn(_TWO_CLAUSES, parts)


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    if len(names) < 2:
        return names[0] if names else ""
    return _LIST.format(first=joined(*names[:-1], separator=_COMMA), last=names[-1])


def enumerated(names: Sequence[str], more: int = 0) -> str:
    """Return names with commas between them, and how many more there are."""
    shown = names[0] if len(names) == 1 else joined(*names, separator=_COMMA)
    if more <= 0:
        return shown
    return ngettext_lazy(
        "{names} and {count:,} more", "{names} and {count:,} more", more, names=shown
    )


def in_languages(text: str, wanted: Iterable[str] = ()) -> tuple[str, dict[str, str]]:
    """Return a text with what it is in other languages: `recorded` makes the message again.

    Without `wanted`, that is in all languages that there are, and in the reader's.
    """
    said = {
        language: translated(text, language)
        for language in wanted or (*languages(), current_language())
    }
    return str(text), {language: other for language, other in said.items() if other != text}


def translations_of(texts: Iterable[str], wanted: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what messages are in other languages: by language, then by the English text."""
    told = tuple(wanted)
    if not told:
        return {}  # without a look at the texts, which are all of a result
    messages = {str(text): text for text in texts if isinstance(text, Message)}
    found = {}
    for language in told:
        said = {text: message.said(language) for text, message in messages.items()}
        found[language] = {text: other for text, other in said.items() if other != text}
    return found


def _in_turn(template: Message, parts: Iterable[str]) -> str:
    told = [part for part in parts if part]
    text = told[0] if told else ""
    for part in told[1:]:
        text = template.format(first=text, second=part)
    return text


def _filled(text: str, values: Mapping[str, Any] | None, language: str) -> str:
    if values is None:
        return text
    told = {
        name: value.said(language) for name, value in values.items() if isinstance(value, Message)
    }
    return filled(text, {**values, **told}, told)


_ = gettext_lazy
_TWO_SENTENCES: Final = _("{first} {second}")
_TWO_CLAUSES: Final = _("{first}, {second}")
_LIST: Final = _("{first} and {last}")
_COMMA: Final = _(", ")
_STOPS: Final = ":.：。"
