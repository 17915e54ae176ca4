"""Ended runs that are still on the stage: the picture can stand at the end of one, with pulse and cores as
they were then."""

from __future__ import annotations

from collections.abc import Mapping

from ui.stage.beside import Beside
from ui.stage.cores_band import CoresPanel
from ui.stage.pulse import PulsePanel
from ui.stage.run_group import GroupPanel
from ui.stage.time_window import REACH, End, TimeWindow

LATELY_NS = 2_000_000_000


class EndedRuns:
    def __init__(
        self, groups: Mapping[int, GroupPanel], window: TimeWindow, pulse: PulsePanel, cores: CoresPanel
    ) -> None:
        self._groups, self._window, self._pulse, self._cores = groups, window, pulse, cores
        self._beside: dict[int, Beside] = {}
        window.frozen_changed.connect(lambda _: self._show_beside())

    def stay_at_end(self) -> None:
        """All runs have ended: the picture stays, not to scroll into emptiness. A frozen picture stays as it is."""
        ends = [group.run.ended_ns for group in self._groups.values() if group.run.ended_ns]
        if ends and not self._window.frozen:
            self._window.stay(End(max(ends)))

    def show(self, group: GroupPanel, ended: int, beside: Beside | None) -> None:
        """Shows the end of a run, whenever that was."""
        if beside is not None:
            self._beside[group.run.number] = beside
        self._window.stay(End(ended, group.run.number))

    def beside(self, number: int) -> Beside | None:
        """What window and cores did before the end of a run; kept from the first call on."""
        ended = self._groups[number].run.ended_ns
        if number not in self._beside and ended:
            beats, cores = self._pulse.plot.newest, self._cores.plot.newest
            self._beside[number] = Beside(beats.part(ended - REACH, ended), cores.part(ended - REACH, ended))
        return self._beside.get(number)

    def note_beside(self) -> None:
        """Keeps that a moment after a run's end, as owners of cores are found a second time."""
        now = self._window.now
        for number, group in self._groups.items():
            ended = group.run.ended_ns
            if group.run.ended and ended and number not in self._beside and now - ended > LATELY_NS:
                self.beside(number)
                self._show_beside()

    def forget(self, number: int) -> None:
        self._beside.pop(number, None)

    def has_ended(self, number: int) -> bool:
        group = self._groups.get(number)
        return group is not None and group.run.ended

    def out_of_reach(self, number: int) -> bool:
        """Did a run end so long ago that the window cannot go back to it?"""
        group = self._groups.get(number)
        ended = None if group is None or not group.run.ended else group.run.ended_ns
        return bool(ended and ended < self._window.reference - REACH)

    def _show_beside(self) -> None:
        """Where the picture stands at an end, shows pulse and cores of that time, however long ago it was."""
        end, found = self._window.end, None
        if end is not None:
            of_end = (number for number, group in self._groups.items() if group.run.ended_ns == end.moment)
            found = self._beside.get(end.run if end.run is not None else next(of_end, -1))
        self._pulse.plot.show_past(None if found is None else found.beats)
        self._cores.plot.show_past(None if found is None else found.cores)

    @property
    def in_sight(self) -> bool:
        """Is an ended run still moving through the picture?"""
        left = self._window.now - self._window.span
        return not self._window.frozen and any((group.run.ended_ns or 0) > left for group in self._groups.values())
