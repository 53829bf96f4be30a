"""The options of `bpgrade batch` that choose a cluster, and the executor that they lead to."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.language import translated

if TYPE_CHECKING:
    from grader.batch.executor import BatchJob, Executor
    from grader.cluster.address import Cluster
    from grader.course import Course

_FILE = click.Path(path_type=Path)
_TLS = ("tls_ca_file", "tls_cert", "tls_key")
_NAMES = ("scheduler", "local_cluster", *_TLS, "worker_wait")
_MAX_WAIT_SECONDS = 604_800.0
_OPTIONS = (
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Grade on the dask cluster of this scheduler, tcp://HOST:PORT or tls://HOST:PORT.",
    ),
    click.option(
        "--local-cluster",
        metavar="N",
        type=click.IntRange(1, 256),
        help="Grade on a dask cluster of N workers on this machine, to try one out.",
    ),
    click.option("--tls-ca-file", metavar="PEM", type=_FILE, help="As `dask scheduler` has it."),
    click.option("--tls-cert", metavar="PEM", type=_FILE, help="This machine's certificate."),
    click.option("--tls-key", metavar="PEM", type=_FILE, help="Its private key."),
    click.option(
        "--worker-wait",
        metavar="SECONDS",
        type=click.FloatRange(0.0, _MAX_WAIT_SECONDS),
        default=300.0,
        show_default=True,
        help="How long to wait while the cluster has no worker.",
    ),
)


def cluster_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command these options; it gets what they say as one argument `cluster`."""

    @functools.wraps(command)  # takes along the options that it has already
    def with_cluster(**values: Any) -> int:
        given = {name: values.pop(name) for name in _NAMES}
        return command(cluster=_cluster(given, values["workers"]), **values)

    wrapped: Callable[..., int] = with_cluster
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _cluster(given: dict[str, Any], workers: int | None) -> Cluster | None:
    files = {f"--{name.replace('_', '-')}": given[name] for name in _TLS}
    if given["scheduler"] is None and given["local_cluster"] is None:
        for option, path in files.items():
            if path is not None:
                raise UsageError(
                    _("{option} goes with --scheduler", option=option),
                    _("say which: tls://HOST:PORT"),
                )
        return None
    if workers is not None:
        raise UsageError(
            _("--workers is for grading on this machine without a cluster"),
            _("leave it out: each thread of a dask worker grades one submission at a time"),
        )
    from grader.cluster.address import cluster_of

    return cluster_of(given["scheduler"], given["local_cluster"], files, given["worker_wait"])


def choose_executor(
    course: Course, job: BatchJob, cluster: Cluster | None, workers: int | None, most: int
) -> Executor:
    """Return where to grade: on a cluster if there is one, else on this machine.

    `most` is how many grading processes could have something to do here.
    """
    if cluster:
        from grader.cluster.dask_executor import ClusterPool

        return ClusterPool(course, job, cluster, _notice)
    from grader.batch.pool import LocalPool, stuck_seconds, usable_cores

    cores = len(usable_cores()) or os.cpu_count() or 1
    return LocalPool(course, job, min(workers or cores, most), stuck_seconds(course))


def _notice(text: str) -> None:
    click.echo(f"bpgrade: {translated(text)}", err=True)
