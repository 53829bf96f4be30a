"""Catalogues of messages: which texts they should hold, what is missing, and the compiled form.

A catalogue is a .po file, which translators edit, and the .mo file that gettext reads. Reading and
writing both is Babel's work.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.errors import UsageError
from grader.language import gettext_lazy as _

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

Text = str | tuple[str, str]
"""A message, or its forms for one and for many."""

_HEADER: Final = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""
_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)  # the same files each time
_ENDING: Final = "s"  # the ending of an English verb, which other languages do without


def updated(path: Path, language: str, texts: Iterable[Text]) -> Catalog:
    """Return a catalogue with these texts and the translations that its file has.

    Raises
    ------
    UsageError
        Babel is not installed, knows no such language, or cannot read the file.
    """
    new = _new(language)
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import PoFileError, read_po

    try:
        old = read_po(BytesIO(path.read_bytes())) if path.is_file() else Catalog()
    except (PoFileError, UnicodeError) as error:
        raise UsageError(
            _("{path} is no catalogue: {reason}", path=path, reason=error), _("mend the file")
        ) from None
    for text in texts:
        known: Any = old.get(text)
        empty = "" if isinstance(text, str) else ("",) * new.num_plurals
        new.add(text, known.string if known else empty)
    return new


def _new(language: str) -> Catalog:
    """Return a catalogue of a language with nothing in it."""
    try:
        from babel import UnknownLocaleError
        from babel.messages.catalog import Catalog
    except ImportError:
        raise UsageError(
            _("catalogues of translations need Babel"), _("pip install 'bpgrade[translate]'")
        ) from None
    try:
        return Catalog(locale=language, creation_date=_DATE, revision_date=_DATE, fuzzy=False)
    except (UnknownLocaleError, ValueError):
        raise UsageError(
            _("no such language: {name}", name=language),
            _("use a tag such as fr, de or pt_BR"),
        ) from None


def problems(catalogue: Catalog) -> Iterator[str]:
    """Yield what is missing in a catalogue, or filled in otherwise."""
    for message in catalogue:
        if not message.id:
            continue
        forms = (message.id,) if isinstance(message.id, str) else message.id
        said = (message.string,) if isinstance(message.string, str) else message.string
        if not said or not all(said):
            yield f"no translation: {forms[0]}"
        elif any(_fields(forms[-1]) - {_ENDING} != _fields(one) for one in said):
            yield f"other fields: {said[0]}"


def as_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that translators edit."""
    from babel.messages.pofile import write_po

    stream = BytesIO()
    write_po(stream, catalogue, width=0, omit_header=True)
    header = _HEADER.format(language=catalogue.locale, plural_forms=catalogue.plural_forms)
    return header.encode() + stream.getvalue()


def as_mo(catalogues: Iterable[Catalog]) -> bytes:
    """Return catalogues together as gettext reads them."""
    from babel.messages.mofile import write_mo

    whole: Catalog | None = None
    for catalogue in catalogues:
        if whole is None:
            whole = _new(str(catalogue.locale))
        for message in catalogue:
            if message.id and message.string and any(message.string):
                whole.add(message.id, message.string)
    stream = BytesIO()
    if whole is not None:
        write_mo(stream, whole)
    return stream.getvalue()


def compiled(language: str, said: Mapping[str, str]) -> bytes:
    """Return translations by the texts that they are of, as gettext reads them.

    Raises
    ------
    UsageError
        Babel is not installed.
    """
    catalogue = _new(language)
    for text, other in said.items():
        catalogue.add(text, other)
    return as_mo([catalogue])


def _fields(text: str) -> set[str]:
    """Return the names of what is filled in; none where braces are not for that."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()
