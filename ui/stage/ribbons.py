"""The ribbons over the lanes of a run: one for each of its tracks (a GIL, or a lock), showing who has it at any moment.
A Python without a GIL has a ribbon too, empty and hatched: that nobody holds anything is worth seeing. A grey of its
own marks the unknown: nothing was sampled there, and anybody may have had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.reading.holds.owners import GIL, Track
from playground.reading.holds.who_held import NOBODY, NOT_SAMPLED, STRANGER
from playground.reading.worker_name import worker_name
from ui.kit.patterns import Pixels, hatch, own_color, pixel
from ui.kit.theme import Theme, mix
from ui.stage.band_plot import RowPlaces
from ui.stage.pixel_ring import column_edges
from ui.stage.stage_run import StageRun
from ui.stage.time_window import Frame

HEIGHT, GAP = 10, 4
MOST = 4  # ribbons; further GILs are only counted
REACH_NS = 100_000_000  # how far around a moment a hold is looked for


@dataclass(frozen=True)
class Ribbons:
    tracks: tuple[Track | None, ...] = ()  # one ribbon each; None: there is no GIL at all
    hidden: int = 0  # tracks for which there is no room
    scale: float = 1.0  # of the theme

    @property
    def count(self) -> int:
        return len(self.tracks)

    @property
    def gils(self) -> list[Track]:
        return [track for track in self.tracks if track is not None and track.kind == GIL]

    @property
    def height(self) -> int:
        return self.count * (round(HEIGHT * self.scale) + round(GAP * self.scale))

    def rows(self, ratio: float) -> RowPlaces:
        return RowPlaces.of(ratio, 0, self.count, round(HEIGHT * self.scale), round(GAP * self.scale))

    def label(self, row: int) -> tuple[str, str]:
        """The name of a ribbon and, where there are several GILs, of its workers."""
        track = self.tracks[row]
        if track is None:
            return "no GIL", ""
        if track.kind != GIL or len(self.gils) == 1:
            return f"{track.name or track.kind} held by", ""
        return f"{track.kind} {row + 1}", letters(track.lanes)

    def held(self, row: int) -> str:
        """The name of what is held, for a sentence."""
        track = self.tracks[row]
        name, whose = self.label(row)
        if whose:
            return f"{name} of {whose}"
        return "the GIL" if track is None or track.kind == GIL else f"{track.kind} {track.name}"


def ribbons_of(run: StageRun, without: bool, scale: float) -> Ribbons:
    tracks: tuple[Track | None, ...] = run.tracks
    if without:
        tracks = None, *(track for track in run.tracks if track.kind != GIL)
    return Ribbons(tracks[:MOST], max(0, len(tracks) - MOST), scale=scale)


def letters(lanes: Sequence[int]) -> str:
    """Names of lanes: `A`, `A C`, `A to D`."""
    if len(lanes) > 2 and lanes[-1] - lanes[0] == len(lanes) - 1:
        return f"{worker_name(lanes[0])} to {worker_name(lanes[-1])}"
    return " ".join(map(worker_name, lanes))


def paint(
    run: StageRun, ribbons: Ribbons, first_slot: int, span: tuple[int, int], frame: Frame, look: RibbonPaint
) -> Pixels:
    """The pixels of all ribbons, from `span[0]` up to `span[1]`."""
    rows = ribbons.rows(look.ratio)
    pixels: Pixels = np.full((rows.bottom, span[1] - span[0]), pixel(look.theme.panel), np.uint32)
    for row, track in enumerate(ribbons.tracks):
        top = rows.top + row * rows.pitch
        own = pixels[top : top + rows.height]
        if track is None:
            own[:] = look.hatched(rows.height, *span)
        else:
            own[:] = look.held(run, track, first_slot, span, frame)
    return pixels


@dataclass(frozen=True)
class RibbonPaint:
    theme: Theme
    ratio: float

    def hatched(self, height: int, first: int, last: int) -> Pixels:
        square = hatch(self.theme, self.ratio)
        size = len(square)
        return square[(np.arange(height) % size)[:, None], (np.arange(first, last) % size)[None, :]]

    def held(self, run: StageRun, track: Track, first_slot: int, span: tuple[int, int], frame: Frame) -> Pixels:
        """A row of pixels: who held the track longest, column by column."""
        theme, width, (first, last) = self.theme, max(1, round(self.ratio * self.theme.scale)), span
        edges = column_edges(first, last, width, frame.px_ns)
        holders = run.ribbon(edges, track)
        started, ended = life(run, frame.now_ns)
        outside = (holders == NOT_SAMPLED) & ((edges[1:] <= started) | (edges[:-1] >= ended))
        workers = [theme.worker(slot) for slot in range(len(theme.workers))]
        row = np.array([pixel(ink) for ink in workers], np.uint32)[(first_slot + holders) % len(workers)]
        for holder in (NOBODY, STRANGER, NOT_SAMPLED):
            row[holders == holder] = pixel(ink_of(holder, theme, theme.worker(first_slot)))
        row[outside] = pixel(theme.track)
        skip = first - first // width * width
        return np.repeat(row, width)[None, skip : skip + last - first]


def ink_of(holder: int, theme: Theme, color: str) -> str:
    """The colour of a holder that is no worker. `color` is that of the run's first worker."""
    if holder == NOT_SAMPLED:
        return mix(theme.track, theme.t3, 0.40)
    return own_color(color, theme) if holder == STRANGER else theme.track


def life(run: StageRun, now: int) -> tuple[int, int]:
    """From when to when there was anything to know; outside of that, knowing nothing is no gap."""
    return run.started_ns or now, min(run.ended_ns or now, now)


def hold_at(run: StageRun, track: Track, moment: int) -> tuple[int, int, int] | None:
    """Lane (or NOBODY), start and end of the hold at a moment; None where it is not known."""
    holds = run.hold_slices(moment - REACH_NS, moment + REACH_NS, track)
    return next((hold for hold in holds if hold[1] <= moment < hold[2]), None)
