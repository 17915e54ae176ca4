"""Labels: words in the theme's inks, captions of cards, and headlines whose lines are balanced."""

from __future__ import annotations

from html import escape
from re import compile, sub
from typing import cast

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from playground.files.visible import visible
from ui.kit.drawing import Ink, Themed, ink, width_of, write
from ui.kit.theme import Face, Theme

NUMBER_AND_UNIT = compile(r"(?<=\d) (?=\d|%|×|(?:ms|s|KB|MB)\b)")


LONG_NAME = compile(r"[^\s*]{25,}")
PART_OF_NAME = compile(r"[^_./\\-]{1,24}[_./\\-]?|[_./\\-]")


def breakable(words: str) -> str:
    """Lets a name or path that is longer than a line go on in the next one: Qt would cut it."""
    return LONG_NAME.sub(lambda name: "\N{ZERO WIDTH SPACE}".join(PART_OF_NAME.findall(name[0])), words)


def together(words: str) -> str:
    """Keeps "10 000", or "52" and "%", in one line."""
    return NUMBER_AND_UNIT.sub("\N{NO-BREAK SPACE}", words)


class Label(Themed, QLabel):
    """Words in one of the theme's inks; `**bold**` words stand out in t1. A single line that does not fit ends with
    "…", and its tool tip has all of it."""

    def __init__(
        self,
        theme: Theme,
        words: str = "",
        px: float = 13,
        weight: int = 400,
        color: Ink = "t2",
        *,
        wrap: bool = False,
        line: int = 0,
    ) -> None:
        super().__init__(theme)
        self._ink, self._words, self._line = color, "", line
        self._rich = wrap
        self.fit(self.setFont, Face(px, weight))
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        self.rethemed()
        self.set_words(words)

    def set_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self._show()

    def words(self) -> str:
        return self._words

    def elided(self) -> bool:
        """Is there less room than for all words?"""
        return not self._rich and width_of(self._words, self.font()) > self.contentsRect().width() + 0.5

    def set_ink(self, color: Ink) -> None:
        if color != self._ink:
            self._ink = color
            self.rethemed()

    def rethemed(self) -> None:
        colors = QPalette(self.palette())
        colors.setColor(QPalette.ColorRole.WindowText, QColor(ink(self.theme, self._ink)))
        self.setPalette(colors)
        if self._rich and ("**" in self._words or self._line):
            self._show()

    def _show(self) -> None:
        if not self._rich:
            self.setText(visible(self._words))
            return
        bold = rf'<span style="font-weight:600; color:{self.theme.t1}">\1</span>'
        words = sub(r"\*\*(.+?)\*\*", bold, escape(breakable(together(visible(self._words)))))
        self.setText(f'<div style="line-height:{self.px(self._line)}px">{words}</div>' if self._line else words)
        self.setAccessibleName(visible(self._words).replace("**", ""))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self.elided():
            QToolTip.showText(cast(QHelpEvent, event).globalPos(), self._words, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.elided():
            super().paintEvent(event)
            return
        write(QPainter(self), QRectF(self.contentsRect()), (self.text(), self.font(), ink(self.theme, self._ink)))


class Caption(Label):
    """The upper-case words on top of a card."""

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(theme, words.upper(), 11, 600, "t3")
        self.setAccessibleName(words)

    def rethemed(self) -> None:
        super().rethemed()
        self.setFont(self.theme.caption_font())


class Headline(Themed, QWidget):
    """A sentence in large type, in lines of about the same length: none has a single word."""

    def __init__(self, theme: Theme, words: str = "", px: int = 22, line: int = 28) -> None:
        super().__init__(theme, accessible=words)
        self._words, self._line = words, line
        self._face = Face(px, 600, display=px >= 17)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        return self._words

    @property
    def _font(self) -> QFont:
        return self.theme.font(*self._face)

    def lines(self, width: float) -> list[str]:
        """The lines of the narrowest column that needs no more lines than one of `width`."""
        fewest = len(self._fill(width))
        low, high = 0.0, width
        while fewest > 1 and high - low > 1:
            middle = (low + high) / 2
            if len(self._fill(middle)) > fewest:
                low = middle
            else:
                high = middle
        return self._fill(high)

    def _fill(self, width: float) -> list[str]:
        lines = [""]
        for word in together(self._words).split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if not lines[-1] or width_of(longer, self._font) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        # A word wider than the column needs a wider column.
        return lines if all(width_of(line, self._font) <= width for line in lines) else [*lines, ""]

    def heightForWidth(self, width: int) -> int:
        return self.px(self._line) * max(1, len([line for line in self.lines(width) if line]))

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        least = self.px(200)
        return QSize(least, self.heightForWidth(max(least, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.px(80), self.px(self._line))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, height = QPainter(self), self.px(self._line)
        for row, line in enumerate(line for line in self.lines(self.width()) if line):
            place = QRectF(0, row * height, self.width(), height)
            write(painter, place, (line, self._font, self.theme.t1))
