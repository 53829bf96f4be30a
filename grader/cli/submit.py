"""`bpgrade submit FILE...`: hand files in to a server, and read their reports here."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import report
from grader.cli.result_output import exit_code, output_for
from grader.errors import BpgradeError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import listed, ngettext, translated
from grader.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.handing_in.answers import AttemptStatus
    from grader.handing_in.submitting import Accepted, Submitter
    from grader.result import Result

_STOPPED = 130


@click.command(
    "submit", epilog="Example: bpgrade submit exercise3.py --server https://grade.example.org"
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
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
@click.option("--allow-http", is_flag=True, help="Allow a --server address without encryption.")
@click.option(
    "--plain",
    is_flag=True,
    help="Words in place of bars, signs and colours, as for a screen reader."
    "  [default: where there is no terminal, or NO_COLOR is set]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document per file, one per line."
)
def command(
    files: tuple[Path, ...],
    server: str,
    course: str,
    exercise: str,
    allow_http: bool,
    plain: bool,
    as_json: bool,
) -> int:
    """Hand your files in to your course's server, and read the reports here.

    Each file is an attempt at the exercise that its name says. The files of its folder that it
    imports go with it.

    The first time, it shows a code: log in on the server with a browser and type it there. From
    then on, this computer may hand in for you; the server's page ends that.

    Exit code: 0 full marks, 1 points lost, a part to be graded by hand, or a result that is not
    shown yet, 2 a path or an option is wrong, 3 it could not be handed in or graded.
    """
    from grader.extras import check_installed

    several = [_File(path, len(files) > 1) for path in files]
    readable = [one for one in several if one.read()]
    if readable:
        check_installed("submit", lazy("handing in"))
        from grader.handing_in.submitting import Submitter

        with Submitter(_say, server, course, allow_http=allow_http) as submitter:
            _hand_in(readable, submitter, exercise)
            if not _wait(readable, output_for(as_json=as_json, plain=plain)):
                return _STOPPED
    if len(several) > 1:
        for one in several:
            click.echo(f"{one.path}: {one.outcome}", err=as_json)
    return max(one.code for one in several)


@dataclass(slots=True)
class _File:
    """A file to hand in: how far it is, what has become of it, and its exit code."""

    path: Path
    is_of_several: bool
    content: bytes = b""
    beside: frozenset[Path] = frozenset()
    accepted: Accepted | None = None
    outcome: str = ""
    code: int = 0

    def read(self) -> bool:
        """Return whether there is anything to hand in; say why not."""
        from grader.grading.submission import most_bytes, read_submission

        try:
            read_submission(self.path)
        except BpgradeError as error:
            report(error)
            self.leave(error)
            return False
        with self.path.open("rb") as file:
            self.content = file.read(most_bytes(self.path.name))
        return True

    def hand_in(self, submitter: Submitter, exercise: str) -> None:
        """Hand it in, and say where to read of it."""
        from grader.handing_in.submitting import outgoing

        file = outgoing(self.path.name, self.content, self.path.parent, exercise)
        self.beside = frozenset(self.path.parent / path for path, _content in file.beside)
        self.accepted = submitter.hand_in(file)
        self.tell_where()

    def tell_where(self) -> None:
        """Say where to read of it, where it is handed in."""
        from grader.handing_in.submitting import where_to_read

        if self.accepted:
            name = self.path.name if self.is_of_several else ""
            _say(where_to_read(self.accepted.attempt, name))

    def wait(self, show: Callable[[Result], None]) -> None:
        """Wait for its result, where it is handed in, and show it."""
        from grader.handing_in.submitting import result_of
        from grader.report.arrangement import score_text

        if self.accepted is None:
            return
        with _progress() as shown:
            attempt, result = result_of(self.accepted, shown)
        if attempt.late:
            _say(self.named(attempt.late))
        if result is None:
            _say(_("{file} was handed in; its result is not shown yet", file=self.path.name))
            self.outcome, self.code = _("handed in, its result is not shown yet"), 1
            return
        show(result)
        self.outcome = translated(score_text(result.score, result.max_score))
        if result.status == "ungraded":
            self.outcome = _("handed in, but the grader failed")
        self.code = exit_code(result)

    def leave(self, error: BpgradeError) -> None:
        """Leave it as far as it is, after an error that was told."""
        self.outcome = _("not handed in")
        if self.accepted is not None:
            self.outcome = _("handed in, its result is not known here")
        self.code = error.exit_code

    def named(self, text: str) -> str:
        """Return what is said of it, with its name where there are others."""
        return f"{self.path.name}: {translated(text)}" if self.is_of_several else text


def _hand_in(files: Sequence[_File], submitter: Submitter, exercise: str) -> None:
    """Hand files in, each as if it came alone; none any more once the server can't be used."""
    from grader.handing_in.server_failures import FileRefusedError
    from grader.handing_in.submitting import WhichExerciseError

    unnamed: list[tuple[_File, WhichExerciseError]] = []
    for number, one in enumerate(files):
        try:
            one.hand_in(submitter, exercise)
        except WhichExerciseError as error:
            unnamed.append((one, error))
        except FileRefusedError as error:
            error.message = one.named(error.message)
            report(error)
            one.leave(error)
        except BpgradeError as error:
            report(error)
            for each in files[number:]:
                each.leave(error)
            break
    for one, problem in unnamed:
        _account_for(one, problem, files)


def _account_for(one: _File, error: BpgradeError, files: Sequence[_File]) -> None:
    """Say what has become of a file that is named after no exercise: it went with others or not."""
    with_others = [each.path.name for each in files if each.accepted and one.path in each.beside]
    if with_others:
        one.outcome = _("handed in with {files}", files=listed(with_others))
    else:
        report(error)
        one.leave(error)


def _wait(files: Sequence[_File], show: Callable[[Result], None]) -> bool:
    """Wait for the results of files, and show them; False where whoever waits has stopped it."""
    for number, one in enumerate(files):
        try:
            one.wait(show)
        except KeyboardInterrupt:
            for each in files[number:]:
                each.tell_where()
            return False
        except BpgradeError as error:
            report(error)
            for each in files[number:]:
                if each.accepted is not None:
                    each.leave(error)
            return True
    return True


@contextmanager
def _progress() -> Iterator[Callable[[AttemptStatus], None]]:
    """Give what shows how far an attempt is, in one line that changes where there is a terminal."""
    if not sys.stderr.isatty():
        yield _said_once()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    with console.status(Text(_("being checked"))) as status:
        yield lambda attempt: status.update(Text(_waiting(attempt)))


def _said_once() -> Callable[[AttemptStatus], None]:
    """Return what shows of an attempt only that it may wait for long, once."""
    told: list[int] = []

    def shown(attempt: AttemptStatus) -> None:
        if attempt.stalled and not told:
            told.append(attempt.number)
            _say(_waiting(attempt))

    return shown


def _waiting(attempt: AttemptStatus) -> str:
    if attempt.stalled:
        return _("the server has it, but is checking nothing at the moment: Ctrl-C, and look later")
    if not attempt.before:
        return _("being checked")
    minutes = round(attempt.seconds / 60)
    before = ngettext(
        "{count} submission is ahead of it", "{count} submissions are ahead of it", attempt.before
    ).format(count=attempt.before)
    if not minutes:
        return before
    told = ngettext("about {count} minute", "about {count} minutes", minutes)
    return _("{before}, {minutes}", before=before, minutes=told.format(count=minutes))


def _say(line: str) -> None:
    click.echo(f"bpgrade: {translated(line)}", err=True)
