"""The header of a table: quiet words over a line, aligned like the cells below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView

from ui.kit.drawing import Themed, write
from ui.kit.theme import Theme

HEIGHT = 24


class TableHeader(Themed, QHeaderView):
    def __init__(self, theme: Theme, left: int = 6, right: int = 6) -> None:
        super().__init__(theme, "", "", Qt.Orientation.Horizontal)
        self._left: dict[int, int] = {}
        self._right: dict[int, int] = {}
        self._usual = (left, right)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit(self.setMinimumSectionSize, 20)
        self.fit(self.setFixedHeight, HEIGHT)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)

    def set_insets(self, left: Mapping[int, int], right: Mapping[int, int]) -> None:
        """Sets how far words stand from the edges of columns, where that is not as usual."""
        self._left, self._right = dict(left), dict(right)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.px(HEIGHT))

    def rethemed(self) -> None:
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model, theme = self.model(), self.theme
        words = model.headerData(section, self.orientation(), Qt.ItemDataRole.DisplayRole) or ""
        align = cast(Qt.AlignmentFlag, model.headerData(section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole))
        left, right = self._left.get(section, self._usual[0]), self._right.get(section, self._usual[1])
        room = QRectF(rect).adjusted(self.px(left), 0, -self.px(right), -1)
        at_right = bool(align & Qt.AlignmentFlag.AlignRight)
        write(painter, room, (str(words), theme.font(11), theme.t2), "right" if at_right else "left")
        painter.fillRect(QRectF(rect.left(), rect.bottom(), rect.width(), 1), theme.panel_line)
