"""The group `bpgrade`: finds commands lazily and turns errors into one clear line."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from grader import __version__
from grader.cli import machine_errors
from grader.cli.click_errors import in_the_readers_language
from grader.cli.help_format import Context
from grader.cli.language_option import LANG, localised, use_language
from grader.cli.streams import make_streams_last
from grader.errors import BpgradeError, UsageError
from grader.language import current_language, gettext, joined, reading, translated
from grader.language import gettext_lazy as _

# in the order in which a user meets them
_COMMANDS = {
    "init": _("Get the exercises, ready to fill in."),
    "show": _("Read an exercise's task."),
    "check": _("Grade your files now."),
    "submit": _("Hand your files in to your course's server."),
    "batch": _("Grade a whole class, from a folder or a platform's download."),
    "decide": _("Change a grade, extend a deadline, excuse, withhold."),
    "report": _("Write the pages of a batch: the class, and each student."),
    "export": _("Put the grades of a batch into a gradebook."),
    "diff": _("See what a regrade or a changed check did to whose grade."),
    "package": _("Make an autograder for a learning platform."),
    "selftest": _("Try an autograder's package before uploading it."),
    "autograde": _("Grade inside a learning platform."),
    "serve": _("Let students hand in through a browser."),
    "trust": _("Let the code of a course run here."),
    "author": _("Write a course of your own."),
    "doctor": _("See what holds on this machine."),
}


class _Commands(click.Group):
    """Imports a command's module when the command is called or asked for help."""

    context_class = Context

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"grader.cli.{name}").command
        return localised(command)

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, or say which one may be meant."""
        name = arguments[0]
        if name not in _COMMANDS and name[:1] != "-" and not context.resilient_parsing:
            from grader.course.naming import nearest

            guess = nearest(name, list(_COMMANDS))
            there = _("There are: {commands}", commands=joined(*_COMMANDS, separator=_(", ")))
            raise UsageError(
                _("no such command: {name}", name=name),
                joined(_("did you mean {guess}? ", guess=guess), there) if guess else there,
            )
        return super().resolve_command(context, arguments)

    def get_help_option(self, context: click.Context) -> click.Option | None:
        """Return the option, which click makes before the language is chosen, with its help."""
        option = super().get_help_option(context)
        if option is not None:
            option.help = gettext("Show this message and exit.")
        return option

    def format_help(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the reader's language."""
        click.Group.format_help(localised(self), context, formatter)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, translated(text)) for name, text in _COMMANDS.items()])


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: bpgrade init my-course && bpgrade check my-course/exercise1.py",
)
@click.version_option(__version__, prog_name="bpgrade")
@LANG
def bpgrade() -> None:
    """Grade exercises: safe, sub-second, and it names the mistake."""


def run(arguments: list[str] | None) -> int:
    """Run the command, by default with the arguments of this process; return the exit code."""
    make_streams_last()
    with reading(current_language()):
        return _run_in_the_readers_language(arguments)


def _run_in_the_readers_language(arguments: list[str] | None) -> int:
    try:
        use_language()
        code: Any = bpgrade.main(arguments, prog_name="bpgrade", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        in_the_readers_language(error).show()
        return error.exit_code
    except BpgradeError as error:
        report(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(gettext("bpgrade: stopped"), err=True)
        return 130
    except machine_errors.KINDS as error:
        known = machine_errors.in_words(error)
        if known is None:
            raise
        if isinstance(error, OSError):
            sys.stdout = None  # what is left to write could not be written at exit either
        report(known)
        return known.exit_code


def report(error: BpgradeError) -> None:
    """Write an error and its remedy to standard error."""
    click.echo(f"bpgrade: {translated(error.message)}", err=True)
    if error.remedy:
        click.echo(f"  -> {translated(error.remedy)}", err=True)
