"""What the machine is to blame for, in words: a full disk, a limit, a folder that is gone."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from grader.errors import DISK_IS_FULL, BpgradeError, UsageError
from grader.language import gettext_lazy as _

KINDS: Final = (OSError, MemoryError, RuntimeError)
"""The kinds of exceptions that it may raise."""
_LIMITS: Final = {
    errno.EMFILE: (_("no more files can be opened"), _("raise the limit of `ulimit -n`")),
    errno.ENFILE: (_("no more files can be opened"), _("end other programs")),
    errno.EAGAIN: (
        _("no more processes can be started"),
        _("end other programs, or raise the limit of `ulimit -u`"),
    ),
}
_NO_MEMORY: Final = (
    _("there is not enough memory"),
    _("end other programs, or raise the limit of `ulimit -v` if there is one"),
)


def in_words(error: BaseException) -> BpgradeError | None:
    """Return what is wrong with the machine; None for what may be our own mistake."""
    if isinstance(error, MemoryError):
        return BpgradeError(*_NO_MEMORY)
    if isinstance(error, RuntimeError):  # so says pathlib until Python 3.12
        return _circle(str(error)) if str(error).startswith("Symlink loop") else None
    assert isinstance(error, OSError)
    if error.errno in DISK_IS_FULL:
        return _full_disk(error.filename)
    if error.errno in _LIMITS:
        return BpgradeError(*_LIMITS[error.errno])
    if error.errno == errno.ENOMEM:
        return BpgradeError(*_NO_MEMORY)
    if error.errno == errno.ELOOP:
        return _circle(str(error.filename))
    import tempfile  # here, as it imports much

    try:
        Path.cwd()
    except FileNotFoundError:
        return UsageError(_("the current folder no longer exists"), _("change to another folder"))
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return BpgradeError(
            _("there is no folder in which temporary files can be written"),
            _("set TMPDIR to one, and raise the limit of `ulimit -f` if there is one"),
        )
    return None


def _full_disk(file: str | None) -> BpgradeError:
    remedy = _("free some space, then rerun the same command")
    if not file:
        return BpgradeError(_("the disk is full: not everything could be written"), remedy)
    text = _("the disk that holds {file} is full: not everything could be written", file=file)
    return BpgradeError(text, remedy)


def _circle(where: str) -> UsageError:
    return UsageError(
        _("symbolic links lead in a circle: {where}", where=where),
        _("give a path without them, or remove them"),
    )
