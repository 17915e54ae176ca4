"""The time window: the stretch of time that all bands show, whether it is live or frozen, and how long a pixel is.

It stands still because somebody froze it, or by itself at an end: of all runs, or of a run that is shown again.

x is in seconds before a reference moment: now while live, the moment of freezing while frozen. So the x range of plots
changes with zoom and pan only, and a live picture scrolls without any work for pyqtgraph."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

MS, SECOND = 10**6, 10**9
SHORTEST, LONGEST = MS, 60 * SECOND
REACH = 120 * SECOND  # ns: how far back the stores go
LENGTHS = tuple(
    int(seconds * SECOND) for seconds in (60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
)
NOTCH = 0.8  # the part of the window that one step of the wheel leaves


@dataclass(frozen=True)
class Frame:
    """The pixels of one frame, counted from the start of the clock: a moment keeps its pixel as long as the zoom stays,
    so what was painted can stay too."""

    px_ns: int
    left: int
    right: int  # the first pixel that is not shown
    now_ns: int
    reference_ns: int

    @property
    def width(self) -> int:
        return self.right - self.left

    def pixel(self, moment: int) -> int:
        """The pixel of a moment, from the left edge."""
        return moment // self.px_ns - self.left

    def moment(self, pixel: float) -> int:
        return int((self.left + pixel) * self.px_ns)

    @property
    def left_ns(self) -> int:
        return self.left * self.px_ns

    @property
    def right_ns(self) -> int:
        return self.right * self.px_ns


@dataclass(frozen=True)
class End:
    """Where the picture stands still by itself."""

    moment: int
    run: int | None = None  # the run that is shown again; None: all runs have ended

    def words(self, now: int) -> str:
        ended = f"nded {age_words(now - self.moment)} ago"
        return f"E{ended}" if self.run is None else f"Run {self.run}, e{ended}"


class TimeWindow(QObject):
    changed = Signal()  # the part of time that is shown has changed, other than by time passing
    frozen_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, span: int = 10 * SECOND) -> None:
        super().__init__(parent)
        self.span = span
        self.offset = 0  # ns from the reference back to the right edge
        self.now = 0
        self.end: End | None = None
        self._frozen_at: int | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    @property
    def reference(self) -> int:
        return self.now if self._frozen_at is None else self._frozen_at

    @property
    def x_range(self) -> tuple[float, float]:
        """Left and right edge in seconds, both at most 0."""
        return -(self.span + self.offset) / SECOND, -self.offset / SECOND

    def tick(self, now: int) -> None:
        self.now = now

    def frame(self, width: int) -> Frame:
        """The frame for a plot `width` device pixels wide."""
        px_ns = max(1, round(self.span / max(1, width)))
        right = (self.reference - self.offset) // px_ns + 1
        return Frame(px_ns, right - max(1, width), right, self.now, self.reference)

    def freeze(self, on: bool) -> None:
        if on == self.frozen:
            return
        self._frozen_at, self.end = self.now if on else None, None
        if not on:
            self.offset = 0
        self.frozen_changed.emit(on)
        self.changed.emit()

    def stay(self, end: End) -> None:
        """Shows what led to an end, until somebody goes on."""
        self.end, self._frozen_at, self.offset = end, end.moment, 0
        self.frozen_changed.emit(True)
        self.changed.emit()

    def live(self) -> None:
        self.freeze(False)

    def zoom(self, factor: float, anchor: float = 1.0) -> None:
        """Makes the window `factor` times as long. The moment at `anchor` (0 left, 1 right) stays in place; while live
        that is always the live edge."""
        span = min(max(round(self.span * factor), SHORTEST), LONGEST)
        offset = self.offset + (self.span - span) * (1 - anchor) if self.frozen else 0.0
        self._show(span, round(offset))

    def set_span(self, span: int) -> None:
        """Sets another length; while frozen, the middle stays."""
        self.zoom(span / self.span, 0.5 if self.offset else 1.0)

    def step(self, direction: int) -> None:
        """Goes to the next usual length: −1 shorter, +1 longer."""
        if direction < 0:
            self.set_span(next((length for length in LENGTHS if length < self.span * 0.99), SHORTEST))
        else:
            self.set_span(next((length for length in reversed(LENGTHS) if length > self.span * 1.01), LONGEST))

    def wheel(self, notches: float, anchor: float) -> None:
        self.zoom(NOTCH**notches, anchor)

    def pan(self, part: float) -> None:
        """Moves the picture right by a part of its width. Going back in time freezes."""
        if not self.frozen:
            if part <= 0:
                return
            self.freeze(True)
        self._show(self.span, round(self.offset + part * self.span))

    def show_from(self, moment: int) -> None:
        """Shows the time from a moment on, as far back as data is kept."""
        if self.reference - moment > self.span:
            self.freeze(True)
            self._show(self.span, self.reference - moment - self.span)

    def _show(self, span: int, offset: int) -> None:
        offset = min(max(offset, 0), max(0, REACH - span))
        if (span, offset) != (self.span, self.offset):
            self.span, self.offset = span, offset
            self.changed.emit()


def length_words(span: int) -> str:
    """A length as `10 s`, `500 ms`; odd ones, left by the wheel, are rounded."""
    if span >= SECOND:
        return f"{span / SECOND:.3g} s"
    return f"{span / MS:.3g} ms"


def when_words(moment: int, reference: int, now: int, digits: int = 1) -> str:
    """`3.0 s ago`; in a picture that stands still, as its axis has it, `at −3.0 s`: that is longer ago."""
    seconds = f"{max(0, reference - moment) / SECOND:.{digits}f} s"
    return f"{seconds} ago" if reference == now else f"at \N{MINUS SIGN}{seconds}"


def age_words(ns: int) -> str:
    """An age as `12 s`, `3 min`, `2 h`: it changes once a second at most."""
    past = max(0, ns) // SECOND
    return f"{past} s" if past < 60 else f"{past // 60} min" if past < 3600 else f"{past // 3600} h"
