"""Running inside this app, on purpose: as threads that share the GIL with the window (Python's own, Qt's, or a pool of
Qt's), or on the UI thread itself.

These runs exist to be felt. They run the same job code into the same kind of rings as a lab does, so the stage draws
them like any other run. A thread cannot be killed, so they always have an end, and only jobs made of short pieces run
here, never the user's own code. While the window cannot hear Esc and Stop, a separate process does
(playground/run/way_out_process.py)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import ClassVar

import msgspec
from PySide6.QtCore import QObject, QRunnable, Qt, QThread, QThreadPool, Signal, Slot

from playground import catalogue
from playground.figures.records import FAILED
from playground.interpreters import known
from playground.lab.beside import calibrate
from playground.lab.beside.run_site import Site
from playground.lab.blocking.blocking import Blocking
from playground.lab.blocking.gates import Gates
from playground.lab.recording import stamps, worker
from playground.lab.recording.order import Order
from playground.lab.watching import gil, machine
from playground.lab.wire import clocks
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe
from playground.run.engine import CannotStart, Engine
from playground.run.run_folder import RunDirectory
from playground.run.way_out_process import READY as HEARS
from playground.run.way_out_process import WayOut
from ui.kit import keys
from ui.workers import printing

clock = time.perf_counter
own_switch_interval = sys.getswitchinterval()  # of this app, while nothing runs in it


class InAppEngine(Engine):
    """What all engines in this app share: an order for the workers, an end in time, and how the run ended."""

    last_s = 2.0  # how long a thread may take to notice that the run is over

    _at_work: ClassVar[set[InAppEngine]] = set()

    def __init__(self, recipe: Recipe, directory: RunDirectory) -> None:
        super().__init__(recipe, directory)
        self._site = Site(str(directory.path), str(directory.files), recipe.all_knobs(), recipe.workers)
        self.facts = known.own().facts
        self.nice = os.nice(0) if hasattr(os, "nice") else None
        self.way_out = WayOut(directory.path)
        self._prepared = self._begun = self._listens = False

    @property
    def pid(self) -> int | None:
        return os.getpid()

    def start(self) -> None:
        """Gets ready. Workers begin once the way out hears keys, or is known not to: `poll` sees when."""
        job = catalogue.job(self.recipe.job)
        directory = str(self.directory.path)
        self.prepared = prepared = self._site.prepared(job)
        self.total = calibrate.op_count(job, self.recipe.amount or 0, prepared)
        plain = {**msgspec.to_builtins(self.recipe), "knobs": self.recipe.all_knobs()}
        self.cpu_step_ns = clocks.step_ns
        self.stamp_ns = stamps.measure_stamp_ns(directory)
        self.solo_ns = calibrate.solo_ns(job.ops(0, None, **prepared)) if job.solo else None
        self.op_work = calibrate.op_work(job, prepared)
        self.base_mb = machine.own_memory_mb()
        self.order = Order(directory, plain, prepared, gil.find(), self.total)
        self.carry_out = Blocking({})
        self._printing = printing.Printing(self.directory)
        self._prepared = True
        self._listens = self.way_out.wanted
        if self._listens:
            self.way_out.start()
        self._begin_if_heard()

    def _begin_if_heard(self) -> None:
        why = self.way_out.answer
        if self._listens and why is None:
            return
        if self._listens and why != HEARS:
            self.way_out.stop()
            most = self.recipe.place.longest(heard=False)
            if most is not None and (self.recipe.seconds or 0.0) > most:
                escape = keys.words(Qt.Key.Key_Escape)
                raise CannotStart(f"{escape} and Stop would not be heard ({why}), so it may run {most:g} s at most")
        self.phase, self._begun = "running", True
        self._at_work.add(self)
        gil.allow_tracing(os.getpid())  # the app starts the probe
        printing.divide()
        self.start_workers()

    def live(self, index: int, wait: Callable[[], object] | None = None) -> None:
        """A worker's whole life, in the thread that calls this."""
        with self._printing.of(index):
            worker.work(self.order, index, self.carry_out, wait)

    def start_workers(self) -> None:
        raise NotImplementedError

    def all_gone(self) -> bool:
        raise NotImplementedError

    def kill(self) -> None:
        """Threads cannot be killed: they are asked again to stop, and do so after their present piece."""
        self.ask()

    def drop(self) -> None:
        self.ask()
        self._put_away()
        self.end(FAILED, self.fault)

    @property
    def gone(self) -> bool:
        return self.phase == "ended" and self.way_out.gone

    def poll(self) -> None:
        self.way_out.poll()
        if self.phase == "ended":
            return
        if self.directory.stopped_by_way_out and self.asked_at is None:
            self.stop()
        self.ask_in_time()
        if not self._begun and self.asked_at is None:
            if self._prepared:
                self._begin_if_heard()
        elif not self._begun or self.all_gone():
            self._finish()

    def _finish(self) -> None:
        self._put_away()
        error = self.worker_error()
        self.end(FAILED if error else self.untroubled(), error)

    def _put_away(self) -> None:
        self.way_out.stop()
        self._at_work.discard(self)
        if not self._at_work:  # the last run here has ended: its switch interval must not stay the window's
            sys.setswitchinterval(own_switch_interval)
            printing.unite()
            gil.allow_tracing(gil.NOBODY)
        if self._prepared:
            self.order.unmap()
            self._printing.close()
        self._site.clear()


class ThreadsInApp(InAppEngine):
    """Host *this app*, model *threads*: one `threading.Thread` per worker."""

    def start_workers(self) -> None:
        self._threads: list[Thread] = []
        with Gates() as gates:
            for index in range(self.recipe.workers):
                life = (index, gates.one())
                self._threads.append(Thread(target=self.live, args=life, name=f"worker {worker_name(index)}"))
                self._threads[-1].start()

    def all_gone(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)


class QThreadsInApp(InAppEngine):
    """Model *qthread*: one QThread per worker."""

    def start_workers(self) -> None:
        self._threads: list[_WorkerThread] = []
        with Gates() as gates:
            for index in range(self.recipe.workers):
                thread = _WorkerThread(partial(self.live, index, gates.one()))
                thread.setObjectName(f"worker {worker_name(index)}")
                self._threads.append(thread)
                thread.start()

    def all_gone(self) -> bool:
        return all(thread.isFinished() for thread in self._threads)


class _WorkerThread(QThread):
    def __init__(self, life: Callable[[], None]) -> None:
        super().__init__()
        self._life = life

    def run(self) -> None:
        self._life()


class QThreadPoolInApp(InAppEngine):
    """Model *qthreadpool*: a QThreadPool takes the workers as tasks."""

    def __init__(self, recipe: Recipe, directory: RunDirectory) -> None:
        super().__init__(recipe, directory)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(int(recipe.knob("pool_size")))
        self._tasks: list[_WorkerTask] = []

    def start_workers(self) -> None:
        self.order.queue_all()
        for index in range(self.recipe.workers):
            task = _WorkerTask(partial(self.live, index))
            self._tasks.append(task)
            self._pool.start(task)

    def all_gone(self) -> bool:
        return self._pool.waitForDone(0)


class _WorkerTask(QRunnable):
    def __init__(self, life: Callable[[], None]) -> None:
        super().__init__()
        self.setAutoDelete(False)  # the engine keeps it, and Python deletes it
        self._life = life

    def run(self) -> None:
        self._life()


OF_MODEL: dict[str, Callable[[Recipe, RunDirectory], InAppEngine]] = {
    "threads": ThreadsInApp,
    "qthread": QThreadsInApp,
    "qthreadpool": QThreadPoolInApp,
}


class OnUiThread(InAppEngine):
    """Host *the UI thread*: the work runs between two events of the window, which does not respond until it is done."""

    def __init__(self, recipe: Recipe, directory: RunDirectory, stand_in: UiThreadStandIn) -> None:
        super().__init__(recipe, directory)
        self._stand_in = stand_in
        self._done = False

    def start_workers(self) -> None:
        self._stand_in.asked.emit(self)

    def all_gone(self) -> bool:
        return self._done

    def work_here(self) -> None:
        try:
            for index in range(self.recipe.workers):
                if self.directory.stopping:
                    break
                self.live(index)
        finally:
            self._done = True


class UiThreadStandIn(QObject):
    """Lives on the UI thread and lends it to a run: the one place where work may freeze the window."""

    asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asked.connect(self._on_asked)

    @Slot(object)
    def _on_asked(self, engine: OnUiThread) -> None:
        engine.work_here()
