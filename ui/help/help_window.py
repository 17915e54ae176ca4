"""The window in which help is read: contents at the left, the page at the right. It stands beside the app, which goes
on meanwhile and can be tried; what is typed in the field searches all pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from ui.help.contents import Contents
from ui.help.page_text import PageText
from ui.help.pages import Page
from ui.kit.button import Button
from ui.kit.cards import Separator
from ui.kit.drawing import Themed, box
from ui.kit.labels import Label
from ui.kit.theme import Face, Theme
from ui.kit.timers import single_shot

FIRST, LEAST, CONTENTS_WIDE = QSize(1040, 740), QSize(640, 420), 244
COPIED_MS = 2000


class HelpWindow(Themed, QWidget):
    pressed = Signal(str)  # the address of a link
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "help", "Help", parent, Qt.WindowType.Window)
        self.setWindowTitle("Help – Concurrency Playground")
        self._pages: dict[str, Page] = {}
        self._texts: dict[str, str] = {}  # of pages that were looked at since the window was opened
        self._name = ""
        self._make(theme)
        self._lay_out(theme)
        self.resize(self.px(FIRST.width()), self.px(FIRST.height()))
        self._copied = single_shot(self, "help copied", lambda: self.copy.set_words("Copy"), COPIED_MS)

    def show_pages(self, pages: Sequence[Page], name: str) -> None:
        """Offers these pages, and shows one of them."""
        self._pages, self._texts = {page.name: page for page in pages}, {}
        self.field.clear()
        self._name = ""
        self.contents.show_pages(pages, name)
        self.show_page(name)

    def show_page(self, name: str) -> None:
        if name not in self._pages:
            return
        if self._pages[name] not in self.contents.pages.shown:  # the search has left it out
            self.field.clear()
        self.contents.choose(name)
        self._show(name)

    @property
    def page(self) -> str:
        return self._name

    # -- its parts

    def _make(self, theme: Theme) -> None:
        self.field = QLineEdit()
        self.field.setObjectName("help_search")
        self.field.setPlaceholderText("Search")
        self.field.setAccessibleName("Search the help")
        self.fit(self.field.setFont, Face(13))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.contents = Contents(theme)
        self.contents.chosen.connect(self._show)
        self.text = PageText(theme)
        self.text.anchorClicked.connect(lambda address: self.pressed.emit(address.toString()))
        self.copy = Button(theme, "help_copy", "Copy", "copy", px=13, height=28, padding=10, press=self._copy)
        self.nothing = Label(theme, "Nothing found", 13, color="t3")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()

    def _lay_out(self, theme: Theme) -> None:
        field = _Framed(theme)
        field.in_row(self.field, of=field, edges=(10, 5, 10, 5))
        left = QWidget()
        self.fit(left.setFixedWidth, CONTENTS_WIDE)
        self.in_column(field, 10, (self.contents, 1), self.nothing, of=left, edges=(12, 12, 12, 12), gap=0)
        right = _Ground(theme)
        foot = self.in_row(..., self.copy, edges=(0, 6, 12, 6))
        right.in_column((self._inset(), 1), foot, of=right, gap=0)
        self.in_row(left, Separator(theme, standing=True, strong=True), (right, 1), of=self, gap=0)
        self.fit(self.setMinimumSize, LEAST.width(), LEAST.height())

    def _inset(self) -> QWidget:
        room = QWidget()
        self.in_column(self.text, of=room, edges=(28, 22, 6, 0))
        return room

    # -- what it does

    def _text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = self._pages[name].text()
        return self._texts[name]

    def _show(self, name: str) -> None:
        if name == self._name:
            return
        self._name, page = name, self._pages[name]
        self.text.show_page(self._text(name), plain=page.group == "text")
        self.text.verticalScrollBar().setValue(0)
        self.text.setAccessibleName(page.title)
        self.copy.setVisible(page.copied is not None)
        self.text.find_words(self.field.text())

    def _search(self, typed: str) -> None:
        """Leaves the pages that have all the words, and marks what was typed in the one that is shown."""
        words = typed.casefold().split()
        found = [
            page for page in self._pages.values() if all(word in self._text(page.name).casefold() for word in words)
        ]
        self.contents.show_pages(found, self._name)
        self.nothing.setVisible(not found)
        self.text.find_words(typed.strip())

    def _copy(self) -> None:
        copied = self._pages[self._name].copied
        if copied is not None:
            QApplication.clipboard().setText(copied())
            self.copy.set_words("Copied")
            self._copied.start()

    # -- Qt

    def rethemed(self) -> None:
        self.update()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Up and down in the field go through the contents, while the keyboard stays there."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if by:
                self.contents.step(by)
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
            self.close()
        elif event.text().isprintable() and event.text() and not self.field.hasFocus():
            self.field.setFocus()
            self.field.setText(event.text())
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.base)


class _Framed(Themed, QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), self.px(8), self.theme.panel, self.theme.line1)


class _Ground(Themed, QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.theme.panel)
