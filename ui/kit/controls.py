"""Controls: the buttons, lines and cards that the panels are made of.

Buttons keep a margin of RING pixels for the focus ring around what is seen of them, so controls in a row with no
spacing are 2 × RING apart."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal, cast

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from ui.kit import icons
from ui.kit.drawing import RING, Ink, Text, Themed, badge, box, focus_ring, ink, width_of, write
from ui.kit.keys import is_plain, tip
from ui.kit.theme import Theme, mix

BACK_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Up)
FORTH_KEYS = (Qt.Key.Key_Right, Qt.Key.Key_Down)
PRESS_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)

Kind = Literal["plain", "primary", "ghost", "link"]


class Control(Themed, QAbstractButton):
    """What all buttons share: a margin for the focus ring, which appears for the keyboard only."""

    radius = 8.0  # in pixels of the design
    own_keys: tuple[Qt.Key, ...] = PRESS_KEYS

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__()
        self.theme, self._ring = theme, False
        self._tip, self._tip_key = "", ""
        self.setObjectName(name)
        self.setAccessibleName(accessible)
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
            focus_ring(painter, self.seen(), self.px(self.radius), self.theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason)
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        # Space and Enter press a focused button, even where the window has them as shortcuts. With Ctrl they do not.
        if event.type() == QEvent.Type.ShortcutOverride:
            keys = cast(QKeyEvent, event)
            if is_plain(keys) and keys.key() in self.own_keys:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class OneOf(Control):
    """A member of a group, of which one is taken: Tab goes to that one, arrow keys take its neighbours."""

    own_keys = (*PRESS_KEYS, *BACK_KEYS, *FORTH_KEYS, Qt.Key.Key_Home, Qt.Key.Key_End)

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


class Button(Control):
    """Icon, words, a note in t3 and the badge of a key, each optional."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        words: str = "",
        icon: str = "",
        kind: Kind = "plain",
        *,
        px: float = 14,
        weight: int = 500,
        height: int = 36,
        padding: int = 13,
        icon_px: int = 16,
        icon_ink: Ink | None = None,
        gap: int = 8,
        accessible: str = "",
        tip: str = "",
    ) -> None:
        super().__init__(theme, name, accessible or words)
        self._kind, self._icon, self._icon_px, self._icon_ink = kind, icon, icon_px, icon_ink
        self._words, self._note, self._key = words, "", ""
        self._px, self._weight, self._height, self._padding, self._gap = px, weight, height, padding, gap
        self.radius = 8.0 if height > 28 else 6.0
        self.setToolTip(tip)

    def set_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            if words:
                self.setAccessibleName(words)
            self._remeasure()

    def set_note(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self._remeasure()

    def set_key(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self._remeasure()

    def set_icon(self, icon: str) -> None:
        if icon != self._icon:
            self._icon = icon
            self.update()

    def set_kind(self, kind: Kind) -> None:
        if kind != self._kind:
            self._kind = kind
            self.update()

    def words(self) -> str:
        return self._words

    def note(self) -> str:
        return self._note

    def _remeasure(self) -> None:
        self.updateGeometry()
        self.update()

    def _texts(self) -> list[Text]:
        color = self._color()
        texts: list[Text] = [(self._words, self.theme.font(self._px, self._weight), color)] if self._words else []
        if self._note:
            texts.append((self._note, self.theme.font(self._px), self.theme.t3))
        return texts

    def _color(self) -> str:
        if not self.isEnabled():
            return self.theme.t3
        match self._kind:
            case "primary":
                return self.theme.on_accent
            case "link":
                return self.theme.accent
            case "ghost":
                return self.theme.t1 if self.hovered() or self.isChecked() else self.theme.t2
            case _:
                return self.theme.t1

    def _ground(self) -> tuple[str | None, str | None]:
        """Fill and border."""
        theme, hovered = self.theme, self.hovered()
        if self._kind in ("ghost", "link"):
            active = self.isChecked() or (hovered and self._kind == "ghost")
            return (theme.hover if active else None), None
        if not self.isEnabled():
            return (theme.hover if self._kind == "primary" else theme.panel), theme.line0
        if self._kind == "primary":
            shade = mix(theme.accent_fill, "#000000" if self.isDown() else "#FFFFFF", 0.13)
            return (shade if hovered or self.isDown() else theme.accent_fill), None
        if self.isDown() or self.isChecked():
            return theme.hover, theme.line2
        return (theme.hover if hovered else theme.raised), (theme.line2 if hovered else theme.line1)

    def sizeHint(self) -> QSize:
        parts = [width_of(words, face) for words, face, _ in self._texts()]
        if self._icon:
            parts.insert(0, self.px(self._icon_px))
        if self._key:
            parts.append(self._key_width())
        width = sum(parts) + self.px(self._gap) * (len(parts) - 1) + 2 * self.px(self._padding)
        return QSize(ceil(width) + 2 * self.px(RING), self.px(self._height) + 2 * self.px(RING))

    def _key_width(self) -> float:
        return ceil(width_of(self._key, self.theme.font(11))) + self.px(12)

    def draw(self, painter: QPainter) -> None:
        rect = self.seen()
        fill, line = self._ground()
        if fill or line:
            box(painter, rect, self.px(self.radius), fill, line)
        x, gap = rect.left() + self.px(self._padding), self.px(self._gap)
        if self._icon:
            color = ink(self.theme, self._icon_ink) if self._icon_ink and self.isEnabled() else self._color()
            side = self.px(self._icon_px)
            square = QRectF(x, rect.center().y() - side / 2, side, side)
            icons.paint(painter, self._icon, square, color, self.px(1.5))
            x += side + gap
        for text in self._texts():
            room = QRectF(x, rect.top(), rect.right() - x, rect.height())
            x += write(painter, room, text) + gap
        if self._key:
            height = self.px(18)
            plate = QRectF(round(x), round(rect.center().y() - height / 2), self._key_width(), height)
            badge(painter, plate, self._key, self.theme)


def icon_button(theme: Theme, name: str, icon: str, accessible: str, side: int = 32, icon_px: int = 16) -> Button:
    padding = (side - icon_px) // 2
    return Button(
        theme,
        name,
        icon=icon,
        kind="ghost",
        height=side,
        padding=padding,
        icon_px=icon_px,
        accessible=accessible,
        tip=accessible,
    )


class Separator(Themed, QWidget):
    """A separating line, horizontal or vertical."""

    def __init__(self, theme: Theme, standing: bool = False, strong: bool = False, length: int = 0) -> None:
        super().__init__()
        self.theme, self._strong = theme, strong
        if standing:
            self.setFixedWidth(1)
            if length:
                self.fit(self.setFixedHeight, length)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        QPainter(self).fillRect(self.rect(), QColor(theme.line1 if self._strong else theme.line0))


class Card(Themed, QFrame):
    """A panel with a border; its contents stand in a column."""

    def __init__(self, theme: Theme, name: str, accessible: str, padding: int = 16) -> None:
        super().__init__()
        self.theme, self._trouble = theme, False
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.column = QVBoxLayout(self)
        self.fit(self.column.setContentsMargins, padding, padding, padding, padding)
        self.column.setSpacing(0)

    def set_trouble(self, trouble: bool) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self.update()

    def in_trouble(self) -> bool:
        return self._trouble

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.theme
        line = theme.trouble_line if self._trouble else theme.panel_line
        box(QPainter(self), QRectF(self.rect()), self.px(10), theme.panel, line)


class Painted(Themed, QWidget):
    """A widget that a function draws: for one-off drawings within a panel."""

    def __init__(self, theme: Theme, size: QSize, draw: Callable[[QPainter, QRect, Theme], None]) -> None:
        super().__init__()
        self.theme, self._draw = theme, draw
        self.fit(self.setFixedSize, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw(QPainter(self), self.rect(), self.theme)
