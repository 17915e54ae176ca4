"""What the mouse or the keyboard points at on the stage: a cross through all bands at that moment, and the card that
says what is there. Updated once a beat at most, as a mouse moves more often than anybody can see."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.kit.theme import Theme
from ui.stage.band_plot import BandPlot
from ui.stage.hover import HoverCard, RowedPlot, RowPointer, UnderMouse
from ui.stage.run_plot import RunPlot
from ui.stage.time_window import TimeWindow, when_words

AGAIN_NS = 500_000_000  # words that change more often under a resting mouse cannot be read
NEAR_NOW = 0.9  # as a part of a plot's width


class Pointing(QObject):
    reached = Signal(object)  # by keyboard: a plot that must be in sight
    pressed = Signal(object, float, float)  # by keyboard: a plot of the chosen run, x and y

    def __init__(
        self,
        stage: QWidget,
        window: TimeWindow,
        theme: Theme,
        plots: Callable[[], list[BandPlot]],
        rowed_plots: Callable[[], list[RowedPlot]],
    ) -> None:
        """The cross goes through `plots`; the keyboard goes through the rows of `rowed_plots`."""
        super().__init__(stage)
        self._stage, self._window, self._plots, self._rowed_plots = stage, window, plots, rowed_plots
        self.card = HoverCard(theme, stage)
        self.under_mouse = UnderMouse(stage)
        self.pointer = RowPointer()
        self._at: tuple[BandPlot, float, float] | None = None
        self._told_at = 0
        self._moved = False

    def listen(self, plot: BandPlot) -> None:
        plot.hovered.connect(lambda x, y: self._move(plot, x, y))
        plot.left.connect(self.leave)

    def tick(self, now: int) -> None:
        """Updates the words under a resting pointer, once a frame."""
        self.beat()
        if self._at is not None and now - self._told_at >= AGAIN_NS:
            self._tell()

    def beat(self) -> None:
        """Shows the cross after a move, once a beat: beats come even while nothing is drawn."""
        if self._moved:
            self._show()

    def place(self, widget: QWidget, x: float, y: float) -> QPointF:
        """A point of a part of the stage, in the stage's coordinates."""
        return QPointF(widget.mapTo(self._stage, QPoint(round(x), round(y))))

    def forget(self, *plots: BandPlot) -> None:
        """Forgets plots that leave the stage."""
        if self._at is not None and self._at[0] in plots:
            self.leave()

    def leave(self) -> None:
        self._at, self._moved = None, False
        self.under_mouse.note(None)
        self.card.hide()
        for plot in self._plots():
            plot.show_cross(None)

    def _move(self, plot: BandPlot, x: float, y: float) -> None:
        self._at, self._moved = (plot, x, y), True

    def _show(self) -> None:
        self._moved = False
        if self._at is None:
            return
        plot, x, y = self._at
        self.under_mouse.note(plot, y)
        for other in self._plots():
            other.show_cross(x if other is plot or not other.viewport().visibleRegion().isEmpty() else None)
        self._tell()

    def _tell(self) -> None:
        if self._at is None:
            return
        window = self._window
        if self.pointer.at is not None:  # the lens moves on, and with it what the keyboard points at
            pointed, height = self.pointer.at
            self._at = pointed, _pointed_x(pointed), height
        plot, x, y = self._at
        self._told_at = window.now
        lines, moment = plot.describe(x, y), plot.moment(x)
        if lines and moment is not None:
            lines = [*lines, when_words(moment, window.reference, window.now, 3)]
        row = plot.row_around(y)
        ends = None if row is None else (self.place(plot, x, row[0]).y(), self.place(plot, x, row[1]).y())
        self.card.tell(lines, self.place(plot, x, y), ends)

    # -- by keyboard

    def takes(self, event: QKeyEvent) -> bool:
        """Takes a key: up and down go from row to row and show what the mouse would; Enter is a click."""
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self._point_at(self.pointer.step(self._rowed_plots(), by))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.pointer.at is not None:
                plot, y = self.pointer.at
                if isinstance(plot, RunPlot):
                    self.pressed.emit(plot, _pointed_x(plot), y)
            case Qt.Key.Key_Escape if self.pointer.at is not None:
                self._point_at(None)
            case _:
                return False
        return True

    def end(self) -> None:
        """The keyboard has gone elsewhere."""
        if self.pointer.at is not None:
            self._point_at(None)

    def _point_at(self, place: tuple[RowedPlot, float] | None) -> None:
        if place is None:
            self.pointer.leave()
            self.leave()
            self._stage.setAccessibleDescription("")
            return
        plot, y = place
        self.reached.emit(plot)
        self._move(plot, _pointed_x(plot), y)
        self._show()
        self._stage.setAccessibleDescription("; ".join(self.card.lines) if self.card.isVisible() else "")


def _pointed_x(plot: BandPlot) -> float:
    """Where the keyboard points: in the middle of the lens, if there is one, else near the live edge."""
    lens = plot.bracket_place() if isinstance(plot, RunPlot) else None
    return (lens[0] + lens[1]) / 2 if lens is not None else plot.width() * NEAR_NOW
