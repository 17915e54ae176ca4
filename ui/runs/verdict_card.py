"""The card of the verdict: a sentence that says what is being seen, why, how time was spent, and the figures behind it.

Where room is short it goes without its figures, and then shrinks to its sentence; the tool tip has the rest. Room for
an ordinary verdict is kept, so that nothing below moves from one verdict to the next."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QSpacerItem, QVBoxLayout, QWidget

from playground.verdict.judge import Verdict
from playground.verdict.key_figures import Figure
from ui.kit.cards import Card
from ui.kit.labels import Caption, Headline, Label
from ui.kit.menu import Menu
from ui.kit.quantities import percent
from ui.kit.theme import Theme
from ui.runs.figure_row import ROW, FigureRow, as_tip
from ui.runs.run_chooser import RunChooser
from ui.runs.split_bar import SplitBar, parts_of

SIDE, TOP, BOTTOM, HEAD = 16, 6, 8, 32  # px: margins of the card, and its first line
BOTTOM_OF_WORDS = 16  # px, where words come last: bar and figures have room below them already
BELOW_HEAD, BELOW_SENTENCE, BELOW_REASON = 3, 5, 12
LINE_EDGE, LINE_GAP = 5, 8  # px, of the card with the sentence alone
KEPT_SENTENCE, KEPT_REASON, KEPT_ROWS = 2, 3, 5  # lines of sentence and reason, and figures, in an ordinary verdict
SENTENCE_LINE, REASON_LINE = 28, 20


class Shape(IntEnum):
    """How much of a verdict is shown."""

    WHOLE = 0
    BRIEF = 1  # without its figures
    SENTENCE = 2


class VerdictCard(Card):
    copied = Signal()  # a whole figure was copied

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "verdict", "Verdict", (SIDE, TOP, SIDE, BOTTOM))
        self._verdict = Verdict("", "", "")
        self.shape = Shape.WHOLE
        self._keeps = False
        self._chosen: int | None = None
        self._kept = (0, 0)  # kept room: px of sentence and reason, number of figures
        self._kept_for = 0, 0.0  # … at this width and scale
        self._gaps_shown: tuple[int, ...] = ()
        self._measured: tuple[tuple[int, float, str, str], tuple[int, int]] | None = None
        self._rows: list[FigureRow] = []
        self.caption = Caption(theme, "Verdict")
        self.runs = RunChooser(theme, "verdict_runs", "Which run the verdict is about")
        self.sentence = Headline(theme, line=SENTENCE_LINE)
        self.sentence.setObjectName("verdict_sentence")
        self.short = Headline(theme, px=15, line=20)
        self.short.setObjectName("verdict_short")
        self.reason = Label(theme, "", 14, color="t2", wrap=True, line=REASON_LINE)
        self.reason.setObjectName("verdict_reason")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.split = SplitBar(theme)
        self._table = QWidget()  # the figures
        self._lay_out()
        self._show_shape()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _lay_out(self) -> None:
        self._head = QWidget()
        short, runs = (self.short, 1, Qt.AlignmentFlag.AlignVCenter), (self.runs, 0, Qt.AlignmentFlag.AlignTop)
        self.in_row((self.caption, 1), short, runs, of=self._head, gap=LINE_GAP)
        self._gaps = [QSpacerItem(0, 0) for _ in range(3)]  # above sentence, reason and bar
        self.in_column(of=self._table, gap=0).setAlignment(Qt.AlignmentFlag.AlignTop)
        gaps = iter(self._gaps)
        words = (next(gaps), self.sentence, next(gaps), self.reason, next(gaps), self.split)
        self.fill(self.column, self._head, *words, self._table, ...)

    # -- its words, to copy

    def as_text(self) -> str:
        """The whole verdict, to paste elsewhere."""
        told = [self.sentence.words(), self.reason.words().replace("**", ""), *self._figures_in_words()]
        return "\n".join(words for words in told if words)

    def _figures_in_words(self) -> list[str]:
        return [f"{one.label}: {one.value} {one.unit}".rstrip() for one in self._verdict.figures]

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())
        self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self, "verdict_menu", self.theme)
        menu.addAction("Copy", self._copy)
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self.sentence.geometry().bottomLeft()))

    # -- what the column calls

    def show_verdict(self, verdict: Verdict) -> bool:
        """Shows a verdict. Is it another one than before? The same one, twice a second, costs nothing."""
        if verdict == self._verdict:
            return False
        self._verdict = verdict
        for headline in (self.sentence, self.short):
            headline.set_words(verdict.sentence)
        self.reason.set_words(verdict.reason)
        self.trouble = verdict.trouble
        if verdict.share is not None:
            self.split.show_share(verdict.share)
        while len(self._rows) < len(verdict.figures):
            row = FigureRow(self.theme)
            row.copied.connect(self.copied)
            self._rows.append(row)
            cast(QVBoxLayout, self._table.layout()).addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(verdict.figures))
            if place < len(verdict.figures):
                row.show_figure(verdict.figures[place])
        self._show_shape()
        return True

    def show_runs(self, numbers: Sequence[int], chosen: int | None) -> None:
        """Sets the runs to choose from; with fewer than two there is no choice. Room that one run has taken is not kept
        for the next: all words change then anyway."""
        if chosen != self._chosen:
            self._chosen, self._kept_for = chosen, (0, 0.0)
        self.runs.show_runs(numbers, chosen)

    def keep_room(self, on: bool) -> None:
        """Sets whether things below must not move."""
        if on != self._keeps:
            self._keeps, self._kept_for = on, (0, 0.0)
            self._show_shape()

    def set_shape(self, shape: Shape) -> None:
        if shape != self.shape:
            self.shape = shape
            self._show_shape()

    def height_as(self, shape: Shape, width: int) -> int:
        """The height of the card in a shape."""
        px = self.px
        if shape == Shape.SENTENCE:
            chooser = self.runs.small_width() + px(LINE_GAP) if not self.runs.isHidden() else 0
            lines = self.short.heightForWidth(width - 2 * px(SIDE) - chooser)
            return max(px(HEAD), lines) + 2 * px(LINE_EDGE)
        self._keep(width)
        words, rows = self._kept
        height = px(TOP + HEAD + BELOW_HEAD) + words + px(BELOW_SENTENCE) + self._bottom
        if self._keeps or self._verdict.share is not None:
            height += px(BELOW_REASON) + self.split.height()
        return height + (rows * px(ROW) if shape == Shape.WHOLE else 0)

    # -- its parts

    @property
    def _bottom(self) -> int:
        bare = not self._keeps and self._verdict.share is None and not self._verdict.figures
        return self.px(BOTTOM_OF_WORDS if bare else BOTTOM)

    def _keep(self, width: int) -> None:
        """Keeps room once taken for as long as the width stays; what words leave of theirs goes below them."""
        px, inner = self.px, max(1, width - 2 * self.px(SIDE))
        kept_for = width, self.theme.scale
        if kept_for != self._kept_for or not self._keeps:
            least = (KEPT_SENTENCE * px(SENTENCE_LINE) + KEPT_REASON * px(REASON_LINE), KEPT_ROWS)
            self._kept, self._kept_for = least if self._keeps else (0, 0), kept_for
        words, rows = self._kept
        sentence, reason = self._heights(inner)
        self._kept = max(words, sentence + reason), max(rows, len(self._verdict.figures))
        self._table.setMinimumHeight(self._kept[1] * px(ROW))
        self._show_gaps(self._kept[0] - sentence - reason)

    def _heights(self, width: int) -> tuple[int, int]:
        """The heights of sentence and reason, measured once: these words seldom change, figures twice a second."""
        asked = width, self.theme.scale, self.sentence.words(), self._verdict.reason
        if self._measured is None or self._measured[0] != asked:
            reason = self.reason.heightForWidth(width) if self._verdict.reason else 0
            self._measured = asked, (self.sentence.heightForWidth(width), reason)
        return self._measured[1]

    def _show_gaps(self, spare: int) -> None:
        small, shares = self.shape == Shape.SENTENCE, self._verdict.share is not None
        below = (BELOW_HEAD, BELOW_SENTENCE, BELOW_REASON if self._keeps or shares else 0)
        head, sentence, reason = (0 if small else self.px(gap) for gap in below)
        wanted = head, sentence, 0 if small else reason + spare
        if wanted == self._gaps_shown:  # a new layout would repaint the whole card
            return
        self._gaps_shown = wanted
        for gap, px in zip(self._gaps, wanted, strict=True):
            gap.changeSize(0, px)
        self.column.invalidate()

    def _show_shape(self) -> None:
        verdict, shape, px = self._verdict, self.shape, self.px
        small = shape == Shape.SENTENCE
        self.runs.set_small(small)
        self.fit(self._head.setMinimumHeight, HEAD)
        self.sentence.setVisible(not small)
        self.reason.setVisible(not small and bool(verdict.reason))
        self.caption.setVisible(not small)
        self.short.setVisible(small)
        shares = verdict.share is not None
        keeping = self.split.sizePolicy()
        keeping.setRetainSizeWhenHidden(self._keeps and not small)
        self.split.setSizePolicy(keeping)
        self.split.setVisible(shares and not small)
        self._table.setVisible(shape == Shape.WHOLE)
        top, bottom = (px(LINE_EDGE), px(LINE_EDGE)) if small else (px(TOP), self._bottom)
        self.column.setContentsMargins(px(SIDE), top, px(SIDE), bottom)
        self._keep(self.width())
        self.setToolTip(self._rest())

    def _rest(self) -> str:
        """What the shape leaves out."""
        if self.shape == Shape.WHOLE:
            return ""
        figures = self._figures_in_words()
        if self.shape == Shape.BRIEF:
            return as_tip(figures)
        words = [self._verdict.reason.replace("**", "")]
        if self._verdict.share is not None:
            words.append(", ".join(f"{part.long} {percent(part.share)}" for part in parts_of(self._verdict.share)))
        return as_tip([*words, *figures])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep(self.width())
        super().resizeEvent(event)

    def figures(self) -> list[Figure]:
        return list(self._verdict.figures)

    def rethemed(self) -> None:
        self._show_shape()
        self.update()
