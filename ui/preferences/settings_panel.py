"""The settings panel: a search field, the settings and the keys on a page each, and below them where the file is.
It lies over the window as the palette does; changes apply at once, so there is nothing to confirm."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QStackedWidget, QWidget

from ui.kit import icons, tab_order
from ui.kit.button import Button, Press, icon_button
from ui.kit.cards import Painted, Separator
from ui.kit.choosing import Segments
from ui.kit.labels import Label
from ui.kit.popover import EDGE, Popover
from ui.kit.theme import Face, Theme
from ui.preferences.keys_page import KeysPage
from ui.preferences.settings_page import SettingsPage

WIDTH, HEIGHT, TOP = 640, 620, 48
SETTINGS, KEYS = "Settings", "Keys"


def link(theme: Theme, name: str, words: str, press: Press) -> Button:
    return Button(theme, name, words, kind="link", px=12, height=20, padding=0, press=press)


class SettingsPanel(Popover):
    reset_all = Signal(str)  # of this page
    undo = Signal()
    copy_path = Signal()
    page_wanted = Signal(str)  # it is about to be seen

    def __init__(self, theme: Theme, path: str) -> None:
        super().__init__(theme, "settings_panel", "Settings")
        self.settings: SettingsPage | None = None  # made when it is first opened
        self.keys: KeysPage | None = None
        self._stack = QStackedWidget()
        self._head, self._foot = self._make_head(theme), self._make_foot(theme, path)
        self.nothing = Label(theme, "", 13, color="t3")
        self.nothing.setObjectName("settings_nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.fit(self.nothing.setFixedHeight, 36)
        self.nothing.hide()
        self._area = self._make_area()
        lines = (Separator(theme, strong=True), Separator(theme, strong=True))
        parts = (self._head, lines[0], self.nothing, (self._area, 1), lines[1], self._foot)
        column = self.in_column(*parts, of=self, gap=0)
        column.setContentsMargins(1, 1, 1, 1)
        self.setFocusProxy(self.field)

    def _make_head(self, theme: Theme) -> QWidget:
        def magnifier(painter: QPainter, rect: QRect, theme: Theme) -> None:
            icons.paint(painter, "search", QRectF(rect), theme.t2, theme.px(1.5))

        self.field = QLineEdit()
        self.field.setObjectName("settings_field")
        self.field.setPlaceholderText("Search")
        self.field.setAccessibleName("Search settings and keys")
        self.fit(self.field.setFont, Face(15))
        self.field.textChanged.connect(self._filter)
        self.pages = Segments(theme, "settings_pages", "Pages", 13, 24)
        self.pages.set_choices([SETTINGS, KEYS], SETTINGS)
        self.pages.chosen.connect(self.show_page)
        close = icon_button(theme, "settings_close", "close", "Close", side=28, icon_px=13, press=self.close_popover)
        head, lens = QWidget(), Painted(theme, QSize(15, 15), magnifier)
        self.fit(head.setFixedHeight, 46)
        self.in_row(lens, (self.field, 1), self.pages, close, of=head, edges=(16, 0, 8, 0), gap=10)
        return head

    def _make_foot(self, theme: Theme, path: str) -> QWidget:
        self.undo_button = link(theme, "settings_undo", "Undo", self.undo)
        self.undo_button.hide()
        self.reset_button = link(theme, "settings_reset_all", "Reset all", lambda: self.reset_all.emit(self.page))
        copy = link(theme, "settings_copy_path", "Copy path", self.copy_path)
        self.where = Label(theme, path, 12, color="t3")
        self.where.setMinimumWidth(1)
        self.where.setObjectName("settings_path")
        foot = QWidget()
        self.in_row((self.where, 1), copy, 8, self.undo_button, self.reset_button, of=foot, edges=(18, 4, 14, 4), gap=4)
        return foot

    def _make_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName("settings_area")
        area.setWidget(self._stack)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for ground in (self._stack, area.viewport()):
            ground.setAutoFillBackground(False)
        return area

    # -- what `Preferences` calls

    def set_settings(self, page: SettingsPage) -> None:
        self.settings = page
        self._stack.addWidget(page)

    def set_keys(self, page: KeysPage) -> None:
        self.keys = page
        self._stack.addWidget(page)

    @property
    def page(self) -> str:
        return self.pages.taken() or SETTINGS

    def show_page(self, page: str) -> None:
        self.pages.choose(page)
        self.page_wanted.emit(page)
        shown: QWidget | None = self.keys if page == KEYS else self.settings
        if shown is None:
            return
        self._stack.setCurrentWidget(shown)
        self._area.verticalScrollBar().setValue(0)
        self._filter(self.field.text())

    def open_over(self, anchor: QWidget, page: str) -> None:
        self.field.clear()
        self.show_page(page)
        self._attach(anchor)
        self._place()
        self._appear()

    def offer_undo(self, offered: bool) -> None:
        self.undo_button.setVisible(offered)

    def _place(self) -> None:
        px, edge = self.px, self.px(EDGE)
        window = self.parentWidget() or self
        width = min(px(WIDTH), window.width() - 2 * edge)
        top = min(px(TOP), max(edge, window.height() - px(HEIGHT) - edge))
        height = min(px(HEIGHT), window.height() - top - edge)
        self.setGeometry((window.width() - width) // 2, top, width, height)

    def _filter(self, typed: str) -> None:
        if self.settings is None:
            return
        if typed and self.keys is None:
            self.page_wanted.emit(KEYS)
        found = {SETTINGS: self.settings.filter(typed), KEYS: self.keys.filter(typed) if self.keys else 1}
        other = KEYS if self.page == SETTINGS else SETTINGS
        self.nothing.setVisible(not found[self.page])
        self.nothing.set_words(f"Nothing here; {found[other]} under {other}" if found[other] else "Nothing found")

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
            return False
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round within the panel; what has scrolled out of view comes back into it."""
        areas = (self._head, self._stack, self._foot)
        stop = tab_order.following(areas, QApplication.focusWidget(), forward, itself=False, in_view=False)
        if stop is None:
            return False
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        if self._stack.isAncestorOf(stop):
            self._area.ensureWidgetVisible(stop, 0, self.px(40))
        return True

    def rethemed(self) -> None:
        super().rethemed()
        if self.isVisible():
            self._place()
