"""Runs that leave the stage and come back to it. A run leaves when it is dismissed, when it ended so long ago that no
window of time reaches it, or when too many newer ones have ended. Its figures stay in the list of runs, its picture
goes into the album on disk. A click in the list brings it back, with the stage at its end."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from playground.figures.records import RunStatistics
from playground.figures.worker_figures import Workers
from playground.reading.batch import MOST_COPIED
from playground.run.album import Album, Arrays, Found
from playground.run.past_run import PastRun, arrays_of, workers_in
from playground.run.run import Run
from ui.runs.filed_workers import FiledWorkers
from ui.runs.live_runs import LiveRuns
from ui.runs.run_rows import NO_PICTURE
from ui.runs.runs_panel import RunsPanel
from ui.shell.right_column import Side
from ui.shell.teller import Teller
from ui.stage.beside import Beside
from ui.stage.stage import Stage

MOST_ENDED = 6  # ended runs on the stage: twice what a window shows at a time


class PastRuns(QObject):
    left = Signal(int)  # a run left the stage, by itself or dismissed
    dismissed = Signal(int)

    def __init__(self, runs: LiveRuns, stage: Stage, side: Side, teller: Teller, panel: RunsPanel) -> None:
        super().__init__(panel)
        self._runs, self._stage, self._side, self._teller, self._panel = runs, stage, side, teller, panel
        self._album = Album()
        self._slots: dict[int, int] = {}
        self._filed: set[int] = set()  # runs with their many workers in the file only
        panel.table.shown.connect(self.show)
        panel.removed.connect(self._leave_again)
        panel.forgotten.connect(self._forget)
        teller.told.connect(self._look)

    @property
    def idle(self) -> bool:
        """Has every picture been written and read that was to be?"""
        return self._album.idle

    def dismiss(self, number: int) -> None:
        self.leave(number)
        if self._runs.shown(number) is None:  # a run that goes on stays
            self.dismissed.emit(number)

    def dismiss_all(self) -> None:
        for number in self._runs.numbers:
            self.dismiss(number)

    def leave(self, number: int) -> None:
        """A run that has ended leaves the stage."""
        run = self._runs.shown(number)
        if run is None or not run.ended:
            return
        if isinstance(run, Run):
            self._keep(run)
        self._stage.remove_run(number)
        self._side.remove_run(number)
        self._runs.forget(number)
        self.left.emit(number)
        self._teller.tell()

    def _keep(self, run: Run) -> None:
        row = self._panel.known(run.number)
        if row is None:  # removed from the list: nothing can bring the run back
            return
        beside = self._stage.ended.beside(run.number)
        self._slots[run.number] = self._runs.slot(run.number)
        self._album.put(run.number, lambda: {**arrays_of(run), **({} if beside is None else beside.arrays())})
        workers = row.statistics.workers
        if isinstance(workers, Workers):
            self._panel.replace(replace(row, statistics=replace(row.statistics, workers=workers.settled())))

    def show(self, number: int) -> None:
        """Shows the end of a run, which is brought back if it has left the stage."""
        if self._runs.shown(number) is not None:
            self._teller.choose(number)
            self._stage.show_end(number)
        else:
            self._album.ask(number)

    def tick(self, _now: int) -> None:
        """With each frame: takes the runs that have been read meanwhile."""
        while (found := self._album.take()) is not None:
            self._bring_back(found)

    def _bring_back(self, found: Found) -> None:
        row, number = self._panel.known(found.number), found.number
        if row is None or self._runs.shown(number) is not None:
            return
        run = PastRun(row.statistics, found.arrays)
        slot = self._slots.get(number, 0)
        self._runs.bring_back(run, slot)
        self._stage.add_run(run, slot)
        if not found.arrays:
            why = self._album.given_up.get(number, "it cannot be read")
            self._stage.groups[number].header.set_note(NO_PICTURE.format(why))
        self._side.add_run(number, slot)
        self._stage.show_end(number, Beside.of(found.arrays))
        self._teller.tell_again(number)
        self._teller.choose(number)

    def _look(self) -> None:
        """Twice a second: runs out of reach leave; the chosen one stays for its verdict, unless only shown again."""
        over = [number for number in self._runs.numbers if self._stage.ended.has_ended(number)]
        for number in over:
            chosen = number == self._teller.chosen and not self._runs.is_past(number)
            if self._stage.ended.out_of_reach(number) and not chosen:
                self.leave(number)
        self._thin_out([number for number in over if self._runs.shown(number) is not None])
        for number, why in self._album.given_up.items():
            row = self._panel.finished(number)
            if row is not None and row.no_picture != why:
                self._panel.model.replace(replace(row, no_picture=why))
        self._file_workers()

    def _thin_out(self, over: list[int]) -> None:
        """Nobody can survey a stage of many groups: the oldest ended runs leave."""
        end = self._stage.window_of_time.end
        kept = {self._teller.chosen, None if end is None else end.run}
        for number in over[: max(0, len(over) - MOST_ENDED)]:
            if number not in kept:
                self.leave(number)

    def _file_workers(self) -> None:
        """Moves many workers into the file of their run: a hundred thousand would keep ten megabytes in memory."""
        for number in self._slots.keys() - self._filed:
            row = self._panel.finished(number)
            if row is not None and len(row.statistics.workers) <= MOST_COPIED:
                self._filed.add(number)
            elif row is not None and self._album.has(number):
                self._filed.add(number)
                self._panel.model.replace(replace(row, statistics=self._in_file(row.statistics)))

    def _in_file(self, statistics: RunStatistics) -> RunStatistics:
        album, number, count = self._album, statistics.number, len(statistics.workers)

        def read() -> Workers:
            arrays: Arrays = album.read(number)
            found = workers_in(arrays)
            return found or Workers.of(np.zeros((count, 9), np.uint64), np.zeros((count, 1)), {}, {})

        return replace(statistics, workers=FiledWorkers(count, read))

    def _leave_again(self, number: int) -> None:
        """A run was removed from the list."""
        if self._runs.is_past(number):
            self.leave(number)

    def _forget(self, number: int) -> None:
        """A run is removed from the list for good."""
        self._album.forget(number)
        self._slots.pop(number, None)
        self._filed.discard(number)
        self._leave_again(number)

    def shut_down(self) -> None:
        self._album.close()
