"""Whose order is it? The numbers as they were printed, each in the colour of its worker. A row is a round: as many
numbers as there are workers. A round in which all spoke in turn is ticked."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from playground.reading.printed import Line
from ui.kit import icons
from ui.kit.drawing import write
from ui.kit.quantities import whole
from ui.kit.theme import Theme, ink_on
from ui.runs.views.view import FIGURE_HEIGHT, View, paint_figure, paint_hint

NUMBERS = 28  # px at the left for the number of a round
LEAST, MOST, READABLE = 5, 24, 13  # px: the size of a tile
BETWEEN = 5  # px between rounds
MOST_ROUNDS = 200

Said = tuple[int, str]  # worker, words


class Rounds:
    """What was said, cut into rounds of as many numbers as there are workers."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.kept: deque[list[Said]] = deque(maxlen=MOST_ROUNDS)  # the last round may be incomplete
        self.whole = self.in_order = 0
        self.missed = 0

    def add(self, line: Line) -> None:
        if line.worker < 0:
            return
        if line.missed:  # where rounds begin is unknown now, so one begins with this line
            self.missed += line.missed
            if self.kept and len(self.kept[-1]) < self.workers:
                self.kept.pop()
        if not self.kept or len(self.kept[-1]) == self.workers:
            self.kept.append([])
        self.kept[-1].append((line.worker, line.text.strip()))
        if len(self.kept[-1]) == self.workers:
            self.whole += 1
            self.in_order += in_order(self.kept[-1])


def in_order(said: list[Said]) -> bool:
    """Did all speak in turn?"""
    return [worker for worker, _ in said] == list(range(len(said)))


class OrderView(View):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "order")
        self.restart()

    def restart(self) -> None:
        self._next = 0  # the number of the next line
        self.rounds = Rounds(self.run.recipe.workers if self.run is not None else 1)
        self.say("")

    def look(self, now_ns: int) -> None:
        if self.run is None:
            return
        output = self.run.output
        output.look()
        lines = output.since(self._next)
        if output.count - self._next > len(lines) and lines:  # some lines are not kept any more, and were never seen
            lines[0] = lines[0]._replace(missed=output.count - self._next - len(lines) + lines[0].missed)
        self._next = output.count
        for line in lines:
            self.rounds.add(line)
        if lines:
            self.say(" ".join(self._words()))
            self.update()

    def _words(self) -> tuple[str, str, str]:
        rounds = self.rounds
        note = "as they were printed, newest round on top"
        if rounds.missed:
            note = f"newest round on top; {whole(rounds.missed)} numbers are not shown"
        return whole(rounds.in_order), f"of {whole(rounds.whole)} rounds in order", note

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), self.inside()
        if not self.rounds.kept:
            paint_hint(painter, self, "Nobody has said a number yet")
            return
        paint_figure(painter, self, *self._words())
        self._paint_rounds(painter, room.adjusted(0, self.px(FIGURE_HEIGHT + 8), 0, 0))

    def _paint_rounds(self, painter: QPainter, place: QRectF) -> None:
        rounds, workers, px = self.rounds, self.rounds.workers, self.px
        width = place.width() - px(NUMBERS)
        side = max(px(LEAST), min(px(MOST), int(width // workers)))
        columns = max(1, int(width // side))
        lines = -(-workers // columns)
        height = lines * side + px(BETWEEN)
        number = rounds.whole + (len(rounds.kept[-1]) < workers)
        painter.save()
        painter.setClipRect(place)
        for row, said in enumerate(reversed(rounds.kept)):
            top = place.top() + row * height
            if top >= place.bottom():
                break
            self._paint_number(painter, QRectF(place.left(), top, px(NUMBERS), side), number - row, said)
            for turn, (worker, words) in enumerate(said):
                x, y = place.left() + px(NUMBERS) + turn % columns * side, top + turn // columns * side
                self._paint_tile(painter, QRectF(x, y, side - 1, side - 1), worker, words)
        painter.restore()

    def _paint_number(self, painter: QPainter, place: QRectF, number: int, said: list[Said]) -> None:
        px = self.px
        if len(said) == self.rounds.workers and in_order(said):
            square = QRectF(place.right() - px(19), round(place.center().y()) - px(6), px(12), px(12))
            icons.paint(painter, "check", square, self.theme.ok, px(1.5))
        else:
            text = (whole(number), self.theme.font(10), self.theme.t3)
            write(painter, place.adjusted(0, 0, -px(7), 0), text, "right")

    def _paint_tile(self, painter: QPainter, place: QRectF, worker: int, words: str) -> None:
        color = self.theme.worker(self.slot + worker)
        painter.fillRect(place, QColor(color))
        if place.width() + 1 >= self.px(READABLE) and len(words) * self.px(6) <= place.width() + 2:
            write(painter, place.adjusted(-2, 0, 2, 0), (words, self.theme.font(10, 500), ink_on(color)), "center")
