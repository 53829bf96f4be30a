"""The words of a page, in each of its languages: all stand in the page, and one is shown.

A text that is the same in all of them stands there once. Which of the others is shown is for the
style to do, so that the page's switch needs no script; only attributes are the script's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from markupsafe import Markup, escape

from grader.course import Course
from grader.language import (
    Message,
    current_language,
    gettext_lazy,
    html_tag,
    languages_of,
    reading,
    translated,
)
from grader.language.catalogue import SOURCE, own_catalogue
from grader.report.pages.texts import LONGEST_LINE, shown

_languages: ContextVar[tuple[str, ...]] = ContextVar("the languages of the page")
_ELEMENT: Final = Markup("<{}{}>{}</{}>")
_NONE: Final = Markup("")
_WORDS: Final = ":is(span, text)[lang]"
_COMMA: Final = gettext_lazy(", ")
_ENGLISH: Final = gettext_lazy("English")  # each language's catalogue says its own name here


def page_languages(course: Course | None) -> tuple[str, ...]:
    """Return the languages of a course's pages, the reader's first.

    A course without catalogues is written in one language, and so are its pages.
    """
    others = languages_of(course.folder) if course is not None else ()
    return tuple(dict.fromkeys((current_language(), *((SOURCE, *others) if others else ()))))


@contextmanager
def written_in(languages: Sequence[str]) -> Iterator[None]:
    """Write words in these languages until the block ends."""
    token = _languages.set(tuple(languages))
    try:
        yield
    finally:
        _languages.reset(token)


def own_name(language: str) -> str:
    """Return what a language calls itself; its tag where no catalogue says it."""
    name = _ENGLISH.said(language)
    return name if language == SOURCE or name != _ENGLISH else html_tag(language)


class Words:
    """Words that are said in a language when they are written."""

    __slots__ = ("_say",)

    def __init__(self, say: Callable[[], object]) -> None:
        self._say = say

    def said(self, language: str) -> Markup:
        """Return the words in a language."""
        with reading(language):
            return _written(self._say())

    def __html__(self) -> Markup:
        said = self.in_each()
        return _beside(said) if len(set(said.values())) > 1 else next(iter(said.values()))

    def in_each(self) -> dict[str, Markup]:
        """Return the words in each of the page's languages."""
        return {language: self.said(language) for language in _languages.get()}


def finalized(value: Any) -> Any:
    """Return what a template writes, safe, and a message in each of the page's languages."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    if isinstance(value, Message) or len(value) > LONGEST_LINE:
        return Words(lambda: value)
    return shown(value)


def message(text: str, **fields: object) -> Words:
    """Return a message of the catalogue; its fields may be words, and parts of the page."""
    return Words(lambda: _filled(own_catalogue(current_language()).gettext(text), fields))


def message_by_count(one: str, many: str, count: int, **fields: object) -> Words:
    """Return the form of a message that fits a count, which is also its field `{count}`."""
    return Words(
        lambda: _filled(
            own_catalogue(current_language()).ngettext(one, many, count), {"count": count, **fields}
        )
    )


def changed(words: str, change: Callable[[str], str]) -> Words:
    """Return words that are changed once they are said in a language."""
    return Words(lambda: change(translated(words)))


def quiet(words: object) -> Words:
    """Return words that are told by the way."""
    return Words(lambda: Markup('<span class="quiet">{}</span>').format(_written(words)))


def link(address: str, words: object) -> Words:
    """Return words that lead to another page."""
    return Words(lambda: Markup('<a href="{}">{}</a>').format(address, _written(words)))


def beginning(words: str, most: int) -> Words:
    """Return the first line of words, at most so many characters of it."""

    def begin(text: str) -> str:
        line = text.partition("\n")[0]
        return f"{line[:most]}…" if len(line) > most else line

    return changed(words, begin)


def first(words: object) -> Markup:
    """Return words in the first language alone, for what can't hold elements."""
    return Words(lambda: words).said(_languages.get()[0])


def beside(words: object, element: str, attributes: Markup) -> Markup:
    """Return an element with words in it, or one for each language where they differ."""
    said = Words(lambda: words).in_each()
    if len(set(said.values())) == 1:
        return _ELEMENT.format(element, attributes, first(words), element)
    return _beside(said, element, attributes)


def switched(name: str, words: object) -> Markup:
    """Return an attribute with what it is in the other languages, for the style or the script.

    The name `text` stands for what is in the element, and `data-NAME-LANGUAGE` for the others.
    """
    said = Words(lambda: words).in_each()
    here = Markup("") if name == "text" else Markup(f'{name}="{{}}"').format(first(words))
    if len(set(said.values())) == 1:
        return here
    bare = name.removeprefix("data-")
    others = (
        Markup(f'data-{bare}-{html_tag(language).lower()}="{{}}"').format(text)
        for language, text in said.items()
    )
    return Markup(" ").join((here, *others))


def language_style(languages: Sequence[str]) -> str:
    """Return the rules that show the words of the chosen language, and of no other."""
    tags = [html_tag(language) for language in languages]
    rules = [f':root {{ --comma: "{_in_style(_COMMA.said(languages[0]))}"; }}']
    for language, tag in zip(languages, tags, strict=True):
        if len(languages) > 1:
            chosen = f":root:has(#in-{tag}:checked)"
            rules += [
                f'{chosen} {{ --comma: "{_in_style(_COMMA.said(language))}"; }}',
                f'{chosen} {_WORDS}:not([lang="{tag}"]) {{ display: none; }}',
                f"@media (max-width: 40rem) {{ {chosen} .stacked"
                f" td[data-head-{tag.lower()}]:not(:empty)::before"
                f' {{ content: attr(data-head-{tag.lower()}) " "; }} }}',
            ]
    if len(languages) > 1:  # a browser that knows no :has shows the first language alone
        rules.append(
            f'@supports not selector(:has(a)) {{ {_WORDS}:not([lang="{tags[0]}"]), .languages'
            " { display: none; } }"
        )
    return "\n".join((*rules, ""))


def _in_style(text: str) -> str:
    """Return text as a string of a style sheet has it."""
    return "".join(each if each.isalnum() else f"\\{ord(each):x} " for each in text)


def _filled(text: str, fields: dict[str, object]) -> Markup:
    return Markup.escape(text).format(
        **{
            name: value if isinstance(value, (int, float)) else _written(value)
            for name, value in fields.items()
        }
    )


def _written(value: object) -> Markup:
    """Return a value in the language that is read now."""
    if isinstance(value, Words):
        return value.said(current_language())
    return value if isinstance(value, Markup) else Markup.escape(shown(translated(value)))


def _beside(
    said: Mapping[str, Markup], element: str = "span", attributes: Markup = _NONE
) -> Markup:
    # put together by hand: `Markup.format` takes ten times as long, and pages are full of this
    name, rest = escape(element), escape(attributes)
    return Markup(
        "".join(
            f'<{name} lang="{escape(html_tag(language))}"{rest}>{escape(text)}</{name}>'
            for language, text in said.items()
        )
    )
