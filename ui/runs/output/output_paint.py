"""How a row of the output list is painted. In a flood all rows change ten times a second. So badges are painted once
and kept, and the width of plain text is found by counting letters: a row takes 15 µs instead of 80."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from playground.reading.worker_name import worker_name
from ui.kit.drawing import box, width_of, write
from ui.kit.theme import Theme, ink_on
from ui.runs.output.output_rows import OutputRow, OutputRows

ROW = 19
EDGE, GAP = 12, 8
BADGE_HEIGHT = 15
MOST_BADGES = 200


def badge_width(worker: int, theme: Theme) -> int:
    return theme.px(9) + theme.px(7) * len(worker_name(worker))


class RowPainter:
    """Paints time, badge and text. A column is as wide as its widest entry."""

    def __init__(self, theme: Theme, first_slot: int, start_ns: int, badges: bool) -> None:
        self.theme = theme
        self._first_slot, self._start_ns, self._badges = first_slot, start_ns, badges
        self._badge_x = self.text_x = theme.px(EDGE)
        self._kept: dict[tuple[int, float], QPixmap] = {}
        self._fonts = theme.font(11, mono=True), theme.font(12, mono=True)
        self._letters = [width_of("0", face) for face in self._fonts]
        self._base = round(theme.px(ROW) / 2 + QFontMetricsF(self._fonts[1]).capHeight() / 2)
        self._inks = {"time": QColor(theme.t3), "line": QColor(theme.t1), "error": QColor(theme.bad)}

    def measure(self, rows: OutputRows) -> None:
        px = self.theme.px
        self._badge_x = px(EDGE)
        if rows.latest_ns:
            self._badge_x += ceil(len(self._time_words(rows.latest_ns)) * self._letters[0]) + px(GAP)
        named = self._badges and rows.last_worker >= 0
        self.text_x = self._badge_x + (badge_width(rows.last_worker, self.theme) + px(GAP) if named else 0)

    def fits(self, words: str, width: float) -> bool:
        """Does the whole line fit into the width?"""
        return width_of(words, self._fonts[1]) <= width - self.theme.px(EDGE) - self.text_x

    def note(self, painter: QPainter, rect: QRectF, words: str) -> None:
        edge = self.theme.px(EDGE)
        write(painter, rect.adjusted(edge, 0, -edge, 0), (words, self.theme.font(11), self.theme.t3), "center")

    def paint(self, painter: QPainter, rect: QRectF, row: OutputRow) -> None:
        px = self.theme.px
        if row.kind == "gap":
            self.note(painter, rect, row.text)
            return
        if row.at_ns is not None:
            words = self._time_words(row.at_ns)
            place = QPointF(self._badge_x - px(GAP) - len(words) * self._letters[0], rect.top() + self._base)
            painter.setFont(self._fonts[0])
            painter.setPen(self._inks["time"])
            painter.drawText(place, words)
        if self._badges and row.worker >= 0:
            place = QPointF(self._badge_x, rect.top() + (px(ROW) - px(BADGE_HEIGHT)) // 2)
            painter.drawPixmap(place, self._badge(row.worker, painter.device().devicePixelRatioF()))
        self._paint_text(painter, rect.adjusted(self.text_x, 0, -px(EDGE), 0), row)

    def _paint_text(self, painter: QPainter, rect: QRectF, row: OutputRow) -> None:
        words, most = row.text, int(rect.width() / self._letters[1])
        if not words.isascii():
            write(painter, rect, (words, self._fonts[1], self._inks[row.kind].name()))
            return
        painter.setFont(self._fonts[1])
        painter.setPen(self._inks[row.kind])
        shown = words if len(words) <= most else words[: max(0, most - 1)] + "…"
        painter.drawText(QPointF(rect.left(), rect.top() + self._base), shown)

    def _time_words(self, at_ns: int) -> str:
        """The time since the run began, in seconds."""
        return f"{max(0, at_ns - self._start_ns) / 1e9:.3f}"

    def _badge(self, worker: int, ratio: float) -> QPixmap:
        made = self._kept.get((worker, ratio))
        if made is None:
            if len(self._kept) == MOST_BADGES:
                self._kept.clear()
            rect = QRectF(0, 0, badge_width(worker, self.theme), self.theme.px(BADGE_HEIGHT))
            made = QPixmap((rect.size() * ratio).toSize())
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            color = self.theme.worker(self._first_slot + worker)
            painter = QPainter(made)
            box(painter, rect, self.theme.px(4), color, None)
            write(painter, rect, (worker_name(worker), self.theme.font(10, 600), ink_on(color)), "center")
            painter.end()
            self._kept[worker, ratio] = made
        return made
