"""What happens in each frame: new data is pulled, the stage drawn, words updated. Fewer come while nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ui.loop.apart import apart
from ui.loop.frame_clock import FrameClock
from ui.runs.live_runs import LiveRuns
from ui.settings.settings_file import SettingsFile
from ui.shell.teller import Teller
from ui.stage.stage import Stage
from ui.workers.core_sampler import CoreSampler

IDLE_FRAMES_PER_S = 5  # while nothing runs only the pulse and the cores move, and get but a glance
IDLE_BEATS_PER_S = 20  # an idle window must not cost more than 2 % of a core


class Frames:
    def __init__(
        self,
        clock: FrameClock,
        runs: LiveRuns,
        sampler: CoreSampler,
        stage: Stage,
        teller: Teller,
        settings: SettingsFile,
        followers: Sequence[Callable[[int], None]],
    ) -> None:
        """`followers` are called after the stage and the teller."""
        self._clock, self._runs, self._sampler, self._stage = clock, runs, sampler, stage
        self._teller, self._settings, self._followers = teller, settings, (teller.tick, *followers)
        clock.beat.connect(stage.add_beat)
        clock.frame.connect(self._on_frame)
        teller.told.connect(self.set_pace)
        runs.added.connect(lambda _run, _slot: self.set_pace())

    def _on_frame(self, now: int) -> None:
        apart(self._runs.pull)
        apart(self._take_core_samples)
        apart(self._stage.tick, now)
        if self._stage.pulse.plot.awaited and self._stage.window().windowHandle().isExposed():
            self._clock.note_awaited()
        for tick in self._followers:
            apart(tick, now)

    def _take_core_samples(self) -> None:
        for sample in self._sampler.take():
            self._teller.note_cores(sample)
            self._stage.add_core_sample(sample)

    def set_pace(self) -> None:
        if self._runs.live or self._stage.ended.in_sight:
            self._clock.set_frame_rate(self._settings.settings.frame_rate)
        else:
            self._clock.set_frame_rate(IDLE_FRAMES_PER_S, IDLE_BEATS_PER_S)
