"""What is told of a cluster: of workers that are refused or do not come, and of its loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.cluster.connection import ClusterError
from grader.errors import BpgradeError
from grader.language import gettext_lazy as _
from grader.language import joined

LOCAL: Final = _("the local cluster")


def refused(worker: str, error: BpgradeError) -> str:
    """Return the notice that a worker may not grade."""
    fields = {"worker": worker, "reason": error.message}
    if error.remedy:
        return _("worker {worker} is refused: {reason} -> {remedy}", **fields, remedy=error.remedy)
    return _("worker {worker} is refused: {reason}", **fields)


def all_refused(workers: int, reasons: Sequence[str]) -> ClusterError:
    """Return the error where no worker may grade."""
    return ClusterError(
        _(
            "none of the {count} workers of this cluster may grade: {reasons}",
            count=workers,
            reasons=joined(*reasons, separator=_("; ")),
        ),
        _("fix the workers, then rerun the same command to resume"),
    )


def waiting_for_workers(cluster: str, seconds: float) -> str:
    """Return the notice that there are no workers yet."""
    return _(
        "waiting for workers of {cluster}, for {seconds:g} s at most (--worker-wait SECONDS)",
        cluster=cluster,
        seconds=seconds,
    )


def no_worker_came(cluster: str, seconds: float) -> ClusterError:
    """Return the error where workers were waited for in vain."""
    return ClusterError(
        _("no worker has come to {cluster} in {seconds:g} s", cluster=cluster, seconds=seconds),
        _(
            "start some (`dask worker ADDRESS`), or wait longer with --worker-wait SECONDS;"
            " then rerun the same command to resume"
        ),
    )


def work_not_taken(error: BaseException) -> ClusterError:
    """Return the error where a worker raises one before it grades."""
    return ClusterError(
        _(
            "a worker could not take its work: {kind}: {reason}",
            kind=type(error).__name__,
            reason=error,
        ),
        _("check the workers' logs, then rerun the same command to resume"),
    )


def workers_keep_failing() -> ClusterError:
    """Return the error where workers are lost again and again."""
    return ClusterError(
        _("the cluster's workers keep failing before they have graded anything"),
        _("check their logs, then rerun the same command to resume"),
    )


def scheduler_lost(cluster: str) -> ClusterError:
    """Return the error where the scheduler does not answer any more."""
    return ClusterError(
        _(
            "the connection to the scheduler at {cluster} is lost; all results so far are kept",
            cluster=cluster,
        ),
        _("restart it if it has stopped, then rerun the same command to resume"),
    )
