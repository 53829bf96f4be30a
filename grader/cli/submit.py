"""`bpgrade submit FILE`: hand a file in to a server, and read its report here."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.result_output import exit_code, output_for
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import ngettext, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.handing_in.answers import AttemptStatus
    from grader.handing_in.submitting import Accepted

_STOPPED = 130


@click.command(
    "submit", epilog="Example: bpgrade submit exercise3.py --server https://grade.example.org"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--server",
    metavar="URL",
    default="",
    help="The server's address.  [default: the one that this folder was handed in to last]",
)
@click.option(
    "--course",
    metavar="NAME",
    default="",
    help="The course on the server, where you have several; remembered as the address is.",
)
@click.option(
    "--exercise", metavar="NAME", default="", help="The exercise, if the file name does not say."
)
@click.option(
    "--allow-http", is_flag=True, help="Let the server be asked without encryption by --server."
)
@click.option(
    "--plain",
    is_flag=True,
    help="Words in place of bars, signs and colours, as for a screen reader."
    "  [default: where there is no terminal, or NO_COLOR is set]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as a JSON document.")
def command(
    file: Path,
    server: str,
    course: str,
    exercise: str,
    allow_http: bool,
    plain: bool,
    as_json: bool,
) -> int:
    """Hand your file in to your course's server, and read the report here.

    The first time, it shows a code: log in on the server with a browser and type it there. From
    then on, this computer may hand in for you; the server's page ends that.

    Exit code: 0 full marks, 1 points lost, a part to be graded by hand, or a result that is not
    shown yet, 2 a path or an option is wrong, 3 it could not be handed in or graded.
    """
    from grader.extras import check_installed
    from grader.grading.submission import read_submission

    read_submission(file)  # says what is wrong with a file that is none
    check_installed("submit", lazy("handing in"))
    from grader.handing_in import submitting

    outgoing = submitting.Outgoing(
        name=file.name,
        content=file.read_bytes(),
        folder=file.parent,
        exercise=exercise,
        server=server,
        course=course,
        allow_http=allow_http,
    )
    accepted = submitting.hand_in(outgoing, _say)
    try:
        with _progress(accepted) as shown:
            attempt, result = submitting.result_of(accepted, shown)
    except KeyboardInterrupt:
        _say(submitting.where_to_read(accepted.attempt))
        return _STOPPED
    if attempt.late:
        _say(attempt.late)
    if result is None:
        _say(_("{file} is handed in; its result is not shown yet", file=file.name))
        return 1
    output_for(as_json=as_json, plain=plain)(result)
    return exit_code(result)


@contextmanager
def _progress(accepted: Accepted) -> Iterator[Callable[[AttemptStatus], None]]:
    """Give what shows how far an attempt is, in one line that changes where there is a terminal."""
    from grader.handing_in.submitting import where_to_read

    _say(where_to_read(accepted.attempt))
    if not sys.stderr.isatty():
        yield lambda _attempt: None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    with console.status(Text(_("being checked"))) as status:
        yield lambda attempt: status.update(Text(_waiting(attempt)))


def _waiting(attempt: AttemptStatus) -> str:
    if not attempt.before:
        return _("being checked")
    minutes = round(attempt.seconds / 60)
    before = ngettext(
        "{count} submission is before it", "{count} submissions are before it", attempt.before
    ).format(count=attempt.before)
    if not minutes:
        return before
    told = ngettext("about {count} minute", "about {count} minutes", minutes)
    return _("{before}, {minutes}", before=before, minutes=told.format(count=minutes))


def _say(line: str) -> None:
    click.echo(f"bpgrade: {translated(line)}", err=True)
