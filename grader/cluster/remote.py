"""What dask calls on its workers: set up for a batch, still wanted, grade a chunk, clean up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from distributed import Event, WorkerPlugin, get_worker

from grader.batch.executor import BatchJob
from grader.batch.grading_process import told
from grader.batch.slots import SlotResult, Slots
from grader.cluster import course_archive, messages, proof
from grader.cluster.versions import difference, versions
from grader.errors import BpgradeError, IsolationError
from grader.language import gettext_lazy as _

LEASE_SECONDS: Final = 300.0


class CoursePlugin(WorkerPlugin):
    """What a worker holds for one batch: the course in a private folder, and warm processes.

    It goes when the batch ends or the worker is closed; also when the batch has not been heard of
    for `LEASE_SECONDS`, as after a kill.
    """

    def __init__(self, batch: str, order: dict[str, Any]) -> None:
        self.batch = batch
        self._order = order
        self._folder: course_archive.PrivateFolder | None = None
        self._slots: Slots | None = None
        self._renewed = time.monotonic()
        self._expiry: asyncio.Task[None] | None = None

    async def setup(self, worker: Any) -> None:
        """Prove the isolation, unpack the course, start the processes, then ask for work."""
        threads = worker.state.nthreads
        await _in_thread(self._prepare, threads)
        self._expiry = asyncio.create_task(self._expire(worker))
        await worker.set_resources(**{self.batch: threads})

    def _prepare(self, threads: int) -> None:
        data = self._order["course"]
        if course_archive.digest(data) != self._order["digest"]:
            raise IsolationError(_("the course arrived incomplete"), _("rerun the same command"))
        self._folder = course_archive.PrivateFolder(data)
        exercises, seed, isolation, language = self._order["job"]
        proof.prove(isolation, self._folder.path / "exercises" / "course.toml")
        job = BatchJob(str(self._folder.path), tuple(exercises), seed, isolation, language)
        self._slots = Slots(job, self._order["stuck_seconds"])
        self._slots.warm(threads)

    def renew(self) -> None:
        """Note that the batch is alive."""
        self._renewed = time.monotonic()

    def grade(self, data: bytes) -> SlotResult:
        """Grade a chunk."""
        self.renew()
        if self._slots is None:
            return SlotResult()
        return self._slots.grade(messages.unpack_tasks(data))

    async def _expire(self, worker: Any) -> None:
        while time.monotonic() - self._renewed < LEASE_SECONDS:
            await asyncio.sleep(LEASE_SECONDS / 10)
        self._expiry = None
        await remove(self.batch, worker)

    async def teardown(self, worker: Any) -> None:
        """Ask for no more work, end the processes, remove the course."""
        if self._expiry:
            self._expiry.cancel()
        if self.batch in worker.state.total_resources and worker.status.name == "running":
            await worker.set_resources(**{self.batch: 0})
        await _in_thread(self._clean_up)

    def _clean_up(self) -> None:
        if self._slots:
            self._slots.close()
        if self._folder:
            self._folder.remove()


async def _in_thread(function: Callable[..., None], *arguments: Any) -> None:
    """Call what takes long outside of the worker's event loop, which must keep answering."""
    await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


async def install(batch: str, order: dict[str, Any], dask_worker: Any) -> list[Any]:
    """Set this worker up for a batch, once.

    Parameters
    ----------
    batch : str
    order : dict
        "versions", "course", "digest", "job" without the course's folder, "stuck_seconds".
    dask_worker : Worker
        Given by dask.

    Returns
    -------
    list
        ["ready"], or ["refused" or "failed", error's name, message, remedy]: this worker must
        not, or no worker can, grade the batch.
    """
    if batch in dask_worker.plugins:
        dask_worker.plugins[batch].renew()
        return ["ready"]
    other = difference(versions(), order["versions"])
    if other:
        remedy = _("install the same there (`pip install bpgrade==VERSION`), or use the same image")
        return ["refused", *told(IsolationError(other, remedy))[1:]]
    plugin = CoursePlugin(batch, order)
    try:
        await dask_worker.plugin_add(plugin, batch, catch_errors=False)
    except BpgradeError as error:
        await remove(batch, dask_worker)
        word = "refused" if isinstance(error, IsolationError) else "failed"
        return [word, *told(error)[1:]]
    except Exception as error:
        await remove(batch, dask_worker)
        reason = _("it cannot be set up: {kind}: {reason}", kind=type(error).__name__, reason=error)
        fault = IsolationError(reason, _("check that worker's log"))
        return ["refused", *told(fault)[1:]]
    return ["ready"]


def renew(batch: str, dask_worker: Any) -> bool:
    """Keep a batch's set-up alive; False where there is none."""
    plugin = dask_worker.plugins.get(batch)
    if plugin:
        plugin.renew()
    return plugin is not None


async def remove(batch: str, dask_worker: Any) -> None:
    """Leave nothing of a batch on this worker."""
    if batch in dask_worker.plugins:
        await dask_worker.plugin_remove(batch)


def grade_chunk(batch: str, chunk: str, data: bytes) -> bytes:
    """Grade a chunk of tasks on the worker that dask has chosen; see `messages`.

    A chunk whose worker was lost is begun by dask again elsewhere. It is then handed back as
    it is, since one of its submissions may be why.
    """
    worker = get_worker()
    plugin = worker.plugins.get(batch)
    if plugin is None:
        return messages.pack_answer("absent", worker.address)
    begun = Event(chunk)
    if begun.is_set():
        begun.clear()
        return messages.pack_answer("begun", worker.address)
    begun.set()
    try:
        graded = plugin.grade(data)
    except BpgradeError as error:
        return messages.pack_answer("failed", worker.address, *told(error)[1:])
    finally:
        begun.clear()
    return messages.pack_answer("graded", worker.address, *messages.graded_values(graded))
