"""The option that chooses the language, and commands whose help is in it."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
from typing import Any, Final

import click

from grader.cli.click_errors import with_type_in_words
from grader.cli.help_format import Context
from grader.errors import no_such_language
from grader.language import PSEUDO, choose, current_language, find_language
from grader.language import gettext as _
from grader.language.catalogue import OWN_FOLDER
from grader.language.reader import VARIABLE

_CLICK: Final = "click"


def use_language(name: str = "") -> None:
    """Show everything from here on in the language that was asked for, or in the reader's.

    Raises
    ------
    UsageError
        There is no such language.
    """
    asked = name or os.environ.get(VARIABLE, "")
    language = find_language(asked) if asked else current_language()
    if language is None:
        raise no_such_language(asked)
    choose(language)
    _show_clicks_own_words_in(language)


def _asked_for(_context: object, _parameter: object, name: str | None) -> None:
    if name:
        use_language(name)


LANG: Final = click.option(
    "--lang",
    metavar="TAG",
    expose_value=False,
    is_eager=True,
    callback=_asked_for,
    help="Language of everything that is shown, such as en or zh."
    "  [default: BPGRADE_LANG, or the locale]",
)


def localised(command: click.Command) -> click.Command:
    """Return a copy of a command whose help is in the reader's language."""
    shown = copy.copy(command)
    shown.help = _said(command.help)
    shown.short_help = _said(command.short_help)
    shown.epilog = _said(command.epilog)
    shown.context_class = Context
    shown.params = [_parameter(each) for each in command.params]
    if isinstance(shown, click.Group):
        shown.commands = {name: localised(each) for name, each in shown.commands.items()}
    return shown


def help_texts(command: click.Command) -> list[str]:
    """Return the texts that `localised` translates, as the catalogue has them."""
    texts = [command.help, command.short_help, command.epilog]
    texts += [each.help for each in command.params if isinstance(each, click.Option)]
    found = [inspect.cleandoc(text) for text in texts if text]
    if isinstance(command, click.Group):
        for each in command.commands.values():
            found += help_texts(each)
    return found


def _parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    shown: Any = copy.copy(parameter)
    shown.help = _said(parameter.help)
    with_type_in_words(shown)
    return parameter if shown.help is None else shown


def _said(text: str | None) -> str | None:
    return _(inspect.cleandoc(text)) if text else text


def _show_clicks_own_words_in(language: str) -> None:
    """Give click's own messages, which it looks up in the process's text domain, our catalogue."""
    os.environ["LANGUAGE"] = "en" if language == PSEUDO else language
    gettext.bindtextdomain(_CLICK, str(OWN_FOLDER))
    gettext.textdomain(_CLICK)
