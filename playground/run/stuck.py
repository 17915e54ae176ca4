"""Notices when a run is stuck: all its workers wait, and nothing is left that could let them go on, as in a deadlock.

Up to four times a second the watch looks for a thread that can go on (`blocked.py`), and stops at the first it finds.
If there is none for 1.5 s, and no thread of the run has run even once in that time, the run is stuck; then its
processes are asked where they wait. A lab with a loop itself says when only its heartbeat can wake the loop
(`ring.C_IDLE`, lab/loops/heartbeat.py); its other threads are looked at like any. Where threads cannot be looked at, no
run is ever called stuck."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import numpy as np

from playground import catalogue
from playground.lab.watching import stacks
from playground.lab.wire import ring
from playground.reading.rings import Headers, RingsReader
from playground.reading.worker_name import worker_name
from playground.recipe import own_code
from playground.recipe.recipe import Recipe
from playground.run import blocked
from playground.run.run_folder import RunDirectory

STUCK_S = 1.5
EVERY_S = 0.25
PART = 0.002  # of a core: what looking may cost while a thread can go on
LATER_S = 2.0  # until the next look, if a process outside could wake a thread
STACKS_S = 0.4  # time for processes to write down where they are
MOST_TOLD = 8
LONGEST_LINE = 60
clock = time.monotonic

_THREAD = re.compile(r"hread (0x[0-9a-f]+)\b")
_FRAME = re.compile(rf'  File "{own_code.FILE}", line (\d+) in ')


class StuckWatch:
    def __init__(self, recipe: Recipe, directory: RunDirectory, rings: RingsReader) -> None:
        self._recipe, self._directory, self._rings = recipe, directory, rings
        self._family: blocked.Family | None = None
        self._due = 0.0
        self._same: object = None  # what the looks have seen unchanged since `_since`; None: a thread can go on
        self._since = 0.0
        self._beats = 0
        self._asked: tuple[float, list[int]] | None = None  # when and which processes were asked where they wait

    def poll(self, running: bool, lab: int | None) -> str | None:
        """To be called often. Once the run is stuck, gives who waits where. `lab`: the lab's pid."""
        if self._asked is not None:
            return self._told()
        if not running or not self._recipe.place.processes_here:
            self._same = None
            return None
        now = clock()
        if now < self._due:
            return None
        used = time.thread_time()  # not wall time, which on a full machine includes what other programs use
        seen = self._look(lab)
        if seen is None or seen != self._same:
            self._same, self._since = seen, now
        cost = time.thread_time() - used
        self._due = now + (EVERY_S if seen is not None else max(EVERY_S, cost / PART))
        if seen is not None and now - self._since >= STUCK_S:
            self._conclude(now)
        return None

    def _look(self, lab: int | None) -> object:
        """What each thread waits in. None: a thread can go on, or it is not known."""
        if not len(self._waiting()):
            return None
        if self._family is None and lab is not None:
            self._family = blocked.family(lab)
        if self._family is None:
            return None
        idle, beats = (self._directory.word(word) for word in (ring.C_IDLE, ring.C_LOOP_BEATS))
        beat, self._beats = beats != self._beats, beats  # only the loop of a lab beats
        if beat and not idle:
            return None
        seen = self._family.look(self._family.lab if beat else None)
        if seen is None:
            return None
        columns = (self._rings.column(word) for word in (ring.W_OPS, ring.W_HEAD, ring.W_SINCE))
        return seen, idle, tuple(int(column.sum()) for column in columns)

    def _waiting(self) -> list[int]:
        """The workers that have begun and not ended."""
        rings = self._rings
        return list(np.flatnonzero((rings.column(ring.W_STARTED) > 0) & (rings.column(ring.W_ENDED) == 0)))

    def _conclude(self, now: float) -> None:
        assert self._family is not None
        if self._family.woken_from_outside():
            self._same, self._due = None, now + LATER_S
        else:
            self._asked = now, self._family.ask_for_stacks()

    # -- who waits where

    def _told(self) -> str | None:
        assert self._asked is not None
        since, pids = self._asked
        if pids and clock() < since + STACKS_S:
            return None
        threads: dict[tuple[int, int], int] = {}
        for pid in pids:
            with contextlib.suppress(OSError):
                written = Path(stacks.path(str(self._directory.path), pid))
                threads |= lines_of(pid, written.read_text("utf-8", "replace"))
        return words(self._recipe, self._rings.headers, self._waiting(), threads)


def lines_of(pid: int, told: str) -> dict[tuple[int, int], int]:
    """The innermost line of the user's code that each thread is in, by process and thread."""
    found: dict[tuple[int, int], int] = {}
    if "approximate" in told:  # PyPy's word: it gives only the line where the function begins
        return found
    thread = 0
    for line in told.splitlines():
        head, frame = _THREAD.search(line), _FRAME.match(line)
        if head is not None and not line.startswith(" "):
            thread = int(head.group(1), 16)
        elif frame is not None:
            found.setdefault((pid, thread), int(frame.group(1)))
    return found


def headline(recipe: Recipe, count: int) -> str:
    one, several = catalogue.model(recipe.model).worker
    every = recipe.workers
    if count < every:  # the other workers have ended, or have not begun
        who = f"{count:,} of {every:,} {several} {'waits' if count == 1 else 'wait'}"
    else:
        who = f"The {one} waits" if every == 1 else f"{'Both' if every == 2 else f'All {every:,}'} {several} wait"
    return f"{who} for a lock or a queue, and nobody can let {'it' if count == 1 else 'them'} go on."


def words(recipe: Recipe, headers: Headers, waiting: list[int], threads: dict[tuple[int, int], int]) -> str:
    """The headline, then a line for each of the first few workers that wait."""
    lines = [headline(recipe, len(waiting))]
    source = recipe.code.splitlines()
    for worker in waiting[:MOST_TOLD]:
        header = headers[worker]
        pid, thread = int(header[ring.W_PID]), int(header[ring.W_IDENT])
        line = threads.get((pid, thread)) or int(header[ring.W_LINE])
        where = f" in line {line}" if line else ""
        text = source[line - 1].strip() if 0 < line <= len(source) else ""
        text = text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
        lines.append(f"{worker_name(worker)} waits{where}{f', “{text}”' if text else ''}")
    if len(waiting) > MOST_TOLD:
        lines.append(f"and {len(waiting) - MOST_TOLD:,} more")
    return "\n".join(lines)
