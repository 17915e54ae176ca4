"""Notices: what happened, what was kept and what to do; never a dialog.

They lie over the lower left corner of the stage, so that nothing moves when one comes. Two are seen, the newest below;
the others are behind "and 3 more". News goes by itself; trouble and questions stay until they are answered, closed, or
their cause is gone (`forget`)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from ui.kit.button import Button, icon_button
from ui.kit.cards import warn_sign
from ui.kit.drawing import Themed, box
from ui.kit.labels import Label
from ui.kit.theme import Theme
from ui.kit.timers import single_shot

SEEN, MOST = 2, 20
MOST_ACTIONS = 2
MOST_LETTERS = 280  # the tool tip has the rest
WIDTH, EDGE = 560, 12
TOLD_MS = 30_000  # how long news is seen


def shortened(words: str, most: int = MOST_LETTERS) -> str:
    """Cut after a whole word, with a sign that there is more."""
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"


class Notice(Themed, QFrame):
    acted = Signal(str)
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        words: str,
        actions: Sequence[tuple[str, str]],
        trouble: bool,
        about: str,
        passing: bool = False,
    ) -> None:
        super().__init__(theme, "notice", words)
        self.words, self.about = words, about
        self.lasting = (trouble or bool(actions)) and not passing
        self._timer = single_shot(self, "notice", self.closed, TOLD_MS)
        buttons = [self._buttons(theme, actions)] if actions else []
        self.in_column(self._line(theme, words, trouble), *buttons, of=self, edges=(14, 6, 8, 6), gap=2)
        self._wait()

    def _line(self, theme: Theme, words: str, trouble: bool) -> QHBoxLayout:
        sign, top = warn_sign(theme, 24, 7, "bad" if trouble else "warn"), Qt.AlignmentFlag.AlignTop
        label = Label(theme, shortened(words), 13, color="t1", wrap=True, line=18)
        label.setToolTip(words)
        self.fit(label.setMinimumHeight, 28)
        self.fit(label.setContentsMargins, 0, 5, 0, 5)  # the first line is level with the sign and the cross
        label.setAlignment(top)
        close = icon_button(theme, "notice_close", "close", "Close this notice", side=28, icon_px=13, press=self.closed)
        return self.in_row((sign, 0, top), 8, (label, 1), (close, 0, top), gap=4)

    def _buttons(self, theme: Theme, actions: Sequence[tuple[str, str]]) -> QHBoxLayout:
        row = self.in_row(...)
        for action, title in actions[:MOST_ACTIONS]:
            button = Button(theme, f"notice_{action}", title, px=13, height=28, padding=10)
            button.clicked.connect(lambda _=False, a=action: self.acted.emit(a))
            row.addWidget(button)
        return row

    def _wait(self) -> None:
        if not self.lasting:
            self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()  # it is being read
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._wait()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), QRectF(self.rect()), self.px(10), self.theme.raised, self.theme.line2)


class Notices(Themed, QWidget):
    action = Signal(str)  # the id of the action that was pressed

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "notices", "Notices")
        self._room = QRect()
        self._all_seen = False
        self.more = Button(theme, "notices_more", "", px=12, height=26, padding=10, press=self._show_more)
        self.more.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._column = self.in_column(self.more, of=self, gap=6)
        self._notices: list[Notice] = []
        self.hide()

    def add(
        self,
        words: str,
        actions: Sequence[tuple[str, str]] = (),
        trouble: bool = False,
        about: str = "",
        passing: bool = False,
    ) -> Notice:
        """Shows words with up to two actions, each (id, title). `about` names the cause, for `forget`. `passing`: it
        goes by itself although it has an action. Of two notices with the same words only the newer stays."""
        for same in [notice for notice in self._notices if notice.words == words]:
            self._drop(same)
        notice = Notice(self.theme, words, actions, trouble, about, passing)
        notice.acted.connect(self.action)
        notice.acted.connect(lambda: self.remove(notice))
        notice.closed.connect(lambda: self.remove(notice))
        self._notices.append(notice)
        self._column.addWidget(notice)
        while len(self._notices) > MOST:
            self._drop(next((one for one in self._notices if not one.lasting), self._notices[0]))
        self._show()
        return notice

    def forget(self, about: str) -> None:
        """Closes the notices about a cause that is gone."""
        for notice in [notice for notice in self._notices if notice.about == about]:
            self.remove(notice)

    def words(self) -> list[str]:
        return [notice.words for notice in self._notices]

    def notices(self) -> list[Notice]:
        return list(self._notices)

    def remove(self, notice: Notice) -> None:
        if notice in self._notices:
            self._drop(notice)
            self._show()

    def lie_over(self, room: QRect) -> None:
        """Sets the part of the parent whose lower left corner notices may cover."""
        self._room = room
        self._fit()

    def _drop(self, notice: Notice) -> None:
        self._notices.remove(notice)
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()

    def _show_more(self) -> None:
        self._all_seen = not self._all_seen
        self._show()

    def _show(self) -> None:
        # News gives way before trouble and questions, and the older before the newer.
        by_weight = sorted(self._notices, key=lambda notice: notice.lasting)
        hidden = by_weight[:-SEEN]
        self._all_seen = self._all_seen and bool(hidden)
        self.more.set_words("Show fewer" if self._all_seen else f"and {len(hidden)} more")
        self.more.setVisible(bool(hidden))
        for notice in self._notices:
            notice.setVisible(self._all_seen or notice not in hidden)
        self.setVisible(bool(self._notices))
        self._fit()

    def _fit(self) -> None:
        px = self.px
        if not self._notices or self._room.isEmpty():
            return
        width = min(px(WIDTH), self._room.width() - 2 * px(EDGE))
        height = min(self._column.heightForWidth(width), self._room.height() - px(EDGE))
        self.setGeometry(self._room.left() + px(EDGE), self._room.bottom() + 1 - px(EDGE) - height, width, height)
        self.raise_()
