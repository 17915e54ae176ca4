"""A card with tabs: several pages in one place, one of them seen. A tab that has nothing to show is not offered; a page
may bring small buttons, which stand right of the tabs while the page is seen."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from ui.kit.cards import Card, Separator
from ui.kit.controls import OneOf
from ui.kit.drawing import box, width_of, write
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme

HEIGHT = 38
EDGE = 12
PX = 13


class Tab(OneOf):
    """The title of a page, underlined while the page is seen. `note`, a count say, follows in smaller letters."""

    radius = 4.0
    note = Drawn("", sized=True)

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__(theme, f"tab_{name}", title)
        self.title = title
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        px = self.px
        note = width_of(self.note, self.theme.font(11)) + px(5) if self.note else 0
        return QSize(ceil(width_of(self.title, self.theme.font(PX, 600)) + note) + px(16), px(HEIGHT))

    def draw(self, painter: QPainter) -> None:
        theme, px, edge = self.theme, self.px, self.px(8)
        rect = self.seen().adjusted(edge, 0, -edge, 0)
        color = theme.t1 if self.isChecked() or self.hovered() else theme.t2
        width = write(painter, rect, (self.title, theme.font(PX, 600 if self.isChecked() else 500), color))
        if self.note:
            write(painter, rect.adjusted(width + px(5), 0, 0, 0), (self.note, theme.font(11), theme.t3))
        if self.isChecked():
            box(painter, QRectF(rect.left(), rect.bottom() - px(2), rect.width(), px(2)), 0, theme.accent, None)

    def draw_ring(self, painter: QPainter, place: QRectF) -> None:
        super().draw_ring(painter, place.adjusted(1, self.px(6), -1, -self.px(6)))


class TabCard(Card):
    chosen_changed = Signal(str)

    def __init__(self, theme: Theme, name: str, accessible: str) -> None:
        super().__init__(theme, name, accessible, (1, 1, 1, 1))
        self._tabs: dict[str, Tab] = {}
        self._pages: dict[str, QWidget] = {}
        self._corners: dict[str, list[QWidget]] = {}
        self._wished: str | None = None
        self._group = QButtonGroup(self)
        head = QWidget()
        self.corner = self.in_row(gap=0)
        self._row = self.in_row(..., self.corner, of=head, edges=(EDGE - 8, 0, EDGE - 4, 0), gap=2)
        self.fit(head.setFixedHeight, HEIGHT)
        self._stack = QStackedWidget()
        self.fill(self.column, head, Separator(theme), (self._stack, 1))

    def add(self, name: str, title: str, page: QWidget) -> None:
        """Adds a page, its tab at the right of the others. The first page added is seen."""
        tab = Tab(self.theme, name, title)
        self._tabs[name], self._pages[name] = tab, page
        self._group.addButton(tab)
        self._row.insertWidget(len(self._tabs) - 1, tab)
        self._stack.addWidget(page)
        tab.clicked.connect(lambda: self._pressed(name))
        if len(self._tabs) == 1:
            tab.setChecked(True)

    def add_corner(self, name: str, widget: QWidget) -> None:
        """Adds a small widget that is seen along with a page."""
        self._corners.setdefault(name, []).append(widget)
        self.corner.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        widget.setVisible(self.chosen == name)

    @property
    def chosen(self) -> str:
        return next(name for name, tab in self._tabs.items() if tab.isChecked())

    def wish(self, name: str) -> None:
        """Chooses a tab, now or as soon as it is offered, unless another is pressed before that."""
        if name in self._tabs:
            self._wished = None if self.offered(name) else name
            if self._wished is None:
                self.choose(name)

    @property
    def wished(self) -> str:
        """The tab that is chosen, or will be once it is offered."""
        return self._wished or self.chosen

    def _pressed(self, name: str) -> None:
        self._wished = None
        self.choose(name)

    def choose(self, name: str) -> None:
        if name not in self._tabs:
            return
        before = self._stack.currentWidget()
        self._tabs[name].setChecked(True)
        self._stack.setCurrentWidget(self._pages[name])
        for owner, widgets in self._corners.items():
            for widget in widgets:
                widget.setVisible(owner == name)
        if before is not self._pages[name]:
            self.chosen_changed.emit(name)

    def page_seen(self, name: str) -> bool:
        """Is this page seen? If not, it need not be kept up to date."""
        return self.isVisible() and self.chosen == name

    def set_offered(self, name: str, offered: bool) -> None:
        tab = self._tabs[name]
        if tab.isHidden() == offered:
            tab.setVisible(offered)
        if not offered and tab.isChecked():
            self.choose(next(iter(self._tabs)))
        if offered and name == self._wished:
            self._pressed(name)

    def offered(self, name: str) -> bool:
        return not self._tabs[name].isHidden()

    def set_note(self, name: str, note: str) -> None:
        self._tabs[name].note = note

    def hasHeightForWidth(self) -> bool:
        """No: pages scroll, so they give way before their neighbours do."""
        return False
