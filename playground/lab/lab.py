"""The lab as a model sees it: its knobs and workers, what they share, and what carries out their ops."""

from __future__ import annotations

import os
import signal
import traceback
from typing import Any, Callable, Iterable, Mapping

from .beside import calibrate
from .beside.run_site import Site
from .blocking import blocking
from .loops.turns import Turns
from .recording import worker
from .recording.control import Control
from .recording.drive import CarryOut
from .recording.order import Order
from .watching import gil, machine
from .wire import ops, ring
from .wire.declaration import Job
from .wire.ops import Shared


class Lab(Site):
    """What a model sees of the run. A model whose workers block calls `lab.work` in each of them; one whose workers
    take turns in a single thread drives the steps that `lab.turns()` gives it."""

    def __init__(self, directory: str, recipe: dict[str, Any], say: Callable[..., None], app: int = gil.NOBODY) -> None:
        super().__init__(directory, recipe.pop("files", directory), recipe["knobs"], recipe["workers"])
        self.recipe = recipe
        self.app = app  # the process that asked for this run; its probe looks at the lab
        self.say = say
        self.control = Control(os.path.join(directory, "control"))
        self.shared: Mapping[str, Shared] = {}  # what the job's workers share, by name: blocking.make makes it
        self._order: Order | None = None

    def prepare(self, job: Job) -> None:
        prepared = self.prepared(job)
        record = gil.find()
        if record is not None:
            gil.allow_tracing(self.app)
        self.shared = job.things(self)
        total = calibrate.op_count(job, self.recipe.get("amount") or 0, prepared)
        self._order = Order(self.directory, self.recipe, prepared, record, total, self.app, ops.numbers(self.shared))

    @property
    def order(self) -> Order:
        """What another process needs to be a worker of this run; it can be pickled."""
        assert self._order is not None, "prepare comes first"
        return self._order

    def things(self, kit: Any = blocking.ThreadKit) -> blocking.Things:
        """The locks, queues and events of the job, of a model's own kind."""
        return blocking.make(self.shared, kit)

    def handoffs(self) -> int | None:
        """How often the GIL has changed hands in this process, by the interpreter's own count; None if unknown."""
        record = self.order.gil_record
        return None if record is None else gil.read_own(record)[2]

    @property
    def stopping(self) -> bool:
        return self.control.stopping

    def queue_all(self) -> None:
        """Make all workers known: their lanes show from now on that they wait for their turn to begin."""
        self.order.queue_all()

    def work(self, index: int, carry_out: CarryOut, wait: Callable[[], object] | None = None) -> None:
        """A worker's whole life, in the thread that calls this."""
        try:
            worker.work(self.order, index, carry_out, wait)
        except Exception:  # it could not even leave a report: no descriptors, no disk
            self.say("failed", error=traceback.format_exc())

    def turns(self, yields: bool = False, remote: bool = False) -> Turns:
        """Drives workers that take turns in the calling thread. `yields`: a worker lets the others go on after every
        call; `remote`: the model carries out calls as well, in other threads."""
        return Turns(self.order, machine.ThreadWatch(), yields, remote)

    def worker_ended(self, index: int | None, pid: int, exit_code: int) -> None:
        """A worker process is gone. One that was killed takes the run with it: its share of the work is lost."""
        if exit_code != 0 and not self.stopping:
            self.control.words[ring.C_STOP_LAB] = 1
            ring.ring_bell(self.control.words, ring.LAB)
            self.say("worker_died", worker=index, pid=pid, exit_code=exit_code)

    def pool_broke(self, processes: Iterable[Any]) -> None:
        """The pool has given up: it does so when one of its processes is killed, and then ends the others."""
        killed = [process for process in processes if process.exitcode not in (0, None, -signal.SIGTERM)]
        killed = killed or [process for process in processes if process.exitcode]
        for process in killed[:1]:
            self.worker_ended(self._worker_of(process.pid), process.pid, process.exitcode)
        if not killed and not self.stopping:
            self.say("failed", error="the pool gave up, as one of its processes ended too soon")

    def _worker_of(self, pid: int) -> int | None:
        """The worker that a process carried out last."""
        rings = [self.order.mapped.rings.ring(index) for index in range(self.count)]
        own = [one for one in rings if one.words[ring.W_PID] == pid]
        return max(own, key=lambda one: one.words[ring.W_STARTED]).index if own else None
