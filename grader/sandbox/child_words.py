"""What a submission's process says in sentences, as messages: it sends English, known by its form.

That process has no catalogues. Its words are held against the forms that they have, and what fills
these is recognised in turn; other words stay as they are.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import cache
from typing import Final

from grader.language import Message, joined, listed
from grader.language import gettext_lazy as _

_Forms = tuple[Message, ...]
_NAMES: Final = re.compile(", | and ")
_DEEPEST: Final = 8
_LONGEST: Final = 1_000
_SEPARATOR: Final = _("; ")
# values that may not be passed, and what to do about it: see child/encoding.py, written_files.py
_VALUES: Final = (
    _("a generator"),
    _("a coroutine (the function is `async def`; make it a plain `def`)"),
    _("a `{name}` object"),
    _("a `{name}`"),
    _("a function"),
    _("a method"),
    _("a Decimal"),
    _("a Fraction"),
    _("an array with masked entries"),
    _("return a list or an array"),
    _("return {code}"),
    _("call it and return its value"),
    _("return a plain array"),
    _("raise NotImplementedError or return numbers"),
    _("an object of type {name}"),
    _("the class {name}"),
    _("a value of {bytes} bytes"),
    _("at most {bytes} may be passed"),
    _("a value with more than {count} parts"),
    _("return an array instead"),
    _("return fewer"),
    _("a value nested more than {count} levels deep (or one that contains itself)"),
    _("a {type} of {count} items"),
    _("a set"),
    _("a set of {count} elements"),
    _("a set that holds {what}"),
    _("a table in a cell of a table"),
    _("an array of {dtype}, not of numbers"),
    _("an array of shape {shape}, {bytes} bytes"),
    _("an array of {count} dimensions"),
    _("an array of Python objects (dtype=object)"),
    _("an array of Python objects (dtype=object) that holds {what}"),
    _("its rows may have different lengths"),
    _("a sparse matrix of shape {shape}"),
    _("return its `.toarray()`, or a part of it"),
    _("an integer of about {count} bits"),
    _("a text of {count} characters"),
    _("a text with characters that are not Unicode"),
    _("a random generator other than np.random.default_rng(...)"),
    _("one object more than the {count} of a check"),
    _("a table whose column {name} holds {what}"),
    _("a table holds {what}"),
    _("a dict whose keys are not all strings"),
    _("a figure of {count} charts"),
    _("a figure with {count} things drawn in it"),
    _("a figure with {count} points in a line"),
    _("at most {count} are looked at"),
    _("a chart of {count} bars"),
    _("a table that calls a row, a column or a category by a {type}"),
    _("an index of {count} levels"),
    _("values of dtype {dtype}"),
    _("make them plain with `{code}`"),
    _("the time zone {name}"),
    _("a time of day with a time zone"),
    _("periods of {name}"),
    _("a table of {count} columns"),
    _("a table of {count} rows"),
    _("a column of {count} texts"),
    _("at most {count} cross"),
    _("a link"),
    _("not a file"),
)
# of imports, of what Python cannot read, of how a submission ends itself: see child/source
_ERRORS: Final = (
    _("{error}: Python {version} graded this"),
    _("{error}: this course offers the standard library only"),
    _("{error}: this course offers {names}"),
    _("{error}: it was not handed in with {file}; hand it in too, or copy {wanted} into it"),
    _("{error}: only {file} is here; copy {wanted} into it"),
    _("This is a web page, no program: save the code itself, as plain text."),
    _(
        "Line {line} is a mark of a conflict that git could not resolve (`{mark}`): keep one of the"
        " versions, and delete the lines with the marks."
    ),
    _("Line {line} is a mark of Markdown (`{mark}`): delete it, and what is no code around it."),
    _("Line {line} begins an error message that was pasted: delete it."),
    _(
        "Line {line} has a prompt (`{mark}`) that was pasted from a console: delete the prompts,"
        " and the answers below them."
    ),
    _("This is text, no program: keep only the code in this file."),
    _("In line {line}, character {place} stands `{character}` ({name}), which {origin}: {remedy}."),
    _("In line {line}, character {place} stands ({name}), which {origin}: {remedy}."),
    _("Python {own} graded this, and {what} needs Python {needed}."),
    _("The indentation mixes tabs and spaces: use four spaces for each level, everywhere."),
    _("it exited with code {code}, as os._exit() does"),
    _("the program aborted itself"),
    _("input() is answered once here, and was called once more"),
    _("input() is answered {count} times here, and was called once more"),
    _("input() is not answered here, and was called once more"),
    _("{path} was not handed in"),
    # in a stub; see course/stubs.py
    _("{function}: put your own code here"),
)
# what fills the forms of errors
_PARTS: Final = (
    _("what you use of {module}"),
    _("type {character} instead"),
    _("{remedy}; likewise {characters}"),
    _("type a plain space instead"),
    _("Chinese keyboards type"),
    _("editors and web pages put there"),
    _("full-width characters"),
    _("fullwidth low line"),
    _("fullwidth dollar sign"),
    _("it cannot be seen; delete it, or type the line anew"),
    _("a t-string"),
    _("`except` without brackets"),
    _("a default of a type"),
    _("a `type` statement"),
    _("type parameters"),
    _("such a quote in an f-string"),
    _("left double quotation mark"),
    _("right double quotation mark"),
    _("left single quotation mark"),
    _("right single quotation mark"),
    _("fullwidth quotation mark"),
    _("fullwidth apostrophe"),
    _("en dash"),
    _("em dash"),
    _("minus sign"),
    _("fullwidth hyphen-minus"),
    _("multiplication sign"),
    _("division sign"),
    _("middle dot"),
    _("fullwidth asterisk"),
    _("fullwidth solidus"),
    _("fullwidth comma"),
    _("ideographic comma"),
    _("fullwidth colon"),
    _("fullwidth semicolon"),
    _("ideographic full stop"),
    _("fullwidth full stop"),
    _("horizontal ellipsis"),
    _("fullwidth left parenthesis"),
    _("fullwidth right parenthesis"),
    _("fullwidth left square bracket"),
    _("fullwidth right square bracket"),
    _("left black lenticular bracket"),
    _("right black lenticular bracket"),
    _("left double angle bracket"),
    _("right double angle bracket"),
    _("left corner bracket"),
    _("right corner bracket"),
    _("fullwidth left curly bracket"),
    _("fullwidth right curly bracket"),
    _("fullwidth equals sign"),
    _("fullwidth plus sign"),
    _("fullwidth less-than sign"),
    _("fullwidth greater-than sign"),
    _("less-than or equal to"),
    _("greater-than or equal to"),
    _("not equal to"),
    _("fullwidth number sign"),
    _("fullwidth percent sign"),
    _("fullwidth exclamation mark"),
    _("fullwidth question mark"),
    _("no-break space"),
    _("ideographic space"),
    _("zero width space"),
    _("zero width no-break space"),
)


def value_in_words(text: str) -> str:
    """Return what the process calls a value, an object or a file as a message."""
    return _recognised(text, _VALUES, _VALUES)


def error_in_words(text: str) -> str:
    """Return the text of an exception as a message, where its process has written it."""
    return _recognised(text, _ERRORS, _PARTS)


def traceback_in_words(text: str) -> str:
    """Return an exception, below the lines that led to it, its last line as a message."""
    above, between, last = text.rpartition("\n")
    kind, colon, said = last.partition(": ")
    if colon and kind.isidentifier():
        above, between, last = above + between, f"{kind}: ", said
    known = error_in_words(last)
    return joined(above + between, known) if isinstance(known, Message) else text


def _recognised(text: str, forms: _Forms, parts: _Forms, depth: int = 0) -> str:
    if depth > _DEEPEST or len(text) > _LONGEST:
        return text
    for form, pattern in _likely(text, forms):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        fields = {
            name: listed(_NAMES.split(part))
            if name == "names"
            else _recognised(part, parts, parts, depth + 1)
            for name, part in found.groupdict().items()
        }
        message = form.format(**fields) if fields else form
        if message == text:
            return message
    first, separator, rest = text.partition("; ")
    if not separator:
        return text
    both = [_recognised(each, forms, parts, depth + 1) for each in (first, rest)]
    known = any(isinstance(each, Message) for each in both)
    return joined(*both, separator=_SEPARATOR) if known else text


def _likely(text: str, forms: _Forms) -> Iterator[tuple[Message, re.Pattern[str]]]:
    for begin, end, form in _by_ends(forms):
        if text.startswith(begin) and text.endswith(end):
            yield form, _pattern(form)


@cache
def _by_ends(forms: _Forms) -> tuple[tuple[str, str, Message], ...]:
    """Return each form with what it begins and ends with, those without fields first."""
    found = []
    for form in sorted(forms, key=lambda form: "{" in form):
        parts = list(string.Formatter().parse(form))
        end = parts[-1][0] if parts[-1][1] is None else ""
        found.append((parts[0][0], end, form))
    return tuple(found)


@cache
def _pattern(form: Message) -> re.Pattern[str]:
    parts = [
        re.escape(text) + (f"(?P<{name}>[^\n]+?)" if name else "")
        for text, name, *_rest in string.Formatter().parse(form)
    ]
    return re.compile("".join(parts))
