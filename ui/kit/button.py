"""The button of all panels: icon, words, a note and the badge of a key, each optional."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Literal

from PySide6.QtCore import QRectF, QSize, SignalInstance
from PySide6.QtGui import QPainter

from ui.kit import icons
from ui.kit.controls import Control
from ui.kit.drawing import RING, Ink, Text, badge, box, ink, width_of, write
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme, mix

Kind = Literal["plain", "primary", "ghost", "link"]
Press = Callable[..., object] | SignalInstance | None  # what a click calls or emits


class Button(Control):
    """Icon, words, a note in t3 and the badge of a key, each optional."""

    icon_name = Drawn("")
    note = Drawn("", sized=True)
    key = Drawn("", sized=True)

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
        press: Press = None,
    ) -> None:
        super().__init__(theme, name, accessible or words)
        self._kind, self.icon_name, self._icon_px, self._icon_ink = kind, icon, icon_px, icon_ink
        self._words = words
        self._px, self._weight, self._height, self._padding, self._gap = px, weight, height, padding, gap
        self.radius = 8.0 if height > 28 else 6.0
        self.setToolTip(tip)
        if press is not None:
            self.clicked.connect(press)

    def set_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            if words:
                self.setAccessibleName(words)
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        return self._words

    def _texts(self) -> list[Text]:
        color = self._color()
        texts: list[Text] = [(self._words, self.theme.font(self._px, self._weight), color)] if self._words else []
        if self.note:
            texts.append((self.note, self.theme.font(self._px), self.theme.t3))
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
        if self.icon_name:
            parts.insert(0, self.px(self._icon_px))
        if self.key:
            parts.append(self._key_width())
        width = sum(parts) + self.px(self._gap) * (len(parts) - 1) + 2 * self.px(self._padding)
        return QSize(ceil(width) + 2 * self.px(RING), self.px(self._height) + 2 * self.px(RING))

    def _key_width(self) -> float:
        return ceil(width_of(self.key, self.theme.font(11))) + self.px(12)

    def draw(self, painter: QPainter) -> None:
        rect = self.seen()
        fill, line = self._ground()
        if fill or line:
            box(painter, rect, self.px(self.radius), fill, line)
        x, gap = rect.left() + self.px(self._padding), self.px(self._gap)
        if self.icon_name:
            color = ink(self.theme, self._icon_ink) if self._icon_ink and self.isEnabled() else self._color()
            side = self.px(self._icon_px)
            square = QRectF(x, rect.center().y() - side / 2, side, side)
            icons.paint(painter, self.icon_name, square, color, self.px(1.5))
            x += side + gap
        for text in self._texts():
            room = QRectF(x, rect.top(), rect.right() - x, rect.height())
            x += write(painter, room, text) + gap
        if self.key:
            height = self.px(18)
            plate = QRectF(round(x), round(rect.center().y() - height / 2), self._key_width(), height)
            badge(painter, plate, self.key, self.theme)


def icon_button(
    theme: Theme,
    name: str,
    icon: str,
    words: str,
    side: int = 32,
    icon_px: int = 16,
    kind: Kind = "ghost",
    icon_ink: Ink | None = None,
    press: Press = None,
) -> Button:
    """A square button without words of its own; the tool tip has them."""
    look = {"height": side, "padding": (side - icon_px) // 2, "icon_px": icon_px}
    return Button(theme, name, "", icon, kind, **look, icon_ink=icon_ink, accessible=words, tip=words, press=press)
