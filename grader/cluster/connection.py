"""Opening a cluster: one that exists, or one on this machine; and closing what was opened."""

from __future__ import annotations

import contextlib
import logging
import queue
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dask
from distributed import Client, LocalCluster, Security

from grader.cluster.address import Cluster
from grader.errors import BpgradeError, UsageError, reason_of
from grader.language import gettext_lazy as _
from grader.language import translated

_CONNECT_SECONDS: Final = 10.0
_GIVE_UP_SECONDS: Final = 20.0
_CLOSE_SECONDS: Final = 5.0
_LOGGERS: Final = ("distributed", "tornado", "asyncio")
_SILENT: Final = logging.CRITICAL + 1


class ClusterError(BpgradeError):
    """The cluster cannot be reached, or has stopped grading."""


@contextmanager
def connected(cluster: Cluster) -> Iterator[Client]:
    """Give a client of the cluster.

    Raises
    ------
    ClusterError
        There is nobody there.
    UsageError
        The TLS files cannot be used.
    """
    with _quiet(), contextlib.ExitStack() as stack:
        if cluster.scheduler:
            client = _client(cluster.scheduler, _security(cluster))
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bpgrade-dask-"))
            security = Security.temporary()  # else anyone on this machine could send it code
            local = LocalCluster(
                n_workers=cluster.workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                security=security,
                silence_logs=_SILENT,
                local_directory=folder,
            )
            stack.callback(local.close, _CLOSE_SECONDS)
            client = _client(local.scheduler_address, security)
        stack.callback(_close, client)
        yield client


def _client(address: str, security: Security) -> Client:
    if address.startswith("tls://"):
        _check_certificates(address, security)
    opened: queue.SimpleQueue[Client | Exception] = queue.SimpleQueue()

    def open_client() -> None:
        try:
            opened.put(
                Client(address, timeout=_CONNECT_SECONDS, security=security, set_as_default=False)
            )
        except Exception as error:  # raised below, in the thread that waits
            opened.put(error)

    # in a thread, since dask waits without end for a server that is no scheduler
    threading.Thread(target=open_client, daemon=True).start()
    try:
        found = opened.get(timeout=_GIVE_UP_SECONDS)
    except queue.Empty:
        found = TimeoutError(_("something else is listening there, not a dask scheduler"))
    if isinstance(found, Exception):
        raise ClusterError(
            _(
                "no dask scheduler answers at {address} ({reason})",
                address=address,
                reason=_reason(found),
            ),
            _("check that `dask scheduler` is running, and copy the address it prints"),
        )
    return found


def _check_certificates(address: str, security: Security) -> None:
    try:
        context = security.get_connection_args("client").get("ssl_context")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise UsageError(
            _("the TLS files cannot be used: {reason}", reason=error), _TLS_REMEDY
        ) from None
    if context is None:
        raise UsageError(_("{address} needs certificates", address=address), _TLS_REMEDY)


_TLS_REMEDY: Final = _(
    "give --tls-ca-file, --tls-cert and --tls-key as `dask scheduler` has them, or configure dask"
)


def _reason(error: BaseException) -> str:
    """Return what lies at the bottom of an error of dask's."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return translated(reason_of(error) or type(error).__name__).splitlines()[0]


def _security(cluster: Cluster) -> Security:
    if not cluster.certificates:
        return Security()  # as dask is configured
    authority, certificate, key = map(str, cluster.certificates)
    return Security(
        tls_ca_file=authority,
        tls_client_cert=certificate,
        tls_client_key=key,
        require_encryption=True,
    )


def _close(client: Client) -> None:
    """Close a client whose scheduler may be gone."""
    with contextlib.suppress(Exception):
        client.close(_CLOSE_SECONDS)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep dask from writing into the command's own words; what it raises is put into ours."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _LOGGERS]
    before = {name: logging.getLogger(name).level for name in {*names, *_LOGGERS}}
    settings = {"distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS:g}s"}
    try:
        for name in before:
            logging.getLogger(name).setLevel(_SILENT)
        with dask.config.set(settings), warnings.catch_warnings():
            # of other versions, which we tell of by worker; of the loss of a scheduler
            warnings.filterwarnings("ignore", module=r"distributed\.")
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
