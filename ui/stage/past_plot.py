"""A plot of what the whole computer did (the pulse, the cores): live, or for the time before the end of a run that is
shown again. It paints only columns that are new or have changed."""

from __future__ import annotations

from typing import Generic, TypeVar

from ui.kit.theme import Theme
from ui.stage.band_plot import BandPlot
from ui.stage.pixel_ring import PixelRing
from ui.stage.time_window import Frame, TimeWindow

Data = TypeVar("Data")


class PastPlot(BandPlot, Generic[Data]):
    newest: Data

    def __init__(self, window: TimeWindow, theme: Theme) -> None:
        self._past: Data | None = None  # the data of the time that is shown, where that is past
        self._px_ns = 0
        super().__init__(window, theme)

    @property
    def column(self) -> int:
        """The width of a column, in device pixels."""
        return 1

    def make_ring(self, width: int) -> PixelRing:
        raise NotImplementedError

    def paint_columns(self, ring: PixelRing, first: int, last: int, frame: Frame) -> None:
        """Paints the columns of the pixels from `first` up to `last`."""
        raise NotImplementedError

    def show_past(self, past: Data | None) -> None:
        """Shows these data instead of the newest, from the next frame on: until then the picture stays."""
        if past is not self._past:
            self._past = past
            if self._ring is not None:
                self._ring.forget()

    @property
    def shown(self) -> Data:
        return self.newest if self._past is None else self._past

    def reset(self) -> None:
        self._ring = None
        super().reset()

    def refresh(self, frame: Frame) -> bool:
        """Paints new columns. Are there any?"""
        if self._ring is None:
            self._ring = self.make_ring(frame.width)
        ring, column = self._ring, self.column
        if frame.px_ns != self._px_ns:
            ring.forget()
            self._px_ns = frame.px_ns
        dirty, self._dirty = self._dirty, None
        since = None if dirty is None else dirty // frame.px_ns // column * column
        spans = ring.missing(frame.left, frame.right, since)
        for first, last in spans:
            self.paint_columns(ring, first, last, frame)
        # The newest column grows with its data: it is `dirty` again when the next come.
        ring.keep(frame.left, frame.right, frame.right, since)
        new = bool(spans) or self.frame is None or frame.left != self.frame.left
        self.frame = frame
        if new:
            self.repaint_soon()
        return new
