"""Controls: what everything that can be pressed shares.

Controls keep a margin of RING pixels for the focus ring around what is seen of them, so controls in a row with no
spacing are 2 × RING apart."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy

from ui.kit.drawing import RING, Themed, box, focus_ring
from ui.kit.keys import KeepsKeys, is_plain, tip
from ui.kit.theme import Theme

BACK_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Up)
FORTH_KEYS = (Qt.Key.Key_Right, Qt.Key.Key_Down)
PRESS_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)


class Control(Themed, KeepsKeys, QAbstractButton):
    """What all buttons share: a margin for the focus ring, which appears for the keyboard only."""

    radius = 8.0  # in pixels of the design
    own_keys: tuple[Qt.Key, ...] = PRESS_KEYS

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible)
        self._ring = False
        self._tip, self._tip_key = "", ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # No focus by a click: after one, Space and letters are still the window's shortcuts.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def seen(self) -> QRectF:
        """The visible part: the rectangle without the margin."""
        room = self.px(RING)
        return QRectF(self.rect()).adjusted(room, room, -room, -room)

    def hovered(self) -> bool:
        return self.underMouse() and self.isEnabled()

    def name_key(self, key: str) -> None:
        """Names the key that does the same, after the tool tip, whatever that is set to later."""
        self._tip_key = key
        self.setToolTip(self._tip)

    def setToolTip(self, words: str) -> None:
        self._tip = words
        super().setToolTip(tip(words, self._tip_key) if words else "")

    def draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw(painter)
        if self._ring and self.hasFocus():
            self.draw_ring(painter, self.seen())

    def draw_ring(self, painter: QPainter, place: QRectF) -> None:
        focus_ring(painter, place, self.px(self.radius), self.theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason)
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def keeps(self, event: QKeyEvent) -> bool:
        # Space and Enter press a focused button, even where the window has them as shortcuts. With Ctrl they do not.
        return is_plain(event) and event.key() in self.own_keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class OneOf(Control):
    """A member of a group, of which one is taken: Tab goes to that one, arrow keys take its neighbours."""

    own_keys = (*PRESS_KEYS, *BACK_KEYS, *FORTH_KEYS, Qt.Key.Key_Home, Qt.Key.Key_End)

    def seen(self) -> QRectF:
        return QRectF(self.rect())

    def draw_ring(self, painter: QPainter, place: QRectF) -> None:
        """Draws the focus ring, which lies within: there is no margin between neighbours."""
        box(painter, place, self.px(self.radius), None, self.theme.accent, self.px(2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        group: QButtonGroup | None = self.group()
        others = [one for one in group.buttons() if one.isVisible() and one.isEnabled()] if group is not None else []
        place = others.index(self) if self in others else 0
        key = event.key()
        if not others or not is_plain(event) or key not in self.own_keys or key in PRESS_KEYS:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to(others[0 if key == Qt.Key.Key_Home else -1])
        else:
            self._go_to(others[(place + (1 if key in FORTH_KEYS else -1)) % len(others)])

    def _go_to(self, other: QAbstractButton) -> None:
        other.setFocus(Qt.FocusReason.TabFocusReason)
        if not other.isChecked():
            other.click()
