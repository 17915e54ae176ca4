"""Drop: while a file is dragged over the window, says that it is welcome, or why it is not."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.kit.drawing import Themed, box, write
from ui.kit.theme import Theme

WELCOME = "Drop to open"
ONE_ONLY = "One file at a time"
KINDS = (".toml", ".py")
KINDS_ONLY = "Only a recipe (.toml) or Python code (.py) can be opened"
EDGE, RADIUS = 16, 14
PLATE_WIDTH, PLATE_HEIGHT = 640, 116
VEIL = 0.86  # the window below can be seen, but not read


class DropOverlay(Themed, QWidget):
    """Covers the window while a file is dragged. It watches the window's drags, and takes no mouse events itself."""

    dropped = Signal(Path)
    refused = Signal(str)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(theme, "drop_overlay", parent=window)
        self._window = window
        self.words, self.name = "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def _begin(self, event: QDragEnterEvent) -> None:
        paths = _paths(event.mimeData())
        if not paths:
            return
        self.words = _problem(paths) or WELCOME
        self.name = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        self.setAccessibleName(f"{self.words}: {self.name}")
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.update()
        _accept(event)

    def _drop(self, event: QDropEvent) -> None:
        paths = _paths(event.mimeData())
        self.hide()
        if not paths:
            return
        _accept(event)
        problem = _problem(paths)
        if problem:
            self.refused.emit(f"{problem}: nothing was opened.")
        else:
            self.dropped.emit(paths[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter:
                self._begin(cast(QDragEnterEvent, event))
            case QEvent.Type.DragMove if self.isVisible():
                _accept(cast(QDropEvent, event))
            case QEvent.Type.DragLeave:
                self.hide()
            case QEvent.Type.Drop:
                self._drop(cast(QDropEvent, event))
            case _:
                return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px, welcome = QPainter(self), self.theme, self.px, self.words == WELCOME
        veil = QColor(theme.base)
        veil.setAlphaF(VEIL)
        painter.fillRect(self.rect(), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.accent if welcome else theme.warn), px(2))
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        rect = QRectF(self.rect()).adjusted(px(EDGE), px(EDGE), -px(EDGE), -px(EDGE))
        painter.drawRoundedRect(rect, px(RADIUS), px(RADIUS))
        plate = QRectF(0, 0, min(px(PLATE_WIDTH), rect.width() - 2 * px(EDGE)), px(PLATE_HEIGHT))
        plate.moveCenter(rect.center())
        box(painter, plate, px(RADIUS), theme.raised, theme.line1)
        line = QRectF(plate.left() + px(EDGE), plate.top() + px(24), plate.width() - 2 * px(EDGE), px(32))
        write(painter, line, (self.words, theme.font(22, 600, display=True), theme.t1), "center")
        write(painter, line.translated(0, px(36)), (self.name, theme.font(14), theme.t2), "center")


def _accept(event: QDropEvent) -> None:
    """Accepts a drop as a copy, whatever is proposed: a source that hears of a move may delete its file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _problem(paths: list[Path]) -> str:
    if len(paths) > 1:
        return ONE_ONLY
    return "" if paths[0].suffix.casefold() in KINDS else KINDS_ONLY
