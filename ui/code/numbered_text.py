"""The text of a program: coloured lines with their numbers.

Lines are not wrapped and have one height, so the place of a line is arithmetic. Grounds and selection are painted here;
Qt paints the text itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextDocumentLayout, QPlainTextEdit, QWidget

from playground.files.visible import visible
from ui.code.code_marks import LINE, PX
from ui.code.highlight import Highlighter
from ui.kit.drawing import Themed, box, write
from ui.kit.theme import Theme, mix

ABOVE = 2  # px in a line above its text
NUMBER_LEFT, NUMBER_RIGHT = 14, 12
DOT = 6
TAB_COLUMNS = 4


class LineLayout(QPlainTextDocumentLayout):
    """Lines of one height, more than the font asks for."""

    height = LINE

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)
        rect.setHeight(self.height)
        return rect


class Gutter(QWidget):
    """The numbers of the lines."""

    def __init__(self, text: NumberedText) -> None:
        super().__init__(text)
        self._text = text
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_gutter(QPainter(self), event.rect())


class NumberedText(Themed, QPlainTextEdit):
    def __init__(self, theme: Theme, name: str, accessible: str, editable: bool = False) -> None:
        super().__init__(theme, name, accessible)
        self._editable = editable
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCornerWidget(QWidget())  # else the style draws one between the scroll bars
        self._make_document(theme)
        if not editable:
            flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            self.setTextInteractionFlags(flags)
        self.gutter = Gutter(self)
        self.updateRequest.connect(self._on_update)
        self.blockCountChanged.connect(self._fit_gutter)
        self.cursorPositionChanged.connect(self._show_current)
        self.selectionChanged.connect(self.viewport().update)
        self._fit_gutter()
        self.rethemed()

    def _make_document(self, theme: Theme) -> None:
        document = QTextDocument(self)
        self._lines = LineLayout(document)
        document.setDocumentLayout(self._lines)
        self._measure(document)
        self.setDocument(document)
        self.highlighter = Highlighter(document, theme)

    def _measure(self, document: QTextDocument) -> None:
        face = QFont(self.theme.font(PX, mono=True))
        for feature in ("calt", "liga"):
            face.setFeature(QFont.Tag(feature), 0)  # no ligatures: == is two signs, as typed
        self._advance = QFontMetricsF(face).horizontalAdvance("0")
        option = document.defaultTextOption()
        option.setTabStopDistance(TAB_COLUMNS * self._advance)
        self._lines.height = self.px(LINE)
        document.setDefaultFont(face)
        document.setDefaultTextOption(option)
        document.setDocumentMargin(self.px(4))
        document.markContentsDirty(0, document.characterCount())
        self.setFont(face)

    # -- text

    def text(self) -> str:
        """The text as typed: `toPlainText` would turn no-break spaces into usual ones."""
        return self.document().toRawText().replace("\N{PARAGRAPH SEPARATOR}", "\n")

    def set_text(self, text: str) -> None:
        """Replaces the text and scrolls to its beginning; the old one cannot be brought back."""
        if text != self.text():
            self.setPlainText(text)
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)

    def show_line(self, line: int, above: int = 1) -> None:
        """Scrolls a line to the top, with `above` others over it."""
        self.verticalScrollBar().setValue(max(0, line - 1 - above))

    def ensure_line_seen(self, line: int) -> None:
        """Scrolls if need be, so that some lines above are seen too."""
        row = self._row(line - 1)
        if row.top() < 0 or row.bottom() > self.viewport().height():
            self.show_line(line, above=3)

    def last_line_seen(self) -> int:
        """The last line that is seen whole, from 1."""
        first, top = self._top()
        return first + (self.viewport().height() - top) // self.px(LINE)

    def go_to_line(self, line: int) -> None:
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            cursor = self.textCursor()
            cursor.setPosition(block.position())
            self.setTextCursor(cursor)
            self.centerCursor()

    # -- where things are

    def _top(self) -> tuple[int, int]:
        """The first line in sight (from 0), and its y."""
        block = self.firstVisibleBlock()
        return block.blockNumber(), round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())

    def _row(self, number: int) -> QRect:
        (first, top), px = self._top(), self.px
        return QRect(0, top + (number - first) * px(LINE) - px(ABOVE), self.viewport().width(), px(LINE))

    def _rows(self, part: QRect) -> Sequence[tuple[int, QRect]]:
        """The lines (from 0) in a part of the picture, each with its rectangle."""
        (first, top), px = self._top(), self.px
        upper = first + max(0, (part.top() - top + px(ABOVE)) // px(LINE))
        lower = min(self.blockCount() - 1, first + (part.bottom() - top + px(ABOVE)) // px(LINE))
        return [(number, self._row(number)) for number in range(upper, lower + 1)]

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self.theme.panel))
        rows = self._rows(event.rect())
        for number, rect in rows:
            ground = self.ground(number)
            if ground != self.theme.panel:
                painter.fillRect(rect, QColor(ground))
        self._paint_selection(painter, rows)
        painter.end()
        super().paintEvent(event)
        painter.begin(self.viewport())
        for number, rect in rows:
            self._paint_unseen(painter, number, rect)
            self.paint_over(painter, number, rect)

    def paint_over(self, painter: QPainter, number: int, rect: QRect) -> None:
        """Paints what lies over the text of a line (from 0)."""

    def _paint_unseen(self, painter: QPainter, number: int, rect: QRect) -> None:
        """Paints a line with signs that hide or reorder others as Python reads it: sign by sign, and these by their
        numbers. The text itself stays as it is."""
        text = self.document().findBlockByNumber(number).text()
        shown = visible(text)
        if shown != text:
            left = self.contentOffset().x() + self.document().documentMargin()
            painter.fillRect(rect, QColor(self.theme.bad_soft))
            room = QRectF(left, rect.top(), 10**6, self.px(LINE))
            words = shown.expandtabs(TAB_COLUMNS)
            write(painter, room, (words, self.theme.font(PX, mono=True), self.theme.bad))

    def paint_gutter(self, painter: QPainter, part: QRect) -> None:
        theme, px, width = self.theme, self.px, self.gutter.width()
        painter.fillRect(part, QColor(theme.panel))
        for number, rect in self._rows(part):
            row = QRect(0, rect.top(), width, px(LINE))
            ground = self.ground(number)
            if ground != theme.panel:
                painter.fillRect(row, QColor(ground))
            troubled = self.is_troubled(number)
            if troubled:
                box(painter, QRectF(px(4), row.center().y() - px(2), px(DOT), px(DOT)), px(DOT) / 2, theme.bad, None)
            text = (str(number + 1), theme.font(11, mono=True), theme.bad if troubled else theme.t3)
            write(painter, QRectF(row.adjusted(0, 0, -px(NUMBER_RIGHT), 0)), text, "right")

    def is_troubled(self, number: int) -> bool:
        """Has the line (from 0) a dot beside its number?"""
        return False

    def ground(self, number: int) -> str:
        """The colour behind a line (from 0)."""
        theme = self.theme
        if self._editable and self.hasFocus() and number == self.textCursor().blockNumber():
            return mix(theme.panel, theme.hover, 0.45)
        return theme.panel

    def _paint_selection(self, painter: QPainter, rows: Sequence[tuple[int, QRect]]) -> None:
        """Paints the selection as high as the lines; Qt's would leave gaps between them."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        color = QColor(mix(self.theme.panel, self.theme.accent_fill, 0.38 if self.theme.dark else 0.22))
        left = self.contentOffset().x()
        for number, rect in rows:
            block = self.document().findBlockByNumber(number)
            first, last = max(0, start - block.position()), end - block.position()
            line = block.layout().lineAt(0)
            if last < 0 or first >= block.length() or not line.isValid():
                continue
            right = line.cursorToX(min(last, block.length() - 1))[0]  # type: ignore[index]
            more = self._advance / 2 if last >= block.length() else 0.0  # the line break is selected too
            x = line.cursorToX(first)[0]  # type: ignore[index]
            painter.fillRect(QRectF(left + x, rect.top(), right - x + more, self.px(LINE)), color)

    def rethemed(self) -> None:
        theme, colors = self.theme, QPalette(self.palette())
        colors.setColor(QPalette.ColorRole.Text, QColor(theme.t1))
        colors.setColor(QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0))  # painted here
        colors.setColor(QPalette.ColorRole.HighlightedText, QColor(theme.t1))
        self.setPalette(colors)
        self.highlighter.set_theme(theme)
        if self.font().pixelSize() != theme.font(PX, mono=True).pixelSize():
            self._measure(self.document())
            self._fit_gutter()
        self.viewport().update()
        self.gutter.update()

    # -- the gutter

    def _fit_gutter(self) -> None:
        digits = max(2, len(str(self.blockCount())))
        width = round(self.px(NUMBER_LEFT + NUMBER_RIGHT) + digits * self._advance)
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        inner = self.contentsRect()
        self.gutter.setGeometry(inner.left(), inner.top(), self.viewportMargins().left(), self.viewport().height())

    def _on_update(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self.gutter.scroll(0, scrolled)
        else:
            self.gutter.update(0, rect.y() - self.px(ABOVE), self.gutter.width(), rect.height() + self.px(ABOVE))

    def _show_current(self) -> None:
        if self._editable:
            self.viewport().update()
            self.gutter.update()

    # -- Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(self.px(160), 2 * self.px(LINE))

    def sizeHint(self) -> QSize:
        return QSize(self.px(300), 12 * self.px(LINE))

    def createMimeDataFromSelection(self) -> QMimeData:
        """The words alone: the colours of this window are of no use elsewhere."""
        made = QMimeData()
        made.setText(self.textCursor().selection().toRawText().replace("\N{PARAGRAPH SEPARATOR}", "\n"))
        return made

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.viewport().update()  # marks stay at the right edge, and a line's ground reaches above its text

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._show_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()
