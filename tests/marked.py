"""What is shown in the made-up language, taken apart: the words that no message has marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any, Final

_BEGIN, _END = "⟦⟧"
_SKIPPED: Final = {"script", "style", "code", "bdi"}
_SKIPPED_CLASSES: Final = {"printed", "answer", "listing", "part-line", "person", "languages"}
_TOLD: Final = {"aria-label", "alt", "title", "placeholder", "data-head"}
TOLD: Final = {"title", "message", "feedback", "cause", "hint", "note", "remark", "warnings"}
_VOID: Final = {"input", "img", "meta", "br", "hr", "link", "rect", "path", "use"}
_CODE: Final = re.compile(r"[^\w'’-]|[\d_]")
_PYTHONS_OWN: Final = re.compile(
    r"\b\w*(Error|Exit|Interrupt|Exception)\b(: [^\n]*)?|\S+, line \d+(, in \S+)?"
)
_AROUND: Final = "“”‘’\"'`.,;:!?()[]{}<>|│┃·•…✓✗○↕─━-–*#→="


def outside(text: str) -> str:
    """Return what stands outside of all marks, each piece in a line."""
    return re.sub(f"{_BEGIN}[^{_BEGIN}{_END}]*{_END}?", "\n", text)


def unmarked(text: str, names: set[str], quoted: Iterable[str] = ()) -> list[str]:
    """Return the lines with words outside of marks that are no names, numbers, paths or code.

    `quoted` are texts that others wrote: lines of their code, what they printed. What Python itself
    says, an exception's text and where it was raised, is in its own language.
    """
    left = outside(text)
    for each in sorted(quoted, key=len, reverse=True):
        left = left.replace(each, "\n")
    left = _PYTHONS_OWN.sub("\n", left)
    found = []
    for line in left.split("\n"):
        if any(_is_word(token, names) for token in line.split()):
            found.append(line.strip())
    return found


def _is_word(token: str, names: set[str]) -> bool:
    word = token.strip(_AROUND)
    code = token.startswith(("-", "`")) or _CODE.search(word)
    known = {word, f"{word[:1].lower()}{word[1:]}"} & names  # a name may begin a sentence
    return not code and len(word) > 1 and not word.isupper() and not known


def of_a_page(text: str) -> str:
    """Return what a page says in the made-up language: its text, and what its attributes tell."""
    return "\n".join(_Told(text).found)


def of_a_document(text: str) -> str:
    """Return what a document says: a page or XML its texts, JSON the strings that are no keys.

    A document of lines may have JSON in some of them.
    """
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        if text.lstrip().startswith("<"):
            return of_a_page(text)
    lines = text.split("\n")
    return text if len(lines) == 1 else "\n".join(map(of_a_document, lines))


def told_texts(document: Any) -> Iterator[str]:
    """Yield the texts of a result document that are told to people."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name in TOLD and isinstance(value, (str, list)):
                yield from (text for text in _strings(value) if text)
            else:
                yield from told_texts(value)
    elif isinstance(document, list):
        for each in document:
            yield from told_texts(each)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield of_a_page(value) if "</" in value else value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


class _Told(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)
        self.close()

    def _hidden(self) -> bool:
        return any(hidden for _, hidden in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        other = tag != "html" and own.get("lang", "en-XA") != "en-XA"
        classes = set((own.get("class") or "").split())
        hidden = other or tag in _SKIPPED or bool(classes & _SKIPPED_CLASSES)
        if not hidden and not self._hidden():
            self.found += [own[name] or "" for name in _TOLD & own.keys()]
        if tag not in _VOID:
            self._open.append((tag, hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden():
            self.found.append(data)
