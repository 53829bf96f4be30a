"""What people read, in their language: English in the source, other languages by gettext.

Two ways to write a message, both named `_` where they are imported, both found by Babel:

- `gettext` gives the text in the reader's language, for code that shows it at once: commands,
  reports, pages;
- `gettext_lazy` gives a `Message`, which is the English text and can be said in any language later,
  for all that is kept, sent or raised first: results, feedback, errors.

`ngettext` and `ngettext_lazy` take a count and both forms. Values go into the `{fields}` of a
message by keyword, never by an f-string; what is itself a message is translated with it.
"""

from grader.language.catalogue import PSEUDO, languages_of
from grader.language.message import (
    Message,
    as_written,
    authored,
    clauses,
    enumerated,
    gettext,
    gettext_lazy,
    in_languages,
    joined,
    listed,
    ngettext,
    ngettext_lazy,
    recorded,
    sentences,
    shortened,
    translated,
    translations_of,
    unended,
)
from grader.language.reader import (
    choose,
    current_language,
    find_language,
    html_tag,
    languages,
    reading,
    told_in,
)

__all__ = [
    "PSEUDO",
    "Message",
    "as_written",
    "authored",
    "choose",
    "clauses",
    "current_language",
    "enumerated",
    "find_language",
    "gettext",
    "gettext_lazy",
    "html_tag",
    "in_languages",
    "joined",
    "languages",
    "languages_of",
    "listed",
    "ngettext",
    "ngettext_lazy",
    "reading",
    "recorded",
    "sentences",
    "shortened",
    "told_in",
    "translated",
    "translations_of",
    "unended",
]
