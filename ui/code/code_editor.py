"""A program's text that can be edited: Tab is four spaces, Enter keeps the indent, Ctrl+/ makes comments. Ctrl+Tab
goes on to the next widget of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QTextBlock, QTextCursor
from PySide6.QtWidgets import QWidget

from ui.code.code_text import CodeText
from ui.code.numbered_text import TAB_COLUMNS
from ui.kit.keys import KeepsKeys
from ui.kit.theme import Theme

INDENT = " " * TAB_COLUMNS
COMMENT = "# "


class CodeEditor(KeepsKeys, CodeText):
    save_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "code_editor", "Your own code", editable=True)

    def put_text(self, text: str) -> None:
        """Replaces the text; Ctrl+Z brings the old one back."""
        if text == self.text():
            return
        if not self.text():
            self.setPlainText(text)  # an empty text, which nobody could want back
            return
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.setPosition(0)
        self.setTextCursor(cursor)

    # -- keys

    def keeps(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Save)  # the window saves recipes by the same key

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if self.keeps(event):
            self.save_requested.emit()
        elif key == Qt.Key.Key_Slash and control:
            self._toggle_comments()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and control:  # the way out of a text, where Tab is typed
            QWidget.focusNextPrevChild(self, key == Qt.Key.Key_Tab)  # that of QPlainTextEdit would keep the focus
        elif key == Qt.Key.Key_Tab and plain:
            self._indent()
        elif key == Qt.Key.Key_Backtab and plain:
            self._change_lines(lambda line: line[min(TAB_COLUMNS, len(line) - len(line.lstrip(" "))) :])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._break_line()
        elif key == Qt.Key.Key_Backspace and plain and self._in_indent():
            self._delete_indent()
        else:
            super().keyPressEvent(event)

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._change_lines(lambda line: INDENT + line if line.strip() else line)
        else:
            cursor.insertText(" " * (TAB_COLUMNS - cursor.positionInBlock() % TAB_COLUMNS))

    def _toggle_comments(self) -> None:
        lines = [block.text() for block in self._selected_lines() if block.text().strip()]
        if not lines:
            return
        if all(line.lstrip().startswith("#") for line in lines):
            self._change_lines(_without_comment)
        else:
            column = min(len(line) - len(line.lstrip()) for line in lines)
            self._change_lines(lambda line: line[:column] + COMMENT + line[column:] if line.strip() else line)

    def _break_line(self) -> None:
        """Begins a line, indented like this one, or deeper after a colon."""
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        before = block.text()[: cursor.selectionStart() - block.position()]
        indent = before[: len(before) - len(before.lstrip())]
        deeper = INDENT if before.rstrip().endswith(":") else ""
        cursor.insertText(f"\n{indent}{deeper}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _in_indent(self) -> bool:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        return not cursor.hasSelection() and bool(before) and not before.strip(" ")

    def _delete_indent(self) -> None:
        cursor = self.textCursor()
        for _ in range((cursor.positionInBlock() - 1) % TAB_COLUMNS + 1):
            cursor.deletePreviousChar()

    # -- lines

    def _selected_lines(self) -> list[QTextBlock]:
        """The lines that the selection touches."""
        cursor, document = self.textCursor(), self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        end = document.findBlock(cursor.selectionEnd())
        last = end.blockNumber()
        if last > first and cursor.selectionEnd() == end.position():
            last -= 1  # the selection ends before this line
        return [document.findBlockByNumber(number) for number in range(first, last + 1)]

    def _change_lines(self, change: Callable[[str], str]) -> None:
        """Changes the selected lines in one step to undo. They stay selected."""
        blocks = self._selected_lines()
        selected = self.textCursor().hasSelection()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for block in blocks:
            old = block.text()
            new = change(old)
            if new == old:
                continue
            same = _same_start(old, new)
            kept = _same_start(old[same:][::-1], new[same:][::-1])
            cursor.setPosition(block.position() + same)
            cursor.setPosition(block.position() + len(old) - kept, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(new[same : len(new) - kept])
        cursor.endEditBlock()
        if selected:
            cursor.setPosition(blocks[0].position())
            end = blocks[-1].position() + blocks[-1].length() - 1
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    # -- Qt

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not source.hasUrls() and super().canInsertFromMimeData(source)  # a file is for the window to open

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_current()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_current()


def _without_comment(line: str) -> str:
    before, sign, rest = line.partition("#")
    return before + rest.removeprefix(" ") if sign and not before.strip() else line


def _same_start(one: str, other: str) -> int:
    """The number of characters with which both texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
