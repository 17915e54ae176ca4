"""Bars: one figure of all runs of a job, the runs below each other, so that models can be compared. The chosen run
stands out; the newest is at the top. Runs that were dismissed from the stage are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from playground.catalogue import model
from playground.run.run import Run
from ui.kit.drawing import badge, width_of, write
from ui.kit.theme import Theme, mix
from ui.runs.views.view import FIGURE_HEIGHT, View, paint_figure

ROW, BAR, BADGE = 24, 8, 22
MOST_LABEL_PART = 0.65  # as a part of the width that badge and value leave
MOST_KEPT = 50


@dataclass(frozen=True)
class Bar:
    number: int  # the number of the run
    label: str
    detail: str
    value: float
    words: str
    before: float = 0.0  # the part of the value that is not compared, in grey


class Bars:
    """The bars of all runs, by number."""

    def __init__(self) -> None:
        self._kept: dict[int, Bar] = {}

    def keep(self, bars: Iterable[Bar]) -> bool:
        """Takes bars. Is anything new in them?"""
        kept = {**self._kept, **{bar.number: bar for bar in bars}}
        newest = dict(sorted(kept.items(), reverse=True)[:MOST_KEPT])
        changed, self._kept = newest != self._kept, newest
        return changed

    def bar_of(self, number: int) -> Bar | None:
        return self._kept.get(number)

    def rows(self, room: int, chosen: int | None) -> list[Bar]:
        """The newest bars, as many as there is room for, and that of the chosen run."""
        bars = list(self._kept.values())
        shown = bars[:room]
        looked_at = self._kept.get(chosen or 0)
        if looked_at is not None and looked_at not in shown and room > 0:
            shown[-1] = looked_at
        return shown

    def words(self) -> str:
        return "; ".join(f"run {bar.number}, {bar.label} {bar.detail}: {bar.words}" for bar in self._kept.values())

    def paint(self, painter: QPainter, place: QRectF, theme: Theme, chosen: int | None) -> None:
        px, face, height, thick = theme.px, theme.font(12), theme.px(ROW), theme.px(BAR)
        rows = self.rows(int(place.height()) // height, chosen)
        if not rows:
            return
        most = max(bar.value for bar in rows) or 1.0
        values = max(width_of(bar.words, theme.font(12, 600)) for bar in rows) + px(8)
        wanted = max(width_of(bar.label, theme.font(12, 500)) + width_of(bar.detail, face) for bar in rows) + px(22)
        labels = min(wanted, (place.width() - px(BADGE) - values) * MOST_LABEL_PART)
        for row, bar in enumerate(rows):
            line = QRectF(place.left(), place.top() + row * height, place.width(), height)
            own = bar.number == chosen
            if own:
                painter.fillRect(line.adjusted(-px(8), 0, px(8), 0), QColor(theme.accent_soft))
                painter.fillRect(QRectF(line.left() - px(8), line.top(), px(2), height), QColor(theme.accent))
            wide = max(px(17), px(9) * len(str(bar.number)) + px(8))
            tag = QRectF(line.left(), round(line.center().y()) - px(8), wide, px(16))
            badge(painter, tag, str(bar.number), theme, theme.hover)
            words = QRectF(line.left() + px(BADGE + 4), line.top(), labels - px(8), height)
            width = write(painter, words, (bar.label, theme.font(12, 500), theme.t1))
            write(painter, words.adjusted(width + px(6), 0, 0, 0), (bar.detail, face, theme.t3))
            left = line.left() + px(BADGE) + labels
            full = line.right() - values - left
            track = QRectF(round(left), round(line.center().y()) - thick // 2, round(full), thick)
            painter.fillRect(track, QColor(mix(theme.accent_soft, theme.panel, 0.5) if own else theme.track))
            long, grey = (max(1, round(full * part / most)) for part in (bar.value, bar.before))
            painter.fillRect(
                QRectF(track.left(), track.top(), long, thick), QColor(theme.accent if own else theme.line2)
            )
            if bar.before:
                painter.fillRect(QRectF(track.left(), track.top(), grey, thick), QColor(theme.other))
            write(painter, line, (bar.words, theme.font(12, 600), theme.t1), "right")


class BarsView(View):
    """A figure of the chosen run, and below it the bars of all runs of its kind."""

    def __init__(self, theme: Theme, kind: str) -> None:
        super().__init__(theme, kind)
        self.bars = Bars()

    def bar(self, run: Run) -> Bar | None:
        """The bar of a run; None as long as nothing is known."""
        raise NotImplementedError

    def figure(self, bar: Bar | None) -> tuple[str, str, str]:
        """The figure on top: number, unit, and a line about it."""
        raise NotImplementedError

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Takes the runs that are live or still on the stage, twice a second."""
        found = (self.bar(run) for run in runs if run.job.look == self.kind)
        if self.bars.keep(bar for bar in found if bar is not None):
            self.say(self.bars.words())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.inside()
        chosen = self.run.number if self.run is not None else None
        paint_figure(painter, self, *self.figure(self.bars.bar_of(chosen or 0)))
        self.bars.paint(painter, room.adjusted(0, self.px(FIGURE_HEIGHT + 6), 0, 0), self.theme, chosen)


def label_of(run: Run) -> str:
    """The label of a bar: 4 × threads."""
    return f"{run.recipe.workers} × {model(run.recipe.model).title.lower()}"


def python_of(run: Run) -> str:
    """The Python of a run, where it is not the app's own."""
    return run.engine.facts.short if run.recipe.interpreter else ""
