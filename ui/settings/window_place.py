"""Where the window is: its screen, place and size, and whether it is maximised. It comes back as it was left; a part
beyond the edge of the screen, title bar included, is brought back onto it."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from ui.kit.theme import Theme
from ui.kit.timers import single_shot
from ui.settings.settings_file import SettingsFile

FIRST, LEAST = QSize(1440, 900), QSize(1024, 640)
FRAME = QSize(16, 40)  # px that window managers take, until it is known what this one takes
FRAMED_AFTER_MS = 200  # ms: a window manager frames a window only after it is shown


def least_at(scale: float) -> QSize:
    return LEAST * scale


def least_on(available: QSize, scale: float) -> QSize:
    """The least size of the window; on a smaller screen, the whole screen."""
    return least_at(scale).boundedTo(available - FRAME)


def within(frame: QRect, available: QRect) -> QRect:
    """The rectangle, moved and if need be shrunk so that no part of it is outside."""
    size = frame.size().boundedTo(available.size())
    x = min(max(frame.x(), available.left()), available.right() + 1 - size.width())
    y = min(max(frame.y(), available.top()), available.bottom() + 1 - size.height())
    return QRect(QPoint(x, y), size)


class WindowPlace(QObject):
    def __init__(self, window: QWidget, settings: SettingsFile, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.settled = False  # has it been shown, framed and brought back?
        self.set_theme(theme)
        self._timer = single_shot(self, "window place", self.bring_back, FRAMED_AFTER_MS)

    def set_theme(self, theme: Theme) -> None:
        self._scale = theme.scale
        self._window.setMinimumSize(least_on(self._window.screen().availableSize(), theme.scale))

    def restore(self) -> None:
        """Puts the window where it was, before it is shown."""
        window = self._window
        if not window.restoreGeometry(QByteArray(_decoded(self._settings.settings.window_place))):
            window.resize((FIRST * self._scale).boundedTo(window.screen().availableSize() - FRAME))
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)  # how would one leave it?
        window.installEventFilter(self)

    def now(self) -> str:
        return b64encode(self._window.saveGeometry().data()).decode()

    def bring_back(self) -> None:
        """Brings the whole window, with frame and title bar, onto the screen that has most of it."""
        window, self.settled = self._window, True
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            return
        frame, inner = window.frameGeometry(), window.geometry()
        wanted = within(frame, window.screen().availableGeometry())
        if wanted != frame:
            window.resize(wanted.size() - (frame.size() - inner.size()))
            window.move(wanted.topLeft())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._timer.start()
        return False


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # the setting was written by somebody else
        return b""
