"""Where the cluster is, as the user said; checked before anything is started."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from grader.errors import UsageError, reason_of
from grader.extras import check_installed
from grader.language import gettext_lazy as _
from grader.language import listed
from grader.quick_dataclass import dataclass

_ADDRESS: Final = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%]+\]|[^\s/:@\[\]]+):([0-9]{1,5})/?")
_MAX_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster to grade on.

    Attributes
    ----------
    scheduler : str
        Its scheduler's address; empty for one of our own on this machine.
    workers : int
        How many workers one of our own has.
    certificates : tuple of Path
        The authority's certificate, our certificate and our key; empty where dask's own
        configuration has them, or they are not needed.
    wait_seconds : float
        For how long there may be no worker that can grade.
    """

    scheduler: str
    workers: int
    certificates: tuple[Path, ...]
    wait_seconds: float


def cluster_of(
    scheduler: str | None,
    workers: int | None,
    certificates: dict[str, Path | None],
    wait_seconds: float,
) -> Cluster:
    """Return the cluster that is meant.

    Parameters
    ----------
    scheduler : str or None
        tcp://HOST:PORT or tls://HOST:PORT.
    workers : int or None
        Of a cluster on this machine.
    certificates : dict
        The TLS files by their options' names: all of them, or none.
    wait_seconds : float

    Raises
    ------
    UsageError
        What was given cannot be right, or the extra is not installed.
    """
    check_installed("cluster", _("grading on a cluster"))
    if scheduler and workers:
        raise UsageError(
            _("--scheduler and --local-cluster cannot be used together"),
            _("give the first for a cluster that exists, the second to start one on this machine"),
        )
    files = {option: path for option, path in certificates.items() if path is not None}
    if scheduler:
        _check_address(scheduler)
        _check_files(files, certificates)
        if files and not scheduler.startswith("tls://"):
            address = f"tls://{scheduler.partition('://')[2]}"
            raise UsageError(
                _("TLS files are given but {scheduler} is not encrypted", scheduler=scheduler),
                _("write {address}", address=address),
            )
    elif files:
        raise UsageError(
            _("{option} goes with --scheduler tls://HOST:PORT", option=next(iter(files))),
            _("leave it out: a cluster on this machine makes its own certificates"),
        )
    return Cluster(scheduler or "", workers or 0, tuple(files.values()), wait_seconds)


def _check_address(scheduler: str) -> None:
    found = _ADDRESS.fullmatch(scheduler)
    if not found or not 0 < int(found[3]) <= _MAX_PORT:
        raise UsageError(
            _("{address} is not the address of a dask scheduler", address=scheduler),
            _("write it as `dask scheduler` prints it: tcp://HOST:PORT or tls://HOST:PORT"),
        )


def _check_files(files: dict[str, Path], all_options: dict[str, Path | None]) -> None:
    missing = [option for option in all_options if option not in files]
    if files and missing:
        raise UsageError(
            _("TLS needs {options} too", options=listed(missing)),
            _("give all three, or configure dask"),
        )
    for option, path in files.items():
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as error:
            raise UsageError(
                _(
                    "{option} {path}: cannot be read: {reason}",
                    option=option,
                    path=path,
                    reason=reason_of(error),
                ),
                _("name the PEM file that dask uses"),
            ) from None
