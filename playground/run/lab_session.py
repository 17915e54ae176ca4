"""The parent side of a lab: start it, stop it, and learn how it ended.

A session never blocks: its owner calls `poll` fifty times a second or more often, from the thread that started it. That
thread must live as long as the app, because the kernel ends a lab with the thread that started it. Stop is polite for a
moment, then all processes that the lab started are killed, so a tight C loop ends like any other. After the lab's end,
each poll checks whether a process of it is left, until none is."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

import msgspec

from playground.figures.records import CRASHED, FAILED, FINISHED, STUCK
from playground.hosts import Lab
from playground.interpreters.known import absolute
from playground.lab.watching import descendants
from playground.reading.worker_name import worker_name
from playground.recipe.recipe import Recipe
from playground.run import answers
from playground.run.engine import Engine
from playground.run.leftovers import Leftovers
from playground.run.run_folder import RunDirectory
from playground.start import command

POLITE_S = 0.15
READY_S = 20.0  # a Python starts in a tenth of a second; on an overloaded machine it takes some seconds
GONE_S = 2.0  # a process that is left after that cannot be killed; nor are the lab's pipes read any longer
LOG_BYTES = 65_536
LOG_PIECE = 8192  # bytes; the oldest pieces are dropped
PIPE_BYTES = 65_536  # a pipe holds so many
REST_S = 0.005  # 13 MB/s at most
ENDED_BY_SYSTEM = {  # Windows: its codes for what elsewhere are signals
    0xC0000005: "it touched memory that it has not got",
    0xC000001D: "an instruction that this processor has not got",
    0xC0000094: "a division by zero",
    0xC0000135: "a library is missing",
    0xC0000142: "a library could not be started",
    0xC0000374: "its heap is damaged",
    0xC0000409: "its stack is damaged, or it gave up",
    0xC00000FD: "its stack is full",
    0xC000012D: "the memory of this computer is full",
    0xC000013A: "Ctrl+C, or its console was closed",
}
clock = time.perf_counter


class Session(Engine):
    """One lab."""

    def __init__(self, recipe: Recipe, directory: RunDirectory) -> None:
        super().__init__(recipe, directory)
        self.exit_code: int | None = None
        self._death: answers.WorkerDied | None = None  # of the first worker that died
        self._answers: queue.SimpleQueue[answers.OfLab | answers.Garbled] = queue.SimpleQueue()
        self._log: deque[bytes] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._readers: list[threading.Thread] = []
        self._leftovers = Leftovers(directory.path.name)
        self._ready = False
        self._ready_by = clock() + READY_S
        self._killed = False
        self._exited_at: float | None = None

    # -- orders

    def start(self) -> None:
        environment = command.environment(command.sources_for_others(self.directory.path))
        environment[descendants.MARK] = self.directory.path.name
        interpreter = absolute(self.recipe.interpreter) if self.recipe.interpreter else ""  # the lab has another cwd
        by = self.recipe.place.by
        assert isinstance(by, Lab)
        lab = by.start(interpreter, str(self.recipe.knob("gil")))
        line = [*lab, str(self.directory.path), str(os.getpid())]
        self._write_recipe()
        self._ready_by = clock() + READY_S
        try:
            self._process = command.started(
                line, environment, str(self.directory.path), subprocess.PIPE, self._leftovers.job
            )
        except OSError as problem:
            self.end(FAILED, f"interpreter '{line[0]}' cannot be started: {problem.strerror or problem}")
            return
        self._leftovers.began(self._process.pid)
        assert self._process.stdout
        assert self._process.stderr
        self._start_reader(self._read_answers, self._process.stdout)
        self._start_reader(self._read_log, self._process.stderr)

    def _write_recipe(self) -> None:
        """Write the recipe to a file: with code in it, it may be larger than a pipe, and writing to a full pipe would
        wait for the lab."""
        order = msgspec.to_builtins(self.recipe)
        order["knobs"] = self.recipe.all_knobs()
        order["files"] = str(self.directory.files)
        self.directory.write_recipe(json.dumps(order))

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        return b"".join(self._log).decode("utf-8", "replace")

    def note_processes(self, seen: Mapping[int, int]) -> None:
        self._leftovers.note(seen)

    # -- keeping watch

    def poll(self) -> None:
        if self.phase == "ended":
            return
        if self._process is None:  # the lab was never started
            if self._killed:
                self.end(FAILED, self.fault)
            return
        self._take_answers()
        now = clock()
        if not self._ready and now > self._ready_by and not self._killed:
            path = self.recipe.interpreter or sys.executable
            self.error = f"interpreter '{path}' did not start a lab within {READY_S:g} s"
            self.kill()
        self.ask_in_time()
        if self.asked_at is not None and now - self.asked_at > POLITE_S and not self._killed:
            self.kill()
        if self._process.poll() is not None:
            self._see_off(now)

    @property
    def leaving(self) -> bool:
        """Has the lab itself ended, while something that it left is still there?"""
        return self._exited_at is not None and self.phase != "ended"

    def kill(self) -> None:
        """Kill the lab and all processes that it started. Not after the end: then the pid may be another program's."""
        self._killed = True
        if self._process is not None and self.phase != "ended":
            self._leftovers.kill()

    def drop(self) -> None:
        try:
            self.kill()
        finally:
            if self._process is not None and self._process.poll() is None:
                self._process.kill()
                threading.Thread(target=self._process.wait, daemon=True, name="reaper").start()
            self._let_go()
            self.end(FAILED, self.fault)

    def _see_off(self, now: float) -> None:
        """Kill the processes that the lab left behind, and read its last answers."""
        assert self._process is not None
        if self._exited_at is None:
            self._exited_at, self.exit_code = now, self._process.returncode
        left = self._leftovers.kill()
        hearing = any(reader.is_alive() for reader in self._readers)
        if (left or hearing) and now - self._exited_at < GONE_S:
            return
        self._take_answers()
        self._let_go()
        self.end(*self._judge())

    def _let_go(self) -> None:
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()  # never waits, as nothing was written to it
        self._leftovers.let_go()

    def _take_answers(self) -> None:
        for _ in range(self._answers.qsize()):
            self._take(self._answers.get_nowait())

    def _take(self, answer: answers.OfLab | answers.Garbled) -> None:
        match answer:
            case answers.Ready():
                self._ready = True
                self.facts, self.nice = answer.python, answer.nice
            case answers.Started():
                self.cpu_step_ns = answer.cpu_step_ns
                self.stamp_ns, self.watch_ns, self.solo_ns = answer.stamp_ns, answer.watch_ns, answer.solo_ns
                self.base_mb, self.op_work = answer.base_mb, answer.op_work
                self.prepared, self.total = answer.prepared, answer.total
                if self.phase == "starting":
                    self.phase = "running"
            case answers.GilBack():
                self.facts = replace(self.facts, gil_enabled=True, gil_back_by=answer.by)
            case answers.WorkerDied():
                self._death = self._death or answer
                self.ask()  # other workers may be deep in C code and not notice that the run is over
            case answers.Failed():
                self.error = answer.error
            case answers.Garbled():
                self.error = self.error or answer.words
                self.kill()
            case answers.Ended():
                self.outcome, self.handoffs_per_s = FINISHED, answer.handoffs_per_s
                self.facts = replace(self.facts, gil_enabled_at_end=answer.gil_enabled)

    def _judge(self) -> tuple[str, str | None]:
        if self.stuck is not None:
            return STUCK, self.stuck
        if (death := self._death) is not None:
            whose = "a worker process" if death.worker is None else f"worker {worker_name(death.worker)}"
            return CRASHED, self._last_words(f"{whose} (pid {death.pid}) {how_it_ended(death.exit_code)}")
        if self.error:
            return FAILED, self.error
        if errors := self.worker_error():
            return FAILED, errors
        if self.asked_at is not None or self.outcome == FINISHED:
            return self.untroubled(), None
        assert self.exit_code is not None
        how = how_it_ended(self.exit_code)
        if not self._ready and self.exit_code >= 0:
            path = self.recipe.interpreter or sys.executable
            return FAILED, self._last_words(f"interpreter '{path}' cannot run a lab: it {how}")
        return CRASHED, self._last_words(f"the lab process {how}")

    def _last_words(self, how: str) -> str:
        log = self.log.strip()
        return how + (f"\n{log}" if log else "")

    # -- pipes: each belongs to the thread that reads it. Nobody waits for that thread, as a process with the other end
    # may live on

    def _start_reader(self, target: Any, pipe: IO[bytes]) -> None:
        thread = threading.Thread(target=target, args=(pipe,), daemon=True, name=target.__name__.strip("_"))
        thread.start()
        self._readers.append(thread)

    def _read_answers(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(answers.LONGEST):
                answer = answers.of_lab(line)
                if answer is None:
                    self._keep(line[:LOG_PIECE])
                else:
                    self._answers.put(answer)

    def _read_log(self, pipe: IO[bytes]) -> None:
        with pipe:
            while piece := os.read(pipe.fileno(), PIPE_BYTES):
                for begin in range(0, len(piece), LOG_PIECE):
                    self._keep(piece[begin : begin + LOG_PIECE])
                self.raw_output.feed(piece)
                if len(piece) == PIPE_BYTES:  # a flood has to wait for this window, not the window for the flood
                    time.sleep(REST_S)
        self.raw_output.end()

    def _keep(self, piece: bytes) -> None:
        self._log.append(piece)
        while sum(map(len, self._log)) > LOG_BYTES:
            self._log.popleft()


def how_it_ended(code: int) -> str:
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"was killed by {name}"
    if code in ENDED_BY_SYSTEM:
        return f"was ended by the system: {ENDED_BY_SYSTEM[code]} (0x{code:08X})"
    return f"ended with exit code {code}"
