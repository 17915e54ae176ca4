"""The text of a help page: Markdown, set in the fonts and colours of the theme, with pictures as wide as there is
room.

Qt reads Markdown; what it makes of it has the fonts of a word processor. So each block and each stretch of it gets
the app's own, and nothing is left of Qt's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from ui.help.pages import GUIDE
from ui.kit.drawing import Themed
from ui.kit.theme import Theme

TEXT, CODE, LINE = 14, 12, 148  # px, px, percent of the text's height
HEADINGS = {1: (22, 0, 12), 2: (17, 20, 6), 3: (14, 14, 4)}  # level → px, room above and below
INDENT = 20
PICTURE_WIDE = 770  # px at most
BESIDE = 32  # px beside a picture: a scroll bar, and some air
MOST_FOUND = 200
DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
INLINE = re.compile(r"`([^`\n]+)`")
CODE_LINK = "code:"  # Qt forgets at times what was code, and never what was a link


class PageText(Themed, QTextBrowser):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "help_text", "Text")
        self._markdown, self._plain, self._found, self._room = "", False, "", 0
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)

    def show_page(self, markdown: str, plain: bool = False) -> None:
        """`plain`: text as it is, a log say."""
        self._markdown, self._plain = markdown, plain
        self._set()

    def find_words(self, words: str) -> int:
        """Marks where these words are, and goes to the first. Returns how many there are."""
        self._found = words
        cursor, marks = QTextCursor(self.document()), list[Any]()
        while words and len(marks) < MOST_FOUND:
            cursor = self.document().find(words, cursor)
            if cursor.isNull():
                break
            mark: Any = QTextEdit.ExtraSelection()  # its two fields are not in the types
            mark.cursor = QTextCursor(cursor)
            mark.format.setBackground(QColor(self.theme.warn_soft))
            mark.format.setForeground(QColor(self.theme.warn))
            marks.append(mark)
        self.setExtraSelections(marks)
        if marks:
            first = QTextCursor(marks[0].cursor)
            first.clearSelection()
            self.setTextCursor(first)
        return len(marks)

    def _set(self) -> None:
        """Sets the page anew. The text is ready before it is shown: showing it may bring a scroll bar, and a resize."""
        theme, place = self.theme, self.verticalScrollBar().value() if self.isVisible() else 0
        made = QTextDocument(self)  # the one before goes by itself
        made.setDocumentMargin(0)
        made.setIndentWidth(theme.px(INDENT))
        made.setDefaultFont(theme.font(CODE, mono=True) if self._plain else theme.font(TEXT))
        if self._plain:
            made.setPlainText(self._markdown)
        else:
            made.setMarkdown(INLINE.sub(lambda code: f"[{unmarked(code[1])}]({CODE_LINK})", self._markdown), DIALECT)
        block = made.begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        self._room = self._picture_room()
        self.setDocument(made)
        self.verticalScrollBar().setValue(place)

    def _dress(self, block: QTextBlock) -> None:
        theme, cursor = self.theme, QTextCursor(block)
        level = block.blockFormat().headingLevel()
        in_list, after_list = block.textList() is not None, block.previous().textList() is not None
        size, above, below = HEADINGS.get(level, (TEXT, 7 if after_list and not in_list else 0, 3 if in_list else 10))
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        shape = QTextBlockFormat(block.blockFormat())
        code = self._plain or shape.nonBreakableLines()  # each line of code is a block
        font = theme.font(CODE, mono=True) if code else theme.font(size, 600 if level else 400, display=size >= 17)
        for start, length, given in _stretches(block):
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            if given.isImageFormat():
                cursor.setCharFormat(self._sized(given.toImageFormat()))
            else:
                cursor.setCharFormat(self._dressed(given, font, bool(level)))
        shape.setTopMargin(theme.px(above) if block.blockNumber() else 0)
        shape.setBottomMargin(0 if code else theme.px(below))
        if not _has_picture(block):
            shape.setLineHeight(LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        QTextCursor(block).setBlockFormat(shape)

    def _dressed(self, given: QTextCharFormat, font: QFont, heading: bool) -> QTextCharFormat:
        theme, made = self.theme, QTextCharFormat(given)
        bold, fixed = given.fontWeight() > QFont.Weight.Medium, given.anchorHref() == CODE_LINK
        made.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
        if fixed:
            made.setAnchor(False)
            made.setAnchorHref("")
            made.setFont(theme.font(CODE, mono=True))
        else:
            made.setFont(theme.font(TEXT, 600) if bold and not heading else font)
        ink = theme.accent if made.isAnchor() else theme.t1 if heading or bold or fixed or self._plain else theme.t2
        made.setForeground(QColor(ink))
        made.setFontUnderline(False)
        return made

    def _sized(self, image: QTextImageFormat) -> QTextImageFormat:
        room = self._picture_room()
        picture = QImage(str(self._file(image.name())))
        if not picture.isNull():
            width = min(room, self.px(picture.width()))
            image.setWidth(width)
            image.setHeight(width * picture.height() / picture.width())
        return image

    def _picture_room(self) -> int:
        """The same with and without a scroll bar."""
        return max(self.px(200), min(self.px(PICTURE_WIDE), self.width() - self.px(BESIDE)))

    def _file(self, name: str) -> Path:
        """The picture as it is in this theme."""
        return GUIDE / name.replace(".png", f"-{self.theme.name}.png")

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return QImage(str(self._file(QUrl(url).path())))
        return None  # nothing is loaded from anywhere else

    def rethemed(self) -> None:
        self._set()
        self.find_words(self._found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._picture_room() != self._room:
            self._set()


def unmarked(words: str) -> str:
    """Words in which nothing is a sign of Markdown."""
    return re.sub(r"([\\`*_\[\]<>#~])", r"\\\1", words)


def _stretches(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Where each stretch of a block begins, how long it is, and its format."""
    found, at = [], block.begin()
    while not at.atEnd():
        part = at.fragment()
        if part.isValid():
            found.append((part.position(), part.length(), part.charFormat()))
        at += 1
    return found


def _has_picture(block: QTextBlock) -> bool:
    return any(given.isImageFormat() for _, _, given in _stretches(block))
