"""Colours of Python source: Pygments says what each word is, the theme in which colour.

A line is read on its own, from the state in which the line above ended (within a string of several lines, say). So a
key reads one line again, and only one that opens or closes such a string also reads the lines below: some at once, the
others in portions between frames."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument, QTextLayout

from ui.kit.theme import Theme
from ui.kit.timers import single_shot

PORTION = 100  # lines at a time: about 6 ms
UNREAD = -1

State = tuple[str, ...]
Word = tuple[str, str]  # its kind (the name of a colour, or nothing), and the word itself

COLORS = (  # the first kind that fits a token; other tokens have the colour of text
    ("Comment", "code_comment"),
    ("Literal.String.Interpol", ""),
    ("Literal.String", "code_string"),
    ("Literal.Number", "code_number"),
    ("Keyword", "code_keyword"),
    ("Operator.Word", "code_keyword"),
    ("Name.Function", "code_function"),
    ("Name.Class", "code_function"),
    ("Name.Decorator", "code_function"),
)


@cache
def _lexer() -> Any:
    # Imported when the first text is shown: that takes 30 ms, which the start of the app does not have.
    from pygments.lexer import ExtendedRegexLexer
    from pygments.lexers.python import PythonLexer

    class LineLexer(ExtendedRegexLexer, PythonLexer):  # type: ignore[misc]
        """A lexer that knows the state in which it ended."""

    return LineLexer()


@cache
def _color_of(token: Any) -> str:
    name = str(token).removeprefix("Token.")
    return next((color for kind, color in COLORS if name == kind or name.startswith(f"{kind}.")), "")


def read_line(line: str, state: State = ("root",)) -> tuple[list[Word], State]:
    """The words of a line with their kinds, and the state in which the line ends."""
    from pygments.lexer import LexerContext

    context = LexerContext(f"{line}\n", 0, stack=list(state))
    words = [(_color_of(token), text) for _, token, text in _lexer().get_tokens_unprocessed(context=context)]
    return words, tuple(context.stack)


class Highlighter(QObject):
    """Colours a document, and goes on doing so while it is edited."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._document, self._theme = document, theme
        self._states: dict[State, int] = {("root",): 0}  # states by number
        self._by_number: list[State] = [("root",)]
        self._ends = [UNREAD] * document.blockCount()  # the number of the state in which each line ends
        self._formats: dict[str, QTextCharFormat] = {}
        self._waiting: tuple[int, int] | None = None  # lines still to be read: from, at least up to
        self._timer = single_shot(self, "highlight", self._go_on)
        document.contentsChange.connect(self._on_change)
        self.set_theme(theme)

    @property
    def done(self) -> bool:
        return self._waiting is None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._formats = {}
        for _, color in COLORS:
            made = QTextCharFormat()
            made.setForeground(QColor(getattr(theme, color) if color else theme.t1))
            self._formats[color] = made
        self._ends = [UNREAD] * self._document.blockCount()
        self._read(0, self._document.blockCount())

    def _on_change(self, place: int, _removed: int, added: int) -> None:
        first = self._document.findBlock(place).blockNumber()
        last = self._document.findBlock(place + added).blockNumber()
        if last < 0:  # beyond the end of the text
            last = self._document.blockCount() - 1
        more = self._document.blockCount() - len(self._ends)
        self._ends[first : last + 1 - more] = [UNREAD] * (last + 1 - first)
        if self._waiting is not None:
            start, end = self._waiting
            first, last = min(first, start), max(last, end + more)
        self._read(first, last + 1)

    def _go_on(self) -> None:
        if self._waiting is not None:
            self._read(*self._waiting)

    def _read(self, first: int, least: int) -> None:
        """Reads from line `first` up to `least`, and on until lines end as they did before."""
        self._waiting = None
        block = self._document.findBlockByNumber(first)
        number, end = first, self._ends[first - 1] if first else 0
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        while block.isValid():
            if number >= first + PORTION:
                self._waiting = (number, max(least, number + 1))
                self._timer.start(0)
                break
            words, state = read_line(block.text(), self._by_number[max(0, end)])
            block.layout().setFormats(list(self._ranges(words)))
            self._document.markContentsDirty(block.position(), block.length())
            end = self._number(state)
            same, self._ends[number] = self._ends[number] == end, end
            number += 1
            if same and number >= least:
                break
            block = block.next()
        cursor.endEditBlock()

    def _ranges(self, words: list[Word]) -> Iterator[QTextLayout.FormatRange]:
        start = 0
        for color, group in groupby(words, lambda word: word[0]):
            length = sum(len(text) for _, text in group)
            if color:
                made = QTextLayout.FormatRange()
                made.start, made.length, made.format = start, length, self._formats[color]
                yield made
            start += length

    def _number(self, state: State) -> int:
        if state not in self._states:
            self._states[state] = len(self._by_number)
            self._by_number.append(state)
        return self._states[state]
