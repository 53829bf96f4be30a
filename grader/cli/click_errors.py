"""What click says of a wrong call, where it puts its sentences together itself."""

from __future__ import annotations

import copy
from typing import Any, Final

import click

from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import sentences, translated

_NUMBERS: Final = {
    "integer": lazy("integer"),
    "integer range": lazy("integer range"),
    "float": lazy("float"),
    "float range": lazy("float range"),
}


def in_the_readers_language(error: click.ClickException) -> click.ClickException:
    """Return an error, which says the same with the stops of the reader's language."""
    text = error.format_message()
    if isinstance(error, click.MissingParameter):
        text = _("{sentence}.", sentence=text.removesuffix("."))
    elif isinstance(error, click.NoSuchOption) and error.possibilities:
        text = translated(sentences([error.message, text.removeprefix(f"{error.message} ")]))
    shown: Any = error  # a copy cannot be made of each
    shown.format_message = lambda: text
    return error


def with_type_in_words(option: Any) -> None:
    """Give an option for numbers a type whose name is in the reader's language."""
    name = _NUMBERS.get(option.type.name)
    if name is not None:
        option.metavar = option.metavar or option.type.name.upper()
        option.type = copy.copy(option.type)
        option.type.name = translated(name)
