"""Notices: one line on top of the stage for what happened, what is kept and what to do; never a dialog.

At most three are seen; a newer one pushes out the oldest, and rather one that offers nothing to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import icons
from ui.panels.controls import Button, Painted, Themed, box, icon_button, set_theme_within
from ui.panels.labels import Label
from ui.theme import Theme

MOST = 3
MOST_ACTIONS = 2


class Notice(Themed, QFrame):
    acted = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, words: str, actions: Sequence[tuple[str, str]], trouble: bool) -> None:
        super().__init__()
        self.theme, self.words, self.offers = theme, words, bool(actions)
        self.setObjectName("notice")
        self.setAccessibleName(words)
        self.setFixedHeight(40)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(4)

        def sign(painter: QPainter, rect: object, theme: Theme) -> None:
            icons.paint(painter, "warn", QRectF(0, 0, 15, 15), theme.bad if trouble else theme.warn)

        row.addWidget(Painted(theme, QSize(15, 15), sign))
        row.addSpacing(8)
        label = Label(theme, words, 13, color="t1")
        label.setToolTip(words)
        # The line may be longer than the stage is wide.
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(label, 1)
        for action, title in actions[:MOST_ACTIONS]:
            button = Button(theme, f"notice_{action}", title, px=13, height=28, padding=10)
            button.clicked.connect(lambda _=False, a=action: self.acted.emit(a))
            row.addWidget(button)
        close = icon_button(theme, "notice_close", "close", "Close this notice", side=28, icon_px=13)
        close.clicked.connect(self.closed)
        row.addWidget(close)

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), 10, self.theme.panel, self.theme.line1)


class Notices(Themed, QWidget):
    action = Signal(str)  # the id of the action that was pressed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("notices")
        self.setAccessibleName("Notices")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._notices: list[Notice] = []
        self.hide()

    def add(self, words: str, actions: Sequence[tuple[str, str]] = (), trouble: bool = False) -> Notice:
        """Shows a line with up to two actions, each (id, title). The same words twice are one notice, the newer."""
        for same in [notice for notice in self._notices if notice.words == words]:
            self.remove(same)
        notice = Notice(self.theme, words, actions, trouble)
        notice.acted.connect(self.action)
        notice.acted.connect(lambda: self.remove(notice))
        notice.closed.connect(lambda: self.remove(notice))
        self._notices.append(notice)
        self._column.addWidget(notice)
        while len(self._notices) > MOST:
            self.remove(next((one for one in self._notices[:-1] if not one.offers), self._notices[0]))
        self.show()
        return notice

    def words(self) -> list[str]:
        return [notice.words for notice in self._notices]

    def notices(self) -> list[Notice]:
        return list(self._notices)

    def clear(self) -> None:
        for notice in list(self._notices):
            self.remove(notice)

    def remove(self, notice: Notice) -> None:
        if notice not in self._notices:
            return
        self._notices.remove(notice)
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self._notices))

    def rethemed(self) -> None:
        set_theme_within(self, self.theme)
